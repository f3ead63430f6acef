package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ehlo/session/engine"
	"ehlo/session/equivalent"
	"ehlo/session/record"
	"ehlo/session/script"
	"ehlo/session/setup"
	"ehlo/session/wire"
	"ehlo/transcripts"
)

const runLong = `Walks a session without a screen and prints the dialogue, warnings, and the verdict with
what was seen: what happened, who has to act, and what they can do. -q prints the
verdict alone, -v also explains each step, --full prints everything, --json prints one
event per line (the transcript format), the verdict in the last. Without --until it
continues to AUTH if there is a user and to DATA if there is --to, and ends with QUIT if
it can.

--until takes: %s.

%s

Exit codes:
`

// runner is one run of a session without a screen.
type runner struct {
	printing
	as string // the program in whose words the session is printed, in place of a walk

	do, doFile   string // a session that is written down
	script       []script.Case
	tap          bool
	list         string // a file of targets
	parallel     int    // sessions at a time
	repeat       int
	watch        bool // until it goes well
	interval     time.Duration
	monitor      bool                 // one line for a monitoring system
	unlessFailed bool                 // nothing is printed of a session that goes well
	warn         span                 // the certificate has to be valid for so long
	dry          bool                 // nothing is sent
	each         bool                 // at every address of the name
	yes          bool                 // what an experiment asks is agreed to
	mechanisms   bool                 // a login by each that is offered
	more         bool                 // there are flags beside those that say what is printed
	told         []record.FindingCode // the warnings about secrets on disk that went to standard error
	o            options
}

func newRun(std streams) *cobra.Command {
	r := &runner{}
	c := &cobra.Command{
		Use: "run TARGET...", Short: "walk a session without a screen", Args: r.args,
		Long:    runLong,
		Example: "  ehlo run lab:\n  ehlo run lab:relay --do 'EHLO x; MAIL FROM:<eve@far.example>; RCPT TO:<eve@far.example>; expect 5.. /relay/'\n  ehlo run submission://mail.example.org --user ann@example.org\n  ehlo run mx.example.org --json --until handshake\n  ehlo run submissions://mail.example.org --user ann@example.org --to bob@example.net --data letter.eml\n  ehlo run mx1.example.org mx2.example.org --until handshake\n  ehlo run example.org --mx --until handshake\n  ehlo run mx.example.org --until handshake --warn-expiry 14d --monitor",
		RunE: func(c *cobra.Command, args []string) error {
			if err := cmp.Or(exclusive(c, printingFlags...), exclusive(c, "as", "output"), exclusive(c, "as", "each-address"), exclusive(c, "as", "json"), exclusive(c, "as", "quiet"), exclusive(c, "repeat", "watch"), exclusive(c, "monitor", "json"), exclusive(c, "do", "do-file"), exclusive(c, "tap", "json"), exclusive(c, "as", "do", "do-file"), exclusive(c, "as", "monitor"), exclusive(c, "mx", "as"), exclusive(c, "mx", "dry-run"), exclusive(c, "mx", "each-address"), exclusive(c, "do", "json"), exclusive(c, "do-file", "json"), noEmptyFlag(c, "as", "do", "do-file", "targets")); err != nil {
				return err
			}
			r.more = hasMore(c)
			ctx, stop := untilStopped(c.Context())
			defer stop()
			return r.run(ctx, std, args)
		},
	}
	r.register(c)
	return c
}

