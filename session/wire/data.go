package wire

import (
	"bytes"
	"io"
)

const terminator = ".\r\n"

// DataWriter encodes a message for DATA while it is written. Every line end becomes
// CRLF, a lone CR or LF too: neither may be sent in SMTP (RFC 5321 §2.3.8), and a
// lone LF around a dot is how a second message is smuggled (§4.1.1.4). A line that
// starts with a dot gets one more (§4.5.2).
type DataWriter struct {
	w          io.Writer
	plain      bool // a chunk: no dots are added, and none ends it
	scratch    []byte
	inLine     bool // bytes of a line have been written, its end has not
	pendingCR  bool // the last byte was CR; the next one says whether it is alone
	stuffed    int
	normalized int
}

// NewDataWriter writes to w, once for each Write and once for Close.
func NewDataWriter(w io.Writer) *DataWriter { return &DataWriter{w: w} }

// NewChunkWriter writes to w what BDAT sends: every line end becomes CRLF, and nothing else changes (RFC 3030 §2). A last line
// without an end stays so: the next chunk may go on with it.
func NewChunkWriter(w io.Writer) *DataWriter { return &DataWriter{w: w, plain: true} }

// A ChunkReader is a message as BDAT sends it, to be read in parts: what [NewChunkWriter] writes.
type ChunkReader struct {
	from    io.Reader
	encoder *DataWriter
	encoded bytes.Buffer
	buffer  []byte
	err     error
}

// NewChunkReader reads a message from r.
func NewChunkReader(r io.Reader) *ChunkReader {
	c := &ChunkReader{from: r, buffer: make([]byte, 32<<10)}
	c.encoder = NewChunkWriter(&c.encoded)
	return c
}

// Normalized is the number of line ends that were not CRLF in what was read so far.
func (c *ChunkReader) Normalized() int { return c.encoder.Normalized() }

// Read implements [io.Reader].
func (c *ChunkReader) Read(p []byte) (int, error) {
	for c.encoded.Len() == 0 {
		if c.err != nil {
			return 0, c.err
		}
		var n int
		n, c.err = c.from.Read(c.buffer)
		c.encoder.Write(c.buffer[:n]) // into memory, which does not fail
		if c.err == io.EOF {
			c.encoder.Close()
		}
	}
	return c.encoded.Read(p)
}

// Stuffed is the number of lines that got a dot.
func (d *DataWriter) Stuffed() int { return d.stuffed }

// Normalized is the number of line ends that were not CRLF in the message: lone LF,
// lone CR, and a last line without an end.
func (d *DataWriter) Normalized() int { return d.normalized }

// Write encodes a part of the message; parts may be cut anywhere. After an error it
// is unknown how much was sent, and the message cannot be completed.
func (d *DataWriter) Write(p []byte) (int, error) {
	d.scratch = d.scratch[:0]
	for rest := p; len(rest) > 0; {
		rest = rest[d.encode(rest):]
	}
	if _, err := d.w.Write(d.scratch); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Close ends the last line if need be and writes the line with the single dot that
// ends DATA. An empty message is that line alone. Nothing may be written after it.
func (d *DataWriter) Close() error {
	d.scratch = d.scratch[:0]
	if d.pendingCR || d.inLine && !d.plain {
		d.endLine(false)
	}
	if !d.plain {
		d.scratch = append(d.scratch, terminator...)
	}
	_, err := d.w.Write(d.scratch)
	return err
}

// encode takes the beginning of b, at most to the end of its first line, and returns how much that was. Most lines are taken whole.
func (d *DataWriter) encode(b []byte) int {
	if b[0] == '.' && !d.inLine || d.pendingCR {
		d.encodeByte(b[0])
		return 1
	}
	b = b[:min(len(b), window)] // or a message with one LF far away would be looked through for each of its CR
	line, ended := b, false
	if n := bytes.IndexByte(b, '\n'); n >= 0 {
		line, ended = b[:n], true
	}
	n := bytes.IndexByte(line, '\r')
	switch {
	case n == len(line)-1 && n >= 0 && ended: // CRLF
		d.scratch = append(d.scratch, b[:n+2]...)
		d.inLine = false
		return n + 2
	case n == 0, len(line) == 0:
		d.encodeByte(b[0])
		return 1
	case n > 0:
		line = line[:n]
	}
	d.scratch, d.inLine = append(d.scratch, line...), true
	return len(line)
}

// window is how far the end of a line is looked for: lines are shorter (RFC 5321 §4.5.3.1.6).
const window = 1000

func (d *DataWriter) encodeByte(c byte) {
	if c == '\n' {
		d.endLine(d.pendingCR)
		return
	}
	if d.pendingCR {
		d.endLine(false)
	}
	if c == '\r' {
		d.pendingCR = true
		return
	}
	if c == '.' && !d.inLine && !d.plain {
		d.scratch = append(d.scratch, '.')
		d.stuffed++
	}
	d.scratch = append(d.scratch, c)
	d.inLine = true
}

// endLine writes CRLF; proper says that the message had CRLF here as well.
func (d *DataWriter) endLine(proper bool) {
	if !proper {
		d.normalized++
	}
	d.scratch = append(d.scratch, '\r', '\n')
	d.inLine, d.pendingCR = false, false
}
