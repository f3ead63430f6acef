package ask

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"ehlo/session/route"
	"ehlo/session/wire"
	"ehlo/session/zone"
)

// Fetcher asks web servers over HTTPS for what a domain publishes: its policy of MTA-STS (RFC 8461 §3.3) and settings for mail clients. It
// follows no redirect, wants a certificate that passes, and takes no more than a policy may have. It sends no credentials and no cookie,
// and uses no proxy of the environment.
type Fetcher struct {
	// Resolver finds the addresses of the web server; it must leave out those that are not to be contacted.
	Resolver interface {
		LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
	}
	// Network is ip, ip4 or ip6.
	Network string
	Roots   *x509.CertPool // nil are the system's
	// Port is that of HTTPS; 0 means 443.
	Port int
	Now  func() time.Time // by which certificates are judged; nil is time.Now
}

// Bounds of what a web server may take and send.
const (
	pageTime      = 20 * time.Second
	largestHeader = 16 << 10
	mostLogins    = 8
)

// Get implements [route.Fetch].
func (f Fetcher) Get(ctx context.Context, page string) (got route.Fetched) {
	ctx, cancel := context.WithTimeout(ctx, pageTime)
	defer cancel()
	asked, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil || asked.URL.Scheme != "https" || asked.URL.User != nil {
		got.Lost, got.Error = route.LostConnection, "this is no address of a web server"
		return got
	}
	found, err := f.Resolver.LookupNetIP(ctx, cmp.Or(f.Network, "ip"), asked.URL.Hostname())
	if err != nil {
		got.Lost, got.Error = route.LostName, nameless(err)
		return got
	}
	return f.fetch(asked, found)
}

// nameless says what is wrong with a name, as the rest of a sentence about it.
func nameless(err error) string {
	unknown, ok := errors.AsType[*net.DNSError](err)
	switch {
	case ok && unknown.IsNotFound:
		return "does not exist in DNS, or has no address"
	case ok && unknown.IsTimeout:
		return "could not be looked up in time"
	case ok:
		return "could not be contacted: " + wire.VisibleString(unknown.Err)
	}
	return "could not be looked up"
}

func (f Fetcher) fetch(asked *http.Request, addresses []netip.Addr) (got route.Fetched) {
	port := cmp.Or(asked.URL.Port(), strconv.Itoa(cmp.Or(f.Port, 443)))
	client := http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, _ string) (c net.Conn, err error) {
				for _, a := range addresses[:min(len(addresses), route.MostAddresses)] {
					if c, err = (&net.Dialer{}).DialContext(ctx, network, net.JoinHostPort(a.String(), port)); err == nil {
						return c, nil
					}
				}
				return nil, err
			},
			TLSClientConfig: &tls.Config{RootCAs: f.Roots, MinVersion: tls.VersionTLS12, Time: f.Now}, DisableKeepAlives: true, MaxResponseHeaderBytes: largestHeader, DisableCompression: true,
		},
	}
	reply, err := client.Do(asked)
	if err != nil {
		got.Lost, got.Error = lost(err)
		return got
	}
	defer reply.Body.Close()
	got.Status, got.Type, got.To = reply.StatusCode, reply.Header.Get("Content-Type"), reply.Header.Get("Location")
	if got.Status == http.StatusUnauthorized {
		got.Logins = logins(reply.Header)
	}
	body, err := io.ReadAll(io.LimitReader(reply.Body, route.LargestPage+1))
	switch {
	case len(body) > route.LargestPage:
		got.Large, got.Body = true, body[:route.LargestPage]
	case err != nil:
		got.Status = 0
		got.Lost, got.Error = lost(err)
	default:
		got.Body = body
	}
	return got
}

// lost says what of a fetch failed, and why.
func lost(err error) (route.Lost, string) {
	if bad, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return route.LostCertificate, wire.VisibleString(strings.TrimPrefix(wire.LastError(bad.Err).Error(), "x509: "))
	}
	slow, ok := errors.AsType[net.Error](err)
	if ok && slow.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		return route.LostConnection, "no answer came in time"
	}
	return route.LostConnection, wire.VisibleString(wire.LastError(err).Error())
}

// logins are the schemes that a web server offers, the first of each field (RFC 9110 §11.6.1).
func logins(h http.Header) (list []string) {
	for _, field := range h.Values("WWW-Authenticate") {
		scheme, _, _ := strings.Cut(strings.TrimSpace(field), " ")
		if scheme = strings.TrimSuffix(scheme, ","); scheme != "" && !slices.Contains(list, scheme) && len(list) < mostLogins {
			list = append(list, scheme)
		}
	}
	return list
}

// Practice implements [route.Fetch] by the pages of the practice domains, as they would come over HTTPS.
func Practice(_ context.Context, page string) route.Fetched {
	p, ok := zone.PageOf(page)
	if !ok {
		return route.Fetched{Status: http.StatusNotFound}
	}
	return route.Fetched{Status: p.Status, Type: p.Type, Logins: p.Logins, Body: []byte(p.Body)}
}
