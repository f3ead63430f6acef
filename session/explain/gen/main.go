// Gen makes the tables of package explain: of every data/NAME.txt a file
// table_NAME.go. It runs in the folder of that package, by "go generate".
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if err := generate("."); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// generate writes the tables of the package in dir, all of them or, after an
// error in the data, none.
func generate(dir string) error {
	made := make([][]byte, len(files))
	for i, f := range files {
		var err error
		if made[i], err = f.make(dir); err != nil {
			return err
		}
	}
	for i, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.target()), made[i], 0o644); err != nil {
			return err
		}
	}
	return nil
}

// A file is one table.
type file struct {
	// name is the one of its source; prefix that of its variables in Go.
	name, prefix string
	// conditions writes when an entry applies, for the kinds where that depends.
	conditions func(*source, []row)
}

var files = []file{
	{"alerts", "alert", nil},
	{"commands", "command", nil},
	{"enhanced", "enhanced", nil},
	{"extensions", "extension", nil},
	{"findings", "finding", nil},
	{"keywords", "keyword", nil},
	{"mechanisms", "mechanism", nil},
	{"messages", "message", nil},
	{"parameters", "parameter", (*source).places},
	{"phrases", "phrase", (*source).wordings},
	{"ports", "port", nil},
	{"replies", "reply", (*source).places},
	{"software", "software", (*source).wordings},
	{"topics", "topic", nil},
}

func (f file) data() string   { return "data/" + f.name + ".txt" }
func (f file) target() string { return "table_" + f.name + ".go" }

// kind is the constant of its kind.
func (f file) kind() string { return "Kind" + strings.ToUpper(f.prefix[:1]) + f.prefix[1:] }

// rows reads the source of the table in dir.
func (f file) rows(dir string) ([]row, error) {
	text, err := os.ReadFile(filepath.Join(dir, f.data()))
	if err != nil {
		return nil, err
	}
	rows, err := parseRows(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.data(), err)
	}
	return rows, nil
}

// make returns the Go file of the table.
func (f file) make(dir string) ([]byte, error) {
	rows, err := f.rows(dir)
	if err != nil {
		return nil, err
	}
	names, err := indexOf(rows)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.data(), err)
	}
	return f.render(rows, names)
}
