package certificate

import (
	"strings"

	"ehlo/session/record"
)

// firstRemedy is what would put the first of the failed checks right.
func FirstRemedy(t *record.TLS) string {
	if t != nil {
		for _, c := range t.Checks {
			if c.Failed() {
				return c.Remedy()
			}
		}
	}
	return "see the findings"
}

// failedChecks tells what is wrong, each kind of fault once.
func FailedChecks(t *record.TLS) string {
	if t == nil {
		return "there is none"
	}
	var texts []string
	for i, c := range t.Checks {
		if c.Failed() && !FoundBefore(t.Checks[:i], c) {
			texts = append(texts, c.Text)
		}
	}
	return strings.Join(texts, "; ")
}
