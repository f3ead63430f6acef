package quiz

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ehlo/session/explain"
)

// Every question can be asked: it is whole, its choices differ, and it says where its answer is written.
func TestItems(t *testing.T) {
	seen, prompts := map[string]bool{}, map[string]string{}
	for _, it := range All() {
		for _, fault := range faults(it) {
			t.Errorf("%s: %s", it.Name, fault)
		}
		if seen[it.Name] {
			t.Errorf("two questions are called %s", it.Name)
		}
		seen[it.Name] = true
		asked := it.Prompt + it.Show + strings.Join(it.Key(), " ")
		if other := prompts[asked]; other != "" {
			t.Errorf("%s asks what %s asks", it.Name, other)
		}
		prompts[asked] = it.Name
	}
}

var slug = regexp.MustCompile(`^[a-z0-9]+([.-][a-z0-9]+)*$`)

func faults(it *Item) (out []string) {
	amiss := func(is bool, fault string) {
		if is {
			out = append(out, fault)
		}
	}
	amiss(!slug.MatchString(it.Name), "its name is no word")
	amiss(it.Prompt == "" || strings.Contains(it.Prompt, "%!"), "it asks nothing")
	amiss(it.Why == "" || !strings.HasSuffix(it.Why, "."), "it does not say why in a sentence")
	amiss(it.Show == "" && it.Kind == Spot, "there is nothing to read")
	amiss(!slices.ContainsFunc(Topics(), func(topic Topic) bool { return topic.Name == it.Topic }), "its topic is none: "+it.Topic)
	for _, o := range it.Objectives {
		amiss(!slices.ContainsFunc(Objectives(), func(known Objective) bool { return known.Number == o }), "its objective is none: "+o)
	}
	amiss(len(it.Cards()) != len(it.See), "a card about it does not exist: "+strings.Join(it.See, ", "))
	for line := range strings.SplitSeq(it.Show, "\n") {
		amiss(len([]rune(line)) > 100, "a line to read is too long: "+line)
	}
	return append(append(out, choiceFaults(it)...), sourceFaults(it)...)
}

func choiceFaults(it *Item) (out []string) {
	n, least := len(it.Choices), 3
	if it.Kind == Type {
		least = 0
	}
	if n < least || n > MostChoices {
		out = append(out, "it has "+strconv.Itoa(n)+" choices")
	}
	texts := map[string]bool{}
	for i, c := range it.Choices {
		text := strings.ToLower(squeezed(c.Text))
		if texts[text] || text == "" || strings.HasSuffix(text, ".") && it.Kind != Type {
			out = append(out, "a choice is there twice, is empty, or ends like a sentence: "+c.Text)
		}
		texts[text] = true
		judged := slices.Contains([]Kind{Choose, Spot, Mends}, it.Kind)
		if wrong := judged && i > 0 || it.Kind == Type; wrong != (c.Why != "") || wrong && !strings.HasSuffix(c.Why, ".") {
			out = append(out, "it is not said in a sentence why a choice is wrong: "+c.Text)
		}
	}
	rights := map[string]bool{}
	for _, p := range it.Pairs {
		if rights[p] || p == "" {
			out = append(out, "a pair is there twice, or has no right side: "+p)
		}
		rights[p] = true
	}
	if (it.Kind == Match) != (len(it.Pairs) == n && n > 0) {
		out = append(out, "its pairs are not those of its choices")
	}
	return out
}

// documents are those that can be cited beside RFCs, where no RFC says it.
var documents = strings.Fields(`draft-murchison-sasl-login IANA Google: openssl-s_client(1) CompTIA`)

func sourceFaults(it *Item) (out []string) {
	if len(it.Source) == 0 {
		return []string{"it has no source"}
	}
	for _, r := range it.Source {
		number, isRFC := strings.CutPrefix(r.Doc, "RFC ")
		first, _, _ := strings.Cut(r.Doc, " ")
		switch {
		case isRFC && !slices.Contains(rfcs(), number):
			out = append(out, "its source is not in rfcs.txt: "+r.String())
		case isRFC && r.Section == "" && it.Table == "" && r.Doc != "RFC 768": // it has no sections
			out = append(out, "its source names no section: "+r.String())
		case !isRFC && !slices.Contains(documents, first):
			out = append(out, "its source is no document: "+r.String())
		}
	}
	return out
}

