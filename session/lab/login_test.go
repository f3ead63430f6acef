package lab

import (
	"crypto/tls"
	"slices"
	"strings"
	"testing"

	"ehlo/session/sasl"
)

// TestLoginScenarios takes each scenario about AUTH as it suggests, and
// expects what it says will be found.
func TestLoginScenarios(t *testing.T) {
	for _, sc := range Scenarios() {
		if !slices.Contains([]string{"logging in", "refused logins", "hostile servers"}, sc.Group) {
			continue
		}
		t.Run(sc.Name, func(t *testing.T) {
			c := suggested(t, sc)
			switch sc.Finding {
			case "auth-downgraded": // the client finds it before AUTH
				if got := c.offers(); got != "PLAIN LOGIN" {
					t.Errorf("offered: %q", got)
				}
				return
			case "auth-list-shortened": // by comparing
				if got := c.offers(); got != "SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN" {
					t.Errorf("offered inside TLS: %q", got)
				}
				return
			}
			if sc.NoLogin {
				c.offers()
				c.say("MAIL FROM:<"+sc.From+">", sc.Reply)
				return
			}
			mechanism := sc.Mechanism
			if mechanism == "" {
				mechanism, _, _ = strings.Cut(c.offers(), " ")
			}
			if slices.Contains(strings.Fields(c.offers()), mechanism) == sc.Insist {
				t.Fatalf("%s in %q: %v", mechanism, c.offers(), !sc.Insist)
			}
			judge(t, c, sc, c.authenticate(mechanism, suggestedCredentials(c.lab, sc)))
		})
	}
}

// suggested walks to where AUTH is due.
func suggested(t *testing.T, sc Scenario) *client {
	t.Helper()
	l := start(t, sc, Options{})
	c := dial(t, l, 587)
	c.expect("220 ")
	if !strings.Contains(c.say("EHLO laptop", "250-"), "STARTTLS") || sc.TLS == "off" {
		return c
	}
	if sc.Finding == "auth-list-shortened" {
		if got := c.offers(); got != "PLAIN LOGIN" {
			t.Errorf("offered in clear text: %q", got)
		}
	}
	c.say("STARTTLS", "220 ")
	config := clientConfig(l)
	if sc.ClientCertificate {
		config = withCertificate(t, l, sc.User, tls.VersionTLS13)
	}
	check(t, c.upgradeWith(config))
	return c
}

func suggestedCredentials(l *Lab, sc Scenario) sasl.Credentials {
	if sc.User == "" {
		return sasl.Credentials{}
	}
	own := credentials(l, sc.User)
	if sc.Password != "" {
		own.Password = sasl.NewSecret(sc.Password)
	}
	return own
}

func judge(t *testing.T, c *client, sc Scenario, a authenticated) {
	t.Helper()
	if sc.Finding != "" && !slices.Contains(a.findings, sc.Finding) || sc.Finding == "" && len(a.findings) > 0 {
		t.Errorf("found %q, want %q", a.findings, sc.Finding)
	}
	switch {
	case sc.Reply != "":
		a.refused(t, sc.Reply)
	case sc.Group == "logging in":
		a.accepted(t)
		c.say("MAIL FROM:<"+sc.From+">", "250 ")
		c.say("RCPT TO:<"+sc.To+">", "250 ")
	case a.err == nil:
		t.Errorf("the client has noticed nothing: %q", a.reply)
	}
	if password := suggestedCredentials(c.lab, sc).Password.Reveal(); sc.Group == "hostile servers" && strings.Contains(a.sent, password) {
		t.Errorf("the password was sent")
	}
}

// TestHostileLines looks at the bytes.
func TestHostileLines(t *testing.T) {
	c := suggested(t, find(t, "challenge-not-base64"))
	c.offers()
	c.say("AUTH LOGIN", "334 Username:")
	c.say("*", "501 5.7.0")
	c.say("NOOP", "250 ")

	c = suggested(t, find(t, "challenge-huge"))
	c.offers()
	if line := c.say("AUTH CRAM-MD5", "334 PDE4OTYu"); len(line) != 4+10_000_000 {
		t.Errorf("the line has %d bytes", len(line))
	}
	c.say("*", "501 5.7.0")
	c.say("NOOP", "250 ")

	c = suggested(t, find(t, "challenge-endless"))
	c.offers()
	c.say("AUTH LOGIN", "334 VXNlcm5hbWU6")
	for range 1000 {
		c.say(b64("ann"), "334 VXNlcm5hbWU6")
	}
	c.say("*", "501 5.7.0")

	c = suggested(t, find(t, "server-iterations-huge"))
	c.offers()
	if first := unb64(t, c.say("AUTH SCRAM-SHA-256 "+b64("n,,n=ann,r=abc"), "334 ")[4:]); !strings.HasPrefix(first, "r=abc") || !strings.HasSuffix(first, ",i=2147483648") {
		t.Errorf("got %q", first)
	}
}

// TestImpostorWelcomesEverybody: a client that does not look gets its 235, and
// its mail is taken.
func TestImpostorWelcomesEverybody(t *testing.T) {
	c := suggested(t, find(t, "server-signature-wrong"))
	c.offers()
	c.say("AUTH SCRAM-SHA-256", "334 ")
	c.say(b64("n,,n=ann,r=abc"), "334 ")
	c.say(b64("c=biws,r=abc,p=AAAA"), "334 "+b64(forgedFinal))
	c.say("", "235 2.7.0")
	c.play(`
		MAIL FROM:<ann@lab.test>  250
		RCPT TO:<bob@lab.test>    250
		BDAT 0 LAST               250
	`)
}
