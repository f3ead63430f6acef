package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ehlo/cmd/ehlo/input"
	"ehlo/session/record"
	"ehlo/transcripts"
	"ehlo/transcripts/foreign"
)

const importLong = `Reads what another program recorded of an SMTP session, and writes it as a transcript
like that of an ehlo session: the dialogue, the verdict, who has to act and what they can
do. "-" reads standard input. The format is detected from the content; --from chooses it:

%s
Passwords and tokens are masked before anything is stored, and a message says so. What
the source does not contain (times, the handshake, the certificate) is reported as missing
and not invented. TLS in a capture is decrypted with the secrets in the file, with those of
--tls-secrets, or with those beside it: trace.pcap has them in trace.keys. trace.pcap#2 is
the second session of a file.
"ehlo open FILE" does the same and opens the session on the screen.

The exit code is 0 if the transcript was made, whatever the result of the session: that is
the verdict, also in the last line of --json.`

// importer is one import of a file.
type importer struct {
	printing
	output  string
	from    string
	session string
	keys    string    // the file with the secrets of TLS; one beside the capture is taken where none is named
	numbers bool      // a session is named by its number after the path alone
	given   io.Reader // what the file holds, where that was read already; else nil
}

func newImport(std streams) *cobra.Command {
	i := &importer{printing: printing{apart: true}}
	c := &cobra.Command{
		Use: "import FILE|-", Short: "read what another program recorded", Args: exactArgs("FILE"),
		Long:    fmt.Sprintf(importLong, sourceTable()),
		Example: "  swaks --to bob@example.net --server mail.example.org 2>&1 | ehlo import -\n  ehlo import session.txt -o ticket-4711.ehlo.ndjson\n  ehlo import mail.log --from postfix --session 3\n  ehlo import trace.pcap --tls-secrets sslkeys.log",
		RunE: func(c *cobra.Command, args []string) error {
			if err := exclusive(c, printingFlags...); err != nil {
				return err
			}
			return i.run(untilTold(c), std, args[0])
		},
	}
	i.sourceFlags(c, ", or all")
	i.register(c.Flags())
	c.Flags().StringVarP(&i.output, "output", "o", "", "write the transcript to this new file instead of the transcripts folder")
	return c
}

// sourceFlags adds what says how a file is read. or is what else than a number chooses sessions.
func (i *importer) sourceFlags(c *cobra.Command, or string) {
	c.Flags().StringVar(&i.session, "session", "", "the number of the session, if the file contains several"+or)
	i.readingFlags(c)
}

// readingFlags adds what says how the content of a file is read.
func (i *importer) readingFlags(c *cobra.Command) {
	c.Flags().StringVar(&i.from, "from", "", "the format of the file: "+strings.Join(sourceNames(), ", "))
	c.Flags().StringVar(&i.keys, "tls-secrets", "", "decrypt TLS in a capture with the secrets in this file (SSLKEYLOGFILE, RFC 9850; --keylog writes one), at most 64 MiB")
	complete(c, "from", sourceNames()...)
}

func sourceNames() (names []string) {
	for _, f := range foreign.Formats() {
		names = append(names, f.Name)
	}
	return names
}

func sourceTable() string {
	var b strings.Builder
	for _, f := range foreign.Formats() {
		fmt.Fprintf(&b, "  %-10s %s\n", f.Name, f.Says)
	}
	return b.String()
}

func (i *importer) run(ctx context.Context, std streams, path string) error {
	if i.output != "" {
		if err := refusesNew("-o", i.output); err != nil {
			return err
		}
	}
	one, path := i.at(path)
	list, err := one.read(ctx, std, path)
	if err != nil {
		return err
	}
	if len(list) > 1 && i.output != "" {
		return usage(errors.New("-o takes one session: choose it with --session"))
	}
	for n := range list {
		if err := i.one(std, &list[n]); err != nil {
			return err
		}
	}
	return nil
}

