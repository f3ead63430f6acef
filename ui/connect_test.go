package ui

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"ehlo/session/course"
	"ehlo/session/engine"
	"ehlo/session/sasl"
	"ehlo/session/setup"
	"ehlo/session/walk"
	"ehlo/ui/paint"
)

// What is wrong with a request is said where the form asks for it.
func TestTheConnectionFormSaysWhichFieldIsWrong(t *testing.T) {
	tests := []struct {
		label string
		set   func(c *connection)
		wrong string
	}{
		{"server", func(c *connection) { c.server.input.SetValue("") }, "has no host"},
		{"server", func(c *connection) { c.server.input.SetValue("ann@mail.example.org") }, "contains a username or password"},
		{"server", func(c *connection) { c.server.input.SetValue("lab:striped") }, "did you mean stripped"},
		{"from", func(c *connection) { c.to.input.SetValue("bob@example.org") }, "recipients need a sender"},
		{"to", func(c *connection) { c.from.input.SetValue("<>"); c.to.input.SetValue("<>") }, "want one address"},
		{"server name", func(c *connection) { c.name.input.SetValue("a b") }, "a space or a control character"},
		{"client key", func(c *connection) { c.cert.input.SetValue("me.pem") }, "needs its key"},
		{"TLS from", func(c *connection) { c.oldest.picked, c.newest.picked = 3, 1 }, "above the highest, 1.2"},
		{"address", func(c *connection) { c.address.input.SetValue("mail") }, "want an IP address"},
		{"EHLO name", func(c *connection) { c.ehlo.input.SetValue("a b") }, "a space or a control character"},
		{"", func(c *connection) { c.newest.picked = 2 }, ""}, // to look at an old server
		{"", func(c *connection) { c.from.input.SetValue("<>"); c.to.input.SetValue("bob@example.org") }, ""},
		{"", func(c *connection) { c.server.input.SetValue("lab:stripped") }, ""},
		{"save as", func(c *connection) { c.server.input.SetValue("lab:stripped"); c.save.input.SetValue("class") }, "leave this empty"},
	}
	for _, test := range tests {
		c := newConnection((&App{}).files())
		c.server.input.SetValue("mail.example.org")
		test.set(c)
		err := c.wrong(c.request())
		if test.wrong == "" {
			if err != nil {
				t.Errorf("refused: %v", err)
			}
			continue
		}
		at, ok := err.(*fieldError)
		if !ok || at.field.label != test.label || !strings.Contains(at.text, test.wrong) {
			t.Errorf("%s: %v, want %q", test.label, err, test.wrong)
		}
	}
}

// Obsolete TLS is offered where a person asks for it, and the form says how far that goes.
func TestTheConnectionFormOffersObsoleteTLS(t *testing.T) {
	c := newConnection((&App{}).files())
	if c.request().LegacyTLS {
		t.Error("offered unasked")
	}
	c.old.picked = 1
	if !c.request().LegacyTLS || c.old.ink() != paint.Bad || !strings.Contains(c.old.help, "the whole program") {
		t.Errorf("request %v, ink %v, help %q", c.request().LegacyTLS, c.old.ink(), c.old.help)
	}
}

// From a session another can be begun: the form has what this one was asked to do, no secret, and an open session is asked about first.
func TestConnectingFromASession(t *testing.T) {
	s, sc := walked(t, 9, 80, 24)
	s.press("t").hides("connect to a server") // there is nothing to begin it
	var got Request
	s.root.walk.env.launch = func(r Request) (*Live, error) { got = r; return newScene().live(), nil }
	s.press("t").shows("connect to a server · field 1 of ", "lab:submission").hides("ann@lab.test", "••••••", "tulip").press("esc")
	s.root.walk.snap.Start.Scenario = "" // as if it were another server
	s.press("t").shows("mail.lab:587", "ann@lab.test", "bob@lab.test").hides("••••••", "tulip")
	s.press("ctrl+u", "enter").shows("✗", "has no host").typed("smtp.example.org:465").tap("enter")
	s.shows("The session is still open: connect to another anyway?").press("enter").shows("› RCPT TO")
	before := s.root.walk
	s.press("t", "ctrl+u").typed("smtp.example.org:465").tap("enter", "y")
	s.until("the launch", func() bool { return s.root.pending == nil && s.root.walk != before })
	s.settle().shows("› look up")
	if got.Target != "smtp.example.org:465" || got.Goal.From != "ann@lab.test" || !got.Goal.Credentials.Password.IsZero() || got.Goal.EHLOName != "laptop.lab.test" {
		t.Errorf("asked for %+v", got)
	}
	if sc.log.At(sc.log.Len()-1).End == nil {
		t.Error("the session before is still open")
	}
}

