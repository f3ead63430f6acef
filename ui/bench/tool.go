package bench

import (
	"slices"

	"ehlo/session/sasl"
)

// Tool is a tool with what a person has put into it.
type Tool struct {
	sasl.Tool
	Inputs []*Input
	Form   sasl.Form // in which the result is written
	Result []byte    // nil while there is none
	Wrong  string    // why there is none
}

// Input is what goes into a tool.
type Input struct {
	sasl.Input
	Field  Field
	Form   sasl.Form // in which it is read
	filled string    // what was put in from elsewhere, and belongs to one exchange
	bears  bool      // filled is the result of another tool, and goes with it
}

// Field is where a person types.
type Field interface {
	Value() string
	SetValue(string)
}

func newTool(t sasl.Tool, typed func(sasl.Input) Field) *Tool {
	out := &Tool{Tool: t, Form: t.Form}
	for _, in := range t.Inputs {
		f := typed(in)
		f.SetValue(in.Value)
		out.Inputs = append(out.Inputs, &Input{Input: in, Field: f, Form: in.Form})
	}
	return out
}

// Octets reads the inputs; ok is false, and Wrong says why, while one cannot be read or is empty and must not be.
func (t *Tool) Octets() (in [][]byte, ok bool) {
	for _, input := range t.Inputs {
		data, err := input.Octets()
		switch {
		case err != nil:
			t.Wrong = input.Name + ": " + err.Error()
			return nil, false
		case len(data) == 0 && !input.Optional:
			t.Wrong = "waits for " + input.Name
			return nil, false
		}
		in = append(in, data)
	}
	return in, true
}

// quick is how many rounds of hashing are done at once: a few milliseconds' worth.
const quick = 10_000

// Slow reports whether a person would notice how long the computation takes. Even the longest ends within some seconds:
// what a server may ask for is bounded, see [sasl.DefaultCeiling].
func (t *Tool) Slow(in [][]byte) bool { return t.Work(in) > quick }

// Clear takes the result out, for inputs that have changed.
func (t *Tool) Clear() { t.Result, t.Wrong = nil, "" }

// Keep takes what [sasl.Tool.Make] gave. An empty result is one.
func (t *Tool) Keep(result []byte, err error) {
	if err != nil {
		t.Wrong = err.Error()
		return
	}
	if t.Result = result; result == nil {
		t.Result = []byte{}
	}
}

// Done reports whether there is a result for the tools behind it.
func (t *Tool) Done() bool { return t.Result != nil && !t.Message }

// Octets reads what is in the field.
func (in *Input) Octets() ([]byte, error) { return in.Form.Octets(in.Field.Value()) }

// Empty reports whether nothing is in the field.
func (in *Input) Empty() bool { return in.Field.Value() == "" }

// PutIn reports whether the field holds what was put in from elsewhere, unchanged.
func (in *Input) PutIn() bool { return in.filled != "" && in.Field.Value() == in.filled }

// own reports whether a person has typed what is in the field.
func (in *Input) own() bool {
	return in.Field.Value() != in.Value && in.Field.Value() != in.filled
}

// forget takes out what was put in from elsewhere.
func (in *Input) forget() {
	if in.PutIn() {
		in.Field.SetValue(in.Value)
		in.Form = in.Input.Form
	}
	in.filled, in.bears = "", false
}

// borne reports whether the field holds what Fill took from another tool, unchanged.
func (in *Input) borne() bool { return in.bears && in.PutIn() }

// Replaceable reports whether nobody has typed or chosen what is in the field, so that a value goes in its place.
func (in *Input) Replaceable() bool { return in.Empty() || in.borne() }

// Borne reports whether the tool works with the result of another that Fill has put in.
func (t *Tool) Borne() bool { return slices.ContainsFunc(t.Inputs, (*Input).borne) }
