package walk

import (
	"fmt"
	"net/netip"

	"ehlo/session/record"
)

// remarkName says that no name was asked for: an address is not sent as SNI (RFC 6066 §3), and a server with several
// certificates then shows its default one.
func (t *taking) remarkName(tls *record.TLS) {
	if tls.ServerName != "" {
		return
	}
	if _, err := netip.ParseAddr(tls.Reference); err == nil {
		t.find(record.FoundSNINotSent, fmt.Sprintf("The client sent no SNI, because the target %s is an IP address: the server presents its default certificate.", tls.Reference))
	}
}
