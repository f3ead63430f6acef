package record

import (
	"cmp"
	"time"

	"ehlo/session/explain"
	"ehlo/session/sasl"
	"ehlo/session/wire"
)

// Finding is something worth pointing at.
type Finding struct {
	Code     FindingCode `json:"code"`
	Severity Severity    `json:"severity"`
	// Text is about this session: one sentence, complete in itself.
	Text string `json:"text"`
	// Remedy is what the reader can do about it, Operator what the operator of the server can.
	Remedy   string        `json:"remedy,omitempty"`
	Operator string        `json:"operator,omitempty"`
	Refs     []explain.Ref `json:"refs,omitempty"`
	// Phase is set where the step that belongs to the phase failed for this reason.
	Phase Phase `json:"phase,omitempty"`
	// Reply is the code of the reply that says so, 0 where none did.
	Reply int `json:"reply,omitempty"`
	// Recipient is the one that the reply was for, where each recipient of a message has a reply of its own.
	Recipient string `json:"recipient,omitempty"`
	// Waited is set where silence decided, or a person who stopped the wait for it.
	Waited bool `json:"waited,omitempty"`
	// Who and Advice are set where this place knows more than the row of the code.
	Who    Who      `json:"who,omitempty"`
	Advice []Advice `json:"advice,omitempty"`
}

// Remedies is what to do about it, for both who can.
func (f *Finding) Remedies() string { return explain.Remedies(f.Remedy, f.Operator) }

// FindingCode names a kind of finding. The codes are stable: files and scripts refer to them. Their texts are in
// session/explain.
type FindingCode string

// Severity is how much a finding matters.
type Severity string

// The severities.
const (
	SeverityInfo   Severity = "info"
	SeverityWarn   Severity = "warn"
	SeverityDanger Severity = "danger"
)

// FindingRow is what a kind of finding means for the session that it decides.
type FindingRow struct {
	Code     FindingCode
	Severity Severity
	// Exit is 0 where the phase decides.
	Exit Exit
	// Outcome is empty where the reply decides, by its first digit, and where the finding decides nothing.
	Outcome Outcome
	Who     Who
	Advice  []Advice // most likely first; a port of 0 is the one that was used
}

// AboutSender reports whether a finding is about the sender's address, whichever command showed it: some servers judge the sender
// only at RCPT, or after the message.
func (c FindingCode) AboutSender() bool { return c == FoundSenderRefused || c == FoundSenderNotOwned }

// Row is the row of a code, ok false for one that this program does not know.
func (c FindingCode) Row() (row FindingRow, ok bool) {
	for i := range Findings {
		if Findings[i].Code == c {
			return Findings[i], true
		}
	}
	return FindingRow{Code: c, Severity: SeverityWarn, Who: WhoUnknown}, false
}

