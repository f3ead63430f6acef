package diff

import (
	"time"

	"ehlo/transcripts/words"
)

// Timing is how long both sessions waited in a step, where that is far apart, or in all. It makes no difference.
type Timing struct {
	Text string        `json:"text"`
	A    time.Duration `json:"a"`
	B    time.Duration `json:"b"`
}

// noticed is from when on a wait is told, if it is also twice the other one.
const noticed = 100 * time.Millisecond

// timing tells what is far apart, and the sums.
func timing(a, b *session, pairs []Pair) (list []Timing) {
	for _, p := range pairs {
		if p.A == nil || p.B == nil {
			continue
		}
		x, y := p.A.waited, p.B.waited
		if max(x, y) >= noticed && max(x, y) >= 2*min(x, y) {
			list = append(list, Timing{sentence(p.A.Title()+" took", x, y), x, y})
		}
	}
	x, y := a.waited(), b.waited()
	list = append(list, Timing{sentence("All waits together took", x, y), x, y})
	if n, m := a.trips(), b.trips(); n != m {
		list = append(list, Timing{Text: "A took " + words.Number(n, "round trip") + ", B " + words.Number(m, "round trip") + "."})
	}
	return list
}

func sentence(what string, x, y time.Duration) string {
	if what[:4] == "the " {
		what = "The " + what[4:]
	}
	return what + " " + words.Duration(x) + " in A, " + words.Duration(y) + " in B."
}

// Beside is something that is told of both sessions and makes no difference.
type Beside struct {
	Title string
	Texts []string
}

// Besides are the timing, and what people have said of the files where that is not the same.
func (c *Comparison) Besides() []Beside {
	timing := Beside{Title: "timing, which does not count as a difference"}
	for _, t := range c.Timing {
		timing.Texts = append(timing.Texts, t.Text)
	}
	if len(c.Said) == 0 {
		return []Beside{timing}
	}
	return []Beside{{"title, tags and notes, which do not count as differences", c.Said}, timing}
}
