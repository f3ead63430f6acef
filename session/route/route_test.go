package route

import (
	"cmp"
	"context"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"ehlo/session/certificate/pkitest"
	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/survey"
	"ehlo/session/zone"
)

// A scene is a zone, and what comes of a route to its domain shop.test.
type scene struct {
	name    string
	records string
	// codes are the findings in the order in which they are read, exit the verdict's, and says a part of its cause.
	codes string
	exit  record.Exit
	says  string
	// domain is another one, policy what its web server gives for MTA-STS.
	domain string
	policy *Fetched
	// selectors and lists are asked for too.
	selectors, lists []string
	// web has what other web servers give, by URL; anything else is not found.
	web map[string]Fetched
}

// fetch is the Web of a scene.
func (s scene) fetch(_ context.Context, url string) Fetched {
	f, ok := s.web[url]
	switch {
	case ok:
		return f
	case s.policy != nil && url == "https://mta-sts.shop.test/.well-known/mta-sts.txt":
		return *s.policy
	}
	return Fetched{Status: 404}
}

// apex is the zone of every scene. 5.0.0.1 to 5.0.0.9 have names; what they do at port 25 is in ports.
const apex = `
test.              SOA ns.test. host.test. 1 3600 900 604800 300
arpa.              SOA ns.test. host.test. 1 3600 900 604800 300
signed.            SOA ns.test. host.test. 1 3600 900 604800 300
signed.            DNSKEY 257 3 15 r+IEfwbVIiEEz8FU4N6FWq/XDnNOH+WDu8wuef4DY0c=
mx1.test.          A 5.0.0.1
mx2.test.          A 5.0.0.2
1.0.0.5.in-addr.arpa. PTR mx1.test.
2.0.0.5.in-addr.arpa. PTR mx2.test.
clear.test.        A 5.0.0.3
3.0.0.5.in-addr.arpa. PTR clear.test.
refused.test.      A 5.0.0.4
4.0.0.5.in-addr.arpa. PTR refused.test.
expired.test.      A 5.0.0.5
5.0.0.5.in-addr.arpa. PTR expired.test.
silent1.test.      A 5.0.0.6
6.0.0.5.in-addr.arpa. PTR silent1.test.
silent2.test.      A 5.0.0.7
7.0.0.5.in-addr.arpa. PTR silent2.test.
broken.test.       A 5.0.0.8
8.0.0.5.in-addr.arpa. PTR broken.test.
six.test.          AAAA 2a00::9
six.test.          A 5.0.0.1
9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.a.2.ip6.arpa. PTR six.test.
`

// good is a port as it should be.
func good() survey.Cell {
	return survey.Cell{State: survey.StateSTARTTLS, TLS: &survey.TLS{Version: "TLS 1.3", Verified: true}, Verdict: record.Verdict{Outcome: record.OutcomeDone}}
}

// failing is a port that does not answer.
func failing(state survey.State, exit record.Exit, who record.Who) survey.Cell {
	return survey.Cell{State: state, Verdict: record.Verdict{Outcome: record.OutcomeFailed, Exit: exit, Who: who, Cause: "The session failed: " + string(state) + "."}}
}

// ports are what port 25 does at an address.
func ports() map[string]survey.Cell {
	expired := good()
	expired.TLS = &survey.TLS{Version: "TLS 1.3", Faults: []record.Check{{Name: "time", Finding: record.FoundCertificateExpired, Text: "the server's certificate expired yesterday"}}}
	return map[string]survey.Cell{
		"5.0.0.3": {State: survey.StateCleartext}, "5.0.0.4": failing(survey.StateRefused, record.ExitConnect, record.WhoOperator), "5.0.0.5": expired,
		"5.0.0.6": failing(survey.StateFiltered, record.ExitTimeout, record.WhoUnknown), "5.0.0.7": failing(survey.StateFiltered, record.ExitTimeout, record.WhoUnknown),
		"5.0.2.1": shown(pkitest.Lab().Sign(pkitest.Host("dane.signed"), pkitest.Lab().Middle, daneKey()), pkitest.Lab().Middle, pkitest.Lab().Root),
		"5.0.2.2": {State: survey.StateCleartext},
		"5.0.0.8": failing(survey.StateSTARTTLS, record.ExitHandshake, record.WhoOperator), "2a00::9": failing(survey.StateUnreachable, record.ExitConnect, record.WhoNetwork),
	}
}

// shown is a port that shows a chain.
func shown(chain ...*x509.Certificate) survey.Cell {
	c := good()
	for _, cert := range chain {
		c.TLS.Raw = append(c.TLS.Raw, cert.Raw)
	}
	return c
}

// known is a resolver over a zone. Names that begin with fails get SERVFAIL, and those that begin with slow no answer.
type known struct{ zone.Client }

func (k known) Ask(ctx context.Context, q record.Question) record.Lookup {
	switch {
	case strings.HasPrefix(q.Name, "fails") && q.Name != "failstlsa.signed", strings.HasPrefix(q.Name, "_25._tcp.fails"), q.Type == "TXT" && strings.HasSuffix(q.Name, "lost.test"), q.Name == "_dmarc.up.test", strings.HasSuffix(q.Name, ".9.5.in-addr.arpa"):
		return record.Lookup{Type: q.Type, Name: q.Name, Status: "SERVFAIL"}
	case strings.HasPrefix(q.Name, "down"):
		return record.Lookup{Type: q.Type, Name: q.Name, Trouble: record.TroubleFailed, Error: "connection refused"}
	case strings.HasPrefix(q.Name, "slow"):
		return record.Lookup{Type: q.Type, Name: q.Name, Trouble: record.TroubleTimeout, Error: "no answer"}
	}
	return k.Client.Ask(ctx, q)
}

// at is a route to a domain by a zone.
func at(t *testing.T, domain, records string, change func(*Options)) *Report {
	t.Helper()
	z, err := zone.Parse(apex + records)
	if err != nil {
		t.Fatal(err)
	}
	server, err := zone.Serve(z, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	o := Options{Resolver: known{zone.Client{Server: server.Addr, Now: time.Now}}, Server: "a zone", Proves: true, Now: func() time.Time { return pkitest.Time }}
	o.Meet = func(_ context.Context, _ string, addresses []netip.Addr) (cells []survey.Cell) {
		for _, a := range addresses {
			c, ok := ports()[a.String()]
			if !ok {
				c = good()
			}
			c.Address, c.Port = a.String(), 25
			cells = append(cells, c)
		}
		return cells
	}
	if change != nil {
		change(&o)
	}
	return Route(t.Context(), domain, o)
}

// usual are findings of nearly every scene, which are left out there.
var usual = []Code{"no-policy", "spf-missing", "dmarc-missing", "clients-unset"}

// codesOf are the findings of a report, as a scene has them.
func codesOf(r *Report) string {
	var list []string
	for _, f := range r.Findings {
		if !slices.Contains(usual, f.Code) {
			list = append(list, string(f.Code))
		}
	}
	return strings.Join(list, " ")
}

func TestScenes(t *testing.T) {
	for _, s := range allScenes() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			r := at(t, cmp.Or(s.domain, "shop.test"), s.records, func(o *Options) {
				o.Fetch, o.Selectors, o.Lists = s.fetch, s.selectors, s.lists
			})
			if got := codesOf(r); got != s.codes || r.Verdict.Exit != s.exit || !strings.Contains(r.Verdict.Cause, s.says) {
				t.Errorf("got %q, exit %d: %s\nwant %q, exit %d: %s", got, r.Verdict.Exit, r.Verdict.Cause, s.codes, s.exit, s.says)
			}
			for _, f := range r.Findings {
				if strings.Contains(f.Text, "%!") || f.Refs == "" || f.Stops == "" || f.Mend == "" || f.Who == "" {
					t.Errorf("%s is not whole: %+v", f.Code, f)
				}
			}
		})
	}
}

