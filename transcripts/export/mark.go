package export

import (
	"os"
	"strings"

	"ehlo/transcripts/words"
)

// mark is what a line begins with. Marks are ASCII, of one width, and tell apart by shape what colors tell by hue.
type mark struct{ text, color string }

// The marks.
var (
	markOwn    = mark{" *   ", ""}
	markInfo   = mark{" i   ", ""}
	markWarn   = mark{" !   ", colorWarn}
	markDanger = mark{" !!  ", colorBad}
	markState  = mark{" =   ", colorDim}
)

// markOf is the mark of a line.
func markOf(m words.Mark) mark {
	switch m.Sign {
	case words.ToServer, words.FromServer:
		return arrow(m.Sign == words.FromServer, m.TLS, m.Bad)
	case words.Danger:
		return markDanger
	case words.Warn:
		return markWarn
	case words.Info:
		return markInfo
	case words.State:
		return markState
	}
	if m.Bad {
		return markWarn
	}
	return markOwn
}

// arrow is the mark of what crossed the wire: its direction, whether inside TLS, and whether it is bad news.
func arrow(fromServer, encrypted, bad bool) mark {
	m := mark{" ->  ", colorClient}
	switch {
	case fromServer && encrypted:
		m = mark{"<~   ", colorServer}
	case fromServer:
		m = mark{"<-   ", colorServer}
	case encrypted:
		m = mark{" ~>  ", colorClient}
	}
	if bad {
		m = mark{padRight(strings.TrimRight(m.text, " ")+"!", len(m.text)), colorBad}
	}
	return m
}

// The colors, as SGR sequences (ECMA-48 §8.3.117) that both light and dark terminals show well.
const (
	colorClient = "\x1b[36m"
	colorServer = "\x1b[32m"
	colorWarn   = "\x1b[33m"
	colorBad    = "\x1b[31m"
	colorDim    = "\x1b[2m"
	colorOff    = "\x1b[0m"
)

// ColorOn says whether colors are welcome: on a terminal that is not dumb, unless $NO_COLOR is set to anything
// (no-color.org).
func ColorOn(terminal bool) bool {
	return terminal && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
