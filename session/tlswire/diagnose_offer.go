package tlswire

import (
	"fmt"
	"slices"
	"strings"
)

// refusedOffer: the server said handshake_failure to the ClientHello. The alert
// is the same whatever it lacks, so the sentence goes no further than the offer
// does. In TLS 1.2 a suite carries all of it: without a group or a certificate
// for it, it does not count (RFC 8422 §5.1). TLS 1.3 has so few suites that
// every server has one of them (RFC 9846 §9.1), which leaves groups and
// signature schemes.
func (c inquest) refusedOffer() Diagnosis {
	suites, groups, schemes := count(len(c.sum.Suite.Offered), "cipher suite"), names(c.sum.Group.Offered), count(len(c.sum.Signature.Offered), "signature scheme")
	newest, older := c.offersVersion(versionTLS13, versionTLS13), c.offersVersion(0, versionTLS12)
	switch {
	case !newest:
		return Diagnosis{"tls-no-common-suite", fmt.Sprintf("it can use nothing of what was offered for %s: %s, the groups %s, %s", names(c.sum.Version.Offered), suites, groups, schemes),
			"have the server allow ECDHE with AES-GCM for its kind of key, RSA or ECDSA; offer TLS 1.3 as well (--tls-max 1.3)"}
	case !older:
		return Diagnosis{"tls-no-common-group", fmt.Sprintf("most likely it knows none of the groups offered, %s: TLS 1.3 alone was offered, whose %s nearly every server has; else it has no key for the %s", groups, suites, schemes),
			"have the server allow x25519 or secp256r1 for the key exchange; --tls-max 1.2 shows whether older ways work"}
	}
	return Diagnosis{"tls-no-common-parameters", fmt.Sprintf("it can use nothing of the offer, and does not say what it lacks: %s, %s, the groups %s, %s", names(c.sum.Version.Offered), suites, groups, schemes),
		"narrow it down: with --tls-max 1.2 it fails over cipher suites, with --tls-min 1.3 over groups; then have the server allow x25519 or secp256r1, and ECDHE suites for its kind of key"}
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
	return code(u16s(share)[0], Group)
}

func (c inquest) groupNotOffered(group Code) Diagnosis {
	return Diagnosis{"tls-no-common-group", fmt.Sprintf("the server insists on the group %s, which was not offered (%s)", group.Name, names(c.sum.Group.Offered)),
		"have the server allow x25519 or secp256r1 for the key exchange"}
}

// hung: the time was up. What is not whole then was still on its way.
func (c inquest) hung() Diagnosis {
	last := c.messages[len(c.messages)-1]
	if last.Dir == ClientToServer {
		return Diagnosis{"tls-timeout", "nothing came after " + last.Name + " from the client: the server's answer to it is missing",
			"look at the server's log: checking a client certificate, or a machine that is overloaded, may take the time; allow more of it with --timeout"}
	}
	return Diagnosis{"tls-timeout", "nothing came after " + last.Name + " from the server: it stopped in the middle of its answer",
		"either the server hangs, which its log may tell, or its next packets are lost: its certificates fill the largest ones, and a wrong MTU on the way stops just those; compare from another network"}
}

// onePacket is what a ClientHello can have, with its record header, and still
// cross most networks in one TCP segment.
const onePacket = 1200

// unanswered: the time was up, and not a byte had come.
func (c inquest) unanswered() Diagnosis {
	hello, size := "the ClientHello", 0
	if m, sent := c.find(func(m Message) bool { return m.is(typeClientHello) }); sent {
		size = recordHeaderLen + len(m.Raw)
		hello = fmt.Sprintf("the ClientHello (%d bytes)", size)
	}
	reasons := []string{"without STARTTLS before it, the server may be waiting for SMTP in clear text or for another protocol"}
	if size > onePacket {
		reasons = slices.Insert(reasons, 0, "the ClientHello takes two packets, and some firewalls drop such a one: --tls-max 1.2 makes it small")
	}
	return Diagnosis{"tls-no-answer", "nothing came back after " + hello + ": the server did not answer", strings.Join(reasons, "; ")}
}
