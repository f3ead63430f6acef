package sasl

import (
	"crypto/tls"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"
)

// vector is one whole exchange that someone else has computed: our client and our server must both say it.
type vector struct {
	from        string // where it stands
	credentials Credentials
	nonce       string // the client's
	binding     Binding
	server      ServerConfig
	turns       []turn
}

// vectors has at least one for every mechanism that is spoken.
var vectors = map[string][]vector{
	"PLAIN": {
		{from: "RFC 4616 §4", credentials: account("tim", "tanstaaftanstaaf"), server: accounts("tim", Account{Password: NewSecret("tanstaaftanstaaf")}),
			turns: []turn{{C: "\x00tim\x00tanstaaftanstaaf"}}},
		{from: "RFC 4616 §4, acting as another", credentials: acting("Ursel", account("Kurt", "xipj3plmq")), server: accounts("Kurt", Account{Password: NewSecret("xipj3plmq")}),
			turns: []turn{{C: "Ursel\x00Kurt\x00xipj3plmq"}}},
		{from: "RFC 4954 §4.1", credentials: acting("test", account("test", "1234")), server: accounts("test", Account{Password: NewSecret("1234")}),
			turns: []turn{{C: unbase64("dGVzdAB0ZXN0ADEyMzQ=")}}},
	},
	"LOGIN": {
		{from: "prompts as most servers send them", credentials: account("ann", "geheim"), server: accounts("ann", Account{Password: NewSecret("geheim")}),
			turns: []turn{{C: nothing}, {unbase64("VXNlcm5hbWU6"), "ann"}, {unbase64("UGFzc3dvcmQ6"), "geheim"}}},
	},
	"CRAM-MD5": {
		{from: "RFC 2195 §2", credentials: account("tim", "tanstaaftanstaaf"), server: ServerConfig{Host: "postoffice.reston.mci.net", nonce: "1896",
			Now: func() time.Time { return time.Unix(697170952, 0) }, Accounts: book{"tim": {Password: NewSecret("tanstaaftanstaaf")}}},
			turns: []turn{{C: nothing}, {"<1896.697170952@postoffice.reston.mci.net>", "tim b913a602c7eda7a495b4e6e7334d3890"}}},
	},
	"DIGEST-MD5": {
		digestVector("imap", "OA6MHXh6VqTrRk", "OA6MG9tEQGm2hh", "d388dad90d4bbd760a152321f2143af7", "ea40f60335c427b5527b84dbabcdfffd"),
		digestVector("acap", "OA9BSuZWMSpW8m", "OA9BSXrbuRhWay", "6084c6db3fede7352c551284490fd0fc", "2f0b3d7c3c2e486600ef710726aa2eae"),
	},
	"SCRAM-SHA-1": {
		{from: "RFC 5802 §5", credentials: account("user", "pencil"), nonce: "fyko+d2lbbFgONRv9qkxdawL",
			server: scramAccount("QSXCR+Q6sek8bf92", "3rfcNHYJY1ZVvWVs7j"),
			turns: []turn{{C: "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL"},
				{"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
					"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="},
				{"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=", ""}}},
	},
	"SCRAM-SHA-256":      {scramVector("RFC 7677 §3", "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")},
	"SCRAM-SHA-1-PLUS":   {scramPlusVector("/QKgZNBHelOsjZPTvucb5s4VtQE=", "tK3UShY5jkJWC9Q52aNEU6Ba6Is=")},
	"SCRAM-SHA-256-PLUS": {scramPlusVector("QC6CS20quADQRb3mT99YUH+n3VJxUvzuK0K0E1Vrs2M=", "2GiAgapEppLVlUXbxUDksL3VgYHzuqiK5tR4mhJGgvs=")},
	"SCRAM-SHA-512": {
		scramVector("computed", "gMGXRcevScNtxZ6/8lQYpGtnsNAc3mGcmNomv+xnoOMw+3R2xNJdMNnzMlTN8PPC6wdp6dybEmDYXYTxwnYPJQ==",
			"ZQnYEgWQMFmmsM8aQMF0nDDCy/AgCzkwk8CmMZYcMg0vSVlKDanekLtifDSeVGT4+5ZxXnJq199RVG2rR7N7Zw=="),
		{from: "draft-melnikov-scram-sha-512", credentials: account("user", "pencil"), nonce: "rOprNGfwEbeRWgbNEkqO",
			server: scramAccount("Yin2FuHTt/M0kJWb0t9OI32n2VmOGi3m+JfjOvuDF88=", "02431b08-2f89-4bad-a4e6-80c0564ec865"),
			turns: []turn{{C: "n,,n=user,r=rOprNGfwEbeRWgbNEkqO"},
				{"r=rOprNGfwEbeRWgbNEkqO02431b08-2f89-4bad-a4e6-80c0564ec865,s=Yin2FuHTt/M0kJWb0t9OI32n2VmOGi3m+JfjOvuDF88=,i=4096",
					"c=biws,r=rOprNGfwEbeRWgbNEkqO02431b08-2f89-4bad-a4e6-80c0564ec865," +
						"p=Hc5yec3NmCD7t+kFRw4/3yD6/F3SQHc7AVYschRja+Bc3sbdjlA0eH1OjJc0DD4ghn1tnXN5/Wr6qm9xmaHt4A=="},
				{"v=BQuhnKHqYDwQWS5jAw4sZed+C9KFUALsbrq81bB0mh+bcUUbbMPNNmBIupnS2AmyyDnG5CTBQtkjJ9kyY4kzmw==", ""}}},
	},
	"SCRAM-SHA-384": {scramVector("computed", "38QOLqcXFnyvjFUdM4HfSjz5ppcQ02OwnS5CmEK4PniDQJkN2DCKR1oAI+y+NRKq",
		"v1W3CC5HNLFnGJ2Zbpb5jeIDxX1hpghXPjWlFWLvikI2N0FYuk/W6bRRifnIXxTe")},
	"SCRAM-SHA-224": {scramVector("computed", "G+jImI3JVyfKziL8SmvWt6s7DBkoCRivS4b9Pw==", "zuajyFap+TnHcERV1KnuwlZyj4z6WE33aYPCfA==")},
	"SCRAM-SHA-512-PLUS": {scramPlusVector("jVaGV/PIJ7hgkpxV9a1jdpzyYkHQH9gW6fn3DbAL2oEA+5w4CCSJjoq8G37bn2FsGaVEMsk4kiHRqMUoN/aiiA==",
		"bTvxua5nsJsvSd2bk+1WbSe84MBgjkACQPOqiN7MhTBLYxVX2QUqwET2NLcZEv2CfexR6NbAMluKltOEs5vLYw==")},
	"SCRAM-SHA-384-PLUS": {scramPlusVector("qXD7ynqy3w5ugOVTXX6MggqMVBcxVz38eUT/v6jYDtfw9PwEIB5F8iIejSoaDYzt",
		"vPDv4suFpUlEo/O64jnVMgLRwxPmg1LCHCax5vpKTkSksPMraQqB/KxJXVQbOd+e")},
	"SCRAM-SHA-224-PLUS": {scramPlusVector("ALRTuNWOKW+NrPQAkkRiAmKd2OOMgtWvDd8cxA==", "GzrS3sWO7Ixph/qpX4Um3XRf/xGnb3NK0aWfDg==")},
	"OAUTHBEARER": {
		{from: "RFC 7628 §4.1", credentials: Credentials{Username: "user@example.com", Token: NewSecret("vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="),
			Host: "server.example.com", Port: 587},
			server: accounts("user@example.com", Account{Token: NewSecret("vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==")}),
			turns: []turn{{C: unbase64("bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9NTg3AWF1dGg9QmVhcmVyIHZGOWRmd" +
				"DRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB")}}},
	},
	"XOAUTH2": {
		{from: "Google's description", credentials: Credentials{Username: "someuser@example.com", Token: NewSecret("ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg")},
			server: accounts("someuser@example.com", Account{Token: NewSecret("ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg")}),
			turns:  []turn{{C: unbase64("dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ==")}}},
	},
	"EXTERNAL": {
		{from: "RFC 4422 app. A.4, the certificate's own identity", server: ServerConfig{Identity: "fred@example.com"}, turns: []turn{{C: ""}}},
		{from: "RFC 4422 app. A.4", credentials: Credentials{Authzid: "fred@example.com"}, server: ServerConfig{Identity: "fred@example.com"}, turns: []turn{{C: "fred@example.com"}}},
	},
	"ANONYMOUS": {
		{from: "RFC 4505 §4", credentials: Credentials{Trace: "sirhc"}, turns: []turn{{C: unbase64("c2lyaGM=")}}},
		{from: "RFC 4505 §2, no trace", turns: []turn{{C: ""}}},
	},
}

