package walk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// A conversation is told as it is recorded. C and S are lines of client and server, TLS a handshake that is verified. Between
// them
//
//	? MAIL 530 definite   is what is predicted of a step here, by its first words; "open" where the server is free to decide
//	! TEXT                is in what is said of a prediction that the last reply has proved wrong; "! nothing" where none is
func TestPredictions(t *testing.T) {
	for name, told := range map[string]string{
		"a submission server may want more, and has not said so": `587
			S: 220 mail.example ESMTP
			? EHLO 250 open
			? MAIL 503 definite
			C: EHLO laptop.example
			S: 250-mail.example
			S: 250 STARTTLS
			? STARTTLS 220 open
			? MAIL 530 open
			? RCPT 503 definite
			? AUTH 503 definite
			? VRFY 252 open
			? QUIT 221 open
			C: MAIL FROM:<ann@example.org>
			S: 250 2.1.0 ok
			! nothing`,
		"a relay is expected to take mail from anybody": `25
			S: 220 mail.example ESMTP
			C: EHLO laptop.example
			S: 250-mail.example
			S: 250 STARTTLS
			? MAIL 250 open`,
		"a server that has said it wants TLS is believed until there is TLS": `25
			S: 220 mail.example ESMTP
			C: EHLO laptop.example
			S: 250-mail.example
			S: 250-AUTH PLAIN
			S: 250 STARTTLS
			? MAIL 250 open
			? AUTH 235 open
			C: MAIL FROM:<ann@example.org>
			S: 530 5.7.0 Must issue a STARTTLS command first
			! nothing
			? MAIL 530 definite
			? AUTH 530 definite
			? VRFY 530 definite
			? NOOP 250 open
			? STARTTLS 220 open
			C: STARTTLS
			S: 220 go ahead
			TLS
			C: EHLO laptop.example
			S: 250-mail.example
			S: 250 AUTH PLAIN
			? MAIL 250 open
			? AUTH 235 open`,
		"a demand that does not hold is pointed out": `25
			S: 220 mail.example ESMTP
			C: EHLO laptop.example
			S: 250-mail.example
			S: 250 STARTTLS
			C: MAIL FROM:<ann@example.org>
			S: 530 5.7.0 Must issue a STARTTLS command first
			C: MAIL FROM:<>
			S: 250 2.1.0 ok
			! The prediction for MAIL was 530 5.7.0, because in reply to MAIL this server said that it requires TLS first. mail.example answered 250 2.1.0: it requires TLS only for some commands`,
		"a login that is demanded": `587
			S: 220 mail.example ESMTP
			C: EHLO laptop.example
			S: 250-mail.example
			S: 250 AUTH PLAIN LOGIN
			C: MAIL FROM:<ann@example.org>
			S: 530 5.7.0 Authentication required
			? MAIL 530 definite
			? AUTH 235 open
			C: AUTH PLAIN AGFubgB4
			S: 235 2.7.0 welcome
			? MAIL 250 open
			? AUTH 503 definite
			C: MAIL FROM:<ann@example.org>
			S: 250 2.1.0 ok
			! nothing`,
		"a login that is demanded as if it were a matter of order": `587
			S: 220 mail.example ESMTP
			C: EHLO laptop.example
			S: 250-mail.example
			S: 250 AUTH PLAIN LOGIN
			C: MAIL FROM:<ann@example.org>
			S: 503 5.5.1 Error: send AUTH command first
			? MAIL 503 definite
			? AUTH 235 open`,
		"538 is about one mechanism": `25
			S: 220 mail.example ESMTP
			C: EHLO laptop.example
			S: 250-mail.example
			S: 250 AUTH CRAM-MD5 PLAIN
			C: AUTH PLAIN AGFubgB4
			S: 538 5.7.11 Encryption required for requested authentication mechanism
			? AUTH PLAIN 538 definite
			? AUTH CRAM-MD5 334 open
			? MAIL 250 open`,
		"order that is not insisted on": `25
			S: 220 mail.example ESMTP
			C: MAIL FROM:<ann@example.org>
			S: 250 ok
			! The prediction for MAIL was 503 5.5.1, because the client has not said who it is: EHLO comes first. mail.example answered 250: it accepts commands without EHLO`,
		"order that is insisted on": `25
			S: 220 mail.example ESMTP
			C: MAIL FROM:<ann@example.org>
			S: 503 5.5.1 EHLO first
			! nothing`,
		"another code of the same digit is no surprise": `25
			S: 220 mail.example ESMTP
			C: MAIL FROM:<ann@example.org>
			S: 550 go away
			! nothing`,
		"a reply that asks for another attempt proves nothing": `25
			S: 220 mail.example ESMTP
			C: MAIL FROM:<ann@example.org>
			S: 451 4.3.0 not now
			! nothing`,
		"a server that closes proves nothing": `25
			S: 220 mail.example ESMTP
			C: MAIL FROM:<ann@example.org>
			S: 421 4.7.0 too much
			! nothing`,
		"a refusal of what is in order was not predicted and is no surprise": `25
			S: 220 mail.example ESMTP
			C: EHLO laptop.example
			S: 250 mail.example
			C: MAIL FROM:<ann@example.org>
			S: 250 ok
			C: RCPT TO:<bob@example.net>
			S: 550 5.1.1 unknown
			! nothing`,
		"a mechanism that is not listed and works": `25
			S: 220 mail.example ESMTP
			C: EHLO laptop.example
			S: 250-mail.example
			S: 250 AUTH LOGIN
			? AUTH PLAIN 504 definite
			C: AUTH PLAIN AGFubgB4
			S: 235 2.7.0 welcome
			! The prediction for AUTH was 504 5.5.4, because the server does not offer PLAIN`,
		"a STARTTLS that is not listed and works": `25
			S: 220 mail.example ESMTP
			C: EHLO laptop.example
			S: 250 mail.example
			C: STARTTLS
			S: 220 go ahead
			! a device on the path removed the keyword`,
	} {
		t.Run(name, func(t *testing.T) { converse(t, told) })
	}
}

