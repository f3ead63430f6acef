package route

import (
	"errors"
	"net/netip"
	"strings"

	"ehlo/session/record"
	"ehlo/session/spf"
)

const spfStops = "mail from the domain at receivers that check SPF: the record counts for nothing there, or its mail is refused"

var spfRows = []row{
	{"spf-missing", info, 0, "The domain %s has no SPF record.", "RFC 7208 §3, §10.1.1", recipient, "publish an SPF record that lists the servers which send for the domain; for a domain that sends no mail it is v=spf1 -all",
		"nothing that arrives; it would have stopped mail from other servers in the name of the domain"},
	{"spf-lookup-failed", warn, 0, "A lookup for SPF of %s failed: %s.", "RFC 7208 §2.6.6", recipient, "check the name servers of the domains in the record", "mail from the domain for as long as this lasts: receivers that check SPF defer it"},
	{"spf-several", warn, 0, "The SPF check of %s fails at %s: there is more than one SPF record.", "RFC 7208 §4.5", recipient, "merge the records into one", spfStops},
	{"spf-syntax", warn, 0, "The SPF record of %s has a term that is not valid: %s.", "RFC 7208 §4.6, §12", recipient, "correct or remove this term", spfStops},
	{"spf-twice", warn, 0, "The SPF record of %s has a modifier twice that may be there once: %s.", "RFC 7208 §6", recipient, "keep one redirect= and one exp= at most", spfStops},
	{"spf-lookups", warn, 0, "The SPF record of %s takes more than ten lookups; the eleventh is for %s.", "RFC 7208 §4.6.4", recipient, "remove terms that are not needed, or list addresses in place of names", spfStops},
	{"spf-void", warn, 0, "More than two terms in the SPF record of %s name what does not exist; the third is %s.", "RFC 7208 §4.6.4", recipient, "remove the terms whose names do not exist", spfStops},
	{"spf-target", warn, 0, "The SPF record of %s refers by %s to a domain without an SPF record.", "RFC 7208 §5.2, §6.1", recipient, "remove this term, or correct its domain", spfStops},
	{"spf-permits-all", warn, 0, "The SPF record of %s permits every server to send for the domain: %s.", "RFC 7208 §5.1, §11.4", recipient, "list the servers that send for the domain, and end with -all or ~all", "nothing; it would have stopped mail from other servers in the name of the domain"},
	{"spf-open", info, 0, "The SPF record of %s says nothing about servers that it does not list.", "RFC 7208 §2.6.2, §4.7", recipient, "end the record with -all or ~all", "nothing; it would have stopped mail from other servers in the name of the domain"},
	{"spf-ptr", info, 0, "The SPF record of %s uses ptr, which is slow and should not be used.", "RFC 7208 §5.5", recipient, "list addresses or names in place of ptr", "mail from the domain at receivers that ignore ptr"},
}

// SPF is what the SPF record of a domain says (RFC 7208).
type SPF struct {
	Record string `json:"record"`
	// Client is the address for which it was evaluated, empty where none was given; Result and Term are then what came of it.
	Client string     `json:"client,omitempty"`
	Result spf.Result `json:"result"`
	Term   string     `json:"term,omitempty"`
	// Lookups are the terms that asked DNS, of which ten are allowed; Steps are all terms that were looked at.
	Lookups int        `json:"lookups"`
	Void    int        `json:"void"`
	Steps   []spf.Step `json:"steps,omitempty"`
}

// senders looks at SPF. Without a client it is evaluated for one that no record means, so that all terms are looked at.
func (a *asking) senders() {
	domain := a.report.Domain
	l := a.ask("TXT", domain)
	list := records(l)
	switch {
	case l.failed():
		a.find(found("spf-lookup-failed", domain, called(domain), l.why()))
		return
	case len(list) == 0:
		a.find(found("spf-missing", domain, called(domain)))
		return
	}
	asked := &spfAsking{asking: a}
	client := a.Client
	if !client.IsValid() {
		client = netip.IPv4Unspecified()
	}
	t := spf.Trace(asked, spf.For(client, domain))
	for i := range t.Steps {
		t.Steps[i].Term, t.Steps[i].Domain = short(t.Steps[i].Term), called(t.Steps[i].Domain)
	}
	a.report.SPF = &SPF{Record: short(list[0]), Result: t.Result, Term: short(t.Term), Lookups: t.Lookups, Void: t.Void, Steps: t.Steps}
	if a.Client.IsValid() {
		a.report.SPF.Client = a.Client.String()
	}
	a.judgeSPF(t, asked.failed)
}

