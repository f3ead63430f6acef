package main

import (
	"bytes"
	"io"
	"os"

	"github.com/spf13/pflag"

	"ehlo/session/record"
	"ehlo/transcripts"
	"ehlo/transcripts/export"
)

// printing is how the events of a session are printed, the same for one that goes on and for one that was kept.
type printing struct {
	json    bool
	quiet   bool
	verbose bool
	full    bool
	log     bool // what the practice server logged
	path    bool // what was seen and done on the path
	apart   bool // the session is another program's: no command line has its plan
}

// printingFlags say how; one of them at most is given.
var printingFlags = []string{"json", "quiet", "verbose", "full"}

func (p *printing) register(f *pflag.FlagSet) {
	f.BoolVar(&p.json, "json", false, "print the events as JSON, one per line")
	f.BoolVarP(&p.quiet, "quiet", "q", false, "print only the verdict: what happened, who has to act, what to do")
	f.BoolVarP(&p.verbose, "verbose", "v", false, "print what each step means as well")
	f.BoolVar(&p.full, "full", false, "print everything that is known about each step")
	f.BoolVar(&p.log, "server-log", false, "print after each step what the practice server logged in it")
	f.BoolVar(&p.path, "on-path", false, "print after each step what a device on the path to the practice server saw and changed")
}

// printer writes one event. more says that the command had flags of its own, which an advice leaves as they are.
func (p *printing) printer(out *os.File, more bool) func(w io.Writer, e *record.Event) error {
	if p.json {
		return jsonPrinter()
	}
	text, how := textFor(out, p.depth()), &adviser{more: more, apart: p.apart}
	text.How = how.command
	text.ServerLog, text.OnPath = p.log || p.full, p.path || p.full
	return func(w io.Writer, e *record.Event) error {
		how.see(e)
		for _, line := range text.Event(e) {
			if _, err := io.WriteString(w, line+"\n"); err != nil {
				return err
			}
		}
		return nil
	}
}

// showsBeside reports whether anything is printed of what the practice server logs or of what happens on the path. Each step waits
// for both, so that JSON has them only where they are asked for.
func (p *printing) showsBeside() bool { return p.full || p.log || p.path }

// explains reports whether anything is printed of what the events mean, other than findings and the verdict.
func (p *printing) explains() bool { return p.json || p.verbose || p.full }

// jsonPrinter writes events as lines of a transcript, by way of one buffer.
func jsonPrinter() func(w io.Writer, e *record.Event) error {
	var line bytes.Buffer
	return func(w io.Writer, e *record.Event) error {
		line.Reset()
		if err := transcripts.WriteLine(&line, e); err != nil {
			return err
		}
		_, err := w.Write(line.Bytes())
		return err
	}
}

func (p *printing) depth() export.Depth {
	switch {
	case p.quiet:
		return export.Quiet
	case p.verbose:
		return export.Normal
	case p.full:
		return export.Full
	}
	return export.Brief
}
