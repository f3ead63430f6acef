package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"ehlo/cmd/ehlo/input"
	"ehlo/cmd/ehlo/spool"
	"ehlo/transcripts"
	"ehlo/transcripts/foreign"
	"ehlo/transcripts/words"
)

// largestTranscript bounds what is read of standard input and of a pipe, in bytes.
const largestTranscript = 1 << 30

// openTranscript opens the transcript at a path, or that on standard input.
func openTranscript(ctx context.Context, std streams, path string) (f *transcripts.File, release func() error, err error) {
	kept, err := piped(ctx, std, path)
	if err != nil {
		return nil, nil, err
	}
	if f, release, err = transcriptOrKept(kept, path); err != nil && kept != nil {
		err = errors.Join(err, kept.Close())
	}
	return f, release, err
}

// piped keeps what comes through standard input or a pipe, such as the one that a shell makes of <(…), to be read at any place; nil for
// a path that leads to no pipe.
func piped(ctx context.Context, std streams, path string) (*spool.Source, error) {
	var from io.ReadCloser
	switch info, err := os.Stat(path); {
	case path == "-":
		from = input.Standard(ctx, std.in)
	case err != nil || info.Mode()&fs.ModeNamedPipe == 0:
		return nil, nil
	default:
		if from, err = input.Open(ctx, path); err != nil {
			return nil, unreadable(sourceName(path), err)
		}
	}
	defer from.Close()
	kept, err := spool.Copy(from, largestTranscript)
	if err != nil {
		return nil, unreadable(sourceName(path), err)
	}
	return &kept, nil
}

// transcriptOrKept is the transcript at a path, or in what was kept of it.
func transcriptOrKept(kept *spool.Source, path string) (f *transcripts.File, release func() error, err error) {
	if kept == nil {
		if f, err = transcripts.Open(path); err != nil {
			return nil, nil, err
		}
		return f, f.Close, nil
	}
	if path == "-" {
		path = "standard input"
	}
	if f, err = transcripts.From(kept.File(), path); err != nil {
		return nil, nil, err
	}
	return f, kept.Close, nil
}

// open opens the transcript at a path, or that on standard input, which may be a pipe. Of what another program recorded it makes one for
// this command alone, as ehlo import reads it.
func (i *importer) open(ctx context.Context, std streams, path string) (f *transcripts.File, release func() error, err error) {
	i, path = i.at(path)
	kept, err := piped(ctx, std, path)
	if err != nil {
		return nil, nil, err
	}
	if f, release, err = transcriptOrKept(kept, path); err == nil {
		return f, release, i.needless(path)
	}
	if kept != nil {
		defer kept.Close()
		i.given = io.NewSectionReader(kept.File(), 0, foreign.MaxSource+1)
	}
	if !errors.Is(err, transcripts.ErrNotTranscript) {
		return nil, nil, err
	}
	return i.made(ctx, std, path)
}

// made makes a transcript of what another program recorded, in a file that is gone when it is closed.
func (i *importer) made(ctx context.Context, std streams, path string) (f *transcripts.File, release func() error, err error) {
	list, err := i.read(ctx, std, path)
	if err != nil {
		return nil, nil, err
	}
	if len(list) > 1 {
		return nil, nil, usage(errors.New("one session of a file is taken: choose it with --session N"))
	}
	made := list[0].Log(program())
	for _, what := range made.Masked {
		fmt.Fprintln(std.err, "masked:", what)
	}
	lines, err := linesOf(made.Log)
	if err != nil {
		return nil, nil, err
	}
	kept, err := spool.Copy(bytes.NewReader(lines), largestTranscript)
	if err != nil {
		return nil, nil, err
	}
	if f, release, err = transcriptOrKept(&kept, path); err != nil {
		err = errors.Join(err, kept.Close())
	}
	return f, release, err
}

// readWhole opens the session at a path that a person typed while a session is shown.
func readWhole(ctx context.Context, path string) (f *transcripts.File, release func() error, err error) {
	if path == "-" {
		return nil, nil, errors.New("standard input is needed for typing: name a file")
	}
	i := importer{numbers: true}
	f, release, err = i.open(ctx, streams{}, path)
	if e, ok := errors.AsType[*failure](err); ok {
		return nil, nil, errors.New(words.List("; ", e.text, e.hint))
	}
	return f, release, err
}
