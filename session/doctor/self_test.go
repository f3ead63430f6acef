package doctor

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
)

// healthy is a machine on which nothing is wrong.
func healthy() *Machine {
	built := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	return &Machine{Program: "ehlo 1.0", Built: built, Now: built.Add(1000 * time.Hour),
		Terminal: Terminal{Present: true, Kind: "xterm-256color", Width: 120, Height: 40, Colors: 256, Unicode: true, Ambiguous: 1},
		State:    Folder{Path: "~/.local/state/ehlo", Exists: true, Free: 1 << 40}, Config: Folder{Path: "~/.config/ehlo", Free: -1},
		Roots: Roots{Files: []string{"/etc/ssl/cert.pem"}, Count: 140, Valid: 138}, IPv4: Route{Kind: "private"}, IPv6: Route{Kind: "public"},
		Resolver: Resolver{Own: true, File: "/etc/resolv.conf", Servers: []string{"a private address", "127.0.0.53 on this machine"}}}
}

func TestHealthy(t *testing.T) {
	found := Examine(healthy())
	for _, c := range found.Checks {
		if c.State != OK || c.Todo != "" || c.Exit != 0 {
			t.Errorf("%+v", c)
		}
	}
	if len(found.Checks) != 11 || FirstFault(found.Checks) != record.ExitOK {
		t.Errorf("%d checks, exit code %d", len(found.Checks), FirstFault(found.Checks))
	}
}

