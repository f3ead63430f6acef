package ui

import (
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// atChallenge is a scene that waits for the answer to the challenge of RFC 2195.
func atChallenge(t *testing.T, width, height int) (*sim, *scene) {
	t.Helper()
	sc := newScene()
	sc.offers = "CRAM-MD5 PLAIN XOAUTH2 GSSAPI"
	live := sc.live()
	live.Goal.Mechanism = "CRAM-MD5"
	s := simLive(t, live, width, height)
	for range 8 {
		s.press("enter")
	}
	return s, sc
}

// authFrames are pictures of logging in, each at three sizes.
var authFrames = map[string]func(t *testing.T, w, h int) *sim{
	"ways": func(t *testing.T, w, h int) *sim { s, _ := atChallenge(t, w, h); return s.press("l") },
	"workbench": func(t *testing.T, w, h int) *sim {
		s, sc := atChallenge(t, w, h)
		sc.right = "no line"
		return s.press("w").typed("ann").press("tab").typed("tulip-41")
	},
	"workbench-shown": func(t *testing.T, w, h int) *sim {
		s, sc := walked(t, 7, w, h)
		sc.right = "AGFubgB0dWxpcC00Mg=="
		return s.press("w", "tab").typed("ann").press("tab").typed("tulip-42").press("ctrl+t")
	},
	"workbench-scram": func(t *testing.T, w, h int) *sim { return scramBench(t, w, h) },
	"workbench-values": func(t *testing.T, w, h int) *sim {
		return scramBench(t, w, h).press("pgdown", "pgdown", "pgdown", "pgdown", "ctrl+p")
	},
	"workbench-row": func(t *testing.T, w, h int) *sim {
		return scramBench(t, w, h).press("shift+tab", "right", "right", "right")
	},
	"choices-auth": func(t *testing.T, w, h int) *sim {
		sc := newScene()
		sc.offers = "CRAM-MD5 PLAIN XOAUTH2 GSSAPI"
		s := simLive(t, sc.live(), w, h)
		return s.press("enter", "enter", "enter", "enter", "enter", "enter", "enter", "tab", "down", "down", "down")
	},
	"credentials-auth": func(t *testing.T, w, h int) *sim {
		sc := newScene()
		sc.offers = "CRAM-MD5 PLAIN XOAUTH2 GSSAPI"
		s := simLive(t, sc.live(), w, h)
		return s.press("enter", "enter", "enter", "enter", "enter", "enter", "enter", "c", "up", "up", "right", "right", "right")
	},
	"credentials-more": func(t *testing.T, w, h int) *sim {
		s, _ := walked(t, 7, w, h)
		return s.press("c", "up", "right", "down")
	},
	"reveal":   func(t *testing.T, w, h int) *sim { s, _ := walked(t, 7, w, h); return s.press("p") },
	"revealed": func(t *testing.T, w, h int) *sim { s, _ := walked(t, 7, w, h); return s.press("p", "y") },
	"attempt": func(t *testing.T, w, h int) *sim {
		s, sc := walked(t, 7, w, h)
		sc.refuse[record.VerbAuth] = "535 5.7.8 authentication failed\r\n"
		return s.press("enter", "a", "right", "enter")
	},
}

func TestAuthFrames(t *testing.T) {
	for name, show := range authFrames {
		framesOf(t, name, show)
	}
}

// Revealing is asked about, and no is the answer unless a person says y.
func TestRevealAsks(t *testing.T) {
	s, _ := walked(t, 7, 80, 24)
	for _, no := range []string{"enter", "n", "esc"} {
		s.press("p").shows("! Show the secrets of this session?", "practice server are").press(no).hides("secrets shown")
	}
	s.press("p", "y").shows("! secrets shown, practice accounts", "AGFubgB0dWxpcC00Mg==")
	s.press("p").hides("secrets shown", "AGFubgB0dWxpcC00Mg==").shows("secrets are masked again")
}

// On another server the question does not play it down.
func TestRevealOnARealServer(t *testing.T) {
	sc := newScene()
	live := sc.live()
	live.Source = &elsewhere{sc.log}
	simLive(t, live, 80, 24).press("enter").press("p").shows("Anyone who sees either").hides("composed").press("y").shows("! secrets shown").hides("! secrets shown, practice")
}

// elsewhere is a log of a session with a server that is not the lab.
type elsewhere struct{ *record.Log }

func (e *elsewhere) At(i int) *record.Event {
	ev := e.Log.At(i)
	if ev.Start == nil {
		return ev
	}
	out, start := *ev, *ev.Start
	start.Target.Lab = false
	out.Start = &start
	return &out
}

// What was prepared is still prepared after an event that changes nothing, such as a note.
func TestANoteLeavesTheChoice(t *testing.T) {
	s, _ := walked(t, 7, 80, 24)
	s.press("tab", "down", "enter").shows("› EHLO laptop.lab.test").press("n").typed("why").press("enter").shows("› EHLO laptop.lab.test", "# │ why")
}

// After a refusal the next attempt is one key away, with another account, on the same connection.
func TestAnotherAttempt(t *testing.T) {
	s, sc := walked(t, 7, 80, 24)
	if s.root.walk.canAttempt() {
		t.Error("an attempt before the first")
	}
	sc.refuse[record.VerbAuth] = "535 5.7.8 authentication failed\r\n"
	s.press("enter").shows("Cause  The server said no.", "a retry")
	delete(sc.refuse, record.VerbAuth)
	s.press("a", "right").shows("‹ bob,").press("enter").shows("› AUTH PLAIN ••••••", "your choice").press("enter").shows("235 2.7.0")
	if c := sc.last().Credentials; c.Username != "bob" || c.Password.Reveal() != "bicycle-7" {
		t.Errorf("logged in as %s", c.Username)
	}
	if got := sc.steps(); strings.Count(got, "connect") != 1 {
		t.Errorf("steps %s", got)
	}
}

// A mechanism that is not offered is tried on purpose, and is said to be so before.
func TestAMechanismThatIsNotOffered(t *testing.T) {
	s, sc := walked(t, 7, 80, 24)
	s.press("c", "up", "up")
	for range 3 {
		s.press("right")
	}
	s.shows("not offered", "expect 504").press("enter").shows("out of order: expect 504 5.5.4")
	s.press("enter")
	if st := sc.last(); st.Verb != record.VerbAuth || st.Mechanism != s.root.walk.goal.Mechanism || st.Mechanism == "" {
		t.Errorf("sent %s %s", st.Verb, st.Mechanism)
	}
}

// What few people need is folded away, and counts only while it is seen.
func TestMoreAboutALogIn(t *testing.T) {
	s, sc := walked(t, 7, 80, 24)
	s.press("c").shows("more        as usual").hides("iter. max").press("up", "right").shows("act as", "iter. max")
	s.press("down").typed("zoe").press("down", "right", "right").shows("‹ when asked ›")
	s.press("down", "down").typed("many").press("enter").shows("✗ want a count, 1 or more")
	s.press("backspace", "backspace", "backspace", "backspace", "enter").shows("› AUTH PLAIN", "acting as zoe", "waits until")
	s.press("enter")
	if st := sc.last(); st.Credentials.Authzid != "zoe" || st.Auth.Initial != record.InitialNo {
		t.Errorf("sent %q %+v", st.Credentials.Authzid, st.Auth)
	}
	s, _ = walked(t, 7, 80, 24)
	s.press("c", "up", "up")
	for s.root.walk.sheet.(*form).fields[4].choices[s.root.walk.sheet.(*form).fields[4].picked] != "LOGIN" {
		s.press("right")
	}
	s.press("down", "right", "down").typed("zoe").press("enter").shows("✗ LOGIN cannot carry an identity to act as", "› act as")
	s.press("up", "left").hides("iter. max").press("enter").shows("AUTH LOGIN").hides("acting as")
}

// What is missing is asked for; where nobody can give it the bare command goes out, and no secret.
func TestAMechanismThatLacksSomething(t *testing.T) {
	sc := newScene()
	sc.offers = "PLAIN XOAUTH2 GSSAPI"
	s := simLive(t, sc.live(), 80, 24)
	for range 7 {
		s.press("enter")
	}
	s.press("tab").shows("needs a token", "not supported here")
	s.root.walk.sheet.(*chooser).Sel = s.root.walk.authOption(func(o walk.Option) bool { return o.Step.Mechanism == "XOAUTH2" })
	s.press("enter").shows("! needs a token").press("enter").shows("✗ AUTH XOAUTH2 needs a token", "› token")
	s.typed("abcd-efgh").press("enter").shows("› AUTH XOAUTH2 ••••••").hides("abcd")
	s.press("tab")
	s.root.walk.sheet.(*chooser).Sel = s.root.walk.authOption(func(o walk.Option) bool { return o.Step.Mechanism == "GSSAPI" })
	s.press("enter", "enter")
	if st := sc.last(); st.Line != "AUTH GSSAPI" || !st.Edited {
		t.Errorf("sent %q", st.Line)
	}
}

// An exchange is given up with one key.
func TestCancelAuth(t *testing.T) {
	s, sc := atChallenge(t, 80, 24)
	s.press("*").shows("501 5.7.0", "a retry")
	if sc.last().Verb != record.VerbCancel {
		t.Errorf("steps %s", sc.steps())
	}
}

// The response after AUTH is not shown while it is typed as a line either, nor is any line inside an exchange.
func TestATypedResponseIsHidden(t *testing.T) {
	s, _ := walked(t, 7, 80, 24)
	s.press(":").typed("AUTH PLAIN Zm9vYmFy").shows("AUTH PLAIN ••••••").hides("Zm9v").press("esc")
	s.press(":").typed("VRFY ann").shows("› VRFY ann")
	s, _ = atChallenge(t, 80, 24)
	s.press(":").typed("Zm9vYmFy").hides("Zm9v")
}

// What can be done is a key on the screen, not a flag.
func TestHintsNameKeys(t *testing.T) {
	sc := newScene()
	live := sc.live()
	live.Goal.Mechanism = "EXTERNAL"
	s := simLive(t, live, 80, 24)
	for range 7 {
		s.press("enter")
	}
	s.shows("does not offer AUTH EXTERNAL", "1 log in with PLAIN").hides("--auth")
	s.press("1").shows("› AUTH PLAIN")

	live = newScene().live()
	live.Goal.Credentials.Password = sasl.Secret{}
	s = simLive(t, live, 80, 24)
	for range 7 {
		s.press("enter")
	}
	s.shows("No credentials to log in as ann were given", "1 give a password").hides("--", "$EHLO")
}