// conversation is a log that is written by hand, and what follows from it.
type conversation struct {
	t     *testing.T
	known record.Snapshot
	wrong string // the last prediction that was proved wrong
	said  string // the server's lines so far
	step  record.Verb
}

func converse(t *testing.T, told string) {
	port, lines, _ := strings.Cut(told, "\n")
	target, err := record.ParseTarget("mail.example:"+port, false)
	if err != nil {
		t.Fatal(err)
	}
	c := &conversation{t: t, step: record.VerbGreeting}
	plan := record.Plan{Target: target, Policy: record.Policy{Start: record.StartSTARTTLS, Must: record.MustOpportunistic}}
	c.took("", record.Event{Kind: record.KindStart, Start: &record.Start{Plan: plan}})
	c.took(record.VerbResolve, record.Event{Kind: record.KindResolve, Resolve: &record.Resolve{Host: target.Host, Network: "ip", Addresses: []string{"192.0.2.1"}}})
	c.took(record.VerbConnect, record.Event{Kind: record.KindConnect, Connect: &record.Connect{Local: "192.0.2.9:4000", Remote: "192.0.2.1:" + port}})
	for line := range strings.Lines(lines) {
		mark, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if mark != "S:" {
			c.answered()
		}
		c.line(mark, rest)
	}
	c.answered()
}

func (c *conversation) line(mark, rest string) {
	c.t.Helper()
	switch mark {
	case "S:":
		c.said += rest + "\r\n"
	case "C:":
		word, _, _ := strings.Cut(rest, " ")
		c.step = record.Verb(strings.ToLower(word))
		c.took(c.step, record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw(rest + "\r\n")}})
	case "TLS":
		c.took(record.VerbHandshake, record.Event{Kind: record.KindTLS, TLS: &record.TLS{Version: "TLS 1.3", Verified: true}})
	case "?":
		c.predicts(rest)
	case "!":
		if rest == "nothing" && c.wrong != "" || rest != "nothing" && !strings.Contains(c.wrong, rest) {
			c.t.Errorf("said of the prediction is %q, want %q", c.wrong, rest)
		}
	}
}

// answered takes the server's lines for a reply.
func (c *conversation) answered() {
	c.t.Helper()
	if c.said == "" {
		return
	}
	reply, err := wire.NewReader(strings.NewReader(c.said), wire.Limits{}).ReadReply()
	if err != nil {
		c.t.Fatal(err)
	}
	c.said, c.wrong = "", ""
	c.took(c.step, record.Event{Kind: record.KindReply, Reply: &record.Reply{Reply: reply}})
	for _, o := range walk.Options(c.known, walk.Goal{}) {
		if p := o.Predicted; (o.Step.Line != "" || o.Step.Mechanism != "") && (p.Reply == "" || p.Why == "") {
			c.t.Errorf("nothing is predicted of %s in %+v", o.Step.Verb, c.known.State)
		}
	}
}

// took goes on by an observation and all that follows from it.
func (c *conversation) took(step record.Verb, e record.Event) {
	e.Step = step
	follows := walk.Took(&c.known, &e)
	for _, e := range append([]record.Event{e}, follows...) {
		if e.Kind == record.KindFinding && e.Finding.Code == record.FoundPredictionWrong {
			c.wrong = e.Finding.Text
		}
		c.known = c.known.Next(&e)
	}
}

// predicts holds the prediction of the step whose line begins so against a code and how sure it is.
func (c *conversation) predicts(want string) {
	c.t.Helper()
	words := strings.Fields(want)
	begin, want := strings.Join(words[:len(words)-2], " "), strings.Join(words[len(words)-2:], " ")
	g := walk.Goal{Credentials: sasl.Credentials{Username: "ann", Password: sasl.NewSecret("practice")}, To: []string{"bob@example.net"}}
	options := walk.Options(c.known, g)
	i := slices.IndexFunc(options, func(o walk.Option) bool {
		return strings.HasPrefix(o.Show+" ", begin+" ") || o.Step.Mechanism != "" && strings.HasPrefix("AUTH "+o.Step.Mechanism+" ", begin+" ")
	})
	if i < 0 {
		c.t.Fatalf("no option %q", begin)
	}
	p, sure := options[i].Predicted, "open"
	if p.Definite {
		sure = "definite"
	}
	if got := fmt.Sprint(p.Code, " ", sure); got != want || p.Why == "" || p.Reply == "" {
		c.t.Errorf("%s: predicted is %s (%q, %q), want %s", begin, got, p.Reply, p.Why, want)
	}
}
