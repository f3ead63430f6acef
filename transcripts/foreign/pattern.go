package foreign

import (
	"regexp"
	"sync"
)

// pattern is a regular expression that is compiled at first use. Most runs of the program import nothing, and compiling all
// that the sources need would take them a millisecond.
type pattern struct {
	text string
	once sync.Once
	re   *regexp.Regexp
}

func (p *pattern) compiled() *regexp.Regexp {
	p.once.Do(func() { p.re = regexp.MustCompile(p.text) })
	return p.re
}
