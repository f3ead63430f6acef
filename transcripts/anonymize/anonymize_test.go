package anonymize

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/netip"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/sasl/leaktest"
	"ehlo/session/wire"
	"ehlo/transcripts"
)

// planted are names that stand in every field, and must not be in what comes out.
var planted = []string{"mx7.plantedcorp.com", "annabelle.planted", "annabelle.planted@plantedcorp.com", "198.18.7.77", "2a01:4f8:1:2::77", "bücher-planted.de", "xn--bcher-planted-wob.de",
	"Plantedcorp Holding"}

// forms are the ways to write a name that it is looked for in.
func writtenAs(name string) (list []string) {
	quoted, percent := "", ""
	for i := range len(name) {
		quoted += fmt.Sprintf("=%02X", name[i])
		percent += fmt.Sprintf("%%%02x", name[i])
	}
	list = append(list, name, strings.ToUpper(name), hex.EncodeToString([]byte(name)), strings.ToUpper(hex.EncodeToString([]byte(name))), url.QueryEscape(name), quoted, percent)
	for lead := range 4 {
		text := strings.Repeat("x", lead) + name + "tail"
		list = append(list, base64.StdEncoding.EncodeToString([]byte(text)), base64.RawURLEncoding.EncodeToString([]byte(text)))
	}
	return list
}

// fill sets everything that can hold text below a value.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		fill(v.Elem(), text)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), text)
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte(text))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), text)
	case reflect.String:
		v.SetString(text)
	}
}

// everyField are events of all kinds with a text in each of their fields.
func everyField(text string) (list []*record.Event) {
	t := reflect.TypeFor[record.Event]()
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Type.Kind() != reflect.Pointer || f.Name == "Explain" {
			continue
		}
		e := &record.Event{Seq: len(list) + 1, Kind: record.Kind(strings.Split(f.Tag.Get("json"), ",")[0])}
		fill(reflect.ValueOf(e).Elem().Field(i), text)
		fill(reflect.ValueOf(&e.Explain).Elem(), text)
		list = append(list, e)
	}
	return list
}

