package sasl

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
)

// Compare says how a base64 line that a person typed differs from the right response, in words that give nothing of
// the secret away. Nil means that the server gets the same bytes. right is what the mechanism's Start or Next gave;
// its Values are used to recognize mistakes in the computation.
func Compare(mechanism, typed string, right Response) []string {
	typed = strings.TrimRight(typed, "\r\n")
	if typed == EncodeResponse(right.Data, false) || len(right.Data) == 0 && typed == "=" {
		return nil
	}
	if special := compareLine(typed, right); special != "" {
		return []string{special}
	}
	data, wrong := DecodeBase64(typed)
	if data == nil || bytes.Equal(data, right.Data) {
		return wrong
	}
	if slip := slipOf(data, right.Data); slip != "" {
		return append(wrong, slip)
	}
	m, _ := find(mechanism)
	return append(wrong, m.compare(data, right)...)
}

// compareLine finds what is wrong with the line as a whole.
func compareLine(typed string, right Response) string {
	switch {
	case typed == "*":
		return "this cancels the exchange; the server answers 501"
	case typed == "" && right.Data == nil:
		return ""
	case typed == "" || typed == "=":
		return "the line is empty, but there is something to send"
	case len(right.Data) == 0:
		return "there is nothing to send here, only an empty line, or = with the AUTH command"
	case typed == string(right.Data):
		return "this is the message before base64; the client sends it in base64"
	}
	return ""
}

// slipOf recognizes mistakes that leave the message itself intact.
func slipOf(typed, right []byte) string {
	again, err := base64.StdEncoding.DecodeString(string(typed))
	rest, longer := bytes.CutPrefix(typed, right)
	switch {
	case err == nil && bytes.Equal(again, right):
		return "it is encoded in base64 twice"
	case longer && len(bytes.Trim(rest, "\r\n")) == 0:
		return "there is a line ending inside the base64, at the end of the message; echo adds one, echo -n and printf do not"
	case longer && len(bytes.Trim(rest, " \t\x00")) == 0:
		return "the message ends with a space, tab or NUL that does not belong to it"
	case bytes.EqualFold(typed, right):
		return "it differs only in upper and lower case"
	}
	return ""
}

// compare explains a message of another content: first by the mistakes that are typical, then part by part.
func (m *mechanism) compare(typed []byte, right Response) []string {
	if m.slips != nil {
		if said := m.slips(typed, right); said != nil {
			return said
		}
	}
	got, ok := m.open(typed)
	if !ok {
		return []string{"it does not have the form of a " + m.Name + " response"}
	}
	want, _ := m.open(right.Data)
	var said []string
	for _, name := range fieldNames(want, got) {
		if s := compareField(name, field(got, name), field(want, name)); s != "" {
			said = append(said, s)
		}
	}
	if len(said) == 0 {
		said = []string{"it has the same parts, written differently"}
	}
	return said
}

// fieldNames lists the parts of both, wholes left out: they differ whenever a part does.
func fieldNames(want, got []Value) []string {
	var names []string
	for _, v := range append(slices.Clone(want), got...) {
		if v.Name != "message" && v.Name != "separator" && !slices.Contains(names, v.Name) {
			names = append(names, v.Name)
		}
	}
	return names
}

func field(values []Value, name string) *Value {
	i := slices.IndexFunc(values, func(v Value) bool { return v.Name == name })
	if i < 0 {
		return nil
	}
	return &values[i]
}

func compareField(name string, got, want *Value) string {
	switch {
	case got == nil:
		return name + " is missing"
	case want == nil:
		return name + " should not be there"
	}
	g, w := got.Display(true), want.Display(true)
	switch {
	case g == w:
		return ""
	case g == "":
		return name + " is empty"
	case w == "":
		return name + " should be empty"
	case strings.TrimSpace(g) == w:
		return name + " has white space around it"
	case strings.EqualFold(g, w):
		return name + " differs in upper and lower case"
	}
	return name + " has a different value"
}

// otherField says that a message of one part holds something else.
func otherField(_ []byte, right Response) []string {
	return []string{"it is not the " + oneField(right)}
}

func oneField(right Response) string {
	if len(right.Values) == 0 {
		return "right answer"
	}
	return right.Values[0].Name + " that was given"
}

func contentOf(v *Value) []byte {
	if v.Bytes != nil {
		return v.Bytes
	}
	return []byte(v.Text)
}
