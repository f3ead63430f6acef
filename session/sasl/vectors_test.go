package sasl

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
)

// withNonce fixes the nonce of a vector.
func withNonce(n string) Option { return func(s *settings) { s.nonce = n } }

// S is a challenge and C the answer to it, both decoded; the first C belongs to the AUTH command. An empty C is an
// empty line, nothing in place of the first C is a command without initial response.
type turn struct{ S, C string }

const nothing = "(nothing)"

func walk(t *testing.T, m Mechanism, turns ...turn) []Challenge {
	t.Helper()
	r, err := m.Start()
	check := func(r Response, err error, want string) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", m.Name(), err)
		}
		if want == nothing {
			if r.Data != nil {
				t.Fatalf("%s: initial response %q, want none", m.Name(), r.Data)
			}
			return
		}
		if r.Data == nil || string(r.Data) != want {
			t.Fatalf("%s: C %q (nil %t), want %q", m.Name(), r.Data, r.Data == nil, want)
		}
	}
	check(r, err, turns[0].C)
	var seen []Challenge
	for _, turn := range turns[1:] {
		c, r, err := m.Next([]byte(turn.S))
		check(r, err, turn.C)
		seen = append(seen, c)
	}
	if _, err := m.Done(); err != nil {
		t.Fatalf("%s: 235: %v", m.Name(), err)
	}
	return seen
}

