package lab

import (
	"strconv"
	"strings"
)

// need is what a command requires of the session.
type need uint16

const (
	needsGreeting    need = 1 << iota // EHLO or HELO came before
	needsEHLO                         // EHLO, not HELO
	needsClear                        // no TLS yet
	needsIdle                         // no transaction is open
	needsTransaction                  // MAIL was accepted
	needsRecipient                    // RCPT was accepted
	needsNoArgument
	needsArgument
	needsNoLogin   // nobody has logged in yet
	needsLogin     // on a submission port
	evenWithoutTLS // allowed where TLS is required (RFC 3207 §4)
	needsNoChunks  // BDAT has not begun
	onlySMTP       // not in LMTP
	onlyLMTP       // in LMTP alone
	neverPossible  // known and not implemented
	forProxies     // for those who are trusted to speak for others: HELP does not tell of it
)

// commands are the verbs that the server knows, with what each needs.
// RFC 5321 §4.1.4 for the order, RFC 3207 §4 for STARTTLS,
// RFC 4954 §4 for AUTH, RFC 3030 §2 for BDAT, RFC 6409 §4.3 for AUTH before
// MAIL.
var commands = [...]struct {
	verb  string
	needs need
	usage string
}{
	{"EHLO", needsArgument | evenWithoutTLS | onlySMTP, "EHLO domain"},
	{"HELO", needsArgument | evenWithoutTLS | onlySMTP, "HELO domain"},
	{"LHLO", needsArgument | evenWithoutTLS | onlyLMTP, "LHLO domain"},
	{"MAIL", needsGreeting | needsIdle | needsLogin | needsArgument, "MAIL FROM:<address>"},
	{"RCPT", needsGreeting | needsTransaction | needsArgument, "RCPT TO:<address>"},
	{"DATA", needsGreeting | needsTransaction | needsRecipient | needsNoChunks | needsNoArgument, "DATA"},
	{"BDAT", needsGreeting | needsTransaction | needsRecipient | needsArgument, "BDAT size [LAST]"},
	{"RSET", needsNoArgument, "RSET"},
	{"NOOP", evenWithoutTLS, "NOOP"},
	{"QUIT", needsNoArgument | evenWithoutTLS, "QUIT"},
	{"HELP", evenWithoutTLS, "HELP"},
	{"VRFY", needsGreeting | needsArgument, "VRFY name"},
	{"EXPN", needsGreeting | needsArgument, "EXPN list"},
	{"STARTTLS", needsGreeting | needsEHLO | needsClear | needsIdle | needsNoArgument | evenWithoutTLS, "STARTTLS"},
	{"AUTH", needsGreeting | needsEHLO | needsNoLogin | needsIdle | needsArgument, "AUTH mechanism [response]"},
	{"XCLIENT", needsGreeting | needsEHLO | needsIdle | needsArgument | evenWithoutTLS | forProxies, "XCLIENT attribute=value"},
	{"XFORWARD", needsGreeting | needsEHLO | needsIdle | needsArgument | forProxies, "XFORWARD attribute=value"},
	{"SEND", neverPossible, ""},
	{"SOML", neverPossible, ""},
	{"SAML", neverPossible, ""},
	{"TURN", neverPossible, ""},
	{"ETRN", neverPossible, ""},
}

// objection is the reply to a command that cannot be handled now, or "".
func (f *front) objection(verb, arg string) string {
	if f.refusing && verb != "QUIT" {
		return "503 5.5.1 no service here, only QUIT is possible"
	}
	for _, c := range commands {
		if c.verb == verb {
			return f.unmet(c.verb, c.needs, c.usage, arg)
		}
	}
	switch verb {
	case "GET", "POST", "HEAD", "CONNECT", "OPTIONS":
		// A web client has come to the wrong place; a body may follow.
		return "421 4.7.0 " + f.service.Host + " speaks SMTP, not HTTP"
	}
	return "500 5.5.2 command not recognized"
}

