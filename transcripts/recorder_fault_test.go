package transcripts

import (
	"path/filepath"
	"strings"
	"testing"

	"ehlo/session"
)

// fallingSource panics at its second event, with a secret in its words.
type fallingSource struct{ *session.Log }

func (s fallingSource) At(i int) *session.Event {
	if i == 1 {
		panic("tulip-42")
	}
	return s.Log.At(i)
}

// A fault in the recorder ends the recording and not the program; what was written stays whole, and nobody hears what
// was passed to panic.
func TestRecorderFault(t *testing.T) {
	log := &session.Log{}
	log.Append(session.Event{Kind: session.KindStart, Start: &session.Start{Format: session.Format}})
	path := filepath.Join(t.TempDir(), "one.ndjson")
	r, err := Record(fallingSource{log}, path)
	if err != nil {
		t.Fatal(err)
	}
	wake, stop := r.Watch()
	defer stop()
	for r.Len() < 1 {
		<-wake
	}
	log.Append(session.Event{Kind: session.KindNote, Note: &session.Note{On: 1, Text: "a remark"}})
	<-r.Failed()
	err = r.Close()
	if err == nil || !strings.Contains(err.Error(), "ehlo failed inside the recorder") || strings.Contains(err.Error(), "tulip") {
		t.Errorf("%v", err)
	}
	f, err := Open(path)
	if err != nil || f.Len() != 1 || f.Damage() != nil {
		t.Fatalf("%v, %+v", err, f)
	}
	f.Close()
}
