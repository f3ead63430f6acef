package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// What ends the reading of a reply. All of them come wrapped in an [*Error], and
// the reply that comes with them holds what was read. After any of them the
// position in the conversation is lost: send nothing more.
var (
	// ErrLineTooLong occurs when a line reaches Limits.Line without a line feed.
	ErrLineTooLong = errors.New("reply line too long")
	// ErrReplyTooLong occurs when a reply reaches Limits.Reply and has not ended.
	ErrReplyTooLong = errors.New("reply too long")
	// ErrTooManyLines occurs when line number Limits.Lines announces one more.
	ErrTooManyLines = errors.New("too many reply lines")
	// ErrNotSMTP occurs when a line does not begin with a code of three digits
	// between 200 and 599 (RFC 5321 §4.2). It occurs at the first byte that
	// excludes one; the rest of the line is kept as far as it has arrived.
	ErrNotSMTP = errors.New("not an SMTP reply")
	// ErrTLSBytes occurs when the header of a TLS record stands in place of a line.
	ErrTLSBytes = errors.New("TLS record in place of an SMTP reply")
	// ErrClosed occurs when the connection ends before the first byte of a reply.
	// It wraps io.EOF.
	ErrClosed error = closed{}
	// ErrUnexpectedEOF occurs when the connection ends inside a reply, before it is
	// certain that the last line has begun. It wraps io.ErrUnexpectedEOF.
	ErrUnexpectedEOF error = cutOff{}
)

type closed struct{}

func (c closed) Error() string { return "connection closed by the server: " + c.Unwrap().Error() }
func (closed) Unwrap() error   { return io.EOF }

type cutOff struct{}

func (c cutOff) Error() string {
	return "connection closed in the middle of a reply: " + c.Unwrap().Error()
}
func (cutOff) Unwrap() error { return io.ErrUnexpectedEOF }

// Error is the end of the reading of a reply.
type Error struct {
	// Err is one of the sentinels, or what the connection reported: a deadline
	// stays os.ErrDeadlineExceeded for errors.Is.
	Err error
	// Line is the line at which it happened, counted from 1.
	Line int
	// Detail is what was seen, made visible; may be empty.
	Detail string
	// Hint is what to try; may be empty. It is not part of Error().
	Hint string
}

func (e *Error) Error() string {
	if e.Detail == "" {
		return fmt.Sprintf("reply line %d: %v", e.Line, e.Err)
	}
	return fmt.Sprintf("reply line %d: %v: %s", e.Line, e.Err, e.Detail)
}

func (e *Error) Unwrap() error { return e.Err }

// foreign are first bytes by which another protocol is known.
var foreign = [...]struct{ prefix, name, hint string }{
	{"HTTP/", "HTTP", hintWeb},
	{"<html", "HTTP", hintWeb}, {"<HTML", "HTTP", hintWeb}, {"<!DOCTYPE", "HTTP", hintWeb}, {"<!doctype", "HTTP", hintWeb}, // by its older versions
	{"SSH-", "SSH", "this is an SSH server; try port 25, 465 or 587"},
	{"+OK", "POP3", "this port is for reading mail; mail is submitted on port 587 or 465"},
	{"-ERR", "POP3", "this port is for reading mail; mail is submitted on port 587 or 465"},
	{"* ", "IMAP", "this port is for reading mail; mail is submitted on port 587 or 465"},
	{`"IMPLEMENTATION"`, "ManageSieve", "this port is for mail filters; mail is submitted on port 587 or 465"},
	{"@RSYNCD:", "rsync", "this is an rsync server; try port 25, 465 or 587"},
	{"AMQP", "AMQP", "this is a message broker; try port 25, 465 or 587"},
	{"SIP/2.0", "SIP", "this is a telephony server; try port 25, 465 or 587"},
	{"RTSP/1.0", "RTSP", "this is a media server; try port 25, 465 or 587"},
	{"RFB ", "VNC", "this is a screen-sharing server; try port 25, 465 or 587"},
	{"\xff\xfb", telnet, hintTelnet}, {"\xff\xfc", telnet, hintTelnet}, {"\xff\xfd", telnet, hintTelnet}, {"\xff\xfe", telnet, hintTelnet},
}

// A telnet server begins to negotiate options: IAC and WILL, WON'T, DO or DON'T (RFC 854).
const (
	telnet     = "telnet"
	hintWeb    = "this is a web server; try port 25, 465 or 587"
	hintTelnet = "this is a telnet server; try port 25, 465 or 587"
)

// Foreign names the protocol that begins with these bytes, empty where it is not known.
func Foreign(seen []byte) string {
	for _, f := range foreign {
		if bytes.HasPrefix(seen, []byte(f.prefix)) {
			return f.name
		}
	}
	return ""
}

// notSMTP describes the line that begins with these bytes and has no valid code.
func notSMTP(line int, seen []byte) *Error {
	for _, f := range foreign {
		if line == 1 && bytes.HasPrefix(seen, []byte(f.prefix)) {
			return &Error{ErrNotSMTP, line, "looks like " + f.name + ": " + excerpt(seen), f.hint}
		}
	}
	return &Error{ErrNotSMTP, line, "begins with " + excerpt(seen),
		"a reply line begins with three digits, 200 to 599; is this port really SMTP?"}
}

func tlsBytes(line int, first byte) *Error {
	e := &Error{ErrTLSBytes, line, "handshake record", "the peer speaks TLS already"}
	if first == recordAlert {
		e.Detail = "alert record"
	}
	if line == 1 {
		e.Hint = "this port may expect TLS from the first byte: try implicit TLS, smtps:// and port 465"
	}
	return e
}

const maxExcerpt = 60

// excerpt is the start of a line, made visible and quoted.
func excerpt(b []byte) string {
	b = bytes.TrimRight(b, "\r\n")
	if len(b) > maxExcerpt {
		return `"` + visible(b[:maxExcerpt]) + `"…`
	}
	return `"` + visible(b) + `"`
}

// LastError is the innermost error of a chain: the system's own word, without what was said around it.
func LastError(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}
