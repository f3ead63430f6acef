package main

import (
	"errors"
	"io"

	"ehlo/session/engine"
	"ehlo/session/record"
	"ehlo/transcripts/capture"
)

// openCapture has the wire written into the file that was named, by all sessions of the program.
func (o *options) openCapture(cfg *engine.Config) error {
	if o.recorder == nil && o.capture != "" {
		if err := refusesNew("--capture", o.capture); err != nil {
			return err
		}
		rec, err := capture.Create(o.capture, program())
		if err != nil {
			return &failure{record.ExitUsage, "--capture: " + quote(o.capture) + ": " + cause(err).Error(), "name another file for the capture"}
		}
		o.recorder = rec
	}
	if o.recorder == nil {
		return nil
	}
	cfg.Watch = o.recorder.Watch
	if o.captureKeys {
		cfg.TLS.KeyLog = both(cfg.TLS.KeyLog, o.recorder.Secrets())
	}
	return nil
}

// both writes to two writers, to the second also where the first fails. One that is nil is left out.
func both(a, b io.Writer) io.Writer {
	if a == nil {
		return b
	}
	return pair{a, b}
}

type pair struct{ a, b io.Writer }

func (p pair) Write(b []byte) (int, error) {
	_, err := p.a.Write(b)
	_, worse := p.b.Write(b)
	return len(b), errors.Join(err, worse)
}

// closeCapture ends the capture when the sessions are over, and gives how the program ends: that a capture is not whole decides
// only where nothing else went wrong.
func (o *options) closeCapture(std streams, ended error) error {
	if o.recorder == nil {
		return ended
	}
	err := o.recorder.Close()
	switch {
	case err == nil:
		return ended
	case ended == nil:
		return &failure{record.ExitInternal, err.Error(), "the session itself succeeded"}
	}
	report(std.err, err)
	return ended
}
