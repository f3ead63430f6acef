package ui

import (
	"strings"
	"testing"
)

// While a long file is read the screen stands still but for counts: from frame to frame a few rows change at most, wherever the position
// is. What is written to a terminal for a row are the cells that changed.
func TestReadingChangesLittle(t *testing.T) {
	for _, keys := range [][]string{{"end"}, {"home"}, {"left", "left"}} {
		long, whole := newTape(2000), true
		s := newSim(t, &App{}, 120, 40)
		s.run(s.root.showReplay(&Replay{Source: long, Whole: func() bool { return whole }}))
		s.settle().press(keys...)
		w := s.root.walk
		whole = false
		var before []string
		for range 20 {
			long.n += batch
			s.send(newsMsg{w.bridge})
			s.until("its lines", func() bool { return !w.src.behind() })
			frame := strings.Split(s.root.View(), "\n")
			for i, changed := 0, 0; i < len(before); i++ {
				if frame[i] != before[i] {
					changed++
				}
				if changed > 3 {
					t.Fatalf("after %q more than three rows change:\n%s", keys, s.frame())
				}
			}
			before = frame
		}
	}
}
