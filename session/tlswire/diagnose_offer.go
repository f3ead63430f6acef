package tlswire

import (
	"fmt"
	"slices"
	"strings"
)

// refusedOffer: the server said handshake_failure to the ClientHello. The alert is the same whatever it lacks, so the
// sentence names all that it may be (RFC 9846 §6.2). In TLS 1.2 a suite stands for the kind of key too (RFC 8422 §5.1); in
// TLS 1.3 suites, groups and signature schemes are chosen apart (RFC 9846 §4.2.1).
func (c inquest) refusedOffer() Diagnosis {
	return Diagnosis{"tls-no-common-parameters", "it accepts nothing in the offer and does not say what is missing; the offer was " + c.candidates() + c.notOffered(), c.narrowDown()}
}

// notOffered are the suspects. What old servers insist on comes first.
func (c inquest) notOffered() string {
	var old []string
	if c.offersVersion(0, versionTLS12) {
		old = lacking(c.sum.Suite.Offered, [][2]string{{"TLS_DHE_", "finite-field DHE"}, {"TLS_RSA_", "RSA key exchange"}, {"3DES", "3DES"}})
	}
	rare := lacking(c.sum.Suite.Offered, [][2]string{{"CCM", "CCM suites"}})
	rare = append(rare, lacking(c.sum.Group.Offered, [][2]string{{"x448", "x448"}, {"ffdhe", "finite-field groups"}, {"brainpool", "brainpool curves"}})...)
	if keys := c.lackingKeys(); len(keys) > 0 {
		rare = append(rare, "keys of type "+strings.Join(keys, ", "))
	}
	said := ""
	if len(old) > 0 {
		said = "; not offered, and the most likely causes with an old server: " + strings.Join(old, ", ")
	}
	if len(rare) > 0 {
		said += "; not offered, and rare: " + strings.Join(rare, ", ")
	}
	return said
}

// lacking are the names, the second of each pair, of what no code point offered has the first of in its own.
func lacking(offered []Code, wanted [][2]string) (missing []string) {
	for _, w := range wanted {
		if !slices.ContainsFunc(offered, func(o Code) bool { return strings.Contains(o.Name, w[0]) }) {
			missing = append(missing, w[1])
		}
	}
	return missing
}

// lackingKeys are the kinds of key of which no signature was offered.
func (c inquest) lackingKeys() []string {
	kinds := keyKinds(c.sum.Signature.Offered)
	return slices.DeleteFunc([]string{"RSA-PSS", "Ed448", "ML-DSA", "DSA"}, func(kind string) bool { return slices.Contains(kinds, kind) })
}

// candidates are what both sides need to have in common, as it was offered.
func (c inquest) candidates() string {
	return fmt.Sprintf("%s with %s; the groups %s; signatures for a key and certificate of type %s",
		names(c.sum.Version.Offered), count(len(c.sum.Suite.Offered), "cipher suite"), orNone(names(c.sum.Group.Offered)), orNone(strings.Join(keyKinds(c.sum.Signature.Offered), ", ")))
}

// narrowDown is how to find out what is missing. Offering one version only changes which answer may come; nothing else
// tells the three apart, but that another client has more to offer.
func (c inquest) narrowDown() string {
	const more = "find out what the server accepts, with a client that offers more (openssl s_client: also finite-field DHE, x448, brainpool curves, Ed448 and RSA-PSS keys), or read the server's log; " +
		"the server's operator: allow x25519 or secp256r1, the usual suites (ECDHE with AES-GCM), and a certificate with an RSA or ECDSA key, signed with SHA-256"
	if narrow := c.narrowed(); narrow != "" {
		return narrow + "; if that fails too, " + more
	}
	return "offer TLS 1.2 alone, then TLS 1.3 alone: the alert protocol_version then means that the server lacks that version, and handshake_failure that something else is missing; then " + more
}

