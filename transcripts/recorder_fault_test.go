package transcripts

import (
	"path/filepath"
	"strings"
	"testing"

	"ehlo/session/record"
)

// fallingSource panics at its second event, with a secret in its words.
type fallingSource struct{ *record.Log }

func (s fallingSource) At(i int) *record.Event {
	if i == 1 {
		panic("tulip-42")
	}
	return s.Log.At(i)
}

// A fault in the recorder ends the recording and not the program; what was written stays whole, and nobody hears what
// was passed to panic.
func TestRecorderFault(t *testing.T) {
	log := &record.Log{}
	log.Append(record.Event{Kind: record.KindStart, Start: &record.Start{Format: record.Format}})
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
	log.Append(record.Event{Kind: record.KindNote, Note: &record.Note{On: 1, Text: "a remark"}})
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
