package walk

import (
	"slices"
	"strings"
	"testing"

	"ehlo/session/record"
)

// addressed is a session with a name of several addresses, of which some were tried.
func addressed(addresses, tried []string) record.Snapshot {
	s := waiting(587)
	s.Resolve, s.Tried = &record.Resolve{Host: "mail.example", Network: "ip", Addresses: addresses}, tried
	return s
}

// The next address comes before what others have to do, after what has to be changed here, and not where a person was judged.
func TestNextAddressIsAdvised(t *testing.T) {
	two := []string{"192.0.2.1", "2001:db8::2"}
	for _, test := range []struct {
		addresses, tried []string
		code             record.FindingCode
		phase            record.Phase
		at               int // in the advice; -1 where it is not in it
	}{
		{two, two[:1], record.FoundServiceUnavailable, record.PhaseGreeting, 0},
		{two, two[:1], record.FoundCertificateExpired, record.PhaseHandshake, 0},
		{two, two[:1], record.FoundRefused, record.PhaseConnect, 0},
		{two, two[:1], record.FoundSilenceOnImplicitPort, record.PhaseGreeting, 1},
		{two, two[:1], record.FoundTLSReset, record.PhaseHandshake, 1},
		{two, two[:1], record.FoundCredentialsWrong, record.PhaseAuth, -1},
		{two, two[:1], record.FoundRecipientUnknown, record.PhaseRcpt, -1},
		{two, two, record.FoundServiceUnavailable, record.PhaseGreeting, -1},
		{two[:1], two[:1], record.FoundServiceUnavailable, record.PhaseGreeting, -1},
		{[]string{"::1", "127.0.0.1"}, []string{"::1"}, record.FoundServiceUnavailable, record.PhaseGreeting, -1},
	} {
		f := record.NewFinding(test.code, "x")
		f.Phase = test.phase
		at := slices.Index(AdviceOn(addressed(test.addresses, test.tried), f), record.Advice{Do: record.OtherAddress, Name: "2001:db8::2"})
		if at != test.at {
			t.Errorf("%s with %v tried of %v: at %d, want %d", test.code, test.tried, test.addresses, at, test.at)
		}
	}
}

// Where nothing is connected each address can be chosen, the next one first; following the advice goes there alone.
func TestEachAddressCanBeChosen(t *testing.T) {
	s := addressed([]string{"192.0.2.1", "192.0.2.2", "192.0.2.3"}, []string{"192.0.2.1"})
	s.State.Stage = record.StageClosed
	var chosen []string
	for _, o := range Options(s, Goal{}) {
		if o.Step.Address != "" && o.Legal {
			chosen = append(chosen, o.Show)
		}
	}
	want := []string{"connect to the next address, 192.0.2.2", "connect to the address 192.0.2.1", "connect to the address 192.0.2.3"}
	if !slices.Equal(chosen, want) {
		t.Errorf("%q", chosen)
	}
	_, change, err := Follow(s, Goal{}, record.Advice{Do: record.OtherAddress, Name: "192.0.2.2"}, "")
	if err != nil || !change.Reconnect || change.Plan.Address != "192.0.2.2" || change.Plan.Target.Host != "mail.example" {
		t.Errorf("%+v, %v", change, err)
	}
	s.Start.Plan.Address = "192.0.2.2"
	if _, change, _ = Follow(s, Goal{}, record.Advice{Do: record.CheckName}, "mx.example"); change.Plan.Address != "" {
		t.Errorf("another name keeps the address %s", change.Plan.Address)
	}
}

// No advice leads back to a port that was tried: after the last one it is the operator's turn, or another network's. In a session
// that begins with the change of another the plan before it counts.
func TestNoAdviceLeadsBack(t *testing.T) {
	s := waiting(465)
	s.Start.Policy = record.Policy{Start: record.StartImplicit, Must: record.MustRequire}
	var ports []int
	for range 9 {
		s = s.Next(&record.Event{Kind: record.KindConnect, Step: record.VerbConnect, Connect: &record.Connect{Error: "refused"}})
		f := record.NewFinding(record.FoundRefused, "it refused")
		f.Phase = record.PhaseConnect
		ports = append(ports, s.Start.Target.Port)
		list := AdviceOn(s, f)
		next := slices.IndexFunc(list, func(a record.Advice) bool { return a.Do == record.UseTLS || a.Do == record.UseSTARTTLS })
		if next < 0 {
			if last := list[len(list)-1]; list[0].Do != record.AskOperator || !strings.Contains(last.Text, "another network") {
				t.Errorf("at last it is %+v", list)
			}
			break
		}
		_, change, err := Follow(s, Goal{}, list[next], "")
		if err != nil {
			t.Fatal(err)
		}
		s = s.Next(&record.Event{Kind: record.KindChange, Change: &change})
	}
	if !slices.Equal(ports, []int{465, 587}) {
		t.Errorf("it went to %v", ports)
	}
	s = waiting(465)
	s.Start.Policy = record.Policy{Start: record.StartImplicit, Must: record.MustRequire}
	change := record.Change{Advice: record.Advice{Do: record.UseSTARTTLS, Port: 587}, Plan: s.Start.Plan}
	change.Plan.Target.Port, change.Plan.Policy.Start = 587, record.StartSTARTTLS
	f := record.NewFinding(record.FoundRefused, "it refused")
	f.Phase = record.PhaseConnect
	for _, a := range AdviceOn(s.Next(&record.Event{Kind: record.KindChange, Change: &change}), f) {
		if a.Do == record.UseTLS || a.Do == record.UseSTARTTLS {
			t.Errorf("%s leads back", a)
		}
	}
}
