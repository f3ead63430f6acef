package ui

import (
	"fmt"
	"strings"

	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
	"ehlo/ui/detail"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
	"ehlo/ui/scroll"
)

// The smallest terminal that shows anything useful, and the one from which two panes fit side by side.
const (
	minWidth, minHeight   = 60, 16
	wideWidth, wideHeight = 100, 28
	// besideWidth is where fields and bytes fit beside each other, in place of the panes.
	besideWidth = 110
)

// barFrame is how many lines there are beside the panes and the bar: the header, the progress, two rules and the keys.
const barFrame = 5

// verdictRows is how many lines a verdict has on a small screen where the dialogue fills its rows: what it came to, why, and who has to do
// what, with the keys that do it. Below lowHeight it matters more than the dialogue.
const verdictRows, lowHeight = 4, 20

// canvas puts a picture together from rows of exactly width cells.
type canvas struct {
	theme         *paint.Theme
	width, height int
	rows          []string
}

func (c *canvas) line(l paint.Line) {
	if c.rows == nil {
		c.rows = make([]string, 0, c.height)
	}
	c.rows = append(c.rows, c.theme.Paint(l, c.width))
}

func (c *canvas) lines(ls []paint.Line, height int) {
	for i := range height {
		if i < len(ls) {
			c.line(ls[i])
		} else {
			c.line(nil)
		}
	}
}

func (c *canvas) String() string { return strings.Join(c.rows, "\n") }

// draw is the walk as a picture of width by height cells.
func (w *explorer) draw(width, height int) string {
	if w.show != nil {
		return w.show.draw(width, height)
	}
	c := &canvas{theme: w.theme, width: width, height: height}
	w.fit(width, height)
	w.leftOut = 0
	c.line(w.header(width))
	c.line(w.progress(width))
	next := w.next(width, height)
	body := height - 3 - len(next)
	if w.fullSheet() {
		w.drawSheet(c, body)
	} else {
		w.drawPanes(c, body)
	}
	for _, l := range next {
		c.line(l)
	}
	return c.String()
}

// fit settles how many panes there are side by side, and what matters most where there is little room.
func (w *explorer) fit(width, height int) {
	w.reader.compact = width < wideWidth || height < wideHeight
	w.reader.beside = width >= besideWidth
	w.low = height < lowHeight
}

// next draws the bar at the bottom with the rule above it and the keys below it. It has the same height most of the
// time, and grows for what has to be read whole, and into rows that nothing else needs.
func (w *explorer) next(width, height int) []paint.Line {
	if w.alone() {
		return []paint.Line{w.footer(width)}
	}
	least, most := w.barHeight(width, height)
	most = w.grown(width, height, least, most)
	lines := w.nextLines(width-2, most)
	title, room := w.barTitle(), most
	if w.viewing() { // the view has what it needs first
		room = least + w.spare(width, height, least)
	}
	if task := w.taskLines(title, width); len(task) > 0 && len(lines)+len(task) <= room {
		lines = append(lines, task...)
	} else {
		title = w.withTask(title, width)
	}
	for len(lines) < least-w.lacking(width, height, least) {
		lines = append(lines, paint.Line{})
	}
	out := append([]paint.Line{w.rule(title, width)}, indented(lines)...)
	return append(out, w.footer(width))
}

// grown is how many lines the bar may have with the rows that nothing else needs. A verdict, and the task below it, leave those that the
// explanation of the row lacks.
func (w *explorer) grown(width, height, least, most int) int {
	free := least + w.spare(width, height, least)
	if w.sheet != nil || !w.hasVerdict() || w.viewing() {
		return max(most, free)
	}
	for most < free && w.lacking(width, height, most+1) == 0 {
		most++
	}
	return most
}

// alone reports whether a page has the whole of a small screen, but for the keys: what comes next is not its matter. The whole verdict has it
// on any: its beginning stands nowhere else then.
func (w *explorer) alone() bool {
	switch w.sheet.(type) {
	case *text, *assignment:
		return w.reader.compact
	case *wholeVerdict:
		return true
	}
	return false
}

