package engine

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/tlswire"
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
	timeGoesOn(t, whole)
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

// timeGoesOn wants time to go on as the specification of transcripts says.
func timeGoesOn(t *testing.T, log []record.Event) {
	t.Helper()
	var latest time.Duration
	heard := map[tlswire.Direction]time.Duration{}
	for i, e := range log {
		switch {
		case e.Kind == record.KindConnect:
			clear(heard)
		case e.Kind == record.KindTLSMessage:
			if d := e.TLSMessage.Dir; e.T < heard[d] {
				t.Errorf("event %d, a message from %s at %v, is before the one before it at %v", i+1, d, e.T, heard[d])
			} else {
				heard[d] = e.T
			}
			continue
		}
		if e.T < latest {
			t.Errorf("event %d, %s at %v, is before the one before it at %v", i+1, e.Kind, e.T, latest)
		}
		latest = e.T
	}
}

func derives(t *testing.T, form string, given, want []record.Event, declined *walk.Guard) {
	t.Helper()
	got := again(t, given, declined)
	if len(got) != len(want) {
		t.Errorf("%s: %d events come back, of %d", form, len(got), len(want))
	}
	for i := range min(len(got), len(want)) {
		if reflect.DeepEqual(got[i], want[i]) {
			continue
		}
		if a, b := string(asJSON(t, got[i])), string(asJSON(t, want[i])); a != b { // what is empty may be nil or not
			t.Errorf("%s: event %d comes back as\n%s\nand was\n%s", form, i+1, a, b)
			return
		}
	}
}

// again is the log that follows from what was observed in another, the same where nobody wants to know what the events mean.
func again(t *testing.T, log []record.Event, declined *walk.Guard) (list []record.Event) {
	var l record.Log // which keeps time in order
	s := record.Snapshot{State: record.NewState()}
	add := func(e record.Event) {
		kept := l.Append(e)
		list = append(list, *kept)
		s = s.Next(kept)
	}
	for _, e := range log {
		switch {
		case e.Kind.Observed():
			e.Explain = nil
			quiet := e
			follows, same := walk.Took(&s, &e), walk.Unexplained(&s, &quiet)
			if !reflect.DeepEqual(follows, same) {
				t.Errorf("what follows from %s depends on whether it is explained", e.Kind)
			}
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
