package engine

import (
	"cmp"
	"errors"
	"sync"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/sasl/veil"
	"ehlo/session/wire"
)

// secrets are what the session must not show.
type secrets struct {
	told  veil.Veil // what went to the server and was masked in the log: no reply may bring it back
	hides string    // what the last of it was
	own   known     // what is known, sent or not: no typed line may show it
	from  sasl.Credentials
}

// credentials makes those of a step known. They are those of the step before, as a rule.
func (s *secrets) credentials(c sasl.Credentials) {
	if c == s.from {
		return
	}
	s.from = c
	s.public(c.Username, c.Authzid)
	s.own.later(func(v *veil.Veil) {
		v.Learn(c.Password)
		v.Learn(c.Token)
	})
}

// plan makes the names of a plan known.
func (s *secrets) plan(p record.Plan) {
	s.public(p.Target.Host, p.ServerName, p.User, p.ActAs, p.EHLOName, p.From)
	s.public(p.To...)
}

// public makes names known that anyone may say.
func (s *secrets) public(names ...string) {
	s.told.Public(names...)
	s.own.later(func(v *veil.Veil) { v.Public(names...) })
}

// known is a veil that learns when it is first asked: most sessions type no line, and learning takes longer than a step. It is
// for any goroutine: a note is typed while a step runs.
type known struct {
	mu      sync.Mutex
	veil    veil.Veil
	lessons []func(*veil.Veil)
}

func (k *known) later(lesson func(*veil.Veil)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.lessons = append(k.lessons, lesson)
}

// Find is that of the veil.
func (k *known) Find(line string) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, learn := range k.lessons {
		learn(&k.veil)
	}
	k.lessons = nil
	return k.veil.Find(line)
}

// masked is a text without what is known, from where that begins.
func (k *known) masked(text string) string {
	if at := k.Find(text); at >= 0 {
		return text[:at] + sasl.Mask
	}
	return text
}

// hideEcho takes what was told out of a reply and out of the error of reading it. A server that repeats it, whether it quotes
// a line that it does not understand or means harm, must not bring it in by the other door.
func (s *Session) hideEcho(r *wire.Reply, err error) (hides string, _ error) {
	if !s.secrets.told.Hide(r) {
		return "", err
	}
	if w, ok := errors.AsType[*wire.Error](err); ok {
		err = &wire.Error{Err: w.Err, Line: w.Line, Hint: w.Hint}
	}
	return s.secrets.hides, err
}

// hideEchoes does it for bytes of a server that are no reply to a command.
func (s *Session) hideEchoes(raw []byte) []byte {
	out, _ := s.secrets.told.HideBytes(raw)
	return out
}

// remember keeps what goes out masked, so that no reply brings it back. It is weak where that cannot be done well.
func (s *Session) remember(o outgoing) (weak bool) {
	if o.secret == "" {
		return false
	}
	mechanism := ""
	if s.auth != nil {
		mechanism = s.auth.name
	}
	s.secrets.hides = cmp.Or(o.masked...)
	weak = s.secrets.told.LearnSent(mechanism, o.secret)
	if o.send.Gives != sasl.HidesPassword && o.send.Gives != sasl.HidesToken {
		return false
	}
	s.secrets.own.later(func(v *veil.Veil) { v.LearnSent(mechanism, o.secret) })
	return weak
}
