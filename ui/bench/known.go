package bench

import (
	"bytes"
	"slices"
	"strconv"
	"unicode/utf8"

	"ehlo/session/record"
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
	made    = "generated here"
	account = "the credentials"
	yours   = "your last message"
)

// Known lists the results of the tools and what both sides have said in cleartext, the newest of each name.
func (b *Bench) Known() []Known {
	var out []Known
	for _, t := range b.Tools {
		if len(t.Result) > 0 && !t.Message {
			out = append(out, Known{t.Name, t.Result, t.Form, t.Hides != "", made})
		}
	}
	said := b.exchanged()
	out = append(out, slices.DeleteFunc(b.typedBefore(), func(k Known) bool { return sent(said, k.Name) })...)
	if data := b.Challenge.Bytes(); len(data) > 0 {
		out = append(out, Known{"challenge", data, sasl.FormText, false, "the server, decoded from base64"})
	}
	return append(out, said...)
}

// sent reports whether a value of this name has gone out: that one counts, and not what was typed since or for another
// exchange.
func sent(said []Known, name string) bool {
	return slices.ContainsFunc(said, func(k Known) bool { return k.Name == name && k.From == yours })
}

// Fit is the place in list of what belongs into an input, -1 if it is not there.
func (in *Input) Fit(list []Known) int {
	return slices.IndexFunc(list, func(k Known) bool { return k.Name == in.Source() })
}

// Fill writes what is public, and what the tools before it gave, into the fields of a tool that it belongs to, and reports
// whether that changed one. A result is written again where it is another by now. What a person has to know, or has put
// in, is left to them.
func (b *Bench) Fill(t *Tool) (changed bool) {
	all := slices.DeleteFunc(b.Known(), func(k Known) bool { return k.From == account })
	for _, in := range t.Inputs {
		if !in.Replaceable() {
			continue
		}
		had := in.Field.Value()
		in.fill(all)
		changed = changed || in.Field.Value() != had
	}
	return changed
}

// fill takes what belongs into the input. A secret goes only where it is masked.
func (in *Input) fill(all []Known) {
	i := in.Fit(all)
	switch {
	case i >= 0 && (in.Hides != "" || !all[i].Hidden):
		in.Put(all[i])
		in.bears = all[i].From == made
	case in.borne():
		in.forget()
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
func (in *Input) Settle() { in.filled, in.bears = in.Field.Value(), false }

// typedBefore are the inputs of the mechanism's tools that are no secrets and were typed already: a cnonce goes into more
// than one of them.
func (b *Bench) typedBefore() []Known {
	var out []Known
	for _, t := range b.Tools[:b.Own] {
		for _, in := range t.Inputs {
			data, err := in.Octets()
			again := slices.ContainsFunc(out, func(k Known) bool { return k.Name == in.Name })
			if in.Hides == "" && err == nil && in.own() && !again {
				out = append(out, Known{in.Name, data, in.Form, false, "typed earlier"})
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
		if e.Kind == record.KindAuth {
			for _, v := range e.Auth.Values {
				if v.Hides == "" {
					add(v.Name, append(v.Bytes[:len(v.Bytes):len(v.Bytes)], v.Text...), map[string]string{"S": "the server", "C": yours}[e.Auth.From])
				}
			}
		}
		if e.Kind == record.KindSend && e.Step == record.VerbAuth || e.Kind == record.KindConnect {
			break
		}
	}
	header, bare := b.firstMessage(out)
	add("gs2-header", header, yours)
	add("client-first-message-bare", bare, yours)
	add("username", []byte(p.Account), account)
	if start := p.Snap.Start; start != nil {
		add("host", []byte(start.Target.Host), "the target")
		add("port", []byte(strconv.Itoa(start.Target.Port)), "the target")
	}
	return out
}

// firstMessage cuts a client-first-message that was built here in two, where the server has taken it up: its nonce begins
// with the client's (RFC 5802 §5.1, §7). The log tells them only of a message that the engine would have sent as well.
func (b *Bench) firstMessage(said []Known) (header, bare []byte) {
	data, _ := sasl.DecodeBase64(b.first)
	parts := bytes.SplitN(data, []byte(","), 3)
	theirs := slices.IndexFunc(said, func(k Known) bool { return k.Name == "nonce" })
	if len(parts) < 3 || theirs < 0 {
		return nil, nil
	}
	bare = parts[2]
	_, mine, _ := bytes.Cut(bare, []byte(",r="))
	if len(mine) == 0 || !bytes.HasPrefix(said[theirs].Data, mine) {
		return nil, nil
	}
	return data[:len(data)-len(bare)], bare
}

// readable is text, or hexadecimal for what cannot be read as that.
func readable(data []byte) sasl.Form {
	if !utf8.Valid(data) || bytes.ContainsFunc(data, func(r rune) bool { return r < ' ' }) {
		return sasl.FormHex
	}
	return sasl.FormText
}
