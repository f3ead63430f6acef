package ports

import (
	"fmt"
	"slices"
	"strings"

	"ehlo/session/record"
	"ehlo/session/survey"
	"ehlo/transcripts/words"
	"ehlo/ui/columns"
	"ehlo/ui/paint"
)

// Row is a row of a survey on the screen: a port at an address, a point of the scorecard, or, where it is neither, the verdict.
type Row struct {
	Group string // the heading that it stands under
	Cell  *survey.Cell
	Point *survey.Point
}

// Rows are the rows of a survey: the ports, and once there is one the verdict, with the scorecards below it.
func Rows(s *survey.Survey) (rows []Row) {
	for i := range s.Cells {
		c := &s.Cells[i]
		rows = append(rows, Row{Group: placed(s, c), Cell: c})
	}
	if s.Verdict.Outcome == "" {
		return rows
	}
	rows = append(rows, Row{Group: "verdict"})
	for _, service := range []survey.Service{survey.Submission, survey.MX} {
		card := of(s.Score, service)
		for _, result := range []survey.Result{survey.Fails, survey.Unknown, survey.Holds} {
			for i := range card {
				if card[i].Result == result {
					rows = append(rows, Row{Group: scored(service, card), Point: &card[i]})
				}
			}
		}
	}
	return rows
}

// placed is the heading of an address: with the name that has it, where that is another.
func placed(s *survey.Survey, c *survey.Cell) string {
	if s.Host == c.Address {
		return c.Address
	}
	return survey.Called(s.Host) + " at " + c.Address
}

// Meant is the port that a row leads to; nil where it leads to none.
func (r Row) Meant(s *survey.Survey) *survey.Cell {
	switch {
	case r.Cell != nil:
		return r.Cell
	case r.Point != nil:
		return firstOpen(s, r.Point.Ports)
	case s.Decides() != nil:
		return s.Decides()
	}
	return firstOpen(s, s.Ports)
}

// firstOpen is the first of these ports that is open.
func firstOpen(s *survey.Survey, ports []int) *survey.Cell {
	i := slices.IndexFunc(s.Cells, func(c survey.Cell) bool { return slices.Contains(ports, c.Port) && c.State.Open() })
	if i < 0 {
		return nil
	}
	return &s.Cells[i]
}

// shown are the columns of the screen with what they show. What does not fit stands below the table.
var shown = []struct {
	columns.Column
	value func(survey.Cell) string
}{
	{columns.Column{Name: "port"}, func(c survey.Cell) string { return fmt.Sprint(c.Port) }},
	{columns.Column{Name: "role", Spare: 4}, role},
	{columns.Column{Name: "state"}, awaited},
	{columns.Column{Name: "TLS", Spare: 7}, versions},
	{columns.Column{Name: "AUTH", Spare: 6}, auth},
	{columns.Column{Name: "certificate", Spare: 5}, certificate},
	{columns.Column{Name: "size limit", Spare: 2}, size},
	{columns.Column{Name: "connect", Spare: 1}, trip},
	{columns.Column{Name: "greeting", Spare: 3}, greet},
	{columns.Column{Name: "verdict"}, outcome},
}

// Pending reports whether nothing has come of a port so far.
func Pending(c survey.Cell) bool { return c.State == survey.StateUnknown && c.Verdict.Outcome == "" }

func awaited(c survey.Cell) string {
	if Pending(c) {
		return "…"
	}
	return state(c)
}

func size(c survey.Cell) string {
	if c.Size == 0 {
		return ""
	}
	return words.Count(int(c.Size))
}

func trip(c survey.Cell) string {
	if !c.State.Open() {
		return ""
	}
	return words.Duration(c.Connect)
}

func greet(c survey.Cell) string {
	if c.Greeting == "" {
		return ""
	}
	return words.Duration(c.Greet)
}

