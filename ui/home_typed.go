package ui

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/setup"
	"ehlo/session/survey"
)

// ofServers reports whether the rows of the list are servers. What is typed there may be the server that is meant, and enter contacts one:
// it must be seen in its row why it stands there.
func (h *home) ofServers() bool { return h.shown == listSaved || h.shown == listChecks }

// seen is what the row of a server shows. The name of a saved one is also written with an @.
func (it *item) seen() string {
	return strings.Join([]string{it.name, it.note, it.more, "@" + it.name}, " ")
}

// withTyped sets the server that was typed before the servers that the filter lets through.
func (h *home) withTyped(all []item) []item {
	if it, err := h.typedServer(); err == nil && it.name != "" {
		return slices.Insert(all, 0, it)
	}
	return all
}

// typedServer leads to the form with the server that was typed. It is empty where nothing was, and err says why no server is named so.
func (h *home) typedServer() (it item, err error) {
	switch typed := strings.TrimSpace(h.filter); {
	case typed == "" || !h.ofServers():
		return it, nil
	case strings.HasPrefix(typed, "@"): // it has a row of its own, or there is none
		return it, errors.New("no saved target has this name")
	case h.shown == listChecks:
		return h.checkTyped(typed)
	default:
		return h.connectTyped(typed)
	}
}

func (h *home) connectTyped(typed string) (item, error) {
	c := newConnection(h.app.files())
	c.server.input.SetValue(typed)
	return item{name: "connect to " + typed, do: func() tea.Cmd { return h.fill(h.connectionTo(typed)) }, about: []string{
		"Opens the form with this server filled in. Nothing is contacted before you confirm it there."}}, c.wrong(c.request())
}

func (h *home) checkTyped(typed string) (item, error) {
	_, err := h.surveyOf(typed).asked()
	return item{group: "ports", name: "check " + typed, do: func() tea.Cmd { h.sheet = h.surveyOf(typed).form(toSurvey); return nil }, about: []string{
		"Opens the form of the port survey with this server filled in. Nothing is contacted before you confirm it there."}}, err
}

// connectionTo is the form with a server in it, and with what was typed for it before and left.
func (h *home) connectionTo(server string) *connection {
	if draft := h.drafts[""]; draft != nil && strings.TrimSpace(draft.server.value()) == server {
		return draft
	}
	c := newConnection(h.app.files())
	c.server.input.SetValue(server)
	return c
}

// surveyOf is the form of a survey with what was typed in it: a port, or the scheme that stands for one, has a field of its own there.
func (h *home) surveyOf(typed string) *surveyForm {
	f := newSurveyForm(typed, h.app.files())
	s, err := setup.New(setup.Request{Target: typed})
	if err != nil || s.IsPractice() || survey.IsHost(typed, s.Config.Target.Host) {
		return f
	}
	f.host.input.SetValue(s.Config.Target.Host)
	f.ports.input.SetValue(strconv.Itoa(s.Config.Target.Port))
	return f
}

// meantServer is the row that is meant where servers are listed: the one with exactly the name that was typed, one whose name begins with a
// word that has no sign of a host, else the first.
func (h *home) meantServer(all []item) int {
	name := strings.TrimPrefix(strings.TrimSpace(h.filter), "@")
	meant := slices.IndexFunc(all, func(it item) bool { return it.name == name })
	if meant < 0 && name != "" && !strings.ContainsAny(name, ".:[") {
		meant = slices.IndexFunc(all, func(it item) bool { return strings.HasPrefix(it.name, name) })
	}
	return max(meant, 0)
}

// typesURL reports whether a slash goes on with a URL that is being typed, where servers are listed. Elsewhere it opens the search.
func (h *home) typesURL(key string) bool {
	return key == "/" && h.sheet == nil && h.ofServers() && (strings.HasSuffix(h.filter, ":") || strings.HasSuffix(h.filter, ":/"))
}

// typable says why what was typed names no server, and what does; nothing where there is no list of servers.
func (h *home) typable() []string {
	_, err := h.typedServer()
	if err == nil {
		return nil
	}
	return []string{stopped(sentence(err.Error())), "You can type a host such as mail.example.org, host:port, smtp:// submission:// or submissions:// and a host, " +
		"lab: and a scenario, or the name of a saved target."}
}
