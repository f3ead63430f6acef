package ui

import (
	"fmt"
	"strings"

	"ehlo/session/sasl"
	"ehlo/session/wire"
	"ehlo/ui/bench"
	"ehlo/ui/paint"
)

// lines draws the challenge, the tools, the tool in front, and what the line comes to. Where the height does not do, the
// challenge gives way, and then the fields that are not in focus.
func (b *workbench) lines(width, height int) []paint.Line {
	if b.keys != nil {
		return b.keys.lines(width, height)
	}
	if b.values != nil {
		return b.values.lines(width, height, b.shown)
	}
	verdict := limit(b.verdict(width), max(height/3, 2))
	help := limit(b.help(width), max(min(height-len(verdict)-5, 3), 1))
	room := height - len(verdict) - len(help)
	fields := b.rows(width)
	out := limit(b.asked(width), max(room-len(fields)-1, 1))
	if room-len(fields)-len(out) > 1 {
		out = append(out, paint.Line{})
	}
	out = append(append(out, b.window(fields, room-len(out))...), verdict...)
	if len(out)+len(help) < height {
		out = append(out, paint.Line{})
	}
	return append(out, help...)
}

// window is the part of the rows round the focus that fits; the row of tools and the line stay.
func (b *workbench) window(rows []paint.Line, height int) []paint.Line {
	if len(rows) <= height || height < 3 {
		return limit(rows, height)
	}
	middle := rows[1 : len(rows)-1]
	first, last := b.view.Around(b.focus-1, len(middle), height-2)
	out := append([]paint.Line{rows[0]}, middle[first:last]...)
	return append(out, rows[len(rows)-1])
}

// margin is how wide the labels are.
func (b *workbench) margin() int {
	widest := fieldLabel
	for _, in := range b.tool().inputs {
		widest = max(widest, paint.Width(in.label)+3)
	}
	return widest
}

// rows are what can have the focus, in order.
func (b *workbench) rows(width int) []paint.Line {
	out := []paint.Line{b.strip(width)}
	for i, in := range b.tool().inputs {
		out = append(out, b.entry(in, b.focus == i+1, width))
	}
	if b.tool().outputs() > 0 {
		out = append(out, b.result(width))
	}
	return append(out, b.unmasked(b.line, b.atLine(), width))
}

// strip is the row of tools round the one that is picked: those with a result are ticked, those that belong to no
// mechanism stand after a bar.
func (b *workbench) strip(width int) paint.Line {
	where := fmt.Sprintf("tool %d/%d", b.picked+1, len(b.tools))
	label := paint.Dim.Line("  " + where).Pad(b.margin())
	if b.atRow() {
		label = paint.Accent.Line("› " + where).Pad(b.margin())
	}
	room := width - b.margin()
	first, last := b.picked, b.picked
	used := b.tab(b.picked).Width()
	for grown := true; grown; {
		grown = false
		for _, i := range []int{last + 1, first - 1} {
			if i < 0 || i >= len(b.tools) || used+b.tab(i).Width()+2 > room-5 {
				continue
			}
			used += b.tab(i).Width() + 2
			first, last, grown = min(first, i), max(last, i), true
		}
	}
	if first > 0 {
		label = label.And(paint.Dim, "‹ ")
	}
	for i := first; i <= last; i++ {
		label = label.Then(b.tab(i)).And(paint.Plain, "  ")
	}
	if last < len(b.tools)-1 {
		label = label.And(paint.Dim, "›")
	}
	return label.Cut(width)
}

// tab is one tool in the row.
func (b *workbench) tab(i int) paint.Line {
	t := b.tools[i]
	name, ink := t.Name, paint.Dim
	if t.Done() {
		name = "✓ " + name
	}
	if i == b.picked {
		name, ink = "["+name+"]", paint.Accent
	}
	if i == b.Own && b.Own > 0 {
		return paint.Dim.Line("│ ").And(ink, name)
	}
	return ink.Line(name)
}

// formWidth is how many cells the name of a form takes.
const formWidth = 9

// entry draws an input and, at its right, how it is read.
func (b *workbench) entry(in *entry, focus bool, width int) paint.Line {
	form := paint.Dim.Line(in.Form.String())
	if _, err := in.Octets(); err != nil {
		form = paint.Bad.Line("✗ " + in.Form.String())
	} else if focus {
		form = paint.Plain.Line(in.Form.String())
	}
	line := b.unmasked(in.field, focus, width-formWidth)
	return line.Pad(width-formWidth).And(paint.Plain, " ").Then(form)
}

// unmasked draws a field, its secret only where that was asked for.
func (b *workbench) unmasked(f *field, focus bool, width int) paint.Line {
	hidden := f.input.hidden
	f.input.hidden = hidden && !b.shown
	label := paint.Dim.Line("  " + f.label)
	if focus {
		label = paint.Accent.Line("› " + f.label)
	}
	line := label.Pad(b.margin()).Then(f.content(focus, width-b.margin())).Cut(width)
	f.input.hidden = hidden
	return line
}

