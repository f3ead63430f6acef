package main

import (
	"ehlo/session/record"
	"io"
	"os"
	"testing"
)

// A session that starts over has the password and the message of the first time: standard input is there once.
func TestStandardInputIsKeptForTheNextSession(t *testing.T) {
	const letter = "Subject: from standard input\n\nhello\n"
	for _, test := range []struct {
		typed             string
		o                 options
		password, message string
	}{
		{"Tr0ub4dor&3\n", options{asked: as("ann"), passwordFile: "-"}, "Tr0ub4dor&3", ""},
		{letter, options{asked: as("ann@lab.test"), data: "-"}, "", letter},
	} {
		in := typedFile(t, t.TempDir(), "in", test.typed)
		defer test.o.keep()()
		for range 2 {
			p, err := test.o.setUp(t.Context(), streams{in, os.Stdout, os.Stderr}, "127.0.0.1:2587", false)
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Goal.Credentials.Password.Reveal(); got != test.password || contentOf(t, p.Goal.Message) != test.message {
				t.Errorf("password %q, message %q", got, contentOf(t, p.Goal.Message))
			}
		}
	}
}

func contentOf(t *testing.T, m *record.Message) string {
	t.Helper()
	if m == nil {
		return ""
	}
	r, err := m.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
