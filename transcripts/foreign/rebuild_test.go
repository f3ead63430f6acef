package foreign

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// conversation makes one of a script: C and S in cleartext, c and s inside TLS, T the end of a handshake, X the end of the connection.
func conversation(script string) *Conversation {
	c := &Conversation{Source: "a test", Host: "mail.example", Port: 587}
	for line := range strings.SplitSeq(strings.TrimSpace(script), "\n") {
		kind, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		text = strings.NewReplacer(`\r`, "\r", `\n`, "\n").Replace(text)
		switch from := map[string]wire.Direction{"C": wire.ClientToServer, "S": wire.ServerToClient}[strings.ToUpper(kind)]; {
		case kind == "T":
			c.Pieces = append(c.Pieces, Piece{TLS: &record.TLS{Version: "TLS 1.3"}})
		case kind == "X":
			c.Pieces = append(c.Pieces, Piece{Ended: &Ended{record.TroubleClosed, "closed"}})
		case strings.HasSuffix(text, "|"):
			c.Pieces = append(c.Pieces, Piece{From: from, Bytes: []byte(strings.TrimSuffix(text, "|")), Inside: kind == "c" || kind == "s"})
		default:
			c.Pieces = append(c.Pieces, said(from, text, kind == "c" || kind == "s"))
		}
	}
	return c
}

// told is the log of a conversation in short: what was sent and answered as what.
func told(log *record.Log) string {
	var out []string
	for i := range log.Len() {
		switch e := log.At(i); {
		case e.Send != nil:
			text := strings.ReplaceAll(strings.TrimRight(string(e.Send.Raw), "\r\n"), "\r\n", "/")
			out = append(out, fmt.Sprintf("%s> %s", e.Step, text))
		case e.Reply != nil:
			text := strings.TrimSpace(fmt.Sprintf("%s< %d", e.Step, e.Reply.Code))
			if e.Reply.Unasked {
				text += " unasked"
			}
			if e.Reply.Trouble != "" {
				text += " " + string(e.Reply.Trouble)
			}
			out = append(out, text)
		case e.Kind == record.KindTLS:
			out = append(out, "tls")
		}
	}
	return strings.Join(out, "; ")
}

const hello = "S 220 mail.example ready\nC EHLO me\nS 250-mail.example\nS 250-PIPELINING\nS 250-CHUNKING\nS 250 STARTTLS\n"

const helloTold = "greeting< 220; ehlo> EHLO me; ehlo< 250; "

