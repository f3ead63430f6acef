package main

import (
	"context"
	"runtime"
	"syscall"
	"testing"

	"ehlo/ui"
)

// A ctrl-c is not lost in the moment between the start of a session and what comes after it. It is sent to this thread, which has taken it
// when the call returns; another one might take it when nobody listens any more, and the process would end.
func TestACtrlCAtTheEndOfAStart(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for range 50 {
		ctx, abandon := context.WithCancel(context.Background())
		uninterrupted(abandon, func() (*ui.Live, error) {
			return nil, syscall.Tgkill(syscall.Getpid(), syscall.Gettid(), syscall.SIGINT)
		})
		<-ctx.Done()
	}
}
