package export

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	mdtext "github.com/yuin/goldmark/text"
	"golang.org/x/net/html"

	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/diff"
)

// compared are the forms of a comparison of two sessions, and of a table of three, by name.
func compared(t testing.TB, a, b record.Source) map[string]string {
	c := diff.Compare(diff.Session{Name: "before.ehlo.ndjson", Source: a}, diff.Session{Name: "after.ehlo.ndjson", Source: b})
	table := diff.Tabulate("in", []diff.Session{{Name: "before", Source: a}, {Name: "after", Source: b}, {Name: "again", Source: a}})
	out := map[string]string{}
	for name, write := range map[string]func(io.Writer) error{
		"comparison.md":   func(w io.Writer) error { return ComparisonMarkdown(w, c) },
		"comparison.html": func(w io.Writer) error { return ComparisonHTML(w, c) },
		"table.md":        func(w io.Writer) error { return TableMarkdown(w, table) },
		"table.html":      func(w io.Writer) error { return TableHTML(w, table) },
	} {
		var text bytes.Buffer
		if err := write(&text); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out[name] = text.String()
	}
	return out
}

// asked is a session up to the reply to EHLO.
func asked(keywords ...string) *record.Log {
	log := &record.Log{}
	log.Append(record.Event{Kind: record.KindStart, Start: &record.Start{Time: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Plan: record.Plan{Target: record.Target{Host: "mail.example", Port: 25}}}})
	log.Append(record.Event{Kind: record.KindSend, Step: record.VerbEHLO, Send: &record.Send{Raw: wire.Raw("EHLO a|b\r\n")}})
	c := record.Capabilities{Capabilities: wire.Capabilities{Domain: "mail.example"}}
	for _, k := range keywords {
		c.Keywords = append(c.Keywords, wire.Capability{Keyword: k})
	}
	log.Append(record.Event{Kind: record.KindReply, Step: record.VerbEHLO, Reply: &record.Reply{Reply: wire.Reply{Code: 250, Lines: []wire.Line{{Text: "mail.example <b>"}}}}})
	log.Append(record.Event{Kind: record.KindCapabilities, Step: record.VerbEHLO, Capabilities: &c})
	log.Append(record.Event{Kind: record.KindEnd, End: &record.Verdict{Phase: record.PhaseEHLO, Outcome: record.OutcomeDone, Cause: "It went."}})
	return log
}

// A comparison says the same in each form, and marks the steps that differ.
func TestComparison(t *testing.T) {
	for name, got := range compared(t, asked("STARTTLS", "DSN"), asked("DSN")) {
		golden(t, name, got)
		if strings.HasPrefix(name, "comparison") && !strings.Contains(got, "A was offered STARTTLS, B was not.") || !strings.Contains(got, "≠") {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}

// No text of a session becomes markup in a comparison.
func TestHostileComparison(t *testing.T) {
	for _, text := range hostileTexts {
		for name, got := range compared(t, filled(text), asked("DSN")) {
			onlyTables(t, name, got)
			if t.Failed() {
				t.Fatalf("%s from %q", name, text)
			}
		}
	}
}

// onlyTables reads a comparison as another program does: it has headings, lists and a table, and the text in them is text.
func onlyTables(t testing.TB, name, source string) {
	t.Helper()
	if strings.HasSuffix(name, ".html") {
		for n := range nodes(t, source) {
			if n.Type == html.CommentNode || n.Type == html.ElementNode && !strings.Contains(" html head meta title style body header main section h1 h2 h3 dl div dt dd ul li p br span table thead tbody tr th td ", " "+n.Data+" ") {
				t.Errorf("a <%s>", n.Data)
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "href" || a.Key == "src" {
					t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
				}
			}
		}
		return
	}
	columns := strings.Count(source[strings.Index(source, "\n|---")+1:][:strings.Index(source[strings.Index(source, "\n|---")+1:], "\n")], "---")
	parser := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser()
	err := ast.Walk(parser.Parse(mdtext.NewReader([]byte(source))), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		kind := n.Kind().String()
		if entering && !strings.Contains(" Document Heading Paragraph TextBlock List ListItem Text String CodeSpan Table TableHeader TableRow TableCell ", " "+kind+" ") {
			t.Errorf("a %s in\n%s", kind, source)
		}
		if entering && kind == "TableRow" && n.ChildCount() != columns {
			t.Errorf("a row of %d cells, want %d, in\n%s", n.ChildCount(), columns, source)
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Error(err)
	}
}
