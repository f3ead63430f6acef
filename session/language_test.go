package session

import (
	"errors"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"ehlo/session/explain"
	"ehlo/session/lesson"
)

// list prints every text with its place, for whoever reads them all: go test ./session -run TestLanguage -v -args -list
var list = flag.Bool("list", false, "print every text of the program")

// What the program says to people is said in the words of the field. Below the faces it names no key and no flag: each face
// adds its own.
func TestLanguage(t *testing.T) {
	count := 0
	for _, s := range sentences(t) {
		count++
		if *list {
			t.Logf("%s: %s", s.where, s.text)
		}
		for _, fault := range s.faults() {
			t.Errorf("%s: %s: %s", s.where, fault, s.text)
		}
	}
	if count < 4000 {
		t.Errorf("only %d texts were found", count)
	}
}

// A sentence is a text for people, or a piece of one.
type sentence struct {
	where, text string
	headline    bool
	face        bool // said by ui or by the command line
}

// faceWords are what a face has and nothing below it: a flag, a variable of the environment, a key.
var faceWords = regexp.MustCompile(`(^|[^-\w])--[a-z][\w-]*|(^|\s)-o\b|\$?EHLO_[A-Z]+|\b(Enter|Esc|Tab|Backspace|PgUp|PgDn|Ctrl[-+]\w)\b|(?i:\b(press(es|ed|ing)?|keystroke)\b)`)

// wrongWords have beside each what to write instead. A word ends where it ends, so that each form stands here.
var wrongWords = [][2]string{
	{"in the clear", "in cleartext"},
	{"clear text", "cleartext"},
	{"clear-text", "cleartext"},
	{"plain text password", "password in cleartext"},
	{"log-in", "login"},
	{"log-ins", "logins"},
	{"look-up", "lookup"},
	{"look-ups", "lookups"},
	{"time-out", "timeout"},
	{"user name", "username"},
	{"user names", "usernames"},
	{"mail program", "mail client"},
	{"mail programs", "mail clients"},
	{"somebody", "someone"},
	{"everybody", "everyone"},
	{"anybody", "anyone"},
	{"whoever", "who it is"},
	{"mostly", "usually"},
	{"amid", "during"},
	{"anew", "again"},
	{"knock twice", "retry"},
	{"attacker in the middle", "an attacker on the path"},
	{"attacker in between", "an attacker on the path"},
	{"for want of", "without"},
	{"certificate does not hold", "certificate failed verification"},
	{"chain does not hold", "chain failed verification"},
	{"slowed down by the salt", "slowed down by the iterations: a salt does not slow the attack on one exchange (RFC 5802 §9)"},
	{"has ended", "expired"},
	{"past its last day", "expired"},
	{"hangs from", "is above it in the chain"},
	{"came to stand", "succeeded"},
	{"come to stand", "succeed"},
	{"for good", "permanently"},
	{"puts off", "defers"},
	{"put off", "deferred"},
	{"puts you off", "defers"},
	{"stands in the list", "is offered"},
	{"behind the @", "after the @"},
	{"behind the colon", "after the colon"},
	{"behind EHLO", "after EHLO"},
	{"put behind", "after"},
	{"hands the password", "sends the password itself"},
	{"hands it over", "sends it"},
	{"got lost", "was compromised"},
	{"thousand million", "billion"},
	{"shown by certificate", "proved by the client certificate"},
	{"stays at home", "is not sent"},
	{"must-know", "critical extension"},
	{"as said above", "the cause in full"},
	{"virus scanner", "antivirus program"},
	{"home-made", "faulty"},
	{"for ever", "endlessly"},
	{"went silent", "sent nothing more"},
	{"lead back to", "resolve to"},
	{"leads back to", "resolves to"},
	{"lead back", "resolve"},
	{"takes mail", "accepts mail"},
	{"takes no mail", "accepts no mail"},
	{"comes along", "is included"},
	{"in good order", "in an orderly way"},
	{"on the way", "on the path"},
	{"on its way", "on the path"},
	{"octets", "bytes"},
	{"authorised", "authorized"},
	{"standardised", "standardized"},
	{"authorise", "authorize"},
	{"authorisation", "authorization"},
	{"organisation", "organization"},
	{"organisations", "organizations"},
	{"recognise", "recognize"},
	{"recognised", "recognized"},
	{"recognises", "recognizes"},
	{"normalise", "normalize"},
	{"normalised", "normalized"},
	{"initialise", "initialize"},
	{"canonicalise", "canonicalize"},
	{"serialise", "serialize"},
	{"behaviour", "behavior"},
	{"honour", "honor"},
	{"honours", "honors"},
	{"colour", "color"},
	{"colours", "colors"},
	{"licence", "license"},
	{"defence", "defense"},
	{"cancelled", "canceled"},
	{"cancelling", "canceling"},
	{"judgement", "judgment"},
	{"centre", "center"},
	{"favour", "favor"},
	{"neighbour", "neighbor"},
	{"unrecognised", "unrecognized"},
	{"synchronisation", "synchronization"},
	{"misspelt", "misspelled"},
	{"spelt", "spelled"},
	{"dialled", "dialed"},
	{"practise", "practice"},
	{"minimise", "minimize"},
	{"optimise", "optimize"},
	{"specialised", "specialized"},
	{"catalogue", "catalog"},
	{"grey", "gray"},
}

