package explain

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What the fields of each kind are, those that every entry has first.
var fieldsOf = map[string]struct{ always, may string }{
	KindAlert:     {"", "Also Remedy Operator See"},
	KindCommand:   {"Form", "Also Status Success Failure See"},
	KindClaim:     {"Words Said Exam See", ""},
	KindEnhanced:  {"", "Also Status Means Remedy Operator See"},
	KindExtension: {"", "Also In See"},
	KindField:     {"", "Also See"},
	KindFinding:   {"", "Also Remedy Operator See"},
	KindKeyword:   {"Form Status", "Also See"},
	KindMechanism: {"Form Status", "Also See"},
	KindMessage:   {"", "Also See"},
	KindParameter: {"After Form Requires", "See"},
	KindPhrase:    {"Match", "Vendor Codes Enhanced Proof After Status Means Remedy Operator See"},
	KindPort:      {"Form", "Also See"},
	KindReply:     {"", "Also After TLS Proof Means Remedy Operator See"},
	KindTerm:      {"", "Also See"},
	KindSoftware:  {"", "Also Host Match See"},
	KindTopic:     {"", "Also Words Remedy Operator See"},
	KindWording:   {"Match", "Vendor Status Remedy Operator See"},
}

func TestEveryFieldOfEveryEntryIsInOrder(t *testing.T) {
	for _, table := range tables {
		known := fieldsOf[table.kind]
		for r := range table.rows() {
			for _, fault := range faults(r, strings.Fields(known.always+" Name Short Text"), strings.Fields(known.may+" Refs")) {
				t.Errorf("%s:%s: %s", table.kind, r.name(), fault)
			}
		}
	}
}

// faults are what the source of a row has wrong.
func faults(r row, always, may []string) []string {
	var out, keys []string
	for key, value := range Fields(r.source()) {
		err := new(Entry).set(key, value)
		if strings.HasPrefix(key, placeKey) {
			key = strings.TrimSpace(placeKey)
		}
		switch {
		case err != nil:
			out = append(out, err.Error())
		case value == "":
			out = append(out, key+" is empty")
		case !slices.Contains(always, key) && !slices.Contains(may, key):
			out = append(out, key+" is not for this kind")
		case slices.Contains(keys, key) && key != "Match" && key != "In":
			out = append(out, key+" comes twice")
		}
		keys = append(keys, key)
	}
	for _, key := range always {
		if !slices.Contains(keys, key) {
			out = append(out, key+" is missing")
		}
	}
	// A row knows these before it is parsed, and finds them only where they belong.
	head := slices.DeleteFunc([]string{"Name", "Also", "Vendor", "Codes"}, func(key string) bool { return !slices.Contains(keys, key) })
	if !slices.Equal(keys[:len(head)], head) {
		out = append(out, "does not begin with "+strings.Join(head, ", "))
	}
	for i, key := range keys {
		if slices.Contains(conditional[:], key) && slices.Contains(keys[:i], "Short") {
			out = append(out, key+" comes after Short")
		}
	}
	return out
}

func TestFaultsAreFound(t *testing.T) {
	for source, want := range map[string]string{
		"Name: A\nShort: b\nColor: red":           `unknown field "Color"`,
		"Name: A\nShort: b\nSuccess: 250 ok":      `strconv.Atoi: parsing "ok": invalid syntax`,
		"Name: A\nShort: b\nRefs: §4.1":           `reference without a document in "§4.1"`,
		"Name: A\nShort: b\nStatus: info":         "Status is not for this kind",
		"Name: A\nShort: b\nShort: c":             "Short comes twice",
		"Name: A\nShort":                          "Short is empty",
		"Name: A\nShort: b\nAfter: MAIL":          "After comes after Short",
		"Name: A\nRefs: RFC 5321 §4":              "Short is missing",
		"Name: A\nShort: b\nAlso: c":              "does not begin with Name, Also",
		"Name: A\nShort: b\n# Refs\n\n# --- x --": "",
	} {
		r := firstRow(source)
		if got := strings.Join(faults(r, []string{"Name", "Short"}, []string{"Also", "Refs", "Success", "After"}), "; "); got != want {
			t.Errorf("%q: %q, want %q", source, got, want)
		}
	}
}

// Whatever stands before the first name of a file would be lost.
func TestEveryFileIsATableFromItsFirstLine(t *testing.T) {
	embedded := []string{rfcText} // which is a list
	for _, table := range tables {
		embedded = append(embedded, *table.text)
		for key := range Fields((*table.text)[:nextName(*table.text, 0)]) {
			t.Errorf("%s: %q stands before the first entry", table.kind, key)
		}
	}
	files, err := filepath.Glob("data/*")
	if err != nil || len(files) != len(tables)+1 {
		t.Fatalf("%d files for %d tables, %v", len(files), len(tables), err)
	}
	for _, name := range files {
		if text, err := os.ReadFile(name); err != nil || !slices.Contains(embedded, string(text)) {
			t.Errorf("%s is in no table, %v", name, err)
		}
	}
}

func TestConditionsCanBeMet(t *testing.T) {
	allowed := func(what, value string, values ...string) {
		if value != "" && !slices.Contains(values, value) {
			t.Errorf("%s %q is not one of %q", what, value, values)
		}
	}
	for _, table := range tables {
		for r := range table.rows() {
			c := r.conditions()
			allowed(r.name()+": TLS", c.tls, "yes", "no")
			allowed(r.name()+": Proof", c.proof, "password", "token", "certificate", "nothing")
			if e := strings.Replace(c.enhanced, "X", "5", 1); e != "" {
				if _, ok := parseEnhanced(e); !ok {
					t.Errorf("%s: Enhanced %q", r.name(), c.enhanced)
				}
			}
			for _, verb := range c.after {
				if commandTable.find(verb) == nil {
					t.Errorf("%s: After %q is no command", r.name(), verb)
				}
			}
			if keyword := r.field("Requires"); keyword != "" && keywordTable.find(keyword) == nil {
				t.Errorf("%s: Requires %q is no keyword", r.name(), keyword)
			}
		}
	}
}

func TestFieldsGoOnOverLines(t *testing.T) {
	e := firstRow("# of it\n\nName: A\nAlso: b, c\n d,\n e\nText: One\n  and two.\n\n# Next\nName: B").entry()
	if !slices.Equal(e.Also, []string{"b", "c d", "e"}) || e.Text != "One  and two." || e.Name != "A" {
		t.Errorf("%+v", e)
	}
}

func firstRow(source string) row {
	t := &table{kind: KindTopic, text: &source}
	for r := range t.rows() {
		return r
	}
	return row{}
}
