package tlstest

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"ehlo/session/tlswire"
)

// A comparison that could not fail would say nothing: each kind of difference is reported, and no difference is none.
func TestDifferences(t *testing.T) {
	field := func(r *Report, name string) *Field {
		for i, f := range r.Messages[0].Fields {
			if f.Name == name {
				return &r.Messages[0].Fields[i]
			}
		}
		panic(name)
	}
	for name, test := range map[string]struct {
		change func(*Report)
		want   string
	}{
		"nothing":                          {func(*Report) {}, ""},
		"no message at all":                {func(r *Report) { r.Messages = nil }, "saw nothing"},
		"a message less":                   {func(r *Report) { r.Messages = slices.Delete(r.Messages, 1, 2) }, "from S"},
		"a message more":                   {func(r *Report) { r.Messages = append(r.Messages, r.Messages[1]) }, "from S"},
		"another order":                    {func(r *Report) { r.Messages[1], r.Messages[2] = r.Messages[2], r.Messages[1] }, "from S"},
		"another name":                     {func(r *Report) { r.Messages[0].Name = "ServerHello" }, "from C"},
		"another side":                     {func(r *Report) { r.Messages[0].Dir = "S" }, "from C"},
		"another length":                   {func(r *Report) { r.Messages[0].Length++ }, "from C"},
		"another alert":                    {func(r *Report) { r.Messages[2].Name = "Alert 41" }, "from S"},
		"a last alert that is no good-bye": {func(r *Report) { r.Messages = append(r.Messages, r.Messages[2]) }, "from S"},
		"another value":                    {func(r *Report) { field(r, "named_group").Value = "0017" }, "field 16 is named_group 001d @53+2 x25519, other has named_group 0017"},
		"another place":                    {func(r *Report) { field(r, "named_group").At++ }, "named_group"},
		"another size":                     {func(r *Report) { field(r, "named_group").Len++ }, "named_group"},
		"another record":                   {func(r *Report) { field(r, "record.version").Value = "0303" }, "record.version"},
		"another suite's name":             {func(r *Report) { field(r, "cipher_suite").Word = "TLS_AES_256_GCM_SHA384" }, "cipher_suite"},
		"a field less":                     {func(r *Report) { m := &r.Messages[0]; m.Fields = m.Fields[:len(m.Fields)-1] }, "other lacks named_group"},
		"a field more":                     {func(r *Report) { m := &r.Messages[0]; m.Fields = append(m.Fields, *field(r, "named_group")) }, "other has also named_group"},
		"fields in another order":          {func(r *Report) { a, b := field(r, "random"), field(r, "cipher_suite"); *a, *b = *b, *a }, "random"},
		"what nobody can read":             {func(r *Report) { r.Unknown = []string{"nonsense"} }, `"nonsense"`},
		"a good-bye that only one heard":   {func(r *Report) { r.Messages = append(r.Messages, Seen{Dir: "S", Name: "Alert 0", Length: 2}) }, "from S"},
	} {
		t.Run(name, func(t *testing.T) {
			messages := exchange(t)
			r := Report{Program: "other", Messages: Of(messages), prints: everything(messages)}
			test.change(&r)
			got := strings.Join(differences(messages, r), "\n")
			if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// The server's good-bye may be missing on one side, if the client has said its own.
func TestGoodbyes(t *testing.T) {
	messages := slices.Clip(exchange(t)[:2])
	left := slices.Clip(append(messages, alert(tlswire.ClientToServer, 0)))
	for name, test := range map[string]struct {
		mine  []tlswire.Message
		yours []tlswire.Message
		alike bool
	}{
		"heard by them":      {left, append(left, alert(tlswire.ServerToClient, 0)), true},
		"heard by us":        {append(left, alert(tlswire.ServerToClient, 0)), left, true},
		"nobody had left":    {messages, append(messages, alert(tlswire.ServerToClient, 0)), false},
		"no good-bye":        {left, append(left, alert(tlswire.ServerToClient, 50)), false},
		"two of them":        {left, append(left, alert(tlswire.ServerToClient, 0), alert(tlswire.ServerToClient, 0)), false},
		"the client's alone": {messages, left, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := Report{Program: "other", Messages: Of(test.yours), prints: everything(test.yours)}
			if got := differences(test.mine, r); (len(got) == 0) != test.alike {
				t.Errorf("got %q", got)
			}
		})
	}
}

// What ehlo prints of a field is held against the field's bytes.
func TestSays(t *testing.T) {
	long := strings.Repeat("ab", 64)
	for value, bytes := range map[string]string{
		"0303": "0303", "771": "0303", "TLS 1.2 (0x0303)": "0303", "named_curve (3)": "03", "7200 s (2h0m0s)": "00001c20",
		"0x0a0a (unknown)": "0a0a", "smtp": "736d7470", long + "… (100 bytes)": strings.Repeat("ab", 100),
	} {
		b, err := hex.DecodeString(bytes)
		if err != nil {
			t.Fatal(err)
		}
		if !says(value, b) {
			t.Errorf("%q does not say %s", value, bytes)
		}
		b[len(b)-1]++
		if short, _, cut := strings.Cut(value, "…"); says(value, b) && !cut {
			t.Errorf("%q says %x", value, b)
		} else if cut && says(short+"… (99 bytes)", b) {
			t.Error("100 bytes pass for 99")
		}
	}
	if says("", []byte{1}) || says("… (1 bytes)", []byte{1}) {
		t.Error("nothing passes for a byte")
	}
}

// exchange is a small ClientHello, a ServerHelloDone and an alert.
func exchange(t *testing.T) []tlswire.Message {
	t.Helper()
	hello, err := hex.DecodeString("01000033" + "0303" + strings.Repeat("5a", 32) + "00" + "00021301" + "0100" + "0008" + "000a0004" + "0002001d")
	if err != nil {
		t.Fatal(err)
	}
	return []tlswire.Message{
		{Dir: tlswire.ClientToServer, Kind: tlswire.KindHandshake, Type: 1, Name: "ClientHello", Raw: hello,
			Records: []tlswire.RecordInfo{{ContentType: 22, Version: 0x0301, Length: len(hello)}}},
		{Dir: tlswire.ServerToClient, Kind: tlswire.KindHandshake, Type: 14, Name: "ServerHelloDone", Raw: []byte{14, 0, 0, 0}},
		alert(tlswire.ServerToClient, 40),
	}
}

func alert(dir tlswire.Direction, description byte) tlswire.Message {
	return tlswire.Message{Dir: dir, Kind: tlswire.KindAlert, Type: description, Name: "Alert", Raw: []byte{2, description}}
}

// everything is the vocabulary of a program that prints what we do.
func everything(messages []tlswire.Message) map[string]bool {
	all := map[string]bool{}
	for _, s := range Of(messages) {
		for _, f := range s.Fields {
			all[f.Name] = true
		}
	}
	return all
}
