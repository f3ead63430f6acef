package tlswire

import (
	"fmt"
	"strings"
)

// Note is one consequence of what a handshake decided.
type Note struct {
	Code     string `json:"code"`     // stable, kebab-case
	Severity string `json:"severity"` // info, warn or danger
	Text     string `json:"text"`     // one sentence
	Ref      string `json:"ref,omitempty"`
}

// Headline holds for the notes that answer what people ask first, and for those
// that warn.
func (n Note) Headline() bool {
	switch n.Code {
	case "tls-forward-secrecy", "tls-resumed-secrecy", "tls-post-quantum", "tls-not-post-quantum", "tls-certificate-visible", "tls-certificate-hidden",
		"tls-resumed", "tls-client-certificate-absent", "tls-client-certificate":
		return true
	}
	return n.Severity != info
}

const (
	info   = "info"
	warn   = "warn"
	danger = "danger"
)

// notes says "so what" for each decision. A handshake that died has no
// consequences: all that counts is whether someone tampered with it.
func (d *description) notes() []Note {
	if d.version == 0 {
		return nil
	}
	var out []Note
	if n, ok := judgeDowngrade(d); ok {
		out = append(out, n)
	}
	if !d.Complete {
		return out
	}
	for _, judge := range []func(*description) (Note, bool){
		judgeVersion, judgeCipher, judgeSecrecy, judgeQuantum, judgeGroup, judgeSignature, judgeMasterSecret,
		judgeRenegotiation, judgeRetry, judgeResumption, judgeClientCertificate, judgeStaple, judgePrivacy, judgeName,
	} {
		if n, ok := judge(d); ok {
			out = append(out, n)
		}
	}
	return out
}

func judgeVersion(d *description) (Note, bool) {
	name := d.Version.Chosen.Name
	switch {
	case d.version == versionTLS13:
		return Note{"tls-version-current", info, "TLS 1.3 is the current version", "RFC 9846 (was 8446)"}, true
	case d.version == versionTLS12:
		return Note{"tls-version-12", info, "TLS 1.2 is secure with a good configuration; TLS 1.3 is better", "RFC 9325 §3.1.1"}, true
	case d.version <= versionSSL30:
		return Note{"tls-version-obsolete", danger, name + " is broken and prohibited", "RFC 7568"}, true
	}
	return Note{"tls-version-obsolete", danger, name + " is obsolete and must not be used; the server needs TLS 1.2 or 1.3", "RFC 8996"}, true
}

func judgeDowngrade(d *description) (Note, bool) {
	return Note{"tls-downgrade", danger, "the server's random value says that the server supports a higher version than it chose: an attacker may have changed the ClientHello", "RFC 9846 §4.2.3"}, d.Downgrade
}

func judgeCipher(d *description) (Note, bool) {
	c := d.Suite.Chosen
	verdict, _, _ := strings.Cut(c.Verdict, ":")
	switch verdict {
	case "insecure", "weak":
		return Note{"tls-cipher-weak", danger, c.Name + " is " + c.Verdict, c.Ref}, true
	case "discouraged":
		return Note{"tls-cipher-discouraged", warn, c.Name + " is " + c.Verdict, c.Ref}, true
	}
	return Note{"tls-cipher-good", info, c.Name + " encrypts and authenticates in one step", c.Ref}, partsOf(c.Name).aead()
}

func judgeSecrecy(d *description) (Note, bool) {
	if d.version == versionTLS13 && d.Resumed && d.Group.Chosen.Name == "" {
		return Note{"tls-no-forward-secrecy", warn, "resumed with the pre-shared key alone: anyone who gets the key can decrypt this session later", "RFC 9846 §2.2"}, true
	}
	if d.version < versionTLS13 && d.Resumed {
		return Note{"tls-resumed-secrecy", info, "the keys come from the resumed session: anyone who gets the server's ticket key can decrypt both sessions", "RFC 9325 §7.3"}, true
	}
	if partsOf(d.Suite.Chosen.Name).forwardSecret() {
		return Note{"tls-forward-secrecy", info, "forward secrecy: the key exchange used keys that are then discarded, so a key stolen later does not decrypt this session", "RFC 9325 §7.3"}, true
	}
	return Note{"tls-no-forward-secrecy", warn, "no forward secrecy: anyone who gets the server's private key later can decrypt this session", "RFC 9325 §4.1"}, true
}

