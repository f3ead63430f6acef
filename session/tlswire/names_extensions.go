package tlswire

import "slices"

// Extension types with a structure of their own here (IANA, TLS ExtensionType
// Values).
const (
	extServerName             = 0
	extMaxFragmentLength      = 1
	extStatusRequest          = 5
	extSupportedGroups        = 10
	extECPointFormats         = 11
	extSignatureAlgorithms    = 13
	extHeartbeat              = 15
	extALPN                   = 16
	extStatusRequestV2        = 17
	extSCT                    = 18
	extClientCertificateType  = 19
	extServerCertificateType  = 20
	extPadding                = 21
	extEncryptThenMAC         = 22
	extExtendedMasterSecret   = 23
	extCompressCertificate    = 27
	extRecordSizeLimit        = 28
	extDelegatedCredential    = 34
	extSessionTicket          = 35
	extPreSharedKey           = 41
	extEarlyData              = 42
	extSupportedVersions      = 43
	extCookie                 = 44
	extPSKKeyExchangeModes    = 45
	extCertificateAuthorities = 47
	extOIDFilters             = 48
	extPostHandshakeAuth      = 49
	extSignatureAlgosCert     = 50
	extKeyShare               = 51
	extQUICTransport          = 57
	extTicketRequest          = 58
	extALPSDraft              = 17513
	extALPS                   = 17613
	extECHOuterExtensions     = 0xfd00
	extEncryptedClientHello   = 0xfe0d
	extRenegotiationInfo      = 0xff01
)