// A transcript leads to a session with the same server too.
func TestConnectingFromAReplay(t *testing.T) {
	_, sc := walked(t, 14, 80, 24)
	s := simReplay(t, &Replay{Source: sc.log, Path: "/one"}, 80, 24)
	s.root.walk.env.launch = func(Request) (*Live, error) { return nil, errDisk }
	s.press("t").shows("connect to a server").tap("enter")
	s.until("the launch", func() bool { return s.root.pending == nil && s.root.walk.notice != "" })
	s.shows("not started: ", "no space left")
}

// What an empty field stands for, or an example, is seen while the field has the focus, until something is typed.
func TestTheExampleOfAFieldStays(t *testing.T) {
	s := simHome(t, &App{Version: "test"}, 80, 24)
	s.press("down", "down", "enter")
	s.shows("› server", "▏  such as mail.example.org:587").press("tab").shows("› user        ▏  nobody", "such as mail.example.org:587").press("tab").shows("› password    ▏  none")
	s.press("up").typed("ann").shows("› user        ann▏").hides("nobody▏")
}

// The form of another connection has what this one was started with and what has changed since: what the log holds, and the files, which
// it does not.
func TestTheFormIsFilledFromTheSession(t *testing.T) {
	var asked Request
	asked.CAFile, asked.CertFile, asked.KeyFile = "/ca.pem", "/c.pem", "/k.pem"
	asked.TLSMin, asked.ALPN = "1.0", []string{"smtp"}
	now := setup.Request{Target: "submissions://mail.example:2465", TLS: "implicit", Network: "ip4", Address: "192.0.2.1", ServerName: "mx.example", TLSMax: "1.2", LegacyTLS: true,
		Goal: walk.Goal{Credentials: sasl.Credentials{Username: "ann"}, From: "ann@example", To: []string{"bob@example", "carol@example"}, EHLOName: "laptop.example"}}
	c := newConnection((&App{}).files())
	c.fill(asked, now)
	got := c.request()
	want := asked
	want.Request = now
	want.TLS, want.TLSMin, want.ALPN = "", "1.0", asked.ALPN // port and scheme say how TLS starts
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the form asks for\n%+v, want\n%+v", got, want)
	}
	now.TLS, now.Target = "if-offered", "mail.example:587"
	if c.fill(asked, now); c.request().TLS != "if-offered" {
		t.Errorf("TLS is %q", c.request().TLS)
	}
}

// Who types an answer as a word presses no other keys with the rest of it.
func TestTheRestOfAnAnswerIsNoKey(t *testing.T) {
	live := practiceWith(t, "submission", func(cfg *engine.Config) { cfg.Timeout = monkeyTimeout })
	live.Exercise = course.Of("submission")
	s := simLive(t, live, 80, 24)
	s.press("enter", "enter", "q").shows("The session is still open").press("n", "o").hides("still open", "─ task").shows("─ next")
	s.press("o").shows("─ task").press("esc")
	s.press("q", "n")
	s.clock = s.clock.Add(lateness + time.Second)
	s.press("o").shows("─ task")
	s.close()
	s, _ = walked(t, 9, 80, 24)
	s.press("p").shows("Show the secrets of this session?").press("y", "e", "s").hides("Show the secrets", "─ story", "enter use it").shows("─ next")
}

// Where a user was named, and no password, enter asks for it before the walk ends: once, and enter alone leads on.
func TestEnterAsksForThePasswordOfAUser(t *testing.T) {
	start := func() *sim {
		live := practiceWith(t, "submission", func(cfg *engine.Config) { cfg.Timeout = monkeyTimeout })
		live.Goal.Credentials.Password, live.Goal.Credentials.Token = sasl.Secret{}, sasl.Secret{}
		s := simLive(t, live, 80, 24)
		for range 7 {
			s.press("enter")
		}
		return s.shows("› AUTH as ann", "enter log in", "1 give a password")
	}
	s := start().press("enter").shows("─ password").typed("tulip-42").press("enter").shows("› AUTH PLAIN").press("enter").shows("235 2.7.0")
	s.close()
	s = start().press("enter", "enter").shows("› QUIT").hides("enter log in")
	s.close()
}
