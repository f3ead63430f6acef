package veil_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"mime/quotedprintable"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"ehlo/session/sasl"
	"ehlo/session/sasl/veil"
	"ehlo/session/wire"
)

const password = "Tr0ub4dor&3+wuerfel"

// dresses are the ways in which a server may write a text, each by a writer of its own.
var dresses = map[string]func(string) string{
	"as it is":                func(s string) string { return s },
	"upper case":              strings.ToUpper,
	"lower case":              strings.ToLower,
	"HTML":                    html.EscapeString,
	"HTML, decimal":           eachByte("&#%d;"),
	"HTML, hexadecimal":       eachByte("&#x%x;"),
	"HTML, HEXADECIMAL":       eachByte("&#X%04X;"),
	"HTML, no semicolon":      eachByte("&#%d "),
	"JSON":                    inJSON,
	"JSON, all escaped":       eachByte(`\u%04x`),
	"JSON, slashes":           func(s string) string { return strings.ReplaceAll(inJSON(s), "/", `\/`) },
	"C":                       eachByte(`\x%02X`),
	"C, octal":                eachByte(`\%03o`),
	"Go":                      strconv.Quote,
	"escaped twice":           eachByte(`\\u%04x`),
	"quoted-printable":        inQuotedPrintable,
	"quoted-printable, all":   eachByte("=%02X"),
	"quoted-printable, lower": eachByte("=%02x"),
	"xtext":                   eachByte("+%02X"),
	"URL, query":              url.QueryEscape,
	"URL, path":               url.PathEscape,
	"URL, all":                eachByte("%%%02X"),
	"URL, all, lower":         eachByte("%%%02x"),
	"URL, twice":              eachByte("%%25%02x"),
	"base64":                  func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64, led by 1":        func(s string) string { return base64.StdEncoding.EncodeToString([]byte("x" + s + "y")) },
	"base64, led by 2":        func(s string) string { return base64.StdEncoding.EncodeToString([]byte("xy" + s)) },
	"base64 for URLs":         func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte("\xff" + s + "\xff\xff")) },
	"base64, cut short":       func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s))[:8] },
	"base64, its tail": func(s string) string {
		b := base64.RawStdEncoding.EncodeToString([]byte(s))
		return b[max(0, len(b)-10):]
	},
	"hexadecimal":             func(s string) string { return hex.EncodeToString([]byte(s)) },
	"HEXADECIMAL":             func(s string) string { return fmt.Sprintf("%X", s) },
	"hexadecimal, spaced":     func(s string) string { return fmt.Sprintf("[% x]", s) },
	"hexadecimal, with marks": func(s string) string { return fmt.Sprintf("% #x", s) },
	"hexadecimal, with dots":  func(s string) string { return strings.ReplaceAll(fmt.Sprintf("% x", s), " ", ":") },
	"decimal":                 func(s string) string { return fmt.Sprint([]byte(s)) },
	"the first six":           func(s string) string { return s[:6] },
	"the last six":            func(s string) string { return s[len(s)-6:] },
	"six in a word":           func(s string) string { return "xx" + s[:6] + "xx" },
	"spaced":                  spread(" "),
	"in hyphens":              spread("-"),
	"in commas":               spread(", "),
	"in halves":               func(s string) string { return s[:len(s)/2] + " " + s[len(s)/2:] },
	"in JSON":                 func(s string) string { return `{"password":"` + inJSON(s) + `"}` },
	"in wide characters":      func(s string) string { return strings.Join(strings.Split(s, ""), "\x00") },
}

func eachByte(format string) func(string) string {
	return func(s string) string {
		var b strings.Builder
		for _, c := range []byte(s) {
			fmt.Fprintf(&b, format, c)
		}
		return b.String()
	}
}

func spread(between string) func(string) string {
	return func(s string) string { return strings.Join(strings.Split(s, ""), between) }
}

func inJSON(s string) string {
	data, _ := json.Marshal(s)
	return strings.Trim(string(data), `"`)
}

