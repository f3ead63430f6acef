package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// Each flag that the table of swaks' options names is one of the command that it names, of run where it names none.
func TestSwaksTable(t *testing.T) {
	table := read(t, filepath.Join("..", "..", ".github", "SWAKS.md"))
	root, _ := newRoot(streams{os.Stdin, os.Stdout, os.Stderr}, []string{"help"})
	rows := 0
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		if len(cells) < 5 || !strings.Contains(cells[1], "`-") {
			continue
		}
		rows++
		for _, code := range regexp.MustCompile("`[^`]*`").FindAllString(cells[2], -1) {
			checkFlags(t, root, strings.Trim(code, "`"))
		}
	}
	if rows < 60 {
		t.Errorf("%d rows", rows)
	}
}

// optionsOfSwaks are those that the documentation of swaks (20240103) has an entry for, each by its long name.
var optionsOfSwaks = strings.Fields(`
	--config --server --port --local-interface --local-port --copy-routing -4 -6 --socket --pipe
	--to --cc --bcc --from --ehlo --lhlo --helo --quit-after --drop-after --drop-after-send --timeout --protocol --pipeline --prdr --force-getpwuid
	-tls --tls-optional --tls-optional-strict --tls-on-connect --tls-protocol --tls-cipher --tls-verify --tls-verify-ca --tls-verify-host
	--tls-verify-target --tls-ca-path --tls-cert --tls-key --tls-chain --tls-get-peer-cert --tls-get-peer-chain --tls-sni --tls-keylog
	--auth --auth-optional --auth-optional-strict --auth-user --auth-password --auth-extra --auth-map --auth-plaintext --auth-hide-password
	--xclient --xclient-addr --xclient-name --xclient-port --xclient-proto --xclient-destaddr --xclient-destport --xclient-helo --xclient-login
	--xclient-reverse-name --xclient-delim --xclient-no-verify --xclient-before-starttls --xclient-optional --xclient-optional-strict
	--proxy --proxy-version --proxy-family --proxy-protocol --proxy-command --proxy-source --proxy-source-port --proxy-dest --proxy-dest-port
	--data --dump-as-body --dump-as-body-shows-password --body --attach --attach-name --attach-type --attach-body --header --add-header -g
	--no-data-fixup --no-strip-from --suppress-data --show-time-lapse --no-hints --no-info-hints --no-send-hints --no-receive-hints --show-raw-text
	--output-file --output-file-stdout --output-file-stderr --hide-receive --hide-send --hide-informational --hide-all --silent --protect-prompt
	--support --dump --dump-mail --help --version`)

// Each option of swaks has its row, and few of them have no flag.
func TestSwaksTableIsComplete(t *testing.T) {
	table := read(t, filepath.Join("..", "..", ".github", "SWAKS.md"))
	rows, without := map[string]bool{}, 0
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		if len(cells) < 5 || !strings.Contains(cells[1], "`-") {
			continue
		}
		names := regexp.MustCompile("`(--?[a-z0-9-]+)").FindAllStringSubmatch(cells[1], -1)
		for _, name := range names {
			rows[name[1]] = true
		}
		switch {
		case strings.TrimSpace(cells[2]) != "–":
		case strings.TrimSpace(cells[3]) == "":
			t.Errorf("no flag and no reason: %s", line)
		default:
			without += len(names)
		}
	}
	for _, name := range optionsOfSwaks {
		if !rows[name] {
			t.Errorf("%s is not in the table", name)
		}
	}
	if without > 10 {
		t.Errorf("%d options have no flag", without)
	}
}

// checkFlags looks up the flags of a command line, or of the words that stand for one.
func checkFlags(t *testing.T, root *cobra.Command, line string) {
	name := "run"
	if words := strings.Fields(line); len(words) > 1 && words[0] == "ehlo" {
		name = words[1]
	}
	c, _, err := root.Find([]string{name})
	if err != nil {
		t.Errorf("%s: %v", line, err)
		return
	}
	for _, word := range regexp.MustCompile(`--?[a-z][a-z0-9-]*`).FindAllString(line, -1) {
		long, isLong := strings.CutPrefix(word, "--")
		if isLong && long != "help" && c.Flags().Lookup(long) == nil || !isLong && len(word) == 2 && c.Flags().ShorthandLookup(word[1:]) == nil {
			t.Errorf("%s has no %s", name, word)
		}
	}
}
