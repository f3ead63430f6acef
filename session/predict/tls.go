package predict

import (
	"cmp"
	"fmt"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/tlswire"
)

func keyTrust(c came) string {
	e := c.last(record.KindTLS)
	switch {
	case e == nil:
		return ""
	case e.TLS.Error != "":
		return choice(3)
	case e.TLS.Verified:
		return choice(1)
	}
	return choice(2)
}

func saidTrust(c came) (string, []explain.Ref) {
	refs := []explain.Ref{{Doc: "RFC 9325", Section: "3.2"}, {Doc: "RFC 7817", Section: "3"}}
	t := c.last(record.KindTLS).TLS
	switch keyTrust(c) {
	case choice(3):
		return saidFinding(c, "The handshake failed.")
	case choice(1):
		return fmt.Sprintf("%s is active. The chain leads to a trusted root, the dates are valid, and the name matches.", t.Version), refs
	}
	if e := c.doubt(); e != nil {
		return fmt.Sprintf("%s is active, but nobody knows with whom. %s", t.Version, e.Finding.Text), orGeneral(refsOf(e))
	}
	return t.Version + " is active, but nobody knows with whom.", refs
}

// doubt is the finding that says why a certificate failed; nil if there is none.
func (c came) doubt() *record.Event {
	for _, e := range c.events {
		if e.Kind == record.KindFinding && strings.HasPrefix(string(e.Finding.Code), "cert-") && e.Finding.Severity == record.SeverityDanger {
			return e
		}
	}
	return nil
}

const (
	clientHello = "ClientHello"
	serverHello = "ServerHello"
	retry       = "HelloRetryRequest"
	certificate = "Certificate"
)

func keyHello(c came) string {
	m := c.afterMessage(clientHello)
	switch {
	case m == nil || m.Kind != tlswire.KindHandshake && m.Kind != tlswire.KindAlert:
		return choice(4)
	case m.Name == retry:
		return choice(2)
	case m.Kind == tlswire.KindAlert:
		return choice(3)
	}
	return choice(1)
}

func keyMessage(c came) string {
	m := c.afterMessage(serverHello)
	switch {
	case m == nil || m.Kind != tlswire.KindHandshake:
		return choice(4)
	case m.Name == certificate:
		return choice(1)
	case m.Name == "EncryptedExtensions":
		return choice(2)
	}
	return choice(3)
}

func keyReads(c came) string {
	for _, m := range c.handshake() {
		if m.Dir != tlswire.ServerToClient || m.Name != certificate && m.Name != "CompressedCertificate" {
			continue
		}
		if m.Encrypted {
			return choice(2)
		}
		return choice(1)
	}
	return choice(3)
}

// saidMessages tells the messages of the server, those that were encrypted apart.
func saidMessages(c came) (string, []explain.Ref) {
	const most = 10
	var open, hidden []string
	for _, m := range c.handshake() {
		switch {
		case m.Dir != tlswire.ServerToClient || len(open)+len(hidden) == most:
		case m.Encrypted:
			hidden = append(hidden, m.Name)
		default:
			open = append(open, m.Name)
		}
	}
	if len(open)+len(hidden) == 0 {
		return saidFinding(c, "The server sent no TLS message.")
	}
	why := "In cleartext the server sent: " + cmp.Or(strings.Join(open, ", "), "nothing") + "."
	if len(hidden) > 0 {
		why += " Encrypted it sent: " + strings.Join(hidden, ", ") + "."
	}
	if v := c.after.TLS; v != nil && v.Version != "" {
		why += " The version is " + v.Version + "."
	}
	return why, []explain.Ref{{Doc: "RFC 9846", Section: "2"}, {Doc: "RFC 5246", Section: "7.3"}}
}
