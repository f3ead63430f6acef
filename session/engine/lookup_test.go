package engine

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"ehlo/session/record"
)

// names is a name service with records: by type and name, the data of each, a status where it begins with a capital letter.
type names map[string][]string

func (n names) LookupNetIP(_ context.Context, _, host string) (list []netip.Addr, err error) {
	for _, data := range n["A "+host] {
		list = append(list, netip.MustParseAddr(data))
	}
	if list == nil {
		err = &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return list, err
}

func (n names) Ask(_ context.Context, q record.Question) record.Lookup {
	l := record.Lookup{Type: q.Type, Name: q.Name, Status: record.StatusNoError}
	for _, data := range n[q.String()] {
		switch {
		case data == "silence":
			l.Status, l.Trouble, l.Error = "", record.TroubleTimeout, "no answer"
		case data == strings.ToUpper(data) && len(data) > 5 && data[0] >= 'A':
			l.Status = data
		default:
			l.Answers = append(l.Answers, record.Answer{Name: q.Name, Type: q.Type, TTL: 60, Data: data})
		}
	}
	return l
}

// The servers of a domain are tried in the order of its MX records; a domain without them is its own server (RFC 5321 §5.1).
func TestMailHosts(t *testing.T) {
	const first, second = "A one.example", "A two.example"
	for name, test := range map[string]struct {
		dns     names
		want    string // host=address, in order
		trouble record.Trouble
	}{
		"by number":           {names{"MX to.example": {"20 two.example.", "10 one.example."}, first: {"192.0.2.1"}, second: {"192.0.2.2", "192.0.2.3"}}, "one.example=192.0.2.1 two.example=192.0.2.2 two.example=192.0.2.3", ""},
		"as number, no text":  {names{"MX to.example": {"100 two.example.", "9 one.example."}, first: {"192.0.2.1"}, second: {"192.0.2.2"}}, "one.example=192.0.2.1 two.example=192.0.2.2", ""},
		"equal numbers":       {names{"MX to.example": {"10 two.example.", "10 one.example."}, first: {"192.0.2.1"}, second: {"192.0.2.2"}}, "two.example=192.0.2.2 one.example=192.0.2.1", ""},
		"one has no address":  {names{"MX to.example": {"10 one.example.", "20 two.example."}, second: {"192.0.2.2"}}, "two.example=192.0.2.2", ""},
		"none has an address": {names{"MX to.example": {"10 one.example."}}, "", record.TroubleNotFound},
		"no MX":               {names{"A to.example": {"192.0.2.9"}}, "to.example=192.0.2.9", ""},
		"null MX":             {names{"MX to.example": {"0 ."}, "A to.example": {"192.0.2.9"}}, "", record.TroubleNullMX},
		"null MX and another": {names{"MX to.example": {"0 .", "10 one.example."}, first: {"192.0.2.1"}}, "one.example=192.0.2.1", ""},
		"no such domain":      {names{"MX to.example": {"NXDOMAIN"}}, "", record.TroubleNotFound},
		"broken":              {names{"MX to.example": {"SERVFAIL"}}, "", record.TroubleFailed},
		"silent":              {names{"MX to.example": {"silence"}}, "", record.TroubleTimeout},
	} {
		s := New(Config{Target: record.Target{Host: "to.example", Port: 25}, Resolver: test.dns, Plan: record.Plan{MX: true}})
		s.Do(t.Context(), record.Step{Verb: record.VerbResolve})
		r := s.snap.Resolve
		var got []string
		for i, host := range r.Hosts {
			got = append(got, host+"="+r.Addresses[i])
		}
		if strings.Join(got, " ") != test.want || r.Trouble != test.trouble {
			t.Errorf("%s: %s %s, want %s %s", name, got, r.Trouble, test.want, test.trouble)
		}
		if asked := s.Log().At(2).Lookup; asked == nil || asked.Type != "MX" {
			t.Errorf("%s: the log does not say what was asked", name)
		}
		Derives(t, s)
	}
}

// What the plan names is looked up once, where there is somebody to ask.
func TestLookups(t *testing.T) {
	plan := record.Plan{Lookups: record.Questions([]string{"TXT to.example", "PTR 1.2.0.192.in-addr.arpa"})}
	for _, test := range []struct {
		resolver Resolver
		want     []string
	}{
		{names{"A mail.lab": {"192.0.2.1"}, "TXT to.example": {`"v=spf1 -all"`}}, []string{"TXT to.example", "PTR 1.2.0.192.in-addr.arpa"}},
		{lab{}, nil},
	} {
		s := New(Config{Target: record.Target{Host: "mail.lab", Port: 25}, Resolver: test.resolver, Plan: plan})
		s.Do(t.Context(), record.Step{Verb: record.VerbResolve})
		var got []string
		for i := range s.Log().Len() {
			if l := s.Log().At(i).Lookup; l != nil {
				got = append(got, l.Question().String())
			}
		}
		if !slices.Equal(got, test.want) || s.snap.Resolve.Trouble != "" {
			t.Errorf("%T: %q, want %q", test.resolver, got, test.want)
		}
	}
}
