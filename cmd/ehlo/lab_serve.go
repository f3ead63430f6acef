package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/transcripts"
	"ehlo/transcripts/visits"
)

const serveLong = `Runs only the practice server, for telnet, openssl, swaks, a mail client or a class, until
it is interrupted. It delivers nothing. Several scenarios run at once, each a server of its
own; NAME=PORT sets the number of the port that the scenario is about, NAME/relay=PORT that of
another of its ports (relay, submission, submissions, alternate, names), and a port that is
not chosen is a free one.

On a terminal it shows who is connected and at which step, the result of each session as the
server saw it, and whether the task is solved; enter opens a visitor's transcript. --plain
prints a line for each event instead, and so does a standard output that is not a terminal;
--json prints one event per line, the first with scenarios, ports, CA and folder. Whether a
question was answered, or a certificate verified, cannot be seen by the server: a message that
arrived inside TLS is called delivered, not solved.

Each visitor's session is kept as a transcript of the server's side, passwords and messages
masked, in the folder that is named at the start. "ehlo open" replays it.

--lesson serves what the steps of a lesson need, besides the scenarios that are named, and shows
for each learner at which step of the lesson the newest session is, and which steps are reached:
a scenario was walked to its end, or solved. What is read or answered is not seen from the
server. A learner is an address; with --by-name it is the name that a client gives in EHLO, for a
class behind one address. --results and --json have the same: after learner and lesson_step,
what the step came to, and how many steps are reached, have ended with a result that is not seen
here, and can be reached.

It listens on loopback. With --listen others can reach it: a warning says so, and there are
limits (%s).

Once it is interrupted, those who are connected are told so (421).`

// server is one run of "lab serve".
type server struct {
	std     streams
	o       *options
	json    bool
	path    bool // what a device on the path does is told too
	listen  string
	ca      string
	folder  string
	logFile string
	results string         // a file
	remark  string         // to the visitors
	lesson  string         // name or file
	byName  bool           // learners are told apart by it
	ports   map[string]int // by role, for a scenario alone

	labs    []*lab.Lab
	clients map[*lab.Lab]*clientFiles
	// folderNew is set when no folder was named, and up once visitors are told how to come.
	folderNew, up bool

	book  *visits.Book
	class *visits.Class // nil without a lesson
}

func newLabServe(std streams) *cobra.Command {
	s, given := &server{std: std, o: &options{}, ports: map[string]int{}}, [5]int{}
	c := &cobra.Command{
		Use: "serve [SCENARIO[/NAME][=PORT]]...", Short: "run the practice server and show who connects", Long: fmt.Sprintf(serveLong, limitsInWords(publicLimits)),
		Example: "  ehlo lab serve\n  ehlo lab serve stripped=1587 expired=2587 submission=3587\n  ehlo lab serve stripped/submission=1587 stripped/submissions=1465 expired=2587\n  ehlo lab serve greylist --relay 1025 --plain\n  ehlo lab serve --listen 192.0.2.10 stripped=1587\n  ehlo lab serve --lesson ports-of-mail submission=1587 --results class.csv",
		Args:    scenarioArgs, ValidArgsFunction: completeScenario,
		RunE: func(c *cobra.Command, args []string) error {
			for i, role := range roles {
				s.ports[role] = given[i]
			}
			return s.run(untilTold(c), args)
		},
	}
	f := c.Flags()
	for i, role := range roles {
		f.IntVar(&given[i], role, 0, "port for "+role+", for a single scenario (default: a free one)")
	}
	f.StringVar(&s.listen, "listen", "", "listen on this address of the machine, 0.0.0.0 or :: for all, instead of on loopback: others can then connect")
	f.StringVar(&s.ca, "ca-file", "", "write the server's CA certificate here (default: a temporary file)")
	f.StringVar(&s.folder, "keep", "", "store the visitors' transcripts in this folder, which is created if it does not exist (default: a new one beside the transcripts)")
	f.StringVar(&s.logFile, "log", "", "append the server's own log to this file, in the format of Postfix; - is standard error")
	f.StringVar(&s.results, "results", "", "write the result of each visitor into this new file, comma-separated values with a row each; --json has the same and more")
	f.StringVar(&s.remark, "remark", "", "say this to every visitor in the reply to EHLO, such as 'stop after STARTTLS': at most 200 characters of ASCII")
	f.StringVar(&s.lesson, "lesson", "", "serve the scenarios of this lesson, a name or a file, and show who is at which step")
	f.BoolVar(&s.byName, "by-name", false, "with --lesson, tell learners apart by the name in EHLO instead of by address")
	f.BoolVar(&s.json, "json", false, "print the events as JSON, one per line")
	f.BoolVar(&s.path, "on-path", false, "with --plain or --json, report what a device on the path changes in a visitor's session")
	plainFlag(c, s.o)
	seedFlag(c, s.o)
	scenariosFlag(c, s.o)
	return c
}

// roles are what has a port of its own; names is the name server.
var roles = []string{"relay", "submission", "submissions", "alternate", "names"}