func allScenes() []scene {
	return slices.Concat(mxScenes, portScenes, stsScenes(), tlsrptScenes, daneScenes(), spfScenes(), dmarcScenes(), dkimScenes(), clientScenes, autoconfigScenes(), autodiscoverScenes, listScenes)
}

var mxScenes = []scene{
	{"in order", "shop.test. MX 20 mx2.test.\nshop.test. MX 10 mx1.test.", "", 0, "Mail for shop.test goes to mx1.test and mx2.test, and mx1.test answers in TLS 1.3.", "", nil, nil, nil, nil},
	{"no such domain", "", "no-domain", 3, "shop.test does not exist", "", nil, nil, nil, nil},
	{"nothing at the domain", `shop.test. TXT "x"`, "no-route", 3, "no MX record and no address", "", nil, nil, nil, nil},
	{"null MX", "shop.test. MX 0 .\nshop.test. A 5.0.0.1", "null-mx", 3, "accepts no mail", "", nil, nil, nil, nil},
	{"null MX beside another", "shop.test. MX 0 .\nshop.test. MX 10 mx1.test.", "null-mx-mixed", 0, "goes to mx1.test", "", nil, nil, nil, nil},
	{"no MX", "shop.test. A 5.0.0.1\n", "mx-implicit", 0, "goes to shop.test", "", nil, nil, nil, nil},
	{"the domain is an alias", "shop.test. CNAME store.test.\nstore.test. MX 10 mx1.test.", "domain-alias", 0, "goes to mx1.test", "", nil, nil, nil, nil},
	{"aliases of the domain in a loop", "shop.test. CNAME store.test.\nstore.test. CNAME shop.test.", "dns-failed", 3, "its aliases form a loop", "", nil, nil, nil, nil},
	{"an address as MX", "shop.test. MX 10 5.0.0.1.", "mx-address", 3, "has the address 5.0.0.1 where a host name belongs", "", nil, nil, nil, nil},
	{"an address in brackets as MX", "shop.test. MX 10 [5.0.0.1].\nshop.test. MX 20 mx1.test.", "mx-address", 0, "1 of 2 hosts fails", "", nil, nil, nil, nil},
	{"an alias as MX", "shop.test. MX 10 a.test.\na.test. CNAME mx1.test.", "mx-alias", 0, "goes to a.test", "", nil, nil, nil, nil},
	{"an alias as MX that goes in a loop", "shop.test. MX 10 a.test.\na.test. CNAME b.test.\nb.test. CNAME a.test.", "mx-alias-loop", 3, "is a loop or too long", "", nil, nil, nil, nil},
	{"an alias of nothing", "shop.test. MX 10 a.test.\na.test. CNAME nothing.test.", "mx-alias mx-no-host", 3, "does not exist", "", nil, nil, nil, nil},
	{"no such host", "shop.test. MX 10 nothing.test.\nshop.test. MX 20 mx1.test.", "mx-no-host", 0, "goes to mx1.test", "", nil, nil, nil, nil},
	{"a host without an address", "shop.test. MX 10 t.test.\nt.test. TXT x", "mx-no-address", 3, "has no address", "", nil, nil, nil, nil},
	{"a host whose lookup fails", "shop.test. MX 10 fails.test.", "mx-lookup-failed", 3, "the name server answers SERVFAIL", "", nil, nil, nil, nil},
	{"a host whose lookup is slow", "shop.test. MX 10 slow.test.", "mx-lookup-failed", 124, "no name server answered in time", "", nil, nil, nil, nil},
	{"a private host", "shop.test. MX 10 in.test.\nin.test. A 10.1.2.3\nin.test. AAAA fd00::1", "mx-private", 4, "fd00::1 (private), 10.1.2.3 (private)", "", nil, nil, nil, nil},
	{"this machine as host", "shop.test. MX 10 in.test.\nin.test. A 127.0.0.1\nin.test. AAAA ::ffff:127.0.0.1", "mx-private", 4, "127.0.0.1 (loopback)", "", nil, nil, nil, nil},
	{"a private address beside", "shop.test. MX 10 in.test.\nin.test. A 10.1.2.3\nin.test. A 5.0.0.1", "mx-private-beside", 0, "goes to in.test", "", nil, nil, nil, nil},
	{"a host name with an underscore", "shop.test. MX 10 mail_1.test.\nmail_1.test. A 5.0.0.1", "mx-name", 0, "goes to mail_1.test", "", nil, nil, nil, nil},
	{"a host twice", "shop.test. MX 10 mx1.test.\nshop.test. MX 20 mx1.test.\nshop.test. MX 30 mx1.test.", "mx-twice", 0, "goes to mx1.test", "", nil, nil, nil, nil},
	{"many hosts", manyHosts(), "mx-many", 0, "and 8 more", "", nil, nil, nil, nil},
	{"no PTR", "shop.test. MX 10 in.test.\nin.test. A 5.0.0.99", "ptr-missing", 0, "", "", nil, nil, nil, nil},
	{"a PTR that fails", "shop.test. MX 10 in.test.\nin.test. A 5.9.0.1", "ptr-failed", 0, "", "", nil, nil, nil, nil},
	{"a PTR that leads elsewhere", "shop.test. MX 10 in.test.\nin.test. A 5.0.0.98\n98.0.0.5.in-addr.arpa. PTR mx1.test.", "ptr-mismatch", 0, "", "", nil, nil, nil, nil},
}

// manyHosts are more than are looked at.
func manyHosts() string {
	var b strings.Builder
	for i := range MostHosts + 2 {
		fmt.Fprintf(&b, "shop.test. MX 10 h%02d.test.\nh%02d.test. A 5.0.1.%d\n%d.1.0.5.in-addr.arpa. PTR h%02d.test.\n", i, i, i, i, i)
	}
	return b.String()
}

var portScenes = []scene{
	{"cleartext", "shop.test. MX 10 clear.test.", "mx-cleartext", 0, "clear.test answers in cleartext", "", nil, nil, nil, nil},
	{"refused", "shop.test. MX 10 refused.test.", "mx-unanswered", 4, "The session failed", "", nil, nil, nil, nil},
	{"the first of two is refused", "shop.test. MX 10 refused.test.\nshop.test. MX 20 mx2.test.", "mx-unanswered", 0, "goes to mx2.test, and mx2.test answers in TLS 1.3. 1 of 2 hosts fails.", "", nil, nil, nil, nil},
	{"one of two addresses is refused", "shop.test. MX 10 two.test.\ntwo.test. A 5.0.0.1\ntwo.test. A 5.0.0.4", "mx-address-unanswered", 0, "goes to two.test", "", nil, nil, nil, nil},
	{"a certificate that expired", "shop.test. MX 10 expired.test.", "mx-certificate", 0, "expired.test answers in TLS 1.3", "", nil, nil, nil, nil},
	{"TLS that fails", "shop.test. MX 10 broken.test.", "mx-tls-failed", 0, "broken.test answers in cleartext", "", nil, nil, nil, nil},
	{"one silent host", "shop.test. MX 10 silent1.test.", "mx-unanswered", 124, "The session failed", "", nil, nil, nil, nil},
	{"silence everywhere", "shop.test. MX 10 silent1.test.\nshop.test. MX 20 silent2.test.", "port-25-blocked", 124, "probably blocks port 25", "", nil, nil, nil, nil},
	{"no IPv6 from here", "shop.test. MX 10 six.test.", "no-route-from-here", 0, "six.test answers in TLS 1.3", "", nil, nil, nil, nil},
}

