package message

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
)

// keys answers for TXT records alone.
type keys func(name string) ([]string, error)

func (k keys) TXT(name string) ([]string, error) {
	if !strings.Contains(name, "._domainkey.") {
		return nil, nil
	}
	return k(name)
}
func (keys) MX(string) ([]string, error)                        { return nil, nil }
func (keys) Addresses(string, netip.Addr) ([]netip.Addr, error) { return nil, nil }
func (keys) Names(netip.Addr) ([]string, error)                 { return nil, nil }
func (keys) Exists(string) (bool, error)                        { return true, nil }

// asked is what answers with keys; nobody, where there are none.
func asked(k keys) DNS {
	if k == nil {
		return nil
	}
	return k
}

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
		r, _ := Read(c.text, Options{DNS: asked(c.keys)})
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

// A signature that expired before the message arrived is not called invalid, and nobody is asked for its key.
func TestNotChecked(t *testing.T) {
	text := "DKIM-Signature: v=1; a=rsa-sha256; d=a.example; s=s1; bh=QUJD; b=QUJD; x=1000000000; h=From\r\nFrom: ann@a.example\r\nTo: bob@b.example\r\n\r\nHello.\r\n"
	r, _ := Read(text, Options{DNS: keys(func(name string) ([]string, error) { t.Error(name, "is asked for"); return nil, nil })})
	if s := r.Signatures[0]; s.Checked != NotChecked || s.Reason == "" || slices.Contains(codes(r), "dkim-invalid") {
		t.Errorf("%+v, %v", s, codes(r))
	}
}

// A signature of the beginning of a body is valid whatever follows it, and that is pointed out.
func TestPartlySigned(t *testing.T) {
	text, record := partlySigned(t)
	for more, unsigned := range map[string]int{"": 0, "Send the money elsewhere.\r\n": 27} {
		r, _ := Read(text+more, Options{DNS: keys(func(string) ([]string, error) { return []string{record}, nil })})
		if s := r.Signatures[0]; s.Checked != Valid || !s.Partly || s.Unsigned != unsigned || !slices.Contains(codes(r), "dkim-partly") {
			t.Errorf("%+v %v", s, codes(r))
		}
	}
	r, _ := Read(strings.Replace(text, "Hello", "Hallo", 1), Options{DNS: keys(func(string) ([]string, error) { return []string{record}, nil })})
	if s := r.Signatures[0]; s.Checked != Invalid || s.Body != BodyDiffers {
		t.Errorf("%+v", s)
	}
}

// partlySigned is a message with a signature of its beginning, which the library that signs here does not make.
func partlySigned(t testing.TB) (text, record string) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	const from, body = "From: ann@a.example\r\n", "Hello.\r\n"
	of := sha256.Sum256([]byte(body))
	field := "DKIM-Signature: v=1; a=ed25519-sha256; d=a.example; s=s1; l=8; h=From; bh=" + base64.StdEncoding.EncodeToString(of[:]) + "; b="
	hash := sha256.Sum256([]byte(from + field))
	return field + base64.StdEncoding.EncodeToString(ed25519.Sign(private, hash[:])) + "\r\n" + from + "To: bob@b.example\r\n\r\n" + body,
		"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)
}

// Only the names that the signatures themselves give are asked for, and not more than the signatures that are read.
func TestAskedNames(t *testing.T) {
	text, _ := signedLetter(t, "a.example", "list.example")
	var asked []string
	Read(text, Options{DNS: keys(func(name string) ([]string, error) { asked = append(asked, name); return nil, nil })})
	if want := []string{"s1._domainkey.list.example", "s1._domainkey.a.example"}; !slices.Equal(asked, want) {
		t.Errorf("%q, want %q", asked, want)
	}
	many, fields := 0, ""
	for i := range 50 {
		fields += strings.Replace(text[:strings.Index(text, "From: ")], "s=s1", fmt.Sprintf("s=k%d", i), 2)
	}
	Read(fields+text, Options{DNS: keys(func(string) ([]string, error) { many++; return nil, nil })})
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
		Read(text, Options{DNS: keys(func(string) ([]string, error) { return []string{record}, nil })})
	})
}
