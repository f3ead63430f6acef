package plain

import (
	"context"
	"io"
	"os"
	"strings"
	"testing"

	"ehlo/session/engine"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/sasl/leaktest"
	"ehlo/session/walk"
)

// person sits at the prompt: a part of a prompt, and what is typed there. Up to that prompt the Enter key is pressed at
// the prompts of the walk; no other question may be left open.
type person struct {
	t    *testing.T
	says [][2]string
	seen strings.Builder
	// wrote is told what is written; may be nil
	wrote func(string)
}

func (p *person) Write(b []byte) (int, error) {
	if p.wrote != nil {
		p.wrote(string(b))
	}
	return p.seen.Write(b)
}

// Read types the line for the prompt that was written last.
func (p *person) Read(b []byte) (int, error) {
	out := p.seen.String()
	prompt := out[strings.LastIndex(out, "\n")+1:]
	switch {
	case len(p.says) > 0 && strings.Contains(prompt, p.says[0][0]):
		line := p.says[0][1]
		p.says = p.says[1:]
		return copy(b, line+"\n"), nil
	case strings.Contains(prompt, "quit anyway?"):
		return copy(b, "yes\n"), nil
	case strings.HasPrefix(prompt, "enter ends"):
		return copy(b, "\n"), nil
	case strings.HasPrefix(prompt, "enter "):
		return copy(b, "\n"), nil
	}
	p.t.Errorf("nobody knows what to say to %q; it was to be %q", prompt, append(p.says, [2]string{})[0])
	return 0, io.EOF
}

// sitting is a walk through a scenario of the practice server.
func (p *person) sitting(ctx context.Context, scenario string, interrupt <-chan os.Signal) (string, []leaktest.Line, record.State) {
	p.t.Helper()
	sc, err := lab.Find(scenario)
	if err != nil {
		p.t.Fatal(err)
	}
	server, err := lab.Start(sc, lab.Options{})
	if err != nil {
		p.t.Fatal(err)
	}
	defer server.Close()
	target, _ := record.ParseTarget(sc.Target, true)
	policy, _ := record.ParsePolicy("", target, true)
	tap := &leaktest.Tap{}
	cfg := engine.Config{Target: target, Policy: policy, Resolver: server, Dial: tap.Dial(server.DialContext)}
	cfg.TLS.RootCAs, cfg.TLS.KeyLog = server.RootCAs(), tap.KeyLog()
	goal := walk.Goal{EHLOName: "laptop.lab.test", Mechanism: sc.Mechanism, Until: record.PhaseAuth,
		Credentials: sasl.Credentials{Username: sc.User, Password: sasl.NewSecret("tulip-42"), Token: sasl.NewSecret("practice-token-ann")}}
	cfg.Plan = goal.Plan()
	s := engine.New(cfg)
	defer s.Close()
	_, err = Walk{Console: Console{In: p, Out: p, Interrupt: interrupt}, Engine: s, Events: s.Log(), Goal: goal}.Run(ctx)
	if err != nil || len(p.says) > 0 {
		p.t.Errorf("error %v; %d lines were not said", err, len(p.says))
	}
	var last record.State
	for i := range s.Log().Len() {
		if e := s.Log().At(i); e.Kind == record.KindState && e.State.Stage == record.StageReady {
			last = *e.State
		}
	}
	return p.seen.String(), tap.Lines(), last
}

// byHand goes through a scenario; nothing of the secret, nor of what was computed from it, may show.
func byHand(t *testing.T, scenario string, says ...[2]string) (string, record.State) {
	t.Helper()
	p := &person{t: t, says: says}
	out, lines, state := p.sitting(t.Context(), scenario, nil)
	for _, secret := range []string{"tulip-42", "practice-token-ann"} {
		if found := leaktest.Find(out, leaktest.Needles(lines, secret)); found != "" {
			t.Errorf("%s is in\n%s", found, out)
		}
	}
	if strings.Contains(out, "tulip") {
		t.Errorf("a password is in\n%s", out)
	}
	return out, state
}

func loggedIn(t *testing.T, out string, st record.State) {
	t.Helper()
	if st.Auth != record.AuthDone || st.User != "ann" {
		t.Errorf("not logged in: %+v\n%s", st, out)
	}
}