// publicLimits are for a server that others can reach: enough for a class, too little to do harm with.
var publicLimits = lab.Limits{Clients: 1000, PerClient: 40, Time: 15 * time.Minute, Bytes: 12 << 20, Lines: 2000}

func limitsInWords(l lab.Limits) string {
	return fmt.Sprintf("%d connections, %d from one address; each %d minutes, %d MiB and %d lines", l.Clients, l.PerClient, int(l.Time.Minutes()), l.Bytes>>20, l.Lines)
}

func (s *server) run(ctx context.Context, args []string) (err error) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	switch {
	case s.json && s.o.plain:
		return usage(errors.New("--json and --plain cannot be given together"))
	case len(s.remark) > 200 || strings.ContainsFunc(s.remark, func(r rune) bool { return r < ' ' || r > '~' }):
		return usage(errors.New("--remark: want at most 200 characters of ASCII on one line"))
	case s.path && !s.json && hasScreen(s.std, s.o):
		return usage(errors.New("--on-path is for --plain and --json"))
	case s.byName && s.lesson == "":
		return usage(errors.New("--by-name is for --lesson"))
	}
	if err := s.begin(ctx); err != nil {
		return err
	}
	posts, err := s.posts(ctx, args)
	if err != nil {
		return err
	}
	out, closeLog, err := s.openLog()
	if err != nil {
		return err
	}
	defer closeLog()
	if err := s.makeFolder(); err != nil {
		return err
	}
	kept, err := newResults(s.results)
	if err != nil {
		return err
	}
	defer func() { err = s.left(kept, err) }()
	debug.SetMemoryLimit(memoryAimedAt)
	face := s.face()
	s.book = &visits.Book{Folder: s.folder, Program: program(), Exercise: s.o.exercise, Class: s.class, Tell: s.telling(face, kept)}
	defer func() { s.close(); face.closed() }()
	if err := s.start(posts, out); err != nil {
		return err
	}
	remove, err := s.writeCertificates()
	defer remove()
	if err != nil {
		return err
	}
	s.warn()
	if err := face.open(s.ca); err != nil {
		return err
	}
	s.up = true
	return face.serve(ctx)
}

// left closes the results. A server that did not come up leaves neither a file of them nor a folder, so that it can be started again.
func (s *server) left(kept *results, failed error) error {
	closed := kept.close()
	if failed != nil && !s.up {
		kept.remove()
		if s.folderNew {
			os.Remove(s.folder) // which is refused where something is in it
		}
	}
	return errors.Join(failed, closed)
}

// telling is what a face and the results are told.
func (s *server) telling(face hall, kept *results) func(visits.Event) {
	return func(e visits.Event) {
		kept.tell(e)
		if e.Deed == nil || s.path {
			face.tell(e)
		}
	}
}

// memoryAimedAt has the runtime collect more often before a crowd of visitors takes more, in bytes.
const memoryAimedAt = 96 << 20

// close ends the servers, and waits for what is still written about their visitors.
func (s *server) close() {
	for _, l := range s.labs {
		l.Close()
	}
	s.book.Close()
}

// post is a scenario with the ports that were chosen, by role.
type post struct {
	lab.Scenario
	ports map[string]int
	named bool // without a role
}

