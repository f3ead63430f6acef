package equivalent

import (
	"cmp"
	"net/netip"
	"strings"
)

// client is a mail client, and what its settings call the ways of TLS. An empty word is a way that it does not offer.
type client struct {
	name, label              string
	none, starttls, implicit string
}

// clients are the common ones, as their settings are labeled in English.
var clients = []client{
	{"Thunderbird", "Connection security", "None", "STARTTLS", "SSL/TLS"},
	{"Thunderbird for Android", "Security", "None", "STARTTLS", "SSL/TLS"},
	{"Outlook (classic)", "Use the following type of encrypted connection", "None", "STARTTLS", "SSL/TLS"},
	{"Apple Mail", "Use TLS/SSL", "off", "on, with the port of STARTTLS", "on, with the port of implicit TLS"},
	{"iPhone and iPad", "Use SSL", "off", "on, with the port of STARTTLS", "on, with the port of implicit TLS"},
	{"Gmail, send mail as", "Secured connection using", "Unsecured connection", "TLS", "SSL"},
	{"Evolution", "Encryption method", "No encryption", "STARTTLS after connecting", "TLS on a dedicated port"},
	{"KMail", "Encryption", "None", "STARTTLS", "SSL/TLS"},
}

// bySettings says what a person enters in a mail client. "SSL" there means TLS from the first byte: SSL itself has been
// forbidden since RFC 7568.
func bySettings(t *Text, s Session) {
	t.add("server (outgoing mail, SMTP)  "+cmp.Or(s.Address, s.Host), "port                          "+s.port())
	if s.User != "" {
		t.add("username                      "+s.User, "authentication                "+authentication(s.Mechanism))
	}
	t.add("")
	for _, c := range clients {
		t.add(c.name + ": " + c.label + " = " + c.word(s))
	}
	if s.encrypts() && s.Name != s.Host {
		t.note("A mail client verifies the name of the server that is entered: this session verified " + s.Name + ".")
	}
	switch {
	case s.implicit():
		t.note(`"SSL/TLS" means TLS from the first byte, as on port 465 (RFC 8314 §3.3). With "STARTTLS" the client waits there for a greeting that comes only inside TLS.`)
	case s.encrypts() && s.Optional:
		t.note("No common client offers this session's choice of continuing in cleartext if STARTTLS is missing. With these settings the client fails in that case, which is safer.")
	case s.encrypts():
		t.note(`"STARTTLS" begins in cleartext and upgrades, as on port 587 (RFC 3207). With "SSL/TLS" the handshake fails there, because the server begins with a greeting in cleartext.`)
	default:
		t.note(`"None" sends everything in cleartext, including the password.`)
	}
}

func (c client) word(s Session) string {
	switch {
	case s.implicit():
		return c.implicit
	case s.encrypts():
		return c.starttls
	}
	return c.none
}

// authentication is what clients call a mechanism.
func authentication(mechanism string) string {
	switch m := strings.ToUpper(mechanism); m {
	case "", "PLAIN", "LOGIN":
		return "normal password"
	case "XOAUTH2", "OAUTHBEARER":
		return "OAuth2"
	case "EXTERNAL":
		return "TLS certificate"
	case "CRAM-MD5", "DIGEST-MD5":
		return "encrypted password (" + m + ")"
	default:
		return m
	}
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}
