package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"ehlo/session/course"
	"ehlo/session/document"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/rehearsal"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
)

// largestScenarios bounds a file of scenarios, in bytes.
const largestScenarios = 1 << 20

// readOwn reads scenarios that someone has written. What is wrong with them is [document.Errors].
func readOwn(ctx context.Context, path string) ([]course.Station, error) {
	text, err := readSmall(ctx, "the file of scenarios", path)
	if err != nil {
		return nil, err
	}
	return course.Read(text)
}

// useOwn reads the file that --scenarios names, if it names one.
func (o *options) useOwn(ctx context.Context) (err error) {
	if o.scenarios == "" || o.own != nil {
		return nil
	}
	o.own, err = readOwn(ctx, o.scenarios)
	if wrong, ok := errors.AsType[document.Errors](err); ok {
		return &failure{record.ExitUsage, o.scenarios + ": " + wrong.Error(), "ehlo lab check reports every error in a file"}
	}
	for _, s := range o.own {
		o.asked.Own = append(o.asked.Own, s.Scenario)
	}
	return err
}

// exercise is what a scenario asks of a person, one's own first; nil where there is none.
func (o *options) exercise(scenario string) *course.Exercise {
	if o.asked.Bare {
		return nil
	}
	for _, s := range o.own {
		if s.Name == scenario {
			return s.Exercise
		}
	}
	return course.Of(scenario)
}

// scenario is the one of that name, one's own first.
func (o *options) scenario(name string) (lab.Scenario, error) {
	for _, s := range o.own {
		if s.Name == name {
			return s.Scenario, nil
		}
	}
	return lab.Find(name)
}

// chosen is the scenario of one's own that is meant without a name: the only one.
func (o *options) chosen(ctx context.Context, name string) (string, error) {
	if err := o.useOwn(ctx); err != nil || name != "" || len(o.own) == 0 {
		return name, err
	}
	if len(o.own) == 1 {
		return o.own[0].Name, nil
	}
	var names []string
	for _, s := range o.own {
		names = append(names, s.Name)
	}
	return "", usage(fmt.Errorf("%s has several scenarios; name one of them: %s", wire.VisibleString(o.scenarios), strings.Join(names, ", ")))
}

const checkLong = `Checks a file with scenarios of your own, and reports every error with line and column, in the
order of the file; exit code 2 if there is one. In a file that is not YAML only the first is found.

Each scenario is then walked on loopback, and the result of its session is printed. Without a
question and an advice the proposed steps have to succeed. An advice (do) has to be given by
the session and lead to success, and the proposed steps alone must not. The event that shows
an answer (row) and the finding have to occur. Nothing waits for what the server delays; a
silence takes two seconds.

A file is YAML: a list "scenarios", each with name, title, story and task. Settings that are
left out are those of the server without faults. An example with the usual settings:

  scenarios:
    - name: our-relay                 # lowercase letters, digits, hyphens
      title: our relay after the update
      story: Since the update on Monday the relay defers every message.
      task: Find the reply that defers the message, and say who can fix it.
      target: smtp://mx.lab           # mail.lab, mx.lab or a domain; submission://mail.lab if left out
      # ehlo-name: shop.example       # the client's name; mail.example.org if left out, where the client is a server
      # user: ann                     # an account of the practice server; ann where there is a login
      server:                         # how it differs from the server without faults
        answers:                      # replies instead of the usual ones
          - {to: RCPT, reply: 451 4.3.0 temporary lookup failure}
        # certificate: expired        # good, expired, wrong-host, self-signed, …
        # hide: [CHUNKING]            # EHLO keywords that it does not offer
        # mechanisms: [PLAIN, LOGIN]
        # greylist: 5m
        # path:                       # what a device on the path does
        #   - {on: EHLO, do: strip, text: STARTTLS}
        # client-address: 192.0.2.20  # that the server sees, as behind a router
        # proxy-header: true          # it wants a PROXY header before it greets; proxy-source beside target sends one
        # xclient: true               # it offers XCLIENT and XFORWARD
        # check-spf: true             # the relay evaluates SPF by these records
      # dns:                          # records beside those of the practice domains, or in their place
      #   - ours.example. MX 10 mx.lab.
      #   - 20.2.0.192.in-addr.arpa. PTR out.ours.example.
      # lookups: [MX ours.example]    # queries that the session shows before it connects
      ask: Who can fix it?            # or "do: use-tls", or nothing: the walk has to succeed
      right: the operator of the relay
      wrong: [the sender, the recipient]
      why:                            # what is said to each wrong answer, in their order
        - The first digit means a temporary failure on the server's side.
        - The recipient has not seen the message yet.
      row: reply 451                  # the event that shows it, after two wrong answers
      hints: [look at the first digit of the reply]
      debrief: The relay cannot look up its recipients.

With a domain as target, smtp://ours.example, its MX records lead to the server: mx.lab has the
server's certificate, and server.certificate-names adds other hosts. Its address is 127.0.0.1, and
nothing answers at another address. A record in dns replaces those of the practice domains with the
same name and type.

An answer with "times: 1" is given once to each visitor for the same command line, as long as the
server runs; a visitor is a client address. A text with a colon needs quotation marks. A question
(ask) and an advice (do) exclude each other. For a misspelled field or value the message names what
was probably meant, or the valid ones.

Fields of a scenario:
`

