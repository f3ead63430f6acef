package ui

import (
	"bytes"
	"slices"
	"strconv"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session"
	"ehlo/session/sasl"
	"ehlo/session/wire"
	"ehlo/ui/paint"
)

// known is a value that can be put into a field: a part of the exchange so far, or the result of a tool.
type known struct {
	name   string
	data   []byte
	form   sasl.Form
	hidden bool
	from   string
}

// values is the list to choose one from.
type values struct {
	list []known
	sel  int
}

// Where a value comes from that a person has to bring.
const (
	made    = "made here"
	account = "the credentials"
)

// known lists the results of the tools and what both sides have said in the clear, the newest of each name.
func (b *workbench) known() []known {
	var out []known
	for _, t := range b.tools {
		if len(t.result) > 0 && !t.Message {
			out = append(out, known{t.Name, t.result, t.form, t.Hides != "", made})
		}
	}
	out = append(out, b.typedBefore()...)
	if data := b.challenge.bytes(); len(data) > 0 {
		out = append(out, known{"challenge", data, sasl.FormText, false, "the server, out of its base64"})
	}
	return append(out, b.exchanged()...)
}

// typedBefore are the inputs of the mechanism's tools that are no secrets and were typed already: a cnonce goes into more
// than one of them.
func (b *workbench) typedBefore() []known {
	var out []known
	for _, t := range b.tools[:b.own] {
		for _, e := range t.inputs {
			data, err := e.form.Octets(e.value())
			again := slices.ContainsFunc(out, func(k known) bool { return k.name == e.Name })
			if e.Hides == "" && err == nil && e.value() != e.Value && e.value() != e.filled && !again {
				out = append(out, known{e.Name, data, e.form, false, "typed before"})
			}
		}
	}
	return out
}

// exchanged are the parts of this exchange that are no secrets, and what belongs to the connection.
func (b *workbench) exchanged() []known {
	var out []known
	add := func(name string, data []byte, from string) {
		if len(data) > 0 && !slices.ContainsFunc(out, func(k known) bool { return k.name == name }) {
			form := sasl.FormText
			if !utf8.Valid(data) || bytes.ContainsFunc(data, func(r rune) bool { return r < ' ' }) {
				form = sasl.FormHex
			}
			out = append(out, known{name, data, form, false, from})
		}
	}
	w := b.w
	for i := w.pos - 1; i >= 0; i-- {
		e := w.pane.Event(i)
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
	add("username", []byte(w.goal.Credentials.Username), account)
	if start := w.snap.Start; start != nil {
		add("host", []byte(start.Target.Host), "the target")
		add("port", []byte(strconv.Itoa(start.Target.Port)), "the target")
	}
	return out
}

// fill writes what is public into the empty fields that it belongs to. What a person has to compute or to know is left
// to them.
func (b *workbench) fill() {
	all := b.known()
	for _, e := range b.tool().inputs {
		i := slices.IndexFunc(all, func(k known) bool { return k.name == e.Source() && !k.hidden && k.from != made && k.from != account })
		if e.value() == "" && e.Hides == "" && i >= 0 {
			e.input.SetValue(e.form.Write(all[i].data))
			e.filled = e.value()
		}
	}
	b.changed()
	if len(b.tool().inputs) == 0 {
		b.follow()
	}
}

// offer opens the list on what belongs into the field in focus.
func (b *workbench) offer() {
	list := b.known()
	if b.atRow() || b.atResult() || len(list) == 0 {
		return
	}
	b.values = &values{list: list}
	if in := b.input(); in != nil {
		b.values.sel = max(slices.IndexFunc(list, func(k known) bool { return k.name == in.Source() }), 0)
	}
}

// choose handles a key in the list.
func (b *workbench) choose(k tea.KeyMsg) tea.Cmd {
	v := b.values
	switch k.String() {
	case "esc", "ctrl+p":
		b.values = nil
	case "up", "shift+tab", "k":
		v.sel = (v.sel + len(v.list) - 1) % len(v.list)
	case "down", "tab", "j":
		v.sel = (v.sel + 1) % len(v.list)
	case "enter":
		b.values = nil
		return b.put(v.list[v.sel])
	}
	return nil
}

// put writes a value into the field in focus: in its own form into an empty field, else at the cursor as it is written.
func (b *workbench) put(k known) tea.Cmd {
	in := b.input()
	switch {
	case in == nil:
		b.line.input.SetValue(sasl.EncodeBase64(k.data))
		return nil
	case in.value() != "" && in.form == sasl.FormText:
		b.insert(in, k.form.Write(k.data))
	case in.form == sasl.FormText:
		in.form = k.form
		in.input.SetValue(k.form.Write(k.data))
	default:
		in.input.SetValue(in.form.Write(k.data))
	}
	in.input.CursorEnd()
	in.filled = in.value()
	return b.typedInto()
}

func (b *workbench) insert(in *entry, text string) {
	at, runes := in.input.Position(), []rune(in.value())
	in.input.SetValue(string(runes[:at]) + text + string(runes[at:]))
}

// lines draws the list round what is selected.
func (v *values) lines(width, height int, shown bool) []paint.Line {
	first := max(min(v.sel-height/2, len(v.list)-height), 0)
	label := 0
	for _, k := range v.list {
		label = max(label, paint.Width(wire.VisibleString(k.name))+2)
	}
	label = min(label, width/2)
	var out []paint.Line
	for i := first; i < min(first+height, len(v.list)); i++ {
		k := v.list[i]
		mark, ink := "  ", paint.Plain
		if i == v.sel {
			mark, ink = "› ", paint.Accent
		}
		text := paint.Text(k.form.Write(k.data))
		if k.hidden && !shown {
			text = paint.Text(sasl.Mask)
		}
		from := paint.Dim.Line("  " + k.from)
		name := ink.Line(mark + k.name).Cut(label + 1).Pad(label + 2)
		out = append(out, name.Then(text.Cut(max(width-label-2-from.Width(), 8))).Then(from).Cut(width))
	}
	return out
}
