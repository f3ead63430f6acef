package wire

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Reply is one SMTP reply of one or more lines (RFC 5321 §4.2). A reply that
// came with an error holds what was read until then: Raw has every byte, Lines
// the lines that were complete and understood.
type Reply struct {
	// Raw is the reply as it crossed the wire, line ends included.
	Raw Raw `json:"raw,omitempty"`
	// Code is the code of the last complete line, 200 to 599; 0 if there is none.
	// Lines that disagree are a defect, see [DefectMismatchedCode].
	Code int `json:"code,omitempty"`
	// Enhanced is the last enhanced status code of the reply, zero if it has none.
	Enhanced Enhanced `json:"enhanced,omitzero"`
	Lines    []Line   `json:"lines,omitempty"`
	// Defects are the deviations that were tolerated, by first line.
	Defects []Defect `json:"defects,omitempty"`
}

// Line is one line of a [Reply].
type Line struct {
	// Raw is the line with its line end. It shares memory with the Raw of the
	// reply and is not stored a second time in JSON.
	Raw Raw `json:"-"`
	// Code is the three digits as sent.
	Code string `json:"code"`
	// Sep is what divides code and text: '-' if more lines follow, ' ' on the
	// last line, 0 if neither follows the code.
	Sep Separator `json:"sep,omitempty"`
	// Text is what follows the code, the separator and the enhanced code, without
	// the line end. These are the server's bytes: see [VisibleString].
	Text string `json:"text,omitempty"`
	// Enhanced is the enhanced status code of this line, zero if it has none.
	Enhanced Enhanced `json:"enhanced,omitzero"`
}

// Separator is the byte after a reply code: ' ', '-', or 0 for none of them.
// In JSON it is a string of that one character.
type Separator byte

// Text is the text of all lines joined by "\n". These are the server's bytes.
func (r Reply) Text() string {
	texts := make([]string, len(r.Lines))
	for i, l := range r.Lines {
		texts[i] = l.Text
	}
	return strings.Join(texts, "\n")
}

// UnmarshalJSON reads what json.Marshal wrote and gives each line its bytes back
// from those of the reply.
func (r *Reply) UnmarshalJSON(data []byte) error {
	type plain Reply
	if err := json.Unmarshal(data, (*plain)(r)); err != nil {
		return err
	}
	r.Divide()
	return nil
}

// Divide gives each line its bytes from those of the reply.
func (r *Reply) Divide() {
	rest := r.Raw
	for i := range r.Lines {
		r.Lines[i].Raw, rest = cutLine(rest)
	}
}

// cutLine divides raw after its first line feed.
func cutLine(raw Raw) (line, rest Raw) {
	end := bytes.IndexByte(raw, '\n') + 1
	if end == 0 {
		end = len(raw)
	}
	return raw[:end:end], raw[end:]
}

type lineJSON struct {
	Code     string    `json:"code"`
	Sep      Separator `json:"sep,omitempty"`
	Text     Raw       `json:"text,omitempty"`
	Enhanced Enhanced  `json:"enhanced,omitzero"`
}

// JSONForm has Text in the form of [Raw], so that no byte is lost.
func (l Line) JSONForm() any { return lineJSON{l.Code, l.Sep, Raw(l.Text), l.Enhanced} }

// MarshalJSON writes the form.
func (l Line) MarshalJSON() ([]byte, error) { return json.Marshal(l.JSONForm()) }

// UnmarshalJSON reads what MarshalJSON wrote; Raw is left to the [Reply].
func (l *Line) UnmarshalJSON(data []byte) error {
	var j lineJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	*l = Line{Code: j.Code, Sep: j.Sep, Text: string(j.Text), Enhanced: j.Enhanced}
	return nil
}

// MarshalText is the separator as a string, empty for 0.
func (s Separator) MarshalText() ([]byte, error) {
	if s == 0 {
		return nil, nil
	}
	return []byte{byte(s)}, nil
}

// UnmarshalText reads what MarshalText wrote; anything but " " and "-" is 0.
func (s *Separator) UnmarshalText(text []byte) error {
	*s = 0
	if t := string(text); t == " " || t == "-" {
		*s = Separator(t[0])
	}
	return nil
}
