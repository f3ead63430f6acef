package tlswire

import (
	"crypto/tls"
	"hash/crc32"
	"io"
	"runtime"
	"testing"
	"time"
	"unsafe"
)

// The memory that anything from outside may hold: 16 times its size and a
// constant for what every connection or tree may have.
const (
	perByte    = 16
	perDecoder = 64 << 10
	perTree    = (baseFields + 1) * 2 * int(unsafe.Sizeof(Field{}))
)

// measuring is for a test that measures memory again and again: on one processor nothing else allocates meanwhile, and a collection
// has nobody to yield to, which on two is most of its time.
func measuring(t *testing.T) {
	before := runtime.GOMAXPROCS(1)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
}

// live is how much memory is in use once the garbage is gone.
func live() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// sampled picks the inputs for which a fuzz target measures: one in 64, as each
// measurement collects the garbage twice, and none so short that the constants
// are all there is.
func sampled(b []byte) bool {
	return len(b) >= 1<<10 && crc32.ChecksumIEEE(b)%64 == 0
}

// checkTree makes a tree of the fields of some bytes and looks at its ranges,
// and at what it holds.
func checkTree(t *testing.T, where string, raw []byte, measured bool, parse func() []Field) {
	t.Helper()
	before := 0
	if measured {
		before = live()
	}
	fields := parse()
	if measured {
		if n := live() - before; n > perTree+perByte*len(raw) {
			t.Errorf("%s: a tree of %d bytes for %d", where, n, len(raw))
		}
	}
	wantCovered(t, where, fields, 0, len(raw))
}

func checkMessage(t *testing.T, m Message, measured bool) {
	t.Helper()
	checkTree(t, m.Name, m.Raw, measured, func() []Field { return m.Fields(m.At, means) })
}

// FuzzDecoder feeds pieces: a byte with the direction and the size, and the
// bytes.
func FuzzDecoder(f *testing.F) {
	for _, tr := range traces(f) {
		f.Add(tr.keyLog(), pieces(tr.wire))
	}
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS12, tls.VersionTLS13} {
		client, server := configs(f, "ecdsa", version, true)
		s := converse(f, Limits{}, client, server)
		f.Add([]byte(s.keys), pieces(s.wire))
	}
	f.Add([]byte(nil), []byte("\x8a220 mail.lab ESMTP\r\n"))
	f.Add([]byte(nil), []byte("\x16\x03\x01\x00\x04\x01\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, keys, script []byte) {
		measured, size := sampled(script), 0
		before := 0
		if measured {
			before = live()
		}
		d := NewDecoder(Limits{Message: 1 << 16})
		half := len(keys) / 2
		d.KeyLog().Write(keys[:half])
		var all []Message
		for len(script) > 0 {
			dir := ClientToServer
			if script[0]&0x80 != 0 {
				dir = ServerToClient
			}
			n := min(len(script)-1, 1+int(script[0]&0x7f)*16)
			d.Bytes(dir, script[1:1+n], time.Unix(0, 0))
			size += n
			script = script[1+n:]
			if script != nil && len(script)%3 == 0 {
				all = append(all, d.Take()...)
			}
		}
		d.KeyLog().Write(keys[half:])
		if measured {
			if got := live() - before; got > perDecoder+perByte*size {
				t.Fatalf("%d bytes held for %d", got, size)
			}
		}
		all = append(all, d.Finish()...)
		for i, m := range all {
			if m.Seq != i {
				t.Fatalf("message %d has Seq %d", i, m.Seq)
			}
			checkMessage(t, m, measured)
		}
		sum := Describe(all)
		if secure, complete := SecureRenegotiation(all); secure != sum.SecureRenegotiation || complete != sum.Complete {
			t.Fatalf("secure renegotiation %v, complete %v, and otherwise %v, %v", secure, complete, sum.SecureRenegotiation, sum.Complete)
		}
		Diagnose(all, io.EOF, means)
	})
}

