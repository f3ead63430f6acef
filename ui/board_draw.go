package ui

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/transcripts/visits"
	"ehlo/transcripts/words"
	"ehlo/ui/paint"
	"ehlo/ui/scroll"
)

// View implements [tea.Model].
func (m *board) View() string {
	lines := m.head()
	body := max(m.height-len(lines)-2, 0)
	drawn := m.painted(lines)
	if m.view.guide {
		drawn = append(drawn, m.guided(body)...)
	} else {
		drawn = append(drawn, m.listed(body)...)
	}
	drawn = append(drawn, m.theme.Paint(m.rule(m.sum()), m.width), m.theme.Paint(hintLine(m.hints(), m.width), m.width))
	return strings.Join(drawn[:min(len(drawn), m.height)], "\n")
}

func (m *board) painted(lines []paint.Line) (drawn []string) {
	for _, l := range lines {
		drawn = append(drawn, m.theme.Paint(l, m.width))
	}
	return drawn
}

func (m *board) rule(title string) paint.Line {
	title = paint.Text(title).Cut(max(m.width-4, 0)).String()
	return paint.Dim.Line("─ "+title+" ").And(paint.Dim, paint.Rule(max(m.width-paint.Width(title)-3, 0)))
}

// head is what is served; of many servers as many as leave the visitors most of the screen.
func (m *board) head() []paint.Line {
	lines := []paint.Line{paint.Strong.Line("practice server").Flush(paint.Dim.Line(words.Number(m.counts.Here, "visitor")+" connected"), m.width)}
	if m.Warning != "" {
		lines = append(lines, paint.Bad.Line("! "+m.Warning))
	}
	room := max(m.height/4, 1)
	for i, s := range m.Servers {
		if i == room-1 && len(m.Servers) > room {
			lines = append(lines, paint.Dim.Line(fmt.Sprintf("and %s, see the guide", words.Number(len(m.Servers)-i, "more server"))))
			break
		}
		lines = append(lines, paint.Text(s))
	}
	return lines
}

// boardColumns are how wide the parts of a row are, the last of which takes the rest.
type boardColumns struct{ number, scenario, client, step, goal int }

func (m *board) columns() boardColumns {
	switch {
	case m.width >= 110:
		return boardColumns{5, 26, 24, 11, 14}
	case m.width >= 76:
		return boardColumns{5, 16, 17, 10, 10}
	}
	return boardColumns{4, 11, 0, 10, 10}
}

// boardList is what a board lists, and what there is to say about the selected row.
type boardList struct {
	title, place, empty string
	head                paint.Line
	rows                []paint.Line
	at                  *scroll.List
	about               []paint.Line
}

// visited are the visitors.
func (m *board) visited() boardList {
	c := m.columns()
	l := boardList{title: "visitors", place: m.place(), empty: "no one has connected yet; the guide shows how to connect", at: &m.view.list, about: m.about(),
		head: m.columned(c, paint.Dim, " #", "scenario", "from", "step", "task", paint.Dim.Line("result"))}
	for i := range m.rows {
		l.rows = append(l.rows, m.row(c, &m.rows[i]))
	}
	return l
}

func (m *board) listed(height int) []string {
	l := m.visited()
	if m.taught() {
		l = m.class()
	}
	below := l.about
	if room := height / 3; len(below) > room {
		below = below[:max(room, 0)]
	}
	rows := max(height-2-len(below)-1, 1)
	drawn := m.painted([]paint.Line{m.rule(l.title), l.head})
	first, last := l.at.Window(len(l.rows), rows)
	for i := first; i < last; i++ {
		if i == l.at.Sel {
			drawn = append(drawn, m.theme.PaintSelected(l.rows[i], m.width))
		} else {
			drawn = append(drawn, m.theme.Paint(l.rows[i], m.width))
		}
	}
	if len(l.rows) == 0 {
		drawn = append(drawn, m.theme.Paint(paint.Dim.Line(l.empty), m.width))
		last++
	}
	for range rows - (last - first) {
		drawn = append(drawn, paint.Blank(m.width))
	}
	drawn = append(drawn, m.theme.Paint(m.rule(withMore(l.place, l.at, len(l.rows))), m.width))
	return append(drawn, m.painted(below)...)[:max(height, 0)]
}

