package engine

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/tlswire"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// samples are events of every kind, with everything set that can be.
func samples() []record.Event {
	refs := []explain.Ref{{Doc: "RFC 5321", Section: "4.2"}, {Doc: "RFC 3463"}}
	reply := readReply("250-mail.lab\r\n250-SIZE 100\n550 5.7.1 caf\xe9 \x1b[2J\u202e\r\n")
	caps := listed("STARTTLS", "AUTH=LOGIN", "SIZE 100", "X\x1b\xff")
	changes := wire.Diff(caps.Capabilities, listed("AUTH PLAIN", "SIZE 200").Capabilities)
	caps.TLS, caps.Changes = true, &changes
	cipher := &record.Cipher{Bytes: []byte{23, 3, 3}, Total: 99}
	payloads := []record.Event{
		{Kind: record.KindStart, Start: &record.Start{Format: record.Format, Program: "ehlo 1", Time: theTime, Target: record.Target{Host: "mail.lab", Port: 465, Implicit: true, Lab: true},
			Policy: record.Policy{Start: record.StartImplicit, Must: record.MustRequire, AllowUnverified: true, AllowCleartextAuth: true}, Scenario: "expired", Title: "a title", Story: "a story"}},
		{Kind: record.KindResolve, Resolve: &record.Resolve{Host: "mail.lab", Network: "ip4", Addresses: []string{"192.0.2.25"}, Literal: true, Took: time.Second, Error: "no"}},
		{Kind: record.KindConnect, Connect: &record.Connect{Local: "192.0.2.1:5", Remote: "192.0.2.25:25", Took: time.Second, Error: "refused"}},
		{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw("AUTH PLAIN " + sasl.Mask + "\r\n\xff"), Masked: []string{"password"}, Edited: true, Content: true,
			Size: 1, Stuffed: 2, Normalised: 3, TLS: true, Cipher: &record.Cipher{Withheld: true}}},
		{Kind: record.KindReply, Reply: &record.Reply{Reply: reply, Wait: time.Second, Took: time.Minute, Unasked: true, Masked: "proof", Error: "cut", TLS: true, Cipher: cipher}},
		{Kind: record.KindCapabilities, Capabilities: caps},
		{Kind: record.KindTLSMessage, TLSMessage: &tlswire.Message{Seq: 1, Dir: "S", Kind: tlswire.KindAlert, Type: 40, Name: "Alert", Raw: []byte{2, 40},
			Records: []tlswire.RecordInfo{{Offset: 5, ContentType: 21, Version: 0x303, Length: 2, Bytes: []byte{21, 3, 3, 0, 2, 7, 7}}}, Encrypted: true, Key: "k", Version: 0x304, Suite: 0x1301, Partial: true, Reason: "cut"}},
		{Kind: record.KindTLS, TLS: &record.TLS{Version: "TLS 1.3", CipherSuite: "TLS_AES_128_GCM_SHA256", Group: "X25519", ALPN: "smtp", Resumed: true, ServerName: "mail.lab", Reference: "mail.lab",
			Chain:  []record.Certificate{{Subject: "CN=a", Issuer: "CN=b", Names: []string{"mail.lab"}, NotBefore: theTime, NotAfter: theTime, Key: "RSA 2048", Signature: "SHA256-RSA", SHA256: "AB", CA: true, Raw: []byte{0x30}}},
			Path:   []record.Link{{Sent: 1, Certificate: nil, Trusted: "", Checks: []record.Check{{Name: "signature", OK: true, Text: "holds"}}}, {Sent: 0, Certificate: &record.Certificate{Subject: "CN=b", SHA256: "CD", Raw: []byte{0x30}}, Trusted: "among the system's roots", Checks: nil}},
			Checks: []record.Check{{Name: "host", OK: false, Open: true, Finding: "cert-wrong-host", Text: "no", Fix: "fix", Who: "who"}}, Verified: true, Took: time.Second, Sent: 1, Received: 2, ClientCertificate: true, Error: "dead",
			Decided: &record.Decided{Stored: &tlswire.Summary{RoundTrips: 1, Suite: tlswire.Choice{Chosen: tlswire.Code{Value: 0x1301, Name: "TLS_AES_128_GCM_SHA256"}}}}}},
		{Kind: record.KindAuth, Auth: &record.Auth{Mechanism: "PLAIN", Round: 1, From: "C", Values: []sasl.Value{{Name: "authcid", Text: "ann", How: "given", Ref: "RFC 4616 §2"},
			{Name: "passwd", Hides: "password"}, {Name: "separator", Bytes: []byte{0}}}, Outcome: "success", Settings: &record.AuthSettings{Initial: "no", Binding: "tls-unique", MinIterations: 4096, MaxIterations: 100000}}},
		{Kind: record.KindState, State: &record.State{Stage: record.StageReady, Security: record.SecurityVerified, Auth: record.AuthExchange, Transaction: record.TransactionRcpt, Peer: "mail.lab", ESMTP: true, Mechanism: "PLAIN", User: "ann", Pending: &record.Pending{Line: sasl.Mask, Hides: "password", Cancel: true},
			Sender: "a", Recipients: []string{"b"}, Refused: []string{"c"}, Done: []record.Phase{record.PhaseEHLO}, Failed: []record.Phase{record.PhaseMail}, TriedHELO: true, Delivered: 1}},
		{Kind: record.KindFinding, Finding: &record.Finding{Code: "bare-lf", Severity: "warn", Text: "line 1", Remedy: "tell them", Refs: refs}},
		{Kind: record.KindNote, Note: &record.Note{On: 7, Text: "look\nhere"}},
		{Kind: record.KindForgot, Forgot: &record.Forgot{Greeting: "mail.lab", Capabilities: []string{"STARTTLS"}}},
		{Kind: record.KindEnd, End: &record.End{Phase: record.PhaseAuth, Exit: record.ExitAuth, Error: "no", Hint: "try", Unverified: true}},
	}
	for i := range payloads {
		payloads[i].Seq, payloads[i].T, payloads[i].Step = i+1, time.Duration(i), record.VerbAuth
		payloads[i].Explain = &explain.Explanation{Short: "s", Text: "t", Cause: "c", Remedy: "r", Vendor: "v", Refs: refs, Entries: []string{"reply:250"}}
	}
	return payloads
}

