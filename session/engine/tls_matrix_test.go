package engine_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"ehlo/session/engine"
	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/tlswire/tlstest"
)

// encounter is one way in which a session can meet a server. It happens twice: the second handshake resumes the first.
type encounter struct {
	peer    string // openssl is s_server, postfix a real one, lab the practice server, go plain crypto/tls
	version uint16
	key     string // of the server's certificate
	client  string // its certificate: no if none is asked for, none if there is none to give, or the kind of its key
	group   string // where the exchange happens; or retry, where a server asks for a group that our hello has no share of
}

func (e encounter) String() string {
	return fmt.Sprintf("%s,%s,%s,client=%s,%s", e.peer, tls.VersionName(e.version), e.key, e.client, e.group)
}

const (
	x25519 = "X25519"
	hybrid = "X25519MLKEM768"
	retry  = "retry"
)

// encounters is every combination of the axes, but for those that cannot be: HelloRetryRequest and the hybrid are about
// key shares, which came with TLS 1.3 (RFC 9846 §4.3.8, RFC 10024). The hybrid wants OpenSSL 3.5 on the other side; where
// there is an older one [tlstest.NeedHybrid] says what becomes of it. Nothing else is left out.
func encounters() []encounter {
	var all []encounter
	for _, peer := range []string{"openssl", "postfix", "lab", "go"} {
		for version := uint16(tls.VersionTLS10); version <= tls.VersionTLS13; version++ {
			for _, key := range []string{"rsa", "ecdsa"} {
				for _, client := range []string{"no", "none", "rsa", "ecdsa"} {
					for _, group := range []string{x25519, hybrid, retry} {
						if version == tls.VersionTLS13 || group == x25519 {
							all = append(all, encounter{peer, version, key, client, group})
						}
					}
				}
			}
		}
	}
	return all
}

// TestMatrix holds the messages that a session shows against what s_server -trace prints of the same connection, and
// what tshark makes of the recorded bytes of every connection with the key log.
func TestMatrix(t *testing.T) {
	t.Parallel()
	tlstest.Need(t, "openssl", "tshark")
	pairs := map[string]tlstest.Pair{"rsa": tlstest.NewPair(t, "rsa"), "ecdsa": tlstest.NewPair(t, "ecdsa")}
	var seen recordings
	for _, e := range encounters() {
		t.Run(e.String(), func(t *testing.T) {
			p := e.meet(t, pairs)
			both := visits(t, p.address, e.config(t, p, pairs), 2, twice(p.visit))
			if both[0].err != nil {
				t.Fatal(both[0].err)
			}
			for i, k := range both {
				name := []string{"fresh", "resumed"}[i]
				t.Run(name, func(t *testing.T) { e.check(t, k, p, i == 1) })
				seen.add(e.String()+","+name, k)
			}
			if p.traces != nil {
				for i, trace := range p.traces(t, 2) {
					tlstest.Compare(t, both[i].messages, trace)
				}
			}
		})
	}
	seen.compare(t)
}

// twice is two sessions, one after the other.
func twice(do func(context.Context, *engine.Session) error) func(context.Context, *engine.Session) error {
	return func(ctx context.Context, s *engine.Session) error {
		if err := do(ctx, s); err != nil {
			return err
		}
		return do(ctx, s)
	}
}

// recordings are opened in one run of tshark.
type recordings struct {
	names []string
	talks []talk
}

func (r *recordings) add(name string, k talk) {
	r.names, r.talks = append(r.names, name), append(r.talks, k)
}

// compare holds what the sessions showed against what tshark finds in the bytes: the messages, the order of everything, and
// what was decided.
func (r *recordings) compare(t *testing.T) {
	var flows []tlstest.Flow
	var keys []byte
	for _, k := range r.talks {
		flows, keys = append(flows, tlstest.Flow{Port: k.port(), Pieces: k.pieces}), append(keys, k.keys...)
	}
	t.Run("tshark", func(t *testing.T) {
		for i, report := range tlstest.Dissect(t, flows, keys) {
			t.Run(r.names[i], func(t *testing.T) {
				k := r.talks[i]
				tlstest.Compare(t, k.messages, report)
				tlstest.CompareOrder(t, slices.DeleteFunc(slices.Clone(k.steps), func(s tlstest.Step) bool { return s == decided }), report)
				k.checkDecided(t, report)
			})
		}
	})
}

// port makes tshark expect SMTP, or TLS at once.
func (k talk) port() uint16 {
	if len(k.pieces) > 0 && k.pieces[0].Dir == tlswire.ServerToClient {
		return record.PortSubmission
	}
	return record.PortSubmissions
}

func (e encounter) config(t *testing.T, p peer, pairs map[string]tlstest.Pair) engine.Config {
	c := engine.TLSConfig{ServerName: p.name, MinVersion: e.version, MaxVersion: e.version}
	if pair, given := pairs[e.client]; given {
		c.Certificates = []tls.Certificate{pair.Load(t)}
	}
	return engine.Config{TLS: c}
}

// check makes sure that the encounter was the one it is called.
func (e encounter) check(t *testing.T, k talk, p peer, again bool) {
	t.Helper()
	sum := k.summary()
	if sum.Version.Chosen.Value != e.version || !sum.Complete || sum.Resumed != again || sum.ServerName != p.name || sum.Retry != (e.group == retry) {
		t.Errorf("%s, complete %v, resumed %v, for %s, retry %v", sum.Version.Chosen.Name, sum.Complete, sum.Resumed, sum.ServerName, sum.Retry)
	}
	group := map[string]string{x25519: "x25519", hybrid: hybrid, retry: "secp384r1"}[e.group]
	given := strings.TrimPrefix(strings.TrimPrefix(e.client, "none"), "no")
	if again && e.version < tls.VersionTLS13 {
		group = "" // an abbreviated handshake has no key exchange (RFC 5246 §7.3)
	}
	want := fmt.Sprintf("group %s, server %s, asked %v, client %s", group, e.key, e.client != "no", given)
	if again {
		want = fmt.Sprintf("group %s, server , asked false, client ", group) // nobody shows a certificate again
	}
	got := fmt.Sprintf("group %s, server %s, asked %v, client %s", sum.Group.Chosen.Name, k.key(t, tlswire.ServerToClient),
		sum.CertificateRequested, k.key(t, tlswire.ClientToServer))
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if end := k.verdict(); end.Finding != "" || end.Outcome != record.OutcomeDone {
		t.Errorf("%+v", end)
	}
}

// key is the kind of key in the certificate of one side, empty without one.
func (k talk) key(t *testing.T, dir tlswire.Direction) string {
	for _, m := range k.messages {
		ders := m.Certificates()
		if m.Dir != dir || len(ders) == 0 {
			continue
		}
		c, err := x509.ParseCertificate(ders[0])
		if err != nil {
			t.Fatal(err)
		}
		return strings.ToLower(c.PublicKeyAlgorithm.String())
	}
	return ""
}

// setting is a variable that .ci/run sets; without it a test is skipped, where CI=true it fails.
func setting(t *testing.T, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" && os.Getenv("CI") == "true" {
		t.Fatalf("%s is not set: .ci/servers env DIR has it", name)
	}
	if value == "" {
		t.Skipf("%s is not set", name)
	}
	return value
}
