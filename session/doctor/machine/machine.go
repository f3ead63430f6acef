// Package machine looks at the machine that the program runs on. It sends nothing over a network, unless a name is to be looked up, and
// leaves nothing behind.
package machine

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"ehlo/session/doctor"
	"ehlo/session/wire"
)

// Config is what the command line knows.
type Config struct {
	// Program is the program with its version. State and Config are its folders, empty with a problem where there is no place for one.
	Program               string
	State, StateProblem   string
	Config, ConfigProblem string
	Terminal              doctor.Terminal
	// Added counts the roots that the administrator added.
	Added int
	// Lookup is a name to look up; empty for none.
	Lookup string
}

// Look looks at the machine.
func Look(ctx context.Context, cfg Config) *doctor.Machine {
	m := &doctor.Machine{Program: cfg.Program, Built: built(), Now: time.Now(), Terminal: cfg.Terminal}
	m.State, m.Config = folder(cfg.State, cfg.StateProblem), folder(cfg.Config, cfg.ConfigProblem)
	m.Roots = roots(m.Now, os.Getenv)
	m.Roots.Added = cfg.Added
	m.Loopback = loopback()
	m.IPv4, m.IPv6 = route("udp4", "192.0.2.1"), route("udp6", "2001:db8::1")
	m.Resolver = resolver("/etc/resolv.conf", "/etc/nsswitch.conf")
	m.Proxy, m.Password = os.Getenv("ALL_PROXY") != "", os.Getenv("EHLO_PASSWORD") != "" || os.Getenv("EHLO_TOKEN") != ""
	if cfg.Lookup != "" {
		m.Lookup = lookup(ctx, net.DefaultResolver, cfg.Lookup)
	}
	return m
}

// built is when the program was made: the time of its commit, else that of its file, which a package or a compiler has set.
func built() time.Time {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if at, err := time.Parse(time.RFC3339, s.Value); s.Key == "vcs.time" && err == nil {
				return at
			}
		}
	}
	if path, err := os.Executable(); err == nil {
		if info, err := os.Stat(path); err == nil {
			return info.ModTime()
		}
	}
	return time.Time{}
}

// homely is a path without the home folder, which names a person.
func homely(path string) string {
	home, err := os.UserHomeDir()
	if rest, ok := strings.CutPrefix(path, home); err == nil && home != "" && ok && (rest == "" || os.IsPathSeparator(rest[0])) {
		return wire.VisibleString("~" + rest)
	}
	return wire.VisibleString(path)
}

// folder looks at a folder, or where there is none at the one in which it would be made.
func folder(path, problem string) doctor.Folder {
	if path == "" {
		return doctor.Folder{Problem: wire.VisibleString(problem), Free: -1}
	}
	f := doctor.Folder{Path: homely(path), Free: -1}
	there := path
	info, err := os.Stat(path)
	for errors.Is(err, fs.ErrNotExist) && filepath.Dir(there) != there {
		there = filepath.Dir(there)
		info, err = os.Stat(there)
	}
	f.Exists = there == path
	switch {
	case err != nil:
		f.Problem = plain(err)
	case !info.IsDir():
		f.Problem = homely(there) + " is a file"
	default:
		f.Shared = f.Exists && runtime.GOOS != "windows" && info.Mode()&0o044 != 0
		f.Problem, f.Free = written(there), free(there)
	}
	return f
}

// written tries to write into a folder. Nothing but that tells of a mount that is read-only, of a quota and of a sandbox.
func written(folder string) (problem string) {
	file, err := os.CreateTemp(folder, ".ehlo-doctor-*")
	if err != nil {
		return plain(err)
	}
	defer os.Remove(file.Name())
	defer file.Close()
	if _, err := file.Write([]byte{'\n'}); err != nil {
		return plain(err)
	}
	return ""
}

// plain is the innermost word of an error, without paths and addresses.
func plain(err error) string {
	if number, ok := errors.AsType[syscall.Errno](err); ok {
		return number.Error()
	}
	return wire.VisibleString(wire.LastError(err).Error())
}

// loopback tries what the practice server does.
func loopback() (problem string) {
	var last error
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		l, err := net.Listen("tcp", address)
		if err == nil {
			l.Close()
			return ""
		}
		last = err
	}
	return plain(last)
}

// route is the way to an address for documentation (RFC 5737, RFC 3849). Connecting a UDP socket sends nothing: the system looks for a
// route, and picks the address that a packet would come from.
func route(network, to string) doctor.Route {
	conn, err := net.Dial(network, net.JoinHostPort(to, "9"))
	if err != nil {
		return doctor.Route{Problem: plain(err)}
	}
	defer conn.Close()
	own, err := netip.ParseAddrPort(conn.LocalAddr().String())
	if err != nil {
		return doctor.Route{Problem: plain(err)}
	}
	return doctor.Route{Kind: kind(own.Addr())}
}

// shared reports whether an address is one that a provider gives to customers behind one public address (RFC 6598 §7).
func shared(a netip.Addr) bool {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64}), 10).Contains(a)
}

// kind is that of an address. Which one it is stays here.
func kind(a netip.Addr) string {
	switch a = a.Unmap(); {
	case a.IsLoopback():
		return "loopback"
	case a.IsLinkLocalUnicast():
		return "link-local"
	case a.IsPrivate():
		return "private"
	case shared(a):
		return "shared"
	}
	return "public"
}

// longestLookup bounds a lookup.
const longestLookup = 10 * time.Second

func lookup(ctx context.Context, r *net.Resolver, name string) *doctor.Lookup {
	ctx, cancel := context.WithTimeout(ctx, longestLookup)
	defer cancel()
	began := time.Now()
	found, err := r.LookupNetIP(ctx, "ip", name)
	l := &doctor.Lookup{Name: wire.VisibleString(name), Count: len(found), Took: time.Since(began)}
	var dns *net.DNSError
	switch {
	case err == nil:
	case ctx.Err() != nil, errors.As(err, &dns) && dns.IsTimeout:
		l.Problem = "no answer"
	case dns != nil && dns.IsNotFound:
		l.Problem = "no such name"
	default:
		l.Problem = "the name server failed"
	}
	return l
}
