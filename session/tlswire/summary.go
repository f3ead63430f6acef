package tlswire

import (
	"bytes"
	"slices"
	"strings"
)

// Summary is what a handshake decided, as far as its messages tell.
type Summary struct {
	Version    Choice `json:"version,omitzero"`
	Suite      Choice `json:"suite,omitzero"`
	Group      Choice `json:"group,omitzero"`     // chosen: of the key exchange; none with static RSA
	Signature  Choice `json:"signature,omitzero"` // chosen: what the server signed the handshake with
	Protocol   Words  `json:"alpn,omitzero"`
	ServerName string `json:"server-name,omitempty"`
	Exchange   string `json:"exchange,omitempty"` // where the keys come from

	Retry      bool `json:"retry,omitempty"`       // there was a HelloRetryRequest
	Resumed    bool `json:"resumed,omitempty"`     // an earlier session goes on: no certificate was sent
	Tickets    int  `json:"tickets,omitempty"`     // NewSessionTickets seen
	Complete   bool `json:"complete,omitempty"`    // both Finished were seen
	RoundTrips int  `json:"round-trips,omitempty"` // before the client may send data
	EarlyData  bool `json:"early-data,omitempty"`  // 0-RTT was announced

	CertificateRequested bool `json:"certificate-requested,omitempty"` // of the client
	CertificateSent      bool `json:"certificate-sent,omitempty"`      // by the client, and not an empty one
	ClientSignature      Code `json:"client-signature,omitzero"`

	ExtendedMasterSecret bool `json:"extended-master-secret,omitempty"`
	EncryptThenMAC       bool `json:"encrypt-then-mac,omitempty"`
	SecureRenegotiation  bool `json:"secure-renegotiation,omitempty"`
	Stapled              bool `json:"stapled,omitempty"` // the server sent an OCSP response
	ECH                  bool `json:"ech,omitempty"`     // the client sent Encrypted Client Hello, or GREASE of it
	Downgrade            bool `json:"downgrade,omitempty"`

	// ClientEncrypted and ServerEncrypted are where encryption begins.
	ClientEncrypted Start `json:"client-encrypted,omitzero"`
	ServerEncrypted Start `json:"server-encrypted,omitzero"`

	// CertificatesVisible: an eavesdropper could read the server's certificate.
	CertificatesVisible bool `json:"certificates-visible,omitempty"`

	Notes []Note `json:"notes,omitempty"` // so what
}

// Start is the first message of one side that was encrypted; zero if none was.
type Start struct {
	Message string `json:"message"` // its name
	Offset  int64  `json:"offset"`  // of its record among the bytes of its direction
}

// Choice is what the client offered of a kind and what came of it. Chosen has
// no name if nothing was chosen.
type Choice struct {
	Offered []Code `json:"offered,omitempty"`
	Chosen  Code   `json:"chosen,omitzero"`
	Usable  int    `json:"usable,omitempty"` // how many of the offered can be used in the version chosen
	Why     string `json:"why,omitempty"`    // as far as the messages show it
}

// Words is a Choice of names without numbers.
type Words struct {
	Offered []string `json:"offered,omitempty"`
	Chosen  string   `json:"chosen,omitempty"`
}

// Describe says what a handshake decided. The messages are those of one
// connection, in order; they may break off anywhere.
func Describe(messages []Message) Summary {
	var d description
	for _, m := range messages {
		d.encryption(m)
		if m.Kind == KindHandshake && !m.Partial {
			d.message(m)
		}
	}
	d.finish()
	return d.Summary
}

// SecureRenegotiation says of the messages of a handshake before TLS 1.3 whether the server supports secure renegotiation (RFC 5746), and
// whether the handshake is complete. It is what [Describe] says of both, without the rest.
func SecureRenegotiation(messages []Message) (secure, complete bool) {
	var finished [2]bool
	for i := range messages {
		m := &messages[i]
		if m.Kind != KindHandshake || m.Partial {
			continue
		}
		switch m.Type {
		case typeServerHello:
			if h, ok := readHello(typeServerHello, m.Raw); ok && !isRetry(m.Raw) {
				_, secure = h.extension(extRenegotiationInfo)
			}
		case typeFinished:
			finished[index(m.Dir == ServerToClient)] = true
		}
	}
	return secure, finished[0] && finished[1]
}

