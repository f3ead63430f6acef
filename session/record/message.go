package record

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"

	"ehlo/session/lazy"
)

// Message is the content of a mail, measured once and opened again each time it is sent. Its sizes are those of the
// message on the wire: each line ends with CRLF (RFC 5321 §2.3.8), the last one too, and no dot is doubled, as SIZE counts
// it (RFC 1870 §3).
type Message struct {
	// Size is in bytes, line ends included.
	Size int64
	// Lines is the number of lines.
	Lines int
	// LongestLine is the length of the longest line in bytes, without its end.
	LongestLine int
	// EightBit reports whether a byte is above 127, so that 8BITMIME is needed (RFC 6152).
	EightBit bool
	// Binary says that it is no text, and is changed if its line ends are: it has NUL, and its header is written with CRLF. Raw is then its
	// size in bytes as it was given (RFC 3030 §3).
	Binary bool
	Raw    int64
	// Unended says that the last line has no end.
	Unended bool
	// Problems are what servers and readers may stumble over, each code at most once and in the order of the codes.
	Problems []Problem
	// Open begins to read the content as it was given, its line ends included. It may be called more than once.
	Open func() (io.ReadCloser, error)
}

// Problem is something about a message that servers refuse, change or read in different ways.
type Problem struct {
	// Line is the number of the first line that has it, from 1; 0 for what is missing.
	Line int `json:"line,omitempty"`
	// Code is one of the codes of problems.
	Code string `json:"code"`
	// Count is how many lines have it; for line ends and NUL, how many of them there are. It is 0 for what is missing.
	Count int `json:"count,omitempty"`
}

// The codes of problems.
const (
	// ProblemMbox is a first line "From " that belongs to an mbox file and not to the message (RFC 4155).
	ProblemMbox = "mbox-from"
	// ProblemHeader is a line before the first empty one that is neither a field nor a folded part of one (RFC 5322 §2.2).
	ProblemHeader = "malformed-header"
	// ProblemDate, ProblemFrom and ProblemMessageID are missing fields: RFC 5322 §3.6 wants the first two and advises the
	// third.
	ProblemDate      = "no-date"
	ProblemFrom      = "no-from"
	ProblemMessageID = "no-message-id"
	// ProblemHeader8Bit is a line of the header with bytes above 127, which needs SMTPUTF8 (RFC 6531 §3.1, RFC 6532 §3.2).
	ProblemHeader8Bit = "8bit-header"
	// ProblemLongLine is a line of more than maxLine bytes.
	ProblemLongLine = "long-line"
	// ProblemBareCR is a CR without a LF (RFC 5322 §2.3). It is sent as a line end.
	ProblemBareCR = "bare-cr"
	// ProblemBareLF is a LF without a CR: the usual line end of files on Unix. It is sent as CRLF.
	ProblemBareLF = "bare-lf"
	// ProblemNUL is a byte of value 0 (RFC 5322 §4).
	ProblemNUL = "nul"
)

// problems is the order in which a message's problems are listed.
var problems = []string{ProblemMbox, ProblemHeader, ProblemDate, ProblemFrom, ProblemMessageID, ProblemHeader8Bit, ProblemLongLine, ProblemBareCR, ProblemBareLF, ProblemNUL}

// maxLine is the most bytes of a line without its end (RFC 5322 §2.1.1).
const maxLine = 998

// Measure reads a message once, in memory that does not depend on its size. Its errors are those of open and of reading.
func Measure(open func() (io.ReadCloser, error)) (Message, error) {
	content, err := open()
	if err != nil {
		return Message{}, err
	}
	m := newMeasurer()
	_, err = io.Copy(m, content)
	m.end()
	m.message.Open = open
	return m.message, errors.Join(err, content.Close())
}

// nothing is the message without content, which every step has that has no other.
var nothing = lazy.Value[*Message]{Make: func() *Message { return measured(nil) }}

// MessageOf is a message whose content is at hand. It is not to be changed.
func MessageOf(content []byte) *Message {
	if len(content) == 0 {
		return nothing.Get()
	}
	return measured(content)
}

func measured(content []byte) *Message {
	m := newMeasurer()
	m.Write(content) // which does not fail
	m.end()
	m.message.Open = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
	return &m.message
}

// chunk is the size in bytes as the one chunk of BDAT, which ends no line that has no end (RFC 3030 §2).
func (m *Message) Chunk() int64 {
	if m.Unended {
		return m.Size - 2
	}
	return m.Size
}

// Problem gives a message's problem of a code.
func (m Message) Problem(code string) (Problem, bool) { return problemOf(m.Problems, code) }

func problemOf(list []Problem, code string) (Problem, bool) {
	for _, p := range list {
		if p.Code == code {
			return p, true
		}
	}
	return Problem{}, false
}

// measurer is the state between two bytes of a message.
type measurer struct {
	message Message
	found   map[string]*Problem

	raw    int64  // bytes
	crlf   bool   // the first line ends with CRLF
	length int    // of the line so far
	start  []byte // of the line, up to [startOfLine] bytes
	cr     bool   // the last byte was a CR, and what follows decides whether it is bare
	header bool   // the empty line after the header has not come

	field, date, from, id bool
	high                  bool // the line has a byte above 127
}

