package lab

import (
	"crypto/tls"
	"net"
	"net/netip"
	"sync"
	"time"

	"ehlo/session/record"
)

// A Visit is one connection that the practice server has accepted.
type Visit struct {
	Began    time.Time // on the lab's clock
	Client   netip.AddrPort
	Server   netip.AddrPort // where it was accepted
	Listener Listener
}

// A Sight is one thing that the server sees of a visit, or that a device on the path does to it: one of Heard, Said, TLS, Failed, Deed and Left is
// set. The bytes are the receiver's only during the call.
type Sight struct {
	At    time.Time // on the lab's clock
	Heard []byte    // a line of the client with its end, or as much of it as the server takes; never the text of a message
	Said  []byte    // a reply with its line ends
	TLS   *tls.ConnectionState
	// Failed is why a handshake did not come to its end.
	Failed error
	// Deed is what a device on the path saw or did: the server does not see that.
	Deed *record.Deed
	// Left says that the connection has ended. Nothing comes after it.
	Left bool
}

// visiting is a visit under way: the connection that was accepted, and where there is a device on the path the server's end of it too.
type visiting struct {
	lab    *Lab
	client netip.Addr
	late   *time.Timer // closes the connection; nil without a limit

	mu    sync.Mutex
	tell  func(Sight) // nil where nobody watches
	holds int
}

// visit begins one, or turns the client away and returns nil.
func (l *Lab) visit(s *service, c net.Conn) *visiting {
	client, server := addrPort(c.RemoteAddr()), addrPort(c.LocalAddr())
	if !l.admitted.enter(client.Addr(), l.options.Limits) {
		turnAway(s, c)
		return nil
	}
	v := &visiting{lab: l, client: client.Addr(), holds: 1}
	if d := l.options.Limits.Time; d > 0 {
		v.late = time.AfterFunc(d+writeTimeout, func() { c.Close() })
	}
	if l.options.Visits != nil {
		v.tell = l.options.Visits(Visit{l.clock.now(), client, server, s.Listener})
	}
	l.visits.Store(c, v)
	return v
}

// turnAway says why, where the client waits for a greeting (RFC 5321 §3.8).
func turnAway(s *service, c net.Conn) {
	if !s.Implicit {
		c.SetWriteDeadline(time.Now().Add(time.Second))
		c.Write([]byte("421 4.7.0 " + s.Host + " too many connections, try again later\r\n"))
	}
	c.Close()
}

// visitOf is the visit that a connection belongs to, the client's own or the server's end of the path.
func (l *Lab) visitOf(c net.Conn) *visiting {
	if p, ok := c.(pathEnd); ok {
		c = p.client
	}
	if v, ok := l.visits.Load(c); ok {
		return v.(*visiting)
	}
	return nil
}

// hold keeps the visit from ending until another release.
func (v *visiting) hold() {
	if v == nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.holds++
}

// release ends the visit with the last of those who hold it.
func (v *visiting) release(c net.Conn) {
	if v == nil {
		return
	}
	v.mu.Lock()
	v.holds--
	over := v.holds == 0
	v.mu.Unlock()
	if !over {
		return
	}
	if v.late != nil {
		v.late.Stop()
	}
	if p, ok := c.(pathEnd); ok {
		c = p.client
	}
	v.lab.visits.Delete(c)
	v.lab.admitted.leave(v.client)
	v.see(Sight{Left: true})
}

// see tells who watches. Sights of one visit come one at a time.
func (v *visiting) see(s Sight) {
	if v == nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.tell == nil {
		return
	}
	s.At = v.lab.clock.now()
	v.tell(s)
	if s.Left {
		v.tell = nil
	}
}

func addrPort(a net.Addr) netip.AddrPort {
	if tcp, ok := a.(*net.TCPAddr); ok {
		p := tcp.AddrPort()
		return netip.AddrPortFrom(p.Addr().Unmap(), p.Port())
	}
	return netip.AddrPort{}
}
