package ui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/predict"
	"ehlo/session/quiz"
	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/transcripts/places"
	"ehlo/transcripts/search"
	"ehlo/ui/paint"
)

// presenter shows a session to a class: one thing at a time, and nothing of what comes next before a key.
type presenter struct {
	w       *explorer
	stage   stage
	talk    *showing     // its clock
	asks    bool         // a question comes before each step
	noted   bool         // it stops only at steps with a note
	asked   map[int]bool // the positions before whose steps was asked
	pending *foretold    // the question of the step that is taken; nil for none

	// What came of the step that is shown: its events from first up to but not including end, as rows.
	first, end int
	rows       []shownRow
	row        int // the one that is pointed at, -1 for none
	moved      bool

	question *asking // is asked, or answered; nil for none
	ways     *predict.Question
	answer   *asking // what the question before the step was worth; nil for none
	who      *asking // who can put right what failed; nil where nothing did
}

// stage is what of a step is shown.
type stage int

const (
	atStep    stage = iota // what is done next
	atAsk                  // what will come of it
	atWork                 // it runs
	atCame                 // what came
	atAnswer               // the answer to the question
	atMeaning              // what it means
	atWho                  // who can put it right
	atVerdict              // what the session came to
)

func (w *explorer) canPresent() bool { return w.busy == nil && w.hasEvents() }

// present begins to show the session to a class, where it stands.
func (w *explorer) present() tea.Cmd {
	w.pause()
	w.show = &presenter{w: w, talk: &showing{w.env.now()}, asks: true, asked: map[int]bool{}, row: -1}
	w.notice, w.returned = "", false
	return w.beat()
}

// presentsFile reports whether a file is presented: what is added to it comes when it is asked for.
func (w *explorer) presentsFile() bool { return w.show != nil && w.live == nil }

// unpresent goes back to the whole screen.
func (p *presenter) unpresent() tea.Cmd {
	p.w.show = nil
	p.w.follow = p.w.atEnd()
	return p.w.beat()
}

// press takes the keys while a session is presented.
func (p *presenter) press(k tea.KeyMsg) tea.Cmd {
	cmd := p.pressed(k)
	if p.w.presentsFile() {
		p.w.follow = false
	}
	return cmd
}

// pressed does what a key asks for. A clicker sends page up and page down.
func (p *presenter) pressed(k tea.KeyMsg) tea.Cmd {
	if p.answers(k) {
		if p.question.press(k); p.stage == atAsk && p.question.over() {
			return p.take()
		}
		return nil
	}
	switch k.String() {
	case "enter", "right", "pgdown", " ":
		return p.next()
	case "left", "pgup", "backspace":
		p.back()
	case "up":
		p.point(-1)
	case "down":
		p.point(1)
	case "!":
		p.asks = !p.asks
	case ".":
		p.noted = !p.noted && p.w.hasNotes()
	case ">":
		p.toNote()
	case "0":
		p.talk.began = p.w.env.now()
	case "?", "f1":
		p.w.sheet = &text{name: "help", key: "?", page: func(width int) []paint.Line { return p.help(width) }}
	case "o":
		if p.w.canAnswer() {
			return p.w.assignment()
		}
	case "h":
		if p.w.canGoBack() {
			return p.w.goHome()
		}
	case "esc", "f5", "@":
		if p.stage == atWork && p.w.running() {
			return p.w.stopWaiting()
		}
		return p.unpresent()
	case "q":
		return tea.Batch(p.unpresent(), p.w.quit())
	}
	return nil
}

// answers reports whether a key belongs to the question that is asked: a number, or what is typed.
func (p *presenter) answers(k tea.KeyMsg) bool {
	name := k.String()
	switch {
	case p.stage != atAsk && p.stage != atWho, p.question.over():
		return false
	case p.question.line():
		return name == "backspace" || k.Type == tea.KeyRunes || name == "enter" && p.question.input.Value() != ""
	}
	return p.question.it.Answers(name)
}

// next shows the next thing.
func (p *presenter) next() tea.Cmd {
	switch p.stage {
	case atStep:
		return p.ahead()
	case atAsk:
		return p.take()
	case atCame:
		p.afterCame()
	case atAnswer:
		p.afterAnswer()
	case atWho:
		if p.question.over() {
			p.meaning()
			return nil
		}
		p.question.looked = true
	case atMeaning:
		p.onward()
	case atVerdict:
		switch {
		case p.w.canConclude():
			return p.w.conclude()
		case p.w.owesAnswer():
			return p.w.assignment()
		case p.w.canCloseForLesson():
			return p.w.goBack()
		case p.w.canGoBack():
			return p.w.goHome()
		}
	}
	return nil
}

// ahead asks about the step that is shown, or takes it; where there is none it shows what the session came to.
func (p *presenter) ahead() tea.Cmd {
	o, ok := p.w.upcoming()
	if p.over() {
		p.stage = atVerdict
		return nil
	}
	if ok && p.asks && !p.asked[p.w.pos] {
		if q := predict.Ask(p.w.snap, o, p.w.asked); q != nil {
			p.w.asked, p.asked[p.w.pos] = append(p.w.asked, q.Way), true
			p.ask(q)
			return nil
		}
	}
	return p.take()
}

