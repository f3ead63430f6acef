package detail

import (
	"strings"
	"testing"
	"time"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

func log(events ...record.Event) *record.Log {
	l := &record.Log{}
	for _, e := range events {
		l.Append(e)
	}
	return l
}

// page is the view of one row of a log, as text.
func page(view View, row int, events ...record.Event) string {
	x := dialogue.NewIndex(log(events...))
	x.Extend()
	return text(Open(Subject{Index: x, Row: rowOf(x, row), Upto: x.Len()}, view, 60))
}

// rowOf is a row, counted without borders.
func rowOf(x *dialogue.Index, n int) dialogue.Row {
	for i := range x.Upto(x.Len()) {
		if r := x.Row(i); !r.Kind.Border() {
			if n--; n < 0 {
				return r
			}
		}
	}
	return dialogue.Row{}
}

func text(p Page) string {
	var out []string
	for i := range p.Len() {
		out = append(out, strings.TrimRight(p.Line(i).String(), " "))
	}
	return strings.Join(out, "\n")
}

func has(t *testing.T, got string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(got, text) {
			t.Errorf("%q is not in\n%s", text, got)
		}
	}
}

func parse(text string) record.Reply {
	r, _ := wire.NewReader(strings.NewReader(text), wire.Limits{}).ReadReply()
	return record.Reply{Reply: r, Wait: 12 * time.Millisecond}
}

func replied(step record.Verb, text string) record.Event {
	r := parse(text)
	return record.Event{Kind: record.KindReply, Step: step, Reply: &r}
}

func TestALineOfEHLOIsExplainedByItself(t *testing.T) {
	e := replied(record.VerbEHLO, "250-mail.lab\r\n250-SIZE 10485760\r\n250 XYZZY\r\n")
	e.Explain = &explain.Explanation{Short: "here is what the server can do"}
	has(t, page(Explain, 1, e), "SIZE 10485760", "messages up to 10 MiB", "here is what the server can do")
}

func TestAnExplanationHasItsParts(t *testing.T) {
	e := replied("", "550 5.7.1 no\r\n")
	e.Explain = &explain.Explanation{Short: "relaying denied", Text: "Text.", Cause: "not logged in", Remedy: "log in first", Vendor: "Postfix",
		Refs: []explain.Ref{{Doc: "RFC 5321", Section: "3.6"}, {Doc: "RFC 5321", Section: "4.2"}, {Doc: "RFC 3463"}}}
	has(t, page(Explain, 0, e), "relaying denied\n\nText.\n\nCause  not logged in\n\nTry  log in first\n\nThis wording is known from Postfix.\n\nRFC 5321 §3.6, §4.2, RFC 3463")
}

func TestNotesStandBelowTheEvent(t *testing.T) {
	note := record.Event{Kind: record.KindNote, Note: &record.Note{On: 1, Text: "ask the class"}}
	has(t, page(Explain, 0, replied("", "220 hi\r\n"), note), "#  ask the class")
	has(t, page(Explain, 1, replied("", "220 hi\r\n"), note), "A note on event 1")
}

func TestFieldsOfAReply(t *testing.T) {
	has(t, page(Fields, 0, replied("", "550-5.7.1 one\n550 5.7.1 two\r\n")), "code        550", "enhanced    5.7.1", "waited      12 ms for the server",
		"line 1      550-one", "line 2      550 two", "defect      line 1: the line ends with a bare LF", "protection  in cleartext")
}

func TestCapabilitiesShowWhatTLSChanged(t *testing.T) {
	before := wire.ParseCapabilities(parse("250-m\r\n250-STARTTLS\r\n250 SIZE 1\r\n").Reply)
	after := replied(record.VerbEHLO, "250-m\r\n250-SIZE 2\r\n250 AUTH PLAIN\r\n")
	now := wire.ParseCapabilities(after.Reply.Reply)
	changes := wire.Diff(before, now)
	list := record.Event{Kind: record.KindCapabilities, Step: record.VerbEHLO, Capabilities: &record.Capabilities{Capabilities: now, Changes: &changes}}
	has(t, page(Fields, 0, after, list), "+ AUTH PLAIN", "new inside TLS", "~ SIZE 2", "before TLS: SIZE 1", "− STARTTLS", "gone inside TLS")
}

