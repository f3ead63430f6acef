package ask

import (
	"cmp"
	"context"
	"net"
	"net/netip"
	"strings"

	"github.com/miekg/dns"

	"ehlo/session/record"
)

// Answers are those of a resolver about a message, for as long as ctx lasts.
type Answers struct {
	Context  context.Context
	Resolver *Resolver
}

// of is the data of the answer to a question. None and no error is the answer that there are none.
func (a Answers) of(kind, name string) ([]string, error) {
	l := a.Resolver.Ask(a.Context, record.Question{Type: kind, Name: name})
	if l.Trouble != "" || l.Status != record.StatusNoError && l.Status != record.StatusNXDomain {
		return nil, &net.DNSError{Err: cmp.Or(l.Error, "the name server answers "+l.Status), Name: name, IsTimeout: l.Trouble.Silent()}
	}
	return l.Of(kind), nil
}

// TXT implements [message.DNS].
func (a Answers) TXT(name string) (texts []string, err error) {
	found, err := a.of("TXT", name)
	for _, data := range found {
		text, whole := record.TextOf(data)
		if !whole {
			return nil, &net.DNSError{Err: "a TXT record is longer than is read", Name: name}
		}
		texts = append(texts, text)
	}
	return texts, err
}

// MX implements [message.DNS].
func (a Answers) MX(name string) (hosts []string, err error) {
	found, err := a.of("MX", name)
	for _, data := range found {
		if _, host, ok := strings.Cut(data, " "); ok && host != "." {
			hosts = append(hosts, strings.TrimSuffix(host, "."))
		}
	}
	return hosts, err
}

// Addresses implements [message.DNS].
func (a Answers) Addresses(name string, like netip.Addr) (list []netip.Addr, err error) {
	kind := "AAAA"
	if like.Is4() {
		kind = "A"
	}
	found, err := a.of(kind, name)
	for _, data := range found {
		if addr, bad := netip.ParseAddr(data); bad == nil {
			list = append(list, addr)
		}
	}
	return list, err
}

// Names implements [message.DNS].
func (a Answers) Names(addr netip.Addr) (list []string, err error) {
	reversed, err := dns.ReverseAddr(addr.String())
	if err != nil {
		return nil, err
	}
	found, err := a.of("PTR", reversed)
	for _, data := range found {
		list = append(list, strings.TrimSuffix(data, "."))
	}
	return list, err
}

// Exists implements [message.DNS].
func (a Answers) Exists(name string) (bool, error) {
	l := a.Resolver.Ask(a.Context, record.Question{Type: "MX", Name: name})
	if l.Trouble != "" {
		return false, &net.DNSError{Err: l.Error, Name: name, IsTimeout: l.Trouble.Silent()}
	}
	return l.Status != record.StatusNXDomain, nil
}
