package lab

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-sasl"
)

func TestPlain(t *testing.T) {
	for name, dialogue := range map[string]string{
		"initial response":    "AUTH PLAIN " + plain("ann", "tulip-42") + "  235 2.7.0",
		"with a prompt":       "AUTH PLAIN  334 \n" + plain("ann", "tulip-42") + "  235 2.7.0",
		"lower case":          "auth plain " + plain("ann", "tulip-42") + "  235 2.7.0",
		"address as name":     "AUTH PLAIN " + plain("ann@lab.test", "tulip-42") + "  235 2.7.0",
		"for oneself":         "AUTH PLAIN " + b64("ann\x00ann\x00tulip-42") + "  235 2.7.0",
		"for somebody else":   "AUTH PLAIN " + b64("bob\x00ann\x00tulip-42") + "  535 5.7.8",
		"wrong password":      "AUTH PLAIN " + plain("ann", "tulip-41") + "  535 5.7.8",
		"unknown user":        "AUTH PLAIN " + plain("zoe", "tulip-42") + "  535 5.7.8",
		"not three parts":     "AUTH PLAIN " + b64("ann") + "  535 5.7.8",
		"no base64":           "AUTH PLAIN =ann=  501 5.5.2",
		"no base64, prompted": "AUTH PLAIN  334 \n!!!  501 5.5.2",
		"cancelled":           "AUTH PLAIN  334 \n*  501 5.7.0",
		"response too long":   "AUTH PLAIN  334 \n" + strings.Repeat("A", maxLine+4) + "  500 5.5.6\nNOOP  250",
		"longest response":    "AUTH PLAIN  334 \n" + strings.Repeat("A", maxLine-4) + "  535 5.7.8",
		"empty response":      "AUTH PLAIN =  535 5.7.8",
		"unknown mechanism":   "AUTH X-KEY  504 5.5.4",
		"second try":          "AUTH PLAIN " + plain("ann", "x") + "  535\nAUTH PLAIN " + plain("ann", "tulip-42") + "  235",
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, scenario(t, ""), 587)
			c.secure()
			c.play(dialogue)
		})
	}
}

func TestLogin(t *testing.T) {
	user, password := b64("ann"), b64("tulip-42")
	for name, dialogue := range map[string]string{
		"prompts":          "AUTH LOGIN  334 VXNlcm5hbWU6\n" + user + "  334 UGFzc3dvcmQ6\n" + password + "  235 2.7.0",
		"initial response": "AUTH LOGIN " + user + "  334 UGFzc3dvcmQ6\n" + password + "  235 2.7.0",
		"wrong password":   "AUTH LOGIN " + user + "  334 UGFzc3dvcmQ6\n" + user + "  535 5.7.8",
		"cancelled late":   "AUTH LOGIN " + user + "  334 UGFzc3dvcmQ6\n*  501 5.7.0",
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, scenario(t, ""), 587)
			c.secure()
			c.play(dialogue)
		})
	}
}

// TestAccounts logs every practice user in with their password.
func TestAccounts(t *testing.T) {
	want := map[string]string{
		"ann": "235 ", "bob": "534 5.7.9", "carol": "525 5.7.13", "dave": "235 ",
		"erin": "534 5.7.14", "frank": "432 4.7.12", "grace": "535 5.7.139",
	}
	l := scenario(t, "")
	for _, a := range l.Accounts() {
		c := dial(t, l, 587)
		c.secure()
		c.say("AUTH PLAIN "+plain(a.User, a.Password), want[a.User])
		for _, sc := range Scenarios() {
			if sc.User == a.User && a.Refusal != "" && sc.Reply != want[a.User] {
				t.Errorf("%s is about %q, and %s gets %q", sc.Name, sc.Reply, a.User, want[a.User])
			}
		}
		if a.AppPassword != "" {
			c.say("AUTH PLAIN "+plain(a.User, a.AppPassword), "235 ")
		}
		if a.Story == "" || a.Token == "" {
			t.Errorf("%s lacks a story or a token", a.User)
		}
	}
}