func TestBytesMarkNoSecret(t *testing.T) {
	e := record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw("AUTH PLAIN " + sasl.Mask + "\r\n"), Masked: []string{sasl.HidesPassword}}}
	got := page(Bytes, 0, e)
	has(t, got, "0000  41 55 54 48 20 50 4c 41", "•• ••", "0d 0a")
	if strings.Contains(got, "e2 80 a2") {
		t.Errorf("the bytes of the mask itself are in\n%s", got)
	}
}

func TestBytesMarkTheLine(t *testing.T) {
	has(t, page(Bytes, 1, replied("", "250-a\r\n250 b\r\n")), "0000│ 32 35 30 2d 61 0d 0a[32  250-a..2", "0008│ 35 30 20 62 0d 0a]       50 b..")
}

func TestTheWire(t *testing.T) {
	clear := record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw("EHLO x\r\n")}}
	has(t, page(Wire, 0, clear), "in cleartext", "EHLO x")

	secret := record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw("AUTH PLAIN " + sasl.Mask + "\r\n"), Masked: []string{sasl.HidesPassword}}}
	has(t, page(Wire, 0, secret), "On the wire the secret itself was sent", "base64 is not encryption")

	tls := record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw("EHLO x\r\n"), TLS: true, Cipher: &record.Cipher{Bytes: []byte("\x17\x03\x03\x00\x10"), Total: 30}}}
	got := page(Wire, 0, tls)
	has(t, got, "client to server, inside TLS", "only ciphertext: 30 bytes of TLS\nrecords", "The first 5 bytes are kept", "application data, version TLS 1.2, 16 bytes of", "[17 03 03 00 10]")
	if strings.Contains(got, "EHLO") {
		t.Errorf("an eavesdropper saw\n%s", got)
	}

	withheld := record.Event{Kind: record.KindSend, Send: &record.Send{TLS: true, Cipher: &record.Cipher{Withheld: true}}}
	has(t, page(Wire, 0, withheld), "withheld", "length of a TLS record reveals")
}

// What follows a header is dimmed, and begins again with each record; bytes that no header begins with are ciphertext as well.
func TestCiphertextIsDimmed(t *testing.T) {
	e := record.Event{Kind: record.KindReply, Reply: &record.Reply{TLS: true, Cipher: &record.Cipher{Bytes: []byte("\x17\x03\x03\x00\x02AB\x15\x03\x03\x00\x01CDE"), Total: 15}}}
	x := dialogue.NewIndex(log(e))
	x.Extend()
	p := Open(Subject{Index: x, Row: dialogue.Row{}, Upto: 1}, Wire, 60)
	has(t, text(p), "server to client", "application data, version TLS 1.2, 2 bytes", "[17 03 03 00 02]41 42", "alert, version TLS 1.2, 1 byte", "[15 03 03 00 01]43", "0000  44 45")
	dimmed := 0
	for i := range p.Len() {
		for _, s := range p.Line(i) {
			for _, b := range []string{"41", "42", "43", "44", "45"} {
				if s == paint.Of(paint.Dim, b) {
					dimmed++
				}
			}
			if s == paint.Of(paint.Dim, "17") || s == paint.Of(paint.Dim, "15") {
				t.Errorf("a header is dimmed:\n%s", text(p))
			}
		}
	}
	if dimmed != 5 {
		t.Errorf("%d of 5 bytes of ciphertext are dimmed:\n%s", dimmed, text(p))
	}
}

