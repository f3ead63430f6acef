package words_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
	"ehlo/transcripts/labtest"
	"ehlo/transcripts/words"
)

// What stands in a line of a practice account is called what it is: of a whole message only the last field is the password.
func TestPractice(t *testing.T) {
	for _, row := range []struct{ hides, decoded, want string }{
		{"password", "\x00ann\x00tulip-42", "practice user ann, password tulip-42"},
		{"password", "bob\x00ann\x00tulip-42", "practice user ann, password tulip-42, acts as bob"},
		{"password", "tulip-42", "practice password: tulip-42"},
		{"digest", "ann 52333814", "practice digest, in: ann 52333814"},
		{"token", "user=ann\x01auth=Bearer x\x01\x01", `practice token, in: user=ann\x01auth=Bearer x\x01\x01`},
		{"proof", strings.Repeat("c=eSws,", 20), "practice proof"},
	} {
		raw := "AUTH X " + base64.StdEncoding.EncodeToString([]byte(row.decoded)) + "\r\n"
		if got := words.Practice(&record.Send{Raw: wire.Raw(raw), Practice: row.hides}); got != row.want {
			t.Errorf("%q: %q, want %q", row.decoded, got, row.want)
		}
	}
}

// Each message of each mechanism is told by its parts and what each is for; what is only computed with, such as a password that is not sent, is none.
func TestHolds(t *testing.T) {
	want := map[string]string{
		"auth-plain":         "C authzid authcid passwd",
		"auth-login":         "S prompt C username S prompt C password",
		"auth-cram-md5":      "S challenge C username digest",
		"auth-digest-md5":    "S realm nonce qop C username realm cnonce nc digest-uri response S verdict rspauth",
		"auth-scram-sha-256": "C gs2-cbind-flag username c-nonce S nonce salt iteration-count C c nonce ClientProof S verdict ServerSignature",
		"auth-xoauth2":       "C user auth",
		"auth-oauthbearer":   "C authzid host port auth",
		"auth-external":      "C authz-id",
		"auth-anonymous":     "C trace",
		"expired-token":      "C user auth S status",
	}
	for _, sc := range lab.Scenarios() {
		if want[sc.Name] == "" {
			continue
		}
		log := labtest.Run(t, sc)
		var got []string
		for i := range log.Len() {
			a := log.At(i).Auth
			if a == nil {
				continue
			}
			parts := words.Holds(a)
			if len(parts) > 0 {
				got = append(got, a.From)
			}
			for _, p := range parts {
				got = append(got, p.Name)
				if p.Value == "" || p.Note == "" && p.Name != "verdict" {
					t.Errorf("%s: %+v", sc.Name, p)
				}
			}
		}
		if text := strings.Join(got, " "); text != want[sc.Name] {
			t.Errorf("%s: %s\nwant %s", sc.Name, text, want[sc.Name])
		}
		delete(want, sc.Name)
	}
	if len(want) > 0 {
		t.Errorf("no such scenario: %v", want)
	}
	masked := words.Holds(&record.Auth{Mechanism: "PLAIN", From: "C", Values: []sasl.Value{{Name: "passwd", Text: "tulip-42", Hides: "password"}}})
	if slices.ContainsFunc(masked, func(p words.Part) bool { return strings.Contains(p.Text(), "tulip") }) {
		t.Errorf("not masked: %v", masked)
	}
}