// There is enough of each kind, and no table has too many.
func TestCoverage(t *testing.T) {
	read, tables, kinds, topics, objectives, corrected := 0, map[string]int{}, map[Kind]int{}, map[string]int{}, map[string]int{}, map[string]bool{}
	for _, it := range All() {
		if it.Show != "" {
			read++
		}
		tables[it.Table]++
		kinds[it.Kind]++
		topics[it.Topic]++
		for _, o := range it.Objectives {
			objectives[o]++
		}
		for _, claim := range it.Corrects {
			corrected[claim] = true
			if _, ok := explain.ByID(explain.KindClaim + ":" + claim); !ok {
				t.Errorf("%s corrects %q, which nobody says", it.Name, claim)
			}
		}
	}
	least := func(what string, has, want int) {
		if has < want {
			t.Errorf("%s: %d, want %d", what, has, want)
		}
	}
	least("questions", len(All()), 200)
	least("with something to read", read, 60)
	for _, kind := range []Kind{Choose, Order, Match, Spot, Mends, Type} {
		least(string(kind), kinds[kind], 8)
	}
	for _, topic := range Topics() {
		least(topic.Name, topics[topic.Name], 10)
	}
	for _, o := range Objectives() {
		least(o.Number, objectives[o.Number], 10)
	}
	for table, n := range tables {
		if table != "" && n > 40 {
			t.Errorf("%d questions rest on the table %s", n, table)
		}
	}
	for _, e := range explain.All() {
		if e.Kind == explain.KindClaim && !corrected[e.Name] {
			t.Errorf("no question corrects that %s", e.Name)
		}
	}
}

func rfcs() (numbers []string) {
	text, _ := os.ReadFile("../explain/data/rfcs.txt")
	for line := range strings.Lines(string(text)) {
		number, _, _ := strings.Cut(line, " ")
		numbers = append(numbers, number)
	}
	return numbers
}

// The key of a question that rests on a table is what the table says, worked out here from all of the table.
func TestKeysAreThoseOfTheTables(t *testing.T) {
	known := tabled{}
	for _, e := range explain.All() {
		known[e.Kind+":"+e.Name] = e
	}
	for source := range strings.SplitSeq(rowText, "\n\n") {
		f := map[string]string{}
		for key, value := range explain.Fields(source) {
			f[key] = value
		}
		it := Named(f["Name"])
		if it == nil {
			continue
		}
		if got, want := it.Key(), known.key(f); !slices.Equal(got, want) || it.Table != f["Table"] || slices.Contains(want, "") {
			t.Errorf("%s: the key is %q, want %q", it.Name, got, want)
		}
		for _, fault := range known.amiss(f, it) {
			t.Errorf("%s: %s", it.Name, fault)
		}
	}
}

// tabled are all entries by their IDs.
type tabled map[string]explain.Entry

// entry is that of a row; of an enhanced code also that of both classes.
func (k tabled) entry(table, name string) explain.Entry {
	if e, ok := k[table+":"+name]; ok || table != explain.KindEnhanced {
		return e
	}
	return k[table+":X"+name[1:]]
}

func (k tabled) key(f map[string]string) (out []string) {
	for of := range strings.SplitSeq(f["Of"], ", ") {
		e := k.entry(f["Table"], of)
		out = append(out, map[string]string{"meaning": e.Short, "name": of, "code": of, "number": e.Number, "pairs": of + ": " + e.Short}[f["Way"]])
	}
	return out
}

