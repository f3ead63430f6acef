package engine

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"ehlo/session/record"
)

// errNullMX is that a domain says that it has no mail server (RFC 7505).
var errNullMX = errors.New("the domain accepts no mail (null MX)")

// lookUp asks the name server one question and puts the answer into the log. A resolver that knows addresses alone is not asked.
func (s *Session) lookUp(ctx context.Context, q record.Question) record.Lookup {
	resolver, ok := s.cfg.Resolver.(RecordResolver)
	if !ok || ctx.Err() != nil {
		return record.Lookup{Type: q.Type, Name: q.Name, Status: record.StatusNoError}
	}
	l := resolver.Ask(ctx, q)
	s.observe(record.Event{Kind: record.KindLookup, Lookup: &l})
	return l
}

// lookupMX is the way from a domain to the addresses of its mail servers, each with the name of its host, in the order in which they
// are to be tried (RFC 5321 §5.1). A host without an address is passed over.
func (s *Session) lookupMX(ctx context.Context, domain string) (addrs []netip.Addr, hosts []string, err error) {
	names, err := s.mailHosts(ctx, domain)
	for _, name := range names {
		found, problem := s.cfg.Resolver.LookupNetIP(ctx, s.cfg.Network, name)
		for _, addr := range found {
			addrs, hosts = append(addrs, addr), append(hosts, name)
		}
		if err == nil {
			err = problem
		}
	}
	if len(addrs) > 0 {
		err = nil
	}
	return addrs, hosts, err
}

// mailHosts are the hosts of a domain's MX records, the lowest preference first, or the domain itself where it has none.
func (s *Session) mailHosts(ctx context.Context, domain string) ([]string, error) {
	l := s.lookUp(ctx, record.Question{Type: "MX", Name: domain})
	switch {
	case l.Trouble != "":
		return nil, &net.DNSError{Err: l.Error, Name: domain, IsTimeout: l.Trouble.Silent()}
	case l.Status == record.StatusNXDomain:
		return nil, &net.DNSError{Err: "no such host", Name: domain, IsNotFound: true}
	case l.Status != record.StatusNoError:
		return nil, &net.DNSError{Err: "the name server answers " + l.Status, Name: domain}
	}
	records := l.Of("MX")
	if len(records) == 0 {
		return []string{domain}, nil
	}
	hosts := hostsOf(records)
	if len(hosts) == 0 {
		return nil, errNullMX
	}
	return hosts, nil
}

// hostsOf are the hosts of MX records in their order of preference. A dot is none.
func hostsOf(records []string) (hosts []string) {
	slices.SortStableFunc(records, func(a, b string) int { return cmp.Compare(preference(a), preference(b)) })
	for _, r := range records {
		if _, host, _ := strings.Cut(r, " "); strings.Trim(host, ".") != "" {
			hosts = append(hosts, strings.TrimSuffix(host, "."))
		}
	}
	return hosts
}

// preference is the number before the host of an MX record.
func preference(data string) int {
	number, _, _ := strings.Cut(data, " ")
	n, _ := strconv.Atoi(number)
	return n
}

// hostOf is the host whose address it is, by the MX records; empty where those did not lead there.
func (s *Session) hostOf(addr netip.Addr) string {
	if i := slices.Index(s.addrs, addr); i >= 0 && i < len(s.hosts) {
		return s.hosts[i]
	}
	return ""
}
