package explain

import (
	"strings"
	"testing"
)

func TestCite(t *testing.T) {
	for _, c := range []struct{ refs, want string }{
		{"", ""},
		{"RFC 5321 §4.1, §4.2, RFC 3207 §4", "RFC 5321 §4.1, §4.2, RFC 3207 §4"},
		{"RFC 9846 §2.2, §4, RFC 9325, RFC 9846 §7", "RFC 9846 (was 8446) §2.2, §4, RFC 9325, RFC 9846 §7"},
		{"RFC 5246 §7.3, §8", "RFC 5246 §7.3, §8 (obsoleted by RFC 9846)"},
		{"RFC 9990, RFC 9989", "RFC 9990, RFC 9989 (was 7489)"},
		{"RFC 821", "RFC 821 (obsoleted by RFC 5321)"},
		{"RFC 2246 §1, RFC 4346 §2, RFC 8996", "RFC 2246 §1, RFC 4346 §2 (both obsoleted by RFC 9846), RFC 8996"},
		{"RFC 2246, RFC 4346, RFC 5246 §1, RFC 821", "RFC 2246, RFC 4346, RFC 5246 §1 (all obsoleted by RFC 9846), RFC 821 (obsoleted by RFC 5321)"},
		{"IANA SASL Mechanisms", "IANA SASL Mechanisms"},
	} {
		var refs []Ref
		if c.refs != "" {
			refs, _ = parseRefs(c.refs)
		}
		if got := Cite(refs); got != c.want {
			t.Errorf("%s: %q, want %q", c.refs, got, c.want)
		}
	}
}

// A successor is in force, and no document has two.
func TestObsoletedDocuments(t *testing.T) {
	seen := map[string]bool{}
	for _, o := range obsolete {
		for _, old := range strings.Fields(o.old) {
			if seen[old] {
				t.Errorf("RFC %s has two successors", old)
			}
			seen[old] = true
		}
	}
	for _, o := range obsolete {
		if seen[o.by] {
			t.Errorf("RFC %s was replaced itself", o.by)
		}
	}
	if got := ObsoletedBy("RFC 5321"); got != "" {
		t.Errorf("RFC 5321 is obsoleted by %q", got)
	}
}

func TestCited(t *testing.T) {
	for ref, want := range map[string]string{
		"RFC 5246 §7.4.2":          "RFC 5246 §7.4.2, obsoleted by RFC 9846",
		"RFC 8996 §3, RFC 8422 §5": "RFC 8996 §3, RFC 8422 §5, obsoleted by RFC 9846",
		"RFC 9846 §4.2.3":          "RFC 9846 §4.2.3",
		"draft-ietf-tls-mldsa":     "draft-ietf-tls-mldsa",
		"§4":                       "§4",
		"":                         "",
	} {
		if got := Cited(ref); got != want {
			t.Errorf("%q: %q, want %q", ref, got, want)
		}
	}
}
