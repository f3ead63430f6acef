package route

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"ehlo/session/record"
)

// configured is a file of settings for shop.test with servers, each "smtp mail.shop.test 465 SSL password-cleartext".
func configured(servers ...string) Fetched {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\"?>\n<clientConfig version=\"1.1\"><emailProvider id=\"shop.test\"><domain>shop.test</domain><unknown><hostname>x</hostname></unknown>\n")
	for _, s := range servers {
		w := strings.Fields(s)
		tag := "incomingServer"
		if w[0] == "smtp" {
			tag = "outgoingServer"
		}
		fmt.Fprintf(&b, "<%s type=%q><hostname>%s</hostname><port>%s</port><socketType>%s</socketType>", tag, w[0], w[1], w[2], w[3])
		for _, login := range w[4:] {
			fmt.Fprintf(&b, "<authentication>%s</authentication>", login)
		}
		fmt.Fprintf(&b, "<username>%%EMAILADDRESS%%</username></%s>\n", tag)
	}
	b.WriteString("</emailProvider></clientConfig>\n")
	return Fetched{Status: 200, Type: "text/xml; charset=utf-8", Body: []byte(b.String())}
}

const (
	// settled is shop.test with a host that is there for settings, and with a web server of its own.
	settled = "shop.test. MX 10 mx1.test.\nautoconfig.shop.test. A 5.0.0.1\nshop.test. A 5.0.0.1\nmail.shop.test. A 5.0.0.1\n"
	// The two places of settings, and that of autodiscover.
	first      = "https://autoconfig.shop.test/mail/config-v1.1.xml"
	second     = "https://shop.test/.well-known/autoconfig/mail/config-v1.1.xml"
	discovered = "https://autodiscover.shop.test/autodiscover/autodiscover.xml"
	// whole is a server that leaves nothing to be said.
	whole = "smtp mail.shop.test 465 SSL password-cleartext"
)

// given is what one web server gives.
func given(url string, f Fetched) map[string]Fetched { return map[string]Fetched{url: f} }

