// How many processors a container may use is asked once: to learn of a change the runtime would start a goroutine, and a thread for it, at
// every start of the program.
//
//go:debug updatemaxprocs=0

// Command ehlo is an interactive terminal explorer for SMTP sessions.
//
// It starts in little more than the time that its runtime takes: what a command needs is made when that command is asked for.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/spf13/cobra"

	"ehlo/cmd/ehlo/processors"
	"ehlo/session/record"
	"ehlo/session/wire"
	_ "ehlo/ui/background" // first: it keeps the screen library from asking the terminal questions at start-up
)

func main() {
	if !inTurns(os.Args[1:]) {
		processors.All()
	}
	os.Exit(int(execute(context.Background(), os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})))
}

// inTurns reports whether a command line is for something in which one thing is done after the other.
func inTurns(args []string) bool {
	return len(args) > 0 && slices.Contains([]string{"run", "explain", "version", "--version"}, args[0])
}

// untilTold is the context of a command that goes on for a while: it ends when the program is told to end. A command that only
// prints does without, since listening for signals takes longer than that. Ctrl-c is for each command to understand: it cancels
// a step in one and ends the program in another.
func untilTold(c *cobra.Command) context.Context {
	ctx, _ := signal.NotifyContext(c.Context(), syscall.SIGTERM, syscall.SIGHUP)
	return ctx
}

// streams is where a command reads and writes.
type streams struct {
	in       *os.File
	out, err *os.File
}

// execute runs the command line and turns its error into an exit code.
func execute(ctx context.Context, args []string, std streams) record.Exit {
	if slices.Equal(args, []string{"--version"}) { // there is nothing to understand in it, and nothing starts faster
		return report(std.err, printVersion(std.out))
	}
	root, refused := newRoot(std, args)
	root.SetArgs(args)
	err := record.Try("the command", func() error { return cmp.Or(root.ExecuteContext(ctx), refused()) })
	if monitors(args) {
		err = asPlugin(std, err)
	}
	return report(std.err, err)
}

// report prints an error with its hint and says which exit code it stands for.
func report(w io.Writer, err error) record.Exit {
	exit, text, hint := exitOf(err)
	if f, crashed := errors.AsType[*record.Fault](err); crashed {
		defer reportTrace(w, f)
	}
	if text != "" {
		fmt.Fprintf(w, "ehlo: %s\n", wire.VisibleString(text)) // it may repeat what was typed or pasted
	}
	if hint != "" {
		fmt.Fprintf(w, "hint: %s\n", wire.VisibleString(hint))
	}
	return exit
}

// reportTrace prints what helps to mend a fault.
func reportTrace(w io.Writer, f *record.Fault) {
	for _, at := range f.Trace {
		fmt.Fprintf(w, "  at %s\n", at)
	}
	fmt.Fprintf(w, "  in %s\n", version())
}