func inQuotedPrintable(s string) string {
	var b strings.Builder
	w := quotedprintable.NewWriter(&b)
	w.Write([]byte(s))
	w.Close()
	return b.String()
}

// places are where in a reply it may stand.
var places = map[string]string{
	"alone":         "535 %s\r\n",
	"behind a code": "535 5.7.8 no such password: %s\r\n",
	"in the middle": "535-5.7.8 what is\r\n535-5.7.8 <%s>, please\r\n535 5.7.8 and why?\r\n",
	"no reply":      "what is %s?\r\n",
}

// kinds are secrets, and how each becomes known.
var kinds = map[string]struct {
	secret string
	learn  func(*veil.Veil)
}{
	"a password of PLAIN": {password, func(v *veil.Veil) { v.LearnSent("PLAIN", sasl.EncodeBase64(sasl.PlainString("", "ann", password))) }},
	"a password of LOGIN": {password, func(v *veil.Veil) { v.LearnSent("LOGIN", sasl.EncodeBase64([]byte(password))) }},
	"a password alone":    {password, func(v *veil.Veil) { v.Learn(sasl.NewSecret(password)) }},
	"typed":               {password, func(v *veil.Veil) { v.LearnSent("", "PLAINLY "+password) }},
	"six letters":         {"tulipa", func(v *veil.Veil) { v.Learn(sasl.NewSecret("tulipa")) }},
	"begins like a word":  {"password-12", func(v *veil.Veil) { v.Learn(sasl.NewSecret("password-12")) }},
	"a token": {token, func(v *veil.Veil) {
		v.LearnSent("XOAUTH2", sasl.EncodeBase64([]byte("user=ann\x01auth=Bearer "+token+"\x01\x01")))
	}},
	"a token of OAUTHBEARER": {"kf83hs-2pQz-ann", func(v *veil.Veil) {
		v.LearnSent("OAUTHBEARER", sasl.EncodeBase64([]byte("n,a=ann@mail.lab,\x01host=mail.lab\x01port=587\x01auth=Bearer kf83hs-2pQz-ann\x01\x01")))
	}},
	"a digest": {"b913a602c7eda7a495b4e6e7334d3890", func(v *veil.Veil) {
		v.LearnSent("CRAM-MD5", sasl.EncodeBase64([]byte("tim b913a602c7eda7a495b4e6e7334d3890")))
	}},
	"typed base64":         {"hunter2-long", func(v *veil.Veil) { v.LearnSent("", sasl.EncodeBase64(sasl.PlainString("", "ann", "hunter2-long"))) }},
	"typed JSON":           {"hunter2-long", func(v *veil.Veil) { v.LearnSent("", `"password":"hunter2-long"}`) }},
	"letters of elsewhere": {"größer-пароль", func(v *veil.Veil) { v.Learn(sasl.NewSecret("größer-пароль")) }},
}

var token = "eyJhbGciOi." + strings.Repeat("Jz8xQy4-Lm_v", 900)

// Each secret in each dress at each place is taken out, and what is taken out is not there any more.
func TestASecretIsTakenOut(t *testing.T) {
	for kind, k := range kinds {
		for name, dress := range dresses {
			if strings.HasPrefix(kind, "begins") && (strings.Contains(name, "six") || name == "base64, cut short") || kind == "letters of elsewhere" && narrow(name) {
				continue
			}
			for place, form := range places {
				var v veil.Veil
				k.learn(&v)
				dressed := dress(k.secret)
				said := fmt.Sprintf(form, dressed)
				r := read(said)
				if !v.Hide(&r) || strings.Contains(string(r.Raw), dressed) || strings.Contains(r.Text(), dressed) {
					t.Errorf("%s, %s, %s: %.200q", kind, name, place, r.Raw)
				}
			}
		}
	}
}

// narrow names the dresses that cut characters of two bytes apart.
func narrow(name string) bool {
	return strings.Contains(name, "six") || name == "in halves" || name == "escaped twice" || name == "JSON, all escaped" ||
		strings.HasPrefix(name, "HTML,")
}

