package diff

import (
	"strings"

	"ehlo/session/record"
	"ehlo/transcripts/words"
)

// weighing is a comparison in the making.
type weighing struct {
	*Comparison
	a, b    *session
	sameLab bool
}

// steps compares the steps that belong together, and names those that only one session has.
func (w *weighing) steps() {
	loose := w.moved()
	for i, p := range w.Pairs {
		w.Pairs[i].Moved = loose[p.A] != nil || loose[p.B] != nil
		switch {
		case p.A != nil && p.B != nil:
			w.facts(i, p.A.facts, p.B.facts)
		case p.A != nil && loose[p.A] != nil:
			w.facts(i, p.A.facts, loose[p.A].facts)
		}
	}
	w.alone(loose)
}

// moved pairs steps that have no partner in their place and have one elsewhere: the TLS handshake comes before the greeting on one
// port and after STARTTLS on another. Each step has itself as its key and its partner as its value.
func (w *weighing) moved() map[*Step]*Step {
	found := map[*Step]*Step{}
	for _, verb := range []record.Verb{record.VerbGreeting, record.VerbHandshake} {
		var left, right []*Step
		for _, p := range w.Pairs {
			switch {
			case p.B == nil && p.A.Verb == verb:
				left = append(left, p.A)
			case p.A == nil && p.B.Verb == verb:
				right = append(right, p.B)
			}
		}
		for i := range min(len(left), len(right)) {
			found[left[i]], found[right[i]] = right[i], left[i]
		}
	}
	return found
}

// alone names the steps that one session has and the other has not, those in a row at once, and what was found there.
func (w *weighing) alone(moved map[*Step]*Step) {
	for _, side := range []struct{ x, y string }{{"A", "B"}, {"B", "A"}} {
		var names []string
		first := 0
		tell := func() {
			if len(names) > 0 {
				text := side.x + " took steps that " + side.y + " did not: " + enumerate(names) + "."
				w.add(Difference{Topic: TopicSteps, Pair: first, Text: text}, side.x, enumerate(names))
			}
			names = nil
		}
		for i, p := range w.Pairs {
			mine, other := p.A, p.B
			if side.x == "B" {
				mine, other = p.B, p.A
			}
			switch {
			case mine != nil && other != nil:
				tell()
			case mine != nil && w.unseen(mine):
				w.Pairs[i].Unseen = true
			case mine != nil && moved[mine] == nil:
				if len(names) == 0 {
					first = i
				}
				names = append(names, mine.Title())
				w.foundAlone(i, side.x, mine)
			}
		}
		tell()
	}
}

// foundAlone tells what was found in a step that the other session has not.
func (w *weighing) foundAlone(pair int, side string, s *Step) {
	var found []fact
	for _, f := range s.facts {
		if f.topic == TopicFindings && f.grave {
			found = append(found, f)
		}
	}
	if side == "A" {
		w.facts(pair, found, nil)
	} else {
		w.facts(pair, nil, found)
	}
}

// facts compares what two steps have shown.
func (w *weighing) facts(pair int, a, b []fact) {
	right := map[string]*fact{}
	for i := range b {
		right[b[i].id()] = &b[i]
	}
	lists := listed(a) && listed(b)
	var onlyA []fact
	for i := range a {
		f := &a[i]
		other := right[f.id()]
		delete(right, f.id())
		switch {
		case w.passes(f, lists):
		case other == nil && f.topic == TopicAsked && w.inferred():
		case other == nil:
			onlyA = append(onlyA, *f)
		case other.key != f.key:
			w.differ(pair, f, other)
		}
	}
	var onlyB []fact
	for i := range b {
		if f := &b[i]; right[f.id()] == f && !w.passes(f, lists) && !(f.topic == TopicAsked && w.inferred()) {
			onlyB = append(onlyB, *f)
		}
	}
	w.only(pair, "A", "B", onlyA)
	w.only(pair, "B", "A", onlyB)
}

// listed reports whether there is a list of keywords among the facts.
func listed(facts []fact) bool {
	for _, f := range facts {
		if f.form == formList {
			return true
		}
	}
	return false
}

// inferred reports whether the plan of one session alone was inferred from what another program recorded, which does not say all that
// its client was asked to do.
func (w *weighing) inferred() bool { return w.a.plan.Imported != w.b.plan.Imported }

// unseen reports whether a step that one session alone has is of those that few programs record.
func (w *weighing) unseen(s *Step) bool {
	return w.inferred() && (s.Verb == record.VerbResolve || s.Verb == record.VerbConnect)
}

// passes reports whether a fact is not compared: the practice server makes its certificates each time it starts, the verdict tells
// its own finding, and a keyword says nothing where the other session has no list.
func (w *weighing) passes(f *fact, lists bool) bool {
	return f.made && w.sameLab || f.topic == TopicFindings && w.told(f.base) || f.listed && !lists
}

// told reports whether the verdicts tell a finding: they differ, and it decides one of them.
func (w *weighing) told(code string) bool {
	a, b := w.a.verdict, w.b.verdict
	return w.a.verdictKey() != w.b.verdictKey() && (a != nil && string(a.Finding) == code || b != nil && string(b.Finding) == code)
}

func (w *weighing) differ(pair int, a, b *fact) {
	text := strings.NewReplacer("{a}", a.value, "{b}", b.value, "{name}", a.name).Replace(forms[a.form].differ)
	w.Differences = append(w.Differences, Difference{Topic: a.topic, Pair: pair, Text: text, A: a.value, B: b.value})
}

// only tells facts that one session alone has, those that make one sentence at once.
func (w *weighing) only(pair int, x, y string, facts []fact) {
	for len(facts) > 0 {
		first := facts[0]
		var values []string
		var rest []fact
		for _, f := range facts {
			if f.id() == first.id() || f.form == first.form && f.topic == first.topic && forms[f.form].joins {
				values = append(values, f.value)
			} else {
				rest = append(rest, f)
			}
		}
		facts = rest
		if alone := forms[first.form].alone; alone != "" {
			value := enumerate(values)
			comma := ","
			if len(values) > 1 {
				comma = ";"
			}
			text := strings.NewReplacer("{x}", x, "{y}", y, "{v}", value, "{,}", comma, "{name}", first.name).Replace(alone)
			w.add(Difference{Topic: first.topic, Pair: pair, Text: text}, x, value)
		}
	}
}

// add adds a difference of which one side has the value.
func (w *weighing) add(d Difference, side, value string) {
	if side == "A" {
		d.A = value
	} else {
		d.B = value
	}
	w.Differences = append(w.Differences, d)
}

// verdicts compares what the sessions came to.
func (w *weighing) verdicts() {
	if w.a.verdictKey() == w.b.verdictKey() {
		return
	}
	text := "The outcomes differ.\nA: " + w.a.came() + "\nB: " + w.b.came()
	w.Differences = append(w.Differences, Difference{Topic: TopicVerdict, Pair: -1, Text: text, A: w.a.came(), B: w.b.came()})
}

// enumerate writes a list in a sentence.
func enumerate(names []string) string {
	const most = 12
	if n := len(names); n > most {
		names = append(names[:most:most], words.Count(n-most)+" more")
	}
	return strings.Join(names, ", ")
}
