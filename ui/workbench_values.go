package ui

import (
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/sasl"
	"ehlo/session/wire"
	"ehlo/ui/bench"
	"ehlo/ui/paint"
	"ehlo/ui/scroll"
)

// values is the list to choose one from.
type values struct {
	scroll.List
	list []bench.Known
}

// fill writes what is known into the tool in front and computes what follows from it. A message from results that came
// in that way goes into the line.
func (b *workbench) fill() tea.Cmd {
	t := b.tool()
	changed := b.Fill(t.Tool)
	var cmd tea.Cmd
	if changed || t.Result == nil && !t.busy {
		cmd = b.changed()
	}
	if len(t.inputs) == 0 || t.Borne() && (changed || b.line.value() == "") {
		b.follow()
	}
	return cmd
}

// offer opens the list on what belongs into the field in focus.
func (b *workbench) offer() {
	list := b.Known()
	if b.atRow() || b.atResult() || len(list) == 0 {
		return
	}
	b.values = &values{list: list}
	if in := b.input(); in != nil {
		b.values.Select(in.Fit(list), len(list))
	}
}

// choose handles a key in the list.
func (b *workbench) choose(k tea.KeyMsg) tea.Cmd {
	v := b.values
	switch k.String() {
	case "esc", "ctrl+p":
		b.values = nil
	case "enter":
		b.values = nil
		return b.put(v.list[v.Sel])
	default:
		v.Press(listKey(k.String()), len(v.list))
	}
	return nil
}

// put writes a value into the field in focus: in its own form into an empty field, else at the cursor as it is written.
func (b *workbench) put(k bench.Known) tea.Cmd {
	in := b.input()
	switch {
	case in == nil:
		b.line.input.SetValue(sasl.EncodeBase64(k.Data))
		return nil
	case !in.Replaceable() && in.Form == sasl.FormText:
		b.insert(in, k.Form.Write(k.Data))
		in.Settle()
	default:
		in.Put(k)
	}
	in.input.CursorEnd()
	return b.typedInto()
}

func (b *workbench) insert(in *entry, text string) {
	at, runes := in.input.Position(), []rune(in.value())
	in.input.SetValue(string(runes[:at]) + text + string(runes[at:]))
}

// lines draws the list round what is selected.
func (v *values) lines(width, height int, shown bool) []paint.Line {
	first, last := v.Window(len(v.list), height)
	label := 0
	for _, k := range v.list {
		label = max(label, paint.Width(wire.VisibleString(k.Name))+2)
	}
	label = min(label, width/2)
	var out []paint.Line
	for i := first; i < last; i++ {
		k := v.list[i]
		mark, ink := "  ", paint.Plain
		if i == v.Sel {
			mark, ink = "› ", paint.Accent
		}
		text := paint.Text(k.Form.Write(k.Data))
		if k.Hidden && !shown {
			text = paint.Text(sasl.Mask)
		}
		from := paint.Dim.Line("  " + k.From)
		name := ink.Line(mark + k.Name).Cut(label + 1).Pad(label + 2)
		out = append(out, name.Then(text.Cut(max(width-label-2-from.Width(), 8))).Then(from).Cut(width))
	}
	return out
}
