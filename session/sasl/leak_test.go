package sasl

import (
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// leaks formats things in every way and looks for needles.
type leaks struct {
	t       *testing.T
	needles []string
}

func (l *leaks) add(kind string, secret []byte) {
	if len(secret) < 5 {
		l.t.Fatalf("%s is too short to look for: %q", kind, secret)
	}
	l.needles = append(l.needles, string(secret), hex.EncodeToString(secret), strings.ToUpper(hex.EncodeToString(secret)),
		base64.StdEncoding.EncodeToString(secret), base64.RawURLEncoding.EncodeToString(secret),
		strings.Trim(fmt.Sprint(secret), "[]"), fmt.Sprintf("%q", secret), fmt.Sprintf("%x", secret))
}

func (l *leaks) look(what string, thing any) {
	l.t.Helper()
	shown := []string{fmt.Sprintf("%v %+v %#v %s %q %x %X %d", thing, thing, thing, thing, thing, thing, thing, thing)}
	data, err := json.Marshal(thing)
	if _, function := errors.AsType[*json.UnsupportedTypeError](err); err != nil && !function {
		l.t.Fatalf("%s: %v", what, err)
	}
	shown = append(shown, string(data), fmt.Sprintf("%+v", []any{thing}), fmt.Sprintf("%+v", struct{ Inside any }{thing}))
	for _, s := range shown {
		for _, needle := range l.needles {
			if strings.Contains(s, needle) {
				l.t.Errorf("%s shows %q: %.300s", what, needle, s)
				return
			}
		}
	}
}

const (
	leakPassword = "correct horse battery"
	leakToken    = "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"
)

// Every mechanism, well and badly, against the server: nothing that comes out of it shows a secret or something to
// guess it from, unless it is asked to.
func TestNothingLeaks(t *testing.T) {
	b := Binding{TLSVersion: tls.VersionTLS13, Exporter: []byte("exporter data")}
	c := Credentials{Username: "ann", Password: NewSecret(leakPassword), Token: NewSecret(leakToken), Host: "mail.lab", Port: 587}
	for _, info := range Mechanisms() {
		if !info.Supported {
			continue
		}
		for _, right := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s right=%t", info.Name, right), func(t *testing.T) {
				kept := Account{Password: c.Password, Token: c.Token}
				if !right {
					kept = Account{Password: NewSecret("another password"), Token: NewSecret("another.token")}
				}
				cfg := ServerConfig{Accounts: book{"ann": kept}, Host: "mail.lab", Binding: b, Offered: []string{info.Name},
					Identity: "ann", Explain: true}
				leakWalk(t, info, c, b, cfg, kept)
			})
		}
	}
}

func leakWalk(t *testing.T, info Info, c Credentials, b Binding, cfg ServerConfig, kept Account) {
	l := &leaks{t: t}
	for _, s := range []string{leakPassword, leakToken, kept.Password.Reveal(), kept.Token.Reveal()} {
		l.add("secret", []byte(s))
	}
	m, err := New(info.Name, c, b, []string{info.Name})
	if err != nil {
		t.Fatal(err)
	}
	server, err := NewServer(info.Name, cfg)
	if err != nil {
		t.Fatal(err)
	}
	var things []any
	secrets := 0
	keep := func(data []byte, hides string, values []Value, thing any) {
		things = append(things, thing, values)
		if hides != "" && len(data) > 0 {
			l.add("message", data)
			secrets++
		}
		for _, v := range values {
			things = append(things, v)
			if content := contentOf(&v); v.Hides != "" && len(content) > 0 {
				l.add(v.Name, content)
				secrets++
			}
		}
	}
	r, err := m.Start()
	var challenge []byte
	done := false
	for err == nil {
		keep(r.Data, r.Hides, r.Values, r)
		if len(r.Data) > 0 {
			opened, e := OpenResponse(info.Name, []byte(EncodeResponse(r.Data, false)))
			if info.Name != "LOGIN" || r.Hides != "" { // for a line of LOGIN, OpenResponse hides a username too
				keep(opened.Data, opened.Hides, opened.Values, opened)
			}
			things = append(things, e, Compare(info.Name, "QUJDREVG", r))
		}
		if challenge, done, err = server.Next(r.Data); err != nil || done {
			break
		}
		var ch Challenge
		ch, r, err = m.Next(challenge)
		keep(ch.Data, ch.Hides, ch.Values, ch)
		opened, e := OpenChallenge(info.Name, []byte(EncodeBase64(challenge)))
		keep(opened.Data, opened.Hides, opened.Values, opened)
		things = append(things, e, ch.Findings)
	}
	findings, doneErr := m.Done()
	things = append(things, err, doneErr, findings, m, server, cfg, kept, c, c.Password, c.Token, &c, info)
	if info.Needs == NeedsPassword || info.Needs == NeedsToken {
		if secrets == 0 {
			t.Error("nothing was marked as secret")
		}
	}
	for _, thing := range things {
		l.look(fmt.Sprintf("%s: %T", info.Name, thing), thing)
	}
}

