package certificate

import (
	"strings"

	"ehlo/session/record"
)

// FirstRemedy is what would put the first of the failed checks right: by the reader, and by the operator of the server.
func FirstRemedy(t *record.TLS) (yours, operators string) {
	if t != nil {
		for _, c := range t.Checks.AtHand() {
			if c.Failed() {
				return c.Cautious(), c.Operators()
			}
		}
	}
	return "see the findings", ""
}

// FailedChecks tells what is wrong, each kind of fault once, a sentence each. The last has no full stop.
func FailedChecks(t *record.TLS) string {
	if t == nil {
		return "there is none"
	}
	var texts []string
	for i, c := range t.Checks.AtHand() {
		if c.Failed() && !FoundBefore(t.Checks.AtHand()[:i], c) {
			texts = append(texts, c.Text)
		}
	}
	for i := 1; i < len(texts); i++ {
		texts[i] = strings.ToUpper(texts[i][:1]) + texts[i][1:]
	}
	return strings.Join(texts, ". ")
}
