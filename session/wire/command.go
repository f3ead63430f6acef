package wire

import (
	"errors"
	"fmt"
	"strings"
)

// What is wrong with a line that a person wants to send.
var (
	// errLineBreak occurs when the line has a CR or LF: it would be more than one
	// line to the server (RFC 5321 §2.3.8).
	errLineBreak = errors.New("CR or LF inside a line")
	// errNUL occurs when the line has a NUL; servers cut the line there or refuse it
	// (RFC 5321 §4.1.2 allows it nowhere).
	errNUL = errors.New("NUL inside a line")
	// errLongLine is a warning: the line may be sent, and the server may refuse it.
	errLongLine = errors.New("line longer than a server has to accept")
)

// Octets in a line, CRLF included, that a server must accept: of a command (RFC 5321
// §4.5.3.1.4; extensions add to it), and of AUTH and the answers to its challenges
// (RFC 4954 §4).
const (
	maxCommandLine = 512
	MaxAuthLine    = 12288
)

// ValidLine checks a command line, without its CRLF, before it is sent. ErrLineBreak
// and ErrNUL forbid it; ErrLongLine only warns, see [IsWarning]. The line itself is
// never part of the error: it may hold a secret.
func ValidLine(s string) error {
	if verb, _, _ := strings.Cut(s, " "); upperASCII(verb) == "AUTH" {
		return validLine(s, MaxAuthLine, "RFC 4954 §4")
	}
	return validLine(s, maxCommandLine, "RFC 5321 §4.5.3.1.4")
}

// ValidAuthLine is [ValidLine] for the answer to a challenge of AUTH.
func ValidAuthLine(s string) error { return validLine(s, MaxAuthLine, "RFC 4954 §4") }

// IsWarning reports whether an error of [ValidLine] leaves the line fit to be sent.
func IsWarning(err error) bool { return errors.Is(err, errLongLine) }

func validLine(s string, limit int, ref string) error {
	if i := strings.IndexAny(s, "\r\n"); i >= 0 {
		return fmt.Errorf("byte %d: %w (RFC 5321 §2.3.8)", i+1, errLineBreak)
	}
	if i := strings.IndexByte(s, 0); i >= 0 {
		return fmt.Errorf("byte %d: %w (RFC 5321 §4.1.2)", i+1, errNUL)
	}
	if n := len(s) + len("\r\n"); n > limit {
		return fmt.Errorf("%d bytes with CRLF, limit %d: %w (%s)", n, limit, errLongLine, ref)
	}
	return nil
}
