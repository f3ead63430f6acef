package export

import (
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
)

var update = flag.Bool("update", false, "write the golden files again")

// golden compares text with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; -update writes it again. got:\n%s", path, got)
	}
}

var began = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// story collects the events of a session as an engine would append them.
type story struct {
	t testing.TB
	record.Log
	verb record.Verb
	tls  bool
}

func (s *story) add(e record.Event) {
	e.Step = s.verb
	e.T = time.Duration(s.Len()) * time.Millisecond
	s.Append(e)
}

func (s *story) send(verb record.Verb, line string, masked ...string) {
	s.verb = verb
	s.add(record.Event{Kind: record.KindSend, Explain: article(string(verb) + " is sent"),
		Send: &record.Send{Raw: wire.Raw(line + "\r\n"), Masked: masked, TLS: s.tls, Cipher: s.cipher(len(masked) > 0)}})
}

func (s *story) reply(after, text string) *record.Reply {
	r, err := wire.NewReader(strings.NewReader(text), wire.Limits{}).ReadReply()
	out := &record.Reply{Reply: r, Wait: 2400 * time.Microsecond, TLS: s.tls, Cipher: s.cipher(false)}
	if err != nil {
		out.Error = err.Error()
	}
	x := article(words.List(" ", "an answer", words.Labelled("to ", after)))
	if r.Code >= 500 {
		x.Vendor, x.Cause, x.Remedy = "Postfix", "The server does not know the mailbox.", "check the address"
	}
	s.add(record.Event{Kind: record.KindReply, Reply: out, Explain: x})
	return out
}

func (s *story) cipher(secret bool) *record.Cipher {
	if !s.tls {
		return nil
	}
	return &record.Cipher{Total: 66, Withheld: secret}
}

func (s *story) message(dir, name string, size int, encrypted bool) {
	s.add(record.Event{Kind: record.KindTLSMessage, Explain: article("a " + name),
		TLSMessage: &tlswire.Message{Dir: dir, Kind: tlswire.KindHandshake, Name: name, Raw: make([]byte, size), Encrypted: encrypted}})
}

// article is an explanation whose words do not change when the program learns more.
func article(short string) *explain.Explanation {
	return &explain.Explanation{Short: short, Text: "This is the longer text about: " + short + ". It is a paragraph, so that lines are wrapped at the width.",
		Refs: []explain.Ref{{Doc: "RFC 5321", Section: "4.2"}, {Doc: "RFC 3207"}}}
}

