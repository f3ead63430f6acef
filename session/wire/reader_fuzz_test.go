package wire

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

func FuzzReadReply(f *testing.F) {
	for _, s := range []string{
		"220 mail.lab ESMTP\r\n", "250-a\r\n250-b\n550 5.1.1 c\r\n", "221 bye", "250", "354\r\n", "HTTP/1.1 200\r\n",
		"\x15\x03\x01\x00\x02\x02\x0a", "\x16\x03", "250 a\x00\r\xff\r\n", "250-" + strings.Repeat("x", 90) + "\r\n",
		"550-5.1.1 a\r\n550-5.7.1 b\r\n250 c\r\n", strings.Repeat("250-x\r\n", 9), "299_\r\n", "\r\n",
	} {
		f.Add([]byte(s))
	}
	lim := Limits{Line: 64, Reply: 160, Lines: 6}
	f.Fuzz(func(t *testing.T, input []byte) {
		whole, wholeErr := NewReader(bytes.NewReader(input), lim).ReadReply()
		single, singleErr := NewReader(iotest.OneByteReader(bytes.NewReader(input)), lim).ReadReply()
		checkBounds(t, input, whole, lim)
		checkShape(t, whole, wholeErr)
		checkSame(t, whole, wholeErr, single, singleErr)
	})
}

func checkBounds(t *testing.T, input []byte, r Reply, lim Limits) {
	if !bytes.HasPrefix(input, r.Raw) {
		t.Errorf("%q is not a prefix of the input", r.Raw)
	}
	if len(r.Raw) > lim.Reply || len(r.Lines) > lim.Lines {
		t.Errorf("%d bytes, %d lines: over the bounds", len(r.Raw), len(r.Lines))
	}
	for _, l := range r.Lines {
		if len(l.Raw) > lim.Line {
			t.Errorf("line of %d bytes", len(l.Raw))
		}
	}
}

func checkShape(t *testing.T, r Reply, err error) {
	var joined Raw
	for _, l := range r.Lines {
		joined = append(joined, l.Raw...)
		if !bytes.Contains(l.Raw, []byte(l.Text)) || !bytes.HasPrefix(l.Raw, []byte(l.Code)) {
			t.Errorf("line %+v is not made of its bytes", l)
		}
	}
	if !bytes.HasPrefix(r.Raw, joined) || (err == nil && len(joined) != len(r.Raw)) {
		t.Errorf("lines %q do not make up the reply %q", joined, r.Raw)
	}
	if err == nil && (r.Code < 200 || r.Code > 599) {
		t.Errorf("code %d", r.Code)
	}
	for _, d := range r.Defects {
		if d.Line < 1 || d.Line+d.More > len(r.Lines) || d.Code == "" || d.Text == "" || d.Ref == "" {
			t.Errorf("defect %+v", d)
		}
	}
}

// checkSame compares a reply read in two ways. After a byte that excludes SMTP the
// evidence is what happens to have arrived; everything else must not depend on it.
func checkSame(t *testing.T, a Reply, aErr error, b Reply, bErr error) {
	kind := func(err error) error {
		var e *Error
		if errors.As(err, &e) {
			return e.Err
		}
		return err
	}
	if kind(aErr) != kind(bErr) {
		t.Fatalf("errors %v and %v", aErr, bErr)
	}
	if errors.Is(aErr, ErrNotSMTP) || errors.Is(aErr, ErrTLSBytes) {
		if !bytes.HasPrefix(a.Raw, b.Raw) {
			t.Errorf("evidence %q and %q", a.Raw, b.Raw)
		}
		a.Raw, b.Raw = nil, nil
	}
	if !reflect.DeepEqual(a, b) {
		t.Errorf("replies %+v and %+v", a, b)
	}
}

func BenchmarkReadReply(b *testing.B) {
	for _, bench := range []struct{ name, server string }{
		{"one line", "250 2.1.0 Ok\r\n"},
		{"ehlo", "250-mail.lab\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n" +
			"250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-DSN\r\n250-SMTPUTF8\r\n250 CHUNKING\r\n"},
		{"1 MiB", strings.Repeat("250-"+strings.Repeat("x", 506)+"\r\n", 2047) + "250 end\r\n"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(bench.server)))
			source := strings.NewReader("")
			r := NewReader(source, Limits{})
			for b.Loop() {
				source.Reset(bench.server)
				if _, err := r.ReadReply(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
