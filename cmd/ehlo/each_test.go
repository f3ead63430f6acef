package main

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ehlo/session/lab/scripttest"
	"ehlo/session/record"
	"ehlo/session/setup"
)

// A session at each address ends with what differs, and with the first exit code that is not 0.
func TestEachAddress(t *testing.T) {
	server, err := scripttest.Start(`S: 220 mx1.example ESMTP
		C: EHLO …
		S: 250-mx1.example
		S: 250 SIZE 100
		NEXT
		S: 421 4.3.2 closing
		CLOSE
		NEXT
		S: 220 mx3.example ESMTP
		C: EHLO …
		S: 550 5.7.1 not you`, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for _, a := range []string{"192.0.2.1", "2001:db8::2", "192.0.2.3"} {
		server.Addresses = append(server.Addresses, netip.MustParseAddr(a))
	}
	p, err := setup.New(setup.Request{Target: "smtp://mail.example", TLS: "off"})
	if err != nil {
		t.Fatal(err)
	}
	p.Config.Resolver, p.Config.Dial = server, server.DialContext
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	exit, _, _ := exitOf((&runner{printing: printing{quiet: true}}).atEach(t.Context(), streams{os.Stdin, out, out}, p))
	printed, _ := os.ReadFile(out.Name())
	if exit != record.ExitEHLO { // of 0, 75 and 6
		t.Errorf("exit %d\n%s", exit, printed)
	}
	for _, words := range []string{"The same session at 3 addresses:\n", "192.0.2.1 ", "2001:db8::2 ", "done ", "deferred 75", "refused 6", "mx3.example ESMTP", "Different: outcome, STARTTLS, banner."} {
		if !strings.Contains(string(printed), words) {
			t.Errorf("no %q in\n%s", words, printed)
		}
	}
}

// What would be done once for each address and must not be is refused.
func TestEachAddressRefuses(t *testing.T) {
	asked := setup.Request{Target: "smtp://mail.example"}
	asked.Goal.From, asked.Goal.To = "ann@example.org", []string{"bob@example.org"}
	for until, refused := range map[string]bool{"": true, "quit": true, "rcpt": false} {
		asked.Until = until
		p, err := setup.New(asked)
		if err != nil {
			t.Fatal(err)
		}
		if err := (&runner{}).checkEach(p); (err != nil) != refused {
			t.Errorf("until %q: %v", until, err)
		}
	}
	p, err := setup.New(setup.Request{Target: "smtp://mail.example"})
	if err != nil {
		t.Fatal(err)
	}
	if (&runner{o: options{output: "x"}}).checkEach(p) == nil {
		t.Error("several sessions go into one file")
	}
	if p.Address = "192.0.2.1"; (&runner{}).checkEach(p) == nil {
		t.Error("each of the addresses is one address")
	}
}
