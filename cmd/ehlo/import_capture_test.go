package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/tlswire/tlstest"
	"ehlo/transcripts"
	packets "ehlo/transcripts/streams"
)

// crossed is what two transcripts of one session have in common, whoever recorded it: all that crossed the wire, field by field.
// Times aside, what a session knows beyond the bytes is left out: whether it believed the certificate, and the ciphertext beside
// what it held.
func crossed(t *testing.T, transcript string) (list []string) {
	t.Helper()
	file, err := transcripts.Open(transcript)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for i := range file.Len() {
		e := file.At(i)
		var what any
		switch {
		case e.Connect != nil:
			what = e.Connect.Address
		case e.Send != nil:
			s := *e.Send
			s.Cipher, s.Agreed, s.Normalized = nil, nil, 0 // what the sender did before it sent is not seen
			what = s
		case e.Reply != nil:
			r := *e.Reply
			r.Cipher, r.Wait, r.Took = nil, 0, 0
			what = r
		case e.TLSMessage != nil:
			what = *e.TLSMessage
		case e.TLS != nil:
			s := *e.TLS
			s.Took, s.Checks, s.Path, s.Verified, s.KeyLog = 0, nil, nil, false, ""
			what = s
		case e.Auth != nil:
			what = []any{e.Auth.Mechanism, e.Auth.Round, e.Auth.From, e.Auth.Outcome, e.Auth.User}
		default:
			continue
		}
		b, err := json.Marshal(what)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, string(e.Step)+" "+string(e.Kind)+" "+string(b))
	}
	return list
}

// importing reads a capture, and gives the transcript and what it printed.
func importing(t *testing.T, capture string, args ...string) (transcript, said string) {
	t.Helper()
	transcript = filepath.Join(t.TempDir(), "imported.ehlo.ndjson")
	exit, said := ran(t, append([]string{"import", capture, "-o", transcript}, args...)...)
	if exit != record.ExitOK {
		t.Fatalf("exit %d\n%s", exit, said)
	}
	return transcript, said
}

// same compares two lists, and names the first difference.
func sameCrossed(t *testing.T, got, want []string) {
	t.Helper()
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Errorf("event %d\n got %s\nwant %s", i, got[i], want[i])
			return
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d events, want %d", len(got), len(want))
	}
}

// A capture that another program wrote, of sessions that this one recorded live, is read as what the live recording says: TLS 1.2
// and 1.3, by STARTTLS and from the first byte, with the secrets in the file or beside it. tshark and editcap write the files, in
// pcapng and in pcap.
func TestImportAgreesWithTheLiveRecording(t *testing.T) {
	tlstest.Need(t, "tshark", "editcap")
	t.Parallel()
	all := capturingTLS(t, "--capture-keys")
	dir, sessions := t.TempDir(), inSections(t, paths(all)...)
	embedded, beside := filepath.Join(dir, "a.pcapng"), filepath.Join(dir, "b.pcap")
	tlstest.Tshark(t, "-r", sessions, "-w", embedded)
	if out, err := exec.Command("editcap", "-F", "nsecpcap", sessions, beside).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for i, c := range all {
		t.Run(c.name(), func(t *testing.T) {
			want, session := crossed(t, c.transcript), strconv.Itoa(i+1)
			for _, args := range [][]string{{embedded}, {beside, "--tls-secrets", c.keys}} {
				imported, said := importing(t, args[0], append(args[1:], "--session", session)...)
				sameCrossed(t, crossed(t, imported), want)
				if !strings.Contains(said, "masked: the password of AUTH PLAIN") || strings.Contains(read(t, imported), "tulip") {
					t.Errorf("the password is not masked, or it is not said:\n%s", said)
				}
			}
		})
	}
}

