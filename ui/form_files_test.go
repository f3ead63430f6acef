package ui

import (
	"context"
	"crypto/tls"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"ehlo/session/certificate"
	"ehlo/session/survey"
)

// pemShelf is a folder with files that a form can name.
func pemShelf(t *testing.T) (in func(name string) string) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"ca.pem", "empty.pem", "me.pem", "me.key", "other.key"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return func(name string) string { return filepath.Join(dir, name) }
}

// readsFiles reads what is in the shelf by its name.
func readsFiles(app *App) *App {
	app.ReadCA = func(_ context.Context, path string) (r certificate.Roots, err error) {
		if filepath.Base(path) == "empty.pem" {
			err = errors.New("the CA's file contains no certificate")
		}
		return r, err
	}
	app.ReadCertificate = func(_ context.Context, _, key string) (*tls.Certificate, error) {
		if filepath.Base(key) == "other.key" {
			return nil, errors.New("the certificate's file and the key's file do not match")
		}
		return nil, nil
	}
	return app
}

// What is wrong with a file is said at its field: each time where it is needed now, and once where the form is only saved, as it may come later.
func TestAFileOfAFormIsLookedAt(t *testing.T) {
	in := pemShelf(t)
	folder := filepath.Dir(in("ca.pem"))
	_, gone := os.Stat(in("nope.pem"))
	missing := errors.Unwrap(gone).Error()
	for _, test := range []struct{ ca, cert, key, at, says string }{
		{ca: in("ca.pem")}, {ca: " " + in("ca.pem") + " "}, {ca: folder}, {cert: in("me.pem"), key: in("me.key")}, {ca: os.DevNull},
		{ca: in("nope.pem"), at: "CA file", says: in("nope.pem") + ": " + missing},
		{ca: in("empty.pem"), at: "CA file", says: "the CA's file contains no certificate"},
		{ca: "~/ca.pem", at: "CA file", says: "~/ca.pem: " + missing + "; ~ is no folder here: give the whole path"},
		{cert: in("nope.pem"), key: in("me.key"), at: "client cert", says: in("nope.pem") + ": " + missing},
		{cert: in("me.pem"), key: in("nope.key"), at: "client key", says: in("nope.key") + ": " + missing},
		{cert: in("me.pem"), key: folder, at: "client key", says: folder + " is a folder, not a file"},
		{cert: in("me.pem"), key: in("other.key"), at: "client cert", says: "the certificate's file and the key's file do not match"},
	} {
		c := newConnection(readsFiles(&App{}).files())
		for at, text := range map[*field]string{c.server: "mail.example.org", c.ca: test.ca, c.cert: test.cert, c.key: test.key} {
			at.input.SetValue(text)
		}
		_, err := c.asked(c.files.unsaid)
		if test.at == "" {
			if err != nil {
				t.Errorf("%+v: %v", test, err)
			}
			continue
		}
		at, ok := err.(*fieldError)
		if !ok || at.field.label != test.at || at.text != test.says+". Press the same key again to save it anyway." {
			t.Errorf("%+v: %v", test, err)
		}
		if _, err := c.asked(c.files.unsaid); err != nil {
			t.Errorf("%+v: said again: %v", test, err)
		}
		for range 2 {
			if at, ok := errors.AsType[*fieldError](c.files.wrong(c.ca, c.cert, c.key)); !ok || at.field.label != test.at || at.text != test.says {
				t.Errorf("%+v: needed now: %v", test, at)
			}
		}
	}
}

// A form with such a file is saved at the second key. Nothing begins with it however often enter is pressed, here as with the ports of a server.
func TestAFormWithAFileThatIsNotThere(t *testing.T) {
	app := readsFiles(savedApp())
	app.Survey = func(context.Context, SurveyRequest, SurveyNews) (*survey.Survey, error) { return nil, errDisk }
	kept := app.Targets.(*fakeTargets)
	s := simHome(t, app, 80, 24).tap("3", "home", "enter").typed("smtp.example").tap("tab", "tab", "tab").typed("later").tap("tab", "tab", "tab", "tab", "tab").typed("/nope/ca.pem")
	s.tap("ctrl+s").shows("› CA file", "/nope/ca.pem: ", "Press the same", "smtp.example", "later")
	if kept.index("later") >= 0 {
		t.Error("saved at once")
	}
	s.tap("enter", "enter").shows("connect to a server", "› CA file", "/nope/ca.pem: ").hides("Press the same")
	s.tap("ctrl+s").shows("✓ saved as @later")
	s.tap("esc", "6", "enter").typed("mail.example").tap("tab", "tab", "tab", "tab").typed("/nope/ca.pem").tap("enter", "enter").shows("survey a server", "/nope/ca.pem: ").hides("Press the same")
}
