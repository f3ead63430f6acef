package tlstest

import (
	"strings"
	"testing"
)

// steps reads "C:ClientHello S:ServerHello …".
func steps(text string) (out []Step) {
	for _, word := range strings.Fields(text) {
		dir, name, _ := strings.Cut(word, ":")
		out = append(out, Step{dir, strings.ReplaceAll(name, "_", " ")})
	}
	return out
}

// Another order is reported, but where the two cannot know better.
func TestDisorder(t *testing.T) {
	const hello = "C:ClientHello S:ServerHello S:Finished C:Finished "
	for name, test := range map[string]struct {
		mine, theirs string
		alike        bool
	}{
		"alike":                               {hello + "S:data C:data", hello + "S:data C:data", true},
		"data in several records":             {hello + "S:data C:data", hello + "S:data S:data C:data", true},
		"a ticket under way":                  {hello + "S:NewSessionTicket S:data", "C:ClientHello S:ServerHello S:Finished S:NewSessionTicket C:Finished S:data", true},
		"an alert behind what it came before": {hello + "S:data S:Alert_90 C:data", hello + "S:Alert_90 S:data C:data", false},
		"an answer before its question":       {hello + "S:data C:data", hello + "C:data S:data", false},
		"a hello behind the client's message": {"C:ClientHello C:Finished S:ServerHello S:Finished", hello, false},
		"a message less":                      {hello + "S:data", hello + "S:data S:NewSessionTicket", false},
		"unread behind a good-bye":            {hello + "S:data C:Alert_0", hello + "S:data C:Alert_0 S:Alert_0", true},
		"a record that was not read":          {"C:ClientHello S:incomplete_record C:Alert_70", "C:ClientHello S:ServerHello C:Alert_70", true},
	} {
		if got := disorder(joined(steps(test.mine)), Report{}.with(test.theirs).Steps()); (len(got) == 0) != test.alike {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// with has the steps as messages and records of data.
func (r Report) with(text string) Report {
	for _, s := range steps(text) {
		if s.Name == Data {
			r.data = append(r.data, dataRecord{s.Dir, len(r.Messages)})
		} else {
			r.Messages = append(r.Messages, Seen{Dir: s.Dir, Name: s.Name})
		}
	}
	return r
}

func TestDecision(t *testing.T) {
	hello := Seen{Name: "ServerHello", Fields: []Field{{Name: "legacy_version", Value: "0303"}, {Name: "cipher_suite", Value: "1301"}, {Name: "version", Value: "0304"}}}
	retry := Seen{Name: "ServerHello", Fields: append([]Field{{Name: "random", Value: retryRandom}}, hello.Fields...)}
	r := Report{Messages: []Seen{retry, hello, {Name: "CertificateRequest"}, {Name: "Finished"}, {Name: "Finished"}, {Name: "ServerHello"}}}
	if got, ok := r.Decision(); !ok || got != (Decision{0x0304, 0x1301, true, true, true}) {
		t.Errorf("%+v", got)
	}
	if _, ok := (Report{}).Decision(); ok {
		t.Error("a decision of nothing")
	}
}
