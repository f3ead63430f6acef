package survey

import (
	"slices"
	"testing"

	"ehlo/session/record"
)

// A port that was seen to take no connection is not advised.
func TestNoAdviceToAClosedPort(t *testing.T) {
	to := func(port int) record.Advice { return record.Advice{Do: record.UseTLS, Port: port} }
	bad := good(record.PortSubmission)
	bad.Verdict = record.Verdict{Exit: 7, Outcome: record.OutcomeUnsafe, Cause: "x", Advice: []record.Advice{to(record.PortSubmissions), to(2465), {Do: record.SendNoSecret}}}
	closed := Cell{Address: bad.Address, Port: record.PortSubmissions, State: StateRefused}
	v := Judge(&Survey{Addresses: []string{bad.Address}, Ports: []int{record.PortSubmission, record.PortSubmissions}, Cells: []Cell{bad, closed}})
	if want := []record.Advice{to(2465), {Do: record.SendNoSecret}}; !slices.EqualFunc(v.Advice, want, func(a, b record.Advice) bool { return a == b }) {
		t.Errorf("got %+v, want %+v", v.Advice, want)
	}
}
