package lesson

import (
	"embed"
	"io/fs"
	"slices"
	"strings"

	"ehlo/session/lab"
	"ehlo/session/lazy"
)

//go:embed data/*.yaml
var data embed.FS

// All are the lessons that are built in, path by path, in the order in which one may take them. They are read at first use.
func All() []*Lesson { return all.Get() }

var all = lazy.Value[[]*Lesson]{Make: func() (all []*Lesson) {
	for _, file := range files() {
		text, err := data.ReadFile("data/" + file)
		if err != nil {
			continue
		}
		if l, _, err := parse(text); err == nil { // a test reads them as those of a person are read, and wants no error
			all = append(all, l)
		}
	}
	return all
}}

// files are named by their order and the lesson: "03-starttls.yaml".
func files() (names []string) {
	entries, _ := fs.ReadDir(data, "data") // it is part of the program
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// Named is the lesson with a name; nil where there is none. near is the one that was probably meant, empty if none was.
func Named(name string) (l *Lesson, near string) {
	for _, l := range All() {
		if l.Name == name {
			return l, ""
		}
		if near == "" && lab.Near(name, l.Name) {
			near = l.Name
		}
	}
	return nil, near
}

// After is the lesson that follows on its path; nil where there is none, or the lesson is not built in.
func (l *Lesson) After() *Lesson {
	all := All()
	at := slices.Index(all, l)
	if at < 0 || at+1 == len(all) || all[at+1].Path != l.Path {
		return nil
	}
	return all[at+1]
}

// Source is the text of a lesson that is built in, to start one of one's own from; empty where there is none.
func Source(name string) string {
	for _, file := range files() {
		if _, of, _ := strings.Cut(strings.TrimSuffix(file, ".yaml"), "-"); of == name {
			text, _ := data.ReadFile("data/" + file)
			return string(text)
		}
	}
	return ""
}