// The codes that are raised by name. A code that only a mechanism, a diagnosis of TLS or a phrase of a server gives is named
// in its row of [Findings].
const (
	FoundNameNotFound                   FindingCode = "name-not-found"
	FoundNullMX                         FindingCode = "null-mx"
	FoundMXPrivate                      FindingCode = "mx-private"
	FoundNoAddress                      FindingCode = "no-address"
	FoundNameTimeout                    FindingCode = "name-timeout"
	FoundNameFailed                     FindingCode = "name-failed"
	FoundRefused                        FindingCode = "refused"
	FoundUnreachable                    FindingCode = "unreachable"
	FoundTimeout                        FindingCode = "timeout"
	FoundServerClosed                   FindingCode = "server-closed"
	FoundDeliveryUnknown                FindingCode = "delivery-unknown"
	FoundClosedAtOnce                   FindingCode = "closed-at-once"
	FoundClosedWithoutGreeting          FindingCode = "closed-without-greeting"
	FoundGreetingWaitsForClient         FindingCode = "greeting-waits-for-client"
	FoundSilenceInTLS                   FindingCode = "silence-in-tls"
	FoundBannerSoftware                 FindingCode = "banner-software"
	FoundGreetingDelayed                FindingCode = "greeting-delayed"
	FoundReplyDelayed                   FindingCode = "reply-delayed"
	FoundNotSMTP                        FindingCode = "not-smtp"
	FoundHTTPBanner                     FindingCode = "http-banner"
	FoundTLSNotSMTP                     FindingCode = "tls-not-smtp"
	FoundImplicitTLSOnSTARTTLSPort      FindingCode = "implicit-tls-on-starttls-port"
	FoundSilenceOnImplicitPort          FindingCode = "silence-on-implicit-port"
	FoundSilenceProbed                  FindingCode = "silence-probed"
	FoundControlAttempt                 FindingCode = "control-attempt"
	FoundBareLF                         FindingCode = "bare-lf"
	FoundReplyCodeMismatch              FindingCode = "reply-code-mismatch"
	FoundReplyMalformed                 FindingCode = "reply-malformed"
	FoundReplyTooLong                   FindingCode = "reply-too-long"
	FoundReplyUnexpected                FindingCode = "reply-unexpected"
	FoundEnhancedClassMismatch          FindingCode = "enhanced-class-mismatch"
	FoundPredictionWrong                FindingCode = "prediction-wrong"
	FoundOutOfSync                      FindingCode = "out-of-sync"
	FoundSTARTTLSInjection              FindingCode = "starttls-injection"
	FoundSTARTTLSMissing                FindingCode = "starttls-missing"
	FoundSTARTTLSStrippedGarbled        FindingCode = "starttls-stripped-garbled"
	FoundSTARTTLSRefused                FindingCode = "starttls-refused"
	FoundSTARTTLSInsideTLS              FindingCode = "starttls-inside-tls"
	FoundTLSObsoleteOffer               FindingCode = "tls-obsolete-offer"
	FoundTLSLegacyOffer                 FindingCode = "tls-legacy-offer"
	FoundTLSObsoleteVersion             FindingCode = "tls-obsolete-version"
	FoundTLSNoSecureRenegotiation       FindingCode = "tls-no-secure-renegotiation"
	FoundTLSHandshakeFailed             FindingCode = "tls-handshake-failed"
	FoundTLSRefusedLate                 FindingCode = "tls-refused-late"
	FoundTLSRecordDamaged               FindingCode = "tls-record-damaged"
	FoundTLSPlaintext                   FindingCode = "tls-plaintext"
	FoundTLSReset                       FindingCode = "tls-reset"
	FoundTLSNoCommonVersion             FindingCode = "tls-no-common-version"
	FoundTLSCertificateRequired         FindingCode = "tls-certificate-required"
	FoundTLSClientCertificateRefused    FindingCode = "tls-client-certificate-refused"
	FoundCertificateExpired             FindingCode = "cert-expired"
	FoundCertificateNotYetValid         FindingCode = "cert-not-yet-valid"
	FoundCertificateWrongHost           FindingCode = "cert-wrong-host"
	FoundCertificateSelfSigned          FindingCode = "cert-self-signed"
	FoundCertificateUnknownIssuer       FindingCode = "cert-unknown-issuer"
	FoundCertificateMissingIntermediate FindingCode = "cert-missing-intermediate"
	FoundCertificateMissing             FindingCode = "cert-missing"
	FoundCertificateBadSignature        FindingCode = "cert-bad-signature"
	FoundCertificateIssuerNotCA         FindingCode = "cert-issuer-not-ca"
	FoundCertificatePathTooLong         FindingCode = "cert-path-too-long"
	FoundCertificateNameConstraint      FindingCode = "cert-name-constraint"
	FoundCertificateCriticalExtension   FindingCode = "cert-critical-extension"
	FoundCertificateChainInvalid        FindingCode = "cert-chain-invalid"
	FoundCertificateNoRoots             FindingCode = "cert-no-roots"
	FoundCertificateWeakKey             FindingCode = "cert-weak-key"
	FoundCertificateWeakSignature       FindingCode = "cert-weak-signature"
	FoundCertificateChainOrder          FindingCode = "cert-chain-order"
	FoundCertificateWrongUsage          FindingCode = "cert-wrong-usage"
	FoundCertificateRevoked             FindingCode = "cert-revoked"
	FoundCertificateMustStaple          FindingCode = "cert-must-staple"
	FoundOCSPStale                      FindingCode = "ocsp-stale"
	FoundOCSPUnproven                   FindingCode = "ocsp-unproven"
	FoundOCSPUnreadable                 FindingCode = "ocsp-unreadable"
	FoundOCSPNoAnswer                   FindingCode = "ocsp-no-answer"
	FoundOCSPWrongCertificate           FindingCode = "ocsp-wrong-certificate"
	FoundOCSPUnknown                    FindingCode = "ocsp-unknown"
	FoundCertificateUnverified          FindingCode = "cert-unverified"
	FoundCertificateChanged             FindingCode = "cert-changed"
	FoundCertificateIntercepted         FindingCode = "cert-intercepted"
	FoundCertificateInspected           FindingCode = "cert-inspected"
	FoundCertificateAddedRoot           FindingCode = "cert-added-root"
	FoundSNINotSent                     FindingCode = "sni-not-sent"
	FoundProxyAnswers                   FindingCode = "proxy-answers"
	FoundNamesDiffer                    FindingCode = "names-differ"
	FoundAuthEqualsForm                 FindingCode = "auth-equals-form"
	FoundBasicAuthOff                   FindingCode = "basic-auth-off"
	FoundTokenUserUnknown               FindingCode = "token-user-unknown"
	FoundAuthBeforeTLS                  FindingCode = "auth-before-tls"
	FoundAuthNotPossible                FindingCode = "auth-not-possible"
	FoundAuthOddReply                   FindingCode = "auth-odd-reply"
	FoundAuthSuccessDenied              FindingCode = "auth-success-denied"
	FoundAuthCredentialMissing          FindingCode = sasl.CodeCredential
	FoundAuthServerProofWrong           FindingCode = sasl.CodeServerProof
	FoundAuthServerProofMissing         FindingCode = sasl.CodeServerSilent
	FoundAuthTokenRefused               FindingCode = sasl.CodeToken
	FoundAuthBindingMismatch            FindingCode = sasl.CodeMismatch
	FoundAuthBindingStripped            FindingCode = sasl.CodeStripped
	FoundAuthListShortened              FindingCode = "auth-list-shortened"
	FoundAuthDowngraded                 FindingCode = "auth-downgraded"
	FoundTamperedSecret                 FindingCode = "tampered-secret"
	FoundAuthStrongerOffered            FindingCode = "auth-stronger-offered"
	FoundAuthNonceChanged               FindingCode = sasl.CodeNonce
	FoundAuthChallengeTooLong           FindingCode = sasl.CodeTooLong
	FoundInitialResponseRefused         FindingCode = "initial-response-refused"
	FoundCleartextSecret                FindingCode = "cleartext-secret"
	FoundUnverifiedSecret               FindingCode = "unverified-secret"
	FoundObsoleteSecret                 FindingCode = "obsolete-secret"
	FoundSecretExposed                  FindingCode = "secret-exposed"
	FoundProofExposed                   FindingCode = "proof-exposed"
	FoundSecretHardToHide               FindingCode = "secret-hard-to-hide"
	FoundRealMessage                    FindingCode = "real-message"
	FoundMessageTooLarge                FindingCode = "message-too-large"
	FoundManyLogins                     FindingCode = "many-logins"
	FoundRuleBreaking                   FindingCode = "rule-breaking"
	FoundExperimentHeld                 FindingCode = "experiment-held"
	FoundExperimentBroke                FindingCode = "experiment-broke"
	FoundExperimentOpen                 FindingCode = "experiment-open"
	FoundSMTPUTF8Missing                FindingCode = "smtputf8-missing"
	FoundExtensionMissing               FindingCode = "extension-missing"
	FoundMessageMbox                    FindingCode = "message-mbox-from"
	FoundMessageHeader                  FindingCode = "message-malformed-header"
	FoundMessageNoDate                  FindingCode = "message-no-date"
	FoundMessageNoFrom                  FindingCode = "message-no-from"
	FoundMessageNoID                    FindingCode = "message-no-message-id"
	FoundMessageHeader8Bit              FindingCode = "message-8bit-header"
	FoundMessageLongLine                FindingCode = "message-long-line"
	FoundMessageBareCR                  FindingCode = "message-bare-cr"
	FoundMessageBareLF                  FindingCode = "message-bare-lf"
	FoundMessageNUL                     FindingCode = "message-nul"
	Found8BITMIMEMissing                FindingCode = "8bitmime-missing"
	FoundCaptureWritten                 FindingCode = "capture-written"
	FoundKeylogWritten                  FindingCode = "keylog-written"
	FoundKeylogFailed                   FindingCode = "keylog-failed"
	FoundSecretsRevealed                FindingCode = "secrets-revealed"
	FoundSecretsMasked                  FindingCode = "secrets-masked"
	FoundInternal                       FindingCode = "internal"
	FoundGreetingRefused                FindingCode = "greeting-refused"
	FoundEHLORefused                    FindingCode = "ehlo-refused"
	FoundEHLONameRefused                FindingCode = "ehlo-name-refused"
	FoundCredentialsWrong               FindingCode = "credentials-wrong"
	FoundLoginRefused                   FindingCode = "login-refused"
	FoundLoginUnavailable               FindingCode = "login-unavailable"
	FoundPasswordTransition             FindingCode = "password-transition"
	FoundMechanismRefused               FindingCode = "mechanism-refused"
	FoundEncryptionRequired             FindingCode = "encryption-required"
	FoundLoginRequired                  FindingCode = "login-required"
	FoundGreylisted                     FindingCode = "greylisted"
	FoundRateLimited                    FindingCode = "rate-limited"
	FoundMailboxFull                    FindingCode = "mailbox-full"
	FoundServiceUnavailable             FindingCode = "service-unavailable"
	FoundRecipientUnknown               FindingCode = "recipient-unknown"
	FoundRecipientRefused               FindingCode = "recipient-refused"
	FoundRelayingDenied                 FindingCode = "relaying-denied"
	FoundSenderRefused                  FindingCode = "sender-refused"
	FoundSenderNotOwned                 FindingCode = "sender-not-owned"
	FoundPolicyRefused                  FindingCode = "policy-refused"
	FoundMessageRefused                 FindingCode = "message-refused"
	FoundProxyHeaderRefused             FindingCode = "proxy-header-refused"
	FoundClientIdentityRefused          FindingCode = "client-identity-refused"
	FoundClientIdentityNotOffered       FindingCode = "client-identity-not-offered"
	FoundAuthChallengeFolded            FindingCode = "auth-challenge-folded"
	FoundAuthSuccessOneStepEarly        FindingCode = "auth-success-one-step-early"
	FoundLMTPServer                     FindingCode = "lmtp-server"
	FoundSMTPServer                     FindingCode = "smtp-server"
	FoundReplyUnfinished                FindingCode = "reply-unfinished"
	FoundCommandOutOfOrder              FindingCode = "command-out-of-order"
	FoundCommandRefused                 FindingCode = "command-refused"
)

