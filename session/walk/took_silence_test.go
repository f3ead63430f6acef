package walk

import (
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/wire"
)

// waiting is a session that waits for the greeting of mail.example.
func waiting(port int) record.Snapshot {
	state := record.NewState()
	state.Stage = record.StageConnected
	plan := record.Plan{Target: record.Target{Host: "mail.example", Port: port}, Policy: record.Policy{Start: record.StartSTARTTLS, Must: record.MustRequire}}
	return record.Snapshot{Start: &record.Start{Plan: plan}, State: state}
}

// foundIn are the findings that follow from a reply.
func foundIn(s record.Snapshot, v record.Verb, r *record.Reply) (found []*record.Finding) {
	for _, e := range Took(&s, &record.Event{Kind: record.KindReply, Step: v, Reply: r}) {
		if e.Finding != nil {
			found = append(found, e.Finding)
		}
	}
	return found
}

// What a second connection showed decides a silence, and the end of one.
func TestProbeDecides(t *testing.T) {
	for _, test := range []struct {
		port    int
		probe   record.Probe
		trouble record.Trouble
		code    record.FindingCode
		words   string
	}{
		{587, record.Probe{TLS: true}, record.TroubleTimeout, record.FoundSilenceOnImplicitPort, "from the first byte"},
		{465, record.Probe{TLS: true, Trouble: record.TroubleTimeout}, record.TroubleTimeout, record.FoundSilenceOnImplicitPort, "from the first byte"},
		{8443, record.Probe{TLS: true, Trouble: record.TroubleTimeout}, record.TroubleTimeout, record.FoundSilenceInTLS, "HTTPS"},
		{8443, record.Probe{TLS: true, Raw: wire.Raw("220 x\r\n")}, record.TroubleTimeout, record.FoundSilenceOnImplicitPort, "from the first byte"},
		{993, record.Probe{TLS: true, Raw: wire.Raw("* OK IMAP ready\r\n")}, record.TroubleTimeout, record.FoundNotSMTP, "IMAP"},
		{587, record.Probe{Raw: wire.Raw("HTTP/1.0 400 Bad\r\n")}, record.TroubleClosed, record.FoundHTTPBanner, "HTTP/1.0 400 Bad"},
		{587, record.Probe{Raw: wire.Raw("220 mail ESMTP\r\n502 what\r\n")}, record.TroubleTimeout, record.FoundGreetingWaitsForClient, "220 mail ESMTP"},
		{587, record.Probe{Raw: wire.Raw("554 early talker\r\n")}, record.TroubleTimeout, record.FoundTimeout, "sent nothing: "},
		{587, record.Probe{Raw: wire.Raw("-ERR unknown\r\n")}, record.TroubleReset, record.FoundNotSMTP, "-ERR unknown"},
		{587, record.Probe{Trouble: record.TroubleTimeout}, record.TroubleTimeout, record.FoundTimeout, "did not answer a ClientHello either"},
		{587, record.Probe{Trouble: record.TroubleReset}, record.TroubleClosed, record.FoundClosedWithoutGreeting, "(reset)"},
	} {
		s := waiting(test.port)
		s.Probe = &test.probe
		found := foundIn(s, record.VerbGreeting, &record.Reply{Trouble: test.trouble, Wait: 5 * time.Second})
		if len(found) != 1 || found[0].Code != test.code || !strings.Contains(found[0].Text, test.words) {
			t.Errorf("%d %+v: %+v", test.port, test.probe, found)
		}
	}
}

// Without a second connection the time tells: at once, or after a wait for something.
func TestClosedWithoutGreeting(t *testing.T) {
	for wait, want := range map[time.Duration]record.FindingCode{0: record.FoundClosedAtOnce, time.Second: record.FoundClosedAtOnce, 5 * time.Second: record.FoundClosedWithoutGreeting} {
		for _, why := range []record.Trouble{record.TroubleClosed, record.TroubleReset} {
			found := foundIn(waiting(25), record.VerbGreeting, &record.Reply{Trouble: why, Wait: wait})
			if len(found) != 1 || found[0].Code != want || !strings.Contains(found[0].Text, endOf(why)) {
				t.Errorf("%s after %s: %+v", why, wait, found)
			}
		}
	}
	s := waiting(465)
	s.State.Security = record.SecurityVerified
	if found := foundIn(s, record.VerbGreeting, &record.Reply{Trouble: record.TroubleClosed}); len(found) != 1 || !strings.Contains(found[0].Text, "and the TLS handshake") {
		t.Errorf("inside TLS: %+v", found)
	}
}

