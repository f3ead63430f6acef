package transcripts

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf16"

	"ehlo/session/record"
	"ehlo/session/wire"
)

func TestOpenGivesBackWhatWasRecorded(t *testing.T) {
	src := logOf(startEvent(), sendEvent("MAIL FROM:<ann@example.org>"), replyEvent("250 \x1b[2J\xff\u202e ok"), endEvent())
	path := filepath.Join(t.TempDir(), "a"+Extension)
	rec, err := Record(src, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := rec.Close(); err != nil {
		t.Fatal(err)
	}
	f := openPath(t, path)
	if f.Len() != src.Len() || f.Damage() != nil {
		t.Fatalf("%d events, damage %v; want %d and none", f.Len(), f.Damage(), src.Len())
	}
	for i := range src.Len() {
		if got, want := f.At(i), src.At(i); !reflect.DeepEqual(got, want) {
			t.Errorf("event %d:\n got %+v\nwant %+v", i, got, want)
		}
	}
	if f.Start().Target.Host != "mail.example.org" || f.End() == nil || f.End().Phase != record.PhaseQuit {
		t.Errorf("start %+v, end %+v", f.Start(), f.End())
	}
}

// Damage anywhere leaves what comes before, and says where it is.
func TestOpenDamaged(t *testing.T) {
	whole := session5(t)
	with := func(n int, line string) string { // line n of five, counted from 1, replaced
		lines := append([]string(nil), whole...)
		lines[n-1] = line
		return strings.Join(lines, "")
	}
	tests := []struct {
		name, text string
		events     int
		line       int
		reason     string
	}{
		{"cut inside the last line", strings.Join(whole, "")[:len(strings.Join(whole, ""))-5], 4, 5, "the last line breaks off"},
		{"cut behind the first byte of a line", with(5, "{"), 4, 5, "the last line breaks off"},
		{"a line of something else", with(3, "Nov 23 postfix/smtpd: connect\n"), 2, 3, "not JSON from its byte 0 on"},
		{"zeros, as after a power cut", with(5, strings.Repeat("\x00", 100)), 4, 5, "not JSON from its byte 0 on"},
		{"half a line with the next behind it", with(3, whole[2][:30]), 2, 3, "not JSON from its byte"},
		{"a flipped quote", with(3, strings.Replace(whole[2], `"wait":`, `"wait:`, 1)), 2, 3, "not JSON from its byte"},
		{"Latin-1", with(2, strings.Replace(whole[1], "NOOP", "NOOP \xe4", 1)), 1, 2, "not UTF-8"},
		{"a line taken out", with(3, ""), 2, 3, "seq is 4 where 3 was expected"},
		{"a line doubled", with(3, whole[2]+whole[2]), 3, 4, "seq is 3 where 4 was expected"},
		{"seq that is no number", with(3, strings.Replace(whole[2], `"seq":3`, `"seq":"3"`, 1)), 2, 3, "no seq, t and kind"},
		{"an array", with(3, "[1,2,3]\n"), 2, 3, "no seq, t and kind"},
		{"nested without end", with(3, strings.Repeat("[", 1<<16)+strings.Repeat("]", 1<<16)+"\n"), 2, 3, "not JSON from its byte 64 on"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := openText(t, test.text)
			d := f.Damage()
			if d == nil {
				t.Fatal("no damage was seen")
			}
			if f.Len() != test.events || d.Line != test.line || !strings.Contains(d.Reason, test.reason) {
				t.Errorf("%d events, %v; want %d events, line %d: %s", f.Len(), d, test.events, test.line, test.reason)
			}
			if before := strings.Join(strings.SplitAfter(test.text, "\n")[:test.line-1], ""); d.Offset != int64(len(before)) {
				t.Errorf("offset %d, want %d", d.Offset, len(before))
			}
			if d.Hint == "" {
				t.Error("no hint")
			}
			for i := range f.Len() {
				if e := f.At(i); e.Seq != i+1 || e.Kind == kindUnreadable {
					t.Errorf("event %d: %+v", i, e)
				}
			}
		})
	}
}

