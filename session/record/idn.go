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
