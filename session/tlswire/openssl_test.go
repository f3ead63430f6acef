package tlswire

import (
	"bufio"
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// needOpenSSL skips without openssl; where CI=true it has to be there. stdbuf
// makes s_client say things when they happen.
func needOpenSSL(t *testing.T) {
	t.Helper()
	for _, program := range []string{"openssl", "stdbuf"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(program + " is missing")
			}
			t.Skip(program + " is missing")
		}
	}
}

// dialogue is one s_client against one s_server with a tap in between.
type dialogue struct {
	server, client []string
	say            []string // what is typed into s_client, each after wait
	wait           []string // what s_client has to print first
}

// TestAgainstOpenSSL compares what the Decoder sees between s_client and
// s_server with what s_client -trace says about it.
func TestAgainstOpenSSL(t *testing.T) {
	needOpenSSL(t)
	dir := t.TempDir()
	for _, kind := range []string{"rsa", "ecdsa"} {
		writePair(t, dir, kind)
	}
	file := func(name string) string { return filepath.Join(dir, name) }
	pair := func(kind string) []string { return []string{"-cert", file(kind + ".crt"), "-key", file(kind + ".key")} }
	const done = "Verify return code"
	const ticket = "Post-Handshake New Session Ticket arrived"
	type row struct {
		name   string
		d      dialogue
		before []string // to run first with the same server, for a session to resume
	}
	rows := []row{
		{"1.0", dialogue{server: pair("rsa"), client: []string{"-tls1", "-cipher", "ALL:@SECLEVEL=0"}, wait: []string{done}}, nil},
		{"1.1", dialogue{server: pair("ecdsa"), client: []string{"-tls1_1", "-cipher", "ALL:@SECLEVEL=0"}, wait: []string{done}}, nil},
		{"1.3 HelloRetryRequest", dialogue{server: append(pair("ecdsa"), "-groups", "P-384"), wait: []string{ticket}}, nil},
		{"1.3 client certificate", dialogue{server: append(pair("rsa"), "-Verify", "1"), client: pair("ecdsa"), wait: []string{ticket}}, nil},
		{"1.3 no client certificate", dialogue{server: append(pair("rsa"), "-verify", "1"), wait: []string{ticket}}, nil},
		{"1.3 ALPN and SNI", dialogue{server: append(pair("rsa"), "-alpn", "smtp"), client: []string{"-alpn", "smtp,h2", "-servername", "mail.lab"}, wait: []string{ticket}}, nil},
		{"1.3 resumed", dialogue{server: pair("rsa"), client: []string{"-sess_in", file("s13")}, wait: []string{ticket}}, []string{"-sess_out", file("s13")}},
		{"1.2 resumed by ticket", dialogue{server: pair("rsa"), client: []string{"-tls1_2", "-sess_in", file("s12")}, wait: []string{done}}, []string{"-tls1_2", "-sess_out", file("s12")}},
		{"1.2 resumed by session id", dialogue{server: pair("rsa"), client: []string{"-tls1_2", "-no_ticket", "-sess_in", file("id12")}, wait: []string{done}}, []string{"-tls1_2", "-no_ticket", "-sess_out", file("id12")}},
		{"1.2 client certificate", dialogue{server: append(pair("ecdsa"), "-Verify", "1"), client: append(pair("rsa"), "-tls1_2"), wait: []string{done}}, nil},
		{"1.2 OCSP asked", dialogue{server: pair("ecdsa"), client: []string{"-tls1_2", "-status"}, wait: []string{done}}, nil},
		{"1.2 renegotiated", dialogue{server: append(pair("rsa"), "-client_renegotiation"), client: []string{"-tls1_2"}, say: []string{"R\n"}, wait: []string{done, "RENEGOTIATING"}}, nil},
		{"1.3 key updates", dialogue{server: pair("rsa"), say: []string{"k\n", "K\n"}, wait: []string{ticket, "KEYUPDATE", "KEYUPDATE"}}, nil},
	}
	for _, suite := range []string{"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"} {
		rows = append(rows, row{suite, dialogue{server: pair("ecdsa"), client: []string{"-ciphersuites", suite}, wait: []string{ticket}}, nil})
	}
	for _, suite := range []string{
		"AES128-SHA", "AES256-SHA256", "AES128-GCM-SHA256", "ECDHE-RSA-AES256-SHA384", "ECDHE-RSA-CHACHA20-POLY1305",
		"DHE-RSA-AES128-GCM-SHA256", "DHE-RSA-AES256-SHA256", "DHE-RSA-CHACHA20-POLY1305", "ECDHE-RSA-AES256-GCM-SHA384",
	} {
		client := []string{"-tls1_2", "-cipher", suite + ":@SECLEVEL=0"}
		rows = append(rows, row{suite, dialogue{server: pair("rsa"), client: client, wait: []string{done}}, nil})
	}
	for _, suite := range []string{"PSK-AES128-GCM-SHA256", "DHE-PSK-AES128-GCM-SHA256", "ECDHE-PSK-AES256-CBC-SHA384", "RSA-PSK-AES128-CBC-SHA256", "ADH-AES128-SHA256", "AECDH-AES256-SHA"} {
		client := []string{"-tls1_2", "-psk", "00112233", "-cipher", suite + ":@SECLEVEL=0"}
		rows = append(rows, row{suite, dialogue{server: append(pair("rsa"), "-psk", "00112233", "-psk_hint", "lab"), client: client, wait: []string{done}}, nil})
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			s := startServer(t, append(r.d.server, "-cipher", "ALL:@SECLEVEL=0", "-num_tickets", "1"))
			if r.before != nil {
				first := r.d
				first.client = r.before
				s.talk(t, first)
			}
			trace, d := s.talk(t, r.d)
			compareTrace(t, trace, append(d.Take(), d.Finish()...))
		})
	}
}

