package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"ehlo/session/record"
	"ehlo/transcripts/diff"
	"ehlo/transcripts/export"
	"ehlo/ui"
)

const diffLong = `Compares transcripts: what is different is said in sentences, step by step, from what was
asked for to the verdict. Three files or more make a table with a column for each, such
as of ports 25, 465 and 587 of one server. On a terminal two sessions stand side by side
and move together; --plain prints the sentences, and so does a pipe. One FILE can be - for
standard input.

Not compared are ` + diff.NotCompared + `.
How long the steps took is told apart, and makes no difference.

Exit codes:
    0  nothing is different
    1  something is different
    2  trouble: a file cannot be read, or the command line is wrong`

// differ is one comparison.
type differ struct {
	std  streams
	json bool
	to   string
	o    options
}

func newDiff(std streams) *cobra.Command {
	d := &differ{std: std}
	c := &cobra.Command{
		Use: "diff FILE FILE...", Short: "compare transcripts", Long: diffLong,
		Example: "  ehlo diff yesterday.ehlo.ndjson today.ehlo.ndjson\n  ehlo diff port25.ehlo.ndjson port465.ehlo.ndjson port587.ehlo.ndjson",
		Args:    func(c *cobra.Command, args []string) error { return severalFiles(c, 2, args) },
		RunE: func(c *cobra.Command, args []string) error {
			if err := exclusive(c, "json", "to"); err != nil {
				return err
			}
			return asTrouble(d.run(untilTold(c), args, c.Flags().Changed("to")))
		},
	}
	c.Flags().BoolVar(&d.json, "json", false, "print the comparison as JSON")
	c.Flags().StringVar(&d.to, "to", "text", "the form: text, markdown or html")
	complete(c, "to", "text", "markdown", "html")
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

// run compares. formed says that a form was asked for.
func (d *differ) run(ctx context.Context, paths []string, formed bool) error {
	if forms := []string{"text", "markdown", "html"}; !slices.Contains(forms, d.to) {
		return noneOf("to", d.to, forms)
	}
	var list []diff.Session
	for _, path := range paths {
		f, release, err := openTranscript(ctx, d.std, path)
		if err != nil {
			return err
		}
		defer release()
		if damage := f.Damage(); damage != nil {
			fmt.Fprintf(d.std.err, "ehlo: %s is %s; what comes before that is compared\n", quote(path), damage)
		}
		list = append(list, diff.Session{Name: path, Source: f, Running: f.Running()})
	}
	result := compare(list)
	show := d.print
	if result.screen != nil && !d.json && !formed && hasScreen(d.std, &d.o) {
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

func (d *differ) print(c compared) error {
	switch {
	case d.json:
		return c.json(d.std.out)
	case d.to == "markdown":
		return c.markdown(d.std.out)
	case d.to == "html":
		return c.html(d.std.out)
	}
	for _, line := range c.lines(widthOf(d.std.out)) {
		if _, err := fmt.Fprintln(d.std.out, line); err != nil {
			return err
		}
	}
	return nil
}