func TestOpenNoTranscript(t *testing.T) {
	start := session5(t)[0]
	tests := []struct {
		name, text string
		err        error
	}{
		{"empty", "", errEmpty},
		{"text", "220 mail.example.org ESMTP\n", ErrNotTranscript},
		{"zeros", strings.Repeat("\x00", 1000), ErrNotTranscript},
		{"other JSON", `{"a":1}` + "\n", ErrNotTranscript},
		{"no start event", strings.Join(session5(t)[1:], ""), ErrNotTranscript},
		{"start cut", start[:len(start)/2], ErrNotTranscript},
		{"start without its payload", `{"seq":1,"t":0,"kind":"start"}` + "\n", ErrNotTranscript},
		{"start with a wrong payload", strings.Replace(start, `"port":587`, `"port":"smtp"`, 1), ErrNotTranscript},
		{"start that is not the first", strings.Replace(start, `"seq":1`, `"seq":2`, 1), ErrNotTranscript},
		{"a long first line", strings.Replace(start, "ehlo test", strings.Repeat("x", maxStart), 1), errChanged},
		{"a byte order mark", "\ufeff" + start, errChanged},
		{"UTF-16", utf16Of(start, binary.LittleEndian, true), errChanged},
		{"UTF-16, the other order", utf16Of(start, binary.BigEndian, true), errChanged},
		{"UTF-16 without a mark", utf16Of(start, binary.LittleEndian, false), errChanged},
		{"other text with a mark", "\ufeff220 mail.example.org\n", ErrNotTranscript},
		{"other text in UTF-16", utf16Of("220 mail.example.org\n", binary.LittleEndian, true), ErrNotTranscript},
		{"the next version", strings.Replace(start, "transcript/1", "transcript/2", 1), errNewer},
		{"the next version, all different", `{"kind":"start","start":{"format":"ehlo-transcript/2","time":7}}` + "\n", errNewer},
		{"no version", strings.Replace(start, "transcript/1", "transcript/x", 1), ErrNotTranscript},
		{"version 0", strings.Replace(start, "transcript/1", "transcript/0", 1), ErrNotTranscript},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, err := Open(fileOf(t, test.text))
			if !errors.Is(err, test.err) {
				t.Fatalf("error %v, want %v", err, test.err)
			}
			var e *Error
			if f != nil || !errors.As(err, &e) || e.Hint == "" {
				t.Errorf("file %v, error %#v", f, err)
			}
		})
	}
}

func TestOpenOnlyRegularFiles(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(dir); !errors.Is(err, errNotRegular) {
		t.Errorf("directory: %v", err)
	}
	if _, err := Open(filepath.Join(dir, "no\x1b[2Jthing")); !errors.Is(err, fs.ErrNotExist) || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("missing: %q", err)
	}
}

// What a later writer of the same version may add does not hide the rest.
func TestOpenSkipsWhatItDoesNotKnow(t *testing.T) {
	lines := session5(t)
	lines[1] = `{"seq":2,"t":5,"kind":"dns","step":"resolve","dns":{"answer":[1,2]},"explain":{"short":"asked","text":"."}}` + "\n"
	lines[2] = strings.Replace(lines[2], `"reply":{`, `"color":"red","reply":{"mood":["good"],`, 1)
	f := openText(t, strings.Join(lines, ""))
	if f.Damage() != nil || f.Len() != 5 {
		t.Fatalf("%d events, damage %v", f.Len(), f.Damage())
	}
	if e := f.At(1); e.Kind != "dns" || e.Step != record.VerbResolve || e.Explain.Short != "asked" {
		t.Errorf("unknown kind: %+v", e)
	}
	if e := f.At(2); e.Kind != record.KindReply || e.Reply.Code != 250 {
		t.Errorf("unknown fields: %+v", e)
	}
}

