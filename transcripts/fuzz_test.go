package transcripts

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"ehlo/session/record"
)

// Whatever a file holds, opening it ends, and what it gives keeps its promises.
func FuzzOpen(f *testing.F) {
	whole := strings.Join(session5(f), "")
	for _, text := range []string{whole, whole[:len(whole)-7], whole[:200], "", "\n", "{}\n", "220 hello\n",
		strings.ReplaceAll(whole, "\n", "\r\n"), strings.ReplaceAll(whole, ":", " : "), whole + "\n\n \n{", whole + whole,
		strings.Replace(whole, `"reply":{`, `"reply":[`, 1), strings.Replace(whole, "250", `\u0000\ud800`, 1),
		strings.Replace(whole, `"seq":2`, `"seq":18446744073709551617`, 1), strings.Replace(whole, `"t":`, `"t":-`, 2)} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := Open(fileOf(t, string(text)))
		if err != nil {
			return
		}
		defer file.Close()
		if file.Len() == 0 || file.At(0).Kind != record.KindStart || file.Start() == nil {
			t.Fatalf("opened, but begins with %+v", file.At(0))
		}
		s := record.Snapshot{}
		for i := range file.Len() {
			e := file.At(i)
			if e.Seq != i+1 {
				t.Fatalf("event %d has seq %d", i, e.Seq)
			}
			s = s.Next(e) // must not meet a payload that is missing
		}
		if v := CutOff(file); v.Cause == "" || !v.Facts.CutOff {
			t.Fatalf("the verdict is %+v", v)
		}
		if d := file.Damage(); d != nil && (d.Offset < 0 || d.Offset > int64(len(text)) || d.Line <= file.Len() || d.Reason == "") {
			t.Fatalf("%d events, %d bytes, %+v", file.Len(), len(text), d)
		}
		if file.Damage() == nil && file.AddNote(record.Note{On: 1, Text: "noted"}) == nil {
			again, err := Open(file.Path())
			if err != nil || again.Damage() != nil || again.Len() != file.Len() || again.At(again.Len()-1).Note == nil {
				t.Fatalf("after a note: %v, %+v", err, again)
			}
			again.Close()
		}
	})
}

// The checker of lines agrees with encoding/json, up to its own bound of depth.
func FuzzValid(f *testing.F) {
	for _, text := range []string{`{"a":[1,2.5e-3,true,false,null,"x\u00e4\n\"\\"],"b":{}}`, ` [ ] `, `-0`, `01`, `1.`, `.5`, `1e`, `"`, `"\`, `"\u12`,
		`"\u12g4"`, `"` + "\n" + `"`, `{"a"}`, `{"a":}`, `{,}`, `[1,]`, `[1 2]`, `tru`, `nullx`, "", " ", "\x00", "{\x00}", `{"a":1}}`, "\"\xff\"",
		strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth), `-`, `1E+5`, `1e+`, `+1`, `"\/"`, "\ufeff{}"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		bad, ok := valid(text)
		if bad < 0 || bad > len(text) {
			t.Fatalf("%q: wrong at byte %d", text, bad)
		}
		if !utf8.Valid(text) || strings.Count(string(text), "[")+strings.Count(string(text), "{") > maxDepth {
			return
		}
		if want := json.Valid(text); ok != want {
			t.Errorf("%q: %v, encoding/json says %v", text, ok, want)
		}
	})
}

func TestValidBoundsDepth(t *testing.T) {
	nest := func(n int) []byte { return []byte(strings.Repeat("[", n) + strings.Repeat("]", n)) }
	if _, ok := valid(nest(maxDepth)); !ok {
		t.Error("the allowed depth is refused")
	}
	if bad, ok := valid(nest(maxDepth + 1)); ok || bad != maxDepth {
		t.Errorf("one more is allowed, or refused at byte %d", bad)
	}
}

// The quick way to the common fields and the slow one agree about what a writer writes.
func FuzzReadHead(f *testing.F) {
	f.Add(1, int64(0), "start", "")
	f.Add(12345, int64(999_999_999_999_999_999), "reply", `,"step":"ehlo"`)
	f.Add(-1, int64(1<<62), "a\"b\\u0041ä<", " ")
	f.Fuzz(func(t *testing.T, seq int, at int64, kind, rest string) {
		want := head{seq, at, record.Kind(kind)}
		line, err := json.Marshal(want)
		if err != nil || !utf8.ValidString(kind) {
			t.Skip()
		}
		line = append(line[:len(line)-1], rest...)
		if got, ok := quickHead(line); ok && got != want {
			t.Errorf("%s: %+v, want %+v", line, got, want)
		}
	})
}
