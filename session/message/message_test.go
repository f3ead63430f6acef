package message

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func read(t testing.TB, name string, own ...string) *Report {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".eml"))
	if err != nil {
		t.Fatal(err)
	}
	r, ok := Read(string(text), Options{Own: own})
	if !ok {
		t.Fatal(name, "is no message")
	}
	return r
}

func codes(r *Report) (list []string) {
	for _, f := range r.Findings {
		list = append(list, f.Code)
	}
	return list
}

// Received fields as servers write them.
func TestReceived(t *testing.T) {
	at := time.Date(2026, 11, 30, 2, 0, 5, 0, time.UTC)
	const date = "; Mon, 30 Nov 2026 02:00:05 +0000"
	for value, want := range map[string]Hop{
		"from mail.a.example (mail.a.example [198.51.100.2])\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)\t key-exchange X25519 server-signature ECDSA) by mx.b.example (Postfix) with ESMTPS id 4Z\tfor <bob@b.example>" + date + " (UTC)": {
			Hello: "mail.a.example", Host: "mail.a.example", IP: "198.51.100.2", By: "mx.b.example", With: "ESMTPS", ID: "4Z", For: "bob@b.example", Version: "TLS 1.3", Suite: "TLS_AES_256_GCM_SHA384", Group: "X25519"},
		"from laptop (unknown [IPv6:2001:db8::7]) (Authenticated sender: ann) by mail.a.example (Postfix) with ESMTPSA id 1" + date: {
			Hello: "laptop", IP: "2001:db8::7", By: "mail.a.example", With: "ESMTPSA", ID: "1", User: "ann"},
		"from [198.51.100.2] (port=39834 helo=mail.a.example) by mx.b.example with esmtps (TLS1.3) tls TLS_AES_256_GCM_SHA384 (Exim 4.98) (envelope-from <ann@a.example>) id 1tH-Xy for bob@b.example" + date: {
			Hello: "mail.a.example", IP: "198.51.100.2", By: "mx.b.example", With: "esmtps", ID: "1tH-Xy", For: "bob@b.example", Version: "TLS 1.3", Suite: "TLS_AES_256_GCM_SHA384"},
		"from relay.a.example ([198.51.100.2]:39834 helo=fake.example) by mx.b.example with esmtp id 1" + date: {
			Hello: "fake.example", Host: "relay.a.example", IP: "198.51.100.2", By: "mx.b.example", With: "esmtp", ID: "1"},
		"from a.example (a.example [198.51.100.2] (may be forged)) by mx.b.example (8.18.1/8.18.1) with ESMTPS id 4AU (version=TLSv1.2 cipher=ECDHE-RSA-AES128-GCM-SHA256 bits=128 verify=NO)" + date: {
			Hello: "a.example", Host: "a.example", IP: "198.51.100.2", By: "mx.b.example", With: "ESMTPS", ID: "4AU", Version: "TLS 1.2", Suite: "ECDHE-RSA-AES128-GCM-SHA256"},
		"from unknown (HELO mail.b.example) (203.0.113.66)  by mx.b.example with SMTP" + date: {
			Hello: "mail.b.example", IP: "203.0.113.66", By: "mx.b.example", With: "SMTP"},
		"from A.outlook.com (2603:10a6:10::1) by B.outlook.com (2603:10a6:20::2) with Microsoft SMTP Server (version=TLS1_3, cipher=TLS_AES_256_GCM_SHA384) id 15.20.1.1 via Frontend Transport" + date: {
			Hello: "a.outlook.com", IP: "2603:10a6:10::1", By: "b.outlook.com", ByIP: "2603:10a6:20::2", With: "Microsoft SMTP Server", Via: "Frontend Transport", ID: "15.20.1.1", Version: "TLS 1.3", Suite: "TLS_AES_256_GCM_SHA384"},
		"by mail.a.example (Postfix, from userid 33) id 0F1" + date: {By: "mail.a.example", ID: "0F1"},
		"(qmail 4711 invoked for bounce)" + date:                    {},
		"from x by y with ESMTPS tls TLS_AES_128_GCM_SHA256 group x25519" + date: {
			Hello: "x", By: "y", With: "ESMTPS", Suite: "TLS_AES_128_GCM_SHA256", Group: "x25519"},
	} {
		got := received(value)
		want.At, want.Means = got.At, got.Means
		if got != want || !got.At.Equal(at) {
			t.Errorf("%s\n%+v\nwant %+v", value, got, want)
		}
	}
}