func (m *board) place() string {
	if len(m.rows) == 0 {
		return "here"
	}
	return fmt.Sprintf("visitor %d, row %d of %d", m.rows[m.view.list.Sel].Number, m.view.list.Sel+1, len(m.rows))
}

// columned puts texts into the columns of a row.
func (m *board) columned(c boardColumns, ink paint.Ink, number, scenario, client, step, goal string, rest paint.Line) paint.Line {
	var l paint.Line
	for _, part := range []struct {
		text  string
		width int
	}{{number, c.number}, {scenario, c.scenario}, {client, c.client}, {step, c.step}, {goal, c.goal}} {
		if part.width > 0 {
			l = l.Then(ink.Line(part.text).Cut(part.width - 1).Pad(part.width))
		}
	}
	return l.Then(rest)
}

func (m *board) row(c boardColumns, r *visits.Row) paint.Line {
	client := r.Client
	if c.client < 20 { // the port is the first that can be spared
		client, _, _ = cutLast(client, ":")
	}
	step := string(r.Step)
	if !r.Over {
		step = "● " + step
	}
	return m.columned(c, paint.Plain, fmt.Sprintf("%3d", r.Number), r.Scenario, client, step, goalMark(r), cameTo(r))
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// goalMark is what is known of a visitor's task, in a word.
func goalMark(r *visits.Row) string {
	switch r.Goal {
	case visits.Solved:
		return "✓ solved"
	case visits.Delivered:
		return "delivered"
	case visits.Open:
		return "✗ open"
	case visits.Unseen:
		return "not seen"
	}
	return ""
}

// cameTo is the verdict of a visit in a few words.
func cameTo(r *visits.Row) paint.Line {
	if !r.Over {
		return paint.Accent.Line("connected")
	}
	ink := paint.Plain
	switch r.Verdict.Outcome {
	case record.OutcomeDone:
		ink = paint.Good
	case record.OutcomeRefused, record.OutcomeFailed, record.OutcomeUnsafe:
		ink = paint.Bad
	case record.OutcomeDeferred:
		ink = paint.Warn
	}
	return ink.Line(string(r.Verdict.Outcome)).And(paint.Plain, words.Labelled(": ", string(r.Verdict.Finding)))
}

// about is the selected visit in sentences.
func (m *board) about() []paint.Line {
	r := m.selected()
	if r == nil {
		return nil
	}
	first := fmt.Sprintf("%s on port %d of %s, from %s, since %s", r.Scenario, r.Listener.Port, r.Listener.Host, r.Client, r.Began.Format(time.TimeOnly))
	lines := paint.Wrap(paint.Dim, first, m.width-1)
	if !r.Over {
		return append(lines, paint.Wrap(paint.Plain, "The session is running, at "+string(r.Step)+".", m.width-1)...)
	}
	if r.Verdict.Outcome == "" {
		return append(lines, paint.Dim.Line("too many visitors left at once: nothing of this one was kept"))
	}
	cause := fmt.Sprintf("%s, exit code %d: %s", r.Verdict.Outcome, r.Verdict.Exit, r.Verdict.Cause)
	lines = append(lines, paint.Wrap(paint.Plain, cause, m.width-1)...)
	if r.Lesson.Steps > 0 {
		lines = append(lines, paint.Wrap(paint.Dim, r.Lesson.InWords()+".", m.width-1)...)
	}
	if said := unknowable.Of(r.Goal); said != "" {
		lines = append(lines, paint.Wrap(paint.Dim, said, m.width-1)...)
	}
	return append(lines, paint.Dim.Line(cmp.Or(r.Path, "no transcript was written")))
}

// unknowable says what a server cannot know about a goal.
var unknowable = lazy.Table[visits.Goal, string]{
	{visits.Unseen, "This side cannot see whether the task is solved: only the visitor's side shows it."},
	{visits.Delivered, "The message was delivered. The task counts as solved if the client verified the certificate, which only the visitor's side shows."},
}

// guideLines are the guide in the width of the screen.
func (m *board) guideLines() (lines []paint.Line) {
	for _, g := range m.Guide(m.width - 1) {
		switch {
		case g == "" || paint.Width(g) < m.width:
			lines = append(lines, paint.Text(g))
		case strings.HasPrefix(g, " "):
			lines = append(lines, continued(g, m.width-1)...)
		default:
			lines = append(lines, paint.Wrap(paint.Plain, g, m.width-1)...)
		}
	}
	return lines
}

// continued is a command in as many lines as it needs, each but the last with a backslash at its end: a shell takes them for one.
func continued(command string, width int) []paint.Line {
	lines := paint.Wrap(paint.Plain, strings.TrimSpace(command), width-6)
	for i := range lines {
		if i < len(lines)-1 {
			lines[i] = lines[i].And(paint.Plain, " \\")
		}
		lines[i] = paint.Text(map[bool]string{true: "  ", false: "    "}[i == 0]).Then(lines[i])
	}
	return lines
}

// room is how many lines of the guide are in sight.
func (m *board) room() int { return max(m.height-len(m.head())-3, 0) }

// tops is how many lines the guide can begin with.
func (m *board) tops() int { return max(len(m.guideLines())-m.room(), 0) + 1 }

func (m *board) guided(height int) []string {
	lines := m.guideLines()
	m.view.scroll.Select(m.view.scroll.Sel, m.tops())
	shown := lines[min(m.view.scroll.Sel, len(lines)):min(m.view.scroll.Sel+m.room(), len(lines))]
	drawn := append(m.painted([]paint.Line{m.rule("how to connect")}), m.painted(shown)...)
	for len(drawn) < height {
		drawn = append(drawn, paint.Blank(m.width))
	}
	return drawn[:max(height, 0)]
}

// sum is what came of all visits.
func (m *board) sum() string {
	parts := []string{words.Number(m.counts.All, "visitor")}
	if m.Class != nil {
		parts = append([]string{words.Number(len(m.learners), "learner")}, parts...)
	}
	parts = append(parts, fmt.Sprintf("%d solved", m.counts.Solved), fmt.Sprintf("%d delivered", m.counts.Delivered))
	for _, o := range []record.Outcome{record.OutcomeDone, record.OutcomeRefused, record.OutcomeDeferred, record.OutcomeFailed, record.OutcomeUnsafe, record.OutcomeStopped} {
		if n := m.counts.Outcomes[o]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, o))
		}
	}
	if n := m.TurnedAway(); n > 0 {
		parts = append(parts, fmt.Sprintf("%d rejected", n))
	}
	if m.counts.Unwritten > 0 {
		parts = append(parts, fmt.Sprintf("%d not written", m.counts.Unwritten))
	}
	return strings.Join(parts, ", ")
}

// listing is what the guide is left for.
func (m *board) listing() string {
	if m.taught() {
		return "learners"
	}
	return "visitors"
}

// hints are the keys that work now.
func (m *board) hints() []key.Help {
	if m.asks {
		return []key.Help{{Key: "y", Desc: "stop the server, " + words.Number(m.counts.Here, "visitor") + " connected"}, {Key: "n", Desc: "continue"}}
	}
	if m.view.guide {
		return []key.Help{{Key: "↑↓", Desc: "scroll"}, {Key: "g", Desc: m.listing()}, {Key: "q", Desc: "stop the server"}}
	}
	keys := []key.Help{{Key: "↑↓", Desc: "move"}, {Key: "enter", Desc: "open the session"}}
	switch {
	case m.taught():
		keys = []key.Help{{Key: "enter", Desc: "open"}, {Key: "l", Desc: "visitors"}}
	case m.Class != nil:
		keys = []key.Help{{Key: "enter", Desc: "open"}, {Key: "l", Desc: "learners"}}
	}
	return append(keys, key.Help{Key: "g", Desc: "guide"}, key.Help{Key: "q", Desc: "stop the server"})
}
