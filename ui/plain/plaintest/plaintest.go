// Package plaintest looks for what an ear does not get of lines of text. It is for tests alone.
package plaintest

import (
	"regexp"
	"slices"
	"strings"
)

// Unheard are the lines in which a sign or a column has a meaning: a speech program reads past both, or calls the sign by a name
// that says nothing. What a server wrote is not looked at: it is told as it came.
func Unheard(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \r\n")
		if unheard(line) && !fromOthers.MatchString(line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// unheard reports whether there is an arrow, a bullet, a rule or another sign, a blank at the beginning or two of them in a row.
func unheard(line string) bool {
	return strings.ContainsAny(line, "→←↑↓·•…›‹«»✓✗×├└│┌┐┘─━┄▸▾§“”≤≥−–—") || strings.HasPrefix(line, " ") ||
		slices.ContainsFunc([]string{"->", "<-", "~>", "<~", " ! ", " | ", "  ", "--"}, func(sign string) bool { return strings.Contains(line, sign) })
}

// fromOthers are lines that quote what was on the wire.
var fromOthers = regexp.MustCompile(`^(?:(?:client|server)(?: refuses| greets)? (?:in|inside)|the server offers |.{1,40}, as sent on the wire: |next in)`)