// records are the SPF records among the TXT records of a name.
func records(l answer) (list []string) {
	for _, data := range l.data {
		text, _ := record.TextOf(data)
		if version, _, _ := strings.Cut(text, " "); strings.EqualFold(version, "v=spf1") {
			list = append(list, text)
		}
	}
	return list
}

// judgeSPF says what is wrong with a record.
func (a *asking) judgeSPF(t spf.Traced, failed string) {
	domain, term := a.report.Domain, blamed(a.report.Domain, t.Fault)
	for err, code := range map[error]Code{spf.ErrSeveral: "spf-several", spf.ErrSyntax: "spf-syntax", spf.ErrLookups: "spf-lookups", spf.ErrTwice: "spf-twice", spf.ErrVoid: "spf-void", spf.ErrTarget: "spf-target"} {
		if errors.Is(t.Err, err) && failed == "" {
			a.find(found(code, domain, called(domain), term))
		}
	}
	last := spf.Step{}
	if len(t.Steps) > 0 {
		last = t.Steps[len(t.Steps)-1]
	}
	switch {
	case failed != "":
		a.find(found("spf-lookup-failed", domain, called(domain), failed))
	case a.Client.IsValid() || t.Err != nil:
	case t.Result == spf.Pass:
		a.find(found("spf-permits-all", domain, called(domain), last.Term))
	case t.Result == spf.Neutral:
		a.find(found("spf-open", domain, called(domain)))
	}
	for _, s := range t.Steps {
		if name, _, _ := strings.Cut(strings.TrimLeft(strings.ToLower(s.Term), "+-~?"), ":"); name == "ptr" {
			a.find(found("spf-ptr", domain, called(domain)))
			return
		}
	}
}

// blamed names the term that is at fault, and the record that it is in where that is another domain's.
func blamed(domain string, at spf.Step) string {
	switch {
	case at.Term == "":
		return called(at.Domain)
	case at.Domain != domain:
		return short(at.Term) + ", in the record of " + called(at.Domain)
	}
	return short(at.Term)
}

// spfAsking answers what a check asks. Failed says which lookup brought no answer: what the check came to is then unknown.
type spfAsking struct {
	*asking
	failed string
}

func (s *spfAsking) answer(kind, name string) answer {
	n := s.ask(kind, bare(name))
	if n.failed() && !n.loop && s.failed == "" {
		s.failed = kind + " " + called(name) + ": " + n.why()
	}
	return n
}

// TXT implements [spf.Resolver].
func (s *spfAsking) TXT(name string) (list []string) {
	for _, data := range s.answer("TXT", name).data {
		text, whole := record.TextOf(data)
		if !whole && s.failed == "" {
			s.failed = "TXT " + called(name) + ": the record is longer than is read here"
		}
		list = append(list, text)
	}
	return list
}

// MX implements [spf.Resolver].
func (s *spfAsking) MX(name string) (list []string) {
	for _, x := range exchangesOf(s.answer("MX", name).data) {
		if x.host != "" {
			list = append(list, x.host)
		}
	}
	return list
}

// Addresses implements [spf.Resolver].
func (s *spfAsking) Addresses(name string, like netip.Addr) (list []netip.Addr) {
	for _, data := range s.answer(familyOf(like), name).data {
		if addr, err := netip.ParseAddr(data); err == nil {
			list = append(list, addr)
		}
	}
	return list
}

// familyOf is the type of the records that have addresses like this one.
func familyOf(like netip.Addr) string {
	if like.Is4() {
		return "A"
	}
	return "AAAA"
}

// Names implements [spf.Resolver]. There are none where no client was named.
func (s *spfAsking) Names(addr netip.Addr) []string {
	if !s.Client.IsValid() {
		return nil
	}
	names := s.ask("PTR", reverseName(addr)).data
	return spf.Confirmed(names, addr, func(name string) (list []netip.Addr) {
		for _, data := range s.ask(familyOf(addr), bare(name)).data {
			if found, err := netip.ParseAddr(data); err == nil {
				list = append(list, found)
			}
		}
		return list
	})
}
