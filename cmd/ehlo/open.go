package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"ehlo/session/record"
	"ehlo/session/setup"
	"ehlo/session/walk"
	"ehlo/transcripts"
	"ehlo/transcripts/diff"
	"ehlo/ui/plain"
)

const openLong = `Replays a transcript on the same screen as a live session: forward, back, jump, notes.
Notes are shown with the event that they are about. Notes, a title, an author and tags
are appended to the file, and so are changes to them: nothing is lost.
A truncated or damaged file opens up to the damage, and the screen says where it is.
It begins at the start, or where --at says, moves by event, step, phase, finding or note, and
plays automatically at the original pace, or faster.
From any event you can continue live: a new session with the same server repeats the steps
up to there, and continues.
A session that is still running can be followed from another window: --follow begins with
its newest event, and shows new events as they happen.

What another program recorded is converted to a transcript first, as "ehlo import" does; the
help of that command lists the formats.

The exit code is 0 whatever the result of the session in the file; if you continued live,
it is that of the live session.`

func newOpen(std streams) *cobra.Command {
	o, i, follow, at := &options{}, &importer{}, false, ""
	c := &cobra.Command{
		Use: "open FILE", Short: "replay a transcript, or what another program recorded", Long: openLong, Args: exactArgs("FILE"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := cmp.Or(exclusive(c, "at", "follow"), exclusive(c, "present", "plain")); err != nil {
				return err
			}
			if args[0] == "-" {
				return &failure{record.ExitUsage, "a session cannot be opened from standard input, which is needed for typing", "ehlo show - prints a transcript, ehlo import - keeps what another program recorded"}
			}
			ctx := untilTold(c)
			path, err := i.transcriptOf(ctx, std, args[0])
			if err != nil {
				return err
			}
			begin, err := placeOf(at, path)
			if err != nil {
				return err
			}
			if hasScreen(std, o) {
				ctx, abandon := context.WithCancel(ctx)
				defer abandon()
				o.keep()
				o.kept.screen, o.kept.abandon = true, abandon
				a := app(ctx, std, o)
				a.Follow, a.At = follow, begin.events
				return screenEnd(a.Replay(ctx, path))
			}
			return openPlain(ctx, std, path, opening{follow, begin.told(), o.predict})
		},
	}
	plainFlag(c, o)
	teachingFlags(c, o)
	i.sourceFlags(c, "")
	atFlag(c, &at, "begin there, before a phase")
	c.Flags().BoolVar(&follow, "follow", false, "begin with the newest event, and show what is added while the session is running")
	return c
}

// transcriptOf is the path of a file if it is a transcript, and of the one that is made of it where another program wrote it.
func (i *importer) transcriptOf(ctx context.Context, std streams, path string) (string, error) {
	i, path = i.at(path)
	f, err := transcripts.Follow(path) // which reads the beginning alone
	if err == nil {
		f.Close()
	}
	if !errors.Is(err, transcripts.ErrNotTranscript) && i.from == "" { // what else is wrong is said by what opens it
		return path, i.needless(path)
	}
	list, err := i.read(ctx, std, path)
	if err != nil {
		return "", err
	}
	if len(list) > 1 {
		return "", usage(errors.New("one session is opened at a time: choose it with --session N"))
	}
	imported := list[0].Log(program())
	kept, err := keepImported(imported.Log, "")
	if err != nil {
		return "", err
	}
	fmt.Fprintln(std.err, "transcript:", kept)
	return kept, nil
}

// opening is how a transcript is opened on a console.
type opening struct {
	follow  bool
	at      int // the number of the event that is told first, as [plain.Replay] has it
	predict bool
}

func openPlain(ctx context.Context, std streams, path string, how opening) error {
	console, stop := consoleOf(std)
	defer stop()
	return openOn(ctx, std, console, path, how)
}

// openOn goes through a transcript on a console. The last session that it is taken up in gives the exit code.
func openOn(ctx context.Context, std streams, console plain.Console, path string, how opening) error {
	open := transcripts.Open
	if how.follow {
		open = transcripts.Follow
	}
	f, err := open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var exit record.Exit
	err = plain.Replay{Console: console, File: f, Follow: how.follow, At: how.at, Predict: how.predict, Author: author(), Compare: compareWith(ctx, func() diff.Session { return diff.Session{Name: path, Source: f, Running: f.Running()} }), TakeUp: func(ctx context.Context, c plain.Console, t walk.Trail) error {
		exit = takeUpPlain(ctx, std, c, t)
		return nil
	}}.Run(ctx)
	if err == nil && exit != record.ExitOK {
		return &ended{exit}
	}
	return err
}

// takeUpPlain takes the steps of a transcript again in a live session, and goes on from there. What goes wrong with it is said, and
// the transcript stays open. It gives the exit code of the session.
func takeUpPlain(ctx context.Context, std streams, c plain.Console, t walk.Trail) record.Exit {
	ctx, abandon := context.WithCancel(ctx)
	defer abandon()
	o := options{asked: setup.Again(t.Plan, t.Wanted()), askSecrets: true}
	defer o.keep()()
	live, err := uninterrupted(abandon, o.launcher(ctx, std, o.asked.Target, false))
	if err == nil {
		live.Trail = t.Steps
		_, err = exploreOn(ctx, c, live, false, nil)
	}
	return report(std.out, err)
}
