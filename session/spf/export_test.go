package spf

import "net/netip"

// Expand expands the macros of a text for a client of a domain.
func Expand(client netip.Addr, domain, text string) (string, error) {
	return (&check{client: client, asked: domain}).expand(text, domain)
}
