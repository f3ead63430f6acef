package dmarc_test

import (
	"errors"
	"slices"
	"testing"

	"ehlo/session/dmarc"
)

// What of a record counts (RFC 9989 §4.7, §4.10.1).
func TestRead(t *testing.T) {
	for text, want := range map[string]struct {
		usable        bool
		policy, below string
	}{
		"v=DMARC1; p=reject":                                   {true, "reject", "reject"},
		"v=DMARC1; p=reject; sp=none":                          {true, "reject", "none"},
		"v=DMARC1;P=Reject;SP=Quarantine;":                     {true, "reject", "quarantine"},
		"v=DMARC1; rua=mailto:a@b.example":                     {true, "none", "none"},
		"v=DMARC1; p=block; rua=mailto:a@b.example":            {true, "none", "none"},
		"v=DMARC1; p=reject; sp=block; rua=mailto:a@b.example": {true, "none", "none"},
		"v=DMARC1; p=block":                                    {false, "", ""},
		"v=DMARC1; p=block; rua=a@b.example":                   {false, "", ""},
		"v=DMARC1; sp=reject":                                  {false, "", ""},
		"v=DMARC1, p=reject":                                   {false, "", ""},
		"v=DMARC1; p=reject; p=none":                           {false, "", ""},
	} {
		r, wrong, usable := dmarc.Read("a.example", text)
		if usable != want.usable || !usable && wrong == "" || usable && (r.Policy("a.example", true) != want.policy || r.Policy("b.a.example", true) != want.below) {
			t.Errorf("%s: %q, usable %v, %s, %s", text, wrong, usable, r.Policy("a.example", true), r.Policy("b.a.example", true))
		}
	}
}

// The names that a walk asks for are those of RFC 9989 §4.10, also for a long name, and it ends with the first answer that does not come.
func TestWalk(t *testing.T) {
	asked := func(domain, fails string) (list []string) {
		dmarc.Walk(domain, func(at string) (r dmarc.Record, ok bool, err error) {
			list = append(list, at)
			if at == fails {
				err = errors.New("no answer")
			}
			return r, false, err
		})
		return list
	}
	if got, want := asked("a.mail.example.com", ""), []string{"a.mail.example.com", "mail.example.com", "example.com", "com"}; !slices.Equal(got, want) {
		t.Error(got)
	}
	if got, want := asked("a.b.c.d.e.f.g.h.i.j.mail.example.com", ""), []string{"a.b.c.d.e.f.g.h.i.j.mail.example.com", "g.h.i.j.mail.example.com", "h.i.j.mail.example.com", "i.j.mail.example.com", "j.mail.example.com",
		"mail.example.com", "example.com", "com"}; !slices.Equal(got, want) {
		t.Error(got)
	}
	if got := asked("a.mail.example.com", "mail.example.com"); len(got) != 2 {
		t.Error(got)
	}
}

// Whatever a record holds that is used, it has a policy that receivers know.
func FuzzRead(f *testing.F) {
	f.Add("a.example", "v=DMARC1; p=reject; sp=x; np=none; psd=y; rua=mailto:a@b.example!10m,x", "com")
	f.Fuzz(func(t *testing.T, domain, text, above string) {
		r, _, usable := dmarc.Read(domain, text)
		if !usable {
			return
		}
		for _, exists := range []bool{true, false} {
			if got := r.Policy(above, exists); !slices.Contains(dmarc.Policies, got) {
				t.Errorf("%q: %s", text, got)
			}
		}
		n := 0
		list, _ := dmarc.Walk(domain, func(at string) (dmarc.Record, bool, error) { n++; r.Domain = at; return r, true, nil })
		if dmarc.Organization(domain, list); n > 8 {
			t.Errorf("%d questions", n)
		}
	})
}
