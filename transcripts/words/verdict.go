package words

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ehlo/session/lazy"
	"ehlo/session/record"
)

// summary is a verdict in words.
type summary struct {
	Mark    Mark
	Outcome string // what it came to, in a few words
	Exit    string // the exit code with its meaning
	Phase   string // where
	Cause   string // one sentence, complete in itself
	Who     string // who has to act; empty where nobody has
	Advice  []advised
	Facts   []Part
	Doubt   bool // the last connection was in TLS with a certificate that failed verification
}

// advised is an advice with its phrase. How a face does it is the face's own.
type advised struct {
	record.Advice
	Phrase string
}

// Lead is what it came to, where, and with which exit code.
func (s summary) Lead() string {
	return List(", ", s.Outcome+Labelled(" at ", s.Phase), s.Exit, when(s.Doubt, "unverified"))
}

// NotSafe stands before an advice that gives up a protection.
const NotSafe = "not safe"

// Label is what stands before an advice in a list: what weakens is no other choice among equals.
func Label(a record.Advice, first bool) string {
	switch {
	case a.Do.Weakens():
		return NotSafe
	case first:
		return "try"
	}
	return "or"
}

// Verdict puts what a session came to into words.
func Verdict(v *record.Verdict) summary {
	s := summary{Mark: Mark{Sign: Ended, Bad: v.Failed(), Came: v.Outcome}, Outcome: string(v.Outcome), Exit: exit(v.Exit), Phase: string(v.Phase),
		Cause: cmp.Or(v.Cause, Meaning(v.Exit)), Facts: Facts(&v.Facts), Doubt: v.Unverified()}
	if v.Failed() {
		s.Who = Acting(v.Who, v.Advice)
	}
	for _, a := range v.Advice {
		s.Advice = append(s.Advice, advised{a, Advice(a)})
	}
	return s
}

// Acting names who has to act. Where the session does not tell who, whom to ask does.
func Acting(who record.Who, list []record.Advice) string {
	asked := slices.ContainsFunc(list, func(a record.Advice) bool { return a.Do == record.AskOperator })
	if asked && (who == "" || who == record.WhoUnknown) {
		return "the session does not tell; ask " + record.WhoOperator.String()
	}
	return who.String()
}

func exit(x record.Exit) string { return "exit code " + strconv.Itoa(int(x)) }

// Meaning is what an exit code says.
func Meaning(x record.Exit) string {
	for _, e := range record.Exits {
		if e.Code == x {
			return e.Meaning
		}
	}
	return "an unknown exit code"
}

// phrases say for each action what to do, as an imperative; %s is its value. Where there are two, the second is for an
// advice without a value.
var phrases = lazy.Value[map[record.Action][2]string]{Make: func() map[record.Action][2]string {
	return map[record.Action][2]string{
		record.UseTLS:                {"use TLS from the first byte, on port %s", "use TLS from the first byte"},
		record.UseSTARTTLS:           {"require STARTTLS, on port %s", "require STARTTLS"},
		record.UsePort:               {"use port %s", "use another port"},
		record.SendNoSecret:          {"send no password here"},
		record.TrustCA:               {"trust the CA that issued the certificate only after its operator has confirmed its fingerprint"},
		record.AcceptUnverified:      {"continue although the server's certificate failed verification, and send no password"},
		record.AcceptUnverifiedAuth:  {"send the password or token to a server whose certificate failed verification: an attacker may read it"},
		record.AcceptCleartext:       {"send the password or token in cleartext, where anyone on the path can read it"},
		record.AcceptObsolete:        {"send the password or token through a TLS version that must not be used: an attacker on the path may read it"},
		record.GiveServerName:        {"request the server name %s", "give the server name that the certificate is for"},
		record.GiveClientCertificate: {"give a client certificate and its key"},
		record.CapTLS:                {"offer at most %s", "offer a lower TLS version"},
		record.AllowLegacyTLS:        {"offer obsolete TLS versions, to see what the server can do"},
		record.NoInitialResponse:     {"send AUTH without an initial response"},
		record.TryMechanism:          {"log in with AUTH %s", "log in with another mechanism"},
		record.GivePassword:          {"check the username and the password, and log in again"},
		record.GiveToken:             {"give a new access token"},
		record.GiveEHLOName:          {"give the name %s in EHLO", "give another name in EHLO, such as this host's full domain name"},
		record.OtherAddressFamily:    {"use the other address family, IPv4 or IPv6"},
		record.OtherAddress:          {"try the next address of the name, %s", "try another address of the name"},
		record.RetryAfter:            {"try again after %s", "try again later"},
		record.CheckName:             {"check the spelling of the host name"},
		record.CheckAddress:          {"check the sender's and the recipients' addresses"},
		record.ShrinkMessage:         {"send a smaller message"},
		record.AskOperator:           {"tell the server's operator: %s", "tell the server's operator what happened, and when"},
		record.SpeakLMTP:             {"speak LMTP with this server"},
		record.SpeakSMTP:             {"speak SMTP with this server"},
		record.ContactPrivate:        {"if the network is your own, agree to contact private addresses"},
		record.DoAsTold:              {"%s", "see the cause"},
	}
}}

