package sasl

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	gosasl "github.com/emersion/go-sasl"
	xdg "github.com/xdg-go/scram"
)

// Random exchanges with other implementations, in both roles. The seed is fixed, so a failure can be repeated.

// randomName is short text with the characters that need care: comma, equals sign, space, umlauts, CJK.
func randomName(r *rand.Rand) string {
	letters := []rune(`ab=,xyz "\ä日Ωß=,`)
	s := make([]rune, 1+r.IntN(9))
	for i := range s {
		s[i] = letters[r.IntN(len(letters))]
	}
	return "u" + string(s) + "e"
}

func TestScramAgainstOracle(t *testing.T) {
	r := rand.New(rand.NewPCG(5802, 7677))
	for range 40 {
		for _, hash := range []struct {
			name string
			fcn  xdg.HashGeneratorFcn
		}{{"SCRAM-SHA-1", xdg.SHA1}, {"SCRAM-SHA-256", xdg.SHA256}, {"SCRAM-SHA-224", sha256.New224}, {"SCRAM-SHA-384", sha512.New384},
			{"SCRAM-SHA-512", sha512.New}} {
			plus := ""
			if r.IntN(2) == 0 {
				plus = "-PLUS"
			}
			x := scramExchange{name: hash.name + plus, fcn: hash.fcn, user: randomName(r), password: randomName(r),
				iterations: 4096 + r.IntN(50)}
			x.bindBy(r)
			if r.IntN(3) == 0 {
				x.authzid = randomName(r)
			}
			x.ourClient(t)
			x.ourServer(t)
			x.wrongPassword(t)
		}
	}
}

type scramExchange struct {
	name                    string
	fcn                     xdg.HashGeneratorFcn
	user, password, authzid string
	iterations              int
	kind                    string // of channel binding
	data                    []byte
	binding                 Binding
}

// bindBy draws one of the types of channel binding, and the TLS version that goes with it.
func (x *scramExchange) bindBy(r *rand.Rand) {
	x.data = []byte(randomName(r))
	switch x.kind = []string{BindingExporter, BindingUnique, BindingEndPoint}[r.IntN(3)]; x.kind {
	case BindingExporter:
		x.binding = Binding{TLSVersion: tls.VersionTLS13, Exporter: x.data}
	case BindingUnique:
		x.binding = Binding{TLSVersion: tls.VersionTLS12, Unique: x.data}
	case BindingEndPoint:
		x.binding = Binding{TLSVersion: tls.VersionTLS12, ServerEndPoint: x.data}
	}
}

func (x scramExchange) oracleBinding() xdg.ChannelBinding {
	return xdg.ChannelBinding{Type: xdg.ChannelBindingType(x.kind), Data: x.data}
}

func (x scramExchange) offered() []string {
	if strings.HasSuffix(x.name, "-PLUS") {
		return []string{x.name, strings.TrimSuffix(x.name, "-PLUS")}
	}
	return []string{x.name}
}

func (x scramExchange) ourClient(t *testing.T) {
	t.Helper()
	prep, err := x.fcn.NewClient(x.user, x.password, "")
	if err != nil {
		t.Fatal(err)
	}
	stored, err := prep.GetStoredCredentialsWithError(xdg.KeyFactors{Salt: "salt of " + x.user, Iters: x.iterations})
	if err != nil {
		t.Fatal(err)
	}
	server, err := x.fcn.NewServer(func(string) (xdg.StoredCredentials, error) { return stored, nil })
	if err != nil {
		t.Fatal(err)
	}
	conversation := server.NewConversation()
	if strings.HasSuffix(x.name, "-PLUS") {
		conversation = server.NewConversationWithChannelBinding(x.oracleBinding())
	}
	c := account(x.user, x.password)
	c.Authzid = x.authzid
	m, err := New(x.name, c, x.binding, x.offered())
	if err != nil {
		t.Fatalf("%+v: %v", x, err)
	}
	response, err := m.Start()
	for err == nil && !conversation.Done() {
		var challenge string
		if challenge, err = conversation.Step(string(response.Data)); err == nil {
			_, response, err = m.Next([]byte(challenge))
		}
	}
	if err != nil || !conversation.Valid() || len(response.Data) != 0 {
		t.Fatalf("our client, their server, %+v: %v", x, err)
	}
	if _, err := m.Done(); err != nil {
		t.Fatal(err)
	}
	if conversation.Username() != mustPrep(t, x.user) || conversation.AuthzID() != mustPrep(t, x.authzid) {
		t.Fatalf("they read %q acting as %q", conversation.Username(), conversation.AuthzID())
	}
}

