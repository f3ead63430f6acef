package walk

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"ehlo/session/record"
	"ehlo/session/sasl"
)

// What a place shows that the row of its finding cannot know: here another advice comes first.

// initialRefused reports whether a reply to AUTH is about the initial response that came with it: its arguments are refused,
// although the mechanism is offered and the response was whole (RFC 4954 §4).
func initialRefused(s record.Snapshot, v record.Verb, r *record.Reply) bool {
	if v != record.VerbAuth || s.Sent == nil || !refusesArguments(r) {
		return false
	}
	words := strings.Fields(string(s.Sent.Raw))
	return len(words) == 3 && s.Capabilities != nil && s.Capabilities.OffersAuth(words[1])
}

// refusesArguments reports whether a reply objects to the arguments of AUTH. 501 does, unless it is about what the response
// says: 5.5.2, or base64. 504 usually means the mechanism.
func refusesArguments(r *record.Reply) bool {
	text := strings.ToLower(r.Text())
	says := func(word string) bool { return strings.Contains(text, word) }
	switch r.Code {
	case 501:
		return !(r.Enhanced.Subject == 5 && r.Enhanced.Detail == 2) && !says("base64") && !says("cancel")
	case 504:
		return says("initial") || says("parameter") || says("argument")
	}
	return false
}

// unknownTokenUser reports whether a token is refused because the user named beside it has no mailbox there. Exchange Online
// says so with 5.5.124, which is registered for nothing.
func unknownTokenUser(s record.Snapshot, phase record.Phase, r *record.Reply) bool {
	if phase != record.PhaseAuth || !ByToken(s.State.Mechanism) || r.Code/100 != 5 {
		return false
	}
	text := strings.ToLower(r.Text())
	says := func(word string) bool { return strings.Contains(text, word) }
	return r.Enhanced.Subject == 5 && r.Enhanced.Detail == 124 || says("user not found") || says("usernotfound") || says("mailbox not found") || says("no such mailbox")
}

// lacksSecret puts a mechanism first that sends the password itself, where the one that was refused needs a secret of its own
// with the server: where passwords are stored hashed there is none, although the mechanism is offered. One that has got a
// challenge of SCRAM has the secret.
func (t *taking) lacksSecret(f *record.Finding) {
	name := t.s.State.Mechanism
	info, known := sasl.Lookup(name)
	if !known || f.Code != record.FoundCredentialsWrong || info.Needs != sasl.NeedsPassword || info.HandsOver() || !t.s.State.Security.Encrypted() {
		return
	}
	other := slices.IndexFunc([]string{"PLAIN", "LOGIN"}, func(m string) bool { return t.s.Capabilities != nil && t.s.Capabilities.OffersAuth(m) })
	if other < 0 || info.Iterated && t.e.Step != record.VerbAuth {
		return
	}
	instead := []string{"PLAIN", "LOGIN"}[other]
	f.Text += fmt.Sprintf(" The password may be wrong, or the server stores no secret for %s for this account, for example because it stores only password hashes.", name)
	f.Advice = []record.Advice{{Do: record.TryMechanism, Name: instead}, {Do: record.GivePassword}}
}

// ByToken reports whether a mechanism logs in with an access token.
func ByToken(mechanism string) bool { return proofOf(mechanism) == string(sasl.NeedsToken) }

// blamesFamily puts the other family first where a refusal is about the one that was used: a server may ask more of clients
// over IPv6 than over IPv4.
func (t *taking) blamesFamily(f *record.Finding, r *record.Reply) {
	if t.s.Connect == nil || t.s.Resolve == nil || !bothFamilies(t.s.Resolve.Addresses) {
		return
	}
	used, err := netip.ParseAddrPort(t.s.Connect.Remote)
	named := "ipv4"
	if err == nil && used.Addr().Is6() {
		named = "ipv6"
	}
	if err == nil && strings.Contains(strings.ToLower(r.Text()), named) {
		f.Who, f.Advice = record.WhoYou, append(first(record.OtherAddressFamily, f), record.Advice{Do: record.DoAsTold}) // what would let this family in
	}
}

// anotherService judges cleartext in place of TLS. After STARTTLS it says that what offered it has none; TLS from the first byte
// met a program that speaks neither TLS nor SMTP, so another port comes first.
func (t *taking) anotherService(f *record.Finding, said []byte) {
	switch {
	case f.Code != record.FoundTLSPlaintext || len(said) == 0:
	case t.s.State.Has(record.PhaseSTARTTLS):
		f.Text = fmt.Sprintf("%s answered 220 to STARTTLS, and answered the ClientHello with cleartext, “%s”: the program that offers STARTTLS there does not support TLS; often it is a gateway in front of the server.", t.host(), firstLine(said))
	default:
		f.Who, f.Advice = record.WhoYou, []record.Advice{{Do: record.UsePort}}
		f.Text = fmt.Sprintf("Port %d of %s answers a ClientHello with cleartext (“%s”): %s.", t.s.Start.Target.Port, t.host(), firstLine(said), spokenBy(said))
	}
}

// spokenBy says which kind of server its first words in cleartext are those of.
func spokenBy(said []byte) string {
	for _, k := range [...]struct{ opens, named string }{{"HTTP/", "a web server"}, {"* OK", "an IMAP server"}, {"+OK", "a POP3 server"}, {"SSH-", "an SSH server"}} {
		if bytes.HasPrefix(said, []byte(k.opens)) {
			return k.named + " without TLS listens there"
		}
	}
	return "the service there uses another protocol"
}

// namedByAddress puts the server's name first where the target is an address, which certificates of mail servers seldom hold.
func namedByAddress(s record.Snapshot, f *record.Finding) {
	if _, err := netip.ParseAddr(s.Start.Target.Host); err == nil && f.Code == record.FoundCertificateWrongHost && s.Start.ServerName == "" {
		f.Who, f.Advice = record.WhoYou, first(record.GiveServerName, f)
		f.Text += " The target is an IP address, so the client sent no SNI."
	}
}

// first is the advice of a finding's row with one action in front.
func first(do record.Action, f *record.Finding) []record.Advice {
	row, _ := f.Code.Row()
	rest := slices.DeleteFunc(slices.Clone(row.Advice), func(a record.Advice) bool { return a.Do == do })
	return append([]record.Advice{{Do: do}}, rest...)
}