// register adds the flags.
func (r *runner) register(c *cobra.Command) {
	r.o.register(c)
	r.o.mx.register(c)
	seedFlag(c, &r.o)
	f := c.Flags()
	f.StringVar(&r.o.asked.Until, "until", "", "stop after this phase")
	f.BoolVar(&r.each, "each-address", false, "walk the session at every address of the name, one after the other, and end with a table of the differences; not with a message, because each address would deliver it")
	f.BoolVar(&r.mechanisms, "every-mechanism", false, "log in once by each mechanism that is offered, each on a connection of its own, and print a line for each; always asks first, because logins that fail may lock the account")
	f.BoolVar(&r.yes, "yes", false, "do not ask before --experiment: the server is yours")
	f.BoolVar(&r.dry, "dry-run", false, "print what would be sent to a server that offers everything, and connect to none")
	f.StringVarP(&r.o.output, "output", "o", "", "write the transcript to this new file")
	asFlag(f, &r.as)
	f.StringVar(&r.do, "do", "", "run these statements, separated by semicolons, instead of walking to the goal")
	f.StringVar(&r.doFile, "do-file", "", "run the statements in this file, at most 1 MiB, - is standard input")
	f.BoolVar(&r.tap, "tap", false, "print the results of the expectations of --do in the Test Anything Protocol")
	f.StringVarP(&r.list, "targets", "f", "", "also walk the session with each target in this file, one per line; # begins a comment, - is standard input")
	f.IntVar(&r.parallel, "parallel", 8, "with several targets, how many at a time, at most "+strconv.Itoa(mostParallel))
	f.IntVar(&r.repeat, "repeat", 1, "walk the session this many times, print a line for each, and at the end what was different when it failed")
	f.BoolVar(&r.watch, "watch", false, "walk the session until it succeeds")
	f.DurationVar(&r.interval, "interval", 10*time.Second, "with --repeat and --watch, how long to wait between two sessions")
	f.Var(&r.warn, "warn-expiry", "warn if the certificate expires within this time, such as 14d")
	f.BoolVar(&r.unlessFailed, "quiet-unless-failed", false, "print nothing if the exit code is 0, for cron; warnings still go to standard error")
	f.BoolVar(&r.monitor, "monitor", false, "print one line as plug-ins of monitoring systems do, and end with their exit codes: 0 ok, 1 warning (deferred, or --warn-expiry), 2 critical, 3 unknown")
	r.printing.register(f)
	complete(c, "until", record.Phases()...)
	complete(c, "as", equivalent.Names()...)
}

// mannerFlags say how often, with how many servers and how loudly, and nothing of the session itself.
var mannerFlags = []string{"output", "each-address", "server-log", "on-path", "targets", "parallel", "repeat", "watch", "interval", "warn-expiry", "quiet-unless-failed", "monitor"}

// hasMore reports whether flags were given that say more than what is printed.
func hasMore(c *cobra.Command) (more bool) {
	c.Flags().Visit(func(f *pflag.Flag) {
		more = more || !slices.Contains(slices.Concat(printingFlags, mannerFlags), f.Name)
	})
	return more
}

// args are at least one target, here or in a list.
func (r *runner) args(c *cobra.Command, args []string) error {
	if len(args) == 0 && r.list == "" && r.o.asked.Goal.Experiment != allExperiments {
		return usage(errors.New("missing TARGET: " + c.UseLine()))
	}
	if slices.Contains(args, sameFlags) {
		return &failure{record.ExitUsage, quote(sameFlags) + " is no target: in the command of an advice it stands for the flags of the command before", "type those flags in its place"}
	}
	return noneEmpty(c, args, "TARGET")
}

func (r *runner) run(ctx context.Context, std streams, targets []string) error {
	if r.o.asked.Goal.Experiment == allExperiments {
		return listExperiments(std)
	}
	if cmp.Or(r.o.output, r.o.keylog, r.o.capture, r.o.ways.pipe) != "" {
		ctx.Done() // no file is begun, and no command, that a signal could leave behind
	}
	targets, err := r.targetsOf(ctx, std, targets)
	if err == nil {
		err = cmp.Or(r.checkAgain(), r.checkMechanisms(), r.checkExperiment(targets))
	}
	switch {
	case err != nil:
		return err
	case len(targets) == 1 && r.as != "":
		return r.o.as(ctx, std, targets[0], r.as)
	case r.as != "":
		return usage(errors.New("--as is for one target"))
	}
	defer r.o.keep()()
	r.o.asked.Goal.SendMessage = true // there is nobody to ask
	r.o.asked.Alone = r.do+r.doFile == ""
	r.o.asked.Unwatched = r.o.output == "" && !r.showsBeside() && !r.again()
	if r.script, err = r.cases(ctx, std); err != nil {
		return err
	}
	if r.dry {
		return r.rehearse(ctx, std, targets)
	}
	if len(targets) > 1 {
		return r.many(ctx, std, targets)
	}
	return r.single(ctx, std, targets[0])
}