// at is the reader of the session that a path names, as in trace.pcap#2, and the path of the file.
func (i importer) at(path string) (*importer, string) {
	cut := strings.LastIndexByte(path, '#')
	if cut < 0 || isThere(path) {
		return &i, path
	}
	if file, number := path[:cut], path[cut+1:]; isThere(file) || file == "-" {
		i.session = number
		return &i, file
	}
	return &i, path
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// read are the sessions of a file that are wanted.
func (i *importer) read(ctx context.Context, std streams, path string) ([]foreign.Conversation, error) {
	if i.from != "" && !slices.Contains(sourceNames(), i.from) {
		return nil, noneOf("from", i.from, sourceNames())
	}
	source, made, err := i.source(ctx, std, path)
	if err != nil {
		return nil, err
	}
	if transcripts.Is(bytes.NewReader(source)) {
		return nil, &failure{record.ExitUsage, sourceName(path) + ": it is a transcript already", "ehlo open, ehlo show and ehlo export take it as it is"}
	}
	if how := transcripts.Packed(source); how != "" {
		return nil, &failure{record.ExitUsage, sourceName(path) + ": it is compressed with " + how, "unpack it first, as in: gunzip -c FILE | ehlo import -"}
	}
	keys, err := i.readKeys(ctx, path, source)
	if err != nil {
		return nil, err
	}
	list, err := foreign.Read(source, i.from, keys)
	if err != nil {
		return nil, refusedSource(sourceName(path), err)
	}
	for n := range list {
		if list[n].Began.IsZero() { // the file is no older than what it holds
			list[n].Began = made
		}
	}
	return i.chosen(std, path, list)
}

// needless refuses what says how a recording is read for a transcript, which has one session and no ciphertext to open.
func (i *importer) needless(path string) error {
	if i.session != "" || i.keys != "" && !i.numbers {
		return usage(errors.New(sourceName(path) + " is a transcript: --session, a number after the name and --tls-secrets are for what another program recorded"))
	}
	return nil
}

// readKeys reads the secrets of TLS, where a file of them is named or lies beside a capture.
func (i *importer) readKeys(ctx context.Context, path string, source []byte) ([]byte, error) {
	name := i.keys
	if f, ok := foreign.Looks(source); name == "" && ok && f.Capture() {
		name = keysBeside(path)
	}
	if name == "" {
		return nil, nil
	}
	file, err := input.Open(ctx, name)
	if err != nil {
		return nil, inputError("--tls-secrets", err)
	}
	defer file.Close()
	keys, err := input.All(file, foreign.MaxSource)
	if err != nil {
		return nil, inputError("--tls-secrets", err)
	}
	return keys, nil
}

// keysEnding ends the name of a file with the secrets of TLS that lies beside a capture: trace.pcap has them in trace.keys or
// trace.pcap.keys.
const keysEnding = ".keys"

// keysBeside is the file with the secrets of TLS beside a capture; empty where there is none.
func keysBeside(capture string) string {
	for _, name := range []string{capture + keysEnding, strings.TrimSuffix(capture, filepath.Ext(capture)) + keysEnding} {
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			return name
		}
	}
	return ""
}

// sourceName is what a source is called.
func sourceName(path string) string {
	if path == "-" {
		return "standard input"
	}
	return quote(path)
}

// refusedSource is why a source of that name is not read.
func refusedSource(name string, err error) error {
	e, ok := errors.AsType[*foreign.Error](err)
	if !ok {
		return err
	}
	return &failure{record.ExitUsage, name + ": " + e.Text, e.Hint}
}

// source reads the file, bounded; made is when it was last written.
func (i *importer) source(ctx context.Context, std streams, path string) (data []byte, made time.Time, err error) {
	if i.given != nil {
		data, err = input.All(i.given, foreign.MaxSource)
		return data, time.Now(), unreadable(sourceName(path), err)
	}
	if path == "-" {
		data, err = input.All(input.Standard(ctx, std.in), foreign.MaxSource)
		return data, time.Now(), unreadable(sourceName(path), err)
	}
	file, err := input.Open(ctx, path)
	if err != nil {
		return nil, made, unreadable(sourceName(path), err)
	}
	defer file.Close()
	if info, err := os.Stat(path); err == nil {
		made = info.ModTime()
	}
	data, err = input.All(file, foreign.MaxSource)
	return data, made, unreadable(sourceName(path), err)
}

// unreadable is why a source cannot be read; nil where it can.
func unreadable(what string, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*input.InterruptedError](err); ok {
		return &failure{record.ExitStopped, e.Error(), ""}
	}
	if _, ok := errors.AsType[*input.LargeError](err); ok {
		return &failure{record.ExitUsage, what + ": " + err.Error(), "cut out the session that matters"}
	}
	return &failure{record.ExitUsage, what + ": " + cause(err).Error(), "name a file that can be read, or - for standard input"}
}

