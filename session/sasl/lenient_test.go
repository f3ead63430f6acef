package sasl

import (
	"encoding/base64"
	"strings"
	"testing"
)

// A challenge that was broken into lines of 76 characters is joined; other lines are too many.
func TestJoinChallenge(t *testing.T) {
	whole := `realm="mail.lab",nonce="` + strings.Repeat("n", 60) + `",qop="auth",algorithm=md5-sess,charset=utf-8`
	line := EncodeBase64([]byte(whole))
	if !Folded(line[:76]) || Folded(line[:75]) || Folded(line) || Folded(EncodeBase64(make([]byte, 55))) {
		t.Error("76 characters without padding are what may go on, and nothing else")
	}
	data, folded, err := JoinChallenge([]string{line[:76], line[76:]})
	if err != nil || string(data) != whole || !folded {
		t.Errorf("%q, %t, %v", data, folded, err)
	}
	if data, folded, err = JoinChallenge([]string{line}); err != nil || string(data) != whole || folded {
		t.Errorf("one line: %q, %t, %v", data, folded, err)
	}
	for _, lines := range [][]string{{line[:72], line[72:]}, {line[:76], ""}, {"", line[:76]}, {"VXNlcm5hbWU6", "UGFzc3dvcmQ6"}} {
		_, _, err := JoinChallenge(lines)
		wantCode(t, err, CodeNotBase64)
	}
	_, _, err = JoinChallenge([]string{line[:76], "250-x"})
	wantCode(t, err, CodeNotBase64)
}

// A success with the proof in it is worth what the proof is worth.
func TestProofInSuccess(t *testing.T) {
	scram := func() Mechanism {
		m := begin(t, "SCRAM-SHA-256", account("user", "pencil"), withNonce("rOprNGfwEbeRWgbNEkqO"))
		m.Start()
		m.Next([]byte("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"))
		return m
	}
	digest := func() Mechanism {
		c := account("chris", "secret")
		c.Host, c.Service = "elwood.innosoft.com", "imap"
		m := begin(t, "DIGEST-MD5", c, withNonce("OA6MHXh6VqTrRk"))
		m.Start()
		m.Next([]byte(`realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",qop="auth",algorithm=md5-sess,charset=utf-8`))
		return m
	}
	for _, c := range []struct {
		m     Mechanism
		text  string
		there bool
		code  string // of the error, "" if the success is believed
	}{
		{digest(), "2.7.0 cnNwYXV0aD1lYTQwZjYwMzM1YzQyN2I1NTI3Yjg0ZGJhYmNkZmZmZA==", true, ""},
		{digest(), "rspauth=ea40f60335c427b5527b84dbabcdfffd", true, ""},
		{digest(), "rspauth=00000000000000000000000000000000", true, CodeServerProof},
		{digest(), "2.7.0 welcome", false, CodeServerSilent},
		{scram(), "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", true, ""},
		{scram(), "2.7.0 " + EncodeBase64([]byte("v=AAAA")), true, CodeServerProof},
		{begin(t, "LOGIN", everything()), "rspauth=x", false, CodeState},
	} {
		proof, there := ProofInSuccess(c.m.Name(), c.text)
		if there != c.there {
			t.Errorf("%q: %t", c.text, there)
		}
		if there {
			if challenge, _, _ := c.m.Next(proof); challenge.Hides == "" {
				t.Errorf("%q is shown", c.text)
			}
		}
		_, err := c.m.Done()
		if c.code != "" {
			wantCode(t, err, c.code)
		} else if err != nil {
			t.Errorf("%q: %v", c.text, err)
		}
	}
}

// What is joined is base64 of one message, and no longer than one line may be.
func FuzzJoinChallenge(f *testing.F) {
	f.Add(strings.Repeat("QUFB", 19), "QUFB")
	f.Add("VXNlcm5hbWU6", "")
	f.Fuzz(func(t *testing.T, one, two string) {
		data, folded, err := JoinChallenge([]string{one, two})
		if err == nil && (!folded || base64.StdEncoding.EncodeToString(data) != strings.TrimRight(one, "\r\n")+strings.TrimRight(two, "\r\n")) {
			t.Fatalf("%q %q: %q", one, two, data)
		}
		if err != nil && data != nil {
			t.Fatalf("%q beside %v", data, err)
		}
		JoinChallenge([]string{one})
		ProofInSuccess("DIGEST-MD5", one+" "+two)
		ProofInSuccess("SCRAM-SHA-1", one+" "+two)
	})
}