// The two rounds of SCRAM, tool after tool, with all that can be typed wrongly on the way: what is wrong is told and asked
// again, and a wrong password before it is sent.
func TestScramByHand(t *testing.T) {
	out, st := byHand(t, "auth-scram-sha-256", [][2]string{
		{"w builds the AUTH data", "w"},
		{"workbench: enter uses client-first-message, NUMBER uses that tool, t lists the tools, l takes the whole line, s shows secrets, q leaves:", "99"},
		{"workbench: ", "tulip-42"},
		{"workbench: ", "?"},
		{"workbench: ", "q"},
		{"w builds the AUTH data", "w"},
		{"workbench: enter uses client-first-message", ""},
		{"gs2-header, text, empty keeps n,,:", "y,,"},
		{"username, text, empty means username, the credentials: ann:", ""},
		{"c-nonce, text, may be empty:", "a-nonce-of-my-own"},
		{"enter sends", ""},

		{"w builds the AUTH data", "w"},
		{"workbench: enter uses SaltedPassword", "5"}, // too early
		{"cbind-input", "=q"},
		{"workbench: enter uses SaltedPassword", ""},
		{"password, text, hidden:", ""},
		{"password, text, hidden:", "=tulip-42"},
		{"password, text, hidden:", "tulip-43"},
		{"salt, base64, empty means salt, the server: ", "not base64!"},
		{"salt, base64, empty means salt, the server: ", "="},
		{"salt, base64, empty means salt, the server: ", ""},
		{"iterations, text, empty means iteration-count, the server: 4096:", "2147483648"},
		{"workbench: enter uses SaltedPassword", ""},
		{"password, text, hidden, empty keeps (masked):", ""},
		{"salt, base64, empty means salt, the server: ", ""},
		{"iterations, text, empty keeps 2147483648:", "=0"},
		{"iterations, text, empty means iteration-count, the server: 4096:", ""},
		{"workbench: enter uses ClientKey, NUMBER uses that tool, t lists the tools, l takes the whole line, f writes the result in another form, s shows secrets,", ""},
		{"SaltedPassword, hex, hidden, empty means SaltedPassword, generated here: (masked):", ""},
		{"message, text, empty keeps Client Key:", ""},
		{"workbench: enter uses StoredKey", "t"},
		{"workbench: enter uses StoredKey", "f"},
		{"workbench: enter uses StoredKey", ""},
		{"ClientKey, hex, hidden, empty means ClientKey, generated here: (masked):", ""},
		{"workbench: enter uses without-proof", ""},
		{"cbind-input, text, empty means gs2-header, your last message: y,,:", ""},
		{"nonce, text, empty means nonce, the server: a-nonce-of-my-own", ""},
		{"workbench: enter uses AuthMessage", ""},
		{"client-first, text, empty means client-first-message-bare, your last message: n=ann,r=a-nonce-of-my-own:", ""},
		{"server-first, text, empty means challenge, the server, decoded from base64: r=a-nonce", ""},
		{"without-proof, text, empty means without-proof, generated here: c=eSws,r=a-nonce", ""},
		{"workbench: enter uses ClientSignature", ""},
		{"StoredKey, hex, hidden, empty means StoredKey, generated here: (masked):", ""},
		{"AuthMessage, text, empty means AuthMessage, generated here: n=ann,r=", ""},
		{"workbench: enter uses ClientProof", ""},
		{"ClientKey, hex, hidden, empty means ClientKey, generated here: (masked):", "abc"},
		{"ClientKey, hex, hidden, empty means ClientKey, generated here: (masked):", "abcd"},
		{"ClientSignature, hex, hidden, empty means ClientSignature, generated here: (masked):", ""},
		{"workbench: enter uses ClientProof", ""},
		{"ClientKey, hex, hidden, empty keeps (masked):", "=0"},
		{"ClientKey, hex, hidden, empty means ClientKey, generated here: (masked):", ""},
		{"ClientSignature, hex, hidden, empty means ClientSignature, generated here: (masked):", ""},
		{"workbench: enter uses client-final-message", ""},
		{"without-proof, text, empty means without-proof", ""},
		{"ClientProof, hex, hidden, empty means ClientProof, generated here: (masked):", ""},

		{"w builds the AUTH data", "w"}, // the password was wrong: once more, and all that hangs on it
		{"workbench: enter uses SaltedPassword", ""},
		{"password, text, hidden, empty keeps (masked):", "tulip-42"},
		{"salt", ""}, {"iterations", ""},
		{"workbench: enter uses ClientKey", ""}, {"SaltedPassword", ""}, {"message", ""},
		{"workbench: enter uses StoredKey", ""}, {"ClientKey", ""},
		{"workbench: enter uses without-proof", "7"}, {"StoredKey", ""}, {"AuthMessage", ""},
		{"workbench: enter uses ClientProof", ""}, {"ClientKey", ""}, {"ClientSignature", ""},
		{"workbench: enter uses client-final-message", ""}, {"without-proof", ""}, {"ClientProof", ""},
		{"enter sends", ""},

		{"w builds the AUTH data", "w"}, // what the server has to prove
		{"workbench: enter uses ServerKey", ""}, {"SaltedPassword", ""}, {"message, text, empty keeps Server Key:", ""},
		{"workbench: enter uses ServerSignature", ""}, {"ServerKey", ""}, {"AuthMessage", ""},
		{"workbench: enter uses end", ""},
		{"enter sends", ""},
	}...)
	loggedIn(t, out, st)
	inOrder(t, out, "w builds the AUTH data", "tools of SCRAM-SHA-256, in their order\n1: client-first-message: gs2-header", "\n2: SaltedPassword: PBKDF2",
		"tools that belong to no mechanism\n13: MD5: MD5(data)", "an equals sign alone lists values to insert", "there is no tool 99", "unknown command", "NUMBER: use the tool", "nothing was built",
		"client-first-message, text, is y,,n=ann,r=a-nonce-of-my-own\n", "the line is the same as the program would send", "next inside TLS: AUTH SCRAM-SHA-256 (masked)",
		"challenge: r=a-nonce-of-my-own", "challenge, salt: ", "1: client-first-message: ",
		"it must not be empty", "after an equals sign comes", "this is not base64", "challenge, the server, decoded from base64: r=", "more than 1000000 iterations",
		"SaltedPassword, hex, is (masked)", "2: SaltedPassword, done: ", "ClientKey, base64, is (masked)", "without-proof, text, is c=eSws,r=",
		"not hexadecimal", "one has 2 bytes, the other 32", "the line differs: ClientProof is wrong: it was computed from another password", "w builds the AUTH data",
		"the line is the same as the program would send", "ServerSignature, hex, is (masked)", "235 ")
}