// Each protocol of the IANA registry of "with" has its meaning (RFC 3848 §1, RFC 6531 §4.3).
func TestWith(t *testing.T) {
	for _, base := range []string{"ESMTP", "LMTP", "UTF8SMTP", "UTF8LMTP"} {
		for letters, want := range map[string]string{"": "without TLS", "S": "inside TLS", "A": "after a login, without TLS", "SA": "inside TLS, after a login"} {
			if got := meaning(base + letters); !strings.HasSuffix(got, ", "+want) {
				t.Errorf("%s%s: %q", base, letters, got)
			}
			h := Hop{With: base + letters}
			if inside, known := h.encrypted(); !known || inside != strings.HasPrefix(letters, "S") {
				t.Errorf("%s%s: inside TLS %v, known %v", base, letters, inside, known)
			}
		}
	}
	for _, name := range []string{"SMTP", "MMS", "smtp", "HTTP", "Microsoft SMTP Server", "mapi"} {
		if meaning(name) == "" {
			t.Errorf("%s means nothing", name)
		}
	}
	for _, name := range []string{"", "SMTPS", "ESMTPX", "SMTPX", "carrier pigeon"} {
		if got := meaning(name); got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Only what one's own servers wrote is believed, and what a message holds in their name is not.
func TestBelieved(t *testing.T) {
	for name, want := range map[string]struct {
		hops    int // the newest so many
		results []bool
	}{
		"plain": {2, []bool{true}}, "forged": {1, []bool{true, false}}, "gmail": {2, []bool{true}}, "microsoft": {3, []bool{true}}, "delayed": {2, nil}, "exim-loop": {1, nil}, "bounce-qmail": {0, nil},
	} {
		r := read(t, name)
		believed := 0
		for _, h := range r.Hops {
			if h.Believed {
				believed++
			}
		}
		var results []bool
		for _, s := range r.Results {
			results = append(results, s.Believed)
		}
		if believed != want.hops || !slices.Equal(results, want.results) {
			t.Errorf("%s: %d steps and the results %v, want %d and %v", name, believed, results, want.hops, want.results)
		}
	}
	if r := read(t, "plain", "a.example"); len(r.Results) != 1 || r.Results[0].Believed || r.Assumed {
		t.Errorf("with another domain: %+v", r.Results)
	}
	// The name in HELO proves nothing.
	forged := "Received: from mx.b.example ([203.0.113.1]) by mx.b.example with ESMTP; Mon, 30 Nov 2026 02:00:00 +0000\n" +
		"Authentication-Results: mx.b.example; dmarc=pass header.from=bank.example\n" +
		"Received: from x by mx.b.example with ESMTP; Mon, 30 Nov 2026 02:00:00 +0000\nFrom: a@bank.example\n\n"
	if r, _ := Read(forged, Options{}); r.Results[0].Believed || !slices.Contains(codes(r), "results-in-your-name") {
		t.Errorf("%+v, %v", r.Results[0], codes(r))
	}
}

func TestFindings(t *testing.T) {
	for name, want := range map[string]string{
		"plain":            "",
		"forged":           "dmarc-fail results-in-your-name field-repeated date-ahead",
		"delayed":          "waited cleartext clock-skew no-results",
		"gmail":            "dkim-partly",
		"microsoft":        "dmarc-fail",
		"exim-loop":        "loop no-results",
		"bounce-gmail":     "",
		"bounce-qmail":     "",
		"bounce-exim-text": "",
		"hostile":          "dkim-from-unsigned results-not-yours no-results header-broken",
	} {
		if got := strings.Join(codes(read(t, name)), " "); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestBounces(t *testing.T) {
	for name, want := range map[string][]string{
		"bounce-unknown-user":    {"failed bobb@b.example 5.1.1 mx.b.example RCPT 550 recipient-unknown you"},
		"bounce-two-recipients":  {"failed bob@b.example 5.2.2 mx.b.example . 552 mailbox-full recipient", "failed carl@gone.example 5.4.4   0  you"},
		"bounce-gmail":           {"failed bob@b.example 5.7.26 gmail-smtp-in.l.google.com  550 policy-refused operator"},
		"bounce-microsoft":       {"failed bob@b.example 5.1.10   550 recipient-unknown you"},
		"bounce-exim-text":       {"failed bob@b.example 5.7.1 mx.b.example RCPT 550 address-listed operator", "failed carl@b.example    0  unknown"},
		"bounce-qmail":           {"failed bob@b.example 5.7.1 198.51.100.25 RCPT 554 relaying-denied recipient", "failed carl@nowhere.example 5.1.2   0  you"},
		"bounce-malformed":       {"failed bob@b.example 5.0.0 mx.b.example . 554 message-malformed you"},
		"bounce-sending-blocked": {"failed bob@b.example 5.7.1 mx.b.example . 550 sending-blocked you"},
		"delay":                  {"delayed bob@b.example 4.4.1   0  unknown"},
		"receipt":                {"delivered bob@b.example 2.0.0   0  "},
	} {
		r := read(t, name)
		if r.Bounce == nil || r.Bounce.Original == nil || r.Bounce.Original.Subject != "Meeting at ten" {
			t.Errorf("%s: %+v", name, r.Bounce)
			continue
		}
		var got []string
		for _, c := range r.Bounce.Recipients {
			got = append(got, fmt.Sprint(c.Action, " ", c.Address, " ", c.Status, " ", c.Remote, " ", c.Verb, " ", c.Code, " ", c.Finding, " ", string(c.Who)))
			if c.Action != "delivered" && (c.Means == "" || c.Remedy+c.Operator == "" || c.Refs == "") {
				t.Errorf("%s: %+v", name, c)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n%q, want\n%q", name, got, want)
		}
	}
}

// The hash of the body tells without a key whether it was changed.
func TestBodyHash(t *testing.T) {
	r := read(t, "plain")
	if len(r.Signatures) != 1 || r.Signatures[0].Body != BodySame {
		t.Fatalf("%+v", r.Signatures)
	}
	text, _ := os.ReadFile("testdata/plain.eml")
	if r, _ := Read(strings.Replace(string(text), "at ten.", "at nine.", 1), Options{}); r.Signatures[0].Body != BodyDiffers || !slices.Contains(codes(r), "dkim-body-changed") {
		t.Errorf("%+v %v", r.Signatures[0], codes(r))
	}
}

// What is no message is not taken for one.
func TestNoMessage(t *testing.T) {
	for _, text := range []string{"", "\n", "Nov 30 02:00:00 mx postfix/smtpd[1]: NOQUEUE: reject: RCPT from x[192.0.2.1]: 554 5.7.1", "220 mx ESMTP\n250 ok\n", "Subject: alone\n\nx", "HTTP/1.1 200 OK\nDate: today\nServer: x\n\n", "{\"from\": 1}"} {
		if _, ok := Read(text, Options{}); ok {
			t.Errorf("%q is taken for a message", text)
		}
	}
	for _, text := range []string{"Received: by x\n", "From: a@b\nTo: c@d\n", "From ann Mon Nov 30\nFrom: a@b\nSubject: x\n\nx\n", "\ufeffMessage-ID: <x>\r\n\r\n"} {
		if _, ok := Read(text, Options{}); !ok {
			t.Errorf("%q is not taken for a message", text)
		}
	}
}

func TestMailbox(t *testing.T) {
	r, _ := Read("From ann Mon Nov 30\nFrom: ann@a.example\nSubject: one\n\nx\n\nFrom bob Mon Nov 30\nFrom: bob@b.example\n\ny\n", Options{})
	if r.From != "ann@a.example" || !slices.Contains(codes(r), "mbox") {
		t.Errorf("%+v", r)
	}
}

// A large or deep message is read as far as the bounds go, and says so.
func TestBounds(t *testing.T) {
	for name, text := range map[string]string{
		"fields":  strings.Repeat("X-A: b\n", 5000),
		"one":     "X: " + strings.Repeat("a ", 2<<20),
		"folded":  "X: a\n" + strings.Repeat(" folded\n", 300000),
		"body":    "X: a\n\n" + strings.Repeat("line\n", 4<<20),
		"hops":    strings.Repeat("Received: from a by b with SMTP; Mon, 30 Nov 2026 02:00:00 +0000\n", 900),
		"comment": "X: " + strings.Repeat("(", 1<<19) + "\nReceived: from " + strings.Repeat("(", 100000) + " by x\n",
	} {
		r, ok := Read("From: a@b.example\nTo: c@d.example\n"+text, Options{})
		if !ok || len(r.Hops) > mostHops || len(r.Fields)+len(r.Unknown) > mostFields {
			t.Errorf("%s: %v, %d steps", name, ok, len(r.Hops))
		}
		if cut := slices.Contains(codes(r), "cut") || slices.Contains(codes(r), "path-cut"); cut != (name != "comment") {
			t.Errorf("%s: said to be cut: %v", name, cut)
		}
	}
	nested := "Content-Type: text/plain\n\nx\n"
	for i := range 100 {
		nested = fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n%s\n--b%d--\n", i, i, nested, i)
	}
	if parts := partsOf(split("From: a@b\nMIME-Version: 1.0\n" + nested)); len(parts) != 1 || !strings.HasPrefix(parts[0].kind, "multipart/") {
		t.Errorf("%d parts", len(parts))
	}
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0 s", time.Second: "1 s", 61 * time.Second: "1 min 1 s", time.Hour: "1 h", 25 * time.Hour: "1 d 1 h", 90061 * time.Second: "1 d 1 h", time.Hour + time.Second: "1 h"} {
		if got := Span(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}

// Whatever is read, it ends, and nothing comes out that acts on a terminal.
func FuzzRead(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.eml")
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, ok := Read(text, Options{})
		if !ok {
			return
		}
		if all := fmt.Sprintf("%+v %+v", r, r.Bounce); strings.ContainsAny(all, "\x00\x07\x1b\u202e\u2028") {
			t.Errorf("%q", all)
		}
	})
}
