package tlswire

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"ehlo/session/wire/keytest"
)

// tap feeds what crosses a connection to a Decoder, as the engine does.
type tap struct {
	net.Conn
	mu   *sync.Mutex
	d    *Decoder
	wire *[]piece
}

// piece is what one Read or Write carried.
type piece struct {
	dir   Direction
	bytes []byte
	at    time.Time
}

func (t tap) bytes(dir Direction, b []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := time.Now()
	*t.wire = append(*t.wire, piece{dir, bytes.Clone(b), at})
	t.d.Bytes(dir, b, at)
}

func (t tap) Read(b []byte) (int, error) {
	n, err := t.Conn.Read(b)
	if n > 0 {
		t.bytes(ServerToClient, b[:n])
	}
	return n, err
}

func (t tap) Write(b []byte) (int, error) {
	t.bytes(ClientToServer, b)
	return t.Conn.Write(b)
}

// session is one connection between a client and a server of crypto/tls.
type liveSession struct {
	messages  []Message
	clientErr error
	serverErr error
	state     tls.ConnectionState
	traffic   [2]Traffic
	wire      []piece
	keys      string // the key log
}

// converse runs a handshake, sends a line each way and closes, with a Decoder
// on the client's side.
func converse(t testing.TB, limits Limits, client, server *tls.Config) liveSession {
	t.Helper()
	return call(t, limits, client, func(c net.Conn) error { return answer(tls.Server(c, server)) })
}

// call is converse with any server.
func call(t testing.TB, limits Limits, client *tls.Config, server func(net.Conn) error) (out liveSession) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	done := make(chan error, 1)
	go func() {
		c, err := ln.Accept()
		if err != nil {
			done <- err
			return
		}
		done <- server(c)
	}()
	raw, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	d := NewDecoder(limits)
	client = client.Clone()
	var keys bytes.Buffer
	client.KeyLogWriter = io.MultiWriter(d.KeyLog(), &keys)
	conn := tls.Client(tap{raw, new(sync.Mutex), d, &out.wire}, client)
	out.clientErr = ask(conn)
	out.state = conn.ConnectionState()
	conn.Close()
	out.serverErr = <-done
	raw.Close()
	out.messages = append(d.Take(), d.Finish()...)
	out.traffic[0], out.traffic[1] = d.client.traffic, d.server.traffic
	out.keys = keys.String()
	return out
}

func ask(c *tls.Conn) error {
	if err := c.Handshake(); err != nil {
		return err
	}
	if _, err := io.WriteString(c, "ping\n"); err != nil {
		return err
	}
	_, err := io.ReadAll(c)
	return err
}

func answer(c *tls.Conn) error {
	defer c.Close()
	if err := c.Handshake(); err != nil {
		return err
	}
	if _, err := io.ReadFull(c, make([]byte, 5)); err != nil {
		return err
	}
	_, err := io.WriteString(c, "pong\n")
	return err
}

// configs returns a client and a server that speak one version only; with auth
// the server asks for a client certificate and the client has one.
func configs(t testing.TB, kind string, version uint16, auth bool) (client, server *tls.Config) {
	cert := issue(t, kind)
	client = &tls.Config{RootCAs: testAuthority().pool, ServerName: "mail.lab", MinVersion: version, MaxVersion: version}
	server = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: version, MaxVersion: version}
	if auth {
		client.Certificates = server.Certificates
		server.ClientAuth, server.ClientCAs = tls.RequireAndVerifyClientCert, testAuthority().pool
	}
	return client, server
}

type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
}

var testAuthority = sync.OnceValue(func() authority {
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, _ := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	cert, _ := x509.ParseCertificate(der)
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return authority{cert, key, pool}
})

// issue makes a certificate of the test authority: "rsa" or "ecdsa".
func issue(t testing.TB, kind string) tls.Certificate {
	t.Helper()
	ca := testAuthority()
	var key any
	var public any
	if kind == "rsa" {
		k := keytest.RSA()
		key, public = k, &k.PublicKey
	} else {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		key, public = k, &k.PublicKey
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "mail.lab", Organization: []string{"lab"}},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"mail.lab", "smtp.lab"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		OCSPServer:  []string{"http://ocsp.lab/"}, IssuingCertificateURL: []string{"http://ca.lab/ca.der"},
		CRLDistributionPoints: []string{"http://ca.lab/ca.crl"},
		SubjectKeyId:          []byte{1, 2, 3, 4},
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, ca.cert, public, ca.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der, ca.cert.Raw}, PrivateKey: key}
}

// A message says what its sender had sent inside before it.
func TestAfter(t *testing.T) {
	for version := uint16(tls.VersionTLS10); version <= tls.VersionTLS13; version++ {
		client, server := configs(t, "rsa", version, false)
		for _, m := range converse(t, Limits{}, client, server).messages {
			want := int64(0)
			if m.Kind == KindAlert { // good-bye, after a line
				want = int64(len("ping\n"))
			}
			if m.After != want {
				t.Errorf("%s: %s of %s stands after %d bytes, want %d", tls.VersionName(version), m.Name, m.Dir, m.After, want)
			}
		}
	}
}