// Errors about credentials that cannot be used say nothing of them.
func TestErrorsShowNoCredential(t *testing.T) {
	for _, bad := range []string{leakPassword + "\x00", leakPassword + "\xff", leakPassword + "\U0001f600", leakPassword + "\a", "\u0627" + leakPassword} {
		l := &leaks{t: t}
		l.add("password", []byte(leakPassword))
		for _, info := range Mechanisms() {
			m, err := New(info.Name, Credentials{Username: "ann", Password: NewSecret(bad), Token: NewSecret(bad), Host: "h"},
				Binding{TLSVersion: tls.VersionTLS12, Unique: []byte("finished")}, nil)
			if err == nil {
				_, err = m.Start()
			}
			l.look(info.Name, err)
		}
		// typed in the place of base64
		r, err := OpenResponse("PLAIN", []byte(bad))
		l.look("OpenResponse", r)
		l.look("OpenResponse", err)
		l.look("Compare", Compare("PLAIN", bad, Response{Data: []byte("\x00a\x00b")}))
		_, wrong := DecodeBase64(bad)
		l.look("DecodeBase64", wrong)
	}
}

func TestSecret(t *testing.T) {
	type hidden struct{ s Secret } // fmt calls no methods here
	s := NewSecret("geheim")
	for _, shown := range []string{fmt.Sprintf("%v %+v %#v %s", s, s, s, s), fmt.Sprintf("%+v %#v", hidden{s}, hidden{s}), fmt.Sprintf("%"+"s", any(hidden{s})), fmt.Sprintf("%"+"x", any(hidden{s})), s.String(), s.GoString()} {
		if strings.Contains(shown, "geheim") {
			t.Error(shown)
		}
	}
	if fmt.Sprint(NewSecret("")) != fmt.Sprint(NewSecret(strings.Repeat("x", 100))) {
		t.Error("the mask tells the length")
	}
	if data, err := json.Marshal(map[string]Secret{"a": s}); err != nil || string(data) != `{"a":"`+Mask+`"}` {
		t.Errorf("%s, %v", data, err)
	}
	if s.Reveal() != "geheim" || s.IsZero() || !NewSecret("").IsZero() || (Secret{}).Reveal() != "" {
		t.Error("a Secret does not hold what it was given")
	}
}

func TestValueDisplay(t *testing.T) {
	v := Value{Name: "passwd", Text: "geheim", Hides: HidesPassword, How: "typed"}
	if v.Display(false) != Mask || v.Display(true) != "geheim" || v.Revealed().Display(false) != "geheim" {
		t.Errorf("%s %s", v.Display(false), v.Display(true))
	}
	data, err := json.Marshal(v)
	if err != nil || string(data) != `{"name":"passwd","hides":"password","how":"typed"}` {
		t.Errorf("%s, %v", data, err)
	}
	open := raw("salt", []byte{1, 0xab}, "", "")
	if data, _ = json.Marshal(open); string(data) != `{"name":"salt","bytes":"Aas="}` || open.Display(false) != "01ab" {
		t.Errorf("%s %s", data, open.Display(false))
	}
	var back Value
	if err := json.Unmarshal(data, &back); err != nil || back.Display(false) != "01ab" {
		t.Errorf("%v, %v", back, err)
	}
}