// DIGEST-MD5 by hand: the server asks first, and the realm, the nonce and the cnonce go from one tool to the next.
func TestDigestByHand(t *testing.T) {
	out, st := byHand(t, "auth-digest-md5", [][2]string{
		{"w builds the AUTH data", "w"},
		{"workbench: enter takes the whole line", ""},
		{"line, base64, hidden:", ""},
		{"enter sends", ""},

		{"w builds the AUTH data", "w"},
		{"workbench: enter uses H(user:realm:pass)", ""},
		{"username, text, empty means username, the credentials: ann:", "ann"},
		{"realm, text, empty means realm, the server: ", ""},
		{"password, text, hidden:", "tulip-42"},
		{"workbench: enter uses HEX(H(A1))", ""},
		{"H(user:realm:pass), hex, hidden, empty means H(user:realm:pass), generated here: (masked):", ""},
		{"nonce, text, empty means nonce, the server: ", ""},
		{"cnonce, text:", ""},
		{"cnonce, text:", "a-nonce-of-my-own"},
		{"workbench: enter uses HEX(H(A2))", ""},
		{"digest-uri, text, empty keeps smtp/:", "smtp/mail.lab.test"},
		{"workbench: enter uses response", ""},
		{"HEX(H(A1)), text, hidden, empty means HEX(H(A1)), generated here: (masked):", ""},
		{"nonce", ""},
		{"cnonce, text, empty means cnonce, typed earlier: a-nonce-of-my-own:", ""},
		{"HEX(H(A2)), text, empty means HEX(H(A2)), generated here: ", ""},
		{"workbench: enter uses digest-response", ""},
		{"charset, text, empty means charset, the server: utf-8:", ""},
		{"username, text, empty means username, typed earlier: ann:", ""},
		{"realm", ""}, {"nonce", ""}, {"cnonce", ""},
		{"digest-uri, text, empty means digest-uri, typed earlier: smtp/mail.lab.test:", ""},
		{"response, text, hidden, empty means response, generated here: (masked):", ""},

		{"w builds the AUTH data", "w"}, // the digest-uri is another one: once more, and all that hangs on it
		{"workbench: enter uses H(user:realm:pass)", "3"},
		{"digest-uri, text, empty keeps smtp/mail.lab.test:", "smtp/mail.lab"},
		{"workbench: enter uses response", ""}, {"HEX(H(A1))", ""}, {"nonce", ""}, {"cnonce", ""}, {"HEX(H(A2))", ""},
		{"workbench: enter uses digest-response", ""}, {"charset", ""}, {"username", ""}, {"realm", ""}, {"nonce", ""}, {"cnonce", ""},
		{"digest-uri, text, empty means digest-uri, typed earlier: smtp/mail.lab:", ""},
		{"response", ""},
		{"enter sends", ""},

		{"w builds the AUTH data", "w"},
		{"workbench: enter uses end", "l"},
		{"line, base64, hidden:", "a\x00b"},
		{"workbench: enter uses end", ""},
		{"enter sends", ""},
	}...)
	loggedIn(t, out, st)
	inOrder(t, out, "the server asks first: an empty line sends the command alone", "the line is the same", "next inside TLS: AUTH DIGEST-MD5:", "challenge, qop: auth\n",
		"H(user:realm:pass), hex, is (masked)", "it must not be empty", "HEX(H(A2)), text, is ", "response, text, is (masked)",
		"the line differs: digest-uri has a different value; response has a different value", "1: H(user:realm:pass), done: ", "digest-response, text, is (masked)",
		"the line is the same as the program would send", "challenge: (masked)", "warning: ", "end, text, is empty", "the line is the same", "235 ")
}