// leastBar is how many lines the bar has at least.
func leastBar(height int) int {
	if height < 22 {
		return 2
	}
	return 3
}

// barHeight is how many lines the bar has at least and at most.
func (w *explorer) barHeight(width, height int) (least, most int) {
	least = leastBar(height)
	most = height / 5
	_, failed := w.sheet.(*trouble)
	if o, ok := w.option(); failed || ok && w.sheet == nil && w.atEnd() && o.Blocked != nil && !(w.zoomed && w.reader.compact) { // what happened and what to try are to be seen at once
		most = height / 3
	}
	if w.sheet == nil && w.hasVerdict() {
		switch most = max(height/3, verdictRows+1); {
		case height >= wideHeight:
		case !w.low: // all of it is a key away, and more stands here where rows are free
			most = verdictRows + w.keptRows(width)
		case !w.viewing():
			most = max(most, height-barFrame-2)
		}
	}
	if _, asked := w.sheet.(*question); asked { // what someone agrees to is to be read whole
		most = height / 2
	}
	return least, max(least, most)
}

// spare is how many rows neither the dialogue nor the explanation needs while the bar has least lines.
func (w *explorer) spare(width, height, least int) int {
	rows := height - barFrame - least
	switch {
	case !w.hasRow() || w.fullSheet():
		return 0
	case w.reader.compact && w.zoomed:
		w.reader.open(w.subject(), w.view, width-2)
		return max(rows-1-w.reader.body.Len(), 0)
	case w.reader.compact:
		return max(rows-w.filled(width, rows)-w.stripLeast(width-2, height, rows), 0)
	}
	left, right := w.halves(width)
	told := w.filled(left-1, rows)
	if w.aligned() {
		return max(rows-told, 0)
	}
	w.reader.open(w.subject(), w.view, w.viewWidth(right))
	return max(rows-max(told, w.reader.body.Len()), 0)
}

// filled is how many of so many lines the dialogue fills, with what stands above it.
func (w *explorer) filled(width, height int) int {
	return w.above + w.pane.Lines(width, w.pos, max(height-w.above, 0))
}

// lacking is how many rows the view, or the explanation below the dialogue, lacks while the bar has least lines: those that the bar
// leaves empty go to it.
func (w *explorer) lacking(width, height, least int) int {
	if !w.reader.compact || w.fullSheet() || !w.hasRow() {
		return 0
	}
	if w.zoomed {
		w.reader.open(w.subject(), w.view, width-2)
		return max(w.reader.body.Len()-(height-barFrame-least-1), 0)
	}
	has := w.strip(width-2, height, height-barFrame-least)
	if has == 0 {
		return 0
	}
	return max(1+len(w.stripLines(width-2, has-1))-has, 0)
}

// rule divides the bar from the panes; it is the place for what a person has to be told once.
func (w *explorer) rule(title paint.Line, width int) paint.Line {
	notice := w.notice
	if w.live != nil && w.live.Path != "" && w.bridge.failed() != nil {
		notice = "no longer recorded" + w.unkept(": ")
	}
	switch {
	case notice != "":
		return titled(width, w.telling(notice, width-4))
	case w.sheetBelow():
		return titled(width, paint.Strong.Line(w.sheet.title()))
	case w.live != nil && w.live.Path == "":
		return titled(width, paint.Warn.Line("no transcript is kept"+w.unkept(": ")))
	}
	return titled(width, title)
}

// telling is what a person has to be told once, after the title of a verdict where both fit.
func (w *explorer) telling(notice string, width int) paint.Line {
	said := paint.Accent.Line(notice)
	if both := w.barTitle().And(paint.Dim, " · ").Then(said); w.hasVerdict() && !w.sheetBelow() && both.Width() <= width {
		return both
	}
	return said
}

