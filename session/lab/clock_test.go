package lab

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A limit by the hour counts each message for an hour: of twenty that were spaced evenly, three are over ten minutes later.
func TestLimitByTheHour(t *testing.T) {
	l := start(t, find(t, "rate-limit"), Options{Now: fixedClock})
	mail := func(want string) {
		t.Helper()
		c := dial(t, l, 25)
		c.expect("220 ")
		c.play("EHLO laptop  250-\nMAIL FROM:<>  " + want)
	}
	mail("421 4.7.0 mx.lab too many messages: the limit is 20 an hour")
	l.Advance(10 * time.Minute)
	for range 3 {
		mail("250 2.1.0")
	}
	mail("421 4.7.0")
	l.Advance(time.Hour)
	mail("250 2.1.0")
}

// ready is an After for which every wait is over at once.
func ready(time.Duration) <-chan time.Time {
	c := make(chan time.Time)
	close(c)
	return c
}

// never is an After for which no wait is ever over.
func never(time.Duration) <-chan time.Time { return nil }

func TestDelaysGoByTheOptions(t *testing.T) {
	sc := find(t, "slow")
	sc.Knobs.Wire[0].Wait = 1000 * time.Hour
	c := dial(t, start(t, sc, Options{After: ready}), 25)
	c.expect("220 ")
	c.say("EHLO laptop", "250-")
}

func TestClockWaits(t *testing.T) {
	c := newClock(Options{Now: fixedClock, After: never})
	stop, waited := make(chan struct{}), make(chan bool)
	began := make(chan struct{})
	c.after = func(time.Duration) <-chan time.Time {
		began <- struct{}{}
		return nil
	}
	go func() { waited <- c.wait(time.Minute, stop) }()
	<-began
	c.advance(59 * time.Second)
	<-began // it looked at the clock, and waits for the rest
	c.advance(time.Second)
	if !<-waited {
		t.Error("the minute is over, and the wait says that it was stopped")
	}
	go func() { waited <- c.wait(time.Minute, stop) }()
	<-began
	close(stop)
	if <-waited {
		t.Error("a wait that was stopped says that its time has passed")
	}
}

// Two labs with the same seed and clock say the same, byte for byte.
func TestSeededLabsSayTheSame(t *testing.T) {
	sc := find(t, "auth-all")
	said := func(seed string) string {
		l := start(t, sc, Options{Seed: seed, Now: fixedClock})
		c := dial(t, l, 587)
		var all []string
		hear := func(reply string) { all = append(all, reply) }
		hear(c.expect("220 "))
		hear(c.say("EHLO laptop", "250-"))
		hear(c.say("STARTTLS", "220"))
		check(t, c.upgrade())
		hear(c.say("EHLO laptop", "250-"))
		for _, auth := range []string{"CRAM-MD5", "DIGEST-MD5", "SCRAM-SHA-256 " + b64("n,,n=ann,r=abcdefgh")} {
			hear(c.say("AUTH "+auth, "334 "))
			hear(c.say("*", "501"))
		}
		hear(c.say("AUTH PLAIN "+plain("ann", "tulip-42"), "235"))
		c.play("MAIL FROM:<ann@lab.test>  250\nRCPT TO:<bob@lab.test>  250\nDATA  354")
		hear(c.say("Subject: hello\r\n\r\n.", "250"))
		return fmt.Sprint(strings.Join(all, "\n"), "\n", l.Mailbox()[0].Received)
	}
	first := said("one")
	if again := said("one"); again != first {
		t.Errorf("the same seed said\n%s\nand\n%s", first, again)
	}
	if other := said("two"); other == first {
		t.Error("another seed said the same nonces")
	}
	if fresh := said(""); fresh == said("") {
		t.Error("without a seed the nonces come again")
	}
}

// A client may read for long before its ClientHello: the time in which it has to take the 220 says nothing about the handshake.
func TestAHandshakeAfterALongPause(t *testing.T) {
	l := start(t, find(t, "submission"), Options{})
	c := dial(t, l, 587)
	c.expect("220 ")
	c.say("EHLO laptop", "250-")
	c.say("STARTTLS", "220 ")
	l.fronts.Range(func(f, _ any) bool {
		f.(*front).socket.SetWriteDeadline(time.Unix(1, 0)) // the minute is over
		return true
	})
	if err := c.upgrade(); err != nil {
		t.Fatal(err)
	}
}
