package dialogue

import (
	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/transcripts/words"
	"ehlo/ui/paint"
)

// lookHandshake draws the head of a run of TLS messages, as many as there are below n.
func (x *Index) lookHandshake(r Row, open bool, n int) Look {
	first, last := x.members(r, n)
	text := x.runName(first) + " · " + Number(last-first, "message")
	if trips := x.roundTrips(first, last); trips > 0 && x.completed(last, n) {
		text += " · " + Number(trips, "round trip")
	}
	return Look{Fold: foldMark(open), Text: paint.Strong.Line(text), Margin: marginOf(open)}
}

// runName tells a handshake from the few messages that may follow one.
func (x *Index) runName(first int) string {
	if m := x.src.At(first).TLSMessage; m != nil && m.Dir == tlswire.ClientToServer {
		return "TLS handshake"
	}
	return "TLS, after the handshake"
}

// completed reports whether the handshake ended well, as far as is known below n.
func (x *Index) completed(last, n int) bool {
	return last < n && x.src.At(last).Kind == record.KindTLS && x.src.At(last).TLS.Error == ""
}

// roundTrips counts how often the client had to wait for the server's answer. Session tickets do not count: the client
// does not wait for them (RFC 9846 §4.7.1).
func (x *Index) roundTrips(first, last int) int {
	trips, from := 0, tlswire.ServerToClient
	for i := first; i < min(last, first+64); i++ {
		m := x.src.At(i).TLSMessage
		if m == nil || m.Kind != tlswire.KindHandshake || m.Name == "NewSessionTicket" {
			continue
		}
		if from == tlswire.ClientToServer && m.Dir == tlswire.ServerToClient {
			trips++
		}
		from = m.Dir
	}
	return trips
}

// lane is how far client and server stand apart on the ladder, in cells.
const lane = 27

// lookMessage draws one rung of the ladder: the client on the left, the server on the right, the name at the side of who
// sent it, then the size, whether the wire showed it, and which keys opened it.
func lookMessage(m *tlswire.Message, l words.Line) Look {
	ink := paint.Plain
	if m.Kind == tlswire.KindAlert {
		ink = paint.Bad
	}
	size := Number(len(m.Raw), "byte")
	text := rungOf(m.Dir, ink.Line(l.Head).Cut(lane-3))
	text = text.And(paint.Dim, paint.Blank(12-len(size))+size)
	tail := []paint.Line{paint.Dim.Line("  " + words.Protection(m.Encrypted))} // the rail tells it too
	if key := words.Key(m); key != "" {
		tail = append(tail, paint.Dim.Line(", "+key))
	}
	return Look{Mark: looks.Of(l.Mark.Sign).span(), Rail: rail(m.Encrypted), Text: text, Tail: tail}
}

// rungOf is an arrow over the lane that begins with the name.
func rungOf(d tlswire.Direction, name paint.Line) paint.Line {
	shaft := paint.Rule(lane - name.Width() - 2)
	if d == tlswire.ClientToServer {
		return name.And(paint.Dim, " "+shaft+"→")
	}
	return paint.Dim.Line("←" + shaft + " ").Then(name)
}

// MessageName is the message's name, for an alert with what it says.
func MessageName(m *tlswire.Message) string { return words.MessageName(m) }

// Version is the version of TLS that was agreed on, or TLS when it is not known.
func Version(t *record.TLS) string { return words.Version(t) }