var wrongWord = func() *regexp.Regexp {
	var all []string
	for _, w := range wrongWords {
		all = append(all, regexp.QuoteMeta(w[0]))
	}
	return regexp.MustCompile(`(?i)(?:^|[^\w-])(` + strings.Join(all, "|") + `)(?:$|[^\w-])`)
}()

// names may begin a headline with their capital, as a word with a second capital or a digit may.
var names = strings.Fields(`Postfix Postfix's Gmail Microsoft Exchange Yahoo Outlook Java Kerberos Google's`)

// otherFaces are programs whose own flags may be named, where the program is.
var otherFaces = []string{"curl", "openssl"}

// faults are what a text has wrong.
func (s sentence) faults() (out []string) {
	ours := !slices.ContainsFunc(otherFaces, func(name string) bool { return strings.Contains(s.text, name) })
	if word := faceWords.FindString(s.text); word != "" && ours && !s.face {
		out = append(out, "names "+strings.TrimSpace(word)+", which is a face's")
	}
	if m := wrongWord.FindStringSubmatch(s.text); m != nil {
		i := slices.IndexFunc(wrongWords, func(w [2]string) bool { return strings.EqualFold(w[0], m[1]) })
		out = append(out, strconv.Quote(m[1])+" instead of "+strconv.Quote(wrongWords[i][1]))
	}
	if s.headline {
		out = append(out, s.headlineFaults()...)
	}
	return out
}

func (s sentence) headlineFaults() (out []string) {
	words := strings.Fields(s.text)
	if len(words) > 20 {
		out = append(out, "is longer than 20 words")
	}
	if strings.HasSuffix(s.text, ".") || strings.Contains(s.text, "!") {
		out = append(out, "ends like a sentence")
	}
	first := strings.TrimRight(words[0], ",:;")
	if first[0] >= 'A' && first[0] <= 'Z' && first[1:] == strings.ToLower(first[1:]) && len(first) > 1 && !slices.Contains(names, first) {
		out = append(out, "begins with a capital")
	}
	return out
}

