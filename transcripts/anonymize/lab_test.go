package anonymize

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/transcripts"
	"ehlo/transcripts/labtest"
)

// A session without names is a transcript, whose verdict is the same but for the names in its cause, and which names nobody.
func TestSessions(t *testing.T) {
	for _, sc := range lab.Scenarios() {
		if sc.Finding == string(record.FoundTimeout) {
			continue // to wait for a silence shows nothing more here
		}
		t.Run(sc.Name, func(t *testing.T) {
			t.Parallel()
			log := labtest.Run(t, sc)
			var events []*record.Event
			for i := range log.Len() {
				events = append(events, log.At(i))
			}
			a := New()
			out := through(t, a, events)
			f := opened(t, out)
			before, after := log.At(log.Len()-1).End, f.End()
			if f.Damage() != nil || f.Len() != log.Len() || after.Exit != before.Exit || after.Outcome != before.Outcome || after.Finding != before.Finding || after.Who != before.Who {
				t.Errorf("damage %v, %d events of %d, verdict %+v, was %+v", f.Damage(), f.Len(), log.Len(), after, before)
			}
			if want := a.text(before.Cause); after.Cause != want || strings.Contains(after.Cause, Removed) {
				t.Errorf("the cause is %q, was %q", after.Cause, before.Cause)
			}
			for i := range log.Len() {
				if e := f.At(i); e.Kind != log.At(i).Kind || e.Step != log.At(i).Step {
					t.Errorf("event %d is %s %s, was %s %s", i+1, e.Kind, e.Step, log.At(i).Kind, log.At(i).Step)
				}
			}
			leaked(t, out, "mail.lab", "lab.test", "ann@", "bob@")
			if hash := before.Facts.SHA256; hash != "" {
				leaked(t, out, hash)
			}
		})
	}
}

func opened(t *testing.T, lines string) *transcripts.File {
	path := filepath.Join(t.TempDir(), "out.ehlo.ndjson")
	if err := os.WriteFile(path, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := transcripts.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}
