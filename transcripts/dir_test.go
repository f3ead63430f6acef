package transcripts

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
)

func TestDir(t *testing.T) {
	tests := []struct{ xdg, system, want string }{
		{"/state", "linux", "/state"},
		{"/state", "darwin", "/state"},
		{"", "linux", "/home/ann/.local/state"},
		{"relative/path", "linux", "/home/ann/.local/state"}, // to be ignored, says the specification
	}
	t.Setenv("HOME", "/home/ann")
	for _, test := range tests {
		t.Setenv("XDG_STATE_HOME", test.xdg)
		if got, err := stateHome(test.system); err != nil || filepath.ToSlash(got) != test.want {
			t.Errorf("$XDG_STATE_HOME %q on %s: %q, %v; want %q", test.xdg, test.system, got, err, test.want)
		}
	}
	t.Setenv("XDG_STATE_HOME", "/state")
	if got, err := Dir(); err != nil || got != filepath.FromSlash("/state/ehlo/transcripts") {
		t.Errorf("Dir() = %q, %v", got, err)
	}
	t.Setenv("XDG_STATE_HOME", "")
	t.Setenv("HOME", "")
	if _, err := Dir(); err == nil {
		t.Error("no error without a home")
	}
}

func TestNewPath(t *testing.T) {
	dir := t.TempDir()
	summer := time.Date(2026, 7, 1, 12, 0, 0, 5e6, time.FixedZone("CEST", 7200))
	tests := []struct {
		host string
		port int
		want string
	}{
		{"Mail.Example.org", 587, "20260701T100000.005Z-mail.example.org-587.ehlo.ndjson"},
		{"2001:db8::1", 25, "20260701T100000.005Z-2001_db8__1-25.ehlo.ndjson"},
		{"../../etc/passwd", 25, "20260701T100000.005Z-.._.._etc_passwd-25.ehlo.ndjson"},
		{`..\a b$(x)` + "\n\x00\xff", 1, "20260701T100000.005Z-.._a_b__x____-1.ehlo.ndjson"},
		{"bücher.example", 25, "20260701T100000.005Z-b_cher.example-25.ehlo.ndjson"},
		{"", 25, "20260701T100000.005Z-_-25.ehlo.ndjson"},
	}
	for _, test := range tests {
		path := NewPath(dir, summer, record.Target{Host: test.host, Port: test.port})
		if filepath.Dir(path) != dir || filepath.Base(path) != test.want {
			t.Errorf("%q: %s, want %s", test.host, path, test.want)
		}
	}
	if long := filepath.Base(NewPath(dir, summer, record.Target{Host: strings.Repeat("x", 1000), Port: 65535})); len(long) > 200 {
		t.Errorf("%d bytes of name", len(long))
	}
}

func TestNewPathIsNewAndSorts(t *testing.T) {
	dir := t.TempDir()
	var paths []string
	for i := range 6 {
		path := NewPath(dir, began.Add(time.Duration(i/3)*time.Second), record.Target{Host: "a", Port: 25})
		rec, err := Record(logOf(startEvent()), path)
		if err != nil {
			t.Fatal(err)
		}
		rec.Close()
		paths = append(paths, path)
	}
	if paths[0] >= paths[3] || paths[2] >= paths[5] || filepath.Base(paths[1]) != "20261123T100000.000Z-a-25.2.ehlo.ndjson" {
		t.Errorf("paths %v", paths)
	}
}

func TestList(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	whole := strings.Join(session5(t), "")
	failed := endEvent()
	failed.End.Exit, failed.End.Phase, failed.End.Cause = record.ExitAuth, record.PhaseAuth, "The login was rejected."
	write("2026-1"+Extension, whole)
	write("2026-2"+Extension, strings.Join(linesOf(t, startEvent(), failed, noteEvent(1, "x"), noteEvent(2, "y")), ""))
	write("2026-3"+Extension, strings.Join(session5(t)[:3], "")) // cut off
	write("2026-4"+Extension, whole[:len(whole)-5])              // damaged at its end
	write("2026-5"+Extension, "")
	write("2026-6"+Extension, "junk\n")
	write("2026-7.txt", whole)
	write("2026-8"+Extension, strings.Replace(whole, "transcript/1", "transcript/9", 1))
	if err := os.Mkdir(filepath.Join(dir, "2026-9"+Extension), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/zero", filepath.Join(dir, "2027"+Extension)); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range List(dir) {
		line := filepath.Base(s.Path)[:6] + " " + s.Time.Format(time.DateOnly) + " " + s.Target.String()
		if s.End != nil {
			line += " " + string(s.End.Phase) + " " + s.End.Cause
		}
		got = append(got, line)
	}
	const cut = "The session with mail.example.org was stopped during the name lookup, before anything was decided. The log was cut off there."
	want := []string{"2026-4 2026-11-23 mail.example.org:587 resolve " + cut, "2026-3 2026-11-23 mail.example.org:587 resolve " + cut,
		"2026-2 2026-11-23 mail.example.org:587 auth The login was rejected.", "2026-1 2026-11-23 mail.example.org:587 quit All went well."}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if none := List(filepath.Join(dir, "nowhere")); none != nil {
		t.Errorf("without a directory: %v", none)
	}
}
