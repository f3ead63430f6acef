package ask

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"ehlo/session/doctor"
	"ehlo/session/engine"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/route"
	"ehlo/session/sasl"
	"ehlo/session/setup"
	"ehlo/session/walk"
)

var update = flag.Bool("update", false, "write what is found as what is wanted")

// broken are set-ups with the step at which each is broken, the exit code, and who is written to; empty is nobody.
var broken = []struct {
	name   string
	made   func(*testing.T) Config
	step   string
	exit   record.Exit
	reader doctor.Reader
}{
	{"no such host", practice("no-such-host"), doctor.StepName, record.ExitName, doctor.DNS},
	{"null MX", practice("null-mx"), doctor.StepRoute, record.ExitName, ""},
	{"refused", practice("refused"), doctor.StepPort, record.ExitConnect, doctor.Operator},
	{"filtered", waiting("filtered"), doctor.StepPort, record.ExitTimeout, doctor.Firewall},
	{"port 25 blocked for a mail client", waiting("blocked-25"), doctor.StepPort, record.ExitTimeout, ""},
	{"port 25 blocked for a server", blockedRelay, doctor.StepPort, record.ExitTimeout, doctor.Firewall},
	{"wrong port", waiting("wrong-port"), doctor.StepGreeting, record.ExitGreeting, ""},
	{"TLS to a port with STARTTLS", practice("wrong-port-tls"), doctor.StepTLS, record.ExitHandshake, ""},
	{"a web server", practice("http"), doctor.StepGreeting, record.ExitGreeting, ""},
	{"silent", waiting("silent"), doctor.StepGreeting, record.ExitTimeout, doctor.Operator},
	{"stops answering", waiting("stall"), doctor.StepGreeting, record.ExitTimeout, doctor.Operator},
	{"closed", practice("closed"), doctor.StepGreeting, record.ExitProtocol, doctor.Operator},
	{"554 in the greeting", practice("greeting-refused"), doctor.StepGreeting, record.ExitGreeting, doctor.Postmaster},
	{"no STARTTLS", practice("no-tls"), doctor.StepTLS, record.ExitSTARTTLS, doctor.Operator},
	{"STARTTLS overwritten", practice("garbled"), doctor.StepTLS, record.ExitSTARTTLS, doctor.Firewall},
	{"STARTTLS refused", practice("starttls-refused"), doctor.StepTLS, record.ExitSTARTTLS, doctor.Operator},
	{"TLS 1.1 at most", practice("old-tls"), doctor.StepTLS, record.ExitHandshake, doctor.Operator},
	{"TLS dies", practice("large-hello"), doctor.StepTLS, record.ExitHandshake, doctor.Operator},
	{"expired", practice("expired"), doctor.StepCertificate, record.ExitCertificate, doctor.Operator},
	{"wrong name", practice("wrong-host"), doctor.StepCertificate, record.ExitCertificate, doctor.Operator},
	{"a name for an address", practice("server-name"), doctor.StepCertificate, record.ExitCertificate, ""},
	{"self-signed", practice("self-signed"), doctor.StepCertificate, record.ExitCertificate, doctor.Operator},
	{"private CA", practice("private-ca"), doctor.StepCertificate, record.ExitCertificate, doctor.Operator},
	{"missing intermediate", practice("missing-intermediate"), doctor.StepCertificate, record.ExitCertificate, doctor.Operator},
	{"revoked", practice("revoked"), doctor.StepCertificate, record.ExitCertificate, doctor.Operator},
	{"cleartext after STARTTLS", practice("injected"), doctor.StepTLS, record.ExitProtocol, doctor.Operator},
	{"no AUTH", withoutAuth, doctor.StepAuth, record.ExitNoAuth, doctor.Operator},
	{"wrong password", practice("wrong-password"), doctor.StepAuth, record.ExitAuth, doctor.Operator},
	{"a challenge that is none", practice("challenge-not-base64"), doctor.StepAuth, record.ExitProtocol, doctor.Operator},
	{"passwords retired", practice("basic-auth-retired"), doctor.StepAuth, record.ExitAuth, ""},
	{"relaying denied", practice("relay-denied"), doctor.StepPolicy, record.ExitEnvelope, ""},
	{"greylisting", practice("greylist"), doctor.StepPolicy, record.ExitDeferred, ""},
	{"unknown recipient", practice("unknown-user"), doctor.StepPolicy, record.ExitEnvelope, ""},
	{"a full mailbox", practice("mailbox-full"), doctor.StepPolicy, record.ExitDeferred, doctor.Postmaster},
	{"a home address on a block list", practice("dnsbl"), doctor.StepPolicy, record.ExitEnvelope, ""},
	{"a block list", listingDomain, doctor.StepPolicy, record.ExitEnvelope, doctor.Postmaster},
	{"no reverse DNS", practice("no-reverse-dns"), doctor.StepPolicy, record.ExitDeferred, doctor.Provider},
	{"sender authentication", practice("dkim-broken"), doctor.StepPolicy, record.ExitData, ""},
	{"all ports closed", closedHost, doctor.StepPort, record.ExitConnect, doctor.Operator},
	{"a domain that does not exist", domain(nil), doctor.StepName, record.ExitName, ""},
	{"an MX record to a host without an address", domain(map[string]string{"MX": "10 mx.example.org."}), doctor.StepRoute, record.ExitName, doctor.DNS},
	{"a domain that refuses a mailbox", refusingDomain, doctor.StepPolicy, record.ExitEnvelope, ""},
	{"a domain that rejects the sender", rejectingDomain, doctor.StepPolicy, record.ExitEnvelope, doctor.Postmaster},
	{"a domain whose server does not know it", relayRefusingDomain, doctor.StepPolicy, record.ExitEnvelope, doctor.Operator},
	{"relaying denied after a login", afterLogin("RCPT", "554 5.7.1 <bob@example.org>: Relay access denied"), doctor.StepPolicy, record.ExitEnvelope, doctor.Operator},
	{"a login that does not count", afterLogin("MAIL", "530 5.7.1 Client was not authenticated"), doctor.StepPolicy, record.ExitEnvelope, doctor.Operator},
	{"an account that may not send", afterLogin("MAIL", "550 5.7.1 Your account is not activated"), doctor.StepPolicy, record.ExitEnvelope, doctor.Operator},
	{"replies that break the protocol", garbledDomain, doctor.StepPolicy, record.ExitProtocol, doctor.Operator},
	{"port 465 alone expired", oneExpired, doctor.StepCertificate, record.ExitCertificate, doctor.Operator},
}

