package ui

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
)

// trainerApp has a saved target that is found by its EHLO name in no list, for the row does not show it.
func trainerApp(t *testing.T) (*App, *surveyor) {
	app, f := checkApp(t)
	app.Targets = &fakeTargets{list: []Saved{{Name: "trainer1", Server: "mail.class.test:587", User: "ann", EHLOName: "class.example.org", CA: "/etc/ssl/example.org.pem"}}}
	return app, f
}

// typedSituations are the pictures of a server that is typed into a list.
var typedSituations = []situation{
	{"typed-connect", func(t *testing.T, w, h int) *sim {
		return simHome(t, savedApp(), w, h).tap("3").typed("mail.example.org:587")
	}},
	{"typed-check", func(t *testing.T, w, h int) *sim {
		app, _ := trainerApp(t)
		return simHome(t, app, w, h).tap("7").typed("example.org")
	}},
	{"typed-nothing", func(t *testing.T, w, h int) *sim {
		return simHome(t, savedApp(), w, h).tap("3").typed("mail.example.org:99999")
	}},
}

// A check surveys the server that was typed. A saved one whose row does not show these words does not take its place.
func TestACheckOfWhatIsTyped(t *testing.T) {
	app, f := trainerApp(t)
	s := simHome(t, app, 80, 24).tap("7").typed("example.org").shows("check a server · 1 of 1", "› check example.org", "before you confirm it there").hides("trainer1")
	s.tap("enter").shows("survey a server", "› host        example.org")
	if len(f.asked) > 0 {
		t.Fatalf("%q was contacted", f.asked[0].Target)
	}
	s.tap("esc").shows("› check example.org", "example.org▏").tap("enter", "enter")
	s.until("the page", func() bool { return s.root.check != nil })
	f.done()
	if s.settle(); f.asked[0].Target != "example.org" {
		t.Errorf("%q was contacted", f.asked[0].Target)
	}
}

// What the row of a saved server shows finds it, after the server that was typed; its whole name means it, and a word that its name begins with.
func TestASavedServerIsFoundByItsRow(t *testing.T) {
	for _, open := range []string{"3", "7"} {
		app, _ := trainerApp(t)
		s := simHome(t, app, 80, 24).tap(open).typed("class.test").shows("1 of 2", "class.test", "  trainer1 · mail.class.test:587")
		s.tap("ctrl+u").typed("mail.class").shows("1 of 2", "  trainer1 ·").tap("ctrl+u").typed("train").shows("2 of 2", "› trainer1 ·").typed("er1").shows("2 of 2", "› trainer1 ·")
		s.tap("ctrl+u").typed("@trainer1").shows("1 of 1", "› trainer1 ·").hides("connect to @", "check @")
		s.tap("ctrl+u").typed("/etc").hides("trainer1")
	}
}

// A host that is typed into the list of saved targets is one to connect to: enter opens the form with it, and nothing is contacted before
// the form is confirmed. What was typed beside it is there again.
func TestConnectToWhatIsTyped(t *testing.T) {
	asked := make(chan Request, 1)
	app := savedApp()
	app.Launch = func(r Request) (*Live, error) { asked <- r; return nil, errDisk }
	s := simHome(t, app, 80, 24).tap("3").typed("smtp.example.net:2525").shows("connect · 1 of 1", "› connect to smtp.example.net:2525", "enter open")
	s.tap("enter").shows("connect to a server", "› server      smtp.example.net:2525").tap("tab").typed("zoe").tap("esc", "y")
	s.shows("› connect to smtp.example.net:2525").tap("enter").shows("smtp.example.net:2525", "zoe").tap("esc")
	s.tap("ctrl+u").typed("other.example").tap("enter").shows("› server      other.example").hides("zoe")
	if len(asked) > 0 {
		t.Fatal("a server was contacted before the form was confirmed")
	}
	s.tap("enter").until("the launch", func() bool { return s.root.home.trouble != "" })
	if r := <-asked; r.Target != "other.example" {
		t.Errorf("%q was contacted", r.Target)
	}
}

// Every form of a target can be typed, a URL too: its slashes open no search. A survey has a field of its own for the port.
func TestFormsOfATypedServer(t *testing.T) {
	for _, c := range []struct{ typed, host, ports string }{
		{"mail.example.org", "mail.example.org", "25,"}, {"mail.example.org:465", "mail.example.org", "465"}, {"submissions://mail.example.org", "mail.example.org", "465"},
		{"smtp://mail.example.org:2525", "mail.example.org", "2525"}, {"192.0.2.1", "192.0.2.1", "25,"}, {"[2001:db8::1]:587", "2001:db8::1", "587"}, {"2001:db8::1", "2001:db8::1", "25,"}, {"lab:expired", "lab:expired", "25,"},
	} {
		app, _ := trainerApp(t)
		simHome(t, app, 80, 24).tap("3").typed(c.typed).shows("› connect to " + c.typed).tap("enter").shows("› server      " + c.typed)
		simHome(t, app, 80, 24).tap("7").typed(c.typed).shows("› check "+c.typed).tap("enter").shows("› host        "+c.host+cursor+"\n", "  ports       "+c.ports)
	}
	simHome(t, savedApp(), 80, 24).tap("3").typed("mail").tap("/").shows("search", "› mail")
}

// What can be no server has no row that leads to one: it is said why, and what can be typed.
func TestWhatIsNoServer(t *testing.T) {
	t.Parallel()
	for typed, why := range map[string]string{"mail example": "space", "mail.example.org:99999": "not a number from 1", "-$(id)": "not a host name", "ftp://x": "unknown scheme", "ann:sesame@mail.example": "username or password", "@nobody": "No saved target has this name.", "lab:nonsense": "nonsense", "a\u202eb": "",
		strings.Repeat("漢", 300): ""} {
		for _, open := range []string{"3", "7"} {
			app, f := trainerApp(t)
			app.Launch = func(Request) (*Live, error) { t.Errorf("%q led to a session", typed); return nil, errDisk }
			s := simHome(t, app, 80, 24).tap(open).typed(typed).shows("nothing matches; esc shows all", "You can type a host such as mail.example.org", why).hides("connect to ", "› check", "enter open")
			for _, size := range []tea.WindowSizeMsg{{Width: 60, Height: 16}, {Width: 120, Height: 40}} {
				s.send(size)
				if fault := misfit(s.root.View(), size.Width, size.Height); fault != "" {
					t.Error(fault)
				}
			}
			if s.tap("enter", "down", "enter"); len(f.asked) > 0 || s.root.home.sheet != nil {
				t.Errorf("%q led on", typed)
			}
		}
	}
}
