package ui

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// canAttempt holds after a login that failed, where the server takes another without a new connection. Where the
// login has shown that someone sits in between, another is no advice to give.
func (w *explorer) canAttempt() bool {
	st := w.snap.State
	return w.canSend() && !w.snap.Tampered && st.FailedAt(record.PhaseAuth) && w.authOption(func(o walk.Option) bool { return o.Legal }) >= 0
}

// attempt asks for other credentials, or the same, and then puts AUTH in front again.
func (w *explorer) attempt() tea.Cmd {
	w.askCredentials(w.goal.Mechanism)
	return nil
}

// canCancelAuth holds while the server waits for the answer to a challenge.
func (w *explorer) canCancelAuth() bool {
	return w.canSend() && w.snap.State.Auth == record.AuthExchange
}

// cancelAuth gives the exchange up (RFC 4954 §4).
func (w *explorer) cancelAuth() tea.Cmd {
	return w.do(record.Step{Verb: record.VerbCancel, Line: "*"}, "*")
}

// authOption finds the first AUTH that can be tried and fits, -1 if there is none.
func (w *explorer) authOption(fits func(walk.Option) bool) int {
	return slices.IndexFunc(w.options(), func(o walk.Option) bool { return o.Step.Verb == record.VerbAuth && fits(o) })
}

// owesSecret holds where the walk cannot go on because a user was named, and no password or token for them: enter asks for it, and for nothing
// once a person has given none.
func (w *explorer) owesSecret() (record.Advice, bool) {
	o, ok := w.option()
	if !ok || !o.Proposed || o.Blocked == nil || o.Blocked.Code != record.FoundAuthCredentialMissing || w.goal.Credentials.Username == "" || w.gaveNone {
		return record.Advice{}, false
	}
	for _, a := range w.applicable() {
		if a.Do == record.GivePassword || a.Do == record.GiveToken {
			return a, true
		}
	}
	return record.Advice{}, false
}

func (w *explorer) owes() bool { _, owes := w.owesSecret(); return owes }

// demand asks for a secret that the walk needs. Enter alone leaves it, and then leads on without.
func (w *explorer) demand(a record.Advice) tea.Cmd {
	cmd := w.apply(a)
	if e, typing := w.sheet.(*editor); typing {
		left := e.left
		e.left = func() { w.gaveNone = true; left() }
	}
	return cmd
}

// lack deals with an AUTH that cannot be built: it asks for what a person can give, and otherwise sends the bare command,
// to see what the server says to it.
func (w *explorer) lack(o walk.Option) tea.Cmd {
	needs := sasl.Needs(o.Missing)
	if o.Legal && (needs == sasl.NeedsPassword || needs == sasl.NeedsToken) {
		f := w.askCredentials(o.Step.Mechanism)
		f.point(string(needs), "AUTH "+o.Step.Mechanism+" needs a "+o.Missing)
		return nil
	}
	st := o.Step
	st.Line, st.Edited = "AUTH "+st.Mechanism, true
	return w.do(st, st.Line)
}
