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

// short is a text of others in a sentence: what a terminal might obey is made visible, and a long one is cut.
func short(text string) string {
	const longest = 120
	if r := []rune(text); len(r) > longest {
		text = string(r[:longest]) + "…"
	}
	return visible(text)
}
