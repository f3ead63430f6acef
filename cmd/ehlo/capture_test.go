package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"ehlo/session/tlswire"
	"ehlo/session/tlswire/tlstest"
	"ehlo/transcripts"
)

// captured is one run of the program that leaves a transcript and a capture.
type captured struct {
	capture    string
	transcript string
	messages   []tlswire.Message // of the transcript
}

// capturing runs the real program against the practice server.
func capturing(t *testing.T, args ...string) captured {
	t.Helper()
	dir := t.TempDir()
	c := captured{capture: filepath.Join(dir, "session.pcapng"), transcript: filepath.Join(dir, "session.ehlo.ndjson")}
	cmd := exec.Command(os.Args[0], append([]string{"run", "--mask", "-o", c.transcript, "--capture", c.capture}, args...)...)
	cmd.Env = append(os.Environ(), "EHLO_AS_PROGRAM=1", "XDG_STATE_HOME="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	c.messages = messagesOf(t, c.transcript)
	return c
}

func messagesOf(t *testing.T, transcript string) (list []tlswire.Message) {
	t.Helper()
	file, err := transcripts.Open(transcript)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for i := range file.Len() {
		if m := file.At(i).TLSMessage; m != nil {
			list = append(list, *m)
		}
	}
	return list
}

// tlsCapture is a session with TLS of one version, by STARTTLS or from the first byte.
type tlsCapture struct {
	captured
	version, target string
	keys            string // what --keylog wrote
}

func (c tlsCapture) name() string { return c.version + " " + c.target }

// capturingTLS runs the real program once for each version and each way to begin TLS.
func capturingTLS(t *testing.T, args ...string) (all []tlsCapture) {
	t.Helper()
	for _, version := range []string{"1.2", "1.3"} {
		for _, target := range []string{"lab:587", "lab:465"} {
			keys := filepath.Join(t.TempDir(), "keys")
			c := capturing(t, append([]string{target, "--tls-max", version, "--keylog", keys}, args...)...)
			all = append(all, tlsCapture{c, version, target, keys})
		}
	}
	return all
}

// paths are those of the captures.
func paths(all []tlsCapture) (list []string) {
	for _, c := range all {
		list = append(list, c.capture)
	}
	return list
}

// inSections makes one capture of several, whose connections it has in their order: a file of pcapng may have several sections
// (draft-ietf-opsawg-pcapng-05 §4.1). A program that reads it starts once.
func inSections(t *testing.T, captures ...string) string {
	t.Helper()
	var all []byte
	for _, c := range captures {
		all = append(all, read(t, c)...)
	}
	path := filepath.Join(t.TempDir(), "sections.pcapng")
	if err := os.WriteFile(path, all, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// info is what tshark says in a line of each packet that it takes for SMTP, for each connection.
func info(t *testing.T, capture string, options ...string) (streams []string) {
	t.Helper()
	said := tlstest.Tshark(t, append([]string{"-r", capture, "-Y", "smtp", "-T", "fields", "-e", "tcp.stream", "-e", "_ws.col.Info"}, options...)...)
	for line := range strings.Lines(string(said)) {
		number, text, _ := strings.Cut(line, "\t")
		n, err := strconv.Atoi(number)
		if err != nil {
			t.Fatalf("tshark: %v in\n%s", err, said)
		}
		streams = append(streams, make([]string, max(0, n+1-len(streams)))...)
		streams[n] += text
	}
	return streams
}

// tshark sees in a capture with the TLS secrets what the transcript has: the lines of SMTP, inside TLS too, and each message of
// the handshake with its fields.
func TestCaptureAgreesWithTshark(t *testing.T) {
	tlstest.Need(t, "tshark")
	t.Parallel()
	all := capturingTLS(t, "--capture-keys")
	file := inSections(t, paths(all)...)
	reports, got := tlstest.DissectFile(t, file, len(all)), info(t, file)
	for i, c := range all {
		t.Run(c.name(), func(t *testing.T) {
			tlstest.Compare(t, c.messages, reports[i])
			for _, want := range []string{"C: EHLO laptop.lab.test", "C: AUTH PLAIN", "S: 235 2.7.0 authentication successful", "C: QUIT"} {
				if !strings.Contains(got[i], want) {
					t.Errorf("no %q in\n%s", want, got[i])
				}
			}
		})
	}
}

// The packets are as they should be: tshark finds nothing to remark about checksums and sequence numbers, on IPv4 and IPv6.
func TestCapturePacketsAreRight(t *testing.T) {
	tlstest.Need(t, "tshark")
	t.Parallel()
	addresses := []string{"127.0.0.1", "::1"}
	var captures []string
	for _, address := range addresses {
		captures = append(captures, capturing(t, "lab:587", "--tls", "off", "--until", "ehlo", "--address", address).capture)
	}
	said := string(tlstest.Tshark(t, "-r", inSections(t, captures...), "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-T", "fields", "-E", "separator=;",
		"-e", "tcp.stream", "-e", "tcp.flags.str", "-e", "ip.checksum_bad.expert", "-e", "tcp.checksum_bad.expert", "-e", "tcp.analysis.flags"))
	flags := map[string][]string{}
	for packet := range strings.Lines(said) {
		stream, rest, _ := strings.Cut(strings.TrimSpace(packet), ";")
		flag, remarks, _ := strings.Cut(rest, ";")
		if flags[stream] = append(flags[stream], flag); strings.Trim(remarks, ";") != "" {
			t.Errorf("connection %s: tshark remarks\n%s", stream, said)
		}
	}
	for i, address := range addresses {
		if f := flags[strconv.Itoa(i)]; len(f) < 5 || !strings.HasSuffix(f[0], "S·") || !strings.Contains(strings.Join(f, " "), "A···F") {
			t.Errorf("%s: %q", address, f)
		}
	}
}

// Without the secrets tshark sees what an eavesdropper does. What the session understood stands at the packets: each step, each code, each
// finding, and the verdict.
func TestCaptureWithoutSecrets(t *testing.T) {
	t.Parallel()
	tlstest.Need(t, "tshark")
	c := capturing(t, "lab:587")
	said := string(tlstest.Tshark(t, "-r", c.capture, "-T", "fields", "-e", "_ws.col.Protocol", "-e", "_ws.col.Info", "-e", "frame.comment"))
	var dialogue, comments strings.Builder
	for packet := range strings.Lines(said) {
		fields := strings.SplitN(packet, "\t", 3)
		if comments.WriteString(fields[2]); fields[0] == "SMTP" {
			dialogue.WriteString(fields[1] + "\n")
		}
	}
	if got := dialogue.String(); !strings.Contains(got, "C: STARTTLS") || strings.Contains(got, "AUTH") || strings.Contains(got, "235") {
		t.Errorf("got\n%s", got)
	}
	for _, want := range []string{"The practice server simulates port 587", "greeting: 220 · the server is ready", "handshake: Finished", "capture-written", "auth: 235 2.7.0 · logged in", "exit code 0"} {
		if !strings.Contains(comments.String(), want) {
			t.Errorf("no %q in\n%s", want, comments.String())
		}
	}
	if strings.Contains(said, "tulip") {
		t.Error("a comment holds the password")
	}
	if b := read(t, c.capture); strings.Contains(b, "CLIENT_") || strings.Contains(b, "AUTH PLAIN AG") {
		t.Error("the file holds what nobody on the wire sees")
	}
}

// A transcript alone makes a capture too: of what crossed inside TLS as it was, the password masked.
func TestExportedCaptureAgreesWithTshark(t *testing.T) {
	tlstest.Need(t, "tshark")
	t.Parallel()
	targets := []string{"lab:587", "lab:465"}
	var exported []string
	for _, target := range targets {
		c := capturing(t, target)
		out := filepath.Join(t.TempDir(), "exported.pcapng")
		cmd := exec.Command(os.Args[0], "export", c.transcript, "-o", out)
		cmd.Env = append(os.Environ(), "EHLO_AS_PROGRAM=1")
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
		if file := read(t, out); strings.Contains(file, "AGFubg") || !strings.Contains(file, "Created from a transcript") {
			t.Errorf("%s: the file holds the password, or does not say what it is", target)
		}
		exported = append(exported, out)
	}
	streams := info(t, inSections(t, exported...))
	for i, target := range targets {
		got := strings.Join(streams[2*i:2*i+2], "") // what crossed before TLS is a connection, and what crossed inside it another
		for _, want := range []string{"S: 220 mail.lab", "C: EHLO laptop.lab.test", "C: AUTH PLAIN", "S: 235 2.7.0 authentication successful", "C: QUIT"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %q in\n%s", target, want, got)
			}
		}
	}
}
