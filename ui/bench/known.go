package bench

import (
	"bytes"
	"slices"
	"strconv"
	"unicode/utf8"

	"ehlo/session"
	"ehlo/session/sasl"
)

// Known is a value that can be put into a field: a part of the exchange so far, or the result of a tool.
type Known struct {
	Name   string
	Data   []byte
	Form   sasl.Form
	Hidden bool
	From   string // where it comes from, in words
}

// Where a value comes from that a person has to bring.
const (
	made    = "made here"
	account = "the credentials"
)

// Known lists the results of the tools and what both sides have said in the clear, the newest of each name.
func (b *Bench) Known() []Known {
	var out []Known
	for _, t := range b.Tools {
		if len(t.Result) > 0 && !t.Message {
			out = append(out, Known{t.Name, t.Result, t.Form, t.Hides != "", made})
		}
	}
	out = append(out, b.typedBefore()...)
	if data := b.Challenge.Bytes(); len(data) > 0 {
		out = append(out, Known{"challenge", data, sasl.FormText, false, "the server, out of its base64"})
	}
	return append(out, b.exchanged()...)
}

// Fit is the place in list of what belongs into an input, -1 if it is not there.
func (in *Input) Fit(list []Known) int {
	return slices.IndexFunc(list, func(k Known) bool { return k.Name == in.Source() })
}

// Fill writes what is public into the empty fields of a tool that it belongs to. What a person has to compute or to know
// is left to them.
func (b *Bench) Fill(t *Tool) {
	all := slices.DeleteFunc(b.Known(), func(k Known) bool { return k.Hidden || k.From == made || k.From == account })
	for _, in := range t.Inputs {
		if i := in.Fit(all); in.Empty() && in.Hides == "" && i >= 0 {
			in.Field.SetValue(in.Form.Write(all[i].Data))
			in.filled = in.Field.Value()
		}
	}
}

// Takes is the form in which a value is put in: its own, unless the input has one that is not text.
func (in *Input) Takes(k Known) sasl.Form {
	if in.Form == sasl.FormText {
		return k.Form
	}
	return in.Form
}

// Put writes a value over what is in the field.
func (in *Input) Put(k Known) {
	in.Form = in.Takes(k)
	in.Field.SetValue(in.Form.Write(k.Data))
	in.Settle()
}

// Settle takes what is in the field for something that was put in from elsewhere.
func (in *Input) Settle() { in.filled = in.Field.Value() }

// typedBefore are the inputs of the mechanism's tools that are no secrets and were typed already: a cnonce goes into more
// than one of them.
func (b *Bench) typedBefore() []Known {
	var out []Known
	for _, t := range b.Tools[:b.Own] {
		for _, in := range t.Inputs {
			data, err := in.Octets()
			again := slices.ContainsFunc(out, func(k Known) bool { return k.Name == in.Name })
			if in.Hides == "" && err == nil && in.own() && !again {
				out = append(out, Known{in.Name, data, in.Form, false, "typed before"})
			}
		}
	}
	return out
}

// exchanged are the parts of this exchange that are no secrets, and what belongs to the connection.
func (b *Bench) exchanged() []Known {
	var out []Known
	add := func(name string, data []byte, from string) {
		if len(data) > 0 && !slices.ContainsFunc(out, func(k Known) bool { return k.Name == name }) {
			out = append(out, Known{name, data, readable(data), false, from})
		}
	}
	p := b.place
	for i := p.Len - 1; i >= 0; i-- {
		e := p.Events.At(i)
		if e.Kind == session.KindAuth {
			for _, v := range e.Auth.Values {
				if v.Hides == "" {
					add(v.Name, append(v.Bytes[:len(v.Bytes):len(v.Bytes)], v.Text...), map[string]string{"S": "the server", "C": "your last message"}[e.Auth.From])
				}
			}
		}
		if e.Kind == session.KindSend && e.Step == session.VerbAuth || e.Kind == session.KindConnect {
			break
		}
	}
	add("username", []byte(p.Account), account)
	if start := p.Snap.Start; start != nil {
		add("host", []byte(start.Target.Host), "the target")
		add("port", []byte(strconv.Itoa(start.Target.Port)), "the target")
	}
	return out
}

// readable is text, or hexadecimal for what cannot be read as that.
func readable(data []byte) sasl.Form {
	if !utf8.Valid(data) || bytes.ContainsFunc(data, func(r rune) bool { return r < ' ' }) {
		return sasl.FormHex
	}
	return sasl.FormText
}
