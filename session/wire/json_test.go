package wire

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestRawJSON(t *testing.T) {
	for _, test := range []struct {
		raw  Raw
		want string
	}{
		{nil, `null`},
		{Raw{}, `""`},
		{Raw("250 2.1.0 Ok\r\n"), `"250 2.1.0 Ok\r\n"`},
		{Raw(`say "\"`), `"say \"\\\""`},
		{Raw("grüß\t\x1b[0m\x7f"), `"grüß\t\u001b[0m\u007f"`},
		{Raw("\u202e\u0085\u2028\U000e0001"), `"\u202e\u0085\u2028\udb40\udc01"`},
		{Raw("\ufffd"), `"` + "\ufffd" + `"`},
		{Raw("\xff\x00"), `{"base64":"/wA="}`},
	} {
		got, err := json.Marshal(test.raw)
		if err != nil || string(got) != test.want {
			t.Errorf("%q: %s, %v; want %s", []byte(test.raw), got, err, test.want)
		}
	}
}

func TestRawJSONRefuses(t *testing.T) {
	for _, s := range []string{`7`, `{}`, `{"base64":7}`, `{"base64":"?"}`, `{"base64":null}`, `[1]`, `true`} {
		var r Raw
		if err := json.Unmarshal([]byte(s), &r); err == nil {
			t.Errorf("%s read as %q", s, r)
		}
	}
}

func FuzzRawJSON(f *testing.F) {
	for _, s := range []string{"", "250 ok\r\n", "\xff\xfe", "\u202e", "\\\"", "\U000e0001", "\ufffd", "<&>"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		data, err := json.Marshal(Raw(b))
		if err != nil {
			t.Fatal(err)
		}
		var back Raw
		if err := json.Unmarshal(data, &back); err != nil || !bytes.Equal(back, b) || (back == nil) != (b == nil) {
			t.Errorf("%q came back as %q, %v", b, []byte(back), err)
		}
		if VisibleString(string(data)) != string(data) {
			t.Errorf("%q is not fit for a terminal", data)
		}
	})
}

func TestReplyJSON(t *testing.T) {
	reply, _ := NewReader(strings.NewReader("550-5.1.1 caf\xe9\n550_5.7.1 b\r\n"), Limits{}).ReadReply()
	got, err := json.MarshalIndent(reply, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want := `{
 "raw": {
  "base64": "NTUwLTUuMS4xIGNhZukKNTUwXzUuNy4xIGINCg=="
 },
 "code": 550,
 "enhanced": "5.1.1",
 "lines": [
  {
   "code": "550",
   "sep": "-",
   "text": {
    "base64": "Y2Fm6Q=="
   },
   "enhanced": "5.1.1"
  },
  {
   "code": "550",
   "text": "_5.7.1 b"
  }
 ],
`
	if !strings.HasPrefix(string(got), want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	checkReplyJSON(t, reply)
}

func checkReplyJSON(t *testing.T, reply Reply) {
	t.Helper()
	data, err := json.Marshal(reply)
	if err != nil {
		t.Fatal(err)
	}
	var back Reply
	if err := json.Unmarshal(data, &back); err != nil || !reflect.DeepEqual(back, reply) {
		t.Errorf("%+v came back as %+v, %v", reply, back, err)
	}
}

func FuzzReplyJSON(f *testing.F) {
	for _, s := range []string{"220 a\r\n", "250-a\r\n250 b", "250-a\r\nX\r\n", "550 5.7.8 \xff\r\n", "25", ""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		reply, _ := NewReader(bytes.NewReader(input), Limits{}).ReadReply()
		checkReplyJSON(t, reply)
	})
}

func TestVisible(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"250 Ok, 100% <ann@mail.lab> \\o/", "250 Ok, 100% <ann@mail.lab> \\o/"},
		{"grüß 日本語 ✓ e\u0301", "grüß 日本語 ✓ e\u0301"},
		{"a\tb\rc\nd", `a\tb\rc\nd`},
		{"\x1b[2J\a\x00\x7f", `\x1b[2J\x07\x00\x7f`},
		{"\u009b31m", `\u009b31m`},
		{"\x9b31m", `\x9b31m`},
		{"\u202eexe\u202c \u2066x\u2069 \u200e\u061c", `\u202eexe\u202c \u2066x\u2069 \u200e\u061c`},
		{"a\u200bb\u200dc\ufeff\u00ad", `a\u200bb\u200dc\ufeff\u00ad`},
		{"\u2028\u2029\u00a0\u3000", `\u2028\u2029\u00a0\u3000`},
		{"\u3164\u115f\u034f\ufe0f", `\u3164\u115f\u034f\ufe0f`},
		{"\ue000\u0378\U000e0041\U0010ffff", `\ue000\u0378\U000e0041\U0010ffff`},
		{"\xff\xc0\x80\xed\xa0\x80", `\xff\xc0\x80\xed\xa0\x80`},
		{"\ufffd", "\ufffd"},
	} {
		if got := visible([]byte(test.in)); got != test.want {
			t.Errorf("%+q: got %s, want %s", test.in, got, test.want)
		}
	}
}

func FuzzVisible(f *testing.F) {
	for _, s := range []string{"250 ok\r\n", "\x1b[2J", "\u202e\u200b\u2028", "\xff\xc2", "\U000e0001", "ü"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		out := visible(b)
		if !utf8.ValidString(out) {
			t.Errorf("%q is not UTF-8", out)
		}
		for _, c := range out {
			if !isVisible(c) {
				t.Errorf("%+q in %q", c, out)
			}
		}
		if VisibleString(out) != out {
			t.Errorf("%q changes the second time", out)
		}
	})
}

func TestEnhanced(t *testing.T) {
	for _, s := range []string{"2.0.0", "4.7.25", "5.999.999"} {
		if e, ok := parseEnhanced(s); !ok || e.String() != s {
			t.Errorf("%s read as %v, %v", s, e, ok)
		}
	}
	for _, s := range []string{"", "5", "5.7", "5.7.", "5.7.8.", "3.0.0", "5.07.1", "5.7.1000", "5.-1.1", " 5.7.8", "5.7.8 ", "55.7.8", "5.7.٨"} {
		if e, ok := parseEnhanced(s); ok || !e.IsZero() {
			t.Errorf("%q read as %v", s, e)
		}
	}
	if got := (Enhanced{}).String(); got != "" {
		t.Errorf("none is written %q", got)
	}
	var e Enhanced
	if err := json.Unmarshal([]byte(`"x"`), &e); err == nil {
		t.Error("x accepted as an enhanced code")
	}
}
