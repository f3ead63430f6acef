package route

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

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
		"5.0.0.8": failing(survey.StateSTARTTLS, record.ExitHandshake, record.WhoOperator), "2a00::9": failing(survey.StateUnreachable, record.ExitConnect, record.WhoNetwork),
	}
}

// known is a resolver over a zone. Names that begin with fails get SERVFAIL, and those that begin with slow no answer.
type known struct{ zone.Client }

func (k known) Ask(ctx context.Context, q record.Question) record.Lookup {
	switch {
	case strings.HasPrefix(q.Name, "fails"), strings.HasSuffix(q.Name, ".9.5.in-addr.arpa"):
		return record.Lookup{Type: q.Type, Name: q.Name, Status: "SERVFAIL"}
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
	o := Options{Resolver: known{zone.Client{Server: server.Addr, Now: time.Now}}, Server: "a zone", Proves: true}
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

// codesOf are the findings of a report, as a scene has them.
func codesOf(r *Report) string {
	var list []string
	for _, f := range r.Findings {
		list = append(list, string(f.Code))
	}
	return strings.Join(list, " ")
}

func TestScenes(t *testing.T) {
	for _, s := range allScenes() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			r := at(t, "shop.test", s.records, nil)
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

func allScenes() []scene { return slices.Concat(mxScenes, portScenes) }

var mxScenes = []scene{
	{"in order", "shop.test. MX 20 mx2.test.\nshop.test. MX 10 mx1.test.", "", 0, "Mail for shop.test goes to mx1.test and mx2.test, and mx1.test answers in TLS 1.3."},
	{"no such domain", "", "no-domain", 3, "shop.test does not exist"},
	{"nothing at the domain", `shop.test. TXT "x"`, "no-route", 3, "no MX record and no address"},
	{"null MX", "shop.test. MX 0 .\nshop.test. A 5.0.0.1", "null-mx", 3, "accepts no mail"},
	{"null MX beside another", "shop.test. MX 0 .\nshop.test. MX 10 mx1.test.", "null-mx-mixed", 0, "goes to mx1.test"},
	{"no MX", "shop.test. A 5.0.0.1\n", "mx-implicit", 0, "goes to shop.test"},
	{"the domain is an alias", "shop.test. CNAME store.test.\nstore.test. MX 10 mx1.test.", "domain-alias", 0, "goes to mx1.test"},
	{"aliases of the domain in a loop", "shop.test. CNAME store.test.\nstore.test. CNAME shop.test.", "dns-failed", 3, "its aliases form a loop"},
	{"an address as MX", "shop.test. MX 10 5.0.0.1.", "mx-address", 3, "has the address 5.0.0.1 where a host name belongs"},
	{"an address in brackets as MX", "shop.test. MX 10 [5.0.0.1].\nshop.test. MX 20 mx1.test.", "mx-address", 0, "1 of 2 hosts fails"},
	{"an alias as MX", "shop.test. MX 10 a.test.\na.test. CNAME mx1.test.", "mx-alias", 0, "goes to a.test"},
	{"an alias as MX that goes in a loop", "shop.test. MX 10 a.test.\na.test. CNAME b.test.\nb.test. CNAME a.test.", "mx-alias-loop", 3, "is a loop or too long"},
	{"an alias of nothing", "shop.test. MX 10 a.test.\na.test. CNAME nothing.test.", "mx-alias mx-no-host", 3, "does not exist"},
	{"no such host", "shop.test. MX 10 nothing.test.\nshop.test. MX 20 mx1.test.", "mx-no-host", 0, "goes to mx1.test"},
	{"a host without an address", "shop.test. MX 10 t.test.\nt.test. TXT x", "mx-no-address", 3, "has no address"},
	{"a host whose lookup fails", "shop.test. MX 10 fails.test.", "mx-lookup-failed", 3, "the name server answers SERVFAIL"},
	{"a host whose lookup is slow", "shop.test. MX 10 slow.test.", "mx-lookup-failed", 124, "no name server answered in time"},
	{"a private host", "shop.test. MX 10 in.test.\nin.test. A 10.1.2.3\nin.test. AAAA fd00::1", "mx-private", 4, "fd00::1 (private), 10.1.2.3 (private)"},
	{"this machine as host", "shop.test. MX 10 in.test.\nin.test. A 127.0.0.1\nin.test. AAAA ::ffff:127.0.0.1", "mx-private", 4, "127.0.0.1 (loopback)"},
	{"a private address beside", "shop.test. MX 10 in.test.\nin.test. A 10.1.2.3\nin.test. A 5.0.0.1", "mx-private-beside", 0, "goes to in.test"},
	{"a host name with an underscore", "shop.test. MX 10 mail_1.test.\nmail_1.test. A 5.0.0.1", "mx-name", 0, "goes to mail_1.test"},
	{"a host twice", "shop.test. MX 10 mx1.test.\nshop.test. MX 20 mx1.test.\nshop.test. MX 30 mx1.test.", "mx-twice", 0, "goes to mx1.test"},
	{"many hosts", manyHosts(), "mx-many", 0, "and 8 more"},
	{"no PTR", "shop.test. MX 10 in.test.\nin.test. A 5.0.0.99", "ptr-missing", 0, ""},
	{"a PTR that fails", "shop.test. MX 10 in.test.\nin.test. A 5.9.0.1", "ptr-failed", 0, ""},
	{"a PTR that leads elsewhere", "shop.test. MX 10 in.test.\nin.test. A 5.0.0.98\n98.0.0.5.in-addr.arpa. PTR mx1.test.", "ptr-mismatch", 0, ""},
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
	{"cleartext", "shop.test. MX 10 clear.test.", "mx-cleartext", 0, "clear.test answers in cleartext"},
	{"refused", "shop.test. MX 10 refused.test.", "mx-unanswered", 4, "The session failed"},
	{"the first of two is refused", "shop.test. MX 10 refused.test.\nshop.test. MX 20 mx2.test.", "mx-unanswered", 0, "goes to mx2.test, and mx2.test answers in TLS 1.3. 1 of 2 hosts fails."},
	{"one of two addresses is refused", "shop.test. MX 10 two.test.\ntwo.test. A 5.0.0.1\ntwo.test. A 5.0.0.4", "mx-address-unanswered", 0, "goes to two.test"},
	{"a certificate that expired", "shop.test. MX 10 expired.test.", "mx-certificate", 0, "expired.test answers in TLS 1.3"},
	{"TLS that fails", "shop.test. MX 10 broken.test.", "mx-tls-failed", 0, "broken.test answers in cleartext"},
	{"one silent host", "shop.test. MX 10 silent1.test.", "mx-unanswered", 124, "The session failed"},
	{"silence everywhere", "shop.test. MX 10 silent1.test.\nshop.test. MX 20 silent2.test.", "port-25-blocked", 124, "probably blocks port 25"},
	{"no IPv6 from here", "shop.test. MX 10 six.test.", "no-route-from-here", 0, "six.test answers in TLS 1.3"},
}

// Who answers the MX query decides the exit code of what cannot be known.
func TestTheDomainItselfFails(t *testing.T) {
	for domain, want := range map[string]record.Exit{"fails.test": record.ExitName, "slow.test": record.ExitTimeout} {
		if r := at(t, domain, "", nil); r.Verdict.Exit != want || codesOf(r) != "dns-failed" || r.Way != WayUnknown {
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

// The codes of findings are unique, and every one is met in a scene.
func TestRows(t *testing.T) {
	met := " "
	for _, s := range allScenes() {
		met += s.codes + " "
	}
	seen := map[Code]bool{}
	for _, r := range rows {
		if seen[r.code] || !strings.Contains(met, " "+string(r.code)+" ") {
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
