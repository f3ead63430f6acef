package session

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"ehlo/session/tlswire"
	"ehlo/session/wire"
)

// BenchmarkHandshake compares a handshake of crypto/tls that checks the certificate with the same one under the eyes of
// the decoder, and with the whole step of a session. They take turns, and the ratios are of the fastest tenth of each, so
// that they do not depend on what else the machine does.
func BenchmarkHandshake(b *testing.B) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		b.Run(tls.VersionName(version), func(b *testing.B) {
			r := newRing(b, version, 0)
			b.Run("plain", func(b *testing.B) { r.repeat(b, r.plain) })
			b.Run("observed", func(b *testing.B) { r.repeat(b, r.observed) })
			b.Run("step", func(b *testing.B) { r.repeat(b, r.step) })
			b.Run("ratio", r.ratio)
		})
	}
}

// ring is a server on loopback and what its clients need.
type ring struct {
	address string
	client  *tls.Config
	now     func() time.Time
}

// newRing starts a server of one version, and of one suite if that is not 0.
func newRing(b *testing.B, version, suite uint16) *ring {
	began := time.Now()
	r := &ring{now: func() time.Time { return theTime.Add(time.Since(began)) }}
	server := testPKI().server("mail.lab")
	server.Time, server.MinVersion, server.MaxVersion = r.now, version, version
	r.client = &tls.Config{RootCAs: testPKI().roots, ServerName: "mail.lab", Time: r.now, MinVersion: version, MaxVersion: version}
	if suite != 0 {
		server.CipherSuites = []uint16{suite}
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { ln.Close() })
	r.address = ln.Addr().String()
	go func() {
		for {
			conn, err := ln.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			go func() {
				io.Copy(io.Discard, tls.Server(conn, server)) // the handshake comes with the first read
				conn.Close()
			}()
		}
	}()
	return r
}

func (r *ring) dial(b *testing.B) net.Conn {
	conn, err := net.Dial("tcp", r.address)
	if err != nil {
		b.Fatal(err)
	}
	return conn
}

// plain, observed and step each do one handshake and say how long it took.

func (r *ring) plain(b *testing.B) time.Duration {
	conn := r.dial(b)
	defer conn.Close()
	began := time.Now()
	err := tls.Client(conn, r.client).Handshake()
	took := time.Since(began)
	if err != nil {
		b.Fatal(err)
	}
	return took
}

func (r *ring) observed(b *testing.B) time.Duration {
	conn := r.dial(b)
	defer conn.Close()
	began := time.Now()
	client, decoder := r.watch(conn)
	err := client.Handshake()
	took := time.Since(began)
	if n := len(decoder.Take()); err != nil || n < 8 {
		b.Fatal(n, err)
	}
	return took
}

// watch is TLS over a connection as a session has it.
func (r *ring) watch(conn net.Conn) (*tls.Conn, *tlswire.Decoder) {
	t, decoder, client := &tap{}, tlswire.NewDecoder(tlswire.Limits{}), r.client.Clone()
	t.start(decoder)
	client.KeyLogWriter = decoder.KeyLog()
	return tls.Client(wire.Record(conn, t, r.now), client), decoder
}

func (r *ring) step(b *testing.B) time.Duration {
	port := netip.MustParseAddrPort(r.address).Port()
	s := New(Config{Target: Target{Host: "127.0.0.1", Port: int(port)}, Now: r.now, TLS: TLSConfig{RootCAs: r.client.RootCAs, ServerName: "mail.lab",
		MinVersion: r.client.MinVersion, MaxVersion: r.client.MaxVersion}})
	defer s.Close()
	if err := s.Do(context.Background(), Step{Verb: VerbConnect}); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	err := s.Do(context.Background(), Step{Verb: VerbHandshake})
	took := time.Since(began)
	if err != nil || s.snap.State.Security != SecurityVerified {
		b.Fatal(err)
	}
	return took
}

func (r *ring) repeat(b *testing.B, shake func(*testing.B) time.Duration) {
	var total time.Duration
	for b.Loop() {
		total += shake(b)
	}
	b.ReportMetric(float64(total.Nanoseconds())/float64(b.N), "ns/op") // without the connection
}

func (r *ring) ratio(b *testing.B) {
	var plain, observed, step []time.Duration
	for b.Loop() {
		plain, observed, step = append(plain, r.plain(b)), append(observed, r.observed(b)), append(step, r.step(b))
	}
	b.ReportMetric(fast(observed)/fast(plain), "observed/plain")
	b.ReportMetric(fast(step)/fast(plain), "step/plain")
}

// fast is the slowest of the fastest tenth.
func fast(list []time.Duration) float64 {
	slices.Sort(list)
	return float64(list[len(list)/10])
}

// BenchmarkBytes is what observing costs once the handshake is over: a megabyte in whole records to the server, through
// connections that take turns.
func BenchmarkBytes(b *testing.B) {
	for _, suite := range []struct{ version, suite uint16 }{
		{tls.VersionTLS13, 0}, // AES-GCM, where the processor has AES
		{tls.VersionTLS12, tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256},
	} {
		b.Run(tls.VersionName(suite.version), func(b *testing.B) {
			r := newRing(b, suite.version, suite.suite)
			plain := tls.Client(r.dial(b), r.client)
			observed, _ := r.watch(r.dial(b))
			megabyte := make([]byte, 1<<20)
			var without, with []time.Duration
			for b.Loop() {
				without, with = append(without, send(b, plain, megabyte)), append(with, send(b, observed, megabyte))
			}
			b.ReportMetric(fast(with)/fast(without), "observed/plain")
			b.ReportMetric((fast(with)-fast(without))/float64(len(megabyte)), "more-ns/byte")
		})
	}
}

func send(b *testing.B, conn *tls.Conn, text []byte) time.Duration {
	began := time.Now()
	if _, err := conn.Write(text); err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}
