package tlstest

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

var accepting = regexp.MustCompile(`ACCEPT (\S+)`)

// Serve runs s_server with these options until the test ends and returns its address. It greets every client that
// came through the handshake, as an SMTP server would.
func Serve(t testing.TB, options ...string) (address string) {
	t.Helper()
	Need(t, "openssl")
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, "openssl", append([]string{"s_server", "-accept", "127.0.0.1:0"}, options...)...)
	stdin, _ := cmd.StdinPipe()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		stdin.Close()
		cmd.Wait()
	})
	lines := bufio.NewReader(stdout)
	for {
		line, err := lines.ReadString('\n')
		if m := accepting.FindStringSubmatch(line); m != nil {
			go greet(lines, stdin)
			return m[1]
		}
		if err != nil {
			t.Fatalf("s_server said no address: %v", err)
		}
	}
}

func greet(lines *bufio.Reader, stdin io.Writer) {
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		if strings.HasPrefix(line, "CIPHER is") {
			io.WriteString(stdin, "220 "+Host+" ESMTP\r\n")
		}
	}
}

// Client is one run of s_client with -trace.
type Client struct {
	Options []string
	Say     []string // typed, each after what stands at its place in Wait
	Wait    []string // what s_client has to print
	Last    string   // what it has to print in the end, if anything
}

// Talk runs s_client against the address and returns what it printed, at the latest after 20 s.
func (c Client) Talk(t testing.TB, address string) string {
	t.Helper()
	Need(t, "openssl", "stdbuf") // stdbuf makes s_client say things when they happen
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	args := append([]string{"-o0", "openssl", "s_client", "-connect", address, "-trace"}, c.Options...)
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
	return out.text()
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

// await returns the place behind the mark once it was written, or from when the time is over.
func (o *output) await(ctx context.Context, mark string, from int) int {
	for {
		o.mu.Lock()
		i := strings.Index(o.buf.String()[from:], mark)
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
