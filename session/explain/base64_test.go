package explain

import (
	"encoding/base64"
	"strings"
	"testing"
)

func TestOpenRecognizesAndMasks(t *testing.T) {
	for _, c := range []struct {
		content string
		what    string
		masked  string
	}{
		{"test\x00test\x001234", "AUTH PLAIN message", "test␀test␀" + mask},
		{"\x00ann\x00pass\x01word", "AUTH PLAIN message", "␀ann␀" + mask},
		{"Username:", "prompt of AUTH LOGIN", "Username:"},
		{"Password:", "prompt of AUTH LOGIN", "Password:"},
		{"Password1", "text, perhaps a username or a password", mask},
		{"hunter2", "text, perhaps a username or a password", mask},
		{"e=mc2", "text, perhaps a username or a password", mask},
		{"v=secret", "text, perhaps a username or a password", mask},
		{"<1896.697170952@postoffice.reston.mci.net>", "CRAM-MD5 challenge", "<1896.697170952@postoffice.reston.mci.net>"},
		{"tim b913a602c7eda7a495b4e6e7334d3890", "CRAM-MD5 response", "tim " + mask},
		{"n,,n=user,r=rOprNGfwEbeRWgbNEkqO", "SCRAM client-first message", "n,,n=user,r=rOprNGfwEbeRWgbNEkqO"},
		{"r=abc,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", "SCRAM server-first message", "r=abc,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"},
		{"c=biws,r=abc,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "SCRAM client-final message", "c=biws,r=abc,p=" + mask},
		{"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", "SCRAM server-final message", "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="},
		{"e=invalid-proof", "SCRAM server-final message", "e=invalid-proof"},
		{"user=ann@example.org\x01auth=Bearer ya29.abc\x01\x01", "XOAUTH2 message", "user=ann@example.org␁auth=Bearer " + mask + "␁␁"},
		{"n,a=ann,\x01host=h\x01port=587\x01auth=Bearer ya29\x01\x01", "OAUTHBEARER message", "n,a=ann,␁host=h␁port=587␁auth=Bearer " + mask + "␁␁"},
		{"auth=Bearer one\x01auth=Bearer two\x01", "OAUTHBEARER message", "auth=Bearer " + mask + "␁"},
		{`{"status":"401","schemes":"bearer"}`, "error of OAUTHBEARER or XOAUTH2", `{"status":"401","schemes":"bearer"}`},
		{`username="a",nonce="b",response=c0ffee`, "DIGEST-MD5 response", `username="a",nonce="b",response=` + mask},
		{`realm="x",nonce="y",algorithm=md5-sess`, "DIGEST-MD5 challenge", `realm="x",nonce="y",algorithm=md5-sess`},
		{"NTLMSSP\x00\x03\x00\x00\x00hash", "NTLM message 3", "NTLMSSP␀" + mask},
		{"\x60\x82\x01\x02\xff", "bytes, perhaps a token", mask},
	} {
		b, ok := openBlob(base64.StdEncoding.EncodeToString([]byte(c.content)))
		if !ok || b.what != c.what || b.visible != c.masked {
			t.Errorf("%q\n got %v %q %q\nwant %q %q", c.content, ok, b.what, b.visible, c.what, c.masked)
		}
	}
}

func TestVisible(t *testing.T) {
	if got, want := visible("a\x1b[2J\u202eb\u009b\xff\x7f"), `a␛[2J\u{202E}b\u{009B}\xFF␡`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, blob := range []string{"", "abc", "ab=c", "====", "a b c d", "dGVz\r\n", "dGVzd!==", strings.Repeat("A", maxBlob+4)} {
		if b, ok := openBlob(blob); ok {
			t.Errorf("%.20q is %q", blob, b.visible)
		}
	}
}

func TestOpenTakesBase64WithoutPadding(t *testing.T) {
	if b, ok := openBlob("dGVzdAB0ZXN0ADEyMzQ"); !ok || b.what != "AUTH PLAIN message" {
		t.Errorf("%v %q", ok, b.what)
	}
}

// The server's proof in DIGEST-MD5 is known for what it is, and hidden like one.
func TestOpenRspauth(t *testing.T) {
	b, ok := openBlob("cnNwYXV0aD1lYTQwZjYwMzM1YzQyN2I1NTI3Yjg0ZGJhYmNkZmZmZA==")
	if !ok || b.mechanism != "DIGEST-MD5" || strings.Contains(b.visible, "ea40") || !strings.Contains(b.visible, mask) || !strings.Contains(b.what, "proof of the server") {
		t.Errorf("%+v", b)
	}
}

// An answer that holds nothing is not said to give a secret away.
func TestSendNothingSecret(t *testing.T) {
	for line, warns := range map[string]bool{"": false, "AQ==": false, "c2VjcmV0": true} {
		x := Send(line, SendContext{Mechanism: "OAUTHBEARER"})
		if got := strings.Contains(x.Cause, "read the secret"); got != warns {
			t.Errorf("%q: cause %q", line, x.Cause)
		}
	}
}
