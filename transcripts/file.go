package transcripts

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"ehlo/session/record"
)

// File is a transcript that was opened. It is a [record.Source] that grows as its lines are read and, where it was opened by
// [Follow], as others add to it.
//
// Every line is checked, so that damage is known at once, and none but the first is decoded; events are decoded when they are asked
// for, and those used last are kept. Its methods may be called from several goroutines.
type File struct {
	path  string
	file  *os.File
	start *record.Event
	cache cache
	row   row
	record.Watchers

	seen atomic.Pointer[index] // what is known of the lines; what it points to is not changed any more
	read struct {
		sync.Mutex // held by whoever reads on or appends
		*index     // that one's own
	}
	whole, going atomic.Bool // everything was read once; the session went on then
	follower
}

// Open opens the transcript at path and reads all of it, up to its first damage; see [File.Damage]. The error is an [*Error] that
// wraps errNotRegular, errEmpty, ErrNotTranscript, errNewer or the system's error.
func Open(path string) (*File, error) {
	file, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	f, err := From(file, path)
	if err != nil {
		file.Close()
	}
	return f, err
}

// From is [Open] for a file that has been opened, such as a temporary one that holds what came through a pipe; name stands for
// its path in errors. It has to be one that can be read at any place, and is closed by [File.Close].
func From(file *os.File, name string) (*File, error) {
	f, err := begin(file, name)
	if err != nil {
		return nil, err
	}
	if f.readOn(); f.Len() == 0 {
		return nil, failure(name, ErrNotTranscript, hintNotTranscript)
	}
	return f, nil
}

// begin reads the first event of a file.
func begin(file *os.File, name string) (*File, error) {
	start, err := readStart(file, name)
	if err != nil {
		return nil, err
	}
	f := &File{path: name, file: file, start: start}
	f.read.index = newIndex(defaultLimits)
	f.publish()
	return f, nil
}

// readOn reads what the file has gained.
func (f *File) readOn() {
	f.read.Lock()
	defer f.read.Unlock()
	f.readLocked(locks && written(f.file))
}

// breath is a rest between two portions of a file: as long as every processor reads, nothing notices that a key was pressed. It adds
// some hundredths to the time that a long file takes.
const breath = 50 * time.Microsecond

func (f *File) readLocked(growing bool) {
	if f.read.damage == nil {
		f.read.scan(f.file, growing, func() bool {
			f.publish()
			time.Sleep(breath)
			return !f.stopped()
		})
	}
	f.going.Store(growing)
	f.whole.Store(true)
	f.publish()
}

// publish shows what has been read to everyone.
func (f *File) publish() {
	x := *f.read.index
	f.seen.Store(&x)
	f.Wake()
}

// openRegular looks before it opens: opening a pipe that nobody writes to would wait for ever.
func openRegular(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, &Error{Path: path, Text: cause(err).Error(), Hint: whereKept(), Err: err}
	}
	switch mode := info.Mode(); {
	case mode.IsDir():
		return nil, &Error{Path: path, Text: "a folder, not a file", Hint: "give the path of a transcript in it", Err: errNotRegular}
	case !mode.IsRegular():
		return nil, failure(path, errNotRegular, "copy its output into a file, and give the path of that file")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, &Error{Path: path, Text: cause(err).Error(), Err: err}
	}
	return file, nil
}

// whereKept says where to look for a transcript that is not where it was looked for.
func whereKept() string {
	dir, err := Dir()
	if err != nil {
		return ""
	}
	return "sessions are kept in " + dir
}

const hintNotTranscript = "a transcript has a start event in its first line"

