package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"ehlo/session/equivalent"
	"ehlo/session/record"
	"ehlo/session/setup"
	"ehlo/transcripts"
)

// asFlag asks for the words of another program.
func asFlag(f *pflag.FlagSet, as *string) {
	f.StringVar(as, "as", "", "print how the same session is had with another program, without connecting: "+strings.Join(equivalent.Names(), ", "))
}

func toolOf(name string) (equivalent.Tool, error) {
	tool, ok := equivalent.Find(name)
	if !ok {
		return tool, usage(fmt.Errorf("--as %s: want one of %s", quote(name), listed(equivalent.Names())))
	}
	return tool, nil
}

// as prints what a command line asks for in the words of another program. Nothing is opened, and no password is asked for.
func (o *options) as(ctx context.Context, std streams, target, name string) error {
	tool, err := toolOf(name)
	if err == nil {
		target, err = o.located(target)
	}
	if err == nil {
		err = o.useOwn(ctx)
	}
	if err != nil {
		return err
	}
	s, err := setup.New(o.request(target))
	if err != nil {
		return err
	}
	if err := o.ways.use(s); err != nil {
		return err
	}
	session := equivalent.Of(folded(s.Session().Log()))
	if o.ca != "" {
		session.Roots = o.ca
	}
	session.Certificate, session.Key, session.TLSMin, session.ALPN = o.cert, o.key, o.asked.TLSMin, o.asked.ALPN
	session.Suites, session.Local = len(o.asked.Ciphers) > 0, o.ways.local != "" || o.ways.localPort != 0
	if o.mail.data != "-" {
		session.Message = o.mail.data
	}
	session.Content = session.Content || o.mail.data == "-" || o.mail.body != "" || len(o.mail.files) > 0
	return printAs(std, session, tool)
}

// folded is what a session that has begun knows.
func folded(log *record.Log) (known record.Snapshot) {
	for i := range log.Len() {
		known = known.Next(log.At(i))
	}
	return known
}

// asRecorded is the session of a file, with what was chosen in it.
func asRecorded(std streams, f *transcripts.File, name string) error {
	tool, err := toolOf(name)
	if err != nil {
		return err
	}
	var known record.Snapshot
	for e := range f.All() {
		known = known.Next(e)
	}
	return printAs(std, equivalent.Of(known), tool)
}

// printAs prints the text, and what has to be known about it apart from it, so that a file takes the text alone.
func printAs(std streams, s equivalent.Session, tool equivalent.Tool) error {
	text := s.In(tool)
	if text.Cannot() {
		return usage(errors.New(strings.Join(text.Notes, " ")))
	}
	for _, line := range text.Lines {
		if _, err := fmt.Fprintln(std.out, line); err != nil {
			return err
		}
	}
	for _, n := range text.Notes {
		fmt.Fprintln(std.err, "note: "+n)
	}
	return nil
}
