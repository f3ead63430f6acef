package message

import (
	"slices"
	"strings"
)

// textForms are programs that write bounces as a text, and words that only they write.
var textForms = [...]struct{ words, form string }{
	{"This is the qmail-send program", "qmail"},
	{"This message was created automatically by mail delivery software", "Exim"},
	{"Diagnostic information for administrators", "Microsoft Exchange"},
	{"This is the mail system at host", "Postfix"},
	{"----- The following addresses had permanent fatal errors -----", "Sendmail"},
}

// copies are lines after which a bounce quotes the message that came back.
var copies = [...]string{"--- Below this line is a copy of the message", "------ This is a copy of", "Original message headers:", "----- Original message -----", "   ----- Transcript of session follows"}

// textBounce reads a bounce that is a text; nil where the message is none.
func textBounce(m *mail) *Bounce {
	parts := partsOf(m)
	i := slices.IndexFunc(parts, func(p part) bool { return p.kind == "text/plain" })
	if i < 0 {
		return nil
	}
	text := strings.ReplaceAll(bounded(parts[i].body, mostText), "\r\n", "\n")
	f := slices.IndexFunc(textForms[:], func(f struct{ words, form string }) bool { return strings.Contains(text, f.words) })
	if f < 0 {
		return nil
	}
	b := &Bounce{Form: textForms[f].form, Reporter: reporterIn(text), Original: originalOf(parts)}
	for _, end := range copies {
		if at := strings.Index(text, end); at >= 0 {
			if b.Original == nil {
				rest := text[at+endOfLine(text[at:]):]
				b.Original = originalIn(rest)
			}
			text = text[:at]
		}
	}
	b.Recipients = recipientsIn(text)
	if len(b.Recipients) == 0 {
		return nil
	}
	return b
}

// reporterIn is the server that a text says it is from, in the words of qmail, Postfix and Exchange.
func reporterIn(text string) string {
	for _, lead := range []string{"qmail-send program at ", "mail system at host ", "Generating server: "} {
		if _, rest, ok := strings.Cut(text, lead); ok {
			name, _, _ := strings.Cut(rest, "\n")
			return shown(host(strings.TrimSpace(name)))
		}
	}
	return ""
}

// recipientsIn are those that a text names: a line with an address alone, or one that begins with an address and a colon, and the lines
// after it up to an empty one.
func recipientsIn(text string) (list []Recipient) {
	var current *Recipient
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		address, rest, ok := addressLine(line)
		switch {
		case ok && len(list) < mostRecipients:
			list = append(list, Recipient{Address: shown(address), Action: Failed, Diagnostic: rest})
			current = &list[len(list)-1]
		case current == nil:
		case line == "" && current.Diagnostic != "":
			current = nil
		default:
			current.Diagnostic = bounded(strings.TrimSpace(current.Diagnostic+" "+line), mostValue)
		}
	}
	for i := range list {
		list[i].read()
	}
	return slices.DeleteFunc(list, func(c Recipient) bool { return c.Diagnostic == "" })
}

// addressLine reads "<bob@example.org>:", "bob@example.org" and "<bob@example.org>: host mx.example.org said: …".
func addressLine(line string) (address, rest string, ok bool) {
	first, rest, _ := strings.Cut(line, " ")
	bare := strings.Trim(strings.TrimSuffix(first, ":"), "<>")
	local, domain, found := strings.Cut(bare, "@")
	switch {
	case !found || local == "" || domain == "" || len(bare) > 320 || strings.ContainsAny(bare, "<>()[]:;,\""):
		return "", "", false
	case rest != "" && !strings.HasSuffix(first, ":"):
		return "", "", false
	}
	return bare, strings.TrimSpace(rest), true
}

// read takes the text of a bounce apart: who said it, to which command, and the reply in it.
func (c *Recipient) read() {
	text := c.Diagnostic
	c.Verb = verbOf(text)
	for _, lead := range []string{"host ", "Giving up on "} {
		if _, after, ok := strings.Cut(text, lead); ok && c.Remote == "" {
			name, _, _ := strings.Cut(strings.NewReplacer("[", " ", ":", " ").Replace(after), " ")
			if name = strings.TrimRight(name, "."); strings.Contains(name, ".") {
				c.Remote = shown(name)
			}
		}
	}
	for _, lead := range []string{"said: ", "Remote host said: ", "Remote Server returned '", "#"} {
		if _, after, ok := strings.Cut(text, lead); ok {
			if code, _ := codeAt(after); code != 0 {
				text = after
				break
			}
		}
	}
	c.Diagnostic = reply(shown(unquoted(fromCode(text))))
	if _, after, ok := strings.Cut(c.Diagnostic, " "); ok {
		c.Status = statusCode(after)
	}
	if _, after, ok := strings.Cut(c.Diagnostic, "(#"); ok && c.Status == "" { // as qmail has it
		status, _, _ := strings.Cut(after, ")")
		c.Status = statusCode(status)
	}
}

// fromCode is a text from the reply code in it that follows a colon, as Exim has it; all of it where there is none.
func fromCode(text string) string {
	if code, _ := codeAt(text); code != 0 {
		return text
	}
	for at := 0; ; {
		i := strings.Index(text[at:], ": ")
		if i < 0 {
			return text
		}
		at += i + 2
		if code, _ := codeAt(text[at:]); code >= 400 {
			return text[at:]
		}
	}
}

// unquoted takes off what the programs put around a reply and after it.
func unquoted(text string) string {
	text, _, _ = strings.Cut(text, " (in reply to ")
	text, _, _ = strings.Cut(text, " Giving up on ")
	text, _, _ = strings.Cut(text, " ##")
	return strings.TrimRight(text, "'")
}
