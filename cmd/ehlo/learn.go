package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ehlo/cmd/ehlo/input"
	"ehlo/session/document"
	"ehlo/session/lesson"
	"ehlo/session/progress"
	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/ui/plain"
)

const learnLong = `Lessons of at most ten minutes, in paths: for the Network+ exam, for administrators, and about
security. A step of a lesson is something to read, a session to walk through, a scenario to
solve, or a question. Where you leave off is kept on this machine; you can jump to any step.

Without an argument it lists the lessons. NAME is a lesson; FILE is one that someone has
written, in YAML: "ehlo learn check --help" shows one, "ehlo learn export NAME" prints a
lesson to start from.`

// learning is one call of the command.
type learning struct {
	options
	std  streams
	list bool
}

func newLearn(std streams) *cobra.Command {
	o := &learning{std: std}
	c := &cobra.Command{
		Use: "learn [NAME|FILE]", Short: "lessons: for Network+, for administrators, about security", Long: learnLong,
		Example:           "  ehlo learn\n  ehlo learn --list\n  ehlo learn ports-of-mail\n  ehlo learn ours.yaml\n  ehlo learn export ports-of-mail > ours.yaml",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeLesson,
		RunE: func(c *cobra.Command, args []string) error {
			if err := exclusive(c, "present", "plain"); err != nil {
				return err
			}
			switch ctx := untilTold(c); {
			case o.list && len(args) > 0:
				return usage(errors.New("--list takes no argument"))
			case o.list:
				return listLessons(std.out, soFar())
			case len(args) == 0:
				return o.choose(ctx)
			default:
				return o.learn(ctx, args[0])
			}
		},
	}
	plainFlag(c, &o.options)
	scenariosFlag(c, &o.options)
	presentFlag(c, &o.options)
	c.Flags().BoolVar(&o.list, "list", false, "list the lessons")
	c.AddCommand(newLearnCheck(std), newLearnExport(std))
	return c
}

func completeLesson(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, l := range lesson.All() {
		names = append(names, l.Name+"\t"+l.Title)
	}
	return names, cobra.ShellCompDirectiveDefault
}

// listLessons prints them by path, with what is done.
func listLessons(w io.Writer, kept progress.State) (err error) {
	put := func(format string, args ...any) {
		if _, e := fmt.Fprintf(w, format, args...); err == nil {
			err = e
		}
	}
	path, finished := "", 0
	for _, l := range lesson.All() {
		if l.Path != path {
			path = l.Path
			put("%s\n", path)
		}
		mark := " "
		if !kept.Lessons[l.Name].Finished.IsZero() {
			mark = "✓"
			finished++
		}
		put("%s %-22s %2d min  %s%s\n", mark, l.Name, l.Minutes, l.Title, bracketed(plain.CameTo(kept, l)))
	}
	put("%d of %d finished\n", finished, len(lesson.All()))
	return err
}

func bracketed(text string) string {
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}

// choose shows the list of lessons.
func (o *learning) choose(ctx context.Context) error {
	if !hasScreen(o.std, &o.options) {
		console, stop := consoleOf(o.std)
		defer stop()
		return plainHome(ctx, o.std, &o.options, console).Lessons(ctx)
	}
	return o.onScreen(ctx, func(ctx context.Context) error { return app(ctx, o.std, &o.options).Lessons(ctx) })
}

func (o *learning) onScreen(ctx context.Context, show func(context.Context) error) error {
	ctx, abandon := context.WithCancel(ctx)
	defer abandon()
	o.keep()
	o.kept.screen, o.kept.abandon = true, abandon
	return screenError(show(ctx))
}

// learn takes a lesson, where the person has left off.
func (o *learning) learn(ctx context.Context, name string) error {
	l, err := o.lesson(ctx, name)
	if err != nil {
		return err
	}
	state := soFar()
	pass := lesson.Begin(l, state.Lessons[l.Name].Step, state)
	if hasScreen(o.std, &o.options) {
		return o.onScreen(ctx, func(ctx context.Context) error { return app(ctx, o.std, &o.options).Lesson(ctx, pass) })
	}
	console, stop := consoleOf(o.std)
	defer stop()
	return learnPlain(ctx, o.std, &o.options, console, pass)
}

