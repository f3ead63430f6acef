package explain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxParams bounds how many parameters of an EHLO line are looked at.
const maxParams = 64

// Keyword explains an EHLO keyword, and what its parameters say: "SIZE
// 10240000" is "messages up to 9.77 MiB". Keywords that start with X are
// private (RFC 5321 §2.2.2). For a keyword that nobody has registered ok is
// false, and the entry says so.
func Keyword(keyword string, params []string) (e Entry, ok bool) {
	// "AUTH=LOGIN" is how servers before RFC 2554 wrote it; some still do.
	name, _, legacy := strings.Cut(keyword, "=")
	params = params[:min(len(params), maxParams)]
	e, ok = found(keywordTable.find(name))
	switch {
	case ok && legacy && e.Name == "AUTH":
		e.Short = "AUTH, in an old form"
		e.Text = "Repeats the AUTH line in the form that clients before the standard expected, with '=' in place of the space. Current clients ignore it."
		return e, true
	case ok:
		specialize(&e, params)
		return e, true
	case garbled(name):
		e, _ = found(keywordTable.find("XXXXXXXA"))
		return e, true
	case isPrivate(name):
		e, _ = found(keywordTable.find("X…"))
		return e, true
	}
	e, _ = found(keywordTable.find("(unknown)"))
	return e, false
}

// garbled reports whether a keyword looks as if a firewall had overwritten it:
// seven X or more, and at most one other letter after them.
func garbled(keyword string) bool {
	rest := strings.TrimLeft(keyword, "Xx")
	return len(keyword)-len(rest) >= 7 && len(rest) <= 1
}

func isPrivate(name string) bool {
	return len(name) > 1 && (name[0] == 'X' || name[0] == 'x')
}

// specialize puts what the parameters say into the entry.
func specialize(e *Entry, params []string) {
	if len(params) == 0 {
		return
	}
	switch e.Name {
	case "SIZE":
		specializeSize(e, params[0])
	case "AUTH", "X-EXPS":
		specializeAuth(e, params)
	case "LIMITS":
		specializeLimits(e, params)
	case "DELIVERBY":
		specializeDeliverBy(e, params[0])
	case "FUTURERELEASE":
		specializeFutureRelease(e, params)
	case "MT-PRIORITY":
		e.say("priorities after one policy", "The server follows a named priority policy, which defines the meaning of each level.")
	case "NO-SOLICITING":
		e.say("no unsolicited mail of these kinds", "The server lists the kinds of solicitation that it does not want.")
	case "BURL":
		specializeBurl(e, params)
	case "STARTTLS":
		e.say("", "Here it came with a parameter, which the standard does not allow.")
	}
}

// say replaces Short, unless empty, and adds a sentence to Text.
func (e *Entry) say(short, sentence string) {
	if short != "" && len([]rune(short)) <= MaxShort {
		e.Short = short
	}
	if sentence != "" && len([]rune(e.Text))+1+len([]rune(sentence)) <= MaxText {
		e.Text += " " + sentence
	}
}

func specializeSize(e *Entry, param string) {
	n, ok := decimal(param)
	switch {
	case !ok:
		e.say("", "The value here is not a number, so it has no meaning.")
	case n == 0:
		e.say("no fixed size limit", "0 means that the server states no fixed limit; it may still refuse a message.")
	default:
		e.say("messages up to "+octets(n), fmt.Sprintf("Here: %d bytes, which is %s.", n, octets(n)))
	}
}

// specializeAuth names the mechanisms offered. What is not even written like the
// name of one is counted: it is the server's text.
func specializeAuth(e *Entry, params []string) {
	var names, unknown []string
	odd := 0
	for _, param := range params {
		switch {
		case mechanismTable.find(param) != nil:
			names = append(names, strings.ToUpper(param))
		case isMechanism(param):
			unknown = append(unknown, param)
		default:
			odd++
		}
	}
	all := slices.Concat(names, unknown)
	if len(all) == 0 {
		e.say("no known mechanism", "None of the words offered is the name of a mechanism.")
		return
	}
	e.say(shorten("log in: ", all), "")
	e.say("", "Offered: "+strings.Join(all, ", ")+".")
	if len(unknown) > 0 {
		e.say("", "Not known here: "+strings.Join(unknown, ", ")+".")
	}
	if onlyPlaintext(all) && odd == 0 {
		e.say("", "All of them send the password itself, which an eavesdropper can read, so start TLS first.")
	}
}

