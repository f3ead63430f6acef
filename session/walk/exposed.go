package walk

import (
	"ehlo/session/record"
	"ehlo/session/sasl"
)

// giving is what a step shows a server.
type giving string

const (
	givesNothing giving = ""
	givesLater   giving = "later" // nothing yet, but the line begins an exchange that will
	givesProof   giving = "proof" // something to guess the password from
	givesSecret  giving = "secret"
	givesTyped   giving = "typed" // nobody but the person who typed it knows what is in it
)

// gives judges a step. An unknown mechanism counts as one that hands the secret over: caution costs a key press.
func gives(s record.Snapshot, st record.Step) giving {
	switch {
	case st.Verb == record.VerbAuth && st.Line == "":
		return givesFirst(st)
	case st.Verb == record.VerbCancel, s.State.Auth == record.AuthExchange && st.Line == "*":
		return givesNothing
	case st.Verb == record.VerbRespond || st.Verb == record.VerbRaw && s.State.Auth == record.AuthExchange:
		if st.Line != "" {
			return givesTyped
		}
		return givesPending(s.State.Pending, st)
	case st.Hidden > 0:
		return givesTyped
	}
	return givesNothing
}

// givesFirst is what an AUTH command gives that the mechanism builds.
func givesFirst(st record.Step) giving {
	info, known := sasl.Lookup(st.Mechanism)
	switch {
	case !known:
		return givesTyped
	case info.Needs != sasl.NeedsPassword && info.Needs != sasl.NeedsToken:
		return givesNothing
	case info.ClientFirst && (handsOver(info.Name) || info.Needs == sasl.NeedsToken) && st.Auth.Initial != record.InitialNo:
		return givesSecret
	}
	return givesLater
}

// givesPending is what the prepared response gives.
func givesPending(p *record.Pending, st record.Step) giving {
	switch {
	case p == nil, p.Cancel, st.Edited, st.Verb == record.VerbRaw: // an empty line
		return givesNothing
	case p.Hides == sasl.HidesPassword, p.Hides == sasl.HidesToken:
		return givesSecret
	case p.Hides != "":
		return givesProof
	}
	return givesNothing
}
