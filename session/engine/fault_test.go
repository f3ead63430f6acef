package engine

import (
	"ehlo/session/record"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// A fault tells where it was, in names and lines, and nothing of what was passed around: neither to panic nor to the
// functions on the way.
func TestFaultHoldsNoContents(t *testing.T) {
	for _, value := range []any{thePassword, errors.New(thePassword), []byte(thePassword), struct{ s string }{thePassword}, fmt.Errorf("with %w", errors.New(thePassword))} {
		err := record.Try("a test", func() error { return failWith(value, [4]byte{0x54, 0x72, 0x30, 0x75}) })
		var f *record.Fault
		if !errors.As(err, &f) || len(f.Trace) == 0 || !strings.Contains(f.Trace[0], "failWith fault_test.go:") {
			t.Fatalf("%v: %+v", err, f)
		}
		for _, shown := range []string{fmt.Sprintf("%v %+v %#v", err, f, f), f.Hint(), fmt.Sprintf("%q", f.Trace)} {
			for _, form := range append(forms(thePassword), "0x54") {
				if strings.Contains(shown, form) {
					t.Errorf("%q is in %s", form, shown)
				}
			}
		}
	}
	if err := record.Try("a test", func() error { return record.ErrBusy }); err != record.ErrBusy {
		t.Error(err)
	}
}

//go:noinline
func failWith(value any, _ [4]byte) error { panic(value) }
