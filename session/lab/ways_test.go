package lab_test

import (
	"fmt"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/setup"
)

// text and binary are messages in which something has to be done to a line, or must not be done.
const (
	text   = "From: a@b.c\nDate: Mon, 30 Nov 2026 05:36:00 +0000\nMessage-ID: <1@b.c>\n\n.\n.two\nlast"
	binary = "From: a@b.c\r\nDate: Mon, 30 Nov 2026 05:36:00 +0000\r\nMessage-ID: <1@b.c>\r\n\r\n.\r\n\x00\n\r.x\r\r\n"
)

// In whichever way a message is sent, what arrives is what was sent: lines with CRLF, or each byte of a binary one.
func TestWhatIsSentArrives(t *testing.T) {
	lines := strings.ReplaceAll(text, "\n", "\r\n")
	for name, test := range map[string]struct {
		scenario string
		ask      func(*setup.Request)
		message  string
		want     string // behind what the server adds
		commands string
	}{
		"DATA":             {"relay", func(*setup.Request) {}, text, lines + "\r\n", "DATA"},
		"one chunk":        {"relay", func(r *setup.Request) { r.Goal.Chunking = true }, text, lines, fmt.Sprintf("BDAT %d LAST", len(lines))},
		"chunks":           {"relay", func(r *setup.Request) { r.Goal.Chunking, r.Goal.Chunk = true, 40 }, text, lines, "BDAT 40"},
		"chunks of a byte": {"relay", func(r *setup.Request) { r.Goal.Chunking, r.Goal.Chunk = true, 1 }, text, lines, "BDAT 1 LAST"},
		"a binary one":     {"chunks", func(r *setup.Request) { r.Goal.Chunk = 40 }, binary, binary, "BODY=BINARYMIME"},
		"a group":          {"relay", func(r *setup.Request) { r.Goal.Pipelining = true }, text, lines + "\r\n", "DATA"},
		"group and chunks": {"relay", func(r *setup.Request) { r.Goal.Pipelining, r.Goal.Chunking, r.Goal.Chunk = true, true, 40 }, text, lines, "BDAT 40"},
		"LMTP":             {"lmtp", func(*setup.Request) {}, text, lines + "\r\n", "LHLO"},
		"LMTP in chunks":   {"lmtp", func(r *setup.Request) { r.Goal.Chunking, r.Goal.Chunk = true, 40 }, text, lines, "BDAT 40"},
	} {
		t.Run(name, func(t *testing.T) {
			asked := setup.Request{Target: "lab:" + test.scenario}
			asked.Goal.SendMessage, asked.Goal.Message = true, record.MessageOf([]byte(test.message))
			test.ask(&asked)
			all, log := walkedAs(t, asked)
			if len(all) != 1 || !strings.HasSuffix(string(all[0].Text), "\r\n"+test.want) {
				t.Fatalf("%d messages: %q", len(all), all)
			}
			if sent := commands(log); !strings.Contains(sent, test.commands) {
				t.Errorf("no %s in %s", test.commands, sent)
			}
		})
	}
}

// commands are the lines that the client sent.
func commands(log *record.Log) string {
	var b strings.Builder
	for i := range log.Len() {
		if s := log.At(i).Send; s != nil {
			b.WriteString(string(s.Raw))
		}
	}
	return b.String()
}