// posts are the scenarios that are named. One that is named more than once, with roles, is one server.
func (s *server) posts(ctx context.Context, args []string) (list []*post, err error) {
	if len(args) == 0 && s.class == nil {
		args = []string{""}
	}
	taken := map[int]bool{}
	for _, arg := range args {
		p, role, port, err := s.post(ctx, arg, list)
		switch {
		case err != nil:
			return nil, err
		case role == "" && p.named:
			return nil, usage(fmt.Errorf("the scenario %s is named twice", p.Name))
		case port == 0:
		case p.ports[cmp.Or(role, p.Role())] != 0:
			return nil, usage(fmt.Errorf("the port %s of %s is chosen twice", cmp.Or(role, p.Role()), p.Name))
		case taken[port]:
			return nil, usage(fmt.Errorf("port %d is chosen twice", port))
		}
		p.named = p.named || role == ""
		if port != 0 {
			p.ports[cmp.Or(role, p.Role())], taken[port] = port, true
		}
		if !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	list = s.taught(list)
	return list, s.alone(list)
}

// begin reads the lesson of a class.
func (s *server) begin(ctx context.Context) error {
	if s.lesson == "" {
		return nil
	}
	l, err := s.o.lesson(ctx, s.lesson)
	if err != nil {
		return err
	}
	if s.class = visits.NewClass(l, s.byName); len(s.class.Stops) == 0 {
		return &failure{record.ExitUsage, "--lesson: no step of " + l.Name + " has a session with a server that answers", "ehlo learn takes it without a server"}
	}
	return nil
}

// taught adds what the lesson needs besides the scenarios that are named.
func (s *server) taught(list []*post) []*post {
	if s.class == nil {
		return list
	}
	for _, stop := range s.class.Stops {
		if !slices.ContainsFunc(list, func(p *post) bool { return p.Name == stop.Station.Name }) {
			list = append(list, &post{Scenario: stop.Station.Scenario, ports: map[string]int{}})
		}
	}
	return list
}

// alone gives a single scenario the ports of the flags, which are for nothing else.
func (s *server) alone(list []*post) error {
	for _, role := range roles {
		port := s.ports[role]
		switch {
		case port == 0:
		case len(list) > 1:
			return usage(fmt.Errorf("--%s is only for a single scenario; with several, write %s/%s=PORT", role, list[0].Name, role))
		case list[0].ports[role] != 0:
			return usage(fmt.Errorf("the port %s of %s is chosen twice", role, list[0].Name))
		default:
			list[0].ports[role] = port
		}
	}
	return nil
}

// post reads an argument: the scenario, which may be in the list already, and the role and port where they are given.
func (s *server) post(ctx context.Context, arg string, list []*post) (p *post, role string, port int, err error) {
	name, number, chosen := strings.Cut(arg, "=")
	name, role, _ = strings.Cut(name, "/")
	if name, err = s.o.chosen(ctx, name); err != nil {
		return nil, "", 0, err
	}
	sc, err := s.o.scenario(name)
	if err != nil {
		return nil, "", 0, err
	}
	if role != "" && !slices.Contains(roles, role) {
		return nil, "", 0, usage(fmt.Errorf("%s: the role %s is not one of %s", arg, role, strings.Join(roles, ", ")))
	}
	if chosen {
		if port, err = strconv.Atoi(number); err != nil || port < 1 || port > 65535 {
			return nil, "", 0, usage(fmt.Errorf("%s: want a number from 1 to 65535 as the port", arg))
		}
	} else if role != "" {
		return nil, "", 0, usage(fmt.Errorf("%s: the port is missing, as in %s/%s=1587", arg, name, role))
	}
	if i := slices.IndexFunc(list, func(p *post) bool { return p.Name == sc.Name }); i >= 0 {
		return list[i], role, port, nil
	}
	return &post{Scenario: sc, ports: map[string]int{}}, role, port, nil
}

// start starts a server for each scenario. Clients trust one root for all of them.
func (s *server) start(posts []*post, log io.Writer) error {
	for _, p := range posts {
		o := lab.Options{Ports: p.ports, Log: log, Seed: s.o.asked.Seed, Forgets: true, Names: true, Remark: s.remark, Visits: s.book.Watch(p.Scenario)}
		if s.public() {
			o.Limits = publicLimits
		}
		if s.listen != "" {
			o.Listen = s.listen
		}
		if len(s.labs) > 0 {
			o.Beside = s.labs[0]
		}
		l, err := lab.Start(p.Scenario, o)
		if err != nil {
			return notStarted(p.Name, err)
		}
		s.labs = append(s.labs, l)
	}
	return nil
}

// notStarted is why a server does not start, with what can be done about it.
func notStarted(name string, err error) error {
	hint := seeHelp
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		hint = "another program uses this port: stop it, choose another port, or leave the number out for a free one"
	case errors.Is(err, syscall.EACCES):
		hint = "ports below 1024 need administrator rights on most systems: choose a higher one"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		hint = "--listen takes an address that this machine has; 0.0.0.0 stands for all of IPv4, :: for all"
	}
	return &failure{record.ExitUsage, fmt.Sprintf("%s: %v", name, err), hint}
}

// public reports whether others than the programs of this machine can connect.
func (s *server) public() bool {
	a, err := netip.ParseAddr(s.listen)
	return s.listen != "" && s.listen != "localhost" && (err != nil || !a.IsLoopback())
}

// warn says what a server that others can reach means.
func (s *server) warn() {
	if !s.public() {
		return
	}
	fmt.Fprintf(s.std.err, "!! Warning: the practice server listens on %s. Everyone who can reach this address can connect to it.\n"+
		"!! Warning: Its accounts are public, and what visitors send is stored in transcripts. It is not a mail server: never enter a real password.\n"+
		"!! Limits: %s.\n", s.listen, limitsInWords(publicLimits))
}

// makeFolder makes the folder of the transcripts.
func (s *server) makeFolder() error {
	if s.folder == "" {
		dir, err := transcripts.Dir()
		if err != nil {
			return err
		}
		s.folderNew, s.folder = true, filepath.Join(dir, "visitors", time.Now().UTC().Format("20060102T150405Z"))
	}
	if err := os.MkdirAll(s.folder, 0o700); err != nil {
		return &failure{record.ExitUsage, "--keep: " + quote(s.folder) + ": " + cause(err).Error(), "name a folder that can be written"}
	}
	return nil
}

// openLog opens the file of the server's own log.
func (s *server) openLog() (io.Writer, func(), error) {
	switch s.logFile {
	case "":
		return nil, func() {}, nil
	case "-":
		return s.std.err, func() {}, nil
	}
	file, err := os.OpenFile(s.logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, notWritten("--log", s.logFile, err)
	}
	return file, func() { file.Close() }, nil
}
