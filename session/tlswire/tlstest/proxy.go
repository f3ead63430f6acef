package tlstest

import (
	"bytes"
	"net"
	"sync"
	"testing"
	"time"

	"ehlo/session/tlswire"
)

// Piece is what one read from one side carried.
type Piece struct {
	Dir   string // C from the client, S from the server
	Bytes []byte
	At    time.Time
}

// Proxy forwards one connection to the address and records both directions. It returns where to connect, and what
// waits for the end of the connection and returns the record, in an order that could have been; call it in any case.
func Proxy(t testing.TB, address string) (listen string, record func() []Piece) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &recording{}
	r.running.Go(func() {
		client, err := ln.Accept()
		if err != nil {
			return
		}
		defer client.Close()
		server, err := net.Dial("tcp", address)
		if err != nil {
			return
		}
		defer server.Close()
		r.both(client, server)
	})
	return ln.Addr().String(), func() []Piece {
		ln.Close() // if nobody came
		r.running.Wait()
		return r.pieces
	}
}

type recording struct {
	running sync.WaitGroup
	mu      sync.Mutex
	pieces  []Piece
}

func (r *recording) both(client, server net.Conn) {
	var back sync.WaitGroup
	back.Go(func() { r.forward(tlswire.ServerToClient, client, server) })
	r.forward(tlswire.ClientToServer, server, client)
	back.Wait()
}

// forward records before it passes on, so that an answer never stands before what it answers.
func (r *recording) forward(dir string, to, from net.Conn) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			r.mu.Lock()
			r.pieces = append(r.pieces, Piece{dir, bytes.Clone(buf[:n]), time.Now()})
			r.mu.Unlock()
			to.Write(buf[:n])
		}
		if err != nil {
			to.(*net.TCPConn).CloseWrite()
			return
		}
	}
}
