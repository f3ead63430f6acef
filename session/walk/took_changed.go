package walk

import (
	"fmt"
	"time"

	"ehlo/session/record"
)

// remarkChange points at a certificate that is not the one that an earlier session with the server saw. It says what speaks for a
// renewal; that it was one nobody here can know.
func (t *taking) remarkChange(tls *record.TLS) {
	known := t.s.Start.Known
	if known == nil || known.Server != t.target().String() || tls.Own() == nil || tls.Own().SHA256 == known.SHA256 {
		return
	}
	shown := tls.Own()
	t.find(record.FoundCertificateChanged, fmt.Sprintf("%s presented a different certificate than on %s: its SHA-256 was %s and is %s. %s, and %s.",
		t.host(), onDay(known.Seen), known.SHA256, shown.SHA256, issuers(known.Issuer, shown.Issuer), expiry(known, t.now())))
}

// now is when the event was observed.
func (t *taking) now() time.Time { return t.s.Start.Time.Add(t.e.T) }

func issuers(before, now string) string {
	if before == now {
		return "The issuer is the same"
	}
	return fmt.Sprintf("The issuer differs: %s before, %s now", before, now)
}

// expiry says how near the end of its time the certificate was that is no longer shown.
func expiry(known *record.KnownCertificate, now time.Time) string {
	switch {
	case now.After(known.NotAfter):
		return fmt.Sprintf("the earlier certificate expired on %s, so a new one was due", onDay(known.NotAfter))
	case known.Expiring(now):
		return fmt.Sprintf("the earlier certificate was about to expire, on %s", onDay(known.NotAfter))
	}
	return fmt.Sprintf("the earlier certificate was not about to expire: it is valid until %s", onDay(known.NotAfter))
}

func onDay(t time.Time) string { return t.UTC().Format("2 January 2006") }
