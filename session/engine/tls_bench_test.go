package engine

import (
	"context"
	"crypto/tls"
	"ehlo/session/certificate/pkitest"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
	"ehlo/session/wire/keytest"
)

// BenchmarkHandshake compares a handshake of plain crypto/tls, which checks the chain against the same root, remembers a
// session and can be canceled, with the same one under the eyes of the decoder, and with the whole step of a session. They
// take turns, and each ratio is the median of all rounds, so that it does not depend on what else the machine does.
func BenchmarkHandshake(b *testing.B) {
	for _, key := range []string{"ECDSA", "RSA"} {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			b.Run(key+"/"+tls.VersionName(version), func(b *testing.B) {
				r := newRing(b, benchPKI(key), version, 0)
				b.Run("plain", func(b *testing.B) { r.repeat(b, r.plain) })
				b.Run("observed", func(b *testing.B) { r.repeat(b, r.observed) })
				b.Run("step", func(b *testing.B) { r.repeat(b, r.step) })
				b.Run("ratio", r.ratio)
			})
		}
	}
}

func benchPKI(kind string) *pkitest.PKI {
	if kind == "ECDSA" {
		return pkitest.Lab()
	}
	return rsaPKI()
}

var rsaPKI = sync.OnceValue(func() *pkitest.PKI { return pkitest.New(keytest.RSA()) })

// ring is a server on loopback and what its clients need.
type ring struct {
	address string
	client  *tls.Config
	now     func() time.Time
	clock   func() time.Time // that measures
}

// newRing starts a server of one version, and of one suite if that is not 0.
func newRing(b *testing.B, p *pkitest.PKI, version, suite uint16) *ring {
	began := time.Now()
	r := &ring{now: func() time.Time { return pkitest.Time.Add(time.Since(began)) }, clock: time.Now}
	server := p.Server("mail.lab")
	server.Time, server.MinVersion, server.MaxVersion = r.now, version, version
	r.client = &tls.Config{RootCAs: p.Roots, ServerName: "mail.lab", Time: r.now, MinVersion: version, MaxVersion: version}
	if suite != 0 {
		server.CipherSuites = []uint16{suite}
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { ln.Close() })
	r.address = ln.Addr().String()
	go serveHandshakes(ln, server)
	return r
}

func serveHandshakes(ln net.Listener, server *tls.Config) {
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
}

// session is one that has its connection. Whatever is measured begins with it, for it matters how long the connection has stood: a server
// that has gone to sleep is woken by the ClientHello, and that takes the client's time.
func (r *ring) session(b *testing.B) *Session {
	port := netip.MustParseAddrPort(r.address).Port()
	s := New(Config{Target: record.Target{Host: "127.0.0.1", Port: int(port)}, Now: r.now, TLS: TLSConfig{RootCAs: r.client.RootCAs, ServerName: "mail.lab",
		MinVersion: r.client.MinVersion, MaxVersion: r.client.MaxVersion}})
	if err := s.Do(context.Background(), record.Step{Verb: record.VerbConnect}); err != nil {
		b.Fatal(err)
	}
	return s
}

func (r *ring) dial(b *testing.B) net.Conn { return r.session(b).conn.Conn }

// plain, observed and step each do one handshake and say how long it took.

func (r *ring) plain(b *testing.B) time.Duration {
	conn := r.dial(b)
	defer conn.Close()
	began := r.clock()
	client := r.client.Clone()
	client.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	err := shake(tls.Client(conn, client))
	took := r.clock().Sub(began)
	if err != nil {
		b.Fatal(err)
	}
	return took
}

// shake does a handshake that could be canceled.
func shake(client *tls.Conn) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return client.HandshakeContext(ctx)
}

func (r *ring) observed(b *testing.B) time.Duration {
	conn := r.dial(b)
	defer conn.Close()
	began := r.clock()
	client, decoder := r.watch(conn)
	err := shake(client)
	took := r.clock().Sub(began)
	if n := len(decoder.Take()); err != nil || n < 8 {
		b.Fatal(n, err)
	}
	return took
}

// watch is TLS over a connection as a session has it.
func (r *ring) watch(conn net.Conn) (*tls.Conn, *tlswire.Decoder) {
	t, decoder, client := &tap{}, tlswire.NewDecoder(tlswire.Limits{}), r.client.Clone()
	t.start(decoder)
	client.KeyLogWriter, client.ClientSessionCache = decoder.KeyLog(), tls.NewLRUClientSessionCache(1)
	return tls.Client(wire.Record(conn, t, r.now), client), decoder
}

func (r *ring) step(b *testing.B) time.Duration {
	s := r.session(b)
	defer s.Close()
	began := r.clock()
	err := s.Do(context.Background(), record.Step{Verb: record.VerbHandshake})
	took := r.clock().Sub(began)
	if err != nil || s.snap.State.Security != record.SecurityVerified {
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

// ratio has each of the three go first in turn.
func (r *ring) ratio(b *testing.B) {
	shakes := [...]func(*testing.B) time.Duration{r.plain, r.observed, r.step}
	var took [len(shakes)][]time.Duration
	for round := 0; b.Loop(); round++ {
		for i := range shakes {
			n := (round + i) % len(shakes)
			took[n] = append(took[n], shakes[n](b))
		}
	}
	b.ReportMetric(ratio(took[1], took[0]), "observed/plain")
	b.ReportMetric(ratio(took[2], took[0]), "step/plain")
}

// ratio is the median of the ratios of what was measured one beside the other.
func ratio(list, base []time.Duration) float64 {
	all := make([]float64, len(list))
	for i := range list {
		all[i] = float64(list[i]) / float64(base[i])
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// BenchmarkBytes is what observing costs once the handshake is over: a megabyte to the server in whole records, and
// lines of 64 bytes, through connections that take turns.
func BenchmarkBytes(b *testing.B) {
	for _, c := range []struct {
		name           string
		version, suite uint16
	}{
		{"AES-GCM", tls.VersionTLS13, 0}, // where the processor has AES
		{"AES-GCM", tls.VersionTLS12, tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256},
		{"ChaCha20", tls.VersionTLS12, tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256},
	} {
		b.Run(tls.VersionName(c.version)+"/"+c.name, func(b *testing.B) {
			r := newRing(b, pkitest.Lab(), c.version, c.suite)
			plain := tls.Client(r.dial(b), r.client)
			observed, _ := r.watch(r.dial(b))
			for _, load := range []struct {
				name        string
				writes, len int
			}{{"bulk", 1, 1 << 20}, {"lines", 100, 64}} {
				b.Run(load.name, func(b *testing.B) {
					text := make([]byte, load.len)
					var without, with []time.Duration
					for b.Loop() {
						without = append(without, send(b, plain, text, load.writes))
						with = append(with, send(b, observed, text, load.writes))
					}
					b.ReportMetric(ratio(with, without), "observed/plain")
					b.ReportMetric(float64(median(with)-median(without))/float64(load.writes*load.len), "more-ns/byte")
				})
			}
		})
	}
}

func median(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)/2]
}

func send(b *testing.B, conn *tls.Conn, text []byte, times int) time.Duration {
	began := time.Now()
	for range times {
		if _, err := conn.Write(text); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(began)
}
