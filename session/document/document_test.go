package document

import "testing"

// What the YAML reader says about a text with a colon, or about a tab, is told in words that help who wrote it; and nothing is told twice.
func TestErrorsAreInWords(t *testing.T) {
	for text, want := range map[string]string{
		"say: Note: a colon":  "line 1, column 6: a colon begins a value here: put a text with a colon into quotation marks",
		"list:\n\t- one":      "line 2, column 1: a tab begins this line: indent by spaces",
		"list: {a: b}\nx: y":  "line 1, column 7: want a list, not fields with values; and 1 more",
		"list:\n  - a\n  - b": "",
	} {
		got := ""
		doc, err := Parse([]byte(text), func(string) string { return "" })
		if err == nil {
			Whole[struct {
				List []string `yaml:"list"`
			}](doc, "")
			err = doc.Err()
		}
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
