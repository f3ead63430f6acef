package ui

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/certificate"
	"ehlo/session/engine"
	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
	"ehlo/ui/paint"
)

// apply follows an advice in the same log: it asks for what that takes. The step that is then proposed is prepared, not sent.
func (w *explorer) apply(a record.Advice) tea.Cmd {
	g := walk.Asks(a)
	if g == nil {
		return w.agreed(a)
	}
	back := w.sheet
	w.inquire(g, func() { w.sheet = back }, func() tea.Cmd { return w.agreed(a) })
	return nil
}

// inquire asks before an advice is followed.
func (w *explorer) inquire(g *walk.Guard, no func(), yes func() tea.Cmd) {
	w.sheet = &question{text: g.Question, why: g.Why, answer: "yes, in another attempt", yes: func() tea.Cmd { w.sheet = nil; return yes() }, no: no}
}

// agreed follows an advice about which nothing is to be asked any more.
func (w *explorer) agreed(a record.Advice) tea.Cmd {
	needs, _ := walk.CanFollow(a)
	if a.Do == record.RetryAfter && a.After > 0 && w.live.Advance == nil && !w.snap.Start.Target.Lab {
		w.sheet = &countdown{w: w, advice: a, until: w.env.now().Add(a.After), back: w.sheet}
		return w.beat()
	}
	switch needs {
	case walk.InputNone:
		return w.goOn(w.goal, a, "", nothingElse)
	case walk.InputPassword, walk.InputToken:
		return w.askSecret(a, needs)
	case walk.InputCA:
		return w.askCA(a)
	case walk.InputCertificate:
		return w.askCertificate(a)
	}
	value := ""
	if a.Port != 0 {
		value = fmt.Sprint(a.Port)
	}
	w.prompt(string(needs), value, helpFor.Of(needs), func(value string) error {
		_, _, err := walk.Follow(w.snap, w.goal, a, value)
		if err != nil {
			return fmt.Errorf("give the %s", needs)
		}
		return nil
	}, func(value string) tea.Cmd { return w.goOn(w.goal, a, value, nothingElse) })
	return nil
}

// helpFor says what is asked for.
var helpFor = lazy.Table[walk.Input, string]{
	{walk.InputPort, "the port to connect to"}, {walk.InputHost, "the name or address of the server"}, {walk.InputAddress, "the address to use in the envelope instead"},
	{walk.InputEHLOName, "the name to give after EHLO: a full host name, or an address in brackets"}, {walk.InputServerName, "the name that the certificate has to contain"},
}

// prompt asks for one line. Enter alone leaves it: no walk by enter is endless. What led to it is then there again.
func (w *explorer) prompt(label, value, help string, check func(string) error, accept func(string) tea.Cmd) {
	left := func() {}
	if t, failed := w.sheet.(*trouble); failed {
		left = func() { w.sheet = t }
	}
	w.sheet = &editor{label: label, input: newInput(value), help: help, check: check, verb: "use it", accept: accept, left: left}
}

// needed refuses an empty line.
func needed(what string) func(string) error {
	return func(value string) error {
		if strings.TrimSpace(value) == "" {
			return errors.New("give the " + what)
		}
		return nil
	}
}

// askSecret asks for a password or a token, unseen, and before it for the user if there is none.
func (w *explorer) askSecret(a record.Advice, needs walk.Input) tea.Cmd {
	g := w.goal
	secret := func() {
		w.prompt(string(needs), "", "for "+g.Credentials.Username+"; "+w.keptSecret(g.Credentials.Username, needs), needed(string(needs)), func(value string) tea.Cmd {
			if needs == walk.InputToken {
				g.Credentials.Token = sasl.NewSecret(value)
			} else {
				g.Credentials.Password = sasl.NewSecret(value)
			}
			return w.goOn(g, a, "", nothingElse)
		})
		w.sheet.(*editor).input.hidden = true
	}
	if g.Credentials.Username != "" {
		secret()
		return nil
	}
	w.prompt("user", "", "the name to log in with", needed("user"), func(value string) tea.Cmd {
		g.Credentials.Username = strings.TrimSpace(value)
		secret()
		return nil
	})
	return nil
}