// Who answers the MX query decides the exit code of what cannot be known.
func TestTheDomainItselfFails(t *testing.T) {
	for domain, want := range map[string]struct {
		exit record.Exit
		code string
	}{"fails.test": {record.ExitName, "dns-failed"}, "slow.test": {record.ExitTimeout, "dns-failed"}, "down.test": {record.ExitName, "resolver-failed"}} {
		if r := at(t, domain, "", nil); r.Verdict.Exit != want.exit || codesOf(r) != want.code || r.Way != WayUnknown {
			t.Errorf("%s: %d %s %s", domain, r.Verdict.Exit, codesOf(r), r.Way)
		}
	}
}

// Hosts come in the order of their preference, and equal ones in one that does not change.
func TestOrder(t *testing.T) {
	r := at(t, "shop.test", "shop.test. MX 20 mx1.test.\nshop.test. MX 5 mx2.test.\nshop.test. MX 20 clear.test.", nil)
	var got []string
	for _, h := range r.Hosts {
		got = append(got, fmt.Sprintf("%d %s", h.Preference, h.Name))
	}
	if want := []string{"5 mx2.test", "20 clear.test", "20 mx1.test"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What is not of the public Internet is contacted on request alone, and no host is where nobody is to be contacted.
func TestWhoIsContacted(t *testing.T) {
	const records = "shop.test. MX 10 in.test.\nin.test. A 10.1.2.3\nin.test. A 169.254.169.254\nin.test. AAAA ::1\nin.test. AAAA 64:ff9b::7f00:1\nin.test. A 5.0.0.1"
	for private, want := range map[bool]int{false: 1, true: MostAddresses} {
		contacted := 0
		at(t, "shop.test", records, func(o *Options) {
			o.Private = private
			o.Meet = func(_ context.Context, _ string, addresses []netip.Addr) []survey.Cell {
				contacted = len(addresses)
				return nil
			}
		})
		if contacted != want {
			t.Errorf("private %v: %d addresses, want %d", private, contacted, want)
		}
	}
	r := at(t, "shop.test", records, func(o *Options) { o.Meet = nil })
	if !strings.Contains(r.Verdict.Cause, "no server was contacted") {
		t.Error(r.Verdict.Cause)
	}
}

// A resolver that says anything leads to no more than so many questions, and the route ends.
func TestQuestionsAreBounded(t *testing.T) {
	asked := 0
	r := Route(t.Context(), "shop.test", Options{Resolver: counting(func(q record.Question) record.Lookup {
		l := record.Lookup{Type: q.Type, Name: q.Name, Status: record.StatusNoError}
		for i := range 60 {
			data := map[string]string{"MX": fmt.Sprintf("%d h%d.test.", i, i), "A": fmt.Sprintf("5.1.%d.%d", i, len(q.Name)), "AAAA": fmt.Sprintf("2a00::%d:%d", i, len(q.Name)), "PTR": fmt.Sprintf("p%d.%s", i, q.Name)}[q.Type]
			l.Answers = append(l.Answers, record.Answer{Name: q.Name, Type: q.Type, Data: data})
		}
		return l
	}, &asked)})
	if asked == 0 || asked > mostQuestions || len(r.Hosts) != MostHosts || len(r.Hosts[0].Addresses) != mostOfHost {
		t.Errorf("%d questions, %d hosts", asked, len(r.Hosts))
	}
}

// An alias for each name that is asked for ends too.
func TestAliasesAreBounded(t *testing.T) {
	asked := 0
	r := Route(t.Context(), "shop.test", Options{Resolver: counting(func(q record.Question) record.Lookup {
		return record.Lookup{Type: q.Type, Name: q.Name, Status: record.StatusNoError, Answers: []record.Answer{{Name: q.Name, Type: "CNAME", Data: "x" + q.Name + "."}}}
	}, &asked)})
	if asked > 2*longestAlias || codesOf(r) != "dns-failed" {
		t.Errorf("%d questions: %s", asked, codesOf(r))
	}
}

// counting is a resolver that counts its questions.
func counting(answer func(record.Question) record.Lookup, asked *int) Resolver {
	return counted{answer, asked, make(chan struct{}, 1)}
}

type counted struct {
	answer func(record.Question) record.Lookup
	asked  *int
	one    chan struct{}
}

func (c counted) Ask(_ context.Context, q record.Question) record.Lookup {
	c.one <- struct{}{}
	*c.asked++
	<-c.one
	return c.answer(q)
}

// A person who stops it gets what is known, and a verdict that says so.
func TestStopped(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	r := Route(ctx, "shop.test", Options{Resolver: counting(func(q record.Question) record.Lookup {
		return record.Lookup{Type: q.Type, Name: q.Name, Trouble: record.TroubleCanceled, Error: "stopped"}
	}, new(int))})
	if r.Verdict.Exit != record.ExitStopped || r.Verdict.Outcome != record.OutcomeStopped {
		t.Errorf("%+v", r.Verdict)
	}
}

// Whatever the records hold, nothing is asked about but the domain, what its own records lead to, and the names that standards put around these;
// a block list only where a person has named it.
func TestWhatIsAskedFor(t *testing.T) {
	for _, s := range allScenes() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			domain := cmp.Or(s.domain, "shop.test")
			w := &watched{led: map[string]bool{domain: true}, discoverers: map[string][]string{}}
			at(t, domain, s.records, func(o *Options) {
				w.Resolver, o.Resolver = o.Resolver, w
				o.Fetch, o.Selectors, o.Lists = w.fetch(s, domain), s.selectors, s.lists
			})
			for _, q := range w.asked {
				if !w.may(q.Name, domain, s.selectors, s.lists) {
					t.Errorf("%s is asked for", q)
				}
			}
			for _, page := range w.pages {
				if !w.mayFetch(page, domain) {
					t.Errorf("%s is asked for", page)
				}
			}
		})
	}
}

// watched is a resolver that notes what is asked for, and which names and addresses the answers have.
type watched struct {
	Resolver
	mu    sync.Mutex
	asked []record.Question
	led   map[string]bool
	pages []string
	// discoverers are the hosts with their ports that SRV records of _autodiscover._tcp name, by the name of the record.
	discoverers map[string][]string
}

