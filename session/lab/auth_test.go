package lab

import (
	"crypto/tls"
	"slices"
	"strings"
	"testing"

	"ehlo/session/sasl"
)

func TestPlain(t *testing.T) {
	for name, dialogue := range map[string]string{
		"initial response":    "AUTH PLAIN " + plain("ann", "tulip-42") + "  235 2.7.0",
		"with a prompt":       "AUTH PLAIN  334 \n" + plain("ann", "tulip-42") + "  235 2.7.0",
		"lower case":          "auth plain " + plain("ann", "tulip-42") + "  235 2.7.0",
		"address as name":     "AUTH PLAIN " + plain("ann@lab.test", "tulip-42") + "  235 2.7.0",
		"for oneself":         "AUTH PLAIN " + b64("ann\x00ann\x00tulip-42") + "  235 2.7.0",
		"for one's address":   "AUTH PLAIN " + b64("ann@lab.test\x00ann\x00tulip-42") + "  235 2.7.0",
		"for somebody else":   "AUTH PLAIN " + b64("bob\x00ann\x00tulip-42") + "  535 5.7.8",
		"wrong password":      "AUTH PLAIN " + plain("ann", "tulip-41") + "  535 5.7.8 login refused: username or password is wrong",
		"unknown user":        "AUTH PLAIN " + plain("zoe", "tulip-42") + "  535 5.7.8 login refused: username or password is wrong",
		"not three parts":     "AUTH PLAIN " + b64("ann") + "  501 5.5.2 this is not a response of PLAIN",
		"no base64":           "AUTH PLAIN =ann=  501 5.5.2 this is not base64",
		"no base64, prompted": "AUTH PLAIN  334 \n!!!  501 5.5.2 this is not base64",
		"cancelled":           "AUTH PLAIN  334 \n*  501 5.7.0 authentication canceled",
		"response too long":   "AUTH PLAIN  334 \n" + strings.Repeat("A", maxLine+4) + "  500 5.5.6\nNOOP  250",
		"longest response":    "AUTH PLAIN  334 \n" + strings.Repeat("A", maxLine-4) + "  501 5.5.2",
		"empty response":      "AUTH PLAIN =  501 5.5.2",
		"unknown mechanism":   "AUTH X-KEY  504 5.5.4",
		"not in the list":     "AUTH SCRAM-SHA-256  504 5.5.4",
		"second try":          "AUTH PLAIN " + plain("ann", "x") + "  535\nAUTH PLAIN " + plain("ann", "tulip-42") + "  235",
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, scenario(t, ""), 587)
			c.secure()
			c.play(dialogue)
		})
	}
}

// TestForms are the lines of mechanisms that have more than one.
func TestForms(t *testing.T) {
	user, password := b64("ann"), b64("tulip-42")
	for name, dialogue := range map[string]string{
		"LOGIN, prompts":            "AUTH LOGIN  334 VXNlcm5hbWU6\n" + user + "  334 UGFzc3dvcmQ6\n" + password + "  235 2.7.0",
		"LOGIN, initial response":   "AUTH LOGIN " + user + "  334 UGFzc3dvcmQ6\n" + password + "  235 2.7.0",
		"LOGIN, wrong password":     "AUTH LOGIN " + user + "  334 UGFzc3dvcmQ6\n" + user + "  535 5.7.8",
		"LOGIN, cancelled late":     "AUTH LOGIN " + user + "  334 UGFzc3dvcmQ6\n*  501 5.7.0",
		"CRAM-MD5, client first":    "AUTH CRAM-MD5 " + user + "  501 5.7.0 in CRAM-MD5 the server sends first",
		"DIGEST-MD5, client first":  "AUTH DIGEST-MD5 =  501 5.7.0",
		"CRAM-MD5, no digest":       "AUTH CRAM-MD5  334 P\n" + user + "  501 5.5.2",
		"SCRAM, prompted":           "AUTH SCRAM-SHA-256  334 \n" + b64("n,,n=ann,r=abc") + "  334 cj1hYm\n*  501 5.7.0",
		"SCRAM, no message of it":   "AUTH SCRAM-SHA-1 " + user + "  501 5.5.2 this is not a response of SCRAM-SHA-1",
		"SCRAM, binding not PLUS":   "AUTH SCRAM-SHA-1 " + b64("p=tls-exporter,,n=ann,r=abc") + "  535 5.7.8 login refused: the channel binding",
		"SCRAM-PLUS, no binding":    "AUTH SCRAM-SHA-1-PLUS " + b64("n,,n=ann,r=abc") + "  535 5.7.8 login refused: the channel binding",
		"OAUTHBEARER, wrong":        "AUTH OAUTHBEARER " + b64("n,a=ann,\x01auth=Bearer x\x01\x01") + "  334 eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2Vu\nAQ==  535 5.7.8 login refused: the access token",
		"OAUTHBEARER, no token":     "AUTH OAUTHBEARER " + b64("n,a=ann,\x01\x01") + "  334 eyJzdGF0dXMiOiJpbnZhbGlkX3JlcXVlc3Q\nAQ==  501 5.5.2",
		"XOAUTH2, wrong":            "AUTH XOAUTH2 " + b64("user=ann\x01auth=Bearer x\x01\x01") + "  334 eyJzdGF0dXMiOiI0MDAi\n  535 5.7.8",
		"EXTERNAL, without a shown": "AUTH EXTERNAL =  504 5.5.4",
		"ANONYMOUS":                 "AUTH ANONYMOUS " + b64("somebody") + "  235 2.7.0",
		"ANONYMOUS, no trace":       "AUTH ANONYMOUS =  235 2.7.0",
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, scenario(t, "auth-all"), 587)
			c.secure()
			c.play(dialogue)
		})
	}
}

