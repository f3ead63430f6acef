package foreign

import (
	"fmt"
	"slices"
	"strings"
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
	read func(source []byte) ([]Conversation, error)
}

// Formats lists what is read, in the order in which a source is tried.
func Formats() []Format { return formats }

var formats = []Format{
	{"swaks", "a swaks transcript, of stdout alone or with stderr", fitsSwaks, readSwaks},
	{"openssl", "a session of openssl s_client, with or without -quiet, -msg and -trace", fitsOpenSSL, readOpenSSL},
	{"curl", "the output of curl -v with smtp:// or smtps://", fitsCurl, readCurl},
	{"postfix", "a log of Postfix with smtpd -v, smtp -v or debug_peer_list", fitsPostfix, readPostfix},
	{"arrows", "debug output with marks before each line: smtplib, PHPMailer, nodemailer, Roundcube, C: and S:, >>> and <<<", fitsArrows, readArrows},
	{"telnet", "a session typed into telnet or nc, and the debug output of JavaMail, without marks", fitsTyped, readTyped},
}

// Error says why a source is not read.
type Error struct {
	Text string
	Hint string // what to try
}

func (e *Error) Error() string { return e.Text }

// Read reads a source in the format of that name, or in the one that it looks like where the name is empty. The error is an
// [*Error]. There is at least one conversation without an error.
func Read(source []byte, from string) ([]Conversation, error) {
	if len(source) > MaxSource {
		return nil, &Error{Text: fmt.Sprintf("it has more than %d MiB", MaxSource>>20), Hint: "cut out the session that matters"}
	}
	text := plain(source)
	f, err := formatOf(text, from)
	if err != nil {
		return nil, err
	}
	list, err := f.read(text)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(c Conversation) bool { return len(c.Pieces) == 0 })
	switch {
	case len(list) == 0:
		return nil, &Error{Text: "no line of it is of an SMTP session in the format " + f.Name, Hint: "choose another format; " + known()}
	case len(list) > maxConversations:
		return nil, &Error{Text: fmt.Sprintf("it holds more than %d sessions", maxConversations), Hint: "cut out the session that matters"}
	}
	for i := range list {
		if len(list[i].Pieces) > maxPieces {
			return nil, &Error{Text: fmt.Sprintf("a session in it has more than %d lines", maxPieces), Hint: "cut out the part that matters"}
		}
	}
	return list, nil
}

// formatOf is the format of a source.
func formatOf(source []byte, from string) (*Format, error) {
	for i := range formats {
		f := &formats[i]
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
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.Name
	}
	return "known formats are " + strings.Join(names, ", ")
}
