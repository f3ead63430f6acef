package walk

import (
	"bytes"
	"ehlo/session/record"
	"fmt"
	"mime"
	"strings"
	"time"
)

// reasons say what each step is for, for the menu of next steps.
var Reasons = map[record.Verb]string{
	record.VerbResolve:   "find the address behind the name",
	record.VerbConnect:   "open a TCP connection: three packets, then nothing until somebody speaks",
	record.VerbGreeting:  "wait for the server: in SMTP it speaks first",
	record.VerbHandshake: "start TLS: agree on keys and see the server's certificate",
	record.VerbEHLO:      "say who is calling and ask what the server can do",
	record.VerbHELO:      "the old greeting, without extensions, for servers that refuse EHLO",
	record.VerbSTARTTLS:  "ask to go on inside TLS",
	record.VerbRespond:   "answer the challenge",
	record.VerbCancel:    "give up this AUTH exchange",
	record.VerbMail:      "open a transaction and name the sender of the envelope",
	record.VerbRcpt:      "name a recipient of the envelope",
	record.VerbData:      "ask to send the message itself",
	record.VerbContent:   "send the message, then a line with only a dot",
	record.VerbBdat:      "send the message as one counted chunk, without dots",
	record.VerbRset:      "forget the transaction",
	record.VerbNoop:      "do nothing: see whether the server is still there",
	record.VerbVrfy:      "ask whether a mailbox exists; most servers do not tell",
	record.VerbExpn:      "ask who is on a mailing list; most servers do not tell",
	record.VerbHelp:      "ask the server for its help text",
	record.VerbQuit:      "say good-bye; the server answers 221 and closes",
	record.VerbRaw:       "send any line",
}

// editable marks the steps whose line may be changed before it is sent.
var editable = map[record.Verb]bool{
	record.VerbEHLO: true, record.VerbHELO: true, record.VerbSTARTTLS: true, record.VerbMail: true, record.VerbRcpt: true, record.VerbData: true, record.VerbRset: true,
	record.VerbNoop: true, record.VerbVrfy: true, record.VerbExpn: true, record.VerbHelp: true, record.VerbQuit: true, record.VerbRaw: true, record.VerbAuth: true,
}

// compose makes the step that a verb stands for here, its line included.
func Compose(s record.Snapshot, g Goal, v record.Verb) record.Step {
	step := record.Step{Verb: v, Credentials: g.Credentials, Auth: g.Auth}
	if g.SendMessage {
		step = step.Confirm("real-message")
	}
	switch v {
	case record.VerbEHLO, record.VerbHELO:
		step.Line = strings.ToUpper(string(v)) + " " + EhloName(s, g)
	case record.VerbSTARTTLS, record.VerbData, record.VerbRset, record.VerbNoop, record.VerbHelp, record.VerbQuit:
		step.Line = strings.ToUpper(string(v))
	case record.VerbCancel:
		step.Line = "*"
	case record.VerbMail:
		step.Line = mailLine(s, g)
	case record.VerbRcpt:
		step.Line = "RCPT TO:<" + nextRecipient(s.State, g) + ">"
	case record.VerbVrfy:
		step.Line = "VRFY " + localPart(sender(s, g), "postmaster")
	case record.VerbExpn:
		step.Line = "EXPN staff"
	case record.VerbContent:
		step.Content = Message(s, g)
	case record.VerbBdat:
		step.Content = crlf(Message(s, g))
		step.Line = fmt.Sprintf("BDAT %d LAST", len(step.Content))
	}
	return step
}

// mailLine adds the parameters that the server's list allows and the message needs.
func mailLine(s record.Snapshot, g Goal) string {
	from := sender(s, g)
	line := "MAIL FROM:<" + from + ">"
	if s.Capabilities == nil || len(g.To) == 0 {
		return line
	}
	content := Message(s, g)
	if s.Capabilities.Has("SIZE") { // RFC 1870 §6: the size with its CRLFs, before dot-stuffing
		line += fmt.Sprintf(" SIZE=%d", len(crlf(content)))
	}
	if s.Capabilities.Has("8BITMIME") && EightBit(content) { // RFC 6152 §3
		line += " BODY=8BITMIME"
	}
	if s.Capabilities.Has("SMTPUTF8") && EightBit([]byte(from+strings.Join(g.To, ""))) { // RFC 6531 §3.4
		line += " SMTPUTF8"
	}
	return line
}

// sender is the address in MAIL FROM: as given, else the user where that is an address or can be made one.
func sender(s record.Snapshot, g Goal) string {
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

func nextRecipient(s record.State, g Goal) string {
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
func Message(s record.Snapshot, g Goal) []byte {
	if len(g.Message) > 0 {
		return g.Message
	}
	var b bytes.Buffer
	from := sender(s, g)
	field(&b, "Date", s.Start.Time.Format(time.RFC1123Z))
	field(&b, "From", "<"+from+">")
	field(&b, "To", "<"+strings.Join(g.To, ">, <")+">")
	field(&b, "Message-ID", fmt.Sprintf("<%x.ehlo@%s>", s.Start.Time.UnixNano(), domain(from)))
	field(&b, "Subject", mime.QEncoding.Encode("utf-8", oneLine(record.OrElse(g.Subject, "a test from ehlo")))) // RFC 2047 §5
	if body := record.OrElse(g.Body, "This message was sent one step at a time.\n"); EightBit([]byte(body)) {
		field(&b, "MIME-Version", "1.0")
		field(&b, "Content-Type", "text/plain; charset=utf-8")
		field(&b, "Content-Transfer-Encoding", "8bit")
	}
	b.WriteString("\r\n" + record.OrElse(g.Body, "This message was sent one step at a time.\n"))
	return crlf(b.Bytes())
}

func field(b *bytes.Buffer, name, value string) {
	fmt.Fprintf(b, "%s: %s\r\n", name, oneLine(value))
}

// oneLine has no line break, which would begin another field.
func oneLine(s string) string { return strings.NewReplacer("\r", " ", "\n", " ").Replace(s) }

func domain(addr string) string {
	if _, d, ok := strings.Cut(addr, "@"); ok && d != "" {
		return d
	}
	return "localhost"
}

func EightBit(b []byte) bool {
	return bytes.ContainsFunc(b, func(r rune) bool { return r > 0x7e })
}

// crlf makes every line end CRLF (RFC 5321 §2.3.8) without stuffing dots.
func crlf(content []byte) []byte {
	content = bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n"))
	content = bytes.ReplaceAll(content, []byte("\r"), []byte("\n"))
	return bytes.ReplaceAll(content, []byte("\n"), []byte("\r\n"))
}
