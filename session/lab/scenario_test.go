package lab

import (
	"crypto/tls"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
)

func TestScenarioTable(t *testing.T) {
	kebab := regexp.MustCompile(`^[a-z0-9]+([.-][a-z0-9]+)*$`)
	target := regexp.MustCompile(`^(smtp|submission|submissions|lmtp)://[a-z0-9.-]+(:[0-9]+)?$`)
	seen := map[string]bool{}
	for _, sc := range Scenarios() {
		if !kebab.MatchString(sc.Name) || seen[sc.Name] {
			t.Errorf("name %q is no kebab-case or not unique", sc.Name)
		}
		seen[sc.Name] = true
		if slices.Contains([]string{sc.Group, sc.Title, sc.Story, sc.Task, sc.From, sc.To}, "") {
			t.Errorf("%s: an empty field in %+v", sc.Name, sc)
		}
		if !target.MatchString(sc.Target) {
			t.Errorf("%s: target %q", sc.Name, sc.Target)
		}
		if sc.Finding != "" && !kebab.MatchString(sc.Finding) {
			t.Errorf("%s: finding %q", sc.Name, sc.Finding)
		}
		if _, known := account(sc.User); sc.User != "" && !known {
			t.Errorf("%s: no account %q", sc.Name, sc.User)
		}
		if strings.Contains(sc.Title+sc.Story+sc.Task, "!") {
			t.Errorf("%s raises its voice", sc.Name)
		}
	}
}

// A task is read after "To do:" and on its own: one sentence that tells
// someone to do or to find something.
func TestTasksAreSentences(t *testing.T) {
	form := regexp.MustCompile(`^(Walk|Find|Deliver|Compare|Explain|Say|Cancel|Name|Open|Count|Follow|Read|Wait|Try|Look|Choose|Decide|Connect|Decode|Send|Stop) [^.?]+([.][0-9][^.?]*)*[.]$`)
	for _, sc := range Scenarios() {
		if !form.MatchString(sc.Task) {
			t.Errorf("%s: task %q", sc.Name, sc.Task)
		}
	}
}

// Texts that send the learner to another scenario name one that exists.
func TestScenariosNamedInTextsExist(t *testing.T) {
	named := regexp.MustCompile(`scenario ([a-z0-9.-]*[a-z0-9])`)
	for _, sc := range Scenarios() {
		for _, m := range named.FindAllStringSubmatch(sc.Story+" "+sc.Task, -1) {
			if _, err := Find(m[1]); err != nil {
				t.Errorf("%s: %v", sc.Name, err)
			}
		}
	}
}

// What the practice server does otherwise than a real one is said.
func TestStoriesOweNothingToTheLearner(t *testing.T) {
	for name, says := range map[string]string{"stripped": "the line that this client did not see", "wrong-port": "what the second connection proves"} {
		if sc := find(t, name); !strings.Contains(sc.Task, says) {
			t.Errorf("%s: %q", name, sc.Task)
		}
	}
	if sc := find(t, "wrong-port"); sc.Finding != "silence-on-implicit-port" || !strings.Contains(sc.Story, "second connection") {
		t.Errorf("%+v", sc)
	}
}

func TestFind(t *testing.T) {
	if sc := find(t, ""); sc.Name != "submission" {
		t.Errorf("the default is %q", sc.Name)
	}
	for port, want := range map[string]string{"25": "relay", "465": "submissions", "587": "submission", "2525": "alternate"} {
		if sc := find(t, port); sc.Name != want {
			t.Errorf("the server on port %s is %q", port, sc.Name)
		}
	}
	for typed, want := range map[string]string{
		"greylisting": "greylist", "tls12": "tls-1.2", "strippd": "stripped", "Relay": "relay", "certificate": "client-certificate",
	} {
		_, err := Find(typed)
		unknown, ok := errors.AsType[*UnknownScenarioError](err)
		if !ok || !slices.Contains(unknown.Near, want) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want a hint at %s", typed, err, want)
		}
	}
	for _, typed := range []string{"zzzzzzzz", strings.Repeat("a", 100_000)} {
		_, err := Find(typed)
		if unknown, ok := errors.AsType[*UnknownScenarioError](err); !ok || len(unknown.Near) != 0 {
			t.Errorf("%.20s: %v, want no hint", typed, err)
		}
	}
}

