package ui

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts"
	"ehlo/transcripts/export"
	"ehlo/transcripts/places"
	"ehlo/ui/ptytest"
)

// screenAt is where the picture in README.md stands: after the second reply to EHLO.
const screenAt = 32

// The picture in README.md is what the program makes of its transcript now; -update makes it again, as
//
//	ehlo export ui/testdata/screen.ehlo.ndjson --to svg --at 32 --size 110x34 >.github/screen.svg
func TestPictureIsCurrent(t *testing.T) {
	f, err := transcripts.Open(filepath.Join("testdata", "screen.ehlo.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, path := drawn(t, filmOf(t, f, 110, 34), screenAt), filepath.Join("..", ".github", "screen.svg")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(path); err != nil || got != string(want) {
		t.Errorf("%s is not what the program draws now (%v); look at it, then go test ./ui -update", path, err)
	}
}

func filmOf(t testing.TB, src record.Source, columns, rows int) *Film {
	t.Helper()
	f, err := NewFilm(&Replay{Source: src, Path: "session.ehlo.ndjson"}, columns, rows, false)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func drawn(t testing.TB, f *Film, at int) string {
	t.Helper()
	var out strings.Builder
	if err := export.SVG(&out, f.Picture(at)); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// A picture is the screen: each row is as wide as the window, and has the text that the screen has.
func TestPictureIsTheScreen(t *testing.T) {
	_, sc := walked(t, 14, 80, 24)
	for _, size := range [][2]int{{80, 24}, {120, 40}, {60, 16}} {
		f := filmOf(t, sc.log, size[0], size[1])
		for n := 1; n <= f.Len(); n++ {
			s := simReplay(t, &Replay{Source: sc.log, Path: "session.ehlo.ndjson"}, size[0], size[1])
			if s.root.walk.jump(n); n == f.Len() {
				s.root.walk.end()
			}
			p := f.Picture(n)
			if got, want := textOf(t, p), s.root.View(); got != want {
				t.Fatalf("event %d: the picture is\n%s\nand the screen\n%s", n, got, want)
			}
		}
	}
}

// So it is far down in a long session, of which a film holds the last part alone, and with notes that were made in the end.
func TestPictureOfALongSession(t *testing.T) {
	t.Parallel()
	tape, log := newTape(24_000), &record.Log{}
	for i := range tape.Len() {
		if e := *tape.At(i); i == 0 || e.Kind != record.KindStart {
			log.Append(e)
		}
		if i%9000 == 8999 {
			log.Append(record.Event{Kind: record.KindChange, Change: &record.Change{Plan: scenePlan(), Reconnect: true}})
		}
	}
	for _, on := range []int{5, 6000, 11_000} {
		log.Append(record.Event{Kind: record.KindNote, Note: &record.Note{On: on, Text: "see here", Author: "ann"}})
	}
	f := filmOf(t, log, 80, 24)
	for _, n := range []int{10, 6000, 6003, 9000, 9003, 11_003, 18_500, log.Len() - 3, 300, log.Len()} {
		s := simReplay(t, &Replay{Source: log, Path: "session.ehlo.ndjson"}, 80, 24)
		if s.root.walk.jump(n); n == log.Len() {
			s.root.walk.end()
		}
		if got, want := textOf(t, f.Picture(n)), s.root.View(); got != want {
			t.Errorf("event %d: the picture is\n%s\nand the screen\n%s", n, got, want)
		}
	}
	if f.root.walk.pane.Dropped() == 0 {
		t.Error("the film holds all of it")
	}
}

func textOf(t *testing.T, p export.Picture) string {
	t.Helper()
	var rows []string
	for _, line := range p.Lines {
		row := ""
		for _, run := range line {
			if run.Column != ansi.StringWidth(row) || run.Width != ansi.StringWidth(run.Text) {
				t.Errorf("%q stands in column %d with width %d", run.Text, run.Column, run.Width)
			}
			row += run.Text
		}
		rows = append(rows, row)
	}
	return strings.Join(rows, "\n")
}

// A recording played to its end leaves the last picture on the screen; its moments are in order, and each step has a marker.
func TestRecording(t *testing.T) {
	_, sc := walked(t, 14, 80, 24)
	f := filmOf(t, sc.log, 80, 24)
	var screen ptytest.Screen
	markers := 0
	for _, e := range momentsOf(t, f) {
		if e.kind == "m" {
			markers++
		} else if _, err := screen.Write([]byte(e.data)); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := strings.TrimRight(screen.String(), "\n "), trimmed(f, f.Len()); got != want {
		t.Errorf("the recording ends with\n%s\nwant\n%s", got, want)
	}
	steps := 0
	for n := f.root.walk.firstStep(); n < f.Len(); n = places.StepEnd(sc.log, n) {
		steps++
	}
	if markers != steps || steps < 10 {
		t.Errorf("%d markers for %d steps", markers, steps)
	}
}

func trimmed(f *Film, n int) string {
	var rows []string
	for _, row := range f.played(n) {
		rows = append(rows, strings.TrimRight(ansi.Strip(row), " "))
	}
	return strings.TrimRight(strings.Join(rows, "\n"), "\n ")
}

type moment struct{ kind, data string }

// momentsOf reads a recording as a player does.
func momentsOf(t testing.TB, f *Film) (list []moment) {
	t.Helper()
	var out bytes.Buffer
	if err := f.Record(&out); err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(out.String(), "\n")
	var header struct{ Version, Width, Height int }
	if err := json.Unmarshal([]byte(head), &header); err != nil || header.Version != 2 || header.Width != f.Columns || header.Height != f.Rows {
		t.Fatalf("the header is %s, %v", head, err)
	}
	last := 0.0
	for line := range strings.SplitSeq(strings.TrimSuffix(rest, "\n"), "\n") {
		var at float64
		var e moment
		if err := json.Unmarshal([]byte(line), &[]any{&at, &e.kind, &e.data}); err != nil || at < last {
			t.Fatalf("after %v comes %s, %v", last, line, err)
		}
		last = at
		list = append(list, e)
	}
	return list
}

// Nothing that a session says comes into a drawing or a recording but as visible text.
func TestHostileFilm(t *testing.T) {
	f := filmOf(t, hostileLog(), 100, 30)
	for n := 1; n <= f.Len(); n++ {
		checkDrawing(t, drawn(t, f, n))
	}
	checkMoments(t, f)
}

func checkMoments(t testing.TB, f *Film) {
	t.Helper()
	for _, e := range momentsOf(t, f) {
		if text := ansi.Strip(e.data); strings.ContainsFunc(strings.TrimSuffix(text, "\r\n"), func(c rune) bool { return !unicode.IsPrint(c) }) || strings.Contains(e.data, "\x1b]") {
			t.Errorf("%s %q", e.kind, e.data)
		}
	}
}

func FuzzFilm(f *testing.F) {
	f.Add("220 mail.example.org ESMTP")
	f.Add(evil())
	f.Add("</text><script>")
	f.Fuzz(func(t *testing.T, text string) {
		log := &record.Log{}
		log.Append(record.Event{Kind: record.KindStart, Start: &record.Start{Time: epoch, Plan: record.Plan{Target: record.Target{Host: text, Port: 25}, Title: text}}})
		log.Append(record.Event{Kind: record.KindReply, Step: record.VerbGreeting, Reply: &record.Reply{Reply: wire.Reply{Raw: wire.Raw(text), Code: 220}}})
		log.Append(record.Event{Kind: record.KindSend, Step: record.Verb(text), Send: &record.Send{Raw: wire.Raw(text)}})
		log.Append(record.Event{Kind: record.KindNote, Note: &record.Note{On: 2, Text: text}})
		log.Append(record.Event{Kind: record.KindEnd, End: &record.Verdict{Outcome: record.Outcome(text), Cause: text}})
		film := filmOf(t, log, 100, 30)
		checkDrawing(t, drawn(t, film, film.Len()))
		checkMoments(t, film)
	})
}

// BenchmarkRecord makes a recording of a session of 1,000 events.
func BenchmarkRecord(b *testing.B) {
	film := filmOf(b, newTape(1000), 100, 30)
	for b.Loop() {
		if err := film.Record(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

// checkDrawing reads a drawing as another program does: it has the elements that stand in package export alone.
func checkDrawing(t testing.TB, svg string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		switch e := token.(type) {
		case xml.StartElement:
			if !strings.Contains(" svg title rect g text ", " "+e.Name.Local+" ") {
				t.Errorf("a <%s>", e.Name.Local)
			}
		case xml.Comment, xml.Directive, xml.ProcInst:
			t.Errorf("%T in %s", token, svg)
		}
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
	}
}

func TestFilmNeedsASize(t *testing.T) {
	for _, size := range [][2]int{{59, 24}, {80, 15}, {80, 100_000}, {-1, -1}} {
		if _, err := NewFilm(&Replay{Source: hostileLog()}, size[0], size[1], false); err == nil {
			t.Errorf("a film of %d×%d", size[0], size[1])
		}
	}
}

// Debian's asciinema plays a recording to its end.
func TestAsciinemaPlays(t *testing.T) {
	player, err := exec.LookPath("asciinema")
	switch {
	case err != nil && os.Getenv("CI") == "true":
		t.Fatal("no asciinema here")
	case err != nil:
		t.Skip("no asciinema here")
	}
	_, sc := walked(t, 14, 80, 24)
	f := filmOf(t, sc.log, 80, 24)
	path := filepath.Join(t.TempDir(), "session.cast")
	var cast bytes.Buffer
	if err := f.Record(&cast); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, cast.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), player, "play", "-s", "1000", path)
	c.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "HOME="+t.TempDir())
	c.WaitDelay = 10 * time.Second
	out, err := c.CombinedOutput()
	var screen ptytest.Screen
	_, _ = screen.Write(out)
	if got, want := strings.TrimRight(screen.String(), "\n "), trimmed(f, f.Len()); err != nil || got != want {
		t.Errorf("asciinema: %v, and the screen\n%s\nwant\n%s", err, got, want)
	}
}

// A picture of an event that is folded away is of that event: its fold is open, and the view is about it.
func TestPictureOfAFoldedEvent(t *testing.T) {
	_, sc := walked(t, 14, 80, 24)
	for n := 1; n < sc.log.Len(); n++ {
		m := sc.log.At(n - 1).TLSMessage
		if m == nil {
			continue
		}
		for size, about := range map[[2]int]string{{120, 40}: "message     " + m.Name, {80, 24}: "message     " + m.Name} {
			f := filmOf(t, sc.log, size[0], size[1])
			f.Show("fields")
			if got := textOf(t, f.Picture(n)); !strings.Contains(got, about) || f.root.walk.selected().Seq != n {
				t.Errorf("event %d, %s:\n%s", n, m.Name, got)
			}
		}
	}
}
