package ui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/record"
)

// Targets are the servers that are kept under names. What it does is short: it is called on the screen's own goroutine. Its errors
// say what is wrong in a sentence.
type Targets interface {
	// List gives them by name.
	List() ([]Saved, error)
	// Save keeps what a request asks for, its secrets aside, in the place of what has the name, or of what had the name before.
	Save(before, name string, r Request) error
	Rename(from, to string) error
	Remove(name string) error
}

// Saved is a server under a name; @ and the name are a target of a request. What is empty was left open.
type Saved struct {
	Name, Server, TLS, User, EHLOName, ServerName string
	CA, Certificate, Key                          string // files
	// Known is the certificate of the last session with it; nil before there was one.
	Known *record.KnownCertificate
}

// connect lists what is saved, and asks for a connection where nothing is.
func (h *home) connect() tea.Cmd {
	h.readSaved()
	if len(h.saved) == 0 && h.trouble == "" {
		return h.form(newConnection(h.app.files()))
	}
	return h.show(listSaved)()
}

func (h *home) readSaved() {
	if h.app.Targets == nil {
		return
	}
	var err error
	if h.saved, err = h.app.Targets.List(); err != nil {
		h.trouble = err.Error()
	}
	h.book, h.fit = h.targets(), narrowed{}
}

func (h *home) targets() []item {
	out := []item{{name: "another server …", do: func() tea.Cmd { return h.form(newConnection(h.app.files())) }, about: []string{"Asks for a server, and saves it if you give it a name."}}}
	for _, s := range h.saved {
		out = append(out, item{name: s.Name, note: s.Server, more: s.User, about: s.about(), do: func() tea.Cmd { return toSaved(s) }})
	}
	return out
}

// toSaved asks for a session with a saved target.
func toSaved(s Saved) tea.Cmd {
	return func() tea.Msg {
		var r Request
		r.Target = "@" + s.Name
		return requestMsg(r)
	}
}

func (s Saved) about() []string {
	out := []string{s.Server}
	for _, f := range []struct{ label, value string }{{"TLS: ", s.TLS}, {"user: ", s.User}, {"EHLO name: ", s.EHLOName}, {"server name: ", s.ServerName},
		{"CA file: ", s.CA}, {"client certificate: ", s.Certificate}} {
		if f.value != "" {
			out[0] += "\n" + f.label + f.value
		}
	}
	if k := s.Known; k != nil {
		const day = "2 January 2006"
		out = append(out, fmt.Sprintf("The certificate of the session on %s: issued by %s, valid until %s, SHA-256 %s.",
			k.Seen.Local().Format(day), k.Issuer, k.NotAfter.UTC().Format(day), k.SHA256))
	}
	return append(out, "No password is kept: you are asked for it when it is needed. From a shell: ehlo connect @"+s.Name)
}

// selectedSaved is the saved target that is chosen in the list; ok is false on every other row.
func (h *home) selectedSaved() (s Saved, ok bool) {
	if h.shown != listSaved {
		return s, false
	}
	items := h.items()
	if h.list.Sel >= len(items) {
		return s, false
	}
	i := slices.IndexFunc(h.saved, func(s Saved) bool { return s.Name == items[h.list.Sel].name })
	if i < 0 {
		return s, false
	}
	return h.saved[i], true
}

// savedKeys work on the saved target that is chosen. Letters narrow the list.
var savedKeys = []key.Help{{Key: "ctrl-e", Desc: "change"}, {Key: "ctrl-r", Desc: "rename"}, {Key: "ctrl-x", Desc: "remove"}}

// keepBook does what a key does to the saved target that is chosen, and reports whether it is one of these keys.
func (h *home) keepBook(k string) (tea.Cmd, bool) {
	s, ok := h.selectedSaved()
	if !ok {
		return nil, false
	}
	switch k {
	case "ctrl+e":
		return h.form(connectionOf(s, h.app.files())), true
	case "ctrl+r":
		h.askName(s)
	case "ctrl+x":
		h.askRemoval(s)
	default:
		return nil, false
	}
	return nil, true
}

func (h *home) askName(s Saved) {
	h.sheet = &editor{label: "rename " + s.Name, input: newInput(s.Name), verb: "rename", help: "its new name: letters, digits, dots, hyphens and underscores",
		accept: func(name string) tea.Cmd {
			h.changed(h.app.Targets.Rename(s.Name, strings.TrimSpace(name)))
			return nil
		}}
}

func (h *home) askRemoval(s Saved) {
	h.sheet = &question{text: "remove " + s.Name + " from the saved targets?", answer: "remove it",
		why: "Its settings and its known certificate are removed. Transcripts are kept.",
		yes: func() tea.Cmd { h.changed(h.app.Targets.Remove(s.Name)); return nil }}
}

// changed reads the list again, and says why it did not change.
func (h *home) changed(err error) {
	h.readSaved()
	if err != nil {
		h.trouble = err.Error()
	}
}

// connectionOf is the form with what is saved in it.
func connectionOf(s Saved, files *formFiles) *connection {
	c := newConnection(files)
	for _, f := range []struct {
		to   *field
		text string
	}{{c.save, s.Name}, {c.server, s.Server}, {c.user, s.User}, {c.ca, s.CA}, {c.name, s.ServerName}, {c.cert, s.Certificate}, {c.key, s.Key}, {c.ehlo, s.EHLOName}} {
		f.to.input.SetValue(f.text)
	}
	c.before, c.tls.picked = s.Name, max(slices.Index(tlsChoices, s.TLS), 0)
	return c
}

// form asks for a connection, with what was typed into it before and left.
func (h *home) form(c *connection) tea.Cmd {
	if draft := h.drafts[c.before]; draft != nil {
		c = draft
	}
	return h.fill(c)
}

// fill asks for a connection, with what a form holds.
func (h *home) fill(c *connection) tea.Cmd {
	c.targets = h.app.Targets
	f := c.form(func(req Request) tea.Cmd {
		if h.draft(c); req.Saved != "" {
			h.told = savedAs(req.Saved)
		}
		h.readSaved()
		return func() tea.Msg { return requestMsg(req) }
	}, h.savedNow)
	f.keep = func() { h.draft(c) }
	h.sheet = f
	return nil
}

// draft keeps what was typed until it has led to a session.
func (h *home) draft(c *connection) {
	if h.drafts == nil {
		h.drafts = map[string]*connection{}
	}
	h.drafts[c.before] = c.draft()
}

// savedNow shows what was just saved in the list.
func (h *home) savedNow(name string) {
	h.drafts = nil
	h.readSaved()
	h.show(listSaved)()
	h.list.Sel = 1 + slices.IndexFunc(h.saved, func(s Saved) bool { return s.Name == name })
	h.told = savedAs(name)
}

// savedHelp says what works on a saved target.
func savedHelp() keyGroup {
	return keyGroup{"on a saved target", append([]key.Help{{Key: "enter", Desc: "connect"}}, savedKeys...)}
}
