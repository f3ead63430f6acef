package diff

import (
	"net"
	"slices"
	"strings"
	"time"

	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts"
	"ehlo/transcripts/words"
)

// session is what was read of one.
type session struct {
	Session
	plan    record.Plan
	began   time.Time
	verdict *record.Verdict // nil while it runs
	facts   []fact          // of no step
	steps   []*Step
	banner  string
	lists   [2]map[string]string // keywords with their parameters, of the last list in cleartext and inside TLS; nil where none came
	cut     bool
	// bytes of SMTP that crossed the network in cleartext and inside TLS, of both sides; a masked secret counts as its mask
	readable, protected int
	noise               noise
	about               record.About // what was said last of the whole
	notes               record.Notes
	log, path           others
}

func read(from Session) *session {
	s := &session{Session: from}
	s.noise = newNoise(s.own())
	for i := range from.Source.Len() {
		if len(s.steps) > MostSteps {
			s.steps, s.cut = s.steps[:MostSteps], true
			break
		}
		s.take(i, from.Source.At(i))
	}
	if s.verdict == nil && !from.Running {
		s.verdict = transcripts.CutOff(from.Source)
	}
	return s
}

// own are the values that only this session has, each with what stands for it: the names of both ends, the client's address and ports that are
// others in each session.
func (s *session) own() (pairs []string) {
	seen, lab := map[string]bool{}, false // the practice server has other ports each time
	note := func(value, stand string) {
		if len(value) >= 4 && !seen[value] {
			seen[value] = true
			pairs = append(pairs, value, stand)
		}
	}
	for i := range min(s.Source.Len(), mostOwn) {
		switch e := s.Source.At(i); {
		case e.Start != nil:
			lab = e.Start.Target.Lab
			note(e.Start.EHLOName, "‹client›")
			note(e.Start.Target.Host, "‹server›")
		case e.Connect != nil:
			host, port, _ := net.SplitHostPort(e.Connect.Local)
			note(host, "‹client›")
			note(port, "‹port›") // a PROXY header tells it
			if lab {
				_, port, _ = net.SplitHostPort(e.Connect.Remote)
				note(port, "‹port›")
			}
		case e.Capabilities != nil:
			note(e.Capabilities.Domain, "‹server›")
		case e.State != nil:
			note(e.State.Peer, "‹server›")
		}
	}
	return pairs
}

// mostOwn is how many events are looked through for a session's own values: they stand at its beginning.
const mostOwn = 2000

// take reads event i.
func (s *session) take(i int, e *record.Event) {
	s.heard(e)
	switch {
	case e.Start != nil:
		s.plan, s.began = e.Start.Plan, e.Start.Time
		s.facts = append(s.facts, asked(&e.Start.Plan)...)
	case e.End != nil:
		s.verdict = e.End
	case e.Change != nil && e.Change.ByHand():
		s.facts = append(s.facts, fact{topic: TopicAsked, name: "settings " + s.visible(words.Change(e.Change)), form: formSettled, value: s.visible(words.Change(e.Change))})
	case e.Change != nil:
		s.facts = append(s.facts, fact{topic: TopicAsked, name: "change " + s.visible(words.Advice(e.Change.Advice)), form: formFollowed, value: s.visible(words.Advice(e.Change.Advice))})
	case e.Fault != nil:
		s.facts = append(s.facts, fact{topic: TopicFindings, name: "fault", form: formFault, value: s.visible(e.Fault.Error()), grave: true})
	case e.Kind.Beside():
		s.byOthers(e)
	case e.Note == nil && e.Step != "":
		step := s.stepOf(i, e)
		step.To = i + 1
		s.inStep(step, e)
	}
}

func (s *session) visible(text string) string { return wire.VisibleString(text) }

// stepOf is the step that an event belongs to: another verb begins another one, and so does what happens once in a step.
func (s *session) stepOf(i int, e *record.Event) *Step {
	if n := len(s.steps); n > 0 {
		last := s.steps[n-1]
		again := e.Send != nil && last.sends+last.got > 0 || e.Connect != nil && last.facts != nil || e.Resolve != nil && last.facts != nil
		if last.Verb == e.Step && !again {
			return last
		}
	}
	s.steps = append(s.steps, &Step{Verb: e.Step, From: i, To: i})
	return s.steps[len(s.steps)-1]
}

// heading says which session it is.
func (s *session) heading() Heading {
	about := []string{s.visible(s.plan.Scenario), s.visible(s.plan.Target.String())}
	if !s.began.IsZero() {
		about = append(about, s.began.UTC().Format(time.DateTime)+" UTC")
	}
	request := words.List(", ", about...)
	return Heading{Name: s.visible(s.Name), About: request + ": " + s.lead(), Came: s.came(), request: request, outcome: s.lead()}
}

// lead is how it ended, in a few words.
func (s *session) lead() string {
	if s.verdict == nil {
		return "it is still running"
	}
	return s.visible(words.Verdict(s.verdict).Lead())
}

// came is how it ended and why.
func (s *session) came() string {
	if s.verdict == nil {
		return "It is still running."
	}
	return s.lead() + ". " + s.visible(words.Verdict(s.verdict).Cause)
}

// verdictKey is what has to be the same for two verdicts to be.
func (s *session) verdictKey() string {
	v := s.verdict
	if v == nil {
		return ""
	}
	return strings.Join([]string{words.Verdict(v).Lead(), string(v.Finding), v.Enhanced.String(), s.noise.out(v.Cause), v.Facts.Exposed, strings.Join(v.Facts.Refused, " ")}, "\n")
}

// trips are the round trips of a session: it waited so often for an answer of the server.
func (s *session) trips() (n int) {
	for _, step := range s.steps {
		n += step.trips
	}
	return n
}

// crossed counts bytes that either side sent.
func (s *session) crossed(n int, inTLS bool) {
	if inTLS {
		s.protected += n
	} else {
		s.readable += n
	}
}

// waited is how long it waited in all.
func (s *session) waited() (d time.Duration) {
	for _, step := range s.steps {
		d += step.waited
	}
	return d
}

// sorted is a list in an order that does not depend on the server.
func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}
