package ui

import (
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/ui/paint"
)

// showing is what a class sees: one thing at a time, large, and nothing of what comes. The sessions that a lesson opens are shown in the same
// way, and its clock goes on in them.
type showing struct{ began time.Time }

// toClass shows the lesson to a class.
func (c *class) toClass() { c.show = &showing{c.app.now()} }

// shows takes the keys that are for a class, and reports whether it was one.
func (c *class) shows(name string) bool {
	switch {
	case name == "f5", name == "@" && !c.types():
		if c.show == nil {
			c.toClass()
		} else {
			c.show = nil
		}
		if c.ask != nil {
			c.ask.aloud = c.show != nil
		}
	case name == "0" && c.show != nil && !c.types():
		c.show.began = c.app.now()
	default:
		return false
	}
	return true
}

// clicked is the key that a page key of a clicker stands for before a class.
func (c *class) clicked(k tea.KeyMsg) tea.KeyMsg {
	if c.show == nil || c.steps != nil || c.keys != nil {
		return k
	}
	switch k.String() {
	case "pgdown", " ":
		return tea.KeyMsg{Type: tea.KeyEnter}
	case "pgup":
		return tea.KeyMsg{Type: tea.KeyLeft}
	}
	return k
}

// aside is the key that is named last: what a class needs, or the search.
func (c *class) aside() key.Help {
	if c.show != nil {
		return key.Help{Key: "0", Desc: "timer"}
	}
	return key.Help{Key: "/", Desc: "search"}
}

// present is what the class sees.
func (c *class) present(theme *paint.Theme, width, height int) string {
	page := classPage{where: paint.Text(c.pass.Lesson.Title), since: c.app.now().Sub(c.show.began), title: c.place, lines: c.lines, hints: c.hints}
	return page.draw(theme, width, height)
}
