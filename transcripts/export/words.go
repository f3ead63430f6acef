package export

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ehlo/session/explain"
)

// wrap breaks text at spaces into lines of at most width characters; a longer word gets a line of its own. A width
// that leaves no room for words does not wrap.
func wrap(text string, width int) []string {
	if text == "" {
		return nil
	}
	if width < 16 {
		return []string{text}
	}
	var lines []string
	line, used := "", 0
	for _, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		if used > 0 && used+1+n > width {
			lines = append(lines, line)
			line, used = "", 0
		}
		if used > 0 {
			line, used = line+" ", used+1
		}
		line, used = line+word, used+n
	}
	return append(lines, line)
}

// duration rounds to what a person compares: 0.04 ms, 2.4 ms, 12 ms, 1.2 s.
func duration(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return strconv.FormatFloat(float64(max(d, 0))/1e6, 'f', 2, 64) + " ms"
	case d < 10*time.Millisecond:
		return strconv.FormatFloat(float64(d)/1e6, 'f', 1, 64) + " ms"
	case d < time.Second:
		return itoa(int(d.Milliseconds())) + " ms"
	}
	return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
}

// after says how long something was waited for, unless nobody measured it.
func after(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return "after " + duration(d)
}

// count is a number with its noun.
func count(n int, noun string) string { return itoa(n) + " " + plural(n, noun) }

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}

func itoa(n int) string { return strconv.Itoa(n) }

func padLeft(s string, width int) string {
	return strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s))) + s
}

func padRight(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s)))
}

// list joins what is not empty.
func list(separator string, parts ...string) string {
	var kept []string
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, separator)
}

// labelled is a label and a text, or nothing without the text.
func labelled(label, text string) string {
	if text == "" {
		return ""
	}
	return label + text
}

func refs(all []explain.Ref) string {
	texts := make([]string, len(all))
	for i, r := range all {
		texts[i] = r.String()
	}
	return strings.Join(texts, ", ")
}

// long is when the time from a reply's first byte to its last is worth telling.
const long = 50 * time.Millisecond

// answered says how long a reply was waited for, and how long it took to arrive where that is long.
func answered(wait, took time.Duration) string {
	if took < long {
		return after(wait)
	}
	return "first byte " + after(wait) + ", complete after " + duration(wait+took)
}
