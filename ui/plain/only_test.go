package plain

import (
	"strconv"
	"strings"
	"testing"

	"ehlo/session/walk"
)

// Only what matches is told, forward and back, until all is told again.
func TestOnlyWhatMatchesIsTold(t *testing.T) {
	out, _ := replayText(t, recorded(t), "only kind:reply dir:server", "", "", "b", "only", "j 1", "", "q")
	inOrder(t, out, " match: only they are shown from here on", ": \n", "220 mail.test", "this was up to event", "250 mail.test", "this was up to event", "220 mail.test", "this was up to event",
		"all events are shown", "session with mail.test port 25", "mail.test is at")
	filtered, _, _ := strings.Cut(out[strings.Index(out, " match: "):], "all events are shown")
	for _, left := range []string{"mail.test is at", "connected to", "client in cleartext: EHLO"} {
		if strings.Contains(filtered, left) {
			t.Errorf("%q is told:\n%s", left, filtered)
		}
	}
}

// A filter that nothing matches leaves the verdict, and says so; a wrong one says what can be asked for.
func TestOnlyNothing(t *testing.T) {
	out, _ := replayText(t, recorded(t), "only kind:lunch", "only qqqq", "b", "j 3", "", "")
	inOrder(t, out, "there is no kind of event", "0 of ", "this is the first step", "nothing in this step matches", "end of the session", "outcome: done at quit")
	if strings.Contains(out, "220 ") {
		t.Errorf("all is told:\n%s", out)
	}
}

// A note is told where it matches as it stands now, without its event.
func TestOnlyNotes(t *testing.T) {
	out, _ := replayText(t, recorded(t), "n 5 first words", "rewrite "+noteSeq(t)+" other words", "only first", "only other", "j 1", "", "only kind:note", "j 1", "", "q")
	if strings.Contains(out[strings.Index(out, "only other"):], "first words") {
		t.Errorf("what was rewritten is told:\n%s", out)
	}
	inOrder(t, out, "only other", "nothing in this step matches", "note, edited: other words", "only kind:note", "note, edited: other words")
}

// noteSeq is the number that the first note on what was recorded has.
func noteSeq(t *testing.T) string {
	_, f := replayText(t, recorded(t), "q")
	return strconv.Itoa(f.Len() + 1)
}

// While a session runs its steps are told by the same words; what is to come is announced all the same.
func TestOnlyInASession(t *testing.T) {
	f := newFake(noTLS)
	out, _ := f.walk(t, walk.Goal{EHLOName: "laptop.test"}, append([]string{"only kind:reply 250"}, append(enter(6), "q")...)...)
	inOrder(t, out, "0 of ", "EHLO laptop.test", "250 mail.test", "outcome: ")
	if strings.Contains(out, "connected to") || strings.Contains(out, "220 mail.test") {
		t.Errorf("more is told:\n%s", out)
	}
}
