package explain

import (
	"fmt"
	"slices"
	"strings"
)

// Parameter explains a parameter of MAIL or RCPT, such as "SIZE=1000"; verb is
// the command it stands in. ok is false for one that the command does not have.
func Parameter(verb, param string) (Entry, bool) {
	name, value, _ := strings.Cut(param, "=")
	name, verb = strings.ToUpper(name), strings.ToUpper(verb)
	for r := range parameterTable.rows() {
		if r.isFor(name) && slices.Contains(r.conditions().after, verb) {
			e := r.entry()
			parameterValue(e, name, value)
			return *e, true
		}
	}
	return Entry{}, false
}

// parameterValue puts into words what a value says.
func parameterValue(e *Entry, key, value string) {
	if key == "BODY" && strings.EqualFold(value, "BINARYMIME") {
		e.Requires = "BINARYMIME"
	}
	switch key {
	case "SIZE":
		if n, ok := decimal(value); ok {
			e.say("about "+octets(n)+" will come", fmt.Sprintf("Here: %s.", octets(n)))
		}
	case "HOLDFOR":
		if n, ok := decimal(value); ok {
			e.say("hold for "+seconds(n), "Here: "+seconds(n)+".")
		}
	case "AUTH":
		if value == "<>" {
			e.say("", "Here it is <>: the submitter is unknown or not sufficiently authenticated.")
		}
	default:
		if words := parameterWord(key, strings.ToUpper(value)); words != "" {
			e.say("", "Here: "+words+".")
		}
	}
}

// parameterWord explains the values that are words of the protocol.
func parameterWord(key, value string) string {
	switch key + "=" + value {
	case "BODY=7BIT":
		return "every byte of the body is ASCII"
	case "BODY=8BITMIME":
		return "the body has bytes above 127, in lines"
	case "BODY=BINARYMIME":
		return "the body is binary, without lines, and has to be sent with BDAT"
	case "RET=FULL":
		return "send the whole message back"
	case "RET=HDRS":
		return "send only the headers back"
	case "NOTIFY=NEVER":
		return "no notification in any case"
	}
	if key == "NOTIFY" {
		return notifyWords(value)
	}
	return ""
}

func notifyWords(value string) string {
	var said []string
	for _, word := range strings.Split(value, ",") {
		switch word {
		case "SUCCESS":
			said = append(said, "when it is delivered")
		case "FAILURE":
			said = append(said, "when it cannot be delivered")
		case "DELAY":
			said = append(said, "when it is late")
		}
	}
	if len(said) == 0 || len(said) > 3 {
		return ""
	}
	return "a notice " + strings.Join(said, ", and ")
}

// parameter explains one parameter of MAIL or RCPT.
func (s *sent) parameter(verb, param string) {
	name, _, _ := strings.Cut(param, "=")
	e, ok := Parameter(verb, param)
	if !ok {
		s.mistake(verb+" has no such parameter; the server answers 555.", "leave out what EHLO did not list", Ref{"RFC 5321", "4.1.1.11"})
		return
	}
	s.say(e.Text)
	s.x.add(&e)
	if e.Requires != "" && s.lacks(e.Requires) {
		s.mistake(strings.ToUpper(name)+" needs the extension "+e.Requires+", which this server does not offer.", "leave "+strings.ToUpper(name)+" out", Ref{"RFC 5321", "4.1.1.11"})
	}
}
