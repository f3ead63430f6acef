package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// ehlo is the capabilities in a reply of these lines.
func ehlo(t testing.TB, lines ...string) Capabilities {
	t.Helper()
	var server strings.Builder
	for i, l := range lines {
		sep := "-"
		if i == len(lines)-1 {
			sep = " "
		}
		server.WriteString("250" + sep + l + "\r\n")
	}
	reply, err := NewReader(strings.NewReader(server.String()), Limits{}).ReadReply()
	if err != nil {
		t.Fatal(err)
	}
	return ParseCapabilities(reply)
}

// summary is one word for each line: KEYWORD[params]=legacy!defects
func summary(list []Capability) string {
	words := make([]string, len(list))
	for i, k := range list {
		words[i] = k.Keyword
		if len(k.Params) > 0 {
			words[i] += fmt.Sprint(k.Params)
		}
		if k.Legacy {
			words[i] += "="
		}
		for _, d := range k.Defects {
			words[i] += fmt.Sprintf("!%s:%d", d.Code, d.Line)
		}
	}
	return strings.Join(words, " ")
}

func TestParseCapabilities(t *testing.T) {
	for _, test := range []struct{ line, want string }{
		{"STARTTLS", "STARTTLS"},
		{"Size 1024", "SIZE[1024]"},
		{"AUTH PLAIN Login", "AUTH[PLAIN Login]"},
		{"X-ANN-1 a=b", "X-ANN-1[a=b]"},
		{"AUTH=LOGIN PLAIN", "AUTH[LOGIN PLAIN]=!legacy-auth:2"},
		{"auth=", "AUTH=!legacy-auth:2"},
		{"AUTH= PLAIN", "AUTH[PLAIN]=!legacy-auth:2"},
		{"X-EXPS=LOGIN", "X-EXPS=LOGIN!keyword-syntax:2"},
		{"-DSN", "-DSN!keyword-syntax:2"},
		{"", "!keyword-syntax:2"},
		{" ", "!keyword-syntax:2"},
		{"DSN ", "DSN!extra-space:2"},
		{" SIZE  7", "SIZE[7]!extra-space:2"},
		{"SIZE\t7", "SIZE\t7!keyword-syntax:2"},
		{"X grün", "X[grün]!parameter-syntax:2"},
		{"ſtarttls", "ſTARTTLS!keyword-syntax:2"},
		{"x\xff", "X\xff!keyword-syntax:2"},
	} {
		got := ehlo(t, "mail.lab", test.line)
		if s := summary(got.Keywords); s != test.want {
			t.Errorf("%q: got %q, want %q", test.line, s, test.want)
		}
		if raw := string(got.Keywords[0].Raw); raw != test.line {
			t.Errorf("%q kept as %q", test.line, raw)
		}
	}
}

func TestCapabilitiesFirstLine(t *testing.T) {
	c := ehlo(t, "mail.lab Hello laptop [192.0.2.1]")
	if c.Domain != "mail.lab" || c.Greeting != "Hello laptop [192.0.2.1]" || c.Keywords != nil {
		t.Errorf("got %+v", c)
	}
	if c := ParseCapabilities(Reply{}); c.Domain != "" || c.Keywords != nil {
		t.Errorf("of no reply: %+v", c)
	}
}

func TestCapabilitiesLookUp(t *testing.T) {
	c := ehlo(t, "mail.lab", "AUTH=LOGIN plain", "AUTH PLAIN SCRAM-SHA-256", "DSN", "dsn twice")
	if !c.Has("dsn") || c.Has("STARTTLS") || c.Has("") {
		t.Errorf("Has is wrong for %+v", c)
	}
	if got, ok := c.Get("auth"); !ok || !slices.Equal(got.Params, []string{"PLAIN", "SCRAM-SHA-256"}) {
		t.Errorf("standard AUTH does not go first: %q", got.Params)
	}
	if got := c.AuthMechanisms(); !slices.Equal(got, []string{"LOGIN", "PLAIN", "SCRAM-SHA-256"}) {
		t.Errorf("mechanisms %q", got)
	}
	if got := summary(c.Keywords[2:]); got != "DSN DSN[twice]" {
		t.Errorf("duplicates: %q", got)
	}
	legacy := ehlo(t, "mail.lab", "AUTH=LOGIN")
	if k, ok := legacy.Get("AUTH"); !ok || !k.Legacy {
		t.Errorf("legacy AUTH not found: %+v, %v", k, ok)
	}
}

