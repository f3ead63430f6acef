package walk

import (
	"strings"
)

func CommandWord(line string) string {
	for word := range strings.FieldsSeq(line) { // a tab is no separator to a server, but it must not hide a secret
		return strings.ToUpper(word)
	}
	return ""
}