// pieces writes what crossed a wire as FuzzDecoder reads it.
func pieces(wire []piece) []byte {
	var out []byte
	for _, w := range wire {
		for b := w.bytes; len(b) > 0; {
			steps := min(0x7f, max(0, (len(b)-1)/16))
			n := min(len(b), 1+steps*16)
			head := byte(steps)
			if w.dir == ServerToClient {
				head |= 0x80
			}
			out = append(append(out, head), b[:n]...)
			b = b[n:]
		}
	}
	return out
}

func FuzzMessage(f *testing.F) {
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS12, tls.VersionTLS13} {
		for _, kind := range []string{"rsa", "ecdsa"} {
			client, server := configs(f, kind, version, true)
			for _, m := range converse(f, Limits{}, client, server).messages {
				f.Add(m.Raw, m.Type, m.Version, m.Suite, m.Dir == ServerToClient)
			}
		}
	}
	f.Add([]byte{typeClientHello, 0, 0, 36, 3, 3, 35: 0, 38: 0}, uint8(typeServerHello), uint16(versionTLS12), uint16(0), true)
	f.Fuzz(func(t *testing.T, raw []byte, typ uint8, version, suite uint16, fromServer bool) {
		m := Message{Dir: ClientToServer, Kind: KindHandshake, Type: typ, Name: handshakeTypeName(typ), Raw: raw, Version: version, Suite: suite}
		if fromServer {
			m.Dir = ServerToClient
		}
		checkMessage(t, m, sampled(raw))
		m.Certificates()
		Describe([]Message{m})
		m.Kind = KindAlert
		checkMessage(t, m, false)
		Diagnose([]Message{m}, nil, means)
	})
}

// FuzzExtension puts one extension into each message that may have it.
func FuzzExtension(f *testing.F) {
	client, server := configs(f, "rsa", tls.VersionTLS13, true)
	for _, m := range converse(f, Limits{}, client, server).messages {
		if h, ok := readHello(typeClientHello, m.Raw); ok && m.is(typeClientHello) {
			for _, c := range extensionTypes {
				if body, ok := h.extension(c.Value); ok {
					f.Add(c.Value, body)
				}
			}
		}
	}
	for _, c := range extensionTypes {
		f.Add(c.Value, []byte{0, 3, 2, 1, 1})
	}
	f.Fuzz(func(t *testing.T, typ uint16, body []byte) {
		body = body[:min(len(body), 1<<15)]
		for _, message := range []uint8{typeClientHello, typeServerHello, typeEncryptedExtensions, typeCertificateRequest, typeCertificate, typeNewSessionTicket} {
			raw := append([]byte{byte(typ >> 8), byte(typ), byte(len(body) >> 8), byte(len(body))}, body...)
			p := newParser(raw, time.Unix(0, 0))
			p.means = means
			p.msg = Message{Kind: KindHandshake, Type: message, Version: versionTLS13, Dir: ServerToClient}
			checkTree(t, name16(extensionTypes, typ), raw, sampled(raw), func() []Field {
				p.extension()
				return p.out
			})
		}
	})
}

func FuzzCertificate(f *testing.F) {
	for _, kind := range []string{"rsa", "ecdsa"} {
		for _, der := range issue(f, kind).Certificate {
			f.Add(der)
		}
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		checkTree(t, "certificate", der, sampled(der), func() []Field {
			fields := ParseCertificate(der, time.Unix(1e9, 0))
			if len(der) > 0 && len(fields) == 0 {
				t.Error("nothing said about a certificate")
			}
			return fields
		})
	})
}

func FuzzKeyLog(f *testing.F) {
	for _, tr := range traces(f) {
		f.Add(string(tr.keyLog()))
	}
	f.Fuzz(func(t *testing.T, log string) {
		d := NewDecoder(Limits{})
		io.WriteString(d.KeyLog(), log)
		if len(d.keys.secrets) > maxKeys || len(d.keys.line) > maxKeyLine {
			t.Errorf("%d keys, a line of %d", len(d.keys.secrets), len(d.keys.line))
		}
	})
}