func begin(t testing.TB, name string, c Credentials, o ...Option) Mechanism {
	t.Helper()
	m, err := New(name, c, Binding{}, []string{name}, o...)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func account(user, password string) Credentials {
	return Credentials{Username: user, Password: NewSecret(password)}
}

// Character sets, realms and an authzid; the digests were computed with Python's hashlib. With charset=utf-8 the hash is
// over UTF-8, as in Dovecot, without it over ISO 8859-1.
func TestDigestCharacters(t *testing.T) {
	for _, c := range []struct{ user, realm, password, authzid, challenge, response, rspauth string }{
		{"jürgen", "", "schlüssel", "", `realm="a\"b",realm="second",nonce="n0nce",algorithm=md5-sess,charset=utf-8`,
			`charset=utf-8,username="jürgen",realm="a\"b",nonce="n0nce",nc=00000001,cnonce="cn0nce",` +
				`digest-uri="smtp/mail.lab",response=b89a5b6f2535356d369d09a9c738d4d6,qop=auth`, "ec4dcd44fc2a4d6bd20b91f06481fdd8"},
		{"jürgen", `a"b`, "schlüssel", "", `nonce="n0nce",algorithm=md5-sess`, // without charset the names go out as ISO 8859-1
			"username=\"j\xfcrgen\",realm=\"a\\\"b\",nonce=\"n0nce\",nc=00000001,cnonce=\"cn0nce\"," +
				`digest-uri="smtp/mail.lab",response=cfa885e3ef8328850061ab13e166b438,qop=auth`, "bf78ed1e93bd98f3e8b7e21293d689ef"},
		{"ann", "r", "密码", "bob", `realm="q",nonce="n0nce",algorithm=md5-sess,charset=UTF-8`,
			`charset=utf-8,username="ann",realm="r",nonce="n0nce",nc=00000001,cnonce="cn0nce",digest-uri="smtp/mail.lab",` +
				`response=2666a88e4991c8d59cde7187faa45277,qop=auth,authzid="bob"`, "90535464a28e17dfc3a48d12e750c149"},
		{"ann", "", "geheim", "", `nonce="n0nce", algorithm=md5-sess , qop="auth,auth-int"`,
			`username="ann",nonce="n0nce",nc=00000001,cnonce="cn0nce",digest-uri="smtp/mail.lab",` +
				`response=70e381f3efe10123b3aafc40302e08b1,qop=auth`, "b93ece66d7b039cf3da12ec256f79f66"},
	} {
		cred := account(c.user, c.password)
		cred.Realm, cred.Authzid, cred.Host = c.realm, c.authzid, "mail.lab"
		walk(t, begin(t, "DIGEST-MD5", cred, withNonce("cn0nce")), turn{C: nothing}, turn{c.challenge, c.response},
			turn{"rspauth=" + c.rspauth, ""})
	}
	cred := account("ann", "密码")
	cred.Host = "mail.lab"
	m := begin(t, "DIGEST-MD5", cred)
	m.Start()
	_, _, err := m.Next([]byte(`nonce="n",algorithm=md5-sess`))
	wantCode(t, err, CodePreparation)
}

// The names and the order of a derivation are what the screen shows; the values are those of the RFC 5802 vector,
// computed there with Python's hashlib.
func TestScramValues(t *testing.T) {
	m := begin(t, "SCRAM-SHA-1", account("user", "pencil"), withNonce("fyko+d2lbbFgONRv9qkxdawL"))
	m.Start()
	_, r, err := m.Next([]byte("r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096"))
	if err != nil {
		t.Fatal(err)
	}
	want := []struct{ name, shown, hides string }{
		{"cbind-input", hex.EncodeToString([]byte("n,,")), ""},
		{"c", "biws", ""},
		{"nonce", "fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j", ""},
		{"client-final-message-without-proof", "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j", ""},
		{"AuthMessage", "n=user,r=fyko+d2lbbFgONRv9qkxdawL,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j," +
			"s=QSXCR+Q6sek8bf92,i=4096,c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j", ""},
		{"Normalize(password)", "pencil", HidesPassword},
		{"SaltedPassword", "1d96ee3a529b5a5f9e47c01f229a2cb8a6e15f7d", HidesKey},
		{"ClientKey", "e234c47bf6c36696dd6d852b99aaa2ba26555728", HidesKey},
		{"StoredKey", "e9d94660c39d65c38fbad91c358f14da0eef2bd6", HidesKey},
		{"ClientSignature", "5d7138c486b0bfabdf49e3e2da8bd6e5c79db613", HidesProof},
		{"ClientProof", "bf45fcbf7073d93d022466c94321745fe1c8e13b", HidesProof},
		{"ServerKey", "0fe09258b3ac852ba502cc62ba903eaacdbf7d31", HidesKey},
		{"ServerSignature", "ae617da6a57c4bbb2e0286568dae1d251905b0a4", HidesProof},
	}
	for i, w := range want {
		v := r.Values[i]
		if v.Name != w.name || v.Display(true) != w.shown || v.Hides != w.hides {
			t.Errorf("%d: %s %s hides %q; want %s %s hides %q", i, v.Name, v.Display(true), v.Hides, w.name, w.shown, w.hides)
		}
		if w.hides != "" && v.Display(false) != Mask {
			t.Errorf("%s is not masked: %s", v.Name, v.Display(false))
		}
	}
}

// RFC 7628 §4.3: the failure is opened, answered by its dummy, and is no success afterwards.
func TestOAuthFailure(t *testing.T) {
	failure := `{"status":"invalid_token","scope":"example_scope","openid-configuration":"https://example.com/.well-known/openid-config"}`
	for name, dummy := range map[string]string{"OAUTHBEARER": "AQ==", "XOAUTH2": ""} {
		m := begin(t, name, Credentials{Username: "u", Token: NewSecret("t0k3n")})
		m.Start()
		c, r, err := m.Next([]byte(failure))
		if err != nil {
			t.Fatal(err)
		}
		if got := EncodeResponse(r.Data, false); got != dummy || r.Data == nil || r.Hides != "" {
			t.Errorf("%s answers %q (hides %q), want %q", name, got, r.Hides, dummy)
		}
		if len(c.Values) != 3 || c.Values[0].Name != "status" || c.Values[0].Text != "invalid_token" {
			t.Errorf("%s: values %v", name, c.Values)
		}
		if len(c.Findings) != 1 || c.Findings[0].Code != CodeToken || !strings.Contains(c.Findings[0].Text, "expired") {
			t.Errorf("%s: findings %v", name, c.Findings)
		}
		_, err = m.Done()
		wantCode(t, err, CodeContradiction)
	}
}

func TestLoginPrompts(t *testing.T) {
	user, pass := "ann", "geheim"
	for _, c := range []struct {
		name     string
		eager    bool
		turns    []turn
		findings string
	}{
		{"usual", false, []turn{{C: nothing}, {"Username:", user}, {"Password:", pass}}, ""},
		{"draft", false, []turn{{C: nothing}, {"User Name\x00", user}, {"Password\x00", pass}}, ""},
		{"unknown prompts go by position", false, []turn{{C: nothing}, {"Hello", user}, {"", pass}}, "login-odd-prompt login-odd-prompt"},
		{"password first", false, []turn{{C: nothing}, {"Password:", pass}, {"Username:", user}}, "login-password-first"},
		{"username with the command", true, []turn{{C: user}, {"Password:", pass}}, ""},
		{"username ignored and asked again", true, []turn{{C: user}, {"Username:", user}, {"Password:", pass}}, CodeInitialIgnored},
		{"password asked by name of user", false, []turn{{C: nothing}, {"Login:", user}, {"Password for ann:", pass}}, ""},
		{"strange prompt after a known one", false, []turn{{C: nothing}, {"Password:", pass}, {"?", user}}, "login-password-first login-odd-prompt"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var o []Option
			if c.eager {
				o = append(o, WithInitialUsername())
			}
			var codes []string
			for _, seen := range walk(t, begin(t, "LOGIN", account(user, pass), o...), c.turns...) {
				for _, f := range seen.Findings {
					codes = append(codes, f.Code)
				}
			}
			if got := strings.Join(codes, " "); got != c.findings {
				t.Errorf("findings %q, want %q", got, c.findings)
			}
		})
	}
}

