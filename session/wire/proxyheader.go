package wire

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"
)

// ProxyHeader is what a load balancer says of a connection that it passes on, before anything else crosses it: the PROXY protocol,
// version 1 or 2, of HAProxy (proxy-protocol.txt).
type ProxyHeader struct {
	Version int // 1 or 2
	// Local says that the connection is the load balancer's own, such as a health check. Version 2 has a command for it, and version 1 says
	// UNKNOWN.
	Local bool
	// Datagram says that what is passed on is UDP; version 2 alone can say so.
	Datagram bool
	// Source is the real client, Dest where it connected to. Both are of one family, or neither is valid: nothing is said then.
	Source, Dest netip.AddrPort
}

// proxySignature begins a header of version 2. A server of SMTP that does not know it reads empty lines and a QUIT in it.
const proxySignature = "\r\n\r\n\x00\r\nQUIT\n"

// longestProxyLine bounds a header of version 1 with its CRLF, in bytes.
const longestProxyLine = 107

// mostProxyBytes bounds what a header of version 2 says after its length, in bytes: addresses of any family fit, and what may follow them.
const mostProxyBytes = 4096

// proxyFixed is how many bytes a header of version 2 has before its addresses.
const proxyFixed = len(proxySignature) + 4

// RawProxyHeader is a header that holds anything: after the word PROXY in version 1, after the signature in version 2.
func RawProxyHeader(version int, rest []byte) []byte {
	if version == 2 {
		return append([]byte(proxySignature), rest...)
	}
	return append(append([]byte("PROXY "), rest...), "\r\n"...)
}

// Bytes is the header as it is sent.
func (h ProxyHeader) Bytes() []byte {
	if h.Version == 2 {
		return h.binary()
	}
	line := h.family()
	if h.told() {
		line += fmt.Sprintf(" %s %s %d %d", h.Source.Addr(), h.Dest.Addr(), h.Source.Port(), h.Dest.Port())
	}
	return RawProxyHeader(1, []byte(line))
}

// told reports whether addresses are said.
func (h ProxyHeader) told() bool { return h.Source.IsValid() && h.Dest.IsValid() && !h.Local }

// family is the second word of version 1.
func (h ProxyHeader) family() string {
	switch {
	case !h.told():
		return "UNKNOWN"
	case h.Source.Addr().Is4():
		return "TCP4"
	}
	return "TCP6"
}

func (h ProxyHeader) binary() []byte {
	command, family := byte(0x21), byte(0) // version 2, PROXY
	if h.Local {
		command = 0x20
	}
	var addresses []byte
	if h.told() {
		family = 0x11 // AF_INET, STREAM
		if h.Source.Addr().Is6() {
			family = 0x21
		}
		if h.Datagram {
			family++
		}
		addresses = append(h.Source.Addr().AsSlice(), h.Dest.Addr().AsSlice()...)
		addresses = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(addresses, h.Source.Port()), h.Dest.Port())
	}
	head := binary.BigEndian.AppendUint16([]byte{command, family}, uint16(len(addresses)))
	return RawProxyHeader(2, append(head, addresses...))
}

// String is the header in a few words, for people.
func (h ProxyHeader) String() string {
	switch {
	case h.Local:
		return "a connection of the proxy's own"
	case !h.told():
		return "an unknown client"
	}
	return fmt.Sprintf("client %s, connected to %s", h.Source, h.Dest)
}

// ShownProxyHeader says in words what a header of version 2 holds, which is no text; empty for one of version 1 and for what is none.
func ShownProxyHeader(b []byte) string {
	if !bytes.HasPrefix(b, []byte(proxySignature)) {
		return ""
	}
	what := fmt.Sprintf("PROXY header, version 2, %d bytes: ", len(b))
	h, err := ParseProxyHeader(b)
	if err != nil {
		return what + errNotProxy.Error()
	}
	return what + h.String()
}

// errNotProxy says that what came is no header.
var errNotProxy = errors.New("not well-formed")

// ParseProxyHeader reads a header that is all there is.
func ParseProxyHeader(b []byte) (ProxyHeader, error) {
	if _, rest, ok := CutProxyHeader(b); !ok || len(rest) > 0 {
		return ProxyHeader{}, errNotProxy
	}
	return ReadProxyHeader(bufio.NewReader(bytes.NewReader(b)))
}