func (w *watched) Ask(ctx context.Context, q record.Question) record.Lookup {
	l := w.Resolver.Ask(ctx, q)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, q)
	for _, a := range l.Answers {
		if s, ok := serviceOf("", a.Data); ok && a.Type == "SRV" {
			w.discoverers[a.Name] = append(w.discoverers[a.Name], strings.TrimSuffix(fmt.Sprintf("%s:%d", s.Host, s.Port), ":443"))
		}
		for _, word := range strings.FieldsFunc(a.Data, func(r rune) bool { return strings.ContainsRune(" \":;,@=!/", r) }) {
			w.led[strings.ToLower(bare(word))] = true
		}
		if addr, err := netip.ParseAddr(a.Data); err == nil {
			w.led[reverseName(addr)] = true
			w.led[Reversed(addr)] = true
		}
	}
	return l
}

// fetch is the Web of a scene, with notes: what settings name may be looked up.
func (w *watched) fetch(s scene, domain string) Fetch {
	return func(ctx context.Context, page string) Fetched {
		f := s.fetch(ctx, page)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.pages = append(w.pages, page)
		file, _ := ReadAutoconfig(f.Body, domain)
		for _, server := range file.Servers {
			w.led[server.Host] = true
		}
		return f
	}
}

// mayFetch reports whether a page is one that a standard puts at the domain, or at a server that the domain's own record names; it tells
// nobody's mail address and no secret.
func (w *watched) mayFetch(page, domain string) bool {
	list := []string{"https://mta-sts." + domain + "/.well-known/mta-sts.txt", "https://autoconfig." + domain + "/mail/config-v1.1.xml",
		"https://" + domain + "/.well-known/autoconfig/mail/config-v1.1.xml", "https://autodiscover." + domain + "/autodiscover/autodiscover.xml"}
	for _, at := range w.discoverers["_autodiscover._tcp."+domain] {
		list = append(list, "https://"+at+"/autodiscover/autodiscover.xml")
	}
	return slices.Contains(list, page)
}

// may reports whether a name is one that may be asked for.
func (w *watched) may(name, domain string, selectors, lists []string) bool {
	around := []string{"_mta-sts.", "_smtp._tls.", "_25._tcp.", "autoconfig.", "autodiscover."}
	for _, s := range services {
		around = append(around, s+".")
	}
	for _, s := range selectors {
		around = append(around, s+"._domainkey.")
	}
	above, isPolicy := strings.CutPrefix(name, "_dmarc.")
	agreed, of, isReport := strings.Cut(name, "._report._dmarc.")
	switch {
	case w.led[name]:
		return true
	case isPolicy && (above == domain || strings.HasSuffix(domain, "."+above)):
		return true
	case isReport && strings.HasSuffix("."+domain, "."+agreed) && w.led[of]:
		return true
	}
	for _, prefix := range around {
		if base, ok := strings.CutPrefix(name, prefix); ok && w.led[base] {
			return true
		}
	}
	for _, list := range lists {
		if entry, ok := strings.CutSuffix(name, "."+list); ok && (w.led[entry] || strings.HasSuffix(entry, ".0.0.127")) {
			return true
		}
	}
	return strings.HasSuffix(name, "."+domain) && w.led["%{i}.%{d}"] // a macro of SPF
}

// The codes of findings are unique, and every one is met in a scene.
func TestRows(t *testing.T) {
	met := " "
	for _, s := range allScenes() {
		met += s.codes + " "
	}
	seen := map[Code]bool{}
	met += "dane-unknown resolver-failed " // which take another resolver
	for _, r := range slices.Concat(tables...) {
		if seen[r.code] || !slices.Contains(usual, r.code) && !strings.Contains(met, " "+string(r.code)+" ") {
			t.Errorf("%s is there twice, or in no scene", r.code)
		}
		seen[r.code] = true
	}
}

func TestSpecial(t *testing.T) {
	for text, want := range map[string]string{"8.8.8.8": "", "2606:4700::1": "", "10.0.0.1": "private", "172.31.0.1": "private", "172.32.0.1": "", "192.168.1.1": "private", "127.5.5.5": "loopback", "169.254.169.254": "link-local",
		"100.64.0.1": "shared", "0.0.0.0": "unspecified", "255.255.255.255": "reserved", "224.0.0.1": "multicast", "::": "unspecified", "::1": "loopback", "fe80::1": "link-local", "fd12::1": "private", "ff02::1": "multicast",
		"::ffff:10.0.0.1": "private", "::127.0.0.1": "loopback", "64:ff9b::a00:1": "private", "64:ff9b::808:808": "", "2002:7f00:1::": "loopback", "2001:db8::1": "documentation"} {
		if got := Special(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s is %q, want %q", text, got, want)
		}
	}
}

// policy is what a web server gives that works.
func policy(lines string) *Fetched {
	return &Fetched{Status: 200, Type: "text/plain; charset=utf-8", Body: []byte(strings.ReplaceAll(lines, "; ", "\r\n") + "\r\n")}
}

// enforced is a valid policy for a host.
func enforced(host string) *Fetched {
	return policy("version: STSv1; mode: enforce; mx: " + host + "; max_age: 1209600")
}

const (
	stsOf    = "shop.test. MX 10 mx1.test.\n_mta-sts.shop.test. TXT \"v=STSv1; id=1\"\n_smtp._tls.shop.test. TXT \"v=TLSRPTv1; rua=mailto:tls@shop.test\"\n"
	stsOfBad = "shop.test. MX 10 mx1.test.\n_smtp._tls.shop.test. TXT \"v=TLSRPTv1; rua=mailto:tls@shop.test\"\n"
)

