package ui

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"ehlo/session/engine"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
	"ehlo/transcripts"
)

// practice starts a scenario of the practice server with the real engine and the real recorder.
func practice(t *testing.T, name string) *Live {
	t.Helper()
	return practiceWith(t, name, func(*engine.Config) {})
}

// practiceWith starts it with something changed.
func practiceWith(t *testing.T, name string, change func(*engine.Config)) *Live {
	t.Helper()
	sc, err := lab.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	server, err := lab.Start(sc, lab.Options{})
	if err != nil {
		t.Fatal(err)
	}
	target, _ := record.ParseTarget(sc.Target, sc.User != "")
	target.Lab = true
	policy, _ := record.ParsePolicy("", target, sc.User != "")
	cfg := engine.Config{Target: target, Policy: policy, Resolver: server, Dial: server.DialContext}
	cfg.TLS.RootCAs = server.RootCAs()
	if sc.ClientCertificate {
		cert, err := server.ClientCertificate(sc.User)
		if err != nil {
			t.Fatal(err)
		}
		cfg.TLS.Certificates = []tls.Certificate{*cert}
	}
	goal := walk.Goal{EHLOName: "laptop.lab.test", From: sc.From, To: []string{sc.To}, Mechanism: sc.Mechanism, Credentials: sasl.Credentials{Username: sc.User}}
	var accounts []Account
	for _, a := range server.Accounts() {
		accounts = append(accounts, Account{User: a.User, Password: a.Password, AppPassword: a.AppPassword, Token: a.Token, Note: a.Story})
		if a.User == sc.User {
			goal.Credentials.Password, goal.Credentials.Token = sasl.NewSecret(cmp.Or(sc.Password, a.Password)), sasl.NewSecret(a.Token)
		}
	}
	cfg.Plan = goal.Plan()
	cfg.Plan.Scenario, cfg.Plan.Title, cfg.Plan.Story, cfg.Plan.Task = sc.Name, sc.Title, sc.Story, sc.Task
	change(&cfg)
	s := engine.New(cfg)
	recorder, err := transcripts.Record(s.Log(), filepath.Join(t.TempDir(), "walk.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	return &Live{Engine: s, Source: recorder, Goal: goal, Task: sc.Task,
		Roots:       func() (*x509.CertPool, string, error) { return server.RootCAs(), "as the practice server's own", nil },
		Certificate: func() (*tls.Certificate, error) { return server.ClientCertificate("ann") },
		Path:        recorder.Path(), Failed: recorder.Err, Accounts: accounts,
		Stop: func() error { s.Close(); return errors.Join(recorder.Close(), server.Close()) }}
}

func TestEnterAloneWalksThePracticeServer(t *testing.T) {
	live := practice(t, "submission")
	s := simLive(t, live, 80, 24)
	for i := 0; !s.root.walk.over; i++ {
		if i > 20 {
			t.Fatalf("twenty steps and no end:\n%s", s.frame())
		}
		if s.root.walk.sheet != nil {
			t.Fatalf("a sheet stopped the walk:\n%s", s.frame())
		}
		s.press("enter")
	}
	s.shows("✓ done", "transcript: ", "○ closed")
	s.root.joinAll()
	file, err := transcripts.Open(live.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if file.End() == nil || file.End().Exit != record.ExitOK || file.Damage() != nil {
		t.Errorf("end %+v, damage %v", file.End(), file.Damage())
	}
	r := simReplay(t, &Replay{Source: file, Path: live.Path, AddNote: file.AddNote}, 80, 24)
	r.shows("replay", "the end of the transcript", "✓ done").press("home").shows("○ not connected")
	for r.root.walk.inPast() {
		r.press("right")
	}
	r.hides("tulip-42").press("n").typed("seen in class").press("enter")
	r.until("the note", func() bool { return strings.Contains(r.frame(), "›#   seen in class") })
}

// A server that never stops talking must not stop the screen: keys work while it talks, and it ends at the bound.
func TestAnEndlessReplyLeavesTheScreenAlive(t *testing.T) {
	s := simLive(t, practice(t, "endless"), 80, 24)
	for i := 0; s.root.walk.verdict == nil && i < 8; i++ {
		s.tap("enter")
		for range 20 {
			s.tap("up", "v", "down").frame()
		}
		s.settle()
	}
	if s.root.walk.verdict == nil {
		t.Fatalf("it did not end:\n%s", s.frame())
	}
	s.shows("✗")
}

func TestEveryScenarioFitsTheScreen(t *testing.T) {
	for _, sc := range lab.Scenarios() {
		switch sc.Name {
		case "slow", "silent", "stall", "filtered", "wrong-port": // they take their time, which is what they teach
			continue
		}
		t.Run(sc.Name, func(t *testing.T) {
			s := simLive(t, practice(t, sc.Name), 80, 24)
			for range 16 {
				s.press("enter")
				if _, asked := s.root.walk.sheet.(*question); asked {
					s.press("y")
				}
				harmless(t, s)
			}
		})
	}
}
