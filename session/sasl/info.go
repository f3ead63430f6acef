package sasl

import (
	"slices"
	"strings"
)

// Needs is what a person must have for a mechanism.
type Needs string

// What mechanisms need.
const (
	NeedsPassword    Needs = "password"
	NeedsToken       Needs = "token"
	NeedsCertificate Needs = "client certificate"
	NeedsNothing     Needs = "nothing"
	NeedsTicket      Needs = "Kerberos ticket"
)

// Info describes a mechanism.
type Info struct {
	Name    string
	Status  string // where it stands: "standards track", "historic", "vendor", ...
	Summary string // what happens, in a line
	// Eavesdropper says what somebody who reads the exchange without TLS can do with it.
	Eavesdropper string
	// NeedsTLS is set when the exchange must not go over clear text.
	NeedsTLS bool
	// PlaintextEquivalent is set when the server gets, or has to keep, something as good as the password.
	PlaintextEquivalent bool
	// ProvesServer is set when the exchange fails with a server that does not know the account.
	ProvesServer bool
	Needs        Needs
	// Rank orders by preference inside verified TLS, 1 is best.
	Rank int
	Ref  string
	// ClientFirst is set when the client can send something with the AUTH command.
	ClientFirst bool
	// Authzid is set when the exchange has a place for an identity to act as that is not the user's own.
	Authzid bool
	// Supported is set when [New] makes the mechanism.
	Supported bool
}

// Mechanisms lists every known mechanism, best first.
func Mechanisms() []Info { return slices.Clone(mechanisms[:]) }

// Lookup finds a mechanism by name, in any case.
func Lookup(name string) (Info, bool) {
	for i := range mechanisms {
		if strings.EqualFold(mechanisms[i].Name, name) {
			return mechanisms[i], true
		}
	}
	return Info{}, false
}

const (
	hearsScram = "cannot log in with it; can guess the password offline, slowed down by the salt and the iteration count"
	hearsMD5   = "cannot log in with it; can guess the password offline, at full speed"
	hearsPlain = "reads the password and logs in with it"
	hearsToken = "reads the token and uses it until it expires"
)

