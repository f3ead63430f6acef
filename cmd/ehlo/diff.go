package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ehlo/session/record"
	"ehlo/transcripts"
	"ehlo/transcripts/diff"
	"ehlo/transcripts/export"
	"ehlo/ui"
	"ehlo/ui/plain"
)

const diffLong = `Compares transcripts and states the differences in sentences, step by step, from the
request to the verdict. Three files or more make a table with a column for each, for
example for ports 25, 465 and 587 of one server. On a terminal two sessions are shown side
by side and scroll together; --plain, or output to a pipe, prints the sentences. One FILE
can be - for standard input.

A FILE can also be what another program recorded, as "ehlo import" reads it. A file with
several sessions takes a number after its name: trace.pcap#2 is the second one.

Not compared are ` + diff.NotCompared + `.
How long the steps took is listed separately, and so is what people have added to the files: title,
author, tags and notes. They do not count as differences.

-o writes the comparison to a new file, in the form of its ending: .txt, .md, .html or .json.
--anonymize replaces the names of hosts, users and mailboxes and all addresses
but those of loopback and documentation, alike in all files, and lists what it replaced on
standard error; see the help of export.

Exit codes:
    0  no differences
    1  differences
    2  error: a file cannot be read, or the command line is wrong`

// differ is one comparison.
type differ struct {
	std       streams
	json      bool
	to        string // a form; empty where none was asked for
	output    string
	anonymize bool
	source    importer // how a file of another program is read
	o         options
}

// diffForms are the forms of a comparison, with the endings of their files.
var diffForms = []struct{ name, suffix string }{{"text", ".txt"}, {"markdown", ".md"}, {"html", ".html"}, {"json", ".json"}}

func newDiff(std streams) *cobra.Command {
	d := &differ{std: std, source: importer{numbers: true}}
	c := &cobra.Command{
		Use: "diff FILE FILE...", Short: "compare sessions", Long: diffLong,
		Example: "  ehlo diff yesterday.ehlo.ndjson today.ehlo.ndjson\n  ehlo diff port25.ehlo.ndjson port465.ehlo.ndjson port587.ehlo.ndjson",
		Args:    func(c *cobra.Command, args []string) error { return severalFiles(c, 2, args) },
		RunE: func(c *cobra.Command, args []string) error {
			if err := exclusive(c, "json", "to"); err != nil {
				return err
			}
			if err := d.form(); err != nil {
				return err
			}
			return asTrouble(d.run(untilTold(c), args))
		},
	}
	c.Flags().BoolVar(&d.json, "json", false, "print the comparison as one JSON object")
	c.Flags().StringVar(&d.to, "to", "", "the format: "+listed(diffFormNames())+" (default: the ending of -o, else text)")
	c.Flags().StringVarP(&d.output, "output", "o", "", "write the comparison to this new file")
	c.Flags().BoolVar(&d.anonymize, "anonymize", false, "replace the names of hosts, users and mailboxes and all addresses")
	complete(c, "to", diffFormNames()...)
	d.source.readingFlags(c)
	plainFlag(c, &d.o)
	return c
}

// asTrouble gives an error that is no answer the exit code of trouble: 1 says that something is different.
func asTrouble(err error) error {
	exit, text, hint := exitOf(err)
	_, answered := errors.AsType[*ended](err)
	_, crashed := errors.AsType[*record.Fault](err)
	if err == nil || answered || crashed || errors.Is(err, context.Canceled) || exit == record.ExitUsage {
		return err
	}
	return &failure{record.ExitUsage, text, hint}
}

func diffFormNames() (names []string) {
	for _, f := range diffForms {
		names = append(names, f.name)
	}
	return names
}

// form settles which form is written: the one that was asked for, or that of the ending of the file.
func (d *differ) form() error {
	if d.json {
		d.to = "json"
	}
	if d.output == "-" {
		d.output = ""
	}
	for _, f := range diffForms {
		if d.to == "" && d.output != "" && strings.HasSuffix(d.output, f.suffix) {
			d.to = f.name
		}
	}
	switch {
	case d.to == "" && d.output != "":
		return usage(errors.New("--to is missing, and -o does not have the extension of " + listed(diffFormNames())))
	case d.to != "" && !slices.Contains(diffFormNames(), d.to):
		return noneOf("to", d.to, diffFormNames())
	case d.output != "":
		return refusesNew("-o", d.output)
	}
	return nil
}

