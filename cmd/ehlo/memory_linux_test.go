package main

import (
	"syscall"
	"testing"
)

// A reply without an end, as fast as the machine can send it, costs the whole process less than 64 MiB.
func TestEndlessReplyMemory(t *testing.T) {
	_, cmd := runProgram(t, t.TempDir(), nil, "run", "lab:endless")
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		t.Fatalf("%T", cmd.ProcessState.SysUsage())
	}
	bound := int64(64 << 10)
	if race {
		bound *= 10 // the race detector keeps shadow memory of its own
	}
	if usage.Maxrss > bound { // in KiB
		t.Errorf("peak memory is %d KiB, the bound %d", usage.Maxrss, bound)
	}
	if code := cmd.ProcessState.ExitCode(); code != 14 {
		t.Errorf("exit %d", code)
	}
}
