package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"ehlo/session/lab"
)

// The contract of all faces: what each session ends with, whichever way it is walked.
//
// testdata/verdicts.txt holds the rows. They are written by hand, from the rules of the verdict and from what an
// administrator would have to be told; nothing writes them but a person.
//
//	NAME | WAY | EXIT OUTCOME | FINDING | WHO | FIRST ADVICE | PATTERN OF THE CAUSE
//
// NAME is lab:SCENARIO or scene:NAME of testdata/scenes.txt. A field that must be empty is -. FINDING may be followed by
// +FINDING for each one that does not decide and must stand in the transcript. WAY is
//
//	enter          Enter alone; run has nothing to press
//	leave POINT    a person leaves when the next step is resolve, connect, greeting, ehlo or what comes after EHLO (next), or
//	               once something has failed (failed); run is interrupted in that step
//	decline        every guard is declined; run has no flag for it
//	accept FLAG…   every guard is accepted; run is given these flags
//	continue FLAG… every guard is accepted but that of a secret; run is given these flags
//	type N LINE    a person types a line of their own after N steps, and then Enter alone
//	apply INPUT…   the first advice is applied, and INPUT typed where it asks for something; run is started again with the
//	               flags that it named
//	again INPUT…   the same after the session has been ended; it is for the faces that show an end
//
// and " @FACE,FACE" after it where a face has no such way. Patterns are matched whatever the case; && stands between several
// that all must match, and {day -72h} for the day that many hours from now in any usual form.
//
// testdata/verdicts.marks names the rows that a face does not keep yet: NAME | WAY | FACE…. A row that is marked and kept is
// a failure, so that marks become fewer and never stale. -update-marks rewrites them.
var updateMarks = flag.Bool("update-marks", false, "rewrite testdata/verdicts.marks")

// onlyRows is for work on one scene: the whole contract takes its time.
var onlyRows = flag.String("rows", "", "play only the rows of testdata/verdicts.txt whose name matches this expression")

// mostEnters bounds a walk by Enter alone.
const mostEnters = 45

// stepTime bounds a step where a server is silent.
const stepTime = 4 * time.Second

// busyTime bounds it where a server is not silent but busy: ten million bytes take a while to be made where other plays compute.
const busyTime = time.Minute

// busy are the scenarios with such a server.
var busy = map[string]bool{"lab:challenge-huge": true}

// row is one line of the contract.
type row struct {
	name, way             string
	words                 []string // after the way
	faces                 []string
	exit                  int
	outcome, finding, who string
	shows                 []string // findings beside the one that decides
	advice                string
	causes                []*regexp.Regexp
}

func (r row) key() string {
	return r.name + " | " + strings.Join(append([]string{r.way}, r.words...), " ")
}

// guarded reports whether the row is about a guard: a person then goes on past a server that proved nothing, to be asked.
func (r row) guarded() bool { return r.way == "accept" || r.way == "continue" || r.way == "decline" }

// agrees reports whether a person says yes to a question.
func (r row) agrees(question string) bool {
	follows := r.way == "continue" || r.way == "apply" || r.way == "again"
	return r.way == "accept" || follows && !strings.Contains(strings.ToLower(question), "send the secret")
}

// faces are the players, by name.
var faces = map[string]func(context.Context, *play) verdict{"run": playRun, "plain": playPlain, "screen": playScreen}

var faceNames = []string{"run", "plain", "screen"}

// verdict is what a session came to on one face.
type verdict struct {
	exit    int            // of the process
	end     map[string]any // the end event, as it stands in the transcript
	shown   []string       // the findings in it
	trouble string         // why the way could not be walked as the row has it
}

