package engine_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"ehlo/session/engine"
	"ehlo/session/record"
	"ehlo/session/tlswire/tlstest"
	"ehlo/transcripts"
)

// TestTrafficSecrets looks for every secret of a handshake, as the server logs them, in all that a session leaves: its
// lines in a transcript, its text and its error. They are in the key log alone, and only where one was asked for.
func TestTrafficSecrets(t *testing.T) {
	pair := tlstest.NewPair(t, "rsa")
	for name, server := range map[string]*tls.Config{
		"TLS 1.2":          {MaxVersion: tls.VersionTLS12},
		"TLS 1.3":          {},
		"TLS 1.3, refused": {ClientAuth: tls.RequireAnyClientCert},
	} {
		for _, asked := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s,keylog=%v", name, asked), func(t *testing.T) {
				var secrets, keyLog journal
				server := server.Clone()
				server.Certificates, server.KeyLogWriter = []tls.Certificate{pair.Load(t)}, &secrets
				config := engine.TLSConfig{ServerName: tlstest.Host}
				if asked {
					config.KeyLog = &keyLog
				}
				left := remains(t, serve(t, server), config)
				wantHidden(t, left, secrets.text())
				if want := secrets.text(); asked && keyLog.text() != want || !asked && keyLog.text() != "" {
					t.Errorf("the key log has\n%s\nwant\n%s", keyLog.text(), want)
				}
				if found := strings.Contains(left, `"code":"keylog-written"`); found != asked {
					t.Errorf("the finding is there: %v", found)
				}
			})
		}
	}
}

// journal is a key log that is written and read by different goroutines.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) Write(line []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, string(line))
	return len(line), nil
}

// text is the lines in an order of their own.
func (j *journal) text() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Join(slices.Sorted(slices.Values(j.lines)), "")
}

// remains is what a session up to the greeting leaves, in all forms.
func remains(t *testing.T, address string, config engine.TLSConfig) string {
	at := netip.MustParseAddrPort(address)
	s := engine.New(engine.Config{Target: record.Target{Host: at.Addr().String(), Port: int(at.Port())}, TLS: config})
	err := greeted(context.Background(), s)
	s.Finish()
	var left bytes.Buffer
	fmt.Fprintf(&left, "%v %+v %#v\n", err, err, errors.Unwrap(err))
	for i := range s.Log().Len() {
		if err := transcripts.WriteLine(&left, s.Log().At(i)); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&left, "%+v %#v\n", s.Log().At(i), s.Log().At(i).TLSMessage)
	}
	left.WriteString(fullText(t, s.Log()))
	return left.String()
}

// wantHidden looks for the last word of each line of a key log in every form in which bytes are printed.
func wantHidden(t *testing.T, text, keyLog string) {
	t.Helper()
	n := 0
	for line := range strings.Lines(keyLog) {
		words := strings.Fields(line)
		secret, err := hex.DecodeString(words[len(words)-1])
		if err != nil || len(secret) < 32 {
			t.Fatalf("no line of a key log: %q", line)
		}
		for _, form := range forms(secret) {
			if strings.Contains(text, form) {
				t.Errorf("%s is in the text as %s", words[0], form)
			}
		}
		n++
	}
	if n == 0 {
		t.Error("the server logged no secret")
	}
}

// forms are hexadecimal, base64 at each of the three places in a group, and the bytes as they are or as Go prints them.
func forms(secret []byte) []string {
	list := []string{string(secret), hex.EncodeToString(secret), fmt.Sprintf("%X", secret), strings.Trim(fmt.Sprint(secret), "[]"),
		strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%#v", secret), "[]byte{"), "}")}
	for shift := range 3 {
		whole := base64.StdEncoding.EncodeToString(append(make([]byte, shift), secret...))
		list = append(list, whole[4:len(whole)-4]) // its middle does not depend on what stands around it
	}
	return list
}

// What a search for secrets would find if they were there.
func TestForms(t *testing.T) {
	secret := []byte("0123456789abcdef0123456789abcdef")
	for name, text := range map[string]string{
		"hexadecimal": fmt.Sprintf("%x", secret), "upper case": fmt.Sprintf("%X", secret), "bytes": fmt.Sprint(secret), "Go": fmt.Sprintf("%#v", secret),
		"base64": base64.StdEncoding.EncodeToString(secret), "base64 behind one": base64.StdEncoding.EncodeToString(append([]byte("x"), secret...)),
		"base64 between": base64.StdEncoding.EncodeToString(append(append([]byte("xy"), secret...), "z"...)),
	} {
		if !slices.ContainsFunc(forms(secret), func(form string) bool { return strings.Contains(text, form) }) {
			t.Errorf("%s is not found: %s", name, text)
		}
	}
}
