package engine_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"testing"

	"ehlo/session/engine"
	"ehlo/session/record"
	"ehlo/session/tlswire/tlstest"
)

// meeting is one encounter with the server of another library.
type meeting struct {
	stack, key string
	options    string // of the server, split at the spaces
	client     string // kind of the client's certificate; max=1.2, legacy and slices=N of a read are the client's too
	finding    record.FindingCode
	cause      string // words of it, where there is a finding
	often      bool   // in every run of the tests; the others where EHLO_TEST_STACKS=all
}

func (m meeting) String() string {
	return strings.Join(strings.Fields(strings.Join([]string{m.stack, m.key, m.options, m.client}, " ")), ",")
}

const (
	got      = "requested a client certificate and got none"
	required = "it requires a client certificate and got none"
	nothing  = "it can use nothing of the offer"
	upTo12   = "list=NORMAL:-VERS-TLS1.3"
)

// meetings are what may come of each library: in both versions, with and without client certificates, with every group and
// suite, and in whatever is peculiar to it.
func meetings() []meeting {
	const none, renegotiation = "", "tls-renegotiation"
	list := []meeting{
		{"gnutls", "rsa", "", "", none, "", true},
		{"gnutls", "rsa", upTo12, "", none, "", true},
		{"gnutls", "rsa", "do=unrecognized-name at=hello", "", none, "", true},
		{"gnutls", "rsa", upTo12 + " do=unrecognized-name at=hello", "", none, "", false},
		{"gnutls", "rsa", "do=unknown-name", "", "tls-unknown-name", "does not know the requested host name, " + tlstest.Host, true},
		{"gnutls", "rsa", "ask=2", "", "tls-certificate-required", required, false},
		{"gnutls", "rsa", upTo12 + " ask=2", "", "tls-certificate-required", got, true},
		{"gnutls", "rsa", "do=update times=20", "", "tls-protocol-violation", "the last of them KeyUpdate", true},
		{"gnutls", "rsa", "do=tickets times=20", "", "tls-protocol-violation", "the last of them NewSessionTicket", false},
		{"gnutls", "rsa", "do=update", "", none, "", false},
		{"gnutls", "rsa", "do=update-both times=3", "slices=7", none, "", true},
		{"gnutls", "rsa", upTo12 + " do=renegotiate", "", renegotiation, "requests renegotiation", true},
		{"gnutls", "rsa", "do=canceled", "", none, "", true},
		{"gnutls", "rsa", "do=denied", "", "tls-refused-late", "access_denied (49): it denies access", false},
		{"gnutls", "rsa", "do=denied at=greeting", "", "tls-refused-late", "access_denied (49): it denies access", false},
		{"gnutls", "rsa", "", "slices=1", none, "", false},
		{"gnutls", "rsa", "", "slices=100", none, "", true},
		{"gnutls", "rsa", "list=NORMAL:-CIPHER-ALL:+AES-128-CCM", "", "tls-no-common-parameters", "and rare: CCM suites", false},
		{"gnutls", "rsa", "list=NORMAL:-GROUP-ALL:+GROUP-FFDHE2048", "", "tls-no-common-parameters", "finite-field groups", false},
		{"gnutls", "rsa", upTo12 + ":-KX-ALL:+DHE-RSA", "", "tls-no-common-parameters", "first suspects with an old server: finite-field DHE", false},
		{"gnutls", "rsa", "list=NORMAL:-GROUP-ALL:+GROUP-X448", "", "tls-no-common-parameters", "x448", false},
		{"gnutls", "rsa", upTo12 + ":-KX-ALL:+RSA", "", "tls-no-common-parameters", "RSA key exchange", false},
		{"gnutls", "rsa", upTo12 + ":-KX-ALL:+RSA", "legacy", none, "", false},
		{"gnutls", "rsa", "list=NORMAL:-VERS-ALL:+VERS-TLS1.0", "", "tls-no-common-version", "chose TLS 1.0, which was not offered", false},
		{"gnutls", "rsa", "list=NORMAL:-VERS-ALL:+VERS-TLS1.0", "legacy", none, "", false},
		{"gnutls", "rsa", "list=NORMAL:-VERS-ALL:+VERS-TLS1.1", "legacy", none, "", false},
		{"gnutls", "rsa", upTo12 + ":%DISABLE_SAFE_RENEGOTIATION", "", none, "", false},
		{"gnutls", "rsa", upTo12 + ":%NO_SESSION_HASH", "", none, "", false},
		{"gnutls", "rsa", upTo12 + ":-CIPHER-ALL:+AES-128-CBC", "", none, "", false},
		{"gnutls", "rsa", upTo12 + ":%NO_TICKETS", "", none, "", false},
		{"gnutls", "ecdsa", "", "max=1.2", none, "", false},
		{"gnutls", "ed448", "", "", "tls-no-common-parameters", "Ed448", false},
		{"gnutls", "rsa-pss", "", "", "tls-no-common-parameters", "RSA-PSS", false},
		{"java", "rsa", "TLSv1.2 close", "", "server-closed", "closed the connection instead of sending the reply to EHLO", false},
		{"java", "rsa", "TLSv1.3 close", "", "server-closed", "closed the connection instead of sending the reply to EHLO", false},
		{"java", "rsa", "TLSv1.3 renegotiate", "", none, "", false},
		{"java", "rsa", "TLSv1.2 renegotiate", "", renegotiation, "requests renegotiation", false},
		{"openssl", "rsa", "max=303 do=renegotiate", "", renegotiation, "requests renegotiation", false},
		{"openssl", "rsa", "do=update-both times=4", "", none, "", false},
		{"openssl", "rsa", "groups=brainpoolP256r1", "", "tls-no-common-parameters", "brainpool curves", false},
		{"boringssl", "rsa", "do=update times=3", "", none, "", false},
		{"boringssl", "rsa", "do=update-both times=3", "slices=50", none, "", false},
		{"boringssl", "rsa", "max=302", "", "tls-no-common-version", "accepts none of the offered versions", false},
		{"boringssl", "rsa", "groups=P-521", "", none, "", false},
		{"wolfssl", "rsa", "do=update-both", "", none, "", false},
		{"wolfssl", "rsa", "list=TLS13-AES128-CCM-SHA256", "", "tls-no-common-parameters", "CCM suites", false},
		{"wolfssl", "rsa", "", "max=1.2", none, "", false},
		{"wolfssl", "rsa", "ask=2", "max=1.2", "tls-certificate-required", got, false},
		{"mbedtls", "rsa", "do=renegotiate", "", renegotiation, "requests renegotiation", false},
		{"mbedtls", "rsa", "list=C09C", "", "tls-no-common-parameters", "CCM suites", false},
		{"mbedtls", "ecdsa", "list=C0AC", "", "tls-no-common-parameters", "CCM suites", false},
		{"mbedtls", "rsa", "ask=2", "", "tls-certificate-required", got, false},
		{"mbedtls", "rsa", "ask=1", "", none, "", false},
	}
	for _, group := range []string{"SECP256R1", "SECP384R1", "SECP521R1", "X25519"} {
		list = append(list, meeting{"gnutls", "rsa", "list=NORMAL:-GROUP-ALL:+GROUP-" + group, "", none, "", false},
			meeting{"gnutls", "ecdsa", upTo12 + ":-GROUP-ALL:+GROUP-SECP256R1:+GROUP-" + group, "", none, "", false})
	}
	for _, cipher := range []string{"AES-256-GCM", "AES-128-GCM", "CHACHA20-POLY1305"} {
		list = append(list, meeting{"gnutls", "rsa", "list=NORMAL:-CIPHER-ALL:+" + cipher, "", none, "", false}, meeting{"gnutls", "ecdsa", upTo12 + ":-CIPHER-ALL:+" + cipher, "", none, "", false})
	}
	for _, stack := range []string{"gnutls", "openssl", "boringssl"} { // a client certificate that is asked for, taken, and refused
		for _, version := range []string{"", "max=1.2"} {
			list = append(list, meeting{stack, "ecdsa", "ask=1", version, none, "", false}, meeting{stack, "ecdsa", "ask=2", "rsa " + version, none, "", false},
				meeting{stack, "ecdsa", "ask=2 ca=CERT", "rsa " + version, "tls-client-certificate-refused", "it refuses the client's certificate", false})
		}
	}
	for _, version := range []string{"TLSv1.2", "TLSv1.3"} {
		list = append(list, meeting{"java", "rsa", version + " ask", "", none, "", false}, meeting{"java", "rsa", version + " want", "", none, "", false},
			meeting{"java", "rsa", version + " need", "", "tls-certificate-required", required, false},
			meeting{"java", "rsa", version + " need", "ecdsa", "tls-client-certificate-refused", "certificate_unknown (46): it refuses the client's certificate", false})
	}
	return list
}