func judgeQuantum(d *description) (Note, bool) {
	g := d.Group.Chosen
	switch {
	case isPostQuantum(g.Value):
		return Note{"tls-post-quantum", info, g.Name + " protects against a future quantum computer that decrypts today's recordings", "RFC 10024"}, true
	case d.version < versionTLS13:
		return Note{"tls-not-post-quantum", info, d.Version.Chosen.Name + " has no post-quantum key exchange: a future quantum computer could decrypt a recording of this session. TLS 1.3 with X25519MLKEM768 would prevent this", "RFC 10024"}, true
	case g.Name == "":
		return Note{}, false
	}
	return Note{"tls-not-post-quantum", info, g.Name + " is secure today, but a future quantum computer could decrypt a recording of this session. X25519MLKEM768 would prevent this", "RFC 10024"}, true
}

func judgeGroup(d *description) (Note, bool) {
	return Note{"tls-group-weak", danger, fmt.Sprintf("a Diffie-Hellman group of %d bits is too small: the minimum is 2048", d.dhBits), "RFC 9325 §4.5"},
		d.dhBits > 0 && d.dhBits < 2048
}

func judgeSignature(d *description) (Note, bool) {
	s := d.Signature.Chosen
	if s.Name != "" && d.version < versionTLS12 {
		return Note{"tls-signature-weak", warn, "the server signs its half of the key exchange by " + s.Name + ", as before TLS 1.2: too weak today", "RFC 8996 §3, " + s.Ref}, true
	}
	return Note{"tls-signature-weak", warn, "the server signs the handshake with " + s.Name + ": " + s.Verdict, s.Ref}, s.Name != "" && isWeakSignature(s.Value)
}

func judgeMasterSecret(d *description) (Note, bool) {
	return Note{"tls-no-extended-master-secret", warn, "without extended_master_secret an attacker can make two sessions have the same master secret", "RFC 7627 §1"},
		d.version < versionTLS13 && !d.ExtendedMasterSecret
}

func judgeRenegotiation(d *description) (Note, bool) {
	return Note{"tls-no-secure-renegotiation", warn, "the server does not support secure renegotiation: if it renegotiates, an attacker can insert data before the client's", "RFC 5746 §1"},
		d.version < versionTLS13 && !d.SecureRenegotiation
}

func judgeRetry(d *description) (Note, bool) {
	return Note{"tls-retry", info, "HelloRetryRequest: the client had sent no key share for a group that the server accepts, so another round trip was needed", "RFC 9846 §4.2.4"}, d.Retry
}

func judgeResumption(d *description) (Note, bool) {
	return Note{"tls-resumed", info, "resumed: the server proved that it knows the earlier session instead of sending its certificate", "RFC 9846 §2.2, RFC 5077 §3.1"}, d.Resumed
}

func judgeClientCertificate(d *description) (Note, bool) {
	switch {
	case d.CertificateRequested && d.CertificateSent:
		return Note{"tls-client-certificate", info, "the server requested a client certificate, and the client sent one", "RFC 9846 §4.5.1"}, true
	case d.CertificateRequested:
		return Note{"tls-client-certificate-absent", info, "the server requested a client certificate, and the client had none; many mail servers request one but accept clients without it", "RFC 9846 §4.5.1"}, true
	}
	return Note{}, false
}

func judgeStaple(d *description) (Note, bool) {
	return Note{"tls-stapled", info, "the server stapled an OCSP response: it says whether the certificate is revoked", "RFC 6066 §8"}, d.Stapled
}

func judgePrivacy(d *description) (Note, bool) {
	switch {
	case !d.certified:
		return Note{}, false
	case d.CertificatesVisible:
		return Note{"tls-certificate-visible", info, "an eavesdropper saw the certificate: TLS 1.2 and older send it in cleartext", "RFC 5246 §7.3"}, true
	}
	return Note{"tls-certificate-hidden", info, "an eavesdropper did not see the certificate: TLS 1.3 encrypts everything after the ServerHello", "RFC 9846 §2"}, true
}

func judgeName(d *description) (Note, bool) {
	return Note{"tls-name-visible", info, "an eavesdropper saw the requested host name, " + d.ServerName, "RFC 6066 §3"},
		d.ServerName != "" && !d.ECH
}