// keptSecret says what becomes of a secret that is typed: that of a practice user is none, and is shown.
func (w *explorer) keptSecret(user string, needs walk.Input) string {
	const kept = "neither shown nor stored"
	if known := w.practiced(user, needs); known != "" {
		return "for practice it is " + known + ", which is shown; any other is " + kept
	}
	return "it is " + kept
}

// practiced tells the secret of a user of the practice server, where it is no secret and a person cannot know it; empty on other
// servers.
func (w *explorer) practiced(user string, needs walk.Input) string {
	i := slices.IndexFunc(w.live.Accounts, func(a Account) bool { return a.User == user })
	switch {
	case i < 0:
		return ""
	case needs == walk.InputToken:
		return w.live.Accounts[i].Token
	case w.live.Accounts[i].AppPassword != "":
		return w.live.Accounts[i].Password + ", and the application password " + w.live.Accounts[i].AppPassword
	}
	return w.live.Accounts[i].Password
}

// means gives what following an advice takes that no plan holds.
type means func(context.Context) (engine.Means, error)

func nothingElse(context.Context) (engine.Means, error) { return engine.Means{}, nil }

// askCA asks for a file with the CA's certificate; the practice server has its own to give. Either is read, and shown before it is trusted.
func (w *explorer) askCA(a record.Advice) tea.Cmd {
	if roots := w.live.Roots; roots != nil {
		return w.shownFirst(a, func(context.Context) (certificate.Roots, error) { return roots() })
	}
	read := w.env.readCA
	w.prompt("CA file", "", "a PEM file with the CA certificate; its fingerprint is shown before it is trusted", needed("path"), func(path string) tea.Cmd {
		w.live.Asked.CAFile = path
		return w.shownFirst(a, func(ctx context.Context) (certificate.Roots, error) { return read(ctx, path) })
	})
	return nil
}

// unconfirmed is no fault: roots have been read, and a person has not agreed to them yet.
type unconfirmed struct {
	roots   certificate.Roots
	advice  record.Advice
	verdict *record.Verdict // what stood there before
}

func (*unconfirmed) Error() string { return "the CA is not trusted yet" }

// shownFirst reads roots and asks whether they are to be trusted.
func (w *explorer) shownFirst(a record.Advice, read func(context.Context) (certificate.Roots, error)) tea.Cmd {
	verdict := w.verdict
	return w.goOn(w.goal, a, "", func(ctx context.Context) (engine.Means, error) {
		roots, err := read(ctx)
		if err == nil {
			err = &unconfirmed{roots, a, verdict}
		}
		return engine.Means{}, err
	})
}

// askTrust asks whether roots that have been read are to be trusted.
func (w *explorer) askTrust(u *unconfirmed) {
	w.onward, w.verdict = false, u.verdict
	w.propose()
	w.inquire(walk.Trusts(w.snap, u.roots), nil, func() tea.Cmd {
		return w.goOn(w.goal, u.advice, "", func(context.Context) (engine.Means, error) {
			return engine.Means{Roots: u.roots.Pool, RootsFrom: u.roots.From}, nil
		})
	})
}

// askCertificate asks for the files of a client certificate.
func (w *explorer) askCertificate(a record.Advice) tea.Cmd {
	follow := func(read func(context.Context) (*tls.Certificate, error)) tea.Cmd {
		return w.goOn(w.goal, a, "", func(ctx context.Context) (engine.Means, error) {
			cert, err := read(ctx)
			return engine.Means{Certificate: cert}, err
		})
	}
	if own := w.live.Certificate; own != nil {
		return follow(func(context.Context) (*tls.Certificate, error) { return own() })
	}
	read := w.env.readCertificate
	w.prompt("certificate file", "", "a PEM file with the client certificate", needed("path"), func(cert string) tea.Cmd {
		w.prompt("key file", "", "a PEM file with the key of that certificate", needed("path"), func(key string) tea.Cmd {
			w.live.Asked.CertFile, w.live.Asked.KeyFile = cert, key
			return follow(func(ctx context.Context) (*tls.Certificate, error) { return read(ctx, cert, key) })
		})
		return nil
	})
	return nil
}

