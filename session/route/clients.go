package route

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"ehlo/session/record"
)

var clientRows = []row{
	{"srv-host", warn, 0, "The SRV record at %s names %s, which has no address.", "RFC 2782, RFC 6186 §3.4", recipient, "publish an address for this host, or correct the record", "mail clients that set themselves up by this record"},
	{"srv-alias", info, 0, "The SRV record at %s names %s, which is an alias of %s.", "RFC 2782", recipient, "name the host itself in the SRV record", "nothing at most mail clients"},
	{"srv-record", warn, 0, "The SRV record at %s is not valid: %s.", "RFC 2782", recipient, "publish priority, weight, port and host", "mail clients that set themselves up by this record"},
	{"srv-cleartext", info, 0, "The domain %s has SRV records for submission with STARTTLS and none for submissions, where TLS comes first.", "RFC 8314 §5.1, RFC 6186 §3.1", recipient, "offer submission with TLS from the first byte on port 465, and publish _submissions._tcp",
		"nothing; mail clients do without the safer port"},
	{"clients-unset", info, 0, "The domain %s has no settings for mail clients in DNS: neither SRV records nor the names autoconfig and autodiscover.", "RFC 6186 §1, §3, RFC 8314 §5.1", recipient, "publish SRV records such as _submissions._tcp and _imaps._tcp",
		"nothing; a mail client guesses the servers, or its user has to know them"},
}

// Service is a server that the domain names for mail clients (RFC 6186, RFC 8314 §5.1).
type Service struct {
	Name     string `json:"name"` // "_submissions._tcp"
	Priority int    `json:"priority"`
	Weight   int    `json:"weight"`
	Port     int    `json:"port"`
	// Host is empty where the service is said not to be offered (RFC 6186 §3.4).
	Host string `json:"host,omitempty"`
}

// services are what mail clients look for.
var services = []string{"_submissions._tcp", "_submission._tcp", "_imaps._tcp", "_imap._tcp", "_pop3s._tcp", "_pop3._tcp", "_autodiscover._tcp"}

// settings are the names where mail clients look for settings over HTTPS.
var settings = []string{"autoconfig", "autodiscover"}

// clients looks at what the domain publishes for mail clients.
func (a *asking) clients() {
	for _, service := range services {
		a.service(service)
	}
	for _, name := range settings {
		name += "." + a.report.Domain
		if a.hasAddress(name) {
			a.report.Settings = append(a.report.Settings, name)
		}
	}
	if a.Fetch != nil {
		a.autoconfig()
		a.autodiscover()
	}
	if len(a.report.Services)+len(a.report.Settings)+len(a.report.Autoconfig) == 0 && a.report.Way != WayNull && !a.knows("srv-record") {
		a.find(found("clients-unset", a.report.Domain, called(a.report.Domain)))
	}
	offered := func(name string) bool {
		return slices.ContainsFunc(a.report.Services, func(s Service) bool { return s.Name == name && s.Host != "" })
	}
	if offered("_submission._tcp") && !offered("_submissions._tcp") {
		a.find(found("srv-cleartext", a.report.Domain, called(a.report.Domain)))
	}
}

// hasAddress reports whether a name has an address.
func (a *asking) hasAddress(name string) bool {
	return len(a.ask("A", name).data)+len(a.ask("AAAA", name).data) > 0
}

// mostServices bounds how many records of one service are looked at.
const mostServices = 4

// service reads the SRV records of one.
func (a *asking) service(service string) {
	name := service + "." + a.report.Domain
	var list []Service
	data := a.ask("SRV", name).data
	for _, d := range data[:min(len(data), mostServices)] {
		s, ok := serviceOf(service, d)
		if !ok {
			a.find(found("srv-record", name, called(name), short(d)))
			continue
		}
		list = append(list, s)
	}
	slices.SortStableFunc(list, func(x, y Service) int {
		return cmp.Or(cmp.Compare(x.Priority, y.Priority), cmp.Compare(y.Weight, x.Weight), cmp.Compare(x.Host, y.Host))
	})
	for _, s := range list {
		a.judgeService(name, s)
	}
	a.report.Services = append(a.report.Services, list...)
}

