package lazy

import (
	"sync"
	"testing"
)

// A value is made once, for all who ask at the same time.
func TestValueIsMadeOnce(t *testing.T) {
	made := 0
	v := Value[*int]{Make: func() *int { made++; return new(int) }}
	var asking sync.WaitGroup
	for range 8 {
		asking.Go(func() { v.Get() })
	}
	asking.Wait()
	if first := v.Get(); made != 1 || first == nil || first != v.Get() {
		t.Errorf("made %d times", made)
	}
}

func TestPattern(t *testing.T) {
	p := Pattern{Text: `^[245]\d\d$`}
	if re := p.Get(); !re.MatchString("250") || re.MatchString("950") || re != p.Get() {
		t.Error("another pattern")
	}
}

func TestTable(t *testing.T) {
	ports := Table[int, string]{{25, "relay"}, {587, "submission"}, {0, ""}}
	if ports.Of(587) != "submission" || ports.Of(465) != "" {
		t.Errorf("%q, %q", ports.Of(587), ports.Of(465))
	}
	if value, found := ports.Find(0); value != "" || !found {
		t.Error("an empty value is none")
	}
	if _, found := ports.Find(465); found {
		t.Error("a key without a row has a value")
	}
}
