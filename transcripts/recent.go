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
	// End is how the session ended; nil when it runs still, was cut off, or when more notes follow than are read.
	End *record.End
}

// tail is how much of a file's end Recent reads.
const tail = 64 << 10

// Recent lists the newest transcripts in dir, at most n, the newest first. It reads the first line and the end of
// each. What is no transcript, or cannot be read, is left out; a directory that is not there has none.
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
		if s, ok := summarise(filepath.Join(dir, entry.Name())); ok {
			found = append(found, s)
		}
	}
	return found
}

func summarise(path string) (Summary, bool) {
	file, err := openRegular(path)
	if err != nil {
		return Summary{}, false
	}
	defer file.Close()
	e, err := readStart(file, path)
	if err != nil {
		return Summary{}, false
	}
	return Summary{Path: path, Time: e.Start.Time, Target: e.Start.Target, Title: e.Start.Title, End: readEnd(file)}, true
}

// readEnd looks for the last end event in the last lines of a file.
func readEnd(file *os.File) *record.End {
	info, err := file.Stat()
	if err != nil {
		return nil
	}
	from := max(0, info.Size()-tail)
	buf := make([]byte, info.Size()-from)
	n, _ := file.ReadAt(buf, from)
	lines := bytes.SplitAfter(buf[:n], []byte("\n"))
	for _, line := range slices.Backward(lines) {
		h, ok := readHead(line)
		if !ok || h.Kind == record.KindNote {
			continue
		}
		return decode(line, h.Seq).End
	}
	return nil
}