// serviceOf reads an SRV record as a zone file writes it: priority, weight, port, host.
func serviceOf(service, data string) (s Service, ok bool) {
	fields := strings.Fields(data)
	if len(fields) != 4 {
		return s, false
	}
	var numbers [3]int
	for i := range numbers {
		n, err := strconv.ParseUint(fields[i], 10, 16)
		if err != nil {
			return s, false
		}
		numbers[i] = int(n)
	}
	s = Service{service, numbers[0], numbers[1], numbers[2], strings.ToLower(bare(fields[3]))}
	return s, s.Host == "" || s.Port > 0 && hostName(s.Host)
}

func (a *asking) judgeService(name string, s Service) {
	if s.Host == "" {
		return
	}
	four, six := a.ask("A", s.Host), a.ask("AAAA", s.Host)
	switch none := len(four.data)+len(six.data) == 0; {
	case none && !four.failed() && !six.failed():
		a.find(found("srv-host", name, called(name), called(s.Host)))
	case four.aliased():
		a.find(found("srv-alias", name, called(name), called(s.Host), called(four.end)))
	}
}

var listRows = []row{
	{"listed", warn, 0, "%s, an address of %s, is on the block list %s: %s.", "RFC 5782 §2.1", operator, "find out why on the page of the list, end the cause, and ask for removal", "nothing that arrives; mail that this address sends is refused by receivers which use the list"},
	{"list-refuses", info, 0, "The block list %s does not answer this resolver: it gives %s.", "RFC 5782 §2.1", record.WhoYou, "ask by a resolver of your own; many lists do not answer public ones", "this test; whether the address is listed is unknown"},
	{"list-broken", warn, 0, "The block list %s does not work: %s.", "RFC 5782 §5", record.WhoYou, "use another list; one that nobody operates any more may list every address", "this test; whether the address is listed is unknown"},
}

// lists asks block lists for the addresses of the mail servers, and for that of the client.
func (a *asking) lists() {
	for _, list := range a.Lists {
		if why := a.unusable(list); why != "" {
			a.find(found("list-broken", list, called(list), why))
			continue
		}
		asked := map[netip.Addr]bool{}
		if a.Client.IsValid() {
			a.listed(list, a.Client, "the client", asked)
		}
		for _, h := range a.report.Hosts {
			for _, addr := range h.Addresses {
				if addr.Special == "" || a.Private {
					a.listed(list, addr.Addr(), called(h.Name), asked)
				}
			}
		}
	}
}

// unusable says what is wrong with a list, by the entries that each must and must not have (RFC 5782 §5).
func (a *asking) unusable(list string) string {
	test, not := a.ask("A", "2.0.0.127."+list), a.ask("A", "1.0.0.127."+list)
	switch {
	case test.failed():
		return test.why()
	case len(not.data) > 0:
		return "it lists 127.0.0.1, and so perhaps everything"
	case len(test.data) == 0:
		return "its entry for tests, 127.0.0.2, is missing"
	}
	return ""
}

// listed asks for one address, once.
func (a *asking) listed(list string, addr netip.Addr, of string, asked map[netip.Addr]bool) {
	if asked[addr] {
		return
	}
	asked[addr] = true
	name := Reversed(addr) + "." + list
	l := a.ask("A", name)
	switch {
	case len(l.data) == 0:
	case strings.HasPrefix(l.data[0], "127.255.255."), !strings.HasPrefix(l.data[0], "127."): // how lists say that they do not answer, and what is no answer
		a.find(found("list-refuses", list, called(list), short(l.data[0])))
	default:
		why := l.data[0]
		if reasons := a.ask("TXT", name).data; len(reasons) > 0 {
			text, _ := record.TextOf(reasons[0])
			why += ", " + short(strings.TrimSuffix(text, "."))
		}
		a.find(found("listed", addr.String(), addr.String(), of, called(list), why))
	}
}
