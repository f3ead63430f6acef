package plain

import (
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/walk"
)

// inPart walks a part of a session.
func inPart(t *testing.T, p *Part, lines ...string) string {
	t.Helper()
	var out strings.Builder
	f := newFake(noTLS)
	w := Walk{Console: Console{In: strings.NewReader(strings.Join(lines, "\n") + "\n"), Out: &out}, Engine: f, Events: f.Log(), Goal: walk.Goal{EHLOName: "laptop.test"}, Part: p}
	if _, err := w.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// What comes before the part is told in a line, and can be looked at; once the point is made a word leads back, and nothing is asked.
func TestPartByEar(t *testing.T) {
	p := &Part{Part: walk.Part{From: record.PhaseGreeting, Until: record.PhaseEHLO}}
	out := inPart(t, p, "back", "latest", "", "", "done")
	inOrder(t, out, "already done: name lookup to TCP connection; back tells the last of these steps", "next: wait for the greeting", "connected to", "server greets in cleartext: 220", "server answers EHLO in cleartext",
		"done returns to the lesson:")
	if before, _, _ := strings.Cut(out, "already done"); strings.Contains(before, "connected to") || strings.Contains(out, "quit anyway") || strings.Contains(out, "outcome:") {
		t.Errorf("it tells or asks too much:\n%s", out)
	}
	if !p.WasMade() || p.WasMended() {
		t.Errorf("made %v, solved %v", p.WasMade(), p.WasMended())
	}
}

// Without the last step the point is not made.
func TestPartLeftEarly(t *testing.T) {
	p := &Part{Part: walk.Part{From: record.PhaseGreeting, Until: record.PhaseEHLO}}
	if out := inPart(t, p, "", "q", "yes"); p.WasMade() || strings.Contains(out, "done returns") {
		t.Errorf("made %v:\n%s", p.WasMade(), out)
	}
}
