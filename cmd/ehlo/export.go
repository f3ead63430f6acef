package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts"
	"ehlo/transcripts/export"
	"ehlo/ui"
	"ehlo/ui/detail"
)

const exportLong = `Writes a transcript in another format, to standard output or with -o to a new file, which
only its owner can read, and which is written completely or not at all. Notes and the verdict
are part of each format. Secrets are masked as in the transcript: if it was made with --reveal
it contains them; a warning says so, and --anonymize refuses it. FILE - is standard input.
With several files, -o names a folder. What another program recorded is read as "ehlo import"
reads it.

--anonymize replaces the names of hosts, users and mailboxes, and all addresses except those
of loopback and documentation, consistently in all files of the command. It removes messages,
and certificates except for facts about them. Standard error lists what was replaced, and what
is not guaranteed.

--to takes:
%s
Without --to the format follows from the extension of the file that -o names.`

// format is a form that a transcript is written in.
type format struct {
	name, suffix string
	what         string
	takes        string // flags that mean nothing to most
	write        func(w io.Writer, f *transcripts.File, e *exporter) error
}

// formats has a row for each.
var formats = lazy.Value[[]format]{Make: func() []format {
	return []format{
		{"text", ".txt", "the dialogue with what each line means", "", writeText},
		{"markdown", ".md", "for a ticket or a lesson: the verdict, the dialogue, and each step folded", "", session(export.Markdown)},
		{"html", ".html", "one page that needs no network and no script: also the ladder, TLS field by field, the eavesdropper's view", "", session(export.HTML)},
		{"svg", ".svg", "the screen as a picture, for a slide: --at an event or a phase, --view, --size, --light", "at view size light", writeSVG},
		{"cast", ".cast", "the screen as a recording (asciicast v2), with a marker at each step: --size, --light", "size light", writeCast},
		{"json", ".json", "one document for other programs; --schema prints its JSON schema", "", session(export.JSON)},
		{"transcript", ".ehlo.ndjson", "a transcript again, for example with --anonymize", "", writeTranscript},
		{"pcapng", ".pcapng", "packets in cleartext, for Wireshark; a transcript does not contain every byte, a file of --capture does", "", session(export.Pcapng)},
	}
}}

// session is a format that needs nothing but the session.
func session(write func(io.Writer, *export.Session) error) func(io.Writer, *transcripts.File, *exporter) error {
	return func(w io.Writer, f *transcripts.File, _ *exporter) error { return write(w, export.Of(f)) }
}

func writeText(w io.Writer, f *transcripts.File, e *exporter) error {
	text := export.Text{Width: textWidth}
	if e.output == "" {
		text = textFor(e.std.out, export.Normal)
	}
	return text.Write(w, export.Of(f))
}

func writeSVG(w io.Writer, f *transcripts.File, e *exporter) error {
	film, err := e.film(f)
	if err != nil {
		return err
	}
	at, err := placeIn(cmp.Or(e.at, "end"), f)
	if err != nil {
		return err
	}
	if e.view != "" && !film.Show(e.view) {
		return noneOf("view", e.view, detail.Names[:])
	}
	return export.SVG(w, film.Picture(at.events))
}

func writeCast(w io.Writer, f *transcripts.File, e *exporter) error {
	film, err := e.film(f)
	if err != nil {
		return err
	}
	return film.Record(w)
}

// film is the transcript on a screen of the size that was asked for.
func (e *exporter) film(f *transcripts.File) (*ui.Film, error) {
	columns, rows, ok := strings.Cut(e.size, "x")
	width, err1 := strconv.Atoi(columns)
	height, err2 := strconv.Atoi(rows)
	if !ok || err1 != nil || err2 != nil {
		return nil, usage(fmt.Errorf("--size %s: want COLUMNSxROWS, such as 100x30", quote(e.size)))
	}
	r := replayOf(f)
	replay := &ui.Replay{Source: f, Path: filepath.Base(f.Path()), Running: r.Running, Damage: r.Damage} // where it lies is nobody's business
	film, err := ui.NewFilm(replay, width, height, e.light)
	if err != nil {
		return nil, usage(fmt.Errorf("--size: %w", err))
	}
	return film, nil
}

