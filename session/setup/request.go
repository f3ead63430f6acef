package setup

import (
	"cmp"
	"crypto/tls"
	"slices"
	"strings"
	"time"

	"ehlo/session/engine"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// Request is what a person asks for. What is zero was left open.
type Request struct {
	// Target is host, host:port or a URL as [record.ParseTarget] reads it, or lab: and the name of a scenario.
	Target string
	// Own are scenarios that someone has written; lab: and the name of one means it.
	Own []lab.Scenario
	// Protocol is smtp or lmtp, and goes before what the target says; empty leaves it to that.
	Protocol string
	// Port goes before that of the target.
	Port int
	// TLS is the name of a policy as [record.ParsePolicy] reads it, and Until that of the last phase.
	TLS, Until string
	// Network is ip, ip4 or ip6.
	Network string
	// Address is the one to connect to, whatever addresses the target's name has.
	Address string
	// ServerName is sent as SNI and held against the certificate.
	ServerName string
	// SNI is sent in place of the name that is verified. Ciphers are the names of cipher suites to offer up to TLS 1.2.
	SNI     string
	Ciphers []string
	// TLSMin and TLSMax are the lowest and the highest version to offer, of [TLSVersions].
	TLSMin, TLSMax string
	// LegacyTLS offers obsolete TLS too, see [engine.TLSConfig].
	LegacyTLS bool
	ALPN      []string
	// AllowUnverified, AllowUnverifiedAuth, AllowCleartextAuth and AllowObsoleteAuth agree beforehand to what is asked about otherwise. Who agrees to log in
	// to an unverified server has agreed to go on with it.
	AllowUnverified, AllowUnverifiedAuth, AllowCleartextAuth, AllowObsoleteAuth bool
	// Goal is what is wanted of the session. Its SendMessage counts where there are recipients; its Until is not read.
	Goal walk.Goal
	// Given says that the message is given whole, and Attached that files are attached to one that is composed. Alone says that nobody
	// can add anything once the session runs, such as recipients.
	Given, Attached, Alone bool
	// Unwatched leaves out what the practice server logs and what is done on the path to it, where nobody would see it. Else each
	// step lasts until the server has dealt with it.
	Unwatched bool
	// Bare meets the practice server of a scenario without what the scenario is about: its story and task, its account and its message.
	Bare bool
	// Known is the certificate that an earlier session with this server saw; nil where none is remembered.
	Known *record.KnownCertificate
	// Hostname is the name of this host, for EHLO if it is a full one.
	Hostname string
	// Timeout is the limit of each step; 0 leaves it to the engine, and to the practice server to be quicker.
	Timeout time.Duration
	Limits  wire.Limits
	// Reveal has secrets shown and recorded as they are; Mask has those of the practice server's accounts masked like any other.
	Reveal, Mask bool
	// Seed makes the practice server say the same each time, see [lab.Options].
	Seed string
	// After replaces the waiting of the practice server, see [lab.Options].
	After func(time.Duration) <-chan time.Time
	// Program is recorded as what made the session.
	Program string
}

// TLSVersions lists the versions that can be offered, the oldest first.
func TLSVersions() []string { return []string{"1.0", "1.1", "1.2", "1.3"} }

// target is whom to talk to. A scheme decides when TLS starts; without one the port does.
func (r Request) target() (record.Target, error) {
	if r.Protocol != "" && r.Protocol != "smtp" && r.Protocol != record.SchemeLMTP {
		return record.Target{}, &Error{Field: FieldProtocol, Value: r.Protocol, Text: "want smtp or lmtp"}
	}
	if r.Protocol == record.SchemeLMTP && !strings.Contains(r.Target, "://") { // its port is the usual one
		r.Target = record.SchemeLMTP + "://" + r.Target
	}
	t, err := record.ParseTarget(r.Target, r.logsIn())
	if err != nil {
		return t, &Error{Field: FieldTarget, Text: err.Error(), Err: err}
	}
	if r.Port != 0 {
		t = t.WithPort(r.Port, r.Target)
	}
	if r.Protocol != "" {
		t = t.Speaking(r.Protocol == record.SchemeLMTP)
	}
	return t, nil
}

// logsIn reports whether AUTH is asked for.
func (r Request) logsIn() bool { return r.Goal.Plan().WantsAuth() }

// policy is what is insisted on about TLS.
func (r Request) policy(t record.Target) (record.Policy, error) {
	p, err := record.ParsePolicy(r.TLS, t, r.logsIn())
	if err != nil {
		return p, &Error{Field: FieldTLS, Value: r.TLS, Text: err.Error()}
	}
	p.AllowUnverified = r.AllowUnverified || r.AllowUnverifiedAuth
	p.AllowUnverifiedAuth, p.AllowCleartextAuth, p.AllowObsoleteAuth = r.AllowUnverifiedAuth, r.AllowCleartextAuth, r.AllowObsoleteAuth
	return p, nil
}

// tls is what is offered in the handshake. crypto/tls begins at 1.2: to ask for less at the top asks for less at the bottom.
func (r Request) tls() (engine.TLSConfig, error) {
	name, err := record.HostName(r.ServerName)
	if err != nil {
		return engine.TLSConfig{}, &Error{Field: FieldServerName, Value: r.ServerName, Text: err.Error()}
	}
	suites, err := suitesOf(r.Ciphers)
	if err != nil {
		return engine.TLSConfig{}, err
	}
	sni, err := record.HostName(r.SNI)
	if err != nil {
		return engine.TLSConfig{}, &Error{Field: FieldSNI, Value: r.SNI, Text: err.Error()}
	}
	c := engine.TLSConfig{ServerName: name, SNI: sni, Suites: suites, ALPN: r.ALPN, MinVersion: version(r.TLSMin), MaxVersion: version(r.TLSMax), Legacy: r.LegacyTLS}
	if !c.Legacy && c.MinVersion == 0 && c.MaxVersion != 0 && c.MaxVersion < tls.VersionTLS12 {
		c.MinVersion = c.MaxVersion
	}
	if c.MaxVersion != 0 && c.MinVersion > c.MaxVersion {
		return c, &Error{Field: FieldTLSMin, Value: r.TLSMin, Text: "the lowest version is above the highest, " + r.TLSMax}
	}
	return c, nil
}

// suitesOf are cipher suites by their names. Those of TLS 1.3 are not for a client to choose here: crypto/tls offers them all.
func suitesOf(names []string) (ids []uint16, err error) {
	all := slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites())
	for _, name := range names {
		i := slices.IndexFunc(all, func(s *tls.CipherSuite) bool {
			return strings.EqualFold(s.Name, name) && !slices.Equal(s.SupportedVersions, []uint16{tls.VersionTLS13})
		})
		if i < 0 {
			return nil, &Error{Field: FieldCiphers, Value: name, Text: "want IANA names of cipher suites for TLS 1.2, such as TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256; those of TLS 1.3 are always offered"}
		}
		ids = append(ids, all[i].ID)
	}
	return ids, nil
}

// version is 0 for a name that is empty or unknown.
func version(name string) uint16 {
	for i, known := range TLSVersions() {
		if known == name {
			return tls.VersionTLS10 + uint16(i)
		}
	}
	return 0
}

// goal is what is wanted of the session, all names decided.
func (r Request) goal() walk.Goal {
	g := r.Goal
	g.Until = ""
	g.EHLOName = cmp.Or(g.EHLOName, fullName(r.Hostname))
	g.SendMessage = g.SendMessage && len(g.To) > 0
	return g
}

// fullName is a host's name if it is worth giving: one without a domain says nothing to a server, and then the engine gives
// the address (RFC 5321 §4.1.1.1).
func fullName(host string) string {
	if strings.Contains(host, ".") {
		return host
	}
	return ""
}
