package ask

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"ehlo/session/engine"
	"ehlo/session/record"
	"ehlo/session/survey"
)

// someServers are listeners on loopback, one for each port of each address of a host that does not exist.
type someServers struct {
	listeners map[string]net.Listener // by the address that is dialed
	accepting sync.WaitGroup          // until the listeners are closed
	speaking  sync.WaitGroup          // with a client
}

// serveSome answers each connection at a port as speak does; it is closed when speak returns.
func serveSome(t *testing.T, addresses []string, ports []int, speak func(port int, conn net.Conn)) *someServers {
	t.Helper()
	s := &someServers{listeners: map[string]net.Listener{}}
	for _, a := range addresses {
		for _, port := range ports {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { l.Close() })
			s.listeners[net.JoinHostPort(a, fmt.Sprint(port))] = l
			s.accepting.Go(func() { s.serve(l, port, speak) })
		}
	}
	return s
}

func (s *someServers) serve(l net.Listener, port int, speak func(port int, conn net.Conn)) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		s.speaking.Go(func() {
			defer conn.Close()
			speak(port, conn)
		})
	}
}

// over waits for the end of all connections, and hangs where one is left open.
func (s *someServers) over() {
	for _, l := range s.listeners {
		l.Close()
	}
	s.accepting.Wait()
	s.speaking.Wait()
}

func (s *someServers) dial(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, network, s.listeners[address].Addr().String())
}

// theHost is a resolver that knows the addresses of one host.
type theHost []netip.Addr

// LookupNetIP implements [engine.Resolver].
func (h theHost) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) { return h, nil }

// asks is a survey of those servers.
func (s *someServers) asks(t *testing.T, addresses []string, ports []int, quick bool) Config {
	t.Helper()
	target, err := record.ParseTarget("mail.example", false)
	if err != nil {
		t.Fatal(err)
	}
	host := theHost{}
	for _, a := range addresses {
		host = append(host, netip.MustParseAddr(a))
	}
	return Config{Session: engine.Config{Target: target, Resolver: host, Dial: s.dial, Timeout: time.Minute}, Ports: ports, Limit: 3 * time.Minute, Quick: quick}
}

// drain reads until the client is gone.
func drain(conn net.Conn) {
	buf := make([]byte, 4096)
	for {
		if _, err := conn.Read(buf); err != nil {
			return
		}
	}
}

// greets is a server of SMTP without anything.
func greets(_ int, conn net.Conn) {
	fmt.Fprint(conn, "220 mail.example ESMTP\r\n")
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		switch {
		case err != nil:
			return
		case strings.HasPrefix(string(buf[:n]), "QUIT"):
			fmt.Fprint(conn, "221 bye\r\n")
			return
		}
		fmt.Fprint(conn, "250 mail.example\r\n")
	}
}

var twoAddresses = []string{"192.0.2.1", "2001:db8::1"}

// Twenty servers are looked at all at once: one that never speaks delays its own row alone, and when the survey ends no connection is left.
func TestTwentyAtOnce(t *testing.T) {
	ports := []int{25, 587, 2525, 2526, 2527, 2528, 2529, 2530, 2531, 2532}
	s := serveSome(t, twoAddresses, ports, func(port int, conn net.Conn) {
		if port == 2530 {
			drain(conn)
			return
		}
		greets(port, conn)
	})
	cfg := s.asks(t, twoAddresses, ports, true)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	began := 0
	cfg.Began = func(s survey.Survey) { began = len(s.Cells) }
	cfg.Told = func(done, all int, c survey.Cell) {
		if done == all-len(twoAddresses) {
			stop() // the silent ones alone are left
		}
	}
	found := Ask(ctx, cfg)
	for _, c := range found.Cells {
		want := survey.StateCleartext
		if c.Port == 2530 {
			want = survey.StateUnknown
		}
		if c.State != want {
			t.Errorf("port %d at %s is %s, want %s", c.Port, c.Address, c.State, want)
		}
	}
	if began != 20 || len(found.Cells) != 20 || !found.Stopped {
		t.Errorf("%d rows at first, %d at the end, stopped %t", began, len(found.Cells), found.Stopped)
	}
	s.over()
}

// hostile is what servers say that are not what they should be.
var hostile = []string{
	"", "220 \x1b[2J\u202e" + strings.Repeat("漢", 2000) + "\r\n", strings.Repeat("220-more\r\n", 5000), strings.Repeat("x", 1<<20), "\x16\x03\x01\x00\x02\x02\x28", "\x00\xff\xfe\r\n",
	"HTTP/1.1 400 Bad Request\r\nServer: \x1b]0;x\a\r\n\r\n", "220 mail.example ESMTP\r\n250-mail.example\r\n250-STARTTLS\r\n250 AUTH \x1b[31mPLAIN\r\n220 go\r\n\x16\x03\x03\xff\xff",
	"220 mail.example\r\n250-mail.example\r\n250-SIZE 99999999999999999999\r\n250 AUTH PLAIN\r\n", "+OK \u200b\r\n", "* OK \x9b31m\r\n",
}

// checkHostile looks for what must not come of it: a port without a state, text without a bound, or such as moves the cursor.
func checkHostile(t *testing.T, found *survey.Survey) {
	t.Helper()
	for _, c := range found.Cells {
		text := fmt.Sprint(c.Greeting, c.Protocol, c.Keywords, c.AuthBefore, c.AuthInside, c.Verdict.Cause)
		if i := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }); i >= 0 {
			t.Errorf("port %d has %q", c.Port, text[i:min(i+20, len(text))])
		}
		if c.State == survey.StateUnknown || len([]rune(c.Greeting)) > mostGreeting {
			t.Errorf("port %d is %s, with a greeting of %d characters: %s", c.Port, c.State, len([]rune(c.Greeting)), c.Verdict.Cause)
		}
	}
}

// mostGreeting is how much of a greeting is kept, in characters, with the mark of what was left out.
const mostGreeting = 201

// What is not SMTP, is without an end or breaks off ends in a state, and leaves nothing behind.
func TestHostileServers(t *testing.T) {
	var ports []int
	for i := range hostile {
		ports = append(ports, 2601+i)
	}
	s := serveSome(t, twoAddresses[:1], ports, func(port int, conn net.Conn) { fmt.Fprint(conn, hostile[port-2601]) })
	checkHostile(t, Ask(t.Context(), s.asks(t, twoAddresses[:1], ports, false)))
	s.over()
}

// The same, whatever a server says before it hangs up.
func FuzzServer(f *testing.F) {
	for _, says := range hostile {
		f.Add([]byte(says[:min(len(says), 4096)]), uint16(25))
		f.Add([]byte(says[:min(len(says), 4096)]), uint16(465))
		f.Add([]byte(says[:min(len(says), 4096)]), uint16(143))
	}
	f.Fuzz(func(t *testing.T, says []byte, port uint16) {
		s := &someServers{}
		cfg := s.asks(t, twoAddresses[:1], []int{max(int(port), 1)}, true)
		cfg.Session.Timeout = 300 * time.Millisecond // silence is an answer too
		cfg.Session.Dial = func(context.Context, string, string) (net.Conn, error) {
			client, server := net.Pipe()
			s.speaking.Go(func() {
				defer server.Close()
				go drain(server) // a pipe holds nothing: what is sent meanwhile has to be read
				server.Write(says)
			})
			return client, nil
		}
		checkHostile(t, Ask(t.Context(), cfg))
		s.over()
	})
}
