package ui

import (
	"fmt"
	"slices"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/transcripts/words"
	"ehlo/ui/paint"
	"ehlo/ui/scroll"
)

// text is a sheet to read.
type text struct {
	name string
	key  string // what opened it closes it too
	over sheet  // what comes back once it is closed; nil for nothing
	page func(width int) []paint.Line

	tops scroll.List // every line with which a window can begin; that of the selected one does
	all  int         // how many lines there are, as last drawn
	last int         // how many of them were above the end of the window
}

// title says how much there is where that is more than fits.
func (t *text) title() string {
	if t.tops.Sel == 0 && t.last == t.all {
		return t.name
	}
	return fmt.Sprintf("%s · lines %d–%d of %d", t.name, t.tops.Sel+1, t.last, t.all)
}
func (t *text) below() bool { return false }

func (t *text) hints() []key.Help {
	return []key.Help{{Key: "↑↓", Desc: "scroll"}, {Key: "esc", Desc: "back"}}
}

func (t *text) press(k tea.KeyMsg) (tea.Cmd, bool) {
	switch k.String() {
	case "esc", "enter", "q", t.key:
		return nil, true
	default:
		t.tops.Press(listKey(k.String()), t.starts())
	}
	return nil, false
}

func (t *text) lines(width, height int) []paint.Line {
	page := t.page(width)
	t.all = len(page)
	t.tops.Window(max(t.all-height+1, 1), height)
	t.last = max(min(t.tops.Sel+height, t.all), 0)
	return page[t.tops.Sel:max(t.last, t.tops.Sel)]
}

// starts is how many lines a window can begin with.
func (t *text) starts() int { return max(t.all-t.last+t.tops.Sel+1, 1) }

// about tells the story of the session and where its transcript is.
func (w *explorer) about() tea.Cmd {
	w.sheet = &text{name: "story and transcript", key: "s", page: w.aboutPage}
	return nil
}

func (w *explorer) aboutPage(width int) []paint.Line {
	var out []paint.Line
	add := func(lines ...paint.Line) { out = append(append(out, lines...), paint.Line{}) }
	if w.snap.Start != nil {
		add(paint.Wrap(paint.Strong, w.snap.Start.Target.String()+", "+w.snap.Start.Target.Role(), width)...)
	}
	if lines := w.aboutLines(width); len(lines) > 0 {
		add(lines...)
	}
	out = append(out, w.storyPage(width)...)
	if w.snap.Start != nil {
		p := &w.snap.Start.Plan
		add(append(paint.Hang(paint.Dim.Line("TLS starts  "), paint.Wrap(paint.Plain, words.Starts(p.Policy.Start), width-12)),
			paint.Hang(paint.Dim.Line("without it  "), paint.Wrap(paint.Plain, words.Without(p), width-12))...)...)
	}
	if before := w.beforePage(width); len(before) > 0 {
		add(before...)
	}
	if w.live != nil {
		add(accountLines(w.live.Accounts, width)...)
	}
	return append(out, w.keptLines(width)...)
}

// storyPage is what a learner was told, and what there is to do.
func (w *explorer) storyPage(width int) (out []paint.Line) {
	for _, p := range w.story() {
		out = append(append(out, paint.Wrap(paint.Plain, p, width)...), paint.Line{})
	}
	return out
}

// story is what a learner is told, a paragraph each.
func (w *explorer) story() []string {
	var out []string
	if w.snap.Start != nil && w.snap.Start.Story != "" {
		out = []string{w.snap.Start.Story}
	}
	if task := w.task(); task != "" {
		out = append(out, "To do: "+task)
	}
	return out
}

// task is what a learner is to do; empty if there is nothing.
func (w *explorer) task() string {
	if w.snap.Start == nil {
		return ""
	}
	return w.snap.Start.Task
}

// accountLines lists the practice server's users with their passwords: nothing in them is secret.
func accountLines(accounts []Account, width int) []paint.Line {
	if len(accounts) == 0 {
		return nil
	}
	out := []paint.Line{paint.Dim.Line("users of the practice server")}
	for _, a := range accounts {
		label := paint.Text("  "+a.User).Pad(9).And(paint.Plain, a.Password).Pad(22)
		note := a.Note
		if a.AppPassword != "" {
			note += "; app password " + a.AppPassword
		}
		if a.Token != "" {
			note += "; token " + a.Token
		}
		out = append(out, paint.Hang(label, paint.Wrap(paint.Dim, note, max(width-label.Width(), 10)))...)
	}
	return out
}

