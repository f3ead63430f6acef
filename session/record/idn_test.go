package record

import "testing"

// A name beyond ASCII is kept as its A-label, and shown in both forms.
func TestInternationalizedHosts(t *testing.T) {
	for in, want := range map[string]struct{ host, called string }{
		"bücher.example":           {"xn--bcher-kva.example", "bücher.example (xn--bcher-kva.example)"},
		"BÜCHER.Example:587":       {"xn--bcher-kva.example", "bücher.example (xn--bcher-kva.example)"},
		"submission://mail.例え。テスト": {"mail.xn--r8jz45g.xn--zckzah", "mail.例え.テスト (mail.xn--r8jz45g.xn--zckzah)"},
		"xn--bcher-kva.example":    {"xn--bcher-kva.example", "bücher.example (xn--bcher-kva.example)"},
		"mail_1.example":           {"mail_1.example", "mail_1.example"},
		"xn--99999999999.example":  {"xn--99999999999.example", "xn--99999999999.example"},
		"[2001:db8::1]:25":         {"2001:db8::1", "2001:db8::1"},
	} {
		got, err := ParseTarget(in, false)
		if err != nil || got.Host != want.host || got.Called() != want.called {
			t.Errorf("%s: %q called %q, %v", in, got.Host, got.Called(), err)
		}
	}
	for _, in := range []string{"bü cher.example", "-ü.example", "a\u200bü\ufffd.example"} {
		if got, err := ParseTarget(in, false); err == nil {
			t.Errorf("%q: %+v", in, got)
		}
	}
}