// The first cause of each is found, and what is written about it can be sent as it is.
func TestBroken(t *testing.T) {
	found := map[string]*doctor.Diagnosis{}
	var mu sync.Mutex
	var waiting sync.WaitGroup
	for _, test := range broken {
		cfg := test.made(t)
		look := func() {
			d := diagnosed(t, cfg)
			mu.Lock()
			defer mu.Unlock()
			found[test.name] = d
		}
		if cfg.Setup.Config.Timeout == silence {
			waiting.Go(look)
			continue
		}
		look()
	}
	waiting.Wait()
	var all strings.Builder
	for _, test := range broken {
		d := found[test.name]
		if d.Failed() != test.step || d.Verdict.Exit != test.exit || doctor.FirstFault(d.Steps) != test.exit {
			t.Errorf("%s: %q with exit code %d, want %q with %d: %s", test.name, d.Failed(), d.Verdict.Exit, test.step, test.exit, d.Verdict.Cause)
		}
		switch {
		case d.Letter == nil && test.reader == "" && d.NoLetter != "":
		case d.Letter == nil || d.Letter.Reader != test.reader:
			t.Errorf("%s: the letter is %+v, want one to %q", test.name, d.Letter, test.reader)
		default:
			complete(t, test.name, d)
		}
		fmt.Fprintf(&all, "=== %s\n%s\n", test.name, told(d))
	}
	compare(t, "broken.golden", steady(all.String()))
}

