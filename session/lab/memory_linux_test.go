package lab

import (
	"bufio"
	"net"
	"testing"
	"time"
)

// dialFrom connects to the relay from another address of this machine: on Linux all of 127.0.0.0/8 are.
func dialFrom(t *testing.T, l *Lab, from string) *client {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	relay, err := l.inFact("127.0.0.1", "25")
	check(t, err)
	c, err := d.DialContext(t.Context(), "tcp", relay)
	check(t, err)
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(20 * time.Second))
	return &client{t: t, lab: l, conn: c, in: bufio.NewReader(c)}
}

// What the server remembers of one visitor changes nothing for another: each meets it as the story tells.
func TestVisitorsDoNotMeet(t *testing.T) {
	once := Scenario{Name: "once", Knobs: Knobs{Answers: []answer{{To: "RCPT", Times: 1, Reply: "451 4.3.0 once"}}}}
	grey := Scenario{Name: "grey", Knobs: Knobs{Greylist: time.Minute}}
	rate := Scenario{Name: "rate", Knobs: Knobs{Limit: messageLimit{PerHour: 1}}}
	behind := Scenario{Name: "behind", Knobs: Knobs{Client: "203.0.113.77", Answers: once.Knobs.Answers}}
	const rcpt = "RCPT TO:<bob@lab.test>  "
	for _, c := range []struct {
		Scenario
		first, again string
	}{
		{once, "MAIL FROM:<>  250\n" + rcpt + "451", "MAIL FROM:<>  250\n" + rcpt + "250"},
		{behind, "MAIL FROM:<>  250\n" + rcpt + "451", "MAIL FROM:<>  250\n" + rcpt + "250"},
		{grey, "MAIL FROM:<>  250\n" + rcpt + "451 4.7.1 <bob@lab.test>: greylisted, try again in 60", "MAIL FROM:<>  250\n" + rcpt + "451 4.7.1 <bob@lab.test>: greylisted, try again in 20"},
		{rate, "MAIL FROM:<>  250", "MAIL FROM:<>  421"},
	} {
		l := start(t, c.Scenario, Options{Now: fixedClock})
		for _, visit := range []struct{ from, script string }{{"127.0.0.1", c.first}, {"127.0.0.2", c.first}, {"127.0.0.1", c.again}, {"127.0.0.2", c.again}} {
			if visit.script == c.again && visit.from == "127.0.0.1" {
				l.Advance(40 * time.Second)
			}
			v := dialFrom(t, l, visit.from)
			v.expect("220 ")
			v.play("EHLO laptop  250-\n" + visit.script)
		}
	}
}
