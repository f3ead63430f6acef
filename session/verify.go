package session

import (
	"crypto/x509"
	"fmt"
	"slices"
	"time"
)

// verification asks every question about a server's certificate and keeps every answer; it enforces nothing. Go's own
// verdict is one error, the first it meets, and the same for a self-signed certificate and a missing intermediate.
type verification struct {
	chain  []*x509.Certificate // as the server sent it, its own certificate first
	staple []byte              // the OCSP answer that came with it, nil if none did
	roots  *x509.CertPool      // nil is the system's
	trust  string              // whose roots they are
	host   string              // the name that was asked for
	now    time.Time

	// path is what is judged: the certificates from the server's own up to a trusted root or, where none is reached, as
	// far as those that were sent lead. What else was sent does not count.
	path    []*x509.Certificate
	anchor  *x509.Certificate // the trusted root at the end of the path, nil if there is none
	failure error             // why there is none
}

// checks are the questions with their answers.
func (v *verification) checks() []Check {
	if len(v.chain) == 0 {
		return []Check{fails("chain", "cert-missing", "the server sent no certificate, so nothing says who it is").
			mend(theOperator, "allow only cipher suites that prove the server's name")}
	}
	v.findPath()
	list := []Check{v.checkTime(), v.checkHost(), v.checkChain(), v.checkUsage(), v.checkKey(), v.checkSignature()}
	if c, asked := v.checkRevocation(); asked {
		list = append(list, c)
	}
	if c, asked := v.checkOrder(); asked {
		list = append(list, c)
	}
	return list
}

// Failed reports whether the certificate does not stand up to the question.
func (c Check) Failed() bool { return !c.OK && !c.Open }

// Remedy is who has to do what to put it right; empty if nothing is wrong. Until then nobody knows who is at the other
// end, so it says first what to hold back.
func (c Check) Remedy() string {
	switch {
	case c.Fix == "":
		return ""
	case c.Failed():
		return "send no password here; " + c.Who + ": " + c.Fix
	}
	return c.Who + ": " + c.Fix
}

// noneFailed is what makes a certificate verified. A question that stays open does not count against it.
func noneFailed(checks []Check) bool {
	return len(checks) > 0 && !slices.ContainsFunc(checks, Check.Failed)
}

func holds(name, format string, args ...any) Check {
	return Check{Name: name, OK: true, Text: fmt.Sprintf(format, args...)}
}

func fails(name, finding, format string, args ...any) Check {
	return Check{Name: name, Finding: finding, Text: fmt.Sprintf(format, args...)}
}

// leavesOpen is a question that is not answered; finding is empty where that is nothing to point at.
func leavesOpen(name, finding, format string, args ...any) Check {
	return Check{Name: name, Open: true, Finding: finding, Text: fmt.Sprintf(format, args...)}
}

// mend adds who has to do what about it.
func (c Check) mend(who, format string, args ...any) Check {
	c.Who, c.Fix = who, fmt.Sprintf(format, args...)
	return c
}

// Who can put something right.
const (
	theOperator   = "the server's operator"
	theCA         = "the server's operator and the CA"
	operatorOrYou = "the server's operator, or you"
	you           = "you"
)

// checkTime looks at the whole path: an intermediate that ended breaks it just as well.
func (v *verification) checkTime() Check {
	today := day(v.now)
	for i, c := range v.judged() {
		switch {
		case v.now.After(c.NotAfter):
			check := fails("time", "cert-expired", "%s is out of date: it ended %s ago (%s)", v.called(c), apart(c.NotAfter, v.now), day(c.NotAfter))
			if i > 0 {
				return check.mend(operatorOrYou, "put the CA's present certificate of that name into the chain in its place; if today is not %s, set the clock here", today)
			}
			return check.mend(operatorOrYou, "renew it and have the server load the new one; if today is not %s, set the clock here", today)
		case v.now.Before(c.NotBefore):
			return fails("time", "cert-not-yet-valid", "%s is not valid yet: it begins in %s (%s)", v.called(c), apart(v.now, c.NotBefore), day(c.NotBefore)).
				mend(operatorOrYou, "set the clock here if today is not %s; if it is, serve the certificate from before until %s", today, day(c.NotBefore))
		}
	}
	return holds("time", "valid for another %s, until %s", apart(v.now, v.chain[0].NotAfter), day(v.chain[0].NotAfter))
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// apart is the time from one moment to a later one the way people say it: from two days on in days of the calendar, so
// that it agrees with the dates.
func apart(from, to time.Time) string {
	d := to.Sub(from)
	days := int(to.UTC().Truncate(24*time.Hour).Sub(from.UTC().Truncate(24*time.Hour)) / (24 * time.Hour))
	switch hours, minutes := int(d.Hours()), int(d.Minutes()); {
	case d >= 48*time.Hour:
		return plural(days, "day", "days")
	case hours > 1:
		return plural(hours, "hour", "hours")
	default:
		return plural(minutes, "minute", "minutes")
	}
}

// checkHost follows RFC 7817 §3 and RFC 9525: subjectAltName only. A common name alone no longer counts.
func (v *verification) checkHost() Check {
	leaf := v.chain[0]
	if leaf.VerifyHostname(v.host) == nil {
		return holds("host", "the certificate names %s", v.host)
	}
	names := certificateNames(leaf)
	if names == "" {
		return fails("host", "cert-wrong-host", "%s names no host at all (a common name does not count); %s was asked for", v.called(leaf), v.host).
			mend(theCA, "get one with %s as a subjectAltName", v.host)
	}
	return fails("host", "cert-wrong-host", "%s is for another host: it names %s; %s was asked for", v.called(leaf), names, v.host).
		mend(operatorOrYou, "get a certificate with %s as a subjectAltName; or ask for the name that your provider gave (--server-name), never for one because the certificate shows it", v.host)
}