// TestEveryMechanism logs in by each, with a wrong secret first and then the
// right one on the same connection, under both forms of the name.
func TestEveryMechanism(t *testing.T) {
	l := scenario(t, "auth-all")
	for _, name := range find(t, "auth-all").Knobs.Mechanisms {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			for _, user := range []string{"ann", "ann@lab.test"} {
				t.Run(name+" "+tls.VersionName(version)+" "+user, func(t *testing.T) {
					c := certifiedClient(t, l, version)
					right := credentials(l, user)
					for _, wrong := range []sasl.Credentials{
						{Username: user, Password: sasl.NewSecret("tulip-41"), Token: sasl.NewSecret("nobodys"), Host: "mail.lab", Authzid: "bob"},
						{Username: "zoe", Password: sasl.NewSecret("tulip-42"), Token: sasl.NewSecret("practice-token-ann"), Host: "mail.lab", Authzid: "zoe"},
					} {
						if info, _ := sasl.Lookup(name); !info.Authzid {
							wrong.Authzid = ""
						}
						if name != "ANONYMOUS" { // where nothing can be wrong
							c.authenticate(name, wrong).refused(t, "535 5.7.8 login refused: ")
						}
					}
					c.authenticate(name, right).accepted(t)
					c.say("AUTH "+name, "503 5.5.1 already authenticated")
					if name != "ANONYMOUS" {
						c.say("MAIL FROM:<ann@lab.test>", "250 ")
					}
				})
			}
		}
	}
}

// TestLateInitialResponse asks for the first message by an empty challenge.
func TestLateInitialResponse(t *testing.T) {
	l := scenario(t, "auth-all")
	for _, name := range find(t, "auth-all").Knobs.Mechanisms {
		c := certifiedClient(t, l, tls.VersionTLS13)
		c.authenticate(name, credentials(l, "ann"), sasl.WithoutInitialResponse()).accepted(t)
	}
}

// TestSaltBelongsToTheAccount: the same for both forms of a name, and another
// one for another account.
func TestSaltBelongsToTheAccount(t *testing.T) {
	c := dial(t, scenario(t, "auth-scram-sha-256"), 587)
	c.secure()
	salt := func(user string) string {
		_, after, _ := strings.Cut(unb64(t, c.say("AUTH SCRAM-SHA-256 "+b64("n,,n="+user+",r=abc"), "334 ")[4:]), ",s=")
		c.say("*", "501 ")
		return after
	}
	if a, b := salt("ann"), salt("ann@lab.test"); a != b || a == salt("bob") || !strings.HasSuffix(a, ",i=4096") {
		t.Errorf("ann %q, ann@lab.test %q", a, b)
	}
}

