package lab

// An Account is a practice user. Nothing in it is secret: it exists in the
// practice server only and is shown to learners.
type Account struct {
	User        string
	Password    string
	AppPassword string // accepted by password mechanisms, if the account has one
	Token       string // bearer token for XOAUTH2 and OAUTHBEARER
	Story       string // who this is and what happens at log-in

	// Refusal is the reply to a right password, complete, or "" if the
	// account may log in with it. Disabled refuses every other proof too.
	Refusal  string
	Disabled bool
	// Expired says that Token is no longer good.
	Expired bool
}

// Accounts returns the practice users.
func Accounts() []Account {
	return []Account{
		{User: "ann", Password: "tulip-42", Token: "practice-token-ann",
			Story: "an ordinary user; her password and her token work"},
		{User: "bob", Password: "bicycle-7", AppPassword: "wxyz-practice-abcd", Token: "practice-token-bob",
			Story:   "has two-step verification on: his own password is right and still refused, his app password works",
			Refusal: "534 5.7.9 an application-specific password is required"},
		{User: "carol", Password: "marble-19", Token: "practice-token-carol",
			Story:   "her account was disabled last week",
			Refusal: "525 5.7.13 user account disabled", Disabled: true},
		{User: "dave", Password: "harbour-3", Token: "practice-token-dave-expired", Expired: true,
			Story: "his access token ran out an hour ago; his password works"},
		{User: "erin", Password: "lantern-8", Token: "practice-token-erin",
			Story:   "signed in from a new place: the server wants to see her in a browser first",
			Refusal: "534 5.7.14 sign in with a browser first, then try again"},
		{User: "frank", Password: "pebble-55", Token: "practice-token-frank",
			Story:   "his password was carried over from an old system and must be changed",
			Refusal: "432 4.7.12 a password transition is needed"},
		{User: "grace", Password: "willow-31", Token: "practice-token-grace",
			Story:   "her administrator has switched password log-in over SMTP off for the whole organisation; tokens work",
			Refusal: "535 5.7.139 authentication unsuccessful, SmtpClientAuthentication is disabled for the tenant"},
	}
}

// account finds a practice user by name; "ann" and "ann@lab.test" are the same.
func account(user string) (Account, bool) {
	local := localPart(user)
	for _, a := range Accounts() {
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
