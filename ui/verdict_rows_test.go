package ui

import (
	"context"
	"crypto/tls"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/certificate"
	"ehlo/session/course"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/transcripts/words"
)

// At 80×24 a verdict, and the task below it, have four lines where the dialogue and what its row means fill the rows, and more only in rows
// that would be empty. In these the first sentence
// of the cause is whole, each advice that a key follows is to be seen, no text is cut in its middle, and what is left out is counted at the
// key that shows it. So it is in every scenario, before the end and after it, and where there is less room and more.
func TestTheVerdictTakesFourLines(t *testing.T) {
	for _, sc := range lab.Scenarios() {
		t.Run(sc.Name, func(t *testing.T) {
			t.Parallel()
			s := simLive(t, equipped(t, sc.Name), 80, 24)
			s.root.env.readCA = func(context.Context, string) (certificate.Roots, error) { return certificate.Roots{}, errDisk }
			s.root.env.readCertificate = func(context.Context, string, string) (*tls.Certificate, error) { return nil, errDisk }
			for i := 0; s.root.walk.verdict == nil; i++ {
				if i > 45 {
					t.Fatalf("no verdict:\n%s", s.frame())
				}
				s.press("enter")
			}
			s.verdictIsRead("before the end")
			s.enterUntil("the end", func(n record.Snapshot) bool { return n.End != nil }).verdictIsRead("after the end")
		})
	}
}

// equipped is a scenario as the program starts it: with its exercise, and with another session to follow.
func equipped(t *testing.T, name string) *Live {
	live := brief(t, name)
	live.Exercise = course.Of(name)
	live.Next = func() *Live { return nil }
	return live
}

// verdictIsRead judges the verdict on the screen at three sizes.
func (s *sim) verdictIsRead(when string) {
	s.t.Helper()
	for _, size := range [][2]int{{80, 24}, {60, 16}, {120, 40}} {
		s.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		p := s.verdictPanel()
		if faults := p.faults(); len(faults) > 0 {
			s.t.Errorf("%s, at %d×%d: %s\n%s", when, size[0], size[1], strings.Join(faults, "; "), p.frame)
		}
	}
	s.send(tea.WindowSizeMsg{Width: 80, Height: 24})
}

// verdictPanel is a verdict as it is drawn.
type verdictPanel struct {
	w       *explorer
	frame   string
	lines   []string // of the verdict alone
	rows    int      // of the verdict, with the task below it, without the path of the transcript
	short   bool     // what the selected row means is cut
	bar     string   // what stands below the panes, but for the keys
	footer  string
	empty   int  // rows of the dialogue, or of what it means, with nothing in them
	crowded bool // the dialogue has more than is shown
}

func (s *sim) verdictPanel() verdictPanel {
	s.t.Helper()
	p := verdictPanel{w: s.root.walk, frame: s.frame()}
	at := strings.LastIndex(p.frame, "\n─")
	lines := strings.Split(strings.TrimSuffix(p.frame[at+1:], "\n"), "\n")
	p.bar, p.footer = strings.Join(lines[:len(lines)-1], "\n"), lines[len(lines)-1]
	for _, l := range lines[1 : len(lines)-1] {
		if l == "" || strings.HasPrefix(l, "   transcript: ") || strings.HasPrefix(l, "   to do  ") {
			break
		}
		p.lines = append(p.lines, l)
	}
	for _, l := range lines[1 : len(lines)-1] {
		if l != "" && !strings.HasPrefix(l, "   transcript: ") {
			p.rows++
		}
	}
	_, strip, _ := strings.Cut(p.frame[:at], "\n─ in short")
	p.short = strings.HasSuffix(strip, "…")
	panes := strings.Split(p.frame[:at], "\n")
	for i := len(panes) - 1; i > 0 && strings.Trim(panes[i], " │") == ""; i-- {
		p.empty++
	}
	above, below := p.w.pane.Unseen(p.w.pos)
	p.crowded = above+below > 0
	return p
}

