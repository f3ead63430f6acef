package engine_test

import (
	"regexp"
	"slices"
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
			absent := absentFrom(said)
			legible(t, sc, said, absent...) // which no veil may find, and so not one that knows them all
			for _, password := range common {
				if !slices.Contains(absent, password) {
					legible(t, sc, said, password)
				}
			}
		})
	}
}

// absentFrom are the common passwords that stand in no reply, whatever the case.
func absentFrom(said []record.Reply) (absent []string) {
	var all strings.Builder
	for _, r := range said {
		all.WriteString(strings.ToLower(string(r.Raw)))
	}
	return slices.DeleteFunc(slices.Clone(common), func(password string) bool { return strings.Contains(all.String(), strings.ToLower(password)) })
}

// legible wants replies to be as they were for a veil that knows some passwords, but for one that is a word of them.
func legible(t *testing.T, sc lab.Scenario, said []record.Reply, passwords ...string) {
	t.Helper()
	var v veil.Veil
	v.Public("mail.lab", "laptop.lab.test", sc.User, sc.From, sc.To)
	for _, password := range passwords {
		v.Learn(sasl.NewSecret(password))
	}
	for _, r := range said {
		before := string(r.Raw)
		reply := wire.Reply{Raw: wire.Raw(before), Lines: append([]wire.Line(nil), r.Lines...)}
		if v.Hide(&reply) && !hasWord(before, passwords) {
			t.Errorf("%s: %q became %q", passwords, before, reply.Raw)
		}
		if left := strings.Fields(string(reply.Raw)); len(left) < len(strings.Fields(before)) {
			t.Errorf("%s: %q became %q", passwords, before, reply.Raw)
		}
	}
}

// hasWord reports whether one of some passwords is a word of a text.
func hasWord(text string, passwords []string) bool {
	return slices.ContainsFunc(passwords, func(password string) bool {
		return regexp.MustCompile(`(?i)(^|[^a-z0-9])` + regexp.QuoteMeta(password) + `($|[^a-z0-9])`).MatchString(text)
	})
}