// wrongPassword is refused by our server.
func (x scramExchange) wrongPassword(t *testing.T) {
	t.Helper()
	other, err := x.fcn.NewClient(x.user, x.password+"x", x.authzid)
	if err != nil {
		t.Fatal(err)
	}
	user := mustPrep(t, x.user)
	ours, err := NewServer(x.name, ServerConfig{Binding: x.binding, Offered: x.offered(), Accounts: book{user: {Password: NewSecret(x.password)}}})
	if err != nil {
		t.Fatal(err)
	}
	conversation := other.NewConversation()
	if strings.HasSuffix(x.name, "-PLUS") {
		conversation = other.NewConversationWithChannelBinding(x.oracleBinding())
	}
	first, _ := conversation.Step("")
	challenge, _, err := ours.Next([]byte(first))
	if err != nil {
		t.Fatal(err)
	}
	final, _ := conversation.Step(string(challenge))
	if _, _, err := ours.Next([]byte(final)); !errors.Is(err, ErrCredentials) && x.authzid == "" {
		t.Fatalf("another password at our server, %+v: %v", x, err)
	}
}

func mustPrep(t *testing.T, s string) string {
	t.Helper()
	p, err := saslprep(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (x scramExchange) ourServer(t *testing.T) {
	t.Helper()
	client, err := x.fcn.NewClient(x.user, x.password, x.authzid)
	if err != nil {
		t.Fatal(err)
	}
	conversation := client.NewConversation()
	if strings.HasSuffix(x.name, "-PLUS") {
		conversation = client.NewConversationWithChannelBinding(x.oracleBinding())
	}
	user := mustPrep(t, x.user)
	server, err := NewServer(x.name, ServerConfig{Binding: x.binding, Offered: x.offered(),
		Accounts:  book{user: {Password: NewSecret(x.password), Iterations: x.iterations}},
		Authorize: func(string, string) bool { return true }})
	if err != nil {
		t.Fatal(err)
	}
	challenge, done := []byte{}, false
	for err == nil && !done {
		var response string
		if response, err = conversation.Step(string(challenge)); err == nil {
			challenge, done, err = server.Next([]byte(response))
		}
	}
	if err != nil || !conversation.Valid() {
		t.Fatalf("their client, our server, %+v: %v", x, err)
	}
	if u, z := server.authn, server.authz; u != user || x.authzid != "" && z != mustPrep(t, x.authzid) {
		t.Fatalf("we read %q acting as %q", u, z)
	}
}

// book is a set of accounts.
type book map[string]Account

func (b book) Account(name string) (Account, bool) { a, ok := b[name]; return a, ok }

func TestPlainAgainstOracle(t *testing.T) {
	r := rand.New(rand.NewPCG(4616, 0))
	for range 200 {
		c := account(randomName(r), randomName(r))
		if r.IntN(2) == 0 {
			c.Authzid = randomName(r)
		}
		theirs := gosasl.NewPlainServer(func(identity, username, password string) error {
			if identity != c.Authzid || username != c.Username || password != c.Password.Reveal() {
				return errors.New("other credentials")
			}
			return nil
		})
		meet(t, begin(t, "PLAIN", c), theirs)
		ours, _ := NewServer("PLAIN", ServerConfig{Accounts: book{c.Username: {Password: c.Password}},
			Authorize: func(string, string) bool { return true }})
		meetTheirClient(t, gosasl.NewPlainClient(c.Authzid, c.Username, c.Password.Reveal()), ours)
	}
}

func TestOAuthBearerAgainstOracle(t *testing.T) {
	r := rand.New(rand.NewPCG(7628, 0))
	for i := range 200 {
		user := fmt.Sprintf("user%d@example.com", r.IntN(1000))
		token := base64.RawURLEncoding.EncodeToString([]byte(randomName(r)))
		c := Credentials{Username: user, Token: NewSecret(token), Host: "mail.example.com", Port: 587}
		refuse := i%2 == 0
		theirs := gosasl.NewOAuthBearerServer(func(o gosasl.OAuthBearerOptions) *gosasl.OAuthBearerError {
			if o != (gosasl.OAuthBearerOptions{Username: user, Token: token, Host: "mail.example.com", Port: 587}) {
				t.Errorf("they read %+v", o)
			}
			if refuse {
				return &gosasl.OAuthBearerError{Status: "invalid_token"}
			}
			return nil
		})
		m := begin(t, "OAUTHBEARER", c)
		if refuse {
			meetRefusal(t, m, theirs)
		} else {
			meet(t, m, theirs)
		}
		ours, _ := NewServer("OAUTHBEARER", ServerConfig{Accounts: book{user: {Token: c.Token}}})
		meetTheirClient(t, gosasl.NewOAuthBearerClient(&gosasl.OAuthBearerOptions{Username: user, Token: token}), ours)
	}
}

// The rest of what go-sasl has; it has no server for LOGIN.
func TestOthersAgainstOracle(t *testing.T) {
	r := rand.New(rand.NewPCG(4422, 4505))
	for range 100 {
		name, password := randomName(r), randomName(r)
		is := func(got string) error {
			if got != name {
				return fmt.Errorf("they read %q, want %q", got, name)
			}
			return nil
		}
		meet(t, begin(t, "EXTERNAL", Credentials{Authzid: name}), gosasl.NewExternalServer(is))
		meet(t, begin(t, "ANONYMOUS", Credentials{Trace: name}), gosasl.NewAnonymousServer(is))
		for client, cfg := range map[gosasl.Client]ServerConfig{
			gosasl.NewExternalClient(""):          {Identity: name},
			gosasl.NewExternalClient(name):        {Identity: "ann", Authorize: func(_, authzid string) bool { return authzid == name }},
			gosasl.NewAnonymousClient(name):       {},
			gosasl.NewLoginClient(name, password): {Accounts: book{name: {Password: NewSecret(password)}}},
		} {
			mechanism, _, _ := client.Start()
			ours, err := NewServer(mechanism, cfg)
			if err != nil {
				t.Fatal(err)
			}
			meetTheirClient(t, client, ours)
		}
	}
}

// Our server is what go-smtp asks for.
var _ gosasl.Server = (*Server)(nil)

// meet runs our client against a server until it says success.
func meet(t *testing.T, m Mechanism, server gosasl.Server) {
	t.Helper()
	r, err := m.Start()
	if err != nil {
		t.Fatal(err)
	}
	challenge, done, err := server.Next(r.Data)
	for rounds := 0; err == nil && !done && rounds < 10; rounds++ {
		if _, r, err = m.Next(challenge); err == nil {
			challenge, done, err = server.Next(r.Data)
		}
	}
	if err != nil || !done {
		t.Fatalf("%s: done %t, %v", m.Name(), done, err)
	}
	if _, err := m.Done(); err != nil {
		t.Fatal(err)
	}
}

// meetRefusal expects one challenge that says why, and an error after its answer.
func meetRefusal(t *testing.T, m Mechanism, server gosasl.Server) {
	t.Helper()
	r, err := m.Start()
	if err != nil {
		t.Fatal(err)
	}
	challenge, done, err := server.Next(r.Data)
	if err != nil || done || len(challenge) == 0 {
		t.Fatalf("%s: challenge %q, done %t, %v", m.Name(), challenge, done, err)
	}
	_, r, err = m.Next(challenge)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err = server.Next(r.Data); err == nil {
		t.Fatalf("%s: success after a refusal", m.Name())
	}
}

func meetTheirClient(t *testing.T, client gosasl.Client, server gosasl.Server) {
	t.Helper()
	name, response, err := client.Start()
	if err != nil {
		t.Fatal(err)
	}
	challenge, done, err := server.Next(bytes.Clone(response))
	for rounds := 0; err == nil && !done && rounds < 10; rounds++ {
		if response, err = client.Next(challenge); err == nil {
			challenge, done, err = server.Next(response)
		}
	}
	if err != nil || !done {
		t.Fatalf("their %s: done %t, %v", name, done, err)
	}
}
