package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ehlo/cmd/ehlo/saved"
	"ehlo/session/doctor"
	"ehlo/session/doctor/machine"
	"ehlo/session/record"
	"ehlo/transcripts"
	"ehlo/ui/checkup"
	"ehlo/ui/tty"
)

const doctorLong = `Looks for what is wrong first, in the order in which a session comes to it: the name, the route,
the port, the greeting, TLS, the certificate, AUTH, and the policy of the server. It stops at the
first fault, says who has to act and what to test next, and writes the text to send to them: to
the hosting company, the team that runs the firewall, the administrator of the DNS zone, or the
recipient's postmaster.

HOST is a name or an address: its ports 25, 465, 587 and 2525 are looked at side by side, and
then the best of them. HOST:PORT and a URL such as submission://HOST name one. lab:SCENARIO is
the practice server, @NAME a saved target.

DOMAIN is a name that has MX records, and ADDRESS a mail address: what is looked at is then how
mail from other servers arrives there, along the MX records to port 25. lab:DOMAIN and
lab:ADDRESS are those of the practice domains.

With --user there is a login. With --to, and with ADDRESS, the server is asked whether it accepts
mail for that address, by MAIL and RCPT: no message is sent, unless to the practice server.

With --self it looks at this machine: the terminal, the folders of the program, the trusted
roots, the routes of IPv4 and IPv6, the resolver, the clock. A line for each says whether it is
ok, a note (less than it could be) or a fault (something fails for it), and what to do. Nobody
is asked anything over a network, unless --name gives a name to look up. Names of persons
and machines, own addresses and secrets are left out, so that the output can be pasted into a
report.

The exit code is that of the first fault: the one with which a session ends because of it.

Exit codes:
`

// doctorOptions are what the doctor is to look at.
type doctorOptions struct {
	self   bool
	json   bool
	letter bool
	screen bool
	name   string
	// resolver and private are about the records of a domain.
	resolver string
	private  bool
	more     bool // there are flags beside those that say what is printed
	o        options
}

func newDoctor(std streams) *cobra.Command {
	d := &doctorOptions{}
	c := &cobra.Command{
		Use: "doctor HOST|DOMAIN|ADDRESS | --self", Short: "find what is wrong first, and who acts", Long: doctorLong,
		Args: func(c *cobra.Command, args []string) error {
			if d.self {
				return exactArgs()(c, args)
			}
			return exactArgs("HOST, DOMAIN or ADDRESS")(c, args)
		},
		Example: "  ehlo doctor lab:expired\n  ehlo doctor mail.example.org\n  ehlo doctor mail.example.org --user ann@example.org\n  ehlo doctor bob@example.org --letter\n  ehlo doctor --self",
		RunE: func(c *cobra.Command, args []string) error {
			if err := errors.Join(d.check(c), noEmptyFlag(c, "name", "to", "user")); err != nil {
				return err
			}
			if d.self {
				return d.examine(untilTold(c), std)
			}
			if d.screen {
				return d.explore(untilTold(c), std, args[0])
			}
			return d.diagnose(untilTold(c), std, args[0])
		},
	}
	d.register(c)
	return c
}

func (d *doctorOptions) register(c *cobra.Command) {
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&d.o.asked.Goal.Credentials.Username, "user", "", "authenticate as this user")
	f.StringVar(&d.o.passwordFile, "password-file", "", "read the password from the first line of this file, at most 64 KiB, - is standard input (else $EHLO_PASSWORD, else a prompt)")
	f.StringVar(&d.o.passwordCommand, "password-command", "", "read the password from the first line that this shell command prints, at most 64 KiB in all")
	f.Var((*texts)(&d.o.asked.Goal.To), "to", "ask whether mail for this address is accepted, may be repeated")
	f.StringVar(&d.o.asked.Goal.From, "from", "", "envelope sender with --to (default: --user if it is an address, else <>)")
	f.IntVar(&d.o.asked.Port, "port", 0, "look at this port alone")
	d.o.registerHost(c)
	f.DurationVar(&d.o.asked.Timeout, "timeout", 0, "limit for each step (default 10s, 8s for the practice server)")
	resolverFlags(c, &d.resolver, &d.private)
	scenariosFlag(c, &d.o)
	f.BoolVar(&d.letter, "letter", false, "print only the letter")
	f.BoolVar(&d.json, "json", false, "print the diagnosis as one JSON object")
	screenFlags(c, &d.o, &d.screen)
	f.BoolVar(&d.self, "self", false, "look at this machine")
	f.StringVar(&d.name, "name", "", "with --self, look this name up too, by way of the machine's resolver")
	complete(c, "user")
}

// selfFlags are those that go with --self.
var selfFlags = []string{"self", "name", "json"}

// plainFlags say what is printed, or have their part in the target.
var plainFlags = []string{"json", "letter", "port"}

// check refuses flags that do not go together.
func (d *doctorOptions) check(c *cobra.Command) (err error) {
	c.Flags().Visit(func(f *pflag.Flag) {
		if d.self && !slices.Contains(selfFlags, f.Name) {
			err = cmp.Or(err, usage(errors.New("--"+f.Name+" is not for --self")))
		}
		d.more = d.more || !slices.Contains(plainFlags, f.Name)
	})
	switch {
	case d.name != "" && !d.self:
		return usage(errors.New("--name is for --self"))
	case c.Flags().Changed("port") && d.o.asked.Port == 0:
		return usage(errors.New("--port: want a number from 1 to 65535"))
	}
	return errors.Join(err, screenAlone(c, "json", "letter", "self", "user", "password-file", "password-command"), exclusive(c, "letter", "json"), exclusive(c, "ipv4", "ipv6"), exclusive(c, "password-file", "password-command"))
}

// examine looks at this machine.
func (d *doctorOptions) examine(ctx context.Context, std streams) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	cfg := machine.Config{Program: version(), Terminal: tty.Look(), Added: len(addedRoots.Get()), Lookup: d.name}
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
