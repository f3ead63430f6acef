package walk

import (
	"testing"

	"ehlo/session/record"
	"ehlo/session/wire"
)

// Three names of one server are remarked on only where nothing explains them.
func TestUnlikeNames(t *testing.T) {
	for _, test := range []struct {
		asked, banner, hello string
		want                 bool
	}{
		{"mx.example.org", "gw3.provider.example", "relay.isp.example", true},
		{"mx.example.org", "gw3.isp.example", "relay.isp.example", true},
		{"smtp.example.org", "node7.hoster.example", "node7.hoster.example", false}, // a hoster's own name, said twice
		{"smtp.example.org", "node7.hoster.example", "NODE7.hoster.example", false},
		{"smtp.example.org", "mx1.example.org", "mx2.other.example", false},
		{"smtp.example.org", "ready", "mx2.other.example", false},
		{"192.0.2.1", "gw3.provider.example", "relay.isp.example", false},
		{"mx.example.org", "gw3.provider.example", "[192.0.2.7]", false},
		{"mx.example.org", "", "relay.isp.example", false},
	} {
		if got := unlike(test.asked, test.banner, test.hello); got != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
}

// The text of a reply code is no name of a server.
func TestProxyWords(t *testing.T) {
	for line, want := range map[string]string{
		"Requested mail action okay, completed": "Requested mail action okay, completed",
		"OK":                                    "OK",
		"ok, go ahead":                          "ok, go ahead",
		"mail.example OK":                       "",
		"localhost Hello":                       "",
		"okay.example":                          "",
		"":                                      "",
	} {
		c := &record.Capabilities{Capabilities: wire.ParseCapabilities(wire.Reply{Lines: []wire.Line{{Text: line}}})}
		if got := proxyWords(c); got != want {
			t.Errorf("%q: %q", line, got)
		}
	}
}