// Findings has one row a code.
var Findings = []FindingRow{
	{FoundNullMX, SeverityWarn, ExitName, OutcomeFailed, WhoYou, []Advice{advise(DoAsTold)}},
	{FoundMXPrivate, SeverityWarn, ExitConnect, OutcomeFailed, WhoRecipient, []Advice{advise(AskOperator), advise(ContactPrivate)}},
	{FoundNameNotFound, SeverityWarn, ExitName, OutcomeFailed, WhoYou, []Advice{advise(CheckName)}},
	{FoundNoAddress, SeverityWarn, ExitName, OutcomeFailed, WhoYou, []Advice{advise(OtherAddressFamily), advise(CheckName)}},
	{FoundNameTimeout, SeverityWarn, ExitTimeout, OutcomeFailed, WhoNetwork, []Advice{retryAfter(time.Minute), advise(DoAsTold)}},
	{FoundNameFailed, SeverityWarn, ExitName, OutcomeFailed, WhoNetwork, []Advice{retryAfter(5 * time.Minute), advise(DoAsTold)}},
	{FoundRefused, SeverityWarn, ExitConnect, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator), useSTARTTLS(587), useTLS(465), advise(DoAsTold)}},
	{FoundUnreachable, SeverityWarn, ExitConnect, OutcomeFailed, WhoNetwork, []Advice{advise(OtherAddressFamily), advise(DoAsTold)}},
	{FoundTimeout, SeverityWarn, ExitTimeout, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator), retryAfter(time.Minute)}},
	{FoundServerClosed, SeverityWarn, 0, OutcomeFailed, WhoUnknown, []Advice{retryAfter(time.Minute), advise(AskOperator)}},
	{FoundDeliveryUnknown, SeverityWarn, ExitData, OutcomeFailed, WhoUnknown, []Advice{advise(AskOperator), advise(DoAsTold)}},
	{FoundClosedAtOnce, SeverityWarn, ExitGreeting, OutcomeFailed, WhoUnknown, []Advice{retryAfter(time.Minute), advise(AskOperator)}},
	{FoundClosedWithoutGreeting, SeverityWarn, ExitGreeting, OutcomeFailed, WhoUnknown, []Advice{advise(UsePort), advise(AskOperator)}},
	{FoundGreetingWaitsForClient, SeverityWarn, ExitGreeting, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{FoundSilenceInTLS, SeverityWarn, ExitGreeting, OutcomeFailed, WhoYou, []Advice{useTLS(465), useSTARTTLS(587)}},
	{FoundBannerSoftware, SeverityInfo, 0, "", "", nil},
	{FoundGreetingDelayed, SeverityInfo, 0, "", "", nil},
	{FoundReplyDelayed, SeverityInfo, 0, "", "", nil},
	{FoundNotSMTP, SeverityWarn, 0, OutcomeFailed, WhoYou, []Advice{useSTARTTLS(587), useTLS(465), advise(DoAsTold)}},
	{FoundHTTPBanner, SeverityWarn, 0, OutcomeFailed, WhoYou, []Advice{useSTARTTLS(587), useTLS(465), advise(DoAsTold)}},
	{FoundTLSNotSMTP, SeverityWarn, 0, OutcomeFailed, WhoYou, []Advice{useTLS(0), advise(DoAsTold)}},
	{FoundImplicitTLSOnSTARTTLSPort, SeverityWarn, ExitHandshake, OutcomeFailed, WhoYou, []Advice{useSTARTTLS(0), advise(DoAsTold)}},
	{FoundSilenceOnImplicitPort, SeverityWarn, ExitGreeting, OutcomeFailed, WhoYou, []Advice{useTLS(0), advise(DoAsTold)}},
	{FoundSilenceProbed, SeverityInfo, 0, "", "", nil},
	{FoundControlAttempt, SeverityInfo, 0, "", "", nil},
	{FoundBareLF, SeverityWarn, 0, "", "", nil},
	{FoundReplyCodeMismatch, SeverityWarn, ExitProtocol, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{FoundReplyMalformed, SeverityWarn, ExitProtocol, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{FoundReplyTooLong, SeverityWarn, ExitProtocol, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{FoundReplyUnexpected, SeverityWarn, ExitProtocol, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{FoundEnhancedClassMismatch, SeverityInfo, 0, "", "", nil},
	{FoundPredictionWrong, SeverityInfo, 0, "", "", nil},
	{FoundOutOfSync, SeverityDanger, ExitProtocol, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{FoundSTARTTLSInjection, SeverityDanger, ExitProtocol, OutcomeUnsafe, WhoNetwork, []Advice{useTLS(465), advise(DoAsTold), advise(AskOperator)}},
	{FoundSTARTTLSMissing, SeverityWarn, ExitSTARTTLS, OutcomeUnsafe, WhoUnknown, []Advice{useTLS(465), advise(DoAsTold), advise(AskOperator)}},
	{FoundSTARTTLSStrippedGarbled, SeverityDanger, ExitSTARTTLS, OutcomeUnsafe, WhoNetwork, []Advice{useTLS(465), advise(DoAsTold)}},
	{FoundSTARTTLSRefused, SeverityWarn, ExitSTARTTLS, OutcomeRefused, WhoOperator, []Advice{advise(AskOperator), useTLS(465)}},
	{FoundSTARTTLSInsideTLS, SeverityWarn, 0, "", "", nil},
	{FoundTLSObsoleteOffer, SeverityInfo, 0, "", "", nil},
	{FoundTLSLegacyOffer, SeverityWarn, 0, "", "", nil},
	{FoundTLSObsoleteVersion, SeverityWarn, 0, "", "", nil},
	{FoundTLSNoSecureRenegotiation, SeverityWarn, 0, "", WhoOperator, []Advice{advise(AskOperator)}},
	{FoundTLSHandshakeFailed, SeverityWarn, ExitHandshake, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{FoundTLSRefusedLate, SeverityWarn, ExitHandshake, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{FoundTLSRecordDamaged, SeverityDanger, ExitProtocol, OutcomeFailed, WhoNetwork, []Advice{retryAfter(time.Minute), advise(DoAsTold), advise(AskOperator)}},
	{FoundTLSPlaintext, SeverityWarn, ExitHandshake, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{"tls-not-tls", SeverityWarn, ExitHandshake, OutcomeFailed, WhoYou, []Advice{advise(UsePort)}},
	{"tls-no-answer", SeverityWarn, ExitTimeout, OutcomeFailed, WhoUnknown, []Advice{retryAfter(time.Minute), advise(DoAsTold)}},
	{FoundTLSReset, SeverityWarn, ExitHandshake, OutcomeFailed, WhoUnknown, []Advice{{Do: CapTLS, Name: "TLS 1.2"}, advise(DoAsTold), advise(AskOperator)}},
	{"tls-closed-silently", SeverityWarn, ExitHandshake, OutcomeFailed, WhoUnknown, []Advice{{Do: CapTLS, Name: "TLS 1.2"}, advise(DoAsTold), advise(AskOperator)}},
	{"tls-nothing", SeverityWarn, ExitHandshake, OutcomeFailed, WhoOperator, []Advice{retryAfter(time.Minute)}},
	{"tls-timeout", SeverityWarn, ExitTimeout, OutcomeFailed, WhoUnknown, []Advice{retryAfter(time.Minute), advise(DoAsTold)}},
	{"tls-closed", SeverityWarn, ExitHandshake, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{"tls-damaged", SeverityWarn, ExitHandshake, OutcomeFailed, WhoUnknown, []Advice{retryAfter(time.Minute), advise(DoAsTold)}},
	{"tls-message-too-long", SeverityWarn, ExitHandshake, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{FoundTLSNoCommonVersion, SeverityWarn, ExitHandshake, OutcomeFailed, WhoOperator, []Advice{advise(DoAsTold), advise(AskOperator), advise(AllowLegacyTLS)}},
	{"tls-no-common-suite", SeverityWarn, ExitHandshake, OutcomeFailed, WhoOperator, []Advice{advise(DoAsTold), advise(AskOperator), advise(AllowLegacyTLS)}},
	{"tls-no-common-group", SeverityWarn, ExitHandshake, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{"tls-no-common-parameters", SeverityWarn, ExitHandshake, OutcomeFailed, WhoOperator, []Advice{advise(DoAsTold), advise(AskOperator), advise(AllowLegacyTLS)}},
	{"tls-server-gave-up", SeverityWarn, ExitHandshake, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{"tls-fallback-refused", SeverityWarn, ExitHandshake, OutcomeFailed, WhoYou, nil},
	{"tls-unknown-name", SeverityWarn, ExitHandshake, OutcomeFailed, WhoYou, []Advice{advise(GiveServerName)}},
	{"tls-no-common-protocol", SeverityWarn, ExitHandshake, OutcomeFailed, WhoYou, nil},
	{"tls-server-broken", SeverityWarn, ExitHandshake, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{"tls-missing-extension", SeverityWarn, ExitHandshake, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{"tls-unexpected-message", SeverityWarn, ExitHandshake, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{"tls-proof-failed", SeverityDanger, ExitHandshake, OutcomeUnsafe, WhoUnknown, []Advice{advise(DoAsTold), advise(AskOperator)}},
	{"tls-server-choice", SeverityDanger, ExitHandshake, OutcomeFailed, WhoUnknown, []Advice{advise(DoAsTold), advise(AskOperator)}},
	{"tls-protocol-violation", SeverityDanger, ExitHandshake, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{"tls-alert-in-cleartext", SeverityDanger, ExitHandshake, OutcomeFailed, WhoUnknown, nil},
	{"tls-renegotiation", SeverityWarn, ExitHandshake, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{"tls-downgrade", SeverityDanger, ExitHandshake, OutcomeUnsafe, WhoNetwork, nil},
	{"tls-tampered", SeverityDanger, ExitHandshake, OutcomeUnsafe, WhoNetwork, nil},
	{"tls-certificate-refused", SeverityDanger, ExitHandshake, OutcomeUnsafe, WhoOperator, []Advice{advise(AskOperator)}},
	{FoundTLSCertificateRequired, SeverityWarn, ExitCertificate, OutcomeFailed, WhoYou, []Advice{advise(GiveClientCertificate), advise(AskOperator)}},
	{FoundTLSClientCertificateRefused, SeverityWarn, ExitCertificate, OutcomeRefused, WhoYou, []Advice{advise(GiveClientCertificate), advise(AskOperator)}},
	{"tls-server-refused", SeverityWarn, ExitHandshake, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{"tls-alert", SeverityWarn, ExitHandshake, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{FoundCertificateExpired, SeverityDanger, ExitCertificate, OutcomeUnsafe, WhoOperator, unknownToBoth},
	{FoundCertificateNotYetValid, SeverityDanger, ExitCertificate, OutcomeUnsafe, WhoOperator, unknownToBoth},
	{FoundCertificateWrongHost, SeverityDanger, ExitCertificate, OutcomeUnsafe, WhoOperator, unknownByName},
	{FoundCertificateSelfSigned, SeverityDanger, ExitCertificate, OutcomeUnsafe, WhoOperator, unknownIssuer},
	{FoundCertificateUnknownIssuer, SeverityDanger, ExitCertificate, OutcomeUnsafe, WhoUnknown, unknownIssuer},
	{FoundCertificateMissingIntermediate, SeverityDanger, ExitCertificate, OutcomeUnsafe, WhoOperator, unknownToOperator},
	{FoundCertificateMissing, SeverityDanger, ExitCertificate, OutcomeUnsafe, WhoOperator, unknownToOperator},
	{FoundCertificateBadSignature, SeverityDanger, ExitCertificate, OutcomeUnsafe, WhoOperator, unknownToOperator},
	{FoundCertificateIssuerNotCA, SeverityDanger, ExitCertificate, OutcomeUnsafe, WhoOperator, unknownToOperator},
	{FoundCertificatePathTooLong, SeverityDanger, ExitCertificate, OutcomeUnsafe, WhoOperator, unknownToOperator},
	{FoundCertificateNameConstraint, SeverityDanger, ExitCertificate, OutcomeUnsafe, WhoOperator, unknownToOperator},
	{FoundCertificateCriticalExtension, SeverityDanger, ExitCertificate, OutcomeUnsafe, WhoOperator, unknownToOperator},
	{FoundCertificateChainInvalid, SeverityDanger, ExitCertificate, OutcomeUnsafe, WhoOperator, unknownToOperator},
	{FoundCertificateNoRoots, SeverityDanger, ExitCertificate, OutcomeUnsafe, WhoYou, unknownWithoutRoot},
	{FoundCertificateWeakKey, SeverityDanger, ExitCertificate, OutcomeUnsafe, WhoOperator, unknownToOperator},
	{FoundCertificateWeakSignature, SeverityDanger, ExitCertificate, OutcomeUnsafe, WhoOperator, unknownToOperator},
	{FoundCertificateChainOrder, SeverityWarn, 0, "", WhoOperator, []Advice{advise(AskOperator)}},
	{FoundCertificateWrongUsage, SeverityDanger, ExitCertificate, OutcomeUnsafe, WhoOperator, unknownToOperator},
	{FoundCertificateRevoked, SeverityDanger, ExitCertificate, OutcomeUnsafe, WhoOperator, unknownToOperator},
	{FoundCertificateMustStaple, SeverityDanger, ExitCertificate, OutcomeUnsafe, WhoOperator, unknownToOperator},
	{FoundOCSPStale, SeverityWarn, 0, "", WhoOperator, []Advice{advise(AskOperator)}},
	{FoundOCSPUnproven, SeverityWarn, 0, "", WhoOperator, []Advice{advise(AskOperator)}},
	{FoundOCSPUnreadable, SeverityWarn, 0, "", WhoOperator, []Advice{advise(AskOperator)}},
	{FoundOCSPNoAnswer, SeverityWarn, 0, "", WhoOperator, []Advice{advise(AskOperator)}},
	{FoundOCSPWrongCertificate, SeverityWarn, 0, "", WhoOperator, []Advice{advise(AskOperator)}},
	{FoundOCSPUnknown, SeverityWarn, 0, "", WhoOperator, []Advice{advise(AskOperator)}},
	{FoundCertificateUnverified, SeverityWarn, ExitCertificate, OutcomeUnsafe, WhoYou, unknownPeer},
	{FoundCertificateChanged, SeverityWarn, 0, "", WhoOperator, []Advice{advise(AskOperator)}},
	{FoundCertificateIntercepted, SeverityDanger, ExitCertificate, OutcomeUnsafe, WhoNetwork, nil},
	{FoundCertificateInspected, SeverityInfo, 0, "", "", nil},
	{FoundCertificateAddedRoot, SeverityInfo, 0, "", "", nil},
	{FoundSNINotSent, SeverityInfo, 0, "", "", nil},
	{FoundProxyAnswers, SeverityWarn, ExitSTARTTLS, OutcomeUnsafe, WhoNetwork, []Advice{useTLS(465), advise(AskOperator)}},
	{FoundNamesDiffer, SeverityInfo, 0, "", "", nil},
	{FoundAuthEqualsForm, SeverityInfo, 0, "", "", nil},
	{FoundBasicAuthOff, SeverityWarn, ExitNoAuth, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{FoundTokenUserUnknown, SeverityWarn, ExitAuth, OutcomeRefused, WhoYou, nil},
	{FoundAuthBeforeTLS, SeverityWarn, 0, "", WhoOperator, []Advice{advise(AskOperator)}},
	{FoundAuthNotPossible, SeverityWarn, ExitNoAuth, OutcomeFailed, WhoYou, []Advice{advise(TryMechanism), useSTARTTLS(587), useTLS(465), advise(DoAsTold)}},
	{FoundAuthSuccessDenied, SeverityWarn, 0, "", WhoOperator, []Advice{advise(AskOperator)}},
	{FoundAuthOddReply, SeverityWarn, ExitProtocol, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{sasl.CodeUnsupported, SeverityDanger, ExitNoAuth, OutcomeFailed, WhoYou, []Advice{advise(TryMechanism)}},
	{FoundAuthCredentialMissing, SeverityDanger, ExitNoAuth, OutcomeFailed, WhoYou, []Advice{advise(GivePassword)}},
	{sasl.CodePreparation, SeverityDanger, ExitNoAuth, OutcomeFailed, WhoYou, []Advice{advise(GivePassword)}},
	{sasl.CodeRandom, SeverityDanger, ExitNoAuth, OutcomeFailed, WhoYou, nil},
	{sasl.CodeState, SeverityDanger, ExitNoAuth, OutcomeFailed, WhoYou, nil},
	{sasl.CodeNoBinding, SeverityDanger, ExitNoAuth, OutcomeFailed, WhoYou, []Advice{advise(TryMechanism)}},
	{sasl.CodeBindingUnused, SeverityInfo, 0, "", "", nil},
	{sasl.CodeSHA1, SeverityInfo, 0, "", "", nil},
	{sasl.CodeWeakDigest, SeverityWarn, 0, "", "", nil},
	{sasl.CodeUnproven, SeverityInfo, 0, "", "", nil},
	{FoundAuthServerProofWrong, SeverityDanger, ExitProtocol, OutcomeUnsafe, WhoUnknown, []Advice{advise(DoAsTold), advise(AskOperator)}},
	{FoundAuthServerProofMissing, SeverityDanger, ExitProtocol, OutcomeUnsafe, WhoUnknown, []Advice{advise(DoAsTold), advise(AskOperator)}},
	{sasl.CodeUnchecked, SeverityWarn, 0, "", "", nil},
	{sasl.CodeTooEarly, SeverityDanger, ExitProtocol, OutcomeUnsafe, WhoOperator, []Advice{advise(DoAsTold), advise(AskOperator)}},
	{sasl.CodeContradiction, SeverityDanger, ExitProtocol, OutcomeUnsafe, WhoOperator, []Advice{advise(AskOperator)}},
	{sasl.CodeRefused, SeverityDanger, ExitAuth, OutcomeRefused, WhoYou, []Advice{advise(GivePassword), advise(TryMechanism)}},
	{FoundAuthTokenRefused, SeverityDanger, ExitAuth, OutcomeRefused, WhoYou, []Advice{advise(GiveToken)}},
	{FoundAuthBindingMismatch, SeverityDanger, ExitAuth, OutcomeUnsafe, WhoNetwork, []Advice{advise(DoAsTold), advise(AskOperator)}},
	{FoundAuthBindingStripped, SeverityDanger, ExitAuth, OutcomeUnsafe, WhoNetwork, []Advice{advise(DoAsTold), advise(AskOperator)}},
	{sasl.CodeBindingType, SeverityWarn, ExitAuth, OutcomeRefused, WhoYou, []Advice{advise(TryMechanism)}},
	{FoundAuthListShortened, SeverityWarn, 0, "", WhoUnknown, []Advice{advise(AskOperator)}},
	{FoundAuthDowngraded, SeverityDanger, 0, "", WhoUnknown, []Advice{advise(AskOperator)}},
	{FoundTamperedSecret, SeverityDanger, ExitNoAuth, OutcomeUnsafe, WhoNetwork, []Advice{advise(AskOperator)}},
	{FoundAuthStrongerOffered, SeverityInfo, 0, "", WhoYou, []Advice{advise(TryMechanism)}},
	{sasl.CodeIterationsLow, SeverityWarn, ExitNoAuth, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{sasl.CodeIterationsHigh, SeverityDanger, ExitProtocol, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{FoundAuthNonceChanged, SeverityDanger, ExitProtocol, OutcomeUnsafe, WhoUnknown, []Advice{advise(DoAsTold), advise(AskOperator)}},
	{sasl.CodeExtension, SeverityDanger, ExitProtocol, OutcomeFailed, WhoOperator, []Advice{advise(TryMechanism)}},
	{sasl.CodeNotBase64, SeverityDanger, ExitProtocol, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{FoundAuthChallengeTooLong, SeverityDanger, ExitProtocol, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{sasl.CodeMalformed, SeverityDanger, ExitProtocol, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{sasl.CodeUnexpected, SeverityDanger, ExitProtocol, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{sasl.CodeFirstNotEmpty, SeverityInfo, 0, "", "", nil},
	{sasl.CodeInitialIgnored, SeverityInfo, 0, "", WhoYou, []Advice{advise(NoInitialResponse)}},
	{FoundInitialResponseRefused, SeverityWarn, ExitAuth, OutcomeRefused, WhoYou, []Advice{advise(NoInitialResponse), advise(AskOperator)}},
	{sasl.CodeOddChallenge, SeverityInfo, 0, "", "", nil},
	{sasl.CodeOddPrompt, SeverityWarn, 0, "", "", nil},
	{sasl.CodePasswordFirst, SeverityWarn, 0, "", "", nil},
	{FoundCleartextSecret, SeverityDanger, ExitNoAuth, OutcomeUnsafe, WhoYou, []Advice{useSTARTTLS(0), useTLS(465), advise(AcceptCleartext)}},
	{FoundUnverifiedSecret, SeverityDanger, ExitNoAuth, OutcomeUnsafe, WhoYou, []Advice{advise(AcceptUnverifiedAuth)}},
	{FoundObsoleteSecret, SeverityDanger, ExitNoAuth, OutcomeUnsafe, WhoYou, []Advice{advise(SendNoSecret), advise(AskOperator), advise(AcceptObsolete)}},
	{FoundSecretExposed, SeverityDanger, 0, "", WhoYou, nil},
	{FoundProofExposed, SeverityWarn, 0, "", WhoYou, nil},
	{FoundSecretHardToHide, SeverityWarn, 0, "", WhoYou, nil},
	{FoundRealMessage, SeverityWarn, ExitStopped, OutcomeStopped, WhoYou, nil},
	{FoundManyLogins, SeverityWarn, ExitStopped, OutcomeStopped, WhoYou, nil},
	{FoundRuleBreaking, SeverityWarn, ExitStopped, OutcomeStopped, WhoYou, nil},
	{FoundExperimentHeld, SeverityInfo, 0, "", "", nil},
	{FoundExperimentBroke, SeverityDanger, ExitProtocol, OutcomeUnsafe, WhoOperator, []Advice{advise(AskOperator)}},
	{FoundExperimentOpen, SeverityWarn, ExitProtocol, OutcomeFailed, WhoUnknown, []Advice{advise(DoAsTold)}},
	{FoundMessageTooLarge, SeverityWarn, 0, "", WhoYou, []Advice{advise(ShrinkMessage)}},
	{FoundExtensionMissing, SeverityWarn, ExitEnvelope, OutcomeFailed, WhoYou, []Advice{advise(DoAsTold), advise(AskOperator)}},
	{FoundMessageMbox, SeverityWarn, 0, "", WhoYou, nil},
	{FoundMessageHeader, SeverityWarn, 0, "", WhoYou, nil},
	{FoundMessageNoDate, SeverityWarn, 0, "", WhoYou, nil},
	{FoundMessageNoFrom, SeverityWarn, 0, "", WhoYou, nil},
	{FoundMessageNoID, SeverityInfo, 0, "", "", nil},
	{FoundMessageHeader8Bit, SeverityWarn, 0, "", WhoYou, nil},
	{FoundMessageLongLine, SeverityWarn, 0, "", WhoYou, nil},
	{FoundMessageBareCR, SeverityWarn, 0, "", WhoYou, nil},
	{FoundMessageBareLF, SeverityInfo, 0, "", "", nil},
	{FoundMessageNUL, SeverityWarn, 0, "", WhoYou, nil},
	{FoundSMTPUTF8Missing, SeverityWarn, 0, "", WhoYou, []Advice{advise(CheckAddress)}},
	{Found8BITMIMEMissing, SeverityWarn, 0, "", WhoYou, nil},
	{FoundCaptureWritten, SeverityWarn, 0, "", "", nil},
	{FoundKeylogWritten, SeverityWarn, 0, "", "", nil},
	{FoundKeylogFailed, SeverityWarn, 0, "", "", nil},
	{FoundSecretsRevealed, SeverityWarn, 0, "", "", nil},
	{FoundSecretsMasked, SeverityInfo, 0, "", "", nil},
	{"event-not-recorded", SeverityWarn, 0, "", "", nil},
	{FoundInternal, SeverityWarn, ExitInternal, OutcomeFailed, WhoUnknown, nil},
	{FoundGreetingRefused, SeverityWarn, ExitGreeting, "", WhoOperator, []Advice{advise(AskOperator)}},
	{FoundEHLORefused, SeverityWarn, ExitEHLO, "", WhoOperator, []Advice{advise(AskOperator)}},
	{FoundEHLONameRefused, SeverityWarn, 0, "", WhoYou, []Advice{advise(GiveEHLOName)}},
	{FoundCredentialsWrong, SeverityWarn, ExitAuth, OutcomeRefused, WhoYou, []Advice{advise(GivePassword)}},
	{FoundLoginRefused, SeverityWarn, ExitAuth, OutcomeRefused, WhoYou, nil},
	{"app-password-required", SeverityWarn, ExitAuth, OutcomeRefused, WhoYou, []Advice{advise(GivePassword), tryMechanism("XOAUTH2")}},
	{"token-required", SeverityWarn, ExitAuth, OutcomeRefused, WhoYou, []Advice{tryMechanism("XOAUTH2"), advise(GiveToken)}},
	{"login-disabled", SeverityWarn, ExitAuth, OutcomeRefused, WhoOperator, []Advice{advise(AskOperator)}},
	{FoundLoginUnavailable, SeverityWarn, ExitDeferred, OutcomeDeferred, WhoOperator, []Advice{retryAfter(5 * time.Minute), advise(AskOperator)}},
	{FoundPasswordTransition, SeverityWarn, ExitAuth, OutcomeRefused, WhoYou, []Advice{tryMechanism("PLAIN")}},
	{FoundMechanismRefused, SeverityWarn, ExitAuth, OutcomeRefused, WhoYou, []Advice{advise(TryMechanism)}},
	{FoundEncryptionRequired, SeverityWarn, 0, "", WhoYou, []Advice{useSTARTTLS(0), useTLS(465)}},
	{FoundLoginRequired, SeverityWarn, 0, "", WhoYou, []Advice{advise(GivePassword)}},
	{FoundGreylisted, SeverityInfo, ExitDeferred, OutcomeDeferred, WhoYou, []Advice{retryAfter(5 * time.Minute), advise(DoAsTold)}},
	{FoundRateLimited, SeverityWarn, ExitDeferred, OutcomeDeferred, WhoYou, []Advice{retryAfter(10 * time.Minute), advise(DoAsTold)}},
	{"too-many-connections", SeverityWarn, ExitDeferred, OutcomeDeferred, WhoYou, []Advice{retryAfter(time.Minute), advise(DoAsTold)}},
	{FoundMailboxFull, SeverityWarn, ExitDeferred, OutcomeDeferred, WhoRecipient, []Advice{retryAfter(time.Hour), advise(DoAsTold)}},
	{FoundServiceUnavailable, SeverityWarn, ExitDeferred, OutcomeDeferred, WhoOperator, []Advice{retryAfter(5 * time.Minute), advise(AskOperator)}},
	{"idle-timeout", SeverityWarn, ExitDeferred, OutcomeDeferred, WhoYou, []Advice{advise(RetryAfter)}},
	{FoundRecipientUnknown, SeverityWarn, 0, "", WhoYou, []Advice{advise(CheckAddress)}},
	{FoundRecipientRefused, SeverityWarn, 0, "", WhoRecipient, []Advice{advise(CheckAddress)}},
	{"too-many-recipients", SeverityWarn, 0, "", WhoYou, []Advice{advise(DoAsTold)}},
	{FoundRelayingDenied, SeverityWarn, 0, "", WhoYou, []Advice{useSTARTTLS(587), useTLS(465), advise(GivePassword), advise(DoAsTold), advise(AskOperator)}},
	{FoundSenderRefused, SeverityWarn, 0, "", WhoYou, []Advice{advise(CheckAddress)}},
	{FoundSenderNotOwned, SeverityWarn, 0, "", WhoYou, []Advice{advise(CheckAddress), advise(AskOperator)}},
	{"sending-blocked", SeverityWarn, 0, "", WhoYou, []Advice{advise(DoAsTold), advise(AskOperator)}},
	{"address-listed", SeverityWarn, 0, "", WhoOperator, []Advice{advise(AskOperator), advise(DoAsTold)}},
	{FoundPolicyRefused, SeverityWarn, 0, "", WhoYou, nil},
	{FoundMessageRefused, SeverityWarn, 0, "", WhoRecipient, []Advice{advise(AskOperator)}},
	{"message-malformed", SeverityWarn, 0, "", WhoYou, []Advice{advise(DoAsTold)}},
	{FoundProxyHeaderRefused, SeverityWarn, ExitGreeting, OutcomeFailed, WhoYou, []Advice{advise(DoAsTold), advise(AskOperator)}},
	{FoundClientIdentityRefused, SeverityWarn, 0, "", WhoOperator, []Advice{advise(AskOperator)}},
	{FoundClientIdentityNotOffered, SeverityWarn, ExitEHLO, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator), advise(DoAsTold)}},
	{FoundAuthChallengeFolded, SeverityInfo, 0, "", "", nil},
	{FoundAuthSuccessOneStepEarly, SeverityInfo, 0, "", "", nil},
	{FoundLMTPServer, SeverityWarn, ExitEHLO, OutcomeRefused, WhoYou, []Advice{advise(SpeakLMTP)}},
	{FoundSMTPServer, SeverityWarn, ExitEHLO, OutcomeRefused, WhoYou, []Advice{advise(SpeakSMTP)}},
	{FoundReplyUnfinished, SeverityWarn, ExitTimeout, OutcomeFailed, WhoOperator, []Advice{advise(AskOperator)}},
	{FoundCommandOutOfOrder, SeverityWarn, 0, "", WhoYou, nil},
	{FoundCommandRefused, SeverityWarn, 0, "", WhoUnknown, nil},
}

// NewFinding is a finding of a kind; text is what there is to say of this session, and replaces the general one. A code of no
// row comes from a transcript that anyone may have written, and is made visible.
func NewFinding(code FindingCode, text string) *Finding {
	row, known := code.Row()
	if !known {
		code = FindingCode(wire.VisibleString(string(code)))
	}
	f := &Finding{Code: code, Severity: row.Severity, Text: text}
	if e, ok := explain.Finding(string(code)); ok {
		f.Text, f.Remedy, f.Operator, f.Refs = cmp.Or(text, e.Text), e.Remedy, e.Operator, e.Refs
	}
	return f
}
