package wire_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"

	"ehlo/session/wire"
)

// The headers as proxy-protocol.txt of HAProxy has them, §2.1 and §2.2.
func TestProxyHeader(t *testing.T) {
	four := wire.ProxyHeader{Source: netip.MustParseAddrPort("192.0.2.7:35646"), Dest: netip.MustParseAddrPort("192.0.2.25:25")}
	six := wire.ProxyHeader{Source: netip.MustParseAddrPort("[2001:db8::7]:35646"), Dest: netip.MustParseAddrPort("[2001:db8::25]:587")}
	version := func(h wire.ProxyHeader, n int) wire.ProxyHeader { h.Version = n; return h }
	const signature = "0d0a0d0a000d0a515549540a"
	for _, c := range []struct {
		header wire.ProxyHeader
		want   string
	}{
		{version(four, 1), "PROXY TCP4 192.0.2.7 192.0.2.25 35646 25\r\n"},
		{version(six, 1), "PROXY TCP6 2001:db8::7 2001:db8::25 35646 587\r\n"},
		{wire.ProxyHeader{Version: 1}, "PROXY UNKNOWN\r\n"},
		{version(four, 2), signature + "2111000c" + "c0000207" + "c0000219" + "8b3e" + "0019"},
		{version(six, 2), signature + "21210024" + "20010db8000000000000000000000007" + "20010db8000000000000000000000025" + "8b3e" + "024b"},
		{wire.ProxyHeader{Version: 2, Local: true}, signature + "20000000"},
		{wire.ProxyHeader{Version: 2}, signature + "21000000"},
	} {
		got := c.header.Bytes()
		want := []byte(c.want)
		if c.header.Version == 2 {
			want, _ = hex.DecodeString(c.want)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%+v is %q, want %q", c.header, got, want)
		}
		if back, err := wire.ParseProxyHeader(got); err != nil || back != c.header {
			t.Errorf("%q reads as %+v, %v, want %+v", got, back, err, c.header)
		}
	}
}

func TestProxyHeaderRefusesWhatIsNone(t *testing.T) {
	for _, bad := range []string{"", "EHLO x\r\n", "PROXY\r\n", "PROXY TCP4\r\n", "PROXY TCP4 192.0.2.7 192.0.2.25 1 2\n", "PROXY TCP6 192.0.2.7 192.0.2.25 1 2\r\n",
		"PROXY TCP4 192.0.2.7 2001:db8::1 1 2\r\n", "PROXY TCP4 192.0.2.7 192.0.2.25 1 65536\r\n", "PROXY TCP4 192.0.2.7 192.0.2.25 01 2\r\n", "PROXY TCP4 192.0.2.7 192.0.2.25 1 2 3\r\n",
		"PROXY " + strings.Repeat("x", 200) + "\r\n", "\r\n\r\n\x00\r\nQUIT\n\x31\x11\x00\x00", "\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x04abcd", "\r\n\r\n\x00\r\nQUIT\n\x21\x11\xff\xff"} {
		if h, err := wire.ParseProxyHeader([]byte(bad)); err == nil {
			t.Errorf("%q reads as %+v", bad, h)
		}
	}
}

// A header ends where it ends: the first byte after it belongs to TLS or SMTP.
func FuzzReadProxyHeader(f *testing.F) {
	f.Add([]byte("PROXY TCP4 192.0.2.7 192.0.2.25 35646 25\r\n220 x"))
	f.Add(append(wire.ProxyHeader{Version: 2, Local: true}.Bytes(), "EHLO"...))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bufio.NewReader(bytes.NewReader(data))
		h, err := wire.ReadProxyHeader(r)
		if err != nil || !h.Source.IsValid() || h.Local {
			return
		}
		if again, err := wire.ParseProxyHeader(h.Bytes()); err != nil || again != h {
			t.Errorf("%+v comes back as %+v, %v", h, again, err)
		}
	})
}