// Draw lays the rows out in lines, with the head of the table. The lines of the table are of a width, the others are whole.
func Draw(s *survey.Survey, rows []Row, width int) (head paint.Line, lines []paint.Line) {
	var heads []columns.Column
	var cells [][]string
	for _, c := range shown {
		heads = append(heads, c.Column)
	}
	for _, r := range rows {
		if r.Cell != nil {
			cells = append(cells, r.values())
		}
	}
	table := columns.Lay(heads, cells, width-marked)
	head, table = paint.Dim.Line(paint.Blank(marked)+table[0]), table[1:]
	for _, r := range rows {
		mark, ink := r.mark(s)
		line := ink.Line(mark).Pad(marked)
		if r.Cell == nil {
			lines = append(lines, line.And(r.ink(), r.text(s)))
			continue
		}
		lines, table = append(lines, line.And(r.ink(), table[0]).Cut(width)), table[1:]
	}
	return head, lines
}

// marked is how many cells the mark of a row takes.
const marked = 2

func (r Row) values() (list []string) {
	for _, c := range shown {
		list = append(list, c.value(*r.Cell))
	}
	return list
}

// text is a row that is none of the table.
func (r Row) text(s *survey.Survey) string {
	if p := r.Point; p != nil {
		return fmt.Sprintf("%-6s %s", p.Level, p.Wanted)
	}
	v := s.Verdict
	return fmt.Sprintf("%s, exit code %d%s: %s", v.Outcome, v.Exit, words.Labelled(", ", at(v.Ports)), v.Cause)
}

// ink is that of what is written in a row.
func (r Row) ink() paint.Ink {
	if c := r.Cell; c != nil && !c.State.Open() {
		return paint.Dim
	}
	return paint.Plain
}

// mark says in one character how a row stands.
func (r Row) mark(s *survey.Survey) (mark string, ink paint.Ink) {
	switch {
	case r.Point != nil:
		return standing(r.Point.Result)
	case r.Cell == nil:
		return came(s.Verdict.Outcome)
	case r.Cell.State.Open():
		return came(r.Cell.Verdict.Outcome)
	}
	return "·", paint.Dim
}

func standing(r survey.Result) (string, paint.Ink) {
	switch r {
	case survey.Holds:
		return "✓", paint.Good
	case survey.Fails:
		return "✗", paint.Bad
	}
	return "?", paint.Warn
}

func came(o record.Outcome) (string, paint.Ink) {
	switch o {
	case record.OutcomeDone:
		return "✓", paint.Good
	case record.OutcomeStopped, "":
		return "·", paint.Dim
	}
	return "✗", paint.Bad
}

// About is what there is to say about a row, what matters first.
func About(s *survey.Survey, r Row, width int) (lines []paint.Line) {
	var said []string
	switch {
	case r.Point != nil:
		said = point(*r.Point, width)
	case r.Cell != nil:
		return cell(s, *r.Cell, width)
	default:
		said = append(Verdict(s, width), troubles(s, width)...)
	}
	return plain(said)
}

func plain(said []string) (lines []paint.Line) {
	for _, l := range said {
		lines = append(lines, paint.Text(l))
	}
	return lines
}

// cell is all that is known of a port: its verdict, and what the table has no room for.
func cell(s *survey.Survey, c survey.Cell, width int) (lines []paint.Line) {
	if Pending(c) {
		return paint.Wrap(paint.Dim, fmt.Sprintf("Port %d at %s: no result yet.", c.Port, c.Address), width)
	}
	v := c.Verdict
	lines = paint.Wrap(paint.Strong, v.Cause, width)
	if v.Failed() && v.Who != "" {
		lines = append(lines, plain(append(columns.Wrapped("", "who has to act: "+words.Acting(v.Who, v.Advice), width), advised(v.Advice, width)...))...)
	}
	one := &survey.Survey{Host: s.Host, Addresses: []string{c.Address}, Ports: []int{c.Port}, Cells: []survey.Cell{c}}
	for _, part := range [][]string{greetings(one, width, true), offers(one, width), keywords(c, width), certificates(one, width), encryption(one, width)} {
		lines = append(lines, plain(part)...)
	}
	return lines
}

func keywords(c survey.Cell, width int) []string {
	if len(c.Keywords) == 0 {
		return nil
	}
	return columns.Wrapped("", "EHLO lists "+strings.Join(c.Keywords, ", "), width)
}
