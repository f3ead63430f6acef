package export

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"ehlo/session/explain"
	"ehlo/session/record"
)

func TestHTML(t *testing.T) {
	got := exported(t, "html", sessionOf(stable(wholeSession(t), Full)))
	checkHTML(t, got)
	golden(t, "session.html", regexp.MustCompile(`(?s)<meta http-equiv.*</style>\n`).ReplaceAllString(got, ""))
	if strings.Contains(got, "hunter2") {
		t.Error("the password is shown")
	}
}

// elements are those that a page has, attributes what they have, by a pattern for the values.
var (
	elements = strings.Fields(`html head meta title style body a header h1 h2 h3 p nav ul ol li main section strong b small dl div dt dd span code pre details summary`)

	attributes = map[string]*regexp.Regexp{"id": regexp.MustCompile(`^[a-z]+[0-9-]*$`), "class": regexp.MustCompile(`^[a-z0-9 ]+$`), "href": regexp.MustCompile(`^#[a-z]+[0-9-]*$`), "lang": regexp.MustCompile(`^en$`),
		"charset": regexp.MustCompile(`^utf-8$`), "http-equiv": regexp.MustCompile(`^Content-Security-Policy$`), "name": regexp.MustCompile(`^(viewport|referrer)$`),
		"content":         regexp.MustCompile(`^(default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]+'; base-uri 'none'; form-action 'none'|width=device-width, initial-scale=1|no-referrer)$`),
		"aria-labelledby": regexp.MustCompile(`^[a-z]+$`), "aria-label": regexp.MustCompile(`^(Contents|bytes)$`), "aria-hidden": regexp.MustCompile(`^true$`), "open": regexp.MustCompile(`^$`)}
)

// checkHTML reads a page as another program does: it has no element and no attribute but those that stand in this package, and
// no place that two elements are known by.
func checkHTML(t testing.TB, page string) {
	t.Helper()
	places, all := map[string]bool{}, slices.Collect(nodes(t, page))
	for _, n := range all {
		if n.Type == html.CommentNode || n.Type == html.ElementNode && !slices.Contains(elements, n.Data) {
			t.Errorf("a <%s>", n.Data)
		}
		for _, a := range n.Attr {
			if pattern := attributes[a.Key]; pattern == nil || !pattern.MatchString(a.Val) {
				t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
			}
			if a.Key == "id" && places[a.Val] {
				t.Errorf("two elements have the ID %s", a.Val)
			}
			places[a.Val] = places[a.Val] || a.Key == "id"
		}
	}
	for _, n := range all {
		for _, a := range n.Attr {
			if place, ok := strings.CutPrefix(a.Val, "#"); ok && !places[place] && !strings.HasPrefix(place, "b") { // a field may have no bytes
				t.Errorf("nothing has the ID %s", place)
			}
		}
	}
}

func nodes(t testing.TB, page string) func(yield func(*html.Node) bool) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return root.Descendants()
}

// sameTree compares the page of a session in which every text is the given one with that of a harmless text of the same shape.
func sameTree(t testing.TB, text, page string) {
	t.Helper()
	harmless := strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) && c < unicode.MaxASCII {
			return c
		}
		return 'x'
	}, text)
	if got, want := outline(t, page), outline(t, exported(t, "html", sessionOf(filled(harmless)))); got != want {
		t.Errorf("%q makes another tree:\n%s\nthan %q:\n%s", text, got, harmless, want)
	}
}

// outline is the elements of a page with their classes; without the fields of TLS messages, which are of the bytes.
func outline(t testing.TB, page string) string {
	var b strings.Builder
	for n := range nodes(t, page) {
		if n.Type == html.ElementNode && !slices.ContainsFunc(slices.Collect(n.Ancestors()), isMessage) {
			b.WriteString("<" + n.Data + " " + attribute(n, "class") + attribute(n, "href") + ">")
		}
	}
	return b.String()
}

func isMessage(n *html.Node) bool { return attribute(n, "class") == "m" }

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// Every byte of a message stands in the page once and in order, each leaf of its fields as an element of its own.
func TestBytesStandBesideFields(t *testing.T) {
	log := practiced(t, "submission")
	page := exported(t, "html", sessionOf(log))
	var dumps []string
	for n := range nodes(t, page) {
		if attribute(n, "class") == "bytes" {
			dumps = append(dumps, strings.Join(strings.Fields(textOf(n)), ""))
		}
	}
	i := 0
	for e := range eventsOf(log, record.KindTLSMessage) {
		if want := hex.EncodeToString(e.TLSMessage.Raw); dumps[i] != want {
			t.Errorf("event %d: the bytes are %s, want %s", e.Seq, dumps[i], want)
		}
		if fields := e.TLSMessage.Fields(began, explain.Meaning); strings.Count(page, fmt.Sprintf(`id="b%d-`, e.Seq)) < len(fields) {
			t.Errorf("event %d: fewer elements than its %d fields", e.Seq, len(fields))
		}
		i++
	}
	if i == 0 || i != len(dumps) {
		t.Errorf("%d messages, and the bytes of %d", i, len(dumps))
	}
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}
