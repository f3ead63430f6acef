package main

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"ehlo/cmd/ehlo/saved"
	"ehlo/session/record"
	"ehlo/session/setup"
	"ehlo/ui"
	"ehlo/ui/plain"
)

// called puts a saved target in the place of @ and its name. What the command line says goes before what is saved. No host and no
// URL begins with an @.
func (o *options) called(target string) (string, error) {
	name, ok := strings.CutPrefix(target, "@")
	if !ok {
		return target, nil
	}
	store, err := saved.Open()
	if err != nil {
		return "", err
	}
	t, err := store.Find(name)
	if err != nil {
		return "", err
	}
	o.name, o.ca = t.Name, cmp.Or(o.ca, t.CA)
	if o.cert == "" {
		o.cert, o.key = t.Certificate, t.Key
	}
	a := &o.asked
	a.TLS, a.ServerName, a.Known = cmp.Or(a.TLS, t.TLS), cmp.Or(a.ServerName, t.ServerName), t.Known
	a.Goal.EHLOName, a.Goal.Credentials.Username = cmp.Or(a.Goal.EHLOName, t.EHLOName), cmp.Or(a.Goal.Credentials.Username, t.User)
	return t.Server, nil
}

// located is the target that is meant: a name that was saved, a socket, or what was typed.
func (o *options) located(target string) (string, error) {
	target, err := o.called(target)
	if err != nil {
		return "", err
	}
	return o.ways.onSocket(target)
}

// saveTarget keeps what was asked for under the name that was given, once, and says so.
func (o *options) saveTarget(w io.Writer, s *setup.Setup) error {
	if o.save == "" {
		return nil
	}
	t, err := o.target(s)
	if err != nil {
		return err
	}
	store, err := saved.Open()
	if err == nil {
		err = store.Save(t)
	}
	if err != nil {
		return err
	}
	o.name, o.save = t.Name, ""
	fmt.Fprintf(w, "saved as @%s in %s\n", t.Name, store.Path())
	return nil
}

// target is what is kept of what was asked for. The port is named, so that it stays the same without the user.
func (o *options) target(s *setup.Setup) (t saved.Target, err error) {
	if s.IsPractice() {
		return t, &failure{record.ExitUsage, "the practice server is not saved", "its scenarios have names already: lab:NAME"}
	}
	if o.ways.socket != "" || o.ways.pipe != "" {
		return t, &failure{record.ExitUsage, "a socket or a command is not saved with a target", "leave out --save"}
	}
	a := o.asked
	t = saved.Target{Name: strings.TrimPrefix(o.save, "@"), Server: s.Config.Target.Spelled(), TLS: a.TLS, User: a.Goal.Credentials.Username, EHLOName: a.Goal.EHLOName,
		ServerName: a.ServerName, Known: a.Known}
	for _, path := range []struct {
		from string
		to   *string
	}{{o.ca, &t.CA}, {o.cert, &t.Certificate}, {o.key, &t.Key}} {
		if path.from == "" {
			continue
		}
		if *path.to, err = filepath.Abs(path.from); err != nil {
			return t, err
		}
	}
	return t, nil
}

// rememberer keeps the certificate that a session with a saved target has seen.
func (o *options) rememberer(s *setup.Setup) func(log record.Source) error {
	name, at := o.name, s.Config.Target.String()
	return func(log record.Source) error {
		known := seen(log, at)
		if name == "" || known == nil {
			return nil
		}
		store, err := saved.Open()
		if err != nil {
			return err
		}
		return store.Remember(name, *known)
	}
}

// seen is the last certificate that a session saw at an address and went on with: it was verified, or something other than QUIT was
// sent after it, because someone accepted it or the policy did; nil if there is none.
func seen(log record.Source, at string) (known *record.KnownCertificate) {
	var start record.Start
	var tls *record.TLS
	var security record.Security
	for i := range log.Len() {
		e := log.At(i)
		switch e.Kind {
		case record.KindStart:
			start = *e.Start
		case record.KindChange:
			if start.Plan = e.Change.Plan; !e.Change.ByHand() {
				tls = nil
			}
		case record.KindTLS:
			tls = e.TLS
		case record.KindState:
			security = e.State.Security
		}
		wentOn := security == record.SecurityVerified || security.Encrypted() && e.Kind == record.KindSend && e.Step != record.VerbQuit
		if own := tls.Own(); wentOn && own != nil && start.Target.String() == at {
			known = knownBy(at, start.Time, *own)
		}
	}
	return known
}

func knownBy(at string, seen time.Time, c record.Certificate) *record.KnownCertificate {
	return &record.KnownCertificate{Server: at, SHA256: c.SHA256, Issuer: c.Issuer, NotBefore: c.NotBefore, NotAfter: c.NotAfter, Seen: seen}
}

// book is what is saved, for the home.
type book struct{}

// List implements [ui.Targets].
func (book) List() (out []ui.Saved, err error) {
	store, err := saved.Open()
	if err != nil {
		return nil, err
	}
	list, err := store.List()
	for _, t := range list {
		out = append(out, ui.Saved(t))
	}
	return out, err
}

// Save implements [ui.Targets].
func (book) Save(before, name string, r ui.Request) error {
	s, err := setup.New(r.Request)
	if err != nil {
		return err
	}
	o := options{asked: r.Request, ca: r.CAFile, cert: r.CertFile, key: r.KeyFile, save: name}
	t, err := o.target(s)
	if err != nil {
		return err
	}
	store, err := saved.Open()
	if err != nil {
		return err
	}
	return store.Replace(before, t)
}

// Rename implements [ui.Targets].
func (book) Rename(from, to string) error {
	store, err := saved.Open()
	if err != nil {
		return err
	}
	return store.Rename(strings.TrimPrefix(from, "@"), strings.TrimPrefix(to, "@"))
}

// Remove implements [ui.Targets].
func (book) Remove(name string) error {
	store, err := saved.Open()
	if err != nil {
		return err
	}
	return store.Remove(strings.TrimPrefix(name, "@"))
}

// plainBook is the same as lines of text.
type plainBook struct{ book }

// List implements [plain.Targets].
func (plainBook) List() (out []plain.Saved, err error) {
	list, err := book{}.List()
	for _, t := range list {
		out = append(out, plain.Saved{Name: t.Name, Server: t.Server, User: t.User})
	}
	return out, err
}