// run compares.
func (d *differ) run(ctx context.Context, paths []string) error {
	var files []*transcripts.File
	for _, path := range paths {
		f, release, err := d.source.open(ctx, d.std, path)
		if err != nil {
			return err
		}
		defer release()
		if damage := f.Damage(); damage != nil && !d.anonymize {
			fmt.Fprintf(d.std.err, "ehlo: %s is %s; what comes before that is compared\n", quote(path), damage)
		}
		files = append(files, f)
	}
	if d.anonymize {
		return d.anonymized(ctx, files)
	}
	return d.compare(ctx, sessionsOf(files, paths))
}

// anonymized compares what is left of the files without names.
func (d *differ) anonymized(ctx context.Context, files []*transcripts.File) error {
	var names []string
	for i, f := range files {
		if err := revealed(d.std.err, f, true); err != nil {
			return err
		}
		names = append(names, fmt.Sprintf("session %d", i+1))
	}
	clean, a, err := anonymized(d.std.err, files)
	if err != nil {
		return err
	}
	defer closeAll(clean)
	defer sayReplaced(d.std.err, a)
	return d.compare(ctx, sessionsOf(clean, names))
}

func sessionsOf(files []*transcripts.File, names []string) (list []diff.Session) {
	for i, f := range files {
		list = append(list, diff.Session{Name: names[i], Source: f, Running: f.Running()})
	}
	return list
}

// compare compares the sessions and shows what came of it.
func (d *differ) compare(ctx context.Context, list []diff.Session) error {
	result := compare(list)
	show := func(c compared) error { return d.print(d.std.out, c) }
	switch {
	case d.output != "":
		show = func(c compared) error {
			return writeNew(d.output, func(w io.Writer) error { return d.print(w, c) })
		}
	case result.screen != nil && d.to == "" && hasScreen(d.std, &d.o):
		show = func(c compared) error { return screenError(c.screen(ctx)) }
	}
	if err := show(result); err != nil {
		return err
	}
	if !result.diff.Equal() {
		return &ended{different}
	}
	return nil
}

// different is the exit code where something is.
const different record.Exit = 1

// compared is what came of a comparison, in each form.
type compared struct {
	diff           interface{ Equal() bool }
	lines          func(width int) []string
	json           func(io.Writer) error
	markdown, html func(io.Writer) error
	screen         func(context.Context) error // nil for more than two
}

func compare(list []diff.Session) compared {
	if len(list) == 2 {
		c := diff.Compare(list[0], list[1])
		return compared{c, c.Lines, c.JSON, func(w io.Writer) error { return export.ComparisonMarkdown(w, c) }, func(w io.Writer) error { return export.ComparisonHTML(w, c) },
			func(ctx context.Context) error { return ui.Sides(ctx, c) }}
	}
	t := diff.Tabulate("in", list)
	return compared{t, t.Lines, t.JSON, func(w io.Writer) error { return export.TableMarkdown(w, t) }, func(w io.Writer) error { return export.TableHTML(w, t) }, nil}
}

func (d *differ) print(w io.Writer, c compared) error {
	switch d.to {
	case "json":
		return c.json(w)
	case "markdown":
		return c.markdown(w)
	case "html":
		return c.html(w)
	}
	width := textWidth
	if d.output == "" {
		width = widthOf(d.std.out)
	}
	for _, line := range c.lines(width) {
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}

// comparePaths tells what is different between two files.
func comparePaths(ctx context.Context) func(a, b string) ([]string, error) {
	return func(a, b string) ([]string, error) {
		f, release, err := readWhole(ctx, a)
		if err != nil {
			return nil, err
		}
		defer release()
		return compareWith(ctx, func() diff.Session { return diff.Session{Name: a, Source: f, Running: f.Running()} })(b)
	}
}

// compareWith compares a session, as it is then, with a file.
func compareWith(ctx context.Context, here func() diff.Session) plain.Compare {
	return func(path string) ([]string, error) {
		f, release, err := readWhole(ctx, path)
		if err != nil {
			return nil, err
		}
		defer release()
		return diff.Compare(here(), diff.Session{Name: path, Source: f, Running: f.Running()}).Lines(0), nil
	}
}