// CutProxyHeader is the header that bytes begin with, and what follows it; ok is false where they begin with none.
func CutProxyHeader(b []byte) (header, rest []byte, ok bool) {
	from := bytes.NewReader(b)
	r := bufio.NewReader(from)
	if _, err := ReadProxyHeader(r); err != nil {
		return nil, b, false
	}
	n := len(b) - from.Len() - r.Buffered()
	return b[:n], b[n:], true
}

// ReadProxyHeader reads a header, and nothing of what follows it. The reader's buffer has to hold a line of version 1.
func ReadProxyHeader(r *bufio.Reader) (ProxyHeader, error) {
	first, err := r.Peek(1)
	if err != nil {
		return ProxyHeader{}, err
	}
	if first[0] == proxySignature[0] {
		return readProxyBinary(r)
	}
	return readProxyLine(r)
}

func readProxyLine(r *bufio.Reader) (ProxyHeader, error) {
	var line []byte
	for len(line) < longestProxyLine && !bytes.HasSuffix(line, []byte("\r\n")) {
		c, err := r.ReadByte()
		if err != nil {
			return ProxyHeader{}, err
		}
		line = append(line, c)
	}
	text, whole := strings.CutSuffix(string(line), "\r\n")
	words := strings.Split(text, " ")
	switch {
	case !whole || len(words) < 2 || words[0] != "PROXY":
		return ProxyHeader{}, errNotProxy
	case words[1] == "UNKNOWN":
		return ProxyHeader{Version: 1}, nil
	case len(words) != 6:
		return ProxyHeader{}, errNotProxy
	}
	source, dest := proxyAddress(words[2], words[4]), proxyAddress(words[3], words[5])
	h := ProxyHeader{Version: 1, Source: source, Dest: dest}
	if !h.told() || h.family() != words[1] || source.Addr().Is4() != dest.Addr().Is4() {
		return ProxyHeader{}, errNotProxy
	}
	return h, nil
}

// proxyAddress is an address and a port of version 1, which is decimal without a zero before it; invalid where they are none.
func proxyAddress(address, port string) netip.AddrPort {
	a, bad := netip.ParseAddr(address)
	n, err := strconv.ParseUint(port, 10, 16)
	if bad != nil || err != nil || a.Zone() != "" || len(port) > 1 && port[0] == '0' || port[0] == '+' {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(a, uint16(n))
}

func readProxyBinary(r *bufio.Reader) (ProxyHeader, error) {
	head := make([]byte, proxyFixed)
	if _, err := io.ReadFull(r, head); err != nil {
		return ProxyHeader{}, err
	}
	command, family, size := head[12], head[13], int(binary.BigEndian.Uint16(head[14:]))
	if !bytes.HasPrefix(head, []byte(proxySignature)) || command>>4 != 2 || command&0x0f > 1 || size > mostProxyBytes {
		return ProxyHeader{}, errNotProxy
	}
	rest := make([]byte, size)
	if _, err := io.ReadFull(r, rest); err != nil {
		return ProxyHeader{}, err
	}
	h := ProxyHeader{Version: 2, Local: command&0x0f == 0, Datagram: family&0x0f == 2}
	if h.Local {
		return h, nil // whatever addresses it has count for nothing
	}
	return h.withAddresses(family>>4, rest)
}

// withAddresses reads the addresses of a family: 1 is IPv4, 2 is IPv6, and of another one nothing is known.
func (h ProxyHeader) withAddresses(family byte, rest []byte) (ProxyHeader, error) {
	size := map[byte]int{1: 4, 2: 16}[family]
	switch {
	case size == 0:
		return h, nil
	case len(rest) < 2*size+4:
		return ProxyHeader{}, errNotProxy
	}
	source, _ := netip.AddrFromSlice(rest[:size])
	dest, _ := netip.AddrFromSlice(rest[size : 2*size])
	ports := rest[2*size:]
	h.Source = netip.AddrPortFrom(source, binary.BigEndian.Uint16(ports))
	h.Dest = netip.AddrPortFrom(dest, binary.BigEndian.Uint16(ports[2:]))
	return h, nil
}
