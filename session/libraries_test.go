package session

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// libraries name what is written by hand in a package, though there is a library for it or for something near. The documentation of the
// package says why.
var libraries = []struct{ folder, library string }{
	{"session/wire", "net/textproto"},
	{"session/sasl", "emersion/go-sasl"},
	{"session/sasl", "xdg-go/scram"},
	{"session/sasl", "xdg-go/stringprep"},
	{"session/tlswire", "crypto/tls"},
	{"session/tlswire", "cryptobyte"},
	{"session/tlswire", "encoding/asn1"},
	{"session/explain", "search"},
	{"session/certificate", "crypto/x509"},
	{"session/spf", "blitiri.com.ar/go/spf"},
	{"session/dkim", "emersion/go-msgauth"},
	{"session/dmarc", "emersion/go-msgauth"},
	{"session/message", "net/mail"},
	{"session/compose", "package mime"},
	{"session/via", "golang.org/x/net/proxy"},
	{"session/quiz", "flash cards"},
	{"transcripts", "encoding/json"},
	{"transcripts", "gofrs/flock"},
	{"transcripts/diff", "library for differences"},
	{"transcripts/pcap", "gopacket"},
	{"transcripts/streams", "gopacket"},
	{"ui/paint", "charmbracelet/x/ansi"},
	{"ui/scroll", "bubbles"},
	{"ui/columns", "lipgloss"},
	{"ui/delta", "Bubble Tea's renderer"},
	{"ui/askpass", "terminal's"},
	{"ui/ptytest", "creack/pty"},
}

// What is written by hand and kept elsewhere has its reason where the package is described.
func TestReasonsAgainstLibraries(t *testing.T) {
	for _, row := range libraries {
		if doc := strings.Join(strings.Fields(documentation(t, row.folder)), " "); !strings.Contains(doc, row.library) {
			t.Errorf("the documentation of %s does not say why it does not use %s", row.folder, row.library)
		}
	}
}

// documentation is the comment of a package.
func documentation(t *testing.T, folder string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, source, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if parsed.Doc != nil && strings.HasPrefix(parsed.Doc.Text(), "Package ") {
			return parsed.Doc.Text()
		}
	}
	t.Fatalf("%s has no documentation", folder)
	return ""
}
