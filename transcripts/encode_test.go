package transcripts

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"ehlo/session/record"
)

// byLibrary is a line as encoding/json writes it.
func byLibrary(t testing.TB, e *record.Event) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func sameAsLibrary(t testing.TB, e *record.Event) {
	var b bytes.Buffer
	if err := WriteLine(&b, e); err != nil {
		t.Fatal(err)
	}
	if got, want := b.String(), byLibrary(t, e); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Whatever an event may hold is written as encoding/json writes it: nothing set, each payload alone and empty, and every
// field set.
func TestEventsAreWrittenAsByTheLibrary(t *testing.T) {
	sameAsLibrary(t, &record.Event{})
	for _, text := range []string{"all", "<all> & \u2028"} {
		var all record.Event
		fill(reflect.ValueOf(&all).Elem(), text)
		sameAsLibrary(t, &all)
	}
	for i := range reflect.TypeFor[record.Event]().NumField() {
		var one record.Event
		if field := reflect.ValueOf(&one).Elem().Field(i); field.Kind() == reflect.Pointer {
			field.Set(reflect.New(field.Type().Elem()))
		}
		sameAsLibrary(t, &one)
	}
}

func FuzzTextIsWrittenAsByTheLibrary(f *testing.F) {
	for _, s := range []string{"", "250 ok", "\x00\x1f\x7f\"\\/<>&\b\f\n\r\t", "é \u2028\u2029\ufffd \U0001f600", "\xff\xc3", "\xe2\x80"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		sameAsLibrary(t, &record.Event{Kind: record.KindNote, Note: &record.Note{Text: s}})
	})
}
