package lab

import (
	"slices"
	"strings"
	"testing"

	"ehlo/session/record"
)

// What the stories say of records is so in the practice zone: each row is an answer by its data, or the status.
func TestRecordsOfScenarios(t *testing.T) {
	rows := map[string]string{
		"A mx1.backup.example":          "127.0.0.11",
		"A no-mail.example":             "192.0.2.80",
		"PTR 20.2.0.192.in-addr.arpa":   "NXDOMAIN",
		"PTR 30.2.0.192.in-addr.arpa":   "host30.isp.example.",
		"A host30.isp.example":          "192.0.2.31",
		"A 77.113.0.203.list.example":   "127.0.0.10",
		"TXT 77.113.0.203.list.example": `"203.0.113.77 is a home address, see https://list.example/?203.0.113.77"`,
		"A 25.2.0.192.list.example":     "NXDOMAIN",
		"TXT shop.example":              `"v=spf1 ip4:192.0.2.25 -all"`,
	}
	l := scenario(t, "")
	for _, sc := range Scenarios() {
		for _, q := range record.Questions(sc.Lookups) {
			want, known := rows[q.String()]
			answer := l.Ask(t.Context(), q)
			got := answer.Status
			if len(answer.Answers) > 0 {
				got = strings.Join(answer.Of(q.Type), " | ")
			}
			if !known || got != want {
				t.Errorf("%s: %s is %s, want %s", sc.Name, q, got, want)
			}
		}
	}
}

// The server names the client by the address that the story gives it.
func TestClientAddress(t *testing.T) {
	for _, sc := range Scenarios() {
		if client := sc.Knobs.Client; client != "" && !slices.ContainsFunc(sc.Knobs.Answers, func(a answer) bool { return strings.Contains(a.Reply, "["+client+"]") }) {
			t.Errorf("%s: no reply names %s", sc.Name, client)
		}
	}
}
