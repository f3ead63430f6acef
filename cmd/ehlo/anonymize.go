package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"ehlo/cmd/ehlo/spool"
	"ehlo/session/wire"
	"ehlo/transcripts"
	"ehlo/transcripts/anonymize"
)

// anonymized are transcripts without names, the same name replaced alike in all, in files that are gone when they are closed. Such a
// copy is whole: that its original is not is said on notes.
func anonymized(notes io.Writer, files []*transcripts.File) (clean []*transcripts.File, a *anonymize.Anonymizer, err error) {
	a = anonymize.New()
	for _, f := range files {
		if d := f.Damage(); d != nil {
			fmt.Fprintf(notes, "ehlo: %s is %s; what comes before that is written\n", quote(f.Path()), d)
		}
		for e := range f.All() {
			if err := a.Learn(e); err != nil {
				return nil, nil, err
			}
		}
	}
	for _, f := range files {
		one, err := rewritten(a, f)
		if err != nil {
			return nil, nil, errors.Join(err, closeAll(clean))
		}
		clean = append(clean, one)
	}
	return clean, a, nil
}

func closeAll(files []*transcripts.File) error {
	var errs []error
	for _, f := range files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}

// writeTranscript writes a transcript as one.
func writeTranscript(w io.Writer, f *transcripts.File, _ *exporter) error {
	buffered := bufio.NewWriter(w)
	write := jsonPrinter()
	for e := range f.All() {
		if err := write(buffered, e); err != nil {
			return err
		}
	}
	return buffered.Flush()
}

// rewritten is one transcript without names.
func rewritten(a *anonymize.Anonymizer, f *transcripts.File) (*transcripts.File, error) {
	from, to := io.Pipe()
	go func() { to.CloseWithError(rewriteEvents(a, f, to)) }()
	kept, err := spool.Copy(from, largestTranscript)
	from.Close() // ends the writer where not all of it was read
	if err != nil {
		return nil, err
	}
	clean, err := transcripts.From(kept.File(), "the transcript without names")
	if err != nil {
		return nil, errors.Join(err, kept.Close())
	}
	return clean, nil
}

func rewriteEvents(a *anonymize.Anonymizer, f *transcripts.File, w io.Writer) error {
	write := jsonPrinter()
	for e := range f.All() {
		clean, err := a.Event(e)
		if err == nil {
			err = write(w, clean)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sayReplaced lists what was replaced, and what nobody should rely on.
func sayReplaced(w io.Writer, a *anonymize.Anonymizer) {
	list := a.Replaced()
	if len(list) == 0 {
		fmt.Fprintln(w, "ehlo: no name was found")
	}
	for _, r := range list {
		fmt.Fprintf(w, "replaced: %s %s by %s\n", r.What, wire.VisibleString(r.From), wire.VisibleString(r.To))
	}
	fmt.Fprintln(w, "Messages, certificates and ciphertext are removed, and hashes are salted. Not guaranteed:")
	for _, limit := range anonymize.Limits {
		fmt.Fprintf(w, "- %s\n", limit)
	}
}
