package tlswire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
)

// Diagnosis says why a handshake died.
type Diagnosis struct {
	Code     string `json:"code"`     // stable, kebab-case
	Sentence string `json:"sentence"` // what happened, and who gave up
	Hint     string `json:"hint"`     // what would help, and on which side
}

// ErrClientEnded is the error of a handshake that was only watched, and that
// its client gave up: an alert may tell why, and the server is not at fault.
var ErrClientEnded = errors.New("the client ended the connection")

// Diagnose finds why a handshake failed from its messages, in order, and the
// error that ended it (nil if there was none). ok is false if nothing went
// wrong as far as the messages show. A certificate that our side refused is
// reported as that; the exact reason is in the caller's verification. means has
// the texts about alerts.
func Diagnose(messages []Message, err error, means Means) (d Diagnosis, ok bool) {
	c := inquest{sum: Describe(messages), messages: messages, err: err, means: means}
	if said, found := Foreign(messages); found {
		return c.plaintext(said), true
	}
	if m, found := c.find(c.ends); found {
		return c.alert(m), true
	}
	if c.sum.Complete || errors.Is(err, ErrClientEnded) {
		return Diagnosis{}, false
	}
	return c.broken(), true
}

// Foreign returns what the server said that is not TLS, as far as it was kept (see [Limits]).
func Foreign(messages []Message) (said []byte, found bool) {
	for _, m := range messages {
		if m.Kind == KindUnknown && m.Name == notTLS && m.Dir == ServerToClient {
			return m.Raw, true
		}
	}
	return nil, false
}

// inquest looks into one dead handshake.
type inquest struct {
	sum      Summary
	messages []Message
	err      error
	means    Means
}

func (c inquest) find(match func(Message) bool) (Message, bool) {
	i := slices.IndexFunc(c.messages, match)
	if i < 0 {
		return Message{}, false
	}
	return c.messages[i], true
}

// ends reports whether a message is a fatal alert that its sender has said. One in cleartext where everything is encrypted
// proves nothing about the server: anyone on the path can send it.
func (c inquest) ends(m Message) bool { return fatal(m) && !c.forgeable(m) }

// forgeable reports whether a message of the server came in cleartext after the hello that starts the encryption of TLS
// 1.3. Before that, and up to TLS 1.2 before ChangeCipherSpec, alerts have to be in cleartext.
func (c inquest) forgeable(m Message) bool {
	if m.Dir != ServerToClient || m.Kind != KindAlert || m.Key != "" || m.Encrypted || m.Version != versionTLS13 {
		return false
	}
	for _, o := range c.messages {
		if o.Dir == m.Dir && o.is(typeServerHello) && !isRetry(o.Raw) {
			return o.Seq < m.Seq
		}
	}
	return false
}

// fatal reports whether a message is an alert that ends the connection. TLS
// 1.3 goes by the description, not by the level (RFC 9846 §6).
func fatal(m Message) bool {
	level, description, ok := m.Alert()
	return ok && description != alertCloseNotify && description != alertUserCanceled && description != alertNoRenegotiation &&
		(level != levelWarning || m.Version == versionTLS13)
}

// plaintext: the server does not speak TLS here.
func (c inquest) plaintext(said []byte) Diagnosis {
	first, _, _ := strings.Cut(string(said), "\r\n")
	_, ok := printable(said)
	text, _ := printable([]byte(first))
	if !ok {
		return Diagnosis{"tls-not-tls", "the server answered with bytes that are not TLS: " + hexValue(said),
			"check host and port"}
	}
	d := Diagnosis{"tls-plaintext", "the server answered in cleartext instead of TLS: " + text, "check host and port: this port does not start with TLS"}
	switch s := string(said); {
	case strings.HasPrefix(s, "220") || strings.HasPrefix(s, "554") || strings.HasPrefix(s, "421"):
		d.Hint = "connect in cleartext and use STARTTLS, or use port 465 with implicit TLS"
	case len(s) > 2 && strings.Trim(s[:3], "0123456789") == "":
		d.Hint = "the server's operator: find out which program answered 220 to STARTTLS without TLS support; often a gateway in front of the server offers STARTTLS and passes the ClientHello on to a server that supports only SMTP"
	case strings.HasPrefix(s, "HTTP/"):
		d.Hint = "check host and port: a web server answers"
	case strings.HasPrefix(s, "* OK") || strings.HasPrefix(s, "+OK"):
		d.Hint = "check host and port: an IMAP or POP3 server answers"
	}
	return d
}

