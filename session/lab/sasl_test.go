package lab

import (
	"crypto/tls"
	"encoding/base64"
	"strings"
	"testing"

	"ehlo/session/sasl"
)

// offers says EHLO and returns the mechanisms of the AUTH line.
func (c *client) offers() string {
	c.t.Helper()
	for _, line := range offered(c.say("EHLO laptop", "250-")) {
		if list, ok := strings.CutPrefix(line, "AUTH "); ok {
			return list
		}
	}
	return ""
}

// authenticated is how an exchange went, seen from the client.
type authenticated struct {
	reply    string   // the last one
	findings []string // codes
	err      error    // why the client gave up, or does not believe in the 235
	sent     string   // what went out decoded, one line a response
}

// authenticate drives a mechanism of session/sasl over the wire.
func (c *client) authenticate(name string, cred sasl.Credentials, options ...sasl.Option) (a authenticated) {
	c.t.Helper()
	m, err := sasl.New(name, cred, c.binding(), strings.Fields(c.offers()), options...)
	check(c.t, err)
	r, err := m.Start()
	check(c.t, err)
	c.send(sasl.Command(name, r))
	for {
		a.sent += string(r.Data) + "\n"
		if a.reply = c.reply(); !strings.HasPrefix(a.reply, "334 ") {
			break
		}
		if r, err = a.challenged(m); err != nil {
			a.err = err
			a.found(err.(*sasl.Error).Code)
			a.reply = c.say("*", "501 ")
			return a
		}
		c.send(sasl.EncodeResponse(r.Data, false))
	}
	if strings.HasPrefix(a.reply, "235 ") {
		if _, a.err = m.Done(); a.err != nil {
			a.found(a.err.(*sasl.Error).Code)
		}
	}
	return a
}

func (a *authenticated) challenged(m sasl.Mechanism) (sasl.Response, error) {
	data, err := sasl.DecodeChallenge(a.reply[4:])
	if err != nil {
		return sasl.Response{}, err
	}
	challenge, response, err := m.Next(data)
	for _, f := range challenge.Findings {
		a.found(f.Code)
	}
	return response, err
}

func (a *authenticated) found(code string) { a.findings = append(a.findings, code) }

func (a authenticated) accepted(t *testing.T) {
	t.Helper()
	if !strings.HasPrefix(a.reply, "235 2.7.0") || a.err != nil {
		t.Fatalf("got %q, %v, want success", a.reply, a.err)
	}
}

func (a authenticated) refused(t *testing.T, want string) {
	t.Helper()
	if !strings.HasPrefix(a.reply, want) || a.err != nil {
		t.Fatalf("got %q, %v, want %q", a.reply, a.err, want)
	}
}

// binding is the channel binding data as the client sees the connection.
func (c *client) binding() sasl.Binding {
	conn, ok := c.conn.(*tls.Conn)
	if !ok {
		return sasl.Binding{}
	}
	state := conn.ConnectionState()
	return sasl.NewBinding(state, state.PeerCertificates[0])
}

// credentials are all that a practice user has; the name is as given.
func credentials(l *Lab, user string) sasl.Credentials {
	c := sasl.Credentials{Username: user, Host: "mail.lab", Port: 587,
		Password: sasl.NewSecret("nobody's"), Token: sasl.NewSecret("nobodys")}
	if a, ok := account(user); ok {
		c.Password, c.Token = sasl.NewSecret(a.Password), sasl.NewSecret(a.Token)
	}
	return c
}

// certifiedClient walks to the EHLO after STARTTLS with ann's certificate.
func certifiedClient(t *testing.T, l *Lab, version uint16) *client {
	t.Helper()
	c := dial(t, l, 587)
	c.starttls()
	check(t, c.upgradeWith(withCertificate(t, l, "ann", version)))
	c.say("EHLO laptop", "250-")
	return c
}

func withCertificate(t *testing.T, l *Lab, user string, version uint16) *tls.Config {
	t.Helper()
	own, err := l.ClientCertificate(user)
	check(t, err)
	config := clientConfig(l)
	config.Certificates, config.MaxVersion = []tls.Certificate{*own}, version
	return config
}

func unb64(t *testing.T, s string) string {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	check(t, err)
	return string(b)
}
