package route

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// autoconfigDraft describes the files of autoconfig; it is work in progress.
const autoconfigDraft = "draft-ietf-mailmaint-autoconfig-06"

// askedInstead is what a fault stops that keeps mail clients from the settings.
const askedInstead = "mail clients that set themselves up; they look elsewhere, guess the servers, or ask their user for them"

var autoconfigRows = []row{
	{"autoconfig-host", warn, 0, "The settings for mail clients of %s cannot be fetched: the host %s %s.", autoconfigDraft + " §4.1, RFC 6890 §2.2", recipient, "publish a public address for this host, or remove its name", askedInstead},
	{"autoconfig-fetch", warn, 0, "The settings for mail clients of %s cannot be fetched from %s over HTTPS: %s.", autoconfigDraft + " §4.1, §7.3", recipient, "have this host serve the settings over HTTPS, or remove its name",
		"mail clients that set themselves up; where one falls back to HTTP without TLS, an attacker on the path can name other servers"},
	{"autoconfig-web-certificate", warn, 0, "The settings for mail clients of %s cannot be fetched: the certificate of %s failed verification: %s.", autoconfigDraft + " §4.1, §7.3", recipient,
		"give the web server a certificate for this name that clients can verify", "mail clients that set themselves up; where one falls back to HTTP without TLS, an attacker on the path can name other servers"},
	{"autoconfig-redirect", info, 0, "The settings for mail clients of %s were not read: %s redirects to %s, which was not contacted.", autoconfigDraft + " §4.1, §7.1", recipient, "have this host serve the settings itself",
		"mail clients that do not follow; for others, who has the other host decides where passwords go"},
	{"autoconfig-status", warn, 0, "The settings for mail clients of %s cannot be fetched: the web server %s answers %d.", autoconfigDraft + " §4.1, §6.3", recipient, "have the web server answer 200 with the settings, without a login", askedInstead},
	{"autoconfig-size", warn, 0, "The settings for mail clients at %s are larger than %d bytes, and were not read.", autoconfigDraft + " §6", recipient, "leave only the servers of the domain in the file", askedInstead + " if they have such a limit"},
	{"autoconfig-type", info, 0, "The settings for mail clients at %s have the media type %s; text/xml is required.", autoconfigDraft + " §3", recipient, "have the web server send the file as text/xml", "nothing at most mail clients; strict ones do not read the settings"},
	{"autoconfig-file", warn, 0, "The settings for mail clients at %s are not valid: %s.", autoconfigDraft + " §3.2, §3.9", recipient, "correct the file", askedInstead},
	{"autoconfig-domain", info, 0, "The settings for mail clients at %s are not for the domain %s: they name %s.", autoconfigDraft + " §3.2.3", recipient, "add this domain to the file", "nothing at most mail clients; strict ones do not use the settings"},
	{"autoconfig-differs", warn, 0, "The settings for mail clients at %s and at %s name different servers.", autoconfigDraft + " §4.1, §6", recipient, "serve the same file at both places",
		"nothing; but which servers a mail client uses depends on where it asks"},
}

var serverRows = []row{
	{"autoconfig-server", warn, 0, "A server in the settings for mail clients at %s is passed over: %s.", autoconfigDraft + " §3.7, §3.9", recipient, "correct hostname, port or socketType (SSL, STARTTLS or plain)", "the use of this server"},
	{"autoconfig-no-outgoing", warn, 0, "No server for outgoing mail is in the settings for mail clients at %s.", autoconfigDraft + " §3.4", recipient, "add an outgoing server of the type smtp", "sending; the user has to know the server"},
	{"autoconfig-no-host", warn, 0, "Mail clients are told to use a host without an address: %s, by the settings at %s.", autoconfigDraft + " §3.7.1, §6", recipient, "publish an address for this host, or correct the settings", "mail clients that use this server"},
	{"autoconfig-cleartext", warn, 0, "Mail clients are told to use no TLS: %s, by the settings at %s.", "RFC 8314 §3, §4.1, " + autoconfigDraft + " §3.7.3", recipient, "offer the service with TLS from the first byte, and name that in the settings",
		"nothing; but anyone on the path can read the password and the mail"},
	{"autoconfig-port-25", warn, 0, "Mail clients are told to send by port 25, which is for mail between servers: %s, by the settings at %s.", "RFC 6409 §3.1, RFC 8314 §3.3, RFC 5068 §3.1", recipient, "offer submission on port 465, and name that in the settings",
		"sending from the many networks that block port 25"},
	{"autoconfig-port", warn, 0, "Mail clients are told to use %[3]s at port %[4]d, which is for %[5]s: %[1]s, by the settings at %[2]s.", "RFC 8314 §3, §7, RFC 6409 §3.1", recipient, "correct port or socketType in the settings", "mail clients that use this server, unless it serves this port in another way than usual"},
	{"autoconfig-oauth", info, 0, "Mail clients are told that OAuth is the only login: %s, by the settings at %s.", autoconfigDraft + " §3.7.4, §6.4, RFC 7628 §1", recipient, "let every mail client register, or accept another login beside it",
		"mail clients that are not registered with this provider: no password helps their user"},
	{"autoconfig-outside", info, 0, "Hosts outside of %s that no record of the domain names are in the settings for mail clients at %s: %s.", autoconfigDraft + " §5.1, §7.1, RFC 6186 §6", recipient,
		"make sure that these hosts are yours or those of your provider, and name them in SRV records too", "nothing; a mail client should let its user confirm the other domain"},
	{"autoconfig-srv", warn, 0, "The SRV record at %s %s, and the settings for mail clients at %s name the %s.", "RFC 6186 §3, RFC 8314 §5.1, " + autoconfigDraft + " §4.5", recipient, "have both name the same server",
		"nothing, or mail clients of one kind: which server one uses depends on where it looks"},
}

