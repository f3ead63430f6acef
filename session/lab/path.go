package lab

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"time"

	"ehlo/session/record"
)

// connect opens the other half of the path. It reports false if the lab is
// closing.
func (d *device) connect() bool {
	here, there, err := loopbackPair()
	if err != nil {
		return false
	}
	here, there = d.lab.witness.behind(d.socket, here, there)
	d.listenTo(here)
	behind := pathEnd{there, d.socket}
	if !d.lab.open.add(behind) {
		here.Close()
		return false
	}
	d.lab.running.Go(func() { d.lab.serve(d.service, behind) })
	return true
}

// loopbackPair returns two ends of a connection. It is a real one, not a
// net.Pipe, because both sides may be writing at once: a server refuses BDAT
// before it has read the chunk.
func loopbackPair() (near, far net.Conn, err error) {
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	defer ln.Close()
	if near, err = net.Dial("tcp4", ln.Addr().String()); err != nil {
		return nil, nil, err
	}
	far, err = ln.Accept()
	if err == nil && far.RemoteAddr().String() != near.LocalAddr().String() {
		far.Close()
		err = errors.New("another client connected first")
	}
	if err != nil {
		near.Close()
	}
	return near, far, err
}

// pathEnd is the server's end of the path. It has the client's addresses, as
// a device that forwards packets leaves them.
type pathEnd struct {
	net.Conn
	client net.Conn
}

func (p pathEnd) RemoteAddr() net.Addr { return p.client.RemoteAddr() }
func (p pathEnd) LocalAddr() net.Addr  { return p.client.LocalAddr() }

func (d *device) intercepts() bool {
	_, ok := d.rule("", intercept)
	return ok || d.trusted()
}

// trusted reports whether the device's own authority is one of those that
// clients here trust.
func (d *device) trusted() bool {
	_, ok := d.rule("", inspect)
	return ok
}

// intercept ends the client's TLS with a certificate of the device's own and
// begins another with the server.
func (d *device) intercept() bool {
	cert, err := d.lab.pki.interceptor(d.trusted())
	if err != nil {
		return false
	}
	now := d.lab.clock.now
	issuer := cert.Leaf.Issuer.CommonName
	client := tls.Server(d.client, &tls.Config{Certificates: []tls.Certificate{*cert}, Time: now})
	server := tls.Client(d.server, &tls.Config{RootCAs: d.lab.RootCAs(), ServerName: certifiedHost, Time: now})
	if client.Handshake() != nil || server.Handshake() != nil {
		return false
	}
	d.inside = true
	d.did(record.Deed{Did: record.DeedIntercepted, What: issuer})
	d.speakTo(client)
	d.listenTo(server)
	return true
}

// tunnel carries bytes both ways. Only rules about the ClientHello, and one
// that delays everything, still apply.
func (d *device) tunnel() {
	if !d.helloPasses() {
		return
	}
	d.tunnels.Store(true)
	tunnel(d.socket, d.fromServer.Buffered())
	d.lab.running.Go(func() {
		io.Copy(d.server, carrying{d.fromClient, d, fromClient})
		d.server.Close()
	})
	io.Copy(slowly{d}, carrying{d.fromServer, d, fromServer})
}

// carrying tells how much of a side goes through that cannot be read here.
type carrying struct {
	io.Reader
	*device
	side string
}

// Read implements [io.Reader].
func (c carrying) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	if n > 0 {
		c.did(record.Deed{Did: record.DeedCarried, From: c.side, Bytes: n})
	}
	if c.side == fromServer {
		fetched(c.socket, n)
	}
	return n, err
}

// helloPasses resets the connection, and reports false, where the ClientHello
// is larger than the path takes.
func (d *device) helloPasses() bool {
	if _, ok := d.rule("ClientHello", downgrade); ok {
		return d.downgrade()
	}
	r, ok := d.rule("ClientHello", reset)
	if !ok {
		return true
	}
	header, err := d.fromClient.Peek(5) // of the record: its last two bytes are the length
	if err != nil {
		return false
	}
	size := len(header) + int(binary.BigEndian.Uint16(header[3:]))
	if size <= r.Bytes {
		return true
	}
	d.did(record.Deed{Did: record.DeedReset, From: fromClient, Bytes: size})
	if tcp, ok := d.socket.(interface{ SetLinger(int) error }); ok {
		tcp.SetLinger(0) // a close is a RST then
	}
	return false
}

// supportedVersions is the type of the extension that offers TLS 1.3 (RFC 9846 §4.3.1).
var supportedVersions = []byte{0, 43}

// downgrade passes the ClientHello on with the type of its supported_versions extension changed to one that no server knows, so that the
// server sees a client of TLS 1.2. The server's random number then says that it could have done better (RFC 9846 §4.2.3).
func (d *device) downgrade() bool {
	header, err := d.fromClient.Peek(5)
	if err != nil {
		return false
	}
	hello := make([]byte, 5+int(binary.BigEndian.Uint16(header[3:])))
	if _, err := io.ReadFull(d.fromClient, hello); err != nil {
		return false
	}
	d.did(record.Deed{Did: record.DeedCarried, From: fromClient, Bytes: len(hello)})
	if i := extension(hello, supportedVersions); i >= 0 {
		hello[i], hello[i+1] = 0xff, 0xfe
		d.did(record.Deed{Did: record.DeedChanged, From: fromClient, What: "supported_versions in the ClientHello", Became: "an extension that no server knows"})
	}
	_, err = d.server.Write(hello)
	return err == nil
}

// extension finds the extension of a type in the record of a ClientHello, or returns -1. The fields before the extensions vary in length
// (RFC 9846 §4.2.2).
func extension(record, kind []byte) int {
	at := 5 + 4 + 2 + 32 // record header, message header, legacy_version, random
	for _, size := range []int{1, 2, 1} {
		at += size + length(record, at, size)
	}
	for at += 2; at+4 <= len(record); at += 4 + length(record, at+2, 2) {
		if bytes.Equal(record[at:at+2], kind) {
			return at
		}
	}
	return -1
}

// length reads a length of one or two bytes; a record that ends before gives 0.
func length(record []byte, at, size int) int {
	if at+size > len(record) {
		return 0
	}
	if size == 1 {
		return int(record[at])
	}
	return int(binary.BigEndian.Uint16(record[at:]))
}

// answerHello plays a program that waits for its client to speak, and answers
// in a protocol of its own. It stands in the server's place, and nobody on the path did anything.
func (d *device) answerHello(text string) {
	if _, err := d.fromClient.Peek(1); err != nil {
		return
	}
	io.WriteString(d.client, text)
	if tcp, ok := d.socket.(interface{ CloseWrite() error }); ok {
		tcp.CloseWrite()
	}
	d.untilClientLeaves()
}

// slowly writes to the client of a device, after its delay.
type slowly struct{ *device }

func (s slowly) Write(p []byte) (int, error) {
	if r, ok := s.rule("", delay); ok && !s.lab.wait(r.Wait) {
		return 0, net.ErrClosed
	}
	return s.client.Write(p)
}

// wait lets d pass on the lab's clock and reports whether the lab is still
// open afterwards.
func (l *Lab) wait(d time.Duration) bool { return l.clock.wait(d, l.done) }