// result draws what the tool gives.
func (b *workbench) result(width int) paint.Line {
	t := b.tool()
	label := paint.Dim.Line("  gives")
	if b.atResult() {
		label = paint.Accent.Line("› gives")
	}
	text := paint.Warn.Line(t.Wrong)
	switch {
	case t.busy && t.Result == nil && t.Wrong == "":
		text = paint.Dim.Line("computing")
	case waits(t):
		text = paint.Dim.Line(t.Wrong)
	case t.Result != nil && t.Hides != "" && !b.shown:
		text = paint.Text(sasl.Mask)
	case t.Result != nil:
		text = paint.Text(t.Form.Write(t.Result))
	}
	line := label.Pad(b.margin()).Then(text.Cut(width - b.margin() - formWidth)).Pad(width - formWidth)
	if t.Result != nil {
		line = line.And(paint.Dim, " "+t.Form.String())
	}
	return line
}

// asked shows the challenge, or what an initial response is where there is none.
func (b *workbench) asked(width int) []paint.Line {
	if b.Initial() {
		info, _ := sasl.Lookup(b.Mechanism)
		return paint.Hang(paint.Dim.Line("  command").Pad(b.margin()), paint.Wrap(paint.Plain, joinSentence("AUTH "+b.Mechanism, info.Summary), width-b.margin()))
	}
	return challengeLines(b.Challenge, width)
}

func joinSentence(a, b string) string {
	if b == "" {
		return a
	}
	return a + ": " + b
}

// verdict says what the line reads as and how it differs.
func (b *workbench) verdict(width int) []paint.Line {
	row := func(label string, text []paint.Line) []paint.Line {
		return paint.Hang(paint.Dim.Line("  "+label).Pad(b.margin()), text)
	}
	out := row("reads", []paint.Line{b.reads().Cut(width - b.margin())})
	if err := b.Problem(b.line.value()); err != nil {
		return append(out, row("cannot be sent", paint.Wrap(paint.Bad, err.Error(), width-b.margin()))...)
	}
	if b.refused != "" {
		return row("not sent", paint.Wrap(paint.Bad, b.refused, width-b.margin()))
	}
	if !bench.Comparable(b.w.snap.State) {
		return append(out, row("compared", paint.Wrap(paint.Dim, "with nothing: the right answer is not known", width-b.margin()))...)
	}
	differs := b.compare()
	if why := b.unbuilt(len(differs) == 0); why != "" {
		return row("compared", paint.Wrap(paint.Dim, "not yet: "+why, width-b.margin()))
	}
	if len(differs) == 0 {
		return append(out, row("compared", []paint.Line{paint.Good.Line("✓ ").And(paint.Plain, b.agrees())})...)
	}
	return append(out, row("differs", paint.Hang(paint.Warn.Line("! "), paint.Wrap(paint.Plain, strings.Join(differs, "; "), width-b.margin()-2)))...)
}

// unbuilt says why the line is not built yet, "" if it is. No initial response is right as well, but only where it is
// meant: with the focus on the line, and no field that cannot be read.
func (b *workbench) unbuilt(right bool) string {
	t := b.tool()
	switch {
	case b.line.value() != "":
		return ""
	case t.Message && t.Wrong != "" && !(right && b.atLine() && waits(t)):
		return t.Wrong
	case right:
		return ""
	}
	return "the line is empty"
}

// waits reports whether nothing is wrong but that an input is empty.
func waits(t *tool) bool { return strings.HasPrefix(t.Wrong, "waits") }

func (b *workbench) agrees() string {
	if b.Initial() && b.line.value() == "" {
		return "without an initial response: the server asks for it"
	}
	return "the same line that the program would send"
}

// reads is the base64 opened, as text with what is not text made visible.
func (b *workbench) reads() paint.Line {
	line := b.line.value()
	data, _ := sasl.DecodeBase64(line)
	switch {
	case line == "" || line == "=":
		return paint.Dim.Line("nothing")
	case line == "*":
		return paint.Text("cancel")
	case data == nil:
		return paint.Warn.Line("not base64")
	case !b.shown:
		return paint.Text(sasl.Mask)
	}
	return paint.Text(wire.VisibleString(string(data)))
}

// help is about what has the focus: the formula where that is a tool.
func (b *workbench) help(width int) []paint.Line {
	t := b.tool()
	formula := t.Name + " = " + t.Does
	if t.Ref != "" {
		formula += " (" + t.Ref + ")"
	}
	text := formula
	switch in := b.input(); {
	case in != nil:
		if _, err := in.Octets(); err != nil {
			return paint.Hang(paint.Bad.Line("  ✗ "), paint.Wrap(paint.Bad, err.Error()+"; ^o shows another form", width-4))
		}
		text = joinSentence(in.help, t.Name+" = "+t.Does)
	case b.atLine():
		text = b.line.help
	}
	return paint.Hang(paint.Text("  "), paint.Wrap(paint.Dim, text, width-2))
}
