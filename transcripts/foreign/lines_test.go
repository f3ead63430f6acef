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
		"recorded from a terminal": []byte(each("", "\r\r")), "in a fence": []byte("```\n" + text + "```\n"), "after some words": []byte("Hi all,\n\nthis is what I get:\n\n" + text),
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

// What a source says of trouble goes into sentences: what a terminal could take for a command is made visible.
func TestHostileWords(t *testing.T) {
	for name, text := range map[string]string{
		"telnet": "$ telnet mail.example.com 25\ntelnet: connect to address 192.0.2.1: \x1b]0;owned\aConnection refused\n",
		"curl":   "* Could not resolve host: mail.\x1b]0;owned\aexample\n",
		"swaks":  swaksHello + " -> STARTTLS\n<-  220 go\n*** TLS startup failed (\x1b]0;owned\a)\n",
		"arrows": "Connecting to mail.example.com:25\nS: 220 mail.example.com \x1b]0;owned\a\nC: EHLO \x1b]0;x\a\nS: 550 \x1b]0;owned\a\nconnection unexpectedly closed \x1b]0;owned\a\n",
	} {
		list, err := Read([]byte(text), "")
		if err != nil || len(list) == 0 {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := list[0].Log("test")
		said := got.Verdict.Cause + list[0].Told() + strings.Join(got.Lacks, " ") + strings.Join(noteTexts(got.Log), " ")
		for i := range got.Log.Len() {
			switch e := got.Log.At(i); {
			case e.Finding != nil:
				said += e.Finding.Text
			case e.Connect != nil:
				said += e.Connect.Error
			case e.Resolve != nil:
				said += e.Resolve.Error
			case e.Reply != nil:
				said += e.Reply.Error
			case e.TLS != nil:
				said += e.TLS.Error
			}
		}
		if strings.ContainsAny(said, "\x1b\a") {
			t.Errorf("%s: %q", name, said)
		}
	}
}