// Every mechanism that is spoken is checked against vectors, on both sides; and a row for what is not spoken has none.
func TestVectors(t *testing.T) {
	for _, info := range Mechanisms() {
		if info.Supported != (len(vectors[info.Name]) > 0) {
			t.Errorf("%s: spoken %t, and there are %d vectors", info.Name, info.Supported, len(vectors[info.Name]))
		}
		for _, v := range vectors[info.Name] {
			t.Run(info.Name+" "+v.from, func(t *testing.T) {
				v.client(t, info.Name)
				v.serve(t, info.Name)
			})
		}
	}
}

func (v vector) client(t *testing.T, name string) {
	m, err := New(name, v.credentials, v.binding, []string{name}, withNonce(v.nonce))
	if err != nil {
		t.Fatal(err)
	}
	walk(t, m, v.turns...)
}

func (v vector) serve(t *testing.T, name string) {
	v.server.Binding, v.server.Authorize = v.binding, func(string, string) bool { return true }
	server, err := NewServer(name, v.server)
	if err != nil {
		t.Fatal(err)
	}
	for i, turn := range v.turns {
		response := []byte(turn.C)
		if turn.C == nothing {
			response = nil
		}
		challenge, done, err := server.Next(response)
		last := i == len(v.turns)-1
		if err != nil || done != last || !last && string(challenge) != v.turns[i+1].S {
			t.Fatalf("C %q: S %q, done %t, %v", turn.C, challenge, done, err)
		}
	}
}

