package wire

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// transcript writes a reply and its error the way the tables below expect it.
func transcript(r Reply, err error) string {
	var out strings.Builder
	for _, l := range r.Lines {
		fmt.Fprintf(&out, "%s%s", l.Code, strings.Trim(fmt.Sprintf("%c", l.Sep), "\x00"))
		if !l.Enhanced.IsZero() {
			fmt.Fprintf(&out, "(%v)", l.Enhanced)
		}
		fmt.Fprintf(&out, "%s\n", VisibleString(l.Text))
	}
	for _, d := range r.Defects {
		fmt.Fprintf(&out, "defect %d %s", d.Line, d.Code)
		if d.More > 0 {
			fmt.Fprintf(&out, " +%d", d.More)
		}
		out.WriteString("\n")
	}
	if err != nil {
		fmt.Fprintf(&out, "error %v\n", err)
	}
	return out.String()
}

func TestReadReply(t *testing.T) {
	for _, test := range []struct{ name, server, want string }{
		{"one line", "220 mail.lab ESMTP\r\n",
			"220 mail.lab ESMTP\n"},
		{"ehlo", "250-mail.lab\r\n250-STARTTLS\r\n250 SIZE 100\r\n",
			"250-mail.lab\n250-STARTTLS\n250 SIZE 100\n"},
		{"enhanced code", "535 5.7.8 no\r\n",
			"535 (5.7.8)no\n"},
		{"enhanced code alone", "250 2.0.0\r\n",
			"250 (2.0.0)\n"},
		{"address is no enhanced code", "250 2.2.2.2 at your service\r\n",
			"250 2.2.2.2 at your service\n"},
		{"enhanced code on both lines", "550-5.1.1 nobody\r\n550 5.1.1 here\r\n",
			"550-(5.1.1)nobody\n550 (5.1.1)here\n"},
		{"tab in the text", "250 a\tb\r\n",
			"250 a\\tb\n"},

		{"different codes", "250-yes\r\n550-no\r\n550 no\r\n",
			"250-yes\n550-no\n550 no\ndefect 1 mismatched-code\n"},
		{"second digit", "260 x\r\n",
			"260 x\ndefect 1 unknown-group\n"},
		{"fourth digit", "2500 x\r\n",
			"2500 x\ndefect 1 bad-separator\n"},
		{"underscore behind the code ends the reply", "250_x\r\n250 y\r\n",
			"250_x\ndefect 1 bad-separator\n"},
		{"code alone", "354\r\n",
			"354\ndefect 1 missing-text\n"},
		{"code and space", "354 \r\n",
			"354 \ndefect 1 missing-text\n"},
		{"empty lines around a text", "220-\r\n220-hello\r\n220\r\n",
			"220-\n220-hello\n220\n"},
		{"bare LF", "250-a\n250-b\n250 c\r\n",
			"250-a\n250-b\n250 c\ndefect 1 bare-lf +1\n"},
		{"bare CR", "250 a\rb\r\n",
			"250 a\\rb\ndefect 1 bare-cr\n"},
		{"CR CR LF", "250 a\r\r\n",
			"250 a\\r\ndefect 1 bare-cr\n"},
		{"no line end before the end", "221 bye",
			"221 bye\ndefect 1 missing-line-end\n"},
		{"half a line end before the end", "221 bye\r",
			"221 bye\ndefect 1 missing-line-end\n"},
		{"NUL", "250 a\x00b\r\n",
			"250 a\\x00b\ndefect 1 nul\n"},
		{"escape sequence", "250 \x1b[2J\r\n",
			"250 \\x1b[2J\ndefect 1 control-character\n"},
		{"UTF-8", "250 grüß\r\n",
			"250 grüß\ndefect 1 utf8-text\n"},
		{"Latin-1", "250 gr\xfc\xdf\r\n",
			"250 gr\\xfc\\xdf\ndefect 1 invalid-utf8\n"},
		{"512 bytes", "250 " + strings.Repeat("x", 506) + "\r\n",
			"250 " + strings.Repeat("x", 506) + "\n"},
		{"513 bytes", "250 " + strings.Repeat("x", 507) + "\r\n",
			"250 " + strings.Repeat("x", 507) + "\ndefect 1 long-line\n"},
		{"class against code", "550 2.1.5 ok\r\n",
			"550 (2.1.5)ok\ndefect 1 enhanced-class\n"},
		{"enhanced codes differ", "550-5.1.1 a\r\n550 5.7.1 b\r\n",
			"550-(5.1.1)a\n550 (5.7.1)b\ndefect 1 enhanced-mismatch\n"},
		{"enhanced code on one line", "550-5.1.1 a\r\n550-b\r\n550 c\r\n",
			"550-(5.1.1)a\n550-b\n550 c\ndefect 2 enhanced-missing +1\n"},
		{"defects by line", "250-\x00\r\n250 \x00b\n",
			"250-\\x00\n250 \\x00b\ndefect 1 nul +1\ndefect 2 bare-lf\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			reply, err := NewReader(strings.NewReader(test.server), Limits{}).ReadReply()
			if got := transcript(reply, err); got != test.want {
				t.Errorf("got\n%swant\n%s", got, test.want)
			}
		})
	}
}

