package main

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"os"
	"testing"

	"ehlo/session/sasl/leaktest"
	"ehlo/session/setup"
)

// onTheWire names, in the environment, the file in which a program that fails leaves what crossed its connection, so
// that the test knows which proofs and digests to look for.
const onTheWire = "EHLO_TEST_WIRE"

// tapWire records the connections of a plan. The function that is returned leaves the record.
func tapWire(p *setup.Setup) (tap *leaktest.Tap, leave func()) {
	tap = &leaktest.Tap{}
	p.Config.Dial, p.Config.TLS.KeyLog = tap.Dial(p.Config.Dial), tap.KeyLog()
	return tap, func() {
		if data, err := json.Marshal(tap.Lines()); err == nil {
			os.WriteFile(os.Getenv(onTheWire), data, 0o600)
		}
	}
}

func readWire(t *testing.T, path string) (lines []leaktest.Line) {
	t.Helper()
	if err := json.Unmarshal([]byte(read(t, path)), &lines); err != nil {
		t.Fatal(err)
	}
	return lines
}

// wiretap stands between the program, which runs on its own, and a real server.
type wiretap struct {
	tap     leaktest.Tap
	address string // to connect to
	keys    string // the file for --keylog
}

func newWiretap(t *testing.T, server string) *wiretap {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	w := &wiretap{address: l.Addr().String(), keys: t.TempDir() + "/keys"}
	dial := w.tap.Dial((&net.Dialer{}).DialContext)
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go w.pass(client, dial, server)
		}
	}()
	return w
}

func (w *wiretap) pass(client net.Conn, dial leaktest.DialFunc, address string) {
	defer client.Close()
	server, err := dial(context.Background(), "tcp", address)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		io.Copy(server, client)
		server.Close()
	}()
	io.Copy(client, server)
}

// needles are the forms of a secret and of what can be had from it with what crossed the connection.
func (w *wiretap) needles(t *testing.T, secret string) []leaktest.Needle {
	t.Helper()
	io.WriteString(w.tap.KeyLog(), read(t, w.keys))
	lines := w.tap.Lines()
	if len(leaktest.Exchanges(lines)) == 0 {
		t.Error("no AUTH crossed the connection")
	}
	return leaktest.Needles(lines, secret)
}
