package doctor

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"ehlo/session/record"
)

// Self is what was found on this machine.
type Self struct {
	Format  string  `json:"format"` // [SelfFormat]
	Program string  `json:"program"`
	Checks  []Check `json:"checks"`
}

// SelfFormat is the version of the JSON of it, first in it.
const SelfFormat = "ehlo-doctor-self/1"

// Examine judges a machine, in the order in which a session meets its parts.
func Examine(m *Machine) Self {
	s := Self{Format: SelfFormat, Program: m.Program}
	for _, look := range []func(*Machine) Check{terminal, characters, clipboard, stateFolder, configFolder, loopback, routes, resolver, lookup, clock, roots, environment} {
		if c := look(m); c.Name != "" {
			s.Checks = append(s.Checks, c)
		}
	}
	return s
}

// The screen needs leastWidth × leastHeight cells, and shows all its parts from goodWidth × goodHeight on.
const (
	leastWidth, leastHeight = 60, 16
	goodWidth, goodHeight   = 80, 24
)

func terminal(m *Machine) Check {
	const name = "terminal"
	t := m.Terminal
	seen := fmt.Sprintf("%s, %d×%d cells, %s%s.", cmp.Or(t.Kind, "a terminal without a kind"), t.Width, t.Height, t.colors(), t.way())
	switch {
	case !t.Present:
		return note(name, "There is no terminal: sessions are printed as lines of text.", "")
	case t.Kind == "" || t.Kind == "dumb":
		return note(name, seen+" It cannot move the cursor: sessions are printed as lines of text.", "set TERM to the kind of the terminal, such as xterm-256color")
	case t.Width == 0 || t.Height == 0:
		return note(name, seen+" It does not say how large it is.", "set its size, for example with stty cols 80 rows 24")
	case t.Width < leastWidth || t.Height < leastHeight:
		return note(name, seen+fmt.Sprintf(" The screen needs %d×%d.", leastWidth, leastHeight), "make the window larger or its font smaller")
	case t.Width < goodWidth || t.Height < goodHeight:
		return note(name, seen+fmt.Sprintf(" The screen shows all its parts from %d×%d on.", goodWidth, goodHeight), "make the window larger or its font smaller")
	}
	return ok(name, seen)
}

func (t Terminal) colors() string {
	text := "no colors"
	switch {
	case t.Colors > 256:
		text = "24-bit colors"
	case t.Colors > 0:
		text = fmt.Sprintf("%d colors", t.Colors)
	}
	if t.Why != "" {
		text += " (" + t.Why + ")"
	}
	return text
}

// way is what lies between the terminal and the program.
func (t Terminal) way() string {
	between := ""
	if t.Between != "" {
		between += ", in " + t.Between
	}
	if t.Remote {
		between += ", over SSH"
	}
	return between
}

func characters(m *Machine) Check {
	const name = "characters"
	t := m.Terminal
	switch {
	case !t.Present:
		return Check{}
	case !t.Unicode:
		return note(name, "The locale is not one of UTF-8: lines and marks are drawn in ASCII.", "set LANG to a locale of UTF-8, such as C.UTF-8, if the terminal shows more")
	case t.Ambiguous > 1:
		return note(name, "The terminal draws characters of ambiguous width, such as ─ and ·, in two cells: columns do not line up.", "set ambiguous-width characters to narrow in the terminal's settings")
	case t.Ambiguous == 0:
		return ok(name, "The locale is one of UTF-8. The terminal did not say how wide it draws characters of ambiguous width.")
	}
	return ok(name, "The locale is one of UTF-8, and characters of ambiguous width take one cell.")
}

// clipboard is about OSC 52, the control sequence by which a program gives text to the terminal's clipboard.
func clipboard(m *Machine) Check {
	const name = "clipboard"
	switch t := m.Terminal; {
	case !t.Present:
		return Check{}
	case t.Kind == "linux":
		return note(name, "The console has no clipboard: what is copied goes to a file.", "")
	case t.Between == "tmux":
		return note(name, "Text is copied by the control sequence OSC 52. tmux passes it on only if it is told to.", "if copying does nothing, add set -g set-clipboard on to ~/.tmux.conf")
	case t.Between == "screen":
		return note(name, "Text is copied by the control sequence OSC 52, which screen does not pass on.", "copy to a file, or start the program outside of screen")
	}
	return ok(name, "Text is copied by the control sequence OSC 52. A terminal does not say whether it understands it.")
}