func stsScenes() []scene {
	lost := func(what Lost, why string) *Fetched { return &Fetched{Lost: what, Error: why} }
	with := func(host string) string { return strings.Replace(stsOf, "mx1.test", host, 1) }
	return []scene{
		{name: "a policy that all hosts meet", records: stsOf, policy: enforced("mx1.test")},
		{name: "a policy with a star", records: stsOf, policy: enforced("*.test")},
		{name: "line feeds alone and fields twice", records: stsOf, policy: policy("version: STSv1\nmode: enforce\nmode: none\nmx:MX1.test\nmax_age: 1209600\nother: x\nmax_age: x\n\n")},
		{name: "two STS records", records: stsOf + `_mta-sts.shop.test. TXT "v=STSv1; id=2"`, codes: "sts-several"},
		{name: "another TXT beside the STS record", records: stsOf + `_mta-sts.shop.test. TXT "hello"`, policy: enforced("mx1.test")},
		{name: "a misspelled STS record", records: stsOfBad + `_mta-sts.shop.test. TXT "v=STS1; id=2"`, codes: "sts-record"},
		{name: "an STS record without an id", records: stsOfBad + `_mta-sts.shop.test. TXT "v=STSv1;"`, codes: "sts-record"},
		{name: "an STS record with an id of a date", records: stsOfBad + `_mta-sts.shop.test. TXT "v=STSv1; id=2026-11-30"`, codes: "sts-record"},
		{name: "an STS record with a comma", records: stsOfBad + `_mta-sts.shop.test. TXT "v=STSv1; id=1, x=2; id"`, codes: "sts-record"},
		{name: "the TXT lookups fail", records: "lost.test. MX 10 mx1.test.", domain: "lost.test", codes: "sts-lookup-failed spf-lookup-failed dmarc-lookup-failed tlsrpt-lookup-failed"},
		{name: "no address for the policy", records: stsOf, policy: lost(LostName, "does not exist"), codes: "sts-host"},
		{name: "the web server does not answer", records: stsOf, policy: lost(LostConnection, "refused"), codes: "sts-fetch"},
		{name: "a certificate of the web server", records: stsOf, policy: lost(LostCertificate, "expired"), codes: "sts-web-certificate"},
		{name: "a redirect", records: stsOf, policy: &Fetched{Status: 302, To: "https://elsewhere.test/"}, codes: "sts-redirect"},
		{name: "404", records: stsOf, policy: &Fetched{Status: 404}, codes: "sts-status"},
		{name: "an endless policy", records: stsOf, policy: &Fetched{Status: 200, Type: "text/plain", Large: true}, codes: "sts-size"},
		{name: "a policy as HTML", records: stsOf, policy: &Fetched{Status: 200, Type: "text/html", Body: enforced("mx1.test").Body}, codes: "sts-type"},
		{name: "no policy but a page", records: stsOf, policy: policy("<html>not found</html>"), codes: "sts-policy"},
		{name: "a policy without a version", records: stsOf, policy: policy("mode: enforce; mx: mx1.test; max_age: 1209600"), codes: "sts-policy"},
		{name: "a policy with an unknown mode", records: stsOf, policy: policy("version: STSv1; mode: report; mx: mx1.test; max_age: 1209600"), codes: "sts-policy"},
		{name: "a policy with a bad age", records: stsOf, policy: policy("version: STSv1; mode: enforce; mx: mx1.test; max_age: 99999999"), codes: "sts-policy"},
		{name: "a policy without mx", records: stsOf, policy: policy("version: STSv1; mode: enforce; max_age: 1209600"), codes: "sts-policy"},
		{name: "a policy with an address as mx", records: stsOf, policy: policy("version: STSv1; mode: enforce; mx: mx1.*.test; max_age: 1209600"), codes: "sts-policy"},
		{name: "a policy in testing mode", records: stsOf, policy: policy("version: STSv1; mode: testing; mx: mx1.test; max_age: 1209600"), codes: "sts-testing"},
		{name: "a policy that is being removed", records: stsOf, policy: policy("version: STSv1; mode: none; max_age: 1209600"), codes: "sts-off"},
		{name: "a policy of an hour", records: stsOf, policy: policy("version: STSv1; mode: enforce; mx: mx1.test; max_age: 3600"), codes: "sts-age"},
		{name: "a host that is not listed", records: stsOf, policy: enforced("*.mx1.test"), codes: "sts-unlisted", exit: 9, says: "does not list mx1.test"},
		{name: "one of two hosts is not listed", records: stsOf + "shop.test. MX 20 mx2.test.", policy: enforced("mx1.test"), codes: "sts-unlisted"},
		{name: "a host that is not listed, in testing mode", records: stsOf, policy: policy("version: STSv1; mode: testing; mx: other.test; max_age: 1209600"), codes: "sts-unlisted sts-testing"},
		{name: "a policy and cleartext", records: with("clear.test"), policy: enforced("clear.test"), codes: "mx-cleartext sts-cleartext", exit: 7, says: "does not start it"},
		{name: "a policy and a bad certificate", records: with("expired.test"), policy: enforced("expired.test"), codes: "sts-certificate", exit: 9, says: "expired yesterday"},
	}
}

var tlsrptScenes = []scene{
	{name: "two TLSRPT records", records: stsOfBad + `_smtp._tls.shop.test. TXT "v=TLSRPTv1; rua=https://shop.test/"`, codes: "tlsrpt-several"},
	{name: "a TLSRPT record without rua", records: "shop.test. MX 10 mx1.test.\n_smtp._tls.shop.test. TXT \"v=TLSRPTv1\"", codes: "tlsrpt-record"},
	{name: "a TLSRPT record with a bare address", records: "shop.test. MX 10 mx1.test.\n_smtp._tls.shop.test. TXT \"v=TLSRPTv1; rua=tls@shop.test\"", codes: "tlsrpt-record"},
	{name: "a TLSRPT record of another version", records: "shop.test. MX 10 mx1.test.\n_smtp._tls.shop.test. TXT \"v=TLSRPT1; rua=mailto:tls@shop.test\"", codes: "tlsrpt-record"},
	{name: "STS without TLSRPT", records: "shop.test. MX 10 mx1.test.\n_mta-sts.shop.test. TXT \"v=STSv1; id=1\"", policy: enforced("mx1.test"), codes: "tlsrpt-missing"},
}

// daneOf is a signed domain with one host, and a TLSA record.
func daneOf(address, tlsa string) string {
	return "shop.signed. MX 10 dane.signed.\ndane.signed. A " + address + "\n" + reverseName(netip.MustParseAddr(address)) + ". PTR dane.signed.\n_25._tcp.dane.signed. TLSA " + tlsa +
		"\n_smtp._tls.shop.signed. TXT \"v=TLSRPTv1; rua=mailto:tls@shop.test\"\n"
}

func daneScenes() []scene {
	p := pkitest.Lab()
	leaf, err := x509.ParseCertificate(ports()["5.0.2.1"].TLS.Raw[0])
	if err != nil {
		panic(err)
	}
	key := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	long := sha512.Sum512(leaf.RawSubjectPublicKeyInfo)
	ca := sha256.Sum256(p.Root.Raw)
	middle := sha256.Sum256(p.Middle.RawSubjectPublicKeyInfo)
	other := fmt.Sprintf("3 1 1 %064d", 1)
	scenes := []scene{
		{name: "a TLSA record of the key", records: daneOf("5.0.2.1", fmt.Sprintf("3 1 1 %x", key))},
		{name: "a TLSA record of the key with SHA-512", records: daneOf("5.0.2.1", fmt.Sprintf("3 1 2 %x", long))},
		{name: "a TLSA record of a CA", records: daneOf("5.0.2.1", fmt.Sprintf("2 0 1 %x", ca))},
		{name: "a TLSA record of the key of a CA", records: daneOf("5.0.2.1", fmt.Sprintf("2 1 1 %x", middle))},
		{name: "a whole CA in a TLSA record", records: daneOf("5.0.2.1", fmt.Sprintf("2 0 0 %x", p.Root.Raw))},
		{name: "the server's key as a CA", records: daneOf("5.0.2.1", fmt.Sprintf("2 1 1 %x", key)), codes: "dane-mismatch", exit: 9},
		{name: "a TLSA record of a CA for another host", records: strings.ReplaceAll(daneOf("5.0.2.1", fmt.Sprintf("2 0 1 %x", ca)), "dane.signed", "other.signed"), codes: "dane-mismatch", exit: 9},
		{name: "a TLSA record for another key", records: daneOf("5.0.2.1", other), codes: "dane-mismatch", exit: 9, says: "matches none"},
		{name: "one TLSA record of two for another key", records: daneOf("5.0.2.1", fmt.Sprintf("3 1 1 %x", key)) + "_25._tcp.dane.signed. TLSA " + other},
		{name: "a TLSA record and cleartext", records: daneOf("5.0.2.2", other), codes: "dane-cleartext mx-cleartext", exit: 7},
		{name: "a TLSA record with the usage of the web", records: daneOf("5.0.2.1", fmt.Sprintf("1 1 1 %x", key)), codes: "dane-unusable"},
		{name: "a TLSA record that is too short", records: daneOf("5.0.2.1", "3 1 1 00ff"), codes: "dane-unusable"},
		{name: "an unusable TLSA record and cleartext", records: daneOf("5.0.2.2", "0 0 1 00ff"), codes: "dane-unusable dane-cleartext mx-cleartext", exit: 7},
	}
	for i := range scenes {
		scenes[i].domain = "shop.signed"
	}
	lookup := daneOf("5.0.2.1", other)
	return append(scenes,
		scene{name: "a TLSA lookup that fails", domain: "shop.signed", records: strings.ReplaceAll(lookup, "dane.signed", "failstlsa.signed"), codes: "dane-lookup-failed", exit: 75},
		scene{name: "TLSA in a zone that is not signed", records: "shop.test. MX 10 mx1.test.\n_25._tcp.mx1.test. TLSA " + other, codes: "dane-unproved"},
		scene{name: "TLSA of a host in another, signed zone", records: "shop.test. MX 10 dane.signed.\n" + daneOf("5.0.2.1", fmt.Sprintf("3 1 1 %x", key)), codes: "dane-mx-unproved tlsrpt-missing"},
	)
}