func TestOffered(t *testing.T) {
	all := "EXTERNAL SCRAM-SHA-256-PLUS SCRAM-SHA-1-PLUS SCRAM-SHA-256 SCRAM-SHA-1 OAUTHBEARER XOAUTH2 DIGEST-MD5 CRAM-MD5 PLAIN LOGIN ANONYMOUS"
	inClear := "SCRAM-SHA-256 SCRAM-SHA-1 DIGEST-MD5 CRAM-MD5 PLAIN LOGIN ANONYMOUS"
	everything := find(t, "auth-all")
	for _, tc := range []struct {
		scenario          string
		knobs             func(*Knobs)
		clear, tls, shown string // shown: with a client certificate
	}{
		{"submission", nil, "", "PLAIN LOGIN", "PLAIN LOGIN"},
		{"auth-all", nil, "", strings.TrimPrefix(all, "EXTERNAL "), all},
		{"clear-auth", nil, "PLAIN LOGIN", "PLAIN LOGIN", "PLAIN LOGIN"},
		{"clear-auth", func(k *Knobs) { k.Mechanisms = everything.Knobs.Mechanisms }, inClear, strings.TrimPrefix(all, "EXTERNAL "), strings.TrimPrefix(all, "EXTERNAL ")},
		{"submission", func(k *Knobs) { k.Mechanisms = []string{"LOGIN"} }, "", "LOGIN", "LOGIN"},
		{"submission", func(k *Knobs) { k.Mechanisms = []string{} }, "", "", ""},
	} {
		sc := find(t, tc.scenario)
		if tc.knobs != nil {
			tc.knobs(&sc.Knobs)
		}
		l := start(t, sc, Options{})
		c := dial(t, l, 587)
		c.expect("220 ")
		got := []string{c.offers()}
		c.say("STARTTLS", "220 ")
		check(t, c.upgrade())
		got = append(got, c.offers(), certifiedClient(t, l, tls.VersionTLS13).offers())
		if want := []string{tc.clear, tc.tls, tc.shown}; !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", tc.scenario, got, want)
		}
	}
}

// TestUnknownMechanismInTheList: a caller's knob may name one that nobody here
// speaks.
func TestUnknownMechanismInTheList(t *testing.T) {
	sc := find(t, "")
	sc.Knobs.Mechanisms = []string{"NTLM", "PLAIN"}
	c := dial(t, start(t, sc, Options{}), 587)
	c.secure()
	c.say("AUTH NTLM", "504 5.5.4")
	c.say("AUTH PLAIN "+plain("ann", "tulip-42"), "235 ")
}

// TestRefusals: what each account is told, by each kind of proof.
func TestRefusals(t *testing.T) {
	sc := find(t, "auth-all")
	for user, want := range map[string][5]string{
		// by PLAIN, SCRAM, CRAM-MD5, OAUTHBEARER and EXTERNAL
		"ann":   {"235 ", "235 ", "235 ", "235 ", "235 "},
		"bob":   {"534 5.7.9", "534 5.7.9", "534 5.7.9", "235 ", "235 "},
		"carol": {"525 5.7.13", "525 5.7.13", "525 5.7.13", "525 5.7.13", "525 5.7.13"},
		"dave":  {"235 ", "235 ", "235 ", "535 5.7.8", "235 "},
		"erin":  {"534 5.7.14", "534 5.7.14", "534 5.7.14", "235 ", "235 "},
		"frank": {"235 ", "432 4.7.12", "432 4.7.12", "235 ", "235 "},
		"grace": {"535 5.7.139", "535 5.7.139", "535 5.7.139", "535 5.7.139", "535 5.7.139"},
		"zoe":   {"535 5.7.8", "535 5.7.8", "535 5.7.8", "535 5.7.8", "535 5.7.8"},
	} {
		for i, name := range []string{"PLAIN", "SCRAM-SHA-256-PLUS", "CRAM-MD5", "OAUTHBEARER", "EXTERNAL"} {
			l := start(t, sc, Options{})
			c := dial(t, l, 587)
			c.starttls()
			check(t, c.upgradeWith(withCertificate(t, l, user, tls.VersionTLS13)))
			if got := c.authenticate(name, credentials(l, user)).reply; !strings.HasPrefix(got, want[i]) {
				t.Errorf("%s by %s: %q, want %q", user, name, got, want[i])
			}
			l.Close()
		}
	}
}

func TestAccountsAreComplete(t *testing.T) {
	for _, a := range Accounts() {
		if a.Password == "" || a.Story == "" || a.Token == "" || (a.Disabled || a.Transition) && a.Refusal == "" {
			t.Errorf("%s lacks something: %+v", a.User, a)
		}
	}
}

// TestAppPassword is as good as the password for every mechanism that has one.
func TestAppPassword(t *testing.T) {
	l := scenario(t, "auth-all")
	own := credentials(l, "bob")
	own.Password = sasl.NewSecret("wxyz-practice-abcd")
	for _, name := range []string{"PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256-PLUS"} {
		c := dial(t, l, 587)
		c.secure()
		c.authenticate(name, own).accepted(t)
	}
}

