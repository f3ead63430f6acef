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

func TestBreakLosesNothing(t *testing.T) {
	squeezed := func(lines ...Line) (all string) {
		for _, l := range lines {
			all += strings.ReplaceAll(l.String(), " ", "")
		}
		return all
	}
	for _, w := range samples {
		line := Line{Of(Bad, "bad "), Of(Plain, w), Of(Dim, " dim")}
		for width := 2; width < 40; width++ {
			lines := line.Break(width, width/4, 1<<20)
			for _, l := range lines {
				if l.Width() > width {
					t.Fatalf("%.40q broken at %d has %d cells", w, width, l.Width())
				}
			}
			if got, want := squeezed(lines...), squeezed(line); got != want {
				t.Fatalf("%.40q broken at %d became %.60q", w, width, got)
			}
			if few := line.Break(width, 0, 2); len(few) > 2 || squeezed(few...) != squeezed(line) {
				t.Fatalf("%.40q broken at %d into two became %q", w, width, few)
			}
		}
	}
}

// A word goes to the next line whole. One that is wider than a line begins where it stands: an empty rest of a line would say that
// it ends there.
func TestBreakKeepsWords(t *testing.T) {
	for _, test := range []struct {
		text string
		want string
	}{
		{"the server speaks first", "the server|speaks first"},
		{"250 AUTH PLAIN LOGIN", "250 AUTH PLAIN|LOGIN"},
		{"AUTH SCRAM bix1c2VyLHI9ck9wck5HZndFYg==", "AUTH SCRAM bix|1c2VyLHI9ck9wc|k5HZndFYg=="},
		{"name a  user ann  nonce x", "name a|user ann|nonce x"},
		{"name a  nonce is very long  x", "name a  nonce|is very long|x"},
		{"nothing to break", "nothing to|break"},
		{"   indented by three", "   indented by|three"},
	} {
		var got []string
		for _, l := range (Line{Of(Dim, test.text[:5]), Of(Plain, test.text[5:])}).Break(14, 0, 9) {
			got = append(got, l.String())
		}
		if strings.Join(got, "|") != test.want {
			t.Errorf("%q: got %q, want %q", test.text, strings.Join(got, "|"), test.want)
		}
	}
	if got := Text("250 AUTH PLAIN LOGIN").Break(14, 4, 9); len(got) != 2 || got[1].String() != "    LOGIN" {
		t.Errorf("set in by four: %q", got)
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

// The selected row keeps what is bad in its color: a word of it, or all of it.
func TestTheSelectedRowKeepsItsColor(t *testing.T) {
	theme := NewTheme(termenv.ANSI, true)
	for _, test := range []struct {
		line Line
		want string
	}{
		{Line{Of(Plain, "S "), Of(Bad, "535"), Of(Server, " no")}, "\x1b[7mS \x1b[0m\x1b[1;7;31m535\x1b[0m\x1b[7m no  \x1b[0m"},
		{Line{Of(Warn, "!"), Of(Good, "│"), Of(Plain, " "), Of(Warn, "a name")}, "\x1b[1;7;33m!│ a name \x1b[0m"},
		{Line{Of(Bad, "‼"), Of(Plain, " "), Of(Bad, "expired")}, "\x1b[1;7;31m‼ expired \x1b[0m"},
		{Line{Of(Client, "C"), Of(Plain, " "), Of(Good, "250")}, "\x1b[7mC 250     \x1b[0m"},
	} {
		if got := theme.PaintSelected(test.line, 10); got != test.want {
			t.Errorf("%q: got %q, want %q", test.line, got, test.want)
		}
	}
}

// Without color what is selected, read first or secondary is seen all the same.
func TestColorlessKeepsWhatIsNoColor(t *testing.T) {
	theme := NewColorless()
	for ink, want := range map[Ink]string{Plain: "x", Dim: "\x1b[2mx\x1b[0m", Strong: "\x1b[1mx\x1b[0m", Client: "x", Good: "x", Warn: "\x1b[1mx\x1b[0m",
		Bad: "\x1b[1mx\x1b[0m", Accent: "\x1b[1mx\x1b[0m", Exposed: "x"} {
		if got := theme.Paint(ink.Line("x"), 1); got != want {
			t.Errorf("%d: %q, want %q", ink, got, want)
		}
	}
	for ink, want := range map[Ink]string{Plain: "\x1b[7mx\x1b[0m", Dim: "\x1b[7mx\x1b[0m", Bad: "\x1b[1;7mx\x1b[0m"} {
		if got := theme.PaintSelected(ink.Line("x"), 1); got != want {
			t.Errorf("%d, selected: %q, want %q", ink, got, want)
		}
	}
}

// What is worth a look on a light background is brown where there is brown, and of a drawing always.
func TestCautionOnALightBackground(t *testing.T) {
	for profile, want := range map[termenv.Profile]string{termenv.TrueColor: "38;2;135;95;0", termenv.ANSI256: "38;5;94", termenv.ANSI: "35"} {
		if got := NewTheme(profile, false).Paint(Warn.Line("x"), 1); got != "\x1b[1;"+want+"mx\x1b[0m" {
			t.Errorf("profile %d: %q", profile, got)
		}
		if got := NewTheme(profile, true).Paint(Warn.Line("x"), 1); got != "\x1b[1;33mx\x1b[0m" {
			t.Errorf("profile %d, dark: %q", profile, got)
		}
	}
	if got := NewPicture(false).Paint(Warn.Line("x"), 1); got != "\x1b[1;33mx\x1b[0m" {
		t.Errorf("of a drawing: %q", got)
	}
}

// What is measured without the tables of Unicode is as wide as they say, and next to any other of its kind no part of it.
func TestUsualCharacters(t *testing.T) {
	var all []rune
	for r := rune(utf8.RuneSelf); r < 0x3000; r++ {
		if usual(r) {
			all = append(all, r)
		}
	}
	for _, r := range all {
		for _, next := range append([]rune{'a', ' '}, all...) {
			text := string([]rune{r, next})
			cluster, width := ansi.FirstGraphemeCluster(text, ansi.GraphemeWidth)
			if cluster != string(r) || width != 1 {
				t.Fatalf("%q (%U) before %U: %q in %d cells", r, r, next, cluster, width)
			}
		}
	}
	for _, text := range []string{"\u00e9\u0323", "─\u0336x", "…\ufe0f"} {
		cluster, width := ansi.FirstGraphemeCluster(text, ansi.GraphemeWidth)
		if size, cells := first(text); size != len(cluster) || cells != width {
			t.Errorf("%q: %d bytes in %d cells, want %d in %d", text, size, cells, len(cluster), width)
		}
	}
}

// The locale says whether the terminal shows more than ASCII; the first that is set decides.
func TestTheLocaleDecidesOnUnicode(t *testing.T) {
	for _, test := range []struct {
		all, ctype, lang string
		want             bool
	}{{"", "", "", true}, {"", "", "en_US.UTF-8", true}, {"", "", "C.utf8", true}, {"", "", "C", false}, {"", "", "POSIX", false}, {"C", "", "en_US.UTF-8", false},
		{"", "de_DE.ISO-8859-1", "en_US.UTF-8", false}, {"", "C.UTF-8", "C", true}} {
		env := map[string]string{"LC_ALL": test.all, "LC_CTYPE": test.ctype, "LANG": test.lang}
		if got := ShowsUnicode(func(name string) string { return env[name] }); got != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
}
