package lab

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"ehlo/session/record"
)

// wireOf opens a lab whose on-path device follows rules.
func wireOf(t *testing.T, knobs Knobs, rules ...rule) *Lab {
	t.Helper()
	sc := find(t, "")
	knobs.Wire = rules
	sc.Knobs = knobs
	return start(t, sc, Options{})
}

// TestTransparent: a device without a matching rule changes nothing, in cleartext
// or inside TLS, whatever is sent.
func TestTransparent(t *testing.T) {
	idle := rule{On: "TURN", Do: stall}
	for name, l := range map[string]*Lab{
		"carries":    wireOf(t, Knobs{}, idle),
		"intercepts": wireOf(t, Knobs{}, rule{Do: intercept}),
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, l, 25)
			c.expect("220 mx.lab")
			c.say("EHLO laptop", "250-")
			c.send("MAIL FROM:<a@example.org>\r\nRCPT TO:<bob@lab.test>\r\nDATA")
			c.expect("250 2.1.0")
			c.expect("250 2.1.5")
			c.expect("354 ")
			long := strings.Repeat("x", 2*maxLine)
			c.say(long+"\r\n..\r\n.", "250 2.0.0")
			c.play(`
				MAIL FROM:<a@example.org>  250
				RCPT TO:<bob@lab.test>     250
			`)
			c.conn.Write([]byte("BDAT 6\r\nQUIT\r\nBDAT 0 LAST\r\nNOOP\r\n"))
			c.expect("250 2.0.0 chunk")
			c.expect("250 2.0.0 queued")
			c.expect("250 2.0.0 ok")
			c.say("QUIT", "221 ")
			c.gone()
			if m := l.Mailbox(); len(m) != 2 || !strings.HasSuffix(string(m[0].Data), long+"\r\n.\r\n") {
				t.Errorf("%d messages", len(m))
			}
		})
	}
}

func TestTransparentBehindTLS(t *testing.T) {
	l := wireOf(t, Knobs{}, rule{On: "TURN", Do: stall})
	c := dial(t, l, 587)
	c.login()
	c.say("QUIT", "221 ")
	c.gone()
	c = dial(t, l, 465)
	check(t, c.upgrade())
	c.expect("220 mail.lab")
	c.say("QUIT", "221 ")
	c.gone()
}

func TestRoundsThroughADevice(t *testing.T) {
	l := wireOf(t, Knobs{ClearAuth: true}, rule{On: "TURN", Do: stall})
	c := dial(t, l, 587)
	c.expect("220 ")
	c.say("EHLO laptop", "250-")
	c.play("AUTH LOGIN  334 VXNlcm5hbWU6\n" + b64("ann") + "  334 UGFzc3dvcmQ6\n" + b64("tulip-42") + "  235 2.7.0")
}

func TestStripped(t *testing.T) {
	l := scenario(t, "stripped")
	c := dial(t, l, 587)
	c.expect("220 ")
	ehlo := c.say("EHLO laptop", "250-")
	if strings.Contains(ehlo, "STARTTLS") || !strings.Contains(ehlo, "AUTH PLAIN") || !strings.Contains(ehlo, "\n250 HELP") {
		t.Errorf("got %q", ehlo)
	}
	c.say("STARTTLS", "502 ")
	c.say("NOOP", "250 ")
	c = dial(t, l, 465) // implicit TLS has no line to strip
	check(t, c.upgrade())
	c.expect("220 ")
}

// The proof that the task of "stripped" asks for: the list of the same server
// with nobody on the path has one line more, and that of "submission" has it too.
func TestStrippedLacksOneLine(t *testing.T) {
	list := func(name string) string {
		c := dial(t, scenario(t, name), 587)
		c.expect("220")
		return strings.ReplaceAll(c.say("EHLO laptop", "250"), "250 ", "250-")
	}
	if seen, said := list("stripped"), list("clear-auth"); strings.Replace(said, "250-STARTTLS\n", "", 1) != seen || said == seen {
		t.Errorf("seen\n%s\nsaid\n%s", seen, said)
	}
	if !strings.Contains(list("submission"), "250-STARTTLS") {
		t.Error("submission offers no STARTTLS")
	}
}

func TestStrip(t *testing.T) {
	for before, after := range map[string]string{
		"250-a\r\n250-STARTTLS\r\n250 B\r\n": "250-a\r\n250 B\r\n",
		"250-a\r\n250 STARTTLS\r\n":          "250 a\r\n",
		"250 STARTTLS\r\n":                   "",
		"250-STARTTLSX\r\n250 b\r\n":         "250 b\r\n",
		"250 a\r\n":                          "250 a\r\n",
	} {
		if got := string(stripped([]byte(before), "STARTTLS")); got != after {
			t.Errorf("%q gives %q, want %q", before, got, after)
		}
	}
}

