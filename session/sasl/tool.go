package sasl

import (
	"cmp"
	"errors"
	"slices"
)

// Tool is one computation of the workbench, in which a person builds a response by hand: what goes in, what comes out,
// and the formula of the RFC between them.
type Tool struct {
	// Name is what comes out, as its RFC names it ("ClientKey"), or the function where that may be anything ("SHA-256").
	Name string
	Does string // the formula in a line
	Ref  string // RFC and section
	// Inputs are what goes in, in order.
	Inputs []Input
	// Form is how the result is written unless a person wants it otherwise.
	Form Form
	// Hides is what the result must be masked for, "" if it may be shown.
	Hides string
	// Message is set when the result is a message: its base64 is the line to send.
	Message bool
	make    func(in [][]byte) ([]byte, error)
}

// Input is one of the things that go into a [Tool].
type Input struct {
	Name  string
	Help  string
	Form  Form   // how it is typed unless a person wants it otherwise
	Value string // what stands there from the beginning
	// From names the value of the exchange, or the result of another tool, that belongs here; Name if empty.
	From  string
	Hides string // what it must be masked for, "" if it may be shown
	// Optional is set when the input may be left empty.
	Optional bool
	count    bool // a number, see Tool.Work
}

// Source is the name of what belongs into the input.
func (in Input) Source() string { return cmp.Or(in.From, in.Name) }

// Make computes the result. in has the octets of each input, in the order of Inputs. The error repeats nothing of them.
func (t Tool) Make(in [][]byte) ([]byte, error) {
	if len(in) != len(t.Inputs) {
		return nil, errors.New("an input is missing")
	}
	return t.make(in)
}

// Work is how many times the tool calls its hash function for these inputs, about: more than some ten thousand take
// long enough to be noticed.
func (t Tool) Work(in [][]byte) int {
	for i, input := range t.Inputs {
		if input.count && i < len(in) {
			n, _ := iterationsOf(in[i])
			return n
		}
	}
	return 1
}

// Tools are those for one mechanism, in the order in which they are needed, and first the place of the one that the
// challenge asks for: "" is none yet. An unknown mechanism has none.
func Tools(mechanism string, challenge []byte) (tools []Tool, first int) {
	m, _ := find(mechanism)
	if m.tools == nil {
		return nil, 0
	}
	tools = m.tools()
	if m.due == nil {
		return tools, 0
	}
	due := m.due(challenge)
	return tools, max(0, slices.IndexFunc(tools, func(t Tool) bool { return t.Name == due }))
}