// TestTransition: 432 lasts until the password was shown once.
func TestTransition(t *testing.T) {
	l := scenario(t, "password-transition")
	for _, step := range []struct{ mechanism, want string }{
		{"SCRAM-SHA-256", "432 4.7.12"}, {"SCRAM-SHA-256", "432 4.7.12"}, {"PLAIN", "235 "}, {"SCRAM-SHA-256", "235 "},
	} {
		c := dial(t, l, 587)
		c.secure()
		if got := c.authenticate(step.mechanism, credentials(l, "frank")).reply; !strings.HasPrefix(got, step.want) {
			t.Errorf("%s: got %q, want %q", step.mechanism, got, step.want)
		}
	}
}

// TestAnonymous may write to the people here and to nobody else.
func TestAnonymous(t *testing.T) {
	l := scenario(t, "auth-anonymous")
	c := dial(t, l, 587)
	c.secure()
	c.authenticate("ANONYMOUS", sasl.Credentials{Trace: "somebody@example.org"}).accepted(t)
	c.play(`
		MAIL FROM:<ann@lab.test>        553 5.7.1
		MAIL FROM:<anonymous@lab.test>  250
		RCPT TO:<someone@example.net>   554 5.7.1
		RCPT TO:<bob@lab.test>          250
		BDAT 0 LAST                     250
	`)
	if m := l.Mailbox()[0]; m.User != anonymous || m.With != "ESMTPSA" {
		t.Errorf("got %+v", m)
	}
}

// TestAUTHIsForgotten: what was proved before TLS does not count after it.
func TestAUTHIsForgotten(t *testing.T) {
	c := dial(t, scenario(t, "clear-auth"), 587)
	c.expect("220 ")
	c.say("EHLO laptop", "250-")
	c.say("AUTH PLAIN "+plain("ann", "tulip-42"), "235 ")
	c.say("STARTTLS", "220 ")
	check(t, c.upgrade())
	c.say("EHLO laptop", "250-")
	c.say("MAIL FROM:<ann@lab.test>", "530 5.7.0 authentication required")
	c.say("AUTH PLAIN "+plain("ann", "tulip-42"), "235 ")
}

// TestNoSecretInTheLog runs every mechanism, with right and wrong secrets.
func TestNoSecretInTheLog(t *testing.T) {
	var log strings.Builder
	l := start(t, find(t, "auth-all"), Options{Log: &log})
	for _, name := range l.Scenario().Knobs.Mechanisms {
		c := certifiedClient(t, l, tls.VersionTLS13)
		c.authenticate(name, sasl.Credentials{Username: "bob", Password: sasl.NewSecret("bicycle-7"), Token: sasl.NewSecret("practice-token-x"), Host: "mail.lab"})
		c.authenticate(name, credentials(l, "ann"))
		c.say("QUIT", "221 ")
		c.gone()
	}
	l.Close()
	for _, secret := range []string{"bicycle", "tulip", "practice-token", "Bearer", b64("tulip-42"), plain("ann", "tulip-42"), "p=", "v="} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log has %q:\n%s", secret, log.String())
		}
	}
	if !strings.Contains(log.String(), "authentication failed: login refused") {
		t.Error("the log has no failed login")
	}
}

// FuzzAuth throws lines at the mechanisms that are offered in cleartext.
func FuzzAuth(f *testing.F) {
	f.Add("AUTH PLAIN\r\nAGFubgB0dWxpcC00Mg==\r\n")
	f.Add("AUTH SCRAM-SHA-256 " + b64("n,,n=ann,r=abc") + "\r\n" + b64("c=biws,r=abc,p=AAAA") + "\r\n*\r\n")
	f.Add("AUTH DIGEST-MD5\r\n" + b64(`username="ann",nonce="x",nc=00000001,cnonce="y",digest-uri="smtp/mail.lab",response=x`) + "\r\n")
	f.Add("AUTH CRAM-MD5\r\nYW5uIDA=\r\nAUTH LOGIN =\r\n\r\n\r\nAUTH ANONYMOUS //8=\r\nAUTH LOGIN\r\n*\r\n")
	sc, _ := Find("auth-all")
	sc.Knobs.ClearAuth = true
	l, err := Start(sc, Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { l.Close() })
	f.Fuzz(func(t *testing.T, input string) {
		c := dial(t, l, 587)
		go c.pour("EHLO a\r\n" + input)
		c.drain()
	})
}