// A known kind has its payload and no other, or it is not a known kind: code that folds events relies on it.
func TestOpenPayloadFitsKind(t *testing.T) {
	tests := []struct {
		name, line string
		kind       record.Kind
	}{
		{"no payload", `{"seq":2,"t":9,"kind":"reply"}`, kindUnreadable},
		{"null", `{"seq":2,"t":9,"kind":"reply","reply":null}`, kindUnreadable},
		{"another kind's payload", `{"seq":2,"t":9,"kind":"reply","end":{"exit":3}}`, kindUnreadable},
		{"wrong type", `{"seq":2,"t":9,"kind":"reply","reply":{"code":"many"}}`, kindUnreadable},
		{"two payloads", `{"seq":2,"t":9,"kind":"end","end":{"exit":3},"start":{}}`, record.KindEnd},
		{"two kinds", `{"seq":2,"t":9,"kind":"reply","kind":"end","end":{"exit":3}}`, record.KindEnd},
		{"two numbers", `{"seq":2,"t":9,"kind":"end","end":{"exit":3},"seq":7}`, kindUnreadable},
		{"spaces", ` { "t" : 9 , "seq" : 2 , "end" : { } , "kind" : "end" } `, record.KindEnd},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := openText(t, session5(t)[0]+test.line+"\n")
			if f.Damage() != nil {
				t.Fatal(f.Damage())
			}
			e := f.At(1)
			if e.Seq != 2 || e.T != 9 || e.Kind != test.kind {
				t.Errorf("%+v, want kind %s", e, test.kind)
			}
			if (e.End != nil) != (e.Kind == record.KindEnd) || e.Start != nil || e.Reply != nil {
				t.Errorf("payloads: %+v", e)
			}
		})
	}
}

// Every kind that the engine has must have a keeper, or its events would lose their payload.
func TestKindsAreComplete(t *testing.T) {
	fields := reflect.TypeFor[record.Event]()
	payloads := 0
	for i := range fields.NumField() {
		name, _, _ := strings.Cut(fields.Field(i).Tag.Get("json"), ",")
		if fields.Field(i).Type.Kind() != reflect.Pointer || name == "explain" {
			continue
		}
		payloads++
		from := &record.Event{Kind: record.Kind(name)}
		reflect.ValueOf(from).Elem().Field(i).Set(reflect.New(fields.Field(i).Type.Elem()))
		var to record.Event
		if keep := keepers.Of(from.Kind); keep == nil || !keep(&to, from) || reflect.ValueOf(to).Field(i).IsNil() {
			t.Errorf("payload %s is not kept", name)
		}
	}
	if payloads != len(kinds) {
		t.Errorf("%d payloads, %d kinds", payloads, len(kinds))
	}
}

func TestOpenToleratesEditors(t *testing.T) {
	whole := strings.Join(session5(t), "")
	for name, text := range map[string]string{
		"CRLF":            strings.ReplaceAll(whole, "\n", "\r\n"),
		"no last newline": strings.TrimSuffix(whole, "\n"),
		"empty lines":     strings.ReplaceAll(whole, "\n", "\n\r\n\n"),
	} {
		t.Run(name, func(t *testing.T) {
			f := openText(t, text)
			if f.Len() != 5 || f.Damage() != nil {
				t.Fatalf("%d events, damage %v", f.Len(), f.Damage())
			}
			for i := range 5 {
				if e := f.At(i); e.Seq != i+1 || e.Kind == kindUnreadable {
					t.Errorf("event %d: %+v", i, e)
				}
			}
			if err := f.AddNote(record.Note{On: 2, Text: "seen"}); err != nil {
				t.Fatal(err)
			}
			if again := openPath(t, f.Path()); again.Len() != 6 || again.At(5).Note == nil || again.Damage() != nil {
				t.Errorf("after a note: %d events, %v", again.Len(), again.Damage())
			}
		})
	}
}