// A response too long for the command line waits for the empty challenge (RFC 4954 §4), as does one by option.
func TestLateInitialResponse(t *testing.T) {
	long := strings.Repeat("t", 600)
	message := "user=u\x01auth=Bearer " + long + "\x01\x01"
	walk(t, begin(t, "XOAUTH2", Credentials{Username: "u", Token: NewSecret(long)}), turn{C: nothing}, turn{"", message})
	seen := walk(t, begin(t, "PLAIN", account("a", "b"), WithoutInitialResponse()), turn{C: nothing}, turn{"go on", "\x00a\x00b"})
	if len(seen[0].Findings) != 1 || seen[0].Findings[0].Code != CodeFirstNotEmpty {
		t.Errorf("a text in the empty challenge: %v", seen[0].Findings)
	}
	fits := strings.Repeat("t", 351) // "AUTH XOAUTH2 " + 496 + CRLF is 511
	r, _ := begin(t, "XOAUTH2", Credentials{Username: "u", Token: NewSecret(fits)}).Start()
	if n := len(Command("XOAUTH2", r)) + 2; n > maxCommand || n < maxCommand-4 || r.Data == nil {
		t.Errorf("a command of %d bytes", n)
	}
	_, err := base64.StdEncoding.DecodeString(EncodeResponse(r.Data, true))
	if err != nil {
		t.Error(err)
	}
}

// A server that ignores the initial response and asks for it with an empty challenge gets it, once (RFC 4954 §4).
func TestInitialResponseAskedAgain(t *testing.T) {
	for _, info := range Mechanisms() {
		if !info.Supported || !info.ClientFirst || info.Bound {
			continue
		}
		m := begin(t, info.Name, everything())
		first, _ := m.Start()
		c, again, err := m.Next(nil)
		if err != nil || string(again.Data) != string(first.Data) || again.Hides != first.Hides {
			t.Fatalf("%s: %v, %v", info.Name, again, err)
		}
		if len(c.Findings) != 1 || c.Findings[0].Code != CodeInitialIgnored || c.Findings[0].Severity != severityInfo {
			t.Errorf("%s: %v", info.Name, c.Findings)
		}
		if _, third, err := m.Next(nil); err == nil && string(third.Data) == string(first.Data) && len(first.Data) > 0 {
			t.Errorf("%s: said a third time", info.Name)
		}
	}
	m := begin(t, "SCRAM-SHA-256", account("user", "pencil"), withNonce("rOprNGfwEbeRWgbNEkqO"))
	m.Start()
	typed, r, ok := Typed(m, []byte("n,,n=user,r=mine"))
	if _, again, err := typed.Next(nil); !ok || err != nil || string(again.Data) != "n,,n=user,r=mine" || string(r.Data) != string(again.Data) {
		t.Errorf("after a typed first message: %v, %v", again, err)
	}
}
