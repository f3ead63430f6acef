package zone

import (
	_ "embed"
	"strconv"
	"strings"
)

//go:embed data/web.txt
var web string

// Page is what a web server of a practice domain gives.
type Page struct {
	Status int      // of HTTP
	Type   string   // the media type
	Logins []string // the ways to log in that it asks for
	Body   string
}

// PageOf is the page at a URL; ok says that there is one. Each is in the file behind the line that asks for it and the line of its status,
// up to an empty line.
func PageOf(url string) (p Page, ok bool) {
	for block := range strings.SplitSeq(web, "\n\n") {
		asked, rest, _ := strings.Cut(block, "\n")
		if !strings.EqualFold(asked, "GET "+url) {
			continue
		}
		status, body, _ := strings.Cut(rest, "\n")
		words := strings.Fields(status)
		p.Status, _ = strconv.Atoi(words[0]) // a test holds that it is a number
		if p.Body = strings.TrimSuffix(body, "\n"); p.Body == "" {
			p.Logins = words[1:]
			return p, true
		}
		p.Type = words[1]
		return p, true
	}
	return p, false
}

// Policy is a domain's MTA-STS policy, as it would come over HTTPS: its lines (RFC 8461 §3.2), none where there is no policy.
func Policy(domain string) []string {
	p, ok := PageOf("https://mta-sts." + strings.TrimSuffix(domain, ".") + "/.well-known/mta-sts.txt")
	if !ok {
		return nil
	}
	return strings.Split(p.Body, "\n")
}
