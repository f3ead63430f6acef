package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A command that is made alone is the one of its name, with all that it has in the whole tree.
func TestMadeAloneAsWithAll(t *testing.T) {
	std := streams{os.Stdin, os.Stdout, os.Stderr}
	whole, _ := newRoot(std, []string{"help"})
	if n := len(whole.Commands()); n != len(makers) {
		t.Errorf("%d commands of %d makers", n, len(makers))
	}
	for _, m := range makers {
		root, _ := newRoot(std, []string{m.name})
		alone, _, err := root.Find([]string{m.name})
		beside, _, missing := whole.Find([]string{m.name})
		if err != nil || missing != nil || alone.Name() != m.name {
			t.Errorf("%s: %s, %v, %v", m.name, alone.Name(), err, missing)
			continue
		}
		if got, want := parts(alone), parts(beside); !slices.Equal(got, want) {
			t.Errorf("%s: alone it has %q, among all %q", m.name, got, want)
		}
	}
}

// parts names the flags of a command and of those below it.
func parts(c *cobra.Command) (names []string) {
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, c.Name()+" --"+f.Name) })
	for _, sub := range c.Commands() {
		names = append(names, parts(sub)...)
	}
	return names
}

// What the tree of one command does not know is looked for in the whole one: a mistyped command, also after a flag and its value.
func TestEveryCommandIsKnownToAMistake(t *testing.T) {
	for _, line := range []string{"rnu lab:", "--user lab rnu", "help rnu", "--plain rnu"} {
		root, _ := newRoot(streams{os.Stdin, os.Stdout, os.Stderr}, strings.Fields(line))
		if near := nearest(root, "rnu"); near != "run" {
			t.Errorf("%s: %q is near", line, near)
		}
	}
}