// place is where mail clients look for settings.
type place struct {
	host, url string
	// own says that the host has its name for this alone, so that what does not work there is a fault.
	own bool
}

// places are those of autoconfig, in the order of mail clients. The web server of the domain itself may have settings, and need not.
func (a *asking) places() (list []place) {
	domain := a.report.Domain
	if host := "autoconfig." + domain; slices.Contains(a.report.Settings, host) {
		list = append(list, place{host, "https://" + host + "/mail/config-v1.1.xml", true})
	}
	if a.report.Way != WayNull && a.hasAddress(domain) {
		list = append(list, place{domain, "https://" + domain + "/.well-known/autoconfig/mail/config-v1.1.xml", false})
	}
	return list
}

// autoconfig looks at the settings that web servers give to mail clients.
func (a *asking) autoconfig() {
	list := a.places()
	var urls []string
	for _, p := range list {
		urls = append(urls, p.url)
	}
	for i, f := range a.fetch(urls...) {
		if a.given(list[i], f) {
			a.readSettings(list[i], f)
		}
	}
}

// given reports whether there are settings, and says what is wrong where there should be some. That there are none is no fault.
func (a *asking) given(p place, f Fetched) bool {
	domain, host := called(a.report.Domain), called(p.host)
	add := func(code Code, args ...any) { a.find(found(code, p.host, args...)) }
	switch {
	case !p.own:
		return f.Status == 200 && isXML(f.media())
	case f.Lost == LostName:
		add("autoconfig-host", domain, host, short(f.Error))
	case f.Lost == LostCertificate:
		add("autoconfig-web-certificate", domain, host, short(f.Error))
	case f.Lost != "":
		add("autoconfig-fetch", domain, host, short(f.Error))
	case f.Status/100 == 3:
		add("autoconfig-redirect", domain, host, orNone(short(f.To)))
	case f.Status == 404 || f.Status == 410:
	case f.Status != 200:
		add("autoconfig-status", domain, host, f.Status)
	}
	return f.Status == 200
}

func isXML(media string) bool {
	return media == "text/xml" || media == "application/xml" || strings.HasSuffix(media, "+xml")
}

// readSettings reads a file, and holds it against the one before and against the records. Two that name the same are judged once.
func (a *asking) readSettings(p place, f Fetched) {
	at := called(p.host)
	if f.Large {
		a.find(found("autoconfig-size", p.host, at, LargestPage))
		return
	}
	file, why := ReadAutoconfig(f.Body, a.report.Domain)
	if why != "" {
		a.find(found("autoconfig-file", p.host, at, why))
		return
	}
	if !isXML(f.media()) {
		a.find(found("autoconfig-type", p.host, at, orNone(short(f.Type))))
	}
	file.URL = p.url
	before := a.report.Autoconfig
	a.report.Autoconfig = append(before, file)
	switch {
	case len(before) == 0:
		a.judgeSettings(p.host, file)
	case !reflect.DeepEqual(before[0].Servers, file.Servers):
		a.find(found("autoconfig-differs", p.host, "autoconfig."+called(a.report.Domain), at))
		a.judgeSettings(p.host, file)
	}
}

// judgeSettings says what is wrong with the servers of a file.
func (a *asking) judgeSettings(host string, file Autoconfig) {
	at, domain := called(host), a.report.Domain
	if len(file.Domains) > 0 && !slices.Contains(file.Domains, domain) {
		a.find(found("autoconfig-domain", host, at, called(domain), strings.Join(file.Domains, ", ")))
	}
	var usable []Setting
	for _, s := range file.Servers {
		switch {
		case !s.known:
		case s.fault() != "":
			a.find(found("autoconfig-server", host, at, s.fault()))
		default:
			usable = append(usable, s)
			a.judgeSetting(host, s)
		}
	}
	a.judgeOutgoing(host, file, usable)
	a.outside(host, usable)
	a.disagreeing(host, usable)
}

