package sasl

import (
	"cmp"
	"slices"
	"strings"

	"ehlo/session/lazy"
)

// mechanism is everything that this package knows of one mechanism. Each stands in the file of its family, which
// registers it; nothing else asks for a mechanism by its name. One that is known and not spoken has its Info and at
// most the functions that open its messages.
type mechanism struct {
	Info
	place int // order of preference, lowest first; Info.Rank is made from it
	// why is the reason for its place, short the same in at most 40 characters.
	why, short string
	// client and server make the two sides of an exchange.
	client func(settings) (stepper, error)
	server func(*Server) serverStepper
	// lacks names a credential that is missing beside what Needs says; nil is none.
	lacks func(Credentials) string
	// message opens what the client sends; false if it does not have the form. challenge opens what the server sends;
	// nil shows it as it came.
	message   func([]byte) ([]Value, bool)
	challenge func([]byte) Challenge
	// recognize tells a message of this mechanism by its content alone; nil where that cannot be told.
	recognize func([]byte) (server, ok bool)
	// slips are the typical mistakes in a typed message, in words; nil for none that is typical.
	slips func(typed []byte, right Response) []string
	// tools are the steps of the workbench; due is the name of the one that this challenge asks for, "" for the first.
	tools func() []Tool
	due   func(challenge []byte) string
	// alone is the place of the first tool among those that make a whole message without an exchange; 0 is none.
	alone int
	// lines is how many responses a client has to send before it has shown what the mechanism wants of it.
	lines int
	// proof reports whether a challenge has the form of the server's proof, right or wrong; nil where no challenge of
	// its own holds it.
	proof func(challenge []byte) bool
	// asksName reports whether a challenge asks for the username, which is no secret.
	asksName func(challenge []byte) bool
}

// register puts the mechanisms of a family into the table, which is made when it is first asked for.
func register(family func() []mechanism) struct{} {
	families = append(families, family)
	return struct{}{}
}

var families []func() []mechanism

// table is every mechanism, best first.
var table = lazy.Value[[]*mechanism]{Make: func() []*mechanism {
	var rows []*mechanism // rows are large, and sorting moves them
	for _, family := range families {
		members := family()
		for i := range members {
			rows = append(rows, &members[i])
		}
	}
	slices.SortStableFunc(rows, func(a, b *mechanism) int { return cmp.Compare(a.place, b.place) })
	for i := range rows {
		rows[i].Rank = i + 1
	}
	return rows
}}

// find gives a mechanism by its name in any case. One that is not known has its name and nothing else.
func find(name string) (m *mechanism, known bool) {
	if m := rowOf(name); m != nil {
		return m, true
	}
	return &mechanism{Info: Info{Name: strings.ToUpper(name), Rank: len(table.Get()) + 1, Hides: HidesPassword}}, false
}

// rowOf is the row of a mechanism, nil if it is not known.
func rowOf(name string) *mechanism {
	for _, m := range table.Get() {
		if len(m.Name) == len(name) && strings.EqualFold(m.Name, name) {
			return m
		}
	}
	return nil
}

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
	Family  string // what it shares its messages with: "SCRAM"; its own name for most
	Hash    string // hash function in the name, "" if there is none
	Status  string // where it stands: "standards track", "historic", "vendor", ...
	Summary string // what happens, in a line
	// Eavesdropper says what someone who reads the exchange without TLS can do with it.
	Eavesdropper string
	// Hides is what of a secret the client's messages hold, one of the Hides constants; "" if nothing.
	Hides string
	// NeedsTLS is set when the exchange must not go over clear text.
	NeedsTLS bool
	// Bound is set when the exchange is bound to the TLS connection (-PLUS, RFC 5802 §6).
	Bound bool
	// Iterated is set when the proof is made with a salt and an iteration count of the server's choice (SCRAM).
	Iterated bool
	// PlaintextEquivalent is set when the server gets, or has to keep, something as good as the password.
	PlaintextEquivalent bool
	// ProvesServer is set when the exchange fails with a server that does not know the account.
	ProvesServer bool
	Needs        Needs
	// OnRequest is set when it must not be used unless a person names it: it logs in as nobody.
	OnRequest bool
	// Rank orders by preference inside verified TLS, 1 is best.
	Rank int
	Ref  string
	// ClientFirst is set when the client can send something with the AUTH command.
	ClientFirst bool
	// UsernameFirst is set when the client's first message is the username alone, which goes with the AUTH command only
	// where a person wants it to ([WithInitialUsername]).
	UsernameFirst bool
	// Authzid is set when the exchange has a place for an identity to act as that is not the user's own.
	Authzid bool
	// Realm is set when the exchange has a realm ([Credentials].Realm), Trace when it leaves a trace (Trace there).
	Realm, Trace bool
	// Rare is set when few servers have it: it is used where it is offered, and not suggested elsewhere.
	Rare bool
	// Supported is set when [New] makes the mechanism. Where it is not, Unspoken says why.
	Supported bool
	Unspoken  string
}

// HandsOver reports whether the client sends the password itself.
func (i Info) HandsOver() bool { return i.NeedsTLS && i.PlaintextEquivalent }

// KeepsPassword reports whether the client proves that it knows the password without sending it, and the server proves
// the same, with what it keeps being of no use to a thief who wants to log in (RFC 5802 §9).
func (i Info) KeepsPassword() bool { return i.Supported && i.Iterated && i.ProvesServer }

// Mechanisms lists every known mechanism, best first.
func Mechanisms() []Info {
	list := make([]Info, len(table.Get()))
	for i, m := range table.Get() {
		list[i] = m.Info
	}
	return list
}

// Usual are the names of those that are worth a try at any server: they are supported and not rare.
func Usual() []string {
	names := make([]string, 0, len(table.Get()))
	for _, m := range table.Get() {
		if m.Supported && !m.Rare {
			names = append(names, m.Name)
		}
	}
	return names
}

// Lookup finds a mechanism by name, in any case.
func Lookup(name string) (Info, bool) {
	if m := rowOf(name); m != nil {
		return m.Info, true
	}
	return Info{}, false
}

// What someone who listens can do.
const (
	hearsScram   = "cannot log in with it, but can guess the password offline; the iteration count slows this down"
	hearsMD5     = "cannot log in with it, but can guess the password offline, millions of times per second"
	hearsPlain   = "reads the password and logs in with it"
	hearsToken   = "reads the token and uses it until it expires"
	hearsNothing = "nothing: no secret is sent"
	hearsTicket  = "cannot log in with it"
)

// Reasons that several mechanisms share.
const (
	whyNoSecret, shortNoSecret = "no secret is sent", "no secret is sent"
	whyBound, shortBound       = "the password is not sent, the server proves itself, and an on-path attacker is detected", "password not sent; bound to TLS"
	whyKept, shortKept         = "the password is not sent, and the server proves itself", "password not sent; server proves itself"
	whyToken, shortToken       = "a token expires and can be revoked", "sends a token, which can be revoked"
	whySent, shortSent         = "only TLS protects the password", "sends the password; needs TLS"
	whyMD5, shortMD5           = "outdated: it uses MD5, and the server stores a value that is equivalent to the password", "password not sent; outdated"
	whyNobody, shortNobody     = "the client logs in without an identity", "logs in without an identity"
)
