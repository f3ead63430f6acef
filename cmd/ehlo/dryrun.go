package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"ehlo/session/record"
	"ehlo/session/setup"
	"ehlo/session/walk"
	"ehlo/session/wire"
	"ehlo/transcripts/export"
)

// rehearse prints what a session would send.
func (r *runner) rehearse(ctx context.Context, std streams, targets []string) error {
	if len(targets) > 1 || r.script != nil || r.json || r.quiet || r.each || r.again() || r.monitor || r.o.output != "" || r.o.capture != "" {
		return usage(errors.New("--dry-run prints what would be sent to one server: it cannot be used with --do, --json, --quiet, --each-address, --repeat, --watch, --monitor, --output or --capture"))
	}
	target, err := r.o.located(targets[0])
	if err == nil {
		err = r.o.useOwn(ctx)
	}
	if err != nil {
		return err
	}
	s, err := setup.New(r.o.request(target))
	if err == nil {
		err = r.o.readMessage(ctx, std, &s.Goal)
	}
	if err != nil {
		return err
	}
	made := s.Session()
	defer made.Close()
	d := dryRun{out: bufio.NewWriter(std.out), text: textFor(std.out, export.Normal), why: r.verbose || r.full}
	d.line(" *   ", "nothing is sent, and the server is assumed to offer everything")
	for _, st := range walk.Rehearse(made.Log().At(0).Start, s.Goal) {
		d.step(st)
	}
	return errors.Join(d.err, d.out.Flush())
}

// dryRun prints steps, and keeps the first error.
type dryRun struct {
	out  *bufio.Writer
	text export.Text
	why  bool
	err  error
}

func (d *dryRun) step(st walk.Rehearsed) {
	mark := map[bool]string{true: " ~>  ", false: " ->  "}[st.TLS]
	switch {
	case walk.SendsContent(st.Step.Verb):
		d.content(mark, st.Step)
	case st.Step.Verb == record.VerbGroup:
		for _, line := range st.Step.Group {
			d.line(mark, line)
		}
	case walk.IsCommand(st.Step.Verb):
		d.line(mark, st.Show)
	default:
		d.line(" *   ", st.Label(record.Snapshot{Start: st.Start}))
	}
	for _, f := range st.Findings {
		for _, line := range d.text.Event(&record.Event{Kind: record.KindFinding, Finding: f}) {
			d.put(line)
		}
	}
	if d.why && st.Why != "" {
		d.line("       ", st.Sourced(st.Why))
	}
}

func (d *dryRun) line(mark, text string) { d.put(mark + wire.VisibleString(text)) }

func (d *dryRun) put(line string) {
	if _, err := fmt.Fprintln(d.out, line); d.err == nil {
		d.err = err
	}
}

// content prints a message as it goes over the wire, with the command that announces it in front where there is one.
func (d *dryRun) content(mark string, st record.Step) {
	lines := &byLine{put: func(line []byte) { d.line(mark, string(line)) }}
	content, err := st.Message.Open()
	switch {
	case err != nil:
	case st.Line != "":
		d.line(mark, st.Line)
		err = errors.Join(part(lines, content, st), content.Close())
	default:
		w := wire.NewDataWriter(lines)
		_, err = io.Copy(w, content)
		err = errors.Join(err, w.Close(), content.Close())
	}
	lines.end()
	d.err = errors.Join(d.err, err)
}

// part writes what BDAT sends of a message.
func part(to io.Writer, content io.Reader, st record.Step) error {
	if !st.Verbatim {
		content = wire.NewChunkReader(content)
	}
	_, err := io.CopyN(io.Discard, content, st.Part.From)
	if err == nil {
		_, err = io.CopyN(to, content, st.Part.Size)
	}
	return err
}

// byLine hands on what is written line by line, a long line in pieces.
type byLine struct {
	put  func([]byte)
	rest []byte
}

// largestPiece is how much of a line is printed at once.
const largestPiece = 64 << 10

// Write implements [io.Writer].
func (l *byLine) Write(b []byte) (int, error) {
	l.rest = append(l.rest, b...)
	for {
		line, after, ends := bytes.Cut(l.rest, []byte("\r\n"))
		if !ends {
			break
		}
		l.put(line)
		l.rest = after
	}
	if len(l.rest) > largestPiece {
		l.end()
	}
	return len(b), nil
}

func (l *byLine) end() {
	if len(l.rest) > 0 {
		l.put(l.rest)
	}
	l.rest = nil
}