// barTitle says what stands in the bar at the bottom.
func (w *explorer) barTitle() paint.Line {
	title := paint.Dim.Line("next")
	_, choosing := w.sheet.(*chooser)
	switch {
	case choosing: // of what comes next, whatever stood there
	case w.unended() && w.finished():
		title = paint.Dim.Line("a session that is still running")
	case w.playing():
		title = w.playTitle()
	case w.atEnd() && w.live == nil && w.finished():
		title = paint.Dim.Line("the end of the transcript")
	case w.hasVerdict():
		title = w.verdictTitle()
	case len(w.trail.left) > 0:
		title = paint.Accent.Line(w.trail.along())
	}
	return title
}

// verdictTitle says above a verdict that the task is solved, for as long as the verdict stands there.
func (w *explorer) verdictTitle() paint.Line {
	title := paint.Dim.Line("verdict")
	if w.made.Solved {
		title = title.And(paint.Dim, " · ").And(paint.Good, "✓ solved")
	}
	return title
}

// reminder is the task that the bar shows: none once it is done, where its own page tells it, and where the bar asks for something else.
func (w *explorer) reminder() string {
	switch w.sheet.(type) {
	case *text, *assignment, *wholeVerdict, *chooser:
		return ""
	}
	if w.sheetBelow() {
		return ""
	}
	if w.live == nil && w.hasVerdict() && !w.failed() { // it was done
		return ""
	}
	return w.partTask()
}

// withTask says behind the title what a learner is to do: it stays in sight. Where it is too long the key that tells all of it
// stands behind its beginning, and alone where that would be no more than a few words.
func (w *explorer) withTask(title paint.Line, width int) paint.Line {
	const words = 20 // cells that are worth it
	task := w.reminder()
	if task == "" {
		return title
	}
	label := paint.Dim.Line(" · to do: ")
	room := width - 4 - title.Width() - label.Width()
	if paint.Width(task) <= room {
		return title.Then(label).And(paint.Plain, task)
	}
	key := w.taskKey()
	switch room -= 1 + key.Width(); {
	case room >= words:
		return title.Then(label).Then(paint.Wrap(paint.Plain, task, room)[0]).And(paint.Dim, "…").Then(key)
	case len(key) > 0:
		return title.And(paint.Dim, " · to do:").Then(key)
	}
	return title
}

// taskKey names the key that tells all of the task, unless a sheet has the keys.
func (w *explorer) taskKey() paint.Line {
	if w.sheet != nil {
		return nil
	}
	return paint.Text(" ").And(paint.Accent, "o").And(paint.Dim, " shows it all")
}

// taskLines are the task where it does not fit behind the title.
func (w *explorer) taskLines(title paint.Line, width int) []paint.Line {
	task := w.reminder()
	if task == "" || title.Width()+len(" · to do: ")+paint.Width(task) <= width-4 {
		return nil
	}
	label := paint.Dim.Line("  to do  ")
	return paint.Hang(label, paint.Wrap(paint.Plain, task, width-2-label.Width()))
}

// titled is a rule with a title in it.
func titled(width int, title paint.Line) paint.Line {
	title = title.Cut(width - 4)
	return paint.Dim.Line("─ ").Then(title).And(paint.Dim, " "+paint.Rule(width-3-title.Width()))
}

// footer names the keys worth knowing here, as many as fit.
func (w *explorer) footer(width int) paint.Line {
	if w.sheet != nil {
		return hintLine(w.sheet.hints(), width)
	}
	return hinted(placed(fittingHints(w.hints(), width)))
}

// fullSheet reports whether the sheet takes the place of both panes.
func (w *explorer) fullSheet() bool {
	switch w.sheet.(type) {
	case *text, *workbench, *wholeVerdict:
		return true
	case *inspector:
		return w.reader.compact || w.reader.beside
	}
	return w.sheetOver() && w.reader.compact
}

