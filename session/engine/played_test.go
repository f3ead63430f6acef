package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/walk"
)

// played is what was left of a scene.
type played struct {
	t    *testing.T
	log  []*record.Event
	err  error
	exit record.Exit
	took time.Duration // by the clock of the bubble
	s    *Session
}

// trail is the log in short, one word or line an event, as a test wants to read it.
func (p played) trail() string {
	var b strings.Builder
	for _, e := range p.log {
		if line := brief(e); line != "" {
			b.WriteString(strings.TrimRight(line, " ") + "\n")
		}
	}
	return b.String()
}

func brief(e *record.Event) string {
	switch e.Kind {
	case record.KindResolve:
		return strings.TrimSpace("resolve " + strings.Join(e.Resolve.Addresses, " ") + e.Resolve.Error)
	case record.KindConnect:
		return strings.TrimSpace("connect " + e.Connect.Remote + " " + e.Connect.Error)
	case record.KindSend:
		return "C: " + strings.ReplaceAll(strings.TrimSuffix(string(e.Send.Raw), "\r\n"), "\r\n", "\\")
	case record.KindReply:
		return "S: " + strings.ReplaceAll(strings.TrimSuffix(string(e.Reply.Raw), "\r\n"), "\r\n", "\\")
	case record.KindTLS:
		return "tls " + map[bool]string{true: "verified", false: "unverified"}[e.TLS.Verified] + map[bool]string{true: "", false: " failed"}[e.TLS.Error == ""]
	case record.KindFinding:
		if e.Finding.Reply != 0 { // the reply above says it
			return ""
		}
		return "! " + string(e.Finding.Code)
	case record.KindForgot:
		return "forgot " + strings.Join(e.Forgot.Capabilities, " ")
	case record.KindAuth:
		return strings.TrimSpace(fmt.Sprintf("auth %s %s %d %s", e.Auth.From, e.Auth.Mechanism, e.Auth.Round, e.Auth.Outcome))
	case record.KindEnd:
		return strings.TrimSpace(fmt.Sprintf("end %s %d %s", e.End.Phase, e.End.Exit, e.End.Outcome))
	}
	return ""
}

// shows compares the trail with what is wanted, indentation aside.
func (p played) shows(want string) {
	p.t.Helper()
	var b strings.Builder
	for line := range strings.Lines(want) {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString(line + "\n")
		}
	}
	if got := p.trail(); got != b.String() {
		p.t.Errorf("the log shows\n%s\nwant\n%s", got, b.String())
	}
}

// findings are the codes found, in order.
func (p played) findings() []string {
	var codes []string
	for _, e := range p.log {
		if e.Kind == record.KindFinding {
			codes = append(codes, string(e.Finding.Code))
		}
	}
	return codes
}

// last is the last event of a kind.
func (p played) last(k record.Kind) *record.Event {
	p.t.Helper()
	for i := len(p.log) - 1; i >= 0; i-- {
		if p.log[i].Kind == k {
			return p.log[i]
		}
	}
	p.t.Fatalf("no %s event in\n%s", k, p.trail())
	return nil
}

func (p played) state() record.State { return *p.last(record.KindState).State }

// ends wants an exit code, and words in the sentence of the end.
func (p played) ends(exit record.Exit, words ...string) {
	p.t.Helper()
	end := p.log[len(p.log)-1].End
	if end == nil {
		p.t.Fatalf("the log does not end with an end event:\n%s", p.trail())
	}
	if end.Exit != exit || p.exit != exit {
		p.t.Errorf("exit %d (%d), want %d: %v\n%s", end.Exit, p.exit, exit, p.err, p.trail())
	}
	for _, w := range words {
		if !strings.Contains(end.Cause+" / "+verdictWords(end), w) {
			p.t.Errorf("%q is not in %q / %q", w, end.Cause, verdictWords(end))
		}
	}
}

// verdictWords are what a verdict says, its advice included.
func verdictWords(v *record.Verdict) string {
	said := v.Cause
	for _, a := range v.Advice {
		said += " / " + strings.TrimSpace(a.String()+" "+a.Text)
	}
	return said
}

// found wants a finding.
func (p played) found(codes ...string) {
	p.t.Helper()
	for _, want := range codes {
		if n := strings.Count(" "+strings.Join(p.findings(), " ")+" ", " "+want+" "); n != 1 {
			p.t.Errorf("%s found %d times in\n%s", want, n, p.trail())
		}
	}
}

// unsent wants the error of a step of which nothing went out, and a session that was left there.
func (p played) unsent(words string) {
	p.t.Helper()
	var e *record.Error
	if !errors.As(p.err, &e) || e.Exit != record.ExitUsage || !strings.Contains(e.Text, words) || p.exit != record.ExitStopped {
		p.t.Errorf("exit %d, %v", p.exit, p.err)
	}
}

// stumble does the proposed steps until one fails, and returns its error.
func stumble(ctx context.Context, s *Session, g walk.Goal) error {
	for !walk.Over(s.snap, g) {
		if err := s.Do(ctx, walk.Propose(s.snap, g).Step); err != nil {
			return err
		}
	}
	return nil
}
