package tlswire

// Alert descriptions that are looked at by number (RFC 9846 §6, was 8446).
const (
	alertCloseNotify          = 0
	alertUnexpectedMessage    = 10
	alertBadRecordMAC         = 20
	alertRecordOverflow       = 22
	alertHandshakeFailure     = 40
	alertBadCertificate       = 42
	alertUnsupportedCert      = 43
	alertCertificateRevoked   = 44
	alertCertificateExpired   = 45
	alertCertificateUnknown   = 46
	alertIllegalParameter     = 47
	alertUnknownCA            = 48
	alertAccessDenied         = 49
	alertDecodeError          = 50
	alertDecryptError         = 51
	alertProtocolVersion      = 70
	alertInsufficientSecurity = 71
	alertInternalError        = 80
	alertInappropriate        = 86
	alertUserCanceled         = 90
	alertNoRenegotiation      = 100
	alertMissingExtension     = 109
	alertUnrecognizedName     = 112
	alertCertificateRequired  = 116
	alertNoApplication        = 120
)

const alertRef = "RFC 9846 §6.2"

var alerts = []Code{
	{Value: alertCloseNotify, Name: "close_notify", Ref: "RFC 9846 §6.1"},
	{Value: alertUnexpectedMessage, Name: "unexpected_message", Ref: alertRef},
	{Value: alertBadRecordMAC, Name: "bad_record_mac", Ref: alertRef},
	{Value: 21, Name: "decryption_failed", Ref: "RFC 5246 §7.2.2"},
	{Value: alertRecordOverflow, Name: "record_overflow", Ref: alertRef},
	{Value: 30, Name: "decompression_failure", Ref: "RFC 5246 §7.2.2"},
	{Value: alertHandshakeFailure, Name: "handshake_failure", Ref: alertRef},
	{Value: 41, Name: "no_certificate", Ref: "RFC 5246 §7.2.2"},
	{Value: alertBadCertificate, Name: "bad_certificate", Ref: alertRef},
	{Value: alertUnsupportedCert, Name: "unsupported_certificate", Ref: alertRef},
	{Value: alertCertificateRevoked, Name: "certificate_revoked", Ref: alertRef},
	{Value: alertCertificateExpired, Name: "certificate_expired", Ref: alertRef},
	{Value: alertCertificateUnknown, Name: "certificate_unknown", Ref: alertRef},
	{Value: alertIllegalParameter, Name: "illegal_parameter", Ref: alertRef},
	{Value: alertUnknownCA, Name: "unknown_ca", Ref: alertRef},
	{Value: alertAccessDenied, Name: "access_denied", Ref: alertRef},
	{Value: alertDecodeError, Name: "decode_error", Ref: alertRef},
	{Value: alertDecryptError, Name: "decrypt_error", Ref: alertRef},
	{Value: 60, Name: "export_restriction", Ref: "RFC 5246 §7.2.2"},
	{Value: alertProtocolVersion, Name: "protocol_version", Ref: alertRef},
	{Value: alertInsufficientSecurity, Name: "insufficient_security", Ref: alertRef},
	{Value: alertInternalError, Name: "internal_error", Ref: alertRef},
	{Value: alertInappropriate, Name: "inappropriate_fallback", Ref: "RFC 7507 §3"},
	{Value: alertUserCanceled, Name: "user_canceled", Ref: "RFC 9846 §6.1"},
	{Value: alertNoRenegotiation, Name: "no_renegotiation", Ref: "RFC 5246 §7.2.2"},
	{Value: alertMissingExtension, Name: "missing_extension", Ref: alertRef},
	{Value: 110, Name: "unsupported_extension", Ref: alertRef},
	{Value: 111, Name: "certificate_unobtainable", Ref: "RFC 6066 §5"},
	{Value: alertUnrecognizedName, Name: "unrecognized_name", Ref: "RFC 6066 §3"},
	{Value: 113, Name: "bad_certificate_status_response", Ref: "RFC 6066 §8"},
	{Value: 114, Name: "bad_certificate_hash_value", Ref: "RFC 6066 §5"},
	{Value: 115, Name: "unknown_psk_identity", Ref: alertRef},
	{Value: alertCertificateRequired, Name: "certificate_required", Ref: alertRef},
	{Value: 117, Name: "general_error", Ref: alertRef},
	{Value: alertNoApplication, Name: "no_application_protocol", Ref: "RFC 7301 §3.2"},
	{Value: 121, Name: "ech_required", Ref: "RFC 9849"},
}

// alertDescription looks an alert description up.
func alertDescription(d uint8) (Code, bool) { return lookup(alerts, uint16(d)) }

// alertName names an alert description, "99 (unknown)" if it has none.
func alertName(d uint8) string { return name8(alerts, d) }

// Levels of alerts (RFC 5246 §7.2). In TLS 1.3 the level says nothing: all but
// close_notify and user_canceled are fatal (RFC 9846 §6).
const (
	levelWarning = 1
	levelFatal   = 2
)

var alertLevels = []Code{
	{levelWarning, "warning", "the connection may continue; in TLS 1.3 the level has no meaning", "RFC 9846 §6", ""},
	{levelFatal, "fatal", "the connection ends here", "RFC 9846 §6", ""},
}
