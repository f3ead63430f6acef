package ui

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/tlswire"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// evil holds every character that a terminal may act on, or that makes text look like what it is not.
func evil() string {
	var b strings.Builder
	for c := range rune(0x20) {
		b.WriteRune(c)
	}
	for c := rune(0x7f); c < 0xa1; c++ {
		b.WriteRune(c)
	}
	b.WriteString("\xff\xfe\x80\xc0\xaf\x1b[2J\x1b]0;title\a\x1b]52;c;cXVpdA==\a\x1bP q\x1b\\\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u200b\u2028\u2029\ufeff\U000e0041")
	return b.String()
}

// Nothing that a server, a file or a certificate says comes to the terminal but as visible text.
func TestHostileTextIsVisible(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		log := hostileLog()
		s := simReplay(t, &Replay{Source: log, Path: evil(), Damage: evil}, size[0], size[1])
		s.press("home")
		for !s.root.walk.atEnd() {
			for _, view := range []string{"v", "v", "v", "v", "esc"} {
				s.press(view)
				harmless(t, s)
			}
			s.press("right")
		}
		s.press("tab")
		harmless(t, s)
		s.press("esc", "s")
		harmless(t, s)
	}
}

func harmless(t *testing.T, s *sim) {
	t.Helper()
	view := s.root.View()
	if i := strings.IndexFunc(view, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) || unicode.Is(unicode.Cf, r) }); i >= 0 || !utf8.ValidString(view) {
		t.Fatalf("the view has %q in\n%q", view[i:min(i+8, len(view))], view)
	}
	fits(t, "hostile", view, s.root.width, s.root.height)
}

