package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"ehlo/session/lab"
	"ehlo/session/lesson"
	"ehlo/session/record"
	"ehlo/transcripts/visits"
	"ehlo/transcripts/words"
	"ehlo/ui"
)

// hall is how a trainer sees who comes.
type hall interface {
	// open says what is served, before anyone is told about.
	open(ca string) error
	// tell is told what happens, one event at a time.
	tell(visits.Event)
	// serve goes on until ctx ends or a person ends it.
	serve(ctx context.Context) error
	// closed is called when everyone has left.
	closed()
}

// announcer prints what happens, from the time on when the servers were announced. It waits for no reader: visitors go on while an output
// is held up, and what is then too much is left out.
type announcer struct {
	hall
	mu    sync.Mutex
	queue []visits.Event
	wake  chan struct{}
	ended chan struct{}
}

// maxQueued is how many events wait for a reader.
const maxQueued = 10000

func newAnnouncer(h hall) *announcer { return &announcer{hall: h, wake: make(chan struct{}, 1)} }

func (a *announcer) tell(e visits.Event) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.queue) == maxQueued {
		return
	}
	a.queue = append(a.queue, e)
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

func (a *announcer) open(ca string) error {
	if err := a.hall.open(ca); err != nil {
		return err
	}
	a.ended = make(chan struct{})
	go func() {
		defer close(a.ended)
		for range a.wake {
			a.print()
		}
	}()
	return nil
}

func (a *announcer) print() {
	a.mu.Lock()
	list := a.queue
	a.queue = nil
	a.mu.Unlock()
	for _, e := range list {
		a.hall.tell(e)
	}
}

// lastWords is how long the end waits for a reader.
const lastWords = 2 * time.Second

// closed prints what is left. Nothing is told any more.
func (a *announcer) closed() {
	close(a.wake)
	if a.ended == nil {
		return
	}
	select {
	case <-a.ended:
		a.print()
		a.hall.closed()
	case <-time.After(lastWords):
	}
}

// untilEnd is a hall that shows events as they come.
type untilEnd struct{}