// wholeSession is a walk from lookup to QUIT over STARTTLS, with AUTH and one refused recipient.
func wholeSession(t testing.TB) *story {
	s := &story{t: t}
	st := record.NewState()
	moved := func(change func()) {
		change()
		now := st
		s.add(record.Event{Kind: record.KindState, State: &now})
	}
	s.add(record.Event{Kind: record.KindStart, Start: &record.Start{Format: record.Format, Program: "ehlo 1.0", Time: began,
		Plan: record.Plan{Target: record.Target{Host: "mail.example.org", Port: 587},
			Policy: record.Policy{Start: record.StartSTARTTLS, Must: record.MustRequire}}}})
	moved(func() {})
	s.verb = record.VerbResolve
	s.add(record.Event{Kind: record.KindResolve, Resolve: &record.Resolve{Host: "mail.example.org", Network: "ip",
		Addresses: []string{"2001:db8::25", "192.0.2.25"}, Took: 3 * time.Millisecond}})
	moved(func() { st.Stage = record.StageResolved })
	s.verb = record.VerbConnect
	s.add(record.Event{Kind: record.KindConnect, Connect: &record.Connect{Remote: "[2001:db8::25]:587", Took: time.Second, Error: "connection refused"}})
	s.add(record.Event{Kind: record.KindConnect, Connect: &record.Connect{Remote: "192.0.2.25:587", Local: "192.0.2.7:40112", Took: 12 * time.Millisecond}})
	moved(func() { st.Stage = record.StageConnected })
	s.verb = record.VerbGreeting
	s.reply("", "220 mail.example.org ESMTP Postfix\r\n")
	moved(func() { st.Stage, st.Peer = record.StageGreeted, "mail.example.org" })
	s.send(record.VerbEHLO, "EHLO laptop.example.net")
	before := s.reply("EHLO", "250-mail.example.org\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250 STARTTLS\r\n")
	first := wire.ParseCapabilities(before.Reply)
	s.add(record.Event{Kind: record.KindCapabilities, Capabilities: &record.Capabilities{Capabilities: first}})
	moved(func() { st.Stage, st.ESMTP = record.StageReady, true })
	s.send(record.VerbSTARTTLS, "STARTTLS")
	s.reply("STARTTLS", "220 2.0.0 Ready to start TLS\r\n")
	moved(func() { st.Stage = record.StageUpgrading })
	s.handshake()
	s.add(record.Event{Kind: record.KindForgot, Forgot: &record.Forgot{Greeting: "mail.example.org", Capabilities: []string{"PIPELINING", "SIZE 10240000", "STARTTLS"}}})
	moved(func() { st.Stage, st.Security, st.ESMTP = record.StageGreeted, record.SecurityAccepted, false })
	s.tls = true
	s.send(record.VerbEHLO, "EHLO laptop.example.net")
	after := s.reply("EHLO", "250-mail.example.org\r\n250-PIPELINING\r\n250-SIZE 20480000\r\n250 AUTH PLAIN LOGIN\r\n")
	second := wire.ParseCapabilities(after.Reply)
	changes := wire.Diff(first, second)
	s.add(record.Event{Kind: record.KindCapabilities, Capabilities: &record.Capabilities{Capabilities: second, TLS: true, Changes: &changes}})
	moved(func() { st.Stage, st.ESMTP = record.StageReady, true })
	s.send(record.VerbAuth, "AUTH PLAIN "+sasl.Mask, "password")
	s.add(record.Event{Kind: record.KindAuth, Auth: &record.Auth{Mechanism: "PLAIN", From: "C", Values: []sasl.Value{
		{Name: "authzid", How: "empty: to act as oneself", Ref: "RFC 4616 §2"}, {Name: "authcid", Text: "ann"},
		{Name: "passwd", Text: "hunter2", Hides: sasl.HidesPassword, How: "the password itself"}}}})
	s.reply("AUTH", "235 2.7.0 Authentication successful\r\n")
	s.add(record.Event{Kind: record.KindAuth, Auth: &record.Auth{Mechanism: "PLAIN", From: "S", Outcome: "success"}})
	moved(func() { st.Auth, st.Mechanism, st.User = record.AuthDone, "PLAIN", "ann" })
	s.send(record.VerbMail, "MAIL FROM:<ann@example.org>")
	s.reply("MAIL", "250 2.1.0 Ok\r\n")
	moved(func() { st.Transaction, st.Sender = record.TransactionMail, "ann@example.org" })
	s.send(record.VerbRcpt, "RCPT TO:<nobody@example.org>")
	s.reply("RCPT", "550 5.1.1 <nobody@example.org>: Recipient address rejected: User unknown in local recipient table\r\n")
	moved(func() { st.Failed = []record.Phase{record.PhaseRcpt} })
	s.send(record.VerbQuit, "QUIT")
	s.reply("QUIT", "221 2.0.0 Bye\r\n")
	moved(func() { st = record.NewState(); st.Stage = record.StageClosed })
	s.verb = ""
	s.add(record.Event{Kind: record.KindNote, Note: &record.Note{On: 40, Text: "the name was misspelled\nsee ticket 7"}})
	s.add(record.Event{Kind: record.KindEnd, End: &record.Verdict{Phase: record.PhaseRcpt, Exit: record.ExitEnvelope, Outcome: record.OutcomeRefused,
		Code: 550, Finding: record.FoundRecipientUnknown, Cause: "mail.example.org does not know the recipient <nobody@example.org>: 550 5.1.1.", Who: record.WhoYou,
		Advice: []record.Advice{{Do: record.CheckAddress}, {Do: record.AskOperator, Text: "the address nobody@example.org is refused"}},
		Facts: record.Facts{Peer: "mail.example.org", Address: "192.0.2.25:587", TLS: "TLS 1.3", Suite: "TLS_AES_128_GCM_SHA256", Names: []string{"mail.example.org"},
			Expires: began.AddDate(0, 0, -3), SHA256: "00ff", Offered: []string{"PLAIN", "LOGIN"}, Used: "PLAIN", User: "ann", Size: 20480000,
			Refused: []string{"nobody@example.org"}, Earlier: []record.Attempt{{Phase: record.PhaseConnect, Cause: "connection refused"}}}}})
	return s
}

