package tlstest

import (
	"bufio"
	"context"
	"embed"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Stack is a TLS library, with a mail server around it that is compiled when a test needs it (testdata/stacks).
type Stack struct {
	Name   string
	sign   string   // a file that is there where the library can be compiled with
	source string   // of the server
	flags  []string // of the compiler
	always bool     // .ci/run installs it
}

// Stacks are the libraries that tests know, whether or not they are here. OpenSSL is the system's.
var Stacks = []Stack{
	{"gnutls", "/usr/include/gnutls/gnutls.h", "gnutls.c", []string{"-lgnutls"}, true},
	{"openssl", "/usr/include/openssl/ssl.h", "openssl.c", []string{"-lssl", "-lcrypto"}, false},
	{"boringssl", "/usr/include/android/openssl/ssl.h", "openssl.c", []string{"-DBORING", "-I/usr/include/android", "-L" + android, "-Wl,-rpath," + android, "-lssl", "-lcrypto"}, false},
	{"wolfssl", "/usr/include/wolfssl/ssl.h", "openssl.c", []string{"-DWOLF", "-lwolfssl"}, false},
	{"mbedtls", "/usr/include/mbedtls/net_sockets.h", "mbedtls.c", []string{"-lmbedtls", "-lmbedx509", "-lmbedcrypto"}, false},
	{"java", "/usr/bin/javac", "Smtps.java", nil, false},
}

const android = "/usr/lib/x86_64-linux-gnu/android"

//go:embed testdata/stacks
var stackSources embed.FS

// Build compiles the server and returns how it is called. Without the library or a compiler the test is skipped; where
// CI=true it fails if .ci/run installs them.
func (s Stack) Build(t testing.TB) (command []string) {
	t.Helper()
	if _, err := os.Stat(s.sign); err != nil && s.always && os.Getenv("CI") == "true" {
		t.Fatalf("%s cannot be compiled with: %v; .ci/install installs it", s.Name, err)
	} else if err != nil {
		t.Skipf("%s cannot be compiled with: %v", s.Name, err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, stackSources); err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(dir, "testdata", "stacks")
	program := filepath.Join(dir, "server")
	compiler, command := []string{"gcc", s.source, "-o", program}, []string{program}
	if s.Name == "java" {
		compiler, command = []string{"javac", "-d", dir, s.source}, []string{"java", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", dir, "Smtps"}
	}
	Need(t, compiler[0])
	cmd := exec.Command(compiler[0], append(compiler[1:], s.flags...)...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", s.Name, err, out)
	}
	return command
}

// Run starts a server that prints its port, until the test ends.
func Run(t testing.TB, command []string, arguments ...string) (address string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, command[0], append(command[1:len(command):len(command)], arguments...)...)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var complaints output
	cmd.Stderr = &complaints
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		cmd.Wait()
	})
	port, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("%v says no port: %v\n%s", append(command, arguments...), err, complaints.text())
	}
	go io.Copy(io.Discard, stdout)
	return "127.0.0.1:" + strings.TrimSpace(port)
}

// Keystore is the pair as Java reads it, with the password of Smtps.java.
func (p Pair) Keystore(t testing.TB) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "keystore")
	out, err := exec.Command(OpenSSL(), "pkcs12", "-export", "-in", p.Cert, "-inkey", p.Key, "-out", file, "-passout", "pass:lab-lab").CombinedOutput()
	if err != nil {
		t.Fatalf("openssl pkcs12: %v\n%s", err, out)
	}
	return file
}
