package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"ehlo/session/setup"
	"ehlo/session/via"
)

// wayOptions are the flags about how a connection is made.
type wayOptions struct {
	local     string
	localPort int
	socket    string
	pipe      string
	proxy     string
}

func (w *wayOptions) register(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&w.local, "local-interface", "", "connect from this IP address, or from this network interface")
	f.IntVar(&w.localPort, "local-port", 0, "connect from this port")
	f.StringVar(&w.socket, "socket", "", "connect to this Unix socket; the target's name is still sent in TLS (SNI) and verified")
	f.StringVar(&w.pipe, "pipe", "", "speak with this shell command, through its standard input and output; the target's name is still used")
	f.StringVar(&w.proxy, "proxy", "", "connect through this proxy, socks5://host:port or http://host:port, which looks the name up; direct for none (default: $ALL_PROXY, which may hold a user and a password)")
}

// onSocket is the target of SCHEME+unix:PATH, whose socket becomes that of the flag. A socket has no name, and is on this machine: localhost.
func (w *wayOptions) onSocket(target string) (string, error) {
	scheme, path, ok := strings.Cut(target, "+unix:")
	if !ok || strings.ContainsAny(scheme, ":/@") {
		return target, nil
	}
	path = strings.TrimPrefix(path, "//") // as in a URL without a host
	switch {
	case path == "":
		return "", usage(fmt.Errorf("target %s: want %s+unix:PATH, the path of a Unix socket", quote(target), quote(scheme)))
	case w.socket != "" || w.pipe != "" || w.proxy != "" || w.local != "" || w.localPort != 0:
		return "", usage(errors.New("a target with +unix names the socket: leave out --socket, --pipe, --proxy, --local-interface and --local-port"))
	}
	w.socket = path
	return scheme + "://localhost", nil
}

// use has a session connect as was asked for.
func (w *wayOptions) use(s *setup.Setup) error {
	way, flag, err := w.way(s)
	switch {
	case err != nil:
		return usage(fmt.Errorf("%s: %w", flag, err))
	case way.Dial == nil:
		return nil
	case s.IsPractice():
		return usage(fmt.Errorf("%s has no effect on the practice server, which is part of this program", flag))
	}
	s.Config.Dial, s.Via = way.Dial, way.Name
	return nil
}

// way is how connections are made; none where the system's own way is meant.
func (w *wayOptions) way(s *setup.Setup) (way via.Way, flag string, err error) {
	switch {
	case w.socket != "":
		return via.Socket(w.socket), "--socket", nil
	case w.pipe != "":
		return via.Pipe(w.pipe), "--pipe", nil
	case w.local != "" || w.localPort != 0:
		if w.localPort < 0 || w.localPort > 65535 {
			return way, "--local-port", errors.New("want a number from 1 to 65535")
		}
		way, err = via.From(w.local, w.localPort)
		return way, "--local-interface", err
	case w.proxy == "direct":
		return way, "--proxy", nil
	case w.proxy != "":
		if u, err := url.Parse(w.proxy); err == nil && u.User != nil {
			return way, "--proxy", errors.New("a password on the command line can be seen by all users: put the URL into $ALL_PROXY")
		}
		way, err = via.Proxy(w.proxy)
		return way, "--proxy", err
	}
	return fromEnvironment(s)
}

// fromEnvironment is the proxy of the environment. What is on this machine is not reached through one.
func fromEnvironment(s *setup.Setup) (way via.Way, from string, err error) {
	proxy, host := os.Getenv("ALL_PROXY"), s.Config.Target.Host
	if ip := net.ParseIP(host); proxy == "" || s.IsPractice() || host == "localhost" || ip != nil && ip.IsLoopback() {
		return way, "", nil
	}
	way, err = via.Proxy(proxy)
	return way, "$ALL_PROXY", err
}
