package ask

import (
	"bytes"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"ehlo/session/engine"
	"ehlo/session/record"
	"ehlo/session/survey"
)

// The practice server is asked through STARTTLS and without, and accepts the same.
func TestAccepts(t *testing.T) {
	for scenario, want := range map[string]string{"submission": "TLS 1.2, TLS 1.3", "old-tls": "TLS 1.0, TLS 1.1", "tls-1.2": "TLS 1.2"} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			cfg := practice(t, scenario)
			cfg.Quick = false
			cfg.Ports = []int{465, 587}
			for _, c := range Ask(t.Context(), cfg).Cells {
				var names []string
				for _, v := range c.Accepts.Versions {
					if v.Accepted {
						names = append(names, v.Name)
					}
				}
				if got := strings.Join(names, ", "); got != want || c.Accepts.Unfinished() {
					t.Errorf("port %d: %s, unfinished %t, want %s", c.Port, got, c.Accepts.Unfinished(), want)
				}
			}
		})
	}
}

// Servers that answer no ClientHello as they should: what they say is no answer, and none of them keeps the program.
func TestHostile(t *testing.T) {
	t.Parallel()
	flood := bytes.Repeat([]byte{22, 3, 3, 0x40, 0}, 1<<18)
	for name, c := range map[string]struct {
		says       []byte
		stays      bool
		unfinished bool
	}{
		"hangs up":          {nil, false, false},
		"says nothing":      {nil, true, true},
		"another protocol":  {[]byte("HTTP/1.1 400 Bad Request\r\n\r\n"), false, false},
		"a flood":           {flood, true, true},
		"half a message":    {[]byte{22, 3, 3, 0, 100, 2, 0, 0, 96, 3, 3}, true, true},
		"a suite not asked": {serverHello(0x0303, 0xfefe), false, false},
		"a warning":         {[]byte{21, 3, 3, 0, 2, 1, 112}, false, false},
		"a version beyond":  {serverHello(0x7f1c, 0x1301), false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := answeredBy(t, func(conn net.Conn) {
				conn.Read(make([]byte, 4096))
				conn.Write(c.says)
				if c.stays {
					io.Copy(io.Discard, conn)
				}
			})
			if slices.ContainsFunc(got.Versions, func(v survey.Version) bool { return v.Accepted }) || got.Unfinished() != c.unfinished {
				t.Errorf("got %+v, want nothing accepted, unfinished %t", got, c.unfinished)
			}
		})
	}
}

// serverHello is one with a version and a suite, and no extensions.
func serverHello(version, suite uint16) []byte {
	body := append([]byte{byte(version >> 8), byte(version)}, make([]byte, 32)...)
	body = append(body, 0, byte(suite>>8), byte(suite), 0)
	message := append([]byte{2, 0, 0, byte(len(body))}, body...)
	return append([]byte{22, 3, 3, 0, byte(len(message))}, message...)
}

// answeredBy asks a server that does something with each connection, and hangs up.
func answeredBy(t *testing.T, do func(net.Conn)) *survey.Accepts {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				do(conn)
			}()
		}
	}()
	port := ln.Addr().(*net.TCPAddr).Port
	cfg := Config{Session: engine.Config{Target: record.Target{Host: "127.0.0.1", Port: port, Implicit: true}, Timeout: 300 * time.Millisecond}}
	return cfg.accepts(t.Context(), survey.Cell{Address: "127.0.0.1", Port: port, State: survey.StateTLS})
}
