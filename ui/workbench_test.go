package ui

import (
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// In the workbench nothing that is typed shows, unless that is asked for; the difference is told before it is sent.
func TestWorkbench(t *testing.T) {
	s, sc := atChallenge(t, 80, 24)
	right := sasl.EncodeBase64([]byte("ann " + sasl.HMACMD5("tulip-42", []byte("<1896.697170952@postoffice.reston.mci.net>"))))
	sc.right = right
	s.press("w").shows("workbench: CRAM-MD5", "opened      <1896.697170952@postoffice.reston.mci.net>", "[response]", "│ MD5")
	s.typed("ann").press("tab").typed("tulip-41").shows("differs     ! passwd has a different value").hides("tulip", right)
	s.press("backspace").typed("2").shows("✓ the same line that the program would send").hides("tulip", right)
	s.press("ctrl+t").shows("tulip-42", "reads       ann ").press("ctrl+t").hides("tulip")
	s.press("enter", "enter").shows("› response    ••••••", "enter send it").press("enter").shows("235 2.7.0").hides("workbench", right)
	if st := sc.last(); st.Verb != record.VerbRespond || st.Line != right || !st.Edited {
		t.Errorf("sent %s, edited %v", st.Verb, st.Edited)
	}
}

// The line can be typed as it is, wrong as it may be; what cannot be one line does not go.
func TestWorkbenchLine(t *testing.T) {
	s, sc := walked(t, 7, 80, 24)
	sc.right = "AUTH PLAIN"
	s.press("w").shows("workbench: PLAIN", "without an initial response").press("tab", "tab", "tab")
	s.typed("Zm9v").shows("reads       ••••••", "differs").press("ctrl+t").shows("reads       foo").typed("!").shows("not base64")
	s.press("enter")
	if st := sc.last(); st.Line != "AUTH PLAIN Zm9v!" || st.Verb != record.VerbAuth {
		t.Errorf("sent %s", st.Verb)
	}
}

// Text becomes base64 with its escapes, octets in any form do; what is pasted is taken as it is.
func TestWorkbenchText(t *testing.T) {
	for _, form := range []struct {
		keys  []string
		typed string
	}{
		{nil, `\0ann\0tulip-42`},
		{[]string{"ctrl+o"}, "00 61 6e 6e 00 74756c69702d3432"},
		{[]string{"ctrl+o", "ctrl+o"}, "AGFubgB0dWxpcC00Mg=="},
	} {
		s, sc := walked(t, 7, 80, 24)
		s.press("w")
		for s.root.walk.bench.tool().Name != "text" {
			s.press("pgdown")
		}
		s.press(form.keys...)
		s.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(form.typed), Paste: true})
		s.press("tab", "enter")
		if st := sc.last(); st.Line != "AUTH PLAIN AGFubgB0dWxpcC00Mg==" {
			t.Errorf("%s: another line was sent", form.typed)
		}
	}
}

// Leaving the workbench and coming back finds it as it was left; the next challenge finds what the tools hold.
func TestWorkbenchIsKept(t *testing.T) {
	s, _ := atChallenge(t, 80, 24)
	s.press("w").typed("ann").press("tab").typed("tulip-42").press("esc").hides("workbench").press("w").shows("username    ann", "key         ••••••", "response    ••••••")
	s.press("esc", "*").shows("a retry").press("a")
	s.press("esc", "tab")
	s.root.walk.sheet.(*chooser).Sel = s.root.walk.authOption(func(o walk.Option) bool { return o.Step.Mechanism == "CRAM-MD5" })
	s.press("enter", "enter", "w").shows("username    ann", "key         ••••••", "challenge   <1896").hides("response    ••••••")
}

// What is wrong with an input is told where the result would be, without a word of it.
func TestWorkbenchInputs(t *testing.T) {
	s := scramBench(t, 80, 24)
	b := s.root.walk.bench
	s.press("tab").shows("gives       ••••••").press("ctrl+u").shows("gives       waits for salt").typed("abc").shows("salt: this is not base64")
	s.press("ctrl+o").shows("abc", "text").shows("gives       ••••••").press("tab", "ctrl+u").typed("2147483648").shows("more than 1000000 iterations")
	s.press("ctrl+u").typed("many").shows("must be 1 or more")
	if b.tool().Result != nil {
		t.Error("there is a result")
	}
}

