package explain

import "strings"

// maxLine bounds the line that [Send] looks at.
const maxLine = 16 << 10

// A SendContext is the place where a line is sent.
type SendContext struct {
	// TLS says whether the session is inside TLS.
	TLS bool
	// Mechanism is the SASL mechanism of a running AUTH exchange: the line is
	// then an answer to a challenge and not a command.
	Mechanism string
	// Data says that the line belongs to the message, after 354.
	Data bool
	// Keywords are the EHLO keywords of the server. Parameters that need one
	// which is missing are pointed out; nil means not known.
	Keywords []string
}

// Send explains a line that the client sends: what it does, what its
// parameters ask for, and in Cause and Remedy what is wrong with it. No part
// of the line that could be a secret is repeated.
func Send(line string, c SendContext) Explanation {
	line = line[:min(len(line), maxLine)]
	s := sent{ctx: c}
	s.line = s.trimEnd(line)
	switch {
	case c.Mechanism != "":
		s.authAnswer()
	case c.Data:
		s.data()
	default:
		s.command()
	}
	return s.x
}

// sent is a line on its way to an Explanation.
type sent struct {
	ctx  SendContext
	line string
	x    Explanation
}

// trimEnd takes the end of the line off and notes one that is not CRLF.
func (s *sent) trimEnd(line string) string {
	trimmed := strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
	if len(trimmed) == len(line)-1 || strings.ContainsAny(trimmed, "\r\n") {
		s.mistake("An SMTP line ends with CR LF; neither byte may be sent alone.",
			"end the line with CRLF", Ref{"RFC 5321", "2.3.8"})
	}
	return trimmed
}

// mistake adds what is wrong; the first mistake is named first.
func (s *sent) mistake(cause, remedy string, refs ...Ref) {
	s.x.Cause = strings.TrimSpace(s.x.Cause + " " + cause)
	switch {
	case s.x.Remedy == "":
		s.x.Remedy = remedy
	case !strings.Contains(s.x.Remedy, remedy):
		s.x.Remedy += "; " + remedy
	}
	s.cite(refs...)
}

// cite adds references, each of them once.
func (s *sent) cite(refs ...Ref) { s.x.Refs = JoinRefs(s.x.Refs, refs) }

func (s *sent) from(e *Entry) {
	s.x.Short, s.x.Text = e.Short, e.Text
	s.x.add(e)
}

// maxSaid bounds the text about a line with many parameters.
const maxSaid = 2 * MaxText

// say adds a sentence about a part of the line.
func (s *sent) say(sentence string) {
	if len(s.x.Text)+len(sentence) < maxSaid {
		s.x.Text = strings.TrimSpace(s.x.Text + " " + sentence)
	}
}

func (s *sent) authAnswer() {
	if s.line == "*" {
		s.from(commandTable.find("*"))
		return
	}
	s.x.Short = "answer to the challenge"
	s.x.Text = "One round of the AUTH exchange: the client's part, in base64."
	s.cite(Ref{"RFC 4954", "4"})
	if m := mechanismTable.find(s.ctx.Mechanism); m != nil {
		s.x.Short = "answer of " + m.Name
		s.say(sentence(m.Short))
		s.x.add(m)
	}
	s.checkBase64(s.line)
	if s.line != "" && s.line != "=" && s.line != "AQ==" { // nothing, and the 0x01 that ends OAUTHBEARER (RFC 7628 §3.2.3), are no secrets
		s.checkSecret(s.ctx.Mechanism)
	}
}

func (s *sent) checkBase64(blob string) {
	if blob == "" || blob == "=" {
		return
	}
	if _, ok := decodeBase64(blob); !ok {
		s.mistake("This is not base64, so the server answers 501.", "encode the answer in base64, with padding", Ref{"RFC 4954", "4"})
	}
}

// checkSecret warns of mechanisms that show the secret itself outside TLS.
func (s *sent) checkSecret(mechanism string) {
	if s.ctx.TLS {
		return
	}
	switch strings.ToUpper(mechanism) {
	case "PLAIN", "LOGIN", "OAUTHBEARER", "XOAUTH2":
		s.mistake("Outside TLS anyone on the path can read the secret; base64 hides nothing.", "start TLS first", Ref{"RFC 4954", "4"})
	}
}

