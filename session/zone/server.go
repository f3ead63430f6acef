package zone

import (
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/miekg/dns"
)

const (
	// largestUDP is the most that goes into one datagram, in bytes: what passes without fragments nearly everywhere.
	largestUDP = 1232
	// patience is how long a client may take for what it sends over TCP.
	patience = 5 * time.Second
)

// A Server answers for a zone over UDP and TCP.
type Server struct {
	Addr string // "127.0.0.1:5300"

	servers []*dns.Server
	ended   chan error
}

// Serve answers for z at an address of this machine; port 0 takes a free one, the same for UDP and TCP. [Server.Close] ends it.
func Serve(z *Zone, address string) (*Server, error) {
	datagrams, stream, err := open(address)
	if err != nil {
		return nil, fmt.Errorf("name server: %w", err)
	}
	s := &Server{Addr: datagrams.LocalAddr().String(), ended: make(chan error, 2)}
	handler := dns.HandlerFunc(func(w dns.ResponseWriter, asked *dns.Msg) { answer(z, w, asked) })
	s.run(&dns.Server{PacketConn: datagrams, Handler: handler})
	s.run(&dns.Server{Listener: stream, Handler: handler, ReadTimeout: patience, WriteTimeout: patience, IdleTimeout: func() time.Duration { return patience }})
	return s, nil
}

// attempts is how often a free port is sought that is free for both. TCP chooses it: so many connections of a busy machine hold ports
// of TCP that one which is free for UDP often is not.
const attempts = 10

func open(address string) (datagrams net.PacketConn, stream net.Listener, err error) {
	for range attempts {
		if stream, err = net.Listen("tcp", address); err != nil {
			return nil, nil, err
		}
		if datagrams, err = net.ListenPacket("udp", stream.Addr().String()); err == nil {
			return datagrams, stream, nil
		}
		stream.Close()
	}
	return nil, nil, err
}

// run returns once the server takes questions.
func (s *Server) run(server *dns.Server) {
	ready := make(chan struct{})
	server.NotifyStartedFunc = func() { close(ready) }
	s.servers = append(s.servers, server)
	go func() { s.ended <- server.ActivateAndServe() }()
	<-ready
}

// Close ends the server and waits for its goroutines.
func (s *Server) Close() error {
	var errs []error
	for _, server := range s.servers {
		errs = append(errs, server.Shutdown())
	}
	for range s.servers {
		errs = append(errs, <-s.ended)
	}
	s.servers = nil
	return errors.Join(errs...)
}

// answer is cut where it does not fit into a datagram: the client asks again over TCP (RFC 7766 §5).
func answer(z *Zone, w dns.ResponseWriter, asked *dns.Msg) {
	reply := z.Answer(asked)
	if _, ok := w.RemoteAddr().(*net.UDPAddr); ok {
		size := dns.MinMsgSize
		if opt := asked.IsEdns0(); opt != nil {
			size = min(max(int(opt.UDPSize()), dns.MinMsgSize), largestUDP)
		}
		reply.Truncate(size)
	}
	w.WriteMsg(reply) // who has gone needs no answer
}
