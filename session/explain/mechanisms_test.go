package explain_test

import (
	"strings"
	"testing"

	"ehlo/session/explain"
	"ehlo/session/sasl"
)

// Every mechanism that the program has a row for is explained, and the texts say
// of which it is that the program cannot log in with it.
func TestEveryMechanismHasItsText(t *testing.T) {
	for _, m := range sasl.Mechanisms() {
		e, ok := explain.Mechanism(m.Name)
		if !ok || e.Name != m.Name {
			t.Errorf("%s: %q", m.Name, e.Name)
		}
		if lacks := strings.Contains(e.Text, "This program does not support it"); lacks == m.Supported {
			t.Errorf("%s: supported %v, and the text says %q", m.Name, m.Supported, e.Text)
		}
	}
}