func (s *sent) data() {
	switch {
	case s.line == ".":
		s.from(commandTable.find("."))
	case strings.HasPrefix(s.line, "."):
		s.x.Short = "line with a doubled dot"
		s.x.Text = "The client adds another dot to a line of the message that starts with a dot, and the server removes it. So the line cannot be mistaken for the end."
		s.cite(Ref{"RFC 5321", "4.5.2"})
		if !strings.HasPrefix(s.line, "..") {
			s.mistake("The receiver removes this dot.", "double a dot that begins a line", Ref{"RFC 5321", "4.5.2"})
		}
	default:
		s.x.Short = "a line of the message"
		s.x.Text = "The message consists of the header, an empty line and the body. A relay adds a Received header field at the top, and normally changes nothing else."
		s.cite(Ref{"RFC 5321", "2.3.1"}, Ref{"RFC 5321", "4.4"})
	}
}

func (s *sent) command() {
	if strings.HasPrefix(s.line, " ") {
		s.mistake("A command must start in the first column; otherwise the server may not recognize the verb.", "leave out the space in front", Ref{"RFC 5321", "2.4"})
	}
	verb, rest, _ := strings.Cut(strings.TrimLeft(s.line, " "), " ")
	e := commandTable.find(verb)
	// Looking up is lenient about punctuation, a server is not.
	if e == nil || !strings.EqualFold(e.Name, verb) {
		s.unknown(verb)
		return
	}
	s.from(e)
	switch e.Name {
	case "EHLO", "HELO", "LHLO":
		s.hello(rest)
	case "MAIL":
		s.path(mailFrom, rest)
	case "RCPT":
		s.path(rcptTo, rest)
	case "AUTH":
		s.auth(rest)
	case "STARTTLS":
		s.starttls(rest)
	case "BDAT":
		s.bdat(rest)
	case "DATA", "RSET", "QUIT":
		s.noArgument(e.Name, rest)
	case "VRFY", "EXPN", "ETRN":
		s.needsArgument(e.Name, rest)
	}
}

func (s *sent) unknown(verb string) {
	s.x.Short = "not an SMTP command"
	s.x.Text = "The server does not know this verb and answers 500. Sending it is harmless, but some servers close the connection after too many errors."
	s.cite(Ref{"RFC 5321", "4.2.4"})
	if strings.Contains(s.line, " HTTP/") {
		s.mistake("It is an HTTP request, sent to a mail server; many mail servers then close the connection.", "check host and port")
		return
	}
	if near := suggest(verb, &commandTable); len(near) > 0 {
		s.mistake("Perhaps "+near[0]+" was meant.", "send "+near[0])
	}
}

func (s *sent) noArgument(verb, rest string) {
	if rest != "" {
		s.mistake(verb+" takes no argument; a server should reject it with 501.", "send "+verb+" alone", Ref{"RFC 5321", "4.1.1"})
	}
}

func (s *sent) needsArgument(verb, rest string) {
	if strings.TrimSpace(rest) == "" {
		s.mistake(verb+" needs an argument; the server answers 501.", "name what to look for", Ref{"RFC 5321", "4.1.2"})
	}
}

func (s *sent) starttls(rest string) {
	if rest != "" {
		s.mistake("STARTTLS takes no argument; the server answers 501.", "send STARTTLS without an argument", Ref{"RFC 3207", "4"})
	}
	if s.ctx.TLS {
		s.mistake("TLS is active already, and it cannot start twice.", "continue with EHLO", Ref{"RFC 3207", "4.2"})
	} else if s.lacks("STARTTLS") {
		s.mistake("The server did not offer STARTTLS.", "check whether the offer was removed on the path", Ref{"RFC 3207", "6"})
	}
}

// lacks reports whether the server's EHLO is known and does not have keyword.
func (s *sent) lacks(keyword string) bool {
	if s.ctx.Keywords == nil {
		return false
	}
	for _, k := range s.ctx.Keywords {
		if strings.EqualFold(k, keyword) {
			return false
		}
	}
	return true
}