// unmet is the reply for the first need that is not met, or "".
func (f *front) unmet(verb string, needs need, usage, arg string) string {
	has := func(n need) bool { return needs&n != 0 }
	switch {
	case has(onlySMTP) && f.service.lmtp:
		return "500 5.5.1 " + verb + " is not part of LMTP, use LHLO"
	case has(onlyLMTP) && !f.service.lmtp:
		return "500 5.5.2 command not recognized"
	case has(neverPossible) || f.hidden(verb):
		return "502 5.5.1 " + verb + " not implemented"
	case has(needsArgument) && arg == "", has(needsNoArgument) && arg != "",
		verb == "BDAT" && !validChunk(arg):
		return "501 5.5.4 syntax: " + usage
	case (verb == "EHLO" || verb == "HELO" || verb == "LHLO") && len(arg) > 255: // RFC 5321 §4.5.3.1.2
		return "501 5.5.4 a domain has 255 bytes at most"
	case has(needsGreeting) && f.helo == "":
		return "503 5.5.1 send " + f.hello() + " first"
	case has(needsEHLO) && !f.extended:
		return "503 5.5.1 " + verb + " needs EHLO, not HELO"
	case has(needsClear) && f.tls != nil:
		return "503 5.5.1 TLS is already active"
	case !has(evenWithoutTLS) && f.needsTLS():
		return "530 5.7.0 must issue a STARTTLS command first"
	case has(needsNoLogin) && f.user != "":
		return "503 5.5.1 already authenticated"
	case has(needsLogin) && f.service.submission && f.user == "":
		return "530 5.7.0 authentication required"
	case has(needsIdle) && f.mail:
		return "503 5.5.1 " + verb + " not allowed inside a transaction"
	case has(needsTransaction) && !f.mail:
		return "503 5.5.1 need MAIL command"
	case has(needsRecipient) && f.rcpts == 0:
		return "503 5.5.1 need RCPT command"
	case has(needsNoChunks) && f.chunked:
		return "503 5.5.1 DATA not allowed after BDAT"
	}
	return ""
}

// hidden reports whether the extension behind verb is switched off.
func (f *front) hidden(verb string) bool {
	switch verb {
	case "BDAT":
		return f.lab.hides("CHUNKING")
	case "STARTTLS":
		return f.lab.scenario.Knobs.NoTLS && f.tls == nil
	case "AUTH":
		return !f.service.submission
	case "XCLIENT", "XFORWARD":
		return !f.lab.scenario.Knobs.Trusting
	}
	return false
}

// hello is the command that a session begins with.
func (f *front) hello() string {
	if f.service.lmtp {
		return "LHLO"
	}
	return "EHLO"
}

// courtesy is the reply to a command that only informs.
func (f *front) courtesy(verb string) string {
	switch verb {
	case "VRFY":
		return "252 2.5.2 cannot VRFY a user, but will take a message and try to deliver it"
	case "EXPN":
		return "550 5.7.2 mailing lists are not shown"
	}
	return f.help()
}

// help lists the commands (RFC 5321 §4.1.1.8).
func (f *front) help() string {
	lines, foreign := []string{"214-2.0.0 this practice server supports"}, neverPossible|forProxies|onlyLMTP
	if f.service.lmtp {
		foreign = neverPossible | forProxies | onlySMTP
	}
	for _, c := range commands {
		if c.needs&foreign == 0 {
			lines = append(lines, "214-2.0.0 "+c.usage)
		}
	}
	return strings.Join(append(lines, "214 2.0.0 end of help"), "\n")
}

// chunkSize is the number of bytes that follow a BDAT command, 0 if it does not
// say (RFC 3030 §2).
func chunkSize(arg string) int64 {
	number, _, _ := strings.Cut(arg, " ")
	size, err := strconv.ParseUint(number, 10, 32)
	if err != nil {
		return 0
	}
	return int64(size)
}

func lastChunk(arg string) bool {
	_, word, _ := strings.Cut(arg, " ")
	return strings.EqualFold(strings.TrimSpace(word), "LAST")
}

func validChunk(arg string) bool {
	number, word, more := strings.Cut(arg, " ")
	_, err := strconv.ParseUint(number, 10, 32)
	return err == nil && (!more || strings.EqualFold(strings.TrimSpace(word), "LAST"))
}

// split takes a line apart into a verb in capitals and its argument.
func split(line string) (verb, arg string) {
	verb, arg, _ = strings.Cut(strings.TrimRight(line, "\r\n"), " ")
	return strings.ToUpper(verb), strings.TrimSpace(arg)
}

// knownVerb keeps out of the log what may be a password typed in the wrong
// place.
func knownVerb(verb string) string {
	for _, c := range commands {
		if c.verb == verb {
			return verb
		}
	}
	return "unknown command"
}

func cutSuffixFold(s, suffix string) (string, bool) {
	n := len(s) - len(suffix)
	if n < 0 || !strings.EqualFold(s[n:], suffix) {
		return s, false
	}
	return s[:n], true
}
