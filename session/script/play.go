package script

import (
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
	for _, holds := range st.holds {
		if ok, got := holds(p.now(), time.Now()); !ok {
			point.Met, point.Got = false, got
			if cause := p.session.Outcome().Cause; !p.now().State.Connected() && p.now().Reply == nil {
				point.Got = cause
			}
			break
		}
	}
	return point
}

// play does a statement. A step that fails is no error: what is expected after it decides.
func (p *player) play(ctx context.Context, st Statement) error {
	switch st.do {
	case closes:
		p.now()
		p.known.State.Stage = record.StageClosed // the log has no event for it before its end
		return p.session.Close()
	case waits:
		return wait(ctx, st.wait)
	}
	if err := p.begin(ctx); err != nil {
		return err
	}
	switch st.do {
	case logsIn:
		return p.login(ctx, st)
	case delivers:
		return p.deliver(ctx)
	}
	if err := p.do(ctx, record.Step{Verb: record.VerbRaw, Line: st.Text}); err != nil {
		return err
	}
	return p.due(ctx)
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

// due does what follows from the last line by itself: the handshake after STARTTLS.
func (p *player) due(ctx context.Context) error {
	if p.now().State.Stage != record.StageUpgrading {
		return nil
	}
	return p.do(ctx, walk.Next(p.now(), p.goal))
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
	var verbs []record.Verb
	if p.now().State.Transaction == record.TransactionNone {
		verbs = append(verbs, record.VerbMail)
		for range p.goal.To {
			verbs = append(verbs, record.VerbRcpt)
		}
	}
	for _, v := range append(verbs, record.VerbData, record.VerbContent) {
		if v == record.VerbContent && p.now().State.Transaction != record.TransactionData {
			return nil
		}
		if err := p.do(ctx, walk.Compose(p.now(), p.goal, v)); err != nil {
			return err
		}
	}
	return nil
}

func (p *player) do(ctx context.Context, st record.Step) error {
	err := p.session.Do(ctx, st)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if _, guarded := err.(*walk.GuardError); guarded {
		return err
	}
	return nil
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
