package places

import (
	"fmt"
	"strings"
	"testing"

	"ehlo/session/record"
)

// A walk with STARTTLS, a second EHLO, a NOOP that belongs to no phase, and two recipients.
const walked = "- resolve - connect - greeting - ehlo> ehlo - starttls> starttls UPGRADE handshake ehlo> ehlo noop> noop mail> mail rcpt> rcpt rcpt> rcpt - quit> quit - END"

func walkedLog() (*record.Log, StateAt) {
	l, upgraded := logOf(strings.Replace(walked, "UPGRADE", "-", 1)), 13
	return l, func(n int) record.State {
		st := record.NewState()
		if n >= upgraded {
			st = st.WithDone(record.PhaseSTARTTLS)
		}
		return st
	}
}

func TestPhases(t *testing.T) {
	log, state := walkedLog()
	var forth []int
	for at := 0; at < log.Len(); {
		at = NextPhase(log, at, state)
		forth = append(forth, at)
	}
	if got := fmt.Sprint(forth); got != "[3 5 7 10 13 14 18 20 25 29]" {
		t.Errorf("forward: %s", got)
	}
	var back []int
	for at := log.Len(); at > 0; {
		at = PhaseBefore(log, at, state)
		back = append(back, at)
	}
	if got := fmt.Sprint(back); got != "[25 20 18 14 13 10 7 5 3 0]" {
		t.Errorf("back: %s", got)
	}
}

func TestOfPhase(t *testing.T) {
	log, _ := walkedLog()
	for phase, want := range map[record.Phase]int{record.PhaseResolve: 0, record.PhaseGreeting: 5, record.PhaseSTARTTLS: 10, record.PhaseRcpt: 20, record.PhaseQuit: 25} {
		if at, ok := OfPhase(log, phase); !ok || at != want {
			t.Errorf("%s is at %d, %v; want %d", phase, at, ok, want)
		}
	}
	if at, ok := OfPhase(log, record.PhaseAuth); ok {
		t.Errorf("there is no AUTH, and it is at %d", at)
	}
}