func read(said string) wire.Reply {
	r, _ := wire.NewReader(strings.NewReader(said), wire.Limits{}).ReadReply()
	return r
}

// What stands there as it is goes out alone; where there is more of it, or another form, nothing of the text stays.
func TestWhatIsLeftOfAReply(t *testing.T) {
	plain := sasl.EncodeBase64(sasl.PlainString("", "ann", password))
	for said, want := range map[string]string{
		"535 5.7.8 no such user " + plain + " here\r\n":                     "535 5.7.8 no such user •••••• here\r\n",
		"535-5.7.8 (" + password + ")\r\n535 5.7.8 or " + password:          "535-5.7.8 (••••••)\r\n535 5.7.8 or ••••••",
		"535-5.7.8 " + plain[:7] + "\r\n535 5.7.8 " + plain[7:] + "\r\n":    "535-5.7.8 ••••••\r\n535 5.7.8 ••••••\r\n",
		"535 5.7.8 begins with Tr0ub4\r\n":                                  "535 5.7.8 ••••••\r\n",
		"535 5.7.8 ann gave another password\r\n":                           "535 5.7.8 ann gave another password\r\n",
		"nonsense " + plain + "\r\n":                                        "nonsense ••••••\r\n",
		"535-" + password + "\r\n535-tulip\r\n535 " + password[2:] + "\r\n": "535-••••••\r\n535-••••••\r\n535 ••••••\r\n",
	} {
		var v veil.Veil
		v.LearnSent("PLAIN", plain)
		r := read(said)
		if found := v.Hide(&r); string(r.Raw) != want || found != (said != want) {
			t.Errorf("%q became %q, want %q", said, r.Raw, want)
		}
		if again := r; v.Hide(&again) && string(again.Raw) != want {
			t.Errorf("%q became %q the second time", said, again.Raw)
		}
	}
}

// Over several lines of a reply it comes back no more than in one.
func TestASecretOverLines(t *testing.T) {
	for kind, k := range kinds {
		var v veil.Veil
		k.learn(&v)
		at := len(k.secret) / 3
		r := read("535-5.7.8 you said " + k.secret[:at] + "\r\n535-" + k.secret[at:2*at] + "\r\n535 " + k.secret[2*at:] + "\r\n")
		if want := "535-5.7.8 ••••••\r\n535-••••••\r\n535 ••••••\r\n"; !v.Hide(&r) || string(r.Raw) != want {
			t.Errorf("%s: %q", kind, r.Raw)
		}
	}
}

// A line end in the place of a space of the secret is no part of it: no line is lost.
func TestASecretWithASpaceOverLines(t *testing.T) {
	var v veil.Veil
	v.Learn(sasl.NewSecret("horse battery"))
	r := read("535-it is horse\r\n535-battery, and\r\n535 horse battery\r\n")
	if want := "535-••••••\r\n535-••••••\r\n535 ••••••\r\n"; !v.Hide(&r) || string(r.Raw) != want || len(r.Lines) != 3 {
		t.Errorf("%q", r.Raw)
	}
	if r = read("535 a horse battery here\r\n"); !v.Hide(&r) || string(r.Raw) != "535 a •••••• here\r\n" {
		t.Errorf("%q", r.Raw)
	}
}

// Over several replies it comes back no more than in one.
func TestASecretOverReplies(t *testing.T) {
	for name, pieces := range map[string][]string{
		"in halves":        {password[:5], password[5:]},
		"byte by byte":     strings.Split(password, ""),
		"in base64":        {"VHIwdWI", "0ZG9yJj", "Mrd3VlcmZlbA=="},
		"in percent signs": {"%54%72%30", "%75%62%34", "%64%6f%72"},
	} {
		var v veil.Veil
		v.Learn(sasl.NewSecret(password))
		hidden := 0
		for _, p := range pieces {
			r := read("250 " + p + "\r\n")
			if v.Hide(&r) {
				hidden++
			}
		}
		if hidden == 0 || hidden < len(pieces)-5 {
			t.Errorf("%s: %d of %d replies are hidden", name, hidden, len(pieces))
		}
	}
}