// TestStacks meets the servers of other libraries. What the session comes to is what the row says; and messages, their
// order among what was said inside, their fields, and what the handshake decided are what tshark finds in the bytes.
func TestStacks(t *testing.T) {
	tlstest.Need(t, tlstest.OpenSSL(), "tshark")
	pairs := map[string]tlstest.Pair{}
	for _, kind := range []string{"rsa", "ecdsa", "ed448", "rsa-pss"} {
		pairs[kind] = tlstest.NewPair(t, kind)
	}
	var seen recordings
	for _, stack := range tlstest.Stacks {
		t.Run(stack.Name, func(t *testing.T) {
			mine := slices.DeleteFunc(meetings(), func(m meeting) bool {
				return m.stack != stack.Name || !m.often && os.Getenv("EHLO_TEST_STACKS") != "all"
			})
			if len(mine) == 0 {
				t.Skip("EHLO_TEST_STACKS=all has its encounters")
			}
			command := stack.Build(t)
			for _, m := range mine {
				t.Run(m.String(), func(t *testing.T) { seen.add(m.String(), m.play(t, command, pairs)) })
			}
		})
	}
	t.Logf("%d encounters", len(seen.talks))
	seen.compare(t)
}

// play goes through one session, up to EHLO inside TLS, and checks what it came to.
func (m meeting) play(t *testing.T, command []string, pairs map[string]tlstest.Pair) talk {
	pair := pairs[m.key]
	arguments := append([]string{pair.Cert, pair.Key}, strings.Fields(strings.Replace(m.options, "CERT", pair.Cert, 1))...)
	if m.stack == "java" {
		arguments = append([]string{pair.Keystore(t)}, strings.Fields(m.options)...)
	}
	k := visit(t, tlstest.Run(t, command, arguments...), m.config(t, pairs), func(ctx context.Context, s *engine.Session) error {
		return do(ctx, s, record.VerbConnect, record.VerbHandshake, record.VerbGreeting, record.VerbEHLO, record.VerbQuit)
	})
	if v := k.verdict(); v.Finding != m.finding || !strings.Contains(v.Cause, m.cause) || m.finding == "" && v.Outcome != record.OutcomeDone {
		t.Errorf("%s %s: %s; want %s: %s", v.Outcome, v.Finding, v.Cause, m.finding, m.cause)
	}
	return k
}