// complete holds that nothing is missing in a letter, and that it is in the form of mail.
func complete(t *testing.T, name string, d *doctor.Diagnosis) {
	text := strings.Join(d.Letter.Body, "\n")
	for _, want := range []string{"Hello,\n", "What was seen:\n", "  Time:         20", "lease ", "\nIt is mended when ", "Kind regards"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s: there is no %q in\n%s", name, want, text)
		}
	}
	if !regexp.MustCompile(`(?m)^  (Server|Name):  +\S`).MatchString(text) {
		t.Errorf("%s: no server and no name in\n%s", name, text)
	}
	if strings.ContainsAny(d.Letter.Subject+text, "{}\r\x1b") || d.Letter.Subject == "" || len(d.Letter.Subject) > 78 || d.Letter.To == "" {
		t.Errorf("%s: %q\n%s", name, d.Letter.Subject, text)
	}
	for _, line := range d.Letter.Body {
		if len([]rune(line)) > 72 && !strings.HasPrefix(line, "  ") {
			t.Errorf("%s: a line of %d columns: %s", name, len([]rune(line)), line)
		}
	}
}

// What works has no fault, and nobody is written to.
func TestWorks(t *testing.T) {
	var all strings.Builder
	for _, test := range []struct {
		name string
		made func(*testing.T) Config
	}{
		{"submission", practice("submission")},
		{"relay", practice("relay")},
		{"MX", practice("mx-order")},
		{"a domain", domain(working)},
		{"opportunistic TLS with a certificate that failed", practice("opportunistic")},
		{"all ports of a host", wholeHost},
	} {
		cfg := test.made(t)
		var known []*doctor.Diagnosis
		cfg.Known = func(d *doctor.Diagnosis) { known = append(known, d) }
		d := diagnosed(t, cfg)
		grows(t, test.name, known, d)
		if d.Failed() != "" || d.Verdict.Exit != record.ExitOK || d.Letter != nil || d.NoLetter != "" {
			t.Errorf("%s: %+v", test.name, d)
		}
		fmt.Fprintf(&all, "=== %s\n%s\n", test.name, told(d))
	}
	compare(t, "works.golden", steady(all.String()))
}

// grows holds that what is known while a diagnosis is made becomes more, up to the certificate, and is what the diagnosis says of the
// name and of TLS.
func grows(t *testing.T, name string, known []*doctor.Diagnosis, end *doctor.Diagnosis) {
	t.Helper()
	before := 0
	for _, d := range known {
		now := 0
		for i, c := range d.Steps {
			if c.Text != "" {
				now++
			}
			if (c.Name == doctor.StepName || c.Name == doctor.StepTLS) && c.Text != "" && len(known) > 0 && d == known[len(known)-1] && c != end.Steps[i] {
				t.Errorf("%s: %+v is known, and at the end it is %+v", name, c, end.Steps[i])
			}
		}
		if now < before || d.Verdict.Outcome != "" || d.Letter != nil {
			t.Errorf("%s: %d steps are known after %d: %+v", name, now, before, d)
		}
		before = now
	}
	if before < 4 {
		t.Errorf("%s: only %d steps were known before the end", name, before)
	}
}

// A person who stops the session has no fault found, and what was not come to is told so.
func TestStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d, err := Ask(ctx, practice("submission")(t))
	if err != nil || d.Failed() != "" || d.Verdict.Exit != record.ExitStopped || d.Letter != nil {
		t.Errorf("%+v, %v", d, err)
	}
	for _, c := range d.Steps {
		if c.State != doctor.Unseen {
			t.Errorf("%+v", c)
		}
	}
}

func diagnosed(t *testing.T, cfg Config) *doctor.Diagnosis {
	t.Helper()
	d, err := Ask(t.Context(), cfg)
	if err != nil {
		t.Error(err)
	}
	return d
}