// A secret that is short, or a word that replies use, is hidden as a whole word, and said to be weak. The words of the protocol
// stay.
func TestWeakSecrets(t *testing.T) {
	for _, test := range []struct{ secret, said, want string }{
		{"mail", "221 mail.lab says bye", "221 mail.lab says bye"},
		{"post", "221 no post: 'Post'.", "221 no ••••••: '••••••'."},
		{"abc", "535 ABC abcd &#97;bc", "535 ••••••"},
		{"abc", "535 YWJj and 616263", "535 •••••• and ••••••"},
		{"password", "535 wrong password for mypasswords", "535 wrong •••••• for mypasswords"},
		{"password", "535 cGFzc3dvcmQ=", "535 ••••••="},
		{"PLAIN", "250-lab\r\n250 AUTH PLAIN LOGIN", "250-lab\r\n250 AUTH PLAIN LOGIN"},
		{"starttls", "250-lab\r\n250 STARTTLS", "250-lab\r\n250 STARTTLS"},
		{"submission", "220 submission.example.net ESMTP", "220 submission.example.net ESMTP"},
	} {
		var v veil.Veil
		if !v.Learn(sasl.NewSecret(test.secret)) {
			t.Errorf("%s is not weak", test.secret)
		}
		r := read(test.said + "\r\n")
		if v.Hide(&r); strings.TrimSpace(string(r.Raw)) != test.want {
			t.Errorf("%s: %q became %q, want %q", test.secret, test.said, r.Raw, test.want)
		}
	}
	var v veil.Veil
	if v.Learn(sasl.NewSecret(password)) || v.Learn(sasl.NewSecret("password1")) {
		t.Error("a strong secret is weak")
	}
}

// What the server said before it was told anything, and what the session is about, may be said again.
func TestPublicText(t *testing.T) {
	const said = "250-mx.contoso.example at your service\r\n250 AUTH PLAIN\r\n"
	var v veil.Veil
	v.Public("ann.example@contoso.example")
	r := read("220 Contoso's own mailer, Rev. 7\r\n")
	v.Hide(&r)
	v.Learn(sasl.NewSecret("Contoso-7&Ann"))
	for _, line := range []string{said, "250 ann.example@contoso.example ok\r\n", "221 Contoso's own mailer says goodbye\r\n"} {
		if r := read(line); v.Hide(&r) || string(r.Raw) != line {
			t.Errorf("%q became %q", line, r.Raw)
		}
	}
	if r := read("535 so-7&Ann\r\n"); !v.Hide(&r) {
		t.Errorf("%q stays", r.Raw)
	}
}

// What is after the empty line is kept in one form, where letters alone make both the same.
func TestOrdinaryWordsAreLetters(t *testing.T) {
	source, err := os.ReadFile("ordinary.txt")
	if err != nil {
		t.Fatal(err)
	}
	names, words, _ := strings.Cut(string(source), "\n\n")
	if names != strings.ToUpper(names) || strings.Trim(names, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789- \n") != "" {
		t.Error("the names are not in upper case")
	}
	for word := range strings.FieldsSeq(words) {
		if strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") != "" {
			t.Errorf("%s has more than letters", word)
		}
	}
}

// In a line that a person types a secret is found from its first six bytes on.
func TestFind(t *testing.T) {
	var v veil.Veil
	if v.Find(password) >= 0 {
		t.Error("found although nothing is known")
	}
	v.Learn(sasl.NewSecret(password))
	for line, want := range map[string]int{
		"NOOP Tr0ub": -1, "NOOP Tr0ub4": 5, "NOOP x" + password: 6, "NOOP %54%72%30%75%62%34": 5, "VHIwdWI0": 0, "MAIL FROM:<ann@mail.lab>": -1,
		"a " + strings.ToUpper(password): 2, "": -1,
	} {
		if got := v.Find(line); got != want {
			t.Errorf("%q: %d, want %d", line, got, want)
		}
	}
}

