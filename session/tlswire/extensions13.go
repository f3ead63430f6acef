package tlswire

import "fmt"

// extensionParser13 has the extensions that came with TLS 1.3 or after it.
func extensionParser13(typ uint16) func(*parser) {
	switch typ {
	case extPreSharedKey:
		return (*parser).preSharedKey
	case extEarlyData:
		return (*parser).earlyData
	case extSupportedVersions:
		return (*parser).supportedVersions
	case extCookie:
		return func(p *parser) { p.opaque("cookie", 2, "cookie", "the client returns it unchanged", "") }
	case extPSKKeyExchangeModes:
		return codes8("ke_modes", "ke_mode", pskModes)
	case extCertificateAuthorities:
		return func(p *parser) { p.names("authorities", "", "") }
	case extOIDFilters:
		return (*parser).oidFilters
	case extKeyShare:
		return (*parser).keyShare
	case extTicketRequest:
		return (*parser).ticketRequest
	case extECHOuterExtensions:
		return codes16("outer_extensions", 1, "extension_type", extensionOf)
	case extEncryptedClientHello:
		return (*parser).encryptedClientHello
	case extRenegotiationInfo:
		return func(p *parser) {
			p.opaque("renegotiated_connection", 1, "verify_data", "empty in a first handshake; in a renegotiation, the Finished values of the previous one", "")
		}
	}
	return nil
}

// preSharedKey parses the keys a client offers, each with its proof, or the
// one the server took (RFC 9846 §4.3.11).
func (p *parser) preSharedKey() {
	if p.msg.Type != typeClientHello {
		p.number("selected_identity", 2, "the key that the server chose, counted from 0", "")
		return
	}
	p.list("identities", 2, "session tickets or names of keys", "", func(p *parser) {
		p.opaque("identity", 2, "identity", "", "")
		p.number("obfuscated_ticket_age", 4, "milliseconds since the client received the ticket, plus its ticket_age_add", "RFC 9846 §4.3.11.1")
	})
	p.list("binders", 2, "for each key, a proof that the client has it", "RFC 9846 §4.3.11.2", func(p *parser) {
		p.opaque("binder", 1, "HMAC", "an HMAC over the ClientHello up to here", "")
	})
}

func (p *parser) earlyData() {
	if p.msg.Type == typeNewSessionTicket {
		p.number("max_early_data_size", 4, "bytes of 0-RTT data that the server accepts", "RFC 9846 §4.7.1")
	}
}

func (p *parser) supportedVersions() {
	if p.msg.Type == typeClientHello {
		codes16("versions", 1, "version", versionOf)(p)
		return
	}
	p.code16("selected_version", versionOf)
}

func (p *parser) oidFilters() {
	p.list("filters", 2, "", "", func(p *parser) {
		p.opaque("certificate_extension_oid", 1, "DER", "", "")
		p.opaque("certificate_extension_values", 2, "DER", "", "")
	})
}

// keyShare parses the shares a client offers, the server's answer, or the
// group a HelloRetryRequest wants (RFC 9846 §4.3.8).
func (p *parser) keyShare() {
	switch {
	case p.msg.Type == typeClientHello:
		p.list("client_shares", 2, "a public key for each group that the client expects the server to choose", "", (*parser).keyShareEntry)
	case isRetry(p.raw):
		p.code16("selected_group", groupOf)
		p.explain("the server asks for a key share of this group")
	default:
		p.keyShareEntry()
	}
}

func (p *parser) keyShareEntry() {
	head := cursor{b: p.peek(4)}
	group, length := head.u16(), int(head.u16())
	if head.bad || length > p.left()-4 {
		p.fail("key_share_entry", fmt.Sprintf("declares %s of key, %d left", count(length, "byte"), max(0, p.left()-4)))
		return
	}
	p.group("key_share_entry", 4+length, "", "", func(p *parser) {
		p.code16("group", groupOf)
		p.vector("key_exchange", 2, "public key", "RFC 9846 §4.3.8, RFC 10024", func(p *parser) { p.point(group) })
	})
	if !p.failed {
		p.last().Value = GroupName(group) + ", " + count(length, "byte")
	}
}

func (p *parser) ticketRequest() {
	if p.msg.Type != typeClientHello {
		p.number("expected_count", 1, "the number of tickets that the server will send", "")
		return
	}
	p.number("new_session_count", 1, "the number of tickets that the client requests after a full handshake", "")
	p.number("resumption_count", 1, "the number of tickets that the client requests after a resumption", "")
}

// encryptedClientHello parses ECH: the outer form in a ClientHello, new
// configurations in EncryptedExtensions, a confirmation in a HelloRetryRequest
// (RFC 9849 §5).
func (p *parser) encryptedClientHello() {
	switch p.msg.Type {
	case typeClientHello:
		if p.code8("type", echTypes) == 0 && !p.failed {
			p.code16("kdf_id", in(hpkeKDFs))
			p.code16("aead_id", in(hpkeAEADs))
			p.number("config_id", 1, "the server configuration that the client used", "")
			p.opaque("enc", 2, "enc", "the client's half of the HPKE exchange", "")
			p.opaque("payload", 2, "payload", "the real ClientHello, encrypted; random bytes if this is GREASE", "")
		}
	case typeEncryptedExtensions:
		p.list("retry_configs", 2, "configurations that the client can try instead", "RFC 9849 §4", func(p *parser) {
			p.code16("version", extensionOf)
			p.opaque("contents", 2, "contents", "", "")
		})
	default:
		p.rest("confirmation", "shows whether the server decrypted the hidden ClientHello", "RFC 9849 §7.2.1")
	}
}