// differs lists how an end is not what the row says.
func (r row) differs(e verdict) []string {
	var out []string
	differ := func(what string, got, want any) {
		if got != want {
			out = append(out, fmt.Sprintf("%s %v, want %v", what, got, want))
		}
	}
	if e.trouble != "" {
		out = append(out, e.trouble)
	}
	recorded, _ := e.end["exit"].(float64)
	differ("process exits", e.exit, r.exit)
	differ("exit", int(recorded), r.exit)
	differ("outcome", text(e.end, "outcome"), r.outcome)
	differ("finding", text(e.end, "finding"), r.finding)
	differ("who", text(e.end, "who"), r.who)
	if advice := firstAdvice(e.end); r.advice == "" && advice != "" || !strings.HasPrefix(advice+" ", r.advice+" ") {
		out = append(out, fmt.Sprintf("advice %q, want %q", advice, r.advice))
	}
	for _, want := range r.shows {
		if !slices.Contains(e.shown, want) {
			out = append(out, fmt.Sprintf("no finding %s", want))
		}
	}
	for _, want := range r.causes {
		if cause := text(e.end, "cause"); !want.MatchString(cause) {
			out = append(out, fmt.Sprintf("cause %q does not match %s", cause, want))
		}
	}
	return out
}

func text(end map[string]any, field string) string {
	s, _ := end[field].(string)
	return s
}

// firstAdvice writes the first advice of a verdict as the rows do, its name and then its values; a row may leave values out.
// How long to wait and what to tell an operator is for each finding to know.
func firstAdvice(end map[string]any) string {
	list, _ := end["advice"].([]any)
	if len(list) == 0 {
		return ""
	}
	a, _ := list[0].(map[string]any)
	words := []string{text(a, "do")}
	if port, ok := a["port"].(float64); ok && port != 0 {
		words = append(words, strconv.Itoa(int(port)))
	}
	if name := text(a, "name"); name != "" {
		words = append(words, name)
	}
	return strings.Join(words, " ")
}

func readRows(t *testing.T) []row {
	var rows []row
	seen := map[string]bool{}
	for _, line := range readLines(t, "verdicts.txt") {
		fields := strings.SplitN(line, "|", 7)
		for i := range fields {
			if fields[i] = strings.TrimSpace(fields[i]); fields[i] == "-" {
				fields[i] = ""
			}
		}
		if len(fields) != 7 {
			t.Fatalf("verdicts.txt: %s: %d fields", line, len(fields))
		}
		finding, shows := readFindings(fields[3])
		r := row{name: fields[0], finding: finding, shows: shows, who: fields[4], advice: fields[5], faces: faceNames}
		way, only, limited := strings.Cut(fields[1], " @")
		if limited {
			r.faces = strings.Split(only, ",")
		}
		words := strings.Fields(way)
		r.way, r.words = words[0], words[1:]
		if _, err := fmt.Sscanf(fields[2], "%d %s", &r.exit, &r.outcome); err != nil {
			t.Fatalf("verdicts.txt: %s: %v", line, err)
		}
		for _, pattern := range strings.Split(fields[6], " && ") {
			r.causes = append(r.causes, regexp.MustCompile("(?is)"+days(pattern)))
		}
		if seen[r.key()] {
			t.Fatalf("verdicts.txt has %s twice", r.key())
		}
		seen[r.key()] = true
		rows = append(rows, r)
	}
	return rows
}

// readFindings takes the field apart that names the finding which decides, and the others.
func readFindings(field string) (decides string, others []string) {
	for _, word := range strings.Fields(field) {
		if other, beside := strings.CutPrefix(word, "+"); beside {
			others = append(others, other)
		} else if word != "-" {
			decides = word
		}
	}
	return decides, others
}

