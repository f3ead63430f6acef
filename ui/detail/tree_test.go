package detail

import (
	"bytes"
	"encoding/hex"
	"path/filepath"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
	"ehlo/transcripts"
	"ehlo/ui/dialogue"
)

// messages are those of real handshakes.
func messages(t testing.TB) []*tlswire.Message {
	t.Helper()
	var out []*tlswire.Message
	for _, name := range []string{"tls12", "tls13", "client-certificate"} {
		file, err := transcripts.Open(filepath.Join("..", "testdata", name+".ehlo.ndjson"))
		if err != nil {
			t.Fatal(err)
		}
		for i := range file.Len() {
			if m := file.At(i).TLSMessage; m != nil {
				out = append(out, m)
			}
		}
		file.Close()
	}
	return out
}

func treeOf(e record.Event) *Tree {
	log := &record.Log{}
	log.Append(e)
	x := dialogue.NewIndex(log)
	x.Extend()
	return OpenTree(Subject{Index: x, Row: dialogue.Row{}, Upto: 1})
}

func treeText(t *Tree, width, height int) string {
	var out []string
	for _, l := range t.Lines(width, height) {
		out = append(out, strings.TrimRight(l.String(), " "))
	}
	return strings.Join(out, "\n")
}

// Whichever field is selected, the cursor on its first byte comes back to it or to a part of it.
func TestFieldsAndBytesFindEachOther(t *testing.T) {
	for _, m := range messages(t) {
		tree := treeOf(record.Event{Kind: record.KindTLSMessage, TLSMessage: m})
		for at := range m.Raw {
			tree.toByte(at)
			n := tree.nodes[tree.sel]
			if at < n.Off || at >= n.Off+n.Len {
				t.Fatalf("%s: byte %d is not in %s (%d, %d bytes)", m.Name, at, n.Name, n.Off, n.Len)
			}
			for i, other := range tree.nodes {
				if other.parent == tree.sel && other.Off <= at && at < other.Off+other.Len {
					t.Fatalf("%s: byte %d is in %s too, which is inside %s", m.Name, at, tree.nodes[i].Name, n.Name)
				}
			}
			if tree.shown[tree.place()] != tree.sel {
				t.Fatalf("%s: %s is selected and folded away", m.Name, n.Name)
			}
		}
	}
}

// Between the brackets are the bytes of the field, no more and no fewer.
func TestTheSelectedFieldIsLit(t *testing.T) {
	for _, m := range messages(t) {
		tree := treeOf(record.Event{Kind: record.KindTLSMessage, TLSMessage: m})
		for i, n := range tree.nodes {
			if tree.sel = i; n.Len == 0 || n.Len > 64 {
				continue
			}
			if got := lit(tree.hex(80, 60)); got != hex.EncodeToString(m.Raw[n.Off:n.Off+n.Len]) {
				t.Fatalf("%s, %s: lit %s", m.Name, n.Name, got)
			}
		}
	}
}

// lit reads the bytes between [ and ] out of lines of sixteen.
func lit[L interface{ String() string }](lines []L) string {
	var all strings.Builder
	for _, l := range lines {
		runes := []rune(l.String())
		all.WriteString(string(runes[5 : 5+3*16+1]))
	}
	_, rest, _ := strings.Cut(all.String(), "[")
	inside, _, _ := strings.Cut(rest, "]")
	return strings.ReplaceAll(inside, " ", "")
}

func TestFoldingAndUnfolding(t *testing.T) {
	tree := treeOf(record.Event{Kind: record.KindTLSMessage, TLSMessage: messages(t)[0]})
	all := len(tree.shown)
	tree.Press("end")
	tree.Right()
	if tree.Right(); tree.nodes[tree.sel].depth != 1 || len(tree.shown) <= all {
		t.Errorf("at %s, %d shown", tree.nodes[tree.sel].Name, len(tree.shown))
	}
	tree.Left()
	if tree.Left(); len(tree.shown) != all {
		t.Errorf("%d shown after folding, %d before", len(tree.shown), all)
	}
	for i := range tree.nodes {
		tree.fold(i, true)
	}
	if len(tree.shown) != len(tree.nodes) {
		t.Errorf("%d of %d fields are open", len(tree.shown), len(tree.nodes))
	}
}

// Whatever a peer sends as a handshake message has a tree that fits its window, wherever the cursor goes.
func TestTreesOfHostileMessages(t *testing.T) {
	for _, m := range messages(t) {
		for cut := 1; cut < len(m.Raw); cut += 1 + len(m.Raw)/12 {
			walkTree(t, m, m.Raw[:cut])
			bent := bytes.Clone(m.Raw)
			bent[cut] ^= 0xff
			walkTree(t, m, bent)
		}
	}
}

func walkTree(t *testing.T, m *tlswire.Message, raw []byte) {
	t.Helper()
	bad := *m
	bad.Raw = raw
	tree := treeOf(record.Event{Kind: record.KindTLSMessage, TLSMessage: &bad})
	for _, move := range []func(){tree.Cross, func() { tree.Press("down") }, tree.Right, func() { tree.Press("pgdown") }, func() { tree.Press("end") }, tree.Left, tree.Cross,
		tree.Toggle, tree.Left, func() { tree.Press("end") }, tree.Right, tree.Right, func() { tree.Press("pgup") }, func() { tree.Press("home") }} {
		move()
		for _, size := range [][2]int{{60, 9}, {45, 32}, {20, 1}} {
			lines := tree.Lines(size[0], size[1])
			if len(lines) > size[1] {
				t.Fatalf("%d lines for %d", len(lines), size[1])
			}
			for _, l := range lines {
				if size[0] >= 30 && l.Width() > size[0] {
					t.Fatalf("%d cells for %d: %q", l.Width(), size[0], l.String())
				}
			}
		}
	}
}

func TestTheTreeOfAReply(t *testing.T) {
	tree := treeOf(replied(record.VerbEHLO, "250-mail.lab\r\n250 SIZE 10485760\r\n"))
	tree.Cross()
	for range 3 {
		tree.Press("down")
	}
	has(t, treeText(tree, 40, 24), "· ", "line 2  SIZE 10485760", "text  SIZE 10485760", "messages up to 10 MiB", "byte 24 of 33", "RFC 5321 §4.2")
	tree = treeOf(replied("", "550 5.7.1 no\n"))
	tree.Right()
	tree.Right()
	tree.Press("end")
	has(t, treeText(tree, 40, 24), "code  550", "enhanced code  5.7.1", "line ending  \\n", "not CR and LF")
}

func TestTheTreeOfACommand(t *testing.T) {
	tree := treeOf(record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw("EHLO laptop.lab.test\r\n")}})
	tree.Press("down")
	tree.Press("down")
	has(t, treeText(tree, 40, 24), "command  EHLO", "› ", "argument  laptop.lab.test", "bytes 5–19 of 22")
	if e := (record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw("AUTH PLAIN x\r\n"), Masked: []string{"password"}}}); treeOf(e) != nil {
		t.Error("a masked line has a tree")
	}
}
