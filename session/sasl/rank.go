package sasl

import (
	"cmp"
	"slices"
	"strings"
)

// Choice is one offered mechanism, judged.
type Choice struct {
	Name string
	// Usable is set when nothing is missing and it may be used without being named. A usable choice may still have a Guard.
	Usable bool
	// OnRequest is set for what is only used when a person names it (ANONYMOUS): it would drop the identity that a login
	// was asked for.
	OnRequest bool
	// Missing says what is lacking: "password", "TLS", [NotSupported]; empty when usable.
	Missing string
	// Guard says why a person should be asked first: the secret would go over clear text, or to a server whose
	// certificate was not verified. Empty when there is nothing to ask.
	Guard string
	// Why is the reason for the place in the list, Short the same in at most 40 characters, for a row of a table.
	Why, Short string
}

// NotSupported is what [Choice].Missing says of a mechanism that this program does not support.
const NotSupported = "not supported here"

// Rank judges the server's list, best first: what a good client would take, then what would work but needs a
// question first, then what is missing something. tls and verified describe the connection, have is what the
// person has. A name that is offered twice is judged once.
func Rank(offered []string, tls, verified bool, have ...Needs) []Choice {
	var ranked []ranking
	for _, name := range offered {
		name = strings.ToUpper(name)
		if !slices.ContainsFunc(ranked, func(r ranking) bool { return r.Name == name }) {
			ranked = append(ranked, judge(name, tls, verified, have))
		}
	}
	slices.SortStableFunc(ranked, func(a, b ranking) int { return cmp.Compare(a.place, b.place) })
	choices := make([]Choice, len(ranked))
	for i, r := range ranked {
		choices[i] = r.Choice
	}
	return choices
}

// ranking is a Choice with its place, lower is better.
type ranking struct {
	Choice
	place int
}

func judge(name string, tls, verified bool, have []Needs) ranking {
	m, known := find(name)
	c := Choice{Name: name, Missing: lacking(m.Info, tls, have), Guard: guard(m.Info, tls, verified), OnRequest: m.OnRequest,
		Why: m.why, Short: m.short}
	if !known {
		c.Why, c.Short = "an unknown mechanism", "an unknown mechanism"
	}
	c.Usable = c.Missing == "" && !c.OnRequest
	return ranking{c, m.Rank + setback(c)}
}

// setback moves a mechanism after all that have less of it.
func setback(c Choice) int {
	switch {
	case c.Missing != "":
		return 300
	case c.OnRequest:
		return 200
	case c.Guard != "":
		return 100
	}
	return 0
}

func lacking(info Info, tls bool, have []Needs) string {
	switch {
	case !info.Supported:
		return NotSupported
	case info.Needs != NeedsNothing && !slices.Contains(have, info.Needs):
		return string(info.Needs)
	case !tls && (info.Needs == NeedsCertificate || info.Bound):
		return "TLS" // both take what they need from the TLS connection; for the others TLS is a matter of safety
	}
	return ""
}

// guard explains why the secret should not simply be sent. Only mechanisms that hand the secret over need the
// certificate to be verified; a digest in cleartext can be guessed from, which the finding says that goes with it.
func guard(info Info, tls, verified bool) string {
	if !info.NeedsTLS || info.Needs == NeedsCertificate || info.Bound {
		return ""
	}
	switch {
	case !tls:
		return "without TLS anyone on the path " + info.Eavesdropper
	case !verified:
		return "the certificate was not verified, so an impostor would get the " + string(info.Needs)
	}
	return ""
}
