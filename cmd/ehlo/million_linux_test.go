package main

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ehlo/session/record"
	"ehlo/transcripts"
	"ehlo/ui/dialogue"
	"ehlo/ui/ptytest"
)

// Variables of .ci/million: how many events the long transcript has, how often it is opened, and a build of the program, in place of
// which the test binary stands without one.
const (
	eventsWanted = "EHLO_TEST_EVENTS"
	runsWanted   = "EHLO_TEST_RUNS"
	buildWanted  = "EHLO_TEST_PROGRAM"
)

// figure is one thing that is measured.
type figure struct {
	name, unit string
	bound      float64
	runs       []float64
}

// lowest is what counts: everything else that a machine does makes a figure greater.
func (f *figure) lowest() float64 { return slices.Min(f.runs) }
func (f *figure) ok() bool        { return f.bound == 0 || f.lowest() <= f.bound }

func (f *figure) String() string {
	verdict, bound := "", ""
	if f.bound > 0 {
		bound = "at most " + f.in(f.bound)
		verdict = map[bool]string{true: "ok", false: "over"}[f.ok()]
	}
	all := ""
	if len(f.runs) > 1 {
		all = strings.Trim(fmt.Sprintf("%.4g", f.runs), "[]")
	}
	return strings.TrimRight(fmt.Sprintf("%-4s  %-50s %12s  %-18s %s", verdict, f.name, f.in(f.lowest()), bound, all), " ")
}

func (f *figure) in(value float64) string {
	return strings.TrimSpace(fmt.Sprintf("%.4g %s", value, f.unit))
}

// figures are in the order in which they were first measured.
type figures []*figure

func (l *figures) add(name, unit string, bound, value float64) {
	i := slices.IndexFunc(*l, func(f *figure) bool { return f.name == name })
	if i < 0 {
		i = len(*l)
		*l = append(*l, &figure{name: name, unit: unit, bound: bound})
	}
	(*l)[i].runs = append((*l)[i].runs, value)
}

// A long transcript is opened on a terminal, read, gone through by keys, and written in every form. Here a short one shows that all of
// it works; .ci/million holds one of a million events against the bounds.
func TestLongTranscript(t *testing.T) {
	t.Parallel()
	n, judged := 2_000, os.Getenv(eventsWanted) != ""
	if judged {
		n = number(t, eventsWanted, 0)
	}
	l := longOne{t: t, dir: t.TempDir(), judged: judged, seen: map[string]bool{}, pressed: map[string][]time.Duration{}}
	l.session(t)
	path := l.file(n)
	var all figures
	for range number(t, runsWanted, 1) {
		l.read(&all, path, n)
		l.keys(path)
		l.recording(&all, min(n, 200_000))
	}
	l.exports(&all, n, number(t, runsWanted, 1))
	name, took := l.slowest()
	all.add("slowest key just after opening: "+name, "ms", 50, milliseconds(took))
	for _, f := range all {
		if fmt.Println(f); judged && !f.ok() {
			t.Errorf("over the bound: %s", f.name)
		}
	}
}

func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	value := cmp.Or(os.Getenv(name), strconv.Itoa(otherwise))
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		t.Fatalf("%s is %q, and not a number", name, value)
	}
	return n
}

// longOne makes long transcripts of a session on the practice server: its lookup, connection, handshake and login once, its message
// again and again, and at the end one event of each kind that it had none of.
type longOne struct {
	t                 *testing.T
	dir               string
	judged            bool                       // against the bounds, with keys while the file is being read
	head, again, tail [][]byte                   // lines, from their kind on
	seen              map[string]bool            // the kinds of their events
	extra             int                        // how many of them have nothing in them
	pressed           map[string][]time.Duration // how long each key took
}

// kindAt is where the kind of an event stands in its line.
var kindAt = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`,"kind":"([\w-]+)"`) })

