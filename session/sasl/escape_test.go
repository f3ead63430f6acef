package sasl

import "testing"

func TestUnescape(t *testing.T) {
	for typed, want := range map[string]string{
		``:                        "",
		`plain`:                   "plain",
		`\0ann\0tulip`:            "\x00ann\x00tulip",
		`user=a\x01auth=Bearer t`: "user=a\x01auth=Bearer t",
		`\xfF`:                    "\xff",
		`\\0`:                     `\0`,
		`\`:                       `\`,
		`\x1`:                     `\x1`,
		`\xg0`:                    `\xg0`,
		`\n`:                      `\n`,
		"\\x\x10\x10 no digits":   "\\x\x10\x10 no digits",
		`grün\0`:                  "grün\x00",
	} {
		if got := string(unescape(typed)); got != want {
			t.Errorf("%q gives %q, want %q", typed, got, want)
		}
	}
}
