package main

import (
	"os"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/sasl"
)

// What many logins come to is one sentence, and what follows from it.
func TestLoginsTogether(t *testing.T) {
	l := logins{user: "ann", host: "mail.example"}
	for _, c := range []sasl.Choice{{Name: "PLAIN", Usable: true}, {Name: "CRAM-MD5", Usable: true}, {Name: "XOAUTH2", Missing: "token"}, {Name: "ANONYMOUS", OnRequest: true}} {
		l.add(c)
	}
	l.count("PLAIN", record.Verdict{})
	l.count("CRAM-MD5", record.Verdict{Exit: record.ExitAuth})
	want := "mail.example accepts ann with PLAIN; it rejects ann with CRAM-MD5. The credentials are right. The server may store the password in a form " +
		"that the other mechanisms cannot check. Not tried: XOAUTH2 (lacks: token), ANONYMOUS (without an identity)."
	if got := l.verdict(); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if len(l.names) != 2 {
		t.Errorf("%v", l.names)
	}
}

// Nobody's account is locked without a question, which a script cannot answer.
func TestEveryMechanismAsks(t *testing.T) {
	l := logins{user: "ann", host: "mail.example", names: []string{"PLAIN"}}
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	defer out.Close()
	if err := l.agree(t.Context(), streams{in, os.Stdout, os.Stderr}, false); err == nil || !strings.Contains(err.Error(), "asks before it begins") {
		t.Errorf("%v", err)
	}
	if err := l.agree(t.Context(), streams{in, os.Stdout, os.Stderr}, true); err != nil {
		t.Errorf("the practice server: %v", err)
	}
}
