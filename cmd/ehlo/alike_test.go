package main

import (
	"os"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// ownWords are the flags that mean something else in another command, or whose words name what that command is about. Each has its reason.
var ownWords = map[string]string{
	"anonymize":        "a comparison has no messages and certificates that could be removed",
	"at":               "open and show begin there, export draws a picture of it",
	"every-mechanism":  "run asks once and prints a line for each login, a session asks before each",
	"from":             "an envelope has a sender, and a conversion what it is made from",
	"help":             "it names the command",
	"html":             "it names what the page is about",
	"json":             "it names what is printed",
	"list":             "it names what is listed",
	"on-path":          "lab serve reports of visitors",
	"output":           "it names what is written",
	"password-command": "the doctor's help is short",
	"password-file":    "the doctor's help is short",
	"port":             "the doctor looks at it alone, the others connect to it",
	"quiet":            "a survey and a route have parts with verdicts of their own",
	"resolver":         "explain asks one only with --lookup",
	"seed":             "a quiz draws questions, the lab makes itself reproducible",
	"server-name":      "a survey sees many certificates",
	"session":          "import can take all",
	"size":             "a message has one, and so has a picture",
	"timeout":          "what happens after several of them is the command's own",
	"to":               "an envelope has recipients, and a conversion what it is made into",
	"verbose":          "it names what is printed as well",
	"yes":              "it names what is not asked",
}

// A flag is described in the same words wherever it means the same.
func TestFlagsAreAlike(t *testing.T) {
	root, _ := newRoot(streams{os.Stdin, os.Stdout, os.Stderr}, []string{"help"})
	type described struct{ command, words string }
	first, differs := map[string]described{}, map[string]bool{}
	var visit func(*cobra.Command)
	visit = func(c *cobra.Command) {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			words := f.Value.Type() + " " + f.Shorthand + " " + f.Usage
			if before, seen := first[f.Name]; !seen {
				first[f.Name] = described{c.CommandPath(), words}
			} else if before.words != words {
				differs[f.Name] = true
				if ownWords[f.Name] == "" {
					t.Errorf("--%s: %s says %q, %s says %q", f.Name, before.command, before.words, c.CommandPath(), words)
				}
			}
		})
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(root)
	for name := range ownWords {
		if name != "help" && !differs[name] {
			t.Errorf("--%s is alike everywhere and needs no exception", name)
		}
	}
}
