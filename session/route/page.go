package route

import (
	"context"
	"mime"
)

// Fetch asks for a page of a URL, which is one of https. It sends no mail address, no cookie and no credentials, and follows no redirect.
type Fetch func(ctx context.Context, url string) Fetched

// Fetched is what came from a web server.
type Fetched struct {
	Status int      // of HTTP; 0 where no answer came
	Type   string   // its media type
	To     string   // where a redirect leads
	Logins []string // the ways to log in that the server names where it asks for that (RFC 9110 §11.6.1)
	Body   []byte   // at most [LargestPage] bytes
	Large  bool     // there is more
	// Lost says which part failed where no answer came, and Error why.
	Lost  Lost
	Error string
}

// Lost is what failed on the way to a page.
type Lost string

// What can fail.
const (
	LostName        Lost = "name"        // the host has no address that may be contacted
	LostConnection  Lost = "connection"  // no answer came
	LostCertificate Lost = "certificate" // that of the web server failed verification
)

// LargestPage bounds a page, in bytes (RFC 8461 §3.3 suggests 64 kilobytes for a policy).
const LargestPage = 64 << 10

// media is the media type without its parameters, in small letters; empty for none that can be read.
func (f Fetched) media() string {
	kind, _, err := mime.ParseMediaType(f.Type)
	if err != nil {
		return ""
	}
	return kind
}

// Page is a page that was asked for, and what came.
type Page struct {
	URL    string   `json:"url"`
	Status int      `json:"status,omitempty"` // of HTTP
	Type   string   `json:"type,omitempty"`   // its media type
	To     string   `json:"redirect,omitempty"`
	Logins []string `json:"logins,omitempty"`
	Error  string   `json:"error,omitempty"` // why no answer came
}

// fetch asks for pages at the same time, and notes what came in their order.
func (a *asking) fetch(urls ...string) []Fetched {
	list := make([]Fetched, len(urls))
	each(len(urls), func(i int) { list[i] = a.Fetch(a.ctx, urls[i]) })
	for i, f := range list {
		p := Page{URL: urls[i], Status: f.Status, Type: short(f.Type), To: short(f.To), Error: short(f.Error)}
		for _, l := range f.Logins {
			p.Logins = append(p.Logins, short(l))
		}
		a.report.Pages = append(a.report.Pages, p)
	}
	return list
}
