package search

import (
	"fmt"
	"slices"
	"strings"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/walk"
	"ehlo/transcripts"
)

// Parse takes a line apart, of which at most 400 bytes count. The error says which condition cannot be asked for, and what can.
func Parse(line string) (Query, error) {
	const most = 400
	var q Query
	for _, w := range split(line[:min(len(line), most)]) {
		name, value, isPair := strings.Cut(w.text, ":")
		row := slices.IndexFunc(conditions.Get(), func(c conditionRow) bool { return strings.EqualFold(c.name, name) })
		if w.quoted || !isPair || row < 0 {
			q.words = append(q.words, strings.ToLower(w.text))
			continue
		}
		c, err := conditions.Get()[row].asked(value)
		if err != nil {
			return Query{}, err
		}
		q.conditions = append(q.conditions, c)
		q.kinds = q.kinds || conditions.Get()[row].name == "kind"
	}
	return q, nil
}

type word struct {
	text   string
	quoted bool
}

// split parts a line at spaces and keeps together what stands in double quotes. A quotation that nobody closes goes to the end.
func split(line string) (list []word) {
	for {
		line = strings.TrimLeft(line, " \t\r\n")
		if line == "" {
			return list
		}
		w := word{quoted: line[0] == '"'}
		if w.quoted {
			w.text, line, _ = strings.Cut(line[1:], `"`)
		} else {
			end := strings.IndexAny(line+" ", " \t\r\n")
			w.text, line = line[:end], line[end:]
		}
		if w.text != "" {
			list = append(list, w)
		}
	}
}

// condition is a row with the values that were asked for; one of them has to hold.
type condition struct {
	values []string
	is     func(src record.Source, i int, e *record.Event, value string) bool
}

func (c condition) holds(src record.Source, i int, e *record.Event) bool {
	return slices.ContainsFunc(c.values, func(v string) bool { return c.is(src, i, e, v) })
}

// conditionRow is what can be asked for under a name. Without values any will do.
type conditionRow struct {
	name   string
	what   string // a value of it, in words
	values []string
	is     func(src record.Source, i int, e *record.Event, value string) bool
}

var conditions = lazy.Value[[]conditionRow]{Make: func() []conditionRow {
	return []conditionRow{
		{"kind", "kind of event", transcripts.Kinds(), ofKind},
		{"dir", "side", []string{"client", "server"}, spokenBy},
		{"phase", "phase", record.Phases(), inPhase},
		{"finding", "finding", nil, found},
		{"severity", "severity", []string{string(record.SeverityInfo), string(record.SeverityWarn), string(record.SeverityDanger)}, weighs},
	}
}}

func (r conditionRow) asked(list string) (condition, error) {
	values := strings.Split(strings.ToLower(list), ",") // all that there are are in lower case
	for _, v := range values {
		switch {
		case v == "" && r.values == nil:
			return condition{}, fmt.Errorf("%s: needs a part of the code of a finding", r.name)
		case v == "":
			return condition{}, fmt.Errorf("%s: needs a value: %s", r.name, strings.Join(r.values, ", "))
		case r.values != nil && !slices.Contains(r.values, v):
			return condition{}, fmt.Errorf("there is no %s %q; there is %s", r.what, v, strings.Join(r.values, ", "))
		}
	}
	return condition{values, r.is}, nil
}

func ofKind(_ record.Source, _ int, e *record.Event, value string) bool {
	return string(e.Kind) == value
}

func spokenBy(_ record.Source, _ int, e *record.Event, side string) bool {
	switch e.Kind {
	case record.KindSend:
		return side == "client"
	case record.KindReply:
		return side == "server"
	case record.KindTLSMessage:
		return (e.TLSMessage.Dir == tlswire.ClientToServer) == (side == "client")
	case record.KindAuth:
		return (e.Auth.From == "C") == (side == "client")
	}
	return false
}

func found(_ record.Source, _ int, e *record.Event, code string) bool {
	switch e.Kind {
	case record.KindFinding:
		return strings.Contains(string(e.Finding.Code), code)
	case record.KindEnd:
		return e.End.Finding != "" && strings.Contains(string(e.End.Finding), code)
	}
	return false
}

func weighs(_ record.Source, _ int, e *record.Event, severity string) bool {
	return e.Kind == record.KindFinding && string(e.Finding.Severity) == severity
}

func inPhase(src record.Source, i int, e *record.Event, phase string) bool {
	switch {
	case e.Kind == record.KindEnd:
		return string(e.End.Phase) == phase
	case e.Kind == record.KindFinding && e.Finding.Phase != "":
		return string(e.Finding.Phase) == phase
	case e.Step == "":
		return false
	}
	p := walk.PhaseOf(e.Step, record.State{})
	if p == record.PhaseEHLO {
		p = walk.PhaseOf(e.Step, stateAt(src, i))
	}
	return string(p) == phase
}

// stateAt is the state that holds at event i, as far as it is told near there: each step ends with one.
func stateAt(src record.Source, i int) record.State {
	const near = 64
	for at := i; at >= 0 && at > i-near; at-- {
		if e := src.At(at); e.Kind == record.KindState {
			return *e.State
		}
	}
	return record.State{}
}