func autoconfigScenes() []scene {
	lost := func(what Lost) map[string]Fetched { return given(first, Fetched{Lost: what, Error: "why"}) }
	raw := func(text string) map[string]Fetched {
		return given(first, Fetched{Status: 200, Type: "text/xml", Body: []byte(text)})
	}
	servers := func(list ...string) map[string]Fetched { return given(first, configured(list...)) }
	typed := func(media string) Fetched {
		f := configured(whole)
		f.Type = media
		return f
	}
	srv := settled + "_submissions._tcp.shop.test. SRV 0 1 465 mail.shop.test.\n_imap._tcp.shop.test. SRV 0 0 0 .\n"
	return []scene{
		{name: "settings in order", records: srv, web: servers(whole, "imap imap.%EMAILDOMAIN% 993 SSL OAuth2 password-cleartext", "smtp mail.shop.test 587 STARTTLS SCRAM-SHA-256"), codes: "autoconfig-no-host"},
		{name: "settings with all that is known", records: srv, web: servers(whole, "imap mail.shop.test 993 SSL", "pop3 mail.shop.test 110 STARTTLS", "jmap x 0 x")},
		{name: "the same settings at both places", records: settled, web: map[string]Fetched{first: configured(whole), second: configured(whole)}},
		{name: "settings at the web server of the domain", records: settled, web: given(second, configured("smtp mail.shop.test 25 plain")), codes: "autoconfig-port-25 autoconfig-cleartext"},
		{name: "no settings", records: settled},
		{name: "a web site for everything", records: settled, web: given(second, Fetched{Status: 200, Type: "text/html", Body: []byte("<!doctype html>")})},
		{name: "a web server that is down", records: settled, web: given(second, Fetched{Lost: LostConnection, Error: "refused"})},
		{name: "settings at a private host", records: settled, web: lost(LostName), codes: "autoconfig-host"},
		{name: "settings that do not answer", records: settled, web: lost(LostConnection), codes: "autoconfig-fetch"},
		{name: "settings with a bad certificate", records: settled, web: lost(LostCertificate), codes: "autoconfig-web-certificate"},
		{name: "settings elsewhere", records: settled, web: given(first, Fetched{Status: 302, To: "https://elsewhere.test/"}), codes: "autoconfig-redirect"},
		{name: "settings behind a login", records: settled, web: given(first, Fetched{Status: 401, Logins: []string{"Basic"}}), codes: "autoconfig-status"},
		{name: "endless settings", records: settled, web: given(first, Fetched{Status: 200, Type: "text/xml", Large: true}), codes: "autoconfig-size"},
		{name: "settings as text", records: settled, web: given(first, typed("text/plain")), codes: "autoconfig-type"},
		{name: "settings as an application", records: settled, web: given(first, typed("application/xml"))},
		{name: "settings that end early", records: settled, web: raw(string(configured(whole).Body[:200])), codes: "autoconfig-file"},
		{name: "an empty file of settings", records: settled, web: raw(""), codes: "autoconfig-file"},
		{name: "a page in place of settings", records: settled, web: raw("<html/>"), codes: "autoconfig-file"},
		{name: "settings without a server", records: settled, web: servers(), codes: "autoconfig-file"},
		{name: "settings in another encoding", records: settled, web: raw(`<?xml version="1.0" encoding="utf-16"?>` + "<clientConfig/>"), codes: "autoconfig-file"},
		{name: "settings for another domain", records: settled, web: raw(strings.Replace(string(configured(whole).Body), "<domain>shop", "<domain>store", 1)), codes: "autoconfig-domain"},
		{name: "settings of two kinds", records: settled, web: map[string]Fetched{first: configured(whole), second: configured("smtp mail.shop.test 587 STARTTLS")}, codes: "autoconfig-differs"},
		{name: "a server without a port", records: settled, web: servers(whole, "imap mail.shop.test x SSL"), codes: "autoconfig-server"},
		{name: "a server with a socket of today", records: settled, web: servers(whole, "imap mail.shop.test 993 TLS"), codes: "autoconfig-server"},
		{name: "a server without a name", records: settled, web: servers(whole, "imap -. 993 SSL"), codes: "autoconfig-server"},
		{name: "settings that cannot send", records: settled, web: servers("imap mail.shop.test 993 SSL"), codes: "autoconfig-no-outgoing"},
		{name: "settings that send by another way", records: settled, web: servers("imap mail.shop.test 993 SSL", "jmap x 0 x")},
		{name: "settings with a host that is gone", records: settled, web: servers("smtp gone.shop.test 465 SSL"), codes: "autoconfig-no-host"},
		{name: "settings without TLS", records: settled, web: servers("smtp mail.shop.test 587 plain"), codes: "autoconfig-cleartext"},
		{name: "settings with the port of servers", records: settled, web: servers("smtp mail.shop.test 25 STARTTLS"), codes: "autoconfig-port-25"},
		{name: "settings with STARTTLS where TLS is first", records: settled, web: servers("smtp mail.shop.test 465 STARTTLS"), codes: "autoconfig-port"},
		{name: "settings with the port of another protocol", records: settled, web: servers(whole, "imap mail.shop.test 587 STARTTLS"), codes: "autoconfig-port"},
		{name: "settings with OAuth alone", records: settled, web: servers(whole+" OAuth2", "smtp mail.shop.test 587 STARTTLS OAuth2"), codes: "autoconfig-oauth"},
		{name: "settings of a provider", records: settled, web: servers("smtp mx2.test 465 SSL", "smtp mx2.test 587 STARTTLS", "imap mx1.test 993 SSL"), codes: "autoconfig-outside"},
		{name: "settings of a provider that a record names", records: settled + "_submissions._tcp.shop.test. SRV 0 1 465 mx2.test.", web: servers("smtp mx2.test 465 SSL")},
		{name: "settings and another SRV record", records: srv, web: servers("smtp mail.shop.test 4650 SSL"), codes: "autoconfig-srv"},
		{name: "settings for what SRV does not offer", records: srv, web: servers(whole, "imap mail.shop.test 143 STARTTLS"), codes: "autoconfig-srv"},
	}
}

var autodiscoverScenes = []scene{
	{name: "autodiscover in order", records: withTXT() + "autodiscover.shop.test. A 5.0.0.1", web: given(discovered, Fetched{Status: 401, Logins: []string{"Negotiate"}})},
	{name: "autodiscover elsewhere", records: withTXT() + "autodiscover.shop.test. A 5.0.0.1", web: given(discovered, Fetched{Status: 302, To: "https://elsewhere.test/"})},
	{name: "autodiscover that is not there", records: withTXT() + "autodiscover.shop.test. A 5.0.0.1"},
	{name: "autodiscover at a private host", records: withTXT() + "autodiscover.shop.test. A 10.0.0.1", web: given(discovered, Fetched{Lost: LostName, Error: "why"}), codes: "autodiscover-host"},
	{name: "autodiscover that does not answer", records: withTXT() + "autodiscover.shop.test. A 5.0.0.1", web: given(discovered, Fetched{Lost: LostConnection, Error: "why"}), codes: "autodiscover-fetch"},
	{name: "autodiscover with a bad certificate", records: withTXT() + "autodiscover.shop.test. A 5.0.0.1", web: given(discovered, Fetched{Lost: LostCertificate, Error: "why"}), codes: "autodiscover-web-certificate"},
	{name: "autodiscover without TLS", records: withTXT() + "autodiscover.shop.test. A 5.0.0.1", web: given(discovered, Fetched{Status: 301, To: "HTTP://elsewhere.test/"}), codes: "autodiscover-cleartext"},
	{name: "autodiscover by a record", records: withTXT() + "_autodiscover._tcp.shop.test. SRV 0 1 443 mx2.test.", web: given("https://mx2.test/autodiscover/autodiscover.xml", Fetched{Status: 503}), codes: "autodiscover-status"},
	{name: "autodiscover at another port", records: withTXT() + "_autodiscover._tcp.shop.test. SRV 0 1 8443 mx2.test.", web: given("https://mx2.test:8443/autodiscover/autodiscover.xml", Fetched{Status: 503}), codes: "autodiscover-status"},
	{name: "autodiscover at no host", records: withTXT() + "_autodiscover._tcp.shop.test. SRV 0 1 443 nothing.test.", codes: "srv-host"},
}

