package wire

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// Capabilities is what a server says of itself in its 250 to EHLO (RFC 5321
// §4.1.1.1).
type Capabilities struct {
	// Domain is the first word of the first line, the name the server goes by.
	Domain string `json:"domain,omitempty"`
	// Greeting is the rest of the first line.
	Greeting string `json:"greeting,omitempty"`
	// Keywords are the other lines in their order, duplicates included.
	Keywords []Capability `json:"keywords,omitempty"`
}

// Capability is one line of an EHLO reply. In JSON the text in Raw is exact and the
// source of the other fields; those are made visible.
type Capability struct {
	// Raw is the text of the line, without code and line end.
	Raw Raw `json:"raw"`
	// Keyword has its ASCII letters in upper case. It is empty for an empty line.
	Keyword string `json:"keyword"`
	// Params are the words that follow it, as sent.
	Params []string `json:"params,omitempty"`
	// Legacy marks "AUTH=LOGIN", the form from before RFC 2554; Keyword is AUTH.
	Legacy bool `json:"legacy,omitempty"`
	// Line is the number of the line in the reply, counted from 1.
	Line int `json:"line,omitempty"`
	// Defects are deviations from the syntax; the line was kept as far as possible.
	Defects []Defect `json:"defects,omitempty"`
}

// ParseCapabilities reads the reply to EHLO. It takes the lines of any reply; that
// the code is 250 is the caller's to check.
func ParseCapabilities(r Reply) Capabilities {
	var c Capabilities
	if len(r.Lines) == 0 {
		return c
	}
	c.Domain, c.Greeting, _ = strings.Cut(r.Lines[0].Text, " ")
	c.Keywords = slices.Grow(c.Keywords, len(r.Lines)-1)
	for i, l := range r.Lines[1:] {
		c.Keywords = append(c.Keywords, ParseCapability(l.Text, i+2))
	}
	return c
}

const legacyAuthPrefix = "AUTH="

// ParseCapability reads a line of an EHLO reply, without its code, that is in the reply as its line of that number.
func ParseCapability(text string, line int) Capability {
	c := Capability{Raw: Raw(text), Line: line}
	var defects defectSet
	words := strings.Split(text, " ")
	full := len(words)
	words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
	defects.addIf(len(words) < full && len(words) > 0, extraSpace, line)
	if len(words) > 0 {
		c.Keyword, c.Params = upperASCII(words[0]), words[1:]
	}
	if mech, ok := strings.CutPrefix(c.Keyword, legacyAuthPrefix); ok {
		c.takeLegacy(words, mech)
		defects.add(legacyAuth, line)
	}
	defects.addIf(!validKeyword(c.Keyword), keywordSyntax, line)
	defects.addIf(slices.ContainsFunc(c.Params, invalidParam), parameterSyntax, line)
	c.Defects = defects.list()
	return c
}

// takeLegacy splits the first word of "AUTH=LOGIN PLAIN" into keyword and parameter.
func (c *Capability) takeLegacy(words []string, mech string) {
	c.Keyword, c.Legacy = "AUTH", true
	if mech != "" {
		words[0] = words[0][len(legacyAuthPrefix):]
		c.Params = words
	}
}

// upperASCII leaves all but a to z alone: for strings.ToUpper "ſtarttls" would be
// STARTTLS.
func upperASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}

func validKeyword(k string) bool {
	for i := range len(k) {
		c := k[i]
		if !('A' <= c && c <= 'Z' || isDigit(c) || c == '-' && i > 0) {
			return false
		}
	}
	return k != ""
}

func invalidParam(p string) bool {
	return strings.ContainsFunc(p, func(c rune) bool { return c <= ' ' || c > '~' })
}

// Has reports whether the keyword, in any case, is offered. AUTH= counts as AUTH.
func (c Capabilities) Has(keyword string) bool {
	_, ok := c.Get(keyword)
	return ok
}

// Get is the first line with the keyword, in any case. The standard form of AUTH
// goes before the legacy one.
func (c Capabilities) Get(keyword string) (Capability, bool) {
	keyword = upperASCII(keyword)
	legacy := -1
	for i, k := range c.Keywords {
		switch {
		case k.Keyword != keyword:
		case !k.Legacy:
			return k, true
		case legacy < 0:
			legacy = i
		}
	}
	if legacy < 0 {
		return Capability{}, false
	}
	return c.Keywords[legacy], true
}

// AuthMechanisms is the mechanisms of all AUTH lines, legacy ones included, in upper
// case, each once, in the order of the server.
func (c Capabilities) AuthMechanisms() []string {
	var out []string
	seen := map[string]bool{}
	for _, k := range c.Keywords {
		if k.Keyword != "AUTH" {
			continue
		}
		for _, p := range k.Params {
			if m := upperASCII(p); !seen[m] {
				seen[m] = true
				out = append(out, m)
			}
		}
	}
	return out
}

// OffersAuth reports whether a mechanism is in the list of AUTH, in whatever case.
func (c Capabilities) OffersAuth(mechanism string) bool {
	return slices.ContainsFunc(c.Keywords, func(k Capability) bool {
		return k.Keyword == "AUTH" && slices.ContainsFunc(k.Params, func(name string) bool { return strings.EqualFold(name, mechanism) })
	})
}

// Size is the largest message in octets that the server takes (RFC 1870 §3). It is
// 0 if there is no fixed limit, or none that is a number; declared says whether SIZE
// is offered at all. More than an int64 holds becomes its maximum.
func (c Capabilities) Size() (n int64, declared bool) {
	k, ok := c.Get("SIZE")
	if !ok || len(k.Params) == 0 {
		return 0, ok
	}
	n, err := strconv.ParseInt(k.Params[0], 10, 64)
	if n < 0 || (err != nil && !errors.Is(err, strconv.ErrRange)) {
		return 0, true
	}
	return n, true
}

// MarshalJSON makes Domain and Greeting visible; the reply has their bytes.
func (c Capabilities) MarshalJSON() ([]byte, error) {
	type plain Capabilities
	c.Domain, c.Greeting = VisibleString(c.Domain), VisibleString(c.Greeting)
	return json.Marshal(plain(c))
}

// JSONForm makes Keyword and Params visible.
func (c Capability) JSONForm() any {
	type plain Capability
	c.Keyword, c.Params = VisibleString(c.Keyword), slices.Clone(c.Params)
	for i, p := range c.Params {
		c.Params[i] = VisibleString(p)
	}
	return plain(c)
}

// MarshalJSON writes the form.
func (c Capability) MarshalJSON() ([]byte, error) { return json.Marshal(c.JSONForm()) }

// UnmarshalJSON reads the line in Raw again.
func (c *Capability) UnmarshalJSON(data []byte) error {
	var j struct {
		Raw  Raw `json:"raw"`
		Line int `json:"line"`
	}
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	*c = ParseCapability(string(j.Raw), j.Line)
	return nil
}
