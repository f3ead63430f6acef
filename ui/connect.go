package ui

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/sasl"
	"ehlo/session/setup"
	"ehlo/session/walk"
)

var (
	tlsChoices     = []string{"", "require", "opportunistic", "if-offered", "implicit", "off"}
	networkChoices = []string{"ip", "ip4", "ip6"}
	oldestChoices  = []string{"", "1.0", "1.1", "1.3"}
	newestChoices  = []string{"", "1.2", "1.1", "1.0"}
)

// connection is what a form asks for a connection to a real server. Only the server is necessary.
type connection struct {
	server, user, password, tls, network, from, to       *field
	ca, name, cert, key, oldest, newest, old, alpn, ehlo *field
	address, save                                        *field

	files   *formFiles
	targets Targets // where it can be kept; nil if it cannot
	before  string  // the name under which it is kept already; empty if it is not
}

func newConnection(files *formFiles) *connection {
	c := &connection{files: files,
		server:   textField("server", "", "such as mail.example.org:587", "host, host:port, or smtp:// submission:// submissions:// and a host; without a port, port 25 is used, or port 587 with a user; lab: and a scenario for the practice server"),
		user:     textField("user", "", "nobody", "the name to log in with; leave it empty to continue without AUTH"),
		password: secretField("password", "", "none", "it is never shown or stored, and is sent only in AUTH"),
		tls: choiceField("TLS", 0, "when TLS starts, and what happens if it cannot; automatic: from the first byte on 465, required on 587 or with a user, otherwise opportunistic",
			"by port and user", "require STARTTLS", "STARTTLS if offered", "from the first byte", "off"),
		network: choiceField("network", 0, "the address family to use", "IPv4 and IPv6", "IPv4 only", "IPv6 only"),
		from:    textField("from", "", "nobody", "the envelope sender (MAIL FROM)"),
		to:      textField("to", "", "nobody", "the envelope recipients, separated by commas; the walk stops before it sends a message"),
	}
	c.handshake()
	return c
}

// handshake adds what changes the TLS handshake.
func (c *connection) handshake() {
	c.ca = textField("CA file", "", "the system's", "a PEM file with the certificate authorities to trust")
	c.name = textField("server name", "", "the server", "the name to send in SNI and to verify in the certificate, if it differs from the server's")
	c.cert = textField("client cert", "", "none", "a PEM file with the client certificate, for servers that request one")
	c.key = textField("client key", "", "none", "the PEM file with the key of that certificate; the key itself is never sent")
	c.oldest = choiceField("TLS from", 0, "the lowest version to offer; choose one below 1.2 only to test an old server (RFC 8996)", "1.2, the default", "1.0", "1.1", "1.3")
	c.newest = choiceField("TLS up to", 0, "the highest version to offer; with 1.2 more of the handshake is in cleartext than with 1.3", "1.3, the default", "1.2", "1.1", "1.0")
	c.old = choiceField("old TLS", 0, "insecure, only to examine an old server and never with a password that matters: TLS 1.0 and 1.1, RSA key exchange, CBC and 3DES; and signatures with SHA-1, which the whole program then offers until it exits",
		"not offered", "! offered: insecure")
	c.old.warns = true
	c.alpn = textField("ALPN", "", "none", "protocol names to offer in ALPN, separated by commas; SMTP uses none")
	c.ehlo = textField("EHLO name", "", "by address", "the name to give in EHLO")
	c.save = textField("save as", "", "not saved", "a name under which to save server, TLS, user, EHLO name, server name and files, but no password; then connect to @NAME")
	c.address = textField("address", "", "any of its own", "the one IP address to connect to, if the server's name has several; the name is still sent in TLS (SNI) and verified")
}

// fields are those of the form, what most people need first.
func (c *connection) fields() []*field {
	first := []*field{c.server, c.user, c.password}
	if c.targets != nil {
		first = append(first, c.save)
	}
	return append(first, c.tls, c.network, c.from, c.to, c.ca, c.name, c.cert, c.key, c.oldest, c.newest, c.old, c.alpn, c.ehlo, c.address)
}