// drawPanes shows the dialogue and a view, beside each other where they fit.
func (w *explorer) drawPanes(c *canvas, body int) {
	if w.reader.compact {
		w.drawCompact(c, body)
	} else {
		w.drawWide(c, body)
	}
}

func (w *explorer) sheetBelow() bool { return w.sheet != nil && w.sheet.below() }
func (w *explorer) sheetOver() bool  { return w.sheet != nil && !w.sheet.below() }

func (w *explorer) drawSheet(c *canvas, body int) {
	lines := w.sheet.lines(c.width-2, body) // the title says which part of them is shown
	c.line(titled(c.width, paint.Strong.Line(w.sheet.title())))
	c.lines(indented(lines), body)
}

func indented(lines []paint.Line) []paint.Line {
	out := make([]paint.Line, len(lines))
	for i, l := range lines {
		out[i] = paint.Text(" ").Then(l)
	}
	return out
}

// drawCompact shows one pane at a time: the dialogue with what the selected row means below it, or a view.
func (w *explorer) drawCompact(c *canvas, body int) {
	if w.zoomed && w.hasRow() {
		w.drawView(c, body)
		return
	}
	strip := w.strip(c.width-2, c.height, body)
	rows := w.dialogueRows(c.width, body-strip)
	c.line(w.tabs(c.width))
	c.rows = append(c.rows, rows...)
	if strip > 0 {
		w.drawStrip(c, strip)
	}
}

// drawView shows a view in full, below the row that it is about.
func (w *explorer) drawView(c *canvas, body int) {
	w.reader.open(w.subject(), w.view, c.width-2)
	lines := w.reader.view(body - 1)
	c.line(w.tabs(c.width))
	c.rows = append(c.rows, w.pane.Single(c.width, w.pos))
	c.lines(indented(lines), body-1)
}

// drawStrip shows what the selected row means, or the beginning of it.
func (w *explorer) drawStrip(c *canvas, height int) {
	if !w.hasRow() {
		c.lines(nil, height)
		return
	}
	c.line(titled(c.width, paint.Dim.Line("in short")))
	c.lines(indented(limit(w.stripLines(c.width-2, height-1), height-1)), height-1)
}

// stripLines are the explanation, without its blank lines where it does not fit with them.
func (w *explorer) stripLines(width, height int) []paint.Line {
	w.reader.open(w.subject(), detail.Explain, width)
	w.reader.tops = scroll.List{}
	if w.reader.body.Len() <= height {
		return w.reader.view(height)
	}
	lines := w.reader.view(3 * height)
	lines = lines[min(w.saidInRow(width), len(lines)):]
	var out []paint.Line
	for _, l := range lines {
		if l.Width() > 0 {
			out = append(out, l)
		}
	}
	return out
}

// saidInRow is how many lines of the explanation say no more than the selected row does.
func (w *explorer) saidInRow(width int) int {
	const lead, least = 5, 3 // what stands in front of the text of a row, and how many lines it has in any window
	if f := w.selected().Finding; f != nil && len(paint.Wrap(paint.Plain, f.Text, width+2-lead)) <= least {
		return len(paint.Wrap(paint.Plain, f.Text, width-2)) // behind a sign
	}
	return 0
}

// strip is the height of the explanation below the dialogue, with its title: what it has at least, and all rows that the
// dialogue leaves free as far as it needs them.
func (w *explorer) strip(width, height, body int) int {
	const worth = 3
	if !w.hasRow() {
		return 0
	}
	least, free := w.stripLeast(width, height, body), body-w.above-w.pane.Least(width+2, body, w.pos)
	if free <= max(least, worth-1) {
		return least
	}
	w.reader.open(w.subject(), detail.Explain, width)
	most := min(free, 1+w.reader.body.Len())
	return max(least, min(most, 1+len(w.stripLines(width, most-1))))
}

