package ui

import (
	"context"
	"crypto/tls"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/certificate"
	"ehlo/session/course"
	"ehlo/session/doctor"
	"ehlo/session/engine"
	"ehlo/session/quiz"
	"ehlo/session/record"
	"ehlo/session/setup"
	"ehlo/session/survey"
	"ehlo/session/walk"
)

// App is what the screen needs from the rest of the program. Launch, Lanes, Open and Recent may take their time: they are
// called off the screen's own goroutine.
type App struct {
	// Launch starts a session: the practice server if the request names a scenario, the engine, the recorder.
	Launch func(Request) (*Live, error)
	// Lanes starts sessions with the practice server, one for each scenario of these names, to walk them side by side; nil if that cannot be done.
	Lanes func(names []string) ([]Lane, error)
	// Abandon ends what a start still waits for, such as a file that is a pipe: the program ends. nil if it waits for nothing.
	Abandon func()
	// Open reads a transcript; Read reads all of it at once, to compare it, and is nil if nothing is compared.
	Open func(path string) (*Replay, error)
	Read func(path string) (*Replay, error)
	// Sessions are those in a file that another program wrote; none of a transcript. nil where no such file is read.
	Sessions func(path string) ([]Session, error)
	// At is where the replay of a file begins: the number of the last event that is shown, [AtStart] or [AtEnd].
	At int
	// Follow has a transcript begin with its newest event.
	Follow bool
	// Present shows a session to a class, one thing at a time, until a person leaves that.
	Present bool
	// Predict has a question come before each step, until a person wants no more of them.
	Predict bool
	// Recent lists the transcripts, newest first; Files changes what is on disk, nil if that cannot be done.
	Recent func() []Recent
	Files  Files
	// Targets are the servers that are saved under names; nil if none can be.
	Targets Targets
	// Progress keeps what was solved and learned; nil if nothing does.
	Progress Progress
	// Survey looks at the ports of a host, and tells what is known whenever that has changed; it ends with ctx. nil if nothing is surveyed.
	Survey func(ctx context.Context, asked SurveyRequest, told SurveyNews) (*survey.Survey, error)
	// Route follows the way of mail to a domain, and Doctor looks for what is wrong first with a host, a domain or an address; news is called with
	// what is known and how far they have come. Both end with ctx. nil where that cannot be done.
	Route  func(ctx context.Context, domain string, news News[Routed]) (*Routed, error)
	Doctor func(ctx context.Context, target string, news News[doctor.Diagnosis]) (*doctor.Diagnosis, error)
	// Questions makes a round of the quiz of what is wanted; nil if there is none.
	Questions func(quiz.Wanted) (*quiz.Round, error)
	// Scenarios gives what can be practiced, in the order to show; those with the same Group stand together. Home asks for it.
	Scenarios func() []Scenario
	Version   string
	// Author signs the notes of this person, until they sign them otherwise; nil leaves them unsigned.
	Author func() string
	// ReadCA and ReadCertificate read what an advice takes: trusted roots, and a certificate with its key, both in PEM.
	// Canceling ctx ends the wait for a file that is a pipe. nil if there are no files to read from.
	ReadCA          func(ctx context.Context, path string) (certificate.Roots, error)
	ReadCertificate func(ctx context.Context, cert, key string) (*tls.Certificate, error)
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Drive runs the screen until a person quits; nil runs it on the terminal. What drives it without one waits for
	// [Screen.AtRest] between keys.
	Drive func(ctx context.Context, s Screen) error
}

// Screen is the program as one Bubble Tea model.
type Screen interface {
	tea.Model
	// AtRest reports whether nothing is on its way: no session is being started, no step runs, and all events that there
	// are have come to the screen.
	AtRest() bool
}

// Engine is what the screen needs of a [session.Session].
type Engine interface {
	Do(ctx context.Context, st record.Step) error
	Note(n record.Note)
	// Reveal has the secrets of the steps to come shown and recorded as they are, or masked again.
	Reveal(on bool)
	// Check says how a typed line of AUTH differs from what the mechanism would send; nil if it does not. It is called
	// while no step runs.
	Check(st record.Step) []string
	// Finish closes the log with the verdict.
	Finish() record.Verdict
	// Outcome is the verdict as things stand; it writes nothing. Like Change it is called while no step runs.
	Outcome() record.Verdict
	// Change goes on by another plan in the same log.
	Change(c record.Change, m engine.Means)
	Close() error
	Log() *record.Log
}

