package tlswire_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"testing"

	"ehlo/session/tlswire"
	"ehlo/session/tlswire/tlstest"
)

// dialogue is one s_client against one s_server.
type dialogue struct {
	name   string
	server []string
	client tlstest.Client
	before []string // options of a client that goes first, for a session to resume
}

// seenBy is what two other programs and the Decoder saw of one dialogue.
type seenBy struct {
	name    string
	trace   tlstest.Report
	pieces  []tlstest.Piece
	keys    []byte
	decoded []tlswire.Message
}

// TestAgainstOpenSSL compares what the Decoder sees between s_client and
// s_server with what s_client -trace says about it.
func TestAgainstOpenSSL(t *testing.T) {
	tlstest.Need(t, "openssl", "tshark")
	t.Run("hybrid", func(t *testing.T) { tlstest.NeedHybrid(t) }) // without it the table is shorter
	var all []seenBy
	var mu sync.Mutex
	t.Run("openssl", func(t *testing.T) {
		for _, d := range dialogues(t) {
			t.Run(d.name, func(t *testing.T) {
				t.Parallel()
				s := d.run(t)
				tlswire.WantWhole(t, s.decoded)
				tlswire.WantTrees(t, s.decoded)
				tlstest.Compare(t, s.decoded, s.trace)
				mu.Lock()
				defer mu.Unlock()
				all = append(all, s)
			})
		}
	})
	t.Run("tshark", func(t *testing.T) { compareTshark(t, all) })
}

// compareTshark does the same with tshark and the key logs, in one run.
func compareTshark(t *testing.T, all []seenBy) {
	var flows []tlstest.Flow
	var keys []byte
	for _, s := range all {
		flows = append(flows, tlstest.Flow{Port: 465, Pieces: s.pieces})
		keys = append(keys, s.keys...)
	}
	for i, seen := range tlstest.Dissect(t, flows, keys) {
		t.Run(all[i].name, func(t *testing.T) { tlstest.Compare(t, all[i].decoded, seen) })
	}
}

func (d dialogue) run(t *testing.T) seenBy {
	server := tlstest.Serve(t, append(d.server, "-cipher", "ALL:@SECLEVEL=0", "-num_tickets", "1")...).Address
	keys := filepath.Join(t.TempDir(), "keys")
	client := d.client
	if d.before != nil {
		first := client
		first.Options = append(d.before, "-keylogfile", keys)
		first.Talk(t, server)
	}
	listen, record := tlstest.Proxy(t, server)
	client.Options = append(client.Options, "-keylogfile", keys)
	s := seenBy{name: d.name, trace: client.Talk(t, listen), pieces: record()}
	var err error
	if s.keys, err = os.ReadFile(keys); err != nil {
		t.Fatalf("no key log: %v\n%+v", err, s.trace)
	}
	decoder := tlswire.NewDecoder(tlswire.Limits{})
	for _, p := range s.pieces {
		decoder.Bytes(p.Dir, p.Bytes, p.At)
	}
	decoder.KeyLog().Write(s.keys)
	s.decoded = append(decoder.Take(), decoder.Finish()...)
	return s
}

