package ui

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session"
	"ehlo/session/sasl"
)

// canAttempt holds after a log-in that failed, where the server takes another without a new connection. Where the
// log-in has shown that somebody sits in between, another is no advice to give.
func (w *walk) canAttempt() bool {
	st := w.snap.State
	return w.canSend() && !w.snap.Tampered && st.FailedAt(session.PhaseAuth) && w.authOption(func(o session.Option) bool { return o.Legal }) >= 0
}

// attempt asks for other credentials, or the same, and then puts AUTH in front again.
func (w *walk) attempt() tea.Cmd {
	w.askCredentials(w.goal.Mechanism)
	return nil
}

// canCancelAuth holds while the server waits for the answer to a challenge.
func (w *walk) canCancelAuth() bool {
	return w.canSend() && w.snap.State.Auth == session.AuthExchange
}

// cancelAuth gives the exchange up (RFC 4954 §4).
func (w *walk) cancelAuth() tea.Cmd {
	return w.do(session.Step{Verb: session.VerbCancel, Line: "*"}, "*")
}

// authOption finds the first AUTH that can be tried and fits, -1 if there is none.
func (w *walk) authOption(fits func(session.Option) bool) int {
	return slices.IndexFunc(w.options, func(o session.Option) bool { return o.Step.Verb == session.VerbAuth && fits(o) })
}

// lack deals with an AUTH that cannot be built: it asks for what a person can give, and otherwise sends the bare command,
// to see what the server says to it.
func (w *walk) lack(o session.Option) tea.Cmd {
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