// ask shows a question; an answer is kept until it is known what comes.
func (p *presenter) ask(q *predict.Question) {
	p.stage, p.ways, p.question = atAsk, q, askAloud(&q.Item)
	p.question.look = nil
	p.question.judge = func(answer string) quiz.Result {
		ok, wanted := q.Understands(answer)
		if ok {
			p.pending = &foretold{question: q, answer: answer}
		}
		return quiz.Result{Understood: ok, Why: wanted}
	}
}

// take takes the step.
func (p *presenter) take() tea.Cmd {
	if p.stage == atAsk && p.pending == nil {
		p.pending = &foretold{question: p.ways}
	}
	if p.w.atEnd() && p.w.live != nil {
		p.stage = atWork
		cmd := p.w.send()
		if p.w.busy == nil { // something is asked for before
			p.stage = atStep
		}
		return cmd
	}
	first := p.w.pos
	cmd := p.w.stepForward()
	p.came(first, p.w.pos)
	return cmd
}

// came takes in what a step has added.
func (p *presenter) came(first, end int) {
	if f, ok := p.w.sheet.(*trouble); ok && f != nil { // what went wrong is told in its turn
		p.w.sheet = nil
	}
	pending := p.pending
	p.pending, p.answer, p.who, p.question = nil, nil, nil, nil
	if p.stage = atStep; first >= end {
		return
	}
	events := make([]*record.Event, 0, end-first)
	for i := first; i < end; i++ {
		events = append(events, p.w.src.At(i))
	}
	p.first, p.end, p.rows, p.row, p.moved, p.stage = first, end, rowsOf(events, first), -1, false, atCame
	if it := predict.Mends(p.w.timeline.At(first), events); it != nil && p.asks {
		p.who = askAloud(it)
	}
	if pending != nil {
		p.judge(pending, events)
	}
	if len(p.rows) == 0 {
		p.afterCame()
	}
}

// judge works out what the question before the step was worth.
func (p *presenter) judge(f *foretold, events []*record.Event) {
	it, ok := f.question.Answered(events)
	if !ok {
		return
	}
	p.answer = askAloud(it)
	p.answer.looked = f.answer == ""
	if f.answer != "" {
		res := predict.Result(it, f.answer)
		p.answer.result = &res
	}
}

func (p *presenter) afterCame() {
	if p.answer != nil {
		p.stage = atAnswer
		return
	}
	p.afterAnswer()
}

// afterAnswer asks who can put right what failed, before anything tells it.
func (p *presenter) afterAnswer() {
	if p.who != nil {
		p.stage, p.question = atWho, p.who
		return
	}
	p.meaning()
}

// meaning shows what the row means that is pointed at, or what matters most of the step. What the answer to the question has told is not told again.
func (p *presenter) meaning() {
	w := p.w
	if p.moved && p.row >= 0 {
		at := p.rows[p.row]
		w.showRow(search.Hit{Event: at.event, Line: at.line})
	} else {
		w.spotlight(p.first)
	}
	w.follow = w.atEnd()
	p.stage = atMeaning
	if x := w.selected().Explain; x != nil && p.answer != nil && !p.moved && strings.Contains(p.answer.it.Why, x.Text) {
		p.onward()
		return
	}
	w.reader.tops.Sel = 0
}

// onward shows the next step, or goes on to the next one with a note.
func (p *presenter) onward() {
	p.stage, p.question, p.answer, p.who, p.row = atStep, nil, nil, nil, -1
	if p.noted {
		p.toNote()
	}
}

// back shows the thing before.
func (p *presenter) back() {
	if p.stage == atStep && p.w.canReopen() { // someone has declined, and thinks again
		p.w.reopen()
		return
	}
	switch p.stage {
	case atAsk, atVerdict:
		p.stage, p.question, p.pending = atStep, nil, nil
	case atAnswer, atWho, atMeaning:
		p.stage = atCame
	case atCame:
		p.w.follow = false
		p.w.moveTo(p.first)
		p.stage = atStep
	case atStep:
		p.stepBefore()
	}
}

// stepBefore shows what came of the last step before the position.
func (p *presenter) stepBefore() {
	for end := p.w.pos; end > p.w.firstStep(); {
		start := max(places.StepStart(p.w.src, end-1), p.w.firstStep())
		if p.came(start, end); len(p.rows) > 0 {
			return
		}
		end = start
	}
	p.stage = atStep
}

// point moves the pointer over what came, or what it means.
func (p *presenter) point(by int) {
	switch p.stage {
	case atCame:
		if len(p.rows) > 0 {
			p.row, p.moved = min(max(p.row+by, 0), len(p.rows)-1), true
		}
	case atMeaning:
		p.w.reader.scroll(by)
	case atAnswer:
		p.answer.page.press(arrow(by))
	case atAsk, atWho:
		p.question.page.press(arrow(by))
	}
}

