package record

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
)

// Fault is a panic inside ehlo: what it was doing, and where in the program. What was passed to panic is left out, as it
// may hold anything, a password too; so are the arguments of the functions, which Go prints in its own report.
type Fault struct {
	Doing string   `json:"doing"`           // what was being done
	Kind  string   `json:"kind"`            // the type of what was passed to panic
	Trace []string `json:"trace,omitempty"` // the functions with file and line, innermost first
}

// deepest bounds a trace.
const deepest = 24

// NewFault describes a panic to those who have to mend it. It is called in the deferred function that recovered.
func NewFault(doing string, recovered any) *Fault {
	f := &Fault{Doing: doing, Kind: fmt.Sprintf("%T", recovered)}
	var pcs [2 * deepest]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	panicked := false
	for more := true; more && len(f.Trace) < deepest; {
		var frame runtime.Frame
		frame, more = frames.Next()
		switch {
		case frame.Function == "runtime.gopanic":
			panicked, f.Trace = true, nil // the last is where it began
		case panicked && !strings.HasPrefix(frame.Function, "runtime."):
			f.Trace = append(f.Trace, fmt.Sprintf("%s %s:%d", filepath.Base(frame.Function), filepath.Base(frame.File), frame.Line))
		}
	}
	return f
}

// Error says where it happened.
func (f *Fault) Error() string {
	at := ""
	if len(f.Trace) > 0 {
		at = " at " + f.Trace[0]
	}
	return fmt.Sprintf("ehlo failed inside %s (%s%s)", f.Doing, f.Kind, at)
}

// Hint says what to do about it.
func (f *Fault) Hint() string {
	return "this is a bug in ehlo: report the step and the version"
}

// Try runs do and turns a panic in it into a [*Fault].
func Try(doing string, do func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = NewFault(doing, r)
		}
	}()
	return do()
}
