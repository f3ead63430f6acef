package walk

import (
	"strings"

	"ehlo/session/record"
	"ehlo/session/sasl"
)

func KindOfProof(mechanism string) string {
	if strings.HasSuffix(mechanism, "-MD5") {
		return "digest"
	}
	return "proof"
}

// giving is what a step shows a server.
type Giving string

const (
	GivesNothing Giving = ""
	GivesLater   Giving = "later" // nothing yet, but the line begins an exchange that will
	GivesProof   Giving = "proof" // something to guess the password from
	GivesSecret  Giving = "secret"
	GivesTyped   Giving = "typed" // nobody but the person who typed it knows what is in it
)

// gives judges a step. An unknown mechanism counts as one that hands the secret over: caution costs a key press.
func Gives(s record.Snapshot, st record.Step) Giving {
	switch {
	case st.Verb == record.VerbAuth && st.Line == "":
		return givesFirst(st)
	case st.Verb == record.VerbCancel, s.State.Auth == record.AuthExchange && st.Line == "*":
		return GivesNothing
	case st.Verb == record.VerbRespond || st.Verb == record.VerbRaw && s.State.Auth == record.AuthExchange:
		if st.Line != "" {
			return GivesTyped
		}
		return givesPending(s.State.Pending, st)
	case st.HoldsSecret, ByHand(st) && s.State.Transaction != record.TransactionData && SecretStart(st.Line) >= 0,
		st.Verb == record.VerbAuth && SecretStart(st.Line) >= 0:
		return GivesTyped
	}
	return GivesNothing
}

// givesFirst is what an AUTH command gives that the mechanism builds.
func givesFirst(st record.Step) Giving {
	info, known := sasl.Lookup(st.Mechanism)
	switch {
	case !known:
		return GivesTyped
	case info.Needs != sasl.NeedsPassword && info.Needs != sasl.NeedsToken:
		return GivesNothing
	case info.ClientFirst && (HandsOver(info.Name) || info.Needs == sasl.NeedsToken) && st.Auth.Initial != record.InitialNo:
		return GivesSecret
	}
	return GivesLater
}

// givesPending is what the prepared response gives.
func givesPending(p *record.Pending, st record.Step) Giving {
	switch {
	case p == nil, p.Cancel, st.Edited, st.Verb == record.VerbRaw: // an empty line
		return GivesNothing
	case p.Hides == sasl.HidesPassword, p.Hides == sasl.HidesToken:
		return GivesSecret
	case p.Hides != "":
		return GivesProof
	}
	return GivesNothing
}