// description is a Summary on its way.
type description struct {
	Summary
	hellos     int
	finished   [2]bool
	certified  bool // the server sent a certificate
	dhBits     int
	pskChosen  bool
	marked     bool     // the server's random says that it has a higher version
	shares     []uint16 // groups of the client's first key_share
	version    uint16
	serverDone bool
}

// encryption notes where encryption starts.
func (d *description) encryption(m Message) {
	first := &d.ClientEncrypted
	if m.Dir == ServerToClient {
		first = &d.ServerEncrypted
	}
	if m.Encrypted && first.Message == "" && len(m.Records) > 0 {
		*first = Start{m.Name, m.Records[0].Offset}
	}
}

func (d *description) message(m Message) {
	fromServer := m.Dir == ServerToClient
	switch m.Type {
	case typeClientHello:
		d.clientHello(m)
	case typeServerHello:
		d.serverHello(m)
	case typeEncryptedExtensions:
		c := cursor{b: m.Raw}
		c.take(handshakeHeaderLen)
		d.answers(c.vec16())
	case typeCertificate:
		d.certificate(m)
	case typeCertificateStatus:
		d.Stapled = true
	case typeCertificateRequest:
		d.CertificateRequested = true
	case typeServerKeyExchange:
		d.keyExchange(m)
	case typeCertificateVerify:
		d.certificateVerify(m)
	case typeServerHelloDone:
		d.serverDone = true
	case typeNewSessionTicket:
		d.Tickets++
	case typeFinished:
		d.finished[index(fromServer)] = true
	}
}

func index(fromServer bool) int {
	if fromServer {
		return 1
	}
	return 0
}

// clientHello reads the offer. The second hello after a HelloRetryRequest
// offers the same.
func (d *description) clientHello(m Message) {
	h, ok := readHello(typeClientHello, m.Raw)
	if d.hellos++; !ok || d.hellos > 1 {
		return
	}
	d.Suite.Offered = codes(u16s(h.suites), suiteOf)
	d.Version.Offered = codes(h.offeredVersions(), versionOf)
	d.Group.Offered = codes(h.codes(extSupportedGroups, 2), groupOf)
	d.Signature.Offered = codes(h.codes(extSignatureAlgorithms, 2), SignatureScheme)
	d.shares = h.shares()
	d.ServerName = h.serverName()
	d.Protocol.Offered = h.protocols()
	_, d.EarlyData = h.extension(extEarlyData)
	_, d.ECH = h.extension(extEncryptedClientHello)
}

func (d *description) serverHello(m Message) {
	h, ok := readHello(typeServerHello, m.Raw)
	if !ok {
		return
	}
	d.version = h.selected()
	d.Version.Chosen = code(d.version, versionOf)
	d.Suite.Chosen = code(h.suite(), suiteOf)
	if isRetry(m.Raw) {
		d.Retry = true
		return
	}
	if share, ok := h.extension(extKeyShare); ok && len(share) >= 2 {
		d.Group.Chosen = code(u16s(share)[0], groupOf)
	}
	_, d.pskChosen = h.extension(extPreSharedKey)
	_, d.ExtendedMasterSecret = h.extension(extExtendedMasterSecret)
	_, d.EncryptThenMAC = h.extension(extEncryptThenMAC)
	_, d.SecureRenegotiation = h.extension(extRenegotiationInfo)
	d.marked = d.version < versionTLS13 && bytes.HasSuffix(h.random, []byte(downgrade12)) || d.version < versionTLS12 && bytes.HasSuffix(h.random, []byte(downgrade11))
	d.Downgrade = d.marked && d.offersHigher()
	d.answers(h.extensions)
}

// offersHigher reports whether the client offered a version above the one
// chosen (RFC 9846 §4.2.3: TLS 1.2 clients check for it too).
func (d *description) offersHigher() bool {
	return slices.ContainsFunc(d.Version.Offered, func(c Code) bool { return c.Value > d.version && !isGREASE(c.Value) })
}

// answers reads the server's extensions, in its hello or, since TLS 1.3, in
// EncryptedExtensions.
func (d *description) answers(list extensionList) {
	h := hello{extensions: list}
	if p := h.protocols(); len(p) == 1 {
		d.Protocol.Chosen = p[0]
	}
}

