package record

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"ehlo/session/explain"
	"ehlo/session/sasl"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
)

// samples are events of every kind, with everything set that can be.
func samples() []Event {
	refs := []explain.Ref{{Doc: "RFC 5321", Section: "4.2"}, {Doc: "RFC 3463"}}
	reply := readReply("250-mail.lab\r\n250-SIZE 100\n550 5.7.1 caf\xe9 \x1b[2J\u202e\r\n")
	caps := listed("STARTTLS", "AUTH=LOGIN", "SIZE 100", "X\x1b\xff")
	changes := wire.Diff(caps.Capabilities, listed("AUTH PLAIN", "SIZE 200").Capabilities)
	caps.TLS, caps.Changes = true, &changes
	advice := []Advice{{Do: UseTLS, Port: 465}, {Do: TryMechanism, Name: "PLAIN"}, {Do: RetryAfter, After: time.Minute}, {Do: AskOperator, Text: "Mend it."}}
	cipher := &Cipher{Bytes: []byte{23, 3, 3}, Total: 99}
	diagnosis := &Diagnosis{Code: FoundTLSRefusedLate, Text: "Refused.", Hint: "ask"}
	payloads := []Event{
		{Kind: KindStart, Start: &Start{Format: Format, Program: "ehlo 1", Time: theTime, Side: SideServer, Plan: Plan{Target: Target{Host: "mail.lab", Port: 465, Implicit: true, Scheme: "submission", Lab: true},
			Policy: Policy{Start: StartImplicit, Must: MustRequire, AllowUnverified: true, AllowCleartextAuth: true}, Scenario: "expired", Title: "a title", Story: "a story", Task: "a task",
			User: "ann", Mechanism: "PLAIN", ActAs: "zoe", Insist: true, Has: []string{"password"}, Until: PhaseAuth, EHLOName: "me", From: "a", To: []string{"b"}, SendMessage: true, Network: "ip4", Address: "192.0.2.26", ServerName: "mail.lab", TLSMax: "1.2", LegacyTLS: true}}},
		{Kind: KindLookup, Lookup: &Lookup{Type: "MX", Name: "lab.test", Server: "192.0.2.53:53", Status: StatusNoError,
			Answers: []Answer{{Name: "lab.test", Type: "MX", TTL: 300, Data: "10 mx.lab."}}, Proved: true, Took: time.Second, Trouble: TroubleFailed, Error: "no"}},
		{Kind: KindResolve, Resolve: &Resolve{Host: "mail.lab", Via: "a proxy", Network: "ip4", Addresses: []string{"192.0.2.25"}, Hosts: []string{"mx.lab"}, Literal: true, Took: time.Second, Trouble: TroubleFailed, Error: "no"}},
		{Kind: KindConnect, Connect: &Connect{Local: "192.0.2.1:5", Via: "a proxy", Host: "mx.lab", Remote: "192.0.2.25:25", Address: "192.0.2.25", Took: time.Second, Left: 1, Trouble: TroubleRefused, Error: "refused"}},
		{Kind: KindProbe, Probe: &Probe{Remote: "192.0.2.25:25", TLS: true, Control: true, Hello: 232, Raw: wire.Raw("220 x\r\n"), Trouble: TroubleClosed, Error: "closed", Took: time.Second}},
		{Kind: KindSend, Send: &Send{Experiment: "LF.LF", Raw: wire.Raw("AUTH PLAIN " + sasl.Mask + "\r\n\xff"), Masked: []string{"password"}, Practice: "token", Weak: true, Edited: true, Group: 2, Content: true,
			Size: 1, Took: 4, Stuffed: 2, Normalized: 3, TLS: true, Cipher: &Cipher{Withheld: true}, EightBit: true, Gives: "password", Agreed: []FindingCode{FoundCleartextSecret},
			Trouble: TroubleReset, Error: "reset", Diagnosis: diagnosis}},
		{Kind: KindReply, Reply: &Reply{Reply: reply, Wait: time.Second, Took: time.Minute, Place: 2, Unasked: true, Masked: "proof", Trouble: TroubleCutOff, Error: "cut", Diagnosis: diagnosis, TLS: true, Cipher: cipher}},
		{Kind: KindCapabilities, Capabilities: caps},
		{Kind: KindTLSMessage, TLSMessage: &tlswire.Message{Seq: 1, Dir: "S", Kind: tlswire.KindAlert, Type: 40, Name: "Alert", Raw: []byte{2, 40},
			Records: []tlswire.RecordInfo{{Offset: 5, ContentType: 21, Version: 0x303, Length: 2, Bytes: []byte{21, 3, 3, 0, 2, 7, 7}}}, Encrypted: true, Key: "k", Version: 0x304, Suite: 0x1301, Partial: true, Reason: "cut"}},
		{Kind: KindTLS, TLS: &TLS{Version: "TLS 1.3", CipherSuite: "TLS_AES_128_GCM_SHA256", Group: "X25519", ALPN: "smtp", Resumed: true, ServerName: "mail.lab", Reference: "mail.lab",
			Chain:  Listed([]Certificate{{Subject: "CN=a", Issuer: "CN=b", Names: []string{"mail.lab"}, NotBefore: theTime, NotAfter: theTime, Key: "RSA 2048", Signature: "SHA256-RSA", SHA256: "AB", CA: true, Raw: []byte{0x30}}}),
			Path:   Listed([]Link{{Sent: 1, Certificate: nil, Trusted: "", Checks: []Check{{Name: "signature", OK: true, Text: "holds"}}}, {Sent: 0, Certificate: &Certificate{Subject: "CN=b", SHA256: "CD", Raw: []byte{0x30}}, Trusted: "among the system's roots", Checks: nil}}),
			Checks: Listed([]Check{{Name: "host", OK: false, Open: true, Finding: "cert-wrong-host", Text: "no", Fix: "fix", Who: "who"}}), Verified: true, Took: time.Second, Sent: 1, Received: 2, ClientCertificate: true,
			OldOffer: "TLS 1.0", LegacyOffer: true, KeyLog: KeyLogWritten, Trouble: TroubleReset, Error: "dead", Diagnosis: diagnosis, Foreign: wire.Raw("220 x"),
			Decided: &Decided{Stored: &tlswire.Summary{RoundTrips: 1, Suite: tlswire.Choice{Chosen: tlswire.Code{Value: 0x1301, Name: "TLS_AES_128_GCM_SHA256"}}}}}},
		{Kind: KindAuth, Auth: &Auth{Mechanism: "PLAIN", Round: 1, From: "C", Values: []sasl.Value{{Name: "authcid", Text: "ann", How: "given", Ref: "RFC 4616 §2"},
			{Name: "passwd", Hides: "password"}, {Name: "separator", Bytes: []byte{0}}}, Outcome: AuthSucceeded, Hides: "password", Practice: true,
			Next: &Pending{Line: "*"}, User: "ann", ActsAs: "zoe", Findings: []sasl.Finding{{Code: sasl.CodeUnproven, Severity: "info", Text: "t", Hint: "h"}}, Settings: &AuthSettings{Initial: "no", Binding: "tls-unique", MinIterations: 4096, MaxIterations: 100000}}},
		{Kind: KindState, State: &State{Stage: StageReady, Security: SecurityVerified, Auth: AuthExchange, Transaction: TransactionRcpt, Peer: "mail.lab", Software: "Postfix", ESMTP: true, Mechanism: "PLAIN", User: "ann", Pending: &Pending{Line: sasl.Mask, Hides: "password", Cancel: true},
			Sender: "a", Recipients: []string{"b"}, Refused: []string{"c"}, Done: []Phase{PhaseEHLO}, Failed: []Phase{PhaseMail}, Stated: []Verb{VerbProxy}, TriedHELO: true, Delivered: 1, DeliveredTo: []string{"b"}, Chunked: 9, Experiment: &Experiment{Name: "LF.LF", Replies: []int{250}, Verdict: ExperimentHeld}, LMTP: true, PRDR: true, Answering: true, Answered: 1, Taken: []string{"b"}}},
		{Kind: KindFinding, Finding: &Finding{Code: "bare-lf", Severity: "warn", Text: "line 1", Remedy: "tell them", Operator: "update it", Refs: refs, Phase: PhaseEHLO, Reply: 250, Recipient: "b", Waited: true, Who: WhoOperator, Advice: advice}},
		{Kind: KindNote, Note: &Note{On: 7, Text: "look\nhere", Author: "ann", Time: theTime, Edits: 6}},
		{Kind: KindAbout, About: &About{Title: "lesson 3", Author: "ann", Tags: []string{"tls"}, Time: theTime}},
		{Kind: KindForgot, Forgot: &Forgot{Greeting: "mail.lab", Capabilities: []string{"STARTTLS"}}},
		{Kind: KindReveal, Reveal: &Reveal{On: true}},
		{Kind: KindChange, Change: &Change{Settings: []string{"to"}, Advice: advice[0], Plan: Plan{Target: Target{Host: "mail.lab", Port: 465}}, Reconnect: true, Skipped: time.Minute,
			Left: &Attempt{Phase: PhaseAuth, Finding: FoundAuthCredentialMissing, Cause: "No password.", Outcome: OutcomeFailed}}},
		{Kind: KindFault, Fault: &Fault{Doing: "the step ehlo", Kind: "string", Trace: []string{"a.go:1"}}},
		{Kind: KindServerLog, ServerLog: &ServerLog{Lines: []LogLine{{Time: theTime, Process: "lab/smtpd[1]", Text: "connect from localhost[127.0.0.1]"}}, More: 1}},
		{Kind: KindOnPath, OnPath: &OnPath{Deeds: []Deed{{Did: DeedCut, From: "S", What: "250", Became: "25", Bytes: 3, Passed: 2, Wait: time.Second, TLS: true}}, More: 1}},
		{Kind: KindEnd, End: &Verdict{Phase: PhaseAuth, Exit: ExitAuth, Outcome: OutcomeRefused, Code: 454, Enhanced: wire.Enhanced{Class: 4, Subject: 7, Detail: 8}, Temporary: true,
			Finding: FoundCredentialsWrong, Cause: "No.", Who: WhoYou, Advice: advice, Facts: Facts{Peer: "mail.lab", Address: "192.0.2.25:25", TLS: "TLS 1.3", Suite: "TLS_AES_128_GCM_SHA256",
				Verified: true, Names: []string{"mail.lab"}, Expires: theTime, SHA256: "AB", Offered: []string{"PLAIN"}, Used: "PLAIN", User: "ann", Size: 100, Delivered: 1, Refused: []string{"eve"},
				Exposed: "password", CutOff: true, Earlier: []Attempt{{Phase: PhaseConnect, Finding: FoundTimeout, Cause: "Silence.", Outcome: OutcomeFailed}}}}},
	}
	for i := range payloads {
		payloads[i].Seq, payloads[i].T, payloads[i].Step = i+1, time.Duration(i), VerbAuth
		payloads[i].Explain = &explain.Explanation{Short: "s", Text: "t", Cause: "c", Remedy: "r", Operator: "o", Vendor: "v", Refs: refs, Entries: []string{"reply:250"}}
	}
	return payloads
}