func (c *connection) request() Request {
	return Request{CAFile: path(c.ca), CertFile: path(c.cert), KeyFile: path(c.key), Request: setup.Request{
		Target: strings.TrimSpace(c.server.value()), TLS: tlsChoices[c.tls.picked], Network: networkChoices[c.network.picked], Address: strings.TrimSpace(c.address.value()), ServerName: strings.TrimSpace(c.name.value()),
		TLSMin: oldestChoices[c.oldest.picked], TLSMax: newestChoices[c.newest.picked], LegacyTLS: c.old.picked == 1, ALPN: addresses(c.alpn.value()), Goal: c.goal()}}
}

func (c *connection) goal() walk.Goal {
	return walk.Goal{Credentials: sasl.Credentials{Username: c.user.value(), Password: sasl.NewSecret(c.password.value())},
		From: strings.TrimSpace(c.from.value()), To: addresses(c.to.value()), EHLOName: strings.TrimSpace(c.ehlo.value())}
}

// wrong says which field stands in the way of a request.
func (c *connection) wrong(r Request) error {
	switch {
	case r.CertFile == "" && r.KeyFile != "":
		return &fieldError{c.cert, "a key needs a certificate"}
	case r.CertFile != "" && r.KeyFile == "":
		return &fieldError{c.key, "a certificate needs its key"}
	}
	if strings.HasPrefix(r.Target, "@") {
		return &fieldError{c.server, "choose a saved target in the list; this field needs a host"}
	}
	s, err := setup.New(r.Request)
	if wrong, ok := errors.AsType[*setup.Error](err); ok {
		return &fieldError{cmp.Or(c.fieldOf(wrong.Field), c.server), wrong.Text}
	}
	if err != nil { // there is no such scenario
		return &fieldError{c.server, err.Error()}
	}
	if s.IsPractice() && strings.TrimSpace(c.save.value()) != "" {
		return &fieldError{c.save, "the practice server is not saved: leave this empty; a search finds each of its scenarios by name"}
	}
	return nil
}

// fieldOf is where a form asks for a part of a request; nil if it does not.
func (c *connection) fieldOf(f setup.Field) *field {
	return map[setup.Field]*field{setup.FieldTarget: c.server, setup.FieldTLS: c.tls, setup.FieldServerName: c.name, setup.FieldTLSMin: c.oldest,
		setup.FieldTLSMax: c.newest, setup.FieldALPN: c.alpn, setup.FieldEHLOName: c.ehlo, setup.FieldFrom: c.from, setup.FieldTo: c.to, setup.FieldAddress: c.address}[f]
}

// form is the connection as a form; what it comes to is for then. Where it can be saved without connecting, told takes the name.
func (c *connection) form(then func(Request) tea.Cmd, told func(name string)) *form {
	f := &form{name: cmp.Or(c.before, "connect to a server"), verb: "connect", fields: c.fields(), submit: func() (tea.Cmd, error) {
		req, err := c.asked(c.files.wrong)
		if err != nil {
			return nil, err
		}
		return then(req), nil
	}}
	if c.targets != nil {
		f.save = func() error { return c.saveAlone(told) }
	}
	return f
}

// saveAlone saves what the form holds, and does not connect.
func (c *connection) saveAlone(told func(name string)) error {
	if err := c.wrong(c.request()); err == nil && strings.TrimSpace(c.save.value()) == "" {
		return &fieldError{c.save, "enter the name to save it under"}
	}
	req, err := c.asked(c.files.unsaid)
	if err == nil {
		told(req.Saved)
	}
	return err
}

// asked is the request of the form, saved where it has a name. How its files are looked at depends on whether they are needed now.
func (c *connection) asked(doubt func(ca, cert, key *field) error) (Request, error) {
	req := c.request()
	if err := c.wrong(req); err != nil {
		return req, err
	}
	if err := doubt(c.ca, c.cert, c.key); err != nil {
		return req, err
	}
	return req, c.keep(&req)
}

