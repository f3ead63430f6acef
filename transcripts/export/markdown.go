package export

import (
	"cmp"
	"html"
	"io"
	"strconv"

	"ehlo/session/record"
	"ehlo/transcripts/words"
)

// Markdown writes a session for a ticket or a lesson (CommonMark, with the folded parts that GitHub, GitLab and others show): the
// verdict, what was seen, the dialogue, and each step with what it means, folded.
//
// What came from a server stands in fences and code spans alone, where nothing is markup. No line inside a fence can close it:
// each begins with a mark or more spaces than a closing fence may have.
func Markdown(w io.Writer, s *Session) error {
	m := &markdown{output: newOutput(w)}
	m.head(s)
	m.dialogue(s)
	m.steps(s)
	m.beside(s)
	return m.end()
}

type markdown struct {
	*output
	step   record.Verb
	sent   bool // a line, in this step
	number int
	open   bool // a folded part
}

func (m *markdown) head(s *Session) {
	start := s.start()
	m.put("# SMTP session: ", prose(words.Of(start).Head), "\n\n")
	if s.Verdict != nil {
		m.verdict(s.Verdict)
	}
	if s.Incomplete != "" {
		m.put(prose(s.Incomplete), "\n\n")
	}
	m.list(planned(start.Start))
	if s.Verdict != nil {
		m.list(words.Facts(&s.Verdict.Facts))
	}
}

// planned is what of the plan a reader of the session wants to know.
func planned(s *record.Start) []words.Part {
	var parts []words.Part
	for _, p := range words.Plan(s) {
		if !p.Deep || p.Name == "began" && !s.Time.IsZero() {
			p.Name = cmp.Or(p.Name, "story")
			parts = append(parts, p)
		}
	}
	return parts
}

func (m *markdown) verdict(v *record.Verdict) {
	s := words.Verdict(v)
	m.put("**", prose(upper(s.Lead())), "**: ", prose(s.Cause), "\n\n")
	if s.Who != "" {
		m.put("- who has to act: ", prose(s.Who), "\n")
	}
	for i, a := range s.Advice {
		m.put("- ", prose(words.Label(a.Advice, i == 0)), ": ", prose(a.Phrase), "\n")
	}
	if s.Who != "" || len(s.Advice) > 0 {
		m.put("\n")
	}
}

func (m *markdown) list(parts []words.Part) {
	for _, p := range parts {
		m.put("- ", prose(p.Name), ": ", prose(p.Value), "\n")
	}
	if len(parts) > 0 {
		m.put("\n")
	}
}

const (
	fence      = "```text\n"
	fenceEnd   = "```\n"
	textColumn = 100
)

// dialogue is the session in one piece. The verdict has been told.
func (m *markdown) dialogue(s *Session) {
	m.put("## Dialogue\n\n")
	text, tries, open := Text{Width: textColumn, Depth: Brief, headed: true}, s.counted(), false
	for e := range s.told() {
		if n := tries.begun(e); n > 0 {
			m.put(when(open, fenceEnd+"\n"))
			m.attempt(n, e)
			m.put("\n", fence)
			open = true
		}
		if !open {
			m.put(fence)
			open = true
		}
		if e.Kind != record.KindEnd {
			m.lines(text.Event(e))
		}
	}
	m.put(fenceEnd)
}

// attempt is the heading of an attempt: its number, and what was followed to get to it.
func (m *markdown) attempt(n int, e *record.Event) {
	m.put("### Attempt ", strconv.Itoa(n))
	if n > 1 {
		m.put(": ", prose(words.Of(e).Head))
	}
	m.put("\n")
}

// steps tells everything but the fields of TLS messages, which would make a ticket too long for most trackers.
func (m *markdown) steps(s *Session) {
	m.put("\n## Step by step\n")
	text, tries := Text{Width: textColumn, headed: true}, s.counted()
	for e := range s.told() {
		if n := tries.begun(e); n > 0 {
			m.unfold()
			m.put("\n")
			m.attempt(n, e)
			m.step, m.sent, m.open = "", false, false
		}
		if e.Step != "" && e.Step != m.step || e.Kind == record.KindSend && m.sent {
			m.fold(e)
		}
		m.sent = m.sent || e.Kind == record.KindSend
		if text.Depth = Full; e.Kind == record.KindTLSMessage {
			text.Depth = Normal
		}
		if e.Kind != record.KindEnd && m.open {
			m.lines(text.Event(e))
		}
	}
	m.unfold()
}

// fold begins a folded part. The line that says what is in it is HTML, in which nothing is Markdown.
func (m *markdown) fold(e *record.Event) {
	m.unfold()
	m.step, m.sent = e.Step, false
	m.number++
	m.open = true
	m.put("\n<details>\n<summary>", strconv.Itoa(m.number), ". ", summary(e), "</summary>\n\n", fence)
}

func (m *markdown) unfold() {
	if m.open {
		m.put(fenceEnd, "\n</details>\n")
	}
}

// summary names a step; what came from outside is code.
func summary(e *record.Event) string {
	if name := stepNames.Of(e.Step); name != "" {
		return name
	}
	return "<code>" + html.EscapeString(StepTitle(e)) + "</code>"
}
