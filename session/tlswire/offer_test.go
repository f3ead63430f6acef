package tlswire_test

import (
	"crypto/tls"
	"net"
	"slices"
	"testing"
	"time"

	"ehlo/session/certificate/pkitest"
	"ehlo/session/tlswire"
)

// What crypto/tls answers to an offer: the version, suite and group that it would use, or that it accepts nothing.
func TestOfferAnswered(t *testing.T) {
	for name, c := range map[string]struct {
		server *tls.Config
		offer  tlswire.Offer
		want   tlswire.Answer
	}{
		"TLS 1.3": {&tls.Config{}, tlswire.Offer{Version: tls.VersionTLS13}, tlswire.Answer{Version: tls.VersionTLS13, Suite: tls.TLS_AES_128_GCM_SHA256, Group: uint16(tls.X25519MLKEM768), Whole: true}},
		"one group": {&tls.Config{}, tlswire.Offer{Version: tls.VersionTLS13, Groups: []uint16{uint16(tls.CurveP384)}},
			tlswire.Answer{Version: tls.VersionTLS13, Suite: tls.TLS_AES_128_GCM_SHA256, Group: uint16(tls.CurveP384), Whole: true}},
		"no such group": {&tls.Config{}, tlswire.Offer{Version: tls.VersionTLS13, Groups: []uint16{30}}, tlswire.Answer{Refused: true, Alert: 40, Whole: true}},
		"TLS 1.2":       {&tls.Config{}, tlswire.Offer{Version: tls.VersionTLS12}, tlswire.Answer{Version: tls.VersionTLS12, Suite: tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, Group: 23, Whole: true}},
		"one suite": {&tls.Config{}, tlswire.Offer{Version: tls.VersionTLS12, Suites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA}, Groups: []uint16{23}},
			tlswire.Answer{Version: tls.VersionTLS12, Suite: tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, Group: 23, Whole: true}},
		"not TLS 1.1":  {&tls.Config{}, tlswire.Offer{Version: tls.VersionTLS11}, tlswire.Answer{Refused: true, Alert: 70, Whole: true}},
		"TLS 1.0":      {&tls.Config{MinVersion: tls.VersionTLS10}, tlswire.Offer{Version: tls.VersionTLS10}, tlswire.Answer{Version: tls.VersionTLS10, Suite: tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, Group: 23, Whole: true}},
		"not SSL 3.0":  {&tls.Config{}, tlswire.Offer{Version: 0x0300}, tlswire.Answer{Refused: true, Alert: 70, Whole: true}},
		"a lower one":  {&tls.Config{MaxVersion: tls.VersionTLS12, MinVersion: tls.VersionTLS12}, tlswire.Offer{Version: tls.VersionTLS13}, tlswire.Answer{Refused: true, Alert: 70, Whole: true}},
		"another name": {&tls.Config{}, tlswire.Offer{Version: tls.VersionTLS13, ServerName: "mail.example.org", Groups: []uint16{29}}, tlswire.Answer{Version: tls.VersionTLS13, Suite: tls.TLS_AES_128_GCM_SHA256, Group: 29, Whole: true}},
	} {
		t.Run(name, func(t *testing.T) {
			if c.offer.Suites == nil {
				c.offer.Suites = tlswire.OfferedSuites(c.offer.Version)
			}
			if c.offer.Groups == nil {
				c.offer.Groups = tlswire.OfferedGroups(c.offer.Version)
			}
			if got := answered(t, c.server, c.offer); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// answered makes an offer to crypto/tls.
func answered(t *testing.T, server *tls.Config, o tlswire.Offer) tlswire.Answer {
	t.Helper()
	near, far := net.Pipe()
	defer near.Close()
	server.Certificates = pkitest.Lab().Server("mail.example.org").Certificates
	go func() {
		tls.Server(far, server).Handshake()
		far.Close()
	}()
	near.SetDeadline(time.Now().Add(20 * time.Second))
	d := tlswire.NewDecoder(tlswire.Limits{})
	hello := o.Record()
	d.Bytes(tlswire.ClientToServer, hello, time.Now())
	if _, err := near.Write(hello); err != nil {
		t.Fatal(err)
	}
	var messages []tlswire.Message
	buf := make([]byte, 4096)
	for {
		n, err := near.Read(buf)
		d.Bytes(tlswire.ServerToClient, buf[:n], time.Now())
		messages = append(messages, d.Take()...)
		if a := tlswire.AnswerOf(messages); a.Whole || err != nil {
			return a
		}
	}
}

// What is offered of each version is what a server without a shared key can choose.
func TestOfferedLists(t *testing.T) {
	has := func(version, value uint16) bool { return slices.Contains(tlswire.OfferedSuites(version), value) }
	for name, c := range map[string]struct{ got, want bool }{
		"a suite of TLS 1.3":            {has(tls.VersionTLS13, tls.TLS_AES_256_GCM_SHA384), true},
		"one of TLS 1.2 in 1.3":         {has(tls.VersionTLS13, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256), false},
		"one of TLS 1.2":                {has(tls.VersionTLS12, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256), true},
		"the same in TLS 1.1":           {has(tls.VersionTLS11, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256), false},
		"RC4 in TLS 1.0":                {has(tls.VersionTLS10, tls.TLS_RSA_WITH_RC4_128_SHA), true},
		"a suite with a shared key":     {has(tls.VersionTLS12, 0x008c), false},
		"a signal":                      {has(tls.VersionTLS12, 0x5600), false},
		"a group of TLS 1.3":            {slices.Contains(tlswire.OfferedGroups(tls.VersionTLS13), uint16(tls.X25519MLKEM768)), true},
		"the same in TLS 1.2":           {slices.Contains(tlswire.OfferedGroups(tls.VersionTLS12), uint16(tls.X25519MLKEM768)), false},
		"an old curve":                  {slices.Contains(tlswire.OfferedGroups(tls.VersionTLS12), 19), true},
		"an old curve in TLS 1.3":       {slices.Contains(tlswire.OfferedGroups(tls.VersionTLS13), 19), false},
		"a curve of both":               {slices.Contains(tlswire.OfferedGroups(tls.VersionTLS12), 24) && slices.Contains(tlswire.OfferedGroups(tls.VersionTLS13), 24), true},
		"the curve of a key":            {tlswire.KeyGroup("ECDSA P-384") == 24, true},
		"a key without a curve":         {tlswire.KeyGroup("RSA 2048") == 0, true},
		"an offer fits into one record": {len(tlswire.Offer{Version: tls.VersionTLS12, Suites: tlswire.OfferedSuites(tls.VersionTLS12), Groups: tlswire.OfferedGroups(tls.VersionTLS12)}.Record()) < 1<<14, true},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %t, want %t", name, c.got, c.want)
		}
	}
}

// Whatever a server sends, an answer is read of it, and what it says was on the wire: an answer that is whole says something.
func FuzzAnswerOf(f *testing.F) {
	f.Add([]byte{21, 3, 3, 0, 2, 2, 40})
	f.Add([]byte{22, 3, 3, 0, 44, 2, 0, 0, 40, 3, 3, 31: 0, 49: 0})
	f.Add([]byte("220 mail.example.org ESMTP\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		d := tlswire.NewDecoder(tlswire.Limits{})
		d.Bytes(tlswire.ClientToServer, tlswire.Offer{Version: tls.VersionTLS12, Suites: []uint16{0xc02f}}.Record(), time.Now())
		d.Bytes(tlswire.ServerToClient, b, time.Now())
		if a := tlswire.AnswerOf(append(d.Take(), d.Finish()...)); a.Refused && (a.Version != 0 || a.Suite != 0) {
			t.Errorf("%+v refuses and chooses", a)
		}
	})
}
