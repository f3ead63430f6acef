package ui

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// Files are the transcripts on disk. What it does is short: it is called on the screen's own goroutine. Its errors say what is wrong in
// a sentence.
type Files interface {
	Rename(path, name string) error
	Remove(path string) error
}

// transcripts lists what is on disk, after the way to a file elsewhere. An entry is found by the name of its file, too, and by its day
// as a number.
func (h *home) transcripts() []item {
	out := []item{{name: "another file …", do: h.askPath, about: []string{"Type the path of a transcript, of a capture (pcap, pcapng), or of what swaks, openssl, curl, Postfix or another program printed. The TLS secrets of trace.pcap are read from trace.keys beside it."}}}
	for _, r := range h.recent {
		when := r.When.Local()
		kept := r.Path
		if r.Foreign { // which is not ours to rename or remove
			kept = ""
		}
		mark := ""
		if kept != "" && kept == h.marked {
			mark = "≠"
		}
		out = append(out, item{mark: mark, name: cmp.Or(r.Title, r.Target), note: r.Outcome, more: when.Format("2 Jan 15:04"), do: h.open(r.Path), path: kept,
			also:  strings.Join([]string{r.Also, filepath.Base(r.Path), when.Format("2006-01-02")}, " "),
			about: []string{r.Title, r.Target, r.Outcome, when.Format("Monday, 2 January 2006, 15:04"), r.Path}})
	}
	return out
}

// fileKeys work on the transcript that is chosen. Letters narrow the list.
var fileKeys = []key.Help{{Key: "ctrl-d", Desc: "compare"}, {Key: "ctrl-r", Desc: "rename"}, {Key: "ctrl-x", Desc: "remove"}}

// fileHints are the keys that work on a transcript now.
func (h *home) fileHints() []key.Help {
	switch {
	case h.app.Read == nil:
		return fileKeys[1:]
	case h.marked != "" && h.marked != h.selectedFile():
		return append([]key.Help{{Key: "ctrl-d", Desc: "compare with ≠"}}, fileKeys[1:]...)
	case h.marked != "":
		return append([]key.Help{{Key: "ctrl-d", Desc: "no mark"}}, fileKeys[1:]...)
	}
	return fileKeys
}

// selectedFile is the path of the transcript that is chosen in the list; empty on every other row.
func (h *home) selectedFile() string {
	if h.shown != listTranscripts || h.app.Files == nil {
		return ""
	}
	items := h.items()
	if h.list.Sel >= len(items) {
		return ""
	}
	return items[h.list.Sel].path
}

// keepFile does what a key does to the transcript that is chosen, and reports whether it is one of these keys.
func (h *home) keepFile(k string) (tea.Cmd, bool) {
	path := h.selectedFile()
	switch {
	case path == "":
		return nil, false
	case k == "ctrl+d" && h.app.Read != nil:
		return h.mark(path), true
	case k == "ctrl+r":
		h.askFileName(path)
	case k == "ctrl+x":
		h.askFileRemoval(path)
	default:
		return nil, false
	}
	return nil, true
}

// ending is how the name of a transcript ends: it says what the file is, and nobody has to type it.
const ending = ".ehlo.ndjson"

func (h *home) askFileName(path string) {
	name := strings.TrimSuffix(filepath.Base(path), ending)
	h.sheet = &editor{label: "rename", input: newInput(name), verb: "rename", help: "the new name of the file; it stays in its folder, and " + ending + " is added",
		accept: func(name string) tea.Cmd { return h.keptFile(h.app.Files.Rename(path, strings.TrimSpace(name))) }}
}

func (h *home) askFileRemoval(path string) {
	name := filepath.Base(path)
	if i := slices.IndexFunc(h.recent, func(r Recent) bool { return r.Path == path }); i >= 0 {
		name = cmp.Or(h.recent[i].Title, h.recent[i].Target) + " of " + h.recent[i].When.Local().Format("2 January 2006, 15:04")
	}
	h.sheet = &question{text: "remove the transcript of " + name + "?", answer: "remove it", why: "The file is removed from the disk, with its notes: " + path,
		yes: func() tea.Cmd { return h.keptFile(h.app.Files.Remove(path)) }}
}

// keptFile reads the list again, or says why it did not change.
func (h *home) keptFile(err error) tea.Cmd {
	if err != nil {
		h.trouble = whyNot(err)
		return nil
	}
	return h.init()
}

// fileHelp says what works on a transcript.
func fileHelp() keyGroup {
	return keyGroup{"on a transcript", append([]key.Help{{Key: "enter", Desc: "open"}, {Key: "ctrl-d ctrl-d", Desc: "on two of them: compare them side by side"}}, fileKeys[1:]...)}
}
