package session

import (
	"bytes"
	"fmt"
	"mime"
	"strings"
	"time"
)

// reasons say what each step is for, for the menu of next steps.
var reasons = map[Verb]string{
	VerbResolve:   "find the address behind the name",
	VerbConnect:   "open a TCP connection: three packets, then nothing until somebody speaks",
	VerbGreeting:  "wait for the server: in SMTP it speaks first",
	VerbHandshake: "start TLS: agree on keys and see the server's certificate",
	VerbEHLO:      "say who is calling and ask what the server can do",
	VerbHELO:      "the old greeting, without extensions, for servers that refuse EHLO",
	VerbSTARTTLS:  "ask to go on inside TLS",
	VerbRespond:   "answer the challenge",
	VerbCancel:    "give up this AUTH exchange",
	VerbMail:      "open a transaction and name the sender of the envelope",
	VerbRcpt:      "name a recipient of the envelope",
	VerbData:      "ask to send the message itself",
	VerbContent:   "send the message, then a line with only a dot",
	VerbBdat:      "send the message as one counted chunk, without dots",
	VerbRset:      "forget the transaction",
	VerbNoop:      "do nothing: see whether the server is still there",
	VerbVrfy:      "ask whether a mailbox exists; most servers do not tell",
	VerbExpn:      "ask who is on a mailing list; most servers do not tell",
	VerbHelp:      "ask the server for its help text",
	VerbQuit:      "say good-bye; the server answers 221 and closes",
	VerbRaw:       "send any line",
}

// editable marks the steps whose line may be changed before it is sent.
var editable = map[Verb]bool{
	VerbEHLO: true, VerbHELO: true, VerbSTARTTLS: true, VerbMail: true, VerbRcpt: true, VerbData: true, VerbRset: true,
	VerbNoop: true, VerbVrfy: true, VerbExpn: true, VerbHelp: true, VerbQuit: true, VerbRaw: true, VerbAuth: true,
}

// compose makes the step that a verb stands for here, its line included.
func compose(s Snapshot, g Goal, v Verb) Step {
	step := Step{Verb: v, Credentials: g.Credentials, Auth: g.Auth}
	if g.SendMessage {
		step = step.Confirm("real-message")
	}
	switch v {
	case VerbEHLO, VerbHELO:
		step.Line = strings.ToUpper(string(v)) + " " + ehloName(s, g)
	case VerbSTARTTLS, VerbData, VerbRset, VerbNoop, VerbHelp, VerbQuit:
		step.Line = strings.ToUpper(string(v))
	case VerbCancel:
		step.Line = "*"
	case VerbMail:
		step.Line = mailLine(s, g)
	case VerbRcpt:
		step.Line = "RCPT TO:<" + nextRecipient(s.State, g) + ">"
	case VerbVrfy:
		step.Line = "VRFY " + localPart(sender(s, g), "postmaster")
	case VerbExpn:
		step.Line = "EXPN staff"
	case VerbContent:
		step.Content = message(s, g)
	case VerbBdat:
		step.Content = crlf(message(s, g))
		step.Line = fmt.Sprintf("BDAT %d LAST", len(step.Content))
	}
	return step
}

// mailLine adds the parameters that the server's list allows and the message needs.
func mailLine(s Snapshot, g Goal) string {
	from := sender(s, g)
	line := "MAIL FROM:<" + from + ">"
	if s.Capabilities == nil || len(g.To) == 0 {
		return line
	}
	content := message(s, g)
	if s.Capabilities.Has("SIZE") { // RFC 1870 §6: the size with its CRLFs, before dot-stuffing
		line += fmt.Sprintf(" SIZE=%d", len(crlf(content)))
	}
	if s.Capabilities.Has("8BITMIME") && eightBit(content) { // RFC 6152 §3
		line += " BODY=8BITMIME"
	}
	if s.Capabilities.Has("SMTPUTF8") && eightBit([]byte(from+strings.Join(g.To, ""))) { // RFC 6531 §3.4
		line += " SMTPUTF8"
	}
	return line
}

// sender is the address in MAIL FROM: as given, else the user where that is an address or can be made one.
func sender(s Snapshot, g Goal) string {
	if g.From != "" {
		return g.From
	}
	for _, user := range []string{s.State.User, g.Credentials.Username} {
		switch {
		case strings.Contains(user, "@"):
			return user
		case user != "" && g.Domain != "":
			return user + "@" + g.Domain
		}
	}
	return ""
}

func nextRecipient(s State, g Goal) string {
	for _, to := range g.To {
		if !named(s.Recipients, to) && !named(s.Refused, to) {
			return to
		}
	}
	if len(g.To) > 0 {
		return g.To[0]
	}
	return ""
}

func named(list []string, addr string) bool {
	for _, a := range list {
		if strings.EqualFold(a, addr) {
			return true
		}
	}
	return false
}

func localPart(addr, otherwise string) string {
	if local, _, ok := strings.Cut(addr, "@"); ok && local != "" {
		return local
	}
	return otherwise
}

// message is the content to send: as given, or composed with the header fields that RFC 5322 §3.6 requires and those
// that people expect. It is the same bytes each time it is asked for, so that SIZE in MAIL is right.
func message(s Snapshot, g Goal) []byte {
	if len(g.Message) > 0 {
		return g.Message
	}
	var b bytes.Buffer
	from := sender(s, g)
	field(&b, "Date", s.Start.Time.Format(time.RFC1123Z))
	field(&b, "From", "<"+from+">")
	field(&b, "To", "<"+strings.Join(g.To, ">, <")+">")
	field(&b, "Message-ID", fmt.Sprintf("<%x.ehlo@%s>", s.Start.Time.UnixNano(), domain(from)))
	field(&b, "Subject", mime.QEncoding.Encode("utf-8", oneLine(orElse(g.Subject, "a test from ehlo")))) // RFC 2047 §5
	if body := orElse(g.Body, "This message was sent one step at a time.\n"); eightBit([]byte(body)) {
		field(&b, "MIME-Version", "1.0")
		field(&b, "Content-Type", "text/plain; charset=utf-8")
		field(&b, "Content-Transfer-Encoding", "8bit")
	}
	b.WriteString("\r\n" + orElse(g.Body, "This message was sent one step at a time.\n"))
	return crlf(b.Bytes())
}

func field(b *bytes.Buffer, name, value string) {
	fmt.Fprintf(b, "%s: %s\r\n", name, oneLine(value))
}

// oneLine has no line break, which would begin another field.
func oneLine(s string) string { return strings.NewReplacer("\r", " ", "\n", " ").Replace(s) }

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func domain(addr string) string {
	if _, d, ok := strings.Cut(addr, "@"); ok && d != "" {
		return d
	}
	return "localhost"
}

func eightBit(b []byte) bool {
	return bytes.ContainsFunc(b, func(r rune) bool { return r > 0x7e })
}

// crlf makes every line end CRLF (RFC 5321 §2.3.8) without stuffing dots.
func crlf(content []byte) []byte {
	content = bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n"))
	content = bytes.ReplaceAll(content, []byte("\r"), []byte("\n"))
	return bytes.ReplaceAll(content, []byte("\n"), []byte("\r\n"))
}
