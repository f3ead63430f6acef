package session_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"net"
	"os"
	"strconv"
	"testing"

	"ehlo/session"
	"ehlo/session/tlswire"
	"ehlo/session/tlswire/tlstest"
)

func TestProto(t *testing.T) {
	pair := tlstest.NewPair(t, "rsa")
	addr := tlstest.Serve(t, append(pair.Args(), "-num_tickets", "1")...)
	listen, record := tlstest.Proxy(t, addr)
	host, port, _ := net.SplitHostPort(listen)
	n, _ := strconv.Atoi(port)
	var keys bytes.Buffer
	s := session.New(session.Config{Target: session.Target{Host: host, Port: n}, TLS: session.TLSConfig{ServerName: "mail.lab", KeyLog: &keys, MinVersion: tls.VersionTLS10}})
	for _, v := range []session.Verb{session.VerbConnect, session.VerbHandshake, session.VerbGreeting} {
		if err := s.Do(context.Background(), session.Step{Verb: v}); err != nil {
			t.Fatal(err)
		}
	}
	s.Finish(nil)
	var ms []tlswire.Message
	for i := range s.Log().Len() {
		if m := s.Log().At(i).TLSMessage; m != nil {
			ms = append(ms, *m)
			t.Log(m.Seq, m.Dir, m.Name, len(m.Raw), m.Key)
		}
	}
	os.WriteFile("/tmp/tlsw/x.pcap", tlstest.Capture([]tlstest.Flow{{Port: 465, Pieces: record()}}), 0o600)
	os.WriteFile("/tmp/tlsw/x.keys", keys.Bytes(), 0o600)
}
