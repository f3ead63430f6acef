package session_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"ehlo/session"
	"ehlo/session/tlswire/tlstest"
)

// TestResumed connects a session twice: the second handshake resumes the first, and its messages are those that
// s_client prints when it does so, and that tshark finds in the bytes.
func TestResumed(t *testing.T) {
	tlstest.Need(t, "openssl", "stdbuf", "tshark")
	pairs := map[string]tlstest.Pair{"rsa": tlstest.NewPair(t, "rsa"), "ecdsa": tlstest.NewPair(t, "ecdsa")}
	var talks []talk
	var names []string
	for _, peer := range []string{"openssl", "go"} {
		for version := uint16(tls.VersionTLS10); version <= tls.VersionTLS13; version++ {
			e := encounter{peer: peer, version: version, kind: "rsa", auth: "no"}
			t.Run(e.String(), func(t *testing.T) {
				address := e.serve(t, pairs[e.kind])
				both := visits(t, address, e.config(t, pairs), 2, twice)
				if err := both[0].err; err != nil {
					t.Fatal(err)
				}
				if first, second := both[0].summary(), both[1].summary(); first.Resumed || !second.Resumed || !second.Complete {
					t.Errorf("resumed: first %v, second %v, complete %v", first.Resumed, second.Resumed, second.Complete)
				}
				tlstest.Alike(t, tlstest.Of(both[1].messages), tlstest.ReadTrace(e.resume(t, both[1], pairs, address)), true)
				both[1].keys = both[1].inherited(both[0])
				talks, names = append(talks, both...), append(names, e.String()+" first", e.String()+" again")
			})
		}
	}
	compareTshark(t, names, talks)
}

// inherited is the key log with a line for a resumed session of TLS 1.2 or older: crypto/tls logs a master secret when
// it is made, and no more when it is used again (RFC 5246 §7.3).
func (k talk) inherited(first talk) []byte {
	for line := range strings.Lines(string(first.keys)) {
		if words := strings.Fields(line); words[0] == "CLIENT_RANDOM" {
			return fmt.Appendf(nil, "%sCLIENT_RANDOM %x %s\n", k.keys, k.messages[0].Raw[6:38], words[2])
		}
	}
	return k.keys
}

// twice is two sessions up to the greeting.
func twice(ctx context.Context, s *session.Session) error {
	if err := greeted(ctx, s); err != nil {
		return err
	}
	s.Close()
	return greeted(ctx, s)
}

// resume is what s_client prints when it resumes a session.
func (e encounter) resume(t *testing.T, k talk, pairs map[string]tlstest.Pair, address string) string {
	file := filepath.Join(t.TempDir(), "session")
	first, again := e.client(k, pairs), e.client(k, pairs)
	first.Options, again.Options = append(first.Options, "-sess_out", file), append(again.Options, "-sess_in", file)
	first.Talk(t, address)
	return again.Talk(t, address)
}
