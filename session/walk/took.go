package walk

import (
	"strings"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/wire"
)

// Took returns what follows from something observed: capabilities, findings, what is forgotten, and the state it leads to, in
// the order in which they belong after the event. It puts the explanation into the event itself. s is what was known
// before. Whatever a log holds beside what was observed, and notes, comes from here, and again from a log that has nothing
// else: of imported sessions too.
func Took(s *record.Snapshot, e *record.Event) []record.Event { return take(s, e, true) }

// Unexplained is Took for a log that is not kept, of which nobody reads what its events mean: what was observed gets no explanation, except
// a reply that refuses, since its finding says with it what to do.
func Unexplained(s *record.Snapshot, e *record.Event) []record.Event {
	return take(s, e, e.Reply != nil && e.Reply.Code >= 400)
}

func take(s *record.Snapshot, e *record.Event, explained bool) []record.Event {
	if step := wire.VisibleString(string(e.Step)); step != string(e.Step) { // from a transcript that anyone may have written
		shown := *e
		shown.Step, e = record.Verb(step), &shown
	}
	if e.Kind == record.KindTLSMessage { // of which no other state comes, and every handshake has a dozen of them
		if explained {
			e.Explain = explainMessage(e.TLSMessage, s.Retried)
		}
		return nil
	}
	t := &taking{s: s, e: e, state: s.State}
	if explained {
		e.Explain = t.explanation()
	}
	switch e.Kind {
	case record.KindStart:
		if e.Start.Midway { // what came before must have been in order
			t.state.Stage, t.state.ESMTP = record.StageReady, true
		}
		state := t.state
		return []record.Event{{Kind: record.KindState, State: &state}}
	case record.KindResolve:
		t.resolved(e.Resolve)
	case record.KindConnect:
		t.connected(e.Connect)
	case record.KindProbe:
		t.probed(e.Probe)
	case record.KindSend:
		t.sent(e.Send)
	case record.KindReply:
		t.replied(e.Reply)
	case record.KindTLS:
		t.secured(e.TLS)
	case record.KindAuth:
		t.authenticated(e.Auth)
	case record.KindChange:
		t.changed(e.Change)
	case record.KindReveal:
		t.revealed(e.Reveal)
	case record.KindFault:
		t.faulted(e.Fault)
	}
	t.settle()
	return t.out
}

// explanation says what the event means in its place, as it is observed.
func (t *taking) explanation() *explain.Explanation {
	switch e := t.e; e.Kind {
	case record.KindLookup:
		return explainLookup(e.Lookup)
	case record.KindResolve:
		return explainResolve(e.Resolve)
	case record.KindConnect:
		return explainConnect(e.Connect, t.target())
	case record.KindSend:
		return t.explainSend(e.Send)
	case record.KindReply:
		return t.explainReply(e.Reply)
	case record.KindTLS:
		return explainTLS(e.TLS)
	case record.KindAuth:
		return t.explainAuth(e.Auth)
	}
	return t.e.Explain
}

// taking is an observation being thought through.
type taking struct {
	s     *record.Snapshot // before it
	e     *record.Event
	state record.State // after it
	out   []record.Event
}

// append adds an event that belongs to the same step.
func (t *taking) append(e record.Event) {
	e.Step, e.T = t.e.Step, t.e.T
	t.out = append(t.out, e)
}

// settle adds the state if it has changed.
func (t *taking) settle() {
	if t.state.Same(&t.s.State) {
		return
	}
	state := t.state
	t.append(record.Event{Kind: record.KindState, State: &state})
}

// find adds a finding; text is what there is to say of this session beyond the general text.
func (t *taking) find(code record.FindingCode, text string) *record.Finding {
	f := record.NewFinding(code, text)
	t.append(record.Event{Kind: record.KindFinding, Finding: f})
	return f
}

// fail adds the finding that says why the step failed, and marks its phase.
func (t *taking) fail(phase record.Phase, code record.FindingCode, text string) *record.Finding {
	f := t.find(code, text)
	f.Phase = phase
	t.state = t.state.WithFailed(phase)
	return f
}

// diagnose fails for what the messages of TLS say, and in the handshake whenever that comes: a refusal of the client's
// certificate may come only when the client takes the handshake for done (RFC 9846 §4.5.1.3).
func (t *taking) diagnose(d *record.Diagnosis) *record.Finding {
	f := t.fail(record.PhaseHandshake, d.Code, sentence(d.Text))
	if d.Hint != "" {
		f.Remedy, f.Operator = hinted(d.Hint)
	}
	return f
}

// hinted is a hint of TLS in its two parts: what the reader can do, and what the operator of the server can.
func hinted(hint string) (remedy, operator string) {
	const addressed = "the server's operator: "
	if operator, ok := strings.CutPrefix(hint, addressed); ok {
		return "", operator
	}
	remedy, operator, _ = strings.Cut(hint, "; "+addressed)
	return remedy, operator
}

// phase is the leg of the walk that the step belongs to.
func (t *taking) phase() record.Phase { return PhaseOf(t.e.Step, t.s.State) }

func (t *taking) target() record.Target { return t.s.Start.Target }

// host is the server in a sentence.
func (t *taking) host() string { return t.s.Server() }

func (t *taking) revealed(r *record.Reveal) {
	if r.On {
		t.find(record.FoundSecretsRevealed, "From here on the secrets of this session are shown and recorded unmasked, in the transcript too.")
		return
	}
	t.find(record.FoundSecretsMasked, "From here on secrets are masked again.")
}

// faulted ends a session in which the program itself failed: nobody knows what state the connection is in.
func (t *taking) faulted(f *record.Fault) {
	t.state.Stage = record.StageClosed
	t.fail(t.phase(), record.FoundInternal, sentence(f.Error())).Remedy = f.Hint()
}

// sentence makes a whole sentence of the words of a part that makes none. The name of the program has no capital.
func sentence(words string) string {
	words = strings.TrimSuffix(words, ".") + "."
	if strings.HasPrefix(words, "ehlo ") {
		return words
	}
	return capital(words)
}

func explainFinding(code record.FindingCode) *explain.Explanation {
	e, _ := explain.Finding(string(code))
	return &explain.Explanation{Short: e.Short, Text: e.Text, Remedy: e.Remedy, Operator: e.Operator, Refs: e.Refs}
}
