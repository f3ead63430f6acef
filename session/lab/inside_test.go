package lab

import (
	"context"
	"testing"
)

// A port is opened for the connection that wants it, the others when someone asks where they are, and none once the server is closed.
func TestInsideAPortIsOpenedWhenWanted(t *testing.T) {
	l, err := Start(Scenario{Name: "t"}, Options{Inside: true})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	open := func() (n int) {
		for _, s := range l.services {
			n += len(s.sockets)
		}
		return n
	}
	if n := open(); n != 0 {
		t.Errorf("%d open at the start", n)
	}
	c, err := l.DialContext(context.Background(), "tcp", "127.0.0.1:587")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if n := open(); n != 1 {
		t.Errorf("%d open with the first connection", n)
	}
	for _, ln := range l.Listeners() {
		if ln.Addr == "" {
			t.Errorf("%s: no address", ln.Role)
		}
	}
	if n := open(); n < len(l.services) {
		t.Errorf("%d open of %d services", n, len(l.services))
	}
}

func TestInsideNoPortIsOpenedAfterTheEnd(t *testing.T) {
	l, err := Start(Scenario{Name: "t"}, Options{Inside: true})
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if c, err := l.DialContext(context.Background(), "tcp", "127.0.0.1:587"); err == nil {
		c.Close()
		t.Error("a connection")
	}
}
