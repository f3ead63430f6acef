package progress

import (
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

// What was added comes back as what it comes to.
func TestState(t *testing.T) {
	later := noon.Add(time.Hour)
	for name, c := range map[string]struct {
		entries []Entry
		want    State
	}{
		"nothing":              {nil, newState()},
		"solved twice":         {[]Entry{{Solved: "expired", Time: noon}, {Solved: "expired", Time: later}}, State{Solved: map[string]time.Time{"expired": noon}}},
		"left off":             {[]Entry{{Lesson: "ports", Step: 2, Time: noon}, {Lesson: "ports", Step: 4, Done: []int{1, 3}, Time: later}}, State{Lessons: map[string]Lesson{"ports": {Step: 4, Done: []int{1, 3}, Time: later}}}},
		"finished":             {[]Entry{{Lesson: "ports", Step: 2, Time: noon}, {Finished: "ports", Time: later}}, State{Lessons: map[string]Lesson{"ports": {0, nil, later, later}}}},
		"begun again":          {[]Entry{{Finished: "ports", Time: noon}, {Lesson: "ports", Step: 1, Time: later}}, State{Lessons: map[string]Lesson{"ports": {1, nil, noon, later}}}},
		"answers":              {[]Entry{{Item: "port-465", Time: noon}, {Item: "port-465", Right: true, Time: later}}, State{Items: map[string][]Answer{"port-465": {{false, noon}, {true, later}}}}},
		"one reset":            {[]Entry{{Solved: "expired", Time: noon}, {Solved: "greylist", Time: noon}, {Reset: "expired", Time: later}}, State{Solved: map[string]time.Time{"greylist": noon}}},
		"all reset, and again": {[]Entry{{Solved: "expired", Time: noon}, {Lesson: "ports", Step: 3, Time: noon}, {Reset: Everything, Time: later}, {Lesson: "ports", Step: 1, Time: later}}, State{Lessons: map[string]Lesson{"ports": {Step: 1, Time: later}}}},
	} {
		f := At(filepath.Join(t.TempDir(), "ehlo", "progress.ndjson"))
		for _, e := range c.entries {
			if err := f.Add(e); err != nil {
				t.Fatal(err)
			}
		}
		got, err := f.Read()
		if err != nil || !reflect.DeepEqual(got, whole(c.want)) {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, c.want)
		}
	}
}

// whole fills in what a case leaves out.
func whole(s State) State {
	all := newState()
	if s.Solved != nil {
		all.Solved = s.Solved
	}
	if s.Lessons != nil {
		all.Lessons = s.Lessons
	}
	if s.Items != nil {
		all.Items = s.Items
	}
	return all
}

// Only its owner can read it.
func TestItIsPrivate(t *testing.T) {
	f := At(filepath.Join(t.TempDir(), "ehlo", "progress.ndjson"))
	if err := f.Add(Entry{Solved: "expired", Time: noon}); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(f.Path()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// A damaged line costs itself alone, and so does one of a kind that a later version adds; programs that write at once lose nothing.
func TestOfMany(t *testing.T) {
	f := At(filepath.Join(t.TempDir(), "progress.ndjson"))
	if err := os.WriteFile(f.Path(), []byte("{\"solved\":\"stripped\",\"time\":\"2026-11-01T12:00:00Z\"}\n{half a\n\x00\n{\"later\":\"kind\"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var writers sync.WaitGroup
	for _, name := range []string{"expired", "greylist", "refused"} {
		writers.Go(func() {
			if err := f.Add(Entry{Solved: name, Time: time.Now()}); err != nil {
				t.Error(err)
			}
		})
	}
	writers.Wait()
	if got, err := f.Read(); err != nil || len(got.Solved) != 4 {
		t.Errorf("%v, %v", got, err)
	}
}

// What cannot be a file is named.
func TestNowhere(t *testing.T) {
	dir := t.TempDir()
	if _, err := At(dir).Read(); err == nil {
		t.Error("a folder was read")
	}
	if err := At(dir).Add(Entry{Solved: "expired", Time: noon}); err == nil {
		t.Error("a folder was written")
	}
}
