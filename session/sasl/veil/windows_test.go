package veil

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the windows of the ordinary words")

// The windows are those of the words: whoever adds a word runs this with -update.
func TestWindowsOfOrdinaryWords(t *testing.T) {
	all := append(windowsOf(ordinaryText, joined), windowsOf(protocolText(), letters)...)
	slices.Sort(all)
	all = slices.Compact(all)
	want := strings.Join(all, "\n") + "\n"
	if *update {
		if err := os.WriteFile("windows.txt", []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if ordinaryWindows != want {
		t.Error("windows.txt has other windows than ordinary.txt: run this test with -update")
	}
	for _, w := range all {
		if !isOrdinary(pack([]byte(w))) {
			t.Errorf("%q is not found", w)
		}
	}
	for _, w := range []string{"", "tulip7", "zzzzzz", "      "} {
		if isOrdinary(pack([]byte(w))) {
			t.Errorf("%q is taken for ordinary", w)
		}
	}
}

// windowsOf are the windows of the words of a text, each for itself.
func windowsOf(text string, f form) (all []string) {
	for word := range strings.FieldsSeq(text) {
		folded := string(appendFolded(nil, word, f))
		for i := 0; i+widthPlain <= len(folded); i++ {
			all = append(all, folded[i:i+widthPlain])
		}
	}
	return all
}