// single is the session with one target, in the manner that was asked for.
func (r *runner) single(ctx context.Context, std streams, target string) (ended error) {
	defer func() { ended = r.o.closeCapture(std, ended) }()
	if r.o.asked.Seed != "" && !strings.HasPrefix(target, "lab:") {
		return usage(errors.New("--seed is for the practice server: lab: or lab:SCENARIO"))
	}
	p, err := r.o.setUp(ctx, std, target, true)
	if err != nil {
		return err
	}
	defer p.Close()
	if err := r.agreeToExperiment(ctx, std, p); err != nil {
		return err
	}
	switch {
	case r.script != nil:
		return r.play(ctx, std, p, r.script)
	case r.monitor:
		return r.checked(ctx, std, p, target)
	case r.mechanisms:
		return r.everyMechanism(ctx, std, p, target)
	case r.again():
		return r.repeated(ctx, std, p, target)
	case !r.each:
		return r.walk(ctx, std, p)
	}
	if err := r.checkEach(p); err != nil {
		return err
	}
	return r.atEach(ctx, std, p)
}

// walk does the session and prints it.
func (r *runner) walk(ctx context.Context, std streams, p *setup.Setup) error {
	if r.o.output == "" { // nothing is kept that an early end could lose
		p.Config.Unexplained = !r.explains()
		ctx = settled(ctx)
	}
	return r.walkOne(ctx, std, p, p.Session())
}

// walkOne is walk, of a session that has been made.
func (r *runner) walkOne(ctx context.Context, std streams, p *setup.Setup, s *engine.Session) error {
	finish, err := r.follow(std, s.Log())
	if err != nil {
		return err
	}
	walked := engine.Walk(ctx, s, p.Goal)
	verdict := s.Finish()
	err = errors.Join(finish(), r.o.rememberer(p)(s.Log()))
	if soon := r.expiresSoon(verdict); soon != "" {
		fmt.Fprintln(std.err, "warning: "+soon)
	}
	if verdict.Exit != record.ExitOK {
		report(std.err, err) // the session's own end says more than that it was not written
		if f, crashed := errors.AsType[*record.Fault](walked); crashed {
			report(std.err, f)
		}
		r.howToKeep(std)
		return &ended{verdict.Exit}
	}
	if err != nil {
		return &failure{record.ExitInternal, err.Error(), "the session itself succeeded"}
	}
	return nil
}

// howToKeep tells a person who reads of a failure how the next one can be gone through: nothing keeps the events of this one.
func (r *runner) howToKeep(std streams) {
	if r.o.output == "" && !r.each && !r.json && !r.quiet {
		fmt.Fprintln(std.err, "hint: -o FILE saves the transcript, and ehlo open FILE replays it step by step")
	}
}

// follow prints the log while it grows and keeps it in a file if one is asked for. The function returned waits until
// all of it is out.
func (r *runner) follow(std streams, log *record.Log) (finish func() error, err error) {
	each := r.warning(std.err, r.printer(std.out, r.more))
	if r.unlessFailed {
		each = unlessFailed(each)
	}
	if r.o.output == "" {
		return newFollower(log, std.out, each).wait, nil
	}
	if err := refusesNew("-o", r.o.output); err != nil {
		return nil, err
	}
	rec, err := transcripts.Record(log, r.o.output)
	if err != nil {
		return nil, err
	}
	printer := newFollower(rec, std.out, each) // nothing is printed that is not in the file
	return func() error { return errors.Join(rec.Close(), printer.wait()) }, nil
}

// unlessFailed holds back what is printed until the verdict, and prints it where that is a failure.
func unlessFailed(each func(io.Writer, *record.Event) error) func(io.Writer, *record.Event) error {
	var held []*record.Event
	return func(w io.Writer, e *record.Event) error {
		held = append(held, e)
		if e.Kind != record.KindEnd || e.End.Exit == record.ExitOK {
			return nil
		}
		for _, e := range held {
			if err := each(w, e); err != nil {
				return err
			}
		}
		return nil
	}
}

// secretsKept are the findings that say that secrets are written to disk.
var secretsKept = []record.FindingCode{record.FoundCaptureWritten, record.FoundKeylogWritten, record.FoundKeylogFailed, record.FoundSecretsRevealed}

// warning puts on standard error, once each, what is said of secrets on disk where the output is the verdict alone or is for a program: no
// choice of what is printed silences it.
func (r *runner) warning(w io.Writer, each func(io.Writer, *record.Event) error) func(io.Writer, *record.Event) error {
	if !r.quiet && !r.json {
		return each
	}
	return func(out io.Writer, e *record.Event) error {
		if e.Kind == record.KindFinding && slices.Contains(secretsKept, e.Finding.Code) && !slices.Contains(r.told, e.Finding.Code) {
			r.told = append(r.told, e.Finding.Code)
			fmt.Fprintln(w, "warning:", wire.VisibleString(e.Finding.Text))
		}
		return each(out, e)
	}
}
