package tlswire

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

//go:embed testdata/rfc8448.txt
var rfc8448 string

// trace is one handshake of RFC 8448: records and what they hold.
type trace struct {
	name string
	keys []string // label and secret
	wire []piece
	want []content // in the order of wire
}

type content struct {
	dir  Direction
	kind string
	body []byte
}

func traces(t testing.TB) []*trace {
	t.Helper()
	var out []*trace
	for lines := bufio.NewScanner(strings.NewReader(rfc8448)); lines.Scan(); {
		f := strings.Fields(lines.Text())
		switch {
		case len(f) == 0 || f[0] == "#":
		case f[0] == "trace":
			out = append(out, &trace{name: f[1]})
		case f[0] == "key":
			last := out[len(out)-1]
			last.keys = append(last.keys, f[1]+" %x "+f[2])
		default:
			out[len(out)-1].add(t, f)
		}
	}
	return out
}

func (tr *trace) add(t testing.TB, f []string) {
	t.Helper()
	b, err := hex.DecodeString(f[2])
	if err != nil {
		t.Fatal(err)
	}
	if f[1] == "record" {
		tr.wire = append(tr.wire, piece{f[0], b, time.Unix(0, int64(len(tr.wire)))})
		return
	}
	tr.want = append(tr.want, content{f[0], f[1], b})
}

// keyLog gives the secrets as a key log names them: by the client's random.
func (tr *trace) keyLog() []byte {
	random := tr.wire[0].bytes[11:43]
	var b bytes.Buffer
	for _, k := range tr.keys {
		fmt.Fprintf(&b, k+"\n", random)
	}
	return b.Bytes()
}

// TestTracesOfRFC8448 decodes the published handshakes: every message is the
// published one, whether the keys come first or last.
func TestTracesOfRFC8448(t *testing.T) {
	all := traces(t)
	if len(all) != 5 {
		t.Fatalf("%d traces, want the 5 of RFC 8448 §3 to §7", len(all))
	}
	for _, tr := range all {
		for _, keysFirst := range []bool{true, false} {
			t.Run(fmt.Sprintf("section %s, keys first %v", tr.name, keysFirst), func(t *testing.T) {
				d := NewDecoder(Limits{})
				if keysFirst {
					d.KeyLog().Write(tr.keyLog())
				}
				for _, w := range tr.wire {
					d.Bytes(w.dir, w.bytes, w.at)
				}
				if !keysFirst {
					d.KeyLog().Write(tr.keyLog())
				}
				messages := d.Take()
				tr.compare(t, messages, d)
				if left := d.Finish(); len(left) != 0 {
					t.Errorf("left over: %v", script(left))
				}
				wantWhole(t, messages)
				wantTrees(t, messages)
				if got := inShort(Describe(messages)); got != published[tr.name] {
					t.Errorf("got %s\nwant %s", got, published[tr.name])
				}
			})
		}
	}
}

// published is what the RFC says that each handshake is.
var published = map[string]string{
	"3": "TLS 1.3 TLS_AES_128_GCM_SHA256 x25519 for server, signed with rsa_pss_rsae_sha256, 1 round trips, 1 tickets",
	"4": "TLS 1.3 TLS_AES_128_GCM_SHA256 x25519 for server, signed with , 1 round trips, 0 tickets, resumed, early data",
	"5": "TLS 1.3 TLS_AES_128_GCM_SHA256 secp256r1 for server, signed with rsa_pss_rsae_sha256, 2 round trips, 0 tickets, retry",
	"6": "TLS 1.3 TLS_AES_128_GCM_SHA256 x25519 for server, signed with ecdsa_secp256r1_sha256, 1 round trips, 0 tickets, client certificate",
	"7": "TLS 1.3 TLS_AES_128_GCM_SHA256 x25519 for server, signed with rsa_pss_rsae_sha256, 1 round trips, 0 tickets",
}

func inShort(s Summary) string {
	line := fmt.Sprintf("%s %s %s for %s, signed with %s, %d round trips, %d tickets", s.Version.Chosen.Name, s.Suite.Chosen.Name,
		s.Group.Chosen.Name, s.ServerName, s.Signature.Chosen.Name, s.RoundTrips, s.Tickets)
	for _, is := range []struct {
		so   bool
		word string
	}{{s.Resumed, "resumed"}, {s.EarlyData, "early data"}, {s.Retry, "retry"}, {s.CertificateRequested && s.CertificateSent, "client certificate"}, {!s.Complete, "broken off"}} {
		if is.so {
			line += ", " + is.word
		}
	}
	return line
}

// compare checks that the messages, in the order of their records, are what
// the records are said to hold.
func (tr *trace) compare(t *testing.T, messages []Message, d *Decoder) {
	t.Helper()
	var client, server Traffic
	for _, c := range tr.want {
		if c.kind == "application_data" {
			count := &client
			if c.dir == ServerToClient {
				count = &server
			}
			count.Records++
			count.Bytes += int64(len(c.body))
			continue
		}
		for rest := c.body; len(rest) > 0; {
			if len(messages) == 0 {
				t.Fatalf("no message for %s %s %x", c.dir, c.kind, rest)
			}
			m := messages[0]
			if m.Dir != c.dir || string(m.Kind) != c.kind || !bytes.HasPrefix(rest, m.Raw) {
				t.Fatalf("got %s %s %x\nwant %s %s %x", m.Dir, m.Kind, m.Raw, c.dir, c.kind, rest)
			}
			rest, messages = rest[len(m.Raw):], messages[1:]
		}
	}
	if len(messages) != 0 {
		t.Errorf("more than was published: %v", script(messages))
	}
	if c, s := d.client.traffic, d.server.traffic; c != client || s != server {
		t.Errorf("application data %v and %v, want %v and %v", c, s, client, server)
	}
}

// TestEarlyDataWithoutKey: crypto/tls never sends 0-RTT data over TCP, but a
// peer's must not put the Decoder out of step.
func TestEarlyDataWithoutKey(t *testing.T) {
	for _, tr := range traces(t) {
		if tr.name != "4" {
			continue
		}
		d := NewDecoder(Limits{})
		tr.keys = slices.DeleteFunc(tr.keys, func(k string) bool { return strings.HasPrefix(k, labelClientEarly) })
		d.KeyLog().Write(tr.keyLog())
		for _, w := range tr.wire {
			d.Bytes(w.dir, w.bytes, w.at)
		}
		want := []string{"C ClientHello", "C {encrypted record}", "S ServerHello", "S {EncryptedExtensions}", "S {Finished}",
			"C {encrypted record}", "C {Finished}", "C {Alert close_notify}", "S {Alert close_notify}"}
		if got := script(d.Take()); !slices.Equal(got, want) {
			t.Errorf("got %v", got)
		}
	}
}
