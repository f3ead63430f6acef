// Package ask is what a route asks on the network: a resolver, the policy of MTA-STS over HTTPS, and sessions with mail servers.
package ask

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/miekg/dns"

	"ehlo/session/record"
	"ehlo/session/route"
	"ehlo/session/zone"
)

// Resolver asks recursive name servers, the next one where one does not answer. It is a resolver for a session too.
type Resolver struct {
	// Servers are what is asked, as "9.9.9.9:53".
	Servers []string
	// TLS is set for DNS over TLS (RFC 7858).
	TLS *tls.Config
	// Private says that [Resolver.LookupNetIP] gives addresses that are not of the public Internet too.
	Private bool
}

// The ports of DNS (RFC 1035 §4.2) and of DNS over TLS (RFC 7858 §3.1).
const (
	portDNS = "53"
	portTLS = "853"
)

// NewResolver is what a person names: an address, perhaps with a port, tls:// before a name or an address for DNS over TLS, or nothing for
// the resolvers of this system.
func NewResolver(named string) (*Resolver, error) {
	if named == "" {
		return system()
	}
	rest, encrypted := strings.CutPrefix(named, "tls://")
	port := portDNS
	if encrypted {
		port = portTLS
	}
	host, given, err := net.SplitHostPort(rest)
	if err != nil {
		host, given = strings.Trim(rest, "[]"), port
	}
	addr, noAddress := netip.ParseAddr(host)
	_, isName := dns.IsDomainName(host)
	switch number, err := net.LookupPort("tcp", given); {
	case err != nil || number == 0, strings.ContainsAny(host, " /@:") && noAddress != nil:
		return nil, errors.New("want an address such as 9.9.9.9, with a port as in 127.0.0.1:5300, or tls://9.9.9.9")
	case noAddress != nil && !encrypted:
		return nil, errors.New("want the address of the resolver; a name can follow tls:// alone")
	case noAddress != nil && (!isName || host == ""):
		return nil, errors.New("want a name or an address after tls://")
	case noAddress == nil:
		host = addr.String()
	}
	r := &Resolver{Servers: []string{net.JoinHostPort(host, given)}}
	if encrypted {
		r.TLS = &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	}
	return r, nil
}

// mostServers bounds how many resolvers of the system are asked.
const mostServers = 3

// system are the resolvers that this system has in its usual place.
func system() (*Resolver, error) {
	cfg, err := dns.ClientConfigFromFile("/etc/resolv.conf")
	if err != nil || len(cfg.Servers) == 0 {
		return nil, errors.New("this system does not say which resolver it uses")
	}
	r := &Resolver{}
	for _, s := range cfg.Servers[:min(len(cfg.Servers), mostServers)] {
		r.Servers = append(r.Servers, net.JoinHostPort(s, cmp.Or(cfg.Port, portDNS)))
	}
	return r, nil
}

// Proves reports whether nobody on the path can change what the resolver says of signatures.
func (r *Resolver) Proves() bool {
	for _, s := range r.Servers {
		if at, err := netip.ParseAddrPort(s); r.TLS == nil && (err != nil || !at.Addr().IsLoopback()) {
			return false
		}
	}
	return true
}

// String names what is asked.
func (r *Resolver) String() string {
	text := strings.Join(r.Servers, ", ")
	if r.TLS != nil {
		text += " over TLS"
	}
	return text
}

// Ask implements [route.Resolver].
func (r *Resolver) Ask(ctx context.Context, q record.Question) (l record.Lookup) {
	for _, s := range r.Servers {
		l = zone.Client{Server: s, TLS: r.TLS, Now: time.Now}.Ask(ctx, q)
		l.Proved = l.Proved && r.Proves()
		if l.Trouble == "" || ctx.Err() != nil {
			return l
		}
	}
	return l
}

// LookupNetIP gives the addresses of a host for a session, those of IPv6 first. Those that are not of the public Internet are left out: the
// name is another one's, and may lead into the network from which it is asked.
func (r *Resolver) LookupNetIP(ctx context.Context, network, host string) (found []netip.Addr, err error) {
	hidden := ""
	for _, kind := range kindsOf(network) {
		l := r.Ask(ctx, record.Question{Type: kind, Name: host})
		if l.Trouble != "" || l.Status != record.StatusNoError && l.Status != record.StatusNXDomain {
			err = &net.DNSError{Err: cmp.Or(l.Error, "the name server answers "+l.Status), Name: host, IsTimeout: l.Trouble.Silent()}
		}
		for _, data := range l.Of(kind) {
			addr, bad := netip.ParseAddr(data)
			switch {
			case bad != nil:
			case route.Special(addr) != "" && !r.Private:
				hidden = addr.String()
			default:
				found = append(found, addr)
			}
		}
	}
	switch {
	case len(found) > 0:
		return found, nil
	case hidden != "":
		return nil, &net.DNSError{Err: fmt.Sprintf("its address %s is not one of the public Internet", hidden), Name: host, UnwrapErr: record.NotPublic{Host: host, Address: hidden}}
	case err == nil:
		err = &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return nil, err
}

func kindsOf(network string) []string {
	switch network {
	case "ip4":
		return []string{"A"}
	case "ip6":
		return []string{"AAAA"}
	}
	return []string{"AAAA", "A"}
}
