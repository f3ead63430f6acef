package walk

import (
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/sasl/veil"
)

// Each line gives something away from where the bar stands on.
func TestSecretStart(t *testing.T) {
	for _, marked := range []string{
		"AUTH PLAIN |x", " auth\tPLAIN  |PLAIN", "AUTH A |A A", "AUTH PLAIN |=", "AUTH |dHVsaXAtNDI=", "AUTH |dHVsaXA", "auth\tplain\t|AGFu",
		// what only just misses being AUTH
		" |AUTHPLAIN x", "|AUTH=PLAIN", "|AUTH:PLAIN x", "|authLOGIN YW5u", "|AUTHAGFubgB0dWxpcA==", "|AUTHENTICATE PLAIN AGFu",
		"ATUH PLAIN |AGFubgB0dWxpcA==", "AUHT LOGIN |YW5u", "uath plain |x", "AUT PLAIN |x", "AUTHH |hunter2-Long", "AUT: PLAIN |x", "OAUTH PLAIN |x",
		"C: AUTH PLAIN |x", "C:AUTH PLAIN |x", "> AUTH PLAIN |x", ">>> auth plain |x", "-> AUTH PLAIN |x", `"AUTH PLAIN |x"`, "12:00:01 AUTH PLAIN |x", "XAUTH PLAIN |x",
		"C: ATUH PLAIN |x", "a1 LOGIN |ann tulip", "login: |YW5u",
		// a response on its own, and among other words
		"|dHVsaXAtNDI=", "|YW5u", "|AGFubgB0dWxpcC00Mg==", "|abcdefghijklmnop", "C: |AGFubgB0dWxpcC00Mg==", "NOOP |AGFubgB0dWxpcC00Mg==", "what is |YW5uAGFubgB0dWxpcA==",
		`"|AGFubgB0dWxpcC00Mg=="`, "NOOP |<AGFubgB0dWxpcC00Mg==>", "x |'AGFubgB0dWxpcC00Mg==',", `|\0ann\0tulip-42`, `NOOP |ann\000ann\000tulip`,
		"X-ODD |dXNlcj1hbm4BYXV0aD1CZWFyZXIgdHVsaXABAQ==",
		// other protocols
		"PASS |tulip", "|pass: tulip", "USER |ann", "USER |ann tulip", "PASSWORD |tulip", "|PASS=tulip", "|password:tulip", "|Bearer tulip", "|Authorization: Basic YW46dA==",
		"NOOP |token=tulip", `NOOP |{"user":"ann","password":"tulip"}`, `{ |"password" : "tulip" }`, `|{\"passwd\":\"x\"}`,
		"NOOP |eyJhbGciOi.eyJzdWIi.c2ln", "|user=ann^Aauth=Bearer tulip",
	} {
		want := strings.Index(marked, "|")
		line := strings.Replace(marked, "|", "", 1)
		if got := SecretStart(record.State{}, line, nil); got != want {
			t.Errorf("%q: %d, want %d", line, got, want)
		}
	}
}

// Lines that give nothing away: commands, and what a server said.
func TestNoSecretStarts(t *testing.T) {
	for _, line := range []string{
		"", " ", "AUTH", "AUTH PLAIN", "AUTH PLAIN ", "auth login", "AUTH X-ODD", "NOOP a b", "QUIT", "Quit", "STARTTLS", "Starttls", "XEXCH50", "XCLIENT",
		"MAIL FROM:<ann@lab.test>", "MAIL FROM:<ann@lab.test> BODY=8BITMIME AUTH=<>", "RCPT TO:<bob@lab.test> NOTIFY=NEVER", "HELP ME", "HELP AUTH", "HELP AUTH PLAIN please",
		"AUTHENTICATE", "tulip-42", "EHLO plain.example", "EHLO login.example", "VRFY external relay", "ATUH", "ATUH PLAIN", "C: AUTH PLAIN", "PASS", "USER", "password:",
		"250-AUTH PLAIN LOGIN", "250 AUTH PLAIN LOGIN", "S: 250-AUTH PLAIN LOGIN", "334 VXNlcm5hbWU6", "ETRN example.org", "BDAT 100 LAST", "VRFY ann", "HELO laptop",
	} {
		if got := SecretStart(record.State{}, line, nil); got != -1 {
			t.Errorf("%q: %d", line, got)
		}
	}
}