func TestReadReplyErrors(t *testing.T) {
	for _, test := range []struct {
		name, server string
		sentinel     error
		raw, want    string
	}{
		{"nothing", "", ErrClosed, "",
			"error reply line 1: connection closed by the server: EOF\n"},
		{"cut in the code", "25", ErrUnexpectedEOF, "25",
			"error reply line 1: connection closed in the middle of a reply: unexpected EOF\n"},
		{"cut behind the code", "250", ErrUnexpectedEOF, "250",
			"error reply line 1: connection closed in the middle of a reply: unexpected EOF\n"},
		{"cut between lines", "250-a\r\n", ErrUnexpectedEOF, "250-a\r\n",
			"250-a\nerror reply line 2: connection closed in the middle of a reply: unexpected EOF\n"},
		{"cut in a line that is not the last", "250-a\r\n250-b", ErrUnexpectedEOF, "250-a\r\n250-b",
			"250-a\nerror reply line 2: connection closed in the middle of a reply: unexpected EOF\n"},
		{"web server", "HTTP/1.1 400 Bad Request\r\nServer: x\r\n", ErrNotSMTP, "HTTP/1.1 400 Bad Request\r\n",
			`error reply line 1: not an SMTP reply: looks like HTTP: "HTTP/1.1 400 Bad Request"` + "\n"},
		{"ssh", "SSH-2.0-x\r\n", ErrNotSMTP, "SSH-2.0-x\r\n",
			`error reply line 1: not an SMTP reply: looks like SSH: "SSH-2.0-x"` + "\n"},
		{"rsync", "@RSYNCD: 31.0\n", ErrNotSMTP, "@RSYNCD: 31.0\n",
			`error reply line 1: not an SMTP reply: looks like rsync: "@RSYNCD: 31.0"` + "\n"},
		{"pop3", "+OK ready\r\n", ErrNotSMTP, "+OK ready\r\n",
			`error reply line 1: not an SMTP reply: looks like POP3: "+OK ready"` + "\n"},
		{"imap", "* OK ready\r\n", ErrNotSMTP, "* OK ready\r\n",
			`error reply line 1: not an SMTP reply: looks like IMAP: "* OK ready"` + "\n"},
		{"something else, visibly", "\x1b]0;owned\a\r\n", ErrNotSMTP, "\x1b]0;owned\a\r\n",
			`error reply line 1: not an SMTP reply: begins with "\x1b]0;owned\x07"` + "\n"},
		{"empty line", "\r\n220 late\r\n", ErrNotSMTP, "\r\n",
			`error reply line 1: not an SMTP reply: begins with ""` + "\n"},
		{"no code on the second line", "250-a\r\nSTARTTLS\r\n250 b\r\n", ErrNotSMTP, "250-a\r\nSTARTTLS\r\n",
			"250-a\n" + `error reply line 2: not an SMTP reply: begins with "STARTTLS"` + "\n"},
		{"code below the range", "199 x\r\n", ErrNotSMTP, "199 x\r\n",
			`error reply line 1: not an SMTP reply: begins with "199 x"` + "\n"},
		{"code above the range", "600 x\r\n", ErrNotSMTP, "600 x\r\n",
			`error reply line 1: not an SMTP reply: begins with "600 x"` + "\n"},
		{"two digits", "25 x\r\n", ErrNotSMTP, "25 x\r\n",
			`error reply line 1: not an SMTP reply: begins with "25 x"` + "\n"},
		{"tls alert with LF inside", "\x15\x03\x01\x00\x02\x02\x0a", ErrTLSBytes, "\x15\x03\x01\x00\x02\x02\x0a",
			"error reply line 1: TLS record in place of an SMTP reply: alert record\n"},
		{"tls handshake", "\x16\x03\x03\x00\x2a", ErrTLSBytes, "\x16\x03\x03\x00\x2a",
			"error reply line 1: TLS record in place of an SMTP reply: handshake record\n"},
		{"tls record with LF in its length", "\x16\x03\x01\x0a\x00rest", ErrTLSBytes, "\x16\x03\x01\x0a\x00rest",
			"error reply line 1: TLS record in place of an SMTP reply: handshake record\n"},
		{"almost tls", "\x15\x03\x09\r\n", ErrNotSMTP, "\x15\x03\x09\r\n",
			`error reply line 1: not an SMTP reply: begins with "\x15\x03\t"` + "\n"},
		{"start of tls and the end", "\x16\x03", ErrNotSMTP, "\x16\x03",
			`error reply line 1: not an SMTP reply: begins with "\x16\x03"` + "\n"},
		{"line bound", "250 " + strings.Repeat("x", 100), ErrLineTooLong, "250 " + strings.Repeat("x", 28),
			`error reply line 1: reply line too long: begins with "250 ` + strings.Repeat("x", 28) + `"` + "\n"},
		{"reply bound", strings.Repeat("250-123456789012\r\n", 4), ErrReplyTooLong, strings.Repeat("250-123456789012\r\n", 4)[:64],
			strings.Repeat("250-123456789012\n", 3) + "error reply line 4: reply too long\n"},
		{"lines bound", strings.Repeat("250-x\r\n", 6), ErrTooManyLines, strings.Repeat("250-x\r\n", 5),
			strings.Repeat("250-x\n", 5) + "error reply line 6: too many reply lines\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			reply, err := NewReader(strings.NewReader(test.server), Limits{Line: 32, Reply: 64, Lines: 5}).ReadReply()
			if got := transcript(reply, err); got != test.want {
				t.Errorf("got\n%swant\n%s", got, test.want)
			}
			if !errors.Is(err, test.sentinel) {
				t.Errorf("error %v is not %v", err, test.sentinel)
			}
			if string(reply.Raw) != test.raw {
				t.Errorf("evidence %q, want %q", reply.Raw, test.raw)
			}
		})
	}
}

