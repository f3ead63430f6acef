package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ehlo/session/record"
	"ehlo/session/setup"
	"ehlo/transcripts/diff"
)

// again reports whether the session is had more than once.
func (r *runner) again() bool { return r.repeat > 1 || r.watch }

// span is a time that is given in days: 14d or 14, or as [time.ParseDuration] reads it.
type span time.Duration

// String implements pflag.Value.
func (d *span) String() string {
	if *d == 0 {
		return ""
	}
	return time.Duration(*d).String()
}

// Type implements pflag.Value.
func (d *span) Type() string { return "days" }

// Set implements pflag.Value.
func (d *span) Set(text string) error {
	if n, err := strconv.Atoi(strings.TrimSuffix(text, "d")); err == nil && n > 0 && n < 36500 {
		*d = span(time.Duration(n) * 24 * time.Hour)
		return nil
	}
	t, err := time.ParseDuration(text)
	if err != nil || t <= 0 {
		return errors.New("want a number of days such as 14d")
	}
	*d = span(t)
	return nil
}

// checkAgain refuses what cannot be done with a session that is had several times.
func (r *runner) checkAgain() error {
	switch {
	case r.repeat < 1:
		return usage(fmt.Errorf("--repeat %d: want at least 1", r.repeat))
	case r.parallel < 1 || r.parallel > mostParallel:
		return usage(fmt.Errorf("--parallel %d: want 1 to %d", r.parallel, mostParallel))
	case r.interval < 0:
		return usage(fmt.Errorf("--interval %s: want no less than 0s", r.interval))
	case (r.do != "" || r.doFile != "") && (r.again() || r.monitor || r.each || r.o.output != "" || r.warn != 0):
		return usage(errors.New("--do plays sessions of its own: leave out -o, --repeat, --watch, --each-address, --monitor and --warn-expiry"))
	case r.each && r.unlessFailed:
		return usage(errors.New("--each-address always ends with a table: leave out --quiet-unless-failed"))
	case !r.again():
		return nil
	case r.o.output != "" || r.o.capture != "" || r.each || r.monitor || r.verbose || r.full:
		return usage(errors.New("--repeat and --watch print one line for each session: leave out -o, --capture, --each-address, --monitor, -v and --full"))
	}
	return nil
}

// repeated walks the session again and again, prints a line for each time, and says at the end what was different when it failed.
func (r *runner) repeated(ctx context.Context, std streams, p *setup.Setup, target string) (trouble error) {
	var tries series
	for n := 1; r.watch || n <= r.repeat; n++ {
		if n > 1 && !waits(ctx, r.interval) {
			break
		}
		got := r.o.walked(ctx, p, target, time.Now())
		if err := r.line(std, fmt.Sprintf("%4d  %s", n, time.Now().Format(time.TimeOnly)), got); err != nil {
			return err
		}
		tries.add(n, got)
		if r.watch && got.verdict.Exit == record.ExitOK || ctx.Err() != nil {
			break
		}
	}
	if err := r.sum(std, &tries); err != nil {
		return err
	}
	return cmp.Or(tries.trouble(r.watch), ctx.Err())
}

func waits(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

// series is what came of a session that was had several times.
type series struct {
	good, bad *result // the first of each
	goodAt    int
	badAt     int
	all       int
	exits     map[record.Exit]int
	last      record.Exit
}

func (s *series) add(n int, got result) {
	s.all, s.last = s.all+1, got.verdict.Exit
	if s.exits == nil {
		s.exits = map[record.Exit]int{}
	}
	s.exits[s.last]++
	switch {
	case s.last == record.ExitOK && s.good == nil:
		s.good, s.goodAt = &got, n
	case s.last != record.ExitOK && s.bad == nil:
		s.bad, s.badAt = &got, n
	}
}

// sum prints the summary, where something was printed that it sums up.
func (r *runner) sum(std streams, tries *series) error {
	switch {
	case r.json, r.unlessFailed && tries.bad == nil:
		return nil
	case !r.quiet || tries.bad != nil:
		fmt.Fprintln(std.out)
	}
	return tries.sum(std)
}

// sum counts the exit codes, and says what was different between the first session that went well and the first that did not.
func (s *series) sum(std streams) error {
	var counts []string
	for exit := range record.Exit(256) {
		if n := s.exits[exit]; n > 0 {
			counts = append(counts, fmt.Sprintf("%d with exit code %d", n, exit))
		}
	}
	_, err := fmt.Fprintf(std.out, "%s: %s\n", record.Plural(s.all, "session", "sessions"), strings.Join(counts, ", "))
	if err != nil || s.good == nil || s.bad == nil {
		return err
	}
	fmt.Fprintf(std.out, "What was different when it failed (B, session %d) from when it succeeded (A, session %d):\n", s.badAt, s.goodAt)
	for _, line := range diff.Compare(diff.Session{Name: "A", Source: s.good.log}, diff.Session{Name: "B", Source: s.bad.log}).Lines(widthOf(std.out)) {
		if _, err = fmt.Fprintln(std.out, line); err != nil {
			return err
		}
	}
	return nil
}

// trouble is what the exit code tells: of the last session where one that goes well was waited for, else the lowest that is not 0.
func (s *series) trouble(watched bool) error {
	if watched {
		return exitWith(s.last)
	}
	for exit := record.ExitOK + 1; exit < 256; exit++ {
		if s.exits[exit] > 0 {
			return exitWith(exit)
		}
	}
	return nil
}

func exitWith(exit record.Exit) error {
	if exit == record.ExitOK {
		return nil
	}
	return &ended{exit}
}
