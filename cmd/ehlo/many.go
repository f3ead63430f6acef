package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"ehlo/cmd/ehlo/processors"
	"ehlo/session/engine"
	"ehlo/session/record"
	"ehlo/session/setup"
	"ehlo/session/wire"
)

// What one run can take: targets, and sessions at a time.
const (
	mostTargets  = 10_000
	mostParallel = 100
)

// targetsOf are the targets of the command line and those of a list: one on a line, without empty lines and comments.
func (r *runner) targetsOf(ctx context.Context, std streams, args []string) ([]string, error) {
	if r.list == "" {
		return args, nil
	}
	in, err := openInput(ctx, std, r.list)
	if err != nil {
		return nil, inputError("-f", err)
	}
	defer in.Close()
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		text, _, _ := strings.Cut(strings.TrimPrefix(lines.Text(), "\ufeff"), "#") // a byte order mark, as editors on Windows write it
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		if args = append(args, text); len(args) > mostTargets {
			return nil, usage(fmt.Errorf("more than %d targets", mostTargets))
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, usage(fmt.Errorf("-f %s: a line has more than %d bytes", quote(r.list), bufio.MaxScanTokenSize))
	} else if err != nil {
		return nil, inputError("-f", err)
	}
	if len(args) == 0 {
		return nil, usage(fmt.Errorf("-f %s: there is no target in it", quote(r.list)))
	}
	return args, nil
}

// result is what one of several sessions came to.
type result struct {
	target  string
	verdict record.Verdict
	took    time.Duration
	log     *record.Log
}

// many walks the session with each target, several at a time, and prints a line for each in the order in which they were given.
func (r *runner) many(ctx context.Context, std streams, targets []string) error {
	if err := r.checkMany(ctx, targets); err != nil {
		return err
	}
	processors.All()
	results := make([]chan result, len(targets))
	for i := range results {
		results[i] = make(chan result, 1)
	}
	count := countingOn(std, len(targets))
	ctx, count.stop = context.WithCancel(ctx)
	defer count.stop()
	slots := make(chan struct{}, r.parallel)
	go func() {
		for i, target := range targets {
			slots <- struct{}{}
			go func() {
				defer func() { <-slots }()
				results[i] <- r.one(ctx, std, count, target)
			}()
		}
	}()
	return r.tell(std, count, targets, results)
}

// checkMany refuses what cannot be done with several servers, and targets that are none, before anything is connected to.
func (r *runner) checkMany(ctx context.Context, targets []string) error {
	switch {
	case r.o.output != "" || r.o.capture != "" || r.o.keylog != "":
		return usage(errors.New("several targets cannot share one file: leave out -o, --capture and --keylog"))
	case r.script != nil || r.each || r.mechanisms || r.again() || r.monitor || r.verbose || r.full:
		return usage(errors.New("with several targets one line is printed for each: leave out --do, --each-address, --every-mechanism, --repeat, --watch, --monitor, -v and --full"))
	}
	if err := r.o.useOwn(ctx); err != nil {
		return err
	}
	for _, target := range targets {
		own := r.o
		named, err := own.located(target)
		if err == nil {
			_, err = setup.New(own.request(named))
		}
		if err != nil {
			exit, text, hint := exitOf(err)
			return &failure{exit, quote(target) + ": " + text, hint}
		}
	}
	return nil
}

// one walks the session with a target.
func (r *runner) one(ctx context.Context, std streams, count *counting, target string) result {
	own, begun := r.o, time.Now()
	var p *setup.Setup
	err := count.aside(func() (err error) {
		p, err = own.prepared(ctx, std, target, count.stop)
		return err
	})
	if err != nil {
		exit, text, _ := exitOf(err)
		outcome := record.OutcomeFailed
		if exit == record.ExitStopped {
			outcome = record.OutcomeStopped
		}
		return result{target: target, verdict: record.Verdict{Exit: exit, Outcome: outcome, Cause: text}}
	}
	defer p.Close()
	return own.walked(ctx, p, target, begun)
}

// prepared is setUp, which may ask for a password. Where a person interrupts the question it stops all sessions: the others would ask it again.
func (o *options) prepared(ctx context.Context, std streams, target string, stop context.CancelFunc) (*setup.Setup, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	p, err := o.setUp(ctx, std, target, true)
	if exit, _, _ := exitOf(err); exit == record.ExitStopped {
		stop()
	}
	return p, err
}