// The caller may turn knobs without turning them for everyone.
func TestScenariosAreCopies(t *testing.T) {
	first := find(t, "slow")
	first.Knobs.Wire[0].Wait = 0
	if find(t, "slow").Knobs.Wire[0].Wait == 0 {
		t.Error("two callers share a rule")
	}
}

// TestScripts walks the scenarios that are dialogue from end to end. A line
// is a command and how its reply begins; TLS stands for a handshake.
func TestScripts(t *testing.T) {
	for name, script := range map[string]string{
		"relay-denied": `25
			EHLO laptop  250-
			MAIL FROM:<stranger@example.org>  250
			RCPT TO:<someone@example.net>  554 5.7.1`,
		"wrong-password": `587
			EHLO laptop  250-
			STARTTLS  220
			TLS
			EHLO laptop  250-
			AUTH PLAIN ` + plain("ann", "tulip-41") + `  535 5.7.8
			AUTH PLAIN ` + plain("ann", "tulip-42") + `  235`,
		"wrong-password-454": `587
			EHLO laptop  250-
			STARTTLS  220
			TLS
			EHLO laptop  250-
			AUTH PLAIN ` + plain("ann", "tulip-41") + `  454 4.7.0 invalid username or password
			AUTH PLAIN ` + plain("ann", "tulip-42") + `  235`,
		"no-initial-response": `587
			EHLO laptop  250-
			STARTTLS  220
			TLS
			EHLO laptop  250-
			AUTH PLAIN ` + plain("ann", "tulip-42") + `  501 5.5.4
			AUTH PLAIN  334
			` + plain("ann", "tulip-42") + `  235`,
		"expired-token": `587
			EHLO laptop  250-
			STARTTLS  220
			TLS
			EHLO laptop  250-
			AUTH XOAUTH2 ` + b64("user=dave\x01auth=Bearer practice-token-dave-expired\x01\x01") + `  334
			=  535 5.7.8
			AUTH XOAUTH2 ` + b64("user=dave\x01auth=Bearer practice-token-dave-new\x01\x01") + `  235`,
		"ehlo-name": `25
			EHLO laptop  550 5.7.1
			HELO laptop  550 5.7.1
			EHLO mx.example  250-
			MAIL FROM:<>  250`,
		"ipv6-broken": `25
			EHLO laptop  250-
			MAIL FROM:<>  250
			NEXT [::1]:25 554 5.7.1
			QUIT  221`,
		"alternate": `2525
			EHLO laptop  250-mail.lab
			AUTH PLAIN  530 5.7.0`,
		"starttls-refused": `587
			EHLO laptop  250-
			STARTTLS  454 4.7.0
			STARTTLS  454 4.7.0
			AUTH PLAIN  530 5.7.0`,
		"no-tls": `587
			EHLO laptop  250-
			STARTTLS  502 5.5.1
			AUTH PLAIN ` + plain("ann", "tulip-42") + `  235
			MAIL FROM:<ann@lab.test>  250`,
		"greylist": `25
			EHLO laptop  250-
			RCPT TO:<bob@lab.test>  503
			MAIL FROM:<stranger@example.org>  250
			RCPT TO:<bob@lab.test>  451 4.7.1
			ADVANCE 4m59s
			RCPT TO:<ann@lab.test>  451 4.7.1
			RCPT TO:<bob@lab.test>  451 4.7.1
			ADVANCE 1s
			RCPT TO:<ann@lab.test>  451 4.7.1
			RCPT TO:<bob@lab.test>  250`,
		"unknown-user": `25
			EHLO laptop  250-
			MAIL FROM:<>  250
			RCPT TO:<bbo@lab.test>  550 5.1.1`,
		"mailbox-full": `25
			EHLO laptop  250-
			MAIL FROM:<>  250
			RCPT TO:<bob@lab.test>  452 4.2.2`,
		"sender-mismatch": `587
			EHLO laptop  250-
			STARTTLS  220
			TLS
			EHLO laptop  250-
			AUTH PLAIN ` + plain("ann", "tulip-42") + `  235
			MAIL FROM:<team@lab.test>  553 5.7.1`,
		"rate-limit": `25
			EHLO laptop  250-
			MAIL FROM:<a@example.org>  421 4.7.0
			END`,
		"impatient": `25
			EHLO laptop  250-
			ADVANCE 9s
			NOOP  250
			ADVANCE 10s
			REPLY 421 4.4.2
			END`,
		"greeting-refused": `25 554
			EHLO laptop  503 5.5.1
			QUIT  221
			END`,
		"helo-only": `25
			EHLO laptop  502
			MAIL FROM:<a@example.org>  503
			HELO laptop  250
			STARTTLS  503
			MAIL FROM:<a@example.org>  250`,
		"chunking-off": `25
			EHLO laptop  250-
			MAIL FROM:<a@example.org> RET=HDRS  555
			MAIL FROM:<a@example.org>  250
			RCPT TO:<bob@lab.test>  250
			BDAT 0 LAST  502 5.5.1
			DATA  354`,
		"wrong-port-tls": `587
			END-OF-TLS`,
	} {
		t.Run(name, func(t *testing.T) { walk(t, scenario(t, name), script) })
		if reply := find(t, name).Reply; !strings.Contains(script, reply) {
			t.Errorf("%s: the reply %q that it is about does not occur", name, reply)
		}
	}
}