// savedAs says that a target was saved under a name.
func savedAs(name string) string { return "saved as @" + name + "; no password is kept" }

// keep saves a request where it has a name, and has it ask for that target: what is known about its certificate comes with it.
func (c *connection) keep(r *Request) error {
	name := strings.TrimSpace(c.save.value())
	if c.targets == nil || name == "" {
		return nil
	}
	if err := c.targets.Save(c.before, name, *r); err != nil {
		return &fieldError{c.save, err.Error()}
	}
	r.Target, r.Saved = "@"+name, name
	return nil
}

// startedWith is what was asked for at the start of the session; nothing where it is a recording, which names no files.
func (w *explorer) startedWith() Request {
	if w.live == nil {
		return Request{}
	}
	return w.live.Asked
}

// canConnect holds where another session can be started.
func (w *explorer) canConnect() bool { return w.env.launch != nil && w.busy == nil && !w.closing }

// fill puts what a session is asked for into the form: what was asked for at its start, and what has changed since.
func (c *connection) fill(asked Request, now setup.Request) {
	for f, value := range map[*field]string{c.server: now.Target, c.user: now.Goal.Credentials.Username, c.from: now.Goal.From, c.to: strings.Join(now.Goal.To, ", "),
		c.ca: asked.CAFile, c.cert: asked.CertFile, c.key: asked.KeyFile, c.name: now.ServerName, c.alpn: strings.Join(asked.ALPN, ", "), c.ehlo: now.Goal.EHLOName,
		c.address: now.Address} {
		f.input.SetValue(value)
	}
	c.tls.picked = chosen(tlsChoices, now.TLS)
	if asked.TLS == "" && usual(now) {
		c.tls.picked = 0
	}
	c.network.picked, c.oldest.picked, c.newest.picked = chosen(networkChoices, now.Network), chosen(oldestChoices, asked.TLSMin), chosen(newestChoices, now.TLSMax)
	if now.LegacyTLS {
		c.old.picked = 1
	}
}

// chosen is the place of a value among those to choose from, the first where it is none of them.
func chosen(among []string, value string) int { return max(slices.Index(among, value), 0) }

// usual reports whether port and user alone lead to the same beginning of TLS.
func usual(r setup.Request) bool {
	is, err := setup.New(r)
	r.TLS = ""
	would, failed := setup.New(r)
	return err == nil && failed == nil && is.Config.Policy == would.Config.Policy
}

// connect asks for another connection, with what this session was asked to do. A secret belongs to the server it was given for,
// and the practice server has users, names and addresses of its own.
func (w *explorer) connect() tea.Cmd {
	c := w.another()
	f := c.form(func(req Request) tea.Cmd {
		return w.toAnother(req)
	}, func(name string) { w.draft, w.notice = nil, savedAs(name) })
	f.keep = func() { w.draft = c.draft() }
	w.sheet = f
	return nil
}

// toAnother leaves this session for one with another server, after a question where this one is open.
func (w *explorer) toAnother(req Request) tea.Cmd {
	return w.unlessOpen("connect to another", func() tea.Msg {
		return leaveMsg{w, func() (*Live, error) {
			_ = w.bridge.join() // the error is reported when the program ends
			return req.begin(w.env.launch)
		}}
	})
}

// another is what to connect to next: what was typed before and left, else what this session was asked for.
func (w *explorer) another() *connection {
	if w.draft != nil {
		return w.draft
	}
	c := newConnection(w.env.files())
	c.targets = w.env.targets
	switch s := w.snap.Start; {
	case s == nil:
	case s.Scenario != "":
		c.server.input.SetValue("lab:" + s.Scenario)
	default:
		c.fill(w.startedWith(), setup.Again(s.Plan, w.goal))
	}
	return c
}

// draft is what was typed, to be gone on with. A password is typed again.
func (c *connection) draft() *connection {
	c.password.input.SetValue("")
	return c
}