// told is a diagnosis as text.
func told(d *doctor.Diagnosis) string {
	var b strings.Builder
	for _, c := range d.Steps {
		if c.Text != "" {
			fmt.Fprintf(&b, "%-7s%-12s %s\n", c.State, c.Name, c.Text)
		}
	}
	if d.NoLetter != "" {
		fmt.Fprintf(&b, "no letter: %s\n", d.NoLetter)
	}
	if l := d.Letter; l != nil {
		if l.Sending != "" {
			fmt.Fprintf(&b, "before it is sent: %s\n", l.Sending)
		}
		fmt.Fprintf(&b, "\nTo: %s\nSubject: %s\n\n%s\n", l.To, l.Subject, strings.Join(l.Body, "\n"))
	}
	return b.String()
}

// What differs from run to run.
var unsteady = []struct{ form, to string }{
	{`\d+ ms\b`, "0 ms"},
	{`(\bafter\s)\d+(\s)seconds?`, "${1}8${2}seconds"},
	{`\b20\d\d-\d\d-\d\d( \d\d:\d\d:\d\d UTC)?`, "2026-01-01$1"},
	{`\d\d:\d\d:\d\d UTC`, "12:00:00 UTC"},
	{`(\s)\d\d:\d\d UTC`, "${1}12:00 UTC"},
	{`\b[0-9A-F]{64}\b`, "FINGERPRINT"},
	{`\b\d{3} bytes`, "300 bytes"},
	{`\b\d{4} bytes`, "1500 bytes"},
	{`:[0-9]{5}\b`, ":PORT"},
}

func steady(text string) string {
	for _, u := range unsteady {
		text = regexp.MustCompile(u.form).ReplaceAllString(text, u.to)
	}
	return text
}

func compare(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || got != string(want) {
		t.Errorf("%s differs (%v): run with -update and look at the difference", path, err)
	}
}

// practice is the practice server with a scenario, as the command line meets it; waiting is the same where something has to be waited for
// that never comes.
func practice(scenario string) func(*testing.T) Config { return within(time.Minute, scenario) }
func waiting(scenario string) func(*testing.T) Config  { return within(silence, scenario) }

// silence is how long a wait is where it is certain that nothing comes.
const silence = 2 * time.Second

func within(limit time.Duration, scenario string) func(*testing.T) Config {
	return func(t *testing.T) Config {
		family := "ip4" // machines without IPv6 find the same
		if scenario == "no-such-host" {
			family = "ip"
		}
		p := made(t, setup.Request{Target: "lab:" + scenario, Network: family, Timeout: limit, Unwatched: true, Goal: walk.Goal{SendMessage: true}})
		return Config{Asked: "lab:" + scenario, Setup: p}
	}
}

func made(t *testing.T, asked setup.Request) *setup.Setup {
	t.Helper()
	p, err := setup.New(asked)
	if err == nil {
		err = p.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// host is a real one of that name, at an address for documentation, whose ports are dialed by a function. The client has such an address too.
func host(t *testing.T, asked setup.Request, dial func(ctx context.Context, network, address string) (net.Conn, error)) *setup.Setup {
	asked.Target, asked.Timeout, asked.Unwatched = "mail.example.org", time.Minute, true
	p := made(t, asked)
	p.Config.Resolver, p.Config.Dial = fixed{}, func(ctx context.Context, network, address string) (net.Conn, error) {
		if network == "udp" { // only to know the own address
			return from{}, nil
		}
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return from{conn}, nil
	}
	return p
}

// from is a connection from an address for documentation (RFC 5737).
type from struct{ net.Conn }

func (from) LocalAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.MustParseAddrPort("198.51.100.7:40000"))
}

// Close implements [net.Conn].
func (f from) Close() error {
	if f.Conn == nil {
		return nil
	}
	return f.Conn.Close()
}

// fixed is a resolver that has one address for every name.
type fixed struct{}

func (fixed) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("192.0.2.25")}, nil
}

// withoutAuth is a server for mail clients on whose port nobody can log in.
func withoutAuth(t *testing.T) Config {
	p := host(t, setup.Request{Port: record.PortSubmission, TLS: "off"}, func(context.Context, string, string) (net.Conn, error) {
		return answering(map[string]string{"EHLO": "250-mail.example.org\r\n250 SIZE 1000"}), nil
	})
	return Config{Asked: "mail.example.org:587", Setup: p}
}