func TestLimitsAreInclusive(t *testing.T) {
	const server = "250-a\r\n250 b\r\n"
	exact := Limits{Line: 7, Reply: 14, Lines: 2}
	if _, err := NewReader(strings.NewReader(server), exact).ReadReply(); err != nil {
		t.Errorf("at the limits: %v", err)
	}
	for _, lim := range []Limits{{6, 14, 2}, {7, 13, 2}, {7, 14, 1}} {
		if _, err := NewReader(strings.NewReader(server), lim).ReadReply(); err == nil {
			t.Errorf("%+v: no error", lim)
		}
	}
}

// A wrong line is reported at its first byte, while the server is still silent.
func TestNotSMTPDoesNotWaitForTheLine(t *testing.T) {
	for _, seen := range []string{"H", "2x", "25_", "250-a\r\nX", "\x15\x03\x01"} {
		source := io.MultiReader(strings.NewReader(seen), neverRead{t})
		reply, err := NewReader(source, Limits{}).ReadReply()
		if !errors.Is(err, ErrNotSMTP) && !errors.Is(err, ErrTLSBytes) {
			t.Errorf("%q: %v", seen, err)
		}
		if string(reply.Raw) != seen {
			t.Errorf("evidence %q, want %q", reply.Raw, seen)
		}
	}
}

type neverRead struct{ t *testing.T }

func (n neverRead) Read([]byte) (int, error) {
	n.t.Error("waited for more bytes")
	return 0, io.EOF
}

func TestReadErrorKeepsCauseAndEvidence(t *testing.T) {
	source := io.MultiReader(strings.NewReader("250-a\r\n250 b"), iotest.ErrReader(os.ErrDeadlineExceeded))
	reply, err := NewReader(source, Limits{}).ReadReply()
	want := "250-a\nerror reply line 2: i/o timeout\n"
	if got := transcript(reply, err); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) || string(reply.Raw) != "250-a\r\n250 b" {
		t.Errorf("error %v, evidence %q", err, reply.Raw)
	}
}

