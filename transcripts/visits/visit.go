package visits

import (
	"cmp"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"ehlo/session/course"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/session/wire"
	"ehlo/transcripts/foreign"
)

// What is kept of one visit, so that one that says too much takes no more memory than another.
const (
	maxPieces = 300
	maxBytes  = 48 << 10
)

// visit is what is known of one connection.
type visit struct {
	number   int
	at       lab.Visit
	scenario lab.Scenario

	mu       sync.Mutex
	c        foreign.Conversation
	bytes    int
	inside   bool
	overfull bool
	step     record.Verb // of the last command; connect before the first
	name     string      // that the client gave in its last EHLO, made visible
	over     bool
}

func newVisit(number int, at lab.Visit, sc lab.Scenario) *visit {
	v := &visit{number: number, at: at, scenario: sc, step: record.VerbConnect}
	v.c = foreign.Conversation{Source: "what the practice server saw of a visitor", Host: at.Listener.Host, Port: at.Listener.Port, Began: at.Began, Timed: true}
	v.c.About = func(s *record.Start) {
		s.Side, s.Target.Lab = record.SideServer, true
		s.Scenario, s.Title, s.Story, s.Task = sc.Name, sc.Title, sc.Story, sc.Task
	}
	v.add(foreign.Piece{Connect: &record.Connect{Local: at.Client.String(), Remote: at.Server.String(), Address: at.Server.Addr().String()}})
	return v
}

func (v *visit) add(p foreign.Piece) {
	v.bytes += len(p.Bytes)
	if v.overfull || len(v.c.Pieces) >= maxPieces || v.bytes > maxBytes {
		v.overfull = true
		return
	}
	v.c.Pieces = append(v.c.Pieces, p)
}

// see takes in one thing that the server saw, and reports whether the visitor is at another step.
func (v *visit) see(s lab.Sight) (moved bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	at, before := max(0, s.At.Sub(v.at.Began)), v.step
	switch {
	case s.Heard != nil:
		v.heard(s.Heard, at)
	case s.Said != nil:
		v.add(foreign.Piece{T: at, From: wire.ServerToClient, Bytes: append([]byte(nil), s.Said...), Inside: v.inside})
	case s.TLS != nil:
		v.inside, v.step = true, record.VerbHandshake
		v.add(foreign.Piece{T: at, TLS: agreed(s.TLS)})
	case s.Failed != nil:
		v.step = record.VerbHandshake
		v.add(foreign.Piece{T: at, TLS: failed(s.Failed)})
	case s.Left:
		v.over = true
	}
	return v.step != before
}

// heard takes in a line of the client. One without its end was cut, because it was longer than the server takes.
func (v *visit) heard(line []byte, at time.Duration) {
	if verb, ok := walk.CommandVerb(string(line)); ok {
		v.step = verb
	}
	if name := named(line); name != "" {
		v.name = name
	}
	said := append([]byte(nil), line[:min(len(line), maxLine)]...)
	if !strings.HasSuffix(string(said), "\n") {
		said = append(said, "\r\n"...)
	}
	v.add(foreign.Piece{T: at, From: wire.ClientToServer, Bytes: said, Inside: v.inside})
}

// called is the name that the client gave last; empty before it gave one.
func (v *visit) called() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.name
}

// maxLine is how much of a line is kept, in bytes: more than any mechanism of AUTH sends.
const maxLine = 4096

// agreed is a handshake as its server sees it.
func agreed(state *tls.ConnectionState) *record.TLS {
	return &record.TLS{Version: tls.VersionName(state.Version), CipherSuite: tls.CipherSuiteName(state.CipherSuite), Group: state.CurveID.String(), ALPN: state.NegotiatedProtocol,
		Resumed: state.DidResume, ServerName: wire.VisibleString(state.ServerName), ClientCertificate: len(state.PeerCertificates) > 0}
}

// failed is a handshake that did not come to its end, as its server sees it.
func failed(err error) *record.TLS {
	words := wire.VisibleString(cause(err).Error())
	out := &record.TLS{Trouble: record.TroubleFailed, Error: words}
	if errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) {
		out.Trouble, out.Error = record.TroubleCanceled, "the client closed the connection during the handshake"
		return out
	}
	for _, a := range alerts {
		if strings.Contains(words, a.says) {
			out.Diagnosis = &record.Diagnosis{Code: a.code, Text: a.text + " (“" + words + "”)"}
			return out
		}
	}
	return out
}

// cause is an error without the addresses that the system puts before it; a client that waits too long gets a sentence.
func cause(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return errors.New("the client did not continue in time")
	}
	if at, ok := errors.AsType[*net.OpError](err); ok && at.Op != "remote error" && at.Op != "local error" { // which are alerts of TLS
		return at.Err
	}
	return err
}

// alerts are the words of crypto/tls for what a client says about the server's certificate, and for what the two do not have in common.
var alerts = []struct {
	says string
	code record.FindingCode
	text string
}{
	{"remote error: tls: expired certificate", record.FoundCertificateExpired, "the client rejected the server's certificate as expired"},
	{"remote error: tls: revoked certificate", record.FoundCertificateRevoked, "the client rejected the server's certificate as revoked"},
	{"remote error: tls: unknown certificate authority", record.FoundCertificateUnknownIssuer, "the client does not know the issuer of the server's certificate"},
	{"remote error: tls: bad certificate", record.FoundCertificateUnverified, "the client did not accept the server's certificate"},
	{"remote error: tls: unknown certificate", record.FoundCertificateUnverified, "the client did not accept the server's certificate"},
	{"unsupported versions", record.FoundTLSNoCommonVersion, "client and server have no TLS version in common"},
	{"protocol version not supported", record.FoundTLSNoCommonVersion, "client and server have no TLS version in common"},
}

// log is the visit so far as a log, with its verdict.
func (v *visit) log(program string) foreign.Import {
	v.mu.Lock()
	c := v.c
	c.Pieces = append([]foreign.Piece(nil), c.Pieces...)
	if v.overfull {
		c.Lacks = append(c.Lacks, "The visitor sent more than is stored, and the rest is missing.")
	}
	v.mu.Unlock()
	return c.Log(program)
}

// Goal is what is known about a visitor's goal.
type Goal string

// What can be known about a goal.
const (
	Solved    Goal = "solved"
	Delivered Goal = "delivered" // all is done that is seen from here; whether the client verified the server's certificate, which counts too, is not
	Open      Goal = "open"
	Unseen    Goal = "not seen from here" // it is reached on the client's side
	NoGoal    Goal = "none"
)

// goalOf is whether the log of a session shows the goal of an exercise; e may be nil. What a client was after is known by what it did
// alone, so that only a message that was delivered, after a login where the scenario has a user, is a whole walk; a login is one by itself.
func goalOf(e *course.Exercise, sc lab.Scenario, log *record.Log, over bool) Goal {
	switch {
	case e == nil:
		return NoGoal
	case !e.SeenByServer():
		return Unseen
	}
	var s record.Snapshot
	for i := range log.Len() {
		s = s.Next(log.At(i))
	}
	switch {
	case s.State.Delivered == 0 && !e.AtLogin() || sc.User != "" && s.State.User == "" || !e.Reached(s, over):
		return Open
	case s.TLS != nil && s.TLS.Unjudged():
		return Delivered
	}
	return Solved
}

// address is where a visitor is from.
func (v *visit) address() string {
	return cmp.Or(v.at.Client.String(), "unknown")
}
