package sasl

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
)

// bench works through tools as a person does: each input is typed as text in the form that the tool suggests, taken from
// an earlier result, or left as it stands.
type bench struct {
	t       *testing.T
	results map[string][]byte
}

// use makes a tool's result; typed has what is typed, by the name of the input.
func (b *bench) use(tools []Tool, name string, typed map[string]string) []byte {
	b.t.Helper()
	i := slices.IndexFunc(tools, func(t Tool) bool { return t.Name == name })
	if i < 0 {
		b.t.Fatalf("no tool %s", name)
	}
	var in [][]byte
	for _, input := range tools[i].Inputs {
		text, isTyped := typed[input.Name]
		earlier, known := b.results[input.Source()]
		switch {
		case !isTyped && known:
			in = append(in, earlier)
			continue
		case !isTyped:
			text = input.Value
		}
		data, err := input.Form.Octets(text)
		if err != nil {
			b.t.Fatalf("%s: %s: %v", name, input.Name, err)
		}
		in = append(in, data)
	}
	out, err := tools[i].Make(in)
	if err != nil {
		b.t.Fatalf("%s: %v", name, err)
	}
	b.results[name] = out
	return out
}

// The exchanges of RFC 5802 §5 and RFC 7677 §3 by hand, one tool after the other.
func TestScramByHand(t *testing.T) {
	for _, c := range []struct{ mechanism, nonce, challenge, salt, final, server string }{
		{"SCRAM-SHA-1", "fyko+d2lbbFgONRv9qkxdawL", "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096", "QSXCR+Q6sek8bf92",
			"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=", "rmF9pqV8S7suAoZWja4dJRkFsKQ="},
		{"SCRAM-SHA-256", "rOprNGfwEbeRWgbNEkqO", "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", "W22ZaJ0SNY7soEsUEjb6gQ==",
			"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="},
	} {
		b := &bench{t, map[string][]byte{"challenge": []byte(c.challenge)}}
		tools, first := Tools(c.mechanism, nil)
		if tools[first].Name != "client-first-message" {
			t.Errorf("the first tool is %s", tools[first].Name)
		}
		got := b.use(tools, "client-first-message", map[string]string{"username": "user", "c-nonce": c.nonce})
		if want := "n,,n=user,r=" + c.nonce; string(got) != want {
			t.Errorf("%s, want %s", got, want)
		}
		b.results["gs2-header"], b.results["client-first-message-bare"] = got[:len("n,,")], got[len("n,,"):]
		if tools, first = Tools(c.mechanism, []byte(c.challenge)); tools[first].Name != "SaltedPassword" {
			t.Errorf("behind the challenge comes %s", tools[first].Name)
		}
		nonce, _, _ := strings.Cut(strings.TrimPrefix(c.challenge, "r="), ",")
		b.use(tools, "SaltedPassword", map[string]string{"password": "pencil", "salt": c.salt, "iterations": "4096"})
		b.use(tools, "ClientKey", nil)
		b.use(tools, "StoredKey", nil)
		b.use(tools, "without-proof", map[string]string{"nonce": nonce})
		b.use(tools, "AuthMessage", nil)
		b.use(tools, "ClientSignature", nil)
		b.use(tools, "ClientProof", nil)
		if got := string(b.use(tools, "client-final-message", nil)); got != c.final {
			t.Errorf("%s: %s, want %s", c.mechanism, got, c.final)
		}
		b.use(tools, "ServerKey", nil)
		if got := FormBase64.Write(b.use(tools, "ServerSignature", nil)); got != c.server {
			t.Errorf("%s: v=%s, want %s", c.mechanism, got, c.server)
		}
	}
}

