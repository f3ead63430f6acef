package message

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
)

// signedLetter is a message signed by each of the domains, and the record of their key.
func signedLetter(t testing.TB, domains ...string) (text, record string) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	text = "From: ann@a.example\r\nTo: bob@b.example\r\nSubject: hello\r\nDate: Mon, 30 Nov 2026 02:00:00 +0000\r\nMessage-ID: <1@a.example>\r\n\r\nHello  Bob.\r\n\r\n\r\n"
	for _, d := range domains {
		var b strings.Builder
		o := &dkim.SignOptions{Domain: d, Selector: "s1", Signer: private, HeaderKeys: []string{"From", "To", "Subject"}, HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed}
		if err := dkim.Sign(&b, strings.NewReader(text), o); err != nil {
			t.Fatal(err)
		}
		text = b.String()
	}
	return text, "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)
}

// A signature is valid with its key, whatever else is signed there and however the lines end; what was changed makes it invalid; a key
// that is not there, or an answer that did not come, proves nothing.
func TestVerify(t *testing.T) {
	text, record := signedLetter(t, "a.example", "list.example")
	key := func(string) ([]string, error) { return []string{record}, nil }
	changed := strings.Replace(text, "Subject: hello", "Subject: hollo", 1)
	for name, c := range map[string]struct {
		text string
		keys func(string) ([]string, error)
		want Checked
		body BodyHash
	}{
		"valid":          {text, key, Valid, BodySame},
		"on Unix":        {strings.ReplaceAll(text, "\r\n", "\n"), key, Valid, BodySame},
		"another header": {changed, key, Invalid, BodySame},
		"another body":   {strings.Replace(text, "Bob.", "Eve.", 1), key, Invalid, BodyDiffers},
		"another key":    {text, func(string) ([]string, error) { _, other := signedLetter(t); return []string{other}, nil }, Invalid, BodySame},
		"no key":         {text, func(string) ([]string, error) { return nil, nil }, NoKey, BodySame},
		"no answer":      {text, func(string) ([]string, error) { return nil, errors.New("timeout\x1b") }, NoAnswer, BodySame},
		"a wrong record": {text, func(string) ([]string, error) { return []string{"v=DKIM1; p="}, nil }, Invalid, BodySame},
		"not asked":      {text, nil, NotChecked, BodySame},
	} {
		r, _ := Read(c.text, Options{Keys: c.keys})
		if len(r.Signatures) != 2 {
			t.Fatal(name, r.Signatures)
		}
		for _, s := range r.Signatures {
			if s.Checked != c.want || s.Body != c.body || strings.ContainsRune(s.Reason, '\x1b') || (s.Reason == "") == (c.want == Invalid || c.want == NoAnswer) {
				t.Errorf("%s: %+v", name, s)
			}
		}
		if said := slices.Contains(codes(r), "dkim-invalid"); said != (c.want == Invalid && c.body == BodySame) {
			t.Errorf("%s: %v", name, codes(r))
		}
	}
}

// What this program does not check is not called invalid, and nobody is asked for its key.
func TestNotChecked(t *testing.T) {
	for _, tags := range []string{"l=3; h=From", "x=1000000000; h=From", "h=From:DKIM-Signature"} {
		text := "DKIM-Signature: v=1; a=rsa-sha256; d=a.example; s=s1; bh=QUJD; b=QUJD; " + tags + "\r\nFrom: ann@a.example\r\nTo: bob@b.example\r\n\r\nHello.\r\n"
		r, _ := Read(text, Options{Keys: func(name string) ([]string, error) { t.Error(name, "is asked for"); return nil, nil }})
		if s := r.Signatures[0]; s.Checked != NotChecked || s.Reason == "" || slices.Contains(codes(r), "dkim-invalid") {
			t.Errorf("%s: %+v, %v", tags, s, codes(r))
		}
	}
}

// Only the names that the signatures themselves give are asked for, and not more than the signatures that are read.
func TestAskedNames(t *testing.T) {
	text, _ := signedLetter(t, "a.example", "list.example")
	var asked []string
	Read(text, Options{Keys: func(name string) ([]string, error) { asked = append(asked, name); return nil, nil }})
	if want := []string{"s1._domainkey.list.example", "s1._domainkey.a.example"}; !slices.Equal(asked, want) {
		t.Errorf("%q, want %q", asked, want)
	}
	many := 0
	Read(strings.Repeat(text[:strings.Index(text, "From: ")], 50)+text, Options{Keys: func(string) ([]string, error) { many++; return nil, nil }})
	if many != mostSignatures {
		t.Errorf("%d questions", many)
	}
}

// Whatever signatures and keys there are, it ends.
func FuzzVerify(f *testing.F) {
	text, record := signedLetter(f, "a.example")
	f.Add(text, record)
	f.Add(strings.Replace(text, "a=ed25519", "a=rsa", 1), "p=MCwwDQYJKoZIhvcNAQEBBQADGwAwGAIRAMP1")
	f.Fuzz(func(t *testing.T, text, record string) {
		Read(text, Options{Keys: func(string) ([]string, error) { return []string{record}, nil }})
	})
}
