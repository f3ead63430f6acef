package sasl

import (
	"crypto/tls"
	"errors"
	"testing"
)

var errAppPassword = errors.New("534 5.7.9 an app password is needed")

// serve runs our client against our server and gives what the server ended in.
func serve(t *testing.T, name string, c Credentials, cfg ServerConfig, o ...Option) (*Server, error) {
	t.Helper()
	b := Binding{TLSVersion: tls.VersionTLS13, Exporter: []byte("exporter data")}
	cfg.Binding, cfg.Host = b, "mail.lab"
	if cfg.Offered == nil {
		cfg.Offered = []string{name}
	}
	m, err := New(name, c, b, cfg.Offered, o...)
	if err != nil {
		t.Fatal(err)
	}
	server, err := NewServer(name, cfg)
	if err != nil {
		t.Fatal(err)
	}
	r, err := m.Start()
	if err != nil {
		t.Fatal(err)
	}
	for {
		challenge, done, err := server.Next(r.Data)
		if done {
			if err == nil {
				if _, err := m.Done(); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
			}
			return server, err
		}
		if _, r, err = m.Next(challenge); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
}

func TestServerOutcomes(t *testing.T) {
	accounts := book{
		"ann":     {Password: NewSecret("geheim"), Token: NewSecret("t0k3n")},
		"expired": {Password: NewSecret("geheim"), Token: NewSecret("t0k3n"), TokenExpired: true},
		"app":     {Password: NewSecret("geheim"), AppPassword: NewSecret("abcd efgh")},
		"many":    {Password: NewSecret("geheim"), Iterations: 20000, Salt: []byte("of my own")},
	}
	may := func(user, authzid string) bool { return user == "ann" && authzid == "bob" }
	login := func(user string, by Proof) error {
		if user == "app" && by != ByAppPassword {
			return errAppPassword
		}
		return nil
	}
	for _, info := range Mechanisms() {
		if !info.Supported {
			continue
		}
		for _, c := range []struct {
			user, password, token, authzid string
			want                           error
		}{
			{"ann", "geheim", "t0k3n", "", nil},
			{"ann", "falsch", "wrong", "", ErrCredentials},
			{"eve", "geheim", "t0k3n", "", ErrCredentials},
			{"expired", "geheim", "t0k3n", "", nil},
			{"app", "geheim", "x", "", errAppPassword},
			{"app", "abcd efgh", "x", "", nil},
			{"many", "geheim", "x", "", nil},
			{"ann", "geheim", "t0k3n", "bob", nil},
			{"ann", "geheim", "t0k3n", "eve", ErrCredentials},
		} {
			want := c.want
			if skip, w := outcome(info, c.user, c.token, c.authzid, want); skip {
				continue
			} else {
				want = w
			}
			cred := Credentials{Username: c.user, Password: NewSecret(c.password), Token: NewSecret(c.token),
				Authzid: c.authzid, Host: "mail.lab"}
			for _, late := range []bool{false, true} {
				var o []Option
				if late {
					o = append(o, WithoutInitialResponse())
				}
				server, err := serve(t, info.Name, cred, ServerConfig{Accounts: accounts, Authorize: may, Login: login, Identity: "ann"}, o...)
				if !errors.Is(err, want) {
					t.Errorf("%s %+v: %v, want %v", info.Name, c, err, want)
				}
				user, acting := server.authn, server.authz
				if (user != "") != (want == nil) || want == nil && c.authzid != "" && acting != c.authzid {
					t.Errorf("%s %+v: identity %q acting as %q", info.Name, c, user, acting)
				}
				if _, done, err := server.Next([]byte("more")); !done || !errors.Is(err, errOver) {
					t.Errorf("%s goes on after its end: %v", info.Name, err)
				}
			}
		}
	}
}

// outcome adapts what is expected to mechanisms that do not carry everything.
func outcome(info Info, user, token, authzid string, want error) (skip bool, _ error) {
	switch {
	case authzid != "" && (!info.Authzid || info.Needs == NeedsToken): // a token's identity to act as is its user
		return true, nil
	case info.Needs == NeedsNothing:
		return false, nil
	case info.Needs == NeedsCertificate && authzid == "":
		return false, nil
	case info.Needs == NeedsToken && (user == "expired" || token == "x"):
		return false, ErrCredentials
	}
	return false, want
}

func TestServerRefusesForm(t *testing.T) {
	for _, c := range []struct {
		name, initial string
		want          error
	}{
		{"PLAIN", "ann geheim", ErrSyntax},
		{"PLAIN", "\x00\x00geheim", ErrSyntax},
		{"CRAM-MD5", "ann", ErrInitial},
		{"DIGEST-MD5", "ann", ErrInitial},
		{"SCRAM-SHA-256", "n=ann,r=x", ErrSyntax},
		{"SCRAM-SHA-256", "n,,m=new,n=ann,r=x", ErrSyntax},
		{"SCRAM-SHA-256", "n,,n=ann,m=new,r=x", ErrSyntax},
		{"SCRAM-SHA-256", "n,,n=ann,r=x,m=new", ErrSyntax},
		{"SCRAM-SHA-256", "p=tls-exporter,,n=ann,r=x", ErrBinding},
		{"SCRAM-SHA-256-PLUS", "n,,n=ann,r=x", ErrBinding},
		{"SCRAM-SHA-256-PLUS", "p=tls-unique,,n=ann,r=x", ErrBinding},
		{"EXTERNAL", "", ErrCredentials},
		{"ANONYMOUS", "\a", ErrSyntax},
	} {
		server, err := NewServer(c.name, ServerConfig{Accounts: book{}, Binding: Binding{TLSVersion: tls.VersionTLS13, Exporter: []byte("x")}})
		if err != nil {
			t.Fatal(err)
		}
		if _, done, err := server.Next([]byte(c.initial)); !done || !errors.Is(err, c.want) {
			t.Errorf("%s %q: done %t, %v; want %v", c.name, c.initial, done, err, c.want)
		}
	}
	if _, err := NewServer("NTLM", ServerConfig{}); err == nil {
		t.Error("there is a server for NTLM")
	}
}

// With Explain the server says e= and then fails, whatever the client answers.
func TestServerExplains(t *testing.T) {
	server, _ := NewServer("SCRAM-SHA-1", ServerConfig{Accounts: book{}, Explain: true})
	challenge, done, err := server.Next([]byte("n,,n=ann"))
	if string(challenge) != "e=invalid-encoding" || done || err != nil {
		t.Errorf("%q %t %v", challenge, done, err)
	}
	if _, done, err = server.Next(nil); !done || !errors.Is(err, ErrSyntax) {
		t.Errorf("%t %v", done, err)
	}
	server, _ = NewServer("SCRAM-SHA-1", ServerConfig{Accounts: book{"ann": {Password: NewSecret("geheim")}}, Explain: true, nonce: "y"})
	server.Next([]byte("n,,n=ann,r=x"))
	if challenge, _, _ = server.Next([]byte("c=biws,r=xy,m=new,p=AAAA")); string(challenge) != "e=extensions-not-supported" {
		t.Errorf("%q for a mandatory extension", challenge)
	}
}

// A client may hash a name beyond ASCII as UTF-8, as Dovecot does, or as ISO 8859-1, as RFC 2831 wants; the server's proof
// follows it. The digests were computed with Python's hashlib.
func TestDigestServerCharset(t *testing.T) {
	for response, rspauth := range map[string]string{
		"cdaad334ce3051ebeb0377108fa6e1be": "3add1feb23225cdf8a9c1032ed9d2f8f", // UTF-8
		"005c38676654eaba1a1da74e50768e23": "836b1dee0aee57144a28aa4b1b88dc77", // ISO 8859-1
	} {
		server, _ := NewServer("DIGEST-MD5", ServerConfig{Host: "mail.lab", nonce: "n0nce", Accounts: book{"jürgen": {Password: NewSecret("schlüssel")}}})
		server.Next(nil)
		challenge, _, err := server.Next([]byte(`charset=utf-8,username="jürgen",realm="mail.lab",nonce="n0nce",nc=00000001,cnonce="cn0nce",` +
			`digest-uri="smtp/mail.lab",response=` + response + `,qop=auth`))
		if err != nil || string(challenge) != "rspauth="+rspauth {
			t.Errorf("%s: %q, %v; want %s", response, challenge, err, rspauth)
		}
	}
}
