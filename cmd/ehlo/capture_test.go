package main

import (
	"os"
	"os/exec"
	"path/filepath"
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

// info is what tshark says in a line of each packet that it takes for SMTP.
func info(t *testing.T, capture string, options ...string) string {
	t.Helper()
	return string(tlstest.Tshark(t, append([]string{"-r", capture, "-Y", "smtp", "-T", "fields", "-e", "_ws.col.Info"}, options...)...))
}

// tshark sees in a capture with the TLS secrets what the transcript has: the lines of SMTP, inside TLS too, and each message of
// the handshake with its fields.
func TestCaptureAgreesWithTshark(t *testing.T) {
	tlstest.Need(t, "tshark")
	t.Parallel()
	for _, version := range []string{"1.2", "1.3"} {
		for _, target := range []string{"lab:587", "lab:465"} {
			t.Run(version+" "+target, func(t *testing.T) {
				t.Parallel()
				c := capturing(t, target, "--tls-max", version, "--capture-keys")
				tlstest.Compare(t, c.messages, tlstest.DissectFile(t, c.capture, 1)[0])
				got := info(t, c.capture)
				for _, want := range []string{"C: EHLO laptop.lab.test", "C: AUTH PLAIN", "S: 235 2.7.0 authentication successful", "C: QUIT"} {
					if !strings.Contains(got, want) {
						t.Errorf("no %q in\n%s", want, got)
					}
				}
			})
		}
	}
}

// Without the secrets tshark sees what an eavesdropper does.
func TestCaptureKeepsTLSClosed(t *testing.T) {
	t.Parallel()
	tlstest.Need(t, "tshark")
	c := capturing(t, "lab:587")
	if got := info(t, c.capture); !strings.Contains(got, "C: STARTTLS") || strings.Contains(got, "AUTH") || strings.Contains(got, "235") {
		t.Errorf("got\n%s", got)
	}
	if b := read(t, c.capture); strings.Contains(b, "CLIENT_") || strings.Contains(b, "AUTH PLAIN AG") {
		t.Error("the file holds what nobody on the wire sees")
	}
}

// The packets are as they should be: tshark finds nothing to remark about checksums and sequence numbers, on IPv4 and IPv6.
func TestCapturePacketsAreRight(t *testing.T) {
	tlstest.Need(t, "tshark")
	t.Parallel()
	for _, address := range []string{"127.0.0.1", "::1"} {
		c := capturing(t, "lab:587", "--tls", "off", "--until", "ehlo", "--address", address)
		said := string(tlstest.Tshark(t, "-r", c.capture, "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-T", "fields", "-E", "separator=;",
			"-e", "tcp.flags.str", "-e", "ip.checksum_bad.expert", "-e", "tcp.checksum_bad.expert", "-e", "tcp.analysis.flags"))
		var flags []string
		for packet := range strings.Lines(said) {
			flag, remarks, _ := strings.Cut(strings.TrimSpace(packet), ";")
			if flags = append(flags, flag); strings.Trim(remarks, ";") != "" {
				t.Errorf("%s: tshark remarks\n%s", address, said)
			}
		}
		if len(flags) < 5 || !strings.HasSuffix(flags[0], "S·") || !strings.Contains(strings.Join(flags, " "), "A···F") {
			t.Errorf("%s: %q", address, flags)
		}
	}
}

// What the session understood stands at the packets: each step, each code, each finding, and the verdict.
func TestCaptureHasComments(t *testing.T) {
	tlstest.Need(t, "tshark")
	c := capturing(t, "lab:587")
	said := string(tlstest.Tshark(t, "-r", c.capture, "-T", "fields", "-e", "frame.comment"))
	for _, want := range []string{"The practice server simulates port 587", "greeting: 220 · the server is ready", "handshake: Finished", "capture-written", "auth: 235 2.7.0 · logged in", "exit code 0"} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in\n%s", want, said)
		}
	}
	if strings.Contains(said, "tulip") {
		t.Error("a comment holds the password")
	}
}

// A transcript alone makes a capture too: of what crossed inside TLS as it was, the password masked.
func TestExportedCaptureAgreesWithTshark(t *testing.T) {
	tlstest.Need(t, "tshark")
	t.Parallel()
	for _, target := range []string{"lab:587", "lab:465"} {
		c := capturing(t, target)
		out := filepath.Join(t.TempDir(), "exported.pcapng")
		cmd := exec.Command(os.Args[0], "export", c.transcript, "-o", out)
		cmd.Env = append(os.Environ(), "EHLO_AS_PROGRAM=1")
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
		got := info(t, out)
		for _, want := range []string{"S: 220 mail.lab", "C: EHLO laptop.lab.test", "C: AUTH PLAIN", "S: 235 2.7.0 authentication successful", "C: QUIT"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %q in\n%s", target, want, got)
			}
		}
		if file := read(t, out); strings.Contains(file, "AGFubg") || !strings.Contains(file, "Created from a transcript") {
			t.Errorf("%s: the file holds the password, or does not say what it is", target)
		}
	}
}