// faults are what a reader would miss.
func (p verdictPanel) faults() (out []string) {
	fault := func(is bool, format string, args ...any) {
		if is {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	v, said := p.w.cameTo(), strings.Join(strings.Fields(strings.Join(p.lines, " ")), " ")
	height := strings.Count(p.frame, "\n")
	fault(height >= lowHeight && height < wideHeight && p.crowded && len(p.lines) > verdictRows, "%d lines, and the dialogue has more rows", len(p.lines))
	fault(height >= lowHeight && height < wideHeight && p.short && p.rows > verdictRows, "%d lines, and what the row means is cut", p.rows)
	fault(p.empty > 0 && strings.Contains(p.frame, "…\n"), "a text is cut, and %d rows are empty", p.empty)
	fault(slices.ContainsFunc(p.lines, func(l string) bool { return strings.HasSuffix(l, "…") }), "a text of the verdict is cut")
	fault(!strings.Contains(said, words.Sentences(v.Cause)[0]), "the first sentence of the cause is not whole")
	for i, a := range p.w.applicable() {
		key := regexp.MustCompile(fmt.Sprintf(`(^|· |  |! )%d [a-zA-Z]`, i+1))
		fault(!slices.ContainsFunc(p.lines, key.MatchString), "key %d (%s) is not to be seen", i+1, a.Do)
	}
	for _, must := range []string{string(v.Outcome), fmt.Sprintf("exit %d", v.Exit)} {
		fault(!strings.Contains(p.lines[0], must), "the first line does not say %s", must)
	}
	fault(holdsBack(v.Advice) && !strings.Contains(p.lines[0], "send no password here"), "the warning is cut")
	fault(v.Who == record.WhoOperator && !strings.Contains(strings.ToLower(said), "operator"), "who must act is not said")
	whole := p.whole(v, said)
	fault(strings.HasSuffix(p.footer, "…"), "the keys are cut")
	fault(!whole && !regexp.MustCompile(`z \d+ more`).MatchString(p.footer), "more is left out than the footer says")
	fault(whole && regexp.MustCompile(`z \d+ more`).MatchString(p.footer), "the footer counts what is not left out")
	return out
}

// whole reports whether the cause and all that is advised are to be read.
func (p verdictPanel) whole(v record.Verdict, said string) bool {
	told := []string{v.Cause}
	for _, a := range v.Advice {
		switch {
		case a.Do == record.SendNoSecret:
		case p.w.follows(a) && !strings.Contains(said, p.w.adviceWords(a)):
			told = append(told, adviceInShort(a))
		case p.w.follows(a):
		case a.Text != "":
			told = append(told, strings.TrimSuffix(a.Text, "."))
		}
	}
	return !slices.ContainsFunc(told, func(text string) bool { return !strings.Contains(said, text) })
}

// A sentence ends with a full stop, but for those of a server: what is quoted is one piece.
func TestSentencesOfACause(t *testing.T) {
	got := words.Sentences("mx.lab answered 550: “No. Go away.”. It accepts at most 2.5 MB. mx.lab said no more.")
	want := []string{"mx.lab answered 550: “No. Go away.”.", "It accepts at most 2.5 MB.", "mx.lab said no more."}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// What is told may be cut where it still says what to do, and with whom to speak.
func TestBeginningsOfAnAdvice(t *testing.T) {
	got := beginnings("tell the operator: send the chain: the CA's certificate, and load it")
	want := []string{"tell the operator: send the chain: the CA's certificate, and load it", "tell the operator: send the chain: the CA's certificate", "tell the operator: send the chain"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := beginnings(""); got != nil {
		t.Errorf("%q", got)
	}
}

// However many keys there are, each is to be seen, and what gives up a protection says so.
func TestEveryKeyHasAPlaceInARow(t *testing.T) {
	s, _ := refused(t, 80, 24)
	w := s.root.walk
	w.verdict.Advice = []record.Advice{{Do: record.AcceptUnverified}}
	for port := range 6 {
		w.verdict.Advice = append(w.verdict.Advice, record.Advice{Do: record.UsePort, Port: 50000 + port})
	}
	w.verdict.Cause = strings.Repeat("as many words as it takes ", 5) + "until the end."
	s.shows("You  2 use port 50000 · 3 use port 50001 · 4 · 5 · 6 · 7 · ! 1 not safe", "z 5 more")
}
