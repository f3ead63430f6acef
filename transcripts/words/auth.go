package words

import (
	"cmp"
	"slices"
	"strconv"

	"ehlo/session/lazy"
	"ehlo/session/record"
)

// outcomes say how an exchange of AUTH ended.
var outcomes = lazy.Table[record.AuthOutcome, string]{
	{record.AuthSucceeded, "accepted"},
	{record.AuthFailed, "rejected"},
	{record.AuthCanceled, "canceled"},
	{record.AuthUnproved, "accepted, but the server did not prove its identity"},
	{record.AuthUnanswerable, "stopped: the challenge cannot be answered"},
	{record.AuthImpossible, "impossible here"},
}

// auth is half a round of AUTH, or how the exchange ended.
func auth(a *record.Auth) Line {
	if a.Outcome == "" {
		return Line{Mark: Mark{Sign: Opened}, Topic: a.Mechanism, Lead: "AUTH " + a.Mechanism, Head: "round " + strconv.Itoa(a.Round) + ", from " + side(a.From), Remark: when(a.Practice, PracticeAccount)}
	}
	l := Line{Mark: failed(), Topic: a.Mechanism, Head: "AUTH " + a.Mechanism + " " + cmp.Or(outcomes.Of(a.Outcome), string(a.Outcome))}
	if a.Outcome == record.AuthSucceeded {
		l.Mark = Mark{Sign: Good}
	}
	return l
}

// PracticeAccount marks the secrets of one.
const PracticeAccount = "secrets of a practice account"

func side(from string) string {
	if from == "S" {
		return "the server"
	}
	return "the client"
}

// Values are the parts of a message of AUTH and what they were computed from, secrets masked; what a comparison came to
// first: a face that has little room cuts at the end.
func Values(a *record.Auth) []Part {
	var parts []Part
	for _, v := range a.Values {
		parts = append(parts, Part{Name: v.Name, Value: cmp.Or(v.Display(false), "(empty)"), Note: v.How, Ref: v.Ref})
	}
	i := slices.IndexFunc(parts, func(p Part) bool { return p.Name == "verdict" })
	if i > 0 {
		parts = slices.Concat(parts[i:i+1], parts[:i], parts[i+1:])
	}
	return parts
}

// Masked says what each mask in a line stands for.
func Masked(hides []string) string { return Labelled("masked: ", List(", ", hides...)) }