var extensionTypes = []Code{
	{extServerName, "server_name", "the host name the client wants (SNI), so that a server with many names picks the right certificate", "RFC 6066 §3", "sent in the clear unless ECH hides it"},
	{extMaxFragmentLength, "max_fragment_length", "the client wants smaller records", "RFC 6066 §4", "replaced by record_size_limit"},
	{2, "client_certificate_url", "the client may send a URL in place of its certificate", "RFC 6066 §5", "hardly used"},
	{3, "trusted_ca_keys", "the authorities the client trusts", "RFC 6066 §6", "hardly used"},
	{4, "truncated_hmac", "shorter record checksums", "RFC 6066 §7", "insecure, must not be used (RFC 9325 §4.6)"},
	{extStatusRequest, "status_request", "the client asks for a stapled OCSP answer about the certificate", "RFC 6066 §8, RFC 9846 §4.5.1.1", ""},
	{6, "user_mapping", "hints for mapping a user to an account", "RFC 4681", "hardly used"},
	{7, "client_authz", "authorisation data of the client", "RFC 5878", "hardly used"},
	{8, "server_authz", "authorisation data of the server", "RFC 5878", "hardly used"},
	{9, "cert_type", "kinds of certificate (OpenPGP)", "RFC 6091", "hardly used"},
	{extSupportedGroups, "supported_groups", "the key exchange groups the sender can use, best first", "RFC 9846 §4.3.7, RFC 8422 §5.1.1", ""},
	{extECPointFormats, "ec_point_formats", "how elliptic curve points are written (TLS 1.2 and older)", "RFC 8422 §5.1.2", "gone in TLS 1.3"},
	{12, "srp", "a user name for password authentication by SRP", "RFC 5054 §2.8.1", "hardly used"},
	{extSignatureAlgorithms, "signature_algorithms", "the signatures the sender can check, best first", "RFC 9846 §4.3.3, RFC 5246 §7.4.1.4.1", ""},
	{14, "use_srtp", "keys for SRTP", "RFC 5764", "not for mail"},
	{extHeartbeat, "heartbeat", "keep-alive messages", "RFC 6520 §2", "not used since Heartbleed"},
	{extALPN, "application_layer_protocol_negotiation", "the protocols the client can speak inside TLS", "RFC 7301 §3.1", ""},
	{extStatusRequestV2, "status_request_v2", "like status_request, for the whole chain", "RFC 6961 §2.2", "obsolete (RFC 9846)"},
	{extSCT, "signed_certificate_timestamp", "promises of public logs to show the certificate", "RFC 6962 §3.3.1", ""},
	{extClientCertificateType, "client_certificate_type", "kinds of client certificate: X.509, raw public key", "RFC 7250 §3", ""},
	{extServerCertificateType, "server_certificate_type", "kinds of server certificate: X.509, raw public key", "RFC 7250 §3", ""},
	{extPadding, "padding", "zeroes that make the ClientHello a harmless length for old servers", "RFC 7685 §3", ""},
	{extEncryptThenMAC, "encrypt_then_mac", "CBC records are checked before they are decrypted (TLS 1.2 and older)", "RFC 7366 §2", "gone in TLS 1.3"},
	{extExtendedMasterSecret, "extended_master_secret", "the master secret depends on the whole handshake (TLS 1.2 and older)", "RFC 7627 §5.1", "needed with TLS 1.2 (RFC 9325 §3.5)"},
	{24, "token_binding", "binds tokens to the connection", "RFC 8472", "hardly used"},
	{25, "cached_info", "what the client has cached of the server's messages", "RFC 7924", "hardly used"},
	{extCompressCertificate, "compress_certificate", "compressions of the Certificate message the sender can undo", "RFC 8879 §3", ""},
	{extRecordSizeLimit, "record_size_limit", "the longest record the sender wants to get", "RFC 8449 §4", ""},
	{extDelegatedCredential, "delegated_credential", "short-lived keys signed by the certificate", "RFC 9345 §4.1.1", ""},
	{extSessionTicket, "session_ticket", "a ticket of an earlier session, or empty: please give me one (TLS 1.2 and older)", "RFC 5077 §3.2", "pre_shared_key in TLS 1.3"},
	{extPreSharedKey, "pre_shared_key", "resumption: tickets or keys from before, each with a proof", "RFC 9846 §4.3.11", ""},
	{extEarlyData, "early_data", "the client sends data before the handshake is done (0-RTT)", "RFC 9846 §4.3.10", "can be replayed"},
	{extSupportedVersions, "supported_versions", "the versions the client can speak; in a ServerHello the one chosen", "RFC 9846 §4.3.1", ""},
	{extCookie, "cookie", "the server gave it with a HelloRetryRequest and wants it back", "RFC 9846 §4.3.2", ""},
	{extPSKKeyExchangeModes, "psk_key_exchange_modes", "how the client will use a pre-shared key: alone or with (EC)DHE", "RFC 9846 §4.3.9", ""},
	{extCertificateAuthorities, "certificate_authorities", "the authorities whose certificates are welcome", "RFC 9846 §4.3.4", ""},
	{extOIDFilters, "oid_filters", "what a client certificate has to contain", "RFC 9846 §4.3.5", ""},
	{extPostHandshakeAuth, "post_handshake_auth", "the server may ask for a client certificate later", "RFC 9846 §4.3.6", ""},
	{extSignatureAlgosCert, "signature_algorithms_cert", "the signatures in certificates the sender can check", "RFC 9846 §4.3.3", ""},
	{extKeyShare, "key_share", "the public halves of the key exchange", "RFC 9846 §4.3.8", ""},
	{52, "transparency_info", "proofs of certificate transparency, version 2", "RFC 9162 §6.5", "hardly used"},
	{54, "connection_id", "an identifier for DTLS connections", "RFC 9146 §3", "not for TLS"},
	{55, "external_id_hash", "binds an identity from outside", "RFC 8844", "not for mail"},
	{56, "external_session_id", "binds a session identifier from outside", "RFC 8844", "not for mail"},
	{extQUICTransport, "quic_transport_parameters", "settings of QUIC", "RFC 9001 §8.2", "not for mail"},
	{extTicketRequest, "ticket_request", "how many tickets the client would like", "RFC 9149 §2", ""},
	{59, "dnssec_chain", "DNSSEC proofs for DANE", "RFC 9102 §2", "hardly used"},
	{13172, "next_protocol_negotiation", "the forerunner of ALPN", "draft-agl-tls-nextprotoneg", "replaced by ALPN"},
	{extALPSDraft, "application_settings_old", "settings of the application protocol, older number", "draft-vvv-tls-alps", "browsers only"},
	{extALPS, "application_settings", "settings of the application protocol", "draft-vvv-tls-alps", "browsers only"},
	{extECHOuterExtensions, "ech_outer_extensions", "extensions of the hidden ClientHello that are copied from the outer one", "RFC 9849 §5.1", ""},
	{extEncryptedClientHello, "encrypted_client_hello", "the real ClientHello, encrypted (ECH); or a dummy of it", "RFC 9849 §5", ""},
	{extRenegotiationInfo, "renegotiation_info", "ties a renegotiation to the handshake before it", "RFC 5746 §3.2", "gone in TLS 1.3"},
}

// ExtensionTypes lists the known extension types.
func ExtensionTypes() []Code { return slices.Clone(extensionTypes) }

// ExtensionType looks an extension type up. GREASE values are found too.
func ExtensionType(t uint16) (Code, bool) { return lookup16(extensionTypes, t) }

// ExtensionName names an extension type, "0x1234 (unknown)" if it has none.
func ExtensionName(t uint16) string { return name16(extensionTypes, t) }
