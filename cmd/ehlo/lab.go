package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ehlo/session/course"
	"ehlo/session/lab"
)

const labLong = `Opens the explorer on the built-in practice server: it runs inside ehlo, on loopback,
with a certificate authority of its own that nothing else trusts. Nothing that is sent
to it leaves this machine. Without SCENARIO it is a submission server without faults;
25, 465, 587 and 2525 are servers without faults on these ports.

Each scenario has a task. Its key shows hints and, if there is a question, the answers;
a solved scenario is checked off, with what it teaches and what comes next.
"ehlo lab beside" walks two or three scenarios in columns.
Progress stays on this machine, beside the transcripts.

Everyone knows the secrets of the practice accounts: they are shown, and marked as
practice. Any other password is masked here too; --mask masks all of them.`

func newLab(std streams) *cobra.Command {
	o, list := &options{}, false
	c := &cobra.Command{
		Use: "lab [SCENARIO]", Short: "practice on the built-in server", Long: labLong,
		Example: "  ehlo lab\n  ehlo lab --list\n  ehlo lab stripped\n  ehlo lab --scenarios ours.yaml our-relay\n  ehlo lab --tls-max 1.2",
		Args:    scenarioArg, ValidArgsFunction: completeScenario,
		RunE: func(c *cobra.Command, args []string) error {
			if list {
				if err := o.useOwn(untilTold(c)); err != nil {
					return err
				}
				return listScenarios(c.OutOrStdout(), o.own)
			}
			if err := exclusive(c, "present", "plain"); err != nil {
				return err
			}
			name, err := o.chosen(untilTold(c), strings.Join(args, ""))
			if err != nil {
				return err
			}
			return explore(untilTold(c), std, o, "lab:"+name)
		},
	}
	c.AddCommand(newLabServe(std), newLabBeside(std), newLabCheck(std))
	o.register(c)
	o.registerEveryMechanism(c)
	plainFlag(c, o)
	teachingFlags(c, o)
	seedFlag(c, o)
	c.Flags().BoolVar(&list, "list", false, "list the scenarios")
	return c
}

func completeScenario(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, s := range lab.Scenarios() {
		names = append(names, s.Name+"\t"+s.Title)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

func listScenarios(w io.Writer, own []course.Station) error {
	group, done := "", soFar().Solved
	next := course.After("", done, own...)
	all := slices.Clone(own)
	for _, s := range lab.Scenarios() {
		all = append(all, course.Station{Scenario: s, Exercise: course.Of(s.Name)})
	}
	for _, s := range all {
		if s.Group != group {
			group = s.Group
			fmt.Fprintf(w, "%s\n", group)
		}
		mark := " "
		if _, ok := done[s.Name]; ok {
			mark = "✓"
		}
		fmt.Fprintf(w, "%s %-30s %-13s %s\n", mark, s.Name, s.Level, s.Title)
	}
	if next != nil {
		fmt.Fprintf(w, "%d of %d solved; next: ehlo lab %s\n", len(done), len(all), next.Name)
	}
	return nil
}