// Without the secrets everything up to TLS is there, and the rest is said to be unknown.
func TestImportWithoutSecrets(t *testing.T) {
	for _, version := range []string{"1.2", "1.3"} {
		for _, target := range []string{"lab:587", "lab:465"} {
			t.Run(version+" "+target, func(t *testing.T) {
				c := capturing(t, target, "--tls-max", version)
				imported, said := importing(t, c.capture)
				live := crossed(t, c.transcript)
				got := crossed(t, imported)
				n := 0
				for n < len(got) && !strings.Contains(got[n], `"encrypted":true`) && !strings.HasPrefix(got[n], "handshake tls {") {
					n++
				}
				sameCrossed(t, got[:n], live[:n])
				if least := map[string]int{"lab:587": 8, "lab:465": 3}[target]; n < least {
					t.Errorf("%d events before TLS hides them, want at least %d", n, least)
				}
				if text := flat(said); !strings.Contains(text, "inside TLS is not known") || !strings.Contains(text, "TLS "+version) {
					t.Errorf("it is not said what is missing:\n%s", said)
				}
				if version == "1.2" && !strings.Contains(said, "certificate  mail.lab") {
					t.Errorf("TLS 1.2 shows the certificate, and it is not there:\n%s", said)
				}
			})
		}
	}
}

// dumping is dumpcap on the loopback interface. The function returned ends it once the capture has the ends of the connections from some
// ports, and gives a file with those connections alone.
func dumping(t *testing.T) (only func(ports ...uint16) string) {
	t.Helper()
	tlstest.Need(t, "dumpcap", "tshark")
	dir := t.TempDir()
	all := filepath.Join(dir, "all.pcapng")
	cmd := exec.Command("dumpcap", "-q", "-i", "lo", "-f", "tcp", "-w", all)
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	lines := bufio.NewScanner(said)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "File:") {
	}
	if !strings.HasPrefix(lines.Text(), "File:") {
		if os.Getenv("CI") == "true" {
			t.Fatal("dumpcap does not capture on lo: " + lines.Text())
		}
		t.Skip("this user may not capture on lo")
	}
	return func(ports ...uint16) string {
		for deadline := time.Now().Add(20 * time.Second); !areOver(all, ports); time.Sleep(50 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("dumpcap has not seen the end of the connections")
			}
		}
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
		var wanted []string
		for _, port := range ports {
			wanted = append(wanted, fmt.Sprintf("tcp.port == %d", port))
		}
		those := filepath.Join(dir, "those.pcapng")
		tlstest.Tshark(t, "-r", all, "-Y", strings.Join(wanted, " or "), "-w", those)
		return those
	}
}

// areOver reports whether a capture, which may still grow, has both ends of the connections from some ports.
func areOver(path string, ports []uint16) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	c, err := packets.Read(file)
	if err != nil {
		return false
	}
	over := 0
	for _, s := range c.Streams {
		ends := 0
		for _, chunk := range s.Chunks {
			if chunk.End {
				ends++
			}
			if chunk.Reset { // as by a client that closes before it has read everything
				ends = 2
			}
		}
		if slices.Contains(ports, s.Client.Port()) && ends >= 2 {
			over++
		}
	}
	return over == len(ports)
}

// counted is what depends on how much a program read at once, and on the order in which the sides crossed.
var counted = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`"(sent|received)":\d+,?|"decided":.*`) })

// What both recorders saw of a session does not depend on where they stood, but for the order in which messages of the two sides
// crossed: each side is compared by itself.
func bySides(list []string) map[string][]string {
	number := regexp.MustCompile(`^\S* tls-message \{"seq":\d+,"dir":"(.)"`)
	sides := map[string][]string{}
	for _, line := range list {
		if strings.Contains(line, `"name":"Alert"`) { // the goodbye of one side may cross after the other has stopped listening
			continue
		}
		side := "dialogue"
		if m := number.FindStringSubmatch(line); m != nil {
			side, line = m[1], line[len(m[0]):]
		}
		sides[side] = append(sides[side], counted().ReplaceAllString(line, ""))
	}
	return sides
}