// Live is a session that has been started and has taken no step yet.
type Live struct {
	Engine Engine
	// Source is what the screen shows: the recorder's view of the engine's log, so that no event is seen before it is
	// safe in the file. It has to catch up with the log without being asked.
	Source record.Source
	Goal   walk.Goal
	// Trail are the steps of a recorded session that this one takes first, see [walk.Retrace]; none for a session of its own.
	Trail []walk.Taken
	// Path is where the transcript is; empty if none is kept.
	Path string
	// Accounts are the practice server's users.
	Accounts []Account
	// Exercise is what the scenario asks of a person; nil where nothing is asked.
	Exercise *course.Exercise
	// Own are the scenarios of a trainer's file, which come next before all others.
	Own []course.Station
	// Roots and Certificate are what the practice server gives to its clients, for the advice that asks for it; nil on other
	// servers, where a person names files.
	Roots       func() (certificate.Roots, error)
	Certificate func() (*tls.Certificate, error)
	// Advance moves the practice server's clock on, for an advice to wait; nil on other servers.
	Advance func(time.Duration)
	// Arrived are the messages in the mailboxes of the practice server; nil on other servers.
	Arrived func() []setup.Arrival
	// Asked is what the session was started with; its secrets are not in it.
	Asked Request
	// Told is what there is to say of it once, before anything else; empty for nothing.
	Told string
	// Before are the sessions whose advice has led to this one, in order, and Made is what a person made of the exercise in them; none for a
	// session of its own.
	Before []Ended
	Made   course.Attempt
	// Timeout replaces [session.Deadline] for every step; 0 keeps it.
	Timeout time.Duration
	// Again starts the same once more, with a transcript of its own; nil if that cannot be done.
	Again func() (*Live, error)
	// Next makes another session with the same server once this one has ended, with a transcript of its own; nil if that
	// cannot be done.
	Next func() *Live
	// Failed says why the transcript can no longer be written; nil while it can.
	Failed func() error
	// Stop ends what was started and flushes the transcript. It is called once, after the last step has returned and
	// the log was finished.
	Stop func() error
}

// Ended is a session that has come to its end.
type Ended struct {
	Verdict record.Verdict
	Path    string // of its transcript; empty if none is kept
}

// attempts is how many it has taken.
func (e Ended) attempts() int { return len(e.Verdict.Facts.Earlier) + 1 }

// Account is a user of the practice server. Nothing in it is secret.
type Account struct {
	User, Password, Note string
	// AppPassword works where the password is refused, Token is for XOAUTH2 and OAUTHBEARER; empty if there is none.
	AppPassword, Token string
}

// Replay is a transcript that has been opened.
type Replay struct {
	Source record.Source
	Path   string
	// AddNote keeps a note, or another form of one, and AddAbout what is said of the file; it then appears in Source. Nil if the
	// file cannot be written.
	AddNote  func(record.Note) error
	AddAbout func(record.About) error
	// Damage says where and how the file is damaged, in one sentence; empty if it is whole. nil if no file can be.
	Damage func() string
	// Running reports whether the session still goes on and its file is written: it has come to nothing yet. nil if it does not.
	Running func() bool
	// Whole reports whether all that the file holds has come to Source; nil if it has.
	Whole func() bool
	// Close releases the file; may be nil.
	Close func() error
}

func (r *Replay) damage() string {
	if r == nil || r.Damage == nil {
		return ""
	}
	return r.Damage()
}

func (r *Replay) running() bool { return r != nil && r.Running != nil && r.Running() }
func (r *Replay) whole() bool   { return r == nil || r.Whole == nil || r.Whole() }

// Request is what a person asked for on the home screen: a scenario, or a server, and the files that it names.
type Request struct {
	setup.Request
	CAFile, CertFile, KeyFile string
	Saved                     string // the name under which it was just saved; empty if it was not
	// AskSecrets has all secrets asked for: a transcript named the server, and none that lies ready is meant for it.
	AskSecrets bool
}

// Scenario is something to practice.
type Scenario struct {
	Name, Group, Title, Story, Task string
	Level                           string // how much it takes for granted, in a word
	Minutes                         int    // how long it takes, about
	Topics                          []string
	Codes                           []string // of the replies that say no in it
}

// words are all that it can be found by.
func (s Scenario) words() string {
	return strings.Join(append([]string{s.Name, s.Group, s.Title, s.Story}, s.Codes...), " ")
}

// Session is one of those that another program recorded in a file.
type Session struct {
	Name string // the server, and what it said
	When string // empty where the file does not say
	// Keep makes a transcript of it. told is what there is to say of that, in a sentence.
	Keep func() (path, told string, err error)
}

// Recent is a transcript on disk, or a file of another program in the same folder.
type Recent struct {
	Path    string
	Foreign bool // it is of another program
	When    time.Time
	Title   string // of a scenario, else empty
	Target  string
	Outcome string
	Also    string // what else it is found by
}

func (a *App) now() time.Time {
	if a.Now != nil {
		return a.Now()
	}
	return time.Now()
}
