package dialogue

import (
	"sort"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/ui/paint"
	"ehlo/ui/scroll"
)

// Pane is the window onto the rows of an index.
type Pane struct {
	*Index
	scroll.List
	// Numbered has the number of each event in front of its first row, see [Pane.Number].
	Numbered bool
	Tail     bool // the window stays at the last row while rows are added

	theme *paint.Theme
	width int
	drawn []int              // the place of the row on each line drawn last
	cache map[shape][]string // painted rows; what a row says never changes
	needs map[shape]int      // how many lines they would take
}

// shape is a row in at most so many lines of a width, which another view changes and the next one changes back.
type shape struct {
	row         int32
	width, most int
	selected    bool
	fold        folded
}

// folded is what the head of a fold tells of it, as of the first upto events; zero for any other row.
type folded struct {
	open bool
	upto int
	rows int // that have been made
}

// maxCached bounds the rows that are kept painted, or measured.
const maxCached = 4096

// NewPane makes a window onto x.
func NewPane(x *Index, theme *paint.Theme) *Pane {
	return &Pane{Index: x, theme: theme, Tail: true, cache: map[shape][]string{}, needs: map[shape]int{}}
}

// Extend reads what the source has gained, as [Index.Extend] does. A selected row that is folded away by it gives the selection
// to the head of its fold.
func (p *Pane) Extend() (n int) {
	p.keep(func() { n = p.Index.Extend() })
	return n
}

// Place has the rows as they were after the first n events, as [Index.Place] does.
func (p *Pane) Place(n int) { p.keep(func() { p.Index.Place(n) }) }

// Lead folds what was done before a person's own steps, as [Index.Lead] does.
func (p *Pane) Lead(first, n int, title string) { p.keep(func() { p.Index.Lead(first, n, title) }) }

// Let shows the rows of events that a filter lets through, see [Index.Sift]. They come in order.
func (p *Pane) Let(events []int) {
	p.keep(func() {
		for _, i := range events {
			p.let(i)
		}
	})
}

// keep keeps the selected row while rows come and go.
func (p *Pane) keep(change func()) {
	selected := int32(-1)
	if p.Sel < len(p.list()) {
		selected = p.list()[p.Sel]
	}
	p.moves = p.moves[:0]
	change()
	if len(p.moves) > 0 {
		selected = p.renumbered(selected)
		p.redraw()
	}
	if p.Sel >= len(p.list()) || p.list()[p.Sel] != selected {
		after := sort.Search(len(p.list()), func(i int) bool { return p.list()[i] > selected })
		p.Select(after-1, len(p.list()))
	}
}

// View draws the rows that can be seen of those of the first n events, each exactly width cells, height of them.
func (p *Pane) View(width, height, n int) []string {
	p.resize(width)
	rows := p.Upto(n)
	first, last := p.Window(rows, height)
	if p.Tail {
		p.Reveal(rows - 1)
		first, last = p.Window(rows, height)
	}
	out := make([]string, 0, height)
	p.drawn = p.drawn[:0]
	from, to := 0, 0 // the lines of the selected row
	for i, lines := range p.linesOf(first, last, n, height-rows) {
		if first+i == p.Sel {
			lines = p.whole(p.Sel, n, lines, height)
			from, to = len(out), len(out)+len(lines)
		}
		out = append(out, lines...)
		for range lines {
			p.drawn = append(p.drawn, first+i)
		}
	}
	if len(out) > height { // the window moves no further than it has to
		above := min(max(to-height, 0), from)
		out, p.drawn = out[above:above+height], p.drawn[above:above+height]
	}
	p.Own(p.drawn)
	for len(out) < height {
		out = append(out, paint.Blank(width))
	}
	return out
}

// Lines is how many lines of a width the rows of the first n events take where each is whole. It counts no further than most.
func (p *Pane) Lines(width, n, most int) (lines int) {
	p.resize(width)
	rows := p.Upto(n)
	if rows >= most {
		return most
	}
	for i := 0; i < rows && lines < most; i++ {
		lines += p.need(i, n, most)
	}
	return min(lines, most)
}

// Least is how many lines of a width the rows of the first n events take at least: the selected one is whole, as far as half of a window of
// that height goes.
func (p *Pane) Least(width, height, n int) int {
	p.resize(width)
	rows := p.Upto(n)
	if p.Sel >= rows {
		return rows
	}
	return rows - 1 + len(p.broken(p.Sel, p.Look(p.Sel, n), min(mostSelected, max(height/2, 1))))
}

