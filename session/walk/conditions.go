package walk

import (
	"ehlo/session/record"
)

// condition is one thing that must hold for a command to be in order. The first that does not hold says which reply to
// expect.
type condition struct {
	holds  func(s record.Snapshot) bool
	expect string // the reply to expect otherwise
	why    string
	ref    string
	// otherwise is the likely reason where a server does not answer so.
	otherwise string
}

// heard are the conditions of a command that the server reads as one, and more.
func heard(more ...*condition) []*condition {
	return append([]*condition{spokenTo, notRefused, notUpgrading, notInData, notInAuth}, more...)
}

var (
	notRefused = &condition{
		func(s record.Snapshot) bool { return s.State.Stage != record.StageRefused },
		"503 5.5.1 or 521", "the server refused the session in its greeting: only QUIT is left", "RFC 5321 §3.1, RFC 7504 §3",
		"it accepts commands although its greeting refused the session",
	}
	spokenTo = &condition{
		func(s record.Snapshot) bool { return s.State.Stage != record.StageConnected },
		"554 5.5.1, or the connection drops", "the server sends first; sending before its greeting is typical of spam programs", "RFC 5321 §4.3.1",
		"it reads commands before it has sent its greeting",
	}
	greeted = &condition{
		func(s record.Snapshot) bool { return s.State.Stage == record.StageReady },
		"503 5.5.1", "the client has not said who it is: EHLO comes first", "RFC 5321 §4.1.4",
		"it accepts commands without EHLO",
	}
	greetingDue = &condition{
		func(s record.Snapshot) bool { return s.State.Stage == record.StageConnected },
		"", "the greeting has been read already", "RFC 5321 §3.1",
		"",
	}
	proxyDue = &condition{
		func(s record.Snapshot) bool {
			return s.State.Stage == record.StageConnected && s.State.Security == record.SecurityPlain && times(s.State, record.VerbProxy) == 0
		},
		"", "the PROXY header comes before anything else on a connection, and once", "RFC 5321 §4.3.1",
		"",
	}
	offersXCLIENT = &condition{
		func(s record.Snapshot) bool { return offered(s, "XCLIENT") },
		"550 5.7.0 or 502", "the server did not offer XCLIENT: it trusts only certain addresses", "RFC 5321 §4.1.5",
		"it accepts XCLIENT without listing it",
	}
	offersXFORWARD = &condition{
		func(s record.Snapshot) bool { return offered(s, "XFORWARD") },
		"550 5.7.0 or 502", "the server did not offer XFORWARD: it trusts only certain addresses", "RFC 5321 §4.1.5",
		"it accepts XFORWARD without listing it",
	}
	handshakeDue = &condition{
		func(s record.Snapshot) bool {
			st, implicit := s.State, s.Start.Policy.Start == record.StartImplicit
			return st.Stage == record.StageUpgrading || st.Stage == record.StageConnected && st.Security == record.SecurityPlain && implicit
		},
		"an SMTP reply in cleartext, or a closed connection", "the server does not expect a ClientHello now: it sends its greeting first, and STARTTLS comes before TLS", "RFC 3207 §4",
		"",
	}
	plain = &condition{
		func(s record.Snapshot) bool { return !s.State.Security.Encrypted() },
		"503 5.5.1, 554 5.5.1 from Postfix", "TLS is active already and is not started twice", "RFC 3207 §4",
		"it accepts STARTTLS inside TLS; a proxy in front of it may have terminated TLS",
	}
	offersSTARTTLS = &condition{
		func(s record.Snapshot) bool { return offered(s, "STARTTLS") },
		"502 5.5.1 or 500", "the server did not offer STARTTLS", "RFC 3207 §4",
		"it supports STARTTLS without listing it, or a device on the path removed the keyword",
	}
	offersAUTH = &condition{
		func(s record.Snapshot) bool { return offered(s, "AUTH") },
		"503 5.5.1 or 502", "the server did not offer AUTH, perhaps because there is no TLS yet", "RFC 4954 §3",
		"it supports AUTH without listing it here, or a device on the path removed the keyword",
	}
	offersCHUNKING = &condition{
		func(s record.Snapshot) bool { return offered(s, "CHUNKING") },
		"500 or 502 5.5.1", "the server did not offer CHUNKING", "RFC 3030 §2",
		"it supports BDAT without listing CHUNKING",
	}
	offersPIPELINING = &condition{
		func(s record.Snapshot) bool { return offered(s, "PIPELINING") },
		"", "the server did not offer PIPELINING", "RFC 2920 §3",
		"it accepts groups of commands without listing PIPELINING",
	}
	notAuthenticated = &condition{
		func(s record.Snapshot) bool { return s.State.Auth != record.AuthDone },
		"503 5.5.1", "the session is already authenticated, and AUTH is allowed only once", "RFC 4954 §4",
		"it lets a client log in twice",
	}
	noTransaction = &condition{
		func(s record.Snapshot) bool { return s.State.Transaction == record.TransactionNone },
		"503 5.5.1", "a mail transaction is open: finish it or send RSET", "RFC 5321 §4.1.4, RFC 4954 §4",
		"it accepts the command inside a mail transaction, or has aborted the transaction",
	}
	hasSender = &condition{
		func(s record.Snapshot) bool { return s.State.Transaction != record.TransactionNone },
		"503 5.5.1", "no transaction is open: MAIL comes first", "RFC 5321 §4.1.4",
		"it does not insist on MAIL first",
	}
	hasRecipient = &condition{
		func(s record.Snapshot) bool { return len(s.State.Recipients) > 0 },
		"503 5.5.1 or 554 5.5.1", "no recipient was accepted yet", "RFC 5321 §3.3",
		"it accepts the message first and checks recipients later",
	}
	notChunking = &condition{
		func(s record.Snapshot) bool { return s.State.Transaction != record.TransactionBdat },
		"503 5.5.1", "BDAT has begun and must be finished; a transaction cannot use both DATA and BDAT", "RFC 3030 §2",
		"it lets DATA follow BDAT",
	}
	notInData = &condition{
		func(s record.Snapshot) bool { return s.State.Transaction != record.TransactionData },
		"no reply at all", "after 354 every line is message content until a line with only a dot", "RFC 5321 §4.1.1.4",
		"",
	}
	inData = &condition{
		func(s record.Snapshot) bool { return s.State.Transaction == record.TransactionData },
		"500 5.5.2", "the server has not asked for content: DATA and its 354 come first", "RFC 5321 §4.1.1.4",
		"it treated the content as commands",
	}
	notInAuth = &condition{
		func(s record.Snapshot) bool { return s.State.Auth != record.AuthExchange },
		"501 5.5.2", "the server waits for a response or * and reads any line as base64", "RFC 4954 §4",
		"the server considered the exchange finished",
	}
	inAuth = &condition{
		func(s record.Snapshot) bool { return s.State.Auth == record.AuthExchange },
		"500 5.5.2", "there is no challenge to answer: AUTH comes first", "RFC 4954 §4",
		"it treated the line as a command",
	}
	notUpgrading = &condition{
		func(s record.Snapshot) bool { return s.State.Stage != record.StageUpgrading },
		"a TLS error", "the server waits for a ClientHello after its 220", "RFC 3207 §4",
		"",
	}
)

func offered(s record.Snapshot, keyword string) bool {
	return s.Capabilities != nil && s.Capabilities.Has(keyword)
}