// help lists the keys that work now.
func (w *explorer) help() tea.Cmd {
	w.sheet = &text{name: "keys that work now", key: "?", page: helpPage(slices.Clone(w.bindings()))}
	return nil
}

// helpOver lists the keys of a sheet, which comes back after it.
func (w *explorer) helpOver(s sheet, keys keyGroup) {
	w.sheet = &text{name: "help", key: "?", over: s, page: func(width int) []paint.Line { return keyList(width, keys) }}
}

// helpPage is made from the enabled bindings, by group, in as many columns as fit.
func helpPage(all []binding) func(width int) []paint.Line {
	return func(width int) []paint.Line {
		var out []paint.Line
		column := widest(inGroup(all, ""))
		for _, g := range groups {
			keys := inGroup(all, g)
			if len(keys) == 0 {
				continue
			}
			out = append(append(out, paint.Strong.Line(g)), columns(keys, width, column)...)
			out = append(out, paint.Line{})
		}
		return append(out, legend(width)...)
	}
}

// inGroup are the keys that work now of a group, of all groups where it is empty.
func inGroup(all []binding, group string) []paint.Line {
	var out []paint.Line
	for _, b := range all {
		if b.Enabled() && (group == "" || b.intent.group == group) {
			out = append(out, paint.Accent.Line(" "+b.Help().Key).Pad(signWidth).And(paint.Plain, b.Help().Desc))
		}
	}
	return out
}

// signWidth is the column of keys and of signs in the help.
const signWidth = 8

func widest(lines []paint.Line) (width int) {
	for _, l := range lines {
		width = max(width, l.Width())
	}
	return width
}

// columns sets short lines of at most so many cells side by side, down before across.
func columns(lines []paint.Line, width, widest int) []paint.Line {
	const gap, most, wide = 1, 3, 34
	n := max(min((width+gap)/(widest+gap), most), 1)
	column := max(widest+gap, min(width/n, wide))
	rows := (len(lines) + n - 1) / n
	out := make([]paint.Line, rows)
	for i, l := range lines {
		out[i%rows] = out[i%rows].Pad((i / rows) * column).Then(l)
	}
	return out
}

// legend explains the signs of the dialogue and of the bars.
func legend(width int) []paint.Line {
	signs := []paint.Line{
		paint.Client.Line(" C").Pad(signWidth).And(paint.Plain, "sent by the client"),
		paint.Text(" S").Pad(signWidth).And(paint.Plain, "sent by the server"),
		paint.Text(" ┊").Pad(signWidth).And(paint.Plain, "in cleartext"),
		paint.Good.Line(" │").Pad(signWidth).And(paint.Plain, "inside TLS"),
		paint.Accent.Line(" i").Pad(signWidth).And(paint.Plain, "information"),
		paint.Warn.Line(" !").Pad(signWidth).And(paint.Plain, "warning"),
		paint.Bad.Line(" ‼").Pad(signWidth).And(paint.Plain, "danger"),
		paint.Accent.Line(" ▸").Pad(signWidth).And(paint.Plain, "space opens it"),
		paint.Good.Line(" ✓").Pad(signWidth).And(paint.Plain, "done, or right"),
		paint.Bad.Line(" ✗").Pad(signWidth).And(paint.Plain, "failed, or wrong"),
		paint.Accent.Line(" ●").Pad(signWidth).And(paint.Plain, "where the session is"),
		paint.Dim.Line(" ○").Pad(signWidth).And(paint.Plain, "still to come"),
		paint.Text(" ■").Pad(signWidth).And(paint.Plain, "the end"),
	}
	out := append([]paint.Line{paint.Strong.Line("signs")}, columns(signs, width, widest(signs))...)
	return append(out, paint.Text(" ••••••").Pad(signWidth).And(paint.Plain, "a secret, whatever its length"))
}
