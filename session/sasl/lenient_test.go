package sasl

import (
	"strings"
	"testing"
)

// 76 characters without padding are what may go on, and nothing else.
func TestFolded(t *testing.T) {
	line := EncodeBase64([]byte(strings.Repeat("n", 100)))
	if !Folded(line[:76]) || !Folded(line[:76]+"\r\n") || Folded(line[:75]) || Folded(line) || Folded(EncodeBase64(make([]byte, 55))) {
		t.Error("what may go on is told wrongly")
	}
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

func FuzzProofInSuccess(f *testing.F) {
	f.Add("2.7.0 rspauth=ea40f60335c427b5527b84dbabcdfffd")
	f.Add("v=AAAA")
	f.Add("2.7.0 " + EncodeBase64([]byte("v=AAAA")))
	f.Fuzz(func(t *testing.T, text string) {
		for _, mechanism := range []string{"DIGEST-MD5", "SCRAM-SHA-1", "LOGIN"} {
			if proof, ok := ProofInSuccess(mechanism, text); ok && !HoldsProof(mechanism, proof) {
				t.Fatalf("%s: %q in %q proves nothing", mechanism, proof, text)
			}
		}
		Folded(text)
	})
}