// walk runs a script: the port and how the greeting begins, then lines.
func walk(t *testing.T, l *Lab, script string) {
	t.Helper()
	ports := map[string]int{"25": 25, "587": 587, "2525": 2525}
	opening, lines, _ := strings.Cut(script, "\n")
	port, greeting, _ := strings.Cut(opening, " ")
	c := dial(t, l, ports[port])
	if !strings.Contains(lines, "END-OF-TLS") {
		c.expect(greeting)
	}
	for line := range strings.Lines(lines) {
		line := strings.TrimSpace(line)
		if wait, ok := strings.CutPrefix(line, "ADVANCE "); ok {
			d, err := time.ParseDuration(wait)
			check(t, err)
			l.Advance(d)
			continue
		}
		if reply, ok := strings.CutPrefix(line, "REPLY "); ok {
			c.expect(reply)
			continue
		}
		if next, ok := strings.CutPrefix(line, "NEXT "); ok {
			address, greeting, _ := strings.Cut(next, " ")
			c = dialAddress(t, l, address)
			c.expect(greeting)
			continue
		}
		switch line {
		case "TLS":
			check(t, c.upgrade())
		case "END":
			c.gone()
		case "END-OF-TLS":
			if _, ok := errors.AsType[tls.RecordHeaderError](c.upgrade()); !ok {
				t.Error("a greeting was taken for TLS")
			}
		default:
			c.play(line)
		}
	}
}

// Text on the port of implicit TLS: the server waits for a ClientHello, and
// what comes instead ends the connection.
func TestClearTextOnPort465(t *testing.T) {
	c := dial(t, scenario(t, "wrong-port"), 465)
	c.send("EHLO laptop")
	c.drain()
}

func TestGreylistRemembersAcrossConnections(t *testing.T) {
	l := start(t, find(t, "greylist"), Options{Now: fixedClock})
	for _, want := range []string{"451 4.7.1 <bob@lab.test>: greylisted, try again in 300 seconds", "451 4.7.1 <bob@lab.test>: greylisted, try again in 1 ", "250 2.1.5"} {
		c := dial(t, l, 25)
		c.expect("220 ")
		c.play("EHLO laptop  250-\nMAIL FROM:<>  250\nRCPT TO:<bob@lab.test>  " + want)
		l.Advance(299 * time.Second)
	}
}