// answering is a connection to a server that has a reply to each verb, and the usual one to those that are not among them.
func answering(replies map[string]string) net.Conn {
	usual := map[string]string{"QUIT": "221 bye"}
	client, server := net.Pipe()
	go func() {
		defer server.Close()
		fmt.Fprint(server, "220 mail.example.org ESMTP\r\n")
		for lines := bufio.NewScanner(server); lines.Scan(); {
			verb, _, _ := strings.Cut(strings.ToUpper(lines.Text()), " ")
			fmt.Fprintf(server, "%s\r\n", cmp.Or(replies[verb], usual[verb], "250 ok"))
		}
	}()
	return client
}

// closedHost refuses at every port.
func closedHost(t *testing.T) Config {
	p := host(t, setup.Request{}, func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, "127.0.0.1:1")
	})
	return Config{Asked: "mail.example.org", Setup: p, Ports: []int{25, 465, 587}}
}

// blockedRelay is a host of which a server that delivers mail reaches other ports alone.
func blockedRelay(t *testing.T) Config {
	l := started(t, "submission")
	goal := walk.Goal{From: walk.NullSender, To: []string{"bob@example.org"}}
	p := host(t, setup.Request{Port: record.PortRelay, Until: "rcpt", Goal: goal}, func(ctx context.Context, network, address string) (net.Conn, error) {
		_, port, _ := net.SplitHostPort(address)
		if port == "25" {
			return nil, os.ErrDeadlineExceeded
		}
		return l.DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
	})
	p.Config.TLS = engine.TLSConfig{RootCAs: l.RootCAs()}
	return Config{Asked: "mail.example.org:25", Setup: p}
}

// wholeHost is the practice server with all its ports, as a host that a person named.
func wholeHost(t *testing.T) Config { return hosted(t, func(int) string { return "submission" }) }

// oneExpired is a host whose certificate was renewed at one port alone.
func oneExpired(t *testing.T) Config {
	return hosted(t, func(port int) string {
		if port == record.PortSubmissions {
			return "expired"
		}
		return "submission"
	})
}

// hosted is a host that has at each port that of the practice server with a scenario, and a login at the best of them.
func hosted(t *testing.T, scenario func(port int) string) Config {
	labs := map[string]*lab.Lab{}
	for _, port := range []int{25, 465, 587} {
		if sc := scenario(port); labs[sc] == nil {
			labs[sc] = started(t, sc)
		}
	}
	roots := labs["submission"].RootCAs()
	for _, l := range labs {
		roots.AppendCertsFromPEM(l.CAPEM())
	}
	user := labs["submission"].Accounts()[0]
	on := func(port int) (*setup.Setup, error) {
		s := host(t, setup.Request{Port: port, Goal: walk.Goal{Credentials: sasl.Credentials{Username: user.User, Password: sasl.NewSecret(user.Password)}}}, func(ctx context.Context, network, address string) (net.Conn, error) {
			_, number, _ := net.SplitHostPort(address)
			n := 0
			fmt.Sscan(number, &n)
			return labs[scenario(n)].DialContext(ctx, network, "127.0.0.1:"+number)
		})
		s.Config.TLS = engine.TLSConfig{RootCAs: roots}
		return s, nil
	}
	p, err := on(0)
	if err != nil {
		t.Fatal(err)
	}
	return Config{Asked: "mail.example.org", Setup: p, Ports: []int{25, 465, 587}, On: on, Files: doctor.Files{Roots: "/home/ann/company-roots.pem"}}
}