// walked walks a session without printing it.
func (o *options) walked(ctx context.Context, p *setup.Setup, target string, begun time.Time) result {
	s := p.Session()
	engine.Walk(ctx, s, p.Goal)
	verdict := s.Finish()
	if err := o.rememberer(p)(s.Log()); err != nil && verdict.Exit == record.ExitOK {
		verdict.Exit, verdict.Cause = record.ExitInternal, err.Error()
	}
	return result{target, verdict, time.Since(begun), s.Log()}
}

// tell prints the results as they come, and ends with the lowest exit code that is not 0.
func (r *runner) tell(std streams, count *counting, targets []string, results []chan result) error {
	width := 0
	for _, target := range targets {
		width = max(width, len(target))
	}
	var trouble error
	for _, next := range results {
		got := <-next
		if exit := got.verdict.Exit; exit != record.ExitOK {
			if err := error(&ended{exit}); first(err, trouble) {
				trouble = err
			}
		}
		if err := count.aside(func() error {
			count.step(got.verdict.Exit)
			return r.line(std, fmt.Sprintf("%-*s", width, got.target), got)
		}); err != nil {
			return err
		}
	}
	return trouble
}

// line prints a result: what it is of, outcome, exit code and cause; as JSON the verdict as the end event has it.
func (r *runner) line(std streams, label string, got result) error {
	failed := got.verdict.Exit != record.ExitOK
	soon := r.expiresSoon(got.verdict)
	if soon != "" {
		fmt.Fprintln(std.err, "warning: "+strings.TrimSpace(label)+": "+soon)
	}
	switch {
	case (r.unlessFailed || r.quiet) && !failed:
		return nil
	case r.json:
		line, err := json.Marshal(struct {
			Target string         `json:"target"`
			Took   time.Duration  `json:"took"`
			End    record.Verdict `json:"end"`
		}{got.target, got.took, got.verdict})
		if err == nil {
			_, err = std.out.Write(append(line, '\n'))
		}
		return err
	}
	_, err := fmt.Fprintf(std.out, "%s  %-8s %3d  %s\n", label, got.verdict.Outcome, got.verdict.Exit, wire.VisibleString(got.verdict.Cause))
	return err
}

// counting is a line on a terminal that says how far many sessions are. Elsewhere it says nothing.
type counting struct {
	lock              sync.Mutex // the terminal, and what is read once, belong to one session at a time
	w                 io.Writer
	stop              context.CancelFunc // ends all sessions
	done, failed, all int
}

func countingOn(std streams, all int) *counting {
	c := &counting{w: io.Discard, all: all}
	if term.IsTerminal(int(std.err.Fd())) {
		c.w = std.err
	}
	c.print()
	return c
}

// aside takes the line away while something else has the terminal: a result that is printed, a question that waits for its answer.
func (c *counting) aside(do func() error) error {
	c.lock.Lock()
	defer c.lock.Unlock()
	fmt.Fprint(c.w, "\r\x1b[K") // ECMA-48 EL
	defer c.print()
	return do()
}

func (c *counting) step(exit record.Exit) {
	if c.done++; exit != record.ExitOK {
		c.failed++
	}
}

// print prints the line, as long as there is something to wait for.
func (c *counting) print() {
	switch {
	case c.done == c.all:
	case c.failed > 0:
		fmt.Fprintf(c.w, "%d of %d, %d failed", c.done, c.all, c.failed)
	default:
		fmt.Fprintf(c.w, "%d of %d", c.done, c.all)
	}
}

// expiresSoon says that the certificate expires within the time that was asked about, or has expired although the session went well;
// empty where neither is so.
func (r *runner) expiresSoon(v record.Verdict) string {
	left, date := time.Until(v.Facts.Expires), v.Facts.Expires.UTC().Format(time.DateOnly)
	switch {
	case r.warn == 0 || v.Facts.Expires.IsZero() || left > time.Duration(r.warn):
		return ""
	case left > 0:
		return fmt.Sprintf("the certificate %s expires on %s, in %s", certified(v.Facts.Names), date, record.Plural(int(left/(24*time.Hour)), "day", "days"))
	case v.Exit == record.ExitOK:
		return fmt.Sprintf("the certificate %s expired on %s", certified(v.Facts.Names), date)
	}
	return "" // the verdict says it
}

// certified are the names of a certificate, of which there may be hundreds.
func certified(names []string) string {
	const most = 3
	if n := len(names) - most; n > 0 {
		return fmt.Sprintf("%s and %s", strings.Join(names[:most], ", "), record.Plural(n, "more name", "more names"))
	}
	return cmp.Or(strings.Join(names, ", "), "without a name")
}