// chosen are the sessions that a person wants of those that there are.
func (i *importer) chosen(std streams, path string, list []foreign.Conversation) ([]foreign.Conversation, error) {
	n, err := strconv.Atoi(i.session)
	switch {
	case i.session == "all", i.session == "" && len(list) == 1:
		return list, nil
	case i.session == "":
		fmt.Fprintln(std.err, sessionTable(list))
		if i.numbers {
			return nil, &failure{record.ExitUsage, fmt.Sprintf("%s contains %d sessions: add #1 to #%d to its name", quote(filepath.Base(path)), len(list), len(list)), ""}
		}
		return nil, &failure{record.ExitUsage, fmt.Sprintf("%s contains %d sessions", sourceName(path), len(list)), "choose one of these with --session N"}
	case len(list) == 1 && n != 1:
		return nil, &failure{record.ExitUsage, sourceName(path) + " contains one session", "leave the number of the session out"}
	case err != nil || n < 1 || n > len(list):
		return nil, usage(fmt.Errorf("%s: the number of a session is 1 to %d", sourceName(path), len(list)))
	}
	return list[n-1 : n], nil
}

// shownSessions is how many sessions of a file are listed.
const shownSessions = 40

func sessionTable(list []foreign.Conversation) string {
	var b strings.Builder
	for n, c := range list[:min(len(list), shownSessions)] {
		fmt.Fprintf(&b, "  %3d  %s  %s\n", n+1, c.When(), c.Told())
	}
	if more := len(list) - shownSessions; more > 0 {
		fmt.Fprintf(&b, "  and %d more\n", more)
	}
	return strings.TrimRight(b.String(), "\n")
}

// one imports a session: prints it as a run does, and says where the transcript is.
func (i *importer) one(std streams, c *foreign.Conversation) error {
	imported := c.Log(program())
	path, err := keepImported(imported.Log, i.output)
	if err != nil {
		return err
	}
	if err := newFollower(imported.Log, std.out, i.printer(std.out, false)).wait(); err != nil {
		return err
	}
	told := std.out
	if i.json { // whose lines are for a program
		told = std.err
	}
	for _, what := range imported.Masked {
		fmt.Fprintln(told, "masked:", what)
	}
	fmt.Fprintln(told, "transcript:", path)
	return nil
}

// keepImported writes a log to a new file, whole or not at all, and gives its path: the one that is asked for, or one in the folder of
// transcripts. A session that is there already, perhaps with notes by now, is not written again.
func keepImported(log *record.Log, output string) (string, error) {
	content, err := linesOf(log)
	if err != nil {
		return "", err
	}
	path := output
	if path == "" {
		dir, err := transcripts.Dir()
		if err != nil {
			return "", err
		}
		start := log.At(0).Start
		path = transcripts.NewPath(dir, start.Time, start.Target)
		if kept := keptBefore(path, content); kept != "" {
			return kept, nil
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return "", fmt.Errorf("the folder of transcripts %s was not made: %w", quote(dir), cause(err))
		}
	}
	return path, writeNew(path, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

// linesOf is a log as it stands in a file.
func linesOf(log *record.Log) ([]byte, error) {
	var b bytes.Buffer
	for n := range log.Len() {
		if err := transcripts.WriteLine(&b, log.At(n)); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// keptBefore is a file of the same server and time that begins with the same lines; empty if there is none.
func keptBefore(path string, content []byte) string {
	stem, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(path), transcripts.Extension), transcripts.Extension)
	if i := strings.LastIndexByte(stem, '.'); i >= 0 && i > strings.LastIndexByte(stem, '-') {
		stem = stem[:i]
	}
	entries, err := filepath.Glob(filepath.Join(filepath.Dir(path), stem+"*"))
	if err != nil {
		return ""
	}
	for _, name := range entries {
		if beginsWith(name, content) {
			return name
		}
	}
	return ""
}

// beginsWith reports whether a file begins with so many bytes.
func beginsWith(name string, content []byte) bool {
	file, err := os.Open(name)
	if err != nil {
		return false
	}
	defer file.Close()
	there := make([]byte, len(content))
	n, _ := io.ReadFull(file, there)
	return n == len(content) && bytes.Equal(there, content)
}
