package scroll

import (
	"math/rand/v2"
	"testing"
)

var keys = []string{"up", "down", "pgup", "pgdown", "home", "end"}

// Whatever is pressed, and however the list and its window change, the selection is a row of the list and in the window.
func TestTheSelectionIsInTheWindow(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var l List
	for range 100_000 {
		n, height := random.IntN(12), random.IntN(9)-1
		key := keys[random.IntN(len(keys))]
		l.Press(key, n)
		if random.IntN(4) == 0 {
			l.Reveal(random.IntN(20))
		}
		first, last := l.Window(n, height)
		switch {
		case l.Sel < 0 || l.Sel >= max(n, 1):
			t.Fatalf("%s: row %d of %d is selected", key, l.Sel, n)
		case first < 0 || first > last || last > n:
			t.Fatalf("%s: the window onto %d rows is %d to %d", key, n, first, last)
		case last-first > max(height, 0):
			t.Fatalf("%s: %d rows in a window of %d", key, last-first, height)
		case n > 0 && height > 0 && (l.Sel < first || l.Sel >= last):
			t.Fatalf("%s: row %d is outside of %d to %d", key, l.Sel, first, last)
		case n > 0 && last-first < min(n, height):
			t.Fatalf("%s: %d rows are shown where there is room for %d of %d", key, last-first, height, n)
		}
		at := random.IntN(14)
		if first, last := l.Around(at, n, height); first < 0 || first > last || last-first > max(height, 0) || last > n {
			t.Fatalf("around %d the window of %d onto %d lines is %d to %d", at, height, n, first, last)
		}
	}
}

func TestKeys(t *testing.T) {
	var l List
	l.Window(100, 11)
	for _, want := range []struct {
		key string
		sel int
	}{{"up", 0}, {"down", 1}, {"pgdown", 11}, {"pgdown", 21}, {"pgup", 11}, {"end", 99}, {"down", 99}, {"pgdown", 99}, {"home", 0}, {"pgup", 0}} {
		if !l.Press(want.key, 100) || l.Sel != want.sel {
			t.Errorf("after %s it is row %d, want %d", want.key, l.Sel, want.sel)
		}
	}
	if l.Press("x", 100) || l.Sel != 0 {
		t.Error("another key moves")
	}
}

func TestTheWindowMovesAsLittleAsItTakes(t *testing.T) {
	l := List{Sel: 50}
	if first, last := l.Window(100, 10); first != 41 || last != 51 {
		t.Errorf("%d to %d", first, last)
	}
	l.Press("up", 100)
	if first, _ := l.Window(100, 10); first != 41 {
		t.Errorf("it moved to %d", first)
	}
	if above, below := l.Unseen(100); above != 41 || below != 49 {
		t.Errorf("%d rows above, %d below", above, below)
	}
	l.Reveal(55)
	if first, _ := l.Window(100, 10); first != 46 {
		t.Errorf("revealed from %d", first)
	}
}

// A line of the window leads to its row; a heading, and what is outside, to none.
func TestUnder(t *testing.T) {
	l := List{Sel: 50}
	l.Window(100, 10)
	for line, want := range map[int]int{-1: -1, 0: 41, 9: 50, 10: -1} {
		if row, ok := l.Under(line, 100); ok != (want >= 0) || ok && row != want {
			t.Errorf("below line %d is row %d, %v, want %d", line, row, ok, want)
		}
	}
	if _, ok := l.Under(5, 43); ok {
		t.Error("a row is below the last")
	}
	first, _ := l.Around(3, 6, 4)
	if row, ok := l.Under(1, 6); !ok || row != first+1 {
		t.Errorf("row %d, %v", row, ok)
	}
	l.Own([]int{-1, 0, 1, -1})
	for line, want := range map[int]int{0: -1, 1: 0, 2: 1, 3: -1, 4: -1} {
		if row, ok := l.Under(line, 2); ok != (want >= 0) || ok && row != want {
			t.Errorf("with headings, below line %d is row %d, %v, want %d", line, row, ok, want)
		}
	}
}
