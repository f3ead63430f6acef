package export

import (
	"crypto/sha256"
	_ "embed" // the style
	"encoding/base64"
	"html"
	"io"
	"strconv"
	"strings"
	"time"

	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
)

// HTML writes a session as one page that needs nothing but itself: no network, no script. It has the verdict, the dialogue, the
// ladder of what crossed the wire, each message of TLS with fields and bytes, and what an eavesdropper sees.
//
// Tags are [markup], which only constants of this package are; whatever a session says is text, made visible and escaped. Should
// that fail, the policy of the page still lets nothing run and nothing load.
func HTML(w io.Writer, s *Session) error {
	p := &webpage{output: newOutput(w), began: s.start().Start.Time}
	p.head(s)
	p.summary(s)
	p.dialogue(s)
	p.ladder(s)
	p.handshakes(s)
	p.eavesdropper(s)
	p.beside(s)
	p.tags("</main>\n</body>\n</html>\n")
	return p.end()
}

// markup is HTML that stands in this package. No text of a session can become one: a string does not convert by itself, and
// nothing here converts one.
type markup string

// webpage writes HTML.
type webpage struct {
	*output
	began time.Time
	state record.State // that was told last
	step  record.Verb  // whose heading was written last
	open  bool         // a list of rows
}

func (p *webpage) tags(list ...markup) {
	for _, m := range list {
		p.put(string(m))
	}
}

// text writes what a session says.
func (p *webpage) text(texts ...string) {
	for _, text := range texts {
		p.put(html.EscapeString(wire.VisibleString(text)))
	}
}

// in writes text inside an element; nothing where there is no text. What it opens is whole.
func (p *webpage) in(open markup, text string, end markup) {
	if text != "" {
		p.tags(open)
		p.text(text)
		p.tags(end)
	}
}

func (p *webpage) number(n int) { p.put(strconv.Itoa(n)) }

//go:embed page.css
var style string

// lit is how many fields of a message light up with their bytes.
const lit = 512

// styles is the style of the page, which begins with the rule of what lights up: the field at which someone points, its bytes and
// those of what is in it.
func styles() string {
	var b strings.Builder
	for i := range lit {
		n := strconv.Itoa(i)
		b.WriteString(".m:has(.k" + n + ":is(:hover,:focus-within)) :is(.k" + n + ",.a" + n + "),\n")
	}
	return b.String() + style
}

func (p *webpage) head(s *Session) {
	title := "SMTP session: " + words.Of(s.start()).Head
	p.begin(title, styles())
	p.tags("<a class=\"skip\" href=\"#dialogue\">Skip to the dialogue</a>\n<header>\n")
	p.in("<h1>", title, "</h1>\n")
	if start := s.start().Start; !start.Time.IsZero() {
		p.in("<p class=\"dim\">", words.List(", ", start.Time.UTC().Format(time.DateTime)+" UTC", start.Program), "</p>\n")
	}
	p.tags("<nav aria-label=\"Contents\">\n<ul>\n<li><a href=\"#verdict\">Verdict</a></li>\n<li><a href=\"#dialogue\">Dialogue</a></li>\n<li><a href=\"#ladder\">Ladder</a></li>\n",
		"<li><a href=\"#tls\">TLS by message</a></li>\n<li><a href=\"#wire\">Eavesdropper</a></li>\n")
	p.linksBeside(s)
	p.tags("</ul>\n</nav>\n</header>\n<main>\n")
}

// begin begins a page whose policy lets nothing in but this style.
func (p *webpage) begin(title, css string) {
	hash := sha256.Sum256([]byte(css))
	p.tags("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-")
	p.put(base64.StdEncoding.EncodeToString(hash[:]))
	p.tags("'; base-uri 'none'; form-action 'none'\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n")
	p.in("<title>", title, "</title>\n")
	p.tags("<style>")
	p.put(css)
	p.tags("</style>\n</head>\n<body>\n")
}

// section begins a part of the page.
func (p *webpage) section(id, title, about markup) {
	p.tags("<section aria-labelledby=\"", id, "\">\n<h2 id=\"", id, "\">", title, "</h2>\n")
	if about != "" {
		p.tags("<p class=\"dim\">", about, "</p>\n")
	}
}

// summary is what happened, who has to act, what they can do, and what was seen.
func (p *webpage) summary(s *Session) {
	p.section("verdict", "Verdict", "")
	if s.Verdict != nil {
		p.verdict(s.Verdict)
	}
	p.in("<p class=\"bad\">", s.Incomplete, "</p>\n")
	parts := planned(s.start().Start)
	if s.Verdict != nil {
		parts = append(parts, words.Facts(&s.Verdict.Facts)...)
	}
	if len(parts) > 0 {
		p.tags("<dl>\n")
		for _, part := range parts {
			p.tags("<div><dt>")
			p.text(part.Name)
			p.tags("</dt><dd>")
			p.text(part.Value)
			p.tags("</dd></div>\n")
		}
		p.tags("</dl>\n")
	}
	p.tags("</section>\n")
}

func (p *webpage) verdict(v *record.Verdict) {
	s := words.Verdict(v)
	p.tags("<p class=\"cause ", mood(s.Mark), "\">")
	p.in("<strong>", upper(s.Lead()), ".</strong> ")
	p.text(s.Cause)
	p.tags("</p>\n")
	p.in("<p>Who has to act: ", s.Who, ".</p>\n")
	if len(s.Advice) > 0 {
		p.tags("<ul class=\"advice\">\n")
		for _, a := range s.Advice {
			if a.Do.Weakens() {
				p.in("<li class=\"weakens\">", upper(words.NotSafe)+": "+a.Phrase, "</li>\n")
				continue
			}
			p.in("<li>", upper(a.Phrase), "</li>\n")
		}
		p.tags("</ul>\n")
	}
}

// mood is how a line bodes: what is bad for now only is told apart.
func mood(m words.Mark) markup {
	switch {
	case m.Came == record.OutcomeDeferred, m.Came == record.OutcomeStopped:
		return "later"
	case m.Bad:
		return "bad"
	}
	return "good"
}
