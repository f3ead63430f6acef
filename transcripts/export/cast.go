package export

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"ehlo/session/wire"
)

// Cast writes a recording of a terminal in the format asciicast v2 (docs.asciinema.org/manual/asciicast/v2): a header, and a line
// for what is written at a moment. It keeps no more than the rows that are on the screen.
type Cast struct {
	out  *output
	at   time.Duration
	rows []string
}

// NewCast begins a recording of that size.
func NewCast(w io.Writer, columns, rows int, began time.Time, title string) *Cast {
	c := &Cast{out: newOutput(w)}
	head := struct {
		Version   int    `json:"version"`
		Width     int    `json:"width"`
		Height    int    `json:"height"`
		Timestamp int64  `json:"timestamp,omitempty"`
		Title     string `json:"title"`
	}{2, columns, rows, 0, wire.VisibleString(title)}
	if !began.IsZero() {
		head.Timestamp = began.Unix()
	}
	c.line(head)
	return c
}

// Wait lets time pass.
func (c *Cast) Wait(d time.Duration) { c.at += d }

// Marker names the moment.
func (c *Cast) Marker(text string) { c.event("m", wire.VisibleString(text)) }

// Frame writes the rows that are not what they were. They are as wide as the screen, and hold text that was made visible, and sequences for colors.
func (c *Cast) Frame(rows []string) {
	var b strings.Builder
	if c.rows == nil {
		b.WriteString("\x1b[?25l\x1b[2J") // no cursor, nothing on the screen
	}
	for i, row := range rows {
		if i >= len(c.rows) || c.rows[i] != row {
			b.WriteString("\x1b[" + strconv.Itoa(i+1) + ";1H" + row)
		}
	}
	if c.rows = rows; b.Len() > 0 {
		c.event("o", b.String())
	}
}

// End writes what is buffered, after the last picture has stayed for a while.
func (c *Cast) End() error {
	c.event("o", "\x1b[?25h\r\n")
	return c.out.end()
}

func (c *Cast) event(kind, data string) {
	c.line([]any{json.Number(fmt.Sprintf("%.3f", c.at.Seconds())), kind, data})
}

func (c *Cast) line(value any) {
	text, err := json.Marshal(value)
	if err != nil && c.out.err == nil {
		c.out.err = err
	}
	c.out.put(shown(text), "\n")
}