// textWidth is where text in a file is wrapped.
const textWidth = 100

// exporter is one export.
type exporter struct {
	std    streams
	to     string
	output string
	schema bool
	// anonymize takes out who was involved.
	anonymize bool
	at        string
	view      string
	size      string
	light     bool
	source    importer // how a file of another program is read
}

func newExport(std streams) *cobra.Command {
	e := &exporter{std: std}
	c := &cobra.Command{
		Use: "export FILE...", Short: "write a transcript as " + formatNames(), Long: fmt.Sprintf(exportLong, formatTable()),
		Example: "  ehlo export session.ehlo.ndjson --to markdown\n  ehlo export session.ehlo.ndjson -o session.html\n  ehlo export session.ehlo.ndjson --to svg --at 32 --size 80x24 --light -o slide.svg\n  ehlo run lab: --json | ehlo export - --to json\n  swaks --to bob@example.net --server mail.example.org 2>&1 | ehlo export - --to markdown",
		Args: func(c *cobra.Command, args []string) error {
			if e.schema && len(args) > 0 {
				return usage(errors.New("--schema takes no FILE: the schema is the same for all"))
			}
			if e.schema {
				return nil
			}
			if e.to != "" && !slices.Contains(names(), e.to) {
				return noneOf("to", e.to, names())
			}
			if err := severalFiles(c, 1, args); err != nil || len(args) < 2 {
				return err
			}
			return e.folder()
		},
		RunE: func(c *cobra.Command, args []string) error {
			if e.schema {
				_, err := io.WriteString(std.out, export.Schema)
				return err
			}
			if e.output == "-" {
				e.output = ""
			}
			form, err := e.format()
			if err == nil {
				err = form.refuses(c)
			}
			if err != nil {
				return err
			}
			return e.run(untilTold(c), form, args)
		},
	}
	e.source.sourceFlags(c, "")
	f := c.Flags()
	f.StringVar(&e.to, "to", "", "the format: "+formatNames())
	f.StringVarP(&e.output, "output", "o", "", "write to this new file; with several transcripts, to new files in this folder")
	f.BoolVar(&e.anonymize, "anonymize", false, "replace the names of hosts, users and mailboxes and all addresses, and remove messages and certificates")
	atFlag(c, &e.at, "for svg: show the screen there, before a phase (default: end)")
	f.StringVar(&e.view, "view", "", "for svg: show a view of the last line: "+strings.Join(detail.Names[:], ", "))
	f.StringVar(&e.size, "size", "100x30", "for svg and cast: the size of the screen, COLUMNSxROWS")
	f.BoolVar(&e.light, "light", false, "for svg and cast: use a light background")
	f.BoolVar(&e.schema, "schema", false, "print the JSON schema of --to json")
	complete(c, "to", names()...)
	complete(c, "view", detail.Names[:]...)
	return c
}

func names() (list []string) {
	for _, f := range formats.Get() {
		list = append(list, f.name)
	}
	return list
}

func formatNames() string {
	return listed(names())
}

func formatTable() string {
	var b strings.Builder
	for _, f := range formats.Get() {
		fmt.Fprintf(&b, "  %-10s %s (%s)\n", f.name, f.what, f.suffix)
	}
	return b.String()
}

// refuses says which flag means nothing to the format.
func (f *format) refuses(c *cobra.Command) error {
	for _, flag := range []string{"at", "view", "size", "light"} {
		if c.Flags().Changed(flag) && !slices.Contains(strings.Fields(f.takes), flag) {
			return usage(fmt.Errorf("--%s cannot be used with --to %s", flag, f.name))
		}
	}
	return nil
}

