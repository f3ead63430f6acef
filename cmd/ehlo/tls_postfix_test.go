package main

import (
	"os"
	"path/filepath"
	"testing"

	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/tlswire/tlstest"
)

// watched is one run of the program against a real server, through a recorder.
type watched struct {
	messages []tlswire.Message // of its transcript
	keys     []byte
	pieces   []tlstest.Piece
}

// TestPostfixMessages holds the handshake in a transcript of the real program against what tshark makes of the recorded
// bytes and the key log of --keylog. The matrix of package session has the rest of what can happen in a handshake.
func TestPostfixMessages(t *testing.T) {
	p := newPostfix(t)
	cert, key := onlyWith(t, "EHLO_TEST_CLIENT_CERT"), onlyWith(t, "EHLO_TEST_CLIENT_KEY")
	tlstest.Need(t, "tshark")
	var names []string
	var flows []tlstest.Flow
	var all []watched
	var keys []byte
	for _, version := range []string{"1.2", "1.3"} {
		for _, c := range []struct {
			name, scheme, address string
			port                  uint16
			own                   bool
		}{
			{"relay", "smtp://", p.relay, record.PortSubmission, false},
			{"submission", "submission://", p.submission, record.PortSubmission, false},
			{"submissions", "submissions://", p.submissions, record.PortSubmissions, false},
			{"submissions with a certificate", "submissions://", p.submissions, record.PortSubmissions, true},
		} {
			name := version + " " + c.name
			t.Run(name, func(t *testing.T) {
				args := []string{"--tls-max", version}
				if c.own {
					args = append(args, "--cert", cert, "--key", key)
				}
				w := p.watch(c.scheme, c.address, args...)
				if sum := tlswire.Describe(w.messages); sum.Version.Chosen.Name != "TLS "+version || sum.CertificateSent != c.own || !sum.Complete {
					t.Errorf("%+v", sum)
				}
				names, all, keys = append(names, name), append(all, w), append(keys, w.keys...)
				flows = append(flows, tlstest.Flow{Port: c.port, Pieces: w.pieces})
			})
		}
	}
	for i, report := range tlstest.Dissect(t, flows, keys) {
		t.Run("tshark, "+names[i], func(t *testing.T) { tlstest.Compare(t, all[i].messages, report) })
	}
}

// watch runs the program up to the end of the session.
func (p *postfix) watch(scheme, address string, args ...string) watched {
	p.t.Helper()
	listen, rec := tlstest.Proxy(p.t, address)
	dir := p.t.TempDir()
	transcript, keyLog := filepath.Join(dir, "session.ehlo.ndjson"), filepath.Join(dir, "keys")
	args = append([]string{scheme + listen, "-o", transcript, "--keylog", keyLog}, args...)
	if out, exit := p.run("", p.trust(args...)...); exit != record.ExitOK {
		p.t.Fatalf("exit %d\n%s", exit, out)
	}
	w := watched{pieces: rec()}
	var err error
	if w.keys, err = os.ReadFile(keyLog); err != nil {
		p.t.Fatal(err)
	}
	w.messages = messagesOf(p.t, transcript)
	return w
}