func (m meeting) config(t *testing.T, pairs map[string]tlstest.Pair) engine.Config {
	c := engine.Config{TLS: engine.TLSConfig{ServerName: tlstest.Host}}
	for _, word := range strings.Fields(m.client) {
		var size int
		if pair, ok := pairs[word]; ok {
			c.TLS.Certificates = []tls.Certificate{pair.Load(t)}
		} else if word == "max=1.2" {
			c.TLS.MaxVersion = tls.VersionTLS12
		} else if word == "legacy" {
			c.TLS.Legacy = true
		} else if n, _ := fmt.Sscanf(word, "slices=%d", &size); n == 1 {
			c.Dial = sliced(size)
		}
	}
	return c
}

// sliced makes connections of which no read brings more than so many bytes, as if each came in a packet of its own: then
// records are read in part.
func sliced(size int) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, address)
		return piecewise{c, size}, err
	}
}

type piecewise struct {
	net.Conn
	size int
}

func (c piecewise) Read(b []byte) (int, error) { return c.Conn.Read(b[:min(len(b), c.size)]) }

// checkDecided looks where the event stands that says what the handshake decided: after both Finished, or the last message
// of one that failed, and before anything else is said. What it says is compared with the hello that tshark saw.
func (k talk) checkDecided(t *testing.T, report tlstest.Report) {
	t.Helper()
	at := slices.Index(k.steps, decided)
	if at < 0 {
		t.Fatalf("nothing was decided: %v", k.steps)
	}
	before, after := k.steps[:at], k.steps[at+1:]
	unfinished := func(s tlstest.Step) bool {
		return s.Name == "Finished" || s.Name == "Certificate" || strings.HasSuffix(s.Name, "Hello") || s.Name == "CertificateVerify"
	}
	if slices.ContainsFunc(before, func(s tlstest.Step) bool { return s.Name == tlstest.Data }) || slices.ContainsFunc(after, unfinished) {
		t.Errorf("decided stands in the wrong place: %v", k.steps)
	}
	sum := k.decision
	want, ok := report.Decision()
	if mine := (tlstest.Decision{Version: sum.Version.Chosen.Value, Suite: sum.Suite.Chosen.Value, Requested: sum.CertificateRequested, Complete: sum.Complete, Retry: sum.Retry}); ok && mine != want {
		t.Errorf("decided %+v, tshark has %+v", mine, want)
	}
}
