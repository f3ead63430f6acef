package ui

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"ehlo/session/explain"
	"ehlo/session/record"
)

// fakeTargets keeps what is saved in memory.
type fakeTargets struct {
	list []Saved
	fail error
}

func (f *fakeTargets) List() ([]Saved, error) { return slices.Clone(f.list), f.fail }

func (f *fakeTargets) Save(before, name string, r Request) error {
	if strings.ContainsAny(name, " /\x1b") {
		return errors.New("a name has letters")
	}
	s := Saved{Name: name, Server: r.Target, TLS: r.TLS, User: r.Goal.Credentials.Username, CA: r.CAFile}
	if i := max(f.index(before), f.index(name)); i >= 0 {
		f.list[i] = s
	} else {
		f.list = append(f.list, s)
	}
	return f.fail
}

func (f *fakeTargets) Rename(from, to string) error {
	if f.index(to) >= 0 {
		return errors.New("another saved target has this name")
	}
	if i := f.index(from); i >= 0 {
		f.list[i].Name = to
	}
	return f.fail
}

func (f *fakeTargets) Remove(name string) error {
	f.list = slices.DeleteFunc(f.list, func(s Saved) bool { return s.Name == name })
	return f.fail
}

func (f *fakeTargets) index(name string) int {
	return slices.IndexFunc(f.list, func(s Saved) bool { return s.Name == name })
}

func savedApp() *App {
	app := homeApp()
	app.Targets = &fakeTargets{list: []Saved{
		{Name: "mx", Server: "mx.example.org:25", CA: "/etc/ssl/company.pem", TLS: "require", Known: &record.KnownCertificate{Server: "mx.example.org:25",
			SHA256: strings.Repeat("C1", 32), Issuer: "CN=R11,O=Let's Encrypt,C=US", NotAfter: epoch.AddDate(0, 2, 0), Seen: epoch}},
		{Name: "work", Server: "mail.example.org:587", User: "ann@example.org"}}}
	return app
}

// What is saved is listed, met, changed, renamed and removed on the home screen.
func TestSavedTargetsAtHome(t *testing.T) {
	asked := make(chan Request, 2)
	app := savedApp()
	kept := app.Targets.(*fakeTargets)
	app.Launch = func(r Request) (*Live, error) { asked <- r; return nil, errDisk }
	s := simHome(t, app, 120, 40).tap("3").shows("connect · 2 of 3", "› mx · mx.example.org:25", "SHA-256")
	s.tap("down", "enter").until("the launch", func() bool { return s.root.home.trouble != "" })
	if got := <-asked; got.Target != "@work" {
		t.Errorf("asked for %q", got.Target)
	}
	s.tap("ctrl+r").shows("rename work").tap("ctrl+u").typed("mx").tap("enter").shows("another saved target has this name")
	s.tap("ctrl+r", "ctrl+u").typed("job").tap("enter").shows("› job · mail.example.org:587")
	s.tap("ctrl+x").shows("Remove job from the saved targets?").tap("enter").shows("› job")
	s.tap("ctrl+x", "y").hides("job").shows("2 of 2")
	s.tap("ctrl+e").shows("mx.example.org:25", "/etc/ssl/company.pem").tap("down", "down", "down", "ctrl+u").typed("mx two").tap("enter").shows("› CA file", "/etc/ssl/company.pem: no such file")
	s.tap("ctrl+u").typed(os.DevNull).tap("enter").shows("› save as", "a name has letters").tap("ctrl+u").typed("mx2").tap("enter").until("the launch", func() bool { return len(asked) > 0 })
	got := <-asked
	if got.Target != "@mx2" || kept.index("mx2") < 0 || len(kept.list) != 1 || got.CAFile != os.DevNull || got.TLS != "require" {
		t.Errorf("%+v, asked for %+v", kept.list, got)
	}
}

// Keys that work on a saved target do nothing on other rows, and a list without one is the form.
func TestNothingSaved(t *testing.T) {
	app := homeApp()
	app.Targets = &fakeTargets{}
	simHome(t, app, 80, 24).tap("3").shows("connect to a server", "field 1 of 18", "  save as", "ctrl-s save", "f1 help")
	simHome(t, homeApp(), 80, 24).tap("3").shows("field 1 of 17").hides("ctrl-s")
	s := simHome(t, savedApp(), 80, 24).tap("3", "home", "ctrl+x", "ctrl+r", "ctrl+e").shows("› another server").hides("ctrl+x")
	s.typed("q q").tap("ctrl+x", "ctrl+r", "ctrl+e").shows("nothing matches")
}

