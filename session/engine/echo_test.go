package engine_test

import (
	"regexp"
	"strings"
	"testing"

	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/sasl/veil"
	"ehlo/session/wire"
)

// common are the passwords that people choose most.
var common = strings.Fields(`123456 password 123456789 12345 12345678 qwerty 1234567 111111 123123 abc123 1234 password1 iloveyou 1q2w3e4r 000000
	qwerty123 zaq12wsx dragon sunshine princess letmein 654321 monkey 27653 1qaz2wsx 123321 qwertyuiop superman asdfghjkl admin
	example submission welcome mailbox server secure account secret login plain starttls size mail user changeme P@ssw0rd Passw0rd! Welcome1 Summer2024! trustno1`)

// What a server says in the scenarios stays legible whatever the password is: a common one is hidden as a whole word at most, and
// the one that the user of the scenario has only where the server repeats it.
func TestRepliesStayLegible(t *testing.T) {
	t.Parallel()
	for _, sc := range lab.Scenarios() {
		t.Run(sc.Name, func(t *testing.T) {
			t.Parallel()
			var said []record.Reply
			log := practiced(t, sc)
			for i := range log.Len() {
				if r := log.At(i).Reply; r != nil {
					said = append(said, *r)
				}
			}
			for _, r := range said {
				if strings.Contains(string(r.Raw), sasl.Mask) && r.Code != 334 {
					t.Errorf("hidden without need: %q", r.Raw)
				}
			}
			for _, password := range common {
				legible(t, sc, said, password)
			}
		})
	}
}

func legible(t *testing.T, sc lab.Scenario, said []record.Reply, password string) {
	t.Helper()
	var v veil.Veil
	v.Public("mail.lab", "laptop.lab.test", sc.User, sc.From, sc.To)
	v.Learn(sasl.NewSecret(password))
	word := func(text string) bool { // most passwords are in no reply
		return regexp.MustCompile(`(?i)(^|[^a-z0-9])` + regexp.QuoteMeta(password) + `($|[^a-z0-9])`).MatchString(text)
	}
	for _, r := range said {
		before := string(r.Raw)
		reply := wire.Reply{Raw: wire.Raw(before), Lines: append([]wire.Line(nil), r.Lines...)}
		if v.Hide(&reply) && !word(before) {
			t.Errorf("%s: %q became %q", password, before, reply.Raw)
		}
		if left := strings.Fields(string(reply.Raw)); len(left) < len(strings.Fields(before)) {
			t.Errorf("%s: %q became %q", password, before, reply.Raw)
		}
	}
}