// sentences are the texts of the data files and those in the code.
func sentences(t *testing.T) []sentence {
	t.Helper()
	all, err := texts()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var texts = sync.OnceValues(func() (all []sentence, err error) {
	for _, folder := range []string{"explain", "course", "quiz", "doctor"} {
		files, err := filepath.Glob(filepath.Join(folder, "data", "*"))
		if err != nil {
			return nil, err
		}
		for _, path := range files {
			said, err := inData(path)
			if err != nil {
				return nil, err
			}
			all = append(all, said...)
		}
	}
	code, err := sources()
	for _, file := range code {
		all = append(all, file.texts()...)
	}
	return append(all, inLessons()...), err
})

// inLessons are the texts of lessons.
func inLessons() (all []sentence) {
	for _, l := range lesson.All() {
		put := func(text string, headline bool) {
			if text != "" {
				all = append(all, sentence{"lesson " + l.Name, text, headline, false})
			}
		}
		put(l.Title, true)
		put(l.About, false)
		for _, s := range l.Steps {
			put(s.Say, false)
			put(s.Pause, false)
			if q := s.Question; q != nil && !q.OfQuiz() {
				it := q.Item()
				put(it.Prompt, false)
				put(it.Why, false)
				for _, c := range it.Choices {
					put(c.Text, false)
					put(c.Why, false)
				}
				for _, p := range it.Pairs {
					put(p, false)
				}
			}
		}
	}
	return all
}

// inData are the texts of a file of knowledge: the fields that people read, and not those that are compared with what they typed.
func inData(path string) (all []sentence, err error) {
	source, err := os.ReadFile(path)
	name := ""
	joined := strings.ReplaceAll(string(source), "\n ", " ")
	for _, line := range strings.Split(joined, "\n") {
		key, value, _ := strings.Cut(line, ": ")
		switch {
		case key == "Name":
			name = value
		case slices.Contains([]string{"Short", "Text", "Remedy", "Operator", "Form", "Hint", "Ask", "Right", "Wrong", "Debrief", "Exam", "Step", "Pair", "Because", "Subject"}, key) || strings.HasPrefix(key, "In "), key == "Why" && strings.Contains(path, "quiz"):
			all = append(all, sentence{filepath.Base(path) + " " + name, value, key == "Short", false})
		}
	}
	return all, err
}

// source is a file of the program, parsed.
type source struct {
	*ast.File
	path string // with slashes, from the top of the repository
	set  *token.FileSet
}

// sources are those of the program itself.
var sources = sync.OnceValues(func() (all []source, err error) {
	for _, top := range []string{"session", "transcripts", "ui", "cmd"} {
		err = errors.Join(err, filepath.WalkDir(filepath.Join("..", top), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, 0)
			all = append(all, source{file, strings.TrimPrefix(filepath.ToSlash(path), "../"), set})
			return err
		}))
	}
	return all, err
})

// texts are the literals of a file that hold words. What only tests import says nothing to anyone.
func (s source) texts() (all []sentence) {
	if strings.HasSuffix(path.Dir(s.path), "test") {
		return nil
	}
	face := strings.HasPrefix(s.path, "ui/") || strings.HasPrefix(s.path, "cmd/")
	ast.Inspect(s.File, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field:
			n.Tag = nil
		case *ast.CompositeLit:
			if kind, ok := n.Type.(*ast.SelectorExpr); ok && kind.Sel.Name == "Pattern" { // likewise
				return false
			}
		case *ast.CallExpr: // an expression is compared with the words of others
			if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "MustCompile" {
				return false
			}
		case *ast.BasicLit:
			text, _ := strconv.Unquote(n.Value)
			if n.Kind == token.STRING && strings.Contains(strings.TrimSpace(text), " ") && !strings.Contains(text, "\x00") {
				all = append(all, sentence{s.set.Position(n.Pos()).String(), text, false, face})
			}
		}
		return true
	})
	return all
}

// A sentence that names a replaced RFC names the one in force as well. A reference alone gets its successor from [explain.Cite].
func TestNoTextNamesAnObsoleteDocumentAlone(t *testing.T) {
	doc := regexp.MustCompile(`RFC [1-9]\d{2,3}`)
	alone := regexp.MustCompile(`^(RFC \d+|§[\dA-F.]+|,| )+$`)
	for _, s := range sentences(t) {
		for _, old := range doc.FindAllString(s.text, -1) {
			by := strings.TrimPrefix(explain.ObsoletedBy(old), "RFC ")
			if by != "" && !strings.Contains(s.text, by) && !alone.MatchString(s.text) {
				t.Errorf("%s: %s without RFC %s: %s", s.where, old, by, s.text)
			}
		}
	}
}
