package route

import (
	"fmt"
	"slices"
	"strings"
)

// autodiscoverDoc describes how clients of Exchange find their server.
const autodiscoverDoc = "Microsoft: MS-OXDISCO"

var autodiscoverRows = []row{
	{"autodiscover-host", warn, 0, "Autodiscover of %s cannot be asked: the host %s %s.", autodiscoverDoc + " §3.1.5.2, RFC 6890 §2.2", recipient, "publish a public address for this host, or remove its name", "clients of Exchange that set themselves up from outside"},
	{"autodiscover-fetch", warn, 0, "Autodiscover of %s does not answer at %s: %s.", autodiscoverDoc + " §1.5, §3.1.5.2", recipient, "have this host serve autodiscover over HTTPS, or remove its name", "clients of Exchange that set themselves up; each waits here before it looks elsewhere"},
	{"autodiscover-web-certificate", warn, 0, "Autodiscover of %s cannot be trusted: the certificate of %s failed verification: %s.", autodiscoverDoc + " §1.5", recipient, "give the web server a certificate for this name that clients can verify",
		"clients of Exchange that set themselves up; others show their user a warning"},
	{"autodiscover-cleartext", warn, 0, "Autodiscover of %s at %s redirects to %s, without TLS.", autodiscoverDoc + " §1.5", recipient, "have the redirect lead to a URL of https", "clients of Exchange that refuse it; others tell the password to anyone on the path"},
	{"autodiscover-status", info, 0, "Autodiscover of %s fails: the web server %s answers %d.", autodiscoverDoc + " §1.5", recipient, "look into the log of the web server", "clients of Exchange that set themselves up"},
}

// autodiscover asks where clients of Exchange look first, and without what they send: a mail address and a password. A server in order
// wants a login then, or leads elsewhere. What it would say after the login stays unknown.
func (a *asking) autodiscover() {
	list := a.discoverers()
	var urls []string
	for _, p := range list {
		urls = append(urls, p.url)
	}
	for i, f := range a.fetch(urls...) {
		a.judgeDiscoverer(list[i].host, f)
	}
}

// discoverers are the host that has the name, and the first that an SRV record names (MS-OXDISCO §3.1.5.2, §3.1.5.3). Clients ask the web
// server of the domain too; what a web site answers to a path that it does not know says nothing, and is not asked for.
func (a *asking) discoverers() (list []place) {
	if host := "autodiscover." + a.report.Domain; slices.Contains(a.report.Settings, host) {
		list = append(list, discoverer(host, 443))
	}
	i := slices.IndexFunc(a.report.Services, func(s Service) bool { return s.Name == "_autodiscover._tcp" && s.Host != "" && a.hasAddress(s.Host) })
	if i >= 0 {
		s := a.report.Services[i]
		if p := discoverer(s.Host, s.Port); !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list
}

func discoverer(host string, port int) place {
	at := host
	if port != 443 {
		at = fmt.Sprintf("%s:%d", host, port)
	}
	return place{host, "https://" + at + "/autodiscover/autodiscover.xml", true}
}

func (a *asking) judgeDiscoverer(host string, f Fetched) {
	domain, at := called(a.report.Domain), called(host)
	add := func(code Code, args ...any) { a.find(found(code, host, append([]any{domain, at}, args...)...)) }
	switch {
	case f.Lost == LostName:
		add("autodiscover-host", short(f.Error))
	case f.Lost == LostCertificate:
		add("autodiscover-web-certificate", short(f.Error))
	case f.Lost != "":
		add("autodiscover-fetch", short(f.Error))
	case f.Status/100 == 3 && strings.HasPrefix(strings.ToLower(f.To), "http:"):
		add("autodiscover-cleartext", short(f.To))
	case f.Status/100 == 5:
		add("autodiscover-status", f.Status)
	}
}
