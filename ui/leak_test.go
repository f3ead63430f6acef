package ui

import (
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/engine"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/sasl/leaktest"
)

// Whatever mechanism of the practice server is walked through, with the right secret of a server that is anyone's or with a person's own
// in the lab, in whatever view, no frame shows the secret or anything from which it could be guessed, in any form. With secrets revealed frames do: the
// test can fail.
func TestNoSecretInAnyFrame(t *testing.T) {
	t.Parallel()
	for _, sc := range lab.Scenarios() {
		if sc.Group != "logging in" && sc.Group != "refused logins" && sc.Group != "hostile servers" {
			continue
		}
		for name, own := range map[string]string{"": "", " wrong": "Tr0ub4dor&3pass"} {
			if own != "" && sc.Group != "logging in" || sc.Name == "challenge-huge" { // ten megabytes, and no answer
				continue
			}
			t.Run(sc.Name+name, func(t *testing.T) {
				t.Parallel()
				live, tap := tapped(t, sc.Name, own != "") // what is nobody's but a person's own is masked in the lab too
				c := &live.Goal.Credentials
				if own != "" {
					c.Password, c.Token = sasl.NewSecret(own), sasl.NewSecret(own)
				}
				frames := everyFrame(t, live, false)
				if found := leaktest.Find(frames, append(needles(tap.Lines(), c.Password.Reveal(), c.Token.Reveal()), others()...)); found != "" {
					t.Error(found)
				}
			})
		}
	}
}

func TestRevealedSecretsAreInFrames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"auth-plain": {"secret", "line"}, "auth-login": {"secret"}, "auth-cram-md5": {"digest"}, "auth-digest-md5": {"response", "rspauth", "HEX(H(A1))"},
		"auth-scram-sha-1": {"ClientProof", "SaltedPassword"}, "auth-scram-sha-256": {"ClientProof", "ServerSignature"}, "auth-scram-sha-1-plus": {"ClientProof"},
		"auth-scram-sha-256-plus": {"ClientProof"}, "auth-xoauth2": {"secret"}, "auth-oauthbearer": {"secret"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			live, tap := tapped(t, name, false)
			frames := everyFrame(t, live, true)
			found := leaktest.Found(frames, needles(tap.Lines(), "tulip-42", "practice-token-ann"))
			for _, what := range want {
				if !slices.Contains(found, what) {
					t.Errorf("%s is in no frame, only %v", what, found)
				}
			}
		})
	}
}

// In the lab the secrets of the account in use are shown, and those of no other: to see them is the lesson. One key masks them.
func TestPracticeSecretsAreInFrames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"auth-plain", "auth-cram-md5", "auth-xoauth2"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			live, tap := tapped(t, name, true)
			frames := walkedThrough(t, live)
			if found := leaktest.Found(frames, needles(tap.Lines(), "tulip-42", "practice-token-ann")); len(found) == 0 {
				t.Errorf("nothing of the practice account is in\n%s", frames)
			}
			for _, a := range lab.Accounts() {
				if a.User != "ann" && strings.Contains(frames, a.Password) {
					t.Errorf("the password of %s is in a frame", a.User)
				}
			}
			live, tap = tapped(t, name, true)
			if found := leaktest.Find(walkedThrough(t, live, "p"), needles(tap.Lines(), "tulip-42", "practice-token-ann")); found != "" {
				t.Errorf("masked, and still: %s", found)
			}
		})
	}
}

// walkedThrough are the frames of a walk by Enter, after some keys.
func walkedThrough(t *testing.T, live *Live, keys ...string) string {
	t.Helper()
	s := simLive(t, live, 120, 40)
	s.press(keys...)
	var all strings.Builder
	for i := 0; !s.root.walk.over && i < 24; i++ {
		all.WriteString(s.press("enter").frame())
	}
	return all.String()
}

// tapped is a session with the practice server whose connection is listened to. Unless it practices, the server is like any other,
// whose secrets nobody is told.
func tapped(t *testing.T, name string, practices bool) (*Live, *leaktest.Tap) {
	t.Helper()
	tap := &leaktest.Tap{}
	live := practiceWith(t, name, func(cfg *engine.Config) {
		cfg.Dial, cfg.TLS.KeyLog = tap.Dial(cfg.Dial), tap.KeyLog()
		if !practices {
			cfg.Public = nil
		}
	})
	if !practices {
		live.Goal.Public = nil
	}
	return live, tap
}

