package detail

import (
	"encoding/hex"
	"fmt"
	"strings"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/ui/paint"
)

// dump is a page of bytes in hexadecimal and as text. The bytes from lo to hi stand between brackets, the byte under a
// cursor between ›‹, and the lines they are on have a bar after the offset: in colors or without.
type dump struct {
	cells  []cell // used instead of bytes where something is masked
	bytes  []byte
	lo, hi int  // the part that the row is about; none if hi is not above lo
	cursor int  // a byte of its own, -1 for none
	veiled bool // what is not of the part is ciphertext, and dimmed
	per    int  // bytes a line
}

// cell is one byte as shown, or one character of a mask.
type cell struct{ hex, text string }

func newDump(b []byte, width int) *dump {
	return &dump{bytes: b, per: perLine(width), cursor: -1}
}

// hexWidth is the width of a line of n bytes: offset of six, three cells a byte in hexadecimal, one as text.
func hexWidth(n int) int { return 6 + 3*n + 1 + n }

// DumpWidth is the width of a line of 16 bytes.
const DumpWidth = 6 + 3*16 + 1 + 16

// perLine is how many bytes fit a line.
func perLine(width int) int {
	for _, n := range []int{16, 8} {
		if hexWidth(n) <= width {
			return n
		}
	}
	return 4
}

// masked gives a dump in which the masks stay masks: their own bytes would mean nothing.
func masked(b []byte, width int) *dump {
	d := newDump(nil, width)
	for part := range strings.SplitSeq(strings.ReplaceAll(string(b), sasl.Mask, "\x00"+sasl.Mask+"\x00"), "\x00") {
		if part == sasl.Mask {
			for range sasl.Mask {
				d.cells = append(d.cells, cell{"••", "•"})
			}
			continue
		}
		for i := range len(part) {
			d.cells = append(d.cells, cell{hex.EncodeToString([]byte{part[i]}), printable(part[i])})
		}
	}
	return d
}

// printable is a byte as text, "." where it is no printable character of ASCII.
func printable(b byte) string {
	if b >= ' ' && b <= '~' {
		return string(rune(b))
	}
	return "."
}

func (d *dump) size() int { return max(len(d.bytes), len(d.cells)) }

// part are the cells from one on, up to another.
func (d *dump) part(from, to int) []cell {
	if d.cells != nil {
		return d.cells[from:to]
	}
	digits, list := hex.EncodeToString(d.bytes[from:to]), make([]cell, to-from)
	for i, b := range d.bytes[from:to] {
		list[i] = cell{digits[2*i : 2*i+2], printable(b)}
	}
	return list
}

// Len implements [Page].
func (d *dump) Len() int { return (d.size() + d.per - 1) / d.per }

// Line implements [Page].
func (d *dump) Line(i int) paint.Line {
	first, end := i*d.per, (i+1)*d.per
	line := make(paint.Line, 0, 4+3*d.per) // offset, bar, fences with bytes between them, a blank, text
	line = append(line, paint.Of(paint.Dim, fmt.Sprintf("%04x", first)), paint.Of(paint.Accent, d.bar(first, end)))
	cells := d.part(first, min(end, d.size()))
	for k := first; k < end; k++ {
		line = append(line, d.fence(k, first))
		if k >= d.size() {
			line = append(line, paint.Of(paint.Plain, "  "))
			continue
		}
		line = append(line, paint.Of(d.ink(k), cells[k-first].hex))
	}
	line = append(line, d.fence(end, first), paint.Of(paint.Plain, " "))
	for i, c := range cells {
		line = append(line, paint.Of(d.ink(first+i), c.text))
	}
	return line
}

// bar marks a line that has bytes of the part.
func (d *dump) bar(first, end int) string {
	if d.lo < d.hi && first < d.hi && d.lo < end {
		return "│"
	}
	return " "
}

// fence is what stands in front of byte k, or after the last one of a line.
func (d *dump) fence(k, first int) paint.Span {
	switch {
	case d.cursor >= 0 && k == d.cursor && k < first+d.per:
		return paint.Of(paint.Accent, "›")
	case d.cursor >= 0 && k == d.cursor+1 && k > first:
		return paint.Of(paint.Accent, "‹")
	case d.lo < d.hi && k == d.lo && k < first+d.per:
		return paint.Of(paint.Accent, "[")
	case d.lo < d.hi && k == d.hi && k > first:
		return paint.Of(paint.Accent, "]")
	}
	return paint.Of(paint.Plain, " ")
}

func (d *dump) ink(k int) paint.Ink {
	switch {
	case k == d.cursor:
		return paint.Selected
	case d.lo <= k && k < d.hi:
		return paint.Accent
	case d.veiled:
		return paint.Dim
	}
	return paint.Plain
}

func bytesPage(s Subject, width int) Page {
	e := s.event()
	switch e.Kind {
	case record.KindSend:
		return sentBytes(e.Send, width)
	case record.KindReply:
		return replyBytes(s, e.Reply, width)
	case record.KindTLSMessage:
		return newDump(e.TLSMessage.Raw, width)
	case record.KindTLS:
		return certificates(e.TLS, width)
	}
	w := &writer{width: width}
	w.ink(paint.Dim, noBytes(e))
	return w.out
}

func sentBytes(s *record.Send, width int) Page {
	if len(s.Masked) > 0 {
		return masked(s.Raw, width)
	}
	return newDump(s.Raw, width)
}

// replyBytes marks the bytes of the line that is selected.
func replyBytes(s Subject, r *record.Reply, width int) Page {
	if r.Masked != "" {
		return masked(r.Raw, width)
	}
	d := newDump(r.Raw, width)
	for i := 0; i < s.Row.Line && i < len(r.Lines); i++ {
		d.lo += len(r.Lines[i].Raw)
	}
	d.hi = d.lo
	if s.Row.Line < len(r.Lines) && len(r.Lines) > 1 {
		d.hi += len(r.Lines[s.Row.Line].Raw)
	}
	return d
}

// certificates shows the server's certificate: the handshake's own bytes are in its messages.
func certificates(t *record.TLS, width int) Page {
	w := &writer{width: width}
	if own := t.Own(); own != nil && len(own.Raw) > 0 {
		w.heading("the server's own certificate, " + octets(len(own.Raw)) + " of DER")
		w.ink(paint.Dim, "The messages of the handshake have bytes of their own: open it with space and pick one. f shows the whole chain field by field.")
		w.gap()
		return stack{w.out, newDump(own.Raw, width)}
	}
	w.ink(paint.Dim, "Every message of the handshake has its own bytes: open the handshake with space and pick one.")
	return w.out
}

// noBytes says why an event has none.
func noBytes(e *record.Event) string {
	switch e.Kind {
	case record.KindLookup, record.KindResolve:
		return "The system's resolver sent the query; its packets are not visible here."
	case record.KindConnect:
		return "TCP opens the connection with its own packets, before the first byte of SMTP."
	case record.KindAuth:
		return "These values come from the line next to them; the bytes are shown there."
	case record.KindCapabilities:
		return "This list comes from the reply above it; the bytes are shown there."
	}
	return "This was not sent over the network: it is a statement about the session."
}
