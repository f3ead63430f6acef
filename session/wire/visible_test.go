package wire

import (
	"testing"
	"unicode"
)

// The short ways of isVisible come to the same as the long one.
func TestEveryCharacterIsVisibleOrNot(t *testing.T) {
	for c := rune(0); c <= unicode.MaxRune; c++ {
		want := unicode.IsPrint(c) && !unicode.In(c, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
		if isVisible(c) != want {
			t.Fatalf("%U is visible: %v", c, !want)
		}
	}
}
