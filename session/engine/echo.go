package engine

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/url"
	"slices"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/sasl"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// told is what went to the server and was masked in the log. A server that repeats it, whether it quotes a line that it
// does not understand or means harm, must not bring it in by the other door.
type told struct {
	hides string
	plain []sasl.Secret // as it was sent, and out of its base64
	coded []sasl.Secret // letters and digits of its base64, its hexadecimal digits, its form in a URL
}

// The lengths from which on something is looked for in a reply: less stands in any text. A line of base64 is no word.
const (
	shortestLine  = 4
	shortestPlain = 6
	shortestCoded = 8
)

// remember keeps a line that went out masked.
func (t *told) remember(mechanism, line, hides string) {
	t.hides = hides
	if words := strings.Fields(line); mechanism == "" && len(words) > 1 { // no line of AUTH: any word may be quoted alone
		for _, word := range words {
			if !publicWord(word) {
				t.remember("", word, hides)
			}
		}
	}
	t.add(line, shortestLine)
	data, _ := sasl.DecodeBase64(line)
	if mechanism == "" {
		mechanism, _ = sasl.Recognise(data)
	}
	opened, _ := sasl.OpenResponse(mechanism, []byte(line))
	t.add(string(data), shortestPlain)
	for _, v := range opened.Values {
		if v.Hides != "" {
			content := string(v.Bytes) + v.Text
			t.add(content, shortestPlain)
			t.add(strings.TrimPrefix(content, "Bearer "), shortestPlain)
		}
	}
}

// publicWord reports whether a word belongs to the protocol: a server says it in its list of capabilities, whoever typed
// it before.
func publicWord(word string) bool {
	if len(word) > len("AUTH") && strings.EqualFold(word[:len("AUTH")], "AUTH") {
		word = strings.TrimLeft(word[len("AUTH"):], "=:")
	}
	_, mechanism := sasl.Lookup(word)
	_, keyword := explain.Keyword(word, nil)
	return mechanism || keyword || walk.IsCommand(word)
}

func (t *told) add(s string, shortest int) {
	if len(s) < shortest {
		return
	}
	t.plain = append(t.plain, sasl.NewSecret(s))
	coded := []string{hex.EncodeToString([]byte(s)), alphanumeric(s), alphanumeric(url.QueryEscape(s))}
	for lead := range 3 { // where in a longer text it may begin
		text := base64.RawStdEncoding.EncodeToString(append(make([]byte, lead), s...))
		coded = append(coded, alphanumeric(text[(lead*8+5)/6:(lead+len(s))*8/6]))
	}
	for _, text := range coded {
		if len(text) >= shortestCoded {
			t.coded = append(t.coded, sasl.NewSecret(text))
		}
	}
}

// alphanumeric leaves letters and digits: what is split, spaced or written in the alphabet of URLs is then the same.
func alphanumeric(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, s)
}

// own keeps a secret that was not sent yet, however short.
func (t *told) own(s sasl.Secret) {
	if word := s.Reveal(); word != "" && !t.has(word) {
		t.add(word, 1)
	}
}

func (t *told) has(word string) bool {
	return slices.ContainsFunc(t.plain, func(s sasl.Secret) bool { return s.Reveal() == word })
}

// in reports whether a line has something of it: as it is, or in another form. What is very short has to be a word.
func (t *told) in(line string) bool {
	words := strings.Fields(line)
	for _, s := range t.plain {
		if word := s.Reveal(); slices.Contains(words, word) || len(word) >= shortestLine && strings.Contains(line, word) {
			return true
		}
	}
	return t.codedIn(alphanumeric(line))
}

// hide takes out of a reply what it repeats: the words where they stand, and all of the text where they are in another
// form or in pieces. It reports whether there was anything.
func (t *told) hide(r *wire.Reply) bool {
	if len(t.plain) == 0 {
		return false
	}
	found := false
	for _, s := range t.plain {
		if word := []byte(s.Reveal()); bytes.Contains(r.Raw, word) {
			replace(r, word)
			found = true
		}
	}
	if t.repeatedIn(r) {
		blank(r)
		found = true
	}
	return found
}

func replace(r *wire.Reply, word []byte) {
	hide := func(raw wire.Raw) wire.Raw { return bytes.ReplaceAll(raw, word, []byte(sasl.Mask)) }
	r.Raw = hide(r.Raw)
	for i, l := range r.Lines {
		r.Lines[i].Raw, r.Lines[i].Text = hide(l.Raw), string(hide(wire.Raw(l.Text)))
	}
}

// repeatedIn looks through the letters and digits of the whole text.
func (t *told) repeatedIn(r *wire.Reply) bool {
	text := alphanumeric(r.Text())
	if len(r.Lines) == 0 {
		text = alphanumeric(string(r.Raw))
	}
	return t.codedIn(text)
}

// codedIn looks for what is encoded, in letters and digits.
func (t *told) codedIn(text string) bool {
	lower := strings.ToLower(text) // of hexadecimal digits
	return slices.ContainsFunc(t.coded, func(s sasl.Secret) bool {
		return strings.Contains(text, s.Reveal()) || strings.Contains(lower, s.Reveal())
	})
}

// blank leaves the codes of a reply and nothing of its text.
func blank(r *wire.Reply) {
	raw := wire.Raw{}
	for i := range r.Lines {
		l := &r.Lines[i]
		end := len(bytes.TrimRight(l.Raw, "\r\n"))
		l.Raw = append(bytes.TrimSuffix(l.Raw[:end:end], []byte(l.Text)), sasl.Mask+"\r\n"...)
		l.Text = sasl.Mask
		raw = append(raw, l.Raw...)
	}
	if len(r.Lines) == 0 {
		raw = wire.Raw(sasl.Mask + "\r\n")
	}
	r.Raw = raw
}

// hideEcho takes what was told out of a reply and out of the error of reading it.
func (s *Session) hideEcho(r *wire.Reply, err error) (hides string, _ error) {
	if !s.told.hide(r) {
		return "", err
	}
	if w, ok := errors.AsType[*wire.Error](err); ok {
		err = &wire.Error{Err: w.Err, Line: w.Line, Hint: w.Hint}
	}
	return s.told.hides, err
}

// remember keeps what goes out masked, so that no reply brings it back.
func (s *Session) remember(o outgoing) {
	if len(o.masked) == 0 {
		return
	}
	mechanism := ""
	if s.auth != nil {
		mechanism = s.auth.name
	}
	s.told.remember(mechanism, o.secret, o.masked[0])
	if o.exposes == sasl.HidesPassword || o.exposes == sasl.HidesToken {
		s.own.remember(mechanism, o.secret, o.masked[0])
	}
}