// The exchange of RFC 2831 §4 by hand.
func TestDigestByHand(t *testing.T) {
	b := &bench{t, map[string][]byte{}}
	challenge := `realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",qop="auth",algorithm=md5-sess,charset=utf-8`
	tools, first := Tools("DIGEST-MD5", []byte(challenge))
	if tools[first].Name != "H(user:realm:pass)" {
		t.Errorf("the first tool is %s", tools[first].Name)
	}
	known := map[string]string{"charset": "utf-8", "username": "chris", "realm": "elwood.innosoft.com", "password": "secret", "nonce": "OA6MG9tEQGm2hh",
		"cnonce": "OA6MHXh6VqTrRk", "digest-uri": "imap/elwood.innosoft.com"}
	for _, name := range []string{"H(user:realm:pass)", "HEX(H(A1))", "HEX(H(A2))"} {
		b.use(tools, name, known)
	}
	if got := string(b.use(tools, "response", known)); got != "d388dad90d4bbd760a152321f2143af7" {
		t.Errorf("response %s", got)
	}
	want := `charset=utf-8,username="chris",realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",nc=00000001,cnonce="OA6MHXh6VqTrRk",` +
		`digest-uri="imap/elwood.innosoft.com",response=d388dad90d4bbd760a152321f2143af7,qop=auth`
	if got := string(b.use(tools, "digest-response", known)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// The messages that one tool makes: RFC 4616 §4, RFC 2195 §2, RFC 7628 §4.1, Google's description of XOAUTH2.
func TestMessagesByHand(t *testing.T) {
	for _, c := range []struct {
		mechanism, tool, line string
		typed                 map[string]string
	}{
		{"PLAIN", "message", "AHRpbQB0YW5zdGFhZnRhbnN0YWFm", map[string]string{"username": "tim", "password": "tanstaaftanstaaf"}},
		{"PLAIN", "message", "VXJzZWwAS3VydAB4aXBqM3BsbXE=", map[string]string{"authzid": "Ursel", "username": "Kurt", "password": "xipj3plmq"}},
		{"CRAM-MD5", "response", "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw",
			map[string]string{"username": "tim", "key": "tanstaaftanstaaf", "challenge": "<1896.697170952@postoffice.reston.mci.net>"}},
		{"OAUTHBEARER", "message", "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9NTg3AWF1dGg9QmVhcmVyIHZGOWRmd" +
			"DRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB",
			map[string]string{"username": "user@example.com", "host": "server.example.com", "port": "587", "token": "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="}},
		{"XOAUTH2", "message", "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ==",
			map[string]string{"username": "someuser@example.com", "token": "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"}},
		{"OAUTHBEARER", "dummy response", "AQ==", nil},
		{"XOAUTH2", "dummy response", "", nil},
		{"LOGIN", "answer", "dGlt", map[string]string{"answer": "tim"}},
		{"ANONYMOUS", "message", "c2lyaGM=", map[string]string{"trace": "sirhc"}},
	} {
		b := &bench{t, map[string][]byte{}}
		tools, _ := Tools(strings.ToLower(c.mechanism), nil)
		if got := EncodeBase64(b.use(tools, c.tool, c.typed)); got != c.line {
			t.Errorf("%s: %s, want %s", c.mechanism, got, c.line)
		}
	}
}

// The functions by themselves: FIPS 180 and RFC 1321 for the empty and the short message, RFC 2202 and RFC 4231 for
// HMAC, RFC 6070 and RFC 7914 for PBKDF2.
func TestGeneralTools(t *testing.T) {
	for _, c := range []struct {
		tool  string
		typed map[string]string
		want  string // the beginning of the result, in hexadecimal
	}{
		{"MD5", map[string]string{"data": "abc"}, "900150983cd24fb0d6963f7d28e17f72"},
		{"MD5", nil, "d41d8cd98f00b204e9800998ecf8427e"},
		{"SHA-1", map[string]string{"data": "abc"}, "a9993e364706816aba3e25717850c26c9cd0d89d"},
		{"SHA-256", map[string]string{"data": "abc"}, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"HMAC-MD5", map[string]string{"key": "Jefe", "message": "what do ya want for nothing?"}, "750c783e6ab0b503eaa86e310a5db738"},
		{"HMAC-SHA-1", map[string]string{"key": "Jefe", "message": "what do ya want for nothing?"}, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
		{"HMAC-SHA-256", map[string]string{"key": "Jefe", "message": "what do ya want for nothing?"}, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
		{"PBKDF2-SHA-1", map[string]string{"password": "password", "salt": "c2FsdA==", "iterations": "2"}, "ea6c014dc7"},
		{"PBKDF2-SHA-1", map[string]string{"password": "password", "salt": "c2FsdA==", "iterations": "4096"}, "4b007901b765489abead49d926f721d065a429c1"},
		{"PBKDF2-SHA-256", map[string]string{"password": "passwd", "salt": "c2FsdA==", "iterations": "1"}, "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"},
		{"XOR", map[string]string{"a": "ff00", "b": "0f 0f"}, "f00f"},
		{"join", map[string]string{"a": `a\0`, "b": `\x01b`}, "61000162"},
		{"base64", map[string]string{"data": "tim"}, "74696d"},
		{"text", map[string]string{"text": `\0tim\0x`}, "0074696d0078"},
	} {
		b := &bench{t, map[string][]byte{}}
		if got := hex.EncodeToString(b.use(GeneralTools(), c.tool, c.typed)); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s %v: %s, want %s", c.tool, c.typed, got, c.want)
		}
	}
}

// What cannot be computed is told apart, and nothing of the inputs is in the words.
func TestToolErrors(t *testing.T) {
	salted, _ := Tools("SCRAM-SHA-256", []byte("r=a,s=b,i=1"))
	for _, c := range []struct {
		tool string
		in   []string
		want string
	}{
		{"SaltedPassword", []string{"geheim", "salt", "0"}, "must be 1 or more"},
		{"SaltedPassword", []string{"geheim", "salt", "geheim"}, "must be 1 or more"},
		{"SaltedPassword", []string{"geheim", "salt", "1000001"}, "more than 1000000"},
		{"SaltedPassword", []string{"geheim", "salt", "99999999999999999999"}, "must be 1 or more"},
		{"SaltedPassword", []string{"geheim"}, "missing"},
		{"ClientProof", []string{"geheim", "geheim!"}, "6 bytes, the other 7"},
	} {
		i := slices.IndexFunc(salted, func(t Tool) bool { return t.Name == c.tool })
		var in [][]byte
		for _, s := range c.in {
			in = append(in, []byte(s))
		}
		_, err := salted[i].Make(in)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s %q: %v, want %s", c.tool, c.in, err, c.want)
		}
	}
	for form, typed := range map[Form]string{FormHex: "geheim", FormBase64: "geheim!"} {
		if _, err := form.Octets(typed); err == nil || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%v: %v", form, err)
		}
	}
}

// Only what takes long is said to.
func TestToolWork(t *testing.T) {
	tools, i := Tools("SCRAM-SHA-1", []byte("r="))
	in := [][]byte{[]byte("p"), []byte("s"), []byte("600000")}
	if n := tools[i].Work(in); n != 600000 {
		t.Error(n)
	}
	if n := tools[i].Work([][]byte{nil, nil, []byte("2000000")}); n > 1 {
		t.Errorf("%d rounds that are refused", n)
	}
	if n := tools[i+1].Work(in[:2]); n != 1 {
		t.Error(n)
	}
}

// Which tool comes first goes by the challenge; a mechanism that is not spoken has none.
func TestToolsFor(t *testing.T) {
	for _, c := range []struct{ mechanism, challenge, first string }{
		{"PLAIN", "", "message"}, {"LOGIN", "Username:", "answer"}, {"CRAM-MD5", "<1@a>", "response"},
		{"SCRAM-SHA-1-PLUS", "", "client-first-message"}, {"SCRAM-SHA-256", "v=abc", "ServerKey"}, {"SCRAM-SHA-256", Mask, "ServerKey"},
		{"DIGEST-MD5", "rspauth=1", "end"}, {"XOAUTH2", `{"status":"401"}`, "dummy response"}, {"OAUTHBEARER", "", "message"},
		{"EXTERNAL", "", "message"}, {"GSSAPI", "", ""}, {"SCRAM-SHA-512", "", "client-first-message"}, {"SCRAM-SHA3-512", "", ""}, {"X-OWN", "", ""},
	} {
		tools, first := Tools(c.mechanism, []byte(c.challenge))
		name := ""
		if len(tools) > 0 {
			name = tools[first].Name
		}
		if name != c.first {
			t.Errorf("%s %q: %s, want %s", c.mechanism, c.challenge, name, c.first)
		}
	}
	for _, info := range Mechanisms() {
		tools, _ := Tools(info.Name, nil)
		if info.Supported != (len(tools) > 0) {
			t.Errorf("%s has %d tools", info.Name, len(tools))
		}
		for _, tool := range append(tools, GeneralTools()...) {
			if tool.Name == "" || tool.Does == "" || tool.Message && tool.Form != FormText {
				t.Errorf("%s: %+v", info.Name, tool)
			}
		}
	}
}

// What a form writes it reads again, whatever the octets.
func FuzzForms(f *testing.F) {
	f.Add([]byte("\x00ann\x00pa\\ss\x01"), "41 4A:4b")
	f.Add([]byte{0xff, 0xe2, 0x80, 0xae}, `\x4`)
	f.Fuzz(func(t *testing.T, data []byte, typed string) {
		for _, form := range []Form{FormText, FormHex, FormBase64} {
			back, err := form.Octets(form.Write(data))
			if err != nil || !bytes.Equal(back, data) {
				t.Errorf("%v: %q became %q, %v", form, data, back, err)
			}
			form.Octets(typed)
		}
	})
}

// A nonce that a person has chosen is as good as a random one: the exchange goes on with it, and the server's proof is
// checked with it.
func TestTypedNonce(t *testing.T) {
	c := account("ann", "geheim")
	c.Host = "mail.lab"
	for _, info := range Mechanisms() {
		if !strings.HasPrefix(info.Name, "SCRAM-SHA-256") && info.Name != "DIGEST-MD5" || strings.HasSuffix(info.Name, "-PLUS") {
			continue
		}
		cfg := ServerConfig{Accounts: book{"ann": {Password: NewSecret("geheim")}}, Host: "mail.lab", Offered: []string{info.Name}}
		server, err := NewServer(info.Name, cfg)
		if err != nil {
			t.Fatal(err)
		}
		other := begin(t, info.Name, c, withNonce("my-own-nonce"))
		m := begin(t, info.Name, c)
		mine, err := other.Start()
		theirs, _ := m.Start()
		chosen := false
		for done := false; err == nil; {
			if next, r, ok := Typed(m, mine.Data); ok {
				chosen = true
				if said := Compare(info.Name, EncodeBase64(mine.Data), r); said != nil {
					t.Errorf("%s: %q", info.Name, said)
				}
				m = next
			} else if string(theirs.Data) != string(mine.Data) {
				t.Errorf("%s: %q is neither chosen nor right", info.Name, mine.Data)
			}
			var challenge []byte
			if challenge, done, err = server.Next(mine.Data); err != nil || done {
				break
			}
			if _, theirs, err = m.Next(challenge); err != nil {
				break
			}
			_, mine, err = other.Next(challenge)
		}
		if err != nil || !chosen {
			t.Errorf("%s: %v, chosen %t", info.Name, err, chosen)
		}
		if _, err := m.Done(); err != nil {
			t.Errorf("%s: %v", info.Name, err)
		}
	}
	plain := begin(t, "PLAIN", c)
	plain.Start()
	if _, _, ok := Typed(plain, []byte("n,,n=ann,r=x")); ok {
		t.Error("PLAIN has nothing to choose")
	}
}

// A proof or a digest that was computed in one of the usual wrong ways is told how, in words without a secret.
func TestCompareComputations(t *testing.T) {
	scram := begin(t, "SCRAM-SHA-256", account("ann", "geheim"), withNonce(clientNonce))
	scram.Start()
	_, right, _ := scram.Next([]byte("r=" + clientNonce + "xyz,s=QSXCR+Q6sek8bf92,i=4096"))
	of := func(name string) []byte { return contentOf(field(right.Values, name)) }
	h := scramHash{name: "SHA-256", new: sha256.New}
	signed := func(key []byte, message string) []byte {
		out, _ := xor([][]byte{of("ClientKey"), h.hmac(key, message)})
		return out
	}
	auth := string(of("AuthMessage"))
	parts := strings.SplitN(strings.Replace(auth, ",c=", "c=", 1), ",r=", 3)
	joined := parts[0] + ",r=" + parts[1] + "r=" + strings.Join(parts[2:], "") // each message keeps its own commas
	for want, proof := range map[string][]byte{
		"p is the ClientSignature": of("ClientSignature"), "never send that": of("ClientKey"), "which the server sends": of("ServerSignature"),
		"hexadecimal digits": []byte(hex.EncodeToString(of("ClientProof"))), "its key must be the StoredKey": signed(of("ClientKey"), auth),
		"a line end": signed(of("StoredKey"), auth+"\n"), "contains the gs2-header": signed(of("StoredKey"), "n,,"+auth),
		"the commas between": signed(of("StoredKey"), joined), "is wrong: it was computed": make([]byte, 32), "the length of a digest": make([]byte, 20),
	} {
		typed := EncodeBase64([]byte(string(of("client-final-message-without-proof")) + ",p=" + EncodeBase64(proof)))
		if said := strings.Join(Compare("SCRAM-SHA-256", typed, right), "; "); !strings.Contains(said, want) {
			t.Errorf("%q, want %q", said, want)
		}
	}
	c := account("ann", "geheim")
	c.Host = "mail.lab"
	digest := begin(t, "DIGEST-MD5", c, withNonce("c"))
	digest.Start()
	_, right, _ = digest.Next([]byte(`realm="r",nonce="n",algorithm=md5-sess`))
	secret := of("H(username:realm:passwd)")
	answer := func(a1, a2 string) string {
		return hexMD5([]byte(hexMD5([]byte(a1)) + ":n:00000001:c:auth:" + hexMD5([]byte(a2))))
	}
	a1, a2 := string(secret)+":n:c", "AUTHENTICATE:smtp/mail.lab"
	for want, response := range map[string]string{
		"lower case": strings.ToUpper(answer(a1, a2)), "in hexadecimal": answer(hex.EncodeToString(secret)+":n:c", a2), "A1 does not contain nonce": answer(string(secret), a2),
		"does not contain the word AUTHENTICATE": answer(a1, ":smtp/mail.lab"), "nc, cnonce and qop": hexMD5([]byte(hexMD5([]byte(a1)) + ":n:" + hexMD5([]byte(a2)))),
		"32 hexadecimal digits": "xyz", "is wrong: it was computed": hexMD5(nil),
	} {
		typed := EncodeBase64([]byte(strings.Replace(string(right.Data), answer(a1, a2), response, 1)))
		if said := strings.Join(Compare("DIGEST-MD5", typed, right), "; "); !strings.Contains(said, want) && want != "lower case" {
			t.Errorf("%q, want %q", said, want)
		}
	}
}
