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
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"ehlo/cmd/ehlo/input"
	"ehlo/session/record"
	"ehlo/session/setup"
	"ehlo/session/survey"
	"ehlo/session/survey/ask"
	"ehlo/session/walk"
	"ehlo/session/wire"
	"ehlo/ui/ports"
)

const surveyLong = `Checks the ports of a mail server, at every address of its name, and shows them side by side: what answers,
when TLS starts, what AUTH is offered before and inside it, the certificate, and the verdict
of a session with each. It does not log in and sends no message. Which TLS versions, cipher
suites and groups are accepted is asked with one ClientHello after another, each on a connection
of its own and two at a time; --quick and -q leave that out.

HOST is a name or an address, lab: or lab:SCENARIO the practice server, @NAME a saved target.
Ports 110, 143, 993 and 995 are for reading mail: only their greeting is checked.

States: refused (nothing listens), filtered (no answer: a firewall), unreachable, silent (a
connection, and then nothing), closed (a connection, and then its end), rejects (the greeting
is a refusal), cleartext (SMTP without STARTTLS), STARTTLS, TLS (from the first byte), or the
name of another protocol.

A scorecard checks a submission service against RFC 8314, 9325 and 6409, and port 25 of an MX
against RFC 7672, 8461 and 9325: for each point that fails, what was seen, where it is written,
and who has to act. It does not change the exit code.

The verdict of the whole is that of the open port whose exit code comes first. A port that is
closed is a failure where --ports names it, where another address has it open, and where no port
is open. An address to which there is no route from here is listed, but does not count as a failure.
Ctrl-c ends the survey, and prints what is known by then. At most 8 addresses are checked.

With --screen the table is on the screen and fills while the survey runs. A key opens a session with
the selected port, or with the port at which a point of the scorecard fails, and another one leads
back. With --plain, or without a terminal, a prompt says each row with its number, which opens its
session. The exit code is that of the survey.

Exit codes:
`

// surveyor is one survey.
type surveyor struct {
	o      options
	ports  []string
	named  bool // the ports were given
	json   bool
	quiet  bool
	quick  bool
	all    bool
	screen bool
	relay  string // the mailbox for which the open-relay check asks
	yes    bool
	keep   string // the folder for the transcripts
	page   string // the file for the page
}

func newSurvey(std streams) *cobra.Command {
	s := &surveyor{}
	c := &cobra.Command{
		Use: "survey HOST", Short: "check the ports of a mail server", Args: exactArgs("HOST"), Long: surveyLong,
		Example: "  ehlo survey lab:\n  ehlo survey mail.example.org\n  ehlo survey mx.example.org --ports 25\n  ehlo survey mail.example.org --html survey.html\n  ehlo survey mail.example.org --json | jq .verdict",
		RunE: func(c *cobra.Command, args []string) error {
			if err := errors.Join(exclusive(c, "json", "quiet"), exclusive(c, "json", "verbose"), exclusive(c, "quiet", "verbose"), exclusive(c, "ipv4", "ipv6"), screenAlone(c, "json", "quiet", "verbose", "html", "output", "open-relay"), noEmptyFlag(c, "html")); err != nil {
				return err
			}
			s.named = c.Flags().Changed("ports")
			if s.screen {
				return s.explore(untilTold(c), std, args[0])
			}
			return s.run(untilTold(c), std, args[0])
		},
	}
	f := c.Flags()
	f.SortFlags = false
	listFlag(f, &s.ports, "ports", "the ports to check, separated by commas, at most "+strconv.Itoa(survey.MostPorts)+" (default 25,465,587,2525)")
	f.BoolVar(&s.json, "json", false, "print the survey as one JSON object")
	f.BoolVarP(&s.quiet, "quiet", "q", false, "print only the overall verdict")
	f.StringVar(&s.relay, "open-relay", "", "check for an open relay: without a login, at each port, send MAIL FROM:<> and RCPT for this address, which must belong to another server, and no message; asks before it begins")
	f.BoolVar(&s.yes, "yes", false, "do not ask before the open-relay check")
	f.StringVarP(&s.keep, "output", "o", "", "write the transcripts of the sessions into this new folder, for ehlo open, show and diff")
	f.StringVar(&s.page, "html", "", "write the survey to this new file, as a page that needs neither network nor script")
	f.BoolVarP(&s.all, "verbose", "v", false, "print the points that hold too, each greeting, and how long it took")
	screenFlags(c, &s.o, &s.screen)
	f.BoolVar(&s.quick, "quick", false, "do not ask which TLS versions, cipher suites and groups are accepted")
	s.o.registerHost(c)
	f.StringVar(&s.o.asked.ServerName, "server-name", "", "name to send in SNI and to look for in the certificates (default: HOST)")
	f.DurationVar(&s.o.asked.Timeout, "timeout", 0, "limit for each step; a port is abandoned after six times as long (default 10s, 8s for the practice server)")
	scenariosFlag(c, &s.o)
	return c
}