// Advice is what to do, as an imperative, without saying how a face does it.
func Advice(a record.Advice) string {
	forms, ok := phrases.Get()[a.Do]
	value := adviceValue(a)
	switch {
	case !ok:
		return List(": ", string(a.Do), value)
	case a.Text != "" && a.Text == value && !strings.Contains(forms[0], ": %s"):
		return strings.TrimSuffix(a.Text, ".")
	case strings.Contains(forms[0], "%s") && value == "":
		return forms[1]
	case strings.Contains(forms[0], "%s"):
		return fmt.Sprintf(forms[0], value)
	}
	return forms[0]
}

// Following is what following an advice does, in a few words for where a digit stands before it; empty where [Advice] is as short. again
// holds where what it asks for was given before.
func Following(do record.Action, again bool) string {
	switch {
	case again && do == record.GivePassword:
		return "give another password"
	case again && do == record.GiveToken:
		return "give another token"
	}
	return followings.Get()[do]
}

var followings = lazy.Value[map[record.Action]string]{Make: func() map[record.Action]string {
	return map[record.Action]string{
		record.TrustCA: "trust a CA, once its fingerprint is compared", record.AcceptUnverified: "continue unverified, without a password",
		record.AcceptUnverifiedAuth: "send the password all the same", record.AcceptCleartext: "log in in cleartext, when asked again",
		record.AcceptObsolete:        "log in all the same, when asked again",
		record.GiveClientCertificate: "give a client certificate", record.AllowLegacyTLS: "offer obsolete versions of TLS",
		record.NoInitialResponse: "AUTH without an initial response", record.GivePassword: "give a password", record.GiveToken: "give a token",
		record.GiveEHLOName: "give another EHLO name", record.OtherAddressFamily: "use the other address family", record.CheckName: "give another host name",
		record.CheckAddress: "give another address", record.ShrinkMessage: "send a smaller message", record.SpeakLMTP: "speak LMTP", record.SpeakSMTP: "speak SMTP",
	}
}}

func adviceValue(a record.Advice) string {
	switch {
	case a.Port != 0:
		return strconv.Itoa(a.Port)
	case a.Name != "":
		return a.Name
	case a.After != 0:
		return Span(a.After)
	}
	return strings.TrimSuffix(a.Text, ".")
}

// Span is a wait in whole units.
func Span(d time.Duration) string {
	switch {
	case d%time.Hour == 0:
		return Number(int(d/time.Hour), "hour")
	case d%time.Minute == 0:
		return Number(int(d/time.Minute), "minute")
	}
	return Number(int(d/time.Second), "second")
}

// Facts are what a session has shown, whatever it came to.
func Facts(f *record.Facts) []Part {
	parts := kept([]Part{
		{Name: "server", Value: List(" at ", f.Peer, f.Address)},
		{Name: "TLS", Value: factTLS(f), Bad: f.TLS != "" && !f.Verified},
		{Name: "certificate", Value: factCertificate(f)},
		{Name: "SHA-256", Alone: "certificate SHA-256", Value: f.SHA256},
		{Name: "root sent", Value: List(", SHA-256 ", f.Root, f.RootSHA256)},
		{Name: "AUTH", Value: factAuth(f)},
		{Name: "size limit", Value: when(f.Size > 0, Number(int(f.Size), "byte"))},
		{Name: "accepted", Value: when(f.Delivered > 0, Number(f.Delivered, "message")+when(len(f.Refused) > 0, Labelled(" for ", strings.Join(f.DeliveredTo, ", "))))},
		{Name: "refused", Value: strings.Join(f.Refused, ", "), Bad: true},
		{Name: "exposed", Value: when(f.Address != "", exposed(f)), Bad: f.Exposed != ""},
	})
	for i, a := range f.Earlier {
		parts = append(parts, Part{Name: "attempt " + strconv.Itoa(i+1), Value: List(": ", string(a.Phase), cmp.Or(a.Cause, string(a.Finding))), Bad: true})
	}
	return parts
}

func factTLS(f *record.Facts) string {
	switch {
	case f.TLS == "" && f.Address == "":
		return ""
	case f.TLS == "":
		return "none"
	case f.Verified:
		return List(", ", f.TLS, f.Suite, "verified")
	case f.Unjudged:
		return List(", ", f.TLS, f.Suite, "unknown whether it was verified")
	}
	return List(", ", f.TLS, f.Suite, "not verified")
}

func factCertificate(f *record.Facts) string {
	if f.Expires.IsZero() {
		return strings.Join(f.Names, ", ")
	}
	when := "valid until "
	if f.Expired {
		when = "expired on "
	}
	return List(", ", strings.Join(f.Names, ", "), when+f.Expires.UTC().Format(time.DateOnly))
}

func factAuth(f *record.Facts) string {
	used := ""
	if f.Used != "" {
		used = "logged in" + Labelled(" as ", f.User) + " with " + f.Used
	}
	return List("; ", used, Labelled("offered ", strings.Join(f.Offered, ", ")))
}

// exposed is what someone on the path, or in the place of the server, could read.
func exposed(f *record.Facts) string {
	secret := "the " + f.Exposed
	if f.Exposed == "proof" {
		secret = "a value from which the password can be guessed"
	}
	switch {
	case f.Exposed != "" && f.TLS != "" && !f.Verified:
		return secret + ", to an unverified server"
	case f.Exposed == "proof" && f.TLS != "":
		return secret + ", to the impostor"
	case f.Exposed != "":
		return secret + ", to an eavesdropper"
	case f.TLS == "":
		return "every line, to an eavesdropper"
	}
	return "nothing but what was sent before TLS"
}