func readReply(text string) wire.Reply {
	r, _ := wire.NewReader(strings.NewReader(text), wire.Limits{}).ReadReply()
	return r
}

func TestEventJSON(t *testing.T) {
	for _, e := range samples() {
		k := e.Kind
		data, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		var back Event
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatalf("%s: %v\n%s", k, err, data)
		}
		if k == KindCapabilities { // in JSON the server's own words are visible
			e.Capabilities = visible(e.Capabilities)
		}
		if !reflect.DeepEqual(back, e) {
			t.Errorf("%s came back as\n%+v %+v\n%s", k, back, payload(&back), data)
		}
		if !bytes.HasPrefix(data, []byte(`{"seq":`)) || bytes.Index(data, []byte(`"t":`)) > bytes.Index(data, []byte(`"kind":"`+string(k))) {
			t.Errorf("the common fields are not first: %.80s", data)
		}
		fitForTerminal(t, data)
	}
}

func visible(c *Capabilities) *Capabilities {
	data, _ := json.Marshal(c)
	var v Capabilities
	if err := json.Unmarshal(data, &v); err != nil {
		panic(err)
	}
	return &v
}

// payload is the one field that the kind names.
func payload(e *Event) any {
	v := reflect.ValueOf(*e)
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Pointer && !f.IsNil() && v.Type().Field(i).Name != "Explain" {
			return f.Elem().Interface()
		}
	}
	return nil
}