// surveyStep is the limit of a step where none was given, and stepsPerPort how many such limits all that is done at a port may take.
const (
	surveyStep   = 10 * time.Second
	stepsPerPort = 6
)

func (s *surveyor) run(ctx context.Context, std streams, host string) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	numbers, err := s.numbers()
	if err != nil {
		return err
	}
	p, err := s.setUp(ctx, host)
	if err != nil {
		return err
	}
	defer p.Close()
	if err := cmp.Or(s.newPage(), s.agree(ctx, std, p), newFolder("-o", s.keep)); err != nil {
		return err
	}
	cfg := s.asks(p, numbers)
	progress := &progressLine{out: std.err}
	if term.IsTerminal(int(std.err.Fd())) {
		cfg.Told = progress.told
	}
	found := ask.Ask(ctx, cfg)
	progress.clear()
	err = s.print(std.out, found)
	if s.keep != "" {
		err = errors.Join(err, keepSessions(s.keep, found))
	}
	if s.page != "" {
		err = errors.Join(err, writeSurveyPage(s.page, found))
	}
	if err != nil || found.Verdict.Exit == record.ExitOK {
		return err
	}
	s.howToLook(std.err, host, found)
	return &ended{found.Verdict.Exit}
}

// numbers are the ports that were named.
func (s *surveyor) numbers() ([]int, error) {
	if s.named && len(s.ports) == 0 {
		return nil, usage(errors.New("--ports: want numbers from 1 to 65535, separated by commas"))
	}
	numbers, err := survey.ParsePorts(strings.Join(s.ports, ","))
	if err != nil {
		return nil, usage(fmt.Errorf("--ports %s: %w", quote(strings.Join(s.ports, ",")), err))
	}
	return numbers, nil
}

// asks is what is asked of the ports; none are the usual ones.
func (s *surveyor) asks(p *setup.Setup, numbers []int) ask.Config {
	if len(numbers) == 0 {
		numbers = survey.DefaultPorts()
	}
	return ask.Config{Session: p.Config, EHLOName: p.Goal.EHLOName, Ports: numbers, Named: s.named, Quick: s.quick || s.quiet, RelayTo: s.relay, Limit: stepsPerPort * p.Config.Timeout}
}

// newPage refuses a file for the page that cannot be made.
func (s *surveyor) newPage() error {
	if s.page == "" {
		return nil
	}
	return refusesNew("--html", s.page)
}

// howToLook tells a person who reads of a port that fails how to go through that session.
func (s *surveyor) howToLook(w io.Writer, host string, found *survey.Survey) {
	if s.json || s.quiet || len(found.Verdict.Ports) == 0 {
		return
	}
	target := name(found.Host, "HOST")
	if scenario, practice := strings.CutPrefix(host, "lab:"); practice {
		target = "lab:" + name(scenario, "")
	}
	fmt.Fprintf(w, "hint: ehlo run %s --port %d shows that session step by step\n", target, found.Verdict.Ports[0])
}

