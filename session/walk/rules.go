package walk

import "ehlo/session/record"

// rule is one row of the table of what is legal when. A step whose conditions all hold is legal; the first that does
// not hold says which reply to expect.
type rule struct {
	Verb record.Verb
	Name string // as people write it
	Ref  string // where the command is defined
	Need []condition
}

// condition is one thing that must hold for a command to be in order.
type condition struct {
	holds  func(s record.Snapshot) bool
	expect string // the reply to expect otherwise
	Why    string
	Ref    string
}

// Rules is the one table of what is legal in which state (RFC 5321 §4.1.4, RFC 3207 §4, RFC 4954 §4, RFC 3030 §2).
// The menu of next steps, its reasons and the documentation all come from it.
var Rules = []rule{
	{record.VerbGreeting, "greeting", "RFC 5321 §3.1", []condition{greetingDue}},
	{record.VerbHandshake, "handshake", "RFC 3207 §4", []condition{handshakeDue}},
	{record.VerbEHLO, "EHLO", "RFC 5321 §4.1.1.1", heard()},
	{record.VerbHELO, "HELO", "RFC 5321 §4.1.1.1", heard()},
	{record.VerbSTARTTLS, "STARTTLS", "RFC 3207 §4", heard(greeted, plain, offersSTARTTLS, noTransaction)},
	{record.VerbAuth, "AUTH", "RFC 4954 §4", heard(greeted, notAuthenticated, offersAUTH, noTransaction)},
	{record.VerbRespond, "response", "RFC 4954 §4", []condition{inAuth}},
	{record.VerbCancel, "*", "RFC 4954 §4", []condition{inAuth}},
	{record.VerbMail, "MAIL", "RFC 5321 §4.1.1.2", heard(greeted, noTransaction)},
	{record.VerbRcpt, "RCPT", "RFC 5321 §4.1.1.3", heard(greeted, hasSender, notChunking)},
	{record.VerbData, "DATA", "RFC 5321 §4.1.1.4", heard(greeted, hasSender, hasRecipient, notChunking)},
	{record.VerbContent, "content", "RFC 5321 §4.1.1.4", []condition{inData}},
	{record.VerbBdat, "BDAT", "RFC 3030 §2", heard(greeted, offersCHUNKING, hasSender, hasRecipient)},
	{record.VerbRset, "RSET", "RFC 5321 §4.1.1.5", heard()},
	{record.VerbNoop, "NOOP", "RFC 5321 §4.1.1.9", heard()},
	{record.VerbVrfy, "VRFY", "RFC 5321 §4.1.1.6", heard()},
	{record.VerbExpn, "EXPN", "RFC 5321 §4.1.1.7", heard()},
	{record.VerbHelp, "HELP", "RFC 5321 §4.1.1.8", heard()},
	{record.VerbQuit, "QUIT", "RFC 5321 §4.1.1.10", []condition{spokenTo, notUpgrading, notInData, notInAuth}},
}

// heard are the conditions of a command that the server reads as one, and more.
func heard(more ...condition) []condition {
	return append([]condition{spokenTo, notRefused, notUpgrading, notInData, notInAuth}, more...)
}