// broken: no fatal alert tells why.
func (c inquest) broken() Diagnosis {
	if _, answered := c.find(func(m Message) bool { return m.Dir == ServerToClient }); !answered {
		return c.silent()
	}
	last := c.messages[len(c.messages)-1]
	part, damaged := c.find(func(m Message) bool { return m.Partial })
	said, warned := c.lastWord()
	switch {
	case c.timeout():
		return c.hung()
	case damaged:
		return Diagnosis{"tls-damaged", part.Name + " from " + party(part.Dir) + " was incomplete when the connection ended: " + part.Reason,
			"compare from another network"}
	case c.sum.CertificateRequested && !c.sum.CertificateSent:
		return Diagnosis{"tls-certificate-required", "the connection was closed after the server requested a client certificate and got none", "give a client certificate and its key; the server's operator: make the client certificate optional"}
	case warned:
		return c.closedWith(said)
	}
	return Diagnosis{"tls-closed", "the connection was closed during the handshake without an alert, after " + last.Name + " from " + party(last.Dir), seeTheLog}
}

const seeTheLog = "the server's operator: read the log around this time; if it shows nothing, check the firewall or load balancer in front of the server"

// lastWord is an alert of the server that is not fatal: rather one that says something than close_notify. Some send
// user_canceled before each orderly end, and cancel nothing (all of Java's do).
func (c inquest) lastWord() (Message, bool) {
	alert := func(m Message) (uint8, bool) {
		_, description, ok := m.Alert()
		return description, ok && m.Dir == ServerToClient && !c.forgeable(m)
	}
	orderly, found := c.find(func(m Message) bool { d, ok := alert(m); return ok && d == alertCloseNotify })
	_, said := c.find(func(m Message) bool {
		d, ok := alert(m)
		return ok && d != alertCloseNotify && d != alertUserCanceled
	})
	if found && !said {
		return orderly, true
	}
	if m, found := c.find(func(m Message) bool { d, ok := alert(m); return ok && d != alertCloseNotify }); found {
		return m, true
	}
	return c.find(func(m Message) bool { _, ok := alert(m); return ok })
}

// closedWith: the connection ended after an alert that by itself ends nothing, or says no more than that it ends.
func (c inquest) closedWith(m Message) Diagnosis {
	_, description, _ := m.Alert()
	if description == alertCloseNotify {
		return Diagnosis{"tls-closed", "the server closed the connection during the handshake with close_notify (0): an orderly close that gives no reason", seeTheLog}
	}
	d := c.fromServer(description)
	if d.Code == "" {
		d = c.plain(description)
	}
	return Diagnosis{"tls-closed", fmt.Sprintf("the connection was closed during the handshake after a warning alert from the server, %s (%d): %s", alertName(description), description, d.Sentence), d.Hint}
}

// silent: not a byte came from the server.
func (c inquest) silent() Diagnosis {
	switch {
	case c.timeout():
		return c.unanswered()
	case errors.Is(c.err, syscall.ECONNRESET):
		return Diagnosis{"tls-reset", "the connection was reset in answer to " + c.hello(), "check the port, and whether the client's address is blocked; the server's operator: check what resets TLS connections: the server or a firewall in front of it"}
	case len(c.messages) == 0:
		if d, ok := c.library(); ok {
			return d
		}
		return Diagnosis{"tls-nothing", "the handshake ended before anything was sent", "connect again"}
	}
	return Diagnosis{"tls-closed-silently", "the server closed the connection in answer to " + c.hello() + ", without an alert", "give a host name (SNI) that the server knows; the server's operator: check that a certificate and a key are configured, and which TLS versions are accepted"}
}

func (c inquest) timeout() bool {
	var n net.Error
	return errors.Is(c.err, os.ErrDeadlineExceeded) || errors.Is(c.err, context.DeadlineExceeded) || errors.As(c.err, &n) && n.Timeout()
}

func party(dir Direction) string {
	if dir == ServerToClient {
		return "the server"
	}
	return "the client"
}