// What is known is found wherever it stands, and hidden from the first word after the command on; in the middle of a message
// it is all that counts.
func TestKnownSecretStart(t *testing.T) {
	var known veil.Veil
	known.Learn(sasl.NewSecret("Tr0ub4dor&3"))
	for _, marked := range []string{
		"NOOP |Tr0ub4", "NOOP |a Tr0ub4dor&3", "MAIL |FROM:<Tr0ub4dor&3@lab>", "|Tr0ub4dor&3 NOOP", "|X-ODD Tr0ub4dor&3", "NOOP |VHIwdWI0ZG9yJjM=", "AUTH PLAIN |Tr0ub4dor&3",
		"AUTH PLAIN |x Tr0ub4dor&3", "NOOP |54723075623464", "|250-AUTH Tr0ub4dor&3",
	} {
		want := strings.Index(marked, "|")
		line := strings.Replace(marked, "|", "", 1)
		if got := SecretStart(record.State{}, line, &known); got != want {
			t.Errorf("%q: %d, want %d", line, got, want)
		}
	}
	content := record.State{Transaction: record.TransactionData}
	for line, want := range map[string]int{"AUTH PLAIN AGFubgB0dWxpcA==": -1, "my password: tulip": -1, "it is Tr0ub4dor&3": 0, "NOOP Tr0ub4dor&3": 0} {
		if got := SecretStart(content, line, &known); got != want {
			t.Errorf("in a message, %q: %d, want %d", line, got, want)
		}
	}
}

// A person who types a secret into a line is asked, once, and by what the line is.
func TestPreparedLinesAreAskedAbout(t *testing.T) {
	ready := record.NewState()
	ready.Stage = record.StageReady
	snap := snapshotOf(ready, listed("AUTH LOGIN"))
	var known veil.Veil
	known.Learn(sasl.NewSecret("Tr0ub4dor&3"))
	for line, asked := range map[string]bool{"ATUH PLAIN AGFubgB0dWxpcA==": true, "PASS tulip": true, "NOOP Tr0ub4dor&3": true, "NOOP tulip": false, "250-AUTH PLAIN LOGIN": false} {
		p := Prepare(snap, record.Step{Verb: record.VerbRaw, Line: line}, &known)
		if got := p.Guard != nil && p.Guard.Code == record.FoundCleartextSecret; got != asked || (p.Step.Hidden > 0) != asked {
			t.Errorf("%q: asked %v, hidden from %d", line, got, p.Step.Hidden)
		}
		if again := Prepare(snap, p.Step.Confirm(record.FoundCleartextSecret), &known); again.Guard != nil {
			t.Errorf("%q is asked about again", line)
		}
	}
	built := Prepare(snap, record.Step{Verb: record.VerbNoop, Line: "NOOP Tr0ub4dor&3"}, &known)
	if built.Guard != nil || built.Step.Hidden != 0 {
		t.Error("a line that no person wrote is hidden")
	}
}

// FuzzSecretStart holds that something is left to hide where there is said to be, and that what opens as a login is never
// overlooked, whatever stands before it.
func FuzzSecretStart(f *testing.F) {
	for _, line := range []string{"AUTH PLAIN AGFu", "AUTHPLAIN x", "dHVsaXA=", " \tauth\xff", "AUTH", "\x00", "C:S:c: x", `"password" : `, "bearer=\u00a0x", "\u00a0pass=x"} {
		f.Add(line)
	}
	login := sasl.EncodeBase64(sasl.PlainString("", "ann", "tulip-42"))
	f.Fuzz(func(t *testing.T, line string) {
		if at := SecretStart(record.State{}, line, nil); at < -1 || at >= 0 && (at >= len(line) || strings.TrimSpace(line[at:]) == "") {
			t.Errorf("%q: %d", line, at)
		}
		with := line + " " + login
		if at := SecretStart(record.State{}, with, nil); at > len(line)+1 || at < 0 && !serverLine(withoutMarks(with)) {
			t.Errorf("%q: %d", with, at)
		}
	})
}
