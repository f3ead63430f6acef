package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"ehlo/session/explain"
	"ehlo/session/message"
	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
)

const explainLong = `Explains a reply code, an enhanced status code, an EHLO keyword, a command, a
mechanism, a port, a finding, a term, a whole reply line, an error of a program, a
base64 text, or anything TLS has a number for. What is often said and is wrong ("465 is
deprecated") comes with what to answer on the exam and what is true. Without words it lists what can be asked,
with examples; "topics" lists the topics by area; "-" reads a log, a bounce, a header
block or a debug output and explains the lines that matter. Secrets inside base64 are
masked.

--file reads a message as a mail client saves it (.eml), or its header: the path through the
servers with the time at each, which results of SPF, DKIM and DMARC are to be believed, and what
each header field means. Of a bounce it says what went wrong, who has to act, and what they do.
Only what your own servers wrote is believed: those under the domain of the newest Received
field, or under those that --own names. Nothing is asked of anyone: DKIM signatures are compared
with the body, and checked with their keys where --lookup agrees to ask DNS. A file that is no
message is read as a log. --file - is standard input; "ehlo explain < FILE" does the same where FILE is a message.`

const explainExample = `  ehlo explain 535 5.7.8
  ehlo explain STARTTLS
  ehlo explain "554 5.7.1 <a@example.org>: Relay access denied"
  ehlo explain VXNlcm5hbWU6
  ehlo explain alert 40
  ehlo explain 465 is deprecated
  ehlo explain ECDHE-RSA-AES128-GCM-SHA256
  ehlo explain topics
  journalctl -u postfix | ehlo explain -
  ehlo explain --file message.eml`

