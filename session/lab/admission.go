package lab

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Limits bound what clients may take of a server that others than its owner can reach. Zero is no limit.
type Limits struct {
	Clients   int           // connections at once
	PerClient int           // of these from one address, for IPv6 from one network of 64 bits
	Time      time.Duration // that a connection lasts
	Bytes     int64         // that a client sends on one
	Lines     int           // of these: commands and responses
}

// admission counts the connections that are open.
type admission struct {
	turned atomic.Int64

	mu   sync.Mutex
	all  int
	from map[netip.Prefix]int
}

// enter counts a connection, or reports that there is no room for it.
func (a *admission) enter(client netip.Addr, most Limits) bool {
	who := network(client)
	a.mu.Lock()
	defer a.mu.Unlock()
	if most.Clients > 0 && a.all >= most.Clients || most.PerClient > 0 && a.from[who] >= most.PerClient {
		a.turned.Add(1)
		return false
	}
	if a.from == nil {
		a.from = make(map[netip.Prefix]int)
	}
	a.all++
	a.from[who]++
	return true
}

func (a *admission) leave(client netip.Addr) {
	who := network(client)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all--
	if a.from[who]--; a.from[who] == 0 {
		delete(a.from, who)
	}
}

// network is what counts as one client: an address, and with IPv6 all that one host can easily have.
func network(client netip.Addr) netip.Prefix {
	bits := client.BitLen()
	if client.Is6() && !client.IsLoopback() {
		bits = 64
	}
	p, _ := client.Prefix(bits) // the zero value for no address
	return p
}

// TurnedAway is how many connections were refused because of [Limits].
func (l *Lab) TurnedAway() int { return int(l.admitted.turned.Load()) }

// spend counts what a client has sent. Beyond the limits the session ends, and it reports false.
func (f *front) spend(bytes, lines int) bool {
	most := f.lab.options.Limits
	f.bytes, f.lines = f.bytes+int64(bytes), f.lines+lines
	if (most.Bytes == 0 || f.bytes <= most.Bytes) && (most.Lines == 0 || f.lines <= most.Lines) {
		return true
	}
	if !f.closed {
		f.reply("", "421 4.7.0 "+f.service.Host+" this session has sent more than the server accepts")
	}
	f.close()
	return false
}
