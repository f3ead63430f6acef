//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package job

import (
	"os"
	"os/exec"
	"runtime"
)

// process is a command that runs.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
}

func (c Command) start(stdout *os.File) (*process, error) {
	shell := []string{"sh", "-c"}
	if runtime.GOOS == "windows" {
		shell = []string{"cmd", "/c"}
	}
	cmd := exec.Command(shell[0], shell[1], c.Line)
	c.prepare(cmd, stdout)
	return &process{cmd, make(chan struct{})}, cmd.Start()
}

func (p *process) wait() error {
	defer close(p.done)
	return p.cmd.Wait()
}

// end ends the command alone: these systems have no process groups to signal.
func (p *process) end(<-chan error) {
	p.cmd.Process.Kill()
	<-p.done
}
