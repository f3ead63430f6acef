package dkim_test

import (
	"testing"

	"ehlo/session/dkim"
)

// What is hashed of a body is as in RFC 6376 §3.4 for an empty body and for one with spaces, in either form.
func TestCanonical(t *testing.T) {
	for _, c := range []struct {
		body    string
		relaxed bool
		want    string
	}{
		{"", false, "\r\n"}, {"\n\n", false, "\r\n"}, {"\n\n", true, ""}, {"a\n\n\n", false, "a\r\n"}, {" C \r\nD \t E\r\n\r\n\r\n", true, " C\r\nD E\r\n"},
		{" C \r\nD \t E\r\n\r\n\r\n", false, " C \r\nD \t E\r\n"}, {"a\n\nb", false, "a\r\n\r\nb\r\n"}, {"a\n \nb", true, "a\r\n\r\nb\r\n"},
	} {
		if got := dkim.Body(c.body, c.relaxed); got != c.want {
			t.Errorf("%q, relaxed %v: %q, want %q", c.body, c.relaxed, got, c.want)
		}
	}
}
