package engine

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"testing"

	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// fitForTerminal wants text that moves no cursor: what a server sends may be printed as it is with --json.
func fitForTerminal(t *testing.T, data []byte) {
	t.Helper()
	if wire.VisibleString(string(data)) != string(data) {
		t.Errorf("not fit for a terminal: %q", data)
	}
}

// Whatever a server says, the log of it is text that can be printed, comes back the same, and has its bytes.
func TestHostileBytesAreVisible(t *testing.T) {
	nasty := `\x1b]0;x\x07\xc2\x9b31m\u202e\u200b\xff\x00\x7f`
	prompt := base64.StdEncoding.EncodeToString([]byte("user\x1b[2J:"))
	reversed := base64.StdEncoding.EncodeToString([]byte("password \u202e:"))
	for _, script := range []string{
		`R: "220 ` + nasty + ` ESMTP Postfix ` + nasty + `\r\n"` + `
		C: …
		R: "250-` + nasty + `\r\n250-` + nasty + ` ` + nasty + `\r\n250-AUTH LOGIN ` + nasty + `\r\n250 STARTTLS\r\n"` + `
		C: STARTTLS
		S: 220 go on
		TLS
		C: …
		R: "250-` + nasty + `\r\n250-` + nasty + `\r\n250 AUTH LOGIN ` + nasty + `\r\n"` + `
		C: AUTH LOGIN
		S: 334 ` + prompt + `
		C: YW5u
		S: 334 ` + reversed + `
		C: …
		R: "535 5.7.8 ` + nasty + `\r\n"` + goodBye,
		`R: "554 5.7.1 ` + nasty + `\r\n"` + goodBye,
		`R: "220 x\r\n250 ` + nasty + `"`,
		`R: "` + nasty + `"`,
		`R: "220 x\r\n"` + "\nC: …\n" + `R: "` + nasty + `"`,
		`R: "220 x\r\n"` + "\nC: …\n" + `R: "250-a\r\n250 STARTTLS\r\n"` + "\nC: STARTTLS\n" + `R: "220 ` + nasty + `\r\n` + nasty + `"`,
		`R: "220 x\r\n"` + "\nC: …\n" + `R: "250-a\r\n250 STARTTLS\r\n"` + "\nC: STARTTLS\n" + `S: 220 go on` + "\nHELLO\n" + `R: "` + nasty + `"`,
	} {
		p := walkThrough(t, scene{policy: "require", goal: walk.Goal{Credentials: ann()}, script: script, hasty: true})
		for _, e := range p.log {
			data, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			fitForTerminal(t, data)
			var back record.Event
			if err := json.Unmarshal(data, &back); err != nil {
				t.Fatalf("%v\n%s", err, data)
			}
			again, err := json.Marshal(back)
			if err != nil || string(again) != string(data) {
				t.Errorf("%s\ncame back as\n%s, %v", data, again, err)
			}
			if e.Reply != nil && !bytes.Equal(back.Reply.Raw, e.Reply.Raw) {
				t.Errorf("%q came back as %q", e.Reply.Raw, back.Reply.Raw)
			}
		}
		end := p.last(record.KindEnd).End
		if text := end.Cause + verdictWords(end); wire.VisibleString(text) != text {
			t.Errorf("%q", text)
		}
	}
}
