package lab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/smtp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestWalk takes the default walk with a client that others wrote.
func TestWalk(t *testing.T) {
	l := scenario(t, "")
	c, err := smtp.NewClient(dial(t, l, 587).conn, "mail.lab")
	check(t, err)
	check(t, c.StartTLS(clientConfig(l)))
	check(t, c.Auth(smtp.PlainAuth("", "ann", "tulip-42", "mail.lab")))
	check(t, c.Mail("ann@lab.test"))
	check(t, c.Rcpt("bob@lab.test"))
	w, err := c.Data()
	check(t, err)
	fmt.Fprint(w, "Subject: hello\r\n\r\n.a line with a dot\r\n")
	check(t, w.Close())
	check(t, c.Quit())
	got := l.Mailbox()
	if len(got) != 1 || !strings.HasSuffix(string(got[0].Data), "\r\nSubject: hello\r\n\r\n.a line with a dot\r\n") {
		t.Errorf("mailbox: %q", got)
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestListeners(t *testing.T) {
	l := scenario(t, "")
	var got []string
	for _, ln := range l.Listeners() {
		got = append(got, fmt.Sprintf("%s %s:%d implicit=%v", ln.Role, ln.Host, ln.Port, ln.Implicit))
		if !strings.HasPrefix(ln.Addr, "127.0.0.1:") || ln.Addr6 != "" && !strings.HasPrefix(ln.Addr6, "[::1]:") {
			t.Errorf("%s listens on %q and %q, want loopback only", ln.Role, ln.Addr, ln.Addr6)
		}
	}
	want := []string{
		"relay mx.lab:25 implicit=false", "submission mail.lab:587 implicit=false",
		"submissions mail.lab:465 implicit=true", "alternate mail.lab:2525 implicit=false",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFixedPorts(t *testing.T) {
	free, err := net.Listen("tcp4", "127.0.0.1:0")
	check(t, err)
	port := free.Addr().(*net.TCPAddr).Port
	if l, err := Start(find(t, ""), Options{Ports: map[string]int{"submission": port}}); err == nil {
		l.Close()
		t.Fatal("started on a port in use")
	} else if !strings.Contains(err.Error(), "submission listener") {
		t.Errorf("error %q does not name the listener", err)
	}
	free.Close()
	l := start(t, find(t, ""), Options{Ports: map[string]int{"submission": port}})
	if got := l.Listeners()[1].Addr; got != fmt.Sprintf("127.0.0.1:%d", port) {
		t.Errorf("listens on %s, want port %d", got, port)
	}
}

func TestContradictingVersions(t *testing.T) {
	if _, err := Start(find(t, ""), Options{TLSMin: 0x0304, TLSMax: 0x0303}); err == nil {
		t.Error("started with a lowest TLS version above the highest")
	}
}

func TestLookup(t *testing.T) {
	l, ctx := scenario(t, ""), context.Background()
	for _, host := range []string{"mail.lab", "mx.lab", "MAIL.LAB."} {
		got, err := l.LookupNetIP(ctx, "ip4", host)
		if err != nil || !slices.Equal(got, []netip.Addr{netip.MustParseAddr("127.0.0.1")}) {
			t.Errorf("%s: %v, %v", host, got, err)
		}
	}
	got, err := l.LookupNetIP(ctx, "ip", "mail.lab")
	if want := 1; err != nil || len(got) < want || l.hasIPv6() && len(got) != 2 {
		t.Errorf("ip: %v, %v", got, err)
	}
	_, err = l.LookupNetIP(ctx, "ip", "mial.lab")
	if dns, ok := errors.AsType[*net.DNSError](err); !ok || !dns.IsNotFound || dns.Name != "mial.lab" {
		t.Errorf("unknown name: %v, want a *net.DNSError that is not found", err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := l.LookupNetIP(gone, "ip", "mail.lab"); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

func TestDial(t *testing.T) {
	l, ctx := scenario(t, ""), context.Background()
	addresses := []string{"mail.lab:587", "127.0.0.1:25"}
	if l.hasIPv6() {
		addresses = append(addresses, "[::1]:587")
	}
	for _, address := range addresses {
		c, err := l.DialContext(ctx, "tcp", address)
		check(t, err)
		if _, ok := c.(*net.TCPConn); !ok {
			t.Errorf("%s: a %T, want the socket itself", address, c)
		}
		c.Close()
	}
	for address, want := range map[string]error{
		"127.0.0.1:110": syscall.ECONNREFUSED, "192.0.2.1:587": syscall.ECONNREFUSED,
	} {
		if _, err := l.DialContext(ctx, "tcp", address); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", address, err, want)
		}
	}
	for _, address := range []string{"mail.lab", "mial.lab:25"} {
		if _, err := l.DialContext(ctx, "tcp", address); err == nil {
			t.Errorf("%s: connected", address)
		}
	}
}

func TestDialUnreachable(t *testing.T) {
	_, err := scenario(t, "refused").DialContext(context.Background(), "tcp", "127.0.0.1:587")
	if !errors.Is(err, syscall.ECONNREFUSED) || !strings.Contains(err.Error(), "127.0.0.1:587: connect: connection refused") {
		t.Errorf("refused: %v", err)
	}
	ctx, cancel := context.WithDeadline(context.Background(), time.Unix(0, 0))
	defer cancel()
	_, err = scenario(t, "filtered").LookupNetIP(context.Background(), "ip", "mx.lab")
	check(t, err)
	_, err = scenario(t, "filtered").DialContext(ctx, "tcp", "127.0.0.1:25")
	if err == nil || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("filtered: %v, want a timeout", err)
	}
	blocked, stop := context.WithCancel(context.Background())
	result := make(chan error)
	l := scenario(t, "filtered")
	go func() {
		_, err := l.DialContext(blocked, "tcp", "127.0.0.1:25")
		result <- err
	}()
	stop()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("filtered, canceled: %v", err)
	}
}

// TestClose leaves connections in every state open and expects Close to end
// them and every goroutine.
func TestClose(t *testing.T) {
	before := runtime.NumGoroutine()
	for _, name := range []string{"submission", "slow", "stall", "silent", "endless", "man-in-the-middle", "injected", "tls-inspection"} {
		l, err := Start(find(t, name), Options{})
		check(t, err)
		for _, ln := range l.Listeners() {
			for _, opening := range []string{"", "EHLO laptop\r\n", "EHLO laptop\r\nSTARTTLS\r\n", "EHLO"} {
				c, err := net.Dial("tcp", ln.Addr)
				check(t, err)
				defer c.Close()
				fmt.Fprint(c, opening)
			}
		}
		c := dial(t, l, 25) // a chunk that never ends
		c.send("EHLO laptop\r\nMAIL FROM:<>\r\nRCPT TO:<bob@lab.test>\r\nBDAT 100\r\nhalf of it")
		check(t, l.Close())
		check(t, l.Close())
		if _, err := net.Dial("tcp", l.Listeners()[0].Addr); err == nil {
			t.Errorf("%s: still listening after Close", name)
		}
	}
	expectGoroutines(t, before)
}

// expectGoroutines fails if more than want are left when those that have
// already signalled their end were given a chance to leave.
func expectGoroutines(t *testing.T, want int) {
	t.Helper()
	for range 100_000 {
		if runtime.NumGoroutine() <= want {
			return
		}
		runtime.Gosched()
	}
	stacks := make([]byte, 1<<16)
	t.Errorf("%d goroutines, want %d\n%s", runtime.NumGoroutine(), want, stacks[:runtime.Stack(stacks, true)])
}

// A deferred Close of a client that was never read from must not hold up the
// server either.
func TestCloseTwiceAtOnce(t *testing.T) {
	l := scenario(t, "endless")
	done := make(chan error)
	for range 2 {
		go func() { done <- l.Close() }()
	}
	check(t, <-done)
	check(t, <-done)
}

func BenchmarkStart(b *testing.B) {
	sc, _ := Find("")
	for b.Loop() {
		l, err := Start(sc, Options{})
		if err != nil {
			b.Fatal(err)
		}
		l.Close()
	}
}
