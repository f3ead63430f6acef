package main

import (
	"os"
	"path/filepath"
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

// Where a template may call any method, or reflection finds one by a name that is made at run time, the linker keeps all methods of all types.
func TestNothingKeepsEveryMethod(t *testing.T) {
	files, err := filepath.Glob("../../*/*/*.go")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, pattern := range []string{"*.go", "../../*/*.go", "../../*/*/*/*.go"} {
		more, _ := filepath.Glob(pattern)
		files = append(files, more...)
	}
	for _, file := range files {
		text := read(t, file)
		for _, keeper := range []string{`"text/template"`, `"html/template"`, ".MethodByName(", ".SetVersionTemplate(", ".SetHelpTemplate(", ".SetUsageTemplate("} {
			if strings.Contains(text, keeper) && !strings.HasSuffix(file, "_test.go") {
				t.Errorf("%s: %s", file, keeper)
			}
		}
	}
}