func TestErrorWithBytesIsReportedAfterThem(t *testing.T) {
	r := NewReader(iotest.DataErrReader(strings.NewReader("250 a\r\n")), Limits{})
	if reply, err := r.ReadReply(); err != nil || reply.Code != 250 {
		t.Errorf("reply %d, error %v", reply.Code, err)
	}
	if _, err := r.ReadReply(); !errors.Is(err, ErrClosed) || !errors.Is(err, io.EOF) {
		t.Errorf("error %v", err)
	}
}

func TestReaderThatReadsNothing(t *testing.T) {
	_, err := NewReader(nothing{}, Limits{}).ReadReply()
	if !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("error %v", err)
	}
}

type nothing struct{}

func (nothing) Read([]byte) (int, error) { return 0, nil }

func TestPipelinedReplies(t *testing.T) {
	r := NewReader(strings.NewReader("250 a\r\n550 b\r\n354 c\r\n"), Limits{})
	for _, want := range []string{"250 a\r\n", "550 b\r\n", "354 c\r\n"} {
		reply, err := r.ReadReply()
		if err != nil || string(reply.Raw) != want {
			t.Errorf("got %q, %v; want %q", reply.Raw, err, want)
		}
	}
}

func TestBufferedShowsInjection(t *testing.T) {
	r := NewReader(strings.NewReader("220 go ahead\r\n250 injected\r\n"), Limits{})
	if _, err := r.ReadReply(); err != nil {
		t.Fatal(err)
	}
	seen := r.Buffered()
	if string(seen) != "250 injected\r\n" {
		t.Errorf("buffered %q", seen)
	}
	seen[0] = 'X'
	if string(r.Buffered()) != "250 injected\r\n" {
		t.Error("Buffered is not a copy")
	}
}

func TestFirstAndLastByteTimes(t *testing.T) {
	second := 0
	clock := func() time.Time { second++; return time.Unix(int64(second), 0) }
	r := NewReader(io.MultiReader(
		strings.NewReader("25"), strings.NewReader("0 a\r\n250 b"), strings.NewReader("\r\n250 c\r\n")), Limits{})
	r.SetClock(clock)
	for _, want := range [][2]int64{{1, 2}, {2, 3}, {3, 3}} {
		if _, err := r.ReadReply(); err != nil {
			t.Fatal(err)
		}
		if got := [2]int64{r.FirstByte().Unix(), r.LastByte().Unix()}; got != want {
			t.Errorf("first and last byte at %v, want %v", got, want)
		}
	}
	if _, err := r.ReadReply(); !errors.Is(err, ErrClosed) || !r.FirstByte().IsZero() || !r.LastByte().IsZero() {
		t.Errorf("without a reply: %v, %v, %v", err, r.FirstByte(), r.LastByte())
	}
}

func TestRepliesKeepTheirBytes(t *testing.T) {
	r := NewReader(strings.NewReader("250-a\r\n250 b\r\n550 c\r\n"), Limits{})
	first, _ := r.ReadReply()
	_ = append(first.Lines[0].Raw, "xx"...)
	if _, err := r.ReadReply(); err != nil || string(first.Raw) != "250-a\r\n250 b\r\n" {
		t.Errorf("first reply is now %q, %v", first.Raw, err)
	}
}

// endless repeats a line for ever.
type endless struct {
	line string
	at   int
}

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = e.line[e.at]
		e.at = (e.at + 1) % len(e.line)
	}
	return len(b), nil
}

// A reply without end costs memory in the order of the bound, whatever its shape.
func TestEndlessReplyIsThrifty(t *testing.T) {
	for _, test := range []struct {
		line     string
		sentinel error
	}{
		{"x", ErrNotSMTP},
		{"2", ErrLineTooLong},
		{"250-" + strings.Repeat("x", 1000) + "\r\n", ErrReplyTooLong},
		{"250-\x00\x01\xff\n", ErrTooManyLines},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		reply, err := NewReader(&endless{line: test.line}, Limits{}).ReadReply()
		runtime.ReadMemStats(&after)
		if !errors.Is(err, test.sentinel) {
			t.Errorf("%.8q: %v, want %v", test.line, err, test.sentinel)
		}
		if spent := after.TotalAlloc - before.TotalAlloc; spent > 12*uint64(defaultLimits.Reply) {
			t.Errorf("%.8q: %d bytes allocated for a reply of %d", test.line, spent, len(reply.Raw))
		}
	}
}