var (
	notRefused = condition{
		func(s record.Snapshot) bool { return s.State.Stage != record.StageRefused },
		"503 5.5.1 or 521", "the server refused the session in its greeting: only QUIT is left", "RFC 5321 §3.1, RFC 7504 §2",
	}
	spokenTo = condition{
		func(s record.Snapshot) bool { return s.State.Stage != record.StageConnected },
		"554 5.5.1, or the connection drops", "the server speaks first; talking before its greeting is what spam robots do", "RFC 5321 §4.3.1",
	}
	greeted = condition{
		func(s record.Snapshot) bool { return s.State.Stage == record.StageReady },
		"503 5.5.1", "the server has not been told who is calling: EHLO comes first", "RFC 5321 §4.1.4",
	}
	greetingDue = condition{
		func(s record.Snapshot) bool { return s.State.Stage == record.StageConnected },
		"", "the greeting has been read already", "RFC 5321 §3.1",
	}
	handshakeDue = condition{
		func(s record.Snapshot) bool {
			st, implicit := s.State, s.Start.Policy.Start == record.StartImplicit
			return st.Stage == record.StageUpgrading || st.Stage == record.StageConnected && st.Security == record.SecurityPlain && implicit
		},
		"an SMTP reply in clear text, or a closed connection", "the server does not expect a ClientHello now: it speaks first, and STARTTLS comes before TLS", "RFC 3207 §4",
	}
	plain = condition{
		func(s record.Snapshot) bool { return !s.State.Security.Encrypted() },
		"503 5.5.1, 554 5.5.1 from Postfix", "TLS is active already and is not started twice", "RFC 3207 §4",
	}
	offersSTARTTLS = condition{
		offers("STARTTLS"),
		"502 5.5.1 or 500", "the server did not offer STARTTLS", "RFC 3207 §4",
	}
	offersAUTH = condition{
		offers("AUTH"),
		"503 5.5.1 or 502", "the server did not offer AUTH, perhaps because there is no TLS yet", "RFC 4954 §3",
	}
	offersCHUNKING = condition{
		offers("CHUNKING"),
		"500 or 502 5.5.1", "the server did not offer CHUNKING", "RFC 3030 §2",
	}
	notAuthenticated = condition{
		func(s record.Snapshot) bool { return s.State.Auth != record.AuthDone },
		"503 5.5.1", "the session is authenticated already, and AUTH works once", "RFC 4954 §4",
	}
	noTransaction = condition{
		func(s record.Snapshot) bool { return s.State.Transaction == record.TransactionNone },
		"503 5.5.1", "a mail transaction is open: finish it or send RSET", "RFC 5321 §4.1.4, RFC 4954 §4",
	}
	hasSender = condition{
		func(s record.Snapshot) bool { return s.State.Transaction != record.TransactionNone },
		"503 5.5.1", "no transaction is open: MAIL comes first", "RFC 5321 §4.1.4",
	}
	hasRecipient = condition{
		func(s record.Snapshot) bool { return len(s.State.Recipients) > 0 },
		"503 5.5.1 or 554 5.5.1", "no recipient was accepted yet", "RFC 5321 §3.3",
	}
	notChunking = condition{
		func(s record.Snapshot) bool { return s.State.Transaction != record.TransactionBdat },
		"503 5.5.1", "BDAT has begun and must be finished; DATA and BDAT do not mix", "RFC 3030 §2",
	}
	notInData = condition{
		func(s record.Snapshot) bool { return s.State.Transaction != record.TransactionData },
		"no reply at all", "after 354 every line is message content until a line with only a dot", "RFC 5321 §4.1.1.4",
	}
	inData = condition{
		func(s record.Snapshot) bool { return s.State.Transaction == record.TransactionData },
		"500 5.5.2", "the server has not asked for content: DATA and its 354 come first", "RFC 5321 §4.1.1.4",
	}
	notInAuth = condition{
		func(s record.Snapshot) bool { return s.State.Auth != record.AuthExchange },
		"501 5.5.2", "the server waits for a response or * and reads any line as base64", "RFC 4954 §4",
	}
	inAuth = condition{
		func(s record.Snapshot) bool { return s.State.Auth == record.AuthExchange },
		"500 5.5.2", "there is no challenge to answer: AUTH comes first", "RFC 4954 §4",
	}
	notUpgrading = condition{
		func(s record.Snapshot) bool { return s.State.Stage != record.StageUpgrading },
		"a TLS error", "the server waits for a ClientHello after its 220", "RFC 3207 §4",
	}
)

func offers(keyword string) func(record.Snapshot) bool {
	return func(s record.Snapshot) bool { return s.Capabilities != nil && s.Capabilities.Has(keyword) }
}

func ruleFor(v record.Verb) (rule, bool) {
	for _, r := range Rules {
		if r.Verb == v {
			return r, true
		}
	}
	return rule{}, false
}

// check returns the first condition that does not hold, nil when the step is in order.
func (r rule) check(s record.Snapshot) *condition {
	for i := range r.Need {
		if !r.Need[i].holds(s) {
			return &r.Need[i]
		}
	}
	return nil
}