// stripLeast is room for a few lines; for what went wrong and who has to put it right as many as it takes, as long as
// the dialogue keeps some rows. What stands in the bar is not said again.
func (w *explorer) stripLeast(width, height, body int) int {
	const rows, tall = 6, 20
	if height < tall || !w.hasRow() || w.saidBelow() {
		return 0
	}
	f, ok := w.remedied()
	usual := 5 + w.ceded(height, body)
	if !ok {
		return usual
	}
	need := 1 + len(paint.Wrap(paint.Plain, f.Text, width-2)) - w.saidInRow(width) + len(paint.Wrap(paint.Plain, f.Remedies(), width-len("Try  ")))
	return max(usual, min(need, body-rows))
}

// ceded is how many rows the bar leaves to the explanation.
func (w *explorer) ceded(height, body int) int {
	least := leastBar(height)
	return max(body-(height-barFrame-least), 0)
}

// saidBelow reports whether the bar says what the selected row means.
func (w *explorer) saidBelow() bool {
	e, verdict := w.selected(), w.sheet == nil && w.hasVerdict()
	_, failed := w.sheet.(*trouble)
	return e.Kind == record.KindEnd && verdict || e.Kind == record.KindFinding && (failed || verdict && e.Finding.Code == w.cameTo().Finding)
}

// remedied is the selected row where it is a danger with a word on what would help.
func (w *explorer) remedied() (*record.Finding, bool) {
	if !w.hasRow() {
		return nil, false
	}
	f := w.selected().Finding
	return f, f != nil && f.Severity == "danger" && f.Remedies() != ""
}

// drawWide shows the dialogue and a view side by side.
func (w *explorer) drawWide(c *canvas, body int) {
	left, right := w.halves(c.width)
	rows := w.dialogueRows(left-1, body)
	lines := w.rightLines(right-2, body)
	c.line(w.doubleRule(left, right))
	between := w.theme.Paint(paint.Dim.Line(" │"), 2) + " "
	for i, row := range rows {
		var l paint.Line
		if i < len(lines) {
			l = lines[i]
		}
		c.rows = append(c.rows, row+between+w.theme.Paint(l, right-1))
	}
}

// halves are the widths of the two panes, with a line between them: prose is no wider than it is read with ease, a dump has 16 bytes
// a line where the dialogue keeps its text, and all else has as much as the dialogue. They do not depend on what is selected.
func (w *explorer) halves(width int) (left, right int) {
	const least = 46 // of the dialogue, with a message of TLS or a keyword of EHLO whole
	right = min(width-width*60/100-1, ease+2)
	dump := detail.DumpWidth + 2
	dumps := w.view == detail.Bytes || w.view == detail.Wire
	switch {
	case w.sheetOver(), w.view == detail.Explain:
	case dumps && width-1-dump >= least:
		right = max(right, dump)
	default:
		right = max(right, min(width/2-1, ease+2))
	}
	return width - right - 1, right
}

func (w *explorer) rightLines(width, height int) []paint.Line {
	switch {
	case w.sheetOver():
		return w.sheet.lines(width, height)
	case w.aligned():
		return w.alignedLines(width, height)
	case w.hasRow():
		w.reader.open(w.subject(), w.view, w.viewWidth(width+2))
		return w.reader.view(height)
	}
	return nil
}

// ease is how wide prose is at most.
const ease = 90

// viewWidth is how wide the lines of a view are in a pane: prose is no wider than it is read with ease.
func (w *explorer) viewWidth(pane int) int {
	if w.view == detail.Explain {
		return min(pane-2, ease)
	}
	return pane - 2
}

func (w *explorer) doubleRule(left, right int) paint.Line {
	title := w.viewTabs(w.view, right-4)
	if w.sheetOver() {
		title = paint.Strong.Line(w.sheet.title())
	} else if n := w.reader.more(); n > 0 && !w.aligned() {
		title = withLines(title, n, right-4)
	}
	return titled(left, w.withPlace(paint.Strong.Line("dialogue"), left)).And(paint.Dim, "┬").Then(titled(right, title))
}

