package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ehlo/session/course"
	"ehlo/session/lab"
	"ehlo/session/lesson"
	"ehlo/session/progress"
	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/ui/plain"
)

const progressLong = `Prints which scenarios you have solved, which lessons you have finished or where you left off,
and how you answered the quiz. It is kept in one file on this machine, beside the transcripts,
and nothing of it leaves the machine.

--html writes a page to hand in. It proves nothing, and says so: the file can be edited.
"ehlo progress reset" starts over with one scenario, lesson or question, or with all.`

func newProgress(std streams) *cobra.Command {
	asJSON, page := false, ""
	c := &cobra.Command{
		Use: "progress", Short: "show what you have solved and learned", Long: progressLong,
		Example: "  ehlo progress\n  ehlo progress --json\n  ehlo progress --html progress.html\n  ehlo progress reset expired\n  ehlo progress reset --all",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := exclusive(c, "json", "html"); err != nil {
				return err
			}
			state, err := keptProgress()
			switch {
			case err != nil:
				return err
			case asJSON:
				return json.NewEncoder(std.out).Encode(state)
			case c.Flags().Changed("html"):
				return writeProgressPage(page, reportOf(state))
			}
			return printProgress(std.out, reportOf(state))
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the progress as one JSON object")
	c.Flags().StringVar(&page, "html", "", "write a page to hand in to this new file")
	c.AddCommand(newProgressReset())
	return c
}

func newProgressReset() *cobra.Command {
	all := false
	c := &cobra.Command{
		Use: "reset NAME | reset --all", Short: "start over with a scenario, a lesson or a question, or with all",
		Example: "  ehlo progress reset expired\n  ehlo progress reset --all",
		Args: func(c *cobra.Command, args []string) error {
			if all {
				return noArgs(c, args)
			}
			return exactArgs("NAME")(c, args)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if all {
				return resetProgress(progress.Everything)
			}
			return resetProgress(args[0])
		},
	}
	c.Flags().BoolVar(&all, "all", false, "start over with everything")
	return c
}

// keptProgress is what is kept, or why that cannot be known.
func keptProgress() (progress.State, error) {
	f := progressFile()
	if f == nil {
		return progress.State{}, &failure{record.ExitUsage, "there is no home folder to keep progress in", "set $XDG_STATE_HOME"}
	}
	return f.Read()
}

func resetProgress(name string) error {
	state, err := keptProgress()
	switch {
	case err != nil:
		return err
	case name != progress.Everything && !state.Has(name):
		return &failure{record.ExitUsage, "nothing is kept under the name " + quote(name), "ehlo progress lists what is kept"}
	}
	return progressFile().Add(progress.Entry{Reset: name, Time: time.Now()})
}

// reportOf puts titles to what is kept.
func reportOf(s progress.State) progress.Report {
	return progress.Report{scenariosPart(s), lessonsPart(s), quizPart(s)}
}

func scenariosPart(s progress.State) progress.Part {
	p := progress.Part{Title: "scenarios"}
	way := course.Way()
	known := 0
	for _, name := range slices.Sorted(maps.Keys(s.Solved)) {
		row := progress.Row{Name: name, Result: "solved", Time: s.Solved[name]}
		if sc, err := lab.Find(name); err == nil {
			row.Title = sc.Title
			known++
		}
		p.Rows = append(p.Rows, row)
	}
	slices.SortStableFunc(p.Rows, func(a, b progress.Row) int { return a.Time.Compare(b.Time) })
	p.Sum = fmt.Sprintf("%d of %d solved", known, len(way))
	return p
}

// lessonsPart has a row for each lesson that was begun, those of trainers too.
func lessonsPart(s progress.State) progress.Part {
	p := progress.Part{Title: "lessons"}
	finished := 0
	for name, at := range s.Lessons {
		row := progress.Row{Name: name, Result: fmt.Sprintf("left at step %d", at.Step), Time: at.Time}
		l, _ := lesson.Named(name)
		if l != nil {
			row.Title, row.Result = l.Title, plain.CameTo(s, l)
		}
		if !at.Finished.IsZero() {
			row.Result, row.Time = "finished", at.Finished
			if l != nil {
				finished++
			}
		}
		p.Rows = append(p.Rows, row)
	}
	slices.SortFunc(p.Rows, func(a, b progress.Row) int {
		return cmp.Or(a.Time.Compare(b.Time), strings.Compare(a.Name, b.Name))
	})
	p.Sum = fmt.Sprintf("%d of %d finished", finished, len(lesson.All()))
	return p
}

func printProgress(w io.Writer, r progress.Report) (err error) {
	for _, p := range r {
		_, e := fmt.Fprintf(w, "%s: %s\n", p.Title, p.Sum)
		err = cmp.Or(err, e)
		for _, row := range p.Rows {
			_, e := fmt.Fprintf(w, "  %-30s %-32s %s\n", wire.VisibleString(row.Name), row.Result+" "+row.Time.Local().Format(time.DateOnly), row.Title)
			err = cmp.Or(err, e)
		}
	}
	return err
}

// writeProgressPage writes a new file, or nothing.
func writeProgressPage(path string, r progress.Report) error {
	if err := refusesNew("--html", path); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return notWritten("--html", path, err)
	}
	return errors.Join(r.WritePage(f, author(), time.Now()), f.Close())
}