// Two messages in one protected rec, and one that spans two: each shows the records it crossed in.
func TestTheWireOfAHandshake(t *testing.T) {
	sealed := func(length int, first string) []byte { return append([]byte{23, 3, 3, 0, byte(length)}, first...) }
	message := func(name string, records ...tlswire.RecordInfo) record.Event {
		return record.Event{Kind: record.KindTLSMessage, TLSMessage: &tlswire.Message{Dir: "S", Kind: tlswire.KindHandshake, Name: name, Raw: []byte("in the clear"),
			Encrypted: true, Key: "server handshake traffic secret", Version: 0x304, Records: records}}
	}
	rec := func(offset int64, length int, b []byte) tlswire.RecordInfo {
		return tlswire.RecordInfo{Offset: offset, ContentType: 23, Version: 0x303, Length: length, Bytes: b}
	}
	log := &record.Log{}
	for _, e := range []record.Event{
		{Kind: record.KindConnect, Connect: &record.Connect{}},
		message("EncryptedExtensions", rec(100, 8, sealed(8, "\x01\x02\x03\x04\x05\x06\x07\x08"))),
		message("Certificate", rec(100, 8, nil), rec(113, 9, sealed(9, "\x11\x12\x13\x14"))),
		message("Finished", rec(-1, 8, sealed(8, "\x21\x22\x23\x24\x25\x26\x27\x28"))),
	} {
		log.Append(e)
	}
	x := dialogue.NewIndex(log)
	x.Extend()
	seen := func(event int) string {
		return text(Open(Subject{Index: x, Row: dialogue.Row{Event: event}, Upto: x.Len()}, Wire, 60))
	}
	has(t, seen(1), "server to client, encrypted", "An eavesdropper sees 1 rec", "begins at byte 100 of all that the server sent", "application data, version TLS 1.2, 8 bytes of", "[17 03 03 00 08]01 02 03", "04 05 06 07 08")
	has(t, seen(2), "An eavesdropper sees 2 records", "the same record carries EncryptedExtensions", "begins at byte 113 of all that the server sent", "[17 03 03 00 08]01 02 03", "[17 03 03 00 09]11 12 13", "the first 9 bytes are kept")
	has(t, seen(3), "21 22 23")
	for _, never := range []string{"at -1", "the same rec", "69 6e 20 74"} {
		if got := seen(3); strings.Contains(got, never) {
			t.Errorf("%q is shown\n%s", never, got)
		}
	}
}

// A page of a reply at its bound is worked out line by line.
func TestHugeRepliesAreBounded(t *testing.T) {
	e := replied("", strings.Repeat("250-"+strings.Repeat("x", 100)+"\r\n", 9_000)+"250 end\r\n")
	has(t, page(Fields, 0, e), "and 8,801 more lines, see the bytes")
	if got := strings.Count(page(Bytes, 0, e), "\n"); got < 100_000 {
		t.Errorf("%d lines of bytes", got)
	}
}

// A border is explained by what it divides.
func TestABorderIsExplained(t *testing.T) {
	x := dialogue.NewIndex(log(replied(record.VerbGreeting, "220 mail.lab\r\n")))
	x.Extend()
	has(t, text(Open(Subject{Index: x, Row: x.Row(0), Upto: 1}, Explain, 60)), "in cleartext: anyone on the path can read it", "Without TLS, an eavesdropper")
	x = dialogue.NewIndex(log(record.Event{Kind: record.KindTLS, TLS: &record.TLS{}}, record.Event{Kind: record.KindState, State: &record.State{Stage: record.StageClosed}},
		record.Event{Kind: record.KindEnd, End: &record.Verdict{}}))
	x.Extend()
	has(t, text(Open(Subject{Index: x, Row: x.Row(1), Upto: 3}, Explain, 60)), "TLS ends", "a connection that ends without it may have been")
}

func TestAnAdviceThatWasFollowedIsExplained(t *testing.T) {
	plan := record.Plan{Target: record.Target{Host: "mail.lab", Port: 465}}
	has(t, page(Explain, 0, record.Event{Kind: record.KindChange, Change: &record.Change{Reconnect: true, Plan: plan}}), "you followed the advice", "port 465 of\nmail.lab")
	has(t, page(Explain, 0, record.Event{Kind: record.KindChange, Change: &record.Change{Plan: plan}}), "on the same connection")
}