// startOfLine is as much of a line as tells a header field from other text. RFC 5322 §2.1.1 wants whole lines shorter.
const startOfLine = 256

func newMeasurer() *measurer { return &measurer{found: map[string]*Problem{}, header: true} }

// Write implements [io.Writer]. What is plain text is taken up to the end of its line in one step.
func (m *measurer) Write(b []byte) (int, error) {
	for rest := b; len(rest) > 0; {
		n := plain(rest)
		if n == 0 || m.cr {
			m.take(rest[0])
			rest = rest[1:]
			continue
		}
		m.addText(rest[:n])
		rest = rest[n:]
	}
	return len(b), nil
}

// plain is how many bytes there are before a CR, a LF or a NUL.
func plain(b []byte) int {
	if b[0] == 0 || b[0] == '\r' || b[0] == '\n' {
		return 0
	}
	b = b[:min(len(b), maxLine)] // or a message with one LF far away would be looked through for each of its NUL
	for _, special := range []byte{'\n', '\r', 0} {
		if n := bytes.IndexByte(b, special); n >= 0 {
			b = b[:n]
		}
	}
	return len(b)
}

// addText takes bytes of one line that end no line and are not NUL.
func (m *measurer) addText(b []byte) {
	m.raw += int64(len(b))
	high := hasHigh(b)
	m.high = m.high || high
	m.message.EightBit = m.message.EightBit || high
	if m.length <= maxLine && m.length+len(b) > maxLine {
		m.note(ProblemLongLine)
	}
	m.length += len(b)
	m.start = append(m.start, b[:min(len(b), startOfLine-len(m.start))]...)
}

// hasHigh reports whether a byte is above 127.
func hasHigh(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if binary.LittleEndian.Uint64(b)&0x8080808080808080 != 0 {
			return true
		}
	}
	for _, c := range b {
		if c >= 0x80 {
			return true
		}
	}
	return false
}

func (m *measurer) take(b byte) {
	m.raw++
	if m.cr && b != '\n' {
		m.note(ProblemBareCR)
		m.endLine()
	}
	switch {
	case b == '\n':
		if !m.cr {
			m.note(ProblemBareLF)
		}
		m.crlf = m.crlf || m.cr && m.message.Lines == 0
		m.endLine()
	case b != '\r':
		m.add(b)
	}
	m.cr = b == '\r'
}

// add takes a byte that ends no line.
func (m *measurer) add(b byte) {
	if b == 0 {
		m.note(ProblemNUL)
	}
	m.high = m.high || b >= 0x80
	m.message.EightBit = m.message.EightBit || b >= 0x80
	if m.length++; m.length == maxLine+1 {
		m.note(ProblemLongLine)
	}
	if len(m.start) < startOfLine {
		m.start = append(m.start, b)
	}
}

// note counts a problem of the line that is being read.
func (m *measurer) note(code string) {
	p := m.found[code]
	if p == nil {
		p = &Problem{Line: m.message.Lines + 1, Code: code}
		m.found[code] = p
	}
	p.Count++
}

func (m *measurer) endLine() {
	if m.header {
		m.headerLine()
	}
	m.message.Lines++
	m.message.Size += int64(m.length) + int64(len("\r\n"))
	m.message.LongestLine = max(m.message.LongestLine, m.length)
	m.length, m.start, m.high = 0, m.start[:0], false
}

// headerLine takes a line before the first empty one.
func (m *measurer) headerLine() {
	first := m.message.Lines == 0
	if m.high {
		m.note(ProblemHeader8Bit)
	}
	switch name, ok := fieldName(m.start); {
	case m.length == 0:
		m.header = false
	case first && bytes.HasPrefix(m.start, []byte("From ")):
		m.note(ProblemMbox)
	case ok:
		m.field = true
		m.date = m.date || strings.EqualFold(name, "Date")
		m.from = m.from || strings.EqualFold(name, "From")
		m.id = m.id || strings.EqualFold(name, "Message-ID")
	case !m.field || m.start[0] != ' ' && m.start[0] != '\t':
		m.note(ProblemHeader)
		m.header = false // what follows is text for all that is known
	}
}

// fieldName is the name before the colon. White space between them is obsolete syntax, and occurs (RFC 5322 §4.5).
func fieldName(line []byte) (string, bool) {
	name, _, ok := bytes.Cut(line, []byte(":"))
	name = bytes.TrimRight(name, " \t")
	foreign := func(r rune) bool { return r <= ' ' || r > '~' }
	return string(name), ok && len(name) > 0 && !bytes.ContainsFunc(name, foreign)
}

// end takes the end of the content.
func (m *measurer) end() {
	if m.cr {
		m.note(ProblemBareCR)
	}
	if m.cr || m.length > 0 {
		m.message.Unended = !m.cr
		m.endLine()
	}
	for code, there := range map[string]bool{ProblemDate: m.date, ProblemFrom: m.from, ProblemMessageID: m.id} {
		if !there {
			m.found[code] = &Problem{Code: code}
		}
	}
	if _, nul := m.found[ProblemNUL]; nul && m.crlf {
		m.message.Binary, m.message.Raw = true, m.raw
	}
	for _, code := range problems {
		if p, ok := m.found[code]; ok {
			m.message.Problems = append(m.message.Problems, *p)
		}
	}
}
