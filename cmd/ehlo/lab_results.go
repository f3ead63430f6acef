package main

import (
	"encoding/csv"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"ehlo/session/wire"
	"ehlo/transcripts/visits"
)

// results keeps what each visitor of a class came to, a row each in a file of comma-separated values (RFC 4180). Each row is in the
// file as soon as its visitor has left.
type results struct {
	mu   sync.Mutex
	file *os.File
	rows *csv.Writer
}

var resultColumns = []string{"visitor", "began", "seconds", "client", "scenario", "port", "outcome", "exit", "cause", "goal", "transcript", "learner", "lesson_step",
	"came_to", "reached", "ended", "of"}

// newResults begins a new file, for its owner alone; no name is no file.
func newResults(path string) (*results, error) {
	if path == "" {
		return nil, nil
	}
	if err := refusesNew("--results", path); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, notWritten("--results", path, err)
	}
	r := &results{file: file, rows: csv.NewWriter(file)}
	r.write(resultColumns)
	return r, nil
}

func (r *results) tell(e visits.Event) {
	if r == nil || e.What != "left" {
		return
	}
	v := e.Verdict
	row := []string{strconv.Itoa(e.Number), e.Began.UTC().Format(time.RFC3339), strconv.FormatFloat(e.At.Sub(e.Began).Seconds(), 'f', 1, 64), e.Client, e.Scenario,
		e.Listener.Role, string(v.Outcome), strconv.Itoa(int(v.Exit)), v.Cause, string(e.Goal), e.Path}
	r.write(append(row, lessonCells(e.Lesson)...))
}

// lessonCells are where the learner is after the visit; empty where it belongs to no lesson.
func lessonCells(s visits.Standing) []string {
	if s.Steps == 0 {
		return make([]string, 6)
	}
	reached, ended := s.Count()
	return []string{s.Name, strconv.Itoa(s.Step), s.Came.Word(), strconv.Itoa(reached), strconv.Itoa(ended), strconv.Itoa(len(s.Learner.Came))}
}

func (r *results) write(row []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range row {
		row[i] = cell(row[i])
	}
	r.rows.Write(row)
	r.rows.Flush()
}

// cell is a text that a spreadsheet takes for nothing but text: what begins like a formula gets an apostrophe, and control characters,
// which a visitor could have sent, are made visible.
func cell(text string) string {
	if text = wire.VisibleString(text); text != "" && strings.ContainsAny(text[:1], "=+-@") {
		return "'" + text
	}
	return text
}

// close says whether all rows were written.
func (r *results) close() error {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.rows.Error()
	if closed := r.file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return notWritten("--results", r.file.Name(), err)
	}
	return nil
}

// remove takes the file away again.
func (r *results) remove() {
	if r != nil {
		os.Remove(r.file.Name())
	}
}