func through(t *testing.T, a *Anonymizer, events []*record.Event) string {
	t.Helper()
	var out bytes.Buffer
	for _, e := range events {
		if err := a.Learn(e); err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range events {
		clean, err := a.Event(e)
		if err != nil {
			t.Fatal(err)
		}
		if err := transcripts.WriteLine(&out, clean); err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

func leaked(t *testing.T, out string, names ...string) {
	t.Helper()
	low := strings.ToLower(out)
	for _, name := range names {
		if i := strings.Index(low, strings.ToLower(name)); i >= 0 {
			t.Errorf("%q is in …%s…", name, out[max(0, i-80):min(len(out), i+80)])
		}
		if where := leaktest.Find(out, leaktest.Forms(name, []byte(name))); where != "" {
			t.Error(where)
		}
	}
}

// No name that was replaced is in what comes out, whichever field it stood in and however it was written there.
func TestNothingIsLeft(t *testing.T) {
	start := &record.Event{Seq: 1, Kind: record.KindStart, Start: &record.Start{Plan: record.Plan{Target: record.Target{Host: planted[0]}, User: planted[1], From: planted[2],
		Known: &record.KnownCertificate{Issuer: "CN=x y z,O=" + planted[7]}}}}
	resolve := &record.Event{Seq: 2, Kind: record.KindResolve, Resolve: &record.Resolve{Host: planted[5], Addresses: planted[3:5]}}
	frames := []string{"%s", "<%s>", "a %s, and more", "id=%s;", "250-x%sx"}
	for i, name := range planted {
		for j, form := range writtenAs(name) {
			text := fmt.Sprintf(frames[(i+j)%len(frames)], form)
			leaked(t, through(t, New(), append([]*record.Event{start, resolve}, everyField(text)...)), name)
			if t.Failed() {
				t.Fatalf("from %q", text)
			}
		}
	}
}

// told is a text of an event after other events were learned.
func told(t *testing.T, text string, plan record.Plan) string {
	t.Helper()
	a := New()
	e := &record.Event{Seq: 2, Kind: record.KindReply, Reply: &record.Reply{Reply: wire.Reply{Raw: wire.Raw(text)}}}
	for _, e := range []*record.Event{{Seq: 1, Kind: record.KindStart, Start: &record.Start{Plan: plan}}, e} {
		if err := a.Learn(e); err != nil {
			t.Fatal(err)
		}
	}
	clean, err := a.Event(e)
	if err != nil {
		t.Fatal(err)
	}
	return string(clean.Reply.Raw)
}

// What a text says besides names stays as it is, and the names stay apart and together as they were.
func TestText(t *testing.T) {
	plan := record.Plan{Target: record.Target{Host: "mail.acme.org"}, User: "ann", From: "ann@acme.org", To: []string{"bob@other.co.uk"}}
	for _, row := range [][2]string{
		{"250-mail.acme.org greets laptop.acme.org [198.18.5.9]", "250-mail.domain1.example greets host1.domain1.example [192.0.2.1]"},
		{"220 mail.acme.org ACME ESMTP Postfix (Debian/GNU)", "220 mail.domain1.example domain1 ESMTP Postfix (Debian/GNU)"},
		{"550 5.1.1 <bob@other.co.uk>: user unknown, cannot reach ann", "550 5.1.1 <user2@domain2.example>: user unknown, cannot reach user1"},
		{"annex cannot Ann", "annex cannot user1"},
		{"see RFC 5321 §4.2.1.1 at 127.0.0.1 and ::1", "see RFC 5321 §4.2.1.1 at 127.0.0.1 and ::1"},
		{"334 YW5u", "334 dXNlcjE="}, // the username, asked for by AUTH LOGIN
		{"user=ann%40acme.org", "user=user1@domain1.example"},
		{"see https://mail.acme.org/?p=BadCredentials", "see https://mail.domain1.example/?p=BadCredentials"},
		{"at ab 2A01:4F8:0:0::7 or 2a01:4f8::7", "at ab 2001:db8::1 or 2001:db8::1"},
		{"at 192.0.2.77 or 2001:db8::77", "at 192.0.2.77 or 2001:db8::77"},
		{"queued as 4Sg6lJ2Kzdz9rxY at 12:30:45", "queued as 4Sg6lJ2Kzdz9rxY at 12:30:45"},
		{"d-acmeannacme.org-x", "(removed)"},
	} {
		if got := told(t, row[0], plan); got != row[1] {
			t.Errorf("%q becomes %q, want %q", row[0], got, row[1])
		}
	}
}

// The same name has the same replacement in all files of one call; a hash is the same in them, and another one in the next call.
func TestConsistent(t *testing.T) {
	event := func(text string) *record.Event {
		return &record.Event{Seq: 1, Kind: record.KindNote, Note: &record.Note{On: 1, Text: text}}
	}
	const hash = "0123456789abcdef0123456789abcdef"
	a, b := New(), New()
	first, again := through(t, a, []*record.Event{event("mail.acme.org " + hash)}), through(t, a, []*record.Event{event("mail.acme.org " + hash)})
	if first != again || !strings.Contains(first, "mail.domain1.example") || strings.Contains(first, hash) {
		t.Errorf("%s and %s", first, again)
	}
	if other := through(t, b, []*record.Event{event("mail.acme.org " + hash)}); other == first {
		t.Error("two calls have the same salt")
	}
	if twice := told(t, "mail.domain1.example user1@domain1.example", record.Plan{User: "user1"}); twice != "mail.domain1.example user1@domain1.example" {
		t.Errorf("what was anonymized becomes %q", twice)
	}
}

// Wherever in a text and in whatever encoding a name stands, it does not stay.
func FuzzNothingIsLeft(f *testing.F) {
	f.Add("250 ", " ok", uint8(0), uint8(0))
	f.Add("=", "%41", uint8(3), uint8(9))
	f.Fuzz(func(t *testing.T, before, after string, which, how uint8) {
		name := planted[int(which)%len(planted)]
		all := writtenAs(name)
		text := before + all[int(how)%len(all)] + after
		start := &record.Event{Seq: 1, Kind: record.KindStart, Start: &record.Start{Plan: record.Plan{Target: record.Target{Host: planted[0]}, User: planted[1], From: planted[2],
			ServerName: planted[5], Known: &record.KnownCertificate{Issuer: "O=" + planted[7]}}}}
		resolve := &record.Event{Seq: 2, Kind: record.KindResolve, Resolve: &record.Resolve{Addresses: planted[3:5]}}
		out := through(t, New(), []*record.Event{start, resolve, {Seq: 3, Kind: record.KindReply, Reply: &record.Reply{Reply: wire.Reply{Raw: wire.Raw(text)}}}})
		if int(how)%len(all) < 2 || strings.Trim(before+after, " ,;<>") == "" { // base64 and hexadecimal that go on are others
			leaked(t, out, name)
		}
	})
}

// The addresses in a PROXY header of version 2 are bytes, whether or not they happen to be text, and one that is no header may hold anything.
func TestProxyHeader(t *testing.T) {
	for _, client := range []string{"8.8.4.7:4000", "[2a01:4f8:1:2::77]:54321", "200.201.202.203:65535"} {
		from, at := netip.MustParseAddrPort(client), netip.MustParseAddrPort("127.0.0.1:25")
		if from.Addr().Is6() {
			at = netip.MustParseAddrPort("[::1]:25")
		}
		raw := wire.ProxyHeader{Version: 2, Source: from, Dest: at}.Bytes()
		plan := record.Plan{Target: record.Target{Host: "mail.acme.org"}, Proxy: &record.ProxyHeader{Version: 2, Raw: raw[12:]}}
		out := through(t, New(), []*record.Event{{Seq: 1, Kind: record.KindStart, Start: &record.Start{Plan: plan}}, {Seq: 2, Kind: record.KindSend, Step: record.VerbProxy, Send: &record.Send{Raw: raw}}})
		leaked(t, out, client, base64.StdEncoding.EncodeToString(raw), string(from.Addr().AsSlice()))
		if clean := New().header(raw); !strings.Contains(wire.ShownProxyHeader([]byte(clean)), "connected to "+at.String()) {
			t.Errorf("%q", clean)
		}
	}
	if clean := New().header([]byte("\r\n\r\n\x00\r\nQUIT\nmail.acme.org")); strings.Contains(clean, "acme") {
		t.Errorf("%q", clean)
	}
}

// A time is no text that is written in numbers, whatever bytes they would be.
func TestATimeStays(t *testing.T) {
	for _, text := range []string{"2026-11-30T15:58:58.05012361Z", "2026-11-30 15:58:58.050 mx greets", "at 09:58:58,097", "00:58:58.049999 connected"} {
		if got := New().text(text); got != text {
			t.Errorf("%q is rewritten as %q", text, got)
		}
	}
	a := New()
	a.names.root.add("mx7.plantedcorp.com", "mx1.domain1.example")
	if got := a.text("15:58:58 109:120:55:46:112:108:97:110:116:101:100:99:111:114:112:46:99:111:109"); strings.Contains(got, "109:120") {
		t.Errorf("a name in numbers after a time stays: %q", got)
	}
}

// A text that is not searched for addresses and hashes has none.
func TestNothingIsPassedOver(t *testing.T) {
	hash := strings.Repeat("0a", leastHash/2)
	for _, text := range []string{"198.18.7.77", "a1.2.3.4.", "::", "::1", "a::b", "::ffff:198.18.7.77", "x1:2:3:4:5:6:7:8x", "§4.2.1.1", "1::", hash, "x " + hash + ",", strings.ToUpper(hash)} {
		if addresses.Get().MatchString(text) && !mayAddress(text) || hashes.Get().MatchString(text) && !inARow(text, hexDigits, leastHash) {
			t.Errorf("%q is passed over", text)
		}
		if !mayAddress(text) && !inARow(text, hexDigits, leastHash) {
			t.Errorf("%q is not searched", text)
		}
	}
	for _, text := range []string{"", "250 2.1.0 ok", "see RFC 5321 §4.2.1", "12.30", "at 12:30", "a:b.c:d"} {
		if mayAddress(text) || addresses.Get().MatchString(text) {
			t.Errorf("%q is searched, or has an address", text)
		}
	}
}
