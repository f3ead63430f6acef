// Package plaintest looks for what an ear does not get of lines of text. It is for tests alone.
package plaintest

import (
	"regexp"
	"strings"
)

// Unheard are the lines in which a sign or a column has a meaning: a speech program reads past both, or calls the sign by a name
// that says nothing. What a server wrote is not looked at: it is told as it came.
func Unheard(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \r\n")
		if !fromOthers.MatchString(line) && unheard.MatchString(line) {
			lines = append(lines, line)
		}
	}
	return lines
}

var (
	// unheard are arrows, bullets, rules and other signs, a blank at the beginning and two of them in a row.
	unheard = regexp.MustCompile(`[→←↑↓·•…›‹«»✓✗×├└│┌┐┘─━┄▸▾§“”≤≥−–—]|->|<-|~>|<~|^ | [!|] |  |--`)
	// fromOthers are lines that quote what was on the wire.
	fromOthers = regexp.MustCompile(`^(?:(?:client|server)(?: refuses| greets)? (?:in|inside)|the server offers |.{1,40}, as sent on the wire: |next in)`)
)