func (untilEnd) serve(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

func (s *server) face() hall {
	switch {
	case s.json:
		return newAnnouncer(&jsonHall{s: s, out: json.NewEncoder(s.std.out)})
	case hasScreen(s.std, s.o):
		return &boardHall{s: s}
	}
	return newAnnouncer(&plainHall{s: s})
}

// plainHall prints a line for each event.
type plainHall struct {
	untilEnd
	s *server
}

func (h *plainHall) open(ca string) error {
	for _, line := range h.s.guide(ca, widthOf(h.s.std.out)) {
		fmt.Fprintln(h.s.std.out, line)
	}
	_, err := fmt.Fprintf(h.s.std.out, "\nvisitors (ctrl-c stops the server):\n")
	return err
}

func (h *plainHall) tell(e visits.Event) {
	fmt.Fprintf(h.s.std.out, "%s visitor %d, %s\n", e.At.Format(time.TimeOnly), e.Number, eventInWords(e))
}

func (h *plainHall) closed() { h.s.sumUp(h.s.std.out) }

// eventInWords is what happened to a visitor.
func eventInWords(e visits.Event) string {
	switch e.What {
	case "connected":
		return words.List("; ", fmt.Sprintf("%s on %s: connected from %s", e.Scenario, e.Listener.Role, e.Client), standingInWords(e.Lesson, visits.Standing.Place))
	case "step":
		return e.Scenario + ": " + string(e.Step)
	case "on-path":
		return fmt.Sprintf("%s on the path: %s", e.Scenario, deedInWords(e.Deed))
	}
	return words.List("; ", strings.TrimSuffix(fmt.Sprintf("%s: left, %s", e.Scenario, verdictInWords(e.Verdict)), "."), goalInWords(e.Goal), standingInWords(e.Lesson, visits.Standing.InWords))
}

// deedInWords is what a device on the path did.
func deedInWords(d *record.Deed) string {
	p := words.Beside(&record.Event{OnPath: &record.OnPath{Deeds: []record.Deed{*d}}})[0]
	return p.Name + " " + p.Value
}

func verdictInWords(v record.Verdict) string {
	if v.Outcome == "" {
		return "and nothing was kept, because too many left at once"
	}
	return fmt.Sprintf("%s at %s, exit code %d: %s", v.Outcome, v.Phase, v.Exit, v.Cause)
}

func goalInWords(g visits.Goal) string {
	switch g {
	case visits.Solved:
		return "task solved"
	case visits.Delivered:
		return "message delivered; only the visitor's side shows whether the certificate was verified"
	case visits.Open:
		return "task not solved"
	case visits.Unseen:
		return "this side cannot see whether the task is solved"
	}
	return ""
}

// standingInWords is where the learner of a visit is; empty where it belongs to no lesson.
func standingInWords(s visits.Standing, words func(visits.Standing) string) string {
	if s.Steps == 0 {
		return ""
	}
	return words(s)
}

// sumUp says what came of all visits.
func (s *server) sumUp(out io.Writer) {
	_, n := s.book.Rows()
	fmt.Fprintf(out, "%s, %d solved, %d delivered\n", record.Plural(n.All, "visitor", "visitors"), n.Solved, n.Delivered)
	if n.All > n.Unwritten {
		fmt.Fprintf(out, "transcripts: %s\n", s.folder)
	}
	if n.Unwritten > 0 {
		fmt.Fprintf(out, "not written: %s\n", record.Plural(n.Unwritten, "transcript", "transcripts"))
	}
	s.sumUpClass(out)
	if turned := s.turnedAway(); turned > 0 {
		fmt.Fprintf(out, "turned away because of the limits: %s\n", record.Plural(turned, "connection", "connections"))
	}
}

// sumUpClass says where each learner is, with what came of each step.
func (s *server) sumUpClass(out io.Writer) {
	if s.class == nil {
		return
	}
	learners := s.book.Learners()
	fmt.Fprintf(out, "lesson %s: %s\n", s.class.Lesson.Name, record.Plural(len(learners), "learner", "learners"))
	for _, l := range learners {
		var steps []string
		for i, stop := range s.class.Stops {
			steps = append(steps, fmt.Sprintf("step %d, %s %s: %s", stop.Step, stop.Kind, stop.Station.Name, l.Came[i]))
		}
		fmt.Fprintf(out, "%s, at step %d of %d, %s (%s)\n", l.Name, l.Step, len(s.class.Lesson.Steps), l.Sum(), strings.Join(steps, "; "))
	}
}

func (s *server) turnedAway() (n int) {
	for _, l := range s.labs {
		n += l.TurnedAway()
	}
	return n
}

// jsonHall prints an event a line, for a program.
type jsonHall struct {
	untilEnd
	s   *server
	out *json.Encoder
}

// served is the first line: what is served, and where.
type served struct {
	What    string        `json:"what"`
	Servers []servedPlace `json:"servers"`
	CA      string        `json:"ca"`
	Folder  string        `json:"folder"`
	Lesson  *lessonGiven  `json:"lesson,omitempty"`
}

// lessonGiven is the lesson of a class.
type lessonGiven struct {
	Name     string       `json:"name"`
	Title    string       `json:"title"`
	Steps    int          `json:"steps"`
	Sessions []lessonStep `json:"sessions"` // the steps of which something is seen
}

// lessonStep is a step of it, and for one learner what came of it.
type lessonStep struct {
	Step     int         `json:"step"` // counted from 1
	Kind     lesson.Kind `json:"kind"`
	Scenario string      `json:"scenario"`
	Came     string      `json:"came_to,omitempty"`
}

// standing is where a learner is.
type standing struct {
	What     string       `json:"what,omitempty"` // learner, on a line of its own
	Learner  string       `json:"learner"`
	Step     int          `json:"lesson_step"`
	Came     string       `json:"came_to,omitempty"`  // of this step
	Reached  int          `json:"reached"`            // steps
	Ended    int          `json:"ended"`              // steps whose result only the visitor's side shows
	Sessions int          `json:"of"`                 // steps of which something is seen
	Steps    []lessonStep `json:"sessions,omitempty"` // at the end
}

type servedPlace struct {
	Scenario    string              `json:"scenario"`
	Addresses   map[string][]string `json:"addresses"`             // those that are up, by role, with their ports
	Certificate string              `json:"certificate,omitempty"` // of the client, where the scenario is about one
	Key         string              `json:"key,omitempty"`
}

// visited is a line about a visitor.
type visited struct {
	What       string             `json:"what"`
	Time       time.Time          `json:"time"`
	Visitor    int                `json:"visitor"`
	Scenario   string             `json:"scenario"`
	Port       string             `json:"port"`
	Client     string             `json:"client"`
	Step       record.Verb        `json:"step"`
	Outcome    record.Outcome     `json:"outcome,omitempty"`
	Exit       *record.Exit       `json:"exit,omitempty"`
	Finding    record.FindingCode `json:"finding,omitempty"`
	Cause      string             `json:"cause,omitempty"`
	Goal       visits.Goal        `json:"goal,omitempty"`
	Deed       *record.Deed       `json:"deed,omitempty"`
	Lesson     *standing          `json:"lesson,omitempty"`
	Transcript string             `json:"transcript,omitempty"`
}

func (h *jsonHall) open(ca string) error {
	line := served{What: "serving", CA: ca, Folder: h.s.folder}
	if c := h.s.class; c != nil {
		line.Lesson = &lessonGiven{c.Lesson.Name, c.Lesson.Title, len(c.Lesson.Steps), h.s.sessions(nil)}
	}
	for _, l := range h.s.labs {
		line.Servers = append(line.Servers, h.s.place(l))
	}
	return h.out.Encode(line)
}

func (s *server) place(l *lab.Lab) servedPlace {
	p := servedPlace{Scenario: l.Scenario().Name, Addresses: map[string][]string{}}
	for _, ln := range l.Listeners() {
		for _, addr := range []string{ln.Addr, ln.Addr6} {
			if addr != "" {
				p.Addresses[ln.Role] = append(p.Addresses[ln.Role], addr)
			}
		}
	}
	if names := l.NameServer(); names != "" {
		p.Addresses["names"] = []string{names}
	}
	if c := s.clients[l]; c != nil {
		p.Certificate, p.Key = c.cert, c.key
	}
	return p
}

func (h *jsonHall) tell(e visits.Event) {
	line := visited{What: e.What, Time: e.At, Visitor: e.Number, Scenario: e.Scenario, Port: e.Listener.Role, Client: e.Client, Step: e.Step, Goal: e.Goal, Transcript: e.Path, Deed: e.Deed}
	if at := e.Lesson; at.Steps > 0 {
		line.Lesson = standingOf(at.Learner)
		line.Lesson.Step, line.Lesson.Came = at.Step, at.Came.Word()
	}
	if e.Over {
		v := e.Verdict
		line.Outcome, line.Exit, line.Finding, line.Cause = v.Outcome, &v.Exit, v.Finding, v.Cause
	}
	h.out.Encode(line) // who no longer reads is no reason to stop serving
}

// closed prints where each learner of a class is.
func (h *jsonHall) closed() {
	for _, l := range h.s.book.Learners() {
		line := standingOf(l)
		line.What, line.Steps = "learner", h.s.sessions(l.Came)
		h.out.Encode(line)
	}
}

func standingOf(l visits.Learner) *standing {
	reached, ended := l.Count()
	return &standing{Learner: l.Name, Step: l.Step, Reached: reached, Ended: ended, Sessions: len(l.Came)}
}

// sessions are the steps of the lesson of which something is seen, with what came of them where that is asked for.
func (s *server) sessions(came []visits.Came) (steps []lessonStep) {
	for i, stop := range s.class.Stops {
		one := lessonStep{Step: stop.Step, Kind: stop.Kind, Scenario: stop.Station.Name}
		if came != nil {
			one.Came = came[i].Word()
		}
		steps = append(steps, one)
	}
	return steps
}

// boardHall shows the visitors on the screen.
type boardHall struct {
	s     *server
	board ui.Board
}

func (h *boardHall) open(ca string) error {
	h.board = ui.Board{Rows: h.s.book.Rows, Class: h.s.class, Learners: h.s.book.Learners, Changed: h.s.book.Changed(), TurnedAway: h.s.turnedAway, Guide: func(width int) []string { return h.s.guide(ca, width) }, Folder: h.s.folder}
	for _, l := range h.s.labs {
		h.board.Servers = append(h.board.Servers, serverInALine(l))
	}
	if h.s.public() {
		h.board.Warning = "everyone who can reach " + h.s.listen + " can connect; never enter a real password"
	}
	return nil
}

// serverInALine is a scenario with the address that it is about.
func serverInALine(l *lab.Lab) string {
	about := l.Scenario().Role()
	for _, p := range l.Listeners() {
		if p.Role == about && !p.Down {
			return fmt.Sprintf("%-26s %s://%s", l.Scenario().Name, schemeOf(p), reachable(p.Addr))
		}
	}
	return fmt.Sprintf("%-26s down in this scenario", l.Scenario().Name)
}

func (h *boardHall) tell(visits.Event) {}

// serve shows the board, and the sessions that are opened from it.
func (h *boardHall) serve(ctx context.Context) error {
	for {
		row, err := h.board.Run(ctx)
		if row == nil || err != nil {
			return err
		}
		if err := h.show(ctx, row); err != nil && !interruptedAlone(err) {
			return err
		}
	}
}

// show replays a visitor's session: its transcript, or what has happened so far.
func (h *boardHall) show(ctx context.Context, row *visits.Row) error {
	a := app(ctx, h.s.std, h.s.o)
	if log := h.s.book.Log(row.Number); log != nil {
		a.Open = func(string) (*ui.Replay, error) { return &ui.Replay{Source: log}, nil }
	}
	if row.Over && row.Path == "" {
		return nil
	}
	_, err := a.Replay(ctx, row.Path)
	return err
}

func (h *boardHall) closed() { h.s.sumUp(h.s.std.out) }
