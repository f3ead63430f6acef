package engine

import (
	"context"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"
)

// lab is a name service that knows mail.lab.
type lab struct{}

func (lab) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if host != "mail.lab" {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return []netip.Addr{netip.MustParseAddr("192.0.2.25")}, nil
}

// resolver knows mail.lab unless the function has an error.
type resolver func() error

func (r resolver) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	if err := r(); err != nil {
		return nil, err
	}
	return lab{}.LookupNetIP(ctx, network, host)
}

var errNoName = &net.DNSError{Err: "no such host", Name: "mail.lab", IsNotFound: true}

// addresses is a name service that gives these for every name.
type addresses []string

func (a addresses) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	var list []netip.Addr
	for _, s := range a {
		list = append(list, netip.MustParseAddr(s))
	}
	return list, nil
}

// slowResolver answers when nobody waits any more.
type slowResolver struct{}

func (slowResolver) LookupNetIP(ctx context.Context, _, _ string) ([]netip.Addr, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// patience makes the kernel give up a connection after a while of silence, as TCP does.
func patience(d time.Duration) func(*Config) {
	return func(c *Config) {
		dial := c.Dial
		c.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dial(ctx, network, address)
			return &impatient{Conn: conn, after: d}, err
		}
	}
}

type impatient struct {
	net.Conn
	after time.Duration
}

func (c *impatient) Read(b []byte) (int, error) {
	timer := time.AfterFunc(c.after, func() { c.Conn.Close() })
	n, err := c.Conn.Read(b)
	if err != nil && !timer.Stop() {
		err = &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ETIMEDOUT)}
	}
	timer.Stop()
	return n, err
}
