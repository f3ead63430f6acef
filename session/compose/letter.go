// Package compose makes a message of what a person gives for it: addresses, header fields, a text and files; and changes the header
// fields of a message that is there already.
//
// A message is written as it is sent, each line with CRLF. The same letter gives the same bytes each time, so that its size can be
// announced before it is sent (RFC 1870 §3).
//
// Encoded words and parameters are made by package mime. Its multipart writer is not used: its boundaries are random, and it does
// not know how long a message will be.
package compose

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"path/filepath"
	"strings"
	"time"
)

// Letter is what a message is made of.
type Letter struct {
	Date time.Time
	ID   string // without angle brackets
	From string
	// To and Cc are named in the header; who else gets the message stands in the envelope alone (RFC 5322 §3.6.3).
	To, Cc        []string
	Subject, Body string
	Fields        Fields
	Files         []File
}

// File is something attached.
type File struct {
	Name string
	// Type is its media type; empty is that of the name's ending.
	Type string
	Open func() (io.ReadCloser, error)
}

// Write writes the message. The error is that of writing, or of a file.
func (l *Letter) Write(to io.Writer) error {
	w := &writer{to: bufio.NewWriter(to)}
	w.header(l.Fields.in(l.header()))
	if len(l.Files) == 0 {
		w.text(l.Body)
		return w.end()
	}
	w.line("--" + l.boundary())
	w.header(textFields(l.Body))
	w.text(l.Body)
	for _, f := range l.Files {
		w.line("--" + l.boundary())
		w.file(f)
	}
	w.line("--" + l.boundary() + "--")
	return w.end()
}

// header is what the message says of itself where a person does not say otherwise.
func (l *Letter) header() []string {
	fields := []string{"Date: " + l.Date.Format(time.RFC1123Z), "From: " + bracketed(l.From)}
	if len(l.To) > 0 {
		fields = append(fields, "To: "+bracketed(l.To...))
	}
	if len(l.Cc) > 0 {
		fields = append(fields, "Cc: "+bracketed(l.Cc...))
	}
	fields = append(fields, "Message-ID: "+bracketed(l.ID), "Subject: "+mime.QEncoding.Encode("utf-8", oneLine(l.Subject))) // RFC 2047 §5
	switch {
	case len(l.Files) > 0:
		fields = append(fields, "MIME-Version: 1.0", "Content-Type: "+mime.FormatMediaType("multipart/mixed", map[string]string{"boundary": l.boundary()}))
	case eightBit(l.Body):
		fields = append(append(fields, "MIME-Version: 1.0"), textFields(l.Body)...)
	}
	return fields
}

// textFields are those of the text as a part (RFC 2045 §5, §6).
func textFields(body string) []string {
	encoding := "7bit"
	if eightBit(body) {
		encoding = "8bit"
	}
	return []string{"Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: " + encoding}
}

// boundary parts the files: the same for the same message, and in no text by accident (RFC 2046 §5.1.1).
func (l *Letter) boundary() string {
	sum := sha256.Sum256([]byte(l.ID))
	return fmt.Sprintf("=_ehlo_%x", sum[:12])
}

// bracketed is a list of addresses, or an identifier, in angle brackets.
func bracketed(list ...string) string { return oneLine("<" + strings.Join(list, ">, <") + ">") }

// oneLine has no line break, which would begin another field.
func oneLine(s string) string { return strings.NewReplacer("\r", " ", "\n", " ").Replace(s) }

// eightBit reports whether a text has bytes above 127, or DEL.
func eightBit(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r > 0x7e })
}

// writer writes lines with CRLF, and keeps the first error.
type writer struct {
	to  *bufio.Writer
	err error
}

func (w *writer) put(s string) {
	if w.err == nil {
		_, w.err = w.to.WriteString(s)
	}
}

func (w *writer) line(s string) { w.put(s + "\r\n") }

// header writes fields and the empty line after them.
func (w *writer) header(fields []string) {
	for _, f := range fields {
		w.line(f)
	}
	w.line("")
}

// text writes a text as it is but for its line ends.
func (w *writer) text(s string) {
	for line := range strings.Lines(s) {
		w.line(strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"))
	}
}

// file writes a file as a part, in base64 (RFC 2045 §6.8, RFC 2183).
func (w *writer) file(f File) {
	kind := f.Type
	if kind == "" {
		kind = typeOf(f.Name)
	}
	w.header([]string{"Content-Type: " + kind, "Content-Disposition: " + mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}), "Content-Transfer-Encoding: base64"})
	content, err := f.Open()
	if err != nil {
		w.err = errors.Join(w.err, err)
		return
	}
	w.err = errors.Join(w.err, w.base64(content), content.Close())
}

// typeOf is the media type that the ending of a name stands for; of no other does a reader have to know what it is.
func typeOf(name string) string {
	kind := mime.TypeByExtension(filepath.Ext(name))
	if kind == "" || strings.HasPrefix(kind, "message/") || strings.HasPrefix(kind, "multipart/") { // these may not be in base64 (RFC 2045 §6.4)
		return "application/octet-stream"
	}
	return kind
}

// base64 writes lines of 76 characters, the most there may be.
func (w *writer) base64(content io.Reader) error {
	piece := make([]byte, 57)
	for {
		n, err := io.ReadFull(content, piece)
		if n > 0 {
			w.line(base64.StdEncoding.EncodeToString(piece[:n]))
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil || w.err != nil:
			return err
		}
	}
}

func (w *writer) end() error { return errors.Join(w.err, w.to.Flush()) }
