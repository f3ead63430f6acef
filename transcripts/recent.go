package transcripts

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ehlo/session/record"
)

// Summary is what a list shows of a transcript. All of it comes from the file and is untrusted.
type Summary struct {
	Path   string
	Time   time.Time // when the session began
	Target record.Target
	Title  string // of a scenario, else empty
	// End is how the session ended. Where a small file just ends it is the verdict of what is there, and says so; nil when
	// the session runs still, when a large file was cut off, or when more notes follow than are read.
	End *record.Verdict
	// About is what a person has said of the file; nil where that is nothing, or more notes follow it than are read.
	About *record.About
}

// tail is how much of a file's end Recent reads.
const tail = 64 << 10

// Recent lists the newest transcripts in dir, at most n, the newest first. It reads the first line and the end of
// each, and all of a small file that has no end. What is no transcript, or cannot be read, is left out; a directory that is not there has none.
func Recent(dir string, n int) []Summary {
	entries, _ := os.ReadDir(dir)
	slices.Reverse(entries) // names begin with the time
	var found []Summary
	for _, entry := range entries {
		if len(found) >= n {
			break
		}
		if !entry.Type().IsRegular() || !strings.HasSuffix(entry.Name(), Extension) {
			continue
		}
		if s, ok := summarize(filepath.Join(dir, entry.Name())); ok {
			found = append(found, s)
		}
	}
	return found
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
	if end == nil {
		end = cutOff(file, path)
	}
	return Summary{Path: path, Time: e.Start.Time, Target: e.Start.Target, Title: e.Start.Title, End: end, About: about}, true
}

// readEnd looks for the last end event and for what was said of the file in its last lines.
func readEnd(file *os.File) (end *record.Verdict, about *record.About) {
	info, err := file.Stat()
	if err != nil {
		return nil, nil
	}
	from := max(0, info.Size()-tail)
	buf := make([]byte, info.Size()-from)
	n, _ := file.ReadAt(buf, from)
	lines := bytes.SplitAfter(buf[:n], []byte("\n"))
	for _, line := range slices.Backward(lines) {
		switch h, ok := readHead(line); {
		case !ok || h.Kind == record.KindNote:
		case h.Kind != record.KindAbout:
			return decode(line, h.Seq).End, about
		case about == nil:
			about = decode(line, h.Seq).About
		}
	}
	return nil, about
}
