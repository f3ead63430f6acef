package equivalent_test

import (
	"bytes"
	"context"
	"flag"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"ehlo/session/equivalent"
	"ehlo/session/lab"
	"ehlo/session/record"
)

var update = flag.Bool("update", false, "write the texts anew")

// plan asks for a login and a message, in three ways of TLS.
func plan(start record.TLSStart, must record.TLSMust) record.Plan {
	p := record.Plan{Target: record.Target{Host: "mail.example.org", Port: 587}, Policy: record.Policy{Start: start, Must: must},
		User: "ann@example.org", EHLOName: "laptop.example.org", From: "ann@example.org", To: []string{"bob@example.net", "eve@example.net"}}
	switch start {
	case record.StartImplicit:
		p.Target.Port = 465
	case record.StartNever:
		p.Target.Port = 25
	}
	return p
}

func of(p record.Plan) equivalent.Session {
	return equivalent.Of(record.Snapshot{Start: &record.Start{Plan: p}})
}

// Every tool's text for each way of TLS stands in a file, to be read by a person.
func TestTexts(t *testing.T) {
	for name, p := range map[string]record.Plan{
		"starttls":      plan(record.StartSTARTTLS, record.MustRequire),
		"opportunistic": plan(record.StartSTARTTLS, record.MustOpportunistic),
		"implicit":      plan(record.StartImplicit, record.MustRequire),
		"cleartext":     plan(record.StartNever, record.MustOff),
	} {
		var got strings.Builder
		s := equivalent.Of(record.Snapshot{Start: &record.Start{Plan: p}, State: record.State{Mechanism: "PLAIN"}})
		for _, tool := range equivalent.Tools() {
			text := s.In(tool)
			got.WriteString("== " + tool.Title + "\n" + strings.Join(text.Lines, "\n") + "\n")
			for _, n := range text.Notes {
				got.WriteString("* " + n + "\n")
			}
		}
		path := filepath.Join("testdata", name+".txt")
		if *update {
			if err := os.WriteFile(path, []byte(got.String()), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, _ := os.ReadFile(path)
		if got.String() != string(want) {
			t.Errorf("%s differs; -update writes it anew. Got:\n%s", path, got.String())
		}
	}
}

// A session that ends early asks for no more than it does.
func TestUntil(t *testing.T) {
	for _, c := range []struct {
		until     record.Phase
		tool      string
		has, lack string
	}{
		{record.PhaseGreeting, "swaks", "--quit-after BANNER", "--tls"},
		{record.PhaseEHLO, "nc", "EHLO laptop.example.org", "STARTTLS"},
		{record.PhaseEHLOAgain, "swaks", "--tls --tls-verify", "--auth"},
		{record.PhaseAuth, "swaks", "--quit-after AUTH", "--data"},
		{record.PhaseAuth, "python", "server.login(", "sendmail"},
		{record.PhaseRcpt, "openssl", "RCPT TO:<eve@example.net>", "DATA"},
		{record.PhaseHandshake, "curl", "--ssl-reqd", "--user"},
	} {
		p := plan(record.StartSTARTTLS, record.MustRequire)
		p.Until = c.until
		tool, ok := equivalent.Find(strings.ToUpper(c.tool))
		if !ok {
			t.Fatal(c.tool)
		}
		got := strings.Join(of(p).In(tool).Lines, "\n")
		if !strings.Contains(got, c.has) || strings.Contains(got, c.lack) {
			t.Errorf("until %s, %s: want %q and not %q:\n%s", c.until, c.tool, c.has, c.lack, got)
		}
	}
}

// LMTP, groups and replies for each recipient are asked for where a program has them, and where it has not it says so.
func TestWaysOfSending(t *testing.T) {
	p := plan(record.StartSTARTTLS, record.MustRequire)
	p.User, p.Mechanism = "", ""
	p.Target = p.Target.Speaking(true)
	p.Pipelining, p.Envelope = true, &record.Envelope{PRDR: true}
	for name, want := range map[string]string{"swaks": "--protocol LMTP", "openssl": "-starttls lmtp", "msmtp": "--protocol=lmtp", "nc": "LHLO ", "curl": "", "python": ""} {
		tool, _ := equivalent.Find(name)
		text := of(p).In(tool)
		if got := strings.Join(text.Lines, "\n"); !strings.Contains(got, want) || (want == "") != text.Cannot() {
			t.Errorf("%s: want %q in:\n%s\n%v", name, want, got, text.Notes)
		}
		if got := strings.Join(text.Lines, "\n"); name == "swaks" && (!strings.Contains(got, "--pipeline") || !strings.Contains(got, "--prdr")) {
			t.Error(got)
		}
	}
}

// hostile is what someone could have as a name to make a command do something else.
const hostile = `o'b"r$(touch owned)` + "`id`" + `\n; touch owned #$HOME %s`

// What a server or a person named is one word for the shell, and one string for a language.
func TestQuoting(t *testing.T) {
	p := plan(record.StartNever, record.MustOff)
	p.User, p.From, p.To, p.EHLOName = hostile, hostile, []string{hostile}, hostile
	s := of(p)
	lines := func(name string) string {
		tool, _ := equivalent.Find(name)
		return strings.Join(s.In(tool).Lines, "\n")
	}
	folder := t.TempDir()
	for tool, stub := range map[string]string{"swaks": "swaks", "curl": "curl", "msmtp": "msmtp"} {
		out := runIn(t, folder, "sh", "-c", stub+`() { for a; do printf '%s\n' "$a"; done; }; cd "$1"; : > message.eml; `+lines(tool), "sh", folder)
		if !strings.Contains(out, hostile) {
			t.Errorf("%s: the name is not one word:\n%s", tool, out)
		}
	}
	if python, err := exec.LookPath("python3"); err == nil {
		runIn(t, folder, python, "-c", "import ast, sys\ntree = ast.parse(sys.argv[1])\nfound = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)]\nassert sys.argv[2] in found, found", lines("python"), hostile)
	}
	if php, err := exec.LookPath("php"); err == nil {
		got := runIn(t, folder, php, "-r", `foreach (token_get_all($argv[1]) as $t) { if (is_array($t) && $t[0] === T_CONSTANT_ENCAPSED_STRING) { echo eval("return $t[1];"), "\n"; } }`, "--", lines("php"))
		if !strings.Contains(got, hostile) {
			t.Errorf("PHP: %s", got)
		}
	}
	if node, err := exec.LookPath("node"); err == nil {
		got := runIn(t, folder, node, "-e", `const require = () => ({ createTransport: (o) => (console.log(o.auth.user), { sendMail() {}, close() {} }) });`+strings.Replace(lines("node"), "const nodemailer", "var nodemailer", 1))
		if !strings.Contains(got, hostile) {
			t.Errorf("Node: %s", got)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "owned")); err == nil {
		t.Error("a command in a name was run")
	}
}

// Control characters, which could move what a person sees before it is pasted, stand as what they are.
func TestControlCharacters(t *testing.T) {
	p := plan(record.StartSTARTTLS, record.MustRequire)
	p.User = "ann\r\x1b[2J\u202e"
	for _, tool := range equivalent.Tools() {
		if text := strings.Join(of(p).In(tool).Lines, "\n"); strings.ContainsAny(text, "\r\x1b\u202e") {
			t.Errorf("%s: %q", tool.Name, text)
		}
	}
}

// What is printed works: each program that is there delivers a message to the practice server, over TLS that it verifies.
func TestPrograms(t *testing.T) {
	sc, err := lab.Find("submission")
	if err != nil {
		t.Fatal(err)
	}
	for _, start := range []record.TLSStart{record.StartSTARTTLS, record.StartImplicit} {
		for _, program := range []struct{ tool, command string }{{"swaks", "swaks"}, {"curl", "curl"}, {"msmtp", "msmtp"}, {"openssl", "openssl"}, {"python", "python3"}} {
			t.Run(string(start)+" "+program.tool, func(t *testing.T) {
				if _, err := exec.LookPath(program.command); err != nil {
					if os.Getenv("CI") == "true" {
						t.Fatal(err)
					}
					t.Skip(err)
				}
				t.Parallel()
				var log bytes.Buffer
				l, err := lab.Start(sc, lab.Options{Log: &log})
				if err != nil {
					t.Fatal(err)
				}
				meets(t, l, start, program.tool)
				l.Close()
				if want := " TLS connection established"; !strings.Contains(log.String(), want) {
					t.Errorf("the server's log has no %q:\n%s", want, log.String())
				}
			})
		}
	}
}

// meets runs the text of a tool against a server. The login is left out: each program asks for the password at a terminal.
func meets(t *testing.T, l *lab.Lab, start record.TLSStart, name string) {
	role := map[record.TLSStart]string{record.StartSTARTTLS: "submission", record.StartImplicit: "submissions"}[start]
	p := record.Plan{Target: record.Target{Host: "127.0.0.1"}, ServerName: "mail.lab", Policy: record.Policy{Start: start, Must: record.MustRequire}, EHLOName: "laptop.lab.test", Until: record.PhaseEHLOAgain}
	for _, listener := range l.Listeners() {
		if listener.Role == role {
			_, port, _ := net.SplitHostPort(listener.Addr)
			p.Target.Port, _ = strconv.Atoi(port)
		}
	}
	s := of(p)
	folder := t.TempDir()
	s.Roots = filepath.Join(folder, "ca.pem")
	if err := os.WriteFile(s.Roots, l.CAPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	tool, _ := equivalent.Find(name)
	lines := s.In(tool).Lines
	switch name {
	case "python": // which connects to the name that it verifies: that is looked up here
		script := "import socket\nlookup = socket.getaddrinfo\nsocket.getaddrinfo = lambda host, *rest, **more: lookup('127.0.0.1', *rest, **more)\n" + strings.Join(lines, "\n")
		runIn(t, folder, "python3", "-c", script)
	case "openssl":
		runIn(t, folder, "sh", "-c", "{ sleep 0.3; printf '%s\\n' \"$1\"; sleep 0.3; } | "+lines[0], "sh", strings.Join(lines[1:], "\n"))
	default:
		runIn(t, folder, "sh", "-c", strings.Join(lines, "\n"))
	}
}

func runIn(t *testing.T, folder, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = folder, append(os.Environ(), "LC_ALL=C", "HOME="+folder)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v\n%s\n%s", name, err, strings.Join(args, "\n"), out)
	}
	return string(out)
}

// What a program cannot do is not printed as if it could.
func TestOtherWays(t *testing.T) {
	with := func(change func(p *record.Plan)) equivalent.Session {
		p := plan(record.StartSTARTTLS, record.MustRequire)
		change(&p)
		return of(p)
	}
	scram := with(func(p *record.Plan) { p.Mechanism = "SCRAM-SHA-256" })
	token := with(func(p *record.Plan) { p.Mechanism = "XOAUTH2" })
	cram := with(func(p *record.Plan) { p.Mechanism = "CRAM-MD5" })
	bounce := with(func(p *record.Plan) { p.From = "<>" })
	apart := with(func(p *record.Plan) { p.Address = "2001:db8::1" })
	own := with(func(*record.Plan) {})
	own.Roots = "ca.pem"
	for _, c := range []struct {
		session         equivalent.Session
		tool, has, lack string
	}{
		{scram, "swaks", "--auth ANY", "--auth SCRAM"},
		{scram, "swaks", "AUTH SCRAM-SHA-256 of this session is left out: with a username and a password this program has PLAIN", ""},
		{scram, "curl", "AUTH=SCRAM-SHA-256", "left out"},
		{scram, "java", "is left out", `mechanisms", "SCRAM`},
		{scram, "node", "is left out", "authMethod"},
		{scram, "dotnet", "Authenticate", "left out"},
		{token, "curl", "AUTH XOAUTH2 of this session is left out", "AUTH=XOAUTH2"},
		{cram, "go", `smtp.CRAMMD5Auth("ann@example.org", os.Getenv("MAIL_PASSWORD"))`, "PlainAuth"},
		{apart, "go", `os.Getenv("MAIL_PASSWORD"), "2001:db8::1")`, ""},
		{apart, "php", "Host = '[2001:db8::1]'", ""},
		{bounce, "java", `"mail.smtp.from", "<>"`, "setFrom"},
		{bounce, "php", "null sender", "send()"},
		{bounce, "dotnet", "null sender", "Send("},
		{own, "postfix", "absolute path of ca.pem", ""},
		{own, "openssl", "-CAfile ca.pem", "Put the CA"},
	} {
		tool, _ := equivalent.Find(c.tool)
		text := c.session.In(tool)
		all := strings.Join(append(text.Lines, text.Notes...), "\n")
		if !strings.Contains(all, c.has) || c.lack != "" && strings.Contains(all, c.lack) {
			t.Errorf("%s: want %q and not %q in\n%s", c.tool, c.has, c.lack, all)
		}
	}
}

// What a session asks for beyond the usual is in the words of a program that can do it, and named where it cannot.
func TestBeyond(t *testing.T) {
	p := plan(record.StartSTARTTLS, record.MustRequire)
	p.TLSMax, p.Envelope = "1.2", &record.Envelope{Notify: "SUCCESS,FAILURE", Return: "HDRS"}
	p.Proxy, p.XCLIENT = &record.ProxyHeader{Version: 1, Source: "192.0.2.7"}, []string{"ADDR=192.0.2.7 NAME=a.example"}
	s := of(p)
	s.Certificate, s.Key, s.TLSMin, s.ALPN, s.Message = "me.pem", "me.key", "1.1", []string{"smtp"}, "my letter.eml"
	for _, c := range []struct{ tool, has, note string }{
		{"swaks", "--tls-cert me.pem --tls-key me.key --tls-protocol tlsv1_1,tlsv1_2 --data '@my letter.eml' --proxy-version 1 --proxy-family TCP4 --proxy-source 192.0.2.7 " +
			"--proxy-source-port SOURCE-PORT --proxy-dest DEST --proxy-dest-port DEST-PORT --xclient 'ADDR=192.0.2.7 NAME=a.example'", "Left out here: the protocols of ALPN, the delivery reports that are asked for."},
		{"openssl", "-cert me.pem -key me.key -min_protocol TLSv1.1 -max_protocol TLSv1.2 -alpn smtp", "Left out here: the message, the delivery reports that are asked for, the PROXY header, XCLIENT."},
		{"curl", "--cert me.pem --key me.key --tlsv1.1 --tls-max 1.2", "Left out here: the protocols of ALPN, the delivery reports"},
		{"curl", "--upload-file 'my letter.eml'", "it has to have header fields"},
		{"msmtp", "--tls-cert-file=me.pem --tls-key-file=me.key --dsn-notify=success,failure --dsn-return=headers --from", "Left out here: the lowest TLS version"},
		{"msmtp", "< 'my letter.eml'", "the highest TLS version"},
		{"python", "smtplib", "Left out here: the client certificate, the lowest TLS version"},
	} {
		tool, _ := equivalent.Find(c.tool)
		text := s.In(tool)
		if lines, notes := strings.Join(text.Lines, "\n"), strings.Join(text.Notes, "\n"); !strings.Contains(lines, c.has) || !strings.Contains(notes, c.note) {
			t.Errorf("%s\n%s\n%s\nwant %s\nand %s", c.tool, lines, notes, c.has, c.note)
		}
	}
	if text := of(plan(record.StartSTARTTLS, record.MustRequire)).In(equivalent.Tools()[3]); strings.Contains(strings.Join(text.Notes, " "), "Left out") {
		t.Errorf("%v", text.Notes)
	}
}