func TestGarbled(t *testing.T) {
	c := dial(t, scenario(t, "garbled"), 587)
	c.expect("220 ")
	keywords := offered(c.say("EHLO laptop", "250-"))
	if !slices.Contains(keywords, "XXXXXXXA") || slices.Contains(keywords, "STARTTLS") {
		t.Errorf("got %q", keywords)
	}
	c.say("STARTTLS", "500 ")
}

func TestInjected(t *testing.T) {
	c := dial(t, scenario(t, "injected"), 587)
	c.expect("220 ")
	c.say("EHLO laptop", "250-")
	c.send("STARTTLS")
	segment := make([]byte, 1000)
	n, err := c.conn.Read(segment)
	check(t, err)
	want := "220 2.0.0 ready to start TLS\r\n250-mail.lab\r\n250 AUTH PLAIN LOGIN\r\n"
	if got := string(segment[:n]); got != want {
		t.Errorf("one segment holds %q, want %q", got, want)
	}
	check(t, c.upgrade()) // for a client that drops what was injected
	c.say("EHLO laptop", "250-")
}

func TestIntercepted(t *testing.T) {
	var log strings.Builder
	l := start(t, find(t, "man-in-the-middle"), Options{Log: &log, Watch: true})
	if err := func() error { c := dial(t, l, 587); c.starttls(); return c.upgrade() }(); err == nil {
		t.Fatal("a client that checks has accepted the interceptor")
	}
	for _, port := range []int{587, 465} {
		c := dial(t, l, port)
		if port == 587 {
			c.starttls()
		}
		check(t, c.upgradeWith(&tls.Config{InsecureSkipVerify: true}))
		if port == 465 {
			c.expect("220 ")
		}
		c.say("EHLO laptop", "250-")
		c.say("AUTH PLAIN "+plain("ann", "tulip-42"), "235 ")
		c.play(`
			MAIL FROM:<ann@lab.test>  250
			RCPT TO:<bob@lab.test>    250
			BDAT 0 LAST               250
			QUIT                      221
		`)
		c.gone()
	}
	for _, m := range l.Mailbox() {
		if m.With != "ESMTPSA" {
			t.Errorf("the server saw %s, want TLS on its half of the path", m.With)
		}
	}
	l.Close()
	if strings.Contains(log.String(), "path") {
		t.Errorf("the server knows of the device:\n%s", log.String())
	}
	_, path := l.Since(t.Context())
	var intercepted int
	for _, d := range path.Deeds {
		if d.Did == record.DeedIntercepted && d.What == "On-Path Interception CA" {
			intercepted++
		}
	}
	if intercepted != 2 {
		t.Errorf("%d interceptions in %v", intercepted, path.Deeds)
	}
}

// TestDelay measures nothing: it holds a reply back for ever and expects Close
// to end the wait.
func TestDelay(t *testing.T) {
	l := wireOf(t, Knobs{}, rule{On: "EHLO", Do: delay, Wait: time.Hour})
	c := dial(t, l, 587)
	c.expect("220 ")
	c.send("EHLO laptop")
	go l.Close()
	c.expect("421 4.3.2 ")
	c.gone()

	l = wireOf(t, Knobs{}, rule{Do: delay, Wait: time.Microsecond})
	c = dial(t, l, 587)
	c.login()
}

func TestSlowIsSlow(t *testing.T) {
	sc := find(t, "slow")
	if r := sc.Knobs.Wire[0]; r.Do != delay || r.On != "" || r.Wait < time.Second {
		t.Errorf("got %+v", r)
	}
}

func TestSilentAndStalled(t *testing.T) {
	for name, port := range map[string]int{"silent": 587, "silent on TLS": 465, "stall": 587} {
		t.Run(name, func(t *testing.T) {
			sc, _, _ := strings.Cut(name, " ")
			c := dial(t, scenario(t, sc), port)
			if sc == "stall" {
				c.expect("220 ")
			}
			c.send("EHLO laptop")
			c.send("NOOP")
			c.conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
			if b, err := c.in.ReadByte(); !isTimeout(err) {
				t.Errorf("got %q, %v, want silence", b, err)
			}
		})
	}
}

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}

func TestClosed(t *testing.T) {
	c := dial(t, scenario(t, "closed"), 587)
	c.expect("220 ")
	c.send("EHLO laptop")
	got, err := io.ReadAll(c.in)
	check(t, err)
	if want := "250-mail.lab greets laptop\r\n250-PIPELIN"; len(got) != 40 || !strings.HasPrefix(string(got), want) {
		t.Errorf("got %q, want %q and a closed connection", got, want)
	}
}

func TestHTTP(t *testing.T) {
	for _, port := range []int{25, 465, 587} {
		c := dial(t, scenario(t, "http"), port)
		got, err := io.ReadAll(c.in)
		check(t, err)
		if string(got) != httpAnswer {
			t.Errorf("port %d: got %q", port, got)
		}
	}
}

func TestEndless(t *testing.T) {
	c := dial(t, scenario(t, "endless"), 587)
	c.expect("220 ")
	c.send("EHLO laptop")
	for range 20_000 {
		if line, err := c.in.ReadString('\n'); err != nil || line != "250-AND-ONE-MORE\r\n" {
			t.Fatalf("got %q, %v", line, err)
		}
	}
}

