package spf

import "net/netip"

// Expand expands the macros of a text for a client of a domain.
func Expand(client netip.Addr, domain, text string) (string, error) {
	return (&check{client: client, local: "strong-bad", asked: domain, hello: "mx.example.org", validated: &[]string{}}).expand(text, domain)
}
