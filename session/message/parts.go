package message

import (
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"strings"
)

// part is a part of a message that has no parts of its own.
type part struct {
	kind string // its media type, in small letters
	body string // decoded
}

// partsOf are the parts of a message, in their order. A message inside a message is one part.
func partsOf(m *mail) []part {
	w := &walker{}
	w.walk(m.first("Content-Type"), m.first("Content-Transfer-Encoding"), m.body, 0)
	return w.parts
}

type walker struct{ parts []part }

func (w *walker) walk(contentType, encoding, body string, depth int) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil && kind == "" {
		kind = "text/plain"
	}
	switch {
	case len(w.parts) == mostParts:
	case strings.HasPrefix(kind, "multipart/") && params["boundary"] != "" && depth < mostNesting:
		w.inside(params["boundary"], body, depth+1)
	default:
		w.parts = append(w.parts, part{kind, plain(encoding, body)})
	}
}

func (w *walker) inside(boundary, body string, depth int) {
	r := multipart.NewReader(strings.NewReader(body), boundary)
	for range mostParts {
		p, err := r.NextPart() // it decodes quoted-printable
		if err != nil {
			return
		}
		text, err := io.ReadAll(p)
		w.walk(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), string(text), depth)
		if err != nil { // cut off: what is there was read
			return
		}
	}
}

// plain undoes base64, as far as it is valid. Quoted-printable is left for what is no part of a multipart message.
func plain(encoding, body string) string {
	if !strings.EqualFold(strings.TrimSpace(encoding), "base64") {
		return body
	}
	text, _ := io.ReadAll(base64.NewDecoder(base64.StdEncoding, strings.NewReader(body)))
	return string(text)
}
