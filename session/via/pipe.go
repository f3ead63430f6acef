package via

import (
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
)

// Pipe leads to a command of the shell, which reads what is sent and writes the answers: a server as inetd starts one. It ends with the
// connection. What it writes to standard error is seen.
func Pipe(command string) Way {
	return Way{"the command " + command, func(context.Context, string, string) (net.Conn, error) {
		ours, its := net.Pipe()
		cmd := shell(command)
		cmd.Stdout, cmd.Stderr = its, os.Stderr
		in, err := cmd.StdinPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			return nil, err
		}
		go func() {
			_, _ = io.Copy(in, its) // until either side ends
			in.Close()
		}()
		go func() {
			_ = cmd.Wait() // how it ended is no matter: what it has said is
			its.Close()
		}()
		return &piped{ours, cmd}, nil
	}}
}

func shell(command string) *exec.Cmd {
	if runtime.GOOS == "windows" {
		return exec.Command("cmd", "/c", command)
	}
	return exec.Command("/bin/sh", "-c", command)
}

// piped is the connection with a command.
type piped struct {
	net.Conn
	cmd *exec.Cmd
}

// Close ends the command too.
func (p *piped) Close() error {
	err := p.Conn.Close()
	_ = p.cmd.Process.Kill() // it may have ended
	return err
}
