package main

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/transcripts"
)

// fieldsOf is what a transcript says of a session that more than one program may have recorded, by names.
func fieldsOf(t *testing.T, path string) map[string]string {
	t.Helper()
	file, err := transcripts.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	fields := map[string]string{}
	add := func(name, value string) {
		if value != "" {
			fields[name] += value + "\n"
		}
	}
	for e := range file.All() {
		switch {
		case e.Connect != nil:
			add("address", e.Connect.Address)
		case e.Send != nil:
			add("lines of the client", string(e.Send.Raw))
			add("protection of what the client said", protection(e.Send.TLS))
		case e.Reply != nil:
			add("lines of the server", string(e.Reply.Raw))
			add("codes", fmt.Sprintf("%d %s", e.Reply.Code, e.Reply.Enhanced))
			add("protection of what the server said", protection(e.Reply.TLS))
		case e.Capabilities != nil:
			for _, k := range e.Capabilities.Keywords {
				add("capabilities", string(k.Raw))
			}
		case e.TLSMessage != nil && e.TLSMessage.Name != "Alert" && fields["TLS version"] == "": // what comes after the handshake may cross with something else
			add("handshake of "+e.TLSMessage.Dir, e.TLSMessage.Name)
			add("order of the handshake", e.TLSMessage.Dir+" "+e.TLSMessage.Name)
		case e.TLS != nil:
			add("TLS version", e.TLS.Version)
			add("cipher suite", e.TLS.CipherSuite)
			add("group", e.TLS.Group)
			add("name asked for", e.TLS.ServerName)
			for _, c := range e.TLS.Chain.List() {
				add("SHA-256 of the certificates", c.SHA256)
				add("subjects", c.Subject)
			}
		case e.Auth != nil && e.Auth.Outcome != "":
			add("login", fmt.Sprintf("%s of %s: %s", e.Auth.Mechanism, e.Auth.User, e.Auth.Outcome))
		case e.End != nil:
			add("verdict", fmt.Sprintf("%s, exit code %d, %s, by %d %s", e.End.Outcome, e.End.Exit, e.End.Finding, e.End.Code, e.End.Enhanced))
			add("server", e.End.Facts.Peer)
		}
	}
	return fields
}

func protection(inside bool) string {
	return map[bool]string{true: "TLS", false: "none"}[inside]
}

// The fields that a capture of a session has, with its TLS opened and without.
var (
	inTheClear = []string{"address", "lines of the client", "lines of the server", "codes", "protection of what the client said", "protection of what the server said", "capabilities"}
	ofTLS      = []string{"TLS version", "cipher suite", "group", "name asked for", "handshake of C", "handshake of S", "order of the handshake"}
	ofTheChain = []string{"SHA-256 of the certificates", "subjects"}
	ofTheWhole = []string{"login", "verdict", "server"}
)

// What dumpcap, the recorder of tshark, has seen of a session with Postfix is read as the live recording of the same session has it,
// field by field: TLS 1.2 and 1.3, by STARTTLS and from the first byte, a login that works and one that does not; with the secrets all of
// it, and without them what crossed before TLS and what a handshake shows.
func TestPostfixFieldsAgreeWithDumpcap(t *testing.T) {
	p := newPostfix(t)
	for _, version := range []string{"1.2", "1.3"} {
		for scheme, address := range map[string]string{"submission://": p.submission, "submissions://": p.submissions} {
			for password, exit := range map[string]record.Exit{p.password: record.ExitOK, "not-the-password-7": record.ExitAuth} {
				t.Run(fmt.Sprintf("%s %s exit %d", version, scheme, exit), func(t *testing.T) {
					only, dir := dumping(t), t.TempDir()
					transcript, keys := filepath.Join(dir, "live.ehlo.ndjson"), filepath.Join(dir, "keys")
					args := p.trust(scheme+address, "--tls-max", version, "--user", p.user, "--auth", "PLAIN", "-o", transcript, "--keylog", keys)
					if out, got := p.run(password, args...); got != exit {
						t.Fatalf("exit %d\n%s", got, out)
					}
					live, capture := fieldsOf(t, transcript), only(clientPort(t, transcript))

					whole, _ := importing(t, capture, "--tls-secrets", keys)
					sameFields(t, "with the secrets", fieldsOf(t, whole), live, slices.Concat(inTheClear, ofTLS, ofTheChain, ofTheWhole), nil)

					if scheme == "submissions://" { // the port is none of mail, and inside TLS nothing else tells that there is SMTP
						said, err := exec.Command("sh", "-c", `EHLO_AS_PROGRAM=1 "$0" import "$1" 2>&1`, os.Args[0], capture).Output()
						if err == nil || !strings.Contains(string(said), "no SMTP in ") {
							t.Errorf("%v: %s", err, said)
						}
						return
					}
					closed, _ := importing(t, capture)
					want := slices.Concat(inTheClear, ofTLS)
					if version == "1.2" { // which sends them in cleartext
						want = append(want, ofTheChain...)
					}
					sameFields(t, "without them", fieldsOf(t, closed), live, want, inTheClear)
				})
			}
		}
	}
}

// sameFields compares each field that is wanted; of those that are known in part what is known has to be how the whole begins. A record
// that was not opened stands for whatever message was in it.
func sameFields(t *testing.T, how string, got, want map[string]string, wanted, partly []string) {
	t.Helper()
	for _, name := range wanted {
		same := named(got[name], want[name]) == want[name]
		if slices.Contains(partly, name) {
			same = strings.HasPrefix(want[name], got[name])
		}
		if !same || got[name] == "" && want[name] != "" {
			t.Errorf("%s, %s:\n%s\nand live\n%s", how, name, got[name], want[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if !slices.Contains(slices.Concat(inTheClear, ofTLS, ofTheChain, ofTheWhole), name) {
			t.Errorf("the field %s is compared with nothing", name)
		}
	}
}

// named is a list of messages with the names of those that stand in the other one in the place of a record that was not opened. Nothing
// tells where in a row of such records a handshake ends.
func named(list, other string) string {
	lines, names := strings.Split(list, "\n"), strings.Split(other, "\n")
	for i, line := range lines {
		switch before, closed := strings.CutSuffix(line, "encrypted record"); {
		case closed && i >= len(names)-1:
			return strings.Join(append(lines[:i:i], ""), "\n")
		case closed && strings.HasPrefix(names[i], before):
			lines[i] = names[i]
		}
	}
	return strings.Join(lines, "\n")
}
