package lab

import (
	"crypto/sha256"
	"fmt"
	"net"
	"strconv"
	"sync"

	"ehlo/session/zone"
)

// names is the DNS of the practice domains. Most sessions want nothing but the addresses of mail.lab and mx.lab: the records are read
// when the first of them is wanted, and the name server starts when something is to be asked over the network.
type names struct {
	records func() (*zone.Zone, error)
	port    int // 0 takes a free one

	mu     sync.Mutex
	server *zone.Server
	closed bool
}

// namesRole is the role of the name server among those whose ports can be fixed.
const namesRole = "names"

func (l *Lab) newNames() *names {
	return &names{records: sync.OnceValues(l.records), port: l.options.Ports[namesRole]}
}

// serve starts the name server unless it runs, and says where it is: "127.0.0.1:5300".
func (n *names) serve() (string, error) {
	known, err := n.records()
	if err != nil {
		return "", err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case n.closed:
		return "", fmt.Errorf("name server: %w", net.ErrClosed)
	case n.server == nil:
		if n.server, err = zone.Serve(known, net.JoinHostPort("127.0.0.1", strconv.Itoa(n.port))); err != nil {
			return "", err
		}
	}
	return n.server.Addr, nil
}

func (n *names) address() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.server == nil {
		return ""
	}
	return n.server.Addr
}

func (n *names) close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed = true; n.server != nil {
		n.server.Close()
	}
}

// records are the practice domains, with what the scenario adds.
func (l *Lab) records() (*zone.Zone, error) {
	known, err := l.scenario.zone()
	if name := l.scenario.Knobs.TLSA; name != "" && err == nil {
		return l.withTLSA(known, name)
	}
	return known, err
}

// withTLSA adds the record that says which certificate the server has: DANE-EE, the whole certificate, SHA-256 (RFC 6698 §2.1).
func (l *Lab) withTLSA(known *zone.Zone, name string) (*zone.Zone, error) {
	cert, err := l.certificate()
	if err != nil {
		return nil, err
	}
	return known.With(fmt.Sprintf("%s. 300 IN TLSA 3 0 1 %x", name, sha256.Sum256(cert.Certificate[0])))
}