// leastRoom is the room in bytes below which a long session may not fit.
const leastRoom = 16 << 20

func stateFolder(m *Machine) Check {
	return m.State.check("state folder", "transcripts and progress", "XDG_STATE_HOME")
}

func configFolder(m *Machine) Check {
	return m.Config.check("config folder", "saved targets", "XDG_CONFIG_HOME")
}

func (f Folder) check(name, holds, variable string) Check {
	elsewhere := "make it writable, or set " + variable + " to another folder"
	where := f.Path
	if !f.Exists {
		where += " does not exist yet, and can be made"
	} else {
		where += " is writable"
	}
	switch {
	case f.Path == "":
		return fault(name, record.ExitInternal, fmt.Sprintf("There is no place for %s: %s.", holds, f.Problem), "set "+variable)
	case f.Problem != "":
		return fault(name, record.ExitInternal, fmt.Sprintf("%s cannot be written, so %s are not kept: %s.", f.Path, holds, f.Problem), elsewhere)
	case f.Free >= 0 && f.Free < leastRoom:
		return note(name, fmt.Sprintf("%s, with only %s free.", where, size(f.Free)), "make room on that file system")
	case f.Shared:
		return note(name, fmt.Sprintf("%s, and other users of this machine can read it.", where), "chmod 700 "+f.Path)
	case f.Free >= 0:
		return ok(name, fmt.Sprintf("%s, with %s free.", where, size(f.Free)))
	}
	return ok(name, where+".")
}

// size is a number of bytes to read.
func size(n int64) string {
	for _, unit := range []string{"bytes", "KiB", "MiB"} {
		if n < 10*1024 {
			return fmt.Sprintf("%d %s", n, unit)
		}
		n /= 1024
	}
	return fmt.Sprintf("%d GiB", n)
}

func loopback(m *Machine) Check {
	if m.Loopback == "" {
		return ok("loopback", "The practice server can listen on a loopback address.")
	}
	return fault("loopback", record.ExitConnect, "The practice server cannot listen on a loopback address: "+m.Loopback+".",
		"allow programs to listen on 127.0.0.1: a sandbox or a container without a loopback interface prevents it")
}

// routes asks nobody: the system alone says whether it has a route.
func routes(m *Machine) Check {
	const name = "network"
	switch four, six := m.IPv4, m.IPv6; {
	case four.Kind == "" && six.Kind == "":
		return fault(name, record.ExitConnect, fmt.Sprintf("There is no route to the Internet, neither by IPv4 (%s) nor by IPv6 (%s).", four.Problem, six.Problem),
			"connect this machine to a network; the practice server needs none")
	case six.Kind == "":
		return note(name, fmt.Sprintf("IPv4 has a route, from a %s address. IPv6 has none (%s): servers that have only IPv6 addresses cannot be reached.", four.Kind, six.Problem), "")
	case four.Kind == "":
		return note(name, fmt.Sprintf("IPv6 has a route, from a %s address. IPv4 has none (%s): many mail servers cannot be reached.", six.Kind, four.Problem), "")
	default:
		return ok(name, fmt.Sprintf("IPv4 has a route, from a %s address, and IPv6 has one, from a %s address.", four.Kind, six.Kind))
	}
}

func resolver(m *Machine) Check {
	const name = "resolver"
	switch r := m.Resolver; {
	case r.System && !r.Own:
		return ok(name, "The operating system looks names up.")
	case r.Problem != "":
		return note(name, fmt.Sprintf("%s cannot be read (%s): a name server on this machine is asked.", r.File, r.Problem), "name a server in it, such as nameserver 192.0.2.1")
	case len(r.Servers) == 0:
		return note(name, fmt.Sprintf("%s names no server: a name server on this machine is asked.", r.File), "name a server in it, such as nameserver 192.0.2.1")
	case r.Own && len(r.Plugins) > 0:
		return note(name, fmt.Sprintf("%s, asked by this program itself: names that only %s knows are not found.", r.servers(), strings.Join(r.Plugins, " or ")),
			"give such a host by its address, or build the program with the C library")
	case r.Own:
		return ok(name, r.servers()+", asked by this program itself.")
	default:
		return ok(name, r.servers()+", asked by the C library.")
	}
}