// amiss says which answers are none, or are right as well.
func (k tabled) amiss(f map[string]string, it *Item) (out []string) {
	short := k.entry(f["Table"], f["Of"]).Short
	others := strings.FieldsFunc(f["Not"], func(r rune) bool { return r == ',' || r == ' ' })
	for _, other := range others {
		if e := k.entry(f["Table"], other); e.Short == "" || e.Short == short {
			out = append(out, other+" is no wrong answer")
		}
	}
	if it.Kind == Choose && len(it.Choices) != len(others)+1 {
		out = append(out, "a wrong answer is missing")
	}
	for id, e := range k {
		if way := f["Way"]; (way == "name" || way == "code") && e.Short == short && e.Kind == f["Table"] && k.entry(f["Table"], f["Of"]).ID() != id {
			out = append(out, "it could be "+id+" as well")
		}
	}
	return out
}

// However the choices stand, the key is right and everything else is not.
func TestJudge(t *testing.T) {
	for _, it := range All() {
		for seed := range uint64(5) {
			s := it.Shuffled(seed)
			if r := s.Judge(" " + s.Answer + " "); !r.Right || !r.Understood || r.Why != "" {
				t.Errorf("%s, shuffled by %d: %s is judged %+v", it.Name, seed, s.Answer, r)
			}
			if got, want := s.Key(), it.Key(); it.Kind != Match && !slices.Equal(got, want) {
				t.Errorf("%s, shuffled by %d: the key is %q, want %q", it.Name, seed, got, want)
			}
			for i, c := range s.Choices {
				if r := s.Judge(c.Text); r.Right != (slices.Contains(it.Key(), c.Text) && it.Kind != Order) && it.Kind != Match && it.Kind != Order {
					t.Errorf("%s: %q is judged %+v", it.Name, c.Text, r)
				}
				if n := strconv.Itoa(i + 1); slices.Contains([]Kind{Choose, Spot, Mends}, it.Kind) && n != s.Answer && (s.Judge(n).Right || s.Judge(n).Why != c.Why) {
					t.Errorf("%s: %s is judged %+v", it.Name, n, s.Judge(n))
				}
			}
			if it.Kind == Order && s.Answer == it.Answer {
				t.Errorf("%s, shuffled by %d: the choices stand in the right order", it.Name, seed)
			}
		}
	}
}

func TestJudgeByHand(t *testing.T) {
	order := &Item{Name: "o", Kind: Order, Choices: []Choice{{Text: "one"}, {Text: "two"}, {Text: "three"}}, Answer: "312"}
	match := &Item{Name: "m", Kind: Match, Choices: []Choice{{Text: "x"}, {Text: "y"}}, Pairs: []string{"p", "q"}, Answer: "1b2a"}
	code := &Item{Name: "c", Kind: Type, Answer: "535", Choices: []Choice{{"530", "That asks for a login."}}}
	word := &Item{Name: "w", Kind: Type, Answer: "RCPT TO", Also: []string{"RCPT"}}
	choose := &Item{Name: "h", Kind: Choose, Choices: []Choice{{"25", ""}, {"587", "No."}, {"465", "No."}}, Answer: "1"}
	for _, test := range []struct {
		it     *Item
		answer string
		want   Result
	}{
		{order, "3 1 2", Result{Understood: true, Right: true}},
		{order, "3,1,2", Result{Understood: true, Right: true}},
		{order, "3-2-1", Result{Understood: true, Why: "Place 2 is wrong: “two” does not come there."}},
		{order, "31", Result{Why: "Give all numbers from 1 to 3 in the right order, such as 2 3 1."}},
		{order, "3112", Result{Why: order.Wanted()}},
		{order, "314", Result{Why: order.Wanted()}},
		{match, "1b 2a", Result{Understood: true, Right: true}},
		{match, "2A, 1B", Result{Understood: true, Right: true}},
		{match, "1a 2b", Result{Understood: true, Why: "“x” does not belong to “p”. “y” does not belong to “q”."}},
		{match, "1a", Result{Why: "Give each number with its letter, such as 1b 2a."}},
		{match, "1b 1a", Result{Why: match.Wanted()}},
		{match, "1b 2b", Result{Why: match.Wanted()}},
		{match, "1z 2a", Result{Why: match.Wanted()}},
		{code, "535", Result{Understood: true, Right: true}},
		{code, "530", Result{Understood: true, Given: "530", Why: "That asks for a login."}},
		{code, "550", Result{Understood: true}},
		{code, "what?", Result{Why: "Type a number."}},
		{word, "rcpt", Result{Understood: true, Right: true}},
		{word, " Rcpt   to ", Result{Understood: true, Right: true}},
		{choose, "25", Result{Understood: true, Right: true}},
		{choose, "1.", Result{Understood: true, Right: true}},
		{choose, "587", Result{Understood: true, Given: "587", Why: "No."}},
		{choose, "4", Result{Why: "Give the number of one answer, from 1 to 3."}},
		{choose, "-1", Result{Understood: true, Right: true}},
		{choose, "\x1b[31m", Result{Why: choose.Wanted()}},
		{choose, strings.Repeat("1", 1000), Result{Why: choose.Wanted()}},
		{choose, "", Result{Why: choose.Wanted()}},
		{choose, "٣", Result{Why: choose.Wanted()}},
	} {
		if got := test.it.Judge(test.answer); got != test.want {
			t.Errorf("%s: %q is judged %+v, want %+v", test.it.Name, test.answer, got, test.want)
		}
	}
}

