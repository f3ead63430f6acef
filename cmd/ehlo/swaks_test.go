package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// Each flag that the table of swaks' options names is one of the command that it names, of run where it names none.
func TestSwaksTable(t *testing.T) {
	table := read(t, filepath.Join("..", "..", ".github", "SWAKS.md"))
	root, _ := newRoot(streams{os.Stdin, os.Stdout, os.Stderr}, []string{"run"})
	rows := 0
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		if len(cells) < 5 || !strings.Contains(cells[1], "`-") {
			continue
		}
		rows++
		for _, code := range regexp.MustCompile("`[^`]*`").FindAllString(cells[2], -1) {
			checkFlags(t, root, strings.Trim(code, "`"))
		}
	}
	if rows < 60 {
		t.Errorf("%d rows", rows)
	}
}

// checkFlags looks up the flags of a command line, or of the words that stand for one.
func checkFlags(t *testing.T, root *cobra.Command, line string) {
	name := "run"
	if words := strings.Fields(line); len(words) > 1 && words[0] == "ehlo" {
		name = words[1]
	}
	c, _, err := root.Find([]string{name})
	if err != nil {
		t.Errorf("%s: %v", line, err)
		return
	}
	for _, word := range regexp.MustCompile(`--?[a-z][a-z0-9-]*`).FindAllString(line, -1) {
		long, isLong := strings.CutPrefix(word, "--")
		if isLong && long != "help" && c.Flags().Lookup(long) == nil || !isLong && len(word) == 2 && c.Flags().ShorthandLookup(word[1:]) == nil {
			t.Errorf("%s has no %s", name, word)
		}
	}
}
