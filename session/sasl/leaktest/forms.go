package leaktest

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Needle is a text that must not be in an output, and what it is a form of.
type Needle struct{ What, Text string }

// shortest is the least length of a needle: less stands in any text by chance.
const shortest = 6

// Forms are the ways in which octets can be written: as they are, quoted, in JSON, in a URL, in hexadecimal, as a list of
// numbers, and in base64 wherever in a longer text they begin. No octets have no forms.
func Forms(what string, secret []byte) []Needle {
	if len(secret) == 0 {
		return nil
	}
	spaced := fmt.Sprintf("% x", secret)
	texts := []string{string(secret), strings.Trim(strconv.Quote(string(secret)), `"`), strings.Trim(strconv.QuoteToASCII(string(secret)), `"`),
		hex.EncodeToString(secret), strings.ToUpper(hex.EncodeToString(secret)), spaced, strings.ToUpper(spaced), strings.ReplaceAll(spaced, " ", ":"),
		strings.Trim(fmt.Sprint(secret), "[]"), strings.ReplaceAll(strings.Trim(fmt.Sprint(secret), "[]"), " ", ","),
		url.QueryEscape(string(secret)), url.PathEscape(string(secret))}
	if quoted, err := json.Marshal(string(secret)); err == nil {
		texts = append(texts, strings.Trim(string(quoted), `"`))
	}
	texts = append(texts, alignments(secret)...)
	slices.Sort(texts)
	var out []Needle
	for _, text := range slices.Compact(texts) {
		if len(text) >= shortest {
			out = append(out, Needle{what, text})
		}
	}
	return out
}

// alignments are the parts of the base64 that stay the same whatever stands before and after.
func alignments(secret []byte) []string {
	var out []string
	for lead := range 3 {
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			text := encoding.EncodeToString(append(make([]byte, lead), secret...))
			out = append(out, text[(lead*8+5)/6:(lead+len(secret))*8/6])
		}
	}
	return out
}
