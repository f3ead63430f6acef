package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/tlswire/tlstest"
	"ehlo/transcripts"
)

// captured is one session that leaves a transcript and a capture.
type captured struct {
	capture    string
	transcript string
	messages   []tlswire.Message // of the transcript
}

// capturing has a session with the practice server.
func capturing(t *testing.T, args ...string) captured {
	t.Helper()
	dir := t.TempDir()
	c := captured{capture: filepath.Join(dir, "session.pcapng"), transcript: filepath.Join(dir, "session.ehlo.ndjson")}
	if exit, said := ran(t, append([]string{"run", "--mask", "-o", c.transcript, "--capture", c.capture}, args...)...); exit != record.ExitOK {
		t.Fatalf("exit %d\n%s", exit, said)
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

// capturingTLS has a session for each version and each way to begin TLS.
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

// dissection is what tshark says of the packets of a connection, each in a line.
type dissection struct {
	smtp     string // the packets that it takes for SMTP
	flags    string // of TCP
	remarks  string // on checksums and sequence numbers
	comments string // that stand at the packets
}

// dissected are the connections of a capture.
func dissected(t *testing.T, capture string, options ...string) (all []dissection) {
	t.Helper()
	said := tlstest.Tshark(t, append([]string{"-r", capture, "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-T", "fields",
		"-e", "tcp.stream", "-e", "_ws.col.Protocol", "-e", "_ws.col.Info", "-e", "tcp.flags.str", "-e", "frame.comment",
		"-e", "ip.checksum_bad.expert", "-e", "tcp.checksum_bad.expert", "-e", "tcp.analysis.flags"}, options...)...)
	for packet := range strings.Lines(string(said)) {
		fields := strings.SplitN(strings.TrimSuffix(packet, "\n"), "\t", 6)
		n, err := strconv.Atoi(fields[0])
		if err != nil {
			t.Fatalf("tshark: %v in\n%s", err, said)
		}
		all = append(all, make([]dissection, max(0, n+1-len(all)))...)
		s := &all[n]
		if strings.HasPrefix(fields[1], "SMTP") { // or SMTP/IMF, with a message in it
			s.smtp += fields[2] + "\n"
		}
		s.flags += fields[3] + " "
		s.comments += fields[4] + "\n"
		s.remarks += strings.Trim(fields[5], "\t")
	}
	return all
}

// tshark sees in captures what is to be seen there. It starts once for all that it lists, and once for the messages of TLS.
func TestCapturesInTshark(t *testing.T) {
	tlstest.Need(t, "tshark")
	t.Parallel()
	opened, closed := capturingTLS(t, "--capture-keys"), capturing(t, "lab:587")
	addresses, targets := []string{"127.0.0.1", "::1"}, []string{"lab:587", "lab:465"}
	captures := append(paths(opened), closed.capture)
	for _, address := range addresses {
		captures = append(captures, capturing(t, "lab:587", "--tls", "off", "--until", "ehlo", "--address", address).capture)
	}
	for _, target := range targets {
		captures = append(captures, exported(t, target))
	}
	seen, reports := dissected(t, inSections(t, captures...)), tlstest.DissectFile(t, inSections(t, paths(opened)...), len(opened))
	next := func(n int) (some []dissection) {
		if len(seen) < n {
			t.Fatal("tshark sees too few connections")
		}
		some, seen = seen[:n], seen[n:]
		return some
	}
	for i, c := range opened {
		s := next(1)[0]
		t.Run("with the secrets "+c.name(), func(t *testing.T) { sawSession(t, c, s, reports[i]) })
	}
	s := next(1)[0]
	t.Run("without the secrets", func(t *testing.T) { sawNoSecrets(t, closed, s) })
	for _, address := range addresses {
		s := next(1)[0]
		t.Run("packets of "+address, func(t *testing.T) { sawGoodPackets(t, s) })
	}
	for _, target := range targets {
		both := next(2)
		t.Run("exported "+target, func(t *testing.T) { sawExported(t, both) })
	}
	if len(seen) > 0 {
		t.Errorf("%d connections more than were captured", len(seen))
	}
}

// sawSession: in a capture with the TLS secrets stands what the transcript has, the lines of SMTP, inside TLS too, and each message of
// the handshake with its fields.
func sawSession(t *testing.T, c tlsCapture, s dissection, report tlstest.Report) {
	tlstest.Compare(t, c.messages, report)
	has(t, s.smtp, "C: EHLO laptop.lab.test", "C: AUTH PLAIN", "S: 235 2.7.0 authentication successful", "C: QUIT")
}

// sawNoSecrets: without them stands there what an eavesdropper sees. What the session understood stands at the packets: each step, each
// code, each finding, and the verdict.
func sawNoSecrets(t *testing.T, c captured, s dissection) {
	if !strings.Contains(s.smtp, "C: STARTTLS") || strings.Contains(s.smtp, "AUTH") || strings.Contains(s.smtp, "235") {
		t.Errorf("got\n%s", s.smtp)
	}
	if b := read(t, c.capture); strings.Contains(b, "CLIENT_") || strings.Contains(b, "AUTH PLAIN AG") {
		t.Error("the file holds what nobody on the wire sees")
	}
	has(t, s.comments, "The practice server simulates port 587", "greeting: 220 · the server is ready", "handshake: Finished", "capture-written", "auth: 235 2.7.0 · logged in", "exit code 0")
	if strings.Contains(s.comments, "tulip") {
		t.Error("a comment holds the password")
	}
}

// sawGoodPackets: nothing is to be remarked about checksums and sequence numbers, on IPv4 and IPv6.
func sawGoodPackets(t *testing.T, s dissection) {
	if s.remarks != "" {
		t.Errorf("tshark remarks %s", s.remarks)
	}
	if flags := strings.Fields(s.flags); len(flags) < 5 || !strings.HasSuffix(flags[0], "S·") || !strings.Contains(s.flags, "A···F") {
		t.Errorf("%q", flags)
	}
}

// exported is a capture that was made of a transcript alone: of what crossed inside TLS as it was, the password masked.
func exported(t *testing.T, target string) string {
	t.Helper()
	c := capturing(t, target)
	out := filepath.Join(t.TempDir(), "exported.pcapng")
	cmd := exec.Command(os.Args[0], "export", c.transcript, "-o", out) // it sets how often this process would collect garbage
	cmd.Env = append(os.Environ(), "EHLO_AS_PROGRAM=1")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if file := read(t, out); strings.Contains(file, "AGFubg") || !strings.Contains(file, "Created from a transcript") {
		t.Errorf("%s: the file holds the password, or does not say what it is", target)
	}
	return out
}

// sawExported: what crossed before TLS is a connection, and what crossed inside it another.
func sawExported(t *testing.T, both []dissection) {
	has(t, both[0].smtp+both[1].smtp, "S: 220 mail.lab", "C: EHLO laptop.lab.test", "C: AUTH PLAIN", "S: 235 2.7.0 authentication successful", "C: QUIT")
}

func has(t *testing.T, text string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}