// withLines says how many lines of a view are below its window, and the key that shows them, in as many words as fit.
func withLines(title paint.Line, n, width int) paint.Line {
	for _, form := range []string{"· " + dialogue.Number(n, "more line") + ", ", fmt.Sprintf("· %d more, ", n), fmt.Sprintf("+%d ", n)} {
		if strings.HasSuffix(title.String(), "]") { // the last of the names is the one in front
			form = " " + form
		}
		if line := title.And(paint.Dim, form).And(paint.Accent, "d"); line.Width() <= width {
			return line
		}
	}
	return title
}

// tabs name the panes, the one in front in brackets.
func (w *explorer) tabs(width int) paint.Line {
	dialogue := paint.Dim.Line(" dialogue ")
	room := width - 4 - dialogue.Width() - 1
	views := w.viewTabs(w.view, room)
	if !w.zoomed {
		dialogue, views = paint.Accent.Line("[dialogue]"), w.viewTabs(-1, room)
	}
	line := dialogue.And(paint.Plain, " ").Then(views)
	if n := w.reader.more(); w.zoomed && n > 0 {
		line = withLines(line, n, width-4)
	}
	if !w.zoomed {
		line = w.withPlace(line, width)
	}
	return titled(width, line)
}

// withPlace says which row of the dialogue is selected, and how many are above and below its window.
func (w *explorer) withPlace(title paint.Line, width int) paint.Line {
	rows := w.pane.Upto(w.pos)
	if w.filtered() {
		return w.withFilter(title, width)
	}
	if rows == 0 {
		return title
	}
	where := " · " + dialogue.Place(w.pane.Above()+w.pane.Sel, w.pane.Above()+rows)
	above, below := w.pane.Unseen(w.pos)
	more, signs := beyond(w.pane.Above()+above, below)
	for _, text := range []string{words.List(" · ", where, more), words.List(" ", where, signs), words.Labelled(" ", signs)} {
		if title.Width()+paint.Width(text) <= width-4 {
			return title.And(paint.Dim, text)
		}
	}
	return title
}

// withFilter says which rows are shown, and takes the place of the names of the views where there is no room beside them. How many
// events that is is never cut off.
func (w *explorer) withFilter(title paint.Line, width int) paint.Line {
	what, count := paint.Accent.Line(wire.VisibleString(" · filter: "+w.filter.line)), w.filterCount()
	if title.Width()+what.Width()+paint.Width(count) > width-4 {
		title = paint.Accent.Line("[dialogue]")
	}
	return title.Then(what.Cut(width-4-title.Width()-paint.Width(count))).And(paint.Accent, count)
}

// viewTabs name the views, the active one in brackets, closer together where there is no room for that.
func (w *explorer) viewTabs(active detail.View, width int) paint.Line {
	views := w.views()
	out, near := make(paint.Line, 0, len(views)), make(paint.Line, 0, len(views))
	before := "" // what divides two names that are near each other; a bracket does too
	for _, v := range views {
		name := detail.Names[v]
		if v == active {
			bracketed := paint.Of(paint.Accent, "["+name+"]")
			out, near, before = append(out, bracketed), append(near, bracketed), ""
			continue
		}
		out, near, before = append(out, paint.Of(paint.Dim, " "+name+" ")), append(near, paint.Of(paint.Dim, before+name)), " "
	}
	if out.Width() > width {
		return near
	}
	return out
}

// views are those that there is something for. What others saw is known of the practice server alone.
func (w *explorer) views() []detail.View {
	list := []detail.View{detail.Explain, detail.Fields, detail.Bytes, detail.Wire}
	if w.pane.Has(record.KindServerLog, w.pos) {
		list = append(list, detail.Log)
	}
	if w.pane.Has(record.KindOnPath, w.pos) {
		list = append(list, detail.Path)
	}
	return list
}
