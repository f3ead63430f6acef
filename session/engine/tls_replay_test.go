package engine_test

import (
	"bytes"
	"crypto/tls"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ehlo/session/engine"
	"ehlo/session/record"
	"ehlo/session/tlswire/tlstest"
	"ehlo/transcripts"
	"ehlo/transcripts/export"
)

// A handshake that is read from a file says what it said when it happened: certificates are judged as of then.
func TestReplayedHandshake(t *testing.T) {
	pair := tlstest.NewPair(t, "ecdsa")
	server := &tls.Config{Certificates: []tls.Certificate{pair.Load(t)}}
	live := visit(t, serve(t, server), engine.Config{TLS: engine.TLSConfig{ServerName: tlstest.Host}}, greeted)
	var file bytes.Buffer
	for i := range live.log.Len() {
		if err := transcripts.WriteLine(&file, live.log.At(i)); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "handshake"+".ehlo.ndjson")
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	replay, err := transcripts.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer replay.Close()
	before, after := fullText(t, live.log), fullText(t, replay)
	if before != after {
		t.Errorf("live\n%s\nreplayed\n%s", before, after)
	}
	if !strings.Contains(before, "1 day left of 2 days") && !strings.Contains(before, "hours left of 2 days") {
		t.Errorf("the validity is not judged in\n%s", before)
	}
	if strings.Contains(file.String(), `"at":`) {
		t.Error("a time of day is in a line")
	}
}

func fullText(t *testing.T, src record.Source) string {
	t.Helper()
	text := export.Text{Depth: export.Full}
	var lines []string
	for i := range src.Len() {
		lines = append(lines, text.Event(src.At(i))...)
	}
	return strings.Join(lines, "\n")
}