func (l *longOne) session(t *testing.T) {
	path := filepath.Join(l.dir, "one.ehlo.ndjson")
	if out, err := l.program("run", "lab:", "-q", "-o", path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for line := range bytes.Lines([]byte(read(t, path))) {
		switch {
		case bytes.Contains(line, []byte(`"step":"quit"`)) || len(l.tail) > 0:
			l.tail = append(l.tail, l.kinded(line))
		case bytes.Contains(line, []byte(`"step":"mail"`)) || len(l.again) > 0:
			l.again = append(l.again, l.kinded(line))
		default:
			l.head = append(l.head, l.kinded(line))
		}
	}
	var before, after [][]byte
	for _, e := range slices.Concat(l.others(), rare) {
		var line bytes.Buffer
		if err := transcripts.WriteLine(&line, &e); err != nil {
			t.Fatal(err)
		}
		if e.Kind == record.KindNote || e.Kind == record.KindAbout {
			after = append(after, l.kinded(line.Bytes()))
		} else {
			before = append(before, l.kinded(line.Bytes()))
		}
	}
	l.tail = slices.Concat(before, l.tail, after)
}

// others are events of all kinds that neither the session nor the list of rare ones has, with nothing in them.
func (l *longOne) others() (list []record.Event) {
	for _, e := range rare {
		l.seen[string(e.Kind)] = true
	}
	fields := reflect.TypeFor[record.Event]()
	for i := range fields.NumField() {
		kind, _, _ := strings.Cut(fields.Field(i).Tag.Get("json"), ",")
		if fields.Field(i).Type.Kind() != reflect.Pointer || kind == "explain" || l.seen[kind] {
			continue
		}
		e := record.Event{Kind: record.Kind(kind)}
		reflect.ValueOf(&e).Elem().Field(i).Set(reflect.New(fields.Field(i).Type.Elem()))
		list = append(list, e)
		l.extra++
	}
	return list
}

// rare are events of the kinds that a session without trouble has none of.
var rare = []record.Event{
	{Kind: record.KindProbe, Step: record.VerbNoop, Probe: &record.Probe{}},
	{Kind: record.KindFinding, Step: record.VerbNoop, Finding: &record.Finding{Code: "after-reply", Severity: record.SeverityWarn, Text: "The server sent more than it was asked for."}},
	{Kind: record.KindReveal, Reveal: &record.Reveal{On: true}},
	{Kind: record.KindChange, Change: &record.Change{Plan: record.Plan{Target: record.Target{Host: "mail.lab", Port: 587}}}},
	{Kind: record.KindFault, Fault: &record.Fault{}},
	{Kind: record.KindNote, Note: &record.Note{Text: "This is where it ends."}},
	{Kind: record.KindAbout, About: &record.About{Title: "a long session"}},
}

func (l *longOne) kinded(line []byte) []byte {
	at := kindAt().FindSubmatchIndex(line)
	l.seen[string(line[at[2]:at[3]])] = true
	return bytes.Clone(line[at[0]:])
}

// file writes a transcript of n events.
func (l *longOne) file(n int) string {
	path := filepath.Join(l.dir, fmt.Sprintf("%d.ehlo.ndjson", n))
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		l.t.Fatal(err)
	}
	w := bufio.NewWriterSize(file, 1<<20)
	for i := range n {
		fmt.Fprintf(w, `{"seq":%d,"t":%d`, i+1, time.Duration(i)*time.Millisecond)
		w.Write(l.line(i, n))
	}
	if err := cmp.Or(w.Flush(), file.Close()); err != nil {
		l.t.Fatal(err)
	}
	return path
}

func (l *longOne) line(i, n int) []byte {
	switch tail := n - len(l.tail); {
	case i < len(l.head):
		return l.head[i]
	case i >= tail:
		return l.tail[i-tail]
	default:
		return l.again[(i-len(l.head))%len(l.again)]
	}
}

// program is a command line of the program.
func (l *longOne) program(args ...string) *exec.Cmd {
	cmd := exec.Command(cmp.Or(os.Getenv(buildWanted), os.Args[0]), args...)
	cmd.Dir, cmd.Env = l.dir, append(os.Environ(), "EHLO_AS_PROGRAM=1", "XDG_STATE_HOME="+l.dir, "HOME="+l.dir, "TERM=xterm-256color")
	return cmd
}

// viewer is the program with a transcript open on a terminal.
type viewer struct {
	t       *testing.T
	began   time.Time
	master  *os.File
	cmd     *exec.Cmd
	screen  ptytest.Screen
	written int
}

func (l *longOne) open(path string) *viewer {
	master, slave := ptytest.Open(l.t)
	v := &viewer{t: l.t, master: master, cmd: l.program("open", path)}
	v.cmd.Stdin, v.cmd.Stdout, v.cmd.Stderr = slave, slave, slave
	v.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	v.began = time.Now()
	if err := v.cmd.Start(); err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(v.end)
	slave.Close()
	return v
}

