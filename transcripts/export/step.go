package export

import (
	"strings"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
)

// stepNames are the steps that are no command of SMTP.
var stepNames = lazy.Table[record.Verb, string]{
	{record.VerbResolve, "name lookup"}, {record.VerbConnect, "TCP connection"}, {record.VerbProxy, "PROXY header"}, {record.VerbGreeting, "greeting"}, {record.VerbHandshake, "TLS handshake"},
	{record.VerbRespond, "AUTH response"}, {record.VerbCancel, "AUTH is canceled"}, {record.VerbContent, "the message"}, {record.VerbRaw, "a line typed by hand"},
}

// StepTitle names the step that begins with an event: the line that was sent, or what else it does.
func StepTitle(e *record.Event) string {
	if name := stepNames.Of(e.Step); name != "" {
		return name
	}
	text := string(e.Kind)
	if e.Step != "" {
		text = strings.ToUpper(string(e.Step))
	}
	if e.Send != nil && !e.Send.Content {
		text, _, _ = strings.Cut(string(words.Sent(e.Send)), "\n")
	}
	return cut(wire.VisibleString(strings.TrimSuffix(text, "\r")), 72)
}

// cut is a text of at most so many characters.
func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}