// How long a reply took, and to what, says what the usual causes are.
func TestDelays(t *testing.T) {
	ready := waiting(25)
	ready.State.Stage = record.StageReady
	for _, test := range []struct {
		verb  record.Verb
		wait  time.Duration
		code  int
		words []string
	}{
		{record.VerbGreeting, 3 * time.Second, 220, nil},
		{record.VerbGreeting, 5 * time.Second, 220, []string{"after 5 seconds", "reverse DNS", "DNSBL", "postscreen"}},
		{record.VerbGreeting, 10 * time.Second, 220, []string{"after 10 seconds", "no name server answered"}},
		{record.VerbGreeting, 31 * time.Second, 220, []string{"after 31 seconds", "tarpit", "reverse DNS"}},
		{record.VerbMail, 5 * time.Second, 250, []string{"answered MAIL after 5 seconds", "DNSBL"}},
		{record.VerbRcpt, 10 * time.Second, 550, []string{"answered RCPT after 10 seconds", "tarpit"}},
		{record.VerbMail, 30 * time.Second, 250, []string{"tarpit"}},
		{record.VerbContent, 10 * time.Second, 250, []string{"filters"}},
		{record.VerbAuth, 5 * time.Second, 535, []string{"password backend"}},
	} {
		s := ready
		if test.verb == record.VerbGreeting {
			s = waiting(25)
		}
		var text string
		for _, f := range foundIn(s, test.verb, &record.Reply{Reply: wire.Reply{Code: test.code, Raw: wire.Raw("x"), Lines: []wire.Line{{Code: "250"}}}, Wait: test.wait}) {
			if f.Code == record.FoundGreetingDelayed || f.Code == record.FoundReplyDelayed {
				text = f.Text
			}
		}
		for _, word := range test.words {
			if !strings.Contains(text, word) {
				t.Errorf("%s after %s: %q has no %q", test.verb, test.wait, text, word)
			}
		}
		if test.words == nil && text != "" {
			t.Errorf("%s after %s: %q", test.verb, test.wait, text)
		}
	}
}

// A wait that came to nothing is told with what was waited for and how long.
func TestWaitsAreTold(t *testing.T) {
	for _, test := range []struct {
		e     record.Event
		words string
	}{
		{record.Event{Kind: record.KindResolve, Step: record.VerbResolve, Resolve: &record.Resolve{Host: "mail.example", Trouble: record.TroubleTimeout, Took: 5 * time.Second}}, "the lookup of mail.example timed out after 5 seconds"},
		{record.Event{Kind: record.KindConnect, Step: record.VerbConnect, Connect: &record.Connect{Remote: "192.0.2.1:25", Trouble: record.TroubleGaveUp, Took: 21 * time.Second}}, "Connecting to mail.example:25 (192.0.2.1:25) was given up after 21 seconds"},
		{record.Event{Kind: record.KindReply, Step: record.VerbGreeting, Reply: &record.Reply{Trouble: record.TroubleTimeout, Wait: 5 * time.Minute}}, "waiting for the greeting timed out after 5 minutes"},
		{record.Event{Kind: record.KindReply, Step: record.VerbEHLO, Reply: &record.Reply{Trouble: record.TroubleTimeout, Wait: time.Second, Took: 9 * time.Second}}, "waiting for the reply to EHLO timed out after 10 seconds"},
		{record.Event{Kind: record.KindReply, Step: record.VerbEHLO, Reply: &record.Reply{Reply: wire.Reply{Lines: []wire.Line{{Code: "250", Sep: '-'}}}, Trouble: record.TroubleTimeout, Took: 7 * time.Second}}, "The wait for that line timed out after 7 seconds"},
		{record.Event{Kind: record.KindSend, Step: record.VerbData, Send: &record.Send{Raw: wire.Raw("DATA\r\n"), Trouble: record.TroubleTimeout, Took: 3 * time.Second}}, "sending DATA timed out after 3 seconds"},
		{record.Event{Kind: record.KindTLS, Step: record.VerbHandshake, TLS: &record.TLS{Trouble: record.TroubleTimeout, Error: "no answer", Took: 4 * time.Second,
			Diagnosis: &record.Diagnosis{Code: record.FindingCode("tls-no-answer"), Text: "the server did not answer the ClientHello"}}}, "The server did not answer the ClientHello. The handshake timed out after 4 seconds."},
		{record.Event{Kind: record.KindReply, Step: record.VerbGreeting, Reply: &record.Reply{Trouble: record.TroubleTimeout, Wait: 10 * time.Millisecond}}, "timed out after less than a second"},
	} {
		var told []string
		s := waiting(25)
		for _, e := range Took(&s, &test.e) {
			if e.Finding != nil && e.Finding.Waited {
				told = append(told, e.Finding.Text)
			}
		}
		if len(told) != 1 || !strings.Contains(told[0], test.words) {
			t.Errorf("%q has no %q", told, test.words)
		}
	}
}
