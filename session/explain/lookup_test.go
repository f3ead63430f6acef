package explain

import (
	"fmt"
	"strings"
	"testing"
)

func TestNamesAreFoundHoweverTheyAreWritten(t *testing.T) {
	for _, c := range []struct {
		look func(string) (Entry, bool)
		name string
		want string
	}{
		{Command, "ehlo", "command:EHLO"},
		{Command, "mail from", "command:MAIL"},
		{Command, "", "command:(greeting)"},
		{Command, ".", "command:(end of data)"},
		{Command, "*", "command:(cancel AUTH)"},
		{Mechanism, "scram-sha-256-plus", "mechanism:SCRAM-SHA-256-PLUS"},
		{TLSMessage, "client_hello", "tls-message:ClientHello"},
		{TLSMessage, "client hello", "tls-message:ClientHello"},
		{TLSMessage, "20", "tls-message:Finished"},
		{TLSExtension, "alpn", "tls-extension:application_layer_protocol_negotiation"},
		{TLSExtension, "65281", "tls-extension:renegotiation_info"},
		{Alert, "HandshakeFailure", "alert:handshake_failure"},
		{Alert, "48", "alert:unknown_ca"},
		{Topic, "starttls STRIPPING", "topic:STARTTLS stripping"},
		{Finding, "Cert-Expired", "finding:cert-expired"},
	} {
		if e, ok := c.look(c.name); !ok || e.ID() != c.want {
			t.Errorf("%q is %q, %v; want %q", c.name, e.ID(), ok, c.want)
		}
	}
}

func TestUnknownNamesAreNotFound(t *testing.T) {
	for _, look := range []func(string) (Entry, bool){Command, Mechanism, TLSMessage, TLSExtension, Alert, Topic, Finding, ByID} {
		for _, name := range []string{"nonesuch", "nonesuch:nonesuch", "\xff\x00", strings.Repeat("A", 1<<16)} {
			if e, ok := look(name); ok {
				t.Errorf("%.20q is %q", name, e.ID())
			}
		}
	}
}

func TestCodesThatNoTableHolds(t *testing.T) {
	for _, c := range []struct {
		code  int
		short string
		known bool
	}{
		{299, "", false},
		{999, "", false},
		{0, "", false},
		{-250, "", false},
		{455, "cannot apply a parameter now", true},
		{533, "permanent failure, about authentication", true},
		{355, "continue, about the mail system", true},
	} {
		if e, ok := Code(c.code); ok != c.known || e.Short != c.short {
			t.Errorf("%d: %v %q, want %v %q", c.code, ok, e.Short, c.known, c.short)
		}
	}
}

func TestEnhancedIsComposed(t *testing.T) {
	for _, c := range []struct {
		code  [3]int
		short string
		text  string
	}{
		{[3]int{5, 7, 8}, "credentials invalid", "Permanent failure."},
		{[3]int{4, 7, 8}, "login not accepted now", "Temporary failure."},
		{[3]int{5, 7, 25}, "reverse DNS failed", "Permanent failure."},
		{[3]int{4, 7, 25}, "reverse DNS failed", "Temporary failure."},
		{[3]int{2, 1, 5}, "recipient address is valid", "Success."},
		{[3]int{2, 1, 1}, "success, an address", "Class 2"},
		{[3]int{5, 7, 139}, "login refused by policy", "Permanent failure. Microsoft's own code"},
		{[3]int{5, 7, 199}, "permanent failure, security or policy", "Class 5"},
		{[3]int{4, 9, 1}, "temporary failure", "Class 4"},
	} {
		e, ok := Enhanced(c.code[0], c.code[1], c.code[2])
		if !ok || e.Short != c.short || !strings.HasPrefix(e.Text, c.text) {
			t.Errorf("%v: %v %q %q", c.code, ok, e.Short, e.Text)
		}
	}
	for _, code := range [][3]int{{3, 1, 1}, {5, -1, 0}, {5, 1, 1000}, {0, 0, 0}} {
		if e, ok := Enhanced(code[0], code[1], code[2]); ok {
			t.Errorf("%v is %q", code, e.ID())
		}
	}
}

func TestRefs(t *testing.T) {
	for _, c := range []struct {
		ref  Ref
		want string
	}{
		{Ref{"RFC 5321", "4.1.1.1"}, "RFC 5321 §4.1.1.1"},
		{Ref{"RFC 9990", ""}, "RFC 9990"},
		{Ref{"IANA SASL Mechanisms", ""}, "IANA SASL Mechanisms"},
	} {
		if got := c.ref.String(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// Whatever a caller does with a result, the tables stay as they are.
func TestNoResultIsPartOfATable(t *testing.T) {
	// A text, for All too could return what is part of a table.
	before := fmt.Sprint(All())
	found := Search([]string{"554", "5.7.1", "Relay", "access", "denied"})
	for _, look := range []func() (Entry, bool){
		func() (Entry, bool) { return Mechanism("PLAIN") },
		func() (Entry, bool) { return TLSMessage("1") },
		func() (Entry, bool) { return Keyword("AUTH", []string{"PLAIN"}) },
		func() (Entry, bool) { return Parameter("MAIL", "SIZE=1") },
		func() (Entry, bool) { return Code(250) },
		func() (Entry, bool) { return Code(533) },
		func() (Entry, bool) { return Enhanced(5, 7, 8) },
		func() (Entry, bool) { return Enhanced(5, 7, 139) },
		func() (Entry, bool) { _, e, ok := Banner("h ESMTP Postfix"); return e, ok },
		func() (Entry, bool) { return ByID("topic:greylisting") },
	} {
		e, ok := look()
		if !ok {
			t.Fatal("not found")
		}
		found = append(found, e)
	}
	for _, x := range []Explanation{
		Reply(ReplyContext{Verb: "RCPT", Code: 554, Enhanced: [3]int{5, 7, 1}, Text: "Relay access denied"}),
		Send("MAIL FROM:<a@b.example> SIZE=1", SendContext{}),
		Send("*", SendContext{Mechanism: "PLAIN"}),
	} {
		found = append(found, Entry{Refs: x.Refs, See: x.Entries})
	}
	for _, e := range found {
		scribble(e.Also, "changed")
		scribble(e.See, "changed")
		scribble(e.Refs, Ref{"changed", "changed"})
		scribble(e.Success, -1)
		scribble(e.Failure, -1)
	}
	if fmt.Sprint(All()) != before {
		t.Error("a caller can change the tables")
	}
}

// scribble fills all the room that a slice has.
func scribble[T any](s []T, v T) {
	s = s[:cap(s)]
	for i := range s {
		s[i] = v
	}
}
