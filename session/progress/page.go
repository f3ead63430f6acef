package progress

import (
	"fmt"
	"html"
	"io"
	"strings"
	"time"

	"ehlo/session/wire"
)

// Report is progress for people to read, in parts.
type Report []Part

// Part is what there is of one kind.
type Part struct {
	Title string // "scenarios"
	Sum   string // "3 of 82 solved"
	Rows  []Row  // those that anything is kept of
}

// Row is one of them.
type Row struct {
	Name, Title string
	Result      string    // "solved"
	Time        time.Time // when
}

// ProvesNothing says what a report is worth.
const ProvesNothing = "This page proves nothing: it was made from a file that its owner can edit."

const pageHead = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>ehlo: progress</title>
<style>
body { font: 1rem/1.5 sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #ccc; vertical-align: top; }
.note { border-left: .3rem solid #b60; padding-left: .8rem; }
</style>
</head>
<body>
`

// WritePage writes a report as a page that needs neither network nor script. by is whose it is; it may be empty. now is when it was made.
func (r Report) WritePage(w io.Writer, by string, now time.Time) error {
	var b strings.Builder
	b.WriteString(pageHead)
	fmt.Fprintf(&b, "<h1>Progress in ehlo</h1>\n<p>%s%s</p>\n<p class=\"note\">%s</p>\n", escaped(named(by)), now.Format("2 January 2006"), ProvesNothing)
	for _, p := range r {
		p.write(&b)
	}
	b.WriteString("</body>\n</html>\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func (p *Part) write(b *strings.Builder) {
	fmt.Fprintf(b, "<h2>%s</h2>\n<p>%s</p>\n", escaped(p.Title), escaped(p.Sum))
	if len(p.Rows) == 0 {
		return
	}
	b.WriteString("<table>\n<tr><th>name</th><th>title</th><th>result</th><th>date</th></tr>\n")
	for _, row := range p.Rows {
		fmt.Fprintf(b, "<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n", escaped(row.Name), escaped(row.Title), escaped(row.Result), row.Time.Format(time.DateOnly))
	}
	b.WriteString("</table>\n")
}

func named(by string) string {
	if by == "" {
		return ""
	}
	return by + ", "
}

func escaped(text string) string { return html.EscapeString(wire.VisibleString(text)) }