func readReply(text string) wire.Reply {
	r, _ := wire.NewReader(strings.NewReader(text), wire.Limits{}).ReadReply()
	return r
}

var kinds = []record.Kind{record.KindStart, record.KindResolve, record.KindConnect, record.KindSend, record.KindReply, record.KindCapabilities, record.KindTLSMessage, record.KindTLS, record.KindAuth, record.KindState,
	record.KindFinding, record.KindNote, record.KindForgot, record.KindEnd}

func TestEventJSON(t *testing.T) {
	list := samples()
	for i, k := range kinds {
		e := list[i]
		if e.Kind != k {
			t.Fatalf("sample %d is a %s, want a %s", i, e.Kind, k)
		}
		data, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		var back record.Event
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatalf("%s: %v\n%s", k, err, data)
		}
		if k == record.KindCapabilities { // in JSON the server's own words are visible
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

func visible(c *record.Capabilities) *record.Capabilities {
	data, _ := json.Marshal(c)
	var v record.Capabilities
	if err := json.Unmarshal(data, &v); err != nil {
		panic(err)
	}
	return &v
}

// payload is the one field that the kind names.
func payload(e *record.Event) any {
	v := reflect.ValueOf(*e)
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Pointer && !f.IsNil() && v.Type().Field(i).Name != "Explain" {
			return f.Elem().Interface()
		}
	}
	return nil
}

// fitForTerminal wants text that moves no cursor: what a server sends may be printed as it is with --json.
func fitForTerminal(t *testing.T, data []byte) {
	t.Helper()
	if wire.VisibleString(string(data)) != string(data) {
		t.Errorf("not fit for a terminal: %q", data)
	}
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

// A kind and a field that are not known are skipped, not refused.
func TestEventJSONUnknown(t *testing.T) {
	var e record.Event
	if err := json.Unmarshal([]byte(`{"seq":1,"t":2,"kind":"weather","weather":{"rain":true}}`), &e); err != nil || e.Kind != "weather" {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestEventJSONRefuses(t *testing.T) {
	for _, s := range []string{`{"seq":"1"}`, `{"reply":{"raw":7}}`, `{"reply":{"wait":"x"}}`, `{"reply":[]}`, `{"capabilities":[]}`, `{"tls":{"verified":1}}`} {
		var e record.Event
		if json.Unmarshal([]byte(s), &e) == nil {
			t.Errorf("%s read as %+v", s, e)
		}
	}
}

// Whatever a server says, the log of it is text that can be printed, comes back the same, and has its bytes.
func TestHostileBytesAreVisible(t *testing.T) {
	nasty := `\x1b]0;x\x07\xc2\x9b31m\u202e\u200b\xff\x00\x7f`
	prompt := base64.StdEncoding.EncodeToString([]byte("user\x1b[2J:"))
	reversed := base64.StdEncoding.EncodeToString([]byte("password \u202e:"))
	for _, script := range []string{
		`R: "220 ` + nasty + ` ESMTP Postfix ` + nasty + `\r\n"` + `
		C: …
		R: "250-` + nasty + `\r\n250-` + nasty + ` ` + nasty + `\r\n250-AUTH LOGIN ` + nasty + `\r\n250 STARTTLS\r\n"` + `
		C: STARTTLS
		S: 220 go on
		TLS
		C: …
		R: "250-` + nasty + `\r\n250-` + nasty + `\r\n250 AUTH LOGIN ` + nasty + `\r\n"` + `
		C: AUTH LOGIN
		S: 334 ` + prompt + `
		C: YW5u
		S: 334 ` + reversed + `
		C: …
		R: "535 5.7.8 ` + nasty + `\r\n"` + goodBye,
		`R: "554 5.7.1 ` + nasty + `\r\n"` + goodBye,
		`R: "220 x\r\n250 ` + nasty + `"`,
		`R: "` + nasty + `"`,
		`R: "220 x\r\n"` + "\nC: …\n" + `R: "` + nasty + `"`,
		`R: "220 x\r\n"` + "\nC: …\n" + `R: "250-a\r\n250 STARTTLS\r\n"` + "\nC: STARTTLS\n" + `R: "220 ` + nasty + `\r\n` + nasty + `"`,
		`R: "220 x\r\n"` + "\nC: …\n" + `R: "250-a\r\n250 STARTTLS\r\n"` + "\nC: STARTTLS\n" + `S: 220 go on` + "\nHELLO\n" + `R: "` + nasty + `"`,
	} {
		p := walkThrough(t, scene{policy: "require", goal: walk.Goal{Credentials: ann()}, script: script, hasty: true})
		for _, e := range p.log {
			data, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			fitForTerminal(t, data)
			var back record.Event
			if err := json.Unmarshal(data, &back); err != nil {
				t.Fatalf("%v\n%s", err, data)
			}
			again, err := json.Marshal(back)
			if err != nil || string(again) != string(data) {
				t.Errorf("%s\ncame back as\n%s, %v", data, again, err)
			}
			if e.Reply != nil && !bytes.Equal(back.Reply.Raw, e.Reply.Raw) {
				t.Errorf("%q came back as %q", e.Reply.Raw, back.Reply.Raw)
			}
		}
		end := p.last(record.KindEnd).End
		if text := end.Error + end.Hint; wire.VisibleString(text) != text {
			t.Errorf("%q", text)
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
		var e record.Event
		if json.Unmarshal(data, &e) != nil {
			return
		}
		first := rewritten(t, e) // which may leave out what is empty
		if second := rewritten(t, reread(t, first)); !bytes.Equal(second, rewritten(t, reread(t, second))) {
			t.Fatalf("%s\nbecomes\n%s", first, second)
		}
		if e.State != nil && e.Start != nil { // a file may claim any state
			walk.Options(record.Snapshot{Start: e.Start, State: *e.State}, walk.Goal{})
		}
	})
}

func rewritten(t *testing.T, e record.Event) []byte {
	data, err := json.Marshal(e)
	if err != nil {
		t.Fatalf("what was read cannot be written: %v", err)
	}
	return data
}

func reread(t *testing.T, data []byte) (e record.Event) {
	if err := json.Unmarshal(data, &e); err != nil {
		t.Fatalf("what was written cannot be read: %v\n%s", err, data)
	}
	return e
}
