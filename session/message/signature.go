package message

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

// Signature is a DKIM-Signature field (RFC 6376 §3.5).
type Signature struct {
	Line      int    `json:"line"`
	Domain    string `json:"domain,omitempty"`    // d=
	Selector  string `json:"selector,omitempty"`  // s=
	Algorithm string `json:"algorithm,omitempty"` // a=
	// Fields are those that are signed, h=.
	Fields  []string  `json:"fields,omitempty"`
	Signed  time.Time `json:"signed,omitzero"`  // t=
	Expires time.Time `json:"expires,omitzero"` // x=
	// Partly is set where l= leaves the end of the body unsigned.
	Partly bool `json:"partly,omitempty"`
	// Body says whether the body is the one that was signed.
	Body BodyHash `json:"body"`
	// Aligned says how the domain relates to that of From.
	Aligned string `json:"aligned,omitempty"`
	// Checked says what is known of the signature itself, Reason why it is not valid or not checked.
	Checked Checked `json:"checked"`
	Reason  string  `json:"reason,omitempty"`
}

// BodyHash is what a look at the hash of the body came to.
type BodyHash string

// What it may come to.
const (
	BodySame    BodyHash = "unchanged"
	BodyDiffers BodyHash = "changed"
	BodyUnknown BodyHash = "not checked"
)

// Checked is what came of checking a signature with its key.
type Checked string

// What may come of it.
const (
	NotChecked Checked = "not checked"
	Valid      Checked = "valid"
	Invalid    Checked = "not valid"
	NoKey      Checked = "no key"    // DNS has none, which is usual for an old message
	NoAnswer   Checked = "no answer" // of DNS
)

// mostSignatures bounds how many are looked at: for each, the body is hashed.
const mostSignatures = 10

func (r *Report) signatures(m *mail) {
	fields := m.all("DKIM-Signature")
	from := fromDomain(m.first("From"))
	for _, f := range fields[:min(len(fields), mostSignatures)] {
		tags := tagsOf(f.structured())
		s := Signature{Line: f.line, Domain: shown(host(tags["d"])), Selector: shown(tags["s"]), Algorithm: shown(tags["a"]), Checked: NotChecked}
		s.Signed, s.Expires = seconds(tags["t"]), seconds(tags["x"])
		_, s.Partly = tags["l"]
		for name := range strings.SplitSeq(tags["h"], ":") {
			if name = shown(name); name != "" && len(s.Fields) < mostFields {
				s.Fields = append(s.Fields, name)
			}
		}
		s.Body = bodyOf(tags, m)
		s.Aligned = aligned(s.Domain, from)
		r.Signatures = append(r.Signatures, s)
	}
}

// tagsOf reads a list of tags (RFC 6376 §3.2). White space inside a value means nothing.
func tagsOf(value string) map[string]string {
	tags := map[string]string{}
	for part := range strings.SplitSeq(value, ";") {
		name, v, ok := strings.Cut(part, "=")
		if name = strings.TrimSpace(name); ok && name != "" && len(tags) < 50 {
			tags[name] = strings.Join(strings.Fields(v), "")
		}
	}
	return tags
}

// seconds reads a time in seconds since 1970.
func seconds(value string) time.Time {
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n <= 0 || n > 1<<38 {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}

// aligned says how the domain of a signature relates to that of From (RFC 9989 §4.4).
func aligned(signer, from string) string {
	switch {
	case signer == "" || from == "":
		return ""
	case signer == from:
		return "the domain of From"
	case under(from, signer):
		return "a domain above that of From"
	case organization(signer) == organization(from):
		return "a domain beside or below that of From"
	}
	return "another domain than that of From"
}

// fromDomain is the domain of the first address of a field, empty where it has none.
func fromDomain(value string) string {
	at := strings.LastIndexByte(value, '@')
	if at < 0 {
		return ""
	}
	domain := value[at+1:]
	if end := strings.IndexAny(domain, "> ,;(\t\""); end >= 0 {
		domain = domain[:end]
	}
	return host(domain)
}

// bodyOf compares the hash of the body with that in the signature (RFC 6376 §3.7). It needs no key.
func bodyOf(tags map[string]string, m *mail) BodyHash {
	want, err := base64.StdEncoding.DecodeString(tags["bh"])
	if err != nil || len(want) == 0 || m.cut || m.body == "" {
		return BodyUnknown
	}
	_, method, _ := strings.Cut(tags["c"], "/")
	body := canonical(m.body, method == "relaxed")
	if n, err := strconv.Atoi(tags["l"]); err == nil && n >= 0 && n < len(body) {
		body = body[:n]
	}
	var got []byte
	switch {
	case strings.HasSuffix(tags["a"], "-sha1"):
		sum := sha1.Sum([]byte(body))
		got = sum[:]
	case strings.HasSuffix(tags["a"], "-sha256"):
		sum := sha256.Sum256([]byte(body))
		got = sum[:]
	default:
		return BodyUnknown
	}
	if string(got) == string(want) {
		return BodySame
	}
	return BodyDiffers
}

// canonical is a body as it is hashed: with CRLF at the end of each line and no empty lines at the end, and if relaxed with one space for
// all white space and none at the end of a line (RFC 6376 §3.4.3, §3.4.4).
func canonical(body string, relaxed bool) string {
	var b strings.Builder
	empty := 0
	for line := range strings.Lines(body) {
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if relaxed {
			line = relax(line)
		}
		if line == "" {
			empty++
			continue
		}
		b.WriteString(strings.Repeat("\r\n", empty))
		empty = 0
		b.WriteString(line)
		b.WriteString("\r\n")
	}
	if b.Len() == 0 && !relaxed {
		return "\r\n"
	}
	return b.String()
}

// relax makes one space of each run of spaces and tabs, and leaves out those at the end.
func relax(line string) string {
	line = strings.TrimRight(line, " \t")
	if !strings.Contains(line, "  ") && !strings.Contains(line, "\t") {
		return line
	}
	var b strings.Builder
	space := false
	for i := range len(line) {
		blank := line[i] == ' ' || line[i] == '\t'
		if blank && space {
			continue
		}
		if space = blank; blank {
			b.WriteByte(' ')
			continue
		}
		b.WriteByte(line[i])
	}
	return b.String()
}
