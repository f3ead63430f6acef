package ports

import (
	"crypto/sha256"
	_ "embed" // the style
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"strings"

	"ehlo/session/record"
	"ehlo/session/survey"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
)

//go:embed page.css
var style string

// Page writes a survey as one page that needs neither network nor script: the verdict, the table of the ports, what was seen at each,
// and the scorecards. Whatever a server sent is text, made visible and escaped. Should that fail, the policy of the page still lets
// nothing run and nothing load.
func Page(w io.Writer, s *survey.Survey) error {
	p := &page{}
	p.head("Survey of " + survey.Called(s.Host))
	p.text("p", "dim", words.List(", ", s.Began.UTC().Format("2006-01-02 15:04:05 UTC"), "it took "+words.Duration(s.Took), stopped(s)))
	p.verdict(&s.Verdict)
	p.tables(s)
	p.text("h2", "", "At each port")
	for _, c := range s.Cells {
		p.cell(c)
	}
	p.scores(s)
	p.raw("</body>\n</html>\n")
	_, err := io.WriteString(w, p.b.String())
	return err
}

func stopped(s *survey.Survey) string {
	if s.Stopped {
		return "stopped before all was known"
	}
	return ""
}

// page collects what is written. raw takes markup of this file, text what anyone may have written.
type page struct{ b strings.Builder }

func (p *page) raw(markup string) { p.b.WriteString(markup) }

// text writes an element of a class with a text in it; nothing where there is no text.
func (p *page) text(element, class, text string) {
	if text == "" {
		return
	}
	open := element
	if class != "" {
		open += ` class="` + class + `"`
	}
	p.raw("<" + open + ">" + html.EscapeString(wire.VisibleString(text)) + "</" + element + ">\n")
}

func (p *page) head(title string) {
	hash := sha256.Sum256([]byte(style))
	p.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-" +
		base64.StdEncoding.EncodeToString(hash[:]) + "'; base-uri 'none'; form-action 'none'\">\n" +
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n")
	p.text("title", "", title)
	p.raw("<style>" + style + "</style>\n</head>\n<body>\n")
	p.text("h1", "", title)
}

// verdict is what it comes to, who has to act, and what they can do.
func (p *page) verdict(v *survey.Verdict) {
	class, failed := "cause", v.Outcome != record.OutcomeDone
	if failed {
		class += " bad"
	}
	p.text("p", class, fmt.Sprintf("%s, exit code %d%s: %s", v.Outcome, v.Exit, words.Labelled(", ", at(v.Ports)), v.Cause))
	if !failed {
		return
	}
	if v.Who != "" {
		p.text("p", "", "Who has to act: "+words.Acting(v.Who, v.Advice))
	}
	p.list(advice(v.Advice))
}

func advice(list []record.Advice) (texts []string) {
	for i, a := range list {
		texts = append(texts, words.Label(a, i == 0)+": "+words.Advice(a))
	}
	return texts
}

func (p *page) list(texts []string) {
	if len(texts) == 0 {
		return
	}
	p.raw("<ul>\n")
	for _, text := range texts {
		p.text("li", "", text)
	}
	p.raw("</ul>\n")
}

// tables have a row for each port, one table for the addresses at which all is the same.
func (p *page) tables(s *survey.Survey) {
	groups, rows := alike(s)
	for i, g := range groups {
		p.text("h2", "", strings.Join(g, ", ")+more(s, i))
		p.raw("<table>\n<tr>")
		for _, h := range heads {
			p.text("th", "", h.Name)
		}
		p.raw("</tr>\n")
		for _, r := range rows[g[0]] {
			p.row(r)
		}
		p.raw("</table>\n")
	}
}

func (p *page) row(values []string) {
	open := "<tr>"
	if last := values[len(values)-1]; last != "" && last != string(record.OutcomeDone) {
		open = `<tr class="bad">`
	}
	p.raw(open)
	for _, v := range values {
		if v == "" {
			p.raw("<td></td>\n")
		}
		p.text("td", "", v)
	}
	p.raw("</tr>\n")
}

// cell is what was seen at a port, folded to one line.
func (p *page) cell(c survey.Cell) {
	p.raw("<details>\n")
	p.text("summary", "", words.List(", ", fmt.Sprintf("port %d at %s", c.Port, c.Address), c.Role, state(c), outcome(c)))
	p.text("p", "", c.Verdict.Cause)
	p.list(seen(c))
	if c.TLS != nil {
		p.text("p", "", "certificate: "+described(c.TLS))
		for _, f := range c.TLS.Faults {
			p.text("p", "fails", words.List("; ", f.Text, f.Operators()))
		}
	}
	for _, v := range accepted(c.Accepts) {
		p.version(v)
	}
	if c.Accepts.Unfinished() {
		p.text("p", "unknown", "not all answers came: more may be accepted")
	}
	p.raw("</details>\n")
}

// seen is what the server said and how long that took.
func seen(c survey.Cell) (texts []string) {
	greeting := ""
	if c.Greeting != "" {
		greeting = "connected in " + words.Duration(c.Connect) + ", greeted after " + words.Duration(c.Greet) + ": " + c.Greeting
	}
	session := ""
	if c.TLS != nil {
		session = words.List(", ", "the session used "+c.TLS.Version, c.TLS.Suite, c.TLS.Group)
	}
	for _, text := range []string{greeting, words.Labelled("offered: ", strings.Join(c.Keywords, ", ")), offer(c), session} {
		if text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}

// version is what is accepted of one version of TLS: its suites by how they are judged, and its groups.
func (p *page) version(v survey.Version) {
	p.text("p", "", v.Name+", "+record.Plural(len(v.Suites), "cipher suite", "cipher suites"))
	var texts []string
	for _, g := range judged(v.Suites) {
		texts = append(texts, g.key+": "+strings.Join(g.value, ", "))
	}
	if v.Prime > 0 {
		texts = append(texts, "DHE: a group of "+record.Plural(v.Prime, "bit", "bits"))
	}
	if len(v.Groups) > 0 {
		texts = append(texts, "groups: "+strings.Join(v.Groups, ", "))
	}
	p.list(texts)
}

// scores are the scorecards, all points, those that fail first.
func (p *page) scores(s *survey.Survey) {
	for _, service := range []survey.Service{survey.Submission, survey.MX} {
		card := of(s.Score, service)
		if len(card) == 0 {
			continue
		}
		p.text("h2", "", fmt.Sprintf("Scorecard of the %s: %d of %s", services.Of(service), count(card, survey.Holds), record.Plural(len(card), "point holds", "points hold")))
		p.raw("<table>\n")
		for _, result := range []survey.Result{survey.Fails, survey.Unknown, survey.Holds} {
			for _, point := range card {
				if point.Result == result {
					p.point(point)
				}
			}
		}
		p.raw("</table>\n")
	}
}

// point is how it stands, how much it matters, what it is, and what to do.
func (p *page) point(of survey.Point) {
	p.raw("<tr>")
	p.text("td", string(of.Result), string(of.Result))
	p.text("td", "", string(of.Level))
	p.raw("<td>")
	p.text("p", "", of.Wanted+" ("+of.Refs+")")
	p.text("p", "", words.Labelled(at(of.Ports)+": ", of.Reason))
	p.text("p", "", words.Labelled(of.Who.String()+": ", of.Mend))
	p.raw("</td></tr>\n")
}
