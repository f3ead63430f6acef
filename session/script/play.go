package script

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"ehlo/session/engine"
	"ehlo/session/record"
	"ehlo/session/walk"
)

// A Point is an expectation, and whether it was met.
type Point struct {
	Line int
	Text string
	Met  bool
	Got  string // what there was; empty where it was met
}

// Play has a case with a session that has not begun, and says of each expectation whether it was met. The error is ctx's, or a guard:
// what needs a person's consent that was not given beforehand. The session is not finished.
func (c *Case) Play(ctx context.Context, s *engine.Session, g walk.Goal) ([]Point, error) {
	p := player{session: s, goal: g}
	for _, st := range c.Statements {
		if st.do == expects {
			if err := p.begin(ctx); err != nil {
				return p.points, err
			}
			p.points = append(p.points, p.check(st))
			continue
		}
		if err := p.play(ctx, st); err != nil {
			return p.points, err
		}
	}
	return p.points, nil
}

type player struct {
	session *engine.Session
	goal    walk.Goal
	known   record.Snapshot
	read    int
	points  []Point
	began   bool
	closed  bool
	trouble string // why the last statement has no reply
	line    string // what was sent last, as it may be shown
}

// now is the session as it stands.
func (p *player) now() record.Snapshot {
	log := p.session.Log()
	for ; p.read < log.Len(); p.read++ {
		p.known = p.known.Next(log.At(p.read))
	}
	return p.known
}

func (p *player) check(st Statement) Point {
	point := Point{Line: st.Line, Text: st.Text, Met: true}
	if st.of {
		point.Text = short(p.line) + ": expect 2.. or 3.."
	}
	for _, holds := range st.holds {
		if ok, got := holds(p.now(), time.Now()); !ok {
			if point.Met, point.Got = false, got; got == noReply || !p.known.State.Connected() {
				point.Got = cmp.Or(p.trouble, got)
			}
			point.Got = short(point.Got)
			break
		}
	}
	return point
}

// longest is how much is repeated of what a server or a script says, in characters: a reply may have a megabyte.
const longest = 500

func short(text string) string {
	n := 0
	for i := range text {
		if n++; n > longest {
			return text[:i] + "…"
		}
	}
	return text
}

// play does a statement. A step that fails is no error: what is expected after it decides, and no reply from before it counts.
func (p *player) play(ctx context.Context, st Statement) error {
	if st.do == waits {
		return wait(ctx, st.wait)
	}
	if err := p.begin(ctx); err != nil {
		return err
	}
	p.line = st.Text
	switch {
	case p.closed:
		if st.do == sends {
			p.line = unsent(st.Text)
		}
		p.void("The script has closed the connection.")
		return nil
	case st.do == closes:
		p.closed = true
		p.known.State.Stage = record.StageClosed // the log has no event for it before its end
		return p.session.Close()
	case st.do == logsIn:
		return p.login(ctx, st)
	case st.do == delivers:
		return p.deliver(ctx)
	}
	return p.send(ctx, st)
}

// send sends a line, and does what follows from it by itself: the handshake after STARTTLS.
func (p *player) send(ctx context.Context, st Statement) error {
	before := p.known.Sent
	if err := p.do(ctx, agreed(record.Step{Verb: record.VerbRaw, Line: st.Text})); err != nil {
		return err
	}
	if p.line = unsent(st.Text); p.now().Sent != before {
		p.line = strings.TrimRight(string(p.known.Sent.Raw), "\r\n")
	}
	if p.known.State.Stage != record.StageUpgrading {
		return nil
	}
	return p.do(ctx, walk.Next(p.known, p.goal))
}

// agreed is a step of whoever wrote DATA or message down: they want the message sent, to a real server too.
func agreed(st record.Step) record.Step { return st.Confirm(record.FoundRealMessage) }

// unsent is what a line is called that was not sent: nobody knows what of it is a secret.
func unsent(line string) string {
	if _, ok := walk.CommandVerb(line); ok {
		return strings.ToUpper(strings.Fields(line)[0])
	}
	return "the line"
}

// begin connects, and waits for the greeting.
func (p *player) begin(ctx context.Context) error {
	if p.began {
		return nil
	}
	p.began = true
	for p.opening() {
		before := p.read
		if err := p.do(ctx, walk.Next(p.now(), p.goal)); err != nil {
			return err
		}
		if p.now(); p.read == before || len(p.known.Failures) > 0 {
			return nil
		}
	}
	return nil
}

// opening reports whether the server has not greeted yet.
func (p *player) opening() bool {
	switch p.now().State.Stage {
	case record.StageIdle, record.StageResolved, record.StageConnected:
		return true
	}
	return false
}

func (p *player) login(ctx context.Context, st Statement) error {
	g := p.goal
	if _, mechanism, ok := strings.Cut(st.Text, " "); ok {
		g.Mechanism, g.Insist = strings.ToUpper(strings.TrimSpace(mechanism)), true
	}
	options := walk.Options(p.now(), g)
	i := slices.IndexFunc(options, func(o walk.Option) bool {
		return o.Step.Verb == record.VerbAuth && (g.Mechanism == "" || strings.EqualFold(o.Step.Mechanism, g.Mechanism))
	})
	if i < 0 {
		p.void("AUTH cannot be sent: there is no connection, or no mechanism for which there are credentials.")
		return nil
	}
	if err := p.do(ctx, options[i].Step); err != nil {
		return err
	}
	for p.now().State.Auth == record.AuthExchange {
		before := p.read
		if err := p.do(ctx, walk.Next(p.now(), g)); err != nil {
			return err
		}
		if p.now(); p.read == before {
			return nil
		}
	}
	return nil
}

// deliver sends the message, with its envelope where there is none yet, as long as the server goes along.
func (p *player) deliver(ctx context.Context) error {
	if p.now().State.Transaction == record.TransactionNone {
		if len(p.goal.To) == 0 {
			p.void("The message was not sent: it has no recipient.")
			return nil
		}
		if err := p.envelope(ctx); err != nil {
			return err
		}
	}
	if p.now().State.Transaction != record.TransactionRcpt {
		return nil
	}
	if err := p.do(ctx, agreed(walk.Compose(p.now(), p.goal, record.VerbData))); err != nil || p.now().State.Transaction != record.TransactionData {
		return err
	}
	return p.do(ctx, walk.Compose(p.now(), p.goal, record.VerbContent))
}

// envelope names the sender, and the recipients if that is accepted.
func (p *player) envelope(ctx context.Context) error {
	err := p.do(ctx, walk.Compose(p.now(), p.goal, record.VerbMail))
	for range p.goal.To {
		if err != nil || p.now().State.Transaction == record.TransactionNone {
			return err
		}
		err = p.do(ctx, walk.Compose(p.now(), p.goal, record.VerbRcpt))
	}
	return err
}

// do does a step. Where it brings no reply of its own that is whole, the last one is not what is expected of it.
func (p *player) do(ctx context.Context, st record.Step) error {
	before := p.now().Reply
	err := p.session.Do(ctx, st)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if _, guarded := err.(*walk.GuardError); guarded {
		return err
	}
	if r := p.now().Reply; err != nil && (r == nil || r == before || r.Unasked || r.Trouble != "") {
		p.void(err.Error())
	} else if r != before {
		p.trouble = ""
	}
	return nil
}

// void forgets the last reply. The first reason counts: what fails after it fails because of it.
func (p *player) void(why string) {
	p.known.Reply, p.trouble = nil, cmp.Or(p.trouble, why)
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
