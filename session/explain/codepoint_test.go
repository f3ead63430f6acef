package explain

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ehlo/session/tlswire"
)

// What stands in the ladder and is no code point of its registry: messages told
// apart by their place or content, types of records, and values without meaning.
var beside = []string{"second ClientHello", "HelloRetryRequest", "empty Certificate", "ChangeCipherSpec", "ChangeCipherSpec in TLS 1.2",
	"ChangeCipherSpec in TLS 1.3", "Alert", "ApplicationData", "GREASE"}

// The numbers stand in one package and the texts in another: both name the same
// messages, extensions and alerts.
func TestEveryCodePointHasItsText(t *testing.T) {
	for _, table := range []*table{&messageTable, &extensionTable, &alertTable} {
		r, ok := tlswire.RegistryOf(table.kind)
		if !ok {
			t.Fatal(table.kind)
		}
		var numbers, texts []string
		for _, c := range r.Codes() {
			numbers = append(numbers, c.Name)
			if e := table.numbered(strconv.Itoa(int(c.Value))); e == nil || e.Name != c.Name || e.Number != strconv.Itoa(int(c.Value)) {
				t.Errorf("%s %d is %+v, want %s", table.kind, c.Value, e, c.Name)
			}
		}
		for r := range table.rows() {
			if !slices.Contains(beside, r.name()) {
				texts = append(texts, r.name())
			}
		}
		if slices.Sort(numbers); !slices.Equal(numbers, slices.Sorted(slices.Values(texts))) {
			t.Errorf("%s: numbers for %q, texts for %q", table.kind, numbers, texts)
		}
	}
}

func TestMeaning(t *testing.T) {
	for _, c := range []struct {
		kind  string
		value uint16
		in    string
		want  string
	}{
		{KindAlert, 70, "", "no TLS version in common"},
		{KindMessage, 1, "", "the client's offer"},
		{KindExtension, 5, "ClientHello", "asks for a stapled OCSP response"},
		{KindExtension, 5, "ServerHello", "the server will staple an OCSP response, in the message CertificateStatus"},
		{KindExtension, 5, "Certificate", "the stapled OCSP response: whether the issuer has revoked this certificate"},
		{KindExtension, 43, "HelloRetryRequest", "the version the server chose"},
		{KindExtension, 51, "HelloRetryRequest", "the group for which the server asks for a public value"},
		{KindExtension, 16, "EncryptedExtensions", "the protocol that the server chose inside TLS"},
		{KindExtension, 0x2a2a, "ClientHello", "reserved value without meaning"},
		{KindExtension, 0x7777, "ClientHello", ""},
		{"tls-suite", 0x1301, "", ""},
	} {
		if got := Meaning(c.kind, c.value, c.in); got != c.want {
			t.Errorf("%s %d in %s: %q, want %q", c.kind, c.value, c.in, got, c.want)
		}
	}
}

// An extension that answers a client does not ask like one, and stands in
// messages that there are.
func TestExtensionsAnswerWhereTheyStand(t *testing.T) {
	asks := regexp.MustCompile(`^(the client|asks)`)
	for r := range extensionTable.rows() {
		for key, text := range Fields(r.source()) {
			places, ok := strings.CutPrefix(key, placeKey)
			if !ok {
				continue
			}
			for place := range strings.SplitSeq(places, ", ") {
				if messageTable.find(place) == nil || place == "ClientHello" {
					t.Errorf("%s: %q is no message that answers", r.name(), place)
				}
			}
			if asks.MatchString(text) && r.name() != "cookie" {
				t.Errorf("%s in %s: %s", r.name(), places, text)
			}
		}
	}
}