// keyKinds are the kinds of key that these signature schemes go with.
func keyKinds(schemes []Code) []string {
	var kinds []string
	for _, s := range schemes {
		if kind := keyKind(s.Name); kind != "" && !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

func keyKind(scheme string) string {
	for _, k := range [][2]string{{"rsa_pss_pss", "RSA-PSS"}, {"rsa_", "RSA"}, {"ecdsa_", "ECDSA"}, {"ed25519", "Ed25519"}, {"ed448", "Ed448"}, {"dsa_", "DSA"}, {"mldsa", "ML-DSA"}} {
		if strings.HasPrefix(scheme, k[0]) {
			return k[1]
		}
	}
	return ""
}

// narrowed says how to offer more, if the offer is smaller than it is by itself: TLS 1.2 and 1.3.
func (c inquest) narrowed() string {
	const widen = "offer more TLS versions first: the offer was limited to %s by %s"
	switch {
	case len(c.sum.Version.Offered) == 0:
		return ""
	case !c.offersVersion(versionTLS13, versionTLS13):
		return fmt.Sprintf(widen, names(c.sum.Version.Offered), "the highest version set here")
	case !c.offersVersion(versionTLS12, versionTLS12):
		return fmt.Sprintf(widen, names(c.sum.Version.Offered), "the lowest version set here")
	}
	return ""
}

// noCommonVersion: whose fault it is depends on whether the offer was narrowed.
func (c inquest) noCommonVersion(sentence string) Diagnosis {
	d := Diagnosis{"tls-no-common-version", sentence, "the server's operator: enable TLS 1.2 and 1.3"}
	if narrow := c.narrowed(); narrow != "" {
		d.Hint = narrow + "; the server's operator: if TLS 1.2 and 1.3 are refused too, enable them"
	}
	return d
}

func (c inquest) offersVersion(lowest, highest uint16) bool {
	return slices.ContainsFunc(c.sum.Version.Offered, func(v Code) bool { return v.Value >= lowest && v.Value <= highest })
}

// strangeGroup is the group that the server asked for in a HelloRetryRequest,
// or made its share in, if it was not offered.
func (c inquest) strangeGroup() (Code, bool) {
	group := c.sum.Group.Chosen
	for _, m := range c.messages {
		if m.is(typeServerHello) && isRetry(m.Raw) {
			group = retryGroup(m)
		}
	}
	return group, group.Value != 0 && !slices.ContainsFunc(c.sum.Group.Offered, func(o Code) bool { return o.Value == group.Value })
}

// retryGroup is the selected_group of a HelloRetryRequest (RFC 9846 §4.3.8).
func retryGroup(m Message) Code {
	h, ok := readHello(typeServerHello, m.Raw)
	share, has := h.extension(extKeyShare)
	if !ok || !has || len(share) != 2 {
		return Code{}
	}
	return code(u16s(share)[0], groupOf)
}

func (c inquest) groupNotOffered(group Code) Diagnosis {
	return Diagnosis{"tls-no-common-group", fmt.Sprintf("the server insists on the group %s, which was not offered (%s)", group.Name, names(c.sum.Group.Offered)),
		"the server's operator: allow x25519 or secp256r1 for the key exchange"}
}

// hung: the time was up. What is not whole then was still on its way.
func (c inquest) hung() Diagnosis {
	const hangs = "compare from another network: the server may hang, or a wrong MTU on the path may cause the loss of its large packets, which carry the certificates; the server's operator: read the log around this time"
	last := c.messages[len(c.messages)-1]
	part, begun := c.find(func(m Message) bool { return m.Partial && m.Dir == ServerToClient && (!m.Encrypted || m.Key != "") })
	said, warned := c.lastWord()
	switch {
	case begun:
		return Diagnosis{"tls-timeout", "the server stopped in the middle of " + inTheMiddle(part) + ": " + part.Reason, hangs}
	case warned:
		_, description, _ := said.Alert()
		return Diagnosis{"tls-timeout", fmt.Sprintf("nothing arrived after a warning alert from the server, %s (%d)", alertName(description), description), c.closedWith(said).Hint}
	case last.Dir == ClientToServer:
		return Diagnosis{"tls-timeout", "nothing arrived after " + last.Name + " from the client: the server's answer to it is missing",
			"allow more time; the server's operator: read the log: a check of the client certificate or an overloaded machine may cause the delay"}
	}
	return Diagnosis{"tls-timeout", "nothing arrived after " + last.Name + " from the server: it stopped in the middle of its answer", hangs}
}

// inTheMiddle is what was not whole: a message, or a record of which nobody knows yet what it holds.
func inTheMiddle(m Message) string {
	if m.Kind == KindHandshake {
		return "its " + m.Name
	}
	return "a record"
}

// onePacket is what a ClientHello can have, with its record header, and still
// cross most networks in one TCP segment.
const onePacket = 1200

// helloSize is how many bytes the ClientHello has with its record header; 0 where none was sent.
func (c inquest) helloSize() int {
	m, sent := c.find(func(m Message) bool { return m.is(typeClientHello) })
	if !sent {
		return 0
	}
	return recordHeaderLen + len(m.Raw)
}

// hello is the ClientHello in a sentence, with its size.
func (c inquest) hello() string {
	if size := c.helloSize(); size > 0 {
		return fmt.Sprintf("the ClientHello of %d bytes", size-recordHeaderLen) + c.twoPackets()
	}
	return "the ClientHello"
}

// twoPackets is said of a ClientHello that does not fit into one packet, as some firewalls expect.
func (c inquest) twoPackets() string {
	if c.helloSize() <= onePacket {
		return ""
	}
	return ", which takes two packets"
}

// unanswered: the time was up, and not a byte had come.
func (c inquest) unanswered() Diagnosis {
	hint := "if the port expects STARTTLS, begin in cleartext"
	if c.twoPackets() != "" {
		hint = "offer TLS 1.2 at most: some firewalls do not let a ClientHello of two packets pass; " + hint
	}
	return Diagnosis{"tls-no-answer", "the server did not answer " + c.hello(), hint}
}
