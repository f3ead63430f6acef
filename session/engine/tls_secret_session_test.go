package engine_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strings"
	"testing"

	"ehlo/session/engine"
	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/tlswire"
	"ehlo/session/tlswire/tlstest"
	"ehlo/session/walk"
	"ehlo/transcripts"
)

// TestSecretsOfAWholeSession goes through a session with AUTH and a message, and looks in all that it leaves for every
// secret of its TLS and for every key that the records were sealed with.
func TestSecretsOfAWholeSession(t *testing.T) {
	pair := tlstest.NewPair(t, "rsa")
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, asked := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s,keylog=%v", tls.VersionName(version), asked), func(t *testing.T) {
				var secrets, keyLog journal
				address := submission(t, &tls.Config{Certificates: []tls.Certificate{pair.Load(t)}, MaxVersion: version, KeyLogWriter: &secrets})
				config := engine.TLSConfig{ServerName: tlstest.Host, RootCAs: trusting(t, pair)}
				if asked {
					config.KeyLog = &keyLog
				}
				left, messages := delivered(t, address, config)
				found := tlstest.Secrets(t, secrets.text(), messages)
				for _, s := range found {
					for _, form := range forms(s.Bytes) {
						if strings.Contains(left, form) {
							t.Errorf("%s is left as %q", s.Name, form)
						}
					}
				}
				if len(found) < 5 || asked != (keyLog.text() != "") {
					t.Errorf("%d secrets, the key log has %q", len(found), keyLog.text())
				}
			})
		}
	}
}

// What is derived is what the records are sealed with: else nothing would be found although it were there.
func TestDerivedSecrets(t *testing.T) {
	pair := tlstest.NewPair(t, "rsa")
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		var secrets journal
		server := &tls.Config{Certificates: []tls.Certificate{pair.Load(t)}, MaxVersion: version, KeyLogWriter: &secrets}
		k := visit(t, serve(t, server), engine.Config{TLS: engine.TLSConfig{ServerName: tlstest.Host, MaxVersion: version}}, greeted)
		names := map[string]bool{}
		for _, s := range tlstest.Secrets(t, secrets.text(), k.messages) {
			names[s.Name] = true
		}
		want := map[uint16][]string{tls.VersionTLS12: {"CLIENT_RANDOM", "client write key", "server write key"},
			tls.VersionTLS13: {"CLIENT_TRAFFIC_SECRET_0", "CLIENT_TRAFFIC_SECRET_0, key", "SERVER_HANDSHAKE_TRAFFIC_SECRET, iv", "SERVER_TRAFFIC_SECRET_0, traffic upd"}}[version]
		for _, name := range want {
			if !names[name] {
				t.Errorf("%s: no %s", tls.VersionName(version), name)
			}
		}
	}
}

func trusting(t *testing.T, pair tlstest.Pair) *x509.CertPool {
	t.Helper()
	pem, err := os.ReadFile(pair.Cert)
	pool := x509.NewCertPool()
	if err != nil || !pool.AppendCertsFromPEM(pem) {
		t.Fatal("no certificate", err)
	}
	return pool
}

// delivered hands in a message and returns what the session leaves in all forms, and its TLS messages.
func delivered(t *testing.T, address string, config engine.TLSConfig) (string, []tlswire.Message) {
	t.Helper()
	at := netip.MustParseAddrPort(address)
	target := record.Target{Host: at.Addr().String(), Port: int(at.Port())}
	policy, err := record.ParsePolicy("implicit", target, true)
	if err != nil {
		t.Fatal(err)
	}
	goal := walk.Goal{EHLOName: "client.lab", Mechanism: "PLAIN", From: "ann@mail.lab", To: []string{"bob@mail.lab"}, SendMessage: true,
		Credentials: sasl.Credentials{Username: "ann", Password: sasl.NewSecret("tulip-42")}}
	s := engine.New(engine.Config{Target: target, Policy: policy, TLS: config, Plan: goal.Plan()})
	err = engine.Walk(t.Context(), s, goal)
	if v := s.Finish(); v.Exit != record.ExitOK {
		t.Fatalf("%+v: %v", v, err)
	}
	var left bytes.Buffer
	var messages []tlswire.Message
	for i := range s.Log().Len() {
		e := s.Log().At(i)
		if err := transcripts.WriteLine(&left, e); err != nil {
			t.Fatal(err)
		}
		line, err := json.Marshal(e)
		fmt.Fprintf(&left, "%s %v %+v %#v\n", line, err, e, e.TLSMessage)
		if e.TLSMessage != nil {
			messages = append(messages, *e.TLSMessage)
			fmt.Fprintf(&left, "%+v\n", e.TLSMessage.Fields(e.TLSMessage.At, explain.Meaning))
		}
	}
	left.WriteString(fullText(t, s.Log()))
	return left.String(), messages
}

// submission is a server that takes any login and any message.
func submission(t *testing.T, config *tls.Config) (address string) {
	t.Helper()
	return accept(t, config, takeMail)
}

func takeMail(conn *tls.Conn) {
	answers := map[string]string{"EHLO": "250-mail.lab\r\n250 AUTH PLAIN", "AUTH": "235 2.7.0 welcome", "DATA": "354 go on", "QUIT": "221 bye"}
	io.WriteString(conn, "220 mail.lab ESMTP\r\n")
	content := false
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		verb, _, _ := strings.Cut(lines.Text(), " ")
		if content && lines.Text() != "." {
			continue
		}
		answer := answers[strings.ToUpper(verb)]
		if answer == "" {
			answer = "250 2.0.0 done"
		}
		content = verb == "DATA"
		io.WriteString(conn, answer+"\r\n")
	}
}
