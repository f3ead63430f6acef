package sasl

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"testing"
)

// Two challenges of anyone's making, for every mechanism: no panic, no answer beside an error, no iteration count
// above the ceiling, nothing of the password in what is shown.
func FuzzChallenges(f *testing.F) {
	first := "r=" + clientNonce + "xyz,s=QSXCR+Q6sek8bf92,i=4096"
	for _, seed := range [][2]string{
		{first, "v=AAAA"}, {first + ",x=y", "e=other-error"}, {"m=x," + first, ""}, {"e=no-resources", ""},
		{"r=" + clientNonce + "x,s=QSXCR+Q6sek8bf92,i=2147483648", ""},
		{`realm="a\"b",nonce="n",qop="auth,auth-int",algorithm=md5-sess,charset=utf-8,maxbuf=1`, "rspauth=abc"},
		{`,, nonce = "n" , algorithm = md5-sess`, `rspauth="`}, {"<1@a>", "<2@a>"}, {"Username:", "Password:"},
		{`{"status":"invalid_token","scope":1,"x":{"y":[]}}`, ""}, {"", "\x00"}, {"\xff\x1b[2J", "v="},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, one, two string) {
		for _, info := range Mechanisms() {
			if !info.Supported || info.Bound {
				continue
			}
			fuzzExchange(t, info.Name, one, two)
		}
	})
}

const fuzzPassword = "correct horse battery"

func fuzzExchange(t *testing.T, name, one, two string) {
	c := everything()
	c.Password = NewSecret(fuzzPassword)
	m, err := New(name, c, Binding{}, []string{name}, withNonce(clientNonce), WithCeiling(5000))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Start(); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{one, two} {
		challenge, r, err := m.Next([]byte(s))
		if err != nil && (r.Data != nil || r.Values != nil) {
			t.Fatalf("%s answers %q beside %v", name, r.Data, err)
		}
		data, jsonErr := json.Marshal([]any{challenge, r})
		said := fmt.Sprintf("%+v %+v %v %s", challenge, r, err, data)
		if jsonErr != nil || bytes.Contains([]byte(said), []byte(fuzzPassword)) && !bytes.Contains([]byte(one+two), []byte(fuzzPassword)) {
			t.Fatalf("%s: %v %s", name, jsonErr, said)
		}
		if err != nil {
			return
		}
	}
	if _, err := m.Done(); err == nil && proves(name) {
		t.Fatalf("%s believes a server that cannot know the password: %q %q", name, one, two)
	}
}

func proves(name string) bool { info, _ := Lookup(name); return info.ProvesServer }

func FuzzServerFirst(f *testing.F) {
	f.Add([]byte("r=abc,s=QSXCR+Q6sek8bf92,i=4096,x=y"))
	f.Add([]byte("r=,s=,i="))
	f.Fuzz(func(t *testing.T, b []byte) {
		first, err := parseServerFirst(b)
		first.values()
		if err == nil && (first.nonce == "" || len(first.salt) == 0 || first.iterations < 1) {
			t.Fatalf("%q: %+v", b, first)
		}
	})
}

func FuzzServerFinal(f *testing.F) {
	f.Add([]byte("v=rmF9pqV8S7suAoZWja4dJRkFsKQ="))
	f.Add([]byte("e=invalid-proof,x=y"))
	f.Fuzz(func(t *testing.T, b []byte) {
		final, err := parseServerFinal(b)
		final.values()
		if err == nil && len(final.verifier) == 0 {
			t.Fatalf("%q: %+v", b, final)
		}
		if bytes.HasPrefix(b, []byte("v=")) && final.hides() == "" {
			t.Fatalf("%q is shown", b)
		}
	})
}

// What quote wrote, the parser reads back.
func FuzzDirectives(f *testing.F) {
	f.Add("realm", `a"b\c`)
	f.Add("nonce", "")
	f.Fuzz(func(t *testing.T, name, value string) {
		parseDirectives([]byte(name + value))
		all, err := parseDirectives([]byte("x=1, name=" + quote(value) + " ,, y=2"))
		got, ok := all.only("name")
		if err != nil || !ok || got != value || len(all) != 3 {
			t.Fatalf("%q: %q, %v", value, all, err)
		}
	})
}

