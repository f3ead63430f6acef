package tlswire

import "slices"

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
const oldAlert = "gone in TLS 1.3"

var alerts = []Code{
	{alertCloseNotify, "close_notify", "the sender will send no more: an orderly end", "RFC 9846 §6.1", ""},
	{alertUnexpectedMessage, "unexpected_message", "this message has no place here", alertRef, ""},
	{alertBadRecordMAC, "bad_record_mac", "a record did not pass its check: damaged, tampered with, or the keys differ", alertRef, ""},
	{21, "decryption_failed", "a record could not be decrypted", "RFC 5246 §7.2.2", oldAlert},
	{alertRecordOverflow, "record_overflow", "a record is too long", alertRef, ""},
	{30, "decompression_failure", "a record could not be decompressed", "RFC 5246 §7.2.2", oldAlert},
	{alertHandshakeFailure, "handshake_failure", "no acceptable set of parameters: suites, groups or signatures have nothing in common, or what was sent does not satisfy", alertRef, ""},
	{41, "no_certificate", "the client has no certificate (SSL 3.0)", "RFC 5246 §7.2.2", oldAlert},
	{alertBadCertificate, "bad_certificate", "the certificate is damaged or its signature does not verify", alertRef, ""},
	{alertUnsupportedCert, "unsupported_certificate", "the certificate is of a kind that cannot be used", alertRef, ""},
	{alertCertificateRevoked, "certificate_revoked", "the certificate was withdrawn by its issuer", alertRef, ""},
	{alertCertificateExpired, "certificate_expired", "the certificate has expired or is not valid yet", alertRef, ""},
	{alertCertificateUnknown, "certificate_unknown", "the certificate is not accepted, for a reason that is not said", alertRef, ""},
	{alertIllegalParameter, "illegal_parameter", "a field has a value that is not allowed", alertRef, ""},
	{alertUnknownCA, "unknown_ca", "no way leads from the certificate to an authority that is trusted", alertRef, ""},
	{alertAccessDenied, "access_denied", "the certificate is valid, but access is refused", alertRef, ""},
	{alertDecodeError, "decode_error", "a message could not be parsed", alertRef, ""},
	{alertDecryptError, "decrypt_error", "a signature, a Finished or a PSK binder does not verify", alertRef, ""},
	{60, "export_restriction", "against the export rules of the 1990s", "RFC 5246 §7.2.2", oldAlert},
	{alertProtocolVersion, "protocol_version", "the version offered is known and not accepted", alertRef, ""},
	{alertInsufficientSecurity, "insufficient_security", "what is offered is too weak", alertRef, ""},
	{alertInternalError, "internal_error", "something failed inside the sender, which has nothing to do with the other side", alertRef, ""},
	{alertInappropriate, "inappropriate_fallback", "the client came with a lower version than both could speak", "RFC 7507 §3", ""},
	{alertUserCanceled, "user_canceled", "a person stopped the handshake", "RFC 9846 §6.1", ""},
	{alertNoRenegotiation, "no_renegotiation", "the sender does not want a new handshake here", "RFC 5246 §7.2.2", oldAlert},
	{alertMissingExtension, "missing_extension", "an extension that has to be there is not", alertRef, ""},
	{110, "unsupported_extension", "an answer to an extension that was not sent", alertRef, ""},
	{111, "certificate_unobtainable", "a certificate could not be fetched from its URL", "RFC 6066 §5", oldAlert},
	{alertUnrecognizedName, "unrecognized_name", "the host name asked for (SNI) is not known", "RFC 6066 §3", ""},
	{113, "bad_certificate_status_response", "the stapled OCSP answer is not valid", "RFC 6066 §8", ""},
	{114, "bad_certificate_hash_value", "a fetched certificate is not the one announced", "RFC 6066 §5", oldAlert},
	{115, "unknown_psk_identity", "no pre-shared key is known that was offered", alertRef, ""},
	{alertCertificateRequired, "certificate_required", "a client certificate is wanted and none was sent", alertRef, ""},
	{117, "general_error", "an error that the sender cannot or will not describe", alertRef, ""},
	{alertNoApplication, "no_application_protocol", "none of the protocols offered by ALPN is spoken", "RFC 7301 §3.2", ""},
	{121, "ech_required", "the client offered Encrypted Client Hello and the server did not take it", "RFC 9849", ""},
}

// Alerts lists the known alert descriptions.
func Alerts() []Code { return slices.Clone(alerts) }

// AlertDescription looks an alert description up.
func AlertDescription(d uint8) (Code, bool) { return lookup(alerts, uint16(d)) }

// AlertName names an alert description, "99 (unknown)" if it has none.
func AlertName(d uint8) string { return name8(alerts, d) }

// Levels of alerts (RFC 5246 §7.2). In TLS 1.3 the level says nothing: all but
// close_notify and user_canceled are fatal (RFC 9846 §6).
const (
	levelWarning = 1
	levelFatal   = 2
)

var alertLevels = []Code{
	{levelWarning, "warning", "the connection may go on; in TLS 1.3 the level has no meaning", "RFC 9846 §6", ""},
	{levelFatal, "fatal", "the connection ends here", "RFC 9846 §6", ""},
}

// AlertLevelName names the level of an alert.
func AlertLevelName(l uint8) string { return name8(alertLevels, l) }
