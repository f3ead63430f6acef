package places

import (
	"fmt"
	"strings"
	"testing"

	"ehlo/session/record"
)

// logOf makes a log of words, an event each: VERB or VERB> for a command of that step, - for what is outside of steps, and the name of
// a kind in capitals for what stands alone.
func logOf(words string) *record.Log {
	l := &record.Log{}
	for word := range strings.FieldsSeq(words) {
		verb, sends := strings.CutSuffix(word, ">")
		e := record.Event{Kind: record.KindReply, Step: record.Verb(verb), Reply: &record.Reply{}}
		switch {
		case sends:
			e.Kind, e.Send = record.KindSend, &record.Send{Content: verb == "bdat"}
			if verb == "group" {
				e.Send.Group = 3
			}
		case word == "-":
			e.Kind, e.Step = record.KindState, ""
		case word == "CHANGE", word == "END":
			e.Kind, e.Step = record.Kind(strings.ToLower(word)), ""
		}
		l.Append(e)
	}
	return l
}

func TestSteps(t *testing.T) {
	for _, test := range []struct{ log, bounds string }{
		{"- connect connect - ehlo> ehlo -", "4 7"},
		{"rcpt> rcpt rcpt> rcpt -", "2 5"},
		{"ehlo ehlo> ehlo ehlo>", "3 4"}, // a message of TLS may come before the command
		{"auth> auth - CHANGE - connect connect END", "3 5 7 8"},
		{"quit> quit - - END -", "4 6"},
		{"mail mail> mail - group> mail - rcpt - rcpt data - content> content quit>", "4 12 14 15"},
		{"group> mail rcpt END", "3 4"},
		{"bdat> bdat bdat> bdat -", "2 5"},
		{"- - -", "3"},
	} {
		log, bounds := logOf(test.log), []int{}
		for at := 0; at < log.Len(); {
			start := at
			at = StepEnd(log, at)
			bounds = append(bounds, at)
			for i := start; i < at; i++ {
				if got := StepStart(log, i); got != start {
					t.Errorf("%s: the step of event %d begins at %d, want %d", test.log, i, got, start)
				}
			}
		}
		if got := strings.Trim(fmt.Sprint(bounds), "[]"); got != test.bounds {
			t.Errorf("%s: steps end at %s, want %s", test.log, got, test.bounds)
		}
	}
}

func TestNoSteps(t *testing.T) {
	log := logOf("")
	if StepEnd(log, 0) != 0 || StepStart(log, -1) != 0 || StepStart(log, 0) != 0 {
		t.Error("a log without events has no other place than 0")
	}
}