// The mechanisms of one message, the channel binding among them, and the empty answers at the end.
func TestEachMechanismByHand(t *testing.T) {
	first := [][2]string{{"w builds the AUTH data", "w"}, {"workbench: ", ""}}
	for scenario, says := range map[string][][2]string{
		"auth-plain": {{"authzid, text, may be empty:", ""}, {"username, text, empty means", ""}, {"password, text, hidden, may be empty:", "tulip-42"}, {"enter sends", ""}},
		"auth-cram-md5": {{"line, base64", ""}, {"enter sends", ""}, {"w builds the AUTH data", "w"}, {"workbench: enter uses response", ""}, {"username", ""},
			{"key, text, hidden, may be empty:", "tulip-42"}, {"challenge, text, empty means challenge, the server", ""}, {"enter sends", ""}},
		"auth-login": {{"line, base64", ""}, {"enter sends", ""}, {"w builds the AUTH data", "w"}, {"workbench: enter uses answer", ""}, {"answer, text, hidden, may be empty:", "ann"}, {"enter sends", ""},
			{"w builds the AUTH data", "w"}, {"workbench: enter uses answer", ""}, {"answer, text, hidden, empty keeps (masked):", "tulip-42"}, {"enter sends", ""}},
		"auth-xoauth2": {{"username", ""}, {"token, text, hidden, may be empty:", "practice-token-ann"}, {"enter sends", ""}},
		"auth-oauthbearer": {{"username", ""}, {"host, text, empty means host, the target: mail.lab:", ""}, {"port, text, empty means port, the target: 587:", ""},
			{"token", "practice-token-ann"}, {"enter sends", ""}},
		"auth-scram-sha-256-plus": {{"gs2-header, text, empty keeps p=tls-exporter,,:", ""}, {"username", ""}, {"c-nonce", "a-nonce-of-my-own"}, {"enter sends", ""},
			{"w builds the AUTH data", "w"}, {"workbench: enter uses SaltedPassword", ""}, {"password", "tulip-42"}, {"salt", ""}, {"iterations", ""},
			{"workbench: enter uses ClientKey", ""}, {"SaltedPassword", ""}, {"message", ""}, {"workbench: enter uses StoredKey", ""}, {"ClientKey", ""},
			{"workbench: enter uses cbind-input", ""}, {"gs2-header, text, empty means gs2-header, your last message: p=tls-exporter,,:", ""},
			{"cbind-data, hex, empty means cbind-data, ", ""}, {"workbench: enter uses without-proof", ""}, {"cbind-input, hex, empty means cbind-input, generated here: ", ""}, {"nonce", ""},
			{"workbench: enter uses AuthMessage", ""}, {"client-first", ""}, {"server-first", ""}, {"without-proof", ""},
			{"workbench: enter uses ClientSignature", ""}, {"StoredKey", ""}, {"AuthMessage", ""}, {"workbench: enter uses ClientProof", ""}, {"ClientKey", ""}, {"ClientSignature", ""},
			{"workbench: enter uses client-final-message", ""}, {"without-proof", ""}, {"ClientProof", ""}, {"enter sends", ""}},
	} {
		t.Run(scenario, func(t *testing.T) {
			out, st := byHand(t, scenario, append(first, says...)...)
			loggedIn(t, out, st)
			if strings.Contains(out, "the line differs") {
				t.Error(out)
			}
		})
	}
}