func (s *story) handshake() {
	s.verb = record.VerbHandshake
	s.message("C", "ClientHello", 1534, false)
	s.message("S", "ServerHello", 1210, false)
	s.message("S", "EncryptedExtensions", 10, true)
	s.message("S", "Certificate", 913, true)
	s.message("S", "CertificateVerify", 79, true)
	s.message("S", "Finished", 36, true)
	s.message("C", "Finished", 36, true)
	s.add(record.Event{Kind: record.KindTLS, TLS: &record.TLS{Version: "TLS 1.3", CipherSuite: "TLS_AES_128_GCM_SHA256",
		Group: "X25519MLKEM768", ServerName: "mail.example.org", Reference: "mail.example.org", Verified: false,
		Took: 5100 * time.Microsecond, Sent: 1600, Received: 2400,
		Checks: record.Listed([]record.Check{{Name: "chain", OK: true, Text: "leads to Example Root"},
			{Name: "time", Finding: "cert-expired", Text: "ended 3 days ago"}}),
		Chain: record.Listed([]record.Certificate{{Subject: "CN=mail.example.org", Issuer: "CN=Example Root", Names: []string{"mail.example.org"},
			NotBefore: began.AddDate(0, -3, 0), NotAfter: began.AddDate(0, 0, -3), Key: "ECDSA P-256", Signature: "ECDSA-SHA256", SHA256: "00ff"}}),
		Path: record.Listed([]record.Link{{Sent: 1, Checks: []record.Check{{Name: "signature", OK: true, Text: "the signature is valid"}, {Name: "time", Text: "ended on 2026-01-01"}}},
			{Certificate: &record.Certificate{Subject: "CN=Example Root"}, Trusted: "among the system's roots"}}),
		Decided: decided(tlswire.Summary{
			Version:  tlswire.Choice{Offered: []tlswire.Code{{Value: 0x304, Name: "TLS 1.3"}, {Value: 0x303, Name: "TLS 1.2"}}, Chosen: tlswire.Code{Value: 0x304, Name: "TLS 1.3"}},
			Protocol: tlswire.Words{Offered: []string{"smtp"}}, Exchange: "ClientHello and ServerHello", Complete: true, RoundTrips: 1,
			ClientEncrypted: tlswire.Start{Message: "Finished", Offset: 1545}, ServerEncrypted: tlswire.Start{Message: "EncryptedExtensions", Offset: 1221},
			Notes: []tlswire.Note{{Code: "tls-version-current", Severity: "info", Text: "TLS 1.3 is the current version", Ref: "RFC 9846"},
				{Code: "tls-certificate-hidden", Severity: "info", Text: "an eavesdropper did not see the certificate", Ref: "RFC 9846 §2"}}})}})
	s.add(record.Event{Kind: record.KindFinding, Finding: &record.Finding{Code: "cert-expired", Severity: "danger",
		Text: "the certificate ended 3 days ago", Remedy: "renew it on the server", Refs: []explain.Ref{{Doc: "RFC 5280", Section: "4.1.2.5"}}}})
	s.add(record.Event{Kind: record.KindFinding, Finding: &record.Finding{Code: "tls-group-pq", Severity: "info", Text: "a hybrid group is in use"}})
}

// decided is what a transcript says that a handshake decided.
func decided(s tlswire.Summary) *record.Decided {
	var d record.Decided
	text, err := json.Marshal(s)
	if err := errors.Join(err, json.Unmarshal(text, &d)); err != nil {
		panic(err)
	}
	return &d
}

func render(t *testing.T, text Text, src record.Source) string {
	t.Helper()
	var lines []string
	for i := range src.Len() {
		lines = append(lines, text.Event(src.At(i))...)
	}
	return strings.Join(lines, "\n") + "\n"
}

func TestWholeSession(t *testing.T) {
	tests := []struct {
		file string
		text Text
	}{
		{"normal.txt", Text{}},
		{"quiet.txt", Text{Depth: Quiet, Width: 80}},
		{"brief.txt", Text{Depth: Brief, Width: 80}},
		{"full.txt", Text{Depth: Full, Width: 100}},
		{"narrow.txt", Text{Width: 60}},
		{"color.txt", Text{Color: true, Depth: Brief}},
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			got := render(t, test.text, stable(wholeSession(t), test.text.Depth))
			golden(t, test.file, got)
			if strings.Contains(got, "hunter2") {
				t.Error("the password is shown")
			}
		})
	}
}

