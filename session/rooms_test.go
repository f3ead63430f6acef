package session

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// room is a part of the program, and what the code in it may import: rooms of this project, and other modules.
type room struct {
	name    string // the folder, with all below it that are no room of their own
	rooms   string
	modules string
	// not are packages of the standard library that would let it touch the world.
	not string
}

// lazy is for every room: it says when a value is made, and nothing about mail.
const lazy = "session/lazy"

const (
	values  = "session/wire session/tlswire session/sasl session/explain session/record"
	session = values + " session/certificate session/compose session/walk session/engine session/lab session/setup session/course session/equivalent session/progress session/quiz session/predict session/rehearsal session/script session/survey session/survey/ask session/route session/route/ask session/doctor session/doctor/ask session/doctor/machine session/document session/lesson session/message session/via"
	files   = "transcripts transcripts/words transcripts/export transcripts/search transcripts/capture transcripts/foreign transcripts/visits transcripts/places transcripts/diff transcripts/anonymize"
)

// rooms has a row for each room.
var rooms = []room{
	{"session", "", "", ""},
	{lazy, "", "", "net os"},
	{"session/wire", "", "", ""},
	{"session/tlswire", "session/wire", "golang.org/x/crypto golang.org/x/text", ""},
	{"session/sasl", "session/wire", "golang.org/x/text", "net os"},
	{"session/explain", "session/wire session/tlswire", "", "net os"},
	{"session/record", "session/wire session/tlswire session/sasl session/explain", "golang.org/x/net/idna", "os crypto/tls"},
	{"session/certificate", "session/record session/explain session/wire session/tlswire", "golang.org/x/crypto/ocsp", "net os"},
	{"session/compose", "", "", "net os"},
	{"session/walk", values + " session/certificate session/compose", "", "net os io/fs net/http crypto/rand math/rand math/rand/v2 crypto/tls context"},
	{"session/via", "", "golang.org/x/net/proxy", ""},
	{"session/engine", values + " session/certificate session/walk", "", "os"},
	{"session/zone", "session/record session/wire", "github.com/miekg/dns", "os net/http"},
	{"session/spf", "", "", "net os"},
	{"session/lab", "session/record session/explain session/sasl session/wire session/tlswire session/zone session/spf", "github.com/emersion/go-smtp github.com/emersion/go-sasl golang.org/x/crypto/ocsp", ""},
	{"session/document", "", "github.com/goccy/go-yaml", "net os"},
	{"session/course", values + " session/walk session/lab session/document", "github.com/goccy/go-yaml", "net"},
	{"session/lesson", values + " session/walk session/lab session/course session/quiz session/progress session/document", "github.com/goccy/go-yaml", "net os"},
	{"session/progress", "session/wire", "", "net"},
	{"session/quiz", "session/explain", "", "net os"},
	{"session/equivalent", "session/record session/wire", "", "net os"},
	{"session/predict", values + " session/walk session/quiz", "", "net os"},
	{"session/script", "session/record session/wire session/walk session/engine", "", "net os"},
	{"session/setup", values + " session/certificate session/compose session/walk session/engine session/lab", "", "os io/fs"},
	{"session/rehearsal", values + " session/walk session/engine session/lab session/setup session/course session/document", "", "os io/fs"},
	{"session/dkim", "", "", "net os net/http"},
	{"session/dmarc", "session/record", "", "net os net/http"},
	{"session/message", "session/explain session/record session/wire session/dkim session/spf session/dmarc", "", "net os net/http"},
	{"session/survey", values, "", "net os net/http crypto/tls"},
	{"session/survey/ask", values + " session/walk session/engine session/survey", "", "os io/fs net/http"},
	{"session/route", values + " session/spf session/dmarc session/survey", "", "net os net/http crypto/tls"},
	{"session/route/ask", values + " session/zone session/survey session/survey/ask session/route", "github.com/miekg/dns", "os io/fs"},
	{"session/doctor", values + " session/survey session/route session/equivalent", "", "net os net/http crypto/tls"},
	{"session/doctor/ask", values + " session/walk session/engine session/setup session/survey session/survey/ask session/route session/doctor", "", "os io/fs net/http"},
	{"session/doctor/machine", "session/doctor session/wire", "golang.org/x/sys", "net/http"},
	{"transcripts", "session/record session/tlswire session/walk session/wire", "", ""},
	{"transcripts/words", "session/record session/explain session/wire session/tlswire", "", "os net"},
	{"transcripts/search", "session/record session/tlswire session/walk transcripts transcripts/words", "", "os net"},
	{"transcripts/places", "session/record session/walk transcripts/words", "", "os net"},
	{"transcripts/pcap", "", "", "net os"},
	{"transcripts/capture", "session/record session/wire transcripts/words transcripts/pcap", "", ""},
	{"transcripts/streams", "session/wire transcripts/pcap", "", "net os"},
	{"transcripts/foreign", values + " session/certificate session/walk transcripts/pcap transcripts/streams", "", "net os"},
	{"transcripts/visits", values + " session/walk session/lab session/course session/lesson transcripts transcripts/foreign", "", ""},
	{"transcripts/diff", "session/record session/wire transcripts transcripts/words", "", "os"},
	{"transcripts/export", values + " session/walk transcripts transcripts/words transcripts/diff transcripts/capture", "", ""},
	{"transcripts/anonymize", "session/record session/explain session/sasl session/wire transcripts", "golang.org/x/net/idna", "os net/http"},
	{"ui", session + " " + files, "github.com/charmbracelet github.com/muesli/termenv github.com/aymanbagabas/go-osc52 golang.org/x/term golang.org/x/sys", ""},
	{"cmd", session + " " + files + " ui", "github.com/spf13 github.com/charmbracelet/x/ansi github.com/gofrs/flock golang.org/x/term golang.org/x/sys", ""},
}