// What web servers gave is in the report, and what is not there is no fault; whatever it says, nobody is told a terminal's secrets.
func TestPages(t *testing.T) {
	s := scene{web: map[string]Fetched{second: configured(whole), discovered: {Status: 401, Logins: []string{"Basic\x1b[2J"}}}}
	r := at(t, "shop.test", settled+"autodiscover.shop.test. A 5.0.0.1", func(o *Options) { o.Fetch = s.fetch })
	want := []Page{{URL: first, Status: 404}, {URL: second, Status: 200, Type: "text/xml; charset=utf-8"}, {URL: discovered, Status: 401, Logins: []string{short("Basic\x1b[2J")}}}
	if !slices.EqualFunc(r.Pages, want, func(x, y Page) bool { return fmt.Sprint(x) == fmt.Sprint(y) }) {
		t.Errorf("%+v", r.Pages)
	}
	if len(r.Autoconfig) != 1 || r.Autoconfig[0].URL != second || r.Autoconfig[0].Servers[0].At() != "smtp mail.shop.test:465" {
		t.Errorf("%+v", r.Autoconfig)
	}
}

// What is wrong with settings is told with the server and the place, what differs first: lists show the beginning.
func TestWordsOfSettings(t *testing.T) {
	s := scene{web: given(first, configured("smtp mail.shop.test 25 plain", "smtp gone.shop.test 465 STARTTLS OAuth2", "imap mx2.test 993 SSL", "imap - 993 SSL"))}
	r := at(t, "shop.test", settled+"_imaps._tcp.shop.test. SRV 0 1 993 mx1.test.\n_submission._tcp.shop.test. SRV 0 0 0 .", func(o *Options) { o.Fetch = s.fetch })
	for code, want := range map[Code]string{
		"autoconfig-port-25":   "Mail clients are told to send by port 25, which is for mail between servers: smtp server mail.shop.test:25, by the settings at autoconfig.shop.test.",
		"autoconfig-cleartext": "Mail clients are told to use no TLS: smtp server mail.shop.test:25, by the settings at autoconfig.shop.test.",
		"autoconfig-port":      "Mail clients are told to use STARTTLS at port 465, which is for submission with TLS from the first byte: smtp server gone.shop.test:465, by the settings at autoconfig.shop.test.",
		"autoconfig-oauth":     "Mail clients are told that OAuth is the only login: smtp server gone.shop.test:465, by the settings at autoconfig.shop.test.",
		"autoconfig-no-host":   "Mail clients are told to use a host without an address: smtp server gone.shop.test:465, by the settings at autoconfig.shop.test.",
		"autoconfig-outside":   "Hosts outside of shop.test that no record of the domain names are in the settings for mail clients at autoconfig.shop.test: mx2.test.",
		"autoconfig-server":    "A server in the settings for mail clients at autoconfig.shop.test is passed over: a server of the type imap has the hostname -.",
	} {
		if i := slices.IndexFunc(r.Findings, func(f Finding) bool { return f.Code == code }); i < 0 || r.Findings[i].Text != want {
			t.Errorf("%s is not told as %q: %+v", code, want, r.Findings)
		}
	}
	for _, want := range []string{"The SRV record at _imaps._tcp.shop.test names mx1.test:993, and the settings for mail clients at autoconfig.shop.test name the imap server mx2.test:993.",
		"The SRV record at _submission._tcp.shop.test says that this service is not offered, and the settings for mail clients at autoconfig.shop.test name the smtp server mail.shop.test:25."} {
		if !slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Text == want }) {
			t.Errorf("nothing says %q", want)
		}
	}
}