func TestSize(t *testing.T) {
	for _, test := range []struct {
		line     string
		n        int64
		declared bool
	}{
		{"DSN", 0, false},
		{"SIZE", 0, true},
		{"SIZE 0", 0, true},
		{"SIZE 10240000", 10240000, true},
		{"SIZE 99999999999999999999", 1<<63 - 1, true},
		{"SIZE -99999999999999999999", 0, true},
		{"SIZE many", 0, true},
	} {
		if n, declared := ehlo(t, "mail.lab", test.line).Size(); n != test.n || declared != test.declared {
			t.Errorf("%s: %d, %v", test.line, n, declared)
		}
	}
}

func TestDiff(t *testing.T) {
	before := ehlo(t, "mail.lab", "STARTTLS", "SIZE 100", "DSN", "X a", "X b", "AUTH=LOGIN", "HELP")
	after := ehlo(t, "mail.lab", "AUTH PLAIN", "DSN", "SIZE 200", "X a", "AUTH=LOGIN", "8BITMIME", "X c", "X d")
	got := Diff(before, after)
	for _, part := range []struct {
		name string
		list []Capability
		want string
	}{
		{"added", got.Added, "AUTH[PLAIN] 8BITMIME X[d]"},
		{"removed", got.Removed, "STARTTLS HELP"},
		{"same", got.Same, "DSN X[a] AUTH[LOGIN]=!legacy-auth:6"},
	} {
		if s := summary(part.list); s != part.want {
			t.Errorf("%s: got %q, want %q", part.name, s, part.want)
		}
	}
	var changed []string
	for _, c := range got.Changed {
		changed = append(changed, summary([]Capability{c.Before, c.After}))
	}
	if want := []string{"SIZE[100] SIZE[200]", "X[b] X[c]"}; !slices.Equal(changed, want) {
		t.Errorf("changed: got %q, want %q", changed, want)
	}
	if d := Diff(before, before); d.Added != nil || d.Removed != nil || d.Changed != nil {
		t.Errorf("a reply differs from itself: %+v", d)
	}
}

func FuzzCapabilities(f *testing.F) {
	for _, s := range []string{
		"mail.lab Hello\r\n250 DSN\r\n", "a\r\n250-AUTH=LOGIN PLAIN\r\n250 SIZE 7\r\n", "a\r\n250  x \xff\r\n",
		"\u202ea\r\n250 x\u202e y\u202e\r\n", "\r\n250 \r\n",
	} {
		f.Add([]byte(s), []byte("b\r\n250 DSN\r\n"))
	}
	f.Fuzz(func(t *testing.T, one, two []byte) {
		a, b := fuzzCapabilities(one), fuzzCapabilities(two)
		checkLines(t, a)
		checkCapabilitiesJSON(t, a)
		checkDiff(t, a, b)
	})
}

func fuzzCapabilities(text []byte) Capabilities {
	server := append([]byte("250-"), text...)
	reply, _ := NewReader(bytes.NewReader(server), Limits{}).ReadReply()
	return ParseCapabilities(reply)
}

func checkLines(t *testing.T, c Capabilities) {
	for _, k := range c.Keywords {
		if k.Keyword != "" && !c.Has(k.Keyword) {
			t.Errorf("%q is not found", k.Keyword)
		}
		if size, declared := c.Size(); size < 0 || declared != c.Has("SIZE") {
			t.Errorf("size %d, %v", size, declared)
		}
		if len(k.Defects) == 0 && !strings.EqualFold(string(k.Raw), strings.Join(append([]string{k.Keyword}, k.Params...), " ")) {
			t.Errorf("%q became %q %q without a defect", k.Raw, k.Keyword, k.Params)
		}
	}
	mechanisms := c.AuthMechanisms()
	slices.Sort(mechanisms)
	if len(slices.Compact(slices.Clone(mechanisms))) != len(mechanisms) {
		t.Errorf("mechanisms %q", mechanisms)
	}
}

func checkCapabilitiesJSON(t *testing.T, c Capabilities) {
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	if VisibleString(string(data)) != string(data) {
		t.Errorf("%q is not fit for a terminal", data)
	}
	var back Capabilities
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	c.Domain, c.Greeting = VisibleString(c.Domain), VisibleString(c.Greeting)
	if !reflect.DeepEqual(back, c) {
		t.Errorf("%+v came back as %+v", c, back)
	}
}

func checkDiff(t *testing.T, a, b Capabilities) {
	d := Diff(a, b)
	if len(d.Removed)+len(d.Changed)+len(d.Same) != len(a.Keywords) ||
		len(d.Added)+len(d.Changed)+len(d.Same) != len(b.Keywords) {
		t.Errorf("%+v does not add up for %+v and %+v", d, a, b)
	}
}