func newExplain(std streams) *cobra.Command {
	asJSON := false
	letter := &letterFile{}
	c := &cobra.Command{
		Use: "explain [WORDS...|topics|-]", Short: "explain a code, a keyword, a reply line or a base64 text", Long: explainLong,
		Example: explainExample, ValidArgsFunction: completeWords,
		RunE: func(c *cobra.Command, args []string) error {
			out := c.OutOrStdout()
			if taken, err := letter.explain(c, std, args, asJSON); taken {
				return err
			}
			switch {
			case len(args) == 0 && asJSON:
				return json.NewEncoder(out).Encode(explain.Subjects())
			case len(args) == 0:
				return printSubjects(out)
			case asJSON:
				return explainJSON(c, std, args)
			case len(args) == 1 && args[0] == "topics":
				return printTopics(out)
			case len(args) == 1 && args[0] == "-":
				return explainLog(untilTold(c), out, std)
			}
			return runExplain(out, args)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print what is found as JSON")
	letter.register(c)
	return c
}

// printSubjects lists what can be asked, how many of each are known, and words that find one.
func printSubjects(w io.Writer) error {
	fmt.Fprint(w, "What you can ask about, how many entries there are, and an example:\n\n")
	for _, s := range explain.Subjects() {
		fmt.Fprintf(w, "  %-40s %4s  %s\n", s.Title, count(s.Count), strings.Join(s.Examples, " | "))
	}
	fmt.Fprint(w, "\n  ehlo explain WORDS        the words as they are, in quotes where they hold < > or ;\n"+
		"  ehlo explain topics       all topics by area\n"+
		"  ehlo explain -            a log, a bounce or a debug output from a pipe\n"+
		"  ehlo explain --file FILE  a message or a bounce: its path, its checks, its header fields\n"+
		"  ehlo explain --json ...   any of these as JSON\n")
	return nil
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func printTopics(w io.Writer) error {
	for i, area := range explain.Areas() {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w, area.Name)
		for _, e := range area.Topics {
			fmt.Fprintf(w, "  %-28s %s\n", e.Name, e.Short)
		}
	}
	return nil
}

// mostOfALog bounds what is read of standard input.
const mostOfALog = 16 << 20

// readLog reads standard input to its end, or until the program is told to stop.
func readLog(ctx context.Context, std streams) ([]explain.Note, error) {
	var text []byte
	read := make(chan error, 1)
	go func() {
		var err error
		text, err = io.ReadAll(io.LimitReader(std.in, mostOfALog))
		read <- err
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case err := <-read:
		if _, ok := message.Read(string(text), message.Options{}); ok {
			fmt.Fprintln(std.err, "hint: this is a message; ehlo explain --file - tells its path, its checks and its header fields too")
		}
		return logNotes(std, text), err
	}
}

// logNotes are what there is to say of a log, and what was not read of it is told.
func logNotes(std streams, text []byte) []explain.Note {
	notes := explain.Log(string(text))
	sayUnread(std.err, text, len(notes))
	return notes
}

// sayUnread tells where a log was not read to its end: what matters most often stands there.
func sayUnread(w io.Writer, text []byte, notes int) {
	switch {
	case notes == explain.MaxNotes:
		fmt.Fprintf(w, "ehlo: the first %d lines that matter; what comes after them was not read\n", notes)
	case len(text) == mostOfALog || bytes.Count(text, []byte("\n")) > explain.MaxLogLines:
		fmt.Fprintf(w, "ehlo: only the first %d lines were read, of the first %d MiB; give only the end of the log\n", explain.MaxLogLines, mostOfALog>>20)
	}
}

// explainLog names the lines by their numbers, and by time, program and queue ID where they have them: the rest may hold a secret.
func explainLog(ctx context.Context, out io.Writer, std streams) error {
	notes, err := readLog(ctx, std)
	if err != nil {
		return err
	}
	return printNotes(out, notes)
}

func printNotes(out io.Writer, notes []explain.Note) error {
	if len(notes) == 0 {
		return &failure{record.ExitUsage, "no line of it is a known error message", "explain a single line of it, or a word"}
	}
	for i, n := range notes {
		if i > 0 {
			fmt.Fprintln(out)
		}
		fmt.Fprintf(out, "line %d%s\n", n.Line, words.Labelled(": ", n.Logged))
		printEntry(out, n.Entries[0])
	}
	return nil
}

// explainJSON prints the same as values.
func explainJSON(c *cobra.Command, std streams, words []string) error {
	var found any
	var err error
	switch words[0] {
	case "topics":
		found = explain.Areas()
	case "-":
		found, err = readLog(untilTold(c), std)
	default:
		f := explain.Lookup(words)
		if len(f.Entries)+len(f.Also) == 0 {
			return notKnown(words, nil)
		}
		found = sourced(f.Entries)
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(c.OutOrStdout()).Encode(found)
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
	f := explain.Lookup(words)
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
	for _, text := range append(e.Says(), words.Labelled("who acts: ", acts(e)), words.Labelled("you: ", e.Remedy), words.Labelled("the server's operator: ", e.Operator),
		explain.Cite(e.Refs), words.Labelled("see also: ", strings.Join(seeAlso(e.See), ", "))) {
		for _, line := range wrap(wire.VisibleString(text), explainWidth-2) {
			fmt.Fprintf(w, "  %s\n", line)
		}
	}
}

// acts names who has to act on a finding, or on what stands for one; empty where it depends or nobody has to.
func acts(e explain.Entry) string {
	code := e.Means
	if e.Kind == explain.KindFinding {
		code = e.Name
	}
	row, ok := record.FindingCode(code).Row()
	if !ok || row.Outcome == "" || row.Who == "" || row.Who == record.WhoUnknown {
		return ""
	}
	return row.Who.String()
}

// wrap breaks a text into lines of at most width cells, so that no option, code or name is cut.
func wrap(text string, width int) []string { return words.Wrap(text, width, ansi.StringWidth) }

// seeAlso are the words to ask for next.
func seeAlso(ids []string) []string {
	var names []string
	for _, id := range ids {
		names = append(names, explain.Ask(id))
	}
	return names
}

// sourcedEntry is an entry whose references say what replaced a document.
type sourcedEntry struct {
	explain.Entry
	Refs []sourcedRef `json:"refs,omitempty"`
}

type sourcedRef struct {
	explain.Ref
	ObsoletedBy string `json:"obsoleted-by,omitempty"`
}

func sourced(entries []explain.Entry) (list []sourcedEntry) {
	for _, e := range entries {
		s := sourcedEntry{Entry: e}
		for _, r := range e.Refs {
			s.Refs = append(s.Refs, sourcedRef{r, explain.ObsoletedBy(r.Doc)})
		}
		list = append(list, s)
	}
	return list
}