// hostileLog has evil text in every field that may come from outside.
func hostileLog() *record.Log {
	x := evil()
	log := &record.Log{}
	state := record.NewState()
	state.Stage, state.Security, state.Auth = record.StageReady, record.SecurityVerified, record.AuthDone
	state.Peer, state.User, state.Mechanism, state.Sender, state.Recipients = x, x, x, x, []string{x}
	reply := record.Reply{Reply: *parse("250-" + strings.ReplaceAll(x, "\n", "") + "\r\n250 STARTTLS " + strings.ReplaceAll(x, "\n", "") + "\r\n"), Error: x, Masked: x}
	capabilities := wire.ParseCapabilities(reply.Reply)
	changes := wire.Diff(capabilities, wire.ParseCapabilities(*parse("250-a\r\n250 X" + strings.ReplaceAll(x, "\n", "") + "\r\n")))
	explained := &explain.Explanation{Short: x, Text: x, Cause: x, Remedy: x, Vendor: x, Refs: []explain.Ref{{Doc: x, Section: x}}}
	certificate := record.Certificate{Subject: x, Issuer: x, Names: []string{x}, Key: x, Signature: x, SHA256: x, Raw: []byte(x)}
	for _, e := range []record.Event{
		{Kind: record.KindStart, Start: &record.Start{Time: epoch, Format: x, Program: x, Plan: record.Plan{
			Target: record.Target{Host: x, Port: 25}, Scenario: x, Title: x, Story: x, Task: x, User: x, Mechanism: x, From: x, To: []string{x}, EHLOName: x}}},
		{Kind: record.KindLookup, Lookup: &record.Lookup{Type: x, Name: x, Server: x, Status: record.StatusNoError, Answers: []record.Answer{{Name: x, Type: x, Data: x}, {Type: "MX", Data: x}}}},
		{Kind: record.KindLookup, Lookup: &record.Lookup{Type: x, Name: x, Status: x, Trouble: record.Trouble(x), Error: x}},
		{Kind: record.KindLookup, Lookup: &record.Lookup{}},
		{Kind: record.KindResolve, Resolve: &record.Resolve{Host: x, Network: x, Addresses: []string{x}, Hosts: []string{x}}},
		{Kind: record.KindResolve, Resolve: &record.Resolve{Host: x, Error: x}},
		{Kind: record.KindConnect, Connect: &record.Connect{Local: x, Remote: x}},
		{Kind: record.KindConnect, Connect: &record.Connect{Remote: x, Error: x}},
		{Kind: record.KindState, State: &state},
		{Kind: record.KindSend, Step: record.VerbEHLO, Send: &record.Send{Raw: wire.Raw(x), Masked: []string{x}}, Explain: explained},
		{Kind: record.KindReply, Step: record.VerbEHLO, Reply: &reply, Explain: explained},
		{Kind: record.KindReply, Reply: &record.Reply{Reply: wire.Reply{Raw: wire.Raw(x)}, Error: x, Unasked: true}},
		{Kind: record.KindReply, Reply: &record.Reply{Error: x}},
		{Kind: record.KindCapabilities, Capabilities: &record.Capabilities{Capabilities: capabilities, Changes: &changes}},
		{Kind: record.KindTLSMessage, TLSMessage: &tlswire.Message{Dir: x, Kind: tlswire.Kind(x), Name: x, Raw: []byte(x), Key: x, Reason: x}},
		{Kind: record.KindTLS, TLS: &record.TLS{Version: x, CipherSuite: x, Group: x, ALPN: x, ServerName: x, Reference: x, Verified: true,
			Chain: record.Listed([]record.Certificate{certificate}), Checks: record.Listed([]record.Check{{Name: x, Text: x, Finding: record.FindingCode(x)}})}, Explain: explained},
		{Kind: record.KindTLS, TLS: &record.TLS{Error: x}},
		{Kind: record.KindAuth, Auth: &record.Auth{Mechanism: x, From: x, Values: []sasl.Value{{Name: x, Text: x, How: x, Ref: x}, {Name: x, Bytes: []byte(x), Hides: x}}}},
		{Kind: record.KindAuth, Auth: &record.Auth{Mechanism: x, Outcome: "failure"}},
		{Kind: record.KindFinding, Finding: &record.Finding{Code: record.FindingCode(x), Severity: record.Severity(x), Text: x, Remedy: x, Refs: []explain.Ref{{Doc: x}}}},
		{Kind: record.KindForgot, Forgot: &record.Forgot{Greeting: x, Capabilities: []string{x}}},
		{Kind: record.KindNote, Note: &record.Note{On: 2, Text: x}},
		{Kind: "unheard-of"},
		{Kind: record.KindReply}, // a payload that the file did not have
		{Kind: record.KindEnd, End: &record.Verdict{Phase: record.Phase(x), Exit: 77, Outcome: record.Outcome(x), Finding: record.FindingCode(x), Cause: x, Who: record.Who(x),
			Advice: []record.Advice{{Do: record.AskOperator, Text: x}, {Do: record.Action(x), Name: x}, {Do: record.TryMechanism, Name: x}},
			Facts: record.Facts{Peer: x, Address: x, TLS: x, Suite: x, Names: []string{x}, SHA256: x, Offered: []string{x}, Used: x, User: x, Refused: []string{x}, Exposed: x,
				Earlier: []record.Attempt{{Cause: x}}}}},
	} {
		e.T = time.Second
		log.Append(e)
	}
	return log
}

func TestHostileErrorsAreVisible(t *testing.T) {
	sc := newScene()
	live := sc.live()
	live.Failed = func() error { return errors.New(evil()) }
	s := newSim(t, &App{}, 80, 24)
	s.run(s.root.showLive(live))
	s.settle()
	harmless(t, s)
	sc.guards[record.VerbResolve] = walk.Guard{Code: "x", Question: evil(), Why: evil()}
	s.press("enter")
	harmless(t, s)
	live.Failed = nil
	s.root.walk.sheet = &trouble{w: s.root.walk, text: evil(), hint: evil()}
	harmless(t, s)

	h := simHome(t, homeApp(), 80, 24)
	h.send(openedMsg{err: errors.New(evil())})
	h.send(recentMsg{{Path: evil(), Target: evil(), Outcome: evil()}})
	harmless(t, h)
	h.tap("down", "down", "enter")
	harmless(t, h)
}

// Secrets that a person typed are on the screen in no form.
func TestSecretsAreNotShown(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		s, _ := walked(t, 8, size[0], size[1])
		s.press("home")
		for !s.root.walk.atEnd() {
			for _, view := range []string{"v", "v", "v", "v", "esc"} {
				s.press(view).hides("tulip", "AGFubgB0dWxpcC00Mg", "74 75 6c 69 70")
			}
			s.press("right")
		}
		s.press("c").hides("tulip").press("down", "down").hides("tulip").press("esc")
		s.press("q").hides("tulip")
	}
}