// Nothing of what is known is in what is printed of it.
func TestAVeilPrintsNothing(t *testing.T) {
	var v veil.Veil
	v.Learn(sasl.NewSecret(password))
	holder := struct{ told veil.Veil }{v}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		for _, text := range []string{fmt.Sprintf(format, v), fmt.Sprintf(format, holder), fmt.Sprintf(format, &holder)} {
			if strings.Contains(strings.ToLower(text), "tr0ub") || strings.Contains(text, "84 114") {
				t.Errorf("%s gives %s", format, text)
			}
		}
	}
}

// FuzzHide holds that whatever the secret is, and whatever stands around it, it is not in what is left in the dress that it
// came in; that hiding twice is hiding once; and that a reply does not grow.
func FuzzHide(f *testing.F) {
	for _, s := range []string{password, "tulip-42", "größer als", "\xff\xfe\x00abc12", "      x", "a+b=c&d;e", "%41%42%43", "••••••••"} {
		f.Add(s, "no such user: ", " here")
	}
	f.Fuzz(func(t *testing.T, secret, before, after string) {
		if len(secret) < 12 || len(secret) > 4096 || strings.ContainsAny(secret, "\r\n") || onlyBlank(secret) {
			t.Skip()
		}
		for name, dress := range dresses {
			var v veil.Veil
			if v.Learn(sasl.NewSecret(secret)) {
				t.Skip()
			}
			dressed := dress(secret)
			if strings.Contains(name, "JSON") && !utf8.ValidString(secret) || narrow(name) && secret[0] >= 0x80 || !telling(dressed) || strings.Contains(name, "case") {
				continue
			}
			r := read("535 " + before + dressed + after + "\r\n")
			was := len(r.Raw)
			if !strings.Contains(string(r.Raw), dressed) {
				continue // the reply ended before
			}
			if !v.Hide(&r) || strings.Contains(string(r.Raw), dressed) {
				t.Errorf("%s of %q: %q", name, secret, r.Raw)
			}
			if len(r.Raw) > 4*was+64 {
				t.Errorf("%d bytes became %d", was, len(r.Raw))
			}
			var other veil.Veil
			other.Learn(sasl.NewSecret(secret))
			if once := string(r.Raw); other.Hide(&r) && string(r.Raw) != once {
				t.Errorf("%q became %q", once, r.Raw)
			}
		}
	})
}

func onlyBlank(s string) bool {
	return len(strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f || r > 0xff {
			return r
		}
		return -1
	}, s)) < 12
}

// telling reports whether there is something left of a secret in a dress that drops characters.
func telling(dressed string) bool { return strings.Trim(dressed, "•") != "" }

// A reply of usual length costs next to nothing.
func BenchmarkHideUsual(b *testing.B) {
	var v veil.Veil
	v.Learn(sasl.NewSecret(password))
	for b.Loop() {
		r := wire.Reply{Raw: wire.Raw("250 2.1.0 Sender <ann@mail.lab> ok, 512 bytes at most\r\n")}
		v.Hide(&r)
	}
}

// A long secret in a long reply takes time that grows with their lengths, not with both at once.
func BenchmarkHide(b *testing.B) {
	for _, size := range []int{1 << 16, 1 << 18, 1 << 20} {
		b.Run(strconv.Itoa(size>>10)+" KiB", func(b *testing.B) {
			var v veil.Veil
			v.Learn(sasl.NewSecret(strings.Repeat(token, 7)[:1<<16]))
			said := "250 " + strings.Repeat("It is "+token[:5]+" + a line = of & words %7a. ", size/48) + "\r\n"
			b.SetBytes(int64(len(said)))
			for b.Loop() {
				r := wire.Reply{Raw: wire.Raw(said)}
				if v.Hide(&r) {
					b.Fatal("found")
				}
			}
		})
	}
}
