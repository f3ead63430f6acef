package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ehlo/session/explain"
)

// dir is the folder of package explain.
const dir = ".."

func TestGeneratedFilesAreCurrent(t *testing.T) {
	for _, f := range files {
		want, err := f.make(dir)
		if err != nil {
			t.Error(err)
			continue
		}
		got, err := os.ReadFile(filepath.Join(dir, f.target()))
		if err != nil {
			t.Error(err)
		} else if !bytes.Equal(got, want) {
			t.Errorf("%s is not what gen makes of %s: run go generate ./session/explain", f.target(), f.data())
		}
	}
}

func TestEveryDataFileHasItsTable(t *testing.T) {
	var data, tables []string
	for _, f := range files {
		data = append(data, filepath.Join(dir, f.data()))
		tables = append(tables, filepath.Join(dir, f.target()))
	}
	for pattern, want := range map[string][]string{"data/*": data, "table_*.go": tables} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || !slices.Equal(found, want) {
			t.Errorf("%s\n got %v, %v\nwant %v", pattern, found, err, want)
		}
	}
}

func TestEveryDataFileParses(t *testing.T) {
	for _, f := range files {
		rows, err := f.rows(dir)
		if err != nil {
			t.Error(err)
			continue
		}
		src, _ := os.ReadFile(filepath.Join(dir, f.data()))
		if named := strings.Count("\n"+string(src), "\nName: "); named != len(rows) {
			t.Errorf("%s: %d entries for %d names: an empty line is missing", f.data(), len(rows), named)
		}
	}
}

func TestParseRowsRefuses(t *testing.T) {
	for _, src := range []string{
		"Name: A\nColour: red",
		"Name: A\nSuccess: 250 ok",
		"Name: A\nRefs: §4.1",
	} {
		if _, err := parseRows(src); err == nil {
			t.Errorf("%q was taken", src)
		}
	}
}

func TestIndexRefusesANameTwice(t *testing.T) {
	rows, err := parseRows("Name: client_hello\n\nName: B\nAlso: Client Hello")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := indexOf(rows); err == nil || !strings.Contains(err.Error(), `"clienthello" names both "client_hello" and "B"`) {
		t.Errorf("%v", err)
	}
}

// The program knows what the data files say, and nothing else.
func TestTablesHoldWhatTheDataSays(t *testing.T) {
	known := explain.All()
	for _, f := range files {
		rows, err := f.rows(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			want := r.entry()
			i := slices.IndexFunc(known, func(e explain.Entry) bool { want.Kind = e.Kind; return reflect.DeepEqual(e, want) })
			if i < 0 {
				t.Errorf("%s: %s is not in the program as it is written", f.data(), r.name)
				continue
			}
			known = slices.Delete(known, i, i+1)
		}
	}
	for _, e := range known {
		t.Errorf("%s is in no data file", e.ID())
	}
}

func (r row) entry() explain.Entry {
	e := explain.Entry{
		Name: r.name, Also: r.also, Number: r.number, Form: r.form, Status: r.status, Short: r.short, Text: r.text,
		Remedy: r.remedy, Vendor: r.vendor, Requires: r.requires, Severity: r.severity,
		Success: r.success, Failure: r.failure, See: r.see,
	}
	for _, ref := range r.refs {
		e.Refs = append(e.Refs, explain.Ref{Doc: ref.doc, Section: ref.section})
	}
	return e
}

// A package with something to run at start-up has a line in the trace of the
// runtime; for the tables that would cost every start of the program.
func TestTablesNeedNoCodeAtStart(t *testing.T) {
	command := exec.Command(os.Args[0], "-test.run=^$")
	command.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	trace, err := command.CombinedOutput()
	if err != nil || !strings.Contains(string(trace), "init runtime @") {
		t.Fatalf("no trace: %v\n%s", err, trace)
	}
	for line := range strings.Lines(string(trace)) {
		if strings.HasPrefix(line, "init ehlo/session/explain") {
			t.Error(line)
		}
	}
}
