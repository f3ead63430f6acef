package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// forking has Python load once what the scripts of these tests need, which takes longer than they do, and run each of them in a child.
const forking = `
import json, os, smtplib, ssl, sys, traceback
for line in sys.stdin:
    script, arguments, path = json.loads(line)
    child = os.fork()
    if child == 0:
        output = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(output, 1)
        os.dup2(output, 2)
        sys.argv = ["-c"] + arguments
        code = 0
        try:
            exec(script, {"__name__": "__main__"})
        except BaseException:
            traceback.print_exc()
            code = 1
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    print(os.waitpid(child, 0)[1], flush=True)
`

// interpreter is a Python that forks. It ends with the process of the tests, whose end of its standard input is closed then.
type interpreter struct {
	mu   sync.Mutex
	in   io.Writer
	ends *bufio.Scanner // how each script ended, in a line
}

var python = sync.OnceValues(func() (*interpreter, error) {
	cmd := exec.Command("python3", "-I", "-S", "-c", forking)
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &interpreter{in: in, ends: bufio.NewScanner(out)}, cmd.Start()
})

// inPython runs a script, and gives what it printed and whether it ended well.
func inPython(t *testing.T, script string, args ...string) (said string, ok bool) {
	t.Helper()
	needsProgram(t, "python3")
	p, err := python()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "said")
	order, err := json.Marshal([]any{script, args, path})
	if err != nil {
		t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, err := fmt.Fprintf(p.in, "%s\n", order); err != nil || !p.ends.Scan() {
		t.Fatalf("python3 has ended: %v", err)
	}
	return read(t, path), p.ends.Text() == "0"
}
