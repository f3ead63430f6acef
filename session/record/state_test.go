package record

import "testing"

func TestPhases(t *testing.T) {
	for _, name := range Phases() {
		if p, ok := ParsePhase(name); !ok || string(p) != name {
			t.Errorf("%s read as %s, %v", name, p, ok)
		}
	}
	if _, ok := ParsePhase("lunch"); ok {
		t.Error("lunch is a phase")
	}
}