// A row that is spoken has all its parts, one that is not says why, and an unknown name is an error that says so.
func TestRowsAreWhole(t *testing.T) {
	names := map[string]bool{}
	for i, m := range table.Get() {
		spoken := m.client != nil && m.server != nil && m.message != nil && m.slips != nil && m.tools != nil && m.lines > 0 && m.Unspoken == ""
		unspoken := m.client == nil && m.server == nil && m.tools == nil && m.Unspoken != ""
		if m.Supported && !spoken || !m.Supported && !unspoken {
			t.Errorf("%s: half a mechanism", m.Name)
		}
		if m.Rank != i+1 || m.Name != strings.ToUpper(m.Name) || len(m.Name) > 20 || names[m.Name] {
			t.Errorf("%s: rank %d at %d, or there twice", m.Name, m.Rank, i+1)
		}
		if m.why == "" || m.short == "" || len(m.short) > 40 || m.Family == "" || m.ProvesServer && m.Supported && m.proof == nil {
			t.Errorf("%s: why %q, short %q, family %q", m.Name, m.why, m.short, m.Family)
		}
		if secret := m.Needs == NeedsPassword || m.Needs == NeedsToken; m.Supported && secret != (m.Hides != "") {
			t.Errorf("%s needs a %s and hides %q", m.Name, m.Needs, m.Hides)
		}
		if m.Supported && i > 0 && !table.Get()[i-1].Supported {
			t.Errorf("%s is spoken and stands behind one that is not", m.Name)
		}
		names[m.Name] = true
	}
}

