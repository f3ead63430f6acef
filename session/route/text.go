package route

import (
	"strings"

	"ehlo/session/record"
)

// texts are those of the TXT records of a name that begin with a version, such as "v=STSv1", and how many others there are.
func (n answer) texts(version string) (list []string, others int) {
	for _, data := range n.data {
		text, _ := record.TextOf(data)
		if head, _, _ := strings.Cut(text, ";"); strings.EqualFold(strings.Join(strings.Fields(head), ""), version) {
			list = append(list, text)
			continue
		}
		others++
	}
	return list, others
}

// tag is one part of a record that is a list of them: "p=reject" (RFC 6376 §3.2).
type tag struct{ name, value string }

// tags reads such a list. ok is false where a part has no name or no value sign, or a name is there twice.
func tags(text string) (list []tag, ok bool) {
	ok = true
	parts := strings.Split(text, ";")
	if strings.TrimSpace(parts[len(parts)-1]) == "" {
		parts = parts[:len(parts)-1]
	}
	for _, part := range parts {
		name, value, is := strings.Cut(part, "=")
		name = strings.TrimSpace(name)
		_, double := valueOf(list, name)
		if name == "" || !is || double || strings.ContainsAny(name, " \t,") {
			ok = false
		}
		list = append(list, tag{name, strings.TrimSpace(value)})
	}
	return list, ok && len(list) > 0
}

// valueOf is the value of a tag.
func valueOf(list []tag, name string) (value string, ok bool) {
	for _, t := range list {
		if strings.EqualFold(t.name, name) {
			return t.value, true
		}
	}
	return "", false
}

// short is a text of others in a sentence: what a terminal might obey is made visible, and a long one is cut.
func short(text string) string {
	const longest = 120
	if r := []rune(text); len(r) > longest {
		text = string(r[:longest]) + "…"
	}
	return visible(text)
}
