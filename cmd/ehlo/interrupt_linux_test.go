package main

import (
	"context"
	"syscall"
	"testing"

	"ehlo/ui"
)

// A ctrl-c is not lost in the moment between the start of a session and what comes after it.
func TestACtrlCAtTheEndOfAStart(t *testing.T) {
	for range 50 {
		ctx, abandon := context.WithCancel(context.Background())
		uninterrupted(abandon, func() (*ui.Live, error) { return nil, syscall.Kill(syscall.Getpid(), syscall.SIGINT) })
		<-ctx.Done()
	}
}
