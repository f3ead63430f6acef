package leaktest

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
)

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// wire is an exchange as lines: C and S in turn, as messages before base64.
func wire(command string, messages ...string) []Line {
	lines := []Line{{false, command}}
	for i, m := range messages {
		if i%2 == 0 {
			lines = append(lines, Line{true, "334 " + b64(m)})
		} else {
			lines = append(lines, Line{false, b64(m)})
		}
	}
	return append(lines, Line{true, "235 2.7.0 ok"})
}

// What is derived is what the RFCs have in their examples: 5802 §5, 7677 §3, 2831 §4, 2195 §2.
func TestDerived(t *testing.T) {
	for _, c := range []struct {
		secret string
		lines  []Line
		want   map[string]string // in hexadecimal, or as text
	}{
		{"pencil", wire("AUTH SCRAM-SHA-1 "+b64("n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL"), "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
			"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="),
			map[string]string{"ClientProof": "bf45fcbf7073d93d022466c94321745fe1c8e13b", "proof on the wire": "bf45fcbf7073d93d022466c94321745fe1c8e13b",
				"SaltedPassword": "1d96ee3a529b5a5f9e47c01f229a2cb8a6e15f7d", "ServerSignature": "ae617da6a57c4bbb2e0286568dae1d251905b0a4"}},
		{"pencil", wire("AUTH SCRAM-SHA-256", "", "n,,n=user,r=rOprNGfwEbeRWgbNEkqO", "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
			"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="),
			map[string]string{"ClientProof": "747cdb65aa56224e2352137e52d7bdcad6a0f738df30782caa69a2cfb0277554"}},
		{"secret", wire("AUTH DIGEST-MD5", `realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",qop="auth",algorithm=md5-sess,charset=utf-8`,
			`charset=utf-8,username="chris",realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",nc=00000001,cnonce="OA6MHXh6VqTrRk",digest-uri="imap/elwood.innosoft.com",response=d388dad90d4bbd760a152321f2143af7,qop=auth`),
			map[string]string{"response": "d388dad90d4bbd760a152321f2143af7", "rspauth": "ea40f60335c427b5527b84dbabcdfffd"}},
		{"tanstaaftanstaaf", wire("AUTH CRAM-MD5", "<1896.697170952@postoffice.reston.mci.net>", "tim b913a602c7eda7a495b4e6e7334d3890"),
			map[string]string{"digest": "b913a602c7eda7a495b4e6e7334d3890"}},
	} {
		x := Exchanges(c.lines)
		if len(x) != 1 || x[0].Code != "235" {
			t.Fatalf("%+v", x)
		}
		got := map[string]string{}
		for _, d := range x[0].derived(c.secret) {
			got[d.what] = hex.EncodeToString(d.octets)
			if len(d.octets) == 32 && strings.Trim(string(d.octets), "0123456789abcdef") == "" {
				got[d.what] = string(d.octets)
			}
		}
		for what, want := range c.want {
			if got[what] != want {
				t.Errorf("%s %s: %s, want %s", x[0].Mechanism, what, got[what], want)
			}
		}
		if needles := Needles(c.lines, c.secret); !slices.Contains(Found(c.lines[len(c.lines)-2].Text, needles), "line") {
			t.Errorf("%s: the last line is no needle", x[0].Mechanism)
		}
	}
}

// A secret is found in each of its forms, wherever in a longer text it begins.
func TestForms(t *testing.T) {
	const secret = `pass/w"rd&1`
	needles := Forms("secret", []byte(secret))
	for _, text := range []string{secret, `pass/w\"rd&1`, hex.EncodeToString([]byte(secret)), "70 61 73 73 2F 77 22 72 64 26 31", "pass%2Fw%22rd%261", b64(secret), b64("x" + secret + "y"), b64("xx" + secret),
		base64.URLEncoding.EncodeToString([]byte("\x00" + secret)), "[112 97 115 115 47 119 34 114 100 38 49]"} {
		if Find("before "+text+" behind", needles) == "" {
			t.Errorf("%s is not found", text)
		}
	}
	if found := Find("nothing of the kind", needles); found != "" {
		t.Error(found)
	}
}

// What is in a text is found, each name once, and the first of the needles is said.
func TestFind(t *testing.T) {
	needles := []Needle{{"password", "practice"}, {"verb", "act"}, {"password", "tulip-42"}, {"prefix", "pract"}, {"number", "42"}, {"middle", "-42 pra"}}
	for text, want := range map[string]string{
		"":                    ":",
		"nothing pra-4":       ":",
		"a tulip-42 practice": "password verb prefix number middle:password as \"practice\"",
		"tulip-42":            "password number:password as \"tulip-42\"",
		"practic tulip-4":     "verb prefix:verb as \"act\"",
		"2424":                "number:number as \"42\"",
	} {
		said, _, _ := strings.Cut(Find(text, needles), ": …")
		if got := strings.Join(Found(text, needles), " ") + ":" + said; got != want {
			t.Errorf("in %q: %s, want %s", text, got, want)
		}
	}
	if said := Find("x 42 y 42", needles); said != `number as "42": …x 42 y 42…` {
		t.Errorf("%s", said)
	}
}
