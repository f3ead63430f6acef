package message

import (
	"errors"
	"net/netip"

	"ehlo/session/dmarc"
	"ehlo/session/spf"
)

// DNS answers what is asked about a message. An error says that no answer came; none and no error that there are no such records.
type DNS interface {
	TXT(name string) ([]string, error)
	MX(name string) ([]string, error)
	// Addresses are those of the family of like; Names are what the PTR records of an address give.
	Addresses(name string, like netip.Addr) ([]netip.Addr, error)
	Names(addr netip.Addr) ([]string, error)
	// Exists reports whether there is a name, with records or with names below it.
	Exists(name string) (bool, error)
}

// mostQuestions bounds how many names of a message are asked for: all of them were chosen by its sender.
const mostQuestions = 200

var errTooMany = errors.New("the message leads to too many questions")

// answers are those of DNS about one message: each TXT record is asked for once, and no more than [mostQuestions] are asked in all.
type answers struct {
	dns   DNS
	texts map[string]answer
	left  int
}

type answer struct {
	texts []string
	err   error
}

func newAnswers(dns DNS) *answers {
	return &answers{dns: dns, texts: map[string]answer{}, left: mostQuestions}
}

// spend counts a question.
func (a *answers) spend() error {
	if a.left--; a.left < 0 {
		return errTooMany
	}
	return nil
}

// txt are the TXT records of a name.
func (a *answers) txt(name string) ([]string, error) {
	known, ok := a.texts[name]
	if !ok {
		if known.err = a.spend(); known.err == nil {
			known.texts, known.err = a.dns.TXT(name)
		}
		a.texts[name] = known
	}
	return known.texts, known.err
}

// policies are the DMARC records from a domain up to the root.
func (a *answers) policies(domain string) ([]dmarc.Record, error) {
	return dmarc.Walk(domain, func(at string) (dmarc.Record, bool, error) {
		all, err := a.txt(dmarc.Name(at))
		list := dmarc.Texts(all)
		if err != nil || len(list) != 1 {
			return dmarc.Record{}, false, err
		}
		r, _, usable := dmarc.Read(at, list[0])
		return r, usable, nil
	})
}

// organization is the organizational domain of a domain.
func (a *answers) organization(domain string) (string, error) {
	list, err := a.policies(domain)
	return dmarc.Organization(domain, list), err
}

// forSPF answers what a check of SPF asks. Failed is the first lookup that brought no answer: what the check came to is then unknown.
type forSPF struct {
	*answers
	failed error
}

// keep notes that a lookup failed.
func (s *forSPF) keep(name string, err error) {
	if err != nil && s.failed == nil {
		s.failed = errors.New(shown(name) + ": " + shown(err.Error()))
	}
}

// TXT implements [spf.Resolver].
func (s *forSPF) TXT(name string) []string {
	list, err := s.txt(name)
	s.keep(name, err)
	return list
}

// MX implements [spf.Resolver].
func (s *forSPF) MX(name string) (list []string) {
	err := s.spend()
	if err == nil {
		list, err = s.dns.MX(name)
	}
	s.keep(name, err)
	return list
}

// Addresses implements [spf.Resolver].
func (s *forSPF) Addresses(name string, like netip.Addr) []netip.Addr {
	list, err := s.addresses(name, like)
	s.keep(name, err)
	return list
}

func (s *forSPF) addresses(name string, like netip.Addr) ([]netip.Addr, error) {
	if err := s.spend(); err != nil {
		return nil, err
	}
	return s.dns.Addresses(name, like)
}

// Names implements [spf.Resolver].
func (s *forSPF) Names(addr netip.Addr) []string {
	if s.spend() != nil {
		return nil
	}
	names, _ := s.dns.Names(addr)
	return spf.Confirmed(names, addr, func(name string) []netip.Addr {
		list, _ := s.addresses(name, addr)
		return list
	})
}
