package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/spf13/cobra"

	"ehlo/cmd/ehlo/saved"
	"ehlo/session/doctor"
	"ehlo/session/doctor/machine"
	"ehlo/session/record"
	"ehlo/transcripts"
	"ehlo/ui/checkup"
	"ehlo/ui/tty"
)

const doctorLong = `Looks at this machine: the terminal, the folders of the program, the trusted roots, the routes
of IPv4 and IPv6, the resolver, the clock. A line for each says whether it is ok, a note (less
than it could be) or a fault (something fails for it), and what to do. Nobody is asked anything
over a network, unless --lookup names something to look up. Names of persons and machines, own
addresses and secrets are left out, so that the output can be pasted into a report.

The exit code is that of the first fault: the one with which a session would end because of it.

Exit codes:
`

// doctorOptions are what the doctor is to look at.
type doctorOptions struct {
	self   bool
	json   bool
	lookup string
}

func newDoctor(std streams) *cobra.Command {
	d := &doctorOptions{}
	c := &cobra.Command{
		Use: "doctor --self", Short: "look for what is wrong with this machine", Args: exactArgs(), Long: doctorLong,
		Example: "  ehlo doctor --self\n  ehlo doctor --self --lookup mail.example.org",
		RunE: func(c *cobra.Command, args []string) error {
			if !d.self {
				return usage(errors.New("missing --self: " + c.UseLine()))
			}
			if err := noEmptyFlag(c, "lookup"); err != nil {
				return err
			}
			return d.examine(untilTold(c), std)
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.BoolVar(&d.self, "self", false, "look at this machine")
	f.StringVar(&d.lookup, "lookup", "", "look this name up too, by way of the machine's resolver")
	f.BoolVar(&d.json, "json", false, "print one JSON object")
	return c
}

// examine looks at this machine.
func (d *doctorOptions) examine(ctx context.Context, std streams) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	cfg := machine.Config{Program: version(), Terminal: tty.Look(), Added: len(addedRoots()), Lookup: d.lookup}
	if dir, err := transcripts.Dir(); err != nil {
		cfg.StateProblem = err.Error()
	} else {
		cfg.State = filepath.Dir(dir)
	}
	if store, err := saved.Open(); err != nil {
		cfg.ConfigProblem = err.Error()
	} else {
		cfg.Config = filepath.Dir(store.Path())
	}
	found := doctor.Examine(machine.Look(ctx, cfg))
	if err := d.printSelf(std.out, found); err != nil {
		return err
	}
	if exit := doctor.FirstFault(found.Checks); exit != record.ExitOK {
		return &ended{exit}
	}
	return nil
}

func (d *doctorOptions) printSelf(out *os.File, found doctor.Self) error {
	if d.json {
		return printJSON(out, found)
	}
	return printLines(out, checkup.Self(found, widthOf(out)))
}

// printJSON writes one JSON object, indented.
func printJSON(w io.Writer, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", text)
	return err
}

func printLines(w io.Writer, lines []string) error {
	for _, line := range lines {
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}
