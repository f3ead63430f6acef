package saved

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"ehlo/session/wire"
)

// format is the version of the file, and family what all versions begin with.
const (
	family = "ehlo-targets/"
	format = family + "1"
)

// Bounds of a file: 10,000 targets have some 3 MB.
const (
	most    = 20_000
	maxFile = 16 << 20 // bytes
)

// file is what is kept.
type file struct {
	Format  string   `json:"format"`
	Targets []Target `json:"targets"`
}

// Error says why a target cannot be found or kept.
type Error struct {
	Path string // of the file, or @ and a name; untrusted
	Text string // what is the matter
	Hint string // what to try; may be empty
	Err  error  // the system's error; may be nil
}

// Error gives path and text, fit for a terminal.
func (e *Error) Error() string { return wire.VisibleString(e.Path) + ": " + wire.VisibleString(e.Text) }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// errSame ends a change that changes nothing.
var errSame = errors.New("nothing to change")

// read is what the file holds, nothing where there is none.
func (s Store) read() ([]Target, error) {
	text, err := s.bytes()
	if err != nil || text == nil {
		return nil, err
	}
	var version struct{ Format string }
	if err := json.Unmarshal(text, &version); err != nil {
		return nil, s.damaged("it is not JSON: " + err.Error())
	}
	switch {
	case version.Format == format:
		return s.parse(text)
	case strings.HasPrefix(version.Format, family):
		return nil, &Error{Path: s.path, Text: "a newer version of ehlo wrote this file (" + version.Format + ")", Hint: "use that version; this one does not change the file"}
	}
	return nil, s.damaged("it is not a file of saved targets: its format is not " + format)
}

func (s Store) damaged(why string) error {
	return &Error{Path: s.path, Text: "the file is damaged: " + why, Hint: "repair it, or move it away; ehlo does not change it"}
}

// bytes is the file whole, nil where there is none. A pipe or a device could keep a reader waiting, and is refused.
func (s Store) bytes() ([]byte, error) {
	info, err := os.Stat(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, s.system(err)
	case !info.Mode().IsRegular():
		return nil, s.damaged("it is not a regular file")
	case info.Size() > maxFile:
		return nil, s.damaged(fmt.Sprintf("it has more than %d MiB", maxFile>>20))
	}
	f, err := os.Open(s.path)
	if err != nil {
		return nil, s.system(err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return nil, s.system(err)
	}
	return text, nil
}

// parse reads a file of this version, to the letter: what is not understood would be lost when it is written again.
func (s Store) parse(text []byte) ([]Target, error) {
	var f file
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(&f); err != nil {
		return nil, s.damaged(err.Error())
	}
	if in.More() {
		return nil, s.damaged("there is data after its end")
	}
	if len(f.Targets) > most {
		return nil, s.damaged(fmt.Sprintf("it has more than %d targets", most))
	}
	seen := make(map[string]bool, len(f.Targets))
	for _, t := range f.Targets {
		key := strings.ToLower(t.Name)
		if err := CheckName(t.Name); err != nil {
			return nil, s.damaged(err.Error())
		}
		if seen[key] {
			return nil, s.damaged("two targets have the name " + t.Name)
		}
		seen[key] = true
	}
	return f.Targets, nil
}

// system puts the words of the system behind the path.
func (s Store) system(err error) error {
	text := err.Error()
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		text = p.Err.Error()
	}
	return &Error{Path: s.path, Text: text, Hint: "saved targets are kept in $XDG_CONFIG_HOME/ehlo, by default ~/.config/ehlo", Err: err}
}

// change reads, changes and writes the list while no other program does. A file that cannot be read is not written.
func (s Store) change(how func([]Target) ([]Target, error)) error {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return s.system(err)
	}
	unlock, err := s.lock()
	if err != nil {
		return s.system(err)
	}
	defer unlock()
	list, err := s.read()
	if err != nil {
		return err
	}
	list, err = how(list)
	switch {
	case errors.Is(err, errSame):
		return nil
	case err != nil:
		return err
	}
	return s.write(list)
}

// write puts a new file in the place of the old one, in one step: someone who reads at that moment sees one or the other.
func (s Store) write(list []Target) error {
	text, err := json.MarshalIndent(file{format, list}, "", " ")
	if err != nil {
		return s.system(err)
	}
	if len(text) >= maxFile {
		return &Error{Path: s.path, Text: fmt.Sprintf("the file would have more than %d MiB", maxFile>>20), Hint: "remove a target"}
	}
	path := s.path
	if real, err := filepath.EvalSymlinks(path); err == nil { // a link stays one
		path = real
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".targets-*") // for its owner alone (0600)
	if err != nil {
		return s.system(err)
	}
	_, err = f.Write(append(text, '\n'))
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(s.system(err), os.Remove(f.Name()))
	}
	return nil
}
