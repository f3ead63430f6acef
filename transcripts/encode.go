package transcripts

import (
	"bytes"
	"cmp"
	"encoding"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// Events are written by the encoder here and not by encoding/json, which at its first use of a type works out what only a reader
// needs, for all types that an event may hold: that took a tenth of a short session from its start to its end. The bytes are those of
// encoding/json without escapes for HTML. What is no part of an event, such as a map, goes to encoding/json.

// encoder adds a value, which is addressable, to b.
type encoder func(b []byte, v reflect.Value) ([]byte, error)

// encoders holds the encoder of each [reflect.Type] that was met.
var encoders sync.Map

func encoderOf(t reflect.Type) encoder {
	if known, ok := encoders.Load(t); ok {
		return known.(encoder)
	}
	e := newEncoder(t)
	encoders.Store(t, e)
	return e
}

func newEncoder(t reflect.Type) encoder {
	if e := ownEncoder(t); e != nil {
		return e
	}
	switch t.Kind() {
	case reflect.Bool:
		return func(b []byte, v reflect.Value) ([]byte, error) { return strconv.AppendBool(b, v.Bool()), nil }
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(b []byte, v reflect.Value) ([]byte, error) { return strconv.AppendInt(b, v.Int(), 10), nil }
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return func(b []byte, v reflect.Value) ([]byte, error) { return strconv.AppendUint(b, v.Uint(), 10), nil }
	case reflect.String:
		return func(b []byte, v reflect.Value) ([]byte, error) { return appendString(b, v.String()), nil }
	case reflect.Pointer:
		return appendPointer
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return appendBytes
		}
		return appendSlice
	case reflect.Struct:
		return structure(fieldsOf(t, nil)).append
	}
	return appendOther
}

// ownEncoder is that of a type that says itself how it is written; nil where it does not.
func ownEncoder(t reflect.Type) encoder {
	kind, pointer := t.Kind(), t
	switch {
	case t.PkgPath() == "" && kind != reflect.Pointer && kind != reflect.Struct: // string, []byte: without methods
		return nil
	case kind != reflect.Pointer:
		pointer = reflect.PointerTo(t)
	}
	for _, own := range [...]struct {
		says   reflect.Type
		append encoder
	}{{reflect.TypeFor[formed](), appendFormed}, {reflect.TypeFor[json.Marshaler](), appendMarshaler}, {reflect.TypeFor[encoding.TextMarshaler](), appendText}} {
		switch {
		case t.Implements(own.says):
			return own.append
		case pointer.Implements(own.says):
			return atAddress(own.append)
		}
	}
	return nil
}

func atAddress(e encoder) encoder {
	return func(b []byte, v reflect.Value) ([]byte, error) { return e(b, v.Addr()) }
}

// formed is what has the JSON of another value: what its MarshalJSON gives to encoding/json is encoded here.
type formed interface{ JSONForm() any }

// appendFormed escapes what encoding/json escapes where a MarshalJSON asks it.
func appendFormed(b []byte, v reflect.Value) ([]byte, error) {
	if v.Kind() == reflect.Pointer && v.IsNil() {
		return append(b, "null"...), nil
	}
	form := reflect.ValueOf(v.Interface().(formed).JSONForm())
	held := reflect.New(form.Type()).Elem()
	held.Set(form)
	from := len(b)
	b, err := encoderOf(form.Type())(b, held)
	if !bytes.ContainsAny(b[from:], "<>&") {
		return b, err
	}
	escaped := bytes.NewBuffer(b[:from:from])
	json.HTMLEscape(escaped, b[from:])
	return escaped.Bytes(), err
}

func appendMarshaler(b []byte, v reflect.Value) ([]byte, error) {
	if v.Kind() == reflect.Pointer && v.IsNil() {
		return append(b, "null"...), nil
	}
	text, err := v.Interface().(json.Marshaler).MarshalJSON()
	return append(b, text...), err
}

func appendText(b []byte, v reflect.Value) ([]byte, error) {
	if v.Kind() == reflect.Pointer && v.IsNil() {
		return append(b, "null"...), nil
	}
	text, err := v.Interface().(encoding.TextMarshaler).MarshalText()
	return appendString(b, string(text)), err
}