// A resolver whose answers nobody can trust proves nothing, and its TLSA records stop nothing.
func TestNothingIsProved(t *testing.T) {
	r := at(t, "shop.signed", daneOf("5.0.2.1", fmt.Sprintf("3 1 1 %064d", 1)), func(o *Options) { o.Proves = false })
	if codesOf(r) != "dane-unknown" || r.Verdict.Exit != 0 || r.Proved || r.Hosts[0].Proved {
		t.Errorf("%s %+v", codesOf(r), r.Verdict)
	}
}

// daneKey is the key of the server with TLSA records: another one than that of its CAs.
var daneKey = sync.OnceValue(func() *rsa.PublicKey { return pkitest.RSAKey(2048) })

// Whatever a web server sends as a policy, it is read or refused, and what is read is what a policy may say.
func FuzzReadPolicy(f *testing.F) {
	for _, p := range []*Fetched{enforced("mx1.test"), policy("version: STSv1; mode: none; max_age: 1"), policy("a; b:; :c"), policy("version: STSv1; mode: enforce; mx: *.x; mx: \x00; max_age: 99999999999999999999")} {
		f.Add(p.Body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		p, why := ReadPolicy(body)
		if why != "" {
			if strings.ContainsFunc(why, unicode.IsControl) {
				t.Errorf("%q is shown as it is", why)
			}
			return
		}
		if p.MaxAge < 0 || p.MaxAge > longestAge*time.Second || p.Mode != "none" && len(p.MX) == 0 || slices.ContainsFunc(p.MX, func(m string) bool { return !hostName(strings.TrimPrefix(m, "*.")) }) {
			t.Errorf("%q is read as %+v", body, p)
		}
	})
}

// Whatever TXT and TLSA records say, a route ends with a verdict, and no finding shows what a terminal might obey.
func FuzzRecords(f *testing.F) {
	for _, text := range []string{"v=STSv1; id=1", "v=TLSRPTv1; rua=mailto:a@b", "v=spf1 include:a -all", "3 1 1 00ff", "2 0 0 zz", "v=DMARC1; p=none", "\"v=STSv1\\; id=\\000\"", "v=DKIM1; p=AAAA"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o := Options{Proves: true, Selectors: []string{"s1"}, Lists: []string{"list.test"}, Client: netip.MustParseAddr("5.0.0.9"), Resolver: counting(func(q record.Question) record.Lookup {
			data := map[string]string{"MX": "10 mx.test.", "A": "5.0.0.1", "TXT": strconv.Quote(text), "TLSA": text, "SRV": text, "PTR": text}[q.Type]
			l := record.Lookup{Type: q.Type, Name: q.Name, Status: record.StatusNoError, Proved: true}
			if data != "" {
				l.Answers = []record.Answer{{Name: q.Name, Type: q.Type, Data: data}}
			}
			return l
		}, new(int))}
		r := Route(t.Context(), "shop.test", o)
		if r.Verdict.Cause == "" {
			t.Errorf("%q: no verdict", text)
		}
		for _, f := range r.Findings {
			if strings.ContainsFunc(f.Text, unicode.IsControl) {
				t.Errorf("%q: %q", text, f.Text)
			}
		}
	})
}

// Each document that a finding names is one that can be looked up.
func TestRefs(t *testing.T) {
	known, err := os.ReadFile("../explain/data/rfcs.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range slices.Concat(tables...) {
		for _, ref := range explain.Refs(r.refs) {
			if slices.Contains([]string{autoconfigDraft, autodiscoverDoc}, ref.Doc) && ref.Section != "" {
				continue
			}
			if number, ok := strings.CutPrefix(ref.Doc, "RFC "); !ok || !strings.Contains(string(known), "\n"+number+" ") || ref.Section == "" && ref.Doc != "RFC 2782" {
				t.Errorf("%s: %s", r.code, ref)
			}
		}
	}
}

// withTXT is a domain in order with TXT records: each is a name before shop.test, "@" for none, and a text.
func withTXT(records ...string) string {
	text := "shop.test. MX 10 mx1.test.\n"
	for _, r := range records {
		name, data, _ := strings.Cut(r, " ")
		text += strings.TrimPrefix(strings.TrimSuffix(name, "@")+".", ".") + "shop.test. TXT \"" + data + "\"\n"
	}
	return text
}

func spfScenes() []scene {
	many := "@ v=spf1"
	for range 11 {
		many += " a:mx1.test"
	}
	return []scene{
		{name: "an SPF record", records: withTXT("@ v=spf1 mx ip4:5.0.0.0/24 -all", "@ other")},
		{name: "two SPF records", records: withTXT("@ v=spf1 mx -all", "@ v=spf1 -all"), codes: "spf-several"},
		{name: "a misspelled term of SPF", records: withTXT("@ v=spf1 ipv4:5.0.0.1 -all"), codes: "spf-syntax"},
		{name: "a misspelled term in an included record", records: withTXT("@ v=spf1 include:bad.shop.test -all", "bad v=spf1 al"), codes: "spf-syntax"},
		{name: "an SPF record that redirects twice", records: withTXT("@ v=spf1 redirect=a.test redirect=b.test"), codes: "spf-twice"},
		{name: "too many lookups", records: withTXT(many + " -all"), codes: "spf-lookups"},
		{name: "an SPF record that includes itself", records: withTXT("@ v=spf1 include:shop.test -all"), codes: "spf-lookups"},
		{name: "names of SPF that do not exist", records: withTXT("@ v=spf1 a:x1.test a:x2.test a:x3.test -all"), codes: "spf-void"},
		{name: "an included domain without SPF", records: withTXT("@ v=spf1 include:mx1.test -all"), codes: "spf-target"},
		{name: "everyone may send", records: withTXT("@ v=spf1 mx +all"), codes: "spf-permits-all"},
		{name: "every network may send", records: withTXT("@ v=spf1 ip4:0.0.0.0/0 -all"), codes: "spf-permits-all"},
		{name: "an SPF record without an end", records: withTXT("@ v=spf1 mx"), codes: "spf-open"},
		{name: "ptr in SPF", records: withTXT("@ v=spf1 ptr -all"), codes: "spf-ptr"},
		{name: "an SPF lookup that fails", records: withTXT("@ v=spf1 include:fails.test -all"), codes: "spf-lookup-failed"},
		{name: "an SPF record that is longer than is read", records: withTXT("@ v=spf1" + strings.Repeat(" ip4:5.0.0.1", 15) + strings.Repeat("\" \""+strings.Repeat(" ip4:5.0.0.1", 15), 12) + " -all"), codes: "spf-lookup-failed"},
		{name: "macros in SPF", records: withTXT("@ v=spf1 exists:%{i}.%{d} -all")},
	}
}

