package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/setup"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// registerEveryMechanism adds the flag of a session that a person walks through.
func (o *options) registerEveryMechanism(c *cobra.Command) {
	c.Flags().BoolVar(&o.asked.Goal.EveryMechanism, "every-mechanism", false, "log in once by each mechanism that is offered, each on a connection of its own; asks before each, because logins that fail may lock the account")
}

// checkMechanisms refuses what has no meaning where each mechanism is tried.
func (r *runner) checkMechanisms() error {
	g := r.o.asked.Goal
	switch {
	case !r.mechanisms:
		return nil
	case g.Mechanism != "" || g.Insist:
		return usage(errors.New("--every-mechanism and --auth cannot be given together: one names a mechanism, the other uses all that are offered"))
	case len(g.To) > 0 || r.o.asked.Until != "":
		return usage(errors.New("--every-mechanism ends each session after its login: leave out --to and --until"))
	case r.do+r.doFile != "" || r.again() || r.each || r.monitor || r.dry || r.as != "" || r.o.output != "" || r.o.capture != "" || r.verbose || r.full:
		return usage(errors.New("--every-mechanism prints one line for each login: leave out --do, --as, -o, --capture, --each-address, --repeat, --watch, --monitor, --dry-run, -v and --full"))
	}
	return nil
}

// everyMechanism logs in once by each mechanism that is offered, each time on a connection of its own, and says what they come to together.
// Where a person walks, all logins are in one log (ehlo/session/walk). Here each has a log of its own, because each has a line or an end event
// of its own, and a log has one verdict.
func (r *runner) everyMechanism(ctx context.Context, std streams, p *setup.Setup, target string) error {
	wanted := p.Goal
	if wanted.Credentials.Username == "" {
		return &failure{record.ExitUsage, "--every-mechanism logs in, and there is no user", "add --user NAME"}
	}
	p.Goal.Credentials, p.Goal.Mechanism, p.Goal.To = sasl.Credentials{}, "", nil
	looked := r.o.walked(ctx, p, target, time.Now())
	if looked.verdict.Exit != record.ExitOK {
		return errors.Join(r.line(std, "EHLO", looked), &ended{looked.verdict.Exit})
	}
	known := listKnown(looked.log)
	wanted.To, wanted.Until = nil, record.PhaseAuth
	offered, _ := walk.Mechanisms(known, wanted)
	logins := logins{user: wire.VisibleString(wanted.Credentials.Username), host: p.Config.Target.Called()}
	for _, c := range offered {
		logins.add(c)
	}
	if len(logins.names) == 0 {
		return &failure{record.ExitNoAuth, logins.none(), ""}
	}
	if err := logins.agree(ctx, std, p.IsPractice()); err != nil {
		return err
	}
	return r.tryAll(ctx, std, p, wanted, target, &logins)
}

// listKnown is what a session knew at its last EHLO reply: at its end the list may be forgotten.
func listKnown(log *record.Log) (known record.Snapshot) {
	var s record.Snapshot
	for i := range log.Len() {
		if s = s.Next(log.At(i)); s.Capabilities != nil {
			known = s
		}
	}
	return known
}

// tryAll does the logins. It stops where the server takes no more of them for now.
func (r *runner) tryAll(ctx context.Context, std streams, p *setup.Setup, wanted walk.Goal, target string, l *logins) (trouble error) {
	width := 0
	for _, name := range l.names {
		width = max(width, len(name))
	}
	for i, name := range l.names {
		p.Goal = wanted
		p.Goal.Mechanism = name
		got := r.o.walked(ctx, p, target, time.Now())
		if err := r.line(std, fmt.Sprintf("%-*s", width, name), got); err != nil {
			return err
		}
		l.count(name, got.verdict)
		if exit := got.verdict.Exit; exit != record.ExitOK {
			if err := error(&ended{exit}); first(err, trouble) {
				trouble = err
			}
		}
		if v := got.verdict; ctx.Err() != nil || v.Exit == record.ExitDeferred || v.Exit == record.ExitStopped || v.Phase.Before(record.PhaseAuth) && v.Exit != record.ExitOK {
			l.rest = l.names[i+1:]
			break
		}
	}
	if !r.json && !(r.quiet && trouble == nil) {
		fmt.Fprintln(std.out, "\n"+wire.VisibleString(l.verdict()))
	}
	return cmp.Or(trouble, ctx.Err())
}

// logins are the mechanisms of a server, and what came of each.
type logins struct {
	user, host                 string
	names                      []string // those to try
	lacking                    []string // what is offered and not tried, each with what it lacks
	accepted, rejected, failed []string
	rest                       []string // not tried any more
}

func (l *logins) add(c sasl.Choice) {
	name := wire.VisibleString(c.Name)
	switch {
	case c.Usable:
		l.names = append(l.names, c.Name)
	case c.OnRequest:
		l.lacking = append(l.lacking, name+" (without an identity)")
	default:
		l.lacking = append(l.lacking, name+" (lacks: "+c.Missing+")")
	}
}

// none says why there is nothing to try.
func (l *logins) none() string {
	if len(l.lacking) == 0 {
		return l.host + " offers no mechanism of AUTH here"
	}
	return "no mechanism of " + l.host + " can be tried: " + strings.Join(l.lacking, ", ")
}

// agree asks before many logins, of which each that fails counts. The practice server locks nobody out.
func (l *logins) agree(ctx context.Context, std streams, practice bool) error {
	if practice {
		return nil
	}
	if !term.IsTerminal(int(std.in.Fd())) {
		return &failure{record.ExitUsage, "--every-mechanism asks before it begins, and standard input is no terminal", "log in by one mechanism at a time with --auth"}
	}
	return yes(ctx, std, fmt.Sprintf("This logs in %s as %s at %s: %s. Logins that fail may lock the account.",
		record.Plural(len(l.names), "time", "times"), l.user, l.host, wire.VisibleString(strings.Join(l.names, ", "))))
}

func (l *logins) count(name string, v record.Verdict) {
	name = wire.VisibleString(name)
	switch v.Exit {
	case record.ExitOK:
		l.accepted = append(l.accepted, name)
	case record.ExitAuth:
		l.rejected = append(l.rejected, name)
	default:
		l.failed = append(l.failed, name)
	}
}

// verdict is what all of them come to.
func (l *logins) verdict() string {
	var parts []string
	for _, p := range []struct {
		verb string
		list []string
	}{{"accepts " + l.user + " with ", l.accepted}, {"rejects " + l.user + " with ", l.rejected}, {"decided nothing with ", l.failed}} {
		if len(p.list) > 0 {
			parts = append(parts, p.verb+strings.Join(p.list, ", "))
		}
	}
	text := l.host + " " + strings.Join(parts, "; it ") + "."
	switch {
	case len(l.accepted) > 0 && len(l.rejected) > 0:
		text += " The credentials are right. The server may store the password in a form that the other mechanisms cannot check."
	case len(l.accepted) == 0 && len(l.rejected) > 1 && len(l.failed)+len(l.rest) == 0:
		text += " The username or the password is wrong, or the account may not log in here."
	}
	if left := append(l.rest, l.lacking...); len(left) > 0 {
		text += " Not tried: " + strings.Join(left, ", ") + "."
	}
	return text
}