// lesson is the one that is built in, or in a file.
func (o *options) lesson(ctx context.Context, name string) (*lesson.Lesson, error) {
	l, near := lesson.Named(name)
	if l != nil {
		return l, nil
	}
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(name, `./\`) {
		return nil, unknownLesson(name, near)
	}
	if err := o.useOwn(ctx); err != nil {
		return nil, err
	}
	l, err := readLesson(ctx, name, o)
	if wrong, ok := errors.AsType[document.Errors](err); ok {
		return nil, &failure{record.ExitUsage, name + ": " + wrong.Error(), "ehlo learn check reports every error in a file"}
	}
	return l, err
}

func unknownLesson(name, near string) error {
	text := "no lesson " + quote(name)
	if near != "" {
		text += ", did you mean " + near + "?"
	}
	return &failure{record.ExitUsage, text, "ehlo learn --list names the lessons"}
}

// learnPlain takes a lesson as lines of text.
func learnPlain(ctx context.Context, std streams, o *options, c plain.Console, p *lesson.Pass) error {
	l := plain.Learn{Console: c, Pass: p,
		Start: func(ctx context.Context, c plain.Console, s *lesson.Step) (plain.Came, error) {
			asks := *o
			asks.predict = o.predict || s.Predict != ""
			came, err := walkPlain(ctx, std, &asks, c, plain.Wanted{Target: "lab:" + s.Scenario(), Part: &plain.Part{Part: s.Part(), Solve: s.Solve != ""}})
			report(std.out, unlessEnded(err))
			return came, nil
		},
		Open: func(ctx context.Context, c plain.Console, path string) error { return openPlainFile(ctx, std, c, path) }}
	if f := progressFile(); f != nil {
		l.Keep = f.Add
	}
	return l.Run(ctx)
}

// unlessEnded is an error but for the exit code of a session, which is not that of a lesson.
func unlessEnded(err error) error {
	if _, by := errors.AsType[*ended](err); by {
		return nil
	}
	return err
}

// openPlainFile goes through a transcript, or through what another program recorded.
func openPlainFile(ctx context.Context, std streams, c plain.Console, path string) error {
	kept, err := (&importer{}).transcriptOf(ctx, std, path)
	if err == nil {
		return replayPlain(ctx, std, c, kept)
	}
	report(std.out, err)
	return nil
}

// readLesson reads a lesson that someone has written, with what it names.
func readLesson(ctx context.Context, path string, o *options) (*lesson.Lesson, error) {
	text, err := readSmall(ctx, "the file of the lesson", path)
	if err != nil {
		return nil, err
	}
	return lesson.Read(text, lesson.World{Own: o.own, Folder: filepath.Dir(path), Find: findable, Answers: func(path string) ([]byte, error) {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return readSmall(ctx, "the file of answers", path)
	}})
}

func findable(path string) error {
	switch info, err := os.Stat(path); {
	case err != nil:
		return fmt.Errorf("%s: %w", wire.VisibleString(path), cause(err))
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s: it is not a file", wire.VisibleString(path))
	}
	return nil
}

// readSmall reads what a person has written.
func readSmall(ctx context.Context, what, path string) ([]byte, error) {
	r, err := input.Open(ctx, path)
	if err != nil {
		return nil, inputError(what, err)
	}
	defer r.Close()
	text, err := input.All(r, largestScenarios)
	if err != nil {
		return nil, inputError(what, err)
	}
	return text, nil
}

func newLearnExport(std streams) *cobra.Command {
	return &cobra.Command{
		Use: "export NAME", Short: "print a lesson as YAML, to start one of your own from", Example: "  ehlo learn export ports-of-mail > ours.yaml",
		Args: exactArgs("NAME"), ValidArgsFunction: completeLesson,
		RunE: func(_ *cobra.Command, args []string) error {
			source := lesson.Source(args[0])
			if source == "" {
				_, near := lesson.Named(args[0])
				return unknownLesson(args[0], near)
			}
			_, err := io.WriteString(std.out, source)
			return err
		},
	}
}