// goOn changes what is wanted and how. g holds what a person has given that is secret.
func (w *explorer) goOn(g walk.Goal, a record.Advice, value string, m means) tea.Cmd {
	w.sheet = nil
	g, change, err := walk.Follow(w.snap, g, a, value)
	if w.live.Advance != nil {
		change.Skipped = a.After
	}
	if err == nil && w.canFollowOn() {
		return w.followOn(g, change, m)
	}
	if err != nil || !w.canSend() {
		return nil
	}
	ctx, cancel := context.WithCancelCause(w.bridge.ctx)
	w.advance(change)
	w.verdict, w.follow, w.gaveNone = nil, true, false
	w.busy = &busy{label: w.adviceWords(a), since: w.env.now(), first: w.pane.Len(), cancel: cancel, goal: &g}
	return tea.Batch(w.bridge.change(ctx, change, m), w.beat())
}

// advance moves the practice server's clock on in place of a wait; the log says so.
func (w *explorer) advance(c record.Change) {
	if c.Skipped > 0 {
		w.live.Advance(c.Skipped)
	}
}

// followOn does the same after the end, in a session of its own. Nothing is begun where what the advice takes cannot be read.
func (w *explorer) followOn(g walk.Goal, c record.Change, m means) tea.Cmd {
	w.advance(c)
	c.Left = nil // this session itself tells what it came to, and is counted as one of those before
	w.onward = true
	asked, made := w.live.Asked, w.made // here: the session is begun beside the screen
	before := append(slices.Clip(w.live.Before), Ended{w.cameTo(), w.live.Path})
	return func() tea.Msg {
		return leaveMsg{w, func() (*Live, error) {
			given, err := m(w.bridge.ctx)
			if err != nil {
				return nil, err
			}
			next := w.live.Next()
			next.Engine.Change(c, given)
			next.Goal, next.Asked, next.Before, next.Made = g, asked, before, made
			_ = w.bridge.join() // the error is reported when the program ends
			return next, nil
		}}
	}
}

// countdown waits as long as a server has asked for before the next attempt.
type countdown struct {
	w      *explorer
	advice record.Advice
	until  time.Time
	back   sheet // what led to it; may be nil
}

func (c *countdown) title() string { return "waiting" }
func (c *countdown) below() bool   { return true }

func (c *countdown) hints() []key.Help {
	return []key.Help{{Key: "enter", Desc: "try again now"}, {Key: "esc", Desc: "leave it"}}
}

func (c *countdown) press(k tea.KeyMsg) (tea.Cmd, bool) {
	switch k.String() {
	case "enter":
		return c.over(), true
	case "esc", "q":
		c.w.sheet = c.back
		return nil, true
	}
	return nil, false
}

// over goes on once the time is up, or before.
func (c *countdown) over() tea.Cmd { return c.w.goOn(c.w.goal, c.advice, "", nothingElse) }

func (c *countdown) lines(width, height int) []paint.Line {
	left := c.until.Sub(c.w.env.now())
	head := paint.Accent.Line("○ ").And(paint.Strong, "the next attempt can be made in "+span(left.Round(time.Second)))
	return append([]paint.Line{head}, limit(paint.Hang(paint.Text("  "), paint.Wrap(paint.Plain, "When the time is up, the first step is prepared, and nothing is sent.", width-2)), height-1)...)
}

// tick ends a countdown whose time is up.
func (w *explorer) tick() tea.Cmd {
	c, counting := w.sheet.(*countdown)
	if !counting || w.env.now().Before(c.until) {
		return nil
	}
	return c.over()
}
