package capture

import (
	"slices"
	"strconv"
	"time"

	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
)

// said goes through a log and puts what it says at the packets that it is about.
type said struct {
	log     *record.Log
	flow    *Flow    // of the last connection
	read    int      // events
	waiting []string // comments that have no packet yet
}

// place reads what is new in the log. What an event says belongs to the last packet that had crossed by then, from the side it
// is about; where that is written already, or none has crossed yet, to the next.
func (s *said) place(held []*packet) {
	for ; s.read < s.log.Len(); s.read++ {
		e := s.log.At(s.read)
		text := comment(e)
		if text == "" {
			continue
		}
		if p := s.about(held, e); p != nil {
			p.comments = append(p.comments, text)
		} else {
			s.waiting = append(s.waiting, text)
		}
	}
	i := slices.IndexFunc(held, func(p *packet) bool { return p.log == s.log })
	if i >= 0 && len(s.waiting) > 0 {
		held[i].comments, s.waiting = append(s.waiting, held[i].comments...), nil
	}
}

// rest is a last acknowledgement for what was said after everything was written.
func (s *said) rest(held []*packet) []*packet {
	s.place(held)
	if len(s.waiting) == 0 {
		return nil
	}
	last := s.log.At(s.read - 1)
	p := &packet{framed: s.flow.segment(wire.ClientToServer, ack, nil, s.when(last)), log: s.log, comments: s.waiting}
	s.waiting = nil
	return []*packet{p}
}

// when is the time of day of an event.
func (s *said) when(e *record.Event) time.Time { return s.log.At(0).Start.Time.Add(e.T) }

// about is the packet that an event belongs to; nil where it is not there.
func (s *said) about(held []*packet, e *record.Event) *packet {
	from, at := sender(e), s.when(e)
	for _, p := range slices.Backward(held) {
		if p.log == s.log && !p.at.After(at) && (from == "" || from == p.dir) {
			return p
		}
	}
	return nil
}

// sender is who sent what an event is about; empty where it is about either or nobody.
func sender(e *record.Event) wire.Direction {
	switch e.Kind {
	case record.KindSend:
		return wire.ClientToServer
	case record.KindReply:
		return wire.ServerToClient
	case record.KindTLSMessage:
		return wire.Direction(e.TLSMessage.Dir)
	}
	return ""
}

// comment is what an event says about packets; empty for one that says nothing. Lines that crossed are not repeated: they stand
// in the packet, or were meant for those alone who can open TLS.
func comment(e *record.Event) string {
	l := words.Of(e)
	head := l.Whole()
	switch e.Kind {
	case record.KindCapabilities, record.KindForgot, record.KindState, record.KindServerLog, record.KindOnPath:
		return ""
	case record.KindReply:
		head = words.List(": ", codes(e.Reply), words.NoReply(e.Reply))
	case record.KindAuth:
		if e.Auth.Outcome == "" {
			return ""
		}
	}
	return wire.VisibleString(words.List(": ", string(e.Step), words.List(" · ", head, l.Remark)))
}

// codes are the code of a reply and its enhanced one.
func codes(r *record.Reply) string {
	if r.Code == 0 {
		return ""
	}
	if r.Enhanced == (wire.Enhanced{}) {
		return strconv.Itoa(r.Code)
	}
	return strconv.Itoa(r.Code) + " " + r.Enhanced.String()
}
