package engine

import (
	"encoding/json"
	"testing"

	"ehlo/session/record"
	"ehlo/session/walk"
)

// Derives wants a log to be a function of what was observed: stripped to that, it comes back event by event, and so does the
// verdict; also from the events as a file has them.
func Derives(t *testing.T, s *Session) {
	t.Helper()
	var whole []record.Event
	for i := range s.Log().Len() {
		if e := *s.Log().At(i); e.Kind != record.KindNote {
			e.Seq = len(whole) + 1 // notes aside
			whole = append(whole, e)
		}
	}
	derives(t, "as it was", whole, whole, s.declined)
	var read []record.Event
	for _, e := range whole {
		var back record.Event
		if err := json.Unmarshal(asJSON(t, e), &back); err != nil {
			t.Fatal(err)
		}
		read = append(read, back)
	}
	derives(t, "as a file has it", read, read, s.declined)
}

func derives(t *testing.T, form string, given, want []record.Event, declined *walk.Guard) {
	t.Helper()
	got := again(given, declined)
	if len(got) != len(want) {
		t.Errorf("%s: %d events come back, of %d", form, len(got), len(want))
	}
	for i := range min(len(got), len(want)) {
		if a, b := string(asJSON(t, got[i])), string(asJSON(t, want[i])); a != b {
			t.Errorf("%s: event %d comes back as\n%s\nand was\n%s", form, i+1, a, b)
			return
		}
	}
}

// again is the log that follows from what was observed in another.
func again(log []record.Event, declined *walk.Guard) (list []record.Event) {
	s := record.Snapshot{State: record.NewState()}
	add := func(e record.Event) {
		e.Seq = len(list) + 1
		list = append(list, e)
		s = s.Next(&e)
	}
	for _, e := range log {
		switch {
		case e.Kind.Observed():
			e.Explain = nil
			follows := walk.Took(s, &e)
			add(e)
			for _, f := range follows {
				add(f)
			}
		case e.Kind == record.KindEnd:
			v := walk.Outcome(s, walk.Ending{Declined: declined})
			add(record.Event{Kind: record.KindEnd, T: e.T, Step: e.Step, End: &v})
		}
	}
	return list
}

func asJSON(t *testing.T, e record.Event) []byte {
	t.Helper()
	data, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
