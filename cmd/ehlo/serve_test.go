package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/transcripts/visits"
)

// serving is a "lab serve" that runs as a program of its own.
type serving struct {
	served
	cmd    *exec.Cmd
	lines  *bufio.Scanner
	stderr bytes.Buffer
}

// ehloCommand runs the real program, with a home of its own.
func ehloCommand(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), "EHLO_AS_PROGRAM=1", "XDG_STATE_HOME="+t.TempDir(), "EHLO_PASSWORD=", "EHLO_TOKEN=")
	return cmd
}

// serve starts scenarios and waits until they are served.
func serve(t *testing.T, args ...string) *serving {
	t.Helper()
	s := &serving{cmd: ehloCommand(t, append([]string{"lab", "serve", "--json", "--keep", t.TempDir()}, args...)...)}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.cmd.Stderr = &s.stderr
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.cmd.Process.Kill(); s.cmd.Wait() })
	s.lines = bufio.NewScanner(out)
	if !s.lines.Scan() || json.Unmarshal(s.lines.Bytes(), &s.served) != nil || s.What != "serving" {
		s.cmd.Wait()
		t.Fatalf("not served: %s\n%s", s.lines.Text(), s.stderr.String())
	}
	return s
}

// stop interrupts the server, as ctrl-c does, expects it to end well, and gives what it told.
func (s *serving) stop(t *testing.T) (told []visited) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	for s.lines.Scan() {
		var v visited
		if err := json.Unmarshal(s.lines.Bytes(), &v); err != nil {
			t.Errorf("%s: %v", s.lines.Text(), err)
		}
		told = append(told, v)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, s.stderr.String())
	}
	return told
}

// endedBy is what two runs are compared by.
type endedBy struct {
	exit    record.Exit
	outcome record.Outcome
	finding record.FindingCode
}

// verdictOf is the verdict in the last event of a command line, which runs in this process: there are many.
func verdictOf(t *testing.T, args []string) (endedBy, error) {
	printed, said := filepath.Join(t.TempDir(), "printed"), filepath.Join(t.TempDir(), "said")
	out, err := os.Create(printed)
	if err != nil {
		return endedBy{}, err
	}
	defer out.Close()
	other, err := os.Create(said)
	if err != nil {
		return endedBy{}, err
	}
	defer other.Close()
	exit := execute(t.Context(), args, streams{os.Stdin, out, other})
	var end record.Event
	lines := strings.Split(strings.TrimSpace(read(t, printed)), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &end); err != nil || end.End == nil {
		return endedBy{}, fmt.Errorf("%q ends with %q: %v\n%s", args, lines[len(lines)-1], err, read(t, said))
	}
	v := end.End
	if exit != v.Exit {
		return endedBy{}, fmt.Errorf("%q: exit code %d, the verdict has %d", args, exit, v.Exit)
	}
	return endedBy{v.Exit, v.Outcome, v.Finding}, nil
}

// apart are the scenarios that a server on loopback cannot play to others, with why.
var apart = map[string]string{
	"filtered":    "a port on loopback answers, or refuses",
	"blocked-25":  "a port on loopback answers, or refuses",
	"egress-rule": "a port on loopback answers, or refuses",
}

// A visitor of "lab serve" who is told what lab: knows by itself comes to the same end as with lab:, in every scenario. What that is the
// contract holds, for run as for the other faces.
func TestServedAsInTheLab(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs every scenario")
	}
	t.Parallel()
	inTheLab := map[string]endedBy{}
	for _, r := range readRows(t) {
		if name, ofLab := strings.CutPrefix(r.name, "lab:"); ofLab && r.way == "enter" && slices.Contains(r.faces, "run") {
			inTheLab[name] = endedBy{record.Exit(r.exit), record.Outcome(r.outcome), record.FindingCode(r.finding)}
		}
	}
	var names []string
	for _, sc := range lab.Scenarios() {
		if apart[sc.Name] == "" {
			names = append(names, sc.Name)
		}
	}
	s := serve(t, names...)
	var all sync.WaitGroup
	room := make(chan struct{}, 8) // most of them wait
	for i, name := range names {
		want, known := inTheLab[name]
		if !known {
			t.Errorf("%s: the contract has no row for run by Enter", name)
		}
		if want.exit == record.ExitName { // the visitor has an address, and looks nothing up
			continue
		}
		served := s.visitor(t, s.Servers[i])
		all.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			if got, wrong := verdictOf(t, served); wrong != nil || got != want {
				t.Errorf("%s: served %+v, in the lab %+v, %v (%s)", name, got, want, wrong, strings.Join(served, " "))
			}
		})
	}
	all.Wait()
	s.stop(t)
}

