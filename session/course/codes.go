package course

import (
	_ "embed"
	"strings"
)

//go:embed data/codes.txt
var codeText string

// Codes are the codes of the refusals and deferrals that a scenario shows who walks it by the proposals, in order, each with its enhanced
// code after a space: "535 5.7.8". They are what it can be searched for by.
func Codes(scenario string) []string {
	for line := range strings.Lines(codeText) {
		if name, codes, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && name == scenario {
			return strings.Split(codes, ", ")
		}
	}
	return nil
}
