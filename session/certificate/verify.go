package certificate

import (
	"crypto/x509"
	"ehlo/session/record"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// verification asks every question about a server's certificate and keeps every answer; it enforces nothing. Go's own
// verdict is one error, the first it meets, and the same for a self-signed certificate and a missing intermediate.
type Verification struct {
	Chain  []*x509.Certificate // as the server sent it, its own certificate first
	Staple []byte              // the OCSP answer that came with it, nil if none did
	Roots  *x509.CertPool      // nil is the system's
	Trust  string              // whose roots they are
	Host   string              // the name that was asked for
	Now    time.Time

	// path is what is judged: the certificates from the server's own up to a trusted root or, where none is reached, as
	// far as those that were sent lead. What else was sent does not count.
	path    []*x509.Certificate
	anchor  *x509.Certificate // the trusted root at the end of the path, nil if there is none
	failure error             // why there is none
}

// checks are the questions with their answers.
func (v *Verification) Checks() []record.Check {
	if len(v.Chain) == 0 {
		return []record.Check{fails("chain", record.FoundCertificateMissing, "the server sent no certificate, so nothing says who it is").
			Mend(record.WhoOperator, "allow only cipher suites that prove the server's name")}
	}
	v.findPath()
	list := []record.Check{v.checkTime(), v.checkHost(), v.checkChain(), v.checkUsage(), v.checkKey(), v.checkSignature()}
	if c, asked := v.checkRevocation(); asked {
		list = append(list, c)
	}
	if c, asked := v.checkOrder(); asked {
		list = append(list, c)
	}
	return list
}

// noneFailed is what makes a certificate verified. A question that stays open does not count against it.
func NoneFailed(checks []record.Check) bool {
	return len(checks) > 0 && !slices.ContainsFunc(checks, record.Check.Failed)
}

func holds(name, format string, args ...any) record.Check {
	return record.Check{Name: name, OK: true, Text: fmt.Sprintf(format, args...)}
}

func fails(name string, finding record.FindingCode, format string, args ...any) record.Check {
	return record.Check{Name: name, Finding: finding, Text: fmt.Sprintf(format, args...)}
}

// leavesOpen is a question that is not answered; finding is empty where that is nothing to point at.
func leavesOpen(name string, finding record.FindingCode, format string, args ...any) record.Check {
	return record.Check{Name: name, Open: true, Finding: finding, Text: fmt.Sprintf(format, args...)}
}

// checkTime looks at the whole path: an intermediate that ended breaks it just as well.
func (v *Verification) checkTime() record.Check {
	today := day(v.Now)
	for i, c := range v.judged() {
		switch {
		case v.Now.After(c.NotAfter):
			check := fails("time", record.FoundCertificateExpired, "%s is out of date: it ended %s ago (%s)", v.called(c), apart(c.NotAfter, v.Now), day(c.NotAfter))
			if i > 0 {
				return check.Mend(record.WhoOperator, "put the CA's present certificate of that name into the chain in its place; if today is not %s, set the clock here", today)
			}
			return check.Mend(record.WhoOperator, "renew it and have the server load the new one; if today is not %s, set the clock here", today)
		case v.Now.Before(c.NotBefore):
			return fails("time", record.FoundCertificateNotYetValid, "%s is not valid yet: it begins in %s (%s)", v.called(c), apart(v.Now, c.NotBefore), day(c.NotBefore)).
				Mend(record.WhoOperator, "set the clock here if today is not %s; if it is, serve the certificate from before until %s", today, day(c.NotBefore))
		}
	}
	return holds("time", "valid for another %s, until %s", apart(v.Now, v.Chain[0].NotAfter), day(v.Chain[0].NotAfter))
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// apart is the time from one moment to a later one the way people say it: from two days on in days of the calendar, so
// that it agrees with the dates.
func apart(from, to time.Time) string {
	d := to.Sub(from)
	days := int(to.UTC().Truncate(24*time.Hour).Sub(from.UTC().Truncate(24*time.Hour)) / (24 * time.Hour))
	switch hours, minutes := int(d.Hours()), int(d.Minutes()); {
	case d >= 48*time.Hour:
		return record.Plural(days, "day", "days")
	case hours > 1:
		return record.Plural(hours, "hour", "hours")
	default:
		return record.Plural(minutes, "minute", "minutes")
	}
}

// checkHost follows RFC 7817 §3 and RFC 9525: subjectAltName only. A common name alone no longer counts.
func (v *Verification) checkHost() record.Check {
	leaf := v.Chain[0]
	if leaf.VerifyHostname(v.Host) == nil {
		return holds("host", "the certificate names %s", v.Host)
	}
	names := certificateNames(leaf)
	if names == "" {
		return fails("host", record.FoundCertificateWrongHost, "%s names no host at all (a common name does not count); %s was asked for", v.called(leaf), v.Host).
			Mend(record.WhoOperator, "get one with %s as a subjectAltName", v.Host)
	}
	if _, err := netip.ParseAddr(v.Host); err == nil {
		return fails("host", record.FoundCertificateWrongHost, "%s is for another host: it names %s; %s was asked for, and no name, so this is the server's default certificate", v.called(leaf), names, v.Host).
			Mend(record.WhoYou, "connect by the server's name, or give that name to ask for and to verify")
	}
	if pattern := v.deeper(leaf); pattern != "" {
		names += fmt.Sprintf(", and the wildcard in %s stands for one label only", pattern)
	}
	return fails("host", record.FoundCertificateWrongHost, "%s is for another host: it names %s; %s was asked for", v.called(leaf), names, v.Host).
		Mend(record.WhoOperator, "get a certificate with %s as a subjectAltName; or ask for the name that your provider gave (--server-name), never for one because the certificate shows it", v.Host)
}

// deeper is a wildcard name of a certificate below which the host lies, by more than the one label that it stands for (RFC
// 9525 §6.3); empty if there is none.
func (v *Verification) deeper(leaf *x509.Certificate) string {
	for _, name := range leaf.DNSNames {
		base, wild := strings.CutPrefix(name, "*.")
		if label, below := strings.CutSuffix(strings.ToLower(v.Host), "."+strings.ToLower(base)); wild && below && strings.Contains(label, ".") {
			return short(name)
		}
	}
	return ""
}
