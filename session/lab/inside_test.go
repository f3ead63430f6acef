package lab

import (
	"context"
	"testing"
	"time"
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

// A client that reads for long is cut off where others may be waiting, and not where it is alone.
func TestInsideAClientMayReadForLong(t *testing.T) {
	for _, test := range []struct {
		inside bool
		want   string
	}{{true, "250 2.0.0"}, {false, "421 4.4.2 mx.lab timeout exceeded"}} {
		l := start(t, find(t, ""), Options{Inside: test.inside})
		c := dial(t, l, 25)
		c.expect("220 ")
		l.Advance(6 * time.Minute)
		if test.inside {
			c.send("NOOP")
		}
		c.expect(test.want)
	}
}
