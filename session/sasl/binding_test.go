package sasl

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"testing"

	xdg "github.com/xdg-go/scram"
)

// Both ends of a connection see the same data, and another implementation gets the same.
func TestNewBinding(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		client, server, certificate := handshake(t, version)
		ours, theirs := NewBinding(client, client.PeerCertificates[0]), NewBinding(server, certificate)
		if !bytes.Equal(ours.Exporter, theirs.Exporter) || !bytes.Equal(ours.Unique, theirs.Unique) ||
			!bytes.Equal(ours.ServerEndPoint, theirs.ServerEndPoint) || ours.TLSVersion != version {
			t.Errorf("client %+v, server %+v", ours, theirs)
		}
		oracle, err := xdg.NewTLSExporterBinding(&client)
		if err != nil || !bytes.Equal(oracle.Data, ours.Exporter) {
			t.Errorf("exporter: %x, oracle %x, %v", ours.Exporter, oracle.Data, err)
		}
		oracle, err = xdg.NewTLSServerEndpointBinding(&client)
		if err != nil || !bytes.Equal(oracle.Data, ours.ServerEndPoint) {
			t.Errorf("end point: %x, oracle %x, %v", ours.ServerEndPoint, oracle.Data, err)
		}
		if (len(ours.Unique) > 0) != (version == tls.VersionTLS12) {
			t.Errorf("version %x has tls-unique %x", version, ours.Unique)
		}
	}
}

func handshake(t *testing.T, version uint16) (client, server tls.ConnectionState, certificate *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"mail.lab"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, _ = x509.ParseCertificate(der)
	near, far := net.Pipe()
	defer near.Close()
	defer far.Close()
	s := tls.Server(far, &tls.Config{MaxVersion: version,
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
	failed := make(chan error, 1)
	go func() { failed <- s.Handshake() }()
	c := tls.Client(near, &tls.Config{InsecureSkipVerify: true, MaxVersion: version})
	go c.Read(make([]byte, 1)) // takes the session tickets of TLS 1.3
	if err := c.Handshake(); err != nil {
		t.Fatal(err)
	}
	if err := <-failed; err != nil {
		t.Fatal(err)
	}
	return c.ConnectionState(), s.ConnectionState(), certificate
}

// The gs2 flag says what both sides know about -PLUS (RFC 5802 §6).
func TestGS2Flag(t *testing.T) {
	tls13 := Binding{TLSVersion: tls.VersionTLS13, Exporter: []byte("exported"), ServerEndPoint: []byte("hash")}
	tls12 := Binding{TLSVersion: tls.VersionTLS12, Exporter: []byte("exported"), Unique: []byte("finished"), ServerEndPoint: []byte("hash")}
	resumed := Binding{TLSVersion: tls.VersionTLS12, ServerEndPoint: []byte("hash")}
	both := []string{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"}
	for _, c := range []struct {
		what, name string
		b          Binding
		offered    []string
		option     Option
		begins     string
	}{
		{"no TLS", "SCRAM-SHA-256", Binding{}, both, nil, "n,,"},
		{"TLS, no -PLUS offered", "SCRAM-SHA-256", tls13, both[1:], nil, "y,,"},
		{"-PLUS offered but not taken", "SCRAM-SHA-256", tls13, both, nil, "n,,"},
		{"-PLUS of another hash offered", "SCRAM-SHA-1", tls13, both, nil, "n,,"},
		{"-PLUS in lower case", "scram-sha-256", tls13, []string{"scram-sha-256-plus"}, nil, "n,,"},
		{"TLS 1.3", "SCRAM-SHA-256-PLUS", tls13, both, nil, "p=tls-exporter,,"},
		{"TLS 1.2", "SCRAM-SHA-256-PLUS", tls12, both, nil, "p=tls-unique,,"},
		{"TLS 1.2, nothing unique", "SCRAM-SHA-256-PLUS", resumed, both, nil, "p=tls-server-end-point,,"},
		{"end point asked for", "SCRAM-SHA-1-PLUS", tls13, both, WithBinding(BindingEndPoint), "p=tls-server-end-point,,"},
		{"exporter asked for on TLS 1.2", "SCRAM-SHA-1-PLUS", tls12, both, WithBinding(BindingExporter), "p=tls-exporter,,"},
		{"-PLUS without TLS", "SCRAM-SHA-256-PLUS", Binding{}, both, nil, ""},
		{"tls-unique asked for on TLS 1.3", "SCRAM-SHA-256-PLUS", tls13, both, WithBinding(BindingUnique), ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			var o []Option
			if c.option != nil {
				o = append(o, c.option)
			}
			m, err := New(c.name, account("user", "pencil"), c.b, c.offered, o...)
			if c.begins == "" {
				wantCode(t, err, CodeNoBinding)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			r, err := m.Start()
			if err != nil || !bytes.HasPrefix(r.Data, []byte(c.begins+"n=user,r=")) {
				t.Errorf("%q, %v; want %q", r.Data, err, c.begins)
			}
		})
	}
}

// Someone in the middle, with another TLS connection on each side or a shortened list, is noticed by the server.
func TestScramNoticesTheMiddle(t *testing.T) {
	near := Binding{TLSVersion: tls.VersionTLS13, Exporter: []byte("client and middle")}
	far := Binding{TLSVersion: tls.VersionTLS13, Exporter: []byte("middle and server")}
	list := []string{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"}
	accounts := book{"user": {Password: NewSecret("pencil")}}
	for _, c := range []struct {
		what, name string
		told       []string
		rounds     int
		code       string
	}{
		{"two connections", "SCRAM-SHA-256-PLUS", list, 2, CodeMismatch},
		{"-PLUS struck from the list", "SCRAM-SHA-256", list[1:], 1, CodeStripped},
	} {
		m, err := New(c.name, account("user", "pencil"), near, c.told)
		if err != nil {
			t.Fatal(err)
		}
		server, _ := NewServer(c.name, ServerConfig{Accounts: accounts, Binding: far, Offered: list, Explain: true})
		r, _ := m.Start()
		challenge := []byte(nil)
		for range c.rounds {
			if challenge != nil {
				if _, r, err = m.Next(challenge); err != nil {
					t.Fatalf("%s: %v", c.what, err)
				}
			}
			if challenge, _, err = server.Next(r.Data); err != nil {
				t.Fatal(err)
			}
		}
		_, _, err = m.Next(challenge)
		wantCode(t, err, c.code)
	}
}
