package letter

import (
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ehlo/session/message"
	"ehlo/ui/paint"
)

var update = flag.Bool("update", false, "write the golden files")

// What is printed of each message and bounce.
func TestLetters(t *testing.T) {
	files, err := filepath.Glob("../../session/message/testdata/*.eml")
	if err != nil || len(files) < 15 {
		t.Fatal(files, err)
	}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".eml")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			r, ok := message.Read(string(text), message.Options{})
			if !ok {
				t.Fatal("it is not taken for a message")
			}
			golden(t, name, strings.Join(Lines(r, 80), "\n")+"\n")
		})
	}
}

// zone has TXT records and nothing else.
type zone map[string]string

func (z zone) TXT(name string) (list []string, err error) {
	if text, ok := z[name]; ok {
		list = append(list, text)
	}
	return list, nil
}
func (zone) MX(string) ([]string, error)                        { return nil, nil }
func (zone) Addresses(string, netip.Addr) ([]netip.Addr, error) { return nil, nil }
func (zone) Names(netip.Addr) ([]string, error)                 { return nil, nil }
func (zone) Exists(string) (bool, error)                        { return true, nil }

// What is printed where DNS was asked.
func TestEvaluated(t *testing.T) {
	records := zone{"a.example": "v=spf1 ip4:198.51.100.2 -all", "_dmarc.a.example": "v=DMARC1; p=reject", "_dmarc.list.example": "v=DMARC1; p=quarantine; t=y", "list.example": "v=spf1 al"}
	for _, name := range []string{"plain", "gmail", "forged", "exim-loop"} {
		text, err := os.ReadFile("../../session/message/testdata/" + name + ".eml")
		if err != nil {
			t.Fatal(err)
		}
		r, _ := message.Read(string(text), message.Options{DNS: records})
		golden(t, "evaluated-"+name, strings.Join(append(evaluated(r, 80), chain(r.ARC, 80)...), "\n")+"\n")
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("it is\n%s\nwant\n%s", got, want)
	}
}

// Whatever the width, no line is longer, and nothing acts on a terminal.
func TestWidths(t *testing.T) {
	for _, name := range []string{"hostile", "plain", "gmail", "bounce-gmail"} {
		text, err := os.ReadFile("../../session/message/testdata/" + name + ".eml")
		if err != nil {
			t.Fatal(err)
		}
		r, _ := message.Read(string(text), message.Options{})
		for _, width := range []int{1, 40, 60, 80, 120} {
			for _, line := range Lines(r, width) {
				if paint.Width(line) > max(width, narrowest) || strings.ContainsAny(line, "\x00\x07\x1b\u202e") {
					t.Errorf("%s at %d: %q", name, width, line)
				}
			}
		}
	}
}