// stable leaves out what other packages open at the depth Full, in words of their own.
func stable(src record.Source, depth Depth) record.Source {
	kept := &record.Log{}
	for i := range src.Len() {
		if e := src.At(i); depth != Full || e.Kind != record.KindTLSMessage && e.Kind != record.KindCapabilities {
			kept.Append(*e)
		}
	}
	return kept
}

func TestFullOpensCapabilities(t *testing.T) {
	c := wire.ParseCapabilities(wire.Reply{Lines: []wire.Line{{Text: "x"}, {Text: "SIZE 10240000"}, {Text: "X-UNHEARD of"}}})
	e := record.Event{Kind: record.KindCapabilities, Capabilities: &record.Capabilities{Capabilities: c}}
	got := strings.Join((&Text{Depth: Full}).Event(&e), "\n")
	size, _ := explain.Keyword("SIZE", []string{"10240000"})
	for _, want := range []string{" *   2 capability lines\n", "       SIZE 10240000: " + size.Short + "\n", "       X-UNHEARD of: "} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestFullOpensTLSMessages(t *testing.T) {
	m := tlswire.Message{Dir: "S", Kind: tlswire.KindAlert, Name: "Alert", Type: 40, Raw: []byte{2, 40}}
	e := record.Event{Kind: record.KindTLSMessage, TLSMessage: &m}
	got := strings.Join((&Text{Depth: Full}).Event(&e), "\n")
	if len(m.Fields(time.Time{}, explain.Meaning)) == 0 {
		t.Fatal("no fields")
	}
	for _, f := range m.Fields(time.Time{}, explain.Meaning) {
		if want := "       " + f.Name + " = " + f.Value; !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// Colors are the only difference that they make.
func TestColorsAddNothing(t *testing.T) {
	plain := render(t, Text{Depth: Full, Width: 80}, wholeSession(t))
	color := render(t, Text{Depth: Full, Width: 80, Color: true}, wholeSession(t))
	for _, code := range []string{colorClient, colorServer, colorWarn, colorBad, colorDim, colorOff} {
		color = strings.ReplaceAll(color, code, "")
	}
	if plain != color {
		t.Error("without its colors the text is another one")
	}
}

// One event at a time, against everything that can be in one.
func TestEvent(t *testing.T) {
	tests := []struct {
		name  string
		event record.Event
		want  string
	}{
		{"literal address", record.Event{Kind: record.KindResolve, Resolve: &record.Resolve{Host: "::1", Literal: true}}, " *   ::1 is an address already"},
		{"no address", record.Event{Kind: record.KindResolve, Resolve: &record.Resolve{Host: "x.test", Error: "no such host", Took: 1200 * time.Millisecond}},
			" !   no address for x.test: no such host\n       after 1.2 s"},
		{"unasked", record.Event{Kind: record.KindReply, Reply: &record.Reply{Reply: wire.Reply{Raw: wire.Raw("250 ok\r\n"), Code: 250}, Unasked: true, TLS: true}},
			"<~!  250 ok\n       no command asked for this reply"},
		{"half a reply", record.Event{Kind: record.KindReply, Reply: &record.Reply{Reply: wire.Reply{Raw: wire.Raw("250-a\r\n25"), Code: 250}, Error: "the connection was closed"}},
			"<-!  250-a\n<-!  25\n !   the connection was closed"},
		{"no reply", record.Event{Kind: record.KindReply, Reply: &record.Reply{Error: "no answer in time", Wait: 5 * time.Minute}},
			" !   no reply: no answer in time\n       after 5 min 0 s"},
		{"bare line feeds", record.Event{Kind: record.KindReply, Reply: &record.Reply{Reply: wire.Reply{Raw: wire.Raw("250-a\n250 b\n"), Code: 250,
			Defects: []wire.Defect{{Line: 1, Text: "the line ends with LF alone", Ref: "RFC 5321 §2.3.8", More: 1}}}}},
			"<-   250-a\\n\n<-   250 b\\n\n       line 1: the line ends with LF alone and 1 more line (RFC 5321 §2.3.8)"},
		{"content", record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw("Subject: x\r\n\r\n..dot\r\n.\r\n"), Content: true, Size: 25, Stuffed: 1, Normalized: 2}},
			" ->  Subject: x\n ->  \n ->  ..dot\n ->  .\n       content: 25 bytes on the wire\n       dots: 1 line began with a dot and got a second dot (RFC 5321 §4.5.2)\n       line endings: 2 line endings changed to CRLF (RFC 5321 §2.3.8)"},
		{"long content", record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw(strings.Repeat("a\r\n", 22)), Content: true, Edited: true}},
			strings.Repeat(" ->  a\n", 20) + "       … 2 more lines\n       typed by hand\n       content: 66 bytes on the wire"},
		{"long line", record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw(strings.Repeat("a", 1001))}},
			" ->  " + strings.Repeat("a", 1000) + " … 1 more byte"},
		{"fatal alert", record.Event{Kind: record.KindTLSMessage, TLSMessage: &tlswire.Message{Dir: "S", Kind: tlswire.KindAlert, Name: "Alert", Raw: []byte{2, 40}}},
			"<-!  TLS  Alert: handshake_failure     2 bytes  in cleartext"},
		{"close_notify", record.Event{Kind: record.KindTLSMessage, TLSMessage: &tlswire.Message{Dir: "C", Kind: tlswire.KindAlert, Name: "Alert", Raw: []byte{1, 0}, Encrypted: true}},
			" ~>  TLS  Alert: close_notify        2 bytes  encrypted"},
		{"partial message", record.Event{Kind: record.KindTLSMessage, TLSMessage: &tlswire.Message{Dir: "S", Kind: tlswire.KindUnknown, Name: "unknown", Raw: []byte("220 hi"), Partial: true, Reason: "not a TLS record"}},
			"<-!  TLS  unknown                    6 bytes  in cleartext\n       not a TLS record"},
		{"dead handshake", record.Event{Kind: record.KindTLS, TLS: &record.TLS{Error: "the server sent plain text"}},
			" !   the TLS handshake failed: the server sent plain text\n       took: 0 bytes sent, 0 bytes received"},
		{"AUTH fails", record.Event{Kind: record.KindAuth, Auth: &record.Auth{Mechanism: "LOGIN", Outcome: "failure"}}, " !   AUTH LOGIN rejected"},
		{"newer kind", record.Event{Kind: "dns", Explain: &explain.Explanation{Short: "a record"}}, " *   event of kind dns, which this program does not know\n       a record"},
		{"unknown exit", record.Event{Kind: record.KindEnd, End: &record.Verdict{Phase: "x", Exit: 99, Outcome: "odd"}}, " !   odd at x, exit code 99: an unknown exit code\n       who has to act: unknown"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := strings.Join(new(Text).Event(&test.event), "\n"); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestStateTellsWhatChanged(t *testing.T) {
	text := &Text{}
	st := record.NewState()
	tell := func(want string, change func()) {
		t.Helper()
		change()
		now := st
		got := strings.Join(text.Event(&record.Event{Kind: record.KindState, State: &now}), "\n")
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	tell("", func() {})
	tell(" =   ready for commands; TLS, unverified, and accepted anyway", func() { st.Stage, st.Security = record.StageReady, record.SecurityAccepted })
	tell("", func() {})
	tell(" =   in AUTH LOGIN, unverified", func() { st.Auth, st.Mechanism = record.AuthExchange, "LOGIN" })
	tell(" =   authenticated as \\x1b[2J, unverified", func() { st.Auth, st.User = record.AuthDone, "\x1b[2J" })
	tell(" =   2 recipients accepted, unverified", func() { st.Transaction, st.Recipients = record.TransactionRcpt, []string{"a", "b"} })
	tell(" =   1 message accepted, unverified", func() { st.Transaction, st.Recipients, st.Delivered = record.TransactionNone, nil, 1 })
	tell(" !   out of sync: nothing more is sent on this connection", func() { st.Stage = record.StageBroken })
	tell(" =   the connection is closed", func() { st = record.NewState(); st.Stage = record.StageClosed })
}

// Every text in every event may be hostile: none of it reaches the output as it is.
func TestHostileTextIsMadeVisible(t *testing.T) {
	for _, depth := range []Depth{Quiet, Brief, Normal, Full} {
		for _, e := range hostileEvents() {
			text := &Text{Depth: depth, Width: 80, How: func(a record.Advice) string { return a.Name + a.Text }}
			for _, line := range text.Event(&e) {
				if strings.ContainsFunc(line, unsafe) {
					t.Errorf("depth %d, %s: %q", depth, e.Kind, line)
				}
			}
		}
	}
}

func unsafe(c rune) bool {
	return unicode.IsControl(c) || unicode.In(c, unicode.Cf, unicode.Zl, unicode.Zp) || c == unicode.ReplacementChar
}

const hostile = "\x1b[2J\x07\r\n\t\x9b31m\u202e\u2028\xff\u00a0"

func hostileEvents() []record.Event {
	x := &explain.Explanation{Short: hostile, Text: hostile, Cause: hostile, Remedy: hostile, Vendor: hostile, Refs: []explain.Ref{{Doc: hostile, Section: hostile}}}
	capability := wire.Capability{Raw: wire.Raw(hostile), Keyword: hostile, Params: []string{hostile}}
	st := record.State{Stage: hostile, Security: hostile, Auth: record.AuthDone, User: hostile, Mechanism: hostile}
	events := []record.Event{
		{Kind: record.KindStart, Start: &record.Start{Program: hostile, Plan: record.Plan{Target: record.Target{Host: hostile}, Policy: record.Policy{Start: hostile, Must: hostile}, Scenario: hostile, Title: hostile, Story: hostile, Task: hostile, User: hostile, To: []string{hostile}}}},
		{Kind: record.KindLookup, Lookup: &record.Lookup{Type: hostile, Name: hostile, Server: hostile, Status: record.StatusNoError, Answers: []record.Answer{{Name: hostile, Type: hostile, Data: hostile}}}},
		{Kind: record.KindLookup, Lookup: &record.Lookup{Type: hostile, Name: hostile, Status: hostile, Trouble: hostile, Error: hostile}},
		{Kind: record.KindLookup, Lookup: &record.Lookup{}},
		{Kind: record.KindResolve, Resolve: &record.Resolve{Host: hostile, Addresses: []string{hostile}, Hosts: []string{hostile}}},
		{Kind: record.KindResolve, Resolve: &record.Resolve{Host: hostile, Error: hostile}},
		{Kind: record.KindConnect, Connect: &record.Connect{Remote: hostile, Local: hostile}},
		{Kind: record.KindConnect, Connect: &record.Connect{Remote: hostile, Error: hostile}},
		{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw(hostile), Masked: []string{hostile}}},
		{Kind: record.KindReply, Reply: &record.Reply{Reply: wire.Reply{Raw: wire.Raw(hostile), Defects: []wire.Defect{{Text: hostile, Ref: hostile}}}, Masked: hostile, Error: hostile}},
		{Kind: record.KindCapabilities, Capabilities: &record.Capabilities{Capabilities: wire.Capabilities{Domain: hostile, Greeting: hostile, Keywords: []wire.Capability{capability}},
			Changes: &wire.Changes{Added: []wire.Capability{capability}, Removed: []wire.Capability{capability}, Changed: []wire.Change{{Before: capability, After: capability}}}}},
		{Kind: record.KindTLSMessage, TLSMessage: &tlswire.Message{Dir: hostile, Name: hostile, Reason: hostile, Raw: []byte(hostile)}},
		{Kind: record.KindTLS, TLS: &record.TLS{Version: hostile, CipherSuite: hostile, Group: hostile, ALPN: hostile, ServerName: hostile, Reference: hostile,
			Checks: record.Listed([]record.Check{{Name: hostile, Finding: hostile, Text: hostile}, {Name: hostile, Text: hostile, OK: true}}),
			Path: record.Listed([]record.Link{{Sent: 1, Trusted: hostile, Checks: []record.Check{{Name: hostile, Text: hostile}}}, {Sent: 99}, {Sent: -1},
				{Certificate: &record.Certificate{Subject: hostile}}}),
			Chain: record.Listed([]record.Certificate{{Subject: hostile, Issuer: hostile, Names: []string{hostile}, Key: hostile, Signature: hostile, SHA256: hostile}})}},
		{Kind: record.KindTLS, TLS: &record.TLS{Error: hostile}},
		{Kind: record.KindAuth, Auth: &record.Auth{Mechanism: hostile, Outcome: hostile, Values: []sasl.Value{{Name: hostile, Text: hostile, How: hostile, Ref: hostile}}}},
		{Kind: record.KindState, State: &st},
		{Kind: record.KindFinding, Finding: &record.Finding{Code: hostile, Severity: "danger", Text: hostile, Remedy: hostile, Refs: x.Refs}},
		{Kind: record.KindFinding, Finding: &record.Finding{Code: hostile, Severity: hostile, Text: hostile}},
		{Kind: record.KindNote, Note: &record.Note{Text: hostile}},
		{Kind: record.KindForgot, Forgot: &record.Forgot{Greeting: hostile, Capabilities: []string{hostile}}},
		{Kind: record.KindProbe, Probe: &record.Probe{Remote: hostile, Error: hostile}},
		{Kind: record.KindReveal, Reveal: &record.Reveal{On: true}},
		{Kind: record.KindChange, Change: &record.Change{Advice: record.Advice{Do: hostile, Name: hostile}}},
		{Kind: record.KindFault, Fault: &record.Fault{Doing: hostile, Kind: hostile, Trace: []string{hostile}}},
		{Kind: record.KindEnd, End: &record.Verdict{Phase: hostile, Outcome: hostile, Cause: hostile, Who: hostile, Finding: hostile,
			Advice: []record.Advice{{Do: hostile, Text: hostile}, {Do: record.TryMechanism, Name: hostile}, {Do: record.AskOperator, Text: hostile}},
			Facts: record.Facts{Peer: hostile, Address: hostile, TLS: hostile, Suite: hostile, Names: []string{hostile}, SHA256: hostile, Offered: []string{hostile},
				Used: hostile, User: hostile, Exposed: hostile, Refused: []string{hostile}, Earlier: []record.Attempt{{Phase: hostile, Finding: hostile, Cause: hostile}}}}},
		{Kind: hostile},
	}
	for i := range events {
		events[i].Explain = x
	}
	return events
}

func FuzzReply(f *testing.F) {
	f.Add([]byte("250-\x1b[31m\r\n250 ok\n"), 40)
	f.Add([]byte("\xff\xfe\u202e\n\n\n"), 0)
	f.Fuzz(func(t *testing.T, raw []byte, width int) {
		text := &Text{Width: width}
		e := record.Event{Kind: record.KindReply, Reply: &record.Reply{Reply: wire.Reply{Raw: raw}, Error: string(raw)}}
		for _, line := range text.Event(&e) {
			if strings.ContainsFunc(line, unsafe) && !strings.ContainsRune(string(raw), unicode.ReplacementChar) {
				t.Errorf("%q", line)
			}
		}
	})
}

func TestColorOn(t *testing.T) {
	tests := []struct {
		terminal     bool
		noColor, trm string
		want         bool
	}{
		{true, "", "xterm", true}, {true, "1", "xterm", false}, {true, "", "dumb", false}, {false, "", "xterm", false},
	}
	for _, test := range tests {
		t.Setenv("NO_COLOR", test.noColor)
		t.Setenv("TERM", test.trm)
		if got := ColorOn(test.terminal); got != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
}

func TestWrap(t *testing.T) {
	tests := []struct {
		text  string
		width int
		want  string
	}{
		{"one two three four five", 16, "one two three|four five"},
		{"one two three four five", 0, "one two three four five"},
		{"one twothreefourfivesix seven", 16, "one|twothreefourfivesix|seven"},
		{"äöü äöü äöü äöü äöü", 16, "äöü äöü äöü äöü|äöü"},
		{"", 20, ""},
	}
	for _, test := range tests {
		if got := strings.Join(wrap(test.text, test.width), "|"); got != test.want {
			t.Errorf("%q at %d: %q, want %q", test.text, test.width, got, test.want)
		}
	}
}

// Someone reads nothing but the last lines: they say what happened, who has to act, and what to do. A cause that was told
// before is told whole again.
func TestTheVerdictStandsAlone(t *testing.T) {
	const why = "The server ended the handshake with the alert protocol_version (70)."
	log := &record.Log{}
	log.Append(record.Event{Kind: record.KindTLS, TLS: &record.TLS{Error: why}})
	log.Append(record.Event{Kind: record.KindFinding, Finding: &record.Finding{Code: record.FoundTLSNoCommonVersion, Severity: "warn", Text: why}})
	log.Append(record.Event{Kind: record.KindEnd, End: &record.Verdict{Phase: record.PhaseHandshake, Exit: record.ExitHandshake, Outcome: record.OutcomeFailed,
		Cause: why, Who: record.WhoOperator, Advice: []record.Advice{{Do: record.RetryAfter, After: 5 * time.Minute}, {Do: record.CapTLS, Name: "TLS 1.2"}, {Do: record.AllowLegacyTLS}},
		Facts: record.Facts{Address: "192.0.2.25:587"}}})
	how := func(a record.Advice) string {
		return map[record.Action]string{record.AllowLegacyTLS: "ehlo run x --tls-min 1.0"}[a.Do]
	}
	want := []string{" !   failed at handshake, exit code 8: " + why, "       who has to act: the server's operator",
		"       try: try again after 5 minutes", "       or: offer at most TLS 1.2", "       not safe: offer obsolete TLS versions, to see what the server can do", "         ehlo run x --tls-min 1.0"}
	for _, depth := range []Depth{Quiet, Brief, Normal, Full} {
		lines := strings.Split(strings.TrimRight(render(t, Text{Depth: depth, How: how}, log), "\n"), "\n")
		if got := strings.Join(lines[len(lines)-len(want):], "\n"); got != strings.Join(want, "\n") {
			t.Errorf("depth %d ends with\n%s", depth, got)
		}
	}
}

// A file may name links that it does not have.
func TestTheChainIsTold(t *testing.T) {
	tls := &record.TLS{Version: "TLS 1.3", Chain: record.Listed([]record.Certificate{{Subject: "CN=mail.lab"}, {Subject: "CN=Root"}, {Subject: "CN=Issuing"}}),
		Path: record.Listed([]record.Link{{Sent: 1}, {Sent: 3, Checks: []record.Check{{Name: "signature", Text: "the signature is wrong"}}}, {Sent: 7}})}
	got := strings.Join((&Text{}).Event(&record.Event{Kind: record.KindTLS, TLS: tls}), "\n")
	for _, want := range []string{"chain: mail.lab, issued by Issuing, issued by a certificate that is not in this file", "Issuing: failed, the signature is wrong",
		"not part of that chain: certificate 2, Root"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}

// An end that was reached over TLS with a certificate that failed verification says so.
func TestTheEndIsUnverified(t *testing.T) {
	end := &record.Verdict{Phase: record.PhaseQuit, Outcome: record.OutcomeDone, Cause: "All went well.", Facts: record.Facts{TLS: "TLS 1.3"}}
	got := strings.Join((&Text{Depth: Quiet}).Event(&record.Event{Kind: record.KindEnd, End: end}), "\n")
	if want := " !   done at quit, exit code 0, unverified: All went well."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Inside TLS only what has changed is told, where the list was told before.
func TestBriefTellsAListOnce(t *testing.T) {
	got := render(t, Text{Depth: Brief}, wholeSession(t))
	for want, times := range map[string]int{"<-   250-PIPELINING\n": 1, "<~   250-PIPELINING\n": 0, "<~   250-mail.example.org\n": 1, " *   inside TLS: new AUTH PLAIN LOGIN": 1} {
		if strings.Count(got, want) != times {
			t.Errorf("%q is there %d times, want %d", want, strings.Count(got, want), times)
		}
	}
}

// A session of several attempts has a heading for each of them, and one of a single attempt has none.
func TestAttemptsHaveHeadings(t *testing.T) {
	const followed = ": followed the advice: try again after 1 minute"
	one, two := &record.Log{}, &record.Log{}
	for _, log := range []*record.Log{one, two} {
		log.Append(record.Event{Kind: record.KindStart, Start: &record.Start{Plan: record.Plan{Target: record.Target{Host: "mail.lab", Port: 25}}}})
		log.Append(record.Event{Kind: record.KindResolve, Step: record.VerbResolve, Resolve: &record.Resolve{Host: "mail.lab"}})
	}
	two.Append(record.Event{Kind: record.KindChange, Change: &record.Change{Advice: record.Advice{Do: record.RetryAfter, After: time.Minute}}})
	two.Append(record.Event{Kind: record.KindResolve, Step: record.VerbResolve, Resolve: &record.Resolve{Host: "mail.lab"}})
	for _, test := range []struct {
		name  string
		write func(io.Writer, *Session) error
		want  []string
	}{
		{"text", (&Text{Depth: Brief}).Write, []string{"=== attempt 2" + followed + " ==="}},
		{"markdown", Markdown, []string{"### Attempt 1\n", "### Attempt 2" + followed + "\n"}},
		{"html", HTML, []string{">Attempt 1</h3>", ">Attempt 2</h3>"}},
	} {
		var single, both strings.Builder
		if err := errors.Join(test.write(&single, sessionOf(one)), test.write(&both, sessionOf(two))); err != nil {
			t.Fatal(err)
		}
		for _, want := range test.want {
			if !strings.Contains(both.String(), want) || strings.Contains(single.String(), want) {
				t.Errorf("%s: %q is missing in\n%s\nor stands in\n%s", test.name, want, both.String(), single.String())
			}
		}
	}
}
