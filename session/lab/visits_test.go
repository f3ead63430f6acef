package lab

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// watched keeps what a lab tells of its visits, in a form to compare.
type watched struct {
	mu    sync.Mutex
	all   [][]string
	ended chan int
}

func watch() *watched { return &watched{ended: make(chan int, 1000)} }

func (w *watched) visit(v Visit) func(Sight) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := len(w.all)
	w.all = append(w.all, []string{v.Listener.Role})
	return func(s Sight) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if s.Deed == nil {
			w.all[n] = append(w.all[n], told(s))
		}
		if s.Left {
			w.ended <- n
		}
	}
}

func told(s Sight) string {
	switch {
	case s.Heard != nil:
		return "C " + strings.TrimSpace(string(s.Heard))
	case s.Said != nil:
		return "S " + string(s.Said[:3])
	case s.TLS != nil:
		return "TLS"
	case s.Failed != nil:
		return "failed"
	}
	return "left"
}

// of waits for the end of n visits and gives what was seen of them.
func (w *watched) of(t *testing.T, n int) [][]string {
	t.Helper()
	for range n {
		select {
		case <-w.ended:
		case <-time.After(30 * time.Second):
			t.Fatal("a visit has not ended")
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all
}

// What the server sees of a visit is told in order, from its own end of the path, without the text of the message.
func TestVisits(t *testing.T) {
	w := watch()
	l := start(t, find(t, "stripped"), Options{Visits: w.visit})
	c := dial(t, l, 465)
	check(t, c.upgrade())
	c.expect("220 ")
	c.say("EHLO laptop", "250-")
	c.say("AUTH PLAIN "+plain("ann", "tulip-42"), "235 ")
	c.play(`
		MAIL FROM:<ann@lab.test>  250
		RCPT TO:<bob@lab.test>    250
		DATA                      354
	`)
	c.say("a secret\r\n.", "250 ")
	c.say("QUIT", "221 ")
	c.gone()
	c = dial(t, l, 587)
	c.expect("220 ")
	c.say("EHLO laptop", "250-")
	c.say("QUIT", "221 ")
	c.gone()
	got := w.of(t, 2)
	want := [][]string{
		{"submissions", "TLS", "S 220", "C EHLO laptop", "S 250", "C AUTH PLAIN " + plain("ann", "tulip-42"), "S 235", "C MAIL FROM:<ann@lab.test>", "S 250",
			"C RCPT TO:<bob@lab.test>", "S 250", "C DATA", "S 354", "S 250", "C QUIT", "S 221", "left"},
		{"submission", "S 220", "C EHLO laptop", "S 250", "C QUIT", "S 221", "left"},
	}
	for i := range want {
		if !slices.Equal(got[i], want[i]) {
			t.Errorf("got  %q\nwant %q", got[i], want[i])
		}
	}
}

// Who is connected when the server is stopped gets 421, in cleartext and in TLS, with a device on the path and without, in AUTH and in a message.
func TestCloseSays421(t *testing.T) {
	for _, name := range []string{"submission", "stripped", "tls-inspection"} {
		l, err := Start(find(t, name), Options{})
		check(t, err)
		waiting := dial(t, l, 25)
		waiting.expect("220 ")
		midway := dial(t, l, 25)
		midway.expect("220 ")
		midway.play(`
			EHLO laptop                250
			MAIL FROM:<a@example.org>  250
			RCPT TO:<bob@lab.test>     250
			DATA                       354
		`)
		inside := dial(t, l, 465)
		if name == "tls-inspection" {
			inside = dial(t, l, 587)
		} else {
			check(t, inside.upgrade())
		}
		inside.expect("220 ")
		check(t, l.Close())
		for _, c := range []*client{waiting, inside} {
			c.expect("421 4.3.2 ")
			c.gone()
		}
		if name == "submission" {
			midway.expect("421 4.3.2 ")
		}
	}
}

// Limits end what goes beyond them with 421, and what waits behind it is served.
func TestLimits(t *testing.T) {
	for name, test := range map[string]struct {
		limits Limits
		send   string
		want   string
	}{
		"lines":   {Limits{Lines: 3}, "NOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\n", "220 250 250 250 421"},
		"bytes":   {Limits{Bytes: 100}, strings.Repeat("x", 101), "220 421"},
		"a line":  {Limits{Bytes: 1 << 16}, strings.Repeat("x", 1<<20), "220 421"},
		"message": {Limits{Bytes: 1000}, "EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<bob@lab.test>\r\nDATA\r\n" + strings.Repeat("line\r\n", 1000), "220 250 250 250 354 421"},
		"chunk":   {Limits{Bytes: 1000}, "EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<bob@lab.test>\r\nBDAT 100000 LAST\r\n" + strings.Repeat("x", 2000), "220 250 250 250 421"},
		"time":    {Limits{Time: time.Millisecond}, "", "220 421"},
	} {
		t.Run(name, func(t *testing.T) {
			w := watch()
			l := start(t, find(t, ""), Options{Limits: test.limits, Visits: w.visit})
			c := dial(t, l, 25)
			if test.send != "" { // else the client waits
				go c.pour(test.send)
			}
			var codes []string
			for _, s := range w.of(t, 1)[0] {
				if code, ok := strings.CutPrefix(s, "S "); ok {
					codes = append(codes, code)
				}
			}
			if got := strings.Join(codes, " "); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestAdmission(t *testing.T) {
	l := start(t, find(t, ""), Options{Limits: Limits{Clients: 3, PerClient: 2}})
	a, b := dial(t, l, 25), dial(t, l, 25)
	a.expect("220 ")
	b.expect("220 ")
	c := dial(t, l, 25)
	c.expect("421 4.7.0 ")
	c.gone()
	if n := l.TurnedAway(); n != 1 {
		t.Errorf("%d turned away, want 1", n)
	}
	b.say("QUIT", "221 ")
	b.gone()
	d := dial(t, l, 25)
	d.expect("220 ")

	var adm admission
	one, neighbor, other := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2"), netip.MustParseAddr("2001:db8:0:1::1")
	limits := Limits{PerClient: 1}
	if !adm.enter(one, limits) || adm.enter(neighbor, limits) || !adm.enter(other, limits) {
		t.Error("a network of 64 bits counts as one client, and another one does not")
	}
}

// Labs beside each other share one root.
func TestBeside(t *testing.T) {
	a := scenario(t, "")
	b := start(t, find(t, "expired"), Options{Beside: a})
	if !bytes.Equal(a.CAPEM(), b.CAPEM()) {
		t.Error("the roots differ")
	}
}

// With a seed the root of a day is the same at any hour of it.
func TestSeedForADay(t *testing.T) {
	at := time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)
	root := func(seed string, now time.Time) string {
		return string(start(t, find(t, ""), Options{Seed: seed, Now: func() time.Time { return now }}).CAPEM())
	}
	if morning, evening := root("1", at.Add(time.Minute)), root("1", at.Add(23*time.Hour)); morning != evening {
		t.Error("the roots of one day differ")
	}
	if root("1", at) == root("2", at) || root("1", at) == root("1", at.Add(24*time.Hour)) {
		t.Error("the roots of two seeds, or of two days, are equal")
	}
}

// Hostile and slow clients hold up nobody, and nothing of them stays: a short form of what .ci/visitors does for a minute.
func TestVisitors(t *testing.T) {
	before := runtime.NumGoroutine()
	w := watch()
	l, err := Start(find(t, ""), Options{Visits: w.visit, Forgets: true, Limits: Limits{Bytes: 1 << 18, Lines: 500}})
	check(t, err)
	hostile := []func(net.Conn){
		func(c net.Conn) { c.Write([]byte("E")) }, // and nothing more: one of a byte a second
		func(c net.Conn) { c.Write(bytes.Repeat([]byte("x"), 1<<20)) },
		func(c net.Conn) { c.Write(bytes.Repeat([]byte("NOOP\r\n"), 5000)) },
		func(c net.Conn) { fmt.Fprint(c, "EHLO a\r\nSTARTTLS\r\n"); c.Write([]byte{22, 3, 1, 2, 0, 1}) },
		func(c net.Conn) { c.Write([]byte("EHLO \x00\x00\r\n\x00\r\nMAIL FROM:<\x00>\r\n")) },
		func(c net.Conn) { fmt.Fprint(c, "EHLO a\r\n"); c.(*net.TCPConn).SetLinger(0); c.Close() },
	}
	var rude sync.WaitGroup
	for i := range 24 {
		c, err := net.Dial("tcp", l.Listeners()[0].Addr)
		check(t, err)
		defer c.Close()
		rude.Go(func() { hostile[i%len(hostile)](c) })
	}
	var polite sync.WaitGroup
	for range 20 {
		c := dial(t, l, 587)
		polite.Go(func() {
			c.login()
			c.play(`
				MAIL FROM:<ann@lab.test>  250
				RCPT TO:<bob@lab.test>    250
				BDAT 0 LAST               250
				QUIT                      221
			`)
		})
	}
	polite.Wait()
	check(t, l.Close())
	rude.Wait()
	for _, visit := range w.of(t, 44) {
		if n := strings.Count(strings.Join(visit, "\n"), "left"); n != 1 {
			t.Errorf("%d ends of a visit: %q", n, visit)
		}
	}
	if n := len(l.Mailbox()); n != 20 {
		t.Errorf("%d messages, want those of the 20 who behaved", n)
	}
	expectGoroutines(t, before)
}
