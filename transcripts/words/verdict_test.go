package words

import (
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
)

// A certificate that is past its date is called expired, and no other.
func TestTheDateOfACertificate(t *testing.T) {
	for expired, want := range map[bool]string{true: "mail.lab, expired on 2026-11-26", false: "mail.lab, valid until 2026-11-26"} {
		f := record.Facts{Names: []string{"mail.lab"}, Expires: time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC), Expired: expired}
		var got []string
		for _, p := range Facts(&f) {
			got = append(got, p.Value)
		}
		if !strings.Contains(strings.Join(got, "\n"), want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
}
