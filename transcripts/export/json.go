package export

import (
	"bytes"
	_ "embed" // the schema
	"encoding/json"
	"fmt"
	"io"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/transcripts"
)

// Schema describes what [JSON] writes, as a JSON Schema of the draft 2020-12. It is made from the specification of transcripts.
//
//go:embed schema.json
var Schema string

// JSON writes a session as one JSON document: the verdict, and the events as a transcript has them; those that hold a message
// of TLS also have its fields. Characters that do not show themselves are escaped.
func JSON(w io.Writer, s *Session) error {
	o := newOutput(w)
	o.put(`{"format":"ehlo-session/1"`)
	o.member("incomplete", s.Incomplete, s.Incomplete != "")
	o.member("verdict", s.Verdict, s.Verdict != nil)
	o.put(`,"events":[`)
	began := s.start().Start.Time
	separator := "\n"
	for e := range s.Events {
		o.put(separator)
		o.event(e, began)
		if separator = ",\n"; o.err != nil {
			return o.err
		}
	}
	o.put("\n]}\n")
	return o.end()
}

// member writes a field of an object that has one already.
func (o *output) member(name string, value any, is bool) {
	if !is || o.err != nil {
		return
	}
	var text []byte
	if text, o.err = json.Marshal(value); o.err == nil {
		o.put(`,"`, name, `":`, shown(text))
	}
}

func (o *output) event(e *record.Event, began time.Time) {
	var line bytes.Buffer
	if err := transcripts.WriteLine(&line, e); err != nil {
		o.err = err
		return
	}
	o.put(shown(bytes.TrimSuffix(line.Bytes(), []byte("}\n"))))
	if m := e.TLSMessage; m != nil {
		o.member("fields", fieldsOf(m, began, e.T), true)
	}
	o.put("}")
}

// fieldsOf are the fields of a message that came a while after the session began.
func fieldsOf(m *tlswire.Message, began time.Time, after time.Duration) []tlswire.Field {
	if began.IsZero() {
		return m.Fields(began, explain.Meaning)
	}
	return m.Fields(began.Add(after), explain.Meaning)
}

// shown escapes in a JSON text what does not show itself (RFC 8259 §7). Such characters stand in its strings alone.
func shown(text []byte) string {
	var out []byte
	done := 0
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRune(text[i:])
		if c >= utf8.RuneSelf && !visible(c) || c == 0x7f {
			out = appendEscaped(append(out, text[done:i]...), c)
			done = i + size
		}
		i += size
	}
	return string(append(out, text[done:]...))
}

func appendEscaped(out []byte, c rune) []byte {
	if first, second := utf16.EncodeRune(c); first != utf8.RuneError {
		return fmt.Appendf(out, `\u%04x\u%04x`, first, second)
	}
	return fmt.Appendf(out, `\u%04x`, c)
}
