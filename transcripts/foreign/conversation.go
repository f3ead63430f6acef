package foreign

import (
	"strings"
	"time"

	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
)

// Conversation is what a source holds of one session with a server, in order.
type Conversation struct {
	// Source names what it was read from, as in "a swaks transcript".
	Source string
	// Host and Port are the server's; empty and 0 where the source does not say.
	Host string
	Port int
	// Began is when the first piece happened, zero where the source has no clock. Timed says that the pieces have times.
	Began time.Time
	Timed bool
	// NeedsTLS says that the client was told to go on with TLS only, NeedsAuth that it was told to log in.
	NeedsTLS, NeedsAuth bool
	// Upgraded says that TLS began with STARTTLS, of which the source holds nothing.
	Upgraded bool
	// Lacks are sentences about what the source does not hold, beside what shows by itself.
	Lacks []string
	// Sealed says that what crossed inside TLS is not known, or not all of it, since the secrets for it are missing.
	Sealed bool
	// About completes what the log says at its beginning; nil where there is nothing to add.
	About  func(*record.Start)
	Pieces []Piece
}

// Piece is one thing that the source holds. One of Bytes, Header, Hidden, Resolve, Connect, Message, TLS and Ended is set.
type Piece struct {
	T time.Duration // since the first piece
	// Bytes crossed the connection from one side, inside TLS or not, with their line ends. They may be cut anywhere.
	Bytes  []byte
	From   wire.Direction
	Inside bool
	// Header is what a load balancer said of its client before anything else, see [wire.ProxyHeader].
	Header []byte
	// Hidden is a response of AUTH that was sent and that the source does not show.
	Hidden bool

	Resolve *record.Resolve  // a name was looked up
	Connect *record.Connect  // a connection was tried
	Message *tlswire.Message // one message of TLS
	TLS     *record.TLS      // a handshake is over, well or badly
	Ended   *Ended           // nothing more comes on this connection
}

// Ended is how a connection, or the wait for a reply, ended.
type Ended struct {
	Trouble record.Trouble
	Words   string // of the source, or of the system that it quotes
}

// said is a line from one side, without its end.
func said(from wire.Direction, line string, inside bool) Piece {
	return Piece{From: from, Bytes: append([]byte(line), "\r\n"...), Inside: inside}
}

// When is the time at which a conversation began, as a list of several shows it; empty where it is not known.
func (c *Conversation) When() string {
	if !c.Timed || c.Began.IsZero() {
		return ""
	}
	return c.Began.UTC().Format(time.DateTime)
}

// Told is a conversation in a line: the server, and what it refused first, or else said last. Most sessions end with 221.
func (c *Conversation) Told() string {
	text := "unknown server"
	if c.Host != "" {
		text = c.remote()
	}
	said := ""
	for _, p := range c.Pieces {
		if p.From == wire.ServerToClient && len(p.Bytes) > 0 && !refuses(said) {
			said, _, _ = strings.Cut(string(p.Bytes), "\n")
		}
	}
	return wire.VisibleString(strings.TrimSpace(text + "  " + strings.TrimRight(said[:min(len(said), 60)], "\r")))
}

// refuses reports whether a reply is one of failure (RFC 5321 §4.2.1).
func refuses(reply string) bool { return reply != "" && (reply[0] == '4' || reply[0] == '5') }
