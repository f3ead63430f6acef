package main

import (
	"bufio"
	"io"
	"os"
	"sync"

	"golang.org/x/term"

	"ehlo/cmd/ehlo/processors"
	"ehlo/session/record"
	"ehlo/transcripts/export"
)

// follower hands the events of a log to a writer at its own pace.
type follower struct {
	done sync.WaitGroup
	stop func()
	err  error
}

func newFollower(log record.Source, out io.Writer, each func(io.Writer, *record.Event) error) *follower {
	wake, stop := log.Watch()
	f := &follower{stop: stop}
	f.done.Go(func() {
		processors.GrowStack()
		f.err = record.Try("printing", func() error { return drain(log, wake, bufio.NewWriter(out), each) })
	})
	return f
}

// drain ends when the watch does, having written what was there by then.
func drain(log record.Source, wake <-chan struct{}, out *bufio.Writer, each func(io.Writer, *record.Event) error) error {
	n := 0
	for open := true; open; {
		_, open = <-wake
		for ; n < log.Len(); n++ {
			if err := each(out, log.At(n)); err != nil {
				return err
			}
		}
		if err := out.Flush(); err != nil {
			return err
		}
	}
	return nil
}

func (f *follower) wait() error {
	f.stop()
	f.done.Wait()
	return f.err
}

func textFor(out *os.File, depth export.Depth) export.Text {
	return export.Text{Width: widthOf(out), Depth: depth, Color: export.ColorOn(term.IsTerminal(int(out.Fd())))}
}

func widthOf(out *os.File) int {
	if w, _, err := term.GetSize(int(out.Fd())); err == nil && w > 0 {
		return w
	}
	return 100
}
