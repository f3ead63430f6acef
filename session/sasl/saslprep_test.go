package sasl

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/xdg-go/stringprep"
)

func TestSASLprepExamples(t *testing.T) { // RFC 4013 §3
	for _, c := range []struct{ in, want string }{
		{"I\u00adX", "IX"}, {"user", "user"}, {"USER", "USER"}, {"\u00aa", "a"}, {"\u2168", "IX"},
		{"a\u00a0b", "a b"}, {"\u200b", " "}, {"", ""}, {"a\u1806b", "ab"}, {"\u0627\u0628", "\u0627\u0628"},
	} {
		if got, err := saslprep(c.in); err != nil || got != c.want {
			t.Errorf("SASLprep(%+q) = %+q, %v; want %+q", c.in, got, err, c.want)
		}
	}
	for _, in := range []string{"\u0007", "\u0627\u0031", "\u0627a\u0627", "\U0001f600", "\xff", "\ue000"} {
		if got, err := saslprep(in); err == nil {
			t.Errorf("SASLprep(%+q) = %+q, want an error", in, got)
		}
	}
}

// Every code point that may be a character alone, and at both ends of a right-to-left string, against another implementation.
func TestSASLprepAgainstOracle(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		switch {
		case differs(r), r >= 0xd800 && r <= 0xdfff: // surrogates are not UTF-8
			continue
		case r == 0x30000: // planes without characters
			r = 0xdfffd
		case r == 0xf0000: // planes of private use
			r = 0x10fffd
		}
		compareSASLprep(t, string(r))
		compareSASLprep(t, "\u0627"+string(r)+"\u0627")
	}
}

// differs names the code points on which the oracle differs: 200B, see SASLprep, and 1806, which is in RFC 3454
// table B.1 and missing there.
func differs(r rune) bool { return r == 0x200b || r == 0x1806 }

func compareSASLprep(t *testing.T, s string) {
	t.Helper()
	got, err := saslprep(s)
	want, wantErr := stringprep.SASLprep.Prepare(s)
	if got != want || (err == nil) != (wantErr == nil) {
		t.Errorf("SASLprep(%+q) = %+q, %v; oracle %+q, %v", s, got, err, want, wantErr)
	}
}

func FuzzSASLprep(f *testing.F) {
	for _, s := range []string{"pencil", "I\u00adX", "\u2168", "\u0627\u0031", "a\u00a0b", "\U0001f600", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.ContainsFunc(s, differs) {
			t.Skip("the oracle differs")
		}
		compareSASLprep(t, s)
	})
}
