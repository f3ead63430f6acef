package foreign

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/capture"
	"ehlo/transcripts/pcap"
)

// connection is one of a capture: where it leads, and what crossed it. A side alone ends; one with ! breaks.
type connection struct {
	server   string
	dialogue []string
}

// packets are a capture with these connections.
func packets(t testing.TB, list ...connection) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	r, err := capture.Create(path, "test")
	if err != nil {
		t.Fatal(err)
	}
	began := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	for n, c := range list {
		log := &record.Log{}
		log.Append(record.Event{Kind: record.KindStart, Start: &record.Start{Time: began}})
		addr := func(s string, port int) net.Addr {
			a := netip.MustParseAddrPort(s)
			return net.TCPAddrFromAddrPort(netip.AddrPortFrom(a.Addr(), uint16(int(a.Port())+port)))
		}
		at := began.Add(time.Duration(n) * time.Second)
		o := r.Watch(wire.Opened{Local: addr("192.0.2.1:50000", n), Remote: addr(c.server, 0), Asked: at, At: at}, log)
		for i, line := range c.dialogue {
			dir, text, _ := strings.Cut(line, " ")
			then := at.Add(time.Duration(i+1) * time.Millisecond)
			switch {
			case strings.HasSuffix(dir, "!"):
				o.(wire.Ender).Ended(wire.Direction(dir[:1]), errors.New("broken"), then)
			case text == "":
				o.(wire.Ender).Ended(wire.Direction(dir), nil, then)
			default:
				o.Bytes(wire.Direction(dir), []byte(strings.NewReplacer(`\r`, "\r", `\n`, "\n").Replace(text)), then)
			}
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

const port587 = "192.0.2.2:587"

func TestCapture(t *testing.T) {
	hello := []string{`S 220 mail.example ready\r\n`, `C EHLO me\r\n`, `S 250-mail.example\r\n250 STARTTLS\r\n`}
	for _, test := range []struct {
		name, server string
		dialogue     []string
		told         string
		finding      record.FindingCode
		outcome      record.Outcome
	}{
		{"whole", port587, append(hello, `C QUIT\r\n`, `S 221 bye\r\n`, "S", "C"), helloTold + "quit> QUIT; quit< 221", "", record.OutcomeDone},
		{"behind a load balancer", port587, append([]string{`C PROXY TCP4 203.0.113.7 192.0.2.2 40000 587\r\n`}, append(hello, `C QUIT\r\n`, `S 221 bye\r\n`, "S", "C")...),
			"proxy> PROXY TCP4 203.0.113.7 192.0.2.2 40000 587; " + helloTold + "quit> QUIT; quit< 221", "", record.OutcomeDone},
		{"cut", port587, append(hello, `C MAIL FROM:<a@a.example>\r\n`, "S"), helloTold + "mail> MAIL FROM:<a@a.example>; mail< 0 closed", "server-closed", record.OutcomeFailed},
		{"broken", port587, append(hello, `C MAIL FROM:<a@a.example>\r\n`, "S!"), helloTold + "mail> MAIL FROM:<a@a.example>; mail< 0 reset", "server-closed", record.OutcomeFailed},
		{"no greeting", port587, []string{"S"}, "greeting< 0 closed", "closed-at-once", record.OutcomeFailed},
		{"TLS fails", port587, append(hello, `C STARTTLS\r\n`, `S 220 go\r\n`, "C \x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", "S \x15\x03\x01\x00\x02\x02\x28", "S"),
			helloTold + "starttls> STARTTLS; starttls< 220; tls", "tls-no-common-parameters", record.OutcomeFailed},
		{"the client leaves TLS", port587, append(hello, `C STARTTLS\r\n`, `S 220 go\r\n`, "C \x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", "C", "S"),
			helloTold + "starttls> STARTTLS; starttls< 220; tls", "", record.OutcomeStopped},
		{"the client resets TLS", port587, append(hello, `C STARTTLS\r\n`, `S 220 go\r\n`, "C \x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", "C!"),
			helloTold + "starttls> STARTTLS; starttls< 220; tls", "", record.OutcomeStopped},
		{"injected", port587, append(hello, `C STARTTLS\r\n`, `S 220 go\r\n250 evil\r\n`), helloTold + "starttls> STARTTLS; starttls< 220; starttls< 0 unasked", "starttls-injection", record.OutcomeUnsafe},
		{"another port", "192.0.2.2:5871", append(hello, `C QUIT\r\n`, `S 221 bye\r\n`, "S", "C"), helloTold + "quit> QUIT; quit< 221", "", record.OutcomeDone},
	} {
		t.Run(test.name, func(t *testing.T) {
			list, err := Read(packets(t, connection{test.server, test.dialogue}), "")
			if err != nil {
				t.Fatal(err)
			}
			imported := list[0].Log("test")
			if got := told(imported.Log); got != test.told {
				t.Errorf("got  %s\nwant %s", got, test.told)
			}
			if v := imported.Verdict; v.Outcome != test.outcome || v.Finding != test.finding {
				t.Errorf("%s %s, want %s %s: %s", v.Outcome, v.Finding, test.outcome, test.finding, v.Cause)
			}
		})
	}
}

// A capture with several connections gives those of SMTP, in their order; others are left out.
func TestCaptureOfSeveral(t *testing.T) {
	smtp := connection{port587, []string{`S 220 one\r\n`, `C QUIT\r\n`, `S 221 bye\r\n`}}
	ftp := connection{"192.0.2.2:21", []string{`S 220 ftp\r\n`, `C USER ann\r\n`, `S 331 password\r\n`, `C QUIT\r\n`, `S 221 bye\r\n`}}
	web := connection{"192.0.2.2:80", []string{`C GET / HTTP/1.1\r\n\r\n`, `S HTTP/1.1 200 OK\r\n\r\n`}}
	refused := connection{port587, []string{`S 220 two\r\n`, `C EHLO me\r\n`, `S 550-not\r\n550 you\r\n`, `C HELO me\r\n`, `S 554 nor so\r\n`, `C QUIT\r\n`, `S 221 bye\r\n`}}
	list, err := Read(packets(t, web, smtp, ftp, refused), "")
	if err != nil || len(list) != 2 || !strings.HasSuffix(list[0].Told(), "  221 bye") || !strings.HasSuffix(list[1].Told(), "  550-not") || list[0].When() == list[1].When() {
		t.Errorf("%d conversations, %v", len(list), err)
	}
	_, err = Read(packets(t, web, ftp), "")
	if e, ok := errors.AsType[*Error](err); !ok || !strings.Contains(e.Text, "it contains no SMTP in") || !strings.Contains(e.Text, "2 TCP connections") {
		t.Error(err)
	}
}

// What a capture does not hold is said.
func TestCaptureLacks(t *testing.T) {
	whole := packets(t, connection{port587, []string{`S 220 one\r\n`, `C EHLO me\r\n`, `S 250 ok\r\n`, `C QUIT\r\n`, `S 221 bye\r\n`}})
	inside := packets(t, connection{port587, []string{"C \x17\x03\x03\x00\x05abcde", "S \x17\x03\x03\x00\x05abcde"}})
	for want, source := range map[string][]byte{
		"is damaged or cut off":                  whole[:len(whole)-20],
		"begins after the TLS handshake":         inside,
		"begins in the middle of the connection": without(whole, 0, 1, 2, 3),
		"The capture lacks 6 bytes":              without(whole, 6),
		"The greeting is missing":                without(whole, 0, 1, 2, 3),
	} {
		list, err := Read(source, "")
		if err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		if lacks := strings.Join(list[0].Log("test").Lacks, " "); !strings.Contains(lacks, want) {
			t.Errorf("no %q in %q", want, lacks)
		}
	}
}

// A key log is for captures, and one that opens nothing is no trouble.
func TestCaptureKeys(t *testing.T) {
	source := packets(t, connection{port587, []string{`S 220 one\r\n`, `C QUIT\r\n`, `S 221 bye\r\n`}})
	if _, err := Read(source, "", []byte("CLIENT_RANDOM "+strings.Repeat("cd", 32)+" 11\n\nnonsense\n")); err != nil {
		t.Error(err)
	}
	if _, err := Read([]byte("=== Trying a:25...\n <-  220 hi\n"), "", []byte("x")); err == nil || !strings.Contains(err.Error(), "are for a packet capture") {
		t.Error(err)
	}
	random := strings.Repeat("ab", 32)
	keys := keyLines([]byte("CLIENT_RANDOM "+random+" 11\r\nX "+random+" 22\nCLIENT_RANDOM 00 33\n"), []byte("Y "+random+" 44"))
	if len(keys) != 1 || string(keys[[32]byte(bytes.Repeat([]byte{0xab}, 32))]) != "CLIENT_RANDOM "+random+" 11\nX "+random+" 22\nY "+random+" 44\n" {
		t.Errorf("%q", keys)
	}
}

// FuzzCapture reads anything, and makes a log of it.
func FuzzCapture(f *testing.F) {
	f.Add(packets(f, connection{port587, []string{`S 220 one\r\n`, `C EHLO me\r\n`, `S 250 STARTTLS\r\n`, `C STARTTLS\r\n`, `S 220 go\r\n`, "C \x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", "S \x15\x03\x01\x00\x02\x02\x28", "S"}}))
	f.Add(packets(f, connection{"192.0.2.2:465", []string{"C \x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", "S \x17\x03\x03\x00\x05abcde", "C!"}}))
	f.Fuzz(func(t *testing.T, source []byte) {
		list, err := Read(source, "pcap")
		if err != nil {
			return
		}
		for i := range list[:min(len(list), 4)] {
			if log := list[i].Log("test").Log; log.At(log.Len()-1).Kind != record.KindEnd {
				t.Error("no end")
			}
		}
	})
}

// without is a capture without some of its packets.
func without(source []byte, numbers ...int) []byte {
	r, err := pcap.NewReader(bytes.NewReader(source))
	if err != nil {
		panic(err)
	}
	var out bytes.Buffer
	w, _ := pcap.NewWriter(&out, pcap.Section{Link: pcap.LinkRaw})
	for n := 0; ; n++ {
		b, err := r.Next()
		if err != nil {
			return out.Bytes()
		}
		if !slices.Contains(numbers, n) {
			w.Packet(*b.Packet)
		}
	}
}

// A file without secrets, given as one with them, is called that: without it what is inside TLS would seem to have no key.
func TestCaptureWithoutSecrets(t *testing.T) {
	source := packets(t, connection{port587, []string{`S 220 one\r\n`, `C EHLO me\r\n`, `S 250 ok\r\n`}})
	for keys, want := range map[string]bool{"-----BEGIN CERTIFICATE-----\n": false, "CLIENT_RANDOM zz 00\n": false, "CLIENT_RANDOM " + strings.Repeat("ab", 32) + " 00\n": true, "": true} {
		_, err := Read(source, "", []byte(keys))
		if (err == nil) != want {
			t.Errorf("%q: %v", keys, err)
		}
	}
}

// That a capture with no session in it is cut off is told with what was found in it.
func TestCaptureOfNothing(t *testing.T) {
	whole := packets(t, connection{"192.0.2.2:80", []string{`C GET / HTTP/1.1\r\n\r\n`}})
	_, err := Read(whole[:len(whole)-20], "")
	if e, ok := errors.AsType[*Error](err); !ok || !strings.Contains(e.Text, "it contains no SMTP in") || !strings.Contains(e.Text, ". The capture was read up to a point") || strings.Contains(e.Hint, "damaged") {
		t.Error(err)
	}
}
