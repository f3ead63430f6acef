package walk

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/sasl"
)

// everyState is every combination of the values of a state.
func everyState(yield func(record.State)) {
	stages := []record.Stage{record.StageIdle, record.StageResolved, record.StageConnected, record.StageGreeted, record.StageReady, record.StageUpgrading, record.StageRefused, record.StageBroken, record.StageClosed, "unheard of"}
	securities := []record.Security{record.SecurityPlain, record.SecurityUnverified, record.SecurityAccepted, record.SecurityVerified}
	auths := []record.AuthState{record.AuthNone, record.AuthExchange, record.AuthDone}
	transactions := []record.Transaction{record.TransactionNone, record.TransactionMail, record.TransactionRcpt, record.TransactionData, record.TransactionBdat}
	pendings := []*record.Pending{nil, {Line: "*", Cancel: true}}
	for _, stage := range stages {
		for _, security := range securities {
			for _, auth := range auths {
				for _, transaction := range transactions {
					for _, pending := range pendings {
						yield(record.State{Stage: stage, Security: security, Auth: auth, Transaction: transaction, Pending: pending})
					}
				}
			}
		}
	}
}

func some[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

func somePhases(r *rand.Rand) []record.Phase {
	var list []record.Phase
	for _, p := range record.AllPhases {
		if r.IntN(3) == 0 {
			list = append(list, p)
		}
	}
	return list
}

// surround makes a snapshot and a goal around a state.
func surround(r *rand.Rand, s record.State) (record.Snapshot, Goal) {
	s.Done, s.Failed = somePhases(r), somePhases(r)
	s.ESMTP, s.TriedHELO = r.IntN(2) == 0, r.IntN(2) == 0
	s.Recipients, s.Refused = some(r, nil, []string{"bob@mail.lab"}), some(r, nil, []string{"eve@mail.lab"})
	s.User, s.Mechanism = some(r, "", "ann", "ann@mail.lab"), some(r, "", "PLAIN", "UNKNOWN")
	snap := snapshotOf(s, some(r, nil, listed("SIZE"), listed("STARTTLS", "AUTH PLAIN LOGIN SCRAM-SHA-256 X-ODD", "CHUNKING", "8BITMIME", "SMTPUTF8", "SIZE 100"), listed("AUTH")))
	snap.Start.Policy = record.Policy{Start: some(r, record.StartImplicit, record.StartSTARTTLS, record.StartNever), Must: some(r, record.MustRequire, record.MustOpportunistic, record.MustOff), AllowUnverified: r.IntN(2) == 0, AllowCleartextAuth: r.IntN(2) == 0}
	snap.Start.Target.Lab = r.IntN(2) == 0
	snap.Connect = some(r, nil, snap.Connect, &record.Connect{Local: "[2001:db8::1]:5", Remote: "x"}, &record.Connect{Local: "odd"})
	snap.TLS = some(r, nil, &record.TLS{}, &record.TLS{ClientCertificate: true, Checks: record.Listed([]record.Check{{Name: "host", Text: "bad"}})})
	snap.Reply = some(r, nil, &record.Reply{})
	g := Goal{Until: some(r, append([]record.Phase{"", "", "unheard of"}, record.AllPhases...)...), EHLOName: some(r, "", "me"),
		Credentials: some(r, sasl.Credentials{}, ann(), sasl.Credentials{Username: "ann\x00"}, sasl.Credentials{Username: "ann", Token: sasl.NewSecret("t")}),
		Mechanism:   some(r, "", "plain", "LOGIN", "SCRAM-SHA-256", "x-odd"), From: some(r, "", "ann@mail.lab", "grün@mail.lab", "a b"),
		To: some(r, nil, []string{"bob@mail.lab"}, []string{"bob@mail.lab", "eve@mail.lab", "", "bob@mail.lab"}), Message: some(r, nil, record.MessageOf([]byte(".x\n\xff"))),
		Body: some(r, "", "grün"), SendMessage: r.IntN(2) == 0}
	return snap, g
}

// Whatever the state, there is something to do, the proposal first and only there, the legal before the others.
func TestOptionsInEveryState(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	everyState(func(s record.State) {
		snap, g := surround(r, s)
		before := snap
		options := Options(snap, g)
		if len(options) == 0 {
			t.Fatalf("nothing to do in %+v", snap.State)
		}
		checkOptions(t, snap, g, options)
		if next := unopened([]Option{{Step: Next(snap, g)}})[0].Step; !reflect.DeepEqual(next, unopened(options)[0].Step) {
			t.Errorf("next is %+v and the proposal %+v, in %+v", next, options[0].Step, snap.State)
		}
		if first := []Option{Propose(snap, g)}; !reflect.DeepEqual(unopened(options[:1]), unopened(first)) {
			t.Fatalf("the first of the options is\n%+v\nand the proposal is\n%+v", options[0], first[0])
		}
		if again := Options(snap, g); !reflect.DeepEqual(unopened(options), unopened(again)) || !reflect.DeepEqual(before, snap) {
			t.Fatalf("not a pure function in %+v, %+v:\n%+v\n%+v", snap.State, g, options, again)
		}
	})
}

// unopened are options that can be compared: what opens a message cannot.
func unopened(options []Option) []Option {
	for i, o := range options {
		if o.Step.Message != nil {
			m := *o.Step.Message
			m.Open = nil
			options[i].Step.Message = &m
		}
	}
	return options
}

func checkOptions(t *testing.T, snap record.Snapshot, g Goal, options []Option) {
	t.Helper()
	outOfOrder := false
	for i, o := range options {
		if o.Proposed != (i == 0) {
			t.Errorf("option %d, %s, is proposed: %v", i, o.Step.Verb, o.Proposed)
		}
		if o.Why == "" || o.Legal == (o.Expect != "") || i > 0 && o.Blocked != nil {
			t.Errorf("%+v in %+v", o, snap.State)
		}
		if i > 0 && o.Legal && outOfOrder {
			t.Errorf("%s comes behind what is out of order, in %+v", o.Step.Verb, snap.State)
		}
		outOfOrder = outOfOrder || i > 0 && !o.Legal
		if i > 0 && sameStep(&o.Step, &options[0].Step) {
			t.Errorf("%s is there twice, in %+v", o.Step.Verb, snap.State)
		}
		if guard := GuardFor(snap, o.Step); !reflect.DeepEqual(guard, o.Guard) {
			t.Errorf("%s: the guard is %+v, shown is %+v", o.Step.Verb, guard, o.Guard)
		}
		if strings.Contains(o.Show, thePassword) {
			t.Errorf("the password is shown: %s", o.Show)
		}
	}
}

func TestOptionsBeforeStart(t *testing.T) {
	if got := Options(record.Snapshot{}, Goal{}); got != nil {
		t.Errorf("%+v", got)
	}
}

// At the beginning there is the lookup, and a connection without one is no step out of order.
func TestOptionsIdle(t *testing.T) {
	got := Options(snapshotOf(record.NewState(), nil), Goal{})
	if len(got) != 2 || got[0].Step.Verb != record.VerbResolve || got[1].Step.Verb != record.VerbConnect || !got[1].Legal {
		t.Errorf("%+v", got)
	}
}

// The best mechanism comes first, then what else is offered, then what is not; a response is shown masked, a random one
// not at all.
func TestOptionsAuth(t *testing.T) {
	s := record.NewState()
	s.Stage, s.ESMTP, s.Security = record.StageReady, true, record.SecurityVerified
	snap := snapshotOf(s, listed("AUTH LOGIN PLAIN SCRAM-SHA-256 X-ODD"))
	var shown []string
	for _, o := range Options(snap, Goal{Credentials: ann()}) {
		if o.Step.Verb == record.VerbAuth && o.Legal {
			shown = append(shown, o.Show)
		}
	}
	if got := strings.Join(shown, "|"); got != "AUTH SCRAM-SHA-256|AUTH PLAIN "+sasl.Mask+"|AUTH LOGIN|AUTH X-ODD" {
		t.Error(got)
	}
	for _, asked := range []string{"plain", "CRAM-MD5", "x-unheard-of"} {
		g := Goal{Credentials: ann(), Mechanism: asked}
		if o := authOptions(snap, g)[0]; o.Step.Mechanism != strings.ToUpper(asked) || o.Legal != (asked == "plain") {
			t.Errorf("the first for %s is %+v", asked, o)
		}
	}
}

// The client gives itself the address it has as a name (RFC 5321 §4.1.3), unless it has a better one.
func TestEHLOName(t *testing.T) {
	for local, want := range map[string]string{"192.0.2.1:49152": "[192.0.2.1]", "[2001:db8::1]:49152": "[IPv6:2001:db8::1]",
		"[fe80::1%eth0]:49152": "[IPv6:fe80::1]", "pipe": "[127.0.0.1]", "": "[127.0.0.1]"} {
		if got := ehloName(record.Snapshot{Connect: &record.Connect{Local: local}}, Goal{}); got != want {
			t.Errorf("%s: %s, want %s", local, got, want)
		}
	}
	if got := ehloName(record.Snapshot{}, Goal{EHLOName: "laptop.lab"}); got != "laptop.lab" {
		t.Error(got)
	}
}

// What is asked for a second time under TLS, after a fall back or after QUIT is said why.
func TestWhyHere(t *testing.T) {
	again := record.NewState()
	again.Stage, again.Security, again.Done = record.StageGreeted, record.SecurityVerified, []record.Phase{record.PhaseSTARTTLS}
	fallen := record.NewState()
	fallen.Stage, fallen.Done, fallen.Failed = record.StageClosed, []record.Phase{record.PhaseSTARTTLS}, []record.Phase{record.PhaseHandshake}
	gone := record.NewState()
	gone.Stage = record.StageClosed
	for _, test := range []struct {
		s    record.State
		must record.TLSMust
		want string
	}{
		{again, record.MustRequire, "what was learned before TLS is discarded"},
		{fallen, record.MustOpportunistic, "connect again and continue without it"},
		{fallen, record.MustRequire, "the connection is closed"},
		{gone, record.MustOpportunistic, "the connection is closed"},
	} {
		snap := snapshotOf(test.s, nil)
		snap.Start.Policy.Must = test.must
		if o := Options(snap, Goal{})[0]; !strings.Contains(o.Why, test.want) {
			t.Errorf("%s: %q", o.Step.Verb, o.Why)
		}
	}
}

// After a failed login the next attempt is found among the options, and elsewhere the proposal stands.
func TestAttempt(t *testing.T) {
	s := record.NewState()
	s.Stage, s.ESMTP, s.Security = record.StageReady, true, record.SecurityVerified
	fresh := snapshotOf(s, listed("AUTH LOGIN PLAIN XOAUTH2"))
	s.Failed = []record.Phase{record.PhaseAuth}
	failed := snapshotOf(s, listed("AUTH LOGIN PLAIN XOAUTH2"))
	none := snapshotOf(s, listed("SIZE"))
	for name, test := range map[string]struct {
		snap record.Snapshot
		goal Goal
		want string
	}{
		"nothing has failed":    {fresh, Goal{Credentials: ann()}, "auth PLAIN"},
		"the best once more":    {failed, Goal{Credentials: ann()}, "auth PLAIN"},
		"another mechanism":     {failed, Goal{Credentials: ann(), Mechanism: "login"}, "auth LOGIN"},
		"not offered":           {fresh, Goal{Credentials: ann(), Mechanism: "CRAM-MD5"}, "auth CRAM-MD5"},
		"nothing can be used":   {failed, Goal{Credentials: sasl.Credentials{Username: "ann"}}, "quit "},
		"nobody wants to":       {failed, Goal{}, "quit "},
		"no AUTH at all":        {none, Goal{Credentials: ann()}, "quit "},
		"no AUTH, on purpose":   {none, Goal{Credentials: ann(), Mechanism: "LOGIN"}, "auth LOGIN"},
		"a mechanism not known": {fresh, Goal{Credentials: ann(), Mechanism: "X-ODD"}, "auth X-ODD"},
	} {
		options := Options(test.snap, test.goal)
		o := options[Attempt(options, test.goal)]
		if got := string(o.Step.Verb) + " " + o.Step.Mechanism; got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
	if Attempt(nil, Goal{Credentials: ann()}) != 0 {
		t.Error("an attempt among no options")
	}
}

// A list of challenges that is at its end offers the cancel once.
func TestCancelIsListedOnce(t *testing.T) {
	s := record.NewState()
	s.Stage, s.Auth, s.Mechanism, s.Pending = record.StageReady, record.AuthExchange, "LOGIN", &record.Pending{Line: "*", Cancel: true}
	cancels := 0
	for _, o := range Options(snapshotOf(s, listed("AUTH LOGIN")), Goal{}) {
		if o.Show == "*" {
			cancels++
		}
	}
	if cancels != 1 {
		t.Errorf("listed %d times", cancels)
	}
}