// readStart reads the first line and refuses what is not a transcript of a version known here.
func readStart(r io.ReaderAt, path string) (*record.Event, error) {
	buf, n := firstBytes(r)
	if n == 0 {
		return nil, failure(path, errEmpty, "its session ended before anything was written")
	}
	if err := changed(buf[:n], path); err != nil {
		return nil, err
	}
	line, _, whole := bytes.Cut(buf[:n], []byte("\n"))
	var probe struct {
		Kind  record.Kind `json:"kind"`
		Start struct {
			Format string `json:"format"`
		} `json:"start"`
	}
	if how := Packed(buf[:n]); how != "" {
		return nil, &Error{Path: path, Text: "compressed with " + how, Hint: "unpack it first", Err: ErrNotTranscript}
	}
	err := json.Unmarshal(line, &probe)
	name, version, _ := strings.Cut(probe.Start.Format, "/")
	known, knownVersion, _ := strings.Cut(record.Format, "/")
	if err != nil || !whole && n == maxStart || probe.Kind != record.KindStart || name != known {
		return nil, failure(path, ErrNotTranscript, hintNotTranscript)
	}
	if version != knownVersion {
		return nil, otherVersion(path, version)
	}
	e := decode(line, 1)
	if e.Kind != record.KindStart {
		return nil, failure(path, ErrNotTranscript, hintNotTranscript)
	}
	return e, nil
}

// Packed names the program that has compressed something, by how it begins; empty where none has.
func Packed(begins []byte) string {
	for _, p := range []struct{ magic, name string }{{"\x1f\x8b", "gzip"}, {"PK\x03\x04", "zip"}, {"\xfd7zXZ\x00", "xz"}, {"\x28\xb5\x2f\xfd", "zstd"}, {"BZh", "bzip2"}} {
		if bytes.HasPrefix(begins, []byte(p.magic)) {
			return p.name
		}
	}
	return ""
}

// Is reports whether something begins as a transcript does, of whatever version of the format.
func Is(r io.ReaderAt) bool {
	_, err := readStart(r, "")
	return !errors.Is(err, ErrNotTranscript) && !errors.Is(err, errEmpty)
}

// firstBytes reads the beginning of a file, all that a first line may have if it takes more than usual.
func firstBytes(r io.ReaderAt) (buf []byte, n int) {
	const usual = 4 << 10
	for _, size := range []int{usual, maxStart} {
		buf = make([]byte, size)
		if n, _ = r.ReadAt(buf, 0); bytes.IndexByte(buf[:n], '\n') >= 0 || n < size {
			break
		}
	}
	return buf, n
}

func otherVersion(path, version string) error {
	if n, err := strconv.ParseUint(version, 10, 16); err != nil || n == 0 {
		return failure(path, ErrNotTranscript, hintNotTranscript)
	}
	return failure(path, errNewer, fmt.Sprintf("the file has version %s, and this program reads %s: update this program", version, record.Format))
}

// Path is where the file is, as given to [Open].
func (f *File) Path() string { return f.path }

// Start is the first event's payload.
func (f *File) Start() *record.Start { return f.start.Start }

// End is the payload of the last end event; nil when the session was cut off, or goes on.
func (f *File) End() *record.Verdict {
	i := f.seen.Load().ended - 1
	if i < 0 {
		return nil
	}
	return f.At(i).End
}

// Damage says where the file stops being a transcript; nil when it does not, as far as it was read.
func (f *File) Damage() *Damage { return f.seen.Load().damage }

// Len implements [record.Source].
func (f *File) Len() int { return len(f.seen.Load().kinds) }

// At implements [record.Source]. Asked twice, it may give two copies. An event that cannot be read, any more or at
// all, has the kind kindUnreadable.
func (f *File) At(i int) *record.Event {
	if e := f.cache.get(i); e != nil {
		return e
	}
	line := f.Line(i)
	e := decode(line, i+1)
	f.cache.put(i, len(line), e)
	return e
}

// Kind is what kind of event i is, as its line says; empty for one that is not known here. It reads nothing.
func (f *File) Kind(i int) record.Kind {
	return f.seen.Load().kind(i)
}

// Line reads the line of event i, with its line end and any empty lines after it; it is nil when the file no longer has it.
func (f *File) Line(i int) []byte {
	from, to := f.seen.Load().extent(i)
	b := make([]byte, to-from)
	if _, err := f.file.ReadAt(b, from); err != nil {
		return nil
	}
	return b
}

// Close closes the file; events that are not in memory become unreadable.
func (f *File) Close() error {
	f.endFollowing()
	return f.file.Close()
}

// cause takes operation and path off an error of package os; both are said already.
func cause(err error) error {
	if e, ok := err.(*os.PathError); ok {
		return e.Err
	}
	return err
}
