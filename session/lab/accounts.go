package lab

import (
	"crypto/sha256"
	"crypto/tls"
	"slices"

	"ehlo/session/sasl"
)

// An Account is a practice user. Nothing in it is secret: it exists in the
// practice server only and is shown to learners.
type Account struct {
	User        string
	Password    string
	AppPassword string // as good as the password, if the account has one
	Token       string // access token for XOAUTH2 and OAUTHBEARER
	Story       string // who this is and what happens at login

	// Refusal is the reply to a right password, complete, or "" if the
	// account may log in with it. Other proofs do without the password and
	// are not refused, unless the account is Disabled.
	Refusal  string
	Disabled bool
	// Transition limits the refusal to mechanisms that compute with the
	// password, and ends it with a login by PLAIN or LOGIN, from which the
	// server learns what it lacks (432 in RFC 4954 §6).
	Transition bool
	// Expired says that Token is no longer good; NewToken then is.
	Expired  bool
	NewToken string
}

// Accounts returns the practice users.
func Accounts() []Account { return slices.Clone(accounts) }

// Ordinary is the story of an account with which nothing is special.
const Ordinary = "an ordinary user"

var accounts = []Account{
	{User: "ann", Password: "tulip-42", Token: "practice-token-ann",
		Story: Ordinary},
	{User: "bob", Password: "bicycle-7", AppPassword: "wxyz-practice-abcd", Token: "practice-token-bob",
		Story:   "uses two-step verification: his normal password is right but refused, and his app password works",
		Refusal: "534 5.7.9 application-specific password required"},
	{User: "carol", Password: "marble-19", Token: "practice-token-carol",
		Story:   "her account was disabled last week",
		Refusal: "525 5.7.13 user account disabled", Disabled: true},
	{User: "dave", Password: "harbour-3", Token: "practice-token-dave-expired", Expired: true, NewToken: "practice-token-dave-new",
		Story: "his access token expired an hour ago; his new one, practice-token-dave-new, works, and so does his password"},
	{User: "erin", Password: "lantern-8", Token: "practice-token-erin",
		Story:   "signs in from a new place: she has to confirm it in a web browser first",
		Refusal: "534 5.7.14 log in with your web browser first, then try again"},
	{User: "frank", Password: "pebble-55", Token: "practice-token-frank",
		Story:   "his account comes from an old system: SCRAM and the digest mechanisms fail until he has logged in once with PLAIN",
		Refusal: "432 4.7.12 a password transition is needed", Transition: true},
	{User: "grace", Password: "willow-31", Token: "practice-token-grace",
		Story:   "her administrator has disabled SMTP AUTH for the whole organization: neither her password nor her token works",
		Refusal: "535 5.7.139 authentication unsuccessful, SmtpClientAuthentication is disabled for the tenant", Disabled: true},
	{User: "heidi", Password: "cobalt-64", Token: "practice-token-heidi",
		Story:   "her provider no longer accepts passwords for submission, from anyone; tokens work",
		Refusal: "550 5.7.30 basic authentication is not supported for client submission"},
}

// Public reports whether a secret is one of the practice accounts' own, or the one that the scenario suggests: it is told to everyone
// and opens nothing.
func (l *Lab) Public(secret string) bool {
	if secret != "" && secret == l.scenario.Password {
		return true
	}
	return slices.ContainsFunc(accounts, func(a Account) bool {
		return slices.Contains([]string{a.Password, a.AppPassword, a.Token, a.NewToken}, secret) && secret != ""
	})
}

// account finds a practice user by name; "ann" and "ann@lab.test" are the same.
func account(user string) (Account, bool) {
	local := localPart(user)
	for _, a := range accounts {
		if a.User == local {
			return a, true
		}
	}
	return Account{}, false
}

// localPart removes the practice domain from an address and leaves the address
// of any other domain whole.
func localPart(address string) string {
	if local, ok := cutSuffixFold(address, "@"+Domain); ok {
		return local
	}
	return address
}

// sameUser reports whether two names are one account. Nobody may act for
// another here, and "ann" is "ann@lab.test".
func sameUser(a, b string) bool { return localPart(a) == localPart(b) }

// anonymous is the user that ANONYMOUS logs in as.
const anonymous = "anonymous"

// directory is the accounts as a mechanism sees them.
type directory struct{}

// Account finds an account for a mechanism. The salt belongs to the account,
// however its name is written.
func (directory) Account(user string) (sasl.Account, bool) {
	a, ok := account(user)
	if !ok {
		return sasl.Account{}, false
	}
	salt := sha256.Sum256([]byte("practice salt of " + a.User))
	found := sasl.Account{
		Password: sasl.NewSecret(a.Password), AppPassword: sasl.NewSecret(a.AppPassword),
		Token: sasl.NewSecret(a.Token), Salt: salt[:16], TokenExpired: a.Expired, NewToken: sasl.NewSecret(a.NewToken),
	}
	return found, true
}

// handsOver reports whether the server gets the password itself.
func handsOver(mechanism string) bool {
	info, _ := sasl.Lookup(mechanism)
	return info.HandsOver()
}

// refused is the reply to a proof that was right, or "" if it is accepted.
func (f *front) refused(a Account, mechanism string, by sasl.Proof) string {
	switch {
	case a.Disabled:
		return a.Refusal
	case by != sasl.ByPassword, a.Transition && f.moves(a.User, handsOver(mechanism)):
		return ""
	}
	return a.Refusal
}

// moves reports whether the password of a user has the new form, and gives it that where the server gets it now.
func (f *front) moves(user string, now bool) bool {
	moved, done := f.lab.moved.visitor(f.visitor())
	defer done()
	moved[user] = moved[user] || now
	return moved[user]
}

// certified is the address in the client's certificate, or "" if none was
// shown that holds.
func certified(state *tls.ConnectionState) string {
	if state == nil || len(state.VerifiedChains) == 0 {
		return ""
	}
	for _, address := range state.VerifiedChains[0][0].EmailAddresses {
		return address
	}
	return ""
}