func dmarcScenes() []scene {
	good := "_dmarc v=DMARC1; p=reject; rua=mailto:dmarc@shop.test"
	return []scene{
		{name: "a DMARC record", records: withTXT(good)},
		{name: "a DMARC record with blanks and capitals", records: withTXT("_dmarc V = DMARC1 ;P=Reject;rua=MAILTO:a@shop.test,mailto:b@in.shop.test;")},
		{name: "two DMARC records", records: withTXT(good, "_dmarc v=DMARC1; p=none"), codes: "dmarc-several"},
		{name: "a DMARC record with commas", records: withTXT("_dmarc v=DMARC1, p=reject, pct=0"), codes: "dmarc-record"},
		{name: "an unknown DMARC policy", records: withTXT("_dmarc v=DMARC1; p=block"), codes: "dmarc-record"},
		{name: "an unknown DMARC policy with reports", records: withTXT("_dmarc v=DMARC1; p=reject; sp=block; rua=mailto:a@shop.test"), codes: "dmarc-record dmarc-none"},
		{name: "a DMARC record without a policy", records: withTXT("_dmarc v=DMARC1; sp=none"), codes: "dmarc-record"},
		{name: "a DMARC record with reports alone", records: withTXT("_dmarc v=DMARC1; rua=mailto:a@shop.test"), codes: "dmarc-none"},
		{name: "a misspelled DMARC record", records: withTXT("_dmarc v=DMARC; p=none"), codes: "dmarc-record"},
		{name: "a policy of none", records: withTXT("_dmarc v=DMARC1; p=none; rua=mailto:a@shop.test"), codes: "dmarc-none"},
		{name: "a test of DMARC", records: withTXT("_dmarc v=DMARC1; p=reject; t=y; rua=mailto:a@shop.test"), codes: "dmarc-testing"},
		{name: "old tags of DMARC", records: withTXT("_dmarc v=DMARC1; p=reject; pct=50; ri=3600; rua=mailto:a@shop.test"), codes: "dmarc-obsolete"},
		{name: "a registry", records: withTXT("_dmarc v=DMARC1; p=reject; psd=y; rua=mailto:a@shop.test"), codes: "dmarc-psd"},
		{name: "nobody gets reports", records: withTXT("_dmarc v=DMARC1; p=reject"), codes: "dmarc-unheard"},
		{name: "a bare address for reports", records: withTXT("_dmarc v=DMARC1; p=reject; rua=dmarc@shop.test"), codes: "dmarc-rua"},
		{name: "reports to others", records: withTXT("_dmarc v=DMARC1; p=reject; rua=mailto:a@reports.test"), codes: "dmarc-external"},
		{name: "reports to others who agree", records: withTXT("_dmarc v=DMARC1; p=reject; rua=mailto:a@reports.test!10m") + `shop.test._report._dmarc.reports.test. TXT "v=DMARC1"`},
		{name: "a lookup above the domain that fails", domain: "shop.up.test", records: "shop.up.test. MX 10 mx1.test.\n_dmarc.shop.up.test. TXT \"v=DMARC1; p=reject; rua=mailto:a@shop.up.test\""},
		{name: "a lookup above a domain without a record that fails", domain: "shop.up.test", records: "shop.up.test. MX 10 mx1.test.", codes: "dmarc-lookup-failed"},
		{name: "the policy of the organization", domain: "in.shop.test", records: "in.shop.test. MX 10 mx1.test.\n" + withTXT("_dmarc v=DMARC1; p=reject; sp=quarantine; rua=mailto:a@shop.test"), codes: "dmarc-inherited"},
	}
}

// The record that applies, and the organizational domain, by the tree walk of RFC 9989 §4.10.
func TestTreeWalk(t *testing.T) {
	for _, c := range []struct{ domain, records, at, org, policy string }{
		{"a.shop.test", "_dmarc.shop.test p=reject", "shop.test", "shop.test", "reject"},
		{"a.shop.test", "_dmarc.shop.test p=reject; sp=none", "shop.test", "shop.test", "none"},
		{"a.shop.test", "_dmarc.a.shop.test p=none\n_dmarc.shop.test p=reject", "a.shop.test", "shop.test", "none"},
		{"a.shop.test", "_dmarc.a.shop.test p=none; psd=n\n_dmarc.shop.test p=reject", "a.shop.test", "a.shop.test", "none"},
		{"b.a.shop.test", "_dmarc.a.shop.test p=none; psd=n\n_dmarc.shop.test p=reject", "a.shop.test", "a.shop.test", "none"},
		{"b.a.shop.test", "_dmarc.a.shop.test p=none\n_dmarc.shop.test p=reject", "shop.test", "shop.test", "reject"},
		{"a.shop.test", "_dmarc.test p=reject; psd=y; sp=quarantine", "test", "shop.test", "quarantine"},
		{"a.shop.test", "_dmarc.test p=reject; psd=y\n_dmarc.shop.test p=none", "shop.test", "shop.test", "none"},
		{"1.2.3.4.5.6.7.8.shop.test", "_dmarc.4.5.6.7.8.shop.test p=none", "4.5.6.7.8.shop.test", "4.5.6.7.8.shop.test", "none"},
		{"1.2.3.4.5.6.7.8.shop.test", "_dmarc.2.3.4.5.6.7.8.shop.test p=none", "", "", ""},
		{"a.shop.test", "_dmarc.shop.test p=bad\n_dmarc.test p=none", "test", "test", "none"},
	} {
		records := c.domain + ". MX 10 mx1.test.\n"
		for line := range strings.Lines(c.records) {
			name, text, _ := strings.Cut(strings.TrimSpace(line), " ")
			records += name + ". TXT \"v=DMARC1; " + text + "\"\n"
		}
		d := at(t, c.domain, records, nil).DMARC
		if d == nil {
			d = &DMARC{}
		}
		if d.At != c.at || d.Organization != c.org || d.Policy != c.policy {
			t.Errorf("%s, %q: %+v, want %s %s %s", c.domain, c.records, d, c.at, c.org, c.policy)
		}
	}
}

// The term that is at fault is named, with the record that it is in.
func TestFaultOfSPF(t *testing.T) {
	r := at(t, "shop.test", withTXT("@ v=spf1 include:bad.shop.test -all", "bad v=spf1 al"), nil)
	if text := r.Findings[0].Text; text != "The SPF record of shop.test has a term that is not valid: al, in the record of bad.shop.test." {
		t.Error(text)
	}
}

// With a client SPF says whether it may send, by which term, and after how many lookups.
func TestClient(t *testing.T) {
	for client, want := range map[string]string{"5.0.0.1": "pass mx 1", "5.0.0.9": "fail -all 1"} {
		r := at(t, "shop.test", withTXT("@ v=spf1 mx -all"), func(o *Options) { o.Client = netip.MustParseAddr(client) })
		if got := fmt.Sprint(r.SPF.Result, " ", r.SPF.Term, " ", r.SPF.Lookups); got != want || r.SPF.Client != client {
			t.Errorf("%s: %s, want %s", client, got, want)
		}
	}
}

