package veil

import (
	"bytes"

	"ehlo/session/sasl"
	"ehlo/session/wire"
)

// divided is a reply as parts that may hold anything and what is around them: codes and line ends.
type divided struct {
	reply *wire.Reply
	parts []part
}

// part is the text of a line, or what of a reply was not understood.
type part struct{ before, text, after []byte }

func divide(r *wire.Reply) divided {
	d := divided{reply: r}
	rest := []byte(r.Raw)
	for _, l := range r.Lines {
		d.parts = append(d.parts, divideLine(l))
		rest = rest[min(len(l.Raw), len(rest)):]
	}
	if len(rest) > 0 {
		n := codeLength(rest)
		d.parts = append(d.parts, part{before: rest[:n], text: rest[n:]})
	}
	return d
}

func divideLine(l wire.Line) part {
	end := len(bytes.TrimRight(l.Raw, "\r\n"))
	start := end - len(l.Text)
	if start < 0 || string(l.Raw[start:end]) != l.Text {
		start = min(codeLength(l.Raw), end)
	}
	return part{l.Raw[:start], l.Raw[start:end], l.Raw[end:]}
}

// codeLength is how long the code is that a line begins with, and what divides it from the text.
func codeLength(b []byte) int {
	if len(b) < 4 || b[3] != ' ' && b[3] != '-' || digit(b[0])|digit(b[1])|digit(b[2]) < 0 {
		return 0
	}
	return 4
}

// body is the text of all parts, one a line.
func (d divided) body() []byte {
	var out []byte
	for i, p := range d.parts {
		if i > 0 {
			out = append(out, '\n')
		}
		out = append(out, p.text...)
	}
	return out
}

// set puts another text in the place of the one there was. It has as many lines.
func (d divided) set(body []byte) {
	for i := range d.parts {
		line, rest, _ := bytes.Cut(body, []byte("\n"))
		if i == len(d.parts)-1 && len(d.parts) > len(d.reply.Lines) {
			line = body // what was not understood may have any bytes in it
		}
		d.parts[i].text, body = line, rest
	}
	d.write()
}

// blank leaves the codes and nothing of the text.
func (d divided) blank() {
	for i, p := range d.parts {
		d.parts[i].text = []byte(sasl.Mask)
		if len(p.after) == 0 || i >= len(d.reply.Lines) {
			d.parts[i].after = []byte("\r\n")
		}
	}
	d.write()
}

func (d divided) write() {
	r := d.reply
	raw := wire.Raw{}
	for i, p := range d.parts {
		line := bytes.Join([][]byte{p.before, p.text, p.after}, nil)
		raw = append(raw, line...)
		if i < len(r.Lines) {
			r.Lines[i].Raw, r.Lines[i].Text = line, string(p.text)
		}
	}
	r.Raw = raw
}