func TestRebuild(t *testing.T) {
	for _, test := range []struct {
		name, script, want, outcome string
		exit                        int
		finding                     string
	}{
		{"whole", hello + "C MAIL FROM:<a@a.example>\nS 250 ok\nC RCPT TO:<b@b.example>\nS 250 ok\nC DATA\nS 354 go\nC Subject: x\nC \nC QUIT\nC ..\nC .\nS 250 ok\nC QUIT\nS 221 bye",
			helloTold + "mail> MAIL FROM:<a@a.example>; mail< 250; rcpt> RCPT TO:<b@b.example>; rcpt< 250; data> DATA; data< 354; content> Subject: x//QUIT/../.; content< 250; quit> QUIT; quit< 221",
			"done", 0, ""},
		{"a group", hello + "C MAIL FROM:<a@a.example>\nC RCPT TO:<b@b.example>\nC DATA\nS 250 ok\nS 550 5.1.1 no such user\nS 554 no valid recipients\nC QUIT\nS 221 bye",
			helloTold + "mail> MAIL FROM:<a@a.example>; mail< 250; rcpt> RCPT TO:<b@b.example>; rcpt< 550; data> DATA; data< 554; quit> QUIT; quit< 221",
			"refused", 12, "recipient-unknown"},
		{"cut anywhere", "S 220 mail.ex|\nS ample ready\\r\\n|\nC EH|\nC LO me\\r\\n|\nS 250-mail.example\\r\\n250|\nS  PIPELINING\\r\\n|\nC QUIT\nS 221 bye",
			helloTold + "quit> QUIT; quit< 221", "done", 0, ""},
		{"a chunk", hello + "C MAIL FROM:<a@a.example>\nS 250 ok\nC RCPT TO:<b@b.example>\nS 250 ok\nC BDAT 8 LAST\\r\\nQUIT\\r\\n.\\r|\nS 250 ok\nC QUIT\nS 221 bye",
			helloTold + "mail> MAIL FROM:<a@a.example>; mail< 250; rcpt> RCPT TO:<b@b.example>; rcpt< 250; bdat> BDAT 8 LAST/QUIT/.; bdat< 250; quit> QUIT; quit< 221", "done", 0, ""},
		{"injected", hello + "C STARTTLS\nS 220 go\nS 250 evil\nX", helloTold + "starttls> STARTTLS; starttls< 220; starttls< 0 unasked", "unsafe", 14, "starttls-injection"},
		{"TLS by its lines", hello + "C STARTTLS\nS 220 go\nC EHLO me\nS 250 mail.example\nC QUIT\nS 221 bye",
			helloTold + "starttls> STARTTLS; starttls< 220; tls; ehlo> EHLO me; ehlo< 250; quit> QUIT; quit< 221", "done", 0, ""},
		{"closed", hello + "C MAIL FROM:<a@a.example>\nX", helloTold + "mail> MAIL FROM:<a@a.example>; mail< 0 closed", "failed", 14, "server-closed"},
		{"said before it was asked", hello + "S 421 4.4.2 too slow\nX", helloTold + "mail< 421 unasked", "deferred", 75, ""},
		{"a message left out", hello + "C MAIL FROM:<a@a.example>\nS 250 ok\nC RCPT TO:<b@b.example>\nS 250 ok\nC DATA\nS 354 go\nS 250 ok\nC QUIT\nS 221 bye",
			helloTold + "mail> MAIL FROM:<a@a.example>; mail< 250; rcpt> RCPT TO:<b@b.example>; rcpt< 250; data> DATA; data< 354; content> ; content< 250; quit> QUIT; quit< 221", "done", 0, ""},
		{"STARTTLS refused and left", hello + "C STARTTLS\nS 454 4.7.0 TLS not available\nC QUIT\nS 221 bye", helloTold + "starttls> STARTTLS; starttls< 454; quit> QUIT; quit< 221", "refused", 7, "starttls-refused"},
		{"no SMTP", "S SSH-2.0-OpenSSH_9.2\nX", "greeting< 0 not-smtp", "failed", 5, "not-smtp"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := conversation(test.script).Log("test")
			if told := told(got.Log); told != test.want {
				t.Errorf("the log says\n%s\nand not\n%s", told, test.want)
			}
			v := got.Verdict
			if string(v.Outcome) != test.outcome || int(v.Exit) != test.exit || test.finding != "" && string(v.Finding) != test.finding {
				t.Errorf("%s, exit %d, %s, and not %s, %d, %s: %s", v.Outcome, v.Exit, v.Finding, test.outcome, test.exit, test.finding, v.Cause)
			}
			derives(t, got.Log)
		})
	}
}

// derives wants a log to be a function of what was observed, as that of a live session is.
func derives(t *testing.T, log *record.Log) {
	t.Helper()
	s, n := record.Snapshot{State: record.NewState()}, 0
	var notes int
	skip := func() {
		for n < log.Len() && log.At(n).Kind == record.KindNote {
			n, notes = n+1, notes+1
		}
	}
	compare := func(e record.Event) {
		skip()
		if n >= log.Len() {
			t.Fatalf("there is no event %d", n+1)
		}
		e.Seq = n + 1
		if a, b := asJSON(t, e), asJSON(t, *log.At(n)); a != b {
			t.Fatalf("event %d comes back as\n%s\nand was\n%s", n+1, a, b)
		}
		s, n = s.Next(&e), n+1
	}
	for i := range log.Len() {
		e := *log.At(i)
		if !e.Kind.Observed() {
			continue
		}
		e.Explain = nil
		follows := walk.Took(&s, &e)
		compare(e)
		for _, f := range follows {
			compare(f)
		}
	}
	skip()
	if notes != 1 || n != log.Len()-1 || log.At(n).Kind != record.KindEnd {
		t.Errorf("%d of %d events come back, with %d notes", n, log.Len(), notes)
	}
}

