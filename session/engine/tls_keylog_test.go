package engine_test

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
	"testing"

	"ehlo/session/tlswire/tlstest"
)

// TestKeyLogOfResumed: crypto/tls logs no master secret when it resumes TLS 1.2 or older. The key log of a session has
// the line all the same, and with that line alone tshark opens a capture of the second connection alone. One run of tshark opens those
// of all versions: a line is of one connection.
func TestKeyLogOfResumed(t *testing.T) {
	t.Parallel()
	tlstest.Need(t, "tshark")
	pairs := map[string]tlstest.Pair{"rsa": tlstest.NewPair(t, "rsa")}
	var seen recordings
	for version := uint16(tls.VersionTLS10); version <= tls.VersionTLS13; version++ {
		e := encounter{peer: "go", version: version, key: "rsa", client: "no", group: x25519}
		t.Run(e.String(), func(t *testing.T) {
			p := e.meet(t, pairs)
			again := visits(t, p.address, e.config(t, p, pairs), 2, twice(p.visit))[1]
			if again.err != nil || !again.summary().Resumed {
				t.Fatalf("resumed %v, %v", again.summary().Resumed, again.err)
			}
			own := fmt.Sprintf(" %x ", again.messages[0].Raw[6:38])
			lines := slices.DeleteFunc(slices.Collect(strings.Lines(string(again.keys))), func(line string) bool { return !strings.Contains(line, own) })
			want := 1
			if version == tls.VersionTLS13 {
				want = 4
			}
			if len(lines) != want {
				t.Fatalf("%d lines of the second connection, want %d:\n%s", len(lines), want, again.keys)
			}
			again.keys = []byte(strings.Join(lines, ""))
			seen.add(e.String(), again)
		})
	}
	seen.compare(t)
}
