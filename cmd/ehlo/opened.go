package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	"ehlo/cmd/ehlo/input"
	"ehlo/cmd/ehlo/spool"
	"ehlo/transcripts"
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
