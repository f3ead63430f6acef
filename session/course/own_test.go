package course

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"ehlo/session/document"
	"ehlo/session/lab"
)

// trainer is a file as a trainer writes one: two broken servers.
const trainer = `scenarios:
  - name: our-relay
    title: our relay after the update
    story: Since the update on Monday the relay defers every message.
    task: Find the reply that defers the message, and say who can fix it.
    target: smtp://mx.lab
    server:
      answers:
        - to: RCPT
          reply: 451 4.3.0 temporary lookup failure
    ask: Who can mend it?
    right: the operator of the relay
    wrong: [the sender, the recipient]
    why: [The server is at fault., The recipient has not seen it.]
    row: reply 451
    debrief: The relay cannot look up its recipients.

  - name: our-proxy
    title: a proxy that hides STARTTLS
    story: A new proxy stands between the office and the server.
    task: Send the message all the same, without giving the password away.
    level: intermediate
    server:
      tls-max: "1.2"
      path:
        - {on: EHLO, do: strip, text: STARTTLS}
    do: use-tls
`

func TestOwnScenarios(t *testing.T) {
	got, err := Read([]byte(trainer))
	if err != nil {
		t.Fatal(err)
	}
	relay, proxy := got[0], got[1]
	if len(got) != 2 || relay.Name != "our-relay" || relay.To != "bob@lab.test" || relay.Goal != GoalAnswer || len(relay.Question.Choices) != 3 || relay.Level != Beginner {
		t.Errorf("%+v", relay)
	}
	for _, c := range relay.Question.Choices {
		if c.Text == "the sender" && c.Judged() != "The server is at fault." {
			t.Errorf("%+v", c)
		}
	}
	if relay.Row != "reply 451" {
		t.Errorf("the row is %q", relay.Row)
	}
	if proxy.User != "ann" || proxy.Goal != GoalDone || proxy.Level != Intermediate || !strings.Contains(proxy.Tiers()[0], "465") {
		t.Errorf("%+v", proxy)
	}
	for _, s := range got {
		l, err := lab.Start(s.Scenario, lab.Options{})
		if err != nil {
			t.Fatal(err)
		}
		l.Close()
	}
}

