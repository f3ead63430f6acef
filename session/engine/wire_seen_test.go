package engine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/tlswire"
	"ehlo/session/walk"
)

// A transcript does not tell how long a password is: not by a record that carried it, and not by where the records
// after it stand.
func TestLengthOfSecretIsNotTold(t *testing.T) {
	var told []string
	for _, password := range []string{"x", strings.Repeat("long ", 40)} {
		p := walkThrough(t, scene{policy: "require", goal: walk.Goal{Credentials: sasl.Credentials{Username: theUser, Password: sasl.NewSecret(password)}, Mechanism: "PLAIN"},
			script: submission + "\nC: AUTH PLAIN …\nS: 235 ok" + goodBye})
		p.ends(record.ExitOK)
		told = append(told, sizes(p))
	}
	if told[0] != told[1] {
		t.Errorf("a short password leaves\n%s\na long one\n%s", told[0], told[1])
	}
	if !strings.Contains(told[0], "Alert -1") || !strings.Contains(told[0], "Finished ") || strings.Contains(told[0], "Finished -1") {
		t.Errorf("the places of messages before and behind the secret: %s", told[0])
	}
}

// sizes is every number in a log that adds up bytes from the client.
func sizes(p played) string {
	var b strings.Builder
	for _, e := range p.log {
		switch {
		case e.TLSMessage != nil && e.TLSMessage.Dir == tlswire.ClientToServer:
			fmt.Fprintf(&b, "%s %d %d; ", e.TLSMessage.Name, e.TLSMessage.Records[0].Offset, e.TLSMessage.Records[0].Length)
		case e.Send != nil && e.Send.Cipher != nil:
			fmt.Fprintf(&b, "send %d %v; ", e.Send.Cipher.Total, e.Send.Cipher.Withheld)
		}
	}
	return b.String()
}

// What an eavesdropper saw of a handshake is in the log: nothing of the certificate in TLS 1.3, all of it in TLS 1.2.
func TestCertificateOnTheWire(t *testing.T) {
	for version, visible := range map[string]bool{"TLS 1.2": true, "TLS 1.3": false} {
		t.Run(version, func(t *testing.T) {
			p := walkThrough(t, scene{target: "mail.lab:465", policy: "implicit", script: implicit, config: func(c *Config) {
				if visible {
					c.TLS.MaxVersion = 0x0303
				}
			}})
			p.ends(record.ExitOK)
			name := []byte("mail.lab") // in the certificate
			n := 0
			for _, e := range p.log {
				if e.TLSMessage == nil || e.TLSMessage.Name != "Certificate" {
					continue
				}
				n++
				wire := onTheWire(*e.TLSMessage)
				if !bytes.Contains(e.TLSMessage.Raw, name) || bytes.Contains(wire, name) != visible {
					t.Errorf("%d bytes on the wire, the name is in them: %v", len(wire), !visible)
				}
			}
			if n != 1 || p.last(record.KindTLS).TLS.Decided.Summary().CertificatesVisible != visible {
				t.Errorf("%d certificates, %+v", n, p.last(record.KindTLS).TLS.Decided.Summary())
			}
		})
	}
}

func onTheWire(m tlswire.Message) []byte {
	if !m.Encrypted {
		return m.Raw
	}
	var all []byte
	for _, r := range m.Records {
		all = append(all, r.Bytes...)
	}
	return all
}

// The greeting of implicit TLS is one record; the handshake in front of it is not one of its bytes.
func TestCipherBeginsBehindTheHandshake(t *testing.T) {
	p := walkThrough(t, scene{target: "mail.lab:465", policy: "implicit", script: implicit})
	for _, e := range p.log {
		if e.Reply != nil {
			c := e.Reply.Cipher
			if c == nil || c.Bytes[0] != 23 || c.Total > 400 { // a ticket may come in front of it
				t.Errorf("%+v", c)
			}
			return
		}
	}
}

// The decisions come back from JSON as they were worked out, and are told of a handshake that died too.
func TestDecided(t *testing.T) {
	for _, script := range []string{implicit, "HELLO\nR: \"\\x15\\x03\\x03\\x00\\x02\\x02\\x28\""} {
		p := walkThrough(t, scene{target: "mail.lab:465", policy: "implicit", script: script})
		live := p.last(record.KindTLS).TLS
		data, err := json.Marshal(live)
		if err != nil {
			t.Fatal(err)
		}
		var back record.TLS
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatal(err)
		}
		again, _ := json.Marshal(back)
		if !bytes.Equal(again, data) {
			t.Errorf("written %s\n  again %s", data, again)
		}
		d := back.Decided.Summary()
		suite := slices.ContainsFunc(d.Suite.Offered, func(c tlswire.Code) bool { return c.Name == "TLS_AES_128_GCM_SHA256" && c.Value == 0x1301 })
		if !suite || d.ServerName != "mail.lab" || d.Complete != (live.Error == "") || d.Suite.Chosen.Name != live.CipherSuite {
			t.Errorf("%s", data)
		}
	}
}
