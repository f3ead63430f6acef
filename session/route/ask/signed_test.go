package ask

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/route"
)

// signed is a zone that Knot DNS signs, and plain one that it does not.
const (
	signed = `$ORIGIN shop.test.
@ 300 SOA ns host 1 3600 900 604800 300
@ NS ns
ns A 127.0.0.1
@ MX 10 mx
mx A 5.0.0.1
_25._tcp.mx TLSA 3 1 1 870ba4a0508509f62c3a68a8445c5558ade828986c600ee9e559857b4af0431c
`
	plain = `$ORIGIN plain.test.
@ 300 SOA ns host 1 3600 900 604800 300
@ NS ns
ns A 127.0.0.1
@ MX 10 mx
mx A 5.0.0.1
_25._tcp.mx TLSA 3 1 1 870ba4a0508509f62c3a68a8445c5558ade828986c600ee9e559857b4af0431c
`
)

// What a validating resolver says of zones of a real name server: signed, not signed, and signed with a key that the parent does not know.
func TestSigned(t *testing.T) {
	needs(t, "knotd", "keymgr", "unbound")
	s := startKnot(t)
	ds := s.ds(t)
	other := ds[:len(ds)-8] + "00000000"
	for _, c := range []struct{ domain, ds, want string }{
		{"shop.test", ds, "MX proved, DANE proved, 0"},
		{"plain.test", ds, "MX not proved, DANE unproved, 0"},
		{"shop.test", other, "unknown not proved, 3"},
	} {
		r := &Resolver{Servers: []string{s.unbound(t, c.ds)}}
		found := route.Route(t.Context(), c.domain, route.Options{Resolver: r, Server: r.String(), Proves: r.Proves()})
		got := fmt.Sprint(found.Way, map[bool]string{true: " proved", false: " not proved"}[found.Proved])
		for _, h := range found.Hosts {
			got += ", DANE " + string(h.DANE)
		}
		if got += fmt.Sprintf(", %d", found.Verdict.Exit); got != c.want {
			t.Errorf("%s by %s: %s, want %s", c.domain, c.ds, got, c.want)
		}
	}
}

// knot is a name server that runs.
type knot struct{ folder, address string }

func startKnot(t *testing.T) *knot {
	t.Helper()
	s := &knot{folder: t.TempDir(), address: free(t)}
	s.write(t, "shop.zone", signed)
	s.write(t, "plain.zone", plain)
	s.serve(t, `  - domain: shop.test
    file: shop.zone
    dnssec-signing: on
  - domain: plain.test
    file: plain.zone
`)
	s.await(t, s.address, record.Question{Type: "DNSKEY", Name: "shop.test"})
	return s
}

// serve starts Knot with zones, as its settings have them.
func (s *knot) serve(t *testing.T, zones string) {
	t.Helper()
	host, port, _ := net.SplitHostPort(s.address)
	s.write(t, "knot.conf", fmt.Sprintf(`server:
    rundir: %[1]s
    listen: %[2]s@%[3]s
database:
    storage: %[1]s
template:
  - id: default
    storage: %[1]s
    zonefile-sync: -1
    journal-content: none
zone:
`, s.folder, host, port)+zones)
	s.run(t, "knotd", "-c", s.path("knot.conf"))
}

// needs skips a test without the programs of Debian's knot and unbound; in CI it fails.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, program := range programs {
		_, err := exec.LookPath(program)
		switch {
		case err != nil && os.Getenv("CI") == "true":
			t.Fatal("needs", program)
		case err != nil:
			t.Skip("needs", program)
		}
	}
}

// ds is what the parent zone would have of the key.
func (s *knot) ds(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("keymgr", "-c", s.path("knot.conf"), "shop.test", "ds").Output()
	fields := strings.Fields(string(out))
	if err != nil || len(fields) < 6 {
		t.Fatalf("keymgr: %v %s", err, out)
	}
	return strings.Join(fields[2:6], " ")
}

// unbound starts a resolver that trusts a key, and gives its address.
func (s *knot) unbound(t *testing.T, ds string) string {
	t.Helper()
	address := free(t)
	at := func(a string) string { return strings.Replace(a, ":", "@", 1) }
	s.write(t, "unbound.conf", fmt.Sprintf(`server:
  interface: %[1]s
  do-daemonize: no
  chroot: ""
  username: ""
  directory: "%[2]s"
  pidfile: ""
  use-syslog: no
  do-not-query-localhost: no
  local-zone: "test." nodefault
  domain-insecure: "plain.test"
  trust-anchor: "shop.test. IN DS %[3]s"
stub-zone:
  name: "shop.test"
  stub-addr: %[4]s
stub-zone:
  name: "plain.test"
  stub-addr: %[4]s
stub-zone:
  name: "."
  stub-addr: %[4]s
remote-control:
  control-enable: no
`, at(address), s.folder, ds, at(s.address)))
	s.run(t, "unbound", "-d", "-c", s.path("unbound.conf"))
	s.await(t, address, record.Question{Type: "A", Name: "ns.plain.test"})
	return address
}

func (s *knot) path(name string) string { return filepath.Join(s.folder, name) }

func (s *knot) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(s.path(name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// run starts a program, which ends with the test.
func (s *knot) run(t *testing.T, program string, args ...string) {
	t.Helper()
	cmd := exec.Command(program, args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
}

// await asks until there is an answer.
func (s *knot) await(t *testing.T, address string, q record.Question) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	r := &Resolver{Servers: []string{address}}
	for len(r.Ask(ctx, q).Of(q.Type)) == 0 {
		select {
		case <-ctx.Done():
			t.Fatalf("no answer from %s to %s", address, q)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// free is an address of this machine at which nothing listens.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
