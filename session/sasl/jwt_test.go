package sasl

import (
	"encoding/base64"
	"strings"
	"testing"
)

// jwt is a token with these claims, unsigned in truth.
func jwt(header, claims string) string {
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(header)) + "." + encode([]byte(claims)) + "." + encode([]byte("not a signature"))
}

func TestWhatATokenHolds(t *testing.T) {
	const header = `{"typ":"JWT","alg":"RS256"}`
	for _, c := range []struct{ name, token, want string }{
		{"as Microsoft issues them", jwt(header, `{"aud":"https://outlook.office.com","iss":"https://sts.windows.net/9/","nbf":1764460800,"exp":1764464400,"scp":"SMTP.Send offline_access","upn":"ann@example.org"}`),
			"token issuer=https://sts.windows.net/9/ token audience=https://outlook.office.com token scope=SMTP.Send offline_access token valid from=2025-11-30 00:00:00 UTC token valid until=2025-11-30 01:00:00 UTC"},
		{"several services, and roles", jwt(header, `{"aud":["a","b"],"roles":["SMTP.SendAsApp"],"exp":1764464400.5}`), "token audience=a b token roles=SMTP.SendAsApp token valid until=2025-11-30 01:00:00 UTC"},
		{"opaque", "ya29.a0AfH6SMBx-practice", ""},
		{"encrypted", jwt(`{"alg":"RSA-OAEP","enc":"A256GCM"}`, "x") + ".iv.tag", "token=encrypted JWT"},
		{"not JSON", jwt(header, `nothing`), ""},
		{"times that are none", jwt(header, `{"exp":"soon","nbf":-1,"iss":7}`), ""},
		{"null", jwt("null", "null"), ""},
		{"a control character", jwt(header, "{\"iss\":\"a\\u001b[2Jb\"}"), "token issuer=611b5b324a62"},
		{"long", jwt(header, `{"scope":"`+strings.Repeat("x", 3000)+`"}`), "token scope=" + strings.Repeat("x", longestClaim) + "…"},
	} {
		var got []string
		for _, v := range heldBy(NewSecret(c.token)) {
			got = append(got, v.Name+"="+v.Display(false))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %q, want %q", c.name, strings.Join(got, " "), c.want)
		}
	}
}

// What a token says of the person, and its signature, are shown nowhere.
func TestTokenKeepsThePerson(t *testing.T) {
	token := jwt(`{"alg":"RS256"}`, `{"exp":1764464400,"sub":"ann-0815","upn":"ann@example.org"}`)
	for _, name := range []string{"XOAUTH2", "OAUTHBEARER"} {
		m, err := New(name, Credentials{Username: "ann", Token: NewSecret(token)}, Binding{}, []string{name})
		if err != nil {
			t.Fatal(err)
		}
		r, err := m.Start()
		if err != nil {
			t.Fatal(err)
		}
		var shown strings.Builder
		for _, v := range r.Values {
			shown.WriteString(v.Name + " " + v.Display(false) + "\n")
		}
		if text := shown.String(); !strings.Contains(text, "token valid until 2025-11-30 01:00:00 UTC") || strings.Contains(text, "0815") || strings.Contains(text, "eyJ") {
			t.Errorf("%s shows\n%s", name, text)
		}
	}
}

func FuzzToken(f *testing.F) {
	f.Add(jwt(`{"alg":"none"}`, `{"exp":1e300,"aud":[["x"]]}`))
	f.Add("..")
	f.Fuzz(func(t *testing.T, token string) {
		for _, v := range heldBy(NewSecret(token)) {
			if len(v.Display(false)) > 2*longestClaim+8 {
				t.Errorf("%s is long", v.Name)
			}
		}
	})
}