func (e *exporter) run(ctx context.Context, form *format, paths []string) error {
	var files []*transcripts.File
	for _, path := range paths {
		f, release, err := e.source.open(ctx, e.std, path)
		if err != nil {
			return err
		}
		defer release()
		if err := revealed(e.std.err, f, e.anonymize); err != nil {
			return err
		}
		files = append(files, f)
	}
	if !e.anonymize {
		return e.write(form, files, paths)
	}
	clean, a, err := anonymized(e.std.err, files)
	if err != nil {
		return err
	}
	defer closeAll(clean)
	defer sayReplaced(e.std.err, a)
	return e.write(form, clean, paths)
}

// revealed warns of a transcript that has secrets as they are, and refuses it where it is to be handed out: a name is replaced where it
// is found, and a secret must not be there at all.
func revealed(notes io.Writer, f *transcripts.File, handedOut bool) error {
	for i := range f.Len() {
		if f.Kind(i) != record.KindReveal {
			continue
		}
		what := sourceName(f.Path()) + " contains unmasked secrets from event " + strconv.Itoa(i+1) + " on"
		if handedOut {
			return &failure{record.ExitUsage, what, "--anonymize does not accept a transcript made with --reveal: run the session again without it"}
		}
		fmt.Fprintln(notes, "ehlo:", wire.VisibleString(what)+", and so does the output")
		return nil
	}
	return nil
}

// gcPercent has memory collected twice as often as usual while a file is written: an event is garbage as soon as it is written, and of
// a long file a good deal would lie about else.
const gcPercent = 50

// write writes each file in its place.
func (e *exporter) write(form *format, files []*transcripts.File, paths []string) error {
	defer debug.SetGCPercent(debug.SetGCPercent(gcPercent))
	if len(files) == 1 && e.output == "" {
		return form.write(e.std.out, files[0], e)
	}
	for i, f := range files {
		path := e.output
		if len(files) > 1 {
			path = filepath.Join(e.output, e.nameOf(paths, i)+form.suffix)
		}
		if err := writeNew(path, func(w io.Writer) error { return form.write(w, f, e) }); err != nil {
			return err
		}
	}
	return nil
}

// folder is an error where the output of several transcripts is no folder.
func (e *exporter) folder() error {
	if e.output == "" {
		return usage(errors.New("with several files, -o has to name a folder"))
	}
	return noFolder("-o", e.output)
}

// nameOf is the name of one of several files without its ending, with a number where an earlier one has the same in another folder.
// That of a transcript often names the server.
func (e *exporter) nameOf(paths []string, i int) string {
	if e.anonymize {
		return fmt.Sprintf("session%d", i+1)
	}
	name, earlier := stem(paths[i]), 0
	for _, path := range paths[:i] {
		if stem(path) == name {
			earlier++
		}
	}
	if earlier > 0 {
		name = fmt.Sprintf("%s-%d", name, earlier+1)
	}
	return name
}

// stem is the name of a transcript without its endings.
func stem(path string) string {
	return strings.TrimSuffix(strings.TrimSuffix(filepath.Base(path), ".ndjson"), ".ehlo")
}

// format is the one that was asked for, by name or by the ending of the file.
func (e *exporter) format() (*format, error) {
	for i := range formats.Get() {
		if f := &formats.Get()[i]; e.to == f.name || e.to == "" && strings.HasSuffix(e.output, f.suffix) {
			return f, nil
		}
	}
	if ending := filepath.Ext(e.output); e.to == "" && ending != "" {
		return nil, usage(fmt.Errorf("--to is missing, and %s is not the extension of a format: %s", quote(ending), formatNames()))
	}
	if e.to == "" {
		return nil, usage(errors.New("--to is missing: " + formatNames()))
	}
	return nil, noneOf("to", e.to, names())
}

// writeNew writes a file that is not there yet, for its owner alone. It appears whole, or not at all.
func writeNew(path string, write func(io.Writer) error) error {
	if err := refusesNew("-o", path); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".ehlo-export-*") // for its owner alone
	if err != nil {
		return notWritten("-o", path, err)
	}
	err = errors.Join(write(file), file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("%s was not written: %w", quote(path), cause(err)), os.Remove(file.Name()))
	}
	return nil
}

// cause takes a temporary name off an error.
func cause(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}
