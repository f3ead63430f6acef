package foreign

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"ehlo/session/lazy"
)

// Limits of a source. What breaks one is refused: no session of mail comes near.
const (
	// MaxSource is how many bytes of a source are read.
	MaxSource = 64 << 20
	// maxLine is the longest line of a text in bytes.
	maxLine = 1 << 20
	// maxPieces is how many pieces a conversation may have.
	maxPieces = 1 << 18
	// maxConversations is how many sessions a source may hold.
	maxConversations = 1 << 12
)

// Format is something that this package reads.
type Format struct {
	Name string // by which a person chooses it
	Says string // what it is, in a line
	// fits reports whether a source looks like it. The table asks in its order.
	fits func(source []byte) bool
	// read reads it. keys is a key log (RFC 9850) for what is in TLS, and may be empty.
	read func(source, keys []byte) ([]Conversation, error)
}

// Capture reports whether it has packets, in which secrets open what crossed inside TLS.
func (f *Format) Capture() bool { return f.Name == "pcap" }

// Formats lists what is read, in the order in which a source is tried.
func Formats() []Format { return formats.Get() }

var formats = lazy.Value[[]Format]{Make: func() []Format {
	return []Format{
		{"pcap", "a packet capture, pcap or pcapng; TLS is decrypted with the secrets in it, or in a separate file", fitsCapture, readCapture},
		{"swaks", "a swaks transcript, stdout with or without stderr", fitsSwaks, inText(readSwaks)},
		{"openssl", "a session of openssl s_client, with or without -quiet, -msg and -trace", fitsOpenSSL, inText(readOpenSSL)},
		{"curl", "the output of curl -v with smtp:// or smtps://", fitsCurl, inText(readCurl)},
		{"postfix", "a Postfix log with smtpd -v, smtp -v or debug_peer_list", fitsPostfix, inText(readPostfix)},
		{"arrows", "debug output with marks before each line: smtplib, PHPMailer, nodemailer, Roundcube, C: and S:, >>> and <<<", fitsArrows, inText(readArrows)},
		{"telnet", "a session typed into telnet or nc, and the debug output of JavaMail, without marks", fitsTyped, inText(readTyped)},
	}
}}

// inText is the reader of a text, in which there is nothing for a key log to open.
func inText(read func([]byte) ([]Conversation, error)) func(source, keys []byte) ([]Conversation, error) {
	return func(source, keys []byte) ([]Conversation, error) {
		if len(keys) > 0 {
			return nil, &Error{Text: "TLS secrets are for a packet capture, and this file is text", Hint: "leave the key log out"}
		}
		return read(source)
	}
}

// Error says why a source is not read.
type Error struct {
	Text string
	Hint string // what to try
}

func (e *Error) Error() string { return e.Text }

// Read reads a source in the format of that name, or in the one that it looks like where the name is empty. The error is an
// [*Error]. There is at least one conversation without an error.
//
// keys are key logs (RFC 9850), whose secrets open what crossed inside TLS.
func Read(source []byte, from string, keys ...[]byte) ([]Conversation, error) {
	if len(source) > MaxSource {
		return nil, &Error{Text: fmt.Sprintf("it has more than %d MiB", MaxSource>>20), Hint: "cut out the session that matters"}
	}
	if !fitsCapture(source) { // else it is no text
		source = plain(source)
	}
	if len(source) == 0 {
		return nil, &Error{Text: "it is empty", Hint: "write the program's output to it, including stderr"}
	}
	f, err := formatOf(source, from)
	if err != nil {
		return nil, err
	}
	list, err := f.read(source, bytes.Join(keys, []byte("\n")))
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(c Conversation) bool { return len(c.Pieces) == 0 })
	switch {
	case len(list) == 0:
		return nil, &Error{Text: "it contains no line of an SMTP session in the format " + f.Name, Hint: "choose another format; " + known()}
	case len(list) > maxConversations:
		return nil, &Error{Text: fmt.Sprintf("it contains more than %d sessions", maxConversations), Hint: "cut out the session that matters"}
	}
	for i := range list {
		if len(list[i].Pieces) > maxPieces {
			return nil, &Error{Text: fmt.Sprintf("a session in it has more than %d lines", maxPieces), Hint: "cut out the part that matters"}
		}
	}
	return list, nil
}

// Looks is the format that the beginning of a source looks like; ok is false where it is none of them.
func Looks(beginning []byte) (f *Format, ok bool) {
	if !fitsCapture(beginning) {
		beginning = plain(beginning)
	}
	f, err := formatOf(beginning, "")
	return f, err == nil
}

// A session as this program prints it has both, at the beginning of a line. It lacks what a verdict goes by: a log that was made of it
// could say that all went well where it did not.
var (
	printedReply   = lazy.Pattern{Text: `(?m)^<[-~](?:   |!  )[2-5]\d\d(?:[ -]|$)`}
	printedCommand = lazy.Pattern{Text: `(?m)^ [-~]>  [A-Z]`}
)

// formatOf is the format of a source.
func formatOf(source []byte, from string) (*Format, error) {
	if from == "" && printedReply.Get().Match(source) && printedCommand.Get().Match(source) {
		return nil, &Error{Text: "it is a session that ehlo has printed, and not its transcript", Hint: "read its transcript, which also has what is not printed"}
	}
	list := formats.Get()
	for i := range list {
		f := &list[i]
		if from == f.Name || from == "" && f.fits(source) {
			return f, nil
		}
	}
	if from != "" {
		return nil, &Error{Text: fmt.Sprintf("there is no format %q", from), Hint: known()}
	}
	return nil, &Error{Text: "it is not a transcript, and not a log of a known format", Hint: known()}
}

func known() string {
	names := make([]string, len(Formats()))
	for i, f := range Formats() {
		names[i] = f.Name
	}
	return "known formats are " + strings.Join(names, ", ")
}