var mechanisms = [...]Info{
	{Name: "EXTERNAL", Status: "standards track", Rank: 1, Ref: "RFC 4422 app. A", Needs: NeedsCertificate,
		Summary:      "the client points at what TLS has shown already, its certificate",
		Eavesdropper: "nothing: no secret is sent", NeedsTLS: true, ClientFirst: true, Authzid: true, Supported: true},
	{Name: "SCRAM-SHA-256-PLUS", Status: "standards track", Rank: 2, Ref: "RFC 7677", Needs: NeedsPassword,
		Summary:      "both sides prove that they know the password, bound to this TLS connection",
		Eavesdropper: hearsScram, NeedsTLS: true, ProvesServer: true, ClientFirst: true, Authzid: true, Supported: true},
	{Name: "SCRAM-SHA-1-PLUS", Status: "standards track", Rank: 3, Ref: "RFC 5802", Needs: NeedsPassword,
		Summary:      "both sides prove that they know the password, bound to this TLS connection",
		Eavesdropper: hearsScram, NeedsTLS: true, ProvesServer: true, ClientFirst: true, Authzid: true, Supported: true},
	{Name: "SCRAM-SHA-256", Status: "standards track", Rank: 4, Ref: "RFC 7677", Needs: NeedsPassword,
		Summary:      "both sides prove that they know the password, nobody sends it",
		Eavesdropper: hearsScram, ProvesServer: true, ClientFirst: true, Authzid: true, Supported: true},
	{Name: "SCRAM-SHA-1", Status: "standards track", Rank: 5, Ref: "RFC 5802", Needs: NeedsPassword,
		Summary:      "both sides prove that they know the password, nobody sends it",
		Eavesdropper: hearsScram, ProvesServer: true, ClientFirst: true, Authzid: true, Supported: true},
	{Name: "OAUTHBEARER", Status: "standards track", Rank: 6, Ref: "RFC 7628", Needs: NeedsToken,
		Summary:      "the client hands over an OAuth 2.0 access token",
		Eavesdropper: hearsToken, NeedsTLS: true, ClientFirst: true, Authzid: true, Supported: true},
	{Name: "XOAUTH2", Status: "vendor, in common use", Rank: 7, Ref: xoauth2Ref, Needs: NeedsToken,
		Summary:      "the client hands over an OAuth 2.0 access token, as Google defined it before there was a standard",
		Eavesdropper: hearsToken, NeedsTLS: true, ClientFirst: true, Supported: true},
	{Name: "PLAIN", Status: "standards track", Rank: 8, Ref: "RFC 4616", Needs: NeedsPassword,
		Summary:      "the client sends username and password in one message",
		Eavesdropper: hearsPlain, NeedsTLS: true, PlaintextEquivalent: true, ClientFirst: true, Authzid: true, Supported: true},
	{Name: "LOGIN", Status: "obsolete, never standardised, in common use", Rank: 9, Ref: loginRef, Needs: NeedsPassword,
		Summary:      "the server asks for username and password one after the other",
		Eavesdropper: hearsPlain, NeedsTLS: true, PlaintextEquivalent: true, Supported: true},
	{Name: "CRAM-MD5", Status: "limited use", Rank: 10, Ref: "RFC 2195", Needs: NeedsPassword,
		Summary:      "the client answers a challenge with an HMAC-MD5 keyed by the password",
		Eavesdropper: hearsMD5, PlaintextEquivalent: true, Supported: true},
	{Name: "DIGEST-MD5", Status: "historic, RFC 6331", Rank: 11, Ref: "RFC 2831", Needs: NeedsPassword,
		Summary:      "both sides answer with MD5 digests over password and nonces",
		Eavesdropper: hearsMD5, PlaintextEquivalent: true, ProvesServer: true, Authzid: true, Supported: true},
	{Name: "ANONYMOUS", Status: "standards track", Rank: 12, Ref: "RFC 4505", Needs: NeedsNothing,
		Summary:      "the client says that it will not say who it is",
		Eavesdropper: "nothing: no secret is sent", ClientFirst: true, Supported: true},
	{Name: "GSSAPI", Status: "standards track", Rank: 13, Ref: "RFC 4752", Needs: NeedsTicket,
		Summary: "Kerberos, for machines that have joined a domain", ProvesServer: true, ClientFirst: true,
		Eavesdropper: "cannot log in with it"},
	{Name: "GS2-KRB5-PLUS", Status: "standards track", Rank: 14, Ref: "RFC 5801", Needs: NeedsTicket,
		Summary: "Kerberos by way of GS2, bound to the TLS connection", ProvesServer: true, ClientFirst: true,
		Eavesdropper: "cannot log in with it", NeedsTLS: true},
	{Name: "GS2-KRB5", Status: "standards track", Rank: 15, Ref: "RFC 5801", Needs: NeedsTicket,
		Summary: "Kerberos by way of GS2", ProvesServer: true, ClientFirst: true,
		Eavesdropper: "cannot log in with it"},
	{Name: "NTLM", Status: "vendor, given up by its vendor", Rank: 16, Ref: "MS-NLMP", Needs: NeedsPassword,
		Summary:      "Microsoft's challenge and response with MD4 and RC4 inside",
		Eavesdropper: hearsMD5, PlaintextEquivalent: true, ClientFirst: true},
	{Name: "SCRAM-SHA-512-PLUS", Status: "draft", Rank: 17, Ref: "RFC 5802", Needs: NeedsPassword,
		Summary: "SCRAM with SHA-512", Eavesdropper: hearsScram, NeedsTLS: true, ProvesServer: true, ClientFirst: true},
	{Name: "SCRAM-SHA-512", Status: "draft", Rank: 18, Ref: "RFC 5802", Needs: NeedsPassword,
		Summary: "SCRAM with SHA-512", Eavesdropper: hearsScram, ProvesServer: true, ClientFirst: true},
}