// A computation that takes long does not stop the screen, and counts for the inputs as they are when it ends.
func TestWorkbenchTakesItsTime(t *testing.T) {
	s := scramBench(t, 80, 24)
	b := s.root.walk.bench
	tool := b.tool()
	made := func() bool { return !tool.busy }
	s.press("tab", "tab", "ctrl+u").typed("100000").shows("computing")
	s.until("the result", made).shows("gives       ••••••")
	first := string(tool.Result)
	s.typed("0").shows("computing").press("backspace").press("shift+tab", "shift+tab").typed("!")
	s.until("the result", made)
	in, _ := tool.Octets()
	want, err := tool.Make(in)
	if err != nil || string(tool.Result) != string(want) || string(want) == first {
		t.Errorf("the result is not that of the inputs: %v", err)
	}
	s.typed("x").press("esc") // a result that comes after the workbench was left does no harm
	s.until("the result", made)
}

// In a terminal that is too small it says so, and nothing is lost.
func TestWorkbenchTiny(t *testing.T) {
	s := scramBench(t, 80, 24)
	s.send(tea.WindowSizeMsg{Width: 50, Height: 10})
	s.shows("please make it larger").hides("pencil").typed("x").press("enter")
	for _, size := range []tea.WindowSizeMsg{{Width: 60, Height: 16}, {Width: 300, Height: 90}} {
		s.send(size)
		s.shows("› password    ••••••▏", "[✓ SaltedPassword]")
		for range len(s.root.walk.bench.tools) {
			harmless(t, s.press("ctrl+p"))
			harmless(t, s.press("esc", "pgdown"))
			if s.root.walk.sheet == nil {
				s.press("w")
			}
		}
	}
}

// The forms of a result are told apart, and so is whether it is shown.
func TestWorkbenchForms(t *testing.T) {
	s := scramBench(t, 120, 40).press("tab", "tab", "tab", "ctrl+t")
	s.shows("› gives       c4a49510323ab4f952cac1fa99441939e78ea74d6be81ddf7096e87513dc615d")
	s.press("ctrl+o").shows("gives       xKSVEDI6tPlSysH6mUQZOeeOp01r6B3fcJbodRPcYV0=").press("ctrl+o").shows(`gives       Ĥ\x95\x102`)
}

// scramBench is the workbench at the challenge of RFC 7677 §3 with the password typed.
func scramBench(t *testing.T, width, height int) *sim {
	t.Helper()
	sc := newScene()
	sc.offers, sc.right = "SCRAM-SHA-256", "no line"
	live := sc.live()
	live.Goal.Mechanism = "SCRAM-SHA-256"
	s := simLive(t, live, width, height)
	for range 8 {
		s.press("enter")
	}
	return s.press("w").typed("pencil")
}

// hand is a person at the workbench who takes one step after the other.
type hand struct {
	*sim
	right map[string]string // what is typed into a field, by its label; else a value that fits is put in
}

// atAuth walks to the login of a scenario of the practice server.
func atBench(t *testing.T, scenario string, typed map[string]string) *hand {
	t.Helper()
	s := simLive(t, practice(t, scenario), 80, 24)
	for i := 0; i < 12; i++ {
		if o, ok := s.root.walk.option(); ok && o.Step.Verb == record.VerbAuth {
			return &hand{s, typed}
		}
		s.press("enter")
	}
	t.Fatalf("no login:\n%s", s.frame())
	return nil
}

// open opens the workbench.
func (h *hand) open() *workbench {
	h.t.Helper()
	h.press("w")
	b, ok := h.root.walk.sheet.(*workbench)
	if !ok {
		h.t.Fatalf("no workbench:\n%s", h.frame())
	}
	return b
}

// through fills in one tool after the other, up to the one with this name, and stops at its result or at the line.
func (h *hand) through(b *workbench, last string) *hand {
	h.t.Helper()
	for range 20 {
		name := b.tool().Name
		for in := b.input(); in != nil; in = b.input() {
			text, typed := h.right[in.label]
			switch {
			case typed && in.value() != text:
				h.press("ctrl+u").typed(text)
			case !typed && in.value() == "" && !in.Optional:
				h.press("ctrl+p").shows("› " + in.Source()).press("enter")
			}
			h.press("enter")
		}
		if name == last {
			return h
		}
		h.press("enter")
	}
	h.t.Fatalf("it never came to %s:\n%s", last, h.frame())
	return h
}