// A domain that accepts no mail has a web site that is nobody's business here.
func TestNoPagesWithoutMail(t *testing.T) {
	r := at(t, "shop.test", "shop.test. MX 0 .\nshop.test. A 5.0.0.1", func(o *Options) { o.Fetch = scene{}.fetch })
	if len(r.Pages) > 0 {
		t.Errorf("%+v", r.Pages)
	}
}

// Without a way to ask web servers none is asked, and nothing is said of them.
func TestNoFetch(t *testing.T) {
	r := at(t, "shop.test", settled+"autodiscover.shop.test. A 5.0.0.1", nil)
	if len(r.Pages)+len(r.Autoconfig) > 0 || !slices.Equal(r.Settings, []string{"autoconfig.shop.test", "autodiscover.shop.test"}) {
		t.Errorf("%+v", r)
	}
}

// What keeps mail clients from a file is said in words that fit into a sentence.
func TestFaultOfSettings(t *testing.T) {
	body := func(servers ...string) string { return string(configured(servers...).Body) }
	for text, want := range map[string]string{
		"":                                   "the file is empty",
		"<html/>":                            "the root element is html, and not clientConfig",
		body():                               "no server is named that a mail client can use",
		body("smtp x 0 SSL"):                 "no server is named that a mail client can use",
		"<clientConfig>&x;</clientConfig>":   "line 1: invalid character entity &x;",
		"<clientConfig>\n<a></clientConfig>": "line 2: element <a> closed by </clientConfig>",
		strings.Repeat("<clientConfig>", 17): "elements are nested more than 16 deep",
		`<?xml version="1.0" encoding="Latin-9"?><clientConfig/>`:                               "the encoding is Latin-9, and not UTF-8",
		`<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><clientConfig>&b;</clientConfig>`: "line 1: invalid character entity &b;",
		"\uFEFF" + body(whole): "",
	} {
		if _, why := ReadAutoconfig([]byte(text), "shop.test"); why != want {
			t.Errorf("%.60q: %q, want %q", text, why, want)
		}
	}
}

// A file names no more servers than are looked at, with the first of what it gives twice.
func TestSettingsAreBounded(t *testing.T) {
	file, why := ReadAutoconfig(configured(slices.Repeat([]string{whole}, mostSettings+5)...).Body, "shop.test")
	if why != "" || len(file.Servers) != mostSettings {
		t.Errorf("%d servers, %s", len(file.Servers), why)
	}
	twice := strings.Replace(string(configured(whole).Body), "<hostname>mail", "<hostname>first.test</hostname><hostname>mail", 1)
	if file, _ := ReadAutoconfig([]byte(twice), "shop.test"); file.Servers[0].Host != "first.test" {
		t.Errorf("%+v", file)
	}
}

// Whatever a web server sends as settings, it is read or refused within bounds, and nothing of it is shown that a terminal might obey.
func FuzzReadAutoconfig(f *testing.F) {
	for _, s := range autoconfigScenes() {
		for _, page := range s.web {
			f.Add(string(page.Body))
		}
	}
	hostile := "<incomingServer type='imap'><hostname>\u202ea\u009b31m</hostname><socketType>\u202e</socketType><authentication>\u009b</authentication></incomingServer></emailProvider>"
	f.Add(strings.NewReplacer("<domain>shop", "<domain>\u202e\u009bshop", "</emailProvider>", hostile).Replace(string(configured(whole).Body)))
	f.Fuzz(func(t *testing.T, body string) {
		page := Fetched{Status: 200, Type: "text/xml", Body: []byte(body[:min(len(body), LargestPage)])}
		a := newAsking(t.Context(), "shop.test", Options{Resolver: counting(func(q record.Question) record.Lookup { return record.Lookup{Type: q.Type, Name: q.Name} }, new(int)), Fetch: func(context.Context, string) Fetched { return page }})
		a.report.Settings = []string{"autoconfig.shop.test"}
		a.autoconfig()
		for _, f := range a.report.Findings {
			if strings.ContainsFunc(f.Text, obeyed) {
				t.Errorf("%q is shown as it is", f.Text)
			}
		}
		for _, file := range a.report.Autoconfig {
			if len(file.Servers) > mostSettings || len(file.Domains) > mostSettings {
				t.Errorf("%d servers for %d domains", len(file.Servers), len(file.Domains))
			}
			for _, s := range file.Servers {
				if text := s.At() + s.Socket + strings.Join(s.Logins, ""); strings.ContainsFunc(text, obeyed) {
					t.Errorf("%q is shown as it is", text)
				}
			}
		}
	})
}

// obeyed are the characters that a terminal does not show but does.
func obeyed(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }
