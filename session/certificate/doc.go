// Package certificate judges the chain that a server presents (RFC 5280, RFC 9525), and a stapled OCSP response (RFC 6960): each
// check by itself, so that a finding can name the certificate, the check, what it found and who can mend it. It asks nobody: no
// responder, no list of revoked certificates, no missing intermediate is fetched.
//
// crypto/x509 verifies, and golang.org/x/crypto/ocsp reads what is stapled. What crypto/x509 leaves out is done here: its error
// is the first one alone, and of one chain.
package certificate
