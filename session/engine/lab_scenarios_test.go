package engine_test

import (
	"cmp"
	"crypto/tls"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"ehlo/session/course"
	"ehlo/session/engine"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// Each scenario of the practice server that is about a finding leads to it, and those about TLS to no other danger. Of all of
// them the log is a function of what was observed.
func TestScenariosAreFound(t *testing.T) {
	t.Parallel()
	for _, sc := range lab.Scenarios() {
		t.Run(sc.Name, func(t *testing.T) {
			t.Parallel()
			log := practiced(t, sc)
			got, want := refusals(log), strings.Join(course.Codes(sc.Name), ", ")
			if sc.Name == "ipv6-broken" && got == "" { // there is no IPv6 here
				want = ""
			}
			if got != want {
				t.Errorf("it shows the codes %q, and session/course/data/codes.txt has %q", got, want)
			}
			if sc.Finding == "" {
				return
			}
			found, dangers := false, []string{}
			for i := range log.Len() {
				f := log.At(i).Finding
				if f == nil {
					continue
				}
				found = found || string(f.Code) == sc.Finding
				if f.Severity == "danger" && string(f.Code) != sc.Finding {
					dangers = append(dangers, string(f.Code))
				}
			}
			if !found || strings.HasPrefix(sc.Finding, "cert-") && len(dangers) > 0 {
				t.Errorf("%s found is %v, and %v", sc.Finding, found, dangers)
			}
		})
	}
}

// refusals are the codes of the replies of a log that say no, each once.
func refusals(log *record.Log) string {
	var codes []string
	for i := range log.Len() {
		r := log.At(i).Reply
		if r == nil || r.Code < 400 {
			continue
		}
		code := strconv.Itoa(r.Code)
		if !r.Enhanced.IsZero() {
			code += " " + r.Enhanced.String()
		}
		if !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return strings.Join(codes, ", ")
}

// played are the sessions that were walked, by scenario: several tests look at the same ones.
var played sync.Map

// practiced is the log of a scenario that was walked through as its user.
func practiced(t *testing.T, sc lab.Scenario) *record.Log {
	play, _ := played.LoadOrStore(sc.Name, sync.OnceValue(func() *record.Log { return practice(t, sc) }))
	return play.(func() *record.Log)()
}

// practice walks through a scenario as its user.
func practice(t *testing.T, sc lab.Scenario) *record.Log {
	hurry := func(d time.Duration) <-chan time.Time { return time.After(d / 20) }
	server, err := lab.Start(sc, lab.Options{After: hurry})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	target, _ := record.ParseTarget(sc.Target, sc.User != "")
	target.Lab = true
	policy, _ := record.ParsePolicy(sc.TLS, target, sc.User != "")
	cfg := engine.Config{Target: target, Policy: policy, Resolver: server, Dial: server.DialContext, Timeout: patience(sc),
		TLS: engine.TLSConfig{RootCAs: server.RootCAs()}}
	own, err := server.OwnCertificate()
	if err != nil {
		t.Fatal(err)
	}
	if own != nil {
		cfg.TLS.Certificates = []tls.Certificate{*own}
	}
	goal := walk.Goal{EHLOName: "laptop.lab.test", From: sc.From, To: strings.Split(sc.To, ", "), Mechanism: sc.Mechanism, Credentials: sasl.Credentials{Username: sc.User},
		Experiment: sc.Experiment, Pipelining: sc.Pipelining, Chunking: sc.Chunk > 0, Chunk: sc.Chunk}
	if sc.PRDR {
		goal.Envelope = &record.Envelope{PRDR: true}
	}
	for _, a := range server.Accounts() {
		if a.User == sc.User {
			goal.Credentials.Password, goal.Credentials.Token = sasl.NewSecret(cmp.Or(sc.Password, a.Password)), sasl.NewSecret(a.Token)
		}
	}
	cfg.Plan = goal.Plan()
	cfg.Plan.MX, cfg.Plan.Lookups = sc.MX, record.Questions(sc.Lookups)
	s := engine.New(cfg)
	engine.Walk(t.Context(), s, goal)
	s.Finish()
	engine.Derives(t, s)
	return s.Log()
}

// patience is how long a step waits: no longer than it takes to see a silence, and else as long as a busy machine may need.
func patience(sc lab.Scenario) time.Duration {
	if sc.Finding == string(record.FoundTimeout) {
		return time.Second
	}
	return time.Minute
}

// The practice server does what is right in every experiment, but for the scenario in which LF alone ends a line.
func TestExperimentsInTheLab(t *testing.T) {
	right, _ := lab.Find("relay-denied")
	wrong, _ := lab.Find("smuggling")
	for _, x := range walk.Experiments() {
		for scenario, held := range map[*lab.Scenario]bool{&right: true, &wrong: !strings.Contains(x.Name, "LF.LF") && x.Name != "LF.CRLF" && x.Name != "bare-lf"} {
			sc := *scenario
			sc.Experiment, sc.To = x.Name, "bob@lab.test"
			log, want := practice(t, sc), record.ExitOK
			if !held {
				want = record.ExitProtocol
			}
			if end := log.At(log.Len() - 1).End; end.Exit != want {
				t.Errorf("%s in %s: exit %d, want %d: %s", x.Name, sc.Name, end.Exit, want, end.Cause)
			}
		}
	}
}
