package route

import (
	"fmt"
	"net/netip"
	"strings"
)

// special are the blocks of addresses that are not of the public Internet, by the registries of RFC 6890.
var special = []struct{ block, name string }{
	{"0.0.0.0/8", "unspecified"}, {"10.0.0.0/8", "private"}, {"100.64.0.0/10", "shared"}, {"127.0.0.0/8", "loopback"}, {"169.254.0.0/16", "link-local"},
	{"172.16.0.0/12", "private"}, {"192.0.0.0/24", "reserved"}, {"192.0.2.0/24", "documentation"}, {"192.168.0.0/16", "private"}, {"198.18.0.0/15", "benchmarking"},
	{"198.51.100.0/24", "documentation"}, {"203.0.113.0/24", "documentation"}, {"224.0.0.0/4", "multicast"}, {"240.0.0.0/4", "reserved"},
	{"::/128", "unspecified"}, {"::1/128", "loopback"}, {"64:ff9b:1::/48", "private"}, {"100::/64", "discard"}, {"2001:db8::/32", "documentation"},
	{"3fff::/20", "documentation"}, {"fc00::/7", "private"}, {"fe80::/10", "link-local"}, {"fec0::/10", "private"}, {"ff00::/8", "multicast"},
}

// embedding are the blocks of IPv6 that lead to an IPv4 address, with the byte at which that begins (RFC 4291 §2.5.5.1, RFC 6052 §2.1, RFC 3056 §2).
var embedding = []struct {
	block string
	at    int
}{{"::/96", 12}, {"64:ff9b::/96", 12}, {"2002::/16", 2}}

// Special is what an address is that is none of the public Internet, empty for one that is.
func Special(addr netip.Addr) string {
	addr = addr.Unmap().WithZone("")
	for _, s := range special {
		if netip.MustParsePrefix(s.block).Contains(addr) {
			return s.name
		}
	}
	for _, e := range embedding {
		if netip.MustParsePrefix(e.block).Contains(addr) {
			sixteen := addr.As16()
			return Special(netip.AddrFrom4([4]byte(sixteen[e.at : e.at+4])))
		}
	}
	return ""
}

// Reversed are the parts of an address from its end, as the names of PTR records and of block lists have them (RFC 1035 §3.5, RFC 3596
// §2.5, RFC 5782 §2.1).
func Reversed(addr netip.Addr) string {
	var parts []string
	if addr = addr.Unmap(); addr.Is4() {
		for _, b := range addr.As4() {
			parts = append([]string{fmt.Sprint(b)}, parts...)
		}
		return strings.Join(parts, ".")
	}
	for _, b := range addr.As16() {
		parts = append([]string{fmt.Sprintf("%x.%x", b&15, b>>4)}, parts...)
	}
	return strings.Join(parts, ".")
}

// reverseName is the name at which the PTR records of an address are.
func reverseName(addr netip.Addr) string {
	if addr.Unmap().Is4() {
		return Reversed(addr) + ".in-addr.arpa"
	}
	return Reversed(addr) + ".ip6.arpa"
}
