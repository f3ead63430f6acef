package main

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// A reply without an end, as fast as the machine can send it, costs the whole process less than 64 MiB.
func TestEndlessReplyMemory(t *testing.T) {
	dir := t.TempDir()
	report := filepath.Join(dir, "peak")
	runProgram(t, dir, []string{measuring + "=" + report}, "run", "lab:endless")
	var peak, exit int64
	if _, err := fmt.Sscan(read(t, report), &peak, &exit); err != nil {
		t.Fatal(err)
	}
	bound := int64(64 << 10)
	if race {
		bound *= 10 // the race detector keeps shadow memory of its own
	}
	if peak > bound { // in KiB
		t.Errorf("peak memory is %d KiB, the bound %d", peak, bound)
	}
	if exit != 14 {
		t.Errorf("exit %d", exit)
	}
}

// measuring names a file in which the test binary, as a small process of its own, reports the peak memory and the exit code
// of the program. A program counts as large as what started it (execve keeps the higher peak of the two), and these tests
// grow large.
const measuring = "EHLO_MEASURE"

func init() {
	report := os.Getenv(measuring)
	if report == "" {
		return
	}
	os.Unsetenv(measuring)
	cmd := exec.Command(cmp.Or(os.Getenv(buildWanted), os.Args[0]), os.Args[1:]...)
	_ = cmd.Run() // its exit code is reported
	usage, _ := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if err := os.WriteFile(report, fmt.Appendln(nil, usage.Maxrss, cmd.ProcessState.ExitCode()), 0o600); err != nil {
		panic(err)
	}
	os.Exit(0)
}
