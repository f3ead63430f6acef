package transcripts

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ehlo/session/record"
)

// await waits until src has n events.
func await(src record.Source, n int) {
	wake, stop := src.Watch()
	defer stop()
	for src.Len() < n {
		<-wake
	}
}

// What the recorder hands on is in the file already, whole.
func TestRecorderWritesBeforeItHandsOn(t *testing.T) {
	l := logOf(startEvent())
	path := filepath.Join(t.TempDir(), "new", "dir", "a"+Extension)
	rec, err := Record(l, path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 500 {
		l.Append(sendEvent(fmt.Sprint("NOOP ", i)))
		if i%7 != 0 {
			continue
		}
		await(rec, l.Len())
		written, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if lines := bytes.Count(written, []byte("\n")); lines < rec.Len() || written[len(written)-1] != '\n' {
			t.Fatalf("%d lines in the file, %d events handed on", lines, rec.Len())
		}
	}
	if err := errors.Join(rec.Close(), rec.Close()); err != nil {
		t.Fatal(err)
	}
	if f := openPath(t, path); f.Len() != 501 || f.Damage() != nil || string(f.At(500).Send.Raw) != "NOOP 499\r\n" {
		t.Errorf("%d events, damage %v", f.Len(), f.Damage())
	}
}

func TestRecordIsPrivateAndNeverOverwrites(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "dir")
	path := filepath.Join(dir, "a"+Extension)
	rec, err := Record(logOf(startEvent()), path)
	if err != nil {
		t.Fatal(err)
	}
	rec.Close()
	for path, want := range map[string]fs.FileMode{path: 0o600, dir: 0o700 | fs.ModeDir, filepath.Dir(dir): 0o700 | fs.ModeDir} {
		if info, err := os.Stat(path); err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v; want %v", path, info.Mode(), err, want)
		}
	}
	before, _ := os.ReadFile(path)
	var e *Error
	if _, err := Record(logOf(startEvent()), path); !errors.As(err, &e) || !errors.Is(err, fs.ErrExist) || e.Hint == "" {
		t.Errorf("second recording: %v", err)
	}
	link := filepath.Join(dir, "link"+Extension)
	if err := os.Symlink(filepath.Join(dir, "elsewhere"), link); err != nil {
		t.Fatal(err)
	}
	if _, err := Record(logOf(startEvent()), link); !errors.Is(err, fs.ErrExist) {
		t.Errorf("through a link: %v", err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the file was touched")
	}
	if _, err := Record(logOf(startEvent()), filepath.Join(path, "below", "a")); !errors.As(err, &e) || e.Hint == "" {
		t.Errorf("below a file: %v", err)
	}
}

// Close writes what the log holds, even if the recorder has not come to it yet.
func TestRecorderCloseDrains(t *testing.T) {
	l := logOf(startEvent())
	rec, err := Record(l, filepath.Join(t.TempDir(), "a"+Extension))
	if err != nil {
		t.Fatal(err)
	}
	var closing sync.WaitGroup
	for range 2000 {
		l.Append(sendEvent("NOOP"))
	}
	for range 3 {
		closing.Go(func() {
			if err := rec.Close(); err != nil {
				t.Error(err)
			}
			if rec.Len() != 2001 {
				t.Errorf("%d events after Close", rec.Len())
			}
		})
	}
	closing.Wait()
	if f := openPath(t, rec.Path()); f.Len() != 2001 {
		t.Errorf("%d events in the file", f.Len())
	}
}

// disk is a journal that is full after some bytes.
type disk struct {
	written bytes.Buffer
	room    int
	writes  int
	syncErr error
	closed  bool
}

func (d *disk) Write(b []byte) (int, error) {
	d.writes++
	n := min(len(b), d.room-d.written.Len())
	d.written.Write(b[:n])
	if n < len(b) {
		return n, &fs.PathError{Op: "write", Path: "a", Err: syscall.ENOSPC}
	}
	return n, nil
}

