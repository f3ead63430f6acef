package anonymize

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"ehlo/session/lazy"
)

// collectLine learns what a command names: the argument of EHLO and HELO, the paths of MAIL and RCPT, whom VRFY and EXPN ask about.
func (a *Anonymizer) collectLine(line string) {
	verb, rest, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
	switch strings.ToUpper(verb) {
	case "EHLO", "HELO", "LHLO":
		a.names.host(rest)
	case "MAIL", "RCPT":
		if _, path, ok := strings.Cut(rest, "<"); ok {
			path, _, _ = strings.Cut(path, ">")
			a.names.user(path)
		}
	case "VRFY", "EXPN":
		a.names.user(rest)
	}
}

// scan learns the mail addresses and host names in a text, also where it is written in some encoding. In a sentence of the program's
// own a host name that the program knows is no name.
func (a *Anonymizer) scan(s string, own bool) {
	if key := when(own, "own ") + s; a.scanned[key] {
		return
	} else if len(a.scanned) < remembered && len(s) <= mostRemembered {
		a.scanned[key] = true
	}
	s = escaped.each(s, func(e *encoding, run string) string {
		if b := e.decode(run)[0]; readable(b) {
			return string(b)
		}
		return run
	})
	a.scanPlain(s, own)
	encoded(s, func(e *encoding, run string) string {
		for _, b := range e.decode(run) {
			if readable(b) {
				a.scanPlain(string(b), own)
			}
		}
		return run
	})
}

func when(is bool, text string) string {
	if is {
		return text
	}
	return ""
}

func (a *Anonymizer) scanPlain(s string, own bool) {
	if mayAddress(s) {
		addresses.Get().ReplaceAllStringFunc(s, a.addressIn)
	}
	if strings.Contains(s, "@") {
		a.scanMailboxes(s)
	}
	for _, name := range hostNames(s) {
		if !own || !a.public[strings.ToLower(name)] {
			a.names.host(name)
		}
	}
}

func (a *Anonymizer) scanMailboxes(s string) {
	for _, m := range mailboxes.Get().FindAllStringSubmatch(s, -1) {
		if strings.HasPrefix(m[2], "[") || len(hostNames(m[2])) == 1 {
			a.names.mailbox(m[1], m[2])
		}
	}
}

// readable reports whether bytes are text, as what is decoded by chance is not.
func readable(b []byte) bool {
	if len(b) < 4 || !utf8.Valid(b) {
		return false
	}
	for _, c := range string(b) {
		if c == utf8.RuneError || unicode.IsControl(c) && c > 0 && c != '\r' && c != '\n' && c != '\t' && c != 1 {
			return false
		}
	}
	return true
}

var (
	mailboxes = lazy.Pattern{Text: `([^\s<>()\[\],;:"'“”‘’@=\\\x00\x01]+|"[^"]+")@(\[[^\]\s]+\]|[\pL\pN_][\pL\pN_.-]*[\pL\pN_])`}
	dotted    = lazy.Pattern{Text: `[\pL\pN_](?:[\pL\pN\pM_-]*[\pL\pN\pM_])?(?:\.[\pL\pN_](?:[\pL\pN\pM_-]*[\pL\pN\pM_])?)+`}
	// lastLabel is how the name of a top-level domain is written. One in which a capital follows a small letter belongs to a program.
	lastLabel = lazy.Pattern{Text: `^(?:\pL[\pL\pM]+|(?i:xn--[a-z0-9-]+))$`}
	inner     = lazy.Pattern{Text: `\p{Ll}\p{Lu}`}
)

// replyCode is what stands before the text of a line of a reply.
var replyCode = lazy.Pattern{Text: `^[2-5][0-9][0-9]-`}

// hostNames are the names with dots in a text that may be those of hosts.
func hostNames(s string) (list []string) {
	if !strings.Contains(s, ".") {
		return nil
	}
	for _, name := range dotted.Get().FindAllString(s, -1) {
		name = replyCode.Get().ReplaceAllString(name, "")
		last := name[strings.LastIndexByte(name, '.')+1:]
		first, _, _ := strings.Cut(name, ".")
		if lastLabel.Get().MatchString(last) && !inner.Get().MatchString(name) && !(len(first) > 3 && strings.EqualFold(first[:3], "rfc")) {
			list = append(list, name)
		}
	}
	return list
}
