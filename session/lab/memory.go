package lab

import (
	"net/netip"
	"sync"
)

// maxRemembered bounds how many visitors a server tells apart, and how much it remembers of one.
const maxRemembered = 1000

// memory is what a server remembers of its visitors, each of whom meets it as if alone. A visitor is an address, in the sense of [Limits]: a client
// that comes back later finds itself known, and what another one does changes nothing for it.
type memory[K comparable, V any] struct {
	mu sync.Mutex
	of map[netip.Prefix]map[K]V
}

// visitor lends what is remembered of one until done is called. Where there is too much it begins again, with all visitors or with this one.
func (m *memory[K, V]) visitor(who netip.Prefix) (known map[K]V, done func()) {
	m.mu.Lock()
	known = m.of[who]
	if known == nil {
		if m.of == nil || len(m.of) >= maxRemembered {
			m.of = make(map[netip.Prefix]map[K]V)
		}
		known = make(map[K]V)
		m.of[who] = known
	}
	if len(known) >= maxRemembered {
		clear(known)
	}
	return known, m.mu.Unlock
}

// visitor is who the client is, whatever address the story gives it.
func (f *front) visitor() netip.Prefix { return network(addrPort(f.socket.RemoteAddr()).Addr()) }