func (d *disk) Truncate(size int64) error { d.written.Truncate(int(size)); return nil }
func (d *disk) Sync() error               { return d.syncErr }
func (d *disk) Close() error              { d.closed = true; return nil }

// A full disk costs the transcript, not the session; what is in the file stays whole.
func TestRecorderDiskFull(t *testing.T) {
	lines := session5(t)
	d := &disk{room: len(strings.Join(lines[:3], "")) + 10}
	l := &record.Log{}
	rec := started(newRecorder(l, "/full/a", d))
	events := []record.Event{startEvent(), sendEvent("NOOP"), replyEvent("250 OK"), sendEvent("QUIT"), endEvent()}
	for i, e := range events {
		l.Append(e)
		await(rec, i+1)
	}
	<-rec.Failed()
	err := rec.Close()
	var e *Error
	if !errors.As(err, &e) || !errors.Is(err, syscall.ENOSPC) || e.Hint == "" || rec.Err() != err {
		t.Fatalf("error %v, then %v", err, rec.Err())
	}
	if want := "/full/a: no space left on device: nothing after event 3 is recorded"; err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
	if d.written.String() != strings.Join(lines[:3], "") {
		t.Errorf("the file holds %q", d.written.String())
	}
	if rec.Len() != 5 || rec.At(4).Kind != record.KindEnd || !d.closed {
		t.Errorf("%d events handed on, closed %v", rec.Len(), d.closed)
	}
}

func TestRecorderSaysWhenSyncFails(t *testing.T) {
	d := &disk{room: 1 << 20, syncErr: syscall.EIO}
	rec := started(newRecorder(logOf(startEvent(), endEvent()), "/bad/a", d))
	if err := rec.Close(); !errors.Is(err, syscall.EIO) {
		t.Errorf("error %v", err)
	}
	if bytes.Count(d.written.Bytes(), []byte("\n")) != 2 {
		t.Errorf("the file holds %q", d.written.String())
	}
}

// Events that are there together go out together, in batches that do not grow without bound.
func TestRecorderBatches(t *testing.T) {
	d := &disk{room: 1 << 30}
	l := logOf(startEvent())
	for range 10_000 {
		l.Append(sendEvent("NOOP"))
	}
	rec := started(newRecorder(l, "a", d))
	if err := rec.Close(); err != nil {
		t.Fatal(err)
	}
	if most := d.written.Len()/batch + 2; d.writes < 2 || d.writes > most {
		t.Errorf("%d writes for %d bytes, want 2 to %d", d.writes, d.written.Len(), most)
	}
}

// An event that is too long for a line neither ends the recording nor leaves a gap.
func TestRecorderHugeEvent(t *testing.T) {
	huge := sendEvent(strings.Repeat("\x01", maxLine/6+1))
	rec, err := Record(logOf(startEvent(), huge, endEvent()), filepath.Join(t.TempDir(), "a"+Extension))
	if err != nil {
		t.Fatal(err)
	}
	if err := rec.Close(); err != nil {
		t.Fatal(err)
	}
	f := openPath(t, rec.Path())
	if f.Len() != 3 || f.Damage() != nil {
		t.Fatalf("%d events, damage %v", f.Len(), f.Damage())
	}
	for name, src := range map[string]record.Source{"file": f, "recorder": rec} {
		e := src.At(1)
		if e.Seq != 2 || e.Kind != record.KindFinding || e.Send != nil || e.Finding.Code != "event-not-recorded" {
			t.Errorf("%s: %.200v", name, e)
		}
	}
}

func started(r *Recorder) *Recorder {
	go r.run()
	return r
}

