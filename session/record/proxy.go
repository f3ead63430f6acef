package record

import (
	"net/netip"

	"ehlo/session/wire"
)

// ProxyHeader is what is asked for of the PROXY header that goes out before anything else. What is empty is that of the connection itself.
type ProxyHeader struct {
	Version int `json:"version"` // 1 or 2
	// Source and SourcePort are those of the client that is stated, Dest and DestPort those that it connected to.
	Source     string `json:"source,omitempty"`
	SourcePort int    `json:"source-port,omitempty"`
	Dest       string `json:"dest,omitempty"`
	DestPort   int    `json:"dest-port,omitempty"`
	// Unknown states no addresses; Local that the connection is the proxy's own, and Datagram that the client's was UDP, which version 2
	// alone can say.
	Unknown  bool `json:"unknown,omitempty"`
	Local    bool `json:"local,omitempty"`
	Datagram bool `json:"datagram,omitempty"`
	// Raw stands in the place of all of it: after the word PROXY in version 1, after the signature in version 2.
	Raw wire.Raw `json:"raw,omitempty"`
}

// Bytes is the header of a connection between two addresses, as host:port. An address that is not stated and is of another family than the
// one that is becomes that family's loopback address.
func (p ProxyHeader) Bytes(local, remote string) []byte {
	if p.Raw != nil {
		return wire.RawProxyHeader(p.Version, p.Raw)
	}
	h := wire.ProxyHeader{Version: p.Version, Local: p.Local, Datagram: p.Datagram}
	if !p.Unknown && !p.Local {
		h.Source, h.Dest = stated(p.Source, p.SourcePort, local), stated(p.Dest, p.DestPort, remote)
		switch {
		case p.Source == "" && p.Dest != "":
			h.Source = ofFamily(h.Source, h.Dest.Addr())
		default:
			h.Dest = ofFamily(h.Dest, h.Source.Addr())
		}
	}
	return h.Bytes()
}

// stated is an address and a port, each that of the connection where it is not given.
func stated(address string, port int, of string) netip.AddrPort {
	own, _ := netip.ParseAddrPort(of)
	addr, err := netip.ParseAddr(address)
	if err != nil {
		addr = own.Addr()
	}
	if port == 0 {
		port = int(own.Port())
	}
	return netip.AddrPortFrom(addr.Unmap().WithZone(""), uint16(port))
}

// ofFamily keeps an address of the same family as another.
func ofFamily(a netip.AddrPort, other netip.Addr) netip.AddrPort {
	switch {
	case a.Addr().Is4() == other.Is4() && a.IsValid():
		return a
	case other.Is4():
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), a.Port())
	}
	return netip.AddrPortFrom(netip.IPv6Loopback(), a.Port())
}
