package sasl

import "strings"

// Mechanisms that servers offer and this program does not speak, each with the reason. A list that a server gives must
// lose none of them.
var _ = register(func() []mechanism {
	return []mechanism{
		unspoken(800, Info{Name: "GSSAPI", Status: "standards track", Ref: "RFC 4752", Needs: NeedsTicket, ProvesServer: true, ClientFirst: true,
			Summary: "Kerberos login, for computers that have joined a domain", Eavesdropper: hearsTicket,
			Unspoken: needsKerberos}),
		unspoken(810, Info{Name: "GS2-KRB5-PLUS", Status: "standards track", Ref: "RFC 5801", Needs: NeedsTicket, ProvesServer: true, ClientFirst: true,
			NeedsTLS: true, Bound: true, Summary: "Kerberos login through GS2, bound to the TLS connection", Eavesdropper: hearsTicket,
			Unspoken: needsKerberos}),
		unspoken(811, Info{Name: "GS2-KRB5", Status: "standards track", Ref: "RFC 5801", Needs: NeedsTicket, ProvesServer: true, ClientFirst: true,
			Summary: "Kerberos login through GS2", Eavesdropper: hearsTicket, Unspoken: needsKerberos}),
		unspoken(812, Info{Name: "GSS-SPNEGO", Status: "limited use", Ref: "RFC 4752", Needs: NeedsTicket, ProvesServer: true, ClientFirst: true,
			Summary: "client and server agree on Kerberos or NTLM", Eavesdropper: hearsMD5, Unspoken: needsKerberos}),
		unspoken(813, Info{Name: "KERBEROS_V5", Status: "not specified", Ref: ianaRef, Needs: NeedsTicket, ProvesServer: true,
			Summary: "a name that was reserved for Kerberos 5", Eavesdropper: hearsTicket, Unspoken: "no specification defines it; GSSAPI is used for Kerberos"}),
		unspoken(814, Info{Name: "KERBEROS_V4", Status: "obsolete", Ref: "RFC 2222 §7.1", Needs: NeedsTicket, ProvesServer: true,
			Summary: "login with Kerberos 4, the predecessor of today's Kerberos", Eavesdropper: hearsTicket, Unspoken: "Kerberos 4 uses DES and has been withdrawn (RFC 6649)"}),
		unspoken(820, Info{Name: "EAP-AES128-PLUS", Status: "standards track", Ref: "RFC 7055", Needs: NeedsPassword, NeedsTLS: true, Bound: true, ProvesServer: true,
			Summary: "login by an EAP method, bound to the TLS connection", Eavesdropper: hearsTicket, Unspoken: needsFederation}),
		unspoken(821, Info{Name: "EAP-AES128", Status: "standards track", Ref: "RFC 7055", Needs: NeedsPassword, ProvesServer: true,
			Summary: "login by an EAP method, for example in federations of universities", Eavesdropper: hearsTicket, Unspoken: needsFederation}),
		unspoken(822, Info{Name: "SAML20", Status: "standards track", Ref: "RFC 6595", Needs: NeedsNothing, NeedsTLS: true,
			Summary: "login in a web browser, by SAML", Eavesdropper: hearsTicket, Unspoken: "the login itself happens in a web browser"}),
		unspoken(823, Info{Name: "OPENID20", Status: "standards track", Ref: "RFC 6616", Needs: NeedsNothing, NeedsTLS: true,
			Summary: "login in a web browser, by OpenID", Eavesdropper: hearsTicket, Unspoken: "the login itself happens in a web browser"}),
		unspoken(830, Info{Name: "NTLM", Status: "vendor, deprecated by its vendor", Ref: "MS-NLMP", Needs: NeedsPassword, Hides: HidesDigest,
			PlaintextEquivalent: true, ClientFirst: true,
			Summary: "Microsoft's challenge-response mechanism, which uses MD4 and RC4", Eavesdropper: hearsMD5, Unspoken: needsNTLM}),
		unspoken(831, Info{Name: "MSN", Status: "obsolete", Ref: ianaRef, Needs: NeedsPassword, Hides: HidesDigest, PlaintextEquivalent: true, ClientFirst: true,
			Summary: "another name for NTLM", Eavesdropper: hearsMD5, Unspoken: needsNTLM}),
		unspoken(840, Info{Name: "OTP", Status: "standards track", Ref: "RFC 2444", Needs: NeedsPassword, ClientFirst: true, Authzid: true,
			Summary: "the client sends a one-time password", Eavesdropper: "cannot log in with it; can guess the passphrase offline",
			Unspoken: "it needs a device or a program that generates one-time passwords (RFC 2289)"}),
		unspoken(841, Info{Name: "SKEY", Status: "obsolete", Ref: "RFC 2444", Needs: NeedsPassword, ClientFirst: true,
			Summary: "the predecessor of OTP, with MD4", Eavesdropper: "cannot log in with it; can guess the passphrase offline",
			Unspoken: "OTP has replaced it, and MD4 is broken"}),
		unspoken(842, Info{Name: "SECURID", Status: "standards track", Ref: "RFC 2808", Needs: NeedsPassword, NeedsTLS: true, ClientFirst: true, Authzid: true,
			Summary: "a code from a hardware token", Eavesdropper: "reads a code that is valid only once", Unspoken: "it needs the hardware token of one vendor"}),
		unspoken(850, Info{Name: "XOAUTH", Status: "obsolete", Ref: ianaRef, Needs: NeedsToken, Hides: HidesToken, NeedsTLS: true, ClientFirst: true,
			Summary: "a signed request of OAuth 1", Eavesdropper: hearsToken, Unspoken: "Google has turned it off; XOAUTH2 and OAUTHBEARER replaced it"}),
		unspoken(851, Info{Name: "PLAIN-CLIENTTOKEN", Status: "vendor", Ref: ianaRef, Needs: NeedsPassword, NeedsTLS: true, ClientFirst: true, PlaintextEquivalent: true,
			Summary: "like PLAIN, with a token that names the client program", Eavesdropper: hearsPlain, Unspoken: "it is private to Google's own programs"}),
	}
})

const (
	ianaRef         = "IANA SASL Mechanisms"
	needsKerberos   = "it needs a Kerberos domain"
	needsNTLM       = "it needs MD4, DES and RC4, which are broken, and its vendor has deprecated it"
	needsFederation = "it needs the EAP method of an organization and a federation around it"
)

// unspoken is a row for a mechanism that has a description only. What its messages hold counts as the password unless
// it is known to be less.
func unspoken(place int, i Info) mechanism {
	i.Family = strings.TrimSuffix(i.Name, "-PLUS")
	if i.Hides == "" {
		i.Hides = HidesPassword
	}
	return mechanism{Info: i, place: place, why: "this program does not support it: " + i.Unspoken, short: "this program does not support it"}
}
