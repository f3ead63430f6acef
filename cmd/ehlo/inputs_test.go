package main

import (
	"io"
	"os"
	"strings"
	"testing"

	"ehlo/session/engine"
	"ehlo/session/record"
	"ehlo/ui"
)

// A file that cannot be read is called by the flag that named it, or by the label of the form.
func TestAFileIsCalledAsThePersonKnowsIt(t *testing.T) {
	for _, test := range []struct {
		o    options
		name string
	}{{options{ca: "/nowhere/ca.pem"}, "--ca "}, {*new(options).forAnother(ui.Request{CAFile: "/nowhere/ca.pem"}), "CA file "},
		{*new(options).forAnother(ui.Request{CertFile: "/nowhere/me.pem", KeyFile: "/nowhere/me.key"}), "client cert "}} {
		if err := test.o.readTLS(t.Context(), new(engine.TLSConfig)); err == nil || !strings.HasPrefix(err.Error(), test.name) {
			t.Errorf("%v, want it to begin with %q", err, test.name)
		}
	}
}

// A session that starts over has the password and the message of the first time: standard input is there once.
func TestStandardInputIsKeptForTheNextSession(t *testing.T) {
	const letter = "Subject: from standard input\n\nhello\n"
	for _, test := range []struct {
		typed             string
		o                 options
		password, message string
	}{
		{"Tr0ub4dor&3\n", options{asked: as("ann"), passwordFile: "-"}, "Tr0ub4dor&3", ""},
		{letter, options{asked: as("ann@lab.test"), mail: mailOptions{data: "-"}}, "", letter},
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

// What the command line gives for one server is sent to no other that a person names on the screen.
func TestAnotherServerGetsNothingOfTheFirst(t *testing.T) {
	in := typedFile(t, t.TempDir(), "in", "Tr0ub4dor&3\n")
	o := options{asked: as("ann@lab.test"), passwordFile: "-", mail: mailOptions{data: typedFile(t, t.TempDir(), "letter", "Subject: x\n\nhello\n").Name()}}
	defer o.keep()()
	for _, test := range []struct {
		o      *options
		target string
		given  bool
	}{{&o, "127.0.0.1:2587", true}, {o.forAnother(ui.Request{Request: as("ann@lab.test")}), "127.0.0.2:2587", false}} {
		p, err := test.o.setUp(t.Context(), streams{in, os.Stdout, os.Stderr}, test.target, false)
		if err != nil {
			t.Fatal(err)
		}
		if password := p.Goal.Credentials.Password.Reveal(); password != "" != test.given || (p.Goal.Message != nil) != test.given {
			t.Errorf("%s: password %q, message %v", test.target, password, p.Goal.Message)
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
