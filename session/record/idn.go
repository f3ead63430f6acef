package record

import (
	"fmt"
	"strings"

	"golang.org/x/net/idna"
)

// HostName is a host name as DNS, SNI and certificates have it: one with letters beyond ASCII in its A-label form (RFC 5891
// §4), any other as it is.
func HostName(host string) (string, error) {
	if !beyondASCII(host) {
		return host, nil
	}
	name, err := idna.Lookup.ToASCII(host)
	if err != nil || name == "" { // invisible characters alone map to nothing (UTS #46 §4)
		return "", fmt.Errorf("%q is not a valid internationalized host name", host)
	}
	return name, nil
}

// IsDomain reports whether a name in its A-label form can be one of DNS that mail goes to: labels of letters, digits, hyphens and
// underscores, in at most 253 bytes (RFC 1035 §2.3.4).
func IsDomain(name string) bool {
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || strings.ContainsFunc(label, func(r rune) bool {
			return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
		}) {
			return false
		}
	}
	return len(name) <= 253
}

func beyondASCII(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r > 0x7f })
}

// bothForms are the two forms of a host name with letters beyond ASCII, as people read it and as it is looked up, asked for
// and verified; any other name is itself.
func bothForms(host string) string {
	name, err := idna.Display.ToUnicode(host)
	if err != nil || name == host || !beyondASCII(name) {
		return host
	}
	return fmt.Sprintf("%s (%s)", name, host)
}
