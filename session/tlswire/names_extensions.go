package tlswire

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
	{Value: extServerName, Name: "server_name", Ref: "RFC 6066 §3"},
	{Value: extMaxFragmentLength, Name: "max_fragment_length", Ref: "RFC 6066 §4"},
	{Value: 2, Name: "client_certificate_url", Ref: "RFC 6066 §5"},
	{Value: 3, Name: "trusted_ca_keys", Ref: "RFC 6066 §6"},
	{Value: 4, Name: "truncated_hmac", Ref: "RFC 6066 §7"},
	{Value: extStatusRequest, Name: "status_request", Ref: "RFC 6066 §8, RFC 9846 §4.5.1.1"},
	{Value: 6, Name: "user_mapping", Ref: "RFC 4681"},
	{Value: 7, Name: "client_authz", Ref: "RFC 5878"},
	{Value: 8, Name: "server_authz", Ref: "RFC 5878"},
	{Value: 9, Name: "cert_type", Ref: "RFC 6091"},
	{Value: extSupportedGroups, Name: "supported_groups", Ref: "RFC 9846 §4.3.7, RFC 8422 §5.1.1"},
	{Value: extECPointFormats, Name: "ec_point_formats", Ref: "RFC 8422 §5.1.2"},
	{Value: 12, Name: "srp", Ref: "RFC 5054 §2.8.1"},
	{Value: extSignatureAlgorithms, Name: "signature_algorithms", Ref: "RFC 9846 §4.3.3, RFC 5246 §7.4.1.4.1"},
	{Value: 14, Name: "use_srtp", Ref: "RFC 5764"},
	{Value: extHeartbeat, Name: "heartbeat", Ref: "RFC 6520 §2"},
	{Value: extALPN, Name: "application_layer_protocol_negotiation", Ref: "RFC 7301 §3.1"},
	{Value: extStatusRequestV2, Name: "status_request_v2", Ref: "RFC 6961 §2.2"},
	{Value: extSCT, Name: "signed_certificate_timestamp", Ref: "RFC 6962 §3.3.1"},
	{Value: extClientCertificateType, Name: "client_certificate_type", Ref: "RFC 7250 §3"},
	{Value: extServerCertificateType, Name: "server_certificate_type", Ref: "RFC 7250 §3"},
	{Value: extPadding, Name: "padding", Ref: "RFC 7685 §3"},
	{Value: extEncryptThenMAC, Name: "encrypt_then_mac", Ref: "RFC 7366 §2"},
	{Value: extExtendedMasterSecret, Name: "extended_master_secret", Ref: "RFC 7627 §5.1"},
	{Value: 24, Name: "token_binding", Ref: "RFC 8472"},
	{Value: 25, Name: "cached_info", Ref: "RFC 7924"},
	{Value: extCompressCertificate, Name: "compress_certificate", Ref: "RFC 8879 §3"},
	{Value: extRecordSizeLimit, Name: "record_size_limit", Ref: "RFC 8449 §4"},
	{Value: extDelegatedCredential, Name: "delegated_credential", Ref: "RFC 9345 §4.1.1"},
	{Value: extSessionTicket, Name: "session_ticket", Ref: "RFC 5077 §3.2"},
	{Value: extPreSharedKey, Name: "pre_shared_key", Ref: "RFC 9846 §4.3.11"},
	{Value: extEarlyData, Name: "early_data", Ref: "RFC 9846 §4.3.10"},
	{Value: extSupportedVersions, Name: "supported_versions", Ref: "RFC 9846 §4.3.1"},
	{Value: extCookie, Name: "cookie", Ref: "RFC 9846 §4.3.2"},
	{Value: extPSKKeyExchangeModes, Name: "psk_key_exchange_modes", Ref: "RFC 9846 §4.3.9"},
	{Value: extCertificateAuthorities, Name: "certificate_authorities", Ref: "RFC 9846 §4.3.4"},
	{Value: extOIDFilters, Name: "oid_filters", Ref: "RFC 9846 §4.3.5"},
	{Value: extPostHandshakeAuth, Name: "post_handshake_auth", Ref: "RFC 9846 §4.3.6"},
	{Value: extSignatureAlgosCert, Name: "signature_algorithms_cert", Ref: "RFC 9846 §4.3.3"},
	{Value: extKeyShare, Name: "key_share", Ref: "RFC 9846 §4.3.8"},
	{Value: 52, Name: "transparency_info", Ref: "RFC 9162 §6.5"},
	{Value: 54, Name: "connection_id", Ref: "RFC 9146 §3"},
	{Value: 55, Name: "external_id_hash", Ref: "RFC 8844"},
	{Value: 56, Name: "external_session_id", Ref: "RFC 8844"},
	{Value: extQUICTransport, Name: "quic_transport_parameters", Ref: "RFC 9001 §8.2"},
	{Value: extTicketRequest, Name: "ticket_request", Ref: "RFC 9149 §2"},
	{Value: 59, Name: "dnssec_chain", Ref: "RFC 9102 §2"},
	{Value: 13172, Name: "next_protocol_negotiation", Ref: "draft-agl-tls-nextprotoneg"},
	{Value: extALPSDraft, Name: "application_settings_old", Ref: "draft-vvv-tls-alps"},
	{Value: extALPS, Name: "application_settings", Ref: "draft-vvv-tls-alps"},
	{Value: extECHOuterExtensions, Name: "ech_outer_extensions", Ref: "RFC 9849 §5.1"},
	{Value: extEncryptedClientHello, Name: "encrypted_client_hello", Ref: "RFC 9849 §5"},
	{Value: extRenegotiationInfo, Name: "renegotiation_info", Ref: "RFC 5746 §3.2"},
}

// extensionOf looks an extension type up. GREASE values are found too.
func extensionOf(t uint16) (Code, bool) { return lookup16(extensionTypes, t) }
