package explain

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// fit fails if a text cannot go to a terminal as it is.
func fit(t *testing.T, what string, texts ...string) {
	t.Helper()
	for _, s := range texts {
		if !utf8.ValidString(s) || strings.IndexFunc(s, unicode.IsControl) >= 0 {
			t.Errorf("%s: %q is not fit for a terminal", what, s)
		}
	}
}

func fitEntry(t *testing.T, e Entry) {
	t.Helper()
	fit(t, e.Kind, e.Name, e.Short, e.Text, e.Remedy, e.Vendor)
	if utf8.RuneCountInString(e.Short) > maxShortOf(e) {
		t.Errorf("%s: short is too long: %q", e.ID(), e.Short)
	}
}

func FuzzSearch(f *testing.F) {
	for _, s := range []string{"535 5.7.8", "250-SIZE 1", "AUTH PLAIN AHRlc3QAMTIzNA==", "MAIL FROM:<>", "alert 70", "5.7.", "334 ", "\x1b[2J"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, words := range [][]string{{s}, strings.Fields(s)} {
			for _, e := range Search(words) {
				fitEntry(t, e)
			}
			Suggest(words)
		}
	})
}

func FuzzReply(f *testing.F) {
	f.Add("RCPT", 550, 5, 1, 1, "relay not permitted", true)
	f.Add("", 220, 0, 0, 0, "mail.example.org ESMTP Postfix", false)
	f.Add("AUTH", 334, 0, 0, 0, "UGFzc3dvcmQ6", false)
	f.Fuzz(func(t *testing.T, verb string, code, class, subject, detail int, text string, tls bool) {
		c := ReplyContext{Verb: verb, TLS: tls, Code: code, Enhanced: [3]int{class, subject, detail}, Text: text}
		x := Reply(c)
		if means := Refusal(c); means != "" && findingTable.find(means) == nil {
			t.Errorf("%q is no finding", means)
		}
		fit(t, "reply", x.Short, x.Text, x.Cause, x.Remedy, x.Vendor)
		if x.Short == "" || x.Text == "" || len(x.Refs) == 0 {
			t.Errorf("incomplete: %+v", x)
		}
		if utf8.RuneCountInString(x.Text) > MaxText || utf8.RuneCountInString(x.Short) > MaxShort {
			t.Errorf("too long: %q %q", x.Short, x.Text)
		}
		software, _, _ := Banner(text)
		fit(t, "banner", software)
	})
}

func FuzzSend(f *testing.F) {
	for _, s := range []string{"MAIL FROM:<a@b> SIZE=1", "RCPT TO:<\"x>\\\"\"@b> NOTIFY=NEVER", "EHLO [IPv6:::1]", "AUTH PLAIN =", "BDAT 1 LAST", ".x", "*", "\r\n"} {
		f.Add(s, "", false)
		f.Add(s, "PLAIN", true)
	}
	f.Fuzz(func(t *testing.T, line, mechanism string, data bool) {
		x := Send(line, SendContext{Mechanism: mechanism, Data: data, Keywords: []string{"SIZE"}})
		fit(t, "send", x.Short, x.Text, x.Cause, x.Remedy)
		if x.Short == "" || x.Text == "" || len(x.Text) > maxSaid || utf8.RuneCountInString(x.Short) > MaxShort {
			t.Errorf("%q: %q %q", line, x.Short, x.Text)
		}
	})
}

func FuzzOpen(f *testing.F) {
	for _, s := range []string{"dGVzdAB0ZXN0ADEyMzQ=", "VXNlcm5hbWU6", "biws", "TlRMTVNTUAADAAAA", "====", "e30="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		content, encoded := decodeBase64(text)
		b, ok := openBlob(text)
		if ok != encoded {
			t.Fatalf("%q: opened %v, base64 %v", text, ok, encoded)
		}
		fit(t, "blob", b.visible)
		if ok && b.visible != visible(content) && !strings.Contains(b.visible, mask) {
			t.Errorf("%q: %q", text, b.visible)
		}
	})
}

func FuzzKeyword(f *testing.F) {
	f.Add("SIZE", "10240000")
	f.Add("AUTH=PLAIN", "LOGIN")
	f.Add("LIMITS", "RCPTMAX=1 MAILMAX=2")
	f.Fuzz(func(t *testing.T, keyword, params string) {
		e, _ := Keyword(keyword, strings.Fields(params))
		fitEntry(t, e)
		if utf8.RuneCountInString(e.Text) > MaxText {
			t.Errorf("%s: text is too long: %q", keyword, e.Text)
		}
	})
}
