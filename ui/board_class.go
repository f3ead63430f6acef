package ui

import (
	"fmt"

	"ehlo/session/wire"
	"ehlo/transcripts/visits"
	"ehlo/transcripts/words"
	"ehlo/ui/paint"
)

// class are the learners of a lesson, with a mark for each step of it that the server sees.
func (m *board) class() boardList {
	lesson := m.Class.Lesson
	l := boardList{title: "lesson: " + wire.VisibleString(lesson.Title), empty: "no one has begun the lesson yet; the guide shows how to connect", at: &m.view.class,
		head: m.classed(paint.Dim, "learner", "at step", "reached", paint.Dim.Line("steps with a session"))}
	for _, one := range m.learners {
		reached, _ := one.Count()
		l.rows = append(l.rows, m.classed(paint.Plain, one.Name, fmt.Sprintf("%d of %d", one.Step, len(lesson.Steps)), fmt.Sprintf("%d of %d", reached, len(one.Came)), m.marks(one)))
	}
	l.place = "here"
	if at := m.view.class.Sel; at < len(m.learners) {
		l.place, l.about = fmt.Sprintf("%s, %d of %d", m.learners[at].Name, at+1, len(m.learners)), m.aboutLearner(m.learners[at])
	}
	return l
}

// classed puts texts into the columns of a learner's row. A name gets the more the wider the screen is.
func (m *board) classed(ink paint.Ink, name, step, reached string, rest paint.Line) paint.Line {
	var l paint.Line
	for _, part := range []struct {
		text  string
		width int
	}{{name, max(min(m.width/3, 40), 16)}, {step, 10}, {reached, 9}} {
		l = l.Then(ink.Line(part.text).Cut(part.width - 1).Pad(part.width))
	}
	return l.Then(rest)
}

// cameMark is the mark of what came of a step.
func cameMark(c visits.Came) paint.Line {
	switch c {
	case visits.UnderWay:
		return paint.Accent.Line("●")
	case visits.NotReached:
		return paint.Bad.Line("✗")
	case visits.Had:
		return paint.Plain.Line("○")
	case visits.Reached:
		return paint.Good.Line("✓")
	}
	return paint.Dim.Line("·")
}

func (m *board) marks(l visits.Learner) (line paint.Line) {
	for i, stop := range m.Class.Stops {
		line = line.Then(cameMark(l.Came[i])).And(paint.Plain, fmt.Sprintf("%-3d", stop.Step))
	}
	return line
}

// aboutLearner says what came of each step.
func (m *board) aboutLearner(l visits.Learner) []paint.Line {
	var parts []string
	for i, stop := range m.Class.Stops {
		parts = append(parts, fmt.Sprintf("step %d, %s %s: %s", stop.Step, stop.Kind, stop.Station.Name, l.Came[i]))
	}
	return paint.Wrap(paint.Plain, words.List("; ", parts...), m.width-1)
}