// Every field of every payload has a sample, so that a field that is added is tested too.
func TestSamplesAreComplete(t *testing.T) {
	for _, e := range samples() {
		v := reflect.ValueOf(payload(&e))
		for i := range v.NumField() {
			if f := v.Type().Field(i); v.Field(i).IsZero() && f.Tag.Get("json") != "-" {
				t.Errorf("%s has no %s", e.Kind, v.Type().Field(i).Name)
			}
		}
	}
}

// Every payload of an event has a sample, too.
func TestEveryPayloadIsSampled(t *testing.T) {
	sampled := map[string]bool{}
	for _, e := range samples() {
		for i, v := 0, reflect.ValueOf(e); i < v.NumField(); i++ {
			sampled[v.Type().Field(i).Name] = sampled[v.Type().Field(i).Name] || !v.Field(i).IsZero()
		}
	}
	for i := range reflect.TypeFor[Event]().NumField() {
		if name := reflect.TypeFor[Event]().Field(i).Name; !sampled[name] {
			t.Errorf("%s has no sample", name)
		}
	}
}

// A kind and a field that are not known are skipped, not refused.
func TestEventJSONUnknown(t *testing.T) {
	var e Event
	if err := json.Unmarshal([]byte(`{"seq":1,"t":2,"kind":"weather","weather":{"rain":true}}`), &e); err != nil || e.Kind != "weather" {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestEventJSONRefuses(t *testing.T) {
	for _, s := range []string{`{"seq":"1"}`, `{"reply":{"raw":7}}`, `{"reply":{"wait":"x"}}`, `{"reply":[]}`, `{"capabilities":[]}`, `{"tls":{"verified":1}}`} {
		var e Event
		if json.Unmarshal([]byte(s), &e) == nil {
			t.Errorf("%s read as %+v", s, e)
		}
	}
}

func FuzzEventJSON(f *testing.F) {
	for _, e := range samples() {
		data, err := json.Marshal(e)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"kind":"reply","reply":{"raw":{"base64":"/w=="},"lines":[{"code":"250","sep":"x"}]}}`))
	f.Add([]byte(`{"kind":"state","state":null,"reply":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var e Event
		if json.Unmarshal(data, &e) != nil {
			return
		}
		first := rewritten(t, e) // which may leave out what is empty
		if second := rewritten(t, reread(t, first)); !bytes.Equal(second, rewritten(t, reread(t, second))) {
			t.Fatalf("%s\nbecomes\n%s", first, second)
		}
	})
}

func rewritten(t *testing.T, e Event) []byte {
	data, err := json.Marshal(e)
	if err != nil {
		t.Fatalf("what was read cannot be written: %v", err)
	}
	return data
}

func reread(t *testing.T, data []byte) (e Event) {
	if err := json.Unmarshal(data, &e); err != nil {
		t.Fatalf("what was written cannot be read: %v\n%s", err, data)
	}
	return e
}

// theTime is when these tests play.
var theTime = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// listed makes a list of capabilities.
func listed(lines ...string) *Capabilities {
	return &Capabilities{Capabilities: wire.ParseCapabilities(readReply("250-mail.lab\r\n250-" + strings.Join(lines[:len(lines)-1], "\r\n250-") + "\r\n250 " + lines[len(lines)-1] + "\r\n"))}
}

// fitForTerminal wants text that moves no cursor: what a server sends may be printed as it is with --json.
func fitForTerminal(t *testing.T, data []byte) {
	t.Helper()
	if wire.VisibleString(string(data)) != string(data) {
		t.Errorf("not fit for a terminal: %q", data)
	}
}
