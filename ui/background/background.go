// Package background decides whether the terminal is dark or light without asking it.
//
// Importing Bubble Tea v1 asks the terminal for its background color while the program is still being initialized, and
// waits seconds for an answer that many terminals never give. The question is only asked if nobody has said what the
// background is. This package says so in its own init: it imports nothing of Bubble Tea, and Go initialises packages
// that are ready in the order of their import paths (Go specification, "Package initialization"), so that "ehlo/ui/…"
// comes before "github.com/…". A test on a pseudo-terminal holds that nothing is written before the program starts.
package background

import (
	"os"
	"strconv"
	"strings"

	"github.com/charmbracelet/lipgloss"
)

func init() { lipgloss.SetHasDarkBackground(Dark(os.Getenv)) }

// Dark reports whether the background counts as dark: by $EHLO_BACKGROUND (light or dark), else by $COLORFGBG, which
// some terminals set, else yes.
func Dark(getenv func(string) string) bool {
	switch strings.ToLower(getenv("EHLO_BACKGROUND")) {
	case "light":
		return false
	case "dark":
		return true
	}
	return !lightIndex(getenv("COLORFGBG"))
}

// lightIndex reads the last field of "15;0" or "0;default;15", an index of the 16 ANSI colors. White and the bright
// colors except bright black are light.
func lightIndex(colorfgbg string) bool {
	field := colorfgbg[strings.LastIndexByte(colorfgbg, ';')+1:]
	n, err := strconv.Atoi(field)
	return err == nil && n >= 7 && n != 8
}