func FuzzJudge(f *testing.F) {
	for _, seed := range []string{"1", "3 1 2", "1b2a", "535", "\x00", "1b1b", "9999999999999999999"} {
		f.Add(seed, uint64(1))
	}
	f.Fuzz(func(t *testing.T, answer string, seed uint64) {
		it := All()[seed%uint64(len(All()))].Shuffled(seed)
		if r := it.Judge(answer); r.Right && !r.Understood {
			t.Errorf("%s: %q is judged %+v", it.Name, answer, r)
		}
	})
}

// Where each choice names another line of what there is to read, the number of the line answers, as it stands beside the line; in whatever
// order the choices were written. Where two name the same line, or one none, they are numbered from 1.
func TestLinesAnswer(t *testing.T) {
	item := func(texts ...string) *Item {
		it := &Item{Name: "lines", Kind: Spot, Prompt: "Which?", Show: "a\nb\nc\nd\ne", Answer: "1"}
		for _, text := range texts {
			it.Choices = append(it.Choices, Choice{Text: text, Why: text + " is wrong."})
		}
		return it
	}
	it := item("line 4", "line 2", "line 3 is odd", "line 5: so").Shuffled(7)
	if it.Numbers() != "2–5" || it.Choices[0].Text != "line 2" || it.Number(2) != 4 || it.Answer != "4" || it.Key()[0] != "line 4" {
		t.Errorf("%s, answer %s, key %q, %+v", it.Numbers(), it.Answer, it.Key(), it.Choices)
	}
	for answer, want := range map[string]Result{"4": {Understood: true, Right: true}, "line 4": {Understood: true, Right: true}, "Line 4.": {Understood: true, Right: true},
		"3": {Understood: true, Given: "line 3 is odd", Why: "line 3 is odd is wrong."}, "1": {Why: "Give the number of the line: 2, 3, 4, 5."}, "6": {Why: "Give the number of the line: 2, 3, 4, 5."}} {
		if got := it.Judge(answer); got != want {
			t.Errorf("%q: %+v, want %+v", answer, got, want)
		}
	}
	if it := item("line 2", "line 5").Shuffled(7); it.Numbers() != "2, 5" || !it.Answers("5") || it.Answers("3") || it.Answers("x") {
		t.Errorf("%s", it.Numbers())
	}
	for _, texts := range [][]string{{"line 2: this", "line 2: that"}, {"line 1", "none of them"}, {"line 12", "line 3"}, {"lines 1", "line 2"}} {
		it := item(texts...).Shuffled(7)
		if it.Lines != nil || it.Numbers() != "1–2" || !it.Judge(it.Answer).Right {
			t.Errorf("%q: %+v", texts, it)
		}
	}
	kept := item("line 2", "line 3")
	kept.Answer = ""
	if it := kept.Shuffled(1); it.Answer != "" || it.Number(0) != 2 {
		t.Errorf("its answer is in another file: %+v", it)
	}
}
