package compose

import (
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func letter() Letter {
	return Letter{Date: time.Date(2026, 11, 30, 2, 0, 0, 0, time.UTC), ID: "1@a.example", From: "ann@a.example", To: []string{"bob@b.example"}, Subject: "a test", Body: "Hello.\n"}
}

func written(t *testing.T, l Letter) string {
	t.Helper()
	var b strings.Builder
	if err := l.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func opening(content string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }
}

func TestLetter(t *testing.T) {
	l := letter()
	l.Cc = []string{"cy@c.example", "di@d.example"}
	l.Fields = Fields{Set: []string{"subject: another", "X-One: 1"}, Add: []string{"X-One: 2"}}
	want := "Date: Mon, 30 Nov 2026 02:00:00 +0000\r\nFrom: <ann@a.example>\r\nTo: <bob@b.example>\r\nCc: <cy@c.example>, <di@d.example>\r\n" +
		"Message-ID: <1@a.example>\r\nsubject: another\r\nX-One: 1\r\nX-One: 2\r\n\r\nHello.\r\n"
	if got := written(t, l); got != want {
		t.Errorf("%q\nwant %q", got, want)
	}
	l = letter()
	l.Subject, l.To = "grüße\r\nBcc: eve@e.example", nil
	if got := written(t, l); strings.Contains(got, "\nBcc:") || strings.Contains(got, "\nTo:") || !strings.Contains(got, "Subject: =?utf-8?q?") {
		t.Errorf("%q", got)
	}
}

// Files come out of the message as they went in.
func TestFiles(t *testing.T) {
	l := letter()
	long := strings.Repeat("\x00\xffline\n", 5000)
	l.Files = []File{{Name: "größe.bin", Open: opening(long)}, {Name: "a.txt", Type: "text/x-odd", Open: opening("")}, {Name: "m.eml", Open: opening("A: b\n")}}
	m, err := mail.ReadMessage(strings.NewReader(written(t, l)))
	if err != nil {
		t.Fatal(err)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/mixed" {
		t.Fatal(kind, err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for _, want := range []struct{ name, kind, content string }{{"", "text/plain; charset=utf-8", "Hello."}, {"größe.bin", "application/octet-stream", long}, {"a.txt", "text/x-odd", ""}, {"m.eml", "application/octet-stream", "A: b\n"}} {
		p, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		var from io.Reader = p
		if want.name != "" {
			from = base64.NewDecoder(base64.StdEncoding, p)
		}
		content, err := io.ReadAll(from)
		if err != nil || p.FileName() != want.name || p.Header.Get("Content-Type") != want.kind || string(content) != want.content {
			t.Errorf("%q %q, %d bytes, %v", p.FileName(), p.Header.Get("Content-Type"), len(content), err)
		}
	}
	l.Files = []File{{Name: "gone", Open: func() (io.ReadCloser, error) { return nil, errors.New("gone") }}}
	if err := l.Write(io.Discard); err == nil {
		t.Error("a file that is not there makes no error")
	}
	l.Files[0].Open = func() (io.ReadCloser, error) { return io.NopCloser(iotest.ErrReader(errors.New("broken"))), nil }
	if err := l.Write(io.Discard); err == nil {
		t.Error("a file that cannot be read makes no error")
	}
}

func TestEdit(t *testing.T) {
	set := Fields{Set: []string{"Subject: new"}, Add: []string{"X-Test: 1"}}
	for given, want := range map[string]string{
		"Subject: old\n folded\nFrom: a@b\n\nbody: x\n": "Subject: new\nFrom: a@b\nX-Test: 1\n\nbody: x\n",
		"From: a@b\r\nSUBJECT : old\r\n\r\nbody\r\n":    "From: a@b\r\nSubject: new\r\nX-Test: 1\r\n\r\nbody\r\n",
		"Subject: one\nSubject: two\nTo: x\n\n":         "Subject: new\nTo: x\nX-Test: 1\n\n",
		"From: a@b\n":                                   "From: a@b\nSubject: new\nX-Test: 1\n\n",
		"":                                              "Subject: new\r\nX-Test: 1\r\n\r\n",
		"From: a@b\n\nSubject: in the body\n.\n\r\x00end": "From: a@b\nSubject: new\nX-Test: 1\n\nSubject: in the body\n.\n\r\x00end",
	} {
		var b strings.Builder
		if err := set.Edit(&b, iotest.OneByteReader(strings.NewReader(given))); err != nil || b.String() != want {
			t.Errorf("%q: %q, %v\nwant %q", given, b.String(), err, want)
		}
	}
	if err := set.Edit(io.Discard, strings.NewReader(strings.Repeat("x", largestHeader+1))); !errors.Is(err, ErrHeader) {
		t.Error(err)
	}
}

func TestCheckField(t *testing.T) {
	for field, ok := range map[string]bool{"X-Test: 1": true, "X-Test:": true, "Subject: grüße": true, "X Test: 1": false, "no colon": false, ": x": false, "A: b\nC: d": false, "Ü: x": false} {
		if (CheckField(field) == nil) != ok {
			t.Errorf("%q: %v", field, CheckField(field))
		}
	}
}
