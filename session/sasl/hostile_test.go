package sasl

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Code != code {
		t.Errorf("error %v, want the code %s", err, code)
	}
}

const clientNonce = "fyko+d2lbbFgONRv9qkxdawL"

// What a hostile server says as its first and second challenge, and what comes of it.
func TestHostileChallenges(t *testing.T) {
	const first = "r=" + clientNonce + "xyz,s=QSXCR+Q6sek8bf92,i=4096"
	digest := `nonce="n",algorithm=md5-sess`
	for _, c := range []struct{ what, mechanism, first, second, code string }{
		{"nonce replaced", "SCRAM-SHA-256", "r=abcdefgh,s=QSXCR+Q6sek8bf92,i=4096", "", CodeNonce},
		{"nonce cut", "SCRAM-SHA-256", "r=fyko,s=QSXCR+Q6sek8bf92,i=4096", "", CodeNonce},
		{"nonce not extended", "SCRAM-SHA-256", "r=" + clientNonce + ",s=QSXCR+Q6sek8bf92,i=4096", "", CodeNonce},
		{"2^31 iterations", "SCRAM-SHA-256", "r=" + clientNonce + "x,s=QSXCR+Q6sek8bf92,i=2147483648", "", CodeIterationsHigh},
		{"10^40 iterations", "SCRAM-SHA-1", "r=" + clientNonce + "x,s=QSXCR+Q6sek8bf92,i=1" + strings.Repeat("0", 40), "", CodeIterationsHigh},
		{"one over the ceiling", "SCRAM-SHA-1", "r=" + clientNonce + "x,s=QSXCR+Q6sek8bf92,i=1000001", "", CodeIterationsHigh},
		{"no iterations", "SCRAM-SHA-1", "r=" + clientNonce + "x,s=QSXCR+Q6sek8bf92,i=0", "", CodeMalformed},
		{"negative iterations", "SCRAM-SHA-1", "r=" + clientNonce + "x,s=QSXCR+Q6sek8bf92,i=-4096", "", CodeMalformed},
		{"leading zero", "SCRAM-SHA-1", "r=" + clientNonce + "x,s=QSXCR+Q6sek8bf92,i=04096", "", CodeMalformed},
		{"mandatory extension", "SCRAM-SHA-256", "m=new," + first, "", CodeExtension},
		{"mandatory extension at the end", "SCRAM-SHA-256", first, "m=new,v=QUJD", CodeExtension},
		{"mandatory extension behind all else", "SCRAM-SHA-256", first + ",m=new", "", CodeExtension},
		{"mandatory extension in the middle", "SCRAM-SHA-512", "r=" + clientNonce + "xyz,m=new,s=QSXCR+Q6sek8bf92,i=4096", "", CodeExtension},
		{"mandatory extension behind an optional one", "SCRAM-SHA-1", first + ",x=y,m=", "", CodeExtension},
		{"mandatory extension behind the signature", "SCRAM-SHA-256", first, "v=QUJD,m=new", CodeExtension},
		{"no salt", "SCRAM-SHA-256", "r=" + clientNonce + "x,i=4096", "", CodeMalformed},
		{"empty salt", "SCRAM-SHA-256", "r=" + clientNonce + "x,s=,i=4096", "", CodeMalformed},
		{"salt is not base64", "SCRAM-SHA-256", "r=" + clientNonce + "x,s=***,i=4096", "", CodeMalformed},
		{"wrong order", "SCRAM-SHA-256", "s=QSXCR+Q6sek8bf92,r=" + clientNonce + "x,i=4096", "", CodeMalformed},
		{"control character in the nonce", "SCRAM-SHA-256", "r=" + clientNonce + "\x1b[2J,s=QSXCR+Q6sek8bf92,i=4096", "", CodeMalformed},
		{"extension without form", "SCRAM-SHA-256", first + ",nonsense", "", CodeMalformed},
		{"empty first challenge", "SCRAM-SHA-256", "", "", CodeMalformed},
		{"wrong signature", "SCRAM-SHA-256", first, "v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", CodeServerProof},
		{"short signature", "SCRAM-SHA-256", first, "v=AAAA", CodeServerProof},
		{"empty signature", "SCRAM-SHA-256", first, "v=", CodeMalformed},
		{"neither signature nor error", "SCRAM-SHA-256", first, "", CodeMalformed},
		{"refusal", "SCRAM-SHA-256", first, "e=invalid-proof", CodeRefused},
		{"other TLS connections", "SCRAM-SHA-256", first, "e=channel-bindings-dont-match", CodeMismatch},
		{"a list that was changed", "SCRAM-SHA-256", first, "e=server-does-support-channel-binding", CodeStripped},
		{"no channel binding", "SCRAM-SHA-256", first, "e=channel-binding-not-supported", CodeBindingType},
		{"another type of binding", "SCRAM-SHA-256", first, "e=unsupported-channel-binding-type", CodeBindingType},
		{"refusal at once", "SCRAM-SHA-256", "e=unknown-user", "", CodeRefused},
		{"refusal that nobody knows", "SCRAM-SHA-256", first, "e=\x1b]0;owned\a", CodeRefused},

		{"empty challenge", "CRAM-MD5", "", "", CodeMalformed},
		{"second challenge", "CRAM-MD5", "<1@a>", "<2@a>", CodeUnexpected},

		{"challenge after PLAIN", "PLAIN", "x", "", CodeUnexpected},
		{"challenge after EXTERNAL", "EXTERNAL", "", "", CodeUnexpected},
		{"challenge after ANONYMOUS", "ANONYMOUS", "x", "", CodeUnexpected},
		{"password asked twice", "LOGIN", "Password:", "Password:", CodeUnexpected},
		{"username asked twice", "LOGIN", "Username:", "Username:", CodeUnexpected},
		{"two failures", "OAUTHBEARER", `{"status":"x"}`, `{"status":"x"}`, CodeUnexpected},

		{"no nonce", "DIGEST-MD5", `algorithm=md5-sess`, "", CodeMalformed},
		{"two nonces", "DIGEST-MD5", digest + `,nonce="m"`, "", CodeMalformed},
		{"no algorithm", "DIGEST-MD5", `nonce="n"`, "", CodeMalformed},
		{"another algorithm", "DIGEST-MD5", `nonce="n",algorithm=md5`, "", CodeMalformed},
		{"only auth-conf", "DIGEST-MD5", digest + `,qop="auth-int,auth-conf"`, "", CodeMalformed},
		{"another charset", "DIGEST-MD5", digest + `,charset=utf-7`, "", CodeMalformed},
		{"open quote", "DIGEST-MD5", digest + `,realm="x`, "", CodeMalformed},
		{"escape at the end", "DIGEST-MD5", digest + `,realm="x\`, "", CodeMalformed},
		{"no commas", "DIGEST-MD5", digest + ` realm="x"`, "", CodeMalformed},
		{"2048 bytes", "DIGEST-MD5", digest + `,realm="` + strings.Repeat("r", 2048) + `"`, "", CodeTooLong},
		{"65 directives", "DIGEST-MD5", digest + strings.Repeat(",a=b", 65), "", CodeMalformed},
		{"wrong rspauth", "DIGEST-MD5", digest, "rspauth=00000000000000000000000000000000", CodeServerProof},
		{"no rspauth", "DIGEST-MD5", digest, "", CodeMalformed},

		{"10 MB", "LOGIN", strings.Repeat("x", 10<<20), "", CodeTooLong},
		{"10 MB", "SCRAM-SHA-256", strings.Repeat("r", 10<<20), "", CodeTooLong},
	} {
		t.Run(c.mechanism+" "+c.what, func(t *testing.T) {
			m := begin(t, c.mechanism, everything(), withNonce(clientNonce))
			if _, err := m.Start(); err != nil {
				t.Fatal(err)
			}
			challenge, r, err := m.Next([]byte(c.first))
			if err == nil {
				challenge, r, err = m.Next([]byte(c.second))
			}
			wantCode(t, err, c.code)
			if r.Data != nil || r.Values != nil {
				t.Errorf("there is an answer beside the error: %v", r)
			}
			if len(c.first) > 0 && len(c.first) < 4000 && c.second == "" && len(challenge.Data) == 0 && c.what != "no rspauth" &&
				c.what != "neither signature nor error" {
				t.Errorf("the challenge is not shown")
			}
			if _, _, again := m.Next([]byte("<3@a>")); again == nil {
				t.Error("the exchange went on")
			}
			if _, err := m.Done(); err == nil {
				t.Error("235 after the error was believed")
			}
		})
	}
}

// everything is credentials enough for every mechanism.
func everything() Credentials {
	return Credentials{Username: "ann", Password: NewSecret("geheim"), Token: NewSecret("t0k3n"), Host: "mail.lab", Port: 587}
}

// 235 before the server has proved itself is a failure with its own code.
func TestSuccessWithoutProof(t *testing.T) {
	for name, challenges := range map[string][]string{
		"SCRAM-SHA-1":   {"", "r=" + clientNonce + "x,s=QSXCR+Q6sek8bf92,i=4096"},
		"SCRAM-SHA-256": {"", "r=" + clientNonce + "x,s=QSXCR+Q6sek8bf92,i=4096"},
		"DIGEST-MD5":    {"", `nonce="n",algorithm=md5-sess`},
	} {
		for after := range challenges {
			m := begin(t, name, everything(), withNonce(clientNonce))
			m.Start()
			for _, c := range challenges[1 : after+1] {
				if _, _, err := m.Next([]byte(c)); err != nil {
					t.Fatal(err)
				}
			}
			_, err := m.Done()
			wantCode(t, err, CodeServerSilent)
		}
	}
}

// 235 to a client that has not shown its password, or anything at all, is not believed either.
func TestSuccessTooEarly(t *testing.T) {
	for _, name := range []string{"PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2", "EXTERNAL"} {
		m := begin(t, name, everything(), WithoutInitialResponse())
		m.Start()
		_, err := m.Done()
		wantCode(t, err, CodeTooEarly)
	}
	m := begin(t, "LOGIN", everything())
	m.Start()
	m.Next([]byte("Username:"))
	_, err := m.Done()
	wantCode(t, err, CodeTooEarly)
	_, err = begin(t, "PLAIN", everything()).Done()
	wantCode(t, err, CodeState)
}

func TestEndlessChallenges(t *testing.T) {
	for _, info := range Mechanisms() {
		if !info.Supported || info.Bound {
			continue
		}
		m := begin(t, info.Name, everything(), WithoutInitialResponse())
		m.Start()
		var err error
		rounds := 0
		for ; err == nil && rounds < 100; rounds++ {
			_, _, err = m.Next([]byte{})
		}
		if err == nil || rounds > 4 {
			t.Errorf("%s answered %d challenges: %v", info.Name, rounds, err)
		}
	}
}

func TestIterationCounts(t *testing.T) {
	next := func(name, count string, o ...Option) (Challenge, error) {
		m := begin(t, name, everything(), append(o, withNonce(clientNonce))...)
		m.Start()
		c, _, err := m.Next([]byte("r=" + clientNonce + "x,s=QSXCR+Q6sek8bf92,i=" + count))
		return c, err
	}
	c, err := next("SCRAM-SHA-256", "4095")
	if err != nil || len(c.Findings) != 1 || c.Findings[0].Code != CodeIterationsLow || c.Findings[0].Severity != severityWarn {
		t.Errorf("4095: %v, %v", c.Findings, err)
	}
	if c, err = next("SCRAM-SHA-256", "4096"); err != nil || len(c.Findings) != 0 {
		t.Errorf("4096: %v, %v", c.Findings, err)
	}
	if _, err = next("SCRAM-SHA-256", "600000"); err != nil {
		t.Errorf("600000: %v", err)
	}
	_, err = next("SCRAM-SHA-256", "5001", WithCeiling(5000))
	wantCode(t, err, CodeIterationsHigh)
	_, err = next("SCRAM-SHA-256", "9999", WithFloor(10_000))
	wantCode(t, err, CodeIterationsLow)
	if c, err = next("SCRAM-SHA-256", "10000", WithFloor(10_000)); err != nil || len(c.Findings) != 0 {
		t.Errorf("10000: %v, %v", c.Findings, err)
	}
}

func TestCallsOutOfOrder(t *testing.T) {
	m := begin(t, "PLAIN", everything())
	_, _, err := m.Next(nil)
	wantCode(t, err, CodeState)
	m = begin(t, "PLAIN", everything())
	m.Start()
	_, err = m.Start()
	wantCode(t, err, CodeState)
}

func TestMissingAndInvalidCredentials(t *testing.T) {
	full := everything()
	with := func(change func(*Credentials)) Credentials { c := full; change(&c); return c }
	for _, c := range []struct {
		what, mechanism string
		c               Credentials
		code            string
	}{
		{"no password", "PLAIN", with(func(c *Credentials) { c.Password = Secret{} }), CodeCredential},
		{"no username", "SCRAM-SHA-256", with(func(c *Credentials) { c.Username = "" }), CodeCredential},
		{"no token", "XOAUTH2", with(func(c *Credentials) { c.Token = Secret{} }), CodeCredential},
		{"no username for a token", "XOAUTH2", with(func(c *Credentials) { c.Username = "" }), CodeCredential},
		{"no host", "DIGEST-MD5", with(func(c *Credentials) { c.Host = "" }), CodeCredential},
		{"NUL in the password", "PLAIN", with(func(c *Credentials) { c.Password = NewSecret("a\x00b") }), CodePreparation},
		{"Latin-1 password", "PLAIN", with(func(c *Credentials) { c.Password = NewSecret("\xe4") }), CodePreparation},
		{"emoji in the password", "SCRAM-SHA-256", with(func(c *Credentials) { c.Password = NewSecret("\U0001f600") }), CodePreparation},
		{"control in the password", "SCRAM-SHA-1", with(func(c *Credentials) { c.Password = NewSecret("a\tb") }), CodePreparation},
		{"nothing left of the name", "SCRAM-SHA-1", with(func(c *Credentials) { c.Username = "\u00ad" }), CodePreparation},
		{"line end behind the token", "OAUTHBEARER", with(func(c *Credentials) { c.Token = NewSecret("t0k3n\n") }), CodePreparation},
		{"separator in the username", "XOAUTH2", with(func(c *Credentials) { c.Username = "a\x01auth=x" }), CodePreparation},
		{"separator in the host", "OAUTHBEARER", with(func(c *Credentials) { c.Host = "a\x01b" }), CodePreparation},
		{"NUL in the authzid", "EXTERNAL", with(func(c *Credentials) { c.Authzid = "a\x00" }), CodePreparation},
		{"trace with a control", "ANONYMOUS", with(func(c *Credentials) { c.Trace = "\a" }), CodePreparation},
		{"long trace", "ANONYMOUS", with(func(c *Credentials) { c.Trace = strings.Repeat("ä", 256) }), CodePreparation},
		{"nowhere for an authzid", "LOGIN", with(func(c *Credentials) { c.Authzid = "ann" }), CodePreparation},
		{"nowhere for an authzid", "CRAM-MD5", with(func(c *Credentials) { c.Authzid = "ann" }), CodePreparation},
		{"unknown", "NTLM", full, CodeUnsupported},
		{"unheard of", "X-NONSENSE", full, CodeUnsupported},
	} {
		t.Run(c.mechanism+" "+c.what, func(t *testing.T) {
			m, err := New(c.mechanism, c.c, Binding{}, nil)
			if err == nil {
				_, err = m.Start()
			}
			wantCode(t, err, c.code)
		})
	}
	if m, err := New("SCRAM-SHA-256", with(func(c *Credentials) { c.Username = "\U0001f600" }), Binding{}, nil); err != nil {
		t.Errorf("a username is a query string, in which young characters are allowed: %v, %v", m, err)
	}
}

func TestRandomnessFails(t *testing.T) {
	m := begin(t, "SCRAM-SHA-256", everything(), func(s *settings) { s.random = bytes.NewReader(nil) })
	_, err := m.Start()
	wantCode(t, err, CodeRandom)
}

func TestDecodeChallenge(t *testing.T) {
	for _, c := range []struct{ line, data, code string }{
		{"", "", ""},
		{"VXNlcm5hbWU6", "Username:", ""},
		{"VXNlcm5hbWU6\r\n", "Username:", ""},
		{"VXNlcm5hbWU6 ", "", CodeNotBase64},
		{"VXNl\r\ncm5hbWU6", "", CodeNotBase64},
		{"Username:", "", CodeNotBase64},
		{"=AAA", "", CodeNotBase64},
		{"AAA=BBB=", "", CodeNotBase64},
		{"AAA", "", CodeNotBase64},
		{"A===", "", CodeNotBase64},
		{"-_8=", "", CodeNotBase64},
		{strings.Repeat("A", maxLine), string(make([]byte, maxLine/4*3)), ""},
		{strings.Repeat("A", maxLine+4), "", CodeTooLong},
		{strings.Repeat("A", 10<<20), "", CodeTooLong},
	} {
		data, err := DecodeChallenge(c.line)
		switch {
		case c.code != "":
			wantCode(t, err, c.code)
		case err != nil || string(data) != c.data:
			t.Errorf("%.40q: %.40q, %v", c.line, data, err)
		}
	}
}

// A signature stays masked wherever it stands in a message that must be refused.
func TestSignatureBesideExtension(t *testing.T) {
	for _, message := range []string{"v=QUJD,m=new", "m=new,v=QUJD"} {
		c, err := OpenChallenge("SCRAM-SHA-256", []byte(EncodeBase64([]byte(message))))
		if err != nil || c.Hides != HidesProof {
			t.Errorf("%q hides %q, %v", message, c.Hides, err)
		}
	}
}