// Each thing that can be wrong with a machine is told by its check, and by no other.
func TestExamine(t *testing.T) {
	for _, test := range []struct {
		what  string
		spoil func(*Machine)
		name  string
		state State
		exit  record.Exit
		text  string
	}{
		{"a dumb terminal", func(m *Machine) { m.Terminal.Kind = "dumb" }, "terminal", Note, 0, `cannot move the cursor.*TERM`},
		{"no size", func(m *Machine) { m.Terminal.Width = 0 }, "terminal", Note, 0, `does not say how large`},
		{"too small", func(m *Machine) { m.Terminal.Width, m.Terminal.Height = 59, 16 }, "terminal", Note, 0, `59×16 cells.*needs 60×16`},
		{"small", func(m *Machine) { m.Terminal.Width, m.Terminal.Height = 80, 23 }, "terminal", Note, 0, `all its parts from 80×24 on`},
		{"no colors", func(m *Machine) { m.Terminal.Colors, m.Terminal.Why = 0, "NO_COLOR is set" }, "terminal", OK, 0, `no colors \(NO_COLOR is set\)`},
		{"true color over SSH", func(m *Machine) { m.Terminal.Colors, m.Terminal.Remote = 1<<24, true }, "terminal", OK, 0, `24-bit colors, over SSH`},
		{"no UTF-8", func(m *Machine) { m.Terminal.Unicode = false }, "characters", Note, 0, `ASCII.*LANG`},
		{"wide characters", func(m *Machine) { m.Terminal.Ambiguous = 2 }, "characters", Note, 0, `two cells`},
		{"a terminal that does not answer", func(m *Machine) { m.Terminal.Ambiguous = 0 }, "characters", OK, 0, `did not say`},
		{"the console", func(m *Machine) { m.Terminal.Kind = "linux" }, "clipboard", Note, 0, `goes to a file`},
		{"tmux", func(m *Machine) { m.Terminal.Between = "tmux" }, "clipboard", Note, 0, `set-clipboard on`},
		{"screen", func(m *Machine) { m.Terminal.Between = "screen" }, "clipboard", Note, 0, `does not pass on`},
		{"no home", func(m *Machine) { m.State = Folder{Problem: "$HOME is not defined"} }, "state folder", Fault, 1, `no place for transcripts and progress: \$HOME`},
		{"a read-only folder", func(m *Machine) { m.State.Problem = "read-only file system" }, "state folder", Fault, 1, `not kept: read-only.*XDG_STATE_HOME`},
		{"a full disk", func(m *Machine) { m.State.Free = 5 << 20 }, "state folder", Note, 0, `only 5120 KiB free`},
		{"transcripts for all to read", func(m *Machine) { m.State.Shared = true }, "state folder", Note, 0, `other users.*chmod 700 ~/`},
		{"a full disk for targets", func(m *Machine) { m.Config.Free = 1000 }, "config folder", Note, 0, `does not exist yet, and can be made, with only 1000 bytes`},
		{"no targets", func(m *Machine) { m.Config.Problem = "permission denied" }, "config folder", Fault, 1, `XDG_CONFIG_HOME`},
		{"a sandbox", func(m *Machine) { m.Loopback = "operation not permitted" }, "loopback", Fault, 4, `practice server cannot listen`},
		{"no network", func(m *Machine) { m.IPv4, m.IPv6 = Route{Problem: "network is unreachable"}, Route{} }, "network", Fault, 4, `neither by IPv4 \(network is`},
		{"no IPv6", func(m *Machine) { m.IPv6 = Route{Problem: "network is unreachable"} }, "network", Note, 0, `from a private address\. IPv6 has none`},
		{"no IPv4", func(m *Machine) { m.IPv4 = Route{} }, "network", Note, 0, `IPv4 has none`},
		{"no resolv.conf", func(m *Machine) {
			m.Resolver = Resolver{File: "/etc/resolv.conf", Problem: "no such file or directory"}
		}, "resolver", Note, 0, `cannot be read`},
		{"no name server", func(m *Machine) { m.Resolver.Servers = nil }, "resolver", Note, 0, `names no server`},
		{"names of mDNS", func(m *Machine) { m.Resolver.Plugins = []string{"mdns4", "ldap"} }, "resolver", Note, 0, `only mdns4 or ldap knows`},
		{"the C library", func(m *Machine) { m.Resolver.Own = false }, "resolver", OK, 0, `2 name servers: a private address, 127\.0\.0\.53 on this machine, asked by the C library`},
		{"Windows", func(m *Machine) { m.Resolver = Resolver{System: true} }, "resolver", OK, 0, `operating system`},
		{"a name", func(m *Machine) { m.Lookup = &Lookup{Name: "mail.example.org", Count: 1} }, "lookup", OK, 0, `has 1 address,`},
		{"a name without an address", func(m *Machine) { m.Lookup = &Lookup{Name: "no.example.org", Problem: "no such name"} }, "lookup", Fault, 3, `no such name`},
		{"a clock of 1970", func(m *Machine) { m.Now = time.Unix(0, 0) }, "clock", Fault, 9, `1970-01-01 00:00 UTC.*made later, on 2026-05-01.*not yet valid`},
		{"a clock behind by a zone", func(m *Machine) { m.Now = m.Built.Add(-20 * time.Hour) }, "clock", OK, 0, ``},
		{"a clock far ahead", func(m *Machine) { m.Now = m.Built.AddDate(12, 0, 0) }, "clock", Note, 0, `more than 10 years`},
		{"no build time", func(m *Machine) { m.Built = time.Time{} }, "clock", OK, 0, `unknown`},
		{"no roots", func(m *Machine) { m.Roots = Roots{} }, "trust store", Fault, 9, `no trusted roots.*ca-certificates`},
		{"a wrong variable", func(m *Machine) { m.Roots = Roots{Named: []string{"SSL_CERT_FILE"}} }, "trust store", Fault, 9, `the place that SSL_CERT_FILE names.*unset it`},
		{"old roots", func(m *Machine) { m.Roots.Valid = 0 }, "trust store", Fault, 9, `None of the 140 trusted roots`},
		{"an inspecting company", func(m *Machine) { m.Roots.Added = 1 }, "trust store", Note, 0, `added 1 root: `},
		{"the system's roots", func(m *Machine) { m.Roots = Roots{System: true} }, "trust store", OK, 0, `operating system`},
		{"a proxy", func(m *Machine) { m.Proxy = true }, "environment", Note, 0, `names a proxy`},
		{"a password", func(m *Machine) { m.Password = true }, "environment", Note, 0, `every program that is started from here.*mode 600`},
	} {
		m := healthy()
		test.spoil(m)
		for _, c := range Examine(m).Checks {
			want := OK
			if c.Name == test.name {
				want = test.state
			}
			if said := c.Text + " " + c.Todo; c.State != want || c.Name == test.name && (c.Exit != test.exit || !regexp.MustCompile(test.text).MatchString(said)) {
				t.Errorf("%s: %s: %s, exit code %d: %s", test.what, c.Name, c.State, c.Exit, said)
			}
		}
	}
}

// The first fault decides, in the order in which a session meets them.
func TestFirstFault(t *testing.T) {
	m := healthy()
	m.IPv4, m.IPv6, m.Roots = Route{}, Route{}, Roots{}
	if got := FirstFault(Examine(m).Checks); got != record.ExitConnect {
		t.Errorf("exit code %d", got)
	}
}

// Without a terminal nothing is said of what it shows.
func TestNoTerminal(t *testing.T) {
	m := healthy()
	m.Terminal = Terminal{}
	for _, c := range Examine(m).Checks {
		if slices.Contains([]string{"characters", "clipboard"}, c.Name) {
			t.Errorf("%+v", c)
		}
	}
}

func TestJSON(t *testing.T) {
	text, err := json.Marshal(Examine(healthy()))
	if err != nil || !strings.HasPrefix(string(text), `{"format":"ehlo-doctor-self/1","program":"ehlo 1.0","checks":[{"name":"terminal","state":"ok","text":`) {
		t.Errorf("%s, %v", text, err)
	}
}