func TestGarbage(t *testing.T) {
	c := dial(t, scenario(t, "garbage"), 587)
	greeting := c.expect("220-mail.lab \x1b[2J")
	c.send("EHLO laptop")
	ehlo := c.expect("250-mail.lab \x1b]8;;")
	for _, evil := range []string{"\x1b]0;", "\x9b", "\xff\xfe", "\u202e", "\x00", "\x7f"} {
		if !strings.Contains(greeting+ehlo, evil) {
			t.Errorf("%q is missing", evil)
		}
	}
	c.say("STARTTLS", "220 ")
	check(t, c.upgrade()) // the walk can go on
	c.say("EHLO laptop", "250-")
}

func TestBadReplies(t *testing.T) {
	c := dial(t, scenario(t, "bad-replies"), 25)
	read := func(want string) {
		t.Helper()
		got := make([]byte, len(want))
		if _, err := io.ReadFull(c.in, got); err != nil || string(got) != want {
			t.Fatalf("got %q, %v, want %q", got, err, want)
		}
	}
	read("220 mx.lab ESMTP\n")
	c.send("EHLO laptop")
	read("250-mx.lab\r\n251-PIPELINING\r\n250 8BITMIME\r\n")
	c.send("MAIL FROM:<a@example.org>")
	read("250\r\n")
	c.send("RCPT TO:<bob@lab.test>")
	read("250-2.1.5 recipient ok\r\n550 2.1.5 recipient ok\r\n")
	c.send("DATA")
	read("3S4 go ahead\r\n")
}

// FuzzDevice throws bytes at a server behind an on-path device.
func FuzzDevice(f *testing.F) {
	f.Add("EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<bob@lab.test>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n")
	f.Add("EHLO a\r\nBDAT 5\r\nabcdeBDAT 99999999999999999999\r\nSTARTTLS\r\n\x16\x03\x01")
	f.Add("DATA\r\n\x00\xff\r\n\r\n \r\nAUTH PLAIN\r\n*\r\n")
	sc, _ := Find("garbled")
	l, err := Start(sc, Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { l.Close() })
	f.Fuzz(func(t *testing.T, input string) {
		c := dial(t, l, 587)
		go c.pour(input)
		c.drain()
	})
}

// The path lets small ClientHellos through: those of TLS 1.2, and of TLS 1.3 without the post-quantum key share.
func TestLargeHelloIsReset(t *testing.T) {
	l := scenario(t, "large-hello")
	for name, c := range map[string]struct {
		change func(*tls.Config)
		passes bool
	}{
		"as it is":     {func(*tls.Config) {}, false},
		"TLS 1.2":      {func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }, true},
		"X25519 alone": {func(c *tls.Config) { c.CurvePreferences = []tls.CurveID{tls.X25519} }, true},
	} {
		for _, port := range []int{587, 465} {
			client := dial(t, l, port)
			if port == 587 {
				client.starttls()
			}
			config := clientConfig(l)
			c.change(config)
			err := client.upgradeWith(config)
			if c.passes && err != nil || !c.passes && !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("%s on port %d: %v, want it to pass: %v", name, port, err, c.passes)
			}
		}
	}
}

// A rule with a role leaves the other ports alone.
func TestAnotherServiceOnOnePort(t *testing.T) {
	l := scenario(t, "wrong-service")
	c := dial(t, l, 2525)
	c.send("EHLO laptop")
	if answer, err := io.ReadAll(c.in); err != nil || string(answer) != httpAnswer {
		t.Errorf("got %q, %v", answer, err)
	}
	dial(t, l, 587).secure()
}

// A device on the path presents another chain than the one below the root that was handed over.
func TestHandedOver(t *testing.T) {
	for name, verifies := range map[string]bool{"private-ca": true, "man-in-the-middle": false} {
		l := scenario(t, name)
		root, err := l.HandedOver()
		check(t, err)
		c := dial(t, l, 587)
		c.starttls()
		roots := x509.NewCertPool()
		roots.AddCert(root)
		if err := c.upgradeWith(&tls.Config{ServerName: "mail.lab", RootCAs: roots}); (err == nil) != verifies {
			t.Errorf("%s: %v", name, err)
		}
	}
	if root, err := scenario(t, "unknown-issuer").HandedOver(); root != nil || err != nil {
		t.Errorf("%v, %v", root, err)
	}
}

func TestPrivateRoot(t *testing.T) {
	l := scenario(t, "private-ca")
	c := dial(t, l, 587)
	c.starttls()
	pem, err := l.PrivateRoot()
	check(t, err)
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatalf("no root in %q", pem)
	}
	check(t, c.upgradeWith(&tls.Config{ServerName: "mail.lab", RootCAs: roots}))
	if pem, err := scenario(t, "unknown-issuer").PrivateRoot(); pem != nil || err != nil {
		t.Errorf("a root of nobody is given out: %q, %v", pem, err)
	}
}