// A file that is removed, or its folder, or that is replaced, is told while nothing else happens; the session goes on.
func TestRecorderLosesItsFile(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(path string) error{
		"file":    os.Remove,
		"folder":  func(path string) error { return os.RemoveAll(filepath.Dir(path)) },
		"another": func(path string) error { return os.Rename(fileOf(t, "other"), path) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := logOf(startEvent())
			path := filepath.Join(t.TempDir(), "new", "a"+Extension)
			rec, err := Record(l, path)
			if err != nil {
				t.Fatal(err)
			}
			await(rec, 1)
			wake, stop := rec.Watch()
			<-wake
			if err := lose(path); err != nil {
				t.Fatal(err)
			}
			<-rec.Failed()
			<-wake
			l.Append(endEvent())
			await(rec, 2)
			stop()
			if err := rec.Close(); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "the file was removed: nothing after event 1 is recorded") {
				t.Error(err)
			} else if e, ok := errors.AsType[*Error](err); !ok || strings.Contains(e.Hint, "make room") {
				t.Errorf("room was not what it lacked: %+v", e)
			}
		})
	}
}

const childFile = "EHLO_TEST_RECORD"

// A process that is killed at any moment while it records has all events in the file that it has handed on. EHLO_TEST_KILLS is at
// how many moments; .ci/kill tries many.
func TestRecorderSurvivesKill(t *testing.T) {
	if path := os.Getenv(childFile); path != "" {
		recordUntilKilled(path)
	}
	kills, seed := 3, uint64(time.Now().UnixNano())
	if n, err := strconv.Atoi(os.Getenv("EHLO_TEST_KILLS")); err == nil {
		kills = n
	}
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	for range kills {
		killOne(t, time.Duration(chance.Int64N(int64(30*time.Millisecond))))
	}
}

// killOne kills a recording process so long after its first event.
func killOne(t *testing.T, after time.Duration) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a"+Extension)
	child := exec.Command(os.Args[0], "-test.run", "^TestRecorderSurvivesKill$")
	child.Env = append(os.Environ(), childFile+"="+path)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	announced, killing := 0, false
	for s := bufio.NewScanner(out); s.Scan(); { // what is in the pipe when it is killed still counts
		if announced, _ = strconv.Atoi(s.Text()); !killing {
			killing = true
			time.AfterFunc(after, func() { child.Process.Kill() })
		}
	}
	if err := child.Wait(); err == nil || announced == 0 {
		t.Fatalf("the child ended by itself after %d events: %v", announced, err)
	}
	checkKilled(t, path, announced)
}

// recordUntilKilled says after each event how many were handed on.
func recordUntilKilled(path string) {
	l := logOf(startEvent())
	rec, err := Record(l, path)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	go func() {
		for i := 2; ; i++ {
			l.Append(sendEvent(fmt.Sprint("NOOP ", i)))
			await(rec, i-100) // the recorder lags, as it may, but not without bound
		}
	}()
	for n := 0; ; n = rec.Len() {
		await(rec, n+1)
		fmt.Println(rec.Len())
	}
}

func checkKilled(t *testing.T, path string, announced int) {
	t.Helper()
	f := openPath(t, path)
	if f.Len() < announced {
		t.Fatalf("%d events were handed on, %d are in the file: %v", announced, f.Len(), f.Damage())
	}
	for i := 1; i < f.Len(); i++ {
		if got, want := string(f.At(i).Send.Raw), fmt.Sprintf("NOOP %d\r\n", i+1); got != want {
			t.Fatalf("event %d is %q, want %q", i, got, want)
		}
	}
	if f.End() != nil {
		t.Error("a killed session has an end event")
	}
}

// BenchmarkRecord is the price of recording one event, from the log to the hand-over.
func BenchmarkRecord(b *testing.B) {
	l := &record.Log{}
	rec, err := Record(l, filepath.Join(b.TempDir(), "a"+Extension))
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for b.Loop() {
		n++
		l.Append(*typical(n))
	}
	await(rec, n)
	if err := rec.Close(); err != nil {
		b.Fatal(err)
	}
}