func dialogues(t *testing.T) []dialogue {
	rsa, ecdsa := tlstest.NewPair(t, "rsa"), tlstest.NewPair(t, "ecdsa")
	var mldsa tlstest.Pair
	if tlstest.Hybrid() {
		mldsa = tlstest.NewPair(t, "mldsa")
	}
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	with := func(p tlstest.Pair, more ...string) []string { return append(p.Args(), more...) }
	client := func(wait string, options ...string) tlstest.Client {
		return tlstest.Client{Options: options, Wait: []string{wait}}
	}
	const done = "Verify return code"
	const ticket = "Post-Handshake New Session Ticket arrived"
	rows := []dialogue{
		{"1.3 as it comes", with(rsa), client(ticket), nil}, // from version 3.5 on with two key shares, one a hybrid
		{"1.3 certificate authorities", with(ecdsa, "-verify", "1", "-CAfile", rsa.Cert), client(ticket), nil},
		{"1.2 certificate authorities", with(ecdsa, "-verify", "1", "-CAfile", rsa.Cert), client(done, "-tls1_2"), nil},
		{"1.0", with(rsa), client(done, "-tls1", "-cipher", "ALL:@SECLEVEL=0"), nil},
		{"1.1", with(ecdsa), client(done, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"), nil},
		{"1.3 HelloRetryRequest", with(ecdsa, "-groups", "P-384"), client(ticket), nil},
		{"1.3 client certificate", with(rsa, "-Verify", "1"), client(ticket, with(ecdsa)...), nil},
		{"1.3 no client certificate", with(rsa, "-verify", "1"), client(ticket), nil},
		{"1.3 ALPN and SNI", with(rsa, "-alpn", "smtp"), client(ticket, "-alpn", "smtp,h2", "-servername", tlstest.Host), nil},
		{"1.3 resumed", with(rsa), client(ticket, "-sess_in", file("s13")), []string{"-sess_out", file("s13")}},
		{"1.2 resumed by ticket", with(rsa), client(done, "-tls1_2", "-sess_in", file("s12")), []string{"-tls1_2", "-sess_out", file("s12")}},
		{"1.2 resumed by session id", with(rsa), client(done, "-tls1_2", "-no_ticket", "-sess_in", file("id12")), []string{"-tls1_2", "-no_ticket", "-sess_out", file("id12")}},
		{"1.2 client certificate", with(ecdsa, "-Verify", "1"), client(done, with(rsa, "-tls1_2")...), nil},
		{"1.2 OCSP asked", with(ecdsa), client(done, "-tls1_2", "-status"), nil},
		{"1.2 renegotiated", with(rsa, "-client_renegotiation"), tlstest.Client{Options: []string{"-tls1_2"},
			Say: []string{"R\n"}, Wait: []string{"ESMTP", "RENEGOTIATING"}, Last: "Finished, Length"}, nil},
		{"1.3 key updates", with(rsa), tlstest.Client{Say: []string{"k\n", "K\n"}, Wait: []string{ticket, "KEYUPDATE", "KEYUPDATE"}, Last: "KeyUpdate, Length"}, nil},
	}
	if tlstest.Hybrid() { // then it compresses certificates too
		rows = append(rows, dialogue{"1.3 compressed certificate", with(rsa, "-cert_comp"), client(ticket), nil},
			dialogue{"1.3 hybrid with P-384", with(rsa, "-groups", "SecP384r1MLKEM1024"), client(ticket, "-groups", "P-256:SecP384r1MLKEM1024"), nil},
			dialogue{"1.3 hybrid with P-256", with(rsa, "-groups", "SecP256r1MLKEM768"), client(ticket, "-groups", "SecP256r1MLKEM768"), nil},
			dialogue{"1.3 ML-KEM alone", with(rsa, "-groups", "MLKEM768"), client(ticket, "-groups", "MLKEM768"), nil},
			dialogue{"1.3 ML-DSA certificate", with(mldsa), client(ticket), nil})
	}
	for _, suite := range []string{"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"} {
		rows = append(rows, dialogue{suite, with(ecdsa), client(ticket, "-ciphersuites", suite), nil})
	}
	for _, suite := range []string{
		"AES128-SHA", "AES256-SHA256", "AES128-GCM-SHA256", "ECDHE-RSA-AES256-SHA384", "ECDHE-RSA-CHACHA20-POLY1305",
		"DHE-RSA-AES128-GCM-SHA256", "DHE-RSA-AES256-SHA256", "DHE-RSA-CHACHA20-POLY1305", "ECDHE-RSA-AES256-GCM-SHA384",
	} {
		rows = append(rows, dialogue{suite, with(rsa), client(done, "-tls1_2", "-cipher", suite+":@SECLEVEL=0"), nil})
	}
	for _, suite := range []string{"PSK-AES128-GCM-SHA256", "DHE-PSK-AES128-GCM-SHA256", "ECDHE-PSK-AES256-CBC-SHA384", "RSA-PSK-AES128-CBC-SHA256", "ADH-AES128-SHA256", "AECDH-AES256-SHA"} {
		rows = append(rows, dialogue{suite, with(rsa, "-psk", "00112233", "-psk_hint", "lab"),
			client(done, "-tls1_2", "-psk", "00112233", "-cipher", suite+":@SECLEVEL=0"), nil})
	}
	return rows
}

// TestNamesOfOpenSSL compares the suites with those that openssl knows.
func TestNamesOfOpenSSL(t *testing.T) {
	tlstest.Need(t, "openssl")
	out, err := exec.Command(tlstest.OpenSSL(), "ciphers", "-V", "-stdname", "ALL:COMPLEMENTOFALL:@SECLEVEL=0").Output()
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile(`0x(..),0x(..) - (\S+)`).FindAllSubmatch(out, -1)
	if len(rows) < 100 {
		t.Fatalf("%d suites in\n%s", len(rows), out)
	}
	for _, r := range rows {
		value, _ := strconv.ParseUint(string(bytes.Join(r[1:3], nil)), 16, 16)
		if got := tlswire.CipherSuiteName(uint16(value)); got != string(r[3]) {
			t.Errorf("suite 0x%04x is %s, openssl says %s", value, got, r[3])
		}
	}
}