// shortTime is how long a step may take; some scenarios are about silence.
const shortTime = "4s"

// visitor is the command line of a run that is told what lab: takes from the scenario.
func (s *serving) visitor(t *testing.T, at servedPlace) (args []string) {
	t.Helper()
	sc, err := lab.Find(at.Scenario)
	if err != nil {
		t.Fatal(err)
	}
	scheme, _, _ := strings.Cut(sc.Target, "://")
	target, err := record.ParseTarget(sc.Target, sc.User != "")
	if err != nil {
		t.Fatal(err)
	}
	addresses := append(at.Addresses[sc.Role()], closedPort(t))
	if sc.Name == "ipv6-broken" {
		addresses = slices.DeleteFunc(addresses, func(a string) bool { return a[0] != '[' })
		if len(addresses) == 0 {
			t.Skip("no IPv6 here")
		}
	}
	args = []string{"run", "--json", scheme + "://" + addresses[0], "--server-name", target.Host, "--ca", s.CA, "--timeout", shortTime, "--ehlo-name", "laptop.lab.test"}
	for to := range strings.SplitSeq(sc.To, ", ") {
		args = append(args, "--to", to)
	}
	flag := func(when bool, values ...string) {
		if when {
			args = append(args, values...)
		}
	}
	flag(sc.User != "", "--user", sc.User)
	flag(sc.From != "", "--from", sc.From)
	flag(sc.TLS != "", "--tls", sc.TLS)
	flag(sc.Mechanism != "", "--auth", sc.Mechanism)
	flag(sc.Insist, "--insist")
	flag(sc.ProxySource != "", "--proxy-source", sc.ProxySource)
	flag(sc.PRDR, "--prdr")
	flag(sc.Pipelining, "--pipeline")
	flag(sc.Experiment != "", "--experiment", sc.Experiment)
	flag(sc.Chunk > 0, "--chunk", strconv.FormatInt(sc.Chunk, 10))
	flag(sc.ClientCertificate, "--cert", at.Certificate, "--key", at.Key)
	if sc.Size > 0 {
		letter := filepath.Join(t.TempDir(), "letter")
		text := "Subject: a scanned page\r\n\r\n" + strings.Repeat("A line of the scanned page, in the place of a base64 attachment.\r\n", sc.Size/70)
		if err := os.WriteFile(letter, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--data", letter)
	}
	for _, a := range lab.Accounts() {
		if a.User == sc.User {
			args = append(args, "--password-file", secretInFile(t, t.TempDir(), cmp.Or(sc.Password, a.Password)))
			flag(a.Token != "", "--token-file", secretInFile(t, t.TempDir(), a.Token))
		}
	}
	return args
}

// closedPort is an address where nothing listens.
func closedPort(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// The server is stopped by ctrl-c: who is connected gets 421, the transcript is there, and the exit code is 0.
func TestServeEnds(t *testing.T) {
	s := serve(t, "stripped", "submission")
	c, err := net.Dial("tcp", s.Servers[1].Addresses["submission"][0])
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	in := bufio.NewReader(c)
	in.ReadString('\n')
	fmt.Fprint(c, "NOOP\r\n")
	in.ReadString('\n')
	told := s.stop(t)
	if n := len(told); n != 3 || told[0].What != "connected" || told[1].Step != record.VerbNoop || told[2].What != "left" || told[2].Goal != visits.Open || told[2].Exit == nil {
		t.Errorf("told: %+v", told)
	}
	if rest, _ := io.ReadAll(in); !strings.HasPrefix(string(rest), "421 4.3.2 ") {
		t.Errorf("the last word is %q", rest)
	}
	files, _ := filepath.Glob(filepath.Join(s.Folder, "*.ehlo.ndjson"))
	if len(files) != 1 || filepath.Base(files[0]) != "0001-submission.ehlo.ndjson" {
		t.Errorf("transcripts: %q", files)
	}
	if out, err := ehloCommand(t, "show", files[0]).CombinedOutput(); err != nil || !strings.Contains(string(out), "NOOP") {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := os.Stat(s.CA); err == nil {
		t.Error("the temporary CA file is left")
	}
}

// With a seed, two servers present one root and one challenge.
func TestServeSeeded(t *testing.T) {
	said := func() (ca, challenge string) {
		s := serve(t, "auth-cram-md5", "--seed", "7")
		defer s.stop(t)
		pem, err := os.ReadFile(s.CA)
		if err != nil {
			t.Fatal(err)
		}
		out, _ := ehloCommand(t, s.visitor(t, s.Servers[0])...).Output()
		for line := range strings.Lines(string(out)) {
			var e record.Event
			if json.Unmarshal([]byte(line), &e) == nil && e.Reply != nil && e.Reply.Code == 334 {
				return string(pem), string(e.Reply.Raw)
			}
		}
		t.Fatalf("no challenge in\n%s", out)
		return "", ""
	}
	ca, challenge := said()
	again, other := said()
	if ca != again {
		t.Error("the roots differ")
	}
	nonce := func(s string) string { return s[:min(len(s), 16)] }
	if nonce(challenge) != nonce(other) {
		t.Errorf("%q and %q", challenge, other)
	}
}

// What is wrong with the ports and the address is said at once, with what can be done.
func TestServeRefuses(t *testing.T) {
	taken, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := strconv.Itoa(taken.Addr().(*net.TCPAddr).Port)
	for _, test := range []struct {
		args []string
		want []string
	}{
		{[]string{"stripped=" + port}, []string{"address already in use", "choose another port"}},
		{[]string{"--submission", port}, []string{"address already in use"}},
		{[]string{"stripped=x"}, []string{"want a number from 1 to 65535"}},
		{[]string{"stripped=70000"}, []string{"want a number from 1 to 65535"}},
		{[]string{"stripped", "stripped"}, []string{"named twice"}},
		{[]string{"stripped=1587", "expired=1587"}, []string{"port 1587 is chosen twice"}},
		{[]string{"stripped/submissions=1587", "stripped/relay=1587"}, []string{"port 1587 is chosen twice"}},
		{[]string{"stripped/relay=1025", "stripped/relay=1026"}, []string{"the port relay of stripped is chosen twice"}},
		{[]string{"stripped/smtp=1025"}, []string{"the role smtp is not one of relay, submission"}},
		{[]string{"stripped/relay"}, []string{"the port is missing, as in stripped/relay=1587"}},
		{[]string{"stripped", "expired", "--relay", "1025"}, []string{"a single scenario", "stripped/relay=PORT"}},
		{[]string{"striped"}, []string{"did you mean stripped"}},
		{[]string{"--listen", "192.0.2.99"}, []string{"an address that this machine has"}},
		{[]string{"--plain", "--json"}, []string{"cannot be given together"}},
		{[]string{"--keep", "/dev/null/x"}, []string{"name a folder"}},
		{[]string{"--log", "/dev/null/x"}, []string{"name a file"}},
	} {
		out, err := ehloCommand(t, append([]string{"lab", "serve"}, test.args...)...).CombinedOutput()
		exit, _ := err.(*exec.ExitError)
		if exit == nil || exit.ExitCode() != int(record.ExitUsage) || slices.ContainsFunc(test.want, func(w string) bool { return !strings.Contains(string(out), w) }) {
			t.Errorf("%q: %v\n%s", test.args, err, out)
		}
	}
}

// A server that does not come up leaves nothing behind, so that the same command can be given again.
func TestServeLeavesNothing(t *testing.T) {
	taken, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	state, path := t.TempDir(), filepath.Join(t.TempDir(), "class.csv")
	cmd := ehloCommand(t, "lab", "serve", "stripped="+strconv.Itoa(taken.Addr().(*net.TCPAddr).Port), "--results", path)
	cmd.Env = append(cmd.Env, "XDG_STATE_HOME="+state)
	if out, err := cmd.CombinedOutput(); err == nil {
		t.Fatalf("it started:\n%s", out)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the results are left: %v", err)
	}
	if left, err := os.ReadDir(filepath.Join(state, "ehlo", "transcripts", "visitors")); err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}

// Only an address that others can reach brings the warning and the limits.
func TestServePublic(t *testing.T) {
	for listen, want := range map[string]bool{"": false, "localhost": false, "127.0.0.1": false, "127.8.9.10": false, "::1": false, "0.0.0.0": true, "::": true, "192.0.2.10": true, "2001:db8::1": true} {
		if got := (&server{listen: listen}).public(); got != want {
			t.Errorf("%q: public %v", listen, got)
		}
	}
}