func arrow(by int) tea.KeyMsg {
	if by < 0 {
		return tea.KeyMsg{Type: tea.KeyUp}
	}
	return tea.KeyMsg{Type: tea.KeyDown}
}

// toNote goes to before the next step with a note. The end is a place to stop too.
func (p *presenter) toNote() {
	w := p.w
	if w.live != nil && w.atEnd() || !w.hasNotes() {
		return
	}
	for _, seq := range w.pane.Noted() {
		if at := max(places.StepStart(w.src, seq-1), w.firstStep()); seq > w.pos {
			w.follow = false
			w.moveTo(at)
			p.stage = atStep
			return
		}
	}
	w.end()
	p.stage = atStep
}

// over reports whether no step is left to be shown.
func (p *presenter) over() bool {
	w := p.w
	if w.atEnd() {
		return w.live == nil && !w.unended() || w.verdict != nil && !w.canPart() || w.over
	}
	d := places.Next(w.src, w.pos)
	return d.First != nil && d.First.Kind == record.KindEnd
}

// step is the step that is shown, and what is done where it is none of the walk.
func (p *presenter) step() (o walk.Option, beside string) {
	w := p.w
	if w.atEnd() {
		o, _ = w.option()
		return o, ""
	}
	d := places.Next(w.src, w.pos)
	switch {
	case d.First == nil:
		return o, ""
	case d.First.Step == "":
		return o, d.Beside()
	}
	return d.Option(w.options()), ""
}

func (p *presenter) hints() []key.Help {
	if p.stage == atWork {
		return []key.Help{{Key: "esc", Desc: "stop waiting"}}
	}
	var out []key.Help
	if p.stage != atVerdict || p.w.canConclude() || p.w.canGoBack() {
		out = append(out, key.Help{Key: "enter", Desc: p.leadsTo()})
	}
	switch p.stage {
	case atAsk, atWho:
		if !p.question.over() && !p.question.line() {
			out = append(out, key.Help{Key: p.question.it.Numbers(), Desc: "answer"})
		}
	case atCame:
		out = append(out, key.Help{Key: "↑↓", Desc: "point"})
	case atMeaning:
		if r := &p.w.reader; r.more() > 0 || r.tops.Sel > 0 {
			out = append(out, key.Help{Key: "↑↓", Desc: "scroll"})
		}
	case atStep:
		out = append(out, key.Help{Key: "!", Desc: map[bool]string{true: "no questions", false: "questions"}[p.asks]})
		if p.w.hasNotes() {
			out = append(out, key.Help{Key: ">", Desc: "next note"}, key.Help{Key: ".", Desc: map[bool]string{true: "stop at each step", false: "stop at notes"}[p.noted]})
		}
	}
	if p.stage == atStep && p.w.canAnswer() {
		out = append(out, key.Help{Key: "o", Desc: toAnswer})
	}
	if p.w.canGoBack() && p.stage == atStep {
		out = append(out, key.Help{Key: "h", Desc: map[bool]string{true: doneHere, false: toLesson}[p.w.canFinish()]})
	}
	return append(out, key.Help{Key: "←", Desc: "back"}, key.Help{Key: "0", Desc: "timer"}, key.Help{Key: "?", Desc: "help"}, key.Help{Key: "esc", Desc: "whole screen"})
}

// help are the keys of a presentation.
func (p *presenter) help(width int) (lines []paint.Line) {
	for _, k := range []key.Help{{Key: "enter", Desc: "the next thing: the step, what came, what it means; → space pgdn too"}, {Key: "←", Desc: "the thing before; pgup too"},
		{Key: "↑ ↓", Desc: "point at a row: the next thing is what that row means"}, {Key: "1–9", Desc: "answer the question"}, {Key: "!", Desc: "questions before each step, or none"},
		{Key: ">", Desc: "to the next note"}, {Key: ".", Desc: "stop at notes only, or at each step"}, {Key: "0", Desc: "start the timer again"},
		{Key: "o", Desc: "the question of the task, once the session has shown what its lesson is about"},
		{Key: "h", Desc: "back to the lesson that opened this session"},
		{Key: "esc", Desc: "back to the whole screen, at this place"}, {Key: "q", Desc: "quit"}} {
		lines = append(lines, paint.Hang(paint.Accent.Line(k.Key).Pad(8), paint.Wrap(paint.Plain, k.Desc, width-8))...)
	}
	return lines
}

// leadsTo says what enter shows, without giving away what that is.
func (p *presenter) leadsTo() string {
	switch p.stage {
	case atAsk:
		if p.question.line() {
			return "answer, or go on"
		}
		return "go on"
	case atStep:
		return "go on"
	case atCame:
		if p.answer != nil {
			return "the answer"
		}
		return "what it means"
	case atWho:
		if !p.question.over() {
			return "show the answer"
		}
	case atVerdict:
		switch {
		case p.w.canConclude():
			return "end the session"
		case p.w.owesAnswer():
			return "the question"
		}
		return "back to the lesson"
	}
	return "next"
}