// isMechanism follows sasl-mech (RFC 4422 §3.1): up to 20 capitals, digits,
// hyphens and underscores.
func isMechanism(name string) bool { return len(name) > 0 && len(name) <= 20 && isKeyword(name) }

func onlyPlaintext(names []string) bool {
	for _, name := range names {
		if name != "PLAIN" && name != "LOGIN" {
			return false
		}
	}
	return true
}

// shorten lists as many names as fit the margin and counts the others.
func shorten(lead string, names []string) string {
	full := lead + strings.Join(names, " ")
	if len(full) <= MaxShort {
		return full
	}
	for n := len(names) - 1; n > 0; n-- {
		s := fmt.Sprintf("%s%s +%d", lead, strings.Join(names[:n], " "), len(names)-n)
		if len(s) <= MaxShort {
			return s
		}
	}
	return fmt.Sprintf("%s%d ways", lead, len(names))
}

// specializeLimits reads NAME=number pairs (RFC 9422).
func specializeLimits(e *Entry, params []string) {
	var said []string
	for _, param := range params {
		name, value, _ := strings.Cut(param, "=")
		n, ok := decimal(value)
		if !ok {
			continue
		}
		if words := limitWords(strings.ToUpper(name)); words != "" {
			said = append(said, fmt.Sprintf("%d %s", n, words))
		}
	}
	if len(said) == 0 {
		return
	}
	e.say(shortenLimits(said), "Here: "+strings.Join(said, ", ")+".")
}

func shortenLimits(said []string) string {
	s := "up to " + said[0]
	if len(said) > 1 {
		s += ", …"
	}
	return s
}

func limitWords(name string) string {
	switch name {
	case "MAILMAX":
		return "messages per session"
	case "RCPTMAX":
		return "recipients per message"
	case "RCPTDOMAINMAX":
		return "recipient domains per session"
	}
	return ""
}

func specializeDeliverBy(e *Entry, param string) {
	if n, ok := decimal(param); ok {
		e.say("deadline of "+seconds(n)+" or more", "The shortest time that the server accepts is "+seconds(n)+".")
	}
}

func specializeFutureRelease(e *Entry, params []string) {
	if n, ok := decimal(params[0]); ok {
		e.say("can hold mail for "+seconds(n), "The server holds a message for at most "+seconds(n)+".")
	}
}

func specializeBurl(e *Entry, params []string) {
	for _, param := range params {
		if strings.HasPrefix(strings.ToLower(param), "imap") {
			e.say("", "The parameter imap says that the server can fetch from an IMAP server it trusts, after AUTH.")
			return
		}
	}
}

// decimal reads a number without a sign, as ESMTP parameters have them. SIZE
// may have 20 digits (RFC 1870 §4); what an int64 cannot hold is refused.
func decimal(s string) (int64, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

// octets writes a size with three significant digits: "9.77 MiB".
func octets(n int64) string {
	units := []string{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
	if n < 1024 {
		return fmt.Sprintf("%d bytes", n)
	}
	size := float64(n) / 1024
	i := 0
	// 999.5 would be written with four digits.
	for size >= 999.5 && i < len(units)-1 {
		size /= 1024
		i++
	}
	return strconv.FormatFloat(size, 'g', 3, 64) + " " + units[i]
}

// seconds writes a time in the largest unit that divides it without a rest.
func seconds(n int64) string {
	units := []struct {
		size int64
		name string
	}{{86400, "day"}, {3600, "hour"}, {60, "minute"}}
	for _, u := range units {
		if n >= u.size && n%u.size == 0 {
			return plural(n/u.size, u.name)
		}
	}
	return plural(n, "second")
}

func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
