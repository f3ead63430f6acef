package plain

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

type shelf struct{ list []Recent }

func (s *shelf) at(path string) int {
	return slices.IndexFunc(s.list, func(r Recent) bool { return r.Path == path })
}

func (s *shelf) Rename(path, name string) error {
	if name == "taken" {
		return errors.New("the file exists")
	}
	s.list[s.at(path)].Path = "/" + name
	return nil
}

func (s *shelf) Remove(path string) error {
	s.list = slices.Delete(s.list, s.at(path), s.at(path)+1)
	return nil
}

// All transcripts are there, a few at a time; they are found, opened, renamed and removed by their numbers.
func TestTranscriptsAtHome(t *testing.T) {
	kept := &shelf{}
	for i := range 20 {
		kept.list = append(kept.list, Recent{Path: fmt.Sprint("/file-", i), Title: fmt.Sprintf("host%d.test:25: done", i), When: "1 May 2026", Also: "2026-05-01 relay"})
	}
	var opened []string
	var out strings.Builder
	lines := []string{"open", "more", "more", "12", "open relay host7.test", "rename 1 taken", "rename 1 lesson", "rename 1", "rename 5 x", "remove 1", "no", "remove 1", "yes", "open nothing of that", "4", "remove", "b", "q"}
	h := Home{Console: Console{In: strings.NewReader(strings.Join(lines, "\n")), Out: &out}, Recent: func() []Recent { return slices.Clone(kept.list) }, Files: kept,
		Open: func(_ context.Context, _ Console, path string) error { opened = append(opened, path); return nil }}
	if err := h.Run(context.Background()); err != nil {
		t.Error(err)
	}
	inOrder(t, out.String(), "20 transcripts", "1: 1 May 2026: host0.test port 25: done", "9: ", "1 to 20 chooses a transcript, more lists the next ones", "10: ", "18: ", "19: ", "20: ",
		"1 transcript\n", "1: 1 May 2026: host7.test port 25: done", "warning: the file exists", "the file is called lesson now", "say which transcript", "there is no number 5 here; the last is 1",
		"remove the transcript of 1 May 2026: host7.test port 25: done?", "nothing was removed", "the file was removed", "0 transcripts", "19 transcripts", "there is no number", "what next")
	if want := []string{"/file-11", "nothing of that"}; !slices.Equal(opened, want) {
		t.Errorf("opened %q, want %q", opened, want)
	}
	if strings.Contains(out.String(), "10: 1 May 2026: host9.test:25: done\n11: 1 May 2026: host10.test:25: done\n1 to 20") {
		t.Error(out.String())
	}
}

// Two transcripts of the list are compared by their numbers, and the list stays.
func TestTwoTranscriptsAreCompared(t *testing.T) {
	var out strings.Builder
	recent := func() []Recent { return []Recent{{Path: "/a", Title: "a"}, {Path: "/b", Title: "b"}} }
	h := Home{Console: Console{In: strings.NewReader("open\ncompare\ncompare 1 9\ncompare 2 1\ncompare 1 1\nb\nq\n"), Out: &out}, Recent: recent,
		Compare: func(a, b string) ([]string, error) {
			if a == b {
				return nil, errors.New("there is nothing to compare")
			}
			return []string{"A  " + a, "", "B  " + b}, nil
		}}
	if err := h.Run(t.Context()); err != nil {
		t.Error(err)
	}
	inOrder(t, out.String(), "2 transcripts", "say which two: compare 1 2", "there is no number 9 here; the last is 2", "A  /b\nB  /a\n", "warning: there is nothing to compare")
}

// Of the sessions that another program recorded in a file one is chosen, and becomes a transcript.
func TestARecordingOfAnotherProgramAtHome(t *testing.T) {
	var opened []string
	var out strings.Builder
	keep := func(path string, err error) func() (string, string, error) {
		return func() (string, string, error) { return path, "kept as " + path, err }
	}
	lines := []string{"open trace.pcap", "1", "7", "2", "open notes", "1", "b", "open one", "1", "open full", "1", "b", "open kept", "1", "q"}
	h := Home{Console: Console{In: strings.NewReader(strings.Join(lines, "\n")), Out: &out},
		Recent: func() (list []Recent) {
			for _, name := range []string{"trace.pcap", "notes", "one", "full", "kept"} {
				list = append(list, Recent{Path: "/" + name, Title: name})
			}
			return list
		},
		Sessions: func(path string) ([]Session, error) {
			return map[string][]Session{"/trace.pcap": {{"first.test:25", keep("/first", nil)}, {"second.test:25", keep("/second", nil)}}, "/one": {{"one.test:25", keep("/only", nil)}}, "/full": {{"a", keep("", errors.New("the disk is full"))}}}[path],
				map[string]error{"/notes": errors.New("it is not a log")}[path]
		},
		Open: func(_ context.Context, _ Console, path string) error { opened = append(opened, path); return nil }}
	if err := h.Run(context.Background()); err != nil {
		t.Error(err)
	}
	inOrder(t, out.String(), "the file holds 2 sessions", "1: first.test port 25", "2: second.test port 25", "there is no number 7 here; the last is 2", "kept as /second", "it is not a log", "kept as /only", "the disk is full")
	if want := []string{"/second", "/only", "/kept"}; !slices.Equal(opened, want) {
		t.Errorf("opened %q, want %q", opened, want)
	}
}
