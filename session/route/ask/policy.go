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
	"strconv"
	"strings"
	"time"

	"ehlo/session/route"
	"ehlo/session/wire"
	"ehlo/session/zone"
)

// Fetcher fetches policies of MTA-STS over HTTPS (RFC 8461 §3.3): from one place, without following redirects, with a certificate that
// passed, and no more than a policy may have. No proxy of the environment is used.
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
	policyTime    = 20 * time.Second
	largestHeader = 16 << 10
)

// Policy implements [route.Policies].
func (f Fetcher) Policy(ctx context.Context, domain string) route.Fetched {
	ctx, cancel := context.WithTimeout(ctx, policyTime)
	defer cancel()
	host := "mta-sts." + domain
	got := route.Fetched{URL: "https://" + host + "/.well-known/mta-sts.txt"}
	found, err := f.Resolver.LookupNetIP(ctx, cmp.Or(f.Network, "ip"), host)
	if err != nil {
		got.Lost, got.Error = route.LostName, nameless(err)
		return got
	}
	return f.fetch(ctx, got, found)
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

func (f Fetcher) fetch(ctx context.Context, got route.Fetched, addresses []netip.Addr) route.Fetched {
	port := strconv.Itoa(cmp.Or(f.Port, 443))
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
	asked, err := http.NewRequestWithContext(ctx, http.MethodGet, got.URL, nil)
	if err != nil {
		got.Lost, got.Error = route.LostConnection, "this is no address of a web server"
		return got
	}
	reply, err := client.Do(asked)
	if err != nil {
		got.Lost, got.Error = lost(err)
		return got
	}
	defer reply.Body.Close()
	got.Status, got.Type, got.To = reply.StatusCode, reply.Header.Get("Content-Type"), reply.Header.Get("Location")
	body, err := io.ReadAll(io.LimitReader(reply.Body, route.LargestPolicy+1))
	switch {
	case len(body) > route.LargestPolicy:
		got.Large, got.Body = true, body[:route.LargestPolicy]
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

// Practice gives the policies of the practice domains, as they would come over HTTPS.
func Practice(_ context.Context, domain string) route.Fetched {
	got := route.Fetched{URL: "https://mta-sts." + domain + "/.well-known/mta-sts.txt", Status: http.StatusNotFound}
	if lines := zone.Policy(domain); lines != nil {
		got.Status, got.Type, got.Body = http.StatusOK, "text/plain", []byte(strings.Join(lines, "\r\n")+"\r\n")
	}
	return got
}
