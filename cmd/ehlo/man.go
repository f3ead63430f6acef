package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// manName is the one command that says something about all.
const manName = "man"

func newMan(std streams) *cobra.Command {
	return &cobra.Command{
		Use: manName, Short: "print the manual page", Long: "Prints the manual page: ehlo man | man -l -",
		Args: exactArgs(),
		RunE: func(c *cobra.Command, _ []string) error { return writeManual(std.out, c.Root()) },
	}
}

// writeManual makes the manual from the command tree, so that it cannot say anything else than --help.
func writeManual(w io.Writer, root *cobra.Command) error {
	m := &manual{w: w}
	m.line(".TH EHLO 1 \"\" %q \"User Commands\"", program())
	m.section("NAME", "ehlo - "+root.Short)
	m.section("SYNOPSIS", "ehlo [--plain]")
	for _, c := range commands(root) {
		m.line(".br")
		m.text(c.UseLine())
	}
	describe(root)
	m.section("DESCRIPTION", root.Long)
	m.line(".SH COMMANDS")
	for _, c := range commands(root) {
		m.command(c)
	}
	return m.err
}

// commands lists the tree without its root and without what is hidden.
func commands(c *cobra.Command) []*cobra.Command {
	var list []*cobra.Command
	for _, sub := range c.Commands() {
		if !sub.Hidden {
			list = append(append(list, sub), commands(sub)...)
		}
	}
	return list
}

// manual writes roff and keeps the first error.
type manual struct {
	w   io.Writer
	err error
}

func (m *manual) line(format string, args ...any) {
	if m.err == nil {
		_, m.err = fmt.Fprintf(m.w, format+"\n", args...)
	}
}

func (m *manual) section(title, body string) {
	m.line(".SH %s", title)
	m.text(body)
}

// text writes lines as they stand: tables and examples keep their shape.
func (m *manual) text(body string) {
	m.line(".nf")
	for _, l := range strings.Split(strings.TrimRight(body, "\n"), "\n") {
		m.line("%s", roff(l))
	}
	m.line(".fi")
}

// roff escapes what the formatter would take for a request or a hyphenation point.
func roff(l string) string {
	l = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(l)
	if strings.HasPrefix(l, ".") || strings.HasPrefix(l, "'") {
		l = `\&` + l
	}
	return l
}

func (m *manual) command(c *cobra.Command) {
	describe(c)
	m.line(".SS %q", c.CommandPath())
	m.text(c.Short)
	if c.Long != "" {
		m.line(".PP")
		m.text(c.Long)
	}
	if c.Example != "" {
		m.line(".PP")
		m.text(c.Example)
	}
	c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		m.line(".TP")
		m.line(".B %s", roff(flagName(f)))
		m.line("%s", roff(f.Usage))
	})
}

func flagName(f *pflag.Flag) string {
	name := "--" + f.Name
	if f.Shorthand != "" {
		name = "-" + f.Shorthand + ", " + name
	}
	if f.Value.Type() != "bool" {
		name += " " + f.Value.Type()
	}
	return name
}
