package dialogue

import (
	"sort"
	"strings"

	"ehlo/session/record"
	"ehlo/ui/paint"
)

// addChunk folds the chunks of a message after the first (RFC 3030 §2), each as its command and the reply that lets the next one follow.
// The reply that decides about the message stays in sight, as does all that is no such reply. It reports whether it has made the rows.
func (x *Index) addChunk(i int, e *record.Event) bool {
	switch {
	case e.Kind == record.KindSend && e.Send != nil:
		return x.sentChunk(i, e)
	case e.Kind == record.KindReply && e.Reply != nil && x.chunk:
		x.chunk = e.Step == record.VerbBdat && e.Reply.Trouble == "" && e.Reply.Code/100 == 2
		if x.chunk && x.chunking() {
			x.hide(Row{Event: i})
			return true
		}
	}
	return false
}

// sentChunk folds a command, where it has another chunk of a message of which one was sent.
func (x *Index) sentChunk(i int, e *record.Event) bool {
	follows := x.chunk
	of := e.Step == record.VerbBdat && e.Send.Trouble == ""
	x.chunk = of && !strings.HasSuffix(strings.ToUpper(e.Send.Command(1)), " LAST")
	if !of || !follows {
		return false
	}
	if !x.chunking() {
		x.openFold(Row{Event: i, Kind: RowChunks})
	}
	f := &x.folds[x.growing]
	f.chunks, f.size = f.chunks+1, f.size+e.Send.Size
	x.hide(Row{Event: i})
	return true
}

// chunking reports whether the last row belongs to chunks that are folded.
func (x *Index) chunking() bool {
	f := &x.folds[x.growing]
	return f.chunks > 0 && int(f.last) == len(x.rows)
}

// lookChunks draws the head of chunks: how many there are below n, and how many bytes they have.
func (x *Index) lookChunks(r Row, open bool, n int) Look {
	f := x.folds[r.fold]
	rows := int(f.last - f.first)
	below := sort.Search(rows, func(i int) bool { return int(x.rows[int(f.first)+i].event) >= n })
	chunks, size := f.chunks, f.size
	if below < rows {
		chunks, size = x.sized(f.first, f.first+int32(below))
	}
	text := Number(chunks, "more chunk") + " · " + Number(size, "byte")
	return Look{Fold: foldMark(open), Text: paint.Strong.Line(text), Margin: marginOf(open)}
}

// sized counts the chunks in some rows, and their bytes. It reads them again, and is for a position in the middle of a message.
func (x *Index) sized(first, last int32) (chunks, size int) {
	for _, r := range x.rows[first:last] {
		if e := x.src.At(int(r.event)); r.kind == RowEvent && e.Kind == record.KindSend {
			chunks, size = chunks+1, size+e.Send.Size
		}
	}
	return chunks, size
}
