// Package via opens connections in other ways than straight to an address: through a proxy, to a socket of the system, to a command,
// from an address of one's own.
//
// SOCKS5 is spoken by golang.org/x/net/proxy. That library has no CONNECT of HTTP, which net/http speaks only to fetch pages; here
// it is a request of a few lines.
package via

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/proxy"
)

// Dial opens a connection.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// Way is how connections are opened.
type Way struct {
	// Name says it in a sentence after "through": "the SOCKS proxy 127.0.0.1:1080". It holds no secret. It is empty for the system's own
	// way: then names are looked up before; else whoever dials is given the name.
	Name string
	Dial Dial
}

// Socket leads to a socket of the system (unix(7)), whatever the address.
func Socket(path string) Way {
	return Way{"the socket " + path, func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}}
}

// From is the system's own way from an address, or from one of an interface, and a port; what is zero is left to the system.
func From(place string, port int) (Way, error) {
	addresses, err := addressesOf(place)
	if err != nil {
		return Way{}, err
	}
	return Way{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		local, err := fitting(addresses, address)
		if err != nil {
			return nil, err
		}
		return (&net.Dialer{LocalAddr: net.TCPAddrFromAddrPort(netip.AddrPortFrom(local, uint16(port)))}).DialContext(ctx, network, address)
	}}, nil
}

// addressesOf are an address, or those of an interface; none of an empty place.
func addressesOf(place string) (list []netip.Addr, err error) {
	if place == "" {
		return nil, nil
	}
	if a, err := netip.ParseAddr(place); err == nil {
		return []netip.Addr{a.Unmap()}, nil
	}
	card, err := net.InterfaceByName(place)
	if err != nil {
		return nil, errors.New("neither an IP address nor an interface of this machine")
	}
	all, err := card.Addrs()
	for _, a := range all {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			list = append(list, p.Addr().Unmap())
		}
	}
	return list, err
}

// fitting is the first address of the family of where a connection leads; any where none was asked for.
func fitting(list []netip.Addr, to string) (netip.Addr, error) {
	remote, err := netip.ParseAddrPort(to)
	if err != nil || len(list) == 0 {
		return netip.IPv6Unspecified(), err
	}
	for _, a := range list {
		if a.Is4() == remote.Addr().Unmap().Is4() {
			return a, nil
		}
	}
	return netip.Addr{}, errors.New("the local interface has no address of this family")
}

// Proxy reads the URL of a proxy: socks5://host:port or http://host:port, with a user and a password where it wants them.
func Proxy(raw string) (Way, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || strings.Trim(u.Path, "/") != "" {
		return Way{}, errors.New("want socks5://host:port or http://host:port")
	}
	switch u.Scheme {
	case "socks5", "socks5h":
		return socks(u, withPort(u, "1080"))
	case "http":
		to := withPort(u, "3128")
		return Way{"the HTTP proxy " + to, func(ctx context.Context, network, address string) (net.Conn, error) {
			return tunnel(ctx, u.User, to, address)
		}}, nil
	}
	return Way{}, fmt.Errorf("unknown scheme %q: want socks5 or http", u.Scheme)
}

func withPort(u *url.URL, otherwise string) string {
	if u.Port() == "" {
		return net.JoinHostPort(u.Hostname(), otherwise)
	}
	return u.Host
}

// socks asks a SOCKS proxy (RFC 1928, RFC 1929).
func socks(u *url.URL, to string) (Way, error) {
	var auth *proxy.Auth
	if u.User != nil {
		password, _ := u.User.Password()
		auth = &proxy.Auth{User: u.User.Username(), Password: password}
	}
	d, err := proxy.SOCKS5("tcp", to, auth, &net.Dialer{})
	if err != nil {
		return Way{}, err
	}
	return Way{"the SOCKS proxy " + to, d.(proxy.ContextDialer).DialContext}, nil
}

// tunnel asks an HTTP proxy for a connection (RFC 9110 §9.3.6).
func tunnel(ctx context.Context, user *url.Userinfo, to, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", to)
	if err != nil {
		return nil, err
	}
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	inside, err := connected(conn, user, address)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return inside, nil
}

// connected sends CONNECT and reads the answer. What the server says first may come with it.
func connected(conn net.Conn, user *url.Userinfo, address string) (net.Conn, error) {
	r := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: address}, Host: address, Header: http.Header{}}
	if user != nil {
		password, _ := user.Password()
		r.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password)))
	}
	if err := r.Write(conn); err != nil {
		return nil, err
	}
	from := bufio.NewReader(conn)
	answer, err := http.ReadResponse(from, r)
	if err != nil {
		return nil, fmt.Errorf("the proxy gave no HTTP answer: %w", err)
	}
	if answer.StatusCode/100 != 2 {
		return nil, fmt.Errorf("the proxy answered %s", strconv.Quote(answer.Status))
	}
	return &read{conn, from}, nil
}

// read is a connection of which some has been read already.
type read struct {
	net.Conn
	from *bufio.Reader
}

func (r *read) Read(b []byte) (int, error) { return r.from.Read(b) }
