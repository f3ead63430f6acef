//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package job

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"ehlo/ui/jobcontrol"
)

// process is a command that runs, the leader of a process group of its own.
type process struct {
	pid   int
	tty   *os.File    // the terminal that the group got; nil if it got none
	modes *term.State // of the terminal, before
	done  chan struct{}
}

func (c Command) start(stdout *os.File) (*process, error) {
	p := &process{done: make(chan struct{})}
	attr := &syscall.SysProcAttr{Setsid: c.Apart, Setpgid: !c.Apart}
	if p.tty = c.terminal(); p.tty != nil {
		p.modes, _ = term.GetState(int(p.tty.Fd()))
		attr.Foreground, attr.Ctty = true, int(p.tty.Fd())
	}
	cmd := exec.Command("sh", "-c", c.Line)
	c.prepare(cmd, stdout)
	cmd.SysProcAttr = attr
	signal.Ignore(syscall.SIGTTOU) // else who gives the terminal away, or takes it back, is stopped
	if err := cmd.Start(); err != nil {
		p.release()
		return nil, err
	}
	p.pid = cmd.Process.Pid
	cmd.Process.Release() // wait is told of stops too, which package os does not do
	return p, nil
}

// terminal is the one that this process has in the foreground, nil if there is none to give.
func (c Command) terminal() *os.File {
	if c.Apart {
		return nil
	}
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return nil
	}
	if group, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP); err != nil || group != unix.Getpgrp() {
		tty.Close()
		return nil
	}
	return tty
}

// give makes a group the one in the foreground.
func (p *process) give(group int) {
	if p.tty != nil {
		unix.IoctlSetPointerInt(int(p.tty.Fd()), unix.TIOCSPGRP, group)
	}
}

// wait waits for the end of the command, and takes the terminal back.
func (p *process) wait() error {
	defer close(p.done)
	defer p.release()
	for {
		var status syscall.WaitStatus
		switch _, err := syscall.Wait4(p.pid, &status, syscall.WUNTRACED, nil); {
		case err == syscall.EINTR:
		case err != nil:
			return err
		case status.Stopped():
			p.stopped()
		default:
			return ending(status)
		}
	}
}

// stopped follows a command that was stopped, as by ctrl-z: this program stops as well, and both go on together.
func (p *process) stopped() {
	p.give(unix.Getpgrp())
	jobcontrol.Stop()
	p.give(p.pid)
	unix.Kill(-p.pid, syscall.SIGCONT)
}

func (p *process) release() {
	if p.tty != nil {
		p.give(unix.Getpgrp())
		if p.modes != nil {
			term.Restore(int(p.tty.Fd()), p.modes)
		}
		p.tty.Close()
	}
	signal.Reset(syscall.SIGTTOU)
}

// end ends the group: first kindly, so that a program can put the terminal right.
func (p *process) end(ended <-chan error) {
	unix.Kill(-p.pid, syscall.SIGTERM)
	unix.Kill(-p.pid, syscall.SIGCONT)
	select {
	case <-ended:
	case <-time.After(grace):
	}
	unix.Kill(-p.pid, syscall.SIGKILL)
	<-p.done
}

func ending(status syscall.WaitStatus) error {
	interrupted := 128 + int(syscall.SIGINT) // what a shell says of what it ran
	switch {
	case status.Signaled() && status.Signal() == syscall.SIGINT, status.ExitStatus() == interrupted:
		return ErrInterrupted
	case status.Signaled():
		return fmt.Errorf("signal: %v", status.Signal())
	case status.ExitStatus() != 0:
		return fmt.Errorf("exit status %d", status.ExitStatus())
	}
	return nil
}
