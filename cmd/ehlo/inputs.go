package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"ehlo/cmd/ehlo/input"
	"ehlo/cmd/ehlo/spool"
	"ehlo/session/record"
	"ehlo/session/sasl"
)

// Bounds of what is read, in bytes: of a secret's line or a command's output, of a PEM file, of the text of a message, of a whole one
// that has to be kept on disk.
const (
	largestSecret  = 64 << 10
	largestPEM     = 4 << 20
	largestBody    = 16 << 20
	largestMessage = 1 << 30
)

// kept is what can be read only once, for a session that starts over: what came from standard input or from a person.
type kept struct {
	secrets  map[string]sasl.Secret // by where they came from
	message  spool.Source
	measured *record.Message // what is in it; nil until it was read
	body     string          // of --body, where a file had it
	screen   bool            // a screen has the terminal: nothing else can ask on it
	abandon  func()          // ends what a start still waits for; nil if nothing can
}

// once gives a secret that is read at most once.
func (k *kept) once(from string, read func() (sasl.Secret, error)) (sasl.Secret, error) {
	if s, known := k.secrets[from]; known {
		return s, nil
	}
	s, err := read()
	if err == nil {
		k.secrets[from] = s
	}
	return s, err
}

// keep prepares what is kept, and gives the function that lets go of it.
func (o *options) keep() (release func()) {
	if o.kept == nil {
		o.kept = &kept{secrets: map[string]sasl.Secret{}}
	}
	return func() { o.kept.message.Close() }
}

// openInput opens a file that a flag names, or standard input.
func openInput(ctx context.Context, std streams, path string) (io.ReadCloser, error) {
	if path == "-" {
		return input.Standard(ctx, std.in), nil
	}
	return input.Open(ctx, path)
}

// readPEM reads a file of certificates or keys.
func readPEM(ctx context.Context, flag, path string) ([]byte, error) {
	r, err := input.Open(ctx, path)
	if err != nil {
		return nil, inputError(flag, err)
	}
	defer r.Close()
	pem, err := input.All(r, largestPEM)
	if err != nil {
		return nil, inputError(flag, err)
	}
	return pem, nil
}

// inputError says for which flag something could not be read.
func inputError(flag string, err error) error {
	if interrupted, ok := errors.AsType[*input.InterruptedError](err); ok {
		return &failure{record.ExitStopped, flag + ": " + interrupted.Error(), ""}
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return &failure{record.ExitUsage, flag + " " + quote(path.Path) + ": " + path.Err.Error(), "name a file that can be read"}
	}
	return usage(fmt.Errorf("%s: %w", flag, err))
}
