package lab

import (
	"strconv"
	"strings"

	"github.com/emersion/go-smtp"
)

// wordings turn replies of the engine into those of the practice server:
// enhanced codes with a subject (RFC 3463), codes as RFC 5321 §4.3.2
// and RFC 4954 §6 list them, and text that says what is wrong. The
// first match counts; an empty field matches everything.
var wordings = [...]struct {
	verb, code, text string // of the engine's reply; text is a part of it
	reply            string
}{
	{"MAIL", "250", "", "250 2.1.0 sender ok"},
	{"RCPT", "250", "", "250 2.1.5 recipient ok"},
	{"RSET", "250", "", "250 2.0.0 ok, nothing is pending"},
	{"NOOP", "250", "", "250 2.0.0 ok"},
	{"BDAT", "250", "Continue", "250 2.0.0 chunk received"},
	{"DATA", "354", "", "354 go ahead, end with <CRLF>.<CRLF>"},
	{"AUTH", "235", "", "235 2.7.0 authentication successful"},
	{"AUTH", "501", "Negotiation", "501 5.7.0 authentication canceled"},
	{"AUTH", "454", "base64", "501 5.5.2 this is not base64"},
	{"MAIL", "501", "FROM:", "501 5.1.7 syntax: MAIL FROM:<address>"},
	{"RCPT", "501", "TO:", "501 5.1.3 syntax: RCPT TO:<address>"},
	{"MAIL", "500", "Unknown", "555 5.5.4 MAIL parameter not recognized"},
	{"RCPT", "500", "Unknown", "555 5.5.4 RCPT parameter not recognized"},
	{"MAIL", "504", "", "555 5.5.4 MAIL parameter not offered"},
	{"RCPT", "504", "", "555 5.5.4 RCPT parameter not offered"},
	{"RCPT", "452", "Maximum", "452 4.5.3 too many recipients"},
	{"", "552", "", "552 5.3.4 message is larger than this server accepts"},
	{"MAIL", "502", "", "503 5.5.1 MAIL not allowed while chunks are sent"},
	{"RCPT", "502", "", "503 5.5.1 RCPT not allowed while chunks are sent"},
}

// reword says a reply of the engine in the server's own words.
func (f *front) reword(verb, reply string) string {
	switch {
	case (verb == "EHLO" || verb == "LHLO") && reply[:3] == "250":
		return multiline("250", f.capabilities())
	case verb == "HELO" && reply[:3] == "250":
		return "250 " + f.service.Host
	case verb == "AUTH" && f.verbatim != "":
		challenge := f.verbatim
		f.verbatim = ""
		return "334 " + challenge
	case verb == "QUIT":
		return "221 2.0.0 " + f.service.Host + " closing connection"
	}
	for _, w := range wordings {
		if (w.verb == "" || w.verb == verb) && reply[:3] == w.code && strings.Contains(reply, w.text) {
			return w.reply
		}
	}
	return reply
}

// follow keeps the front's view of the session in step with the engine's.
func (f *front) follow(verb, arg, code string) {
	positive := code[0] == '2'
	switch verb {
	case "EHLO", "HELO", "LHLO":
		if positive {
			f.helo, _, _ = strings.Cut(arg, " ")
			f.extended = verb != "HELO"
			f.endTransaction()
		}
	case "MAIL":
		if f.mail = positive; positive {
			f.sender = address(arg)
		}
	case "RCPT":
		if positive {
			f.rcpts++
		}
	case "AUTH":
		if positive {
			f.user = f.claimed
		}
	case "BDAT":
		if !positive || lastChunk(arg) {
			f.endTransaction()
		}
	case "DATA":
		if code != "354" {
			f.endTransaction()
		}
	case "RSET":
		f.endTransaction()
	}
}

// greet opens the conversation (RFC 5321 §3.1).
func (f *front) greet() {
	answer, scripted := f.lab.answers.find("greeting", "", f)
	if !scripted {
		f.reply("greeting", f.banner())
		return
	}
	f.refusing = answer.Reply[0] == '5'
	f.give("greeting", answer)
}

// multiline joins lines to a reply (RFC 5321 §4.2.1).
func multiline(code string, lines []string) string {
	var b strings.Builder
	for i, line := range lines {
		if i == len(lines)-1 {
			b.WriteString(code + " " + line)
		} else {
			b.WriteString(code + "-" + line + "\n")
		}
	}
	return b.String()
}

// refusal makes an engine's error from a complete reply with an enhanced code.
func refusal(reply string) *smtp.SMTPError {
	code, rest, _ := strings.Cut(reply, " ")
	enhanced, text, _ := strings.Cut(rest, " ")
	e := &smtp.SMTPError{Message: text}
	e.Code, _ = strconv.Atoi(code)
	for i, digit := range strings.SplitN(enhanced, ".", 3) {
		e.EnhancedCode[i], _ = strconv.Atoi(digit)
	}
	return e
}
