package paint

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"
)

var samples = []string{
	"", "plain", "250-SIZE 10240000", "héllo wörld", "漢字かな交じり文", "👩‍🚀 emoji 🇩🇪", "e\u0301\u0301\u0301", "\u1100\u1161",
	"\x1b[2J\x1b]0;title\a", "a\tb\rc\nd", "\u202e evil \u2066", "\xff\xfe", "\u0085\u009b31m", strings.Repeat("x", 9000),
	strings.Repeat("漢", 3000), strings.Repeat("e\u0301", 3000), "\u3164\ufe0f\u200b", "\U000e0001",
}

func TestPaintFillsExactly(t *testing.T) {
	theme := NewTheme(termenv.Ascii, true)
	for _, w := range samples {
		line := Line{Of(Plain, w), Of(Client, "漢"), Of(Dim, w)}
		for width := range 90 {
			got := theme.Paint(line, width)
			if n := ansi.StringWidth(got); n != width {
				t.Fatalf("%.40q in %d cells takes %d", w, width, n)
			}
			if n := ansi.StringWidth(theme.PaintSelected(line, width)); n != width {
				t.Fatalf("%.40q selected in %d cells takes %d", w, width, n)
			}
		}
	}
}

func TestWrapAndChopStayInside(t *testing.T) {
	for _, w := range samples {
		for width := 1; width < 40; width++ {
			for _, l := range append(Wrap(Plain, w, width), Chop(Plain, w, width)...) {
				if l.Width() > width {
					t.Fatalf("%.40q wrapped at %d has a line of %d cells", w, width, l.Width())
				}
			}
		}
	}
}

func TestWrapBreaksBetweenWords(t *testing.T) {
	var got []string
	for _, l := range Wrap(Plain, "the server speaks first\nRFC 5321", 12) {
		got = append(got, l.String())
	}
	want := "the server|speaks first|RFC 5321"
	if strings.Join(got, "|") != want {
		t.Errorf("got %q, want %q", strings.Join(got, "|"), want)
	}
}

func TestSplitLosesNothing(t *testing.T) {
	for _, w := range samples {
		line := Line{Of(Bad, "bad "), Of(Plain, w), Of(Dim, " dim")}
		for width := 2; width < 40; width++ {
			var all strings.Builder
			for first, rest := line.Split(width); ; first, rest = rest.Split(width) {
				if first.Width() > width {
					t.Fatalf("%.40q split at %d has %d cells", w, width, first.Width())
				}
				all.WriteString(first.String())
				if len(rest) == 0 {
					break
				}
			}
			if all.String() != line.String() {
				t.Fatalf("%.40q split at %d became %.60q", w, width, all.String())
			}
		}
	}
	if first, rest := Text("the server speaks first").Split(13); first.String() != "the server " || rest.String() != "speaks first" {
		t.Errorf("%q and %q", first, rest)
	}
}

func TestNothingInvisibleComesThrough(t *testing.T) {
	theme := NewTheme(termenv.Ascii, true)
	for _, w := range samples {
		painted := theme.Paint(Text(w), 200) + theme.PaintSelected(Text(w), 200)
		for _, l := range append(Wrap(Plain, w, 30), Chop(Plain, w, 30)...) {
			painted += theme.Paint(l, 30)
		}
		if i := strings.IndexFunc(painted, hidden); i >= 0 || !utf8.ValidString(painted) {
			t.Errorf("%.40q gave %.40q", w, painted)
		}
	}
}

func hidden(r rune) bool { return !unicode.IsPrint(r) }

func TestFlushKeepsTheRight(t *testing.T) {
	for width, want := range map[int]string{
		20: "mail.example.o… 0:12",
		30: "mail.example.org:587      0:12",
	} {
		if got := Text("mail.example.org:587").Flush(Text("0:12"), width).String(); got != want {
			t.Errorf("%d: %q, want %q", width, got, want)
		}
	}
}

// In ASCII each mark has a stand-in, and nothing takes another width.
func TestInASCII(t *testing.T) {
	theme := NewTheme(termenv.Ascii, true).InASCII()
	for _, w := range samples {
		for width := range 60 {
			got := theme.Paint(Text(w), width)
			if len(got) != width || strings.ContainsFunc(got, func(c rune) bool { return c < ' ' || c > '~' }) {
				t.Fatalf("%.40q in %d cells is %q", w, width, got)
			}
		}
	}
	for text, want := range map[string]string{"──┬─ TLS 1.3 · ✓ verified": "--+- TLS 1.3 - v verified", "›S▸│ 250 ‼ !": ">S>| 250 * !", "RFC 5321 §4.2…": "RFC 5321 s4.2~",
		"漢x": "??x", "e\u0301": "e", "“no”": `"no"`} {
		if got := theme.Paint(Text(text), Width(text)); got != want {
			t.Errorf("%q is %q", text, got)
		}
	}
}

func TestAsciiHasNoColor(t *testing.T) {
	line := Line{Of(Bad, "bad"), Of(Strong, "strong"), Of(Dim, "dim")}
	if got := NewTheme(termenv.Ascii, true).Paint(line, 12); strings.Contains(got, "\x1b") {
		t.Errorf("%q has an escape", got)
	}
	if got := NewTheme(termenv.ANSI, false).Paint(line, 12); !strings.Contains(got, "\x1b[") {
		t.Errorf("%q has no color", got)
	}
}
