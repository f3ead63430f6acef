package engine

import (
	"cmp"
	"context"
	"crypto/tls"
	"ehlo/session/certificate/pkitest"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// scene is a server that follows a transcript, and the client that meets it. The lines of a transcript are
//
//	S: text         a line from the server; neighboring lines arrive together
//	R: "text"       bytes from the server, as a Go string; they too arrive with their neighbors
//	+               what follows arrives on its own
//	C: line         the line that the client has to send; "C: AUTH PLAIN …" leaves the rest of it open
//	MESSAGE         the lines that the client has to send, up to a line with a dot
//	BYTES n         any n bytes from the client
//	TLS             a handshake
//	HELLO           one TLS record from the client
//	SASL SCRAM-…    a whole exchange of that mechanism, in which ann has thePassword
//	ASK a | b       an exchange of AUTH with these challenges, see server.ask; ASKALWAYS never ends it
//	WAIT 6s         the server does nothing for a while
//	CLOSE           the server closes; CUT does so without TLS's good-bye
//	NEXT            what follows happens on the next connection
//	DIAL word       the attempt to connect ends: refused, silence, panic, lost, or cancel the session's context
//
// After its last line a server expects nothing more but the end of the connection.
type scene struct {
	script  string
	target  string // as on the command line; mail.lab:587 if empty
	policy  string // as --tls; off if empty
	foreign bool   // the target is not the lab
	goal    walk.Goal
	config  func(*Config)
	server  *tls.Config // of the script's TLS lines; a good certificate for mail.lab if nil

	count  *traffic      // counts the bytes on the cables
	limit  int           // how many bytes the servers may send, 0 any number
	stall  bool          // after limit bytes the server stalls instead of closing
	cancel time.Duration // when a person stops the session, 0 never
	hasty  bool          // the client may leave before the script's end
}

// stage is a scene being played.
type stage struct {
	t       *testing.T
	scene   scene
	scripts [][]string
	dials   atomic.Int32
	servers sync.WaitGroup
	cancel  context.CancelFunc
}

// walk plays a scene with [Walk].
func walkThrough(t *testing.T, sc scene) played {
	t.Helper()
	return act(t, sc, func(ctx context.Context, s *Session) error { return Walk(ctx, s, sc.goal) })
}

// act plays a scene with the given client, in a bubble whose clock jumps when everyone waits.
func act(t *testing.T, sc scene, client func(context.Context, *Session) error) (p played) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if sc.count == nil {
			sc.count = new(traffic)
		}
		st := &stage{t: t, scene: sc, scripts: parseScript(sc.script), cancel: cancel}
		if sc.cancel > 0 {
			time.AfterFunc(sc.cancel, cancel)
		}
		s := New(st.config())
		p = played{t: t, s: s}
		began := time.Now()
		p.err = client(ctx, s)
		p.took = time.Since(began)
		p.exit = s.Finish().Exit
		st.servers.Wait()
		if n := int(st.dials.Load()); n < len(st.scripts) && !sc.hasty {
			t.Errorf("%d of %d connections were made", n, len(st.scripts))
		}
		for i := range s.Log().Len() {
			p.log = append(p.log, s.Log().At(i))
		}
	})
	p.t = t
	Derives(t, p.s)
	return p
}

func parseScript(text string) [][]string {
	scripts := [][]string{nil}
	for line := range strings.Lines(text) {
		switch line = strings.TrimLeft(strings.TrimRight(line, "\n"), "\t "); line {
		case "":
		case "NEXT":
			scripts = append(scripts, nil)
		default:
			scripts[len(scripts)-1] = append(scripts[len(scripts)-1], line)
		}
	}
	return scripts
}

func (st *stage) config() Config {
	sc := st.scene
	target, err := record.ParseTarget(cmp.Or(sc.target, "mail.lab:587"), false)
	if err != nil {
		st.t.Fatal(err)
	}
	policy, err := record.ParsePolicy(cmp.Or(sc.policy, "off"), target, false)
	if err != nil {
		st.t.Fatal(err)
	}
	target.Lab = !sc.foreign
	cfg := Config{Target: target, Policy: policy, Dial: st.dial, Resolver: lab{}, TLS: TLSConfig{RootCAs: pkitest.Lab().Roots}, Plan: sc.goal.Plan()}
	if sc.config != nil {
		sc.config(&cfg)
	}
	return cfg
}

// dial connects to the next script.
func (st *stage) dial(ctx context.Context, network, address string) (net.Conn, error) {
	n := int(st.dials.Add(1))
	if n > len(st.scripts) {
		return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
	}
	lines := st.scripts[n-1]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "DIAL ") {
		return nil, st.unreached(ctx, lines[0])
	}
	limit := -1
	if st.scene.limit > 0 {
		limit = st.scene.limit
	}
	here, there := net.Pipe()
	st.servers.Go(func() { st.serve(newCable(there, st.scene.count, limit, st.scene.stall), lines) })
	remote := net.TCPAddrFromAddrPort(netip.MustParseAddrPort(address))
	return endpoint{here, &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 49152}, remote}, nil
}

func (st *stage) unreached(ctx context.Context, line string) error {
	switch line {
	case "DIAL refused":
		return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	case "DIAL lost":
		return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.EHOSTUNREACH)}
	case "DIAL panic":
		panic(fmt.Errorf("password %s", thePassword))
	case "DIAL cancel":
		st.cancel()
	}
	<-ctx.Done()
	return &net.OpError{Op: "dial", Net: "tcp", Err: ctx.Err()}
}

// thePassword is the password of ann in all scripts, thePlain what AUTH PLAIN makes of it.
const (
	thePassword = "Tr0ub4dor&3+wuerfel"
	theUser     = "ann"
)

func ann() sasl.Credentials {
	return sasl.Credentials{Username: theUser, Password: sasl.NewSecret(thePassword)}
}

// inOrder does steps one after the other and returns the first error.
func inOrder(list ...record.Step) func(context.Context, *Session) error {
	return func(ctx context.Context, s *Session) error {
		for _, st := range list {
			if err := s.Do(ctx, st); err != nil {
				return err
			}
		}
		return nil
	}
}
