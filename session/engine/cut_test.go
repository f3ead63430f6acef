package engine

import (
	"context"
	"ehlo/session/record"
	"ehlo/session/walk"
	"errors"
	"net"
	"strings"
	"testing"
	"time"
)

// wholeSession is a session in cleartext, with a multi-line reply.
const wholeSession = `
	S: 220 mail.lab ESMTP
	C: EHLO [192.0.2.1]
	S: 250-mail.lab
	S: 250-8BITMIME
	S: 250 HELP
	C: MAIL FROM:<ann@mail.lab>
	S: 250 2.1.0 ok
	C: RCPT TO:<bob@mail.lab>
	S: 250 2.1.5 ok
	C: DATA
	S: 354 go on
	MESSAGE
	S: 250 2.0.0 queued
	C: QUIT
	S: 221 2.0.0 bye
	CLOSE`

// sizeOf plays a scene whole and counts what its servers send.
func sizeOf(t *testing.T, sc scene) int {
	sc.count = new(traffic)
	walkThrough(t, sc).ends(record.ExitOK)
	return int(sc.count.sent.Load())
}

// The server may close after any byte. The walk then ends at once, and is no success unless the message is through; its
// log ends with the verdict.
func TestServerClosesAnywhere(t *testing.T) {
	sc := scene{goal: bob(), script: wholeSession, hasty: true}
	for cut := range sizeOf(t, sc) {
		sc.limit = cut + 1
		p := walkThrough(t, sc)
		checkCut(t, p, cut)
		if delivered := p.state().Delivered == 1; delivered != (p.exit == record.ExitOK) {
			t.Errorf("cut at %d: exit %d, delivered %v\n%s", cut, p.exit, delivered, p.trail())
		}
	}
}

func TestServerClosesAnywhereInTLS(t *testing.T) {
	g := bob()
	g.Credentials = ann()
	script := submission + `
		C: AUTH PLAIN …
		S: 235 ok
		C: MAIL FROM:<ann@mail.lab>
		S: 250 ok
		C: RCPT TO:<bob@mail.lab>
		S: 250 ok
		C: DATA
		S: 354 go on
		MESSAGE
		S: 250 queued` + goodBye
	for _, policy := range []string{"require", "opportunistic"} {
		sc := scene{policy: policy, goal: g, script: script, hasty: true}
		for cut, n := 1, sizeOf(t, sc); cut < n; cut += 89 {
			sc.limit = cut
			p := walkThrough(t, sc)
			checkCut(t, p, cut)
			if p.exit == record.ExitOK && p.state().Delivered == 0 {
				t.Errorf("cut at %d: exit 0\n%s", cut, p.trail())
			}
		}
	}
}

func checkCut(t *testing.T, p played, cut int) {
	t.Helper()
	last := p.log[len(p.log)-1]
	if last.Kind != record.KindEnd || last.End.Exit != p.exit || p.took != 0 {
		t.Errorf("cut at %d: after %v the log ends with %+v", cut, p.took, last)
	}
	if p.err != nil || last.End.Cause == "" || (p.exit == record.ExitOK) == last.End.Failed() {
		t.Errorf("cut at %d: exit %d, %v", cut, p.exit, p.err)
	}
	if stage := p.state().Stage; stage != record.StageClosed && stage != record.StageBroken && p.exit != record.ExitConnect {
		t.Errorf("cut at %d: the stage is %s", cut, stage)
	}
}

// A person may stop at any moment: between replies, in the middle of one, and in the middle of a handshake. Nothing is
// sent after that, whatever is tried.
func TestCancelAnywhere(t *testing.T) {
	plain := scene{goal: bob(), script: wholeSession}
	secure := scene{policy: "require", goal: walk.Goal{Credentials: ann()}, script: submission + "C: AUTH PLAIN …\nS: 235 ok" + goodBye}
	for _, test := range []struct {
		scene scene
		every int
	}{{plain, 1}, {secure, 89}} {
		for at, n := 1, sizeOf(t, test.scene); at < n; at += test.every {
			sc := test.scene
			sc.script = strings.TrimSuffix(sc.script, "CLOSE")
			sc.limit, sc.stall, sc.hasty, sc.cancel, sc.count = at, true, true, time.Second, new(traffic)
			checkCancel(t, sc, at)
		}
	}
}

func checkCancel(t *testing.T, sc scene, at int) {
	p := act(t, sc, func(ctx context.Context, s *Session) error {
		err := Walk(ctx, s, sc.goal)
		time.Sleep(time.Second)
		n := sc.count.received.Load()
		for _, st := range everyStep() {
			if st.Verb == record.VerbResolve || st.Verb == record.VerbConnect {
				continue
			}
			if s.Do(context.WithoutCancel(ctx), st) == nil && st.Verb != record.VerbQuit {
				t.Errorf("canceled at %d: %s was done", at, st.Verb)
			}
		}
		time.Sleep(time.Second)
		if more := sc.count.received.Load() - n; more != 0 {
			t.Errorf("canceled at %d: %d bytes were sent afterwards", at, more)
		}
		return err
	})
	want := record.ExitStopped
	if strings.Contains(p.trail(), "C: QUIT") || p.state().Delivered == 1 {
		want = record.ExitOK // all that was asked for is done
	}
	if st := p.state(); st.Has(record.PhaseRcpt) && st.Delivered == 0 && p.last(record.KindSend).Send.Content && p.last(record.KindSend).Send.Trouble == "" {
		want = record.ExitData // the message is out, and may have been accepted
	}
	if p.exit != want || !errors.Is(p.err, record.ErrCanceled) {
		t.Errorf("canceled at %d: exit %d, %v\n%s", at, p.exit, p.err, p.trail())
	}
	if p.took != 3*time.Second {
		t.Errorf("canceled at %d: it took %v", at, p.took)
	}
}

// A server that does not read blocks the client's write; the log says how far it came.
func TestCancelWhileWriting(t *testing.T) {
	p := act(t, scene{hasty: true, cancel: time.Second, config: func(c *Config) {
		c.Dial = func(context.Context, string, string) (net.Conn, error) {
			here, there := net.Pipe()
			go there.Write([]byte("220 mail.lab\r\n"))
			return endpoint{here, &net.TCPAddr{}, &net.TCPAddr{}}, nil
		}
	}}, func(ctx context.Context, s *Session) error { return Walk(ctx, s, walk.Goal{EHLOName: "me"}) })
	p.ends(record.ExitStopped, "stopped after the greeting")
	p.shows(`
		resolve 192.0.2.25
		connect :0
		S: 220 mail.lab
		C: EHLO me
		end greeting 130 stopped`)
}

// A context that has ended already stops a step before it begins.
func TestCanceledBefore(t *testing.T) {
	p := act(t, scene{script: "S: 220 mail.lab"}, func(ctx context.Context, s *Session) error {
		upTo(ctx, t, s, walk.Goal{}, record.VerbEHLO)
		ended, cancel := context.WithCancel(ctx)
		cancel()
		return s.Do(ended, record.Step{Verb: record.VerbEHLO, Line: "EHLO me"})
	})
	p.ends(record.ExitStopped)
	if p.last(record.KindReply).Seq < p.log[len(p.log)-3].Seq-2 {
		t.Error(p.trail())
	}
}
