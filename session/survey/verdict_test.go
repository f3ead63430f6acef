package survey

import (
	"slices"
	"strings"
	"testing"

	"ehlo/session/record"
)

// cell is a port at an address with a state and the verdict of its session.
func cell(address string, port int, state State, v record.Verdict) Cell {
	if v.Outcome == "" {
		v.Outcome = record.OutcomeDone
	}
	return Cell{Address: address, Port: port, State: state, Verdict: v}
}

// What the cells come to for the host: the first exit code of the open ports, and a closed port only where it was named, where another
// address has it open, and where all are closed.
func TestJudge(t *testing.T) {
	const here, there = "192.0.2.1", "192.0.2.2"
	done := record.Verdict{}
	refused := record.Verdict{Outcome: record.OutcomeFailed, Exit: record.ExitConnect, Who: record.WhoOperator, Cause: "refused"}
	dropped := record.Verdict{Outcome: record.OutcomeFailed, Exit: record.ExitTimeout, Who: record.WhoNetwork, Cause: "dropped"}
	unrouted := record.Verdict{Outcome: record.OutcomeFailed, Exit: record.ExitConnect, Who: record.WhoNetwork, Cause: "no route"}
	expired := record.Verdict{Outcome: record.OutcomeUnsafe, Exit: record.ExitCertificate, Who: record.WhoOperator, Cause: "expired"}
	silent := record.Verdict{Outcome: record.OutcomeFailed, Exit: record.ExitTimeout, Who: record.WhoOperator, Cause: "silent"}
	for name, c := range map[string]struct {
		cells   []Cell
		named   bool
		stopped bool
		exit    record.Exit
		who     record.Who
		cause   string // what it begins with
		ports   []int
	}{
		"all work":              {[]Cell{cell(here, 25, StateSTARTTLS, done), cell(here, 587, StateSTARTTLS, done)}, false, false, 0, "", "Every open port of mail.example.org works as it is meant to: 25 and 587.", nil},
		"one is closed":         {[]Cell{cell(here, 25, StateFiltered, dropped), cell(here, 587, StateSTARTTLS, done)}, false, false, 0, "", "Every open port of mail.example.org works as it is meant to: 587.", nil},
		"one that was named is": {[]Cell{cell(here, 25, StateFiltered, dropped), cell(here, 587, StateSTARTTLS, done)}, true, false, 124, record.WhoNetwork, "Port 25 is filtered at 192.0.2.1.", nil},
		"no route to one address": {[]Cell{cell(here, 25, StateSTARTTLS, done), cell(there, 25, StateUnreachable, unrouted)}, false, false, 0, "",
			"Every open port of mail.example.org works as it is meant to: 25. There is no route from here to 192.0.2.2: what", nil},
		"no route to one port": {[]Cell{cell(here, 25, StateSTARTTLS, done), cell(there, 25, StateUnreachable, unrouted), cell(there, 587, StateSTARTTLS, done)}, false, false, 4, record.WhoNetwork,
			"Port 25 is unreachable at 192.0.2.2, and open at another", nil},
		"closed at one address": {[]Cell{cell(here, 587, StateRefused, refused), cell(there, 587, StateSTARTTLS, done)}, false, false, 4, record.WhoOperator, "Port 587 is refused at 192.0.2.1, and open at another", nil},
		"all are refused":       {[]Cell{cell(here, 25, StateRefused, refused), cell(here, 587, StateRefused, refused)}, false, false, 4, record.WhoOperator, "No port of mail.example.org takes a connection: 25 and 587 are refused.", nil},
		"all are dropped":       {[]Cell{cell(here, 25, StateFiltered, dropped), cell(here, 587, StateFiltered, dropped)}, false, false, 124, record.WhoNetwork, "No port of mail.example.org takes a connection: 25 and 587 are filtered.", nil},
		"closed in two ways":    {[]Cell{cell(here, 25, StateFiltered, dropped), cell(here, 587, StateRefused, refused)}, false, false, 4, record.WhoOperator, "refused", nil},
		"two fail":              {[]Cell{cell(here, 25, StateSilent, silent), cell(here, 465, StateTLS, expired), cell(here, 587, StateSTARTTLS, expired)}, false, false, 9, record.WhoOperator, "expired", []int{465, 587}},
		"one fails, one is not": {[]Cell{cell(here, 25, StateRefused, refused), cell(here, 587, StateSTARTTLS, expired)}, true, false, 9, record.WhoOperator, "expired", []int{587}},
		"stopped": {[]Cell{cell(here, 25, StateUnknown, record.Verdict{Outcome: record.OutcomeStopped}), cell(here, 587, StateSTARTTLS, done)}, false, true, 130, "",
			"The survey was stopped: 1 of 2 sessions finished.", nil},
	} {
		s := &Survey{Host: "mail.example.org", Cells: c.cells, Named: c.named, Stopped: c.stopped}
		for _, one := range c.cells {
			if !slices.Contains(s.Addresses, one.Address) {
				s.Addresses = append(s.Addresses, one.Address)
			}
			if !slices.Contains(s.Ports, one.Port) {
				s.Ports = append(s.Ports, one.Port)
			}
		}
		v := Judge(s)
		if v.Exit != c.exit || v.Who != c.who || !strings.HasPrefix(v.Cause, c.cause) || !slices.Equal(v.Ports, c.ports) {
			t.Errorf("%s: got %+v", name, v)
		}
		if (v.Exit == 0) != (v.Outcome == record.OutcomeDone) {
			t.Errorf("%s: exit %d and outcome %s", name, v.Exit, v.Outcome)
		}
	}
}

// Points that a standard requires are told of where all else is as it should be.
func TestJudgeScore(t *testing.T) {
	s := &Survey{Host: "mail.example.org", Ports: []int{587}, Cells: []Cell{cell("192.0.2.1", 587, StateSTARTTLS, record.Verdict{})},
		Score: []Point{{Level: Must, Result: Fails}, {Level: Should, Result: Fails}, {Level: Must, Result: Holds}}}
	if v := Judge(s); !strings.HasSuffix(v.Cause, "Of the scorecard, 1 point fails that a standard requires.") || v.Exit != 0 {
		t.Errorf("got %+v", v)
	}
}