// Secrets show where that was asked for, as they are typed and as they come out, and no longer than the workbench is open.
func TestWorkbenchShowsSecrets(t *testing.T) {
	p := &person{t: t, says: [][2]string{
		{"w builds the AUTH data", "w"},
		{"workbench: ", "S"},
		{"s masks secrets", ""},
		{"authzid", ""}, {"username", ""}, {"password, text, may be empty:", "tulip-42"},
		{"w builds the AUTH data", "w"}, {"workbench: ", ""}, {"authzid", ""}, {"username", ""}, {"password, text, hidden, empty keeps (masked):", "=hex"},
		{"password, hex, hidden, empty keeps (masked):", ""}, {"w builds the AUTH data", "w"}, {"workbench: ", "s"}, {"workbench: ", "1"},
		{"authzid", ""}, {"username", ""}, {"password, hex, empty keeps 74756c69702d3432:", ""}, {"enter sends", ""},
	}}
	out, _, st := p.sitting(t.Context(), "auth-plain", nil)
	loggedIn(t, out, st)
	inOrder(t, out, "secrets are shown in the workbench, until you leave it", `message, text, is \0ann\0tulip-42`, "next inside TLS: AUTH PLAIN (masked)", "message, text, is (masked)")
}

// A computation that takes long ends with an interrupt, and the person is still at the workbench.
func TestInterruptGivesTheComputationUp(t *testing.T) {
	interrupt := make(chan os.Signal)
	p := &person{t: t, says: append(longComputation(), [2]string{"workbench: enter uses SaltedPassword", "q"}, [2]string{"enter sends", "q"})}
	p.wrote = func(text string) {
		if strings.HasPrefix(text, "computing") {
			go func() { interrupt <- os.Interrupt }()
		}
	}
	out, _, _ := p.sitting(t.Context(), "auth-scram-sha-256", interrupt)
	inOrder(t, out, "computing; an interrupt cancels it", "warning: the computation was canceled", "nothing was built")
	if strings.Contains(out, "SaltedPassword, hex, is") {
		t.Error(out)
	}
}

// The end of the context ends the walk in the middle of a computation.
func TestContextEndsTheComputation(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p := &person{t: t, says: longComputation()}
	p.wrote = func(text string) {
		if strings.HasPrefix(text, "computing") {
			cancel()
		}
	}
	out, _, _ := p.sitting(ctx, "auth-scram-sha-256", nil)
	inOrder(t, out, "computing", "exit code 130")
}

// longComputation goes through SCRAM up to one that takes as many rounds as are computed at most.
func longComputation() [][2]string {
	return [][2]string{
		{"w builds the AUTH data", "w"}, {"workbench: ", ""}, {"gs2-header", "y,,"}, {"username", ""}, {"c-nonce", "mine"}, {"enter sends", ""},
		{"w builds the AUTH data", "w"}, {"workbench: ", ""}, {"password", "tulip-42"}, {"salt", ""}, {"iterations", "1000000"},
	}
}
