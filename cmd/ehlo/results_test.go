package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A class ends with a row for each visitor, and every visitor was told the trainer's remark.
func TestResults(t *testing.T) {
	path := filepath.Join(t.TempDir(), "class.csv")
	s := serve(t, "submission", "--results", path, "--remark", "stop after the login")
	target := "submission://" + s.Servers[0].Addresses["submission"][0]
	out, err := ehloCommand(t, "run", target, "--ca", s.CA, "--server-name", "mail.lab", "--ehlo-name", "laptop.lab.test").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.Contains(string(out), "250-mail.lab greets laptop.lab.test: stop after the login") {
		t.Errorf("the remark is missing:\n%s", out)
	}
	s.stop(t)
	rows := resultsIn(t, path)
	last := rows[len(rows)-1]
	for i, want := range map[int]string{4: "submission", 5: "submission", 7: "0"} {
		if last[i] != want {
			t.Errorf("%s is %q, want %q", rows[0][i], last[i], want)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others can read the results: %v", info.Mode())
	}
}

// A class that takes a lesson is told apart, and its results say at which step each learner is.
func TestClassTakesALesson(t *testing.T) {
	path := filepath.Join(t.TempDir(), "class.csv")
	s := serve(t, "--lesson", "ports-of-mail", "--by-name", "--results", path, "refused")
	if got := s.Lesson; got == nil || got.Steps != 6 || len(got.Sessions) != 2 || len(s.Servers) != 3 {
		t.Fatalf("served %+v", s.served)
	}
	target := "submission://" + s.Servers[1].Addresses["submission"][0]
	for _, name := range []string{"ann.lab.test", "bob.lab.test"} {
		args := []string{"run", target, "--ca", s.CA, "--server-name", "mail.lab", "--ehlo-name", name, "--from", "ann@lab.test", "--to", "bob@lab.test"}
		if name == "bob.lab.test" {
			args = append(args, "--until", "ehlo")
		} else {
			args = append(args, "--user", "ann")
		}
		cmd := ehloCommand(t, args...)
		cmd.Env = append(cmd.Env, "EHLO_PASSWORD=tulip-42")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	var learners []string
	for _, v := range s.stop(t) {
		if v.What == "learner" {
			learners = append(learners, v.What)
		}
	}
	if len(learners) != 2 {
		t.Errorf("%d learners at the end", len(learners))
	}
	rows := resultsIn(t, path)
	for i, want := range []string{"learner,lesson_step,came_to,reached,ended,of", "ann.lab.test,3,reached,1,0,2", "bob.lab.test,3,not reached,0,0,2"} {
		if got := strings.Join(rows[i][11:], ","); got != want {
			t.Errorf("row %d: %s, want %s", i, got, want)
		}
	}
}

func resultsIn(t *testing.T, path string) [][]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%v: %q", err, rows)
	}
	return rows
}

// What a visitor sends is no formula in a spreadsheet.
func TestCell(t *testing.T) {
	for text, want := range map[string]string{"=1+1": "'=1+1", "@x": "'@x", "plain": "plain", "a\x1bb": "a\\x1bb", "": ""} {
		if got := cell(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