func (v *viewer) end() {
	_ = v.cmd.Process.Kill() // it may have ended
	_ = v.cmd.Wait()         // and that it was killed is no news
	v.master.Close()
}

// await waits until the screen shows what is wanted, and says when it did.
func (v *viewer) await(what string, shows func(screen string) bool) time.Time {
	v.t.Helper()
	const patience = time.Minute
	asked, now := time.Now(), time.Now()
	for ; !shows(v.screen.String()); now = time.Now() {
		out := readSome(v.master)
		v.written += len(out)
		v.screen.Write(out)
		if now.Sub(asked) > patience {
			v.t.Fatalf("%s: that never came, but\n%s", what, v.screen.String())
		}
	}
	return now
}

// settle waits until nothing more is written. A screen that is still being drawn, or read into, looks as if the next key had changed
// it, and that key's own effect is then taken for that of the one after.
func (v *viewer) settle() {
	for out := readSome(v.master); len(out) > 0; out = readSome(v.master) {
		v.written += len(out)
		v.screen.Write(out)
	}
}

// press presses a key and says how long it took until the screen was another; what tells how much has been read is not one of it.
func (v *viewer) press(key, name string) time.Duration {
	v.t.Helper()
	before, pressed := sofar.ReplaceAllString(v.screen.String(), ""), time.Now()
	v.master.WriteString(key)
	return v.await(name, func(screen string) bool { return sofar.ReplaceAllString(screen, "") != before }).Sub(pressed)
}

// sofar is how much of a transcript has been read.
var sofar = regexp.MustCompile(`(/| of |reading: )[\d,]+|[\d,]+ events ahead`)

// used is the processor time that the program has taken so far for itself.
func (v *viewer) used() time.Duration {
	stat := read(v.t, fmt.Sprintf("/proc/%d/stat", v.cmd.Process.Pid))
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')'):]) // proc_pid_stat(5): from the state on, which is field 3
	ticks, err := strconv.Atoi(fields[14-2])
	if err != nil {
		v.t.Fatal(err)
	}
	return time.Duration(ticks) * time.Second / 100
}

// peak is the most memory that the program has had so far, in bytes.
func (v *viewer) peak() float64 {
	_, line, _ := strings.Cut(read(v.t, fmt.Sprintf("/proc/%d/status", v.cmd.Process.Pid)), "VmHWM:")
	var kib float64
	if _, err := fmt.Sscan(line, &kib); err != nil {
		v.t.Fatal(err)
	}
	return kib * 1024
}

const opened = "mail.lab"

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// read opens a transcript and waits until it has been read.
func (l *longOne) read(all *figures, path string, n int) {
	v := l.open(path)
	defer v.end()
	first := v.await("the first frame", func(screen string) bool { return strings.Contains(screen, opened) })
	all.add("first frame", "ms", 300, milliseconds(first.Sub(v.began)))
	all.add("  user CPU until the first frame", "ms", 0, milliseconds(v.used()))
	total := regexp.MustCompile(`(/| of )` + dialogue.Count(n) + `\b`)
	whole := v.await("all that there is", total.MatchString)
	all.add("all read", "s", 3, whole.Sub(v.began).Seconds())
	all.add("  user CPU until all is read", "s", 0, v.used().Seconds())
	all.add("written to the terminal while reading", "KB", 100, float64(v.written)/1000)
	info, err := os.Stat(path)
	if err != nil {
		l.t.Fatal(err)
	}
	v.press("\x1b[F", "end")
	all.add("peak memory for each byte of the file", "", 0.3, v.peak()/float64(info.Size()))
}

// keys presses keys as soon as there is a picture: through the events with which the transcript begins, which are of most kinds, and
// once it is read up from the end through those that are of all others.
func (l *longOne) keys(path string) {
	v := l.open(path)
	defer v.end()
	v.await("the first frame", func(screen string) bool { return strings.Contains(screen, opened) })
	press := func(key, name string) {
		if !l.judged {
			v.settle()
		}
		l.pressed[name] = append(l.pressed[name], v.press(key, name))
	}
	for _, k := range [][2]string{{"v", "view"}, {"v", "next view"}, {"\x1b", "dialogue"}, {"]", "next step"}, {"\x1b[A", "up"}, {"\x1b[B", "down"}, {"[", "step before"}} {
		press(k[0], k[1])
	}
	for i, line := range l.head[3:] {
		if hasRow(line) {
			press("\x1b[C", fmt.Sprintf("right to event %d", 4+i))
		}
	}
	press("\x1b[F", "end")
	v.await("the end", func(screen string) bool { return strings.Contains(screen, "the end of the transcript") })
	for i := range tailRows - 1 + l.extra {
		press("\x1b[A", fmt.Sprintf("up from the end, %d", 1+i))
	}
	for _, k := range [][2]string{{"\x1b[5~", "page up"}, {"\x1b[6~", "page down"}, {"\x1b[H", "home"}, {"\x1b[F", "end again"}} {
		press(k[0], k[1])
	}
}