const module = "ehlo"

// The rooms of the program import only what stands in their row. Packages for tests alone are imported by tests alone.
func TestRooms(t *testing.T) {
	seen := map[string]bool{}
	for dir, imports := range packages(t) {
		r := roomOf(dir)
		if r == nil {
			t.Errorf("%s belongs to no room", dir)
			continue
		}
		seen[r.name] = true
		if strings.HasSuffix(dir, "test") {
			continue
		}
		for _, path := range imports {
			if why := r.refuses(path); why != "" {
				t.Errorf("%s imports %s: %s", dir, path, why)
			}
		}
	}
	for _, r := range rooms {
		if !seen[r.name] {
			t.Errorf("there is no %s", r.name)
		}
	}
}

// refuses says why a room may not import a package; empty if it may.
func (r *room) refuses(path string) string {
	own, ours := strings.CutPrefix(path, module+"/")
	first, _, _ := strings.Cut(path, "/")
	switch {
	case strings.HasSuffix(path, "test"):
		return "it is for tests alone"
	case ours && own != lazy && roomOf(own) != r && !slices.Contains(strings.Fields(r.rooms), roomOf(own).name):
		return "the room " + roomOf(own).name + " is not in the row of " + r.name
	case !ours && strings.Contains(first, ".") && !slices.ContainsFunc(strings.Fields(r.modules), func(m string) bool { return path == m || strings.HasPrefix(path, m+"/") }):
		return "the module is not in the row of " + r.name
	case slices.Contains(strings.Fields(r.not), path):
		return r.name + " touches nothing outside"
	}
	return ""
}

// roomOf is the room of a folder: the row with the longest name that leads there.
func roomOf(dir string) (found *room) {
	for i := range rooms {
		r := &rooms[i]
		if (dir == r.name || strings.HasPrefix(dir, r.name+"/") && r.name != "session") && (found == nil || len(r.name) > len(found.name)) {
			found = r
		}
	}
	return found
}

// packages are the folders of the program with what the code in them imports, tests aside.
func packages(t *testing.T) map[string][]string {
	list := map[string][]string{}
	for _, top := range []string{"session", "transcripts", "ui", "cmd"} {
		err := filepath.WalkDir(filepath.Join("..", top), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			dir, _ := filepath.Rel("..", filepath.Dir(path))
			list[filepath.ToSlash(dir)] = append(list[filepath.ToSlash(dir)], importsOf(t, path)...)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return list
}

func importsOf(t *testing.T, name string) (paths []string) {
	source, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		paths = append(paths, path)
	}
	return paths
}
