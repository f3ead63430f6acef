package walk

import (
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/wire"
)

// A policy has many reasons. Where the reply gives one, the cause begins with that, at the greeting too, where there is no command.
func TestPolicyReason(t *testing.T) {
	for _, test := range []struct {
		reply string
		want  string
	}{
		{"554-mx.example\r\n554 5.7.1 Your access has been rejected due to the sending MTA's poor reputation.",
			"The sender has a poor reputation: mail.example answered 554 5.7.1 to the connection. It said, “mx.example Your access has been rejected due to the sending MTA's poor reputation”."},
		{"550 5.7.23 SPF check failed for a.example", "SPF failed: mail.example answered 550 5.7.23 to the connection, “SPF check failed for a.example”."},
		{"550 5.7.25 no PTR record", "The client has no valid reverse DNS: mail.example answered 550 5.7.25 to the connection, “no PTR record”."},
		{"550 5.7.1 rejected by policy", "The server's policy refuses this: mail.example answered 550 5.7.1 to the connection, “rejected by policy”."},
	} {
		reply, err := wire.NewReader(strings.NewReader(test.reply+"\r\n"), wire.Limits{}).ReadReply()
		if err != nil {
			t.Fatal(err)
		}
		found := foundIn(waiting(25), record.VerbGreeting, &record.Reply{Reply: reply})
		got := found[len(found)-1]
		if got.Code != record.FoundPolicyRefused || got.Text != test.want {
			t.Errorf("%q: %s, %q, want %q", test.reply, got.Code, got.Text, test.want)
		}
	}
}
