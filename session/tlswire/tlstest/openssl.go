package tlstest

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// OpenSSL is the program of that name that the tests run: the one that .ci/openssl has made ready, or that of PATH.
func OpenSSL() string { return cmp.Or(os.Getenv("EHLO_TEST_OPENSSL"), "openssl") }

// NeedHybrid skips a test whose openssl has no ML-KEM (before 3.5); where CI=true it has to have it.
func NeedHybrid(t testing.TB) {
	t.Helper()
	if Hybrid() {
		return
	}
	const missing = "this openssl has no X25519MLKEM768: version 3.5 has, and .ci/openssl DIR makes one ready for EHLO_TEST_OPENSSL"
	if os.Getenv("CI") == "true" {
		t.Fatal(missing)
	}
	t.Skip(missing)
}

// Hybrid reports whether this openssl has ML-KEM, and what else came with version 3.5.
var Hybrid = sync.OnceValue(func() bool {
	out, _ := exec.Command(OpenSSL(), "list", "-kem-algorithms").Output()
	return bytes.Contains(out, []byte("X25519MLKEM768"))
})

// noRoots has s_server and s_client not read the roots of this system, of which they would parse a hundred and more at each start: no
// certificate of a test is signed by one of them. What an option names is read all the same.
var noRoots = []string{"-no-CAfile", "-no-CApath", "-no-CAstore"}

// limit bounds what a test waits for.
const limit = 20 * time.Second

// Server is a running s_server.
type Server struct {
	Address string
	out     *output
}

var accepting = regexp.MustCompile(`ACCEPT (\S+)\n`)

// Serve runs s_server with -trace and these options until the test ends. It greets every client that came through the
// handshake, as an SMTP server would, and speaks to one after the other.
func Serve(t testing.TB, options ...string) *Server {
	t.Helper()
	Need(t, OpenSSL(), "stdbuf") // stdbuf makes s_server say things when they happen
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{out: &output{}}
	args := slices.Concat([]string{"-oL", OpenSSL(), "s_server", "-trace", "-accept", "127.0.0.1:0"}, noRoots, options)
	cmd := exec.CommandContext(ctx, "stdbuf", args...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	greeter := &greeter{output: s.out, stdin: stdin}
	cmd.Stdout, cmd.Stderr = greeter, greeter
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		stdin.Close()
		cmd.Wait()
	})
	started, stop := context.WithTimeout(ctx, limit)
	defer stop()
	s.out.await(started, "ACCEPT 127.0.0.1:", 0)
	s.out.await(started, "\n", s.out.await(started, "ACCEPT 127.0.0.1:", 0))
	m := accepting.FindStringSubmatch(s.out.text())
	if m == nil {
		t.Fatalf("s_server said no address: %s", s.out.text())
	}
	s.Address = m[1]
	return s
}

// greeter is the output of s_server, and what is typed in answer to it.
type greeter struct {
	*output
	stdin io.Writer
	rest  string // of a line
}

func (g *greeter) Write(b []byte) (int, error) {
	lines := strings.Split(g.rest+string(b), "\n")
	g.rest = lines[len(lines)-1]
	for _, line := range lines[:len(lines)-1] {
		switch {
		case strings.HasPrefix(line, "CIPHER is"):
			io.WriteString(g.stdin, "220 "+Host+" ESMTP\r\n")
		case strings.HasSuffix(line, "UIT\r"): // in TLS 1.0 the Q may have come in a record of its own
			io.WriteString(g.stdin, "221 bye\r\n")
		}
	}
	return g.output.Write(b)
}

// connectionEnd is what s_server says when it has closed a connection, whether or not that came through the handshake.
const connectionEnd = "CONNECTION CLOSED\n"

// Traces are what s_server saw of its first n connections, once those are over.
func (s *Server) Traces(t testing.TB, n int) []Report {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	var out []Report
	for from := 0; len(out) < n; {
		end := s.out.await(ctx, connectionEnd, from)
		if end == from {
			t.Fatalf("s_server had no end of connection %d:\n%s", len(out), s.out.text()[from:])
		}
		out = append(out, readTrace(byServer, s.out.text()[from:end]))
		from = end
	}
	return out
}

// Client is one run of s_client with -trace.
type Client struct {
	Options []string
	Say     []string // typed, each after what stands at its place in Wait
	Wait    []string // what s_client has to print
	Last    string   // what it has to print in the end, if anything
}

// Talk runs s_client against the address and returns what it saw, at the latest after [limit].
func (c Client) Talk(t testing.TB, address string) Report {
	t.Helper()
	Need(t, OpenSSL(), "stdbuf")
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	args := slices.Concat([]string{"-o0", OpenSSL(), "s_client", "-connect", address, "-trace"}, noRoots, c.Options)
	cmd := exec.CommandContext(ctx, "stdbuf", args...)
	stdin, _ := cmd.StdinPipe()
	out := &output{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait(); cancel() }() // then there is nothing more to wait for
	from := 0
	for i, mark := range c.Wait {
		from = out.await(ctx, mark, from)
		if i < len(c.Say) {
			io.WriteString(stdin, c.Say[i])
		}
	}
	if c.Last != "" {
		out.await(ctx, c.Last, from)
	}
	io.WriteString(stdin, "Q\n")
	stdin.Close()
	if err := <-ended; err != nil {
		t.Logf("s_client: %v", err)
	}
	return readTrace(byClient, out.text())
}

// output can be waited for.
type output struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	more chan struct{}
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.more != nil {
		close(o.more)
		o.more = nil
	}
	return o.buf.Write(b)
}

func (o *output) text() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// await returns the place after the mark once it was written, or from when the time is over.
func (o *output) await(ctx context.Context, mark string, from int) int {
	for {
		o.mu.Lock()
		i := bytes.Index(o.buf.Bytes()[from:], []byte(mark))
		if o.more == nil {
			o.more = make(chan struct{})
		}
		more := o.more
		o.mu.Unlock()
		if i >= 0 {
			return from + i + len(mark)
		}
		select {
		case <-more:
		case <-ctx.Done():
			return from
		}
	}
}
