package tlswire

import (
	"crypto/tls"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// BenchmarkHandshake compares a handshake of crypto/tls with one that is
// observed; observing is to cost at most a tenth.
func BenchmarkHandshake(b *testing.B) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		client, server := configs(b, "ecdsa", version, false)
		for _, observed := range []bool{false, true} {
			name := VersionName(version) + "/plain"
			if observed {
				name = VersionName(version) + "/observed"
			}
			b.Run(name, func(b *testing.B) {
				for b.Loop() {
					handshake(b, client, server, observed)
				}
			})
		}
	}
}

// quick is a tap without the recording of the tests.
type quick struct {
	net.Conn
	d *Decoder
}

func (q quick) Read(p []byte) (int, error) {
	n, err := q.Conn.Read(p)
	q.d.Bytes(ServerToClient, p[:n], time.Now())
	return n, err
}

func (q quick) Write(p []byte) (int, error) {
	q.d.Bytes(ClientToServer, p, time.Now())
	return q.Conn.Write(p)
}

func handshake(b *testing.B, client, server *tls.Config, observed bool) {
	near, far := net.Pipe()
	var done sync.WaitGroup
	done.Go(func() { tls.Server(far, server).Handshake() })
	d := NewDecoder(Limits{})
	if observed {
		client = client.Clone()
		client.KeyLogWriter = d.KeyLog()
		near = quick{near, d}
	}
	if err := tls.Client(near, client).Handshake(); err != nil {
		b.Error(err)
	}
	done.Wait()
	if observed && len(d.Take()) < 8 {
		b.Error("messages are missing")
	}
	near.Close()
	far.Close()
}

// BenchmarkApplicationData is what opening the records after the handshake
// costs, for each suite of TLS 1.3.
func BenchmarkApplicationData(b *testing.B) {
	for _, suite := range []uint16{tls.TLS_AES_128_GCM_SHA256, tls.TLS_AES_256_GCM_SHA384, tls.TLS_CHACHA20_POLY1305_SHA256} {
		b.Run(CipherSuiteName(suite), func(b *testing.B) {
			opener, err := newCipher13(suite, make([]byte, 48))
			if err != nil {
				b.Fatal(err)
			}
			c := opener.(*aead13)
			r := record{RecordInfo: RecordInfo{ContentType: contentApplicationData, Version: versionTLS12, Length: 1<<14 + 17}}
			r.body = c.aead.Seal(nil, appendNonce(nil, c.iv[:], 0), append(make([]byte, 1<<14), contentApplicationData), r.Header())
			b.SetBytes(1 << 14)
			for b.Loop() {
				c.seq = 0
				if typ, plain, err := c.open(r.RecordInfo, r.body); err != nil || typ != contentApplicationData || len(plain) != 1<<14 {
					b.Fatal(typ, len(plain), err)
				}
			}
		})
	}
}

// BenchmarkDecode is the decoder's own work in a handshake, and BenchmarkFields
// what opening all its messages costs when someone looks.
func BenchmarkDecode(b *testing.B) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		client, server := configs(b, "ecdsa", version, false)
		s := converse(b, Limits{}, client, server)
		b.Run(VersionName(version), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				d := NewDecoder(Limits{})
				for i, w := range s.wire {
					if i == 1 {
						io.WriteString(d.KeyLog(), s.keys)
					}
					d.Bytes(w.dir, w.bytes, w.at)
				}
				if len(d.Take()) < 8 {
					b.Fatal("messages are missing")
				}
			}
		})
	}
}

// BenchmarkDescribe is what it costs to say what a handshake decided.
func BenchmarkDescribe(b *testing.B) {
	client, server := configs(b, "ecdsa", tls.VersionTLS13, false)
	s := converse(b, Limits{}, client, server)
	b.ReportAllocs()
	for b.Loop() {
		if Describe(s.messages).Suite.Chosen.Name == "" {
			b.Fatal("no suite")
		}
	}
}