func appendOther(b []byte, v reflect.Value) ([]byte, error) {
	text, err := json.Marshal(v.Interface())
	return append(b, text...), err
}

func appendPointer(b []byte, v reflect.Value) ([]byte, error) {
	if v.IsNil() {
		return append(b, "null"...), nil
	}
	return encoderOf(v.Type().Elem())(b, v.Elem())
}

func appendBytes(b []byte, v reflect.Value) ([]byte, error) {
	if v.IsNil() {
		return append(b, "null"...), nil
	}
	return append(base64.StdEncoding.AppendEncode(append(b, '"'), v.Bytes()), '"'), nil
}

func appendSlice(b []byte, v reflect.Value) (_ []byte, err error) {
	if v.IsNil() {
		return append(b, "null"...), nil
	}
	each := encoderOf(v.Type().Elem())
	b = append(b, '[')
	for i := range v.Len() {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = each(b, v.Index(i)); err != nil {
			return b, err
		}
	}
	return append(b, ']'), nil
}

// structure is a struct as its fields, those of embedded structs in their place.
type structure []member

type member struct {
	index  []int
	key    string // the name in quotation marks, and a colon
	skip   func(reflect.Value) bool
	append encoder
}

func (s structure) append(b []byte, v reflect.Value) (_ []byte, err error) {
	b = append(b, '{')
	first := len(b)
	for i := range s {
		m := &s[i]
		value := v.FieldByIndex(m.index)
		if m.skip(value) {
			continue
		}
		if len(b) > first {
			b = append(b, ',')
		}
		if b, err = m.append(append(b, m.key...), value); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}

// fieldsOf lists what of a struct is written. A name that the struct itself has hides that of an embedded one.
func fieldsOf(t reflect.Type, hidden structure) (list structure) {
	var embedded []int
	for i := range t.NumField() {
		f := t.Field(i)
		name, option, _ := strings.Cut(f.Tag.Get("json"), ",")
		key := `"` + name + `":`
		switch {
		case f.Anonymous && name == "":
			embedded = append(embedded, i)
		case f.IsExported() && name != "-" && !hidden.has(key):
			list = append(list, member{f.Index, key, skipped(f.Type, option), encoderOf(f.Type)})
		}
	}
	for _, i := range embedded {
		inner := fieldsOf(t.Field(i).Type, list)
		for j := range inner {
			inner[j].index = append([]int{i}, inner[j].index...)
		}
		at := slices.IndexFunc(list, func(m member) bool { return m.index[0] > i })
		list = slices.Insert(list, cmp.Or(at+1, len(list)+1)-1, inner...)
	}
	return list
}

func (s structure) has(key string) bool {
	return slices.ContainsFunc(s, func(m member) bool { return m.key == key })
}

// skipped tells the values that an option of the tag leaves out.
func skipped(t reflect.Type, option string) func(reflect.Value) bool {
	switch {
	case option == "omitempty" && t.Kind() == reflect.Slice:
		return func(v reflect.Value) bool { return v.Len() == 0 }
	case option == "omitempty" && t.Kind() == reflect.Struct, option == "":
		return func(reflect.Value) bool { return false }
	}
	return reflect.Value.IsZero
}

// appendString quotes a text. What is no UTF-8 becomes U+FFFD.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	done := 0
	for i := 0; i < len(s); {
		if c := s[i]; c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' {
			i++
			continue
		}
		c, size := utf8.DecodeRuneInString(s[i:])
		if escape := escaped(c, size); escape != "" {
			b = append(append(b, s[done:i]...), escape...)
			done = i + size
		}
		i += size
	}
	return append(append(b, s[done:]...), '"')
}

// escaped is how a character is written that does not stand for itself; empty where it does.
func escaped(c rune, size int) string {
	switch {
	case c == utf8.RuneError && size == 1:
		return `\ufffd`
	case c == '\u2028':
		return `\u2028`
	case c == '\u2029':
		return `\u2029`
	case c == '"':
		return `\"`
	case c == '\\':
		return `\\`
	case c >= ' ':
		return ""
	}
	const hex = "0123456789abcdef"
	if at := strings.IndexRune("\b\f\n\r\t", c); at >= 0 {
		return `\` + "bfnrt"[at:at+1]
	}
	return `\u00` + string([]byte{hex[c>>4], hex[c&15]})
}
