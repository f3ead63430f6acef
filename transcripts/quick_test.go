package transcripts

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"ehlo/session/record"
	"ehlo/session/wire"
)

// sameAsLibraryReads holds that what is read quickly is what encoding/json reads.
func sameAsLibraryReads(t testing.TB, line []byte) (quick bool) {
	t.Helper()
	var got, want record.Event
	if _, ok := valid(line); !ok || !utf8.Valid(line) || !quickly(line, &got, nil) {
		return false
	}
	if err := json.Unmarshal(line, &want); err != nil {
		t.Errorf("%s: encoding/json says %v", line, err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\ngot  %+v\nwant %+v", line, got, want)
	}
	return true
}

// Whatever an event may hold is read quickly, and as encoding/json reads it.
func TestLinesAreReadAsByTheLibrary(t *testing.T) {
	fields := reflect.TypeFor[record.Event]()
	for i := range fields.NumField() {
		name, _ := jsonName(fields.Field(i))
		e := record.Event{Kind: record.Kind(name), Step: record.VerbNoop, T: 77}
		if fields.Field(i).Type.Kind() == reflect.Pointer {
			fill(reflect.ValueOf(&e).Elem().Field(i), name)
		}
		line := linesOf(t, e)[0]
		if !sameAsLibraryReads(t, []byte(line)) && name != "reply" { // the filled text of its line is no text
			t.Errorf("not read quickly: %s", line)
		}
	}
	odd := replyEvent("250 \x1b[2J \u202e \U0001f600 \\\"\t")
	odd.Reply.Lines = []wire.Line{{Code: "250", Sep: ' ', Text: "\x1b"}}
	for _, line := range linesOf(t, startEvent(), sendEvent("NOOP"), odd, sendEvent("\xff"), endEvent()) {
		if !sameAsLibraryReads(t, []byte(line)) {
			t.Errorf("not read quickly: %s", line)
		}
	}
}

// What is not as a writer here writes it is left to encoding/json.
func TestLinesThatAreLeftToTheLibrary(t *testing.T) {
	for _, line := range []string{`{"seq": 1}`, `{"Seq":1}`, `{"seq":1,"seq":2}`, `{"seq":1.0}`, `{"seq":"1"}`, `{"seq":1e2}`, `{"seq":99999999999999999999}`,
		`{"send":null}`, `{"send":[]}`, `{"send":{"raw":"\ud800"}}`, `{"send":{"raw":5}}`, `{"send":{"masked":"x"}}`, `{"tls-message":{"raw":"?"}}`, `{"note":{"on":true}}`,
		`{"unknown":1}`, `{"start":{"time":"yesterday"}}`} {
		var e record.Event
		if quickly([]byte(line), &e, nil) {
			t.Errorf("read quickly: %s", line)
		}
	}
}

// A light reading differs in what it says it leaves out alone, and takes less.
func TestSkim(t *testing.T) {
	path := filepath.Join("..", "ui", "testdata", "tls13.ehlo.ndjson")
	f, light := openPath(t, path), &lightly{}
	for i := range f.Len() {
		got, want := skim(f.Line(i), i+1, light), *decode(f.Line(i), i+1)
		if want.Explain = nil; want.TLSMessage != nil {
			m := *want.TLSMessage
			m.Raw, m.Records, want.TLSMessage = nil, nil, &m
		}
		if !reflect.DeepEqual(*got, want) {
			t.Errorf("event %d: got %+v, want %+v", i+1, got, want)
		}
	}
}

func FuzzLineIsReadAsByTheLibrary(f *testing.F) {
	fields := reflect.TypeFor[record.Event]()
	for i := range fields.NumField() {
		name, _ := jsonName(fields.Field(i))
		e := record.Event{Kind: record.Kind(name), Step: record.VerbNoop, T: 77}
		if fields.Field(i).Type.Kind() == reflect.Pointer {
			fill(reflect.ValueOf(&e).Elem().Field(i), name)
		}
		f.Add([]byte(strings.TrimSpace(linesOf(f, e)[0])))
	}
	f.Fuzz(func(t *testing.T, line []byte) { sameAsLibraryReads(t, line) })
}