// What cannot be read is said at the place where it is missed, and another server can still be met.
func TestSavedTargetsThatCannotBeRead(t *testing.T) {
	app := homeApp()
	app.Targets = &fakeTargets{fail: errors.New("targets.json: the file is damaged")}
	simHome(t, app, 80, 24).tap("3").shows("the file is damaged", "another server").tap("enter").shows("connect to a server").
		typed("mail.example").tap("down", "down", "down").typed("a").tap("enter").shows("the file is damaged")
}

// A server is saved without connecting to it, under a name that is asked for where there is none, and the list says what is kept.
func TestSavingAlone(t *testing.T) {
	app := savedApp()
	s := simHome(t, app, 80, 24).tap("3", "home", "enter").tap("ctrl+s").shows("has no host").typed("smtp.example").tap("tab", "tab").typed("sesame").tap("ctrl+s")
	s.shows("enter the name to save it under", "› save as").typed("mx").tap("ctrl+s").shows("✓ saved as @mx; no password is kept", "› mx · smtp.example").hides("sesame")
	s.tap("down").hides("no password is kept")
}

// What was typed into the form is asked about once before it is left, and is there again, the password aside; what was not changed is not
// asked about.
func TestLeavingTheForm(t *testing.T) {
	s := simHome(t, savedApp(), 80, 24).tap("3", "home", "enter", "tab", "esc").hides("Leave what").tap("enter")
	s.typed("mail.exampel").tap("tab", "tab").typed("sesame").tap("esc").shows("Leave what you have typed?", "except a password", "enter stay").tap("enter").shows("› password")
	s.tap("esc", "esc").shows("connect · 1 of 3").tap("enter").shows("mail.exampel", "  password    none").tap("esc").hides("Leave what", "mail.exampel")
	w, _ := walked(t, 9, 80, 24)
	w.root.walk.env.launch = func(Request) (*Live, error) { return nil, errDisk }
	w.press("t", "tab").typed("zoe").tap("esc").shows("Leave what").tap("y").hides("Leave what").press("t").shows("user        zoe")
	w.tap("esc").press("m").typed("x").tap("esc").shows("Leave what you have typed?", "It is lost.").tap("n").shows("testx")
}

// f1 tells about the field in focus: its choices, and what there is to know of it.
func TestHelpOnAField(t *testing.T) {
	s := simHome(t, homeApp(), 80, 24).tap("3", "tab", "tab", "tab").shows("› TLS").tap("f1").shows("help · TLS", "› by port and user", "require STARTTLS", "TLS policy")
	s.tap("f1").shows("› TLS").typed("?").tap("tab").tap("f1").shows("help · network", "IPv6 only")
}

// Each field that is about a topic is about one that exists.
func TestTopicsOfFields(t *testing.T) {
	about := 0
	for _, f := range append(append(newConnection((&App{}).files()).fields(), newConnection((&App{}).files()).save), newSurveyForm("", (&App{}).files()).form(nil).fields...) {
		if topic := topicOf(f.label); topic != "" {
			about++
			if _, ok := explain.Topic(topic); !ok {
				t.Errorf("%s is about %s, which there is not", f.label, topic)
			}
		}
	}
	if about < 15 {
		t.Errorf("%d fields are about a topic", about)
	}
}

// A file may hold ten thousand targets, and anything in them.
func TestManyHostileTargets(t *testing.T) {
	t.Parallel()
	kept := &fakeTargets{}
	for i := range 10_000 {
		kept.list = append(kept.list, Saved{Name: fmt.Sprint("t", i), Server: "a\x1b[2J\u202e" + strings.Repeat("x", 300), User: "\x07\xff", CA: "\n\n\r"})
	}
	app := homeApp()
	app.Targets = kept
	for _, size := range [][2]int{{60, 16}, {80, 24}, {120, 40}} {
		s := simHome(t, app, size[0], size[1]).tap("3", "end").shows("10,001 of 10,001")
		s.tap("pgup", "ctrl+e", "down", "esc", "ctrl+x", "esc", "home").typed("t999").shows("2 of 12", "› t999")
		if strings.ContainsAny(s.frame(), "\x1b\x07\u202e") {
			t.Errorf("an escape sequence reaches the screen:\n%q", s.frame())
		}
	}
}
