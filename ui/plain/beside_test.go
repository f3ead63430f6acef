package plain

import (
	"os"
	"testing"

	"ehlo/session/record"
)

// The words log and path tell what belongs to the step that was told last, and nothing of others.
func TestLogAndPath(t *testing.T) {
	text, err := os.ReadFile("../testdata/on-path.ehlo.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	out, _ := replayText(t, text, "", "log", "", "log", "path", "", "", "path", "", "", "log", "path", "q")
	inOrder(t, out, "mail.lab has 2 IP addresses", "the server logged nothing in this step",
		"connected to", "lab/submission/smtpd[1]: connect from localhost[::1]", "saw: reply 220, 36 bytes in cleartext",
		"saw: EHLO, 22 bytes in cleartext", "saw: reply 250, 10 lines, 172 bytes in cleartext",
		"lab/submission/smtpd[1]: Anonymous TLS connection established", "intercepted: TLS ends at the device")
}

// Of another server nobody knows what it logged.
func TestNoLogOfOthers(t *testing.T) {
	log := &record.Log{}
	log.Append(record.Event{Kind: record.KindStart, Start: &record.Start{Format: record.Format, Plan: record.Plan{Target: record.Target{Host: "mail.example.org", Port: 587}}}})
	log.Append(record.Event{Kind: record.KindResolve, Step: record.VerbResolve, Resolve: &record.Resolve{Host: "mail.example.org", Addresses: []string{"192.0.2.25"}}})
	out, _ := replayedFast(t, log, "log", "q")
	inOrder(t, out, "only the practice server shows its log")
}