func TestTLSVersions(t *testing.T) {
	for name, want := range map[string]uint16{"submission": tls.VersionTLS13, "tls-1.2": tls.VersionTLS12, "old-tls": 0} {
		c := dial(t, scenario(t, name), 587)
		c.starttls()
		err := c.upgrade()
		if want == 0 && (err == nil || !strings.Contains(err.Error(), "remote error: tls: protocol version not supported")) {
			t.Errorf("%s: %v, want the alert protocol_version", name, err)
		}
		if conn, ok := c.conn.(*tls.Conn); want != 0 && (!ok || conn.ConnectionState().Version != want) {
			t.Errorf("%s: %v, want %s", name, err, tls.VersionName(want))
		}
	}
	c := dial(t, scenario(t, "old-tls"), 587) // it would work with a client as old
	c.starttls()
	config := clientConfig(c.lab)
	config.MinVersion = tls.VersionTLS10
	check(t, c.upgradeWith(config))
	if v := c.conn.(*tls.Conn).ConnectionState().Version; v != tls.VersionTLS11 {
		t.Errorf("got %s", tls.VersionName(v))
	}
}

func TestOptionsBoundTLS(t *testing.T) {
	c := dial(t, start(t, find(t, ""), Options{TLSMax: tls.VersionTLS12}), 587)
	c.secure()
	if v := c.conn.(*tls.Conn).ConnectionState().Version; v != tls.VersionTLS12 {
		t.Errorf("got %s", tls.VersionName(v))
	}
}

func TestResumption(t *testing.T) {
	l := scenario(t, "")
	config := clientConfig(l)
	config.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	for _, resumed := range []bool{false, true} {
		c := dial(t, l, 465)
		check(t, c.upgradeWith(config))
		c.expect("220 ") // the ticket comes before it
		if got := c.conn.(*tls.Conn).ConnectionState().DidResume; got != resumed {
			t.Errorf("resumed: %v, want %v", got, resumed)
		}
	}
}

// Who is who: a client has a name of its own, which is neither that of the server nor the laptop of the people whose mailboxes the server
// holds, where the story is about another organization.
func TestClientsHaveNamesOfTheirOwn(t *testing.T) {
	for name, want := range map[string]string{
		"submission": "laptop.lab.test", "blocked-25": "laptop.lab.test", "wrong-password": "phone.lab.test", "client-settings": "scanner.lab.test",
		"relay": "mail.example.org", "envelope": "mail.example.net", "opportunistic": "mail.example.org", "spf-fail": "www.shop.example",
		"dmarc-reject": "out.bulk.example", "dnsbl": "dyn-203-0-113-77.isp.example", "lmtp": "mail.lab", "lmtp-port": "filter.lab",
	} {
		if got := find(t, name).EHLOName; got != want {
			t.Errorf("%s: the client is %s, want %s", name, got, want)
		}
	}
	for _, sc := range Scenarios() {
		target, err := record.ParseTarget(sc.Target, sc.User != "")
		check(t, err)
		ours := strings.HasSuffix(sc.EHLOName, "."+Domain) || strings.HasSuffix(sc.EHLOName, ".lab")
		if relays := target.Port == record.PortRelay && sc.User == ""; sc.EHLOName == target.Host || ours == relays {
			t.Errorf("%s: %s is the client of %s, with mail from %s", sc.Name, sc.EHLOName, target.Host, sc.From)
		}
	}
}

// A server is called what the records of the story call it, in all that it says of itself, and never what the client is called.
func TestServersHaveNamesOfTheirOwn(t *testing.T) {
	for name, want := range map[string]string{"relay": "mx.lab", "mx-order": "mx.lab", "tlsrpt": "mx.lab", "mta-sts": "mx.sts.example", "dane": "mx.dane.example", "dane-mismatch": "mx.old-dane.example"} {
		c := dial(t, scenario(t, name), 25)
		c.expect("220 " + want + " ESMTP")
		c.send("EHLO mail.example.org")
		c.expect("250-" + want + " greets mail.example.org")
	}
}
