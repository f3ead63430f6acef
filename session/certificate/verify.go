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
	Staple []byte              // the OCSP response that came with it, nil if none did
	Roots  *x509.CertPool      // nil is the system's
	Trust  string              // whose roots they are
	Host   string              // the name that was asked for
	Now    time.Time
	// Added are the roots that somebody added on this machine to those of the system; nil knows none.
	Added func() []*x509.Certificate

	// path is what is judged: the certificates from the server's own up to a trusted root or, where none is reached, as
	// far as those that were sent lead. What else was sent does not count.
	path    []*x509.Certificate
	anchor  *x509.Certificate // the trusted root at the end of the path, nil if there is none
	failure error             // why there is none
	silent  bool              // good answers are asked for without their words
}

// checks are the questions with their answers.
func (v *Verification) Checks() []record.Check {
	if len(v.Chain) == 0 {
		return []record.Check{fails("chain", record.FoundCertificateMissing, "the server sent no certificate, so its identity cannot be verified").
			Mend(record.WhoOperator, "allow only cipher suites with a certificate")}
	}
	if v.path == nil {
		v.findPath()
	}
	return slices.AppendSeq(make([]record.Check, 0, 8), v.answers)
}

// Judged is the checks, and whether they make the certificate a verified one. Where there is nothing to remark, their words are made when
// someone asks for them.
func (v *Verification) Judged() (checks *record.Later[record.Check], verified bool) {
	if len(v.Chain) > 0 && v.unremarkable() {
		v.Added = nil // none of them, and nobody is asked again
		return record.LaterBy(v.Checks), true
	}
	list := v.Checks()
	return record.Listed(list), NoneFailed(list)
}

// unremarkable reports whether no check fails, and none points at anything.
func (v *Verification) unremarkable() bool {
	v.findPath()
	v.silent = true
	defer func() { v.silent = false }()
	for c := range v.answers {
		if c.Failed() || c.Finding != "" {
			return false
		}
	}
	return true
}

// answers goes through the checks. Two of them are not asked of every chain.
func (v *Verification) answers(yield func(record.Check) bool) {
	if !yield(v.checkTime()) || !yield(v.checkHost()) || !yield(v.checkChain()) || !yield(v.checkUsage()) || !yield(v.checkKey()) || !yield(v.checkSignature()) {
		return
	}
	if c, asked := v.checkRevocation(); asked && !yield(c) {
		return
	}
	if c, asked := v.checkOrder(); asked {
		yield(c)
	}
}

// noneFailed is what makes a certificate verified. A question that stays open does not count against it.
func NoneFailed(checks []record.Check) bool {
	return len(checks) > 0 && !slices.ContainsFunc(checks, record.Check.Failed)
}

// well is a question with a good answer, whose words are made where they are asked for.
func (v *Verification) well(name string, words func() string) record.Check {
	if v.silent {
		return holds(name, "")
	}
	return holds(name, words())
}

// holds is a question with a good answer.
func holds(name, text string) record.Check { return record.Check{Name: name, OK: true, Text: text} }

func fails(name string, finding record.FindingCode, format string, args ...any) record.Check {
	return record.Check{Name: name, Finding: finding, Text: fmt.Sprintf(format, args...)}
}

// leavesOpen is a question that is not answered; finding is empty where that is nothing to point at.
func leavesOpen(name string, finding record.FindingCode, format string, args ...any) record.Check {
	return record.Check{Name: name, Open: true, Finding: finding, Text: fmt.Sprintf(format, args...)}
}

// checkTime looks at the whole path: an intermediate that ended breaks it just as well.
func (v *Verification) checkTime() record.Check {
	for i, c := range v.judged() {
		switch {
		case v.Now.After(c.NotAfter):
			check := fails("time", record.FoundCertificateExpired, "%s expired on %s, %s ago", v.called(c), day(c.NotAfter), apart(c.NotAfter, v.Now))
			if i > 0 {
				return check.Mend(record.WhoOperator, "replace it in the chain with the CA's current certificate of that name").Or(setClock, day(v.Now))
			}
			return check.Mend(record.WhoOperator, "renew the certificate and have the server load it").Or(setClock, day(v.Now))
		case v.Now.Before(c.NotBefore):
			return fails("time", record.FoundCertificateNotYetValid, "%s is not valid before %s, which is %s from now", v.called(c), c.NotBefore.UTC().Format("2006-01-02 15:04 UTC"), apart(v.Now, c.NotBefore)).
				Mend(record.WhoOperator, "use the previous certificate until %s, and check the clock of the machine that issued this one", day(c.NotBefore)).Or(setClock, day(v.Now))
		}
	}
	return v.well("time", func() string {
		return "valid for another " + apart(v.Now, v.Chain[0].NotAfter) + ", until " + day(v.Chain[0].NotAfter)
	})
}

// setClock is what helps where a certificate is good and the clock here is not.
const setClock = "if today is not %s, set the clock of this machine"

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

// wildcardAt says why a wildcard that seems to cover a host does not (RFC 9525 §6.3).
func wildcardAt(c *x509.Certificate, host string) string {
	for _, name := range c.DNSNames {
		domain, wild := strings.CutPrefix(strings.ToLower(name), "*.")
		if h := strings.ToLower(host); wild && (h == domain || strings.HasSuffix(h, "."+domain)) {
			return fmt.Sprintf(". A wildcard covers exactly one label, so %s does not cover %s", short(name), short(host))
		}
	}
	return ""
}

// checkHost follows RFC 7817 §3 and RFC 9525: subjectAltName only. A common name alone no longer counts.
func (v *Verification) checkHost() record.Check {
	leaf := v.Chain[0]
	if leaf.VerifyHostname(v.Host) == nil {
		return v.well("host", func() string { return "the certificate names " + v.Host })
	}
	names := certificateNames(leaf)
	if names == "" {
		return fails("host", record.FoundCertificateWrongHost, "%s has no host name in subjectAltName, and this client ignores the common name; it asked for %s", v.called(leaf), v.Host).
			Mend(record.WhoOperator, "get a certificate with %s in subjectAltName", v.Host)
	}
	_, err := netip.ParseAddr(v.Host)
	if err == nil && slices.Contains(leaf.DNSNames, v.Host) { // RFC 9525 §6.4
		return fails("host", record.FoundCertificateWrongHost, "%s has %s as a DNS name in subjectAltName, but an address is compared only with the IP addresses there", v.called(leaf), v.Host).
			Mend(record.WhoOperator, "get a certificate with %s as an IP address in subjectAltName", v.Host)
	}
	if err == nil {
		return fails("host", record.FoundCertificateWrongHost, "%s is for another host: it names %s, but not %s. That is an address, so this is probably the server's default certificate", v.called(leaf), names, v.Host).
			Mend(record.WhoYou, "connect to the server by its name, or give the server name to request and verify")
	}
	return fails("host", record.FoundCertificateWrongHost, "%s is for another host: it names %s, but not %s%s", v.called(leaf), names, v.Host, wildcardAt(leaf, v.Host)).
		Mend(record.WhoOperator, "get a certificate with %s in subjectAltName", v.Host).
		Or("use another name only if your provider gave it")
}
