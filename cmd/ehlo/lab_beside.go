package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"

	"github.com/spf13/cobra"

	"ehlo/session/engine"
	"ehlo/session/record"
	"ehlo/transcripts/diff"
	"ehlo/ui"
)

const besideLong = `Walks two or three scenarios at the same time, in columns: Enter takes the next step in
each. Every scenario has a practice server, a session and a transcript of its own. Above the
columns are the number of round trips so far and of the SMTP bytes that both sides sent in cleartext,
where anyone on the path can read them, and inside TLS.

On a terminal with fewer than 120 columns two scenarios are visible, and Tab shows the others.
--plain, or output to a pipe, walks to the end, and prints each step with a line for every
scenario, the results, and a table.

In columns every line is sent as proposed: none is edited, no other step is chosen and no advice
is followed. For that, "ehlo lab" opens a single scenario. In the list of "ehlo" ctrl-d marks
scenarios, and ctrl-g walks those that are marked side by side.

The exit code is the lowest of the sessions that is not 0.`

// mostBeside is how many scenarios are walked side by side.
const mostBeside = 3

func newLabBeside(std streams) *cobra.Command {
	o := &options{}
	c := &cobra.Command{
		Use: "beside SCENARIO SCENARIO [SCENARIO]", Short: "walk scenarios side by side", Long: besideLong,
		Example: "  ehlo lab beside 25 587 465\n  ehlo lab beside submission stripped\n  ehlo lab beside --scenarios ours.yaml submission our-relay",
		Args:    besideArgs, ValidArgsFunction: completeScenario,
		RunE: func(c *cobra.Command, args []string) error { return besides(untilTold(c), std, o, args) },
	}
	plainFlag(c, o)
	scenariosFlag(c, o)
	seedFlag(c, o)
	return c
}

// besideArgs wants the names of two scenarios or three.
func besideArgs(c *cobra.Command, args []string) error {
	switch {
	case len(args) < 2:
		return usage(errors.New("at least two scenarios are needed: " + c.UseLine()))
	case len(args) > mostBeside:
		return usage(errors.New("too many arguments, first " + quote(args[mostBeside]) + ": " + c.UseLine()))
	}
	for _, name := range args {
		if err := scenarioArg(c, []string{name}); err != nil {
			return err
		}
	}
	return noneEmpty(c, args, "SCENARIO")
}

// besides walks scenarios side by side, on the screen or as lines of text where there is none.
func besides(ctx context.Context, std streams, o *options, names []string) error {
	if err := o.useOwn(ctx); err != nil {
		return err
	}
	lanes, err := o.lanes(ctx, std, names)
	if err != nil {
		return err
	}
	walk := func(ctx context.Context, lanes []ui.Lane) ([]record.Verdict, error) {
		return besidePlain(ctx, std, lanes)
	}
	if hasScreen(std, o) {
		walk = ui.Abreast
	}
	verdicts, err := walk(ctx, lanes)
	var trouble error
	for _, v := range verdicts {
		if err := exitBy(&v); first(err, trouble) {
			trouble = err
		}
	}
	if err != nil && !interruptedAlone(err) {
		return screenError(err)
	}
	return trouble
}

// lanes starts scenarios, or none where one does not start.
func (o *options) lanes(ctx context.Context, std streams, names []string) (lanes []ui.Lane, err error) {
	for _, name := range names {
		lane, err := o.lane(ctx, std, name)
		if err != nil {
			_, ended := endLanes(lanes)
			return nil, errors.Join(err, ended)
		}
		lanes = append(lanes, lane)
	}
	return lanes, nil
}

// lane starts a scenario as its user. There is nobody to ask about each: the message is sent.
func (o *options) lane(ctx context.Context, std streams, name string) (ui.Lane, error) {
	own := &options{own: o.own}
	own.asked.Own, own.asked.Seed, own.asked.Goal.SendMessage = o.asked.Own, o.asked.Seed, true
	s, err := own.setUp(ctx, std, "lab:"+name, false)
	if err != nil {
		return ui.Lane{}, err
	}
	e := s.Session()
	return ui.Lane{Name: name, Live: launched(s, e, nil, &shared{end: s.Close, exercise: own.exercise, own: own.own}),
		Advance: func(ctx context.Context) (bool, error) { return engine.Advance(ctx, e, s.Goal) }}, nil
}

// besidePlain walks the sessions to their ends and prints what they came to.
func besidePlain(ctx context.Context, std streams, lanes []ui.Lane) ([]record.Verdict, error) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	lines, verdicts, err := walkedBeside(ctx, lanes, widthOf(std.out))
	err = errors.Join(err, printLines(std.out, lines))
	var all []*ui.Live
	for _, l := range lanes {
		all = append(all, l.Live)
	}
	saidKept(std.out, all)
	return verdicts, err
}

// besideLines are the lines for the home without a screen, which names what is wrong with the names.
func besideLines(ctx context.Context, std streams, o *options, names []string) ([]string, error) {
	if len(names) < 2 || len(names) > mostBeside {
		return nil, errors.New("name two scenarios or three: beside submission stripped")
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	lanes, err := o.lanes(ctx, std, names)
	if err != nil {
		return nil, err
	}
	lines, _, err := walkedBeside(ctx, lanes, widthOf(std.out))
	return lines, err
}

// walkedBeside walks the sessions to their ends and ends them; the lines are each step with a line for each session, and a table.
func walkedBeside(ctx context.Context, lanes []ui.Lane, width int) (lines []string, _ []record.Verdict, _ error) {
	errs := make([]error, len(lanes))
	var all sync.WaitGroup
	for i, l := range lanes {
		all.Go(func() {
			for more := true; more; {
				more, errs[i] = l.Advance(ctx)
			}
		})
	}
	all.Wait()
	verdicts, err := endLanes(lanes)
	var list []diff.Session
	for _, l := range lanes {
		list = append(list, diff.Session{Name: l.Name, Source: l.Live.Engine.Log()})
	}
	lines = append(append(diff.SetAbreast(list).Lines(width), ""), diff.Tabulate("in", list).Lines(width)...)
	return lines, verdicts, errors.Join(err, faultIn(errs))
}

// faultIn is the fault of ehlo's own among what ended the walks; all else is in the verdicts.
func faultIn(errs []error) error {
	for _, err := range errs {
		if f, crashed := errors.AsType[*record.Fault](err); crashed {
			return f
		}
	}
	return nil
}

// endLanes closes the sessions.
func endLanes(lanes []ui.Lane) (verdicts []record.Verdict, err error) {
	for _, l := range lanes {
		verdicts = append(verdicts, l.Live.Engine.Finish())
		err = errors.Join(err, l.Live.Stop())
	}
	return verdicts, err
}