// fieldsHelp are all fields that a file can have, and the values of do.
func fieldsHelp() string {
	var rows []string
	var b strings.Builder
	for _, f := range course.Fields() {
		rows = append(rows, cmp.Or(f.Of, "a scenario")+": "+strings.Join(f.Names, ", "))
	}
	rows = append(rows, "values of do: "+strings.Join(course.Solving(), ", ")+"; some take a value, as in use-port 465")
	for _, row := range rows {
		b.WriteString("  " + strings.Join(wrap(row, 84), "\n    ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

func newLabCheck(std streams) *cobra.Command {
	return &cobra.Command{
		Use: "check FILE", Short: "check a file with scenarios of your own", Long: checkLong,
		Example: "  ehlo lab check ours.yaml\n  ehlo lab --scenarios ours.yaml our-relay",
		Args:    exactArgs("FILE"),
		RunE: func(c *cobra.Command, args []string) error {
			own, err := readOwn(untilTold(c), args[0])
			if wrong, ok := errors.AsType[document.Errors](err); ok {
				return sayWrong(std.err, args[0], wrong)
			}
			if err != nil {
				return err
			}
			return rehearse(untilTold(c), std, args[0], own)
		},
	}
}

// sayWrong lists all that is wrong with a file, a line each.
func sayWrong(w io.Writer, path string, wrong document.Errors) error {
	for _, e := range wrong {
		fmt.Fprintln(w, wire.VisibleString(fmt.Sprintf("%s: %s", path, e)))
	}
	fmt.Fprintln(w, "ehlo:", words.Number(len(wrong), "fault"))
	return &ended{record.ExitUsage}
}

// rehearse walks each scenario as someone who knows its solution, and says what its sessions come to: what can be read and not be solved is
// wrong too.
func rehearse(ctx context.Context, std streams, path string, own []course.Station) error {
	var wrong document.Errors
	results := make([]rehearsal.Result, len(own))
	inTurn(ctx, len(own), func(i int) { results[i] = rehearsal.Try(ctx, own[i]) })
	if err := ctx.Err(); err != nil {
		return err
	}
	for i, s := range own {
		fmt.Fprintf(std.out, "%s: %s\n", s.Name, wire.VisibleString(s.Title))
		if alone := results[i].Alone; alone.Outcome != "" {
			fmt.Fprintln(std.out, "  the proposed steps:", wire.VisibleString(verdictInWords(alone)))
		}
		if solved := results[i].Solved; solved.Outcome != "" {
			fmt.Fprintf(std.out, "  after %s: %s\n", s.Do, wire.VisibleString(verdictInWords(solved)))
		}
		wrong = append(wrong, results[i].Wrong...)
	}
	if len(wrong) > 0 {
		slices.SortStableFunc(wrong, func(a, b *document.Error) int { return a.Line - b.Line })
		return sayWrong(std.err, path, wrong)
	}
	return nil
}

// mostRehearsals is how many run at once.
const mostRehearsals = 8

// inTurn does n things, few at a time, until ctx ends.
func inTurn(ctx context.Context, n int, do func(i int)) {
	var all sync.WaitGroup
	room := make(chan struct{}, mostRehearsals)
	for i := range n {
		room <- struct{}{}
		all.Go(func() {
			defer func() { <-room }()
			if ctx.Err() == nil {
				do(i)
			}
		})
	}
	all.Wait()
}

// scenariosFlag adds the flag that names a file of one's own scenarios.
func scenariosFlag(c *cobra.Command, o *options) {
	c.Flags().StringVar(&o.scenarios, "scenarios", "", "read scenarios of your own from this YAML file, at most 1 MiB; see \"ehlo lab check --help\"")
}

// seedFlag adds the flag that makes the practice server repeat itself.
func seedFlag(c *cobra.Command, o *options) {
	c.Flags().StringVar(&o.asked.Seed, "seed", "", "make the practice server reproducible: with the same text, such as 7, it has the same challenges, nonces and queue numbers, and for a day the same keys and certificates; this excludes RSA keys, random values of TLS, times, free ports, and what the client generates")
}
