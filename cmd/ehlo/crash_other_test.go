//go:build !linux

package main

import (
	"os/exec"
	"testing"
)

// onTerminal needs a pseudo-terminal.
func onTerminal(t *testing.T, _ *exec.Cmd) string {
	t.Skip("the pseudo-terminals of these tests are Linux's")
	return ""
}