// dumpcap records sessions on the loopback interface while this program records them live: what the import of the one says is what the
// other says. Nothing runs beside it: dumpcap would record that too, and might lose packets.
func TestImportAgreesWithDumpcap(t *testing.T) {
	only := dumping(t)
	all := capturingTLS(t)
	var ports []uint16
	keys := "" // of all: a session whose secrets are missing may not be known for one
	for _, c := range all {
		ports = append(ports, clientPort(t, c.transcript))
		keys += read(t, c.keys)
	}
	capture, dir := only(ports...), t.TempDir()
	write(t, dir, "keys", keys)
	for i, c := range all {
		t.Run(c.name(), func(t *testing.T) {
			imported, _ := importing(t, capture, "--tls-secrets", filepath.Join(dir, "keys"), "--session", strconv.Itoa(i+1))
			got, want := bySides(crossed(t, imported)), bySides(crossed(t, c.transcript))
			for side := range want {
				sameCrossed(t, got[side], want[side])
			}
		})
	}
}

// clientPort is the port that the last connection of a transcript came from.
func clientPort(t *testing.T, transcript string) (port uint16) {
	t.Helper()
	file, err := transcripts.Open(transcript)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for i := range file.Len() {
		if c := file.At(i).Connect; c != nil && c.Local != "" {
			port = netip.MustParseAddrPort(c.Local).Port()
		}
	}
	return port
}

// The same with Postfix, whose TLS is OpenSSL's: with the secrets all of it, without them what crossed before TLS.
func TestPostfixImportAgreesWithDumpcap(t *testing.T) {
	p := newPostfix(t)
	for _, version := range []string{"1.2", "1.3"} {
		for scheme, address := range map[string]string{"submission://": p.submission, "submissions://": p.submissions} {
			t.Run(version+" "+scheme, func(t *testing.T) {
				only := dumping(t)
				dir := t.TempDir()
				transcript, keys, own := filepath.Join(dir, "live.ehlo.ndjson"), filepath.Join(dir, "keys"), filepath.Join(dir, "own.pcapng")
				args := p.trust(scheme+address, "--tls-max", version, "--user", p.user, "-o", transcript, "--keylog", keys, "--capture", own, "--capture-keys")
				if out, exit := p.run(p.password, args...); exit != record.ExitOK {
					t.Fatalf("exit %d\n%s", exit, out)
				}
				_, port, _ := strings.Cut(address, ":")
				seen := ""
				for _, s := range dissected(t, own, "-d", "tcp.port=="+port+","+map[string]string{"submission://": "smtp", "submissions://": "tls"}[scheme], "-d", "tls.port=="+port+",smtp") {
					seen += s.smtp
				}
				for _, line := range []string{"C: EHLO client.test", "C: AUTH ", "S: 235 "} {
					if !strings.Contains(seen, line) {
						t.Errorf("tshark shows no %q in our capture:\n%s", line, seen)
					}
				}
				capture := only(clientPort(t, transcript))
				imported, said := importing(t, capture, "--tls-secrets", keys)
				want := bySides(crossed(t, transcript))
				for side, got := range bySides(crossed(t, imported)) {
					sameCrossed(t, got, want[side])
				}
				if strings.Contains(read(t, imported), p.password) || !strings.Contains(said, "masked: ") {
					t.Errorf("the password is not masked, or it is not said:\n%s", said)
				}
				if scheme == "submissions://" { // on this port nothing tells that there is SMTP inside
					return
				}
				closed, said := importing(t, capture)
				if got := bySides(crossed(t, closed))["dialogue"]; len(got) < 7 || // the last of them is the handshake
					!strings.Contains(flat(said), "inside TLS is not known") {
					t.Errorf("%d events\n%s", len(got), said)
				} else {
					sameCrossed(t, got[:6], want["dialogue"][:6])
				}
			})
		}
	}
}
