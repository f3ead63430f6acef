package walk

import (
	"bytes"
	"io"
	"mime"
	"net/mail"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/sasl"
)

// at is a snapshot of a session that is ready, with these capabilities.
func at(lines ...string) record.Snapshot {
	s := record.NewState()
	s.Stage, s.ESMTP, s.Security = record.StageReady, true, record.SecurityVerified
	snap := snapshotOf(s, nil)
	snap.Start.Time = theTime
	if len(lines) > 0 {
		snap.Capabilities = listed(lines...)
	}
	return snap
}

// MAIL has the parameters that the server takes and the message needs.
func TestMailLine(t *testing.T) {
	plain := Goal{From: "ann@mail.lab", To: []string{"bob@mail.lab"}, Message: record.MessageOf([]byte("Subject: x\n\n.hello\n"))}
	eight := plain
	eight.Message = record.MessageOf([]byte("Subject: x\r\n\r\ngr\xc3\xbcn\r\n"))
	name := plain
	name.From = "j\u00f6rg@mail.lab"
	for _, test := range []struct {
		snap record.Snapshot
		goal Goal
		want string
	}{
		{at(), plain, "MAIL FROM:<ann@mail.lab>"},
		{at("PIPELINING"), plain, "MAIL FROM:<ann@mail.lab>"},
		{at("SIZE"), plain, "MAIL FROM:<ann@mail.lab> SIZE=22"}, // with CRLF, without stuffing (RFC 1870 §3)
		{at("SIZE", "8BITMIME", "SMTPUTF8"), plain, "MAIL FROM:<ann@mail.lab> SIZE=22"},
		{at("SIZE 100", "8BITMIME"), eight, "MAIL FROM:<ann@mail.lab> SIZE=21 BODY=8BITMIME"},
		{at("8BITMIME", "SMTPUTF8"), name, "MAIL FROM:<j\u00f6rg@mail.lab> SMTPUTF8"},
		{at("SIZE", "8BITMIME"), Goal{From: "ann@mail.lab"}, "MAIL FROM:<ann@mail.lab>"}, // no message is meant
		{at(), Goal{Credentials: sasl.Credentials{Username: "ann@mail.lab"}}, "MAIL FROM:<ann@mail.lab>"},
		{at(), Goal{Credentials: sasl.Credentials{Username: "ann"}}, "MAIL FROM:<>"},
		{at(), Goal{From: NullSender, Credentials: sasl.Credentials{Username: "ann@mail.lab"}}, "MAIL FROM:<>"},
	} {
		if got := Compose(test.snap, test.goal, record.VerbMail).Line; got != test.want {
			t.Errorf("%s, want %s", got, test.want)
		}
	}
}

// The composed message has the header fields that RFC 5322 §3.6 asks for, in ASCII, and is the same each time.
func TestComposedMessage(t *testing.T) {
	g := Goal{From: "ann@mail.lab", To: []string{"bob@mail.lab", "eve@mail.lab"}, Subject: "gr\u00fcn\r\nBcc: everybody@mail.lab", Body: "sch\u00f6n\n.\n"}
	content := opened(t, message(at(), g))
	if again := opened(t, message(at(), g)); !bytes.Equal(content, again) {
		t.Error("it differs the second time")
	}
	m, err := mail.ReadMessage(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if to, err := m.Header.AddressList("To"); err != nil || len(to) != 2 {
		t.Errorf("%v, %v", to, err)
	}
	if date, err := m.Header.Date(); err != nil || !date.Equal(theTime) {
		t.Errorf("%v, %v", date, err)
	}
	if got, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil || got != "gr\u00fcn  Bcc: everybody@mail.lab" {
		t.Errorf("%q, %v", got, err)
	}
	if m.Header.Get("Bcc") != "" || m.Header.Get("Message-Id") == "" || m.Header.Get("Content-Transfer-Encoding") != "8bit" {
		t.Errorf("%v", m.Header)
	}
	head, body, _ := strings.Cut(string(content), "\r\n\r\n")
	if eightBit([]byte(head)) || body != "sch\u00f6n\r\n.\r\n" {
		t.Errorf("%q", content)
	}
}

// A message from nobody has an author all the same.
func TestComposedMessageOfTheNullSender(t *testing.T) {
	m, err := mail.ReadMessage(bytes.NewReader(opened(t, message(at(), Goal{From: NullSender, To: []string{"bob@mail.lab"}, EHLOName: "laptop.lab.test"}))))
	if err != nil {
		t.Fatal(err)
	}
	if from, err := m.Header.AddressList("From"); err != nil || from[0].Address != "MAILER-DAEMON@laptop.lab.test" {
		t.Errorf("%v, %v", from, err)
	}
}

// opened is the content of a message, with the line ends that it has on the wire.
func opened(t *testing.T, m *record.Message) []byte {
	t.Helper()
	r, err := m.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.ReplaceAll(bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
}
