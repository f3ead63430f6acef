package foreign

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"
)

// A text is read whatever way it was kept in.
func TestPlain(t *testing.T) {
	text := dialogues(t)["swaks-auth-before-tls"]
	each := func(before, after string) string {
		var out strings.Builder
		for line := range strings.Lines(text) {
			out.WriteString(before + strings.TrimSuffix(line, "\n") + after + "\n")
		}
		return out.String()
	}
	wide := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(each("", "\r"))) {
		wide = binary.LittleEndian.AppendUint16(wide, unit)
	}
	want := conversationOf(t, []byte(text))
	for name, kept := range map[string][]byte{
		"from Windows": []byte(each("", "\r")), "from PowerShell": wide, "with a byte order mark": []byte("\ufeff" + text),
		"quoted in a mail": []byte(each("> ", "")), "as code in a forum": []byte(each("    ", "")), "in colors": []byte(each("\x1b[32m", "\x1b[0m")),
		"in a fence": []byte("```\n" + text + "```\n"), "after some words": []byte("Hi all,\n\nthis is what I get:\n\n" + text),
	} {
		if got := conversationOf(t, kept); got != want {
			t.Errorf("%s:\n%s\nand not\n%s", name, got, want)
		}
	}
}

func conversationOf(t *testing.T, source []byte) string {
	t.Helper()
	list, err := Read(source, "")
	if err != nil || len(list) != 1 {
		return "nothing"
	}
	return told(list[0].Log("test").Log)
}
