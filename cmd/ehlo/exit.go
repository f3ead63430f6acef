package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"ehlo/cmd/ehlo/saved"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/setup"
	"ehlo/session/walk"
	"ehlo/transcripts"
)

// failure is an error of the command line itself, with the exit code it stands for.
type failure struct {
	exit record.Exit
	text string
	hint string
}

func (f *failure) Error() string { return f.text }

// usage is an error in what the person typed.
func usage(err error) error {
	return &failure{record.ExitUsage, err.Error(), seeHelp}
}

const seeHelp = "--help after the command lists its options"

// unknownScenario says where to find the scenarios that there are.
func unknownScenario(e *lab.UnknownScenarioError) *failure {
	return &failure{record.ExitUsage, e.Error(), "ehlo lab --list names all scenarios"}
}

// ended says that the session's end was reported already and only the exit code is left to give.
type ended struct{ exit record.Exit }

func (e *ended) Error() string { return fmt.Sprintf("exit %d", e.exit) }

// exitOf is what an error means to the shell and to the person.
func exitOf(err error) (exit record.Exit, text, hint string) {
	var f *failure
	var e *ended
	var s *record.Error
	var g *walk.GuardError
	var file *transcripts.Error
	var kept *saved.Error
	var crash *record.Fault
	var request *setup.Error
	var scenario *lab.UnknownScenarioError
	switch {
	case err == nil:
		return record.ExitOK, "", ""
	case errors.As(err, &crash):
		return record.ExitInternal, crash.Error(), "this is a bug in ehlo: report these lines; they contain nothing that was typed, sent or received"
	case errors.As(err, &e):
		return e.exit, "", ""
	case errors.As(err, &request):
		return exitOf(wrong(request))
	case errors.As(err, &scenario):
		return exitOf(unknownScenario(scenario))
	case errors.As(err, &f):
		return f.exit, f.text, f.hint
	case errors.As(err, &s):
		return s.Exit, s.Text, s.Hint
	case errors.As(err, &g):
		return g.Exit(), g.Error(), ""
	case errors.As(err, &file) && errors.Is(file, transcripts.ErrNotTranscript):
		return record.ExitUsage, file.Error(), file.Hint + "; ehlo import makes one of what another program recorded"
	case errors.As(err, &file):
		return record.ExitUsage, file.Error(), file.Hint
	case errors.As(err, &kept):
		return record.ExitUsage, kept.Error(), kept.Hint
	case errors.Is(err, context.Canceled), errors.Is(err, record.ErrCanceled):
		return record.ExitStopped, "interrupted", ""
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok && path.Path == os.Stdout.Name() {
		return record.ExitInternal, "standard output cannot be written: " + path.Err.Error(), ""
	}
	return record.ExitInternal, err.Error(), ""
}

// exitTable is the table of exit codes for help texts and the manual.
func exitTable() string {
	var b strings.Builder
	for _, e := range record.Exits {
		fmt.Fprintf(&b, "  %3d  %s\n", e.Code, e.Meaning)
	}
	return b.String()
}