func asJSON(t *testing.T, e record.Event) string {
	t.Helper()
	data, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// What a source does not hold is said, and nothing that it does.
func TestLacks(t *testing.T) {
	bare := &Conversation{Source: "a test", Pieces: conversation(hello + "C QUIT\nS 221 bye").Pieces}
	lacks := strings.Join(bare.Log("test").Lacks, " ")
	for _, want := range []string{"Times are unknown", "The host is unknown: it is called mail.example here", "port is unknown"} {
		if !strings.Contains(lacks, want) {
			t.Errorf("%q is not in %q", want, lacks)
		}
	}
	full := conversation(hello + "C QUIT\nS 221 bye")
	full.Timed, full.Began = true, time.Unix(1e9, 0)
	if lacks := full.Log("test").Lacks; len(lacks) > 0 {
		t.Errorf("said to be lacking: %q", lacks)
	}
}

// Secrets are masked on the way in, also where they come again, and what was masked is said.
func TestMasked(t *testing.T) {
	const password = "tr0ub4dor-and-3"
	for name, script := range map[string]string{
		"PLAIN":           "C AUTH PLAIN AGFubgB0cjB1YjRkb3ItYW5kLTM=\nS 535 5.7.8 no: AGFubgB0cjB1YjRkb3ItYW5kLTM=",
		"PLAIN in two":    "C AUTH PLAIN\nS 334 \nC AGFubgB0cjB1YjRkb3ItYW5kLTM=\nS 535 tr0ub4dor-and-3 is wrong",
		"LOGIN":           "C AUTH LOGIN\nS 334 VXNlcm5hbWU6\nC YW5u\nS 334 UGFzc3dvcmQ6\nC dHIwdWI0ZG9yLWFuZC0z\nS 235 ok",
		"LOGIN with name": "C AUTH LOGIN YW5u\nS 334 UGFzc3dvcmQ6\nC dHIwdWI0ZG9yLWFuZC0z\nS 235 ok",
		"XOAUTH2":         "C AUTH XOAUTH2 dXNlcj1hbm4BYXV0aD1CZWFyZXIgdHIwdWI0ZG9yLWFuZC0zAQE=\nS 535 no",
		"another":         "C AUTH NTLM dHIwdWI0ZG9yLWFuZC0z\nS 535 no",
		"POP":             "C PASS tr0ub4dor-and-3\nS 502 what: PASS tr0ub4dor-and-3",
	} {
		t.Run(name, func(t *testing.T) {
			got := conversation(hello + script + "\nC QUIT\nS 221 bye").Log("test")
			for i := range got.Log.Len() {
				line := asJSON(t, *got.Log.At(i))
				for _, secret := range []string{password, "dHIwdWI0ZG9yLWFuZC0z", "R0cjB1YjRkb3ItYW5kLTM"} {
					if strings.Contains(line, secret) {
						t.Errorf("event %d has the secret: %s", i+1, line)
					}
				}
			}
			if len(got.Masked) == 0 || !slices.ContainsFunc(noteTexts(got.Log), func(n string) bool { return strings.Contains(n, "Masked: "+got.Masked[0]) }) {
				t.Errorf("masked %q is not said in %q", got.Masked, noteTexts(got.Log))
			}
			derives(t, got.Log)
		})
	}
}

func noteTexts(log *record.Log) (texts []string) {
	for i := range log.Len() {
		if n := log.At(i).Note; n != nil {
			texts = append(texts, n.Text)
		}
	}
	return texts
}
