package words

import (
	"strconv"
	"strings"

	"ehlo/session/record"
)

// longestAnswer is how much of an answer stands in one line, in characters; all of it is in [Answers].
const longestAnswer = 100

// lookup is one question to a name server and its answer: "MX lab.test: 10 mx.lab (TTL 300 s)".
func lookup(l *record.Lookup) Line {
	line := Line{Topic: "lookup", Head: l.Question().String() + ": "}
	switch {
	case l.Trouble != "":
		line.Mark, line.Head = failed(), line.Head+l.Error
	case l.Status == record.StatusNXDomain:
		line.Head += "no such name (NXDOMAIN)"
	case l.Status != record.StatusNoError && l.Status != "":
		line.Mark, line.Head = failed(), line.Head+"the name server answers "+l.Status
	case len(l.Answers) == 0:
		line.Head += "no such record"
	default:
		line.Head += strings.Join(answers(l), ", ") + worth(l)
	}
	return line
}

func answers(l *record.Lookup) (list []string) {
	for _, a := range l.Answers {
		list = append(list, cut(Data(a), longestAnswer))
	}
	return list
}

// cut is the beginning of a text, n characters of it.
func cut(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i] + "…"
		}
	}
	return s
}

// worth is how long the answer may be kept, and whether it is proved.
func worth(l *record.Lookup) string {
	var notes []string
	if l.Type != record.TypePolicy {
		notes = append(notes, "TTL "+seconds(l.Answers[0].TTL))
	}
	if l.Proved {
		notes = append(notes, "proved by DNSSEC")
	}
	if len(notes) == 0 {
		return ""
	}
	return " (" + strings.Join(notes, ", ") + ")"
}

func seconds(n int) string { return strconv.Itoa(n) + " s" }

// Kept says whose record it is, and how long it may be kept.
func Kept(a record.Answer) string { return a.Type + " of " + a.Name + ", TTL " + seconds(a.TTL) }

// Data is the data of a record as people write it: names without the dot at their end, and the strings of a text record as the one text
// that they are (RFC 7208 §3.3).
func Data(a record.Answer) string {
	switch a.Type {
	case "TXT":
		return strings.ReplaceAll(a.Data, `" "`, "")
	case "MX", "PTR", "CNAME", "NS", "SRV":
		if bare, _ := strings.CutSuffix(a.Data, "."); !strings.HasSuffix(bare, " ") && bare != "" {
			return bare
		}
	}
	return a.Data
}

// Answers are the records of an answer, and who gave it.
func Answers(l *record.Lookup) (list []Part) {
	for _, a := range l.Answers {
		list = append(list, Part{Name: a.Name + " " + a.Type, Value: Data(a), Note: "TTL " + seconds(a.TTL), Deep: true})
	}
	return append(list, kept([]Part{{Name: "status", Value: l.Status, Deep: true}, {Name: "name server", Value: l.Server, Deep: true}})...)
}

// places are the addresses of a name, each after the host that MX records gave for it.
func places(r *record.Resolve) []string {
	if len(r.Hosts) != len(r.Addresses) {
		return r.Addresses
	}
	var list []string
	for i, host := range r.Hosts {
		if i > 0 && r.Hosts[i-1] == host {
			list = append(list, r.Addresses[i])
			continue
		}
		list = append(list, host+" at "+r.Addresses[i])
	}
	return list
}