// agree asks before the open-relay check, which some operators take for an attack. The practice server is nobody's.
func (s *surveyor) agree(ctx context.Context, std streams, p *setup.Setup) error {
	if s.relay == "" || s.yes || p.IsPractice() {
		return nil
	}
	if !term.IsTerminal(int(std.in.Fd())) {
		return &failure{record.ExitUsage, "--open-relay asks before it begins, and standard input is not a terminal", "add --yes if the operator of the server has agreed"}
	}
	return yes(ctx, std, fmt.Sprintf("The open-relay check asks %s to accept mail for %s. Some operators take that for an attack.", p.Config.Target.Called(), wire.VisibleString(s.relay)))
}

// yes asks a person whether to continue; the error is that they did not say so.
func yes(ctx context.Context, std streams, about string) error {
	fmt.Fprint(std.err, about+" Continue? [y/N] ")
	line, err := input.FirstLine(input.Standard(ctx, std.in), largestAnswer)
	if err != nil || !strings.HasPrefix(strings.ToLower(strings.TrimSpace(line)), "y") {
		return &failure{record.ExitStopped, "nothing was sent", ""}
	}
	return nil
}

// largestAnswer bounds what is read of an answer, in bytes.
const largestAnswer = 256

// setUp makes what the sessions have in common. Nobody is logged in, so no secret is read.
func (s *surveyor) setUp(ctx context.Context, host string) (*setup.Setup, error) {
	p, err := s.prepared(ctx, host)
	if err != nil {
		return nil, err
	}
	if p.Config.Timeout == 0 {
		p.Config.Timeout = surveyStep
	}
	if err := s.o.readTLS(ctx, &p.Config.TLS); err != nil {
		return nil, err
	}
	return p, p.Start()
}

// prepared is that before anything is read or started.
func (s *surveyor) prepared(ctx context.Context, host string) (*setup.Setup, error) {
	s.o.keep()
	target, err := s.o.called(host)
	if err == nil {
		err = s.o.useOwn(ctx)
	}
	if err != nil {
		return nil, err
	}
	asked := s.o.request(target)
	asked.Unwatched = true
	if s.relay != "" {
		asked.Goal.From, asked.Goal.To = walk.NullSender, []string{s.relay} // to be checked as any address
	}
	p, err := setup.New(asked)
	if wrong, ok := errors.AsType[*setup.Error](err); ok && wrong.Field == setup.FieldTo || s.relay != "" && !strings.Contains(s.relay, "@") {
		return nil, usage(fmt.Errorf("--open-relay %s: want one address, user@domain, without brackets, commas or spaces", quote(s.relay)))
	}
	if err != nil {
		return nil, err
	}
	if t := p.Config.Target; target == host && !p.IsPractice() && !survey.IsHost(target, t.Host) {
		return nil, &failure{record.ExitUsage, quote(host) + " names more than a host", "give only the host, and its ports with --ports"}
	}
	return p, nil
}

// print writes the survey to standard output.
func (s *surveyor) print(out *os.File, found *survey.Survey) error {
	if s.json {
		text, err := json.MarshalIndent(found, "", "  ")
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%s\n", text)
		return err
	}
	lines := ports.Lines(found, widthOf(out), s.all)
	if s.quiet {
		lines = ports.Verdict(found, widthOf(out))
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}

// progressLine is one line of a terminal that is written again and again.
type progressLine struct {
	out   io.Writer
	shown bool
}

func (p *progressLine) told(done, all int, c survey.Cell) {
	p.shown = true
	fmt.Fprintf(p.out, "\r\x1b[K%d of %d: port %d is %s", done, all, c.Port, wire.VisibleString(string(c.State)))
}

func (p *progressLine) clear() {
	if p.shown {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