// keyText is the public key of so many bits, as a record has it.
func keyText(bits int) string {
	raw, err := x509.MarshalPKIXPublicKey(pkitest.RSAKey(bits))
	if err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(raw)
}

func dkimScenes() []scene {
	key := func(text string) string { return withTXT("s1._domainkey v=DKIM1; " + text) }
	old := base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PublicKey(pkitest.RSAKey(2048)))
	list := []scene{
		{name: "a key of DKIM", records: key("k=rsa; p=" + keyText(2048)[:200] + `" "` + keyText(2048)[200:])},
		{name: "a key without its version", records: withTXT("s1._domainkey p=" + keyText(2048) + "; n=note; t=s; s=email; h=sha1:sha256")},
		{name: "a key in the older form", records: key("p=" + old[:200] + `" "` + old[200:])},
		{name: "a key of Ed25519", records: key("k=ed25519; p=HRdWqsSSXN6fgK6Qv8bnK6j+X1NayFobThY66C3EpVU=")},
		{name: "no key", records: withTXT(), codes: "dkim-missing"},
		{name: "two keys", records: withTXT("s1._domainkey v=DKIM1; p=x", "s1._domainkey v=DKIM1; p=y"), codes: "dkim-several"},
		{name: "a key that was revoked", records: key("p="), codes: "dkim-revoked"},
		{name: "a key without p", records: key("k=rsa"), codes: "dkim-record"},
		{name: "a key that was cut off", records: key("p=" + keyText(2048)[:201]), codes: "dkim-record"},
		{name: "a key of an unknown kind", records: key("k=dsa; p=AAAA"), codes: "dkim-record"},
		{name: "a key of Ed25519 with a header", records: key("k=ed25519; p=AAAA"), codes: "dkim-record"},
		{name: "the version last", records: withTXT("s1._domainkey p=AAAA; v=DKIM1"), codes: "dkim-record"},
		{name: "another record in place of a key", records: withTXT("s1._domainkey hello"), codes: "dkim-record"},
		{name: "a weak key", records: key("p=" + keyText(512)), codes: "dkim-weak"},
		{name: "a short key", records: key("p=" + keyText(1024)), codes: "dkim-short"},
		{name: "a test of DKIM", records: key("t=s:y; p=" + keyText(2048)), codes: "dkim-testing"},
		{name: "a key for something else", records: key("s=tlsrpt; p=" + keyText(2048)), codes: "dkim-elsewhere"},
		{name: "a key for SHA-1 alone", records: key("h=sha1; p=" + keyText(2048)), codes: "dkim-hash"},
		{name: "a key whose lookup fails", records: withTXT(), codes: "dkim-lookup-failed"},
	}
	for i := range list {
		list[i].selectors = []string{"s1"}
	}
	list[len(list)-1].selectors = []string{"fails"}
	return list
}

var clientScenes = []scene{
	{name: "services in order", records: withTXT() + "_submissions._tcp.shop.test. SRV 0 1 465 mx1.test.\n_submission._tcp.shop.test. SRV 0 1 587 mx1.test.\n_imaps._tcp.shop.test. SRV 0 1 993 mx1.test.\n_pop3._tcp.shop.test. SRV 0 0 0 ."},
	{name: "a service at no host", records: withTXT() + "_imaps._tcp.shop.test. SRV 0 1 993 nothing.test.", codes: "srv-host"},
	{name: "a service at an alias", records: withTXT() + "_imaps._tcp.shop.test. SRV 0 1 993 a.test.\na.test. CNAME mx1.test.", codes: "srv-alias"},
	{name: "a service without a port", records: withTXT() + "_imaps._tcp.shop.test. SRV 0 1 0 mx1.test.", codes: "srv-record"},
	{name: "submission with STARTTLS alone", records: withTXT() + "_submission._tcp.shop.test. SRV 0 1 587 mx1.test.", codes: "srv-cleartext"},
}

// listed is a block list that works.
const listed = "2.0.0.127.list.test. A 127.0.0.2\n"

var listScenes = []scene{
	{name: "listed nowhere", records: withTXT() + listed, lists: []string{"list.test"}},
	{name: "listed", records: withTXT() + listed + "1.0.0.5.list.test. A 127.0.0.3\n1.0.0.5.list.test. TXT \"see https://list.test/\"", lists: []string{"list.test"}, codes: "listed"},
	{name: "a list that refuses this resolver", records: withTXT() + listed + "1.0.0.5.list.test. A 127.255.255.254", lists: []string{"list.test"}, codes: "list-refuses"},
	{name: "a list that is a parked domain", records: withTXT() + "*.list.test. A 5.9.9.9\n2.0.0.127.list.test. A 5.9.9.9\n1.0.0.127.list.test. A 5.9.9.9", lists: []string{"list.test"}, codes: "list-broken"},
	{name: "a list without its entry for tests", records: withTXT(), lists: []string{"list.test"}, codes: "list-broken"},
}

// What mail clients are told is in the report, in their order.
func TestServices(t *testing.T) {
	r := at(t, "shop.test", withTXT()+"_imaps._tcp.shop.test. SRV 20 1 993 mx2.test.\n_imaps._tcp.shop.test. SRV 10 1 993 mx1.test.\n_pop3._tcp.shop.test. SRV 0 0 0 .\nautoconfig.shop.test. CNAME mx1.test.", nil)
	want := []Service{{"_imaps._tcp", 10, 1, 993, "mx1.test"}, {"_imaps._tcp", 20, 1, 993, "mx2.test"}, {"_pop3._tcp", 0, 0, 0, ""}}
	if !slices.Equal(r.Services, want) || !slices.Equal(r.Settings, []string{"autoconfig.shop.test"}) {
		t.Errorf("%+v %q", r.Services, r.Settings)
	}
}

// What is known is told while more is asked: it grows, has no verdict, and what was told stays as it was.
func TestKnownSoFar(t *testing.T) {
	const records = `
shop.test. MX 10 mx1.test.
shop.test. MX 20 refused.test.
shop.test. MX 30 expired.test.
shop.test. TXT "v=spf1 mx -all"
_dmarc.shop.test. TXT "v=DMARC1; p=reject"
`
	var list []*Report
	var then []string
	met := func(r *Report) (n int) {
		for i := range r.Hosts {
			n += len(r.Hosts[i].met())
		}
		return n
	}
	text := func(r *Report) string {
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	end := at(t, "shop.test", records, func(o *Options) {
		o.Known = func(r *Report) { list, then = append(list, r), append(then, text(r)) }
	})
	if len(list) < 5 || len(list[0].Hosts) != 3 || met(list[0]) != 0 {
		t.Fatalf("%d times, first %+v", len(list), list)
	}
	for i, r := range list {
		if r.Verdict.Outcome != "" || text(r) != then[i] {
			t.Errorf("%d is %s, and was %s", i, text(r), then[i])
		}
		if i > 0 && met(r) < met(list[i-1]) {
			t.Errorf("%d has fewer hosts than before", i)
		}
	}
	if last := list[len(list)-1]; met(last) != met(end) || last.SPF == nil || last.DMARC == nil || len(last.Findings) != len(end.Findings) || end.Verdict.Outcome == "" {
		t.Errorf("the last is %s, the end %s", text(last), text(end))
	}
}
