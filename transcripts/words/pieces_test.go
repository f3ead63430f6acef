package words_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"ehlo/transcripts/words"
)

// What a person has to read, type or look up as one is never broken at the end of a line.
func TestPieces(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"use TLS 1.3 on port 587 (RFC 5321 §4.2, §4.3).", 80, "use|TLS 1.3|on|port 587|(RFC 5321 §4.2, §4.3)."},
		{"it says 535 5.7.8 Error, or 5.7.1; run with --tls require", 80, "it|says|535 5.7.8|Error,|or|5.7.1;|run|with|--tls|require"},
		{"waits 30 s for 64 KiB and 2048 bits, line 4: alert 40", 80, "waits|30 s|for|64 KiB|and|2048 bits,|line 4:|alert 40"},
		{"the port is open, TLS is on, and 587 is one", 80, "the|port|is|open,|TLS|is|on,|and|587|is|one"},
		{"see RFC 5321 §4.2", 8, "see|RFC 5321|§4.2"},
		{"see RFC 5321", 7, "see|RFC|5321"},
		{"  ", 80, ""},
	} {
		text := words.Spaced(c.text)
		var got []string
		for at, piece := range words.Pieces(text, c.width, utf8.RuneCountInString) {
			if got = append(got, piece); !strings.HasPrefix(text[at:], piece) {
				t.Errorf("%q is not at byte %d of %q", piece, at, text)
			}
		}
		if got := strings.Join(got, "|"); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// Every kind of white space becomes one space.
func TestSpaced(t *testing.T) {
	for text, want := range map[string]string{"": "", " ": "", "one": "one", "one two": "one two", " one": "one", "one ": "one", "one  two": "one two",
		"one\ttwo\n": "one two", "one\u00a0two": "one two", "é \u2003 ü": "é ü"} {
		if got := words.Spaced(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
