package dkim_test

import (
	"testing"

	"ehlo/session/dkim"
)

// Whatever fields and keys there are, a check ends, and a signature is not valid by chance.
func FuzzCheck(f *testing.F) {
	f.Add("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed; d=a.example; s=s1; l=1; h=From; bh=QUJD; b=QUJD\r\nFrom: a@b\r\n\r\nbody", "v=DKIM1; p=MCwwDQYJKoZIhvcNAQEBBQADGwAwGAIRAMP1")
	f.Add("ARC-Seal: i=1; cv=none; a=ed25519-sha256; d=a.example; s=s1; b=QUJD\r\nARC-Message-Signature: i=1; a=ed25519-sha256; d=a.example; s=s1; h=From; bh=QUJD; b=QUJD\r\n"+
		"ARC-Authentication-Results: i=1; mx\r\nFrom: a@b\r\n\r\n", "v=DKIM1; k=ed25519; p=")
	f.Fuzz(func(t *testing.T, text, record string) {
		if text == "" || text[0] == ' ' || text[0] == '\t' {
			return
		}
		m := message(text)
		keys := func(string) ([]string, error) { return []string{record}, nil }
		for at := range m.Fields {
			if m.Check(at, keys) == nil {
				t.Errorf("%q is valid", m.Fields[at])
			}
		}
		if chain(m, keys) == nil {
			t.Errorf("%q has a valid chain", text)
		}
		tags, _ := dkim.Tags(text)
		m.Unsigned(tags)
	})
}
