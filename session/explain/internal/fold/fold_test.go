package fold

import "testing"

func TestName(t *testing.T) {
	for name, want := range map[string]string{
		"ClientHello":   "clienthello",
		"client_hello":  "clienthello",
		"client hello":  "clienthello",
		"SCRAM-SHA-256": "scramsha256",
		"X.7.8":         "x.7.8",
		"É":             "é",
		"*":             "*",
		"-":             "-",
		"":              "",
		"\xff":          "\ufffd",
	} {
		if got := Name(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