// judgeOutgoing says that mail cannot be sent with the settings. What is neither IMAP nor POP sends by itself (§3.4).
func (a *asking) judgeOutgoing(host string, file Autoconfig, usable []Setting) {
	sends := func(s Setting) bool { return s.Kind == "smtp" || !s.known }
	if !slices.ContainsFunc(usable, sends) && !slices.ContainsFunc(file.Servers, func(s Setting) bool { return !s.known }) {
		a.find(found("autoconfig-no-outgoing", host, called(host)))
	}
}

// judgeSetting says what is wrong with one server.
func (a *asking) judgeSetting(host string, s Setting) {
	add := func(code Code, args ...any) {
		a.find(found(code, host, append([]any{s.server(), called(host)}, args...)...))
	}
	usual, ok := portOf(s.Port)
	switch {
	case s.Kind == "smtp" && s.Port == 25:
		add("autoconfig-port-25")
	case ok && (usual.kind != s.Kind || s.Socket != socketPlain && usual.socket != s.Socket):
		add("autoconfig-port", s.Socket, s.Port, usual.what)
	}
	if s.Socket == socketPlain {
		add("autoconfig-cleartext")
	}
	if s.Kind == "smtp" && len(s.Logins) > 0 && !slices.ContainsFunc(s.Logins, func(l string) bool { return l != "OAuth2" && l != "OAuth" }) {
		add("autoconfig-oauth")
	}
	if !a.hasAddress(s.Host) && !a.ask("A", s.Host).failed() {
		add("autoconfig-no-host")
	}
}

// usualPort is a port of mail, and what it is for (RFC 8314 §3, RFC 6409 §3.1).
type usualPort struct {
	port               int
	kind, socket, what string
}

func portOf(port int) (usualPort, bool) {
	list := []usualPort{
		{465, "smtp", socketTLS, "submission with TLS from the first byte"}, {587, "smtp", socketSTARTTLS, "submission with STARTTLS"},
		{993, "imap", socketTLS, "IMAP with TLS from the first byte"}, {143, "imap", socketSTARTTLS, "IMAP with STARTTLS"},
		{995, "pop3", socketTLS, "POP with TLS from the first byte"}, {110, "pop3", socketSTARTTLS, "POP with STARTTLS"},
	}
	i := slices.IndexFunc(list, func(p usualPort) bool { return p.port == port })
	if i < 0 {
		return usualPort{}, false
	}
	return list[i], true
}

// outside names the hosts of other domains, unless a record of this domain names them too.
func (a *asking) outside(host string, list []Setting) {
	var names []string
	for _, s := range list {
		if !within(s.Host, a.report.Domain) && !a.named(s.Host) && !slices.Contains(names, called(s.Host)) {
			names = append(names, called(s.Host))
		}
	}
	if len(names) > 0 {
		a.find(found("autoconfig-outside", host, called(a.report.Domain), called(host), strings.Join(names, ", ")))
	}
}

// within reports whether a host is that of a domain, or below it.
func within(host, domain string) bool { return host == domain || strings.HasSuffix(host, "."+domain) }

// named reports whether an SRV or an MX record of the domain names the host.
func (a *asking) named(host string) bool {
	return slices.ContainsFunc(a.report.Services, func(s Service) bool { return s.Host == host }) || slices.ContainsFunc(a.report.Hosts, func(h Host) bool { return strings.EqualFold(h.Name, host) })
}

// disagreeing holds servers against the SRV records for the same service: one of them has to be among these.
func (a *asking) disagreeing(host string, list []Setting) {
	for _, service := range services {
		same := slices.DeleteFunc(slices.Clone(list), func(s Setting) bool { return s.service() != service })
		records := slices.DeleteFunc(slices.Clone(a.report.Services), func(s Service) bool { return s.Name != service })
		agree := func(s Setting) bool {
			return slices.ContainsFunc(records, func(r Service) bool { return r.Host == s.Host && r.Port == s.Port })
		}
		if len(same) == 0 || len(records) == 0 || slices.ContainsFunc(same, agree) {
			continue
		}
		says := "says that this service is not offered"
		if records[0].Host != "" {
			says = fmt.Sprintf("names %s:%d", called(records[0].Host), records[0].Port)
		}
		a.find(found("autoconfig-srv", host, fmt.Sprintf("%s.%s", service, called(a.report.Domain)), says, called(host), same[0].server()))
	}
}

// service is the name of the SRV records for such a server (RFC 6186 §3, RFC 8314 §5.1).
func (s Setting) service() string {
	name := map[string]string{"smtp": "_submission", "imap": "_imap", "pop3": "_pop3"}[s.Kind]
	if s.Socket == socketTLS {
		name += "s"
	}
	return name + "._tcp"
}
