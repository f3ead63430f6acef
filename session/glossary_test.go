package session

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"ehlo/session/explain"
)

// Whatever word of the field a text uses, its card is one question away: each token in capitals, and each of the terms below.
func TestGlossary(t *testing.T) {
	asked := map[string]bool{}
	for _, s := range sentences(t) {
		for _, word := range capitals.FindAllString(s.text, -1) {
			if !asked[word] && !slices.Contains(unexplained, word) && !isFirstAnswer(word) {
				t.Errorf("nothing explains %s, in %s: %s", word, s.where, s.text)
			}
			asked[word] = true
		}
	}
	for _, word := range terms {
		if !isFirstAnswer(word) {
			t.Errorf("nothing explains %q", word)
		}
	}
	for _, word := range unexplained {
		if !asked[word] {
			t.Errorf("no text has the word %s any more", word)
		}
	}
}

var capitals = regexp.MustCompile(`\b[A-Z](?:[A-Z0-9]|-[A-Z0-9])+\b`)

// isFirstAnswer reports whether a word is a name of what is found for it first. Programs have names of their own for what
// has a number in TLS, which are in no entry.
func isFirstAnswer(word string) bool {
	found := explain.Lookup(strings.Fields(word)).Entries
	if len(found) == 0 {
		return false
	}
	called := func(name string) bool { return strings.EqualFold(name, word) }
	return called(found[0].Name) || slices.ContainsFunc(found[0].Also, called) || strings.HasPrefix(found[0].Kind, "tls-")
}

// unexplained are the tokens in capitals that are no terms: what a person puts in, words of a syntax, names of programs.
var unexplained = strings.Fields(`
	ADDRESS COMMAND COMMANDS FILE HOST NAME NUMBER SCENARIO TARGET TOPIC WORDS
	DELAY FAILURE FULL HDRS LAST NEVER BAD BYE ERR DOWNGRD SUCCESS TO AUTHENTICATE HEX PIN SP BEGIN END OK IN ID LOG LOGGED
	PATH ADDR PRIVATE KEY COPY TAP BIT IDENTIFIER OBJECT OCTET STRING COLORFGBG COLORTERM TERM LANG OSC MST NET PHP SH SS TH
	AVG DATA ESET`)

// terms are those without capitals that a reader may not know. Each has a row in the glossary, or a card elsewhere.
var terms = regexp.MustCompile(`;\s+`).Split(strings.TrimSpace(`
	byte; octet; envelope; capability; verb; parameter; authzid; authcid; realm; scope; token; tenant; nonce; salt; iteration count; challenge;
	initial response; mechanism; offline guess; replay; downgrade; staple; stapled; round trip; channel binding; enhanced status code;
	reply code; null sender; return path; reverse path; local part; address literal; queue; queue ID; header; mailbox; quota; postmaster;
	bounce; backscatter; smart host; open relay; relay; submission; greylisting; tarpit; block list; allow list; reputation; spoofing; phishing;
	resolver; name server; label; socket; port; ephemeral port; loopback; firewall; proxy; load balancer; cluster; handshake; session ticket;
	resumption; early data; key exchange; elliptic curve; curve; forward secrecy; cipher suite; digest; hash; fingerprint; cleartext;
	ciphertext; attacker; eavesdropper; impostor; man in the middle; self-signed; root; trust store; trust anchor; intermediate;
	certificate authority; certificate chain; issuer; subject; wildcard; revocation; private key; public key; key log; base64; dot stuffing;
	pipelining; banner; greeting; postscreen; rate limiting; SMTP smuggling; implicit TLS; opportunistic TLS; required TLS; STARTTLS stripping;
	STARTTLS injection; client certificate; common name; session resumption; must-staple; pre-shared key; key share; application password;
	access token; bearer; hop by hop; alert; FQDN; SNI; ALPN; OCSP; CRL; SAN; CN; AEAD; HKDF; PSK; ECDHE; MTA; MUA; MSA; MDA; DSN; NDR; PTR; A;
	AAAA; MX; TXT; DNSSEC; DANE; TLSA; MITM; IDN; UTF-8; MIME; BDAT; NUL; EHLO; GREASE; SPF; DKIM; DMARC; ARC; MTA-STS; TLSRPT; DNSBL; VERP;
	SRS; BIMI; CNAME`), -1)