// servers are the name servers, by kind.
func (r Resolver) servers() string {
	return fmt.Sprintf("%s names %s: %s", r.File, record.Plural(len(r.Servers), "name server", "name servers"), strings.Join(r.Servers, ", "))
}

func lookup(m *Machine) Check {
	const name = "lookup"
	switch l := m.Lookup; {
	case l == nil:
		return Check{}
	case l.Problem != "":
		return fault(name, record.ExitName, fmt.Sprintf("%s has no address: %s, after %d ms.", l.Name, l.Problem, l.Took.Milliseconds()), "check the name, and the name servers above")
	default:
		return ok(name, fmt.Sprintf("%s has %s, after %d ms.", l.Name, record.Plural(l.Count, "address", "addresses"), l.Took.Milliseconds()))
	}
}

// A clock may be behind by a time zone, and no build of the program is used for so many years.
const (
	clockBehind = 24 * time.Hour
	clockAhead  = 10 * 365 * 24 * time.Hour
)

// clock is held against the time at which the program was made: no other clock is asked.
func clock(m *Machine) Check {
	const name = "clock"
	says := "The clock says " + m.Now.UTC().Format("2006-01-02 15:04 UTC")
	wrong := "set the clock, best by NTP: certificates are judged by it"
	switch built := m.Built; {
	case built.IsZero():
		return ok(name, says+". When this program was made is unknown, so that says nothing against it.")
	case m.Now.Before(built.Add(-clockBehind)):
		return fault(name, record.ExitCertificate, fmt.Sprintf("%s, and this program was made later, on %s: certificates look not yet valid.", says, built.UTC().Format(time.DateOnly)), wrong)
	case m.Now.After(built.Add(clockAhead)):
		return note(name, fmt.Sprintf("%s, more than 10 years after this program was made, on %s.", says, built.UTC().Format(time.DateOnly)), wrong)
	default:
		return ok(name, fmt.Sprintf("%s, after this program was made, on %s.", says, built.UTC().Format(time.DateOnly)))
	}
}

func roots(m *Machine) Check {
	const name = "trust store"
	r := m.Roots
	from := strings.Join(r.Files, ", ")
	if len(r.Named) > 0 {
		from += " (by " + strings.Join(r.Named, " and ") + ")"
	}
	install := "install the system's root certificates, often the package ca-certificates"
	switch {
	case r.System:
		return ok(name, "The operating system keeps the trusted roots, and judges with them.")
	case r.Count == 0 && len(r.Named) > 0:
		named := strings.Join(r.Named, " and ")
		return fault(name, record.ExitCertificate, fmt.Sprintf("There is no trusted root in the place that %s names: no certificate passes verification.", named), "correct "+named+", or unset it")
	case r.Count == 0:
		return fault(name, record.ExitCertificate, "This machine has no trusted roots: no certificate passes verification.", install)
	case r.Valid == 0:
		return fault(name, record.ExitCertificate, fmt.Sprintf("None of the %s in %s is valid at this time.", record.Plural(r.Count, "trusted root", "trusted roots"), from), "look at the clock, then "+install)
	}
	text := fmt.Sprintf("%s in %s, %d of them valid at this time.", record.Plural(r.Count, "trusted root", "trusted roots"), from, r.Valid)
	if r.Added > 0 {
		return note(name, fmt.Sprintf("%s The administrator of this machine added %s: anyone who holds the key of one can pose as any server.", text, record.Plural(r.Added, "root", "roots")), "know whose they are: a TLS inspection uses such a root")
	}
	return ok(name, text)
}

func environment(m *Machine) Check {
	var found, todo []string
	if m.Proxy {
		found = append(found, "It names a proxy: sessions go through it.")
	}
	if m.Password {
		found = append(found, "It holds a password or a token: every program that is started from here can read it.")
		todo = append(todo, "keep the secret in a file of mode 600, or let a command print it")
	}
	if len(found) == 0 {
		return ok("environment", "It names no proxy, and holds no password or token of this program.")
	}
	return note("environment", strings.Join(found, " "), strings.Join(todo, ""))
}
