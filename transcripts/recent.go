package transcripts

import (
	"bytes"
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"ehlo/session/record"
)

// Summary is what a list shows of a transcript. All of it comes from the file and is untrusted.
type Summary struct {
	Path     string
	Time     time.Time // when the session began
	Target   record.Target
	Scenario string // of the practice server, else empty
	Title    string // of the scenario
	// End is how the session ended. Of a session that was cut off it is the verdict of what is there, where the file is one of the
	// newest and small; nil where it is not, where the session is running, and where more notes follow than are read.
	End     *record.Verdict
	Running bool // its file is written
	// About is what a person has said of the file; nil where that is nothing, or more notes follow it than are read.
	About *record.About
}

// How much is read of a file: of its end at first, and at most; and of how many all that a small one holds, if it has no end.
const (
	tail    = 4 << 10
	allTail = 64 << 10
	judged  = 50
)

// List lists the transcripts in dir, the newest first. It reads the first line and the end of each. What is no transcript, or cannot
// be read, is left out; a directory that is not there has none.
func List(dir string) []Summary {
	entries, _ := os.ReadDir(dir)
	paths := make(chan string)
	var mu sync.Mutex
	var list []Summary
	var readers sync.WaitGroup
	for range 8 { // a disk, or a network, answers several at a time
		readers.Go(func() {
			for path := range paths {
				if s, ok := summarize(path); ok {
					mu.Lock()
					list = append(list, s)
					mu.Unlock()
				}
			}
		})
	}
	for _, entry := range entries {
		if entry.Type().IsRegular() && strings.HasSuffix(entry.Name(), Extension) {
			paths <- filepath.Join(dir, entry.Name())
		}
	}
	close(paths)
	readers.Wait()
	slices.SortFunc(list, func(a, b Summary) int { return cmp.Or(b.Time.Compare(a.Time), cmp.Compare(b.Path, a.Path)) })
	for i := range list[:min(judged, len(list))] {
		if s := &list[i]; s.End == nil && !s.Running {
			s.End = cutOff(s.Path)
		}
	}
	return list
}

func summarize(path string) (Summary, bool) {
	file, err := openRegular(path)
	if err != nil {
		return Summary{}, false
	}
	defer file.Close()
	e, err := readStart(file, path)
	if err != nil {
		return Summary{}, false
	}
	end, about := readEnd(file)
	return Summary{Path: path, Time: e.Start.Time, Target: e.Start.Target, Scenario: e.Start.Scenario, Title: e.Start.Title, End: end,
		Running: end == nil && locks && written(file), About: about}, true
}

// readEnd looks for the last end event and for what was said of the file in its last lines.
func readEnd(file *os.File) (end *record.Verdict, about *record.About) {
	info, err := file.Stat()
	if err != nil {
		return nil, nil
	}
	for _, size := range []int64{tail, allTail} {
		var ok bool
		if end, about, ok = endWithin(file, max(0, info.Size()-size), info.Size()); ok {
			break
		}
	}
	return end, about
}

// endWithin is the end event if it is the last line from a place of the file on that a person did not add; ok is false where there are
// only such lines.
func endWithin(file *os.File, from, to int64) (end *record.Verdict, about *record.About, ok bool) {
	buf := make([]byte, to-from)
	n, _ := file.ReadAt(buf, from)
	for _, line := range slices.Backward(bytes.SplitAfter(buf[:n], []byte("\n"))) {
		switch h, whole := readHead(line); {
		case !whole || h.Kind == record.KindNote:
		case h.Kind != record.KindAbout:
			return decode(line, h.Seq).End, about, true
		case about == nil:
			about = decode(line, h.Seq).About
		}
	}
	return nil, about, false
}