// everyFrame walks through a session and collects what it looks like on the way: each row in each view, the sheets
// about logging in, the workbench with the secret typed into it.
func everyFrame(t *testing.T, live *Live, reveal bool) string {
	t.Helper()
	s := simLive(t, live, 120, 40)
	var all strings.Builder
	seen := map[string]bool{} // most lines of a frame were in the one before
	look := func(keys ...string) {
		for line := range strings.Lines(s.press(keys...).frame()) {
			if !seen[line] {
				seen[line] = true
				all.WriteString(line)
			}
		}
	}
	if reveal {
		look("p", "y")
	}
	for i := 0; !s.root.walk.over && i < 24; i++ {
		w := s.root.walk
		if o, ok := w.option(); ok && w.sheet == nil && o.Step.Verb == record.VerbQuit && w.canAttempt() {
			look("a")
			look("esc")
		}
		if w.sheet == nil && w.canBuild() {
			atAuth(s, look)
		}
		look("enter")
		if _, asked := w.sheet.(*question); asked {
			look("y")
		}
	}
	s.press("esc")
	for i := s.root.walk.pane.Upto(s.root.walk.pos); i > 0; i-- {
		for _, view := range []string{"explain", "fields", "bytes", "wire"} {
			s.view(view)
			look()
			for s.root.walk.reader.more() > 0 {
				look("d", "d", "d", "d", "d", "d")
			}
		}
		s.press("up")
	}
	return all.String()
}

// atAuth looks at everything there is about an AUTH that is to be sent, and types the secret without sending it.
func atAuth(s *sim, look func(...string)) {
	look("tab")
	look("esc")
	look("l")
	look("esc")
	look("c")
	look("esc")
	look("w")
	b := s.root.walk.sheet.(*workbench)
	for range min(b.Own, 9) + 1 {
		for range b.last() {
			if in := b.input(); in != nil && in.value() == "" {
				if s.press("ctrl+p"); b.values != nil && b.values.list[b.values.Sel].Name == in.Source() {
					look("enter")
				} else {
					text := "public"
					if in.Hides != "" {
						text = s.root.walk.goal.Credentials.Password.Reveal()
					}
					s.press("esc").send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true})
				}
			}
			look("tab")
		}
		look("pgdown")
	}
	b.focus = 1
	look("ctrl+p")
	look("esc")
	look("esc")
	s.press(":").typed(sasl.EncodeBase64(sasl.PlainString("", "ann", "tulip-42")))
	if s.root.walk.snap.State.Auth == record.AuthExchange { // elsewhere a line is shown until it begins with AUTH
		look()
	}
	look("esc")
}

// needles are the forms of what a frame must not show: the secrets of the practice accounts, and what was computed from
// them in a session, as the wire shows it. A frame breaks what is long, so that its ends are looked for.
func needles(lines []leaktest.Line, secrets ...string) []leaktest.Needle {
	var all []leaktest.Needle
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		all = append(all, leaktest.Needles(lines, secret)...)
	}
	var out []leaktest.Needle
	for _, n := range all {
		if long := n.Text; len(long) > telling {
			n.Text = long[:telling]
			if n.What != "A1" { // which ends with two nonces
				out = append(out, leaktest.Needle{What: n.What, Text: long[len(long)-telling:]})
			}
		}
		out = append(out, n)
	}
	return out
}

// telling is how much of a long secret is looked for at either end: nine bytes in hexadecimal, so that "practice", with which the
// tokens of the practice server begin, is no find. Of what a dump breaks at 16 bytes a line one end has as much.
const telling = 9*3 - 1

// others are the secrets of all accounts as they are written.
func others() []leaktest.Needle {
	var out []leaktest.Needle
	for _, a := range lab.Accounts() {
		for _, secret := range []string{a.Password, a.AppPassword, a.Token} {
			out = append(out, leaktest.Forms("a secret of "+a.User, []byte(secret))...)
		}
	}
	return out
}
