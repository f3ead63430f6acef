package sasl

import (
	"cmp"
	"slices"
	"strings"
)

// Choice is one offered mechanism, judged.
type Choice struct {
	Name string
	// Usable is set when nothing is missing. A usable choice may still have a Guard.
	Usable bool
	// Missing says what is lacking: "password", "TLS", "not spoken here"; empty when usable.
	Missing string
	// Guard says why a person should be asked first: the secret would go over clear text, or to a server whose
	// certificate was not verified. Empty when there is nothing to ask.
	Guard string
	// Why is the reason for the place in the list, Short the same in at most 40 characters, for a row of a table.
	Why, Short string
}

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
	info, known := Lookup(name)
	if !known {
		info = Info{Name: name, Rank: len(mechanisms) + 1}
	}
	c := Choice{Name: name, Missing: lacking(info, tls, have), Guard: guard(info, tls, verified)}
	c.Why, c.Short = reason(info)
	c.Usable = c.Missing == ""
	return ranking{c, info.Rank + setback(c, info, have)}
}

// setback moves a mechanism behind all that have less of it. ANONYMOUS is behind everything that works when the
// person has an identity, as it would drop it.
func setback(c Choice, info Info, have []Needs) int {
	switch {
	case !c.Usable:
		return 300
	case info.Needs == NeedsNothing && slices.ContainsFunc(have, func(n Needs) bool { return n != NeedsNothing }):
		return 200
	case c.Guard != "":
		return 100
	}
	return 0
}

func lacking(info Info, tls bool, have []Needs) string {
	switch {
	case !info.Supported:
		return "not spoken here"
	case info.Needs != NeedsNothing && !slices.Contains(have, info.Needs):
		return string(info.Needs)
	case !tls && (info.Needs == NeedsCertificate || bound(info.Name)):
		return "TLS" // both take what they need from the TLS connection; for the others TLS is a matter of safety
	}
	return ""
}

// bound reports whether the mechanism is bound to the TLS connection.
func bound(name string) bool { return strings.HasSuffix(name, "-PLUS") }

// guard explains why the secret should not simply be sent. Only mechanisms that hand the secret over need the
// certificate to be verified; a digest in clear text can be guessed from, which the finding says that goes with it.
func guard(info Info, tls, verified bool) string {
	if !info.NeedsTLS || info.Needs == NeedsCertificate || bound(info.Name) {
		return ""
	}
	switch {
	case !tls:
		return "without TLS anybody on the way " + info.Eavesdropper
	case !verified:
		return "the certificate was not verified, so whoever answers here gets the " + string(info.Needs)
	}
	return ""
}

func reason(info Info) (why, short string) {
	switch {
	case info.Summary == "":
		return "an unknown mechanism", "an unknown mechanism"
	case !info.Supported:
		return info.Summary, info.Summary
	case info.Needs == NeedsCertificate:
		return "no secret is sent at all", "no secret is sent at all"
	case bound(info.Name):
		return "the password stays here, the server proves itself, and nobody can stand in between", "keeps the password; nobody in between"
	case info.ProvesServer && info.Status == "standards track":
		return "the password stays here and the server proves itself", "keeps the password; server proves itself"
	case info.Needs == NeedsToken:
		return "a token is worth less than a password and can be withdrawn", "hands a token over; can be withdrawn"
	case info.PlaintextEquivalent && info.NeedsTLS:
		return "hands the password over: only as good as the TLS around it", "hands the password over; TLS must hold"
	case info.Needs == NeedsNothing:
		return "does not log in as anybody", "does not log in as anybody"
	}
	return "old: MD5, and the server has to keep something as good as the password", "keeps the password; old, MD5"
}