// A person who has nothing but the workbench solves each challenge of the practice server and is let in.
func TestByHand(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		scenario string
		rounds   []string // the last tool of each round
		typed    map[string]string
	}{
		{"auth-plain", []string{"message"}, map[string]string{"authzid": "", "username": "ann", "password": "tulip-42"}},
		{"auth-cram-md5", []string{"", "response"}, map[string]string{"username": "ann", "key": "tulip-42"}},
		{"auth-digest-md5", []string{"", "digest-response"}, map[string]string{"username": "ann", "password": "tulip-42",
			"cnonce": "a-nonce-of-my-own", "digest-uri": "smtp/mail.lab"}},
		{"auth-scram-sha-1", []string{"client-first-message", "client-final-message"}, map[string]string{"gs2-header": "y,,", "username": "ann",
			"c-nonce": "a-nonce-of-my-own", "password": "tulip-42", "cbind-input": "y,,"}},
		{"auth-scram-sha-256", []string{"client-first-message", "client-final-message"}, map[string]string{"gs2-header": "y,,", "username": "ann",
			"c-nonce": "a-nonce-of-my-own", "password": "tulip-42", "cbind-input": "y,,"}},
		{"auth-scram-sha-1-plus", []string{"client-first-message", "client-final-message"}, map[string]string{"gs2-header": "p=tls-unique,,", "username": "ann",
			"c-nonce": "a-nonce-of-my-own", "password": "tulip-42"}},
		{"auth-scram-sha-256-plus", []string{"client-first-message", "client-final-message"}, map[string]string{"gs2-header": "p=tls-exporter,,", "username": "ann",
			"c-nonce": "a-nonce-of-my-own", "password": "tulip-42"}},
		{"auth-xoauth2", []string{"message"}, map[string]string{"username": "ann", "token": "practice-token-ann"}},
		{"auth-oauthbearer", []string{"message"}, map[string]string{"username": "ann", "token": "practice-token-ann"}},
	} {
		t.Run(c.scenario, func(t *testing.T) {
			h := atBench(t, c.scenario, c.typed)
			for _, last := range c.rounds {
				b := h.open()
				if last != "" {
					h.through(b, last).hides("tulip", "practice-token")
				}
				h.shows("✓").press("enter")
			}
			for i := 0; i < 3 && h.root.walk.snap.State.Auth == record.AuthExchange; i++ {
				h.press("enter") // the last, empty line
			}
			if st := h.root.walk.snap.State; st.Auth != record.AuthDone || st.User != "ann" {
				t.Errorf("not logged in: %+v\n%s", st, h.frame())
			}
		})
	}
}

// What is wrong is told before it is sent; it can be sent all the same, and the server says no.
func TestWrongByHand(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		scenario, last, differs string
		rounds                  int
		typed                   map[string]string
	}{
		{"auth-plain", "message", "passwd has a different value", 1, map[string]string{"authzid": "", "username": "ann", "password": "tulip-43"}},
		{"auth-cram-md5", "response", "the digest is wrong: it was computed", 2, map[string]string{"username": "ann", "key": "tulip-43"}},
		{"auth-digest-md5", "digest-response", "response is wrong: it was computed", 2, map[string]string{"username": "ann", "password": "tulip-43",
			"cnonce": "a-nonce-of-my-own", "digest-uri": "smtp/mail.lab"}},
		{"auth-scram-sha-256", "client-final-message", "ClientProof is wrong: it was computed from another password", 2, map[string]string{"gs2-header": "y,,", "username": "ann",
			"c-nonce": "a-nonce-of-my-own", "password": "tulip-43", "cbind-input": "y,,"}},
		{"auth-scram-sha-256", "client-final-message", "cbind-input has a different value", 2, map[string]string{"gs2-header": "y,,", "username": "ann",
			"c-nonce": "a-nonce-of-my-own", "password": "tulip-42", "cbind-input": "n,,"}},
		{"auth-xoauth2", "message", "auth has a different value", 1, map[string]string{"username": "ann", "token": "practice-token-dave"}},
	} {
		t.Run(c.scenario+" "+c.differs, func(t *testing.T) {
			h := atBench(t, c.scenario, c.typed)
			for round := range c.rounds {
				b := h.open()
				switch {
				case round == c.rounds-1:
					h.through(b, c.last).shows("! "+c.differs[:19]).hides("tulip", "practice-token")
				case b.input() != nil:
					h.through(b, "client-first-message")
				}
				h.press("enter")
			}
			for i := 0; i < 3 && h.root.walk.snap.State.Auth == record.AuthExchange; i++ {
				h.press("enter")
			}
			if st := h.root.walk.snap.State; st.Auth == record.AuthDone || !st.FailedAt(record.PhaseAuth) {
				t.Errorf("%+v", st)
			}
		})
	}
}

