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
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%v: %q", err, rows)
	}
	last := rows[len(rows)-1]
	for i, want := range map[int]string{4: "submission", 5: "submission", 7: "0"} {
		if last[i] != want {
			t.Errorf("%s is %q, want %q", rows[0][i], last[i], want)
		}
	}
	if info, err := file.Stat(); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others can read the results: %v", info.Mode())
	}
}

// What a visitor sends is no formula in a spreadsheet.
func TestCell(t *testing.T) {
	for text, want := range map[string]string{"=1+1": "'=1+1", "@x": "'@x", "plain": "plain", "a\x1bb": "a\\x1bb", "": ""} {
		if got := cell(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