// Drawn is the place of the row on each line that was drawn last, from the top of the window.
func (p *Pane) Drawn() []int { return p.drawn }

// Unseen is how many rows of those of the first n events are above and below the window.
func (p *Pane) Unseen(n int) (above, below int) { return p.List.Unseen(p.Upto(n)) }

// Fold opens or closes the fold of the selected row and selects its head. Of what is opened as much as fits is shown.
func (p *Pane) Fold() {
	before := len(p.shown)
	p.Tail = false
	p.Sel = p.Toggle(p.Sel)
	if opened := len(p.shown) - before; opened > 0 {
		p.Reveal(p.Sel + opened)
	}
}

// Number shows the numbers of the events, or hides them.
func (p *Pane) Number(on bool) {
	p.Numbered = on
	p.redraw()
}

// number is what stands in front of row i: the number of its event where it is the first row of it, else as many blanks; nothing
// where no numbers are shown.
func (p *Pane) number(i int) paint.Line {
	if !p.Numbered {
		return nil
	}
	width, text := len(Count(p.Len())), ""
	if r := p.Row(i); !r.Kind.Border() && (i == 0 || p.Row(i-1).Event != r.Event || p.Row(i-1).Kind.Border()) {
		text = Count(r.Event + 1)
	}
	return paint.Dim.Line(strings.Repeat(" ", width-len(text)) + text)
}

func (p *Pane) resize(width int) {
	p.width = width
	if len(p.cache) > maxCached || len(p.needs) > maxCached {
		p.redraw()
	}
}

// redraw has every row drawn again.
func (p *Pane) redraw() {
	clear(p.cache)
	clear(p.needs)
}

// remembered gives what is remembered of row i, as of the first n events, in at most so many lines, and makes it where it is not.
func remembered[T any](p *Pane, from map[shape]T, i, n, most int, made func() T) T {
	key := shape{row: p.list()[i], width: p.width, most: most, selected: i == p.Sel}
	if p.Row(i).Kind.heads() {
		key.fold = folded{p.Open(i), n, len(p.rows)}
	}
	known, ok := from[key]
	if !ok {
		known = made()
		from[key] = known
	}
	return known
}

// row draws a row in one line.
func (p *Pane) row(i, n int) []string {
	return remembered(p, p.cache, i, n, 1, func() []string {
		if i == p.Sel {
			return []string{p.theme.PaintSelected(p.line(i, n, "›"), p.width)}
		}
		return []string{p.theme.Paint(p.line(i, n, " "), p.width)}
	})
}

// line puts a row together: selection, mark, rail, text and, where there is room, the margin.
func (p *Pane) line(i, n int, sel string) paint.Line {
	look, number := p.Look(i, n), p.number(i)
	width := p.width - number.Width()
	if look.Edge != nil {
		return number.Then(look.Edge.line(sel, look.Text, width))
	}
	lead := look.lead(sel)
	return number.Then(withMargin(lead.Then(look.text(width-lead.Width())), look.Margin, width))
}

// text is the text with as much of the tail as fits.
func (l Look) text(width int) paint.Line {
	out := l.Text
	for _, part := range l.Tail {
		if out.Width()+part.Width() > width {
			break
		}
		out = out.Then(part)
	}
	return out
}

// lead is what stands in front of the text.
func (l Look) lead(sel string) paint.Line {
	return paint.Line{paint.Of(paint.Accent, sel), orBlank(l.Mark), orBlank(paint.Of(paint.Accent, l.Fold)), orBlank(l.Rail), paint.Of(paint.Plain, " ")}
}

// linesOf draw the rows from first up to last, whole where lines are free: what does not fit into one line goes on below it.
func (p *Pane) linesOf(first, last, n, free int) [][]string {
	out := make([][]string, last-first)
	more := p.spread(first, last, n, free)
	for i := range out {
		if more[i] == 0 {
			out[i] = p.row(first+i, n)
		} else {
			out[i] = remembered(p, p.cache, first+i, n, 1+more[i], func() []string { return p.lines(first+i, n, 1+more[i]) })
		}
	}
	return out
}

// spread divides the free lines among the rows that are longer than one: the selected one comes first, what crossed the wire after it, and
// remarks on that last.
func (p *Pane) spread(first, last, n, free int) []int {
	more := make([]int, last-first)
	if free <= 0 {
		return more
	}
	needs := make([]int, last-first)
	ranks := make([]rank, last-first)
	for i := range more {
		needs[i], ranks[i] = p.need(first+i, n, 1+free)-1, p.rank(first+i)
	}
	give := func(i, most int) {
		n := min(needs[i]-more[i], most, free)
		more[i], free = more[i]+n, free-n
	}
	if first <= p.Sel && p.Sel < last {
		give(p.Sel-first, mostSelected-1)
	}
	for r := range remarks + 1 {
		for i := range more {
			if ranks[i] == r {
				give(i, free)
			}
		}
	}
	return more
}