// lastWord is a mechanism whose server has something to say at the end, as
// SCRAM has.
type lastWord struct {
	peer Peer
	by   Proof
}

func (m lastWord) Next(response []byte) ([]byte, bool, error) {
	switch user := string(response); {
	case response == nil:
		return []byte{}, false, nil
	case user == "broken":
		return nil, false, errors.New("the secret is tulip-42")
	default:
		return []byte("v=proof"), true, m.peer.Login(user, m.by)
	}
}

func TestRegisteredMechanism(t *testing.T) {
	var seen Peer
	l := start(t, find(t, "clear-auth"), Options{Mechanisms: []Mechanism{
		{Name: "X-TOKEN", New: func(p Peer) sasl.Server { seen = p; return lastWord{p, ByToken} }},
		{Name: "X-TOKEN-PLUS", NeedsTLS: true, New: func(p Peer) sasl.Server { return lastWord{p, ByToken} }},
		{Name: "LOGIN", New: func(p Peer) sasl.Server { return lastWord{p, ByPassword} }},
	}})
	c := dial(t, l, 587)
	c.expect("220 ")
	if ehlo := c.say("EHLO laptop", "250-"); !strings.Contains(ehlo, "\n250-AUTH PLAIN LOGIN X-TOKEN\n") {
		t.Errorf("before TLS: %q", ehlo)
	}
	c.say("AUTH X-TOKEN-PLUS", "504 5.5.4")
	c.say("STARTTLS", "220 ")
	check(t, c.upgrade())
	if ehlo := c.say("EHLO laptop", "250-"); !strings.Contains(ehlo, "\n250-AUTH PLAIN LOGIN X-TOKEN X-TOKEN-PLUS\n") {
		t.Errorf("behind TLS: %q", ehlo)
	}
	c.play("AUTH X-TOKEN " + b64("broken") + "  535 5.7.8\n" +
		"AUTH X-TOKEN " + b64("carol") + "  525 5.7.13\n" +
		"AUTH X-TOKEN " + b64("zoe") + "  535 5.7.8\n" +
		"AUTH LOGIN " + b64("bob") + "  534 5.7.9\n" +
		"AUTH X-TOKEN " + b64("bob") + "  334 " + b64("v=proof") + "\n" +
		b64("more") + "  535 5.7.8\n" +
		"AUTH X-TOKEN  334 \n" + b64("bob") + "  334 " + b64("v=proof"))
	c.say("", "235 2.7.0")
	c.say("MAIL FROM:<bob@lab.test>", "250 ")

	if seen.TLS == nil || seen.Certificate == nil || seen.Host != "mail.lab" || seen.Port != 587 {
		t.Errorf("peer: %+v", seen)
	}
	if _, err := seen.TLS.ExportKeyingMaterial("EXPORTER-Channel-Binding", nil, 32); err != nil {
		t.Errorf("no channel binding from the connection state: %v", err)
	}
	if !slices.Contains(seen.Certificate.DNSNames, "mail.lab") {
		t.Errorf("certificate for %q", seen.Certificate.DNSNames)
	}
	if a, ok := seen.Account("ANN@lab.test"); ok {
		t.Errorf("user names are exact, found %v", a.User)
	}
}

func TestOnlySomeMechanisms(t *testing.T) {
	sc := find(t, "")
	sc.Knobs.Only = []string{"LOGIN"}
	c := dial(t, start(t, sc, Options{}), 587)
	if ehlo := c.secure(); !strings.Contains(ehlo, "\n250-AUTH LOGIN\n") {
		t.Errorf("got %q", ehlo)
	}
	c.say("AUTH PLAIN", "504 5.5.4")
}

// TestAUTHIsForgotten: what was proved before TLS does not count behind it.
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
