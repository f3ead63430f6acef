package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"ehlo/session/engine"
	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/wire"
)

const explainLong = `Explains a reply code, an enhanced status code, an EHLO keyword, a command, a
mechanism, a port, a finding, a whole reply line, a base64 text, or anything TLS has a
number for: a message, an extension, an alert, a version, a suite, a group, a signature.
Secrets inside base64 are masked.`

const explainExample = `  ehlo explain 535 5.7.8
  ehlo explain STARTTLS
  ehlo explain "554 5.7.1 <a@example.org>: Relay access denied"
  ehlo explain VXNlcm5hbWU6
  ehlo explain alert 40
  ehlo explain ECDHE-RSA-AES128-GCM-SHA256`

func newExplain(std streams) *cobra.Command {
	return &cobra.Command{
		Use: "explain WORDS...", Short: "explain a code, a keyword, a reply line or a base64 text", Long: explainLong,
		Example: explainExample, Args: someWords, ValidArgsFunction: completeWords,
		RunE: func(_ *cobra.Command, args []string) error { return runExplain(std.out, args) },
	}
}

func someWords(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usage(fmt.Errorf("nothing to explain: %s", c.UseLine()))
	}
	return nil
}

func completeWords(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	has := map[string]bool{}
	for _, e := range explain.All() {
		if has[e.Name] = true; !strings.Contains(e.Name, " ") {
			names = append(names, e.Name+"\t"+e.Short)
		}
	}
	return append(names, completeCodePoints(has)...), cobra.ShellCompDirectiveNoFileComp
}

func runExplain(w io.Writer, words []string) error {
	f := engine.Lookup(words)
	if len(f.Entries) == 0 && (len(f.Also) == 0 || len(words) > 1) {
		return notKnown(words, f.Also)
	}
	for i, e := range f.Entries {
		if i > 0 {
			fmt.Fprintln(w)
		}
		printEntry(w, e)
	}
	printAlso(w, words[0], len(f.Entries), f.Also)
	return nil
}

// notKnown suggests what is near, or what else has that number.
func notKnown(words []string, also []explain.Entry) error {
	f := &failure{record.ExitUsage, "nothing is known about " + quote(strings.Join(words, " ")), "try a reply code, a keyword or a command"}
	if near := explain.Suggest(words); len(near) > 0 {
		f.hint = "did you mean " + strings.Join(near, ", ") + "?"
	}
	if len(also) > 0 {
		var others []string
		for _, e := range also {
			others = append(others, asked(e)+" ("+e.Name+")")
		}
		f.hint = "the number is " + strings.Join(others, ", ")
	}
	return f
}

const explainWidth = 78

func printEntry(w io.Writer, e explain.Entry) {
	kind := e.Kind
	if e.Number != "" {
		kind += " " + e.Number
	}
	fmt.Fprintf(w, "%s (%s): %s\n", wire.VisibleString(e.Name), kind, e.Short)
	if e.Form != "" {
		fmt.Fprintf(w, "  form: %s\n", e.Form)
	}
	for _, text := range []string{e.Text, e.Remedy} {
		if text == "" {
			continue
		}
		for line := range strings.SplitSeq(ansi.Wordwrap(wire.VisibleString(text), explainWidth-2, ""), "\n") {
			fmt.Fprintf(w, "  %s\n", line)
		}
	}
	if len(e.Refs) > 0 {
		fmt.Fprintf(w, "  %s\n", refs(e.Refs))
	}
	if len(e.See) > 0 {
		fmt.Fprintf(w, "  see also: %s\n", strings.Join(seeAlso(e.See), ", "))
	}
}

// seeAlso are the words to ask for next.
func seeAlso(ids []string) []string {
	var names []string
	for _, id := range ids {
		_, name, _ := strings.Cut(id, ":")
		names = append(names, name)
	}
	return names
}

func refs(list []explain.Ref) string {
	var names []string
	for _, r := range list {
		names = append(names, r.String())
	}
	return strings.Join(names, ", ")
}