func FuzzDigestChallenge(f *testing.F) {
	f.Add([]byte(`realm="a",nonce="n",qop="auth",algorithm=md5-sess,charset=utf-8`))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := parseDigestChallenge(b)
		if err == nil && (d.nonce == "" || len(b) >= maxDigestChallenge || len(d.all) > maxDirectives) {
			t.Fatalf("%q: %+v", b, d)
		}
	})
}

func FuzzOAuthFailure(f *testing.F) {
	f.Add([]byte(`{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}`))
	f.Add([]byte(`{"status":1}`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, b []byte) {
		values, findings := readOAuthFailure(b, "")
		if len(values) == 0 || len(findings) != 1 {
			t.Fatalf("%q: %v %v", b, values, findings)
		}
	})
}

// What is accepted is canonical base64, so it encodes to the same line.
func FuzzDecodeChallenge(f *testing.F) {
	for _, s := range []string{"", "VXNlcm5hbWU6", "=AAA", "AAA=BBB", "AA\nAA", "-_-_", "Zm9=", "*", "00\v00", "00\u008500", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		data, err := DecodeChallenge(line)
		trimmed := bytes.TrimRight([]byte(line), "\r\n")
		if err == nil && base64.StdEncoding.EncodeToString(data) != string(trimmed) {
			t.Fatalf("%q gives %q", line, data)
		}
		if wrong := diagnoseBase64(string(trimmed)); (err == nil) != (len(wrong) == 0) && len(trimmed) <= maxLine {
			t.Fatalf("%q: %v, diagnosed %q", line, err, wrong)
		}
	})
}

func FuzzOpenResponse(f *testing.F) {
	for _, s := range []string{"\x00ann\x00geheim", "ann b913a602c7eda7a495b4e6e7334d3890", "n,,n=ann,r=x", "c=biws,r=x,p=AAAA",
		"n,a=ann,\x01auth=Bearer t\x01\x01", "user=ann\x01auth=Bearer t\x01\x01", "\x01", `username="a",response=b`, ""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		Recognize(b)
		line := EncodeBase64(b)
		for _, info := range Mechanisms() {
			r, err := OpenResponse(info.Name, []byte(line))
			if err != nil && r.Hides == "" {
				t.Fatalf("%s %q: shown although it could not be read", info.Name, b)
			}
			OpenResponse(info.Name, b)
			OpenChallenge(info.Name, []byte(line))
			if said := Compare(info.Name, line, Response{Data: b}); said != nil {
				t.Fatalf("%s %q differs from itself: %q", info.Name, b, said)
			}
			Compare(info.Name, line, Response{Data: []byte("\x00ann\x00geheim")})
			Compare(info.Name, string(b), Response{Data: []byte("x " + HMACMD5("a", b))})
		}
	})
}

// Whatever clients send, the server neither panics nor lets them in.
func FuzzServer(f *testing.F) {
	f.Add("n,,n=ann,r=x", "c=biws,r=x,p=AAAA")
	f.Add("\x00ann\x00geheim", "")
	f.Add("n,a=ann,\x01auth=Bearer t\x01\x01", "\x01")
	f.Add("ann", "geheim")
	f.Fuzz(func(t *testing.T, one, two string) {
		for _, info := range Mechanisms() {
			server, err := NewServer(info.Name, ServerConfig{Host: "h", Accounts: book{"ann": {
				Password: NewSecret("another password"), Token: NewSecret("another.token")}}})
			if err != nil || info.Name == "ANONYMOUS" {
				continue
			}
			for _, response := range [][]byte{nil, []byte(one), []byte(two), nil} {
				if _, done, err := server.Next(response); done && err == nil && one != "another password" && two != "another password" {
					t.Fatalf("%s lets %q %q in", info.Name, one, two)
				}
			}
		}
	})
}