// readLines gives the lines of a file of testdata that say something.
func readLines(t *testing.T, name string) (lines []string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil && !os.IsNotExist(err) { // without marks there is no such file
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines
}

var dayPattern = regexp.MustCompile(`\{day ([^}]*)\}`)

// days puts the forms of a day for {day …}; a test that runs over midnight takes either.
func days(pattern string) string {
	return dayPattern.ReplaceAllStringFunc(pattern, func(m string) string {
		d, err := time.ParseDuration(dayPattern.FindStringSubmatch(m)[1])
		if err != nil {
			panic(err)
		}
		var forms []string
		for _, day := range []time.Time{time.Now().UTC().Add(d), time.Now().UTC().Add(d + 2*time.Minute)} {
			for _, form := range []string{"2006-01-02", "2 January 2006", "2 Jan 2006", "January 2, 2006", "Jan 2, 2006"} {
				forms = append(forms, regexp.QuoteMeta(day.Format(form)))
			}
		}
		return "(" + strings.Join(forms, "|") + ")"
	})
}

// readMarks gives the faces that fail, by the row's key.
func readMarks(t *testing.T) map[string][]string {
	marks := map[string][]string{}
	for _, line := range readLines(t, "verdicts.marks") {
		i := strings.LastIndex(line, "|")
		marks[strings.TrimSpace(line[:i])] = strings.Fields(line[i+1:])
	}
	return marks
}

// Every session ends in the same verdict on every face, and it is the one written down.
func TestContract(t *testing.T) {
	t.Parallel()
	wanted := regexp.MustCompile(*onlyRows)
	rows := slices.DeleteFunc(readRows(t), func(r row) bool { return !wanted.MatchString(r.name) })
	scenes, marks := readScenes(t), readMarks(t)
	if *onlyRows != "" && *updateMarks {
		t.Fatal("marks are rewritten from all rows")
	}
	results := playAll(t, rows, scenes)
	failing := map[string][]string{}
	for i, r := range rows {
		for _, face := range r.faces {
			differences := r.differs(results[i][face])
			marked := slices.Contains(marks[r.key()], face)
			t.Run(strings.ReplaceAll(r.key(), " | ", "/")+"/"+face, func(t *testing.T) {
				switch {
				case len(differences) > 0:
					failing[r.key()] = append(failing[r.key()], face)
					if marked || *updateMarks {
						t.Log(strings.Join(differences, "\n"))
					} else {
						t.Error(strings.Join(differences, "\n"))
					}
				case marked && !*updateMarks:
					t.Error("it is as it must be: take its mark out of testdata/verdicts.marks")
				}
			})
		}
		delete(marks, r.key())
	}
	ownCauses(t, results)
	if *updateMarks {
		writeMarks(t, failing)
	} else if len(marks) > 0 && *onlyRows == "" {
		t.Errorf("marks of rows that are none: %v", slices.Sorted(maps.Keys(marks)))
	}
}

// ownCauses checks that sessions with different findings are told in different words.
func ownCauses(t *testing.T, results []map[string]verdict) {
	findings := map[string]string{}
	for _, byFace := range results {
		for _, v := range byFace {
			cause, finding := text(v.end, "cause"), text(v.end, "finding")
			if other, told := findings[cause]; told && other != finding && cause != "" {
				t.Errorf("%q is told of %q and of %q", cause, other, finding)
			}
			findings[cause] = finding
		}
	}
}

func writeMarks(t *testing.T, failing map[string][]string) {
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(failing)) {
		fmt.Fprintf(&b, "%s | %s\n", key, strings.Join(failing[key], " "))
	}
	if err := os.WriteFile(filepath.Join("testdata", "verdicts.marks"), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// playAll plays every row on its faces: many at a time of those that wait, the longest first, and a few of the others.
func playAll(t *testing.T, rows []row, scenes map[string]scene) []map[string]verdict {
	var plays []*play
	silent := map[string]bool{}
	for _, r := range rows {
		silent[r.name] = silent[r.name] || r.exit == 124
	}
	dir := t.TempDir()
	for i, r := range rows {
		for _, face := range r.faces {
			p := &play{row: r, at: i, face: face, dir: dir, silent: silent[r.name], scene: scenes[strings.TrimPrefix(r.name, "scene:")]}
			if strings.HasPrefix(r.name, "scene:") && p.scene.target == "" {
				t.Fatalf("%s is not in scenes.txt", r.name)
			}
			plays = append(plays, p)
		}
	}
	slices.SortStableFunc(plays, func(a, b *play) int { return cmp.Compare(b.waits(), a.waits()) })
	computing := sort.Search(len(plays), func(i int) bool { return plays[i].waits() == 0 })
	results := make([]map[string]verdict, len(rows))
	for i := range results {
		results[i] = map[string]verdict{}
	}
	var mu sync.Mutex
	one := func(p *play) {
		e := p.played(t)
		mu.Lock()
		defer mu.Unlock()
		results[p.at][p.face] = e
	}
	var both sync.WaitGroup
	both.Go(func() { playTogether(plays[:computing], 40, one) })
	both.Go(func() { playTogether(plays[computing:], 8, one) })
	both.Wait()
	return results
}

// playTogether does something with all plays, in their order and with so many at a time.
func playTogether(plays []*play, most int, do func(*play)) {
	var all sync.WaitGroup
	places := make(chan struct{}, most)
	for _, p := range plays {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			do(p)
		})
	}
	all.Wait()
}

