package diff

import (
	"slices"
	"strings"

	"ehlo/session/record"
	"ehlo/transcripts/words"
)

// others is what others wrote down or did in a session, in order.
type others struct {
	seen  bool // there is such an event
	lines []otherLine
}

// otherLine is a line of the server's log, or a deed on the path.
type otherLine struct{ value, key string }

// mostOthers is how many lines of others are compared, and mostToldOthers how many of a session are told.
const (
	mostOthers     = 1000
	mostToldOthers = 40
)

// byOthers reads what others wrote down or did in a step.
func (s *session) byOthers(e *record.Event) {
	o := &s.log
	if e.OnPath != nil {
		o = &s.path
	}
	o.seen = true
	for i, p := range words.Beside(e) {
		carried := e.OnPath != nil && i < len(e.OnPath.Deeds) && e.OnPath.Deeds[i].Did == record.DeedCarried
		if carried || len(o.lines) == mostOthers { // how the bytes of TLS are cut into records says nothing
			continue
		}
		program := p.Name[strings.LastIndexByte(p.Name, '/')+1:] // what stands before it says how the log is kept
		o.lines = append(o.lines, otherLine{s.visible(p.Text()), s.noise.out(program + ": " + p.Value)})
	}
}

// logs compares what others tell of both sessions, where they tell of both.
func (w *weighing) logs() {
	for _, of := range []struct {
		topic Topic
		a, b  others
		what  string
	}{{TopicLog, w.a.log, w.b.log, "server log: "}, {TopicPath, w.a.path, w.b.path, "on the path: "}} {
		if !of.a.seen || !of.b.seen {
			continue
		}
		row := Facing{A: of.what + words.Number(len(of.a.lines), "line"), B: of.what + words.Number(len(of.b.lines), "line")}
		onlyA, onlyB := apart(of.a.lines, of.b.lines)
		row.Differences = append(loneLines(of.topic, "A", onlyA), loneLines(of.topic, "B", onlyB)...)
		if len(row.Differences) > 0 {
			row.Mark = Differs
		}
		w.Differences = append(w.Differences, row.Differences...)
		w.others = append(w.others, row)
	}
}

// loneLines tells the lines that one side alone has.
func loneLines(topic Topic, side string, lines []otherLine) (list []Difference) {
	for i, l := range lines {
		d := Difference{Topic: topic, Pair: -1, Text: "Only in " + side + ": " + l.value}
		if i == mostToldOthers {
			d.Text = "And " + words.Number(len(lines)-i, "more line") + " only in " + side + "."
		}
		if side == "A" {
			d.A = l.value
		} else {
			d.B = l.value
		}
		if list = append(list, d); i == mostToldOthers {
			break
		}
	}
	return list
}

// apart are the lines that one side alone has; two that are alike are two. Their order says nothing: programs that run at the same time
// write into one log.
func apart(a, b []otherLine) (onlyA, onlyB []otherLine) {
	counts := map[string]int{}
	for _, l := range b {
		counts[l.key]++
	}
	for _, l := range a {
		if counts[l.key]--; counts[l.key] < 0 {
			onlyA = append(onlyA, l)
		}
	}
	for _, l := range slices.Backward(b) {
		if counts[l.key]--; counts[l.key] >= 0 {
			onlyB = append(onlyB, l)
		}
	}
	slices.Reverse(onlyB)
	return onlyA, onlyB
}
