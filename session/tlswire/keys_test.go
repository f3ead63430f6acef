package tlswire

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// TestKeyLog: lines come whole or in pieces, between comments and nonsense.
func TestKeyLog(t *testing.T) {
	random := strings.Repeat("ab", 32)
	log := "# a comment\n\nCLIENT_RANDOM " + random + " " + strings.Repeat("01", 48) + "\r\n" +
		"EXPORTER_SECRET " + random + " 02\n" +
		"CLIENT_RANDOM short 03\n" +
		"CLIENT_RANDOM " + random + " zz\n" +
		strings.Repeat("x", 2000) + "\n" +
		"SERVER_TRAFFIC_SECRET_0 " + strings.ToUpper(random) + " 0405\n" +
		"CLIENT_TRAFFIC_SECRET_0 " + random + " 06 without an end"
	for _, size := range []int{1, 7, len(log)} {
		d := NewDecoder(Limits{})
		w := d.KeyLog()
		for part := range slices.Chunk([]byte(log), size) {
			if n, err := w.Write(part); n != len(part) || err != nil {
				t.Fatalf("%d, %v", n, err)
			}
		}
		var labels []string
		for _, s := range d.keys.secrets {
			labels = append(labels, s.label)
		}
		if !slices.Equal(labels, []string{labelMaster, labelServerTraffic}) {
			t.Errorf("pieces of %d: %v", size, labels)
		}
		d.Finish()
		if d.keys.secrets != nil || d.keys.line != nil {
			t.Error("the secrets were not forgotten")
		}
	}
}

func TestKeyLogIsBounded(t *testing.T) {
	d := NewDecoder(Limits{})
	for i := range 1000 {
		fmt.Fprintf(d.KeyLog(), "CLIENT_RANDOM %064x 01\n", i)
	}
	io.WriteString(d.KeyLog(), strings.Repeat("y", 1<<20))
	if len(d.keys.secrets) != maxKeys || len(d.keys.line) > maxKeyLine {
		t.Errorf("%d secrets, a line of %d", len(d.keys.secrets), len(d.keys.line))
	}
	if d.keys.find(labelMaster, [32]byte{30: 999 >> 8, 31: 999 & 0xff}) == nil {
		t.Error("the newest secret is gone")
	}
}

func TestSessionsAreBounded(t *testing.T) {
	var s Sessions
	for i := range byte(200) {
		s.save(session{id: []byte{i}}, []byte{i})
	}
	if len(s.known) != maxSessions || s.find(session{id: []byte{0}}) != nil || s.find(session{id: []byte{199}})[0] != 199 {
		t.Errorf("%d sessions", len(s.known))
	}
	if s.find(session{ticket: []byte{5}}) != nil || s.find(session{}) != nil {
		t.Error("found a session nobody saved")
	}
}