// need is how many lines a row takes; it counts no further than most, or than a usual window has.
func (p *Pane) need(i, n, most int) int {
	const usual = 64
	most = max(most, usual)
	return remembered(p, p.needs, i, n, most, func() int { return len(p.broken(i, p.Look(i, n), most)) })
}

// whole are the lines of the selected row, all of it or as much as half of the window takes, where it has been cut.
func (p *Pane) whole(i, n int, lines []string, height int) []string {
	if most := min(mostSelected, height/2); min(p.need(i, n, most), most) > len(lines) {
		return remembered(p, p.cache, i, n, most, func() []string { return p.lines(i, n, most) })
	}
	return lines
}

// mostSelected is how many lines the selected row takes at most: a message has more.
const mostSelected = 6

// rank is the order in which rows get the lines that are free.
type rank uint8

const (
	protocol rank = iota // what crossed the wire
	sayings              // what happened beside it
	remarks              // what a line was opened into
)

func (p *Pane) rank(i int) rank {
	switch r := p.Row(i); {
	case r.Kind == RowNote:
		return sayings
	case p.src.At(r.Event).Kind == record.KindSend, p.src.At(r.Event).Kind == record.KindReply:
		return protocol
	case p.src.At(r.Event).Kind == record.KindAuth:
		return remarks
	}
	return sayings
}

// mostRemark is how many lines a remark takes at most: the fields view has all of it.
const mostRemark = 2

// broken is the text of a row in up to most lines.
func (p *Pane) broken(i int, look Look, most int) []paint.Line {
	switch {
	case look.Edge != nil:
		most = 1
	case p.rank(i) == remarks && i != p.Sel:
		most = min(most, mostRemark)
	}
	width := p.width - p.number(i).Width() - look.lead(" ").Width()
	return look.text(width).Break(width, min(look.Hang, width/3), most)
}

// lines draw a row in up to most lines. What goes on of what crossed the wire, or was read out of it, has a mark where the first line
// says who speaks: it is no line of its own.
func (p *Pane) lines(i, n, most int) (out []string) {
	look, sel, paintLine := p.Look(i, n), " ", p.theme.Paint
	if i == p.Sel {
		sel, paintLine = "›", p.theme.PaintSelected
	}
	number := p.number(i)
	texts := p.broken(i, look, most)
	lead, on := number.Then(look.lead(sel)), Look{Rail: look.Rail}
	if p.rank(i) != sayings {
		on.Mark = paint.Of(paint.Dim, "…")
	}
	for k, text := range texts {
		line := lead.Then(text)
		if k == len(texts)-1 {
			line = withMargin(line, look.Margin, p.width)
		}
		out = append(out, paintLine(line, p.width))
		lead = paint.Text("").Pad(number.Width()).Then(on.lead(" "))
	}
	return out
}

func orBlank(s paint.Span) paint.Span {
	if s.Empty() {
		return paint.Of(paint.Plain, " ")
	}
	return s
}

// farthest is the column of remarks on a wide screen: further right nobody would see which line they belong to.
const farthest = 56

// withMargin sets the remark in a column of its own, wide enough for the longest there is; where that does not do, at the next stop to the
// left or the right, so that remarks stand below each other. It is the first to go: where it does not fit whole it is left out.
func withMargin(line paint.Line, margin string, width int) paint.Line {
	const gap, stop = 2, 4
	note := paint.Dim.Line("· ").Then(withKey(margin))
	column := min(max(width-explain.MaxShort, width/2-4), farthest)
	for column+note.Width() > width && column > stop {
		column -= stop
	}
	for column < line.Width()+gap {
		column += stop
	}
	if margin == "" || column+note.Width() > width {
		return line
	}
	return line.Pad(column).Then(note)
}

// withKey paints a text that begins with the key that opens a fold.
func withKey(text string) paint.Line {
	if does, ok := strings.CutPrefix(text, foldKey+" "); ok {
		return paint.Accent.Line(foldKey).And(paint.Dim, " "+does)
	}
	return paint.Dim.Line(text)
}

// Single draws the selected row alone.
func (p *Pane) Single(width, n int) string {
	p.resize(width)
	return p.row(p.Sel, n)[0]
}
