package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"ehlo/session/record"
	"ehlo/session/setup"
	"ehlo/session/via"
	"ehlo/session/walk"
	"ehlo/session/wire"
	"ehlo/ui/columns"
)

// allExperiments is what names no experiment, and prints them all.
const allExperiments = "list"

// registerExperiment adds the flag of a rule to break.
func (o *options) registerExperiment(c *cobra.Command) {
	c.Flags().StringVar(&o.asked.Goal.Experiment, "experiment", "", "break one rule of SMTP, once, on a server of yours, and say whether it holds: early-talker, starttls-injection, LF.LF and others; list prints them all")
	c.RegisterFlagCompletionFunc("experiment", func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return append(setup.Experiments(), allExperiments), cobra.ShellCompDirectiveNoFileComp
	})
}

// listExperiments prints what can be tried.
func listExperiments(std streams) (err error) {
	for _, x := range walk.Experiments() {
		var refs []string
		for _, r := range x.Refs {
			refs = append(refs, r.String())
		}
		lines := []string{x.Name + ": " + x.Title}
		for _, row := range [][2]string{{"sends", x.Sends}, {"right", x.Right}, {"otherwise", x.Otherwise}, {"see", strings.Join(refs, ", ")}} {
			lines = append(lines, columns.Hung(fmt.Sprintf("  %-11s", row[0]), row[1], widthOf(std.out))...)
		}
		err = errors.Join(err, printLines(std.out, lines))
	}
	return err
}

// checkExperiment refuses what an experiment cannot be a part of.
func (r *runner) checkExperiment(targets []string) error {
	switch {
	case r.o.asked.Goal.Experiment == "":
		if r.yes {
			return usage(errors.New("--yes answers the question of --experiment"))
		}
		return nil
	case len(targets) > 1 || r.do+r.doFile != "" || r.again() || r.each || r.mechanisms || r.monitor || r.dry || r.as != "":
		return usage(errors.New("--experiment is one session with one server: leave out --do, --as, --each-address, --every-mechanism, --repeat, --watch, --monitor and --dry-run"))
	case r.o.mail.data != "" || r.o.mail.body != "":
		return usage(errors.New("--experiment has a message of its own: leave out --data and --body"))
	}
	return nil
}

// agreeToExperiment asks before a rule is broken on a server that is not on this machine: on the servers of others that is an attack.
func (r *runner) agreeToExperiment(ctx context.Context, std streams, p *setup.Setup) error {
	x, ok := walk.FindExperiment(p.Goal.Experiment)
	switch {
	case !ok:
		return nil
	case r.yes || onThisMachine(p):
		p.Goal.BreakRules = true
		return nil
	case !term.IsTerminal(int(std.in.Fd())):
		return &failure{record.ExitUsage, "--experiment asks before it begins, and standard input is no terminal", "add --yes if the server is yours"}
	}
	err := yes(ctx, std, fmt.Sprintf("This breaks a rule of SMTP on %s: %s. On a server that is not yours this is an attack.", p.Config.Target.Called(), wire.VisibleString(x.Title)))
	p.Goal.BreakRules = err == nil
	return err
}

// onThisMachine reports whether the server is the practice server, or one that can be reached from this machine alone.
func onThisMachine(p *setup.Setup) bool {
	host := p.Config.Target.Host
	ip := net.ParseIP(host)
	local := host == "localhost" || ip != nil && ip.IsLoopback()
	return p.IsPractice() || local && (p.Via == "" || strings.HasPrefix(p.Via, via.Socket("").Name))
}