type openSSLServer struct{ address string }

var accepting = regexp.MustCompile(`ACCEPT (\S+)`)

// startServer runs s_server until the test ends.
func startServer(t *testing.T, options []string) openSSLServer {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	args := append([]string{"s_server", "-accept", "127.0.0.1:0"}, options...)
	cmd := exec.CommandContext(ctx, "openssl", args...)
	stdin, _ := cmd.StdinPipe()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		stdin.Close()
		cmd.Wait()
	})
	lines := bufio.NewReader(stdout)
	for {
		line, err := lines.ReadString('\n')
		if m := accepting.FindStringSubmatch(line); m != nil {
			go io.Copy(io.Discard, lines)
			return openSSLServer{m[1]}
		}
		if err != nil {
			t.Fatalf("s_server said no address: %v", err)
		}
	}
}

// talk runs s_client through a tap and returns its trace and the Decoder.
func (s openSSLServer) talk(t *testing.T, dlg dialogue) (string, *Decoder) {
	t.Helper()
	keys := filepath.Join(t.TempDir(), "keys")
	wire, address := tapTo(t, s.address)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	args := append([]string{"-o0", "openssl", "s_client", "-connect", address, "-trace", "-keylogfile", keys}, dlg.client...)
	cmd := exec.CommandContext(ctx, "stdbuf", args...)
	stdin, _ := cmd.StdinPipe()
	out := &awaited{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	from := 0
	for i, mark := range dlg.wait {
		from = out.await(ctx, mark, from)
		if i < len(dlg.say) {
			io.WriteString(stdin, dlg.say[i])
		}
	}
	if len(dlg.say) > 0 {
		out.await(ctx, lastWord(dlg.say), from)
	}
	io.WriteString(stdin, "Q\n")
	stdin.Close()
	if err := cmd.Wait(); err != nil {
		t.Logf("s_client: %v", err)
	}
	d := NewDecoder(Limits{})
	for _, w := range wire() {
		d.Bytes(w.dir, w.bytes, w.at)
	}
	log, err := os.ReadFile(keys)
	if err != nil {
		t.Fatalf("no key log: %v\n%s", err, out.text())
	}
	d.KeyLog().Write(log)
	return out.text(), d
}

// lastWord is the line of the trace that ends what was typed last.
func lastWord(say []string) string {
	if say[0] == "R\n" {
		return "Finished, Length"
	}
	return "KeyUpdate, Length"
}

// awaited is output that can be waited for.
type awaited struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	more chan struct{}
}

func (a *awaited) Write(b []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.more != nil {
		close(a.more)
		a.more = nil
	}
	return a.buf.Write(b)
}

func (a *awaited) text() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.buf.String()
}

// await returns the place behind the mark, once it was written.
func (a *awaited) await(ctx context.Context, mark string, from int) int {
	for {
		a.mu.Lock()
		i := strings.Index(a.buf.String()[from:], mark)
		if a.more == nil {
			a.more = make(chan struct{})
		}
		more := a.more
		a.mu.Unlock()
		if i >= 0 {
			return from + i + len(mark)
		}
		select {
		case <-more:
		case <-ctx.Done():
			return from
		}
	}
}

// tapTo forwards one connection to the address and records both directions.
func tapTo(t *testing.T, address string) (wire func() []piece, listen string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	var mu sync.Mutex
	var pieces []piece
	var copies sync.WaitGroup
	copies.Add(2)
	forward := func(dir Direction, to, from net.Conn) {
		defer copies.Done()
		buf := make([]byte, 32<<10)
		for {
			n, err := from.Read(buf)
			mu.Lock()
			if n > 0 {
				pieces = append(pieces, piece{dir, bytes.Clone(buf[:n]), time.Now()})
			}
			mu.Unlock()
			if n > 0 {
				to.Write(buf[:n])
			}
			if err != nil {
				to.(*net.TCPConn).CloseWrite()
				return
			}
		}
	}
	go func() {
		client, err := ln.Accept()
		if err != nil {
			copies.Add(-2)
			return
		}
		server, err := net.Dial("tcp", address)
		if err != nil {
			client.Close()
			copies.Add(-2)
			return
		}
		go forward(ClientToServer, server, client)
		go forward(ServerToClient, client, server)
	}()
	return func() []piece {
		copies.Wait()
		return pieces
	}, ln.Addr().String()
}

// writePair puts a certificate and its key into files.
func writePair(t *testing.T, dir, kind string) {
	t.Helper()
	cert := issue(t, kind)
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		kind + ".crt": {Type: "CERTIFICATE", Bytes: cert.Certificate[0]},
		kind + ".key": {Type: "PRIVATE KEY", Bytes: key},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
