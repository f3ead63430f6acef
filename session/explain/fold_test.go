package explain

import "testing"

func TestFold(t *testing.T) {
	for name, want := range map[string]string{
		"ClientHello":     "clienthello",
		"client_hello":    "clienthello",
		"client\n hello":  "clienthello",
		"SCRAM-SHA-256":   "scramsha256",
		"X.7.8":           "x.7.8",
		"É":               "é",
		"*":               "*",
		"\xff":            "\ufffd",
		"open relay test": "openrelaytest",
	} {
		if got := fold(name); got != want || !folds(name, want) {
			t.Errorf("%q: %q, want %q, which it folds to: %v", name, got, want, folds(name, want))
		}
		if folds(name, want+"x") || folds(name, want[:len(want)-1]) || folds(name, "") {
			t.Errorf("%q folds to what it is not", name)
		}
	}
	if fold("-") != "-" || fold("") != "" {
		t.Error("a name of punctuation alone has gone")
	}
}