// What is wrong is named with its place.
func TestOwnScenariosWithFaults(t *testing.T) {
	for _, c := range []struct {
		name, old, new string
		line           int
		text           string
	}{
		{"an unknown knob", "tls-max:", "tls-maximum:", 24, "tls-maximum"},
		{"an unknown certificate", `tls-max: "1.2"`, "certificate: outdated", 24, "server.certificate: it is not one of good, expired"},
		{"an unknown demand", `tls-max: "1.2"`, "client-certificate: perhaps", 24, "server.client-certificate: it is not one of none, asked"},
		{"no reply", "451 4.3.0 temporary", "later 4.3.0 temporary", 10, "server.answers[0].reply: "},
		{"an unknown verb", "to: RCPT", "to: RCTP", 9, "server.answers[0].to: "},
		{"an unknown action", "do: strip", "do: stirp", 26, "server.path[0].do: it is not one of strip, garble"},
		{"no text", ", text: STARTTLS", "", 18, "server.path[0].text: it is missing"},
		{"no title", "title: a proxy that hides STARTTLS", "finding: starttls-missing", 18, "title: it is missing"},
		{"two of a name", "our-proxy", "our-relay", 18, "name: two scenarios are called our-relay"},
		{"a name that is taken", "our-proxy", "stripped", 18, "name: stripped is a scenario of the practice server"},
		{"another host", "smtp://mx.lab", "smtp://mail.example.org", 6, "the practice server plays mail.lab and mx.lab"},
		{"no record", "story: Since", "dns: [mx.ours.example MX]\n    story: Since", 4, "dns[0]: it is not one record: a name, a type and its data"},
		{"a directive", "story: Since", "dns: ['$TTL 5']\n    story: Since", 4, "dns[0]: it is not one record"},
		{"two records", "story: Since", "dns: [\"a.example. A 127.0.0.1\\nb.example. A 127.0.0.1\"]\n    story: Since", 4, "dns[0]: it is not one record"},
		{"no question", "story: Since", "lookups: [shop.example]\n    story: Since", 4, "lookups[0]: \"shop.example\" is not a type and a name"},
		{"no address", "server:\n      answers", "server:\n      client-address: home\n      answers", 8, "server.client-address: \"home\" is not an IP address"},
		{"no host name", "server:\n      answers", "server:\n      certificate-names: [a b]\n      answers", 8, "server.certificate-names[0]: \"a b\" is not a host name"},
		{"no header field", "story: Since", "header: hello\n    story: Since", 4, "header: \"hello\" is not a header field"},
		{"a domain and another port", "smtp://mx.lab", "submission://shop.example", 6, "a domain is reached on port 25: smtp://shop.example"},
		{"an unknown level", "level: intermediate", "level: middle", 22, "level: it is not one of beginner"},
		{"an unknown advice", "do: use-tls", "do: give-up", 27, `do: "give-up" is not one of cap-tls, `},
		{"nothing to give", "do: use-tls", "do: give-password", 27, "do: give-password needs a value"},
		{"no question", "ask: Who can mend it?", "minutes: 5", 2, "ask: the question is missing"},
		{"an unknown account", "level: intermediate", "user: zoe", 22, "there is no account zoe; there are ann"},
		{"too few reasons", "why: [The server is at fault., The", "why: [The server is at fault. The", 14, "why: it needs one sentence for each wrong answer"},
		{"no row", "row: reply 451", "row: answer 451", 15, `row: "answer" is not one of lookup`},
		{"no YAML", "scenarios:", "scenarios: {", 0, ""},
		{"nothing", trainer, "", 0, "the file has no scenarios"},
	} {
		_, err := Read([]byte(strings.Replace(trainer, c.old, c.new, 1)))
		e, ok := errors.AsType[document.Errors](err)
		if !ok || len(e) != 1 || c.line != 0 && e[0].Line != c.line || !strings.Contains(e[0].Text, c.text) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// All that is wrong is named, in the order of the file, and nothing that only follows from it.
func TestOwnScenariosWithManyFaults(t *testing.T) {
	_, err := Read([]byte(`scenarios:
  - name: one
    title: [a, b]
    minutes: soon
    hints: just one
    server:
      sever: x
      idle: 20
      path: [{on: EHLO, do: delay, wait: 2h}, {on: RCTP, do: cut}]
    story: a story
    task: a task
  - name: One
    title: two
    level: high
    story: a story
    task: a task
---
scenarios: []
`))
	e, _ := errors.AsType[document.Errors](err)
	var got []string
	for _, one := range e {
		got = append(got, one.Error())
	}
	want := []string{"line 3, column 12: want a text, not a list", "line 4, column 14: want a number, not a text", "line 5, column 12: want a list, not a text",
		`line 7, column 7: unknown field "sever"`, "line 8, column 13: server.idle: it is not a time from 0 to 1 hour, such as 30s",
		"line 9, column 42: server.path[0].wait: it is not a time from 0 to 1 hour, such as 30s", `line 9, column 52: server.path[1].on: "RCTP" is neither greeting`,
		`line 12, column 11: name: "One" may contain only lowercase`, "line 14, column 12: level: it is not one of beginner", "line 18, column 10: a second document begins here"}
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || !strings.HasPrefix(got[i], want[i]) {
			t.Fatalf("fault %d: got\n%s\nwant\n%s", i+1, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// Whatever a file holds, what is read of it can be started, or is refused.
func FuzzRead(f *testing.F) {
	f.Add([]byte(trainer))
	f.Add([]byte("scenarios: [{name: a, title: b}]"))
	f.Add([]byte("scenarios: &a [*a]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := Read(text)
		if err == nil && len(got) == 0 {
			t.Error("neither scenarios nor an error")
		}
		for _, s := range got {
			if s.Name == "" || s.Target == "" || s.Goal == "" {
				t.Errorf("%+v", s)
			}
		}
	})
}

// A trainer's class goes on within the trainer's file, and then along the way of everyone.
func TestOwnScenariosComeNext(t *testing.T) {
	own, err := Read([]byte(trainer))
	if err != nil {
		t.Fatal(err)
	}
	solved := map[string]time.Time{"our-relay": time.Now()}
	if next := After("our-relay", solved, own...); next.Name != "our-proxy" {
		t.Errorf("after the first comes %s", next.Name)
	}
	solved["our-proxy"] = time.Now()
	if next := After("our-proxy", solved, own...); next.Name != Way()[0].Name {
		t.Errorf("after the last comes %s", next.Name)
	}
}

// Every field that a file can have is listed, and a misspelled one is recognized.
func TestFields(t *testing.T) {
	all := map[string][]string{}
	for _, f := range Fields() {
		all[f.Of] = f.Names
	}
	for of, name := range map[string]string{"": "debrief", "server": "certificate", "answers": "times", "path": "wait", "challenges": "endless", "limit": "per-hour"} {
		if !slices.Contains(all[of], name) {
			t.Errorf("%q has no field %s: %q", of, name, all[of])
		}
	}
	nearest := document.NearIn(Fields(), lab.Near)
	if near := nearest("certficate"); near != "certificate" {
		t.Errorf("certficate is taken for %q", near)
	}
	if near := nearest("zzzzzzzz"); near != "" {
		t.Errorf("zzzzzzzz is taken for %q", near)
	}
}
