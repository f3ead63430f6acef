package ui

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"ehlo/session/record"
	"ehlo/session/walk"
)

// settings are the fields of the credentials form that few people need: they stay folded away until they are asked for.
type settings struct {
	more, authzid, initial, binding *field
	fewest, most, realm, trace      *field
	initials, bindings              []string // what the choices stand for
}

func newSettings(g walk.Goal) *settings {
	a, c := g.Auth, g.Credentials
	s := &settings{initials: []string{"", record.InitialYes, record.InitialNo}, bindings: append([]string{""}, walk.Bindings()...)}
	s.authzid = textField("act as", c.Authzid, "oneself", "the identity to act as after logging in with one's own (authzid); LOGIN, CRAM-MD5, XOAUTH2 and ANONYMOUS have no place for it")
	s.initial = choiceField("initial", slices.Index(s.initials, a.Initial),
		"whether the first response goes with the AUTH command or waits for the server to ask, one round later (RFC 4954 §4); LOGIN by itself waits",
		"as the mechanism does", "with the command", "when asked")
	s.binding = choiceField("binding", max(slices.Index(s.bindings, a.Binding), 0),
		"what ties a mechanism with -PLUS to the TLS connection; by itself tls-exporter on TLS 1.3 and tls-unique before", append([]string{"by TLS version"}, walk.Bindings()...)...)
	s.fewest = textField("iter. min", count(a.MinIterations), "any", "give SCRAM up if the server asks for fewer iterations; below 4096 there is a finding in any case")
	s.most = textField("iter. max", count(a.MaxIterations), "1000000", "give SCRAM up if the server asks for more iterations")
	s.realm = textField("realm", c.Realm, "the first", "for DIGEST-MD5, where the server names several")
	s.trace = textField("trace", c.Trace, "the user", "for ANONYMOUS: what is left to be found by; it proves nothing")
	open := 0
	if a != (record.AuthSettings{}) || c.Authzid+c.Realm+c.Trace != "" {
		open = 1
	}
	s.more = choiceField("more", open, "whom to act as, the initial response, channel binding, iterations, realm, trace", "as usual", "choose below")
	return s
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// fold puts the fields behind the others, or takes them away. What they hold counts only while they are seen.
func (s *settings) fold(f *form) {
	usual := f.fields
	show := func() {
		f.fields = append(slices.Clone(usual), s.more)
		if s.more.picked == 1 {
			f.fields = append(f.fields, s.authzid, s.initial, s.binding, s.fewest, s.most, s.realm, s.trace)
		}
	}
	s.more.changed = show
	show()
}

// put writes what the fields hold into the goal.
func (s *settings) put(g *walk.Goal) error {
	g.Auth = record.AuthSettings{}
	g.Credentials.Authzid, g.Credentials.Realm, g.Credentials.Trace = "", "", ""
	if s.more.picked == 0 {
		return nil
	}
	c := &g.Credentials
	c.Authzid, c.Realm, c.Trace = s.authzid.value(), s.realm.value(), s.trace.value()
	g.Auth.Initial, g.Auth.Binding = s.initials[s.initial.picked], s.bindings[s.binding.picked]
	for _, n := range []struct {
		field *field
		into  *int
	}{{s.fewest, &g.Auth.MinIterations}, {s.most, &g.Auth.MaxIterations}} {
		text := strings.TrimSpace(n.field.value())
		if text == "" {
			continue
		}
		value, err := strconv.Atoi(text)
		if err != nil || value < 1 {
			return &fieldError{n.field, "a count, 1 or more"}
		}
		*n.into = value
	}
	return s.wrong(*g)
}

// wrong says which field means nothing.
func (s *settings) wrong(g walk.Goal) error {
	var e *walk.SettingError
	if !errors.As(g.CheckAuth(), &e) {
		return nil
	}
	at := map[string]*field{"authzid": s.authzid, "initial-response": s.initial, "channel-binding": s.binding,
		"min-iterations": s.fewest, "max-iterations": s.most}[e.Setting]
	return &fieldError{at, e.Text}
}
