package dkim_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"ehlo/session/dkim"
	"ehlo/session/wire/keytest"
)

// python is a program that signs a hundred messages with the module of Debian's python3-dkim, changes most of them in a way that a server on
// the path may, and says which signatures are valid; then the same for chains of ARC.
const python = `
import base64, json, random, sys, dkim
given = json.load(sys.stdin)
rnd = random.Random(7)
pem, seed = given["pem"].encode(), given["seed"].encode()
def record(name, timeout=5):
    return given["records"].get(name.decode().rstrip("."), "").encode()
def words():
    return " ".join(rnd.choice(["alpha", "beta  gamma", "delta\t", "epsilon ", "", "zeta", "\u00e9t\u00e9"]) for _ in range(rnd.randint(0, 6))).encode()
def message():
    fields = [b"From: ann@a.example", b"To: bob@b.example", b"Subject: " + words() + b"\r\n folded " + words(), b"Date: Mon, 30 Nov 2026 02:00:00 +0000", b"X-Odd:   " + words(), b"X-Odd: second"]
    return b"\r\n".join(fields) + b"\r\n\r\n" + b"".join(words() + b"\r\n" for _ in range(rnd.randint(0, 8)))
def forge(m, tag):
    at = m.index(tag, m.index(b"bh=") + 3) + 12
    return m[:at] + (b"A" if m[at:at+1] != b"A" else b"B") + m[at+1:]
changes = [lambda m: m, lambda m: m.replace(b"To: bob", b"To:  bob", 1), lambda m: m.replace(b"From: ann", b"From: amn", 1), lambda m: m + b"\r\n\r\n", lambda m: m + b"more\r\n",
    lambda m: m.replace(b"Subject: ", b"subject: ", 1), lambda m: m.replace(b"alpha", b"alpha ", 1), lambda m: b"From: eve@e.example\r\n" + m, lambda m: forge(m, b" b="), lambda m: m.replace(b" folded", b"  folded", 1)]
selectors = ["rsa", "ed", "rsa", "testing", "revoked", "strict", "other", "sha1", "rsa", "none"]
out = []
for n in range(100):
    m, selector = message(), selectors[(n // 10 + n) % 10] if n % 3 == 0 else ["rsa", "ed"][n % 2]
    c = (rnd.choice([b"simple", b"relaxed"]), rnd.choice([b"simple", b"relaxed"]))
    how = dict(canonicalize=c, include_headers=[b"From", b"To", b"Subject", b"X-Odd", b"X-Odd", b"X-None"], length=rnd.random() < .25)
    if selector == "strict":
        how["identity"] = b"ann@sub.a.example" if n % 2 else b"ann@a.example"
    key, algorithm = (seed, b"ed25519-sha256") if selector == "ed" else (pem, b"rsa-sha256")
    d = dkim.DKIM(m, signature_algorithm=algorithm)
    m = changes[n % 10](d.sign(selector.encode(), b"a.example", key, **how) + m)
    try:
        ok = dkim.DKIM(m).verify(dnsfunc=record)
    except dkim.DKIMException as e:
        ok = False
    out.append({"message": base64.b64encode(m).decode(), "valid": bool(ok)})
chains = []
for n in range(40):
    m = message()
    for i in range(1 + n % 3):
        found = b"Authentication-Results: mx.a.example; arc=" + (b"none" if i == 0 else b"pass") + b"; spf=pass smtp.mailfrom=a.example\r\n"
        m = b"".join(dkim.arc_sign(found + m, b"rsa", b"a.example", pem, b"mx.a.example", include_headers=[b"from", b"to", b"subject"])) + m
        if n % 5 == 4 and i == 0:
            m += b"footer\r\n"
    m = [lambda m: m, lambda m: m.replace(b"cv=none", b"cv=pass", 1), lambda m: m.replace(b"spf=pass", b"spf=fail", 1), lambda m: m.replace(b"From: ann", b"From: amn", 1), lambda m: m + b"more\r\n",
        lambda m: m.replace(b"ARC-Seal: i=1", b"ARC-Seal: i=2", 1), lambda m: m.replace(b"ARC-Message-Signature: i=1;", b"X-Gone: i=1;", 1), lambda m: m.replace(b"folded", b" folded", 1)][n % 8](m)
    try:
        cv = dkim.arc_verify(m, dnsfunc=record)[0]
    except dkim.DKIMException as e:
        cv = b"fail"
    chains.append({"message": base64.b64encode(m).decode(), "valid": cv == b"pass"})
print(json.dumps([out, chains]))
`

