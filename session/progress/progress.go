// Package progress keeps what a person has practiced and learned: on this machine, in one file that the person can read.
package progress

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"ehlo/session/wire"
)

// File keeps it in lines. A line is added and never changed, so that two programs can keep progress at once, and a line that is
// damaged costs itself alone.
type File struct{ path string }

// Entry is a line of the file. One of the names says what it is about.
type Entry struct {
	Solved   string    `json:"solved,omitempty"`   // a scenario whose goal was reached
	Lesson   string    `json:"lesson,omitempty"`   // a lesson that is at Step
	Step     int       `json:"step,omitempty"`     // counted from 1
	Done     []int     `json:"done,omitempty"`     // the steps of that lesson that are done, counted from 1
	Finished string    `json:"finished,omitempty"` // a lesson that was taken to its end
	Item     string    `json:"item,omitempty"`     // an item of the quiz that was answered
	Right    bool      `json:"right,omitempty"`    // the answer was right
	Reset    string    `json:"reset,omitempty"`    // what begins again: a scenario, a lesson or an item, or [Everything]
	Time     time.Time `json:"time"`               // when it is kept; [File.Add] sets it to seconds of UTC
}

// Everything is what a reset names to begin with nothing.
const Everything = "*"

// maxFile bounds what is read of a file: some hundred thousand lines.
const maxFile = 8 << 20

// At is the progress in a file, which need not exist.
func At(path string) File { return File{path} }

// Path is where the file is.
func (f File) Path() string { return f.path }

// Add keeps an entry.
func (f File) Add(e Entry) error {
	e.Time = e.Time.UTC().Truncate(time.Second)
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return f.failed(err)
	}
	to, err := os.OpenFile(f.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return f.failed(err)
	}
	_, err = to.Write(append(line, '\n'))
	if err = errors.Join(err, to.Close()); err != nil {
		return f.failed(err)
	}
	return nil
}

// Read gives what all entries come to. There is nothing where there is no file.
func (f File) Read() (State, error) {
	info, err := os.Stat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Sum(nil), nil
	case err != nil:
		return Sum(nil), f.failed(err)
	case !info.Mode().IsRegular():
		return Sum(nil), f.failed(errors.New("it is not a regular file"))
	}
	from, err := os.Open(f.path)
	if err != nil {
		return Sum(nil), f.failed(err)
	}
	defer from.Close()
	return Sum(entries(io.LimitReader(from, maxFile))), nil
}

// entries are the lines that can be read.
func entries(from io.Reader) (out []Entry) {
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		var e Entry
		if json.Unmarshal(lines.Bytes(), &e) == nil {
			out = append(out, e)
		}
	}
	return out
}

func (f File) failed(err error) error {
	return fmt.Errorf("progress cannot be kept in %s: %w", wire.VisibleString(f.path), err)
}
