package transcripts

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"ehlo/session/record"
)

// Limits of a transcript. A reader stops at the first line that breaks one and says so in [Damage].
const (
	// maxFile is how many bytes of a file are read.
	maxFile = 1 << 30
	// maxEvents is how many events of a file are read.
	maxEvents = 1 << 22
	// maxLine is the longest line in bytes, line end included. The largest reply that is read with the engine's
	// default limits takes less, whatever bytes it holds.
	maxLine = 16 << 20
	// maxStart is the longest first line.
	maxStart = 64 << 10
	// maxNote is the longest text of a note in bytes.
	maxNote = 64 << 10
	// maxName is the longest title or author in bytes; maxTag the longest of at most maxTags tags.
	maxName, maxTag, maxTags = 200, 40, 20
	// maxDepth is how deep objects and arrays may be nested in each other.
	maxDepth = 64
)

// WriteLine adds an event to buf as one line of a transcript. The bytes of an event are the same in a file, on
// standard output and in a test. On an error buf is as it was.
func WriteLine(buf *bytes.Buffer, e *record.Event) error {
	before := buf.Len()
	line, err := encoderOf(reflect.TypeFor[record.Event]())(buf.AvailableBuffer(), reflect.ValueOf(e).Elem())
	buf.Write(append(line, '\n'))
	if n := buf.Len() - before; err == nil && n > maxLine {
		err = fmt.Errorf("event %d takes %d bytes, and the maximum for a line is %d", e.Seq, n, maxLine)
	}
	if err != nil {
		buf.Truncate(before)
	}
	return err
}

// head is what every line has, whatever its kind.
type head struct {
	Seq  int         `json:"seq"`
	T    int64       `json:"t"`
	Kind record.Kind `json:"kind"`
}

// readHead reads the common fields of a line. The order in which they are written is fixed, so that this need not
// look at the payload; a line in another order is read the slow way.
func readHead(line []byte) (head, bool) {
	if h, ok := quickHead(line); ok {
		return h, true
	}
	var h struct {
		Seq  *int         `json:"seq"`
		T    *int64       `json:"t"`
		Kind *record.Kind `json:"kind"`
	}
	if json.Unmarshal(line, &h) != nil || h.Seq == nil || h.T == nil || h.Kind == nil {
		return head{}, false
	}
	return head{*h.Seq, *h.T, *h.Kind}, true
}

func quickHead(line []byte) (h head, ok bool) {
	seq, rest, ok1 := number(line, `{"seq":`)
	t, rest, ok2 := number(rest, `,"t":`)
	rest, ok3 := bytes.CutPrefix(rest, []byte(`,"kind":"`))
	end := bytes.IndexByte(rest, '"')
	if !ok1 || !ok2 || !ok3 || end < 0 || bytes.IndexByte(rest[:end], '\\') >= 0 {
		return head{}, false
	}
	return head{int(seq), t, kindOf(rest[:end])}, true
}

// number reads a number of at most 18 digits after a prefix.
func number(b []byte, prefix string) (n int64, rest []byte, ok bool) {
	rest, ok = bytes.CutPrefix(b, []byte(prefix))
	digits := 0
	for digits < len(rest) && '0' <= rest[digits] && rest[digits] <= '9' {
		n = n*10 + int64(rest[digits]-'0')
		if digits++; digits > 18 {
			return 0, nil, false
		}
	}
	return n, rest[digits:], ok && digits > 0
}

// kindOf avoids making a string for each line.
func kindOf(name []byte) record.Kind {
	for _, k := range kinds {
		if string(k) == string(name) {
			return k
		}
	}
	return record.Kind(name)
}

// kinds lists the kinds of event that have a payload here, frequent ones first.
var kinds = [...]record.Kind{
	record.KindReply, record.KindSend, record.KindState, record.KindTLSMessage, record.KindStart,
	record.KindResolve, record.KindConnect, record.KindCapabilities, record.KindTLS, record.KindAuth,
	record.KindFinding, record.KindNote, record.KindAbout, record.KindForgot, record.KindEnd, record.KindProbe, record.KindReveal, record.KindChange,
	record.KindFault, record.KindLookup, record.KindServerLog, record.KindOnPath,
}

const unknownKind = uint8(len(kinds))

// Kinds names the kinds of event that the format has, in the order of the alphabet.
func Kinds() []string {
	var names []string
	for _, k := range kinds {
		names = append(names, string(k))
	}
	slices.Sort(names)
	return names
}

// placeOf is where k is in kinds.
func placeOf(k record.Kind) uint8 {
	for i := range kinds {
		if kinds[i] == k {
			return uint8(i)
		}
	}
	return unknownKind
}
