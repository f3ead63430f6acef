package explain

import (
	"cmp"
	_ "embed"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

var (
	//go:embed testdata/pasted.txt
	pastedText string
	//go:embed testdata/near.txt
	nearText string
)

// What was reached: fewer right answers, or more that are sure and wrong, are a step back.
const (
	pastedRight  = 225
	pastedMisled = 0
	nearRight    = 56
)

// A pastedLine is a line that somebody asked about, and what is expected of the answer.
type pastedLine struct {
	line string
	// verb is the command that a reply answers; "" where the line is no reply.
	verb string
	// gist is what has to be said first, trap what misleads, and right the one confident answer to a near miss.
	gist, trap, right *regexp.Regexp
}

// pastedLines reads a file of testdata: a line, and below it, behind two spaces and a mark, what is expected of its answer.
func pastedLines(t *testing.T, text string) (out []*pastedLine) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case line == "" || line[0] == '#':
		case !strings.HasPrefix(line, "  "):
			out = append(out, &pastedLine{line: line})
		case !out[len(out)-1].expect(line[2], line[4:]):
			t.Fatalf("unknown mark in %q", line)
		}
	}
	return out
}

func (p *pastedLine) expect(mark byte, value string) bool {
	switch mark {
	case '@':
		p.verb = value
	case '=':
		p.gist = regexp.MustCompile("(?i)" + value)
	case '!':
		p.trap = regexp.MustCompile("(?i)" + value)
	case '~':
		p.right = regexp.MustCompile("^(" + value + ")$")
	default:
		return false
	}
	return true
}

// asked is the first thing said to somebody who asks for the line, and the wording it was taken for.
func (p *pastedLine) asked() (said, taken string) {
	found := Lookup([]string{p.line}).Entries
	if len(found) == 0 {
		return "", ""
	}
	e := found[0]
	if said = firstSentence(e.Short, e.Text); e.Kind == KindTopic || e.Kind == KindPort {
		said = e.Name + ": " + said
	}
	return said, confident(e)
}

// inside is the same inside a session, where the line is a reply.
func (p *pastedLine) inside() (said, taken string) {
	x := Reply(p.reply())
	return firstSentence(x.Short, cmp.Or(x.Cause, x.Text)), confident(Entry{Kind: KindLine, See: x.Entries})
}

// wrong are the answers that do not say the gist; misled counts those that are sure of something else.
func (p *pastedLine) wrong() (answers []string, misled bool) {
	ask := []func() (said, taken string){p.asked}
	if p.verb != "" {
		ask = append(ask, p.inside)
	}
	for _, a := range ask {
		said, taken := a()
		trapped := p.trap != nil && p.trap.MatchString(said)
		if trapped || !p.gist.MatchString(said) {
			answers = append(answers, fmt.Sprintf("%q %s", said, taken))
			misled = misled || trapped || taken != ""
		}
	}
	return answers, misled
}

func firstSentence(short, text string) string {
	first, _, _ := strings.Cut(text, ". ")
	return short + ". " + first
}

// reply is the line as the parser of replies takes it.
func (p *pastedLine) reply() ReplyContext {
	code, rest := leadingCode(p.line)
	c := ReplyContext{Verb: strings.TrimPrefix(p.verb, "greeting"), Code: code, Text: rest[1:]}
	if p.verb == verbAuth {
		c.Proof = "password"
	}
	first, tail, _ := strings.Cut(c.Text, " ")
	if enhanced, ok := parseEnhanced(first); ok {
		c.Enhanced, c.Text = enhanced, tail
	}
	return c
}

func TestPublicLines(t *testing.T) {
	right, misled := 0, 0
	lines := pastedLines(t, pastedText)
	for _, p := range lines {
		answers, sure := p.wrong()
		if len(answers) == 0 {
			right++
			continue
		}
		if sure {
			misled++
		}
		t.Logf("%s\n  is told %s\n  and not %q", p.line, strings.Join(answers, "\n      and "), p.gist)
	}
	t.Logf("%d of %d right, %d sure and wrong", right, len(lines), misled)
	if right < pastedRight || misled > pastedMisled {
		t.Errorf("%d right, and there were %d; %d sure and wrong, and there were %d", right, pastedRight, misled, pastedMisled)
	}
}

// A confident answer says what a wording means. What only shares words with the line is found by its text and is none.
func confident(e Entry) string {
	switch e.Kind {
	case KindPhrase, KindWording, KindAlert:
		return e.ID()
	case KindLine:
		for _, id := range e.See {
			if strings.HasPrefix(id, KindPhrase+":") {
				return id
			}
		}
	}
	return ""
}

func TestNearMissesStayOut(t *testing.T) {
	out := 0
	lines := pastedLines(t, nearText)
	for _, p := range lines {
		wrong := ""
		for _, e := range Lookup([]string{p.line}).Entries {
			if id := confident(e); id != "" && (p.right == nil || !p.right.MatchString(id)) {
				wrong = id
			}
		}
		if wrong == "" {
			out++
		} else {
			t.Logf("%s\n  is taken for %s", p.line, wrong)
		}
	}
	t.Logf("%d of %d stay out", out, len(lines))
	if out < nearRight {
		t.Errorf("%d of %d stay out, and %d did", out, len(lines), nearRight)
	}
}

// An error of TLS is no error of AUTH, whatever letters they share.
func TestUnknownAuthority(t *testing.T) {
	for line, want := range map[string]string{
		"x509: certificate signed by unknown authority": "phrase:tls-missing-issuer",
		"unknown auth type":                             "phrase:mechanism-unknown",
	} {
		var got []string
		for _, e := range Lookup([]string{line}).Entries {
			got = append(got, e.ID())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
}