// No name leads to another mechanism.
func TestUnknownNames(t *testing.T) {
	for _, name := range []string{"", "X-OWN", "SCRAM-SHA-999", "SCRAM-", "SCRAM-SHA-256-PLUS-PLUS", "CRAM-SHA1", "OAUTHBEARER2", "GSSAPI"} {
		_, err := New(name, everything(), Binding{TLSVersion: tls.VersionTLS13, Exporter: []byte("x")}, nil)
		wantCode(t, err, CodeUnsupported)
		_, err = NewServer(name, ServerConfig{})
		wantCode(t, err, CodeUnsupported)
		if tools, _ := Tools(name, nil); tools != nil {
			t.Errorf("%q has tools", name)
		}
		r, err := OpenResponse(name, []byte("AGFubgBnZWhlaW0="))
		wantCode(t, err, CodeMalformed)
		if r.Hides == "" {
			t.Errorf("%q: shown", name)
		}
		if HoldsProof(name, []byte("rspauth=x")) || AsksUsername(name, []byte("Username:")) {
			t.Errorf("%q is taken for another", name)
		}
	}
	var e *Error
	if _, err := New("NTLM", everything(), Binding{}, nil); !errors.As(err, &e) || !strings.Contains(e.Text, "MD4") {
		t.Errorf("%v does not say why", e)
	}
}

func accounts(name string, a Account) ServerConfig { return ServerConfig{Accounts: book{name: a}} }

func acting(as string, c Credentials) Credentials { c.Authzid = as; return c }

// digestVector is one of RFC 2831 §4.
func digestVector(service, cnonce, nonce, response, rspauth string) vector {
	const host = "elwood.innosoft.com"
	c := account("chris", "secret")
	c.Host, c.Service = host, service
	return vector{from: "RFC 2831 §4, " + service, credentials: c, nonce: cnonce,
		server: ServerConfig{Host: host, nonce: nonce, Accounts: book{"chris": {Password: NewSecret("secret")}}},
		turns: []turn{{C: nothing}, {`realm="` + host + `",nonce="` + nonce + `",qop="auth",algorithm=md5-sess,charset=utf-8`,
			`charset=utf-8,username="chris",realm="` + host + `",nonce="` + nonce + `",nc=00000001,cnonce="` + cnonce +
				`",digest-uri="` + service + "/" + host + `",response=` + response + `,qop=auth`},
			{"rspauth=" + rspauth, ""}}}
}

func scramAccount(salt, nonce string) ServerConfig {
	c := accounts("user", Account{Password: NewSecret("pencil"), Salt: []byte(unbase64(salt)), Iterations: 4096})
	c.nonce = nonce
	return c
}

// scramVector is the exchange of RFC 7677 §3. With another hash function than there, proof and signature were computed
// with Python's hashlib.
func scramVector(from, proof, signature string) vector {
	const mine, theirs, salt = "rOprNGfwEbeRWgbNEkqO", "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0", "W22ZaJ0SNY7soEsUEjb6gQ=="
	return vector{from: from, credentials: account("user", "pencil"), nonce: mine, server: scramAccount(salt, theirs),
		turns: []turn{{C: "n,,n=user,r=" + mine}, {"r=" + mine + theirs + ",s=" + salt + ",i=4096", "c=biws,r=" + mine + theirs + ",p=" + proof}, {"v=" + signature, ""}}}
}

// scramPlusVector is the same bound to TLS by the octets 0 to 31 as tls-exporter (RFC 9266); computed with Python's hashlib.
func scramPlusVector(proof, signature string) vector {
	v := scramVector("computed", proof, signature)
	data := make([]byte, 32)
	for i := range data {
		data[i] = byte(i)
	}
	v.binding = Binding{TLSVersion: tls.VersionTLS13, Exporter: data}
	const header = "p=tls-exporter,,"
	v.turns[0].C = header + strings.TrimPrefix(v.turns[0].C, "n,,")
	v.turns[1].C = strings.Replace(v.turns[1].C, "c=biws", "c="+base64.StdEncoding.EncodeToString(append([]byte(header), data...)), 1)
	return v
}

func unbase64(s string) string {
	data, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return string(data)
}
