package session

import (
	"bytes"
	"encoding/base64"
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
	cipher := &Cipher{Bytes: []byte{23, 3, 3}, Total: 99}
	payloads := []Event{
		{Kind: KindStart, Start: &Start{Format: Format, Program: "ehlo 1", Time: theTime, Target: Target{"mail.lab", 465, true, true},
			Policy: Policy{StartImplicit, MustRequire, true, true}, Scenario: "expired", Title: "a title", Story: "a story"}},
		{Kind: KindResolve, Resolve: &Resolve{"mail.lab", "ip4", []string{"192.0.2.25"}, true, time.Second, "no"}},
		{Kind: KindConnect, Connect: &Connect{"192.0.2.1:5", "192.0.2.25:25", time.Second, "refused"}},
		{Kind: KindSend, Send: &Send{Raw: wire.Raw("AUTH PLAIN " + sasl.Mask + "\r\n\xff"), Masked: []string{"password"}, Edited: true, Content: true,
			Size: 1, Stuffed: 2, Normalised: 3, TLS: true, Cipher: &Cipher{Withheld: true}}},
		{Kind: KindReply, Reply: &Reply{reply, time.Second, time.Minute, true, "proof", "cut", true, cipher}},
		{Kind: KindCapabilities, Capabilities: caps},
		{Kind: KindTLSMessage, TLSMessage: &tlswire.Message{Seq: 1, Dir: "S", Kind: tlswire.KindAlert, Type: 40, Name: "Alert", Raw: []byte{2, 40},
			Records: []tlswire.RecordInfo{{Offset: 5, ContentType: 21, Version: 0x303, Length: 2, Bytes: []byte{21, 3, 3, 0, 2, 7, 7}}}, Encrypted: true, Key: "k", Version: 0x304, Suite: 0x1301, Partial: true, Reason: "cut"}},
		{Kind: KindTLS, TLS: &TLS{"TLS 1.3", "TLS_AES_128_GCM_SHA256", "X25519", "smtp", true, "mail.lab", "mail.lab",
			[]Certificate{{"CN=a", "CN=b", []string{"mail.lab"}, theTime, theTime, "RSA 2048", "SHA256-RSA", "AB", true, []byte{0x30}}},
			[]Link{{1, nil, "", []Check{{Name: "signature", OK: true, Text: "holds"}}}, {0, &Certificate{Subject: "CN=b", SHA256: "CD", Raw: []byte{0x30}}, "among the system's roots", nil}},
			[]Check{{"host", false, true, "cert-wrong-host", "no", "fix", "who"}}, true, time.Second, 1, 2, true, "dead",
			&Decided{summary: &tlswire.Summary{RoundTrips: 1, Suite: tlswire.Choice{Chosen: tlswire.Code{Value: 0x1301, Name: "TLS_AES_128_GCM_SHA256"}}}}}},
		{Kind: KindAuth, Auth: &Auth{"PLAIN", 1, "C", []sasl.Value{{Name: "authcid", Text: "ann", How: "given", Ref: "RFC 4616 §2"},
			{Name: "passwd", Hides: "password"}, {Name: "separator", Bytes: []byte{0}}}, "success", &AuthSettings{"no", "tls-unique", 4096, 100000}}},
		{Kind: KindState, State: &State{StageReady, SecurityVerified, AuthExchange, TransactionRcpt, "mail.lab", true, "PLAIN", "ann", &Pending{sasl.Mask, "password", true},
			"a", []string{"b"}, []string{"c"}, []Phase{PhaseEHLO}, []Phase{PhaseMail}, true, 1}},
		{Kind: KindFinding, Finding: &Finding{"bare-lf", "warn", "line 1", "tell them", refs}},
		{Kind: KindNote, Note: &Note{7, "look\nhere"}},
		{Kind: KindForgot, Forgot: &Forgot{"mail.lab", []string{"STARTTLS"}}},
		{Kind: KindEnd, End: &End{PhaseAuth, ExitAuth, "no", "try", true}},
	}
	for i := range payloads {
		payloads[i].Seq, payloads[i].T, payloads[i].Step = i+1, time.Duration(i), VerbAuth
		payloads[i].Explain = &explain.Explanation{Short: "s", Text: "t", Cause: "c", Remedy: "r", Vendor: "v", Refs: refs, Entries: []string{"reply:250"}}
	}
	return payloads
}

func readReply(text string) wire.Reply {
	r, _ := wire.NewReader(strings.NewReader(text), wire.Limits{}).ReadReply()
	return r
}

var kinds = []Kind{KindStart, KindResolve, KindConnect, KindSend, KindReply, KindCapabilities, KindTLSMessage, KindTLS, KindAuth, KindState,
	KindFinding, KindNote, KindForgot, KindEnd}

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
		p := walk(t, scene{policy: "require", goal: Goal{Credentials: ann()}, script: script, hasty: true})
		for _, e := range p.log {
			data, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			fitForTerminal(t, data)
			var back Event
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
		end := p.last(KindEnd).End
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
		var e Event
		if json.Unmarshal(data, &e) != nil {
			return
		}
		first := rewritten(t, e) // which may leave out what is empty
		if second := rewritten(t, reread(t, first)); !bytes.Equal(second, rewritten(t, reread(t, second))) {
			t.Fatalf("%s\nbecomes\n%s", first, second)
		}
		if e.State != nil && e.Start != nil { // a file may claim any state
			Options(Snapshot{Start: e.Start, State: *e.State}, Goal{})
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
