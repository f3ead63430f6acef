// Package diff compares recorded sessions: two step by step, in sentences, or several in a table.
//
// What two runs of the same thing never share is left out: times, ports, nonces, queue numbers, dates and what is local to a host.
// How long the steps took is told apart from the differences, and makes none.
//
// Every text of a result has been made visible: it can go to a terminal, and a face quotes what has a meaning of its own there.
//
// A library for differences compares lines. Here steps are compared, by what they were and came to, so that a line more in one
// reply moves nothing after it.
package diff

import (
	"slices"

	"ehlo/session/record"
)

// Session is one of those that are compared.
type Session struct {
	Name   string // what a person calls it: a path, an address
	Source record.Source
	// Running says that it goes on: it has no verdict yet.
	Running bool
}

// Comparison is what two sessions have in common, and what not.
type Comparison struct {
	A, B Heading
	// Pairs are the steps of both in order.
	Pairs       []Pair
	Differences []Difference // in the order of the sessions, the verdict last
	Timing      []Timing
	// Said is what people have said of the files that is not the same: title, author, tags, notes. It makes no difference.
	Said []string
	// Cut says that only the first [MostSteps] steps of a session were compared.
	Cut bool

	others []Facing // what others wrote down or did in the sessions
}

// Heading says which session it is.
type Heading struct {
	Name  string `json:"name"`
	About string `json:"about"` // target, when, what it came to
	// Came is the outcome with its cause.
	Came string `json:"-"`

	request, outcome string // the two parts of About
}

// Of are the differences of a pair of steps; of -1 those of none.
func (c *Comparison) Of(pair int) (list []Difference) {
	for _, d := range c.Differences {
		if d.Pair == pair {
			list = append(list, d)
		}
	}
	return list
}

// Pair is a step of both sessions, or of one where the other has none; that one's is then nil. Moved says that the other one has it
// at another place, Unseen that it is a recording that does not hold such steps.
type Pair struct {
	A, B          *Step
	Moved, Unseen bool
}

// Difference is one thing that is not the same in both.
type Difference struct {
	Topic Topic `json:"topic"`
	// Pair is the place in [Comparison.Pairs], -1 where it belongs to no step.
	Pair int `json:"pair"`
	// Text is a sentence; of a verdict three lines.
	Text string `json:"text"`
	// A and B are the values; empty where one has none.
	A string `json:"a,omitempty"`
	B string `json:"b,omitempty"`
}

// Topic is what a difference is about.
type Topic string

// The topics, in the order in which they are told.
const (
	TopicAsked       Topic = "requested"
	TopicConnection  Topic = "connection"
	TopicGreeting    Topic = "greeting"
	TopicEHLO        Topic = "EHLO"
	TopicTLS         Topic = "TLS"
	TopicCertificate Topic = "certificate"
	TopicAuth        Topic = "AUTH"
	TopicMail        Topic = "mail"
	TopicSteps       Topic = "steps"
	TopicFindings    Topic = "findings"
	TopicLog         Topic = "server log"
	TopicPath        Topic = "on the path"
	TopicVerdict     Topic = "verdict"
)

// Topics lists them.
var Topics = []Topic{TopicAsked, TopicConnection, TopicGreeting, TopicEHLO, TopicTLS, TopicCertificate, TopicAuth, TopicMail, TopicSteps, TopicFindings,
	TopicLog, TopicPath, TopicVerdict}

// NotCompared names what is left out.
const NotCompared = "times, ports, nonces, queue numbers, dates, and what is local to a host"

// Equal reports whether nothing is different.
func (c *Comparison) Equal() bool { return len(c.Differences) == 0 }

// Compare compares two sessions. Their events are read once.
func Compare(a, b Session) *Comparison {
	left, right := read(a), read(b)
	c := &Comparison{A: left.heading(), B: right.heading(), Pairs: align(left.steps, right.steps), Cut: left.cut || right.cut}
	w := &weighing{Comparison: c, a: left, b: right, sameLab: left.plan.Target.Lab && right.plan.Target.Lab}
	w.facts(-1, left.facts, right.facts)
	w.steps()
	w.logs()
	w.verdicts()
	slices.SortStableFunc(c.Differences, func(x, y Difference) int { return slices.Index(Topics, x.Topic) - slices.Index(Topics, y.Topic) })
	c.Timing, c.Said = timing(left, right, c.Pairs), said(left, right)
	return c
}