func started(t *testing.T, scenario string) *lab.Lab {
	sc, err := lab.Find(scenario)
	if err != nil {
		t.Fatal(err)
	}
	sc.Knobs.CertNames = []string{"mail.example.org"}
	l, err := lab.Start(sc, lab.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// records are what DNS says of every name, by type; none of a name that does not exist.
type records map[string]string

// Ask implements [route.Resolver].
func (r records) Ask(_ context.Context, q record.Question) record.Lookup {
	l := record.Lookup{Type: q.Type, Name: q.Name, Status: record.StatusNoError}
	switch data, known := r[q.Type]; {
	case len(r) == 0:
		l.Status = record.StatusNXDomain
	case known:
		l.Answers = []record.Answer{{Name: q.Name, Type: q.Type, TTL: 60, Data: data}}
	}
	return l
}

// LookupNetIP implements [engine.Resolver].
func (r records) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(r["A"]); err == nil {
		return []netip.Addr{a}, nil
	}
	return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
}

// domain is the mail of example.org with such records and a server.
func domain(r records) func(*testing.T) Config {
	return func(t *testing.T) Config { return serving(t, r, nil) }
}

// serving is the same with a server that has such replies.
func serving(t *testing.T, r records, replies map[string]string) Config {
	goal := walk.Goal{From: walk.NullSender, To: []string{"bob@example.org"}}
	p := host(t, setup.Request{Port: record.PortRelay, TLS: "opportunistic", Until: "rcpt", Goal: goal}, func(context.Context, string, string) (net.Conn, error) { return answering(replies), nil })
	p.Config.Target.Host, p.Config.Resolver, p.MX = "example.org", r, true
	return Config{Asked: "bob@example.org", Setup: p, Domain: "example.org", Route: route.Options{Resolver: r, Private: true}}
}

var working = records{"MX": "10 mx.example.org.", "A": "192.0.2.25", "PTR": "mx.example.org."}

func refusingDomain(t *testing.T) Config {
	return serving(t, working, map[string]string{"RCPT": "550 5.1.1 <bob@example.org>: user unknown"})
}

func garbledDomain(t *testing.T) Config {
	return serving(t, working, map[string]string{"RCPT": "221 bye"})
}

func relayRefusingDomain(t *testing.T) Config {
	return serving(t, working, map[string]string{"RCPT": "554 5.7.1 <bob@example.org>: Relay access denied"})
}

// afterLogin is a server that takes the login, and then answers a verb in this way.
func afterLogin(verb, reply string) func(t *testing.T) Config {
	return func(t *testing.T) Config {
		goal := walk.Goal{From: "ann@example.org", To: []string{"bob@example.org"}, Credentials: sasl.Credentials{Username: "ann", Password: sasl.NewSecret("practice-42")}}
		p := host(t, setup.Request{Port: record.PortSubmission, TLS: "off", AllowCleartextAuth: true, Until: "rcpt", Goal: goal}, func(context.Context, string, string) (net.Conn, error) {
			return answering(map[string]string{"EHLO": "250-mail.example.org\r\n250 AUTH PLAIN", "AUTH": "235 2.7.0 ok", verb: reply}), nil
		})
		return Config{Asked: "mail.example.org:587", Setup: p}
	}
}

func rejectingDomain(t *testing.T) Config {
	return serving(t, working, map[string]string{"RCPT": "550 5.7.1 rejected by policy of this site"})
}

func listingDomain(t *testing.T) Config {
	return serving(t, working, map[string]string{"RCPT": "554 5.7.1 Service unavailable; Client host [198.51.100.7] blocked using bl.example.net; see https://bl.example.net/query/198.51.100.7"})
}

// A server that repeats the password does not bring it into what is sent to others.
func TestNoSecret(t *testing.T) {
	const password = "hunter2-hunter2"
	p := host(t, setup.Request{Port: record.PortSubmission, TLS: "off", AllowCleartextAuth: true, Goal: walk.Goal{Credentials: sasl.Credentials{Username: "ann", Password: sasl.NewSecret(password)}}},
		func(context.Context, string, string) (net.Conn, error) {
			return answering(map[string]string{"EHLO": "250-mail.example.org\r\n250 AUTH PLAIN", "AUTH": "535 5.7.8 the password " + password + " of ann is wrong"}), nil
		})
	d := diagnosed(t, Config{Asked: "mail.example.org:587", Setup: p})
	text, err := json.Marshal(d)
	if err != nil || d.Failed() != doctor.StepAuth || d.Letter == nil || strings.Contains(string(text)+told(d), password) {
		t.Errorf("%v: %s", err, text)
	}
}
