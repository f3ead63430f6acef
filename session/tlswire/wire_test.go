package tlswire

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// TestPass: a record that is passed over without opening it counts as opening it would, and no other is passed over.
func TestPass(t *testing.T) {
	for _, suite := range []uint16{tls.TLS_AES_128_GCM_SHA256, tls.TLS_AES_256_GCM_SHA384, tls.TLS_CHACHA20_POLY1305_SHA256} {
		for _, length := range []int{0, 1, 15, 16, 17, 62, 63, 64, 65, 1000, 16000} {
			for _, padding := range []int{0, 1, 15, 16, 63, 64, 200} {
				for _, typ := range []uint8{contentAlert, contentHandshake, contentApplicationData} {
					name := fmt.Sprintf("%s: %d bytes of type %d and %d of padding", CipherSuiteName(suite), length, typ, padding)
					opener, err := newCipher13(suite, make([]byte, 48))
					if err != nil {
						t.Fatal(err)
					}
					c := opener.(*aead13)
					c.seq = 7
					plain := append(bytes.Repeat([]byte{contentApplicationData}, length), typ)
					plain = append(plain, make([]byte, padding)...)
					r := record{RecordInfo: RecordInfo{ContentType: contentApplicationData, Version: versionTLS12, Length: len(plain) + 16}}
					r.body = c.aead.Seal(nil, appendNonce(nil, c.iv[:], c.seq), plain, r.Header())
					n, passed := c.pass(r.RecordInfo, r.body)
					switch {
					case passed && (typ != contentApplicationData || n != length || c.seq != 8):
						t.Errorf("%s: passed over as %d bytes, next is record %d", name, n, c.seq)
					case !passed && typ == contentApplicationData && padding == 0:
						t.Errorf("%s: not passed over", name)
					case passed:
						continue
					}
					if got, b, err := c.open(r.RecordInfo, r.body); err != nil || got != typ || len(b) != length {
						t.Errorf("%s: opened as %d bytes of type %d, %v", name, len(b), got, err)
					}
				}
			}
		}
	}
}

// onWire is what is kept of the records of message i, and whether each is what crossed the wire at its place.
func onWire(t *testing.T, messages []Message, i int, streams map[Direction][]byte) (kept int) {
	t.Helper()
	m := messages[i]
	for _, r := range m.Records {
		b := r.OnWire(m.Dir, messages[:i])
		if (b != nil) != m.Encrypted {
			t.Errorf("%s %s: %d bytes are kept of a record", m.Dir, m.Name, len(b))
		}
		if b != nil && !bytes.Equal(b, streams[m.Dir][r.Offset:][:recordHeaderLen+r.Length]) {
			t.Errorf("%s %s has other bytes than those at %d", m.Dir, m.Name, r.Offset)
		}
		kept += len(r.Bytes)
	}
	return kept
}

func streamsOf(wire []piece) map[Direction][]byte {
	out := map[Direction][]byte{}
	for _, w := range wire {
		out[w.dir] = append(out[w.dir], w.bytes...)
	}
	return out
}

// TestOnWire: of every message that was encrypted the records are kept as they crossed the wire, in the traces of RFC
// 8448 too, where one record carries the server's whole flight; each record is kept once.
func TestOnWire(t *testing.T) {
	check := func(t *testing.T, messages []Message, wire []piece) {
		streams, kept := streamsOf(wire), 0
		records := map[string]int{}
		for i, m := range messages {
			kept += onWire(t, messages, i, streams)
			for _, r := range m.Records {
				if m.Encrypted {
					records[fmt.Sprint(m.Dir, r.Offset)] = recordHeaderLen + r.Length
				}
			}
		}
		want := 0
		for _, n := range records {
			want += n
		}
		if kept != want || want == 0 {
			t.Errorf("%d bytes are kept of %d", kept, want)
		}
	}
	for _, tr := range traces(t) {
		d := NewDecoder(Limits{})
		d.KeyLog().Write(tr.keyLog())
		for _, w := range tr.wire {
			d.Bytes(w.dir, w.bytes, w.at)
		}
		t.Run(tr.name, func(t *testing.T) { check(t, d.Finish(), tr.wire) })
	}
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS12, tls.VersionTLS13} {
		client, server := configs(t, "rsa", version, true)
		s := converse(t, Limits{}, client, server)
		t.Run(VersionName(version), func(t *testing.T) { check(t, s.messages, s.wire) })
	}
}

// TestResumedKeyLog: the line that crypto/tls does not write is written once, and opens the handshake by itself.
func TestResumedKeyLog(t *testing.T) {
	client, server := configs(t, "rsa", tls.VersionTLS12, false)
	client.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	var sessions Sessions
	var line bytes.Buffer
	first := converse(t, Limits{Sessions: &sessions, Resumed: &line}, client, server)
	if line.Len() > 0 {
		t.Errorf("the log of a full handshake got %q", line.String())
	}
	second := converse(t, Limits{Sessions: &sessions, Resumed: &line}, client, server)
	if want := fmt.Sprintf("CLIENT_RANDOM %x ", second.messages[0].Raw[6:38]); !bytes.HasPrefix(line.Bytes(), []byte(want)) || bytes.Count(line.Bytes(), []byte("\n")) != 1 {
		t.Fatalf("%q, want one line %q…; the first: %s", line.String(), want, first.keys)
	}
	d := NewDecoder(Limits{})
	d.KeyLog().Write(line.Bytes())
	for _, w := range second.wire {
		d.Bytes(w.dir, w.bytes, w.at)
	}
	if got := d.Finish(); !slices.Equal(script(got), script(second.messages)) {
		t.Errorf("%v", script(got))
	}
}

// TestTicketUnderWay: a ticket of which the first bytes came with the server's first flight keeps nothing else waiting.
func TestTicketUnderWay(t *testing.T) {
	client, server := configs(t, "rsa", tls.VersionTLS13, false)
	client.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	whole := converse(t, Limits{}, client, server)
	ticket := slices.IndexFunc(whole.messages, func(m Message) bool { return m.Name == "NewSessionTicket" })
	if ticket < 0 {
		t.Fatal("no ticket")
	}
	begins := whole.messages[ticket].Records[0].Offset
	d := NewDecoder(Limits{})
	io.WriteString(d.KeyLog(), whole.keys)
	var sent []byte
	for _, p := range whole.wire {
		if p.dir == ServerToClient {
			sent = append(sent, p.bytes...)
		}
	}
	early, later := sent[:begins+3], sent[begins+3:]
	hello := whole.wire[0]
	d.Bytes(ClientToServer, hello.bytes, hello.at)
	d.Bytes(ServerToClient, early, hello.at)
	for _, p := range whole.wire[1:] {
		if p.dir == ClientToServer {
			d.Bytes(ClientToServer, p.bytes, p.at)
		}
	}
	if first := d.Take(); !Describe(first).Complete {
		t.Errorf("not complete: %s", strings.Join(script(first), ", "))
	}
	d.Bytes(ServerToClient, later, hello.at)
	if rest := d.Take(); len(rest) == 0 || rest[0].Name != "NewSessionTicket" {
		t.Errorf("then came %s", strings.Join(script(rest), ", "))
	}
}