// The signature in place of the proof, put into the line by hand, is recognized.
func TestWrongToolByHand(t *testing.T) {
	h := atBench(t, "auth-scram-sha-256", map[string]string{"gs2-header": "y,,", "username": "ann", "c-nonce": "a-nonce-of-my-own", "password": "tulip-42", "cbind-input": "y,,"})
	h.through(h.open(), "client-first-message").press("enter")
	b := h.open()
	h.through(b, "ClientSignature").press("pgdown", "pgdown").shows("[client-final-message]")
	h.press("ctrl+p").shows("› without-proof").press("enter", "enter", "ctrl+p")
	for b.values.list[b.values.Sel].Name != "ClientSignature" {
		h.press("up")
	}
	h.press("enter").shows("p is the ClientSignature; the proof is").press("esc")
}

// Who types the password once and presses Enter from there on comes to a complete line; what the tools gave is carried on,
// masked, and the channel binding is that of the first message, whoever sent it.
func TestWorkbenchCarriesOn(t *testing.T) {
	for name, first := range map[string]func(h *hand){
		"sent without the workbench": func(h *hand) { h.press("enter") },
		"bound to nothing": func(h *hand) {
			h.right = map[string]string{"gs2-header": "n,,", "username": "ann", "c-nonce": "a-nonce-of-my-own"}
			h.through(h.open(), "client-first-message").press("enter")
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := atBench(t, "auth-scram-sha-256", nil)
			first(h)
			b := h.open()
			h.typed("tulip-42")
			for i := 0; i < 40 && !b.atLine(); i++ {
				if in := b.input(); in != nil && in.value() == "" {
					t.Fatalf("%s of %s is empty", in.label, b.tool().Name)
				}
				h.press("enter").hides("tulip")
			}
			h.shows("[client-final-message]", "ClientProof   ••••••", "› response      ••••••").press("enter")
			b = h.open()
			for b.tool().Name != "end" {
				h.press("pgdown")
			}
			for !b.atLine() {
				h.press("down")
			}
			h.press("enter")
			if st := h.root.walk.snap.State; st.Auth != record.AuthDone {
				t.Errorf("not logged in: %+v\n%s", st, h.frame())
			}
		})
	}
}

// Another password goes through all tools again, and no result of the one before stays behind.
func TestWorkbenchCarriesOnAnew(t *testing.T) {
	s := scramBench(t, 80, 24)
	b := s.root.walk.bench
	s.press("pgdown")
	first := b.input().value()
	s.press("pgup").typed("s").press("pgdown")
	if again := b.input().value(); first == "" || again == first {
		t.Error("the field holds the result for another password")
	}
	s.press("pgup", "ctrl+u").shows("waits for password").press("pgdown").shows("waits for SaltedPassword")
}

// A line that is not finished does not go, but an empty one where it is right does, and shows as the empty line it is.
func TestWorkbenchEmptyLine(t *testing.T) {
	h := atBench(t, "auth-scram-sha-256", nil)
	h.press("enter")
	b := h.open()
	sent := h.root.walk.snap.State
	h.press("up", "up").shows("› response").press("enter").shows("not sent", "the line is empty", "workbench: SCRAM")
	if st := h.root.walk.snap.State; st.Auth != record.AuthExchange || st.Pending == nil || sent.Pending == nil {
		t.Errorf("something was sent: %+v", st)
	}
	h.press("down").hides("not sent").press("down").typed("tulip-42")
	for i := 0; i < 40 && !b.atLine(); i++ {
		h.press("enter")
	}
	h.press("enter")
	b = h.open()
	for b.tool().Name != "end" {
		h.press("pgdown")
	}
	for !b.atLine() {
		h.press("down")
	}
	h.shows("✓").press("enter").hides("workbench")
	if st := h.root.walk.snap.State; st.Auth != record.AuthDone {
		t.Errorf("not logged in: %+v\n%s", st, h.frame())
	}
	for i := range h.root.walk.live.Source.Len() {
		if e := h.root.walk.live.Source.At(i); e.Kind == record.KindSend && string(e.Send.Raw) == "\r\n" && len(e.Send.Masked) == 0 {
			return
		}
	}
	t.Error("the empty line is masked")
}

// An empty line outside AUTH is no command.
func TestRawLineIsNotEmpty(t *testing.T) {
	s, sc := walked(t, 7, 80, 24)
	before := len(sc.did)
	s.press(":", "enter").shows("type a line, or esc leaves it")
	if len(sc.did) != before {
		t.Error("an empty line was sent")
	}
}
