package spf_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/spf"
	"ehlo/session/zone"
)

// python is a program that evaluates SPF with the module of Debian's python3-spf, by the records that it reads, for each client and domain.
const python = `
import json, sys, spf
given = json.load(sys.stdin)
def lookup(name, kind, strict=True, timeout=20):
    found = given["records"].get(name.rstrip(".").lower() + " " + kind, [])
    if kind == "TXT":
        return [((name, kind), [t.encode()]) for t in found]
    if kind == "MX":
        return [((name, kind), (int(m.split()[0]), m.split()[1].rstrip("."))) for m in found]
    return [((name, kind), v.rstrip(".")) for v in found]
spf.DNSLookup = lookup
print(json.dumps([spf.query(i, "ann@" + d, "mx." + d).check()[0] for i, d in given["cases"]]))
`

// clients are met with each record.
var clients = []string{"192.0.2.25", "192.0.2.99", "198.51.100.9", "2001:db8::1"}

// differs are records for which the other program is not right, and why.
var differs = map[string]string{"case.test": "the names of modifiers are the same in capital letters (RFC 7208 §4.6.1)"}

// Another program comes to the same result for each record and client.
func TestPythonSPF(t *testing.T) {
	if exec.Command("/usr/bin/python3", "-c", "import spf").Run() != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("needs python3 with the module spf, of Debian's python3-spf")
		}
		t.Skip("needs python3 with the module spf, of Debian's python3-spf")
	}
	z, err := zone.Parse(names)
	if err != nil {
		t.Fatal(err)
	}
	records, cases := map[string][]string{}, [][2]string{}
	for line := range strings.Lines(names) {
		f := strings.SplitN(strings.Join(strings.Fields(line), " "), " ", 3)
		if len(f) < 3 {
			continue
		}
		name := strings.TrimSuffix(f[0], ".")
		data := f[2]
		if text, _ := record.TextOf(data); f[1] == "TXT" {
			data = latin(text)
		}
		records[name+" "+f[1]] = append(records[name+" "+f[1]], data)
		for _, c := range clients {
			if one := [2]string{c, name}; f[1] == "TXT" && !slices.Contains(cases, one) {
				cases = append(cases, one)
			}
		}
	}
	given, _ := json.Marshal(map[string]any{"records": records, "cases": cases})
	cmd := exec.Command("/usr/bin/python3", "-c", python)
	cmd.Stdin = bytes.NewReader(given)
	var want []string
	if out, err := cmd.Output(); err != nil || json.Unmarshal(out, &want) != nil || len(want) != len(cases) || len(cases) < 100 {
		t.Fatalf("%v, %d of %d: %s", err, len(want), len(cases), out)
	}
	t.Logf("%d records with %d clients each", len(cases)/len(clients), len(clients))
	for i, c := range cases {
		result, term, err := spf.Check(known{z}, ann(c[0], c[1]))
		if string(result) != want[i] && differs[c[1]] == "" {
			t.Errorf("%s %s: %s by %s (%v), and %s by the other", c[1], c[0], result, term, err, want[i])
		}
	}
}

// latin has a character for each byte, as JSON can hold it.
func latin(text string) (out string) {
	for i := range len(text) {
		out += string(rune(text[i]))
	}
	return out
}