// played plays it to its end.
func (p *play) played(t *testing.T) verdict {
	ctx, cancel := context.WithTimeout(t.Context(), 35*time.Second)
	defer cancel()
	began := time.Now()
	e := faces[p.face](ctx, p)
	p.lives = nil // all that crossed in all plays would be kept to the end
	if took := time.Since(began); took > 3*time.Second && testing.Verbose() {
		t.Logf("%s on %s took %s", p.row.key(), p.face, took.Round(time.Millisecond))
	}
	return e
}

// A verdict that is as the row says differs in nothing, and each field counts.
func TestContractSeesDifferences(t *testing.T) {
	r := row{exit: 11, outcome: "refused", finding: "wrong-credentials", who: "you", advice: "try-mechanism PLAIN",
		causes: []*regexp.Regexp{regexp.MustCompile("535"), regexp.MustCompile("ann")}}
	good := `{"exit":11,"outcome":"refused","finding":"wrong-credentials","who":"you","advice":[{"do":"try-mechanism","name":"PLAIN"}],"cause":"ann: 535"}`
	came := func(exit int, from, to string) []string {
		v := verdict{exit: exit}
		if err := json.Unmarshal([]byte(strings.Replace(good, from, to, 1)), &v.end); err != nil {
			t.Fatal(err)
		}
		return r.differs(v)
	}
	if d := came(11, "", ""); len(d) > 0 {
		t.Error(d)
	}
	for from, to := range map[string]string{"11": "10", "refused": "failed", "wrong-": "right-", "you": "operator", "PLAIN": "PLAINER", "try-": "retry-",
		"535": "534", "ann": "bob", "advice": "other"} {
		if d := came(11, from, to); len(d) != 1 {
			t.Errorf("%s for %s: %q", to, from, d)
		}
	}
	if d := came(0, "", ""); len(d) != 1 {
		t.Errorf("another exit of the process: %q", d)
	}
	r.shows = []string{"weak-key"}
	if d := came(11, "", ""); len(d) != 1 {
		t.Errorf("a finding beside it is missing: %q", d)
	}
	if d := r.differs(verdict{exit: 11}); len(d) < 6 {
		t.Errorf("no end event: %q", d)
	}
}

// Every scenario has its row by Enter and one for leaving it.
func TestContractHasEveryScenario(t *testing.T) {
	has := map[string]bool{}
	for _, r := range readRows(t) {
		has[r.name+" "+r.way] = true
	}
	for _, sc := range lab.Scenarios() {
		for _, way := range []string{"enter", "leave"} {
			if !has["lab:"+sc.Name+" "+way] {
				t.Errorf("no row for lab:%s by %s", sc.Name, way)
			}
		}
	}
	for name := range readScenes(t) {
		for _, way := range []string{"enter", "leave"} {
			if !has["scene:"+name+" "+way] {
				t.Errorf("no row for scene:%s by %s", name, way)
			}
		}
	}
}

// endOf reads the end event and the findings from a transcript as they stand, whatever the fields of the end.
func endOf(path string) (end map[string]any, findings []string, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	var event struct {
		Kind    string
		End     map[string]any
		Finding struct{ Code string }
	}
	lines := bytes.SplitAfter(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"))
	for i, line := range lines {
		last := i == len(lines)-1
		switch {
		case !json.Valid(line):
			return nil, nil, fmt.Errorf("line %d of the transcript is not JSON: %.200s", i+1, line)
		case !last && !bytes.Contains(line, []byte(`"kind":"finding"`)): // most lines are neither
			continue
		}
		if err := json.Unmarshal(line, &event); err != nil {
			return nil, nil, err
		}
		if event.Kind == "finding" {
			findings = append(findings, event.Finding.Code)
		}
	}
	if event.Kind != "end" {
		return nil, findings, fmt.Errorf("the transcript does not end with an end event: %.200s", lines[len(lines)-1])
	}
	return event.End, findings, nil
}