// tailRows is how many rows the events have that come once at the end: a probe, a finding, an advice, QUIT and its reply, the end of
// TLS, the verdict, and a note.
const tailRows = 8

// hasRow reports whether the event in a line has a row.
func hasRow(line []byte) bool {
	return !bytes.HasPrefix(line, []byte(`,"kind":"state"`)) && !bytes.HasPrefix(line, []byte(`,"kind":"about"`))
}

// slowest is the key that took longest, each as fast as it ever was.
func (l *longOne) slowest() (name string, took time.Duration) {
	for key, times := range l.pressed {
		if fastest := slices.Min(times); fastest > took {
			name, took = key, fastest
		}
	}
	return name, took
}

// recording hands events to a recorder, as fast as they can be made, and waits until they are in the file.
func (l *longOne) recording(all *figures, n int) {
	one, err := transcripts.Open(filepath.Join(l.dir, "one.ehlo.ndjson"))
	if err != nil {
		l.t.Fatal(err)
	}
	defer one.Close()
	var events []record.Event
	for e := range one.All() {
		events = append(events, *e)
	}
	log, path := &record.Log{}, filepath.Join(l.dir, "recorded.ehlo.ndjson")
	recorder, err := transcripts.Record(log, path)
	if err != nil {
		l.t.Fatal(err)
	}
	defer os.Remove(path)
	began, cpu := time.Now(), ownCPU(l.t)
	for i := range n {
		log.Append(events[i%len(events)])
	}
	for recorder.Len() < n {
		time.Sleep(100 * time.Microsecond)
	}
	took, used := time.Since(began), ownCPU(l.t)-cpu
	if err := recorder.Close(); err != nil {
		l.t.Fatal(err)
	}
	all.add("to record an event, without fsync", "µs", 5, float64(took.Nanoseconds())/float64(n)/1000)
	all.add("  user CPU of it", "µs", 0, float64(used.Nanoseconds())/float64(n)/1000)
}

// ownCPU is the processor time that this process has taken for itself.
func ownCPU(t *testing.T) time.Duration {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano())
}

// exports writes a transcript and one ten times as long in each form.
func (l *longOne) exports(all *figures, n, runs int) {
	long := min(n, 100_000)
	paths := [2]string{l.file(long / 10), filepath.Join(l.dir, fmt.Sprintf("%d.ehlo.ndjson", long))}
	if long < n {
		paths[1] = l.file(long)
	}
	for _, form := range formats.Get() {
		var peaks [2]float64
		for i, path := range paths {
			peaks[i] = l.peakOf("export", path, "--to", form.name)
			for range map[bool]int{true: 0, false: runs - 1}[form.name == "cast"] { // which takes its time
				peaks[i] = min(peaks[i], l.peakOf("export", path, "--to", form.name))
			}
		}
		all.add(fmt.Sprintf("memory of %s for ten times the events", form.name), "", 1.5, peaks[1]/peaks[0])
		all.add("  its peak for "+form.name, "MB", 0, peaks[1]/1e6)
	}
}

// peakOf is the most memory that a command line takes, in bytes.
func (l *longOne) peakOf(args ...string) float64 {
	report := filepath.Join(l.dir, "peak")
	cmd := l.program(args...)
	cmd.Path, cmd.Args[0] = os.Args[0], os.Args[0]
	cmd.Env = append(cmd.Env, measuring+"="+report)
	if out, err := cmd.CombinedOutput(); err != nil {
		l.t.Fatalf("%v: %s", err, out)
	}
	var peak, exit int64
	if _, err := fmt.Sscan(read(l.t, report), &peak, &exit); err != nil || exit != 0 {
		l.t.Fatalf("%v: %v, exit code %d", args, err, exit)
	}
	return float64(peak) * 1024
}