func TestLimits(t *testing.T) {
	lines := session5(t)
	whole := strings.Join(lines, "")
	tests := []struct {
		name   string
		limits limits
		reason string
	}{
		{"line", limits{file: 1 << 20, events: 100, line: len(lines[0]) - 1}, "the line is longer than"},
		{"events", limits{file: 1 << 20, events: 3, line: 1 << 10}, "more than 3 events"},
		{"file", limits{file: len(whole) - 9, events: 100, line: 1 << 10}, "the file is longer than"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			x := scanned(whole, test.limits)
			if x.damage == nil || !strings.Contains(x.damage.Reason, test.reason) {
				t.Errorf("damage %v, want %s", x.damage, test.reason)
			}
		})
	}
	if x := scanned(whole, limits{file: len(whole) + 1, events: 5, line: len(lines[0])}); x.damage != nil {
		t.Errorf("within the limits: %v", x.damage)
	}
}

// The largest events that the engine's default limits allow fit into a line.
func TestLargestReplyFits(t *testing.T) {
	raw := strings.Repeat("250-"+strings.Repeat("\x01", 120)+"\r\n", 1<<20/126)
	e := replyEvent("")
	e.Reply.Raw = wire.Raw(raw)
	for _, line := range strings.SplitAfter(raw, "\r\n") {
		e.Reply.Lines = append(e.Reply.Lines, wire.Line{Raw: wire.Raw(line), Code: "250", Sep: '-', Text: strings.TrimSuffix(strings.TrimPrefix(line, "250-"), "\r\n")})
	}
	l := logOf(startEvent(), e)
	path := filepath.Join(t.TempDir(), "a"+Extension)
	rec, err := Record(l, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := rec.Close(); err != nil {
		t.Fatal(err)
	}
	f := openPath(t, path)
	if f.Len() != 2 || f.Damage() != nil || f.At(1).Reply == nil || string(f.At(1).Reply.Raw) != raw {
		t.Errorf("%d events, damage %v, %.200v", f.Len(), f.Damage(), f.At(1))
	}
}

func TestCacheIsBounded(t *testing.T) {
	var c cache
	event := func(i int) *record.Event { return &record.Event{Seq: i + 1} }
	for i := range 1000 {
		c.put(i, cacheBytes/100, event(i))
		c.get(0) // in use, so it stays
	}
	if c.bytes > cacheBytes || c.order.Len() != len(c.byPos) || c.order.Len() != 100 {
		t.Errorf("%d bytes in %d and %d events", c.bytes, c.order.Len(), len(c.byPos))
	}
	if c.get(0) == nil || c.get(1) != nil || c.get(999).Seq != 1000 {
		t.Errorf("kept %v %v %v", c.get(0), c.get(1), c.get(999))
	}
	c.put(1000, 2*cacheBytes, event(1000))
	if c.get(1000) == nil || c.order.Len() != 1 {
		t.Errorf("a huge event is not kept, or not alone: %d events", c.order.Len())
	}
}

func ExampleDamage_String() {
	fmt.Println(&Damage{Line: 3, Offset: 512, Reason: "the last line breaks off"})
	// Output: damaged at line 3, byte 512: the last line breaks off
}

func scanned(text string, lim limits) *index {
	x := newIndex(lim)
	x.scan(strings.NewReader(text), false, func() bool { return true })
	return x
}

func utf16Of(text string, order binary.AppendByteOrder, marked bool) string {
	if marked {
		text = "\ufeff" + text
	}
	var b []byte
	for _, u := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, u)
	}
	return string(b)
}

// What a file is instead is said in words, with what to do.
func TestOpenSaysWhatAFileIs(t *testing.T) {
	start := session5(t)[0]
	for text, want := range map[string]string{
		"\ufeff" + start: "a transcript, but with a byte order mark before it",
		utf16Of(start, binary.LittleEndian, true):  "a transcript, but in UTF-16",
		strings.Replace(start, "/1", "/2", 1):      "a newer version of the transcript format",
		start[:40] + strings.Repeat("x", maxStart): "a transcript, but its first line is longer than 64 KiB",
	} {
		_, err := Open(fileOf(t, text))
		var e *Error
		if !errors.As(err, &e) || e.Text != want || e.Hint == "" {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if f := openText(t, start+strings.Repeat("x", maxLine+1)); f.Damage() == nil || f.Damage().Reason != "the line is longer than 16 MiB" {
		t.Errorf("a long line is %v", f.Damage())
	}
}
