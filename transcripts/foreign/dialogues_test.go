package foreign

import (
	"encoding/base64"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// row is what one of the dialogues has to come to.
type row struct{ name, format, exit, outcome, finding, pattern string }

func rows(t testing.TB) (list []row) {
	t.Helper()
	for line := range strings.SplitSeq(read(t, "verdicts.txt"), "\n") {
		cells := strings.Split(line, "|")
		if strings.HasPrefix(line, "#") || len(cells) != 5 {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		exit, outcome, _ := strings.Cut(cells[2], " ")
		list = append(list, row{cells[0], cells[1], exit, outcome, cells[3], cells[4]})
	}
	return list
}

func read(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// dialogues are the texts by their names, without the line that says where they are from.
func dialogues(t testing.TB) map[string]string {
	t.Helper()
	list := map[string]string{}
	marks := regexp.MustCompile(`(?m)^-- (\S+) --\n`)
	text := read(t, "dialogues.txt")
	at := marks.FindAllStringSubmatchIndex(text, -1)
	for i, m := range at {
		end := len(text)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		body := text[m[1]:end]
		_, body, found := strings.Cut(body, "\n")
		if !found || !strings.HasPrefix(text[m[1]:end], "from http") {
			t.Errorf("%s has no source", text[m[2]:m[3]])
		}
		list[text[m[2]:m[3]]] = body
	}
	return list
}

// What strangers have shown in public is read at the first try, and comes to what their readers said of it.
func TestDialogues(t *testing.T) {
	texts := dialogues(t)
	list := rows(t)
	if len(list) != len(texts) || len(list) < 40 {
		t.Errorf("%d verdicts for %d dialogues", len(list), len(texts))
	}
	for _, want := range list {
		t.Run(want.name, func(t *testing.T) {
			if why := want.wrong(t, texts[want.name]); why != "" {
				t.Error(why)
			}
		})
	}
}

// curl writes its progress before any line, when a second is over.
func TestCurlTellsItsProgress(t *testing.T) {
	const progress = "\r  0     0    0     0    0     0      0      0 --:--:--  0:00:01 --:--:--     0"
	for _, want := range rows(t) {
		if want.format != "curl" {
			continue
		}
		text := regexp.MustCompile(`(?m)^[<>*] `).ReplaceAllString(dialogues(t)[want.name], progress+"$0")
		if why := want.wrong(t, text); why != "" || !strings.Contains(text, progress) {
			t.Errorf("%s: %s", want.name, why)
		}
	}
}

// wrong says how what a dialogue comes to differs from what it should.
func (want row) wrong(t *testing.T, text string) string {
	f, err := formatOf([]byte(text), "")
	if err != nil {
		return err.Error()
	}
	if f.Name != want.format {
		return "taken for " + f.Name
	}
	list, err := Read([]byte(text), "")
	switch {
	case err != nil && want.exit == "error" && strings.Contains(err.Error(), want.pattern):
		return ""
	case err != nil:
		return "error: " + err.Error()
	case want.outcome == "sessions" && strconv.Itoa(len(list)) == want.exit:
		return ""
	case len(list) != 1:
		return strconv.Itoa(len(list)) + " sessions"
	}
	got := list[0].Log("test")
	derives(t, got.Log)
	for i := range got.Log.Len() {
		line := asJSON(t, *got.Log.At(i))
		for _, secret := range secrets(text) {
			if strings.Contains(line, secret) {
				t.Errorf("event %d has the secret %s: %s", i+1, secret, line)
			}
		}
	}
	v := got.Verdict
	found := string(v.Finding)
	if found == "" {
		found = "-"
	}
	if strconv.Itoa(int(v.Exit)) != want.exit || string(v.Outcome) != want.outcome || want.finding != "*" && found != want.finding || !strings.Contains(v.Cause, want.pattern) {
		return strings.Join([]string{strconv.Itoa(int(v.Exit)), string(v.Outcome), found, v.Cause, "\n", told(got.Log), "\n", strings.Join(got.Lacks, " ")}, " ")
	}
	return ""
}

// passwords are those of the dialogues.
var passwords = []string{"00n0password", "Hunter2-pass", "letmein1234", "@dminpass1", "Passw0rdOfAnn1", "CorrectHorse1"}

// secrets are the passwords, and the words of a text that are base64 of one.
func secrets(text string) []string {
	list := slices.Clone(passwords)
	for word := range strings.FieldsSeq(text) {
		data, err := base64.StdEncoding.DecodeString(strings.Trim(word, `"\rn`))
		if err == nil && slices.ContainsFunc(passwords, func(p string) bool { return strings.Contains(string(data), p) }) {
			list = append(list, strings.Trim(word, `"\rn`))
		}
	}
	return list
}
