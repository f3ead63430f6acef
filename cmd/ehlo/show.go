package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/pem"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"ehlo/session/equivalent"
	"ehlo/session/record"
	"ehlo/transcripts"
	"ehlo/transcripts/search"
	"ehlo/transcripts/words"
)

const showLong = `Prints a transcript as run prints a session: the dialogue, warnings, and the verdict.
-q prints the verdict alone, -v also explains each step, --full prints everything, --json
prints the events as they are in the file. --at begins later than at the start. FILE -
is standard input.

--filter prints only what matches, and says how much that is. All its words have to
match an event: a word is text in one of its lines, in upper or lower case, or a condition.
  kind:reply        the kind of event, as written in the file
  dir:server        who spoke: client or server
  phase:auth        when: resolve, connect, greeting, ehlo, starttls, handshake,
                    ehlo-again, auth, mail, rcpt, data or quit
  finding:expired   a finding, or a verdict, whose code contains this
  severity:warn     a finding of this severity: info, warn or danger
Commas separate alternatives; "double quotes" mark text that has spaces or reads like a
condition.

The exit code is 0 if the transcript was printed, whatever the result of its session: that is
the verdict, also in the last line of --json.`

// shower is what is printed of a transcript.
type shower struct {
	printing
	filter string
	at     string
	pem    bool
	as     string
}

func newShow(std streams) *cobra.Command {
	s := &shower{}
	c := &cobra.Command{
		Use: "show FILE", Short: "print a transcript", Long: showLong, Args: exactArgs("FILE"),
		Example: "  ehlo show session.ehlo.ndjson\n  ehlo show session.ehlo.ndjson -v --filter 'kind:reply phase:auth,mail 5'\n  ehlo show session.ehlo.ndjson --at auth\n  ehlo show session.ehlo.ndjson --pem | openssl x509 -noout -text",
		RunE: func(c *cobra.Command, args []string) error {
			if err := cmp.Or(exclusive(c, append(printingFlags, "pem", "as")...), exclusive(c, "filter", "pem"), exclusive(c, "at", "pem"), exclusive(c, "at", "quiet"), exclusive(c, "filter", "as"), exclusive(c, "at", "as"), noEmptyFlag(c, "as")); err != nil {
				return err
			}
			return s.show(untilTold(c), std, args[0])
		},
	}
	s.register(c.Flags())
	c.Flags().StringVar(&s.filter, "filter", "", "print only what matches these words and conditions")
	atFlag(c, &s.at, "begin with this event, or that of a phase")
	asFlag(c.Flags(), &s.as)
	complete(c, "as", equivalent.Names()...)
	c.Flags().BoolVar(&s.pem, "pem", false, "print the certificate chain that the server sent last, in PEM")
	return c
}

func (s *shower) show(ctx context.Context, std streams, path string) error {
	query, err := search.Parse(s.filter)
	if err != nil {
		return &failure{record.ExitUsage, "--filter: " + err.Error(), seeHelp}
	}
	f, release, err := openTranscript(ctx, std, path)
	if err != nil {
		return err
	}
	defer release()
	if s.pem {
		return writeChain(std.out, f)
	}
	if s.as != "" {
		return asRecorded(std, f, s.as)
	}
	if err := s.print(std, f, query); err != nil {
		return err
	}
	sayUnwhole(std.err, f)
	return nil
}

// print prints the events that match, all without a query, and says on standard error how many they are.
func (s *shower) print(std streams, f *transcripts.File, query search.Query) error {
	out := &counter{Writer: bufio.NewWriter(std.out)}
	each := s.printer(std.out, false)
	at, err := placeIn(s.at, f)
	if err != nil {
		return err
	}
	matching, shown, first := 0, 0, at.first(f.Len())
	for i := range f.Len() {
		to := io.Writer(io.Discard) // what is left out still counts for what is said of the rest
		if _, ok := query.Match(f, i); i >= first && (ok || query.Empty()) {
			to = out
			matching++
		}
		before := out.n
		if err := s.printEvent(to, f, i, each); err != nil {
			return err
		}
		if out.n > before {
			shown++
		}
	}
	if err := s.printCutOff(out, f, query, each); err != nil {
		return err
	}
	err = out.Flush()
	if !query.Empty() {
		fmt.Fprintln(std.err, tally(matching, shown, f.Len()-first))
	}
	return err
}

// printEvent prints an event; as JSON it is what the file has.
func (s *shower) printEvent(w io.Writer, f *transcripts.File, i int, each func(io.Writer, *record.Event) error) error {
	if !s.json {
		return each(w, f.At(i))
	}
	_, err := w.Write(append(bytes.TrimSpace(f.Line(i)), '\n'))
	return err
}

// printCutOff prints the verdict that a session without an end has come to. It is not in the file, and matches no filter.
func (s *shower) printCutOff(w io.Writer, f *transcripts.File, query search.Query, each func(io.Writer, *record.Event) error) error {
	if v := f.Verdict(); v != nil && v.Facts.CutOff && !s.json && query.Empty() {
		return each(w, &record.Event{Kind: record.KindEnd, End: v})
	}
	return nil
}

// tally says how many events match, and where that is so, that some of them say nothing here.
func tally(matching, shown, all int) string {
	text := fmt.Sprintf("%s of %s", words.Count(matching), words.Number(all, "event"))
	if silent := matching - shown; silent > 0 {
		text += fmt.Sprintf(", %s without a line of their own here; --full shows most of them, --json all", words.Count(silent))
	}
	return text
}

// sayUnwhole says where the file stops being a transcript, or that its session goes on.
func sayUnwhole(w io.Writer, f *transcripts.File) {
	switch d := f.Damage(); {
	case d != nil:
		report(w, &failure{text: "the transcript is " + d.String(), hint: d.Hint})
	case f.Running():
		fmt.Fprintln(w, "the session is still running")
	}
}

// writeChain prints the certificates of the last handshake that had any.
func writeChain(w io.Writer, f *transcripts.File) error {
	for i := f.Len() - 1; i >= 0; i-- {
		if f.Kind(i) != record.KindTLS {
			continue
		}
		if e := f.At(i); e.Kind == record.KindTLS && e.TLS.Own() != nil {
			return writePEM(w, e.TLS.Chain.List())
		}
	}
	return &failure{record.ExitUsage, "there is no certificate in this session", "a session contains one if the TLS handshake reached the server's certificate"}
}

func writePEM(w io.Writer, chain []record.Certificate) error {
	for _, c := range chain {
		if len(c.Raw) == 0 {
			return &failure{record.ExitUsage, "the transcript contains only facts about the certificates", "it was made without the certificates themselves"}
		}
		if err := pem.Encode(w, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}); err != nil {
			return err
		}
	}
	return nil
}

// counter counts what goes through it.
type counter struct {
	*bufio.Writer
	n int
}

func (c *counter) Write(b []byte) (int, error) {
	c.n += len(b)
	return c.Writer.Write(b)
}

// WriteString implements [io.StringWriter], which [io.WriteString] prefers.
func (c *counter) WriteString(s string) (int, error) {
	c.n += len(s)
	return c.Writer.WriteString(s)
}