// one is a message, and what the other program says of it.
type one struct {
	Message []byte
	Valid   bool
}

// signed asks the other program for messages.
func signed(t *testing.T) (letters, chains []one, keys dkim.Keys) {
	t.Helper()
	if exec.Command("/usr/bin/python3", "-c", "import dkim, nacl").Run() != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("needs python3 with the modules dkim and nacl, of Debian's python3-dkim")
		}
		t.Skip("needs python3 with the modules dkim and nacl, of Debian's python3-dkim")
	}
	private := keytest.RSA()
	seed := make([]byte, ed25519.SeedSize)
	rand.Read(seed)
	der, _ := x509.MarshalPKIXPublicKey(private.Public())
	p := base64.StdEncoding.EncodeToString(der)
	records := map[string]string{
		"rsa": "v=DKIM1; k=rsa; p=" + p, "ed": "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)),
		"testing": "v=DKIM1; t=y; p=" + p, "revoked": "v=DKIM1; p=", "strict": "v=DKIM1; t=s; p=" + p, "other": "v=DKIM1; s=tlsrpt; p=" + p, "sha1": "v=DKIM1; h=sha1; p=" + p,
	}
	for name, text := range records {
		records[name+"._domainkey.a.example"] = text
	}
	given, _ := json.Marshal(map[string]any{"records": records, "seed": base64.StdEncoding.EncodeToString(seed),
		"pem": string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(private)}))})
	cmd := exec.Command("/usr/bin/python3", "-c", python)
	var said bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(given), &said
	out, err := cmd.Output()
	var both [2][]one
	if err != nil || json.Unmarshal(out, &both) != nil || len(both[0]) != 100 || len(both[1]) != 40 {
		t.Fatalf("%v: %.300s %s", err, out, said.String())
	}
	return both[0], both[1], func(name string) ([]string, error) {
		if text, ok := records[name]; ok {
			return []string{text}, nil
		}
		return nil, nil
	}
}

// message takes a text apart as it is signed.
func message(text string) *dkim.Message {
	header, body, _ := strings.Cut(text, "\r\n\r\n")
	m := &dkim.Message{Body: body}
	for line := range strings.Lines(header + "\r\n") {
		if line[0] == ' ' || line[0] == '\t' {
			m.Fields[len(m.Fields)-1] += line
			continue
		}
		m.Fields = append(m.Fields, line)
	}
	return m
}

// Another program comes to the same result for each of a hundred signatures, those of the beginning of a body among them, and for chains of ARC.
func TestPython(t *testing.T) {
	letters, chains, keys := signed(t)
	sameSignatures(t, letters, keys)
	sameChains(t, chains, keys)
}

func sameSignatures(t *testing.T, letters []one, keys dkim.Keys) {
	valid, partly := 0, 0
	for i, l := range letters {
		m := message(string(l.Message))
		at := -1
		for j, f := range m.Fields {
			if strings.HasPrefix(f, "DKIM-Signature:") {
				at = j
			}
		}
		if strings.Contains(m.Fields[at], " l=") {
			partly++
		}
		err := m.Check(at, keys)
		if (err == nil) != l.Valid {
			t.Errorf("%d: %v, and valid for the other: %v\n%s", i, err, l.Valid, l.Message)
		}
		if l.Valid {
			valid++
		}
	}
	t.Logf("%d of %d are valid, and %d of all are of the beginning of the body", valid, len(letters), partly)
	if valid < 20 || valid > 80 || partly < 10 {
		t.Error("they are too much alike")
	}
}

func sameChains(t *testing.T, chains []one, keys dkim.Keys) {
	valid := 0
	for i, l := range chains {
		m := message(string(l.Message))
		err := chain(m, keys)
		if (err == nil) != l.Valid {
			t.Errorf("%d: %v, and valid for the other: %v\n%s", i, err, l.Valid, l.Message)
		}
		if l.Valid {
			valid++
		}
	}
	t.Logf("%d of %d are valid", valid, len(chains))
	if valid < 8 || valid > 32 {
		t.Errorf("%d of %d are valid: they are too much alike", valid, len(chains))
	}
}

// chain says why a chain is not valid (RFC 8617 §5.2).
func chain(m *dkim.Message, keys dkim.Keys) error {
	c, err := m.Chain()
	if err == nil && len(c) == 0 {
		return errors.New("there is none")
	}
	if err == nil {
		err = m.CheckMessage(c[len(c)-1], keys)
	}
	for n := len(c); n > 0 && err == nil; n-- {
		err = m.CheckSeal(c[:n], keys)
	}
	return err
}