// certificate notes who sent certificates, and whether in cleartext.
func (d *description) certificate(m Message) {
	certificates, stapled := m.certificates()
	if m.Dir == ClientToServer {
		d.CertificateSent = len(certificates) > 0
		return
	}
	d.certified = true
	d.CertificatesVisible = !m.Encrypted
	d.Stapled = d.Stapled || stapled
}

// keyExchange reads group and signature of TLS 1.2's ServerKeyExchange.
func (d *description) keyExchange(m Message) {
	c := cursor{b: m.Raw}
	c.take(handshakeHeaderLen)
	parts := partsOf(d.Suite.Chosen.Name)
	switch parts.exchange {
	case "ECDHE":
		if c.u8() != 3 {
			return
		}
		d.Group.Chosen = code(c.u16(), groupOf)
		c.vec8()
	case "DHE":
		d.dhBits = bitLength(c.vec16())
		d.Group.Chosen = Code{Name: count(d.dhBits, "bit") + " Diffie-Hellman", Meaning: "a finite field group that the server defines itself", Ref: "RFC 5246 §7.4.3"}
		c.vec16()
		c.vec16()
	default:
		return
	}
	switch {
	case len(c.b) == 0: // nobody signs without a certificate
	case d.version == versionTLS12:
		d.Signature.Chosen = code(c.u16(), SignatureScheme)
	case parts.auth == "RSA": // RFC 4346 §7.4.3
		d.Signature.Chosen = Code{Name: "RSA with MD5 and SHA-1", Meaning: "fixed before TLS 1.2", Ref: "RFC 4346 §7.4.3", Verdict: sha1Broken}
	default:
		d.Signature.Chosen = Code{Name: parts.auth + " with SHA-1", Meaning: "fixed before TLS 1.2", Ref: "RFC 4492 §5.4", Verdict: sha1Broken}
	}
}

func (d *description) certificateVerify(m Message) {
	c := cursor{b: m.Raw}
	c.take(handshakeHeaderLen)
	scheme := code(c.u16(), SignatureScheme)
	switch {
	case c.bad || d.version < versionTLS12:
	case m.Dir == ServerToClient:
		d.Signature.Chosen = scheme
	default:
		d.ClientSignature = scheme
	}
}

// finish draws the conclusions.
func (d *description) finish() {
	d.Complete = d.finished[0] && d.finished[1]
	switch {
	case d.version == 0:
	case d.version == versionTLS13:
		d.Resumed = d.pskChosen
		d.RoundTrips = 1 + index(d.Retry)
	default:
		// RFC 5246 §7.3: an abbreviated handshake has neither certificate nor done.
		d.Resumed = !d.certified && !d.serverDone && d.finished[1]
		d.RoundTrips = 2 - index(d.Resumed)
	}
	d.Exchange = d.exchange()
	if d.version != 0 {
		d.reasons()
	}
	d.Notes = d.notes()
}

// exchange says where the two sides came to a secret that nobody else knows
// (RFC 9846 §2, RFC 5246 §7.3).
func (d *description) exchange() string {
	switch {
	case d.version == 0:
		return ""
	case d.version == versionTLS13 && d.Group.Chosen.Name == "":
		return "no exchange: both sides know the secret of the resumed session"
	case d.version == versionTLS13:
		return "ClientHello and ServerHello: each side sends a public key in key_share"
	case d.Resumed:
		return "no exchange: both sides know the master secret of the resumed session"
	case strings.HasPrefix(d.Suite.Chosen.Name, "TLS_RSA_"):
		return "ClientKeyExchange: the client generated the secret and encrypted it with the public key in the certificate"
	}
	return "ServerKeyExchange and ClientKeyExchange: each side sends a public key, and the server signs its own"
}

// code and codes make Codes of numbers, known or not.
func code(v uint16, find func(uint16) (Code, bool)) Code {
	if c, ok := find(v); ok {
		return c
	}
	return Code{Value: v, Name: unknown16(v)}
}

func codes(values []uint16, find func(uint16) (Code, bool)) []Code {
	out := make([]Code, len(values))
	for i, v := range values {
		out[i] = code(v, find)
	}
	return out
}
