package plain

import (
	"context"
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
	"time"

	"ehlo/session/certificate"
	"ehlo/session/engine"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// Means are where trusted roots and client certificates come from when an advice asks for them. Each may be nil.
type Means struct {
	// Roots and Certificate are what the practice server gives to its clients, so that nobody is asked for it.
	Roots       func() (certificate.Roots, error)
	Certificate func() (*tls.Certificate, error)
	// ReadCA and ReadCertificate read PEM files.
	ReadCA          func(ctx context.Context, path string) (certificate.Roots, error)
	ReadCertificate func(ctx context.Context, cert, key string) (*tls.Certificate, error)
	// Advance moves the practice server's clock on, for an advice to wait; nil on other servers.
	Advance func(time.Duration)
}

// atHand are the inputs that nobody is asked for.
func (m *Means) atHand() (list []walk.Input) {
	if m.Roots != nil {
		list = append(list, walk.InputCA)
	}
	if m.Certificate != nil {
		list = append(list, walk.InputCertificate)
	}
	return list
}

// given is what a person gave so that an advice can be followed.
type given struct {
	text        string
	credentials *sasl.Credentials // nil for those there are
	means       engine.Means
	missing     string // why it cannot be followed; empty if it can
}

// inputFor asks for what an advice needs.
func (w *explorer) inputFor(ctx context.Context, a record.Advice) (given, error) {
	needs, _ := walk.CanFollow(a)
	switch needs {
	case walk.InputNone:
		return given{}, nil
	case walk.InputPassword, walk.InputToken:
		return w.askCredentials(ctx, needs)
	case walk.InputCA:
		return w.askCA(ctx)
	case walk.InputCertificate:
		return w.askCertificate(ctx)
	}
	return w.askText(ctx, needs, a)
}

// askText asks for a value of the plan or the goal.
func (w *explorer) askText(ctx context.Context, needs walk.Input, a record.Advice) (given, error) {
	question := string(needs)
	if a.Port != 0 {
		question += fmt.Sprintf(", empty means %d", a.Port)
	}
	line, err := w.line(ctx, question+":", false)
	text := strings.TrimSpace(line)
	if needs == walk.InputPort {
		text = port(text, a)
	}
	if text == "" {
		return given{missing: "no " + string(needs) + " was given"}, err
	}
	return given{text: text}, err
}

// introduce tells again what is known of a practice user: nobody who listens can go back to where it was told.
func (w *explorer) introduce(user string) {
	for _, account := range w.accounts {
		if slices.Contains(strings.FieldsFunc(account, func(r rune) bool { return r == ' ' || r == ',' }), user) {
			w.printf("%s", account)
		}
	}
}

// askCredentials asks for a secret, and for the user where there is none.
func (w *explorer) askCredentials(ctx context.Context, needs walk.Input) (given, error) {
	c := w.goal.Credentials
	var err error
	if c.Username == "" {
		if c.Username, err = w.line(ctx, "username:", false); err != nil || c.Username == "" {
			return given{missing: "no username was given"}, err
		}
	}
	w.introduce(c.Username)
	secret, err := w.secret(ctx, fmt.Sprintf("%s of %s, hidden, empty changes nothing:", needs, c.Username))
	switch {
	case err != nil || secret.IsZero():
		return given{missing: "no " + string(needs) + " was given"}, err
	case needs == walk.InputToken:
		c.Token = secret
	default:
		c.Password = secret
	}
	return given{credentials: &c}, nil
}

// askCA takes the roots of the practice server, or asks for a file, and says which they are before they are trusted.
func (w *explorer) askCA(ctx context.Context) (given, error) {
	if w.means.Roots != nil {
		roots, err := w.means.Roots()
		return w.trusted(ctx, roots, err)
	}
	path, err := w.line(ctx, "file of the CA certificate, PEM:", false)
	if err != nil || path == "" || w.means.ReadCA == nil {
		return given{missing: "no file was given"}, err
	}
	var roots certificate.Roots
	err = w.interruptible(ctx, func(ctx context.Context) (err error) {
		roots, err = w.means.ReadCA(ctx, path)
		return err
	})
	return w.trusted(ctx, roots, err)
}

// trusted asks whether roots are to be trusted; err is why they could not be read.
func (w *explorer) trusted(ctx context.Context, roots certificate.Roots, err error) (given, error) {
	if err != nil {
		return given{missing: trouble(err)}, ctx.Err()
	}
	g := walk.Trusts(w.snap, roots)
	for line := range strings.SplitSeq(g.Why, "\n") {
		w.printf("%s", line)
	}
	yes, err := w.yes(ctx, g.Question)
	if err != nil || !yes {
		return given{missing: "the CA is not trusted"}, err
	}
	return given{means: engine.Means{Roots: roots.Pool, RootsFrom: roots.From}}, nil
}

// askCertificate takes the client certificate of the practice server, or asks for files.
func (w *explorer) askCertificate(ctx context.Context) (given, error) {
	if w.means.Certificate != nil {
		c, err := w.means.Certificate()
		return given{means: engine.Means{Certificate: c}, missing: trouble(err)}, nil
	}
	cert, err := w.line(ctx, "file of the client certificate, PEM:", false)
	if err != nil || cert == "" || w.means.ReadCertificate == nil {
		return given{missing: "no file was given"}, err
	}
	key, err := w.line(ctx, "file of its key, PEM:", false)
	if err != nil || key == "" {
		return given{missing: "no file was given"}, err
	}
	var c *tls.Certificate
	err = w.interruptible(ctx, func(ctx context.Context) (err error) {
		c, err = w.means.ReadCertificate(ctx, cert, key)
		return err
	})
	return given{means: engine.Means{Certificate: c}, missing: trouble(err)}, ctx.Err()
}

func trouble(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
