package lab

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// client is a scripted SMTP client: a test reads like a transcript.
type client struct {
	t    *testing.T
	lab  *Lab
	conn net.Conn
	in   *bufio.Reader
}

// start runs a lab that ends with the test.
func start(t *testing.T, sc Scenario, opts Options) *Lab {
	t.Helper()
	l, err := Start(sc, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// scenario starts the lab of a named scenario.
func scenario(t *testing.T, name string) *Lab {
	t.Helper()
	return start(t, find(t, name), Options{})
}

func find(t *testing.T, name string) Scenario {
	t.Helper()
	sc, err := Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

// dial connects to a port in name.
func dial(t *testing.T, l *Lab, port int) *client {
	t.Helper()
	return dialAddress(t, l, fmt.Sprintf("127.0.0.1:%d", port))
}

// dialAddress connects to an address in name; the test ends where it is one of
// IPv6 and the machine has none.
func dialAddress(t *testing.T, l *Lab, address string) *client {
	t.Helper()
	if strings.HasPrefix(address, "[") && !l.hasIPv6() {
		t.Skip("no IPv6 here")
	}
	c, err := l.DialContext(context.Background(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(20 * time.Second)) // a hang is a failure
	t.Cleanup(func() { c.Close() })
	return &client{t: t, lab: l, conn: c, in: bufio.NewReader(c)}
}

// reply reads a whole reply, its lines separated by \n.
func (c *client) reply() string {
	c.t.Helper()
	var lines []string
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			c.t.Fatalf("after %q: %v", lines, err)
		}
		lines = append(lines, strings.TrimSuffix(line, "\r\n"))
		if len(line) < 4 || line[3] != '-' {
			return strings.Join(lines, "\n")
		}
	}
}

// expect reads a reply that must begin with want.
func (c *client) expect(want string) string {
	c.t.Helper()
	got := c.reply()
	if !strings.HasPrefix(got, want) {
		c.t.Fatalf("got %q, want %q", got, want)
	}
	return got
}

// send writes text and its line end.
func (c *client) send(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c.conn, text+"\r\n"); err != nil {
		c.t.Fatal(err)
	}
}

// say sends a line and expects the reply to begin with want.
func (c *client) say(line, want string) string {
	c.t.Helper()
	c.send(line)
	return c.expect(want)
}

// pour sends bytes as they are and ends the client's half of the connection.
func (c *client) pour(bytes string) {
	fmt.Fprint(c.conn, bytes)
	c.conn.(interface{ CloseWrite() error }).CloseWrite()
}

// drain reads until the server closes.
func (c *client) drain() {
	for _, err := c.in.ReadByte(); err == nil; _, err = c.in.ReadByte() {
	}
}

// play says lines in turn: what the client sends, two spaces, what the reply
// must begin with.
func (c *client) play(script string) {
	c.t.Helper()
	for line := range strings.Lines(strings.TrimSpace(script)) {
		command, want, _ := strings.Cut(strings.TrimSpace(line), "  ")
		c.say(command, strings.TrimSpace(want))
	}
}

// gone expects the server to have closed.
func (c *client) gone() {
	c.t.Helper()
	if b, err := c.in.ReadByte(); err == nil {
		c.t.Fatalf("got byte %q, want a closed connection", b)
	}
}

// upgrade runs a TLS handshake that trusts the lab's root.
func (c *client) upgrade() error {
	return c.upgradeWith(clientConfig(c.lab))
}

func (c *client) upgradeWith(config *tls.Config) error {
	conn := tls.Client(c.conn, config)
	if err := conn.Handshake(); err != nil {
		return err
	}
	c.conn, c.in = conn, bufio.NewReader(conn)
	return nil
}

// starttls walks to the 220 of STARTTLS on any port that has it.
func (c *client) starttls() {
	c.t.Helper()
	c.expect("220 ")
	c.say("EHLO laptop", "250-")
	c.say("STARTTLS", "220 2.0.0")
}

// secure walks to the EHLO after STARTTLS.
func (c *client) secure() string {
	c.t.Helper()
	c.starttls()
	if err := c.upgrade(); err != nil {
		c.t.Fatal(err)
	}
	return c.say("EHLO laptop", "250-")
}

// login walks to a successful AUTH as ann.
func (c *client) login() {
	c.t.Helper()
	c.secure()
	c.say("AUTH PLAIN "+plain("ann", "tulip-42"), "235 2.7.0")
}

// plain is the response of AUTH PLAIN (RFC 4616 §2).
func plain(user, password string) string { return b64("\x00" + user + "\x00" + password) }

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func clientConfig(l *Lab) *tls.Config {
	return &tls.Config{ServerName: "mail.lab", RootCAs: l.RootCAs(), Time: l.options.Now}
}
