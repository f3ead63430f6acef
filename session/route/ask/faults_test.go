package ask

import (
	"context"
	"crypto/tls"
	_ "embed"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"ehlo/session/certificate/pkitest"
	"ehlo/session/record"
	"ehlo/session/route"
)

// faults is a zone in which each domain has the fault that it is called by, and reverse the names of its servers.
var (
	//go:embed testdata/faults.zone
	faults string
)

const reverse = `$ORIGIN 5.in-addr.arpa.
@ 300 SOA ns.test. host.test. 1 3600 900 604800 300
@ NS ns.test.
1.0.0 PTR mail.test.
98.0.0 PTR mail.test.
`

// Of a real name server and a real web server, each fault is told by a finding of its own, at the domain that has it.
func TestFaults(t *testing.T) {
	needs(t, "knotd")
	server := faulty(t)
	resolver := &Resolver{Servers: []string{server}, Private: true}
	fetcher := Fetcher{Resolver: webOnly{}, Roots: pkitest.Lab().Roots, Port: pages(t), Now: func() time.Time { return pkitest.Time }}
	domains := faultDomains()
	for _, code := range domains {
		o := route.Options{Resolver: resolver, Server: server, Proves: true, Fetch: fetcher.Get}
		switch kind, _, _ := strings.Cut(code, "-"); kind {
		case "dkim":
			o.Selectors = []string{"k"}
		case "listed":
			o.Lists = []string{"list.test"}
		}
		found := route.Route(t.Context(), code+".test", o)
		if !slices.ContainsFunc(found.Findings, func(f route.Finding) bool {
			return string(f.Code) == code && f.Refs != "" && f.Stops != "" && f.Mend != ""
		}) {
			t.Errorf("%s: %v %s", code, codesOf(found), found.Verdict.Cause)
		}
	}
	if t.Logf("%d faults", len(domains)); len(domains) < 40 {
		t.Error("these are too few")
	}
}

func codesOf(r *route.Report) (list []string) {
	for _, f := range r.Findings {
		list = append(list, string(f.Code))
	}
	return list
}

// faultDomains are those of the zone that have a fault, and one that is not there.
func faultDomains() []string {
	list := []string{"no-domain", "dkim-missing"}
	for line := range strings.Lines(faults) {
		name, rest, _ := strings.Cut(line, " ")
		kind, _, _ := strings.Cut(rest, " ")
		if isDomain := kind == "MX" || kind == "A" || kind == "CNAME" || kind == "TXT"; isDomain && !strings.Contains(name, ".") && !slices.Contains([]string{"ns", "mail", "store", "reports", "loop"}, name) && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

// faulty is Knot with the zone, and its address.
func faulty(t *testing.T) string {
	s := &knot{folder: t.TempDir(), address: free(t)}
	s.write(t, "test.zone", faults)
	s.write(t, "reverse.zone", reverse)
	s.serve(t, `  - domain: test.
    file: test.zone
  - domain: 5.in-addr.arpa.
    file: reverse.zone
`)
	s.await(t, s.address, record.Question{Type: "A", Name: "mail.test"})
	return s.address
}

// pages is a web server with the page of each domain, at the name that it is asked by.
func pages(t *testing.T) int {
	cfg := &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		name := hello.ServerName
		if strings.Contains(name, "web-certificate") {
			name = "www.test"
		}
		return pkitest.Lab().Server(name), nil
	}}
	return web(t, cfg, func(w http.ResponseWriter, r *http.Request) {
		name := r.Host
		for _, prefix := range []string{"mta-sts.", "autoconfig.", "autodiscover."} {
			name = strings.TrimPrefix(name, prefix)
		}
		name = strings.TrimSuffix(name, ".test")
		switch _, fault, _ := strings.Cut(name, "-"); {
		case fault == "redirect":
			http.Redirect(w, r, "https://www.test/", http.StatusMovedPermanently)
		case name == "autodiscover-cleartext":
			http.Redirect(w, r, "http://www.test/", http.StatusFound)
		case name == "autodiscover-status":
			w.WriteHeader(http.StatusServiceUnavailable)
		case name == "autoconfig-status":
			w.WriteHeader(http.StatusForbidden)
		case fault == "status":
			http.NotFound(w, r)
		case fault == "fetch":
			conn, _, _ := w.(http.Hijacker).Hijack()
			conn.Close()
		case strings.HasSuffix(r.URL.Path, "/config-v1.1.xml"):
			w.Header().Set("Content-Type", "text/xml")
			io.WriteString(w, settingsOf(w, name, strings.HasPrefix(r.Host, "autoconfig.")))
		default:
			w.Header().Set("Content-Type", "text/plain")
			io.WriteString(w, policyOf(w, name))
		}
	})
}

// policyOf is the policy of MTA-STS of a domain.
func policyOf(w http.ResponseWriter, name string) string {
	policy := "version: STSv1\r\nmode: enforce\r\nmx: mail.test\r\nmax_age: 604800\r\n"
	switch name {
	case "sts-type":
		w.Header().Set("Content-Type", "text/html")
	case "sts-size":
		policy = strings.Repeat(policy, 5000)
	case "sts-policy":
		policy = "mode: perhaps\r\n"
	case "sts-testing":
		policy = strings.Replace(policy, "enforce", "testing", 1)
	case "sts-off":
		policy = strings.Replace(policy, "enforce", "none", 1)
	case "sts-age":
		policy = strings.Replace(policy, "604800", "60", 1)
	case "sts-unlisted":
		policy = strings.Replace(policy, "mail.test", "other.test", 1)
	}
	return policy
}

// settingsOf are the settings of a domain; at the host for them, or at the web server of the domain.
func settingsOf(w http.ResponseWriter, name string, own bool) string {
	change := map[string][2]string{
		"domain": {"<domain>" + name, "<domain>store"}, "server": {"465", "0"}, "no-outgoing": {"outgoingServer type='smtp'", "incomingServer type='imap'"}, "no-host": {"mail.test", "nowhere.test"},
		"cleartext": {"SSL", "plain"}, "port-25": {"465", "25"}, "port": {"SSL", "STARTTLS"}, "oauth": {"password-cleartext", "OAuth2"}, "outside": {"mail.test", "host.mx-private-beside.test"}, "file": {"</emailProvider>", "</provider>"},
	}
	server := "<outgoingServer type='smtp'><hostname>mail.test</hostname><port>465</port><socketType>SSL</socketType><authentication>password-cleartext</authentication></outgoingServer>"
	file := "<clientConfig version='1.1'><emailProvider id='x'><domain>" + name + ".test</domain>" + server + "</emailProvider></clientConfig>"
	fault := strings.TrimPrefix(name, "autoconfig-")
	switch {
	case fault == "type":
		w.Header().Set("Content-Type", "text/plain")
	case fault == "size":
		return strings.Repeat(" ", route.LargestPage) + file
	case fault == "server":
		file = strings.Replace(file, server, server+server, 1)
	case fault == "no-outgoing":
		file = strings.ReplaceAll(file, "</outgoingServer>", "</incomingServer>")
	case fault == "differs" && !own:
		return strings.Replace(file, "465", "4650", 1)
	}
	return strings.Replace(file, change[fault][0], change[fault][1], 1)
}

// webOnly is a resolver for which this machine has every name but those of domains without a web server.
type webOnly struct{}

func (webOnly) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	if strings.Contains(host, "sts-host") || strings.Contains(host, "autoconfig-host") || strings.Contains(host, "autodiscover-host") {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return here{}.LookupNetIP(ctx, network, host)
}
