package course

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

// Progress is what a person has solved, kept in a file of lines. A line is added and never changed, so that two programs can keep
// progress at once, and a line that is damaged costs itself alone.
type Progress struct{ path string }

// Entry is a line of the file: what was solved, and when.
type Entry struct {
	Solved string    `json:"solved"` // the name of a scenario
	Time   time.Time `json:"time"`
}

// maxProgress bounds what is read of a file: some hundred thousand lines.
const maxProgress = 8 << 20

// ProgressAt is the progress in a file, which need not exist.
func ProgressAt(path string) Progress { return Progress{path} }

// Path is where the file is.
func (p Progress) Path() string { return p.path }

// Add keeps that a scenario was solved.
func (p Progress) Add(scenario string, when time.Time) error {
	line, err := json.Marshal(Entry{scenario, when.UTC().Truncate(time.Second)})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(p.path), 0o700); err != nil {
		return p.failed(err)
	}
	f, err := os.OpenFile(p.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return p.failed(err)
	}
	_, err = f.Write(append(line, '\n'))
	if err = errors.Join(err, f.Close()); err != nil {
		return p.failed(err)
	}
	return nil
}

// Solved gives the time at which each scenario was solved first. There is nothing where there is no file.
func (p Progress) Solved() (map[string]time.Time, error) {
	out := map[string]time.Time{}
	info, err := os.Stat(p.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return out, nil
	case err != nil:
		return out, p.failed(err)
	case !info.Mode().IsRegular():
		return out, p.failed(errors.New("it is not a regular file"))
	}
	f, err := os.Open(p.path)
	if err != nil {
		return out, p.failed(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(io.LimitReader(f, maxProgress))
	for lines.Scan() {
		var e Entry
		if json.Unmarshal(lines.Bytes(), &e) != nil || e.Solved == "" {
			continue
		}
		if _, before := out[e.Solved]; !before {
			out[e.Solved] = e.Time
		}
	}
	return out, nil
}

func (p Progress) failed(err error) error {
	return fmt.Errorf("progress cannot be kept in %s: %w", wire.VisibleString(p.path), err)
}
