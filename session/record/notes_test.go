package record

import (
	"fmt"
	"strings"
	"testing"
)

// Notes stand as they were last written, with the event that they are about, whatever a file says.
func TestNotes(t *testing.T) {
	for _, test := range []struct {
		name  string
		notes []Note // events 5, 6, …
		want  string
	}{
		{"two on one event", []Note{{On: 2, Text: "a"}, {On: 1, Text: "b"}, {On: 2, Text: "c"}}, "1: b; 2: a, c"},
		{"edited", []Note{{On: 2, Text: "a"}, {On: 2, Text: "c"}, {On: 2, Text: "b", Edits: 5}}, "2: b*, c"},
		{"edited twice, by either form", []Note{{On: 2, Text: "a"}, {On: 2, Text: "b", Edits: 5}, {On: 2, Text: "c", Edits: 6}}, "2: c*"},
		{"an edit moves nothing", []Note{{On: 2, Text: "a"}, {On: 3, Text: "b", Edits: 5}}, "2: b*"},
		{"removed", []Note{{On: 2, Text: "a"}, {On: 2, Edits: 5}}, ""},
		{"brought back", []Note{{On: 2, Text: "a"}, {On: 2, Edits: 5}, {On: 2, Text: "b", Edits: 5}}, "2: b*"},
		{"a note on a note", []Note{{On: 2, Text: "a"}, {On: 5, Text: "b"}, {On: 6, Text: "c"}}, "2: a, b, c"},
		{"on what is not there", []Note{{On: 0, Text: "a"}, {On: 99, Text: "b"}, {On: 7, Text: "c"}}, "5: a; 6: b; 7: c"},
		{"edits what is no note", []Note{{On: 2, Text: "a", Edits: 3}, {On: 2, Text: "b", Edits: 77}, {On: 2, Edits: 1}}, "2: a, b"},
	} {
		var n Notes
		for i := range test.notes {
			n.Take(&Event{Seq: 5 + i, Kind: KindNote, Note: &test.notes[i]})
		}
		var got []string
		for _, seq := range n.Noted() {
			var texts []string
			for _, r := range n.On(seq) {
				if now, ok := n.Of(r.Seq); !ok || now != r || r.On != seq {
					t.Errorf("%s: the note %d is %+v, and %+v", test.name, r.Seq, now, r)
				}
				texts = append(texts, r.Text+map[bool]string{true: "*"}[r.Edited])
			}
			got = append(got, fmt.Sprintf("%d: %s", seq, strings.Join(texts, ", ")))
		}
		if got := strings.Join(got, "; "); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestNotesAreBounded(t *testing.T) {
	var n Notes
	for i := range 2 * mostRemarks {
		n.Take(&Event{Seq: 5 + i, Kind: KindNote, Note: &Note{On: 1, Text: "x"}})
	}
	if got := len(n.On(1)); got != mostRemarks {
		t.Errorf("%d notes are told", got)
	}
}
