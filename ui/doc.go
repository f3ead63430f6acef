// Package ui is the screen: one Bubble Tea program that shows a log of events and hands steps to an engine.
//
// How it is put together:
//
//  1. [App] has the three ways in: Home, Live and Replay. Each runs the program on the terminal and returns when
//     everything it started has ended and the transcript is on disk.
//  2. root is the only tea.Model. Its Update classifies a message and hands it on. What it shows is either home or a
//     walk: a session, live or from a file.
//  3. A key becomes an intent by the table in keymap.go, which also makes the help: an intent whose condition does not
//     hold has no key. An intent changes the walk; nothing else does, but news from the bridge.
//  4. bridge.go is where the engine's goroutine and the log meet the program. Events are never messages: a message only
//     says that there are some, and the walk reads them from the log by position.
//  5. A sheet is what takes the keys for a while: a form, a question, a line being edited. There is one at most.
//  6. What a session has come to, when it is over and what can be done about it are the walk's to say: the screen shows its
//     verdict and follows its advices (verdict.go, advice.go, follow.go), and decides nothing.
//  7. What lies over everything, the search and the cards, is a sheet of the root: what is below it stays as it is (find.go,
//     card.go). A search reads the events in portions, away from the screen's goroutine; a frame reads none.
//  8. Drawing ends in package paint, the only door to the terminal. Package dialogue makes the rows on the left,
//     package detail the views on the right.
//
// Voice: short, exact, lower case where a label is meant, the field's standard terms, no exclamation marks, a hint with
// each error. No state is told by a color alone.
package ui

import (
	_ "ehlo/ui/background" // has to be initialized before Bubble Tea, see there
)
