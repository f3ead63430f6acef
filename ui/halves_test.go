package ui

import (
	"testing"

	"ehlo/ui/detail"
)

// Each pane has what it needs: prose no more than is read with ease, a dump 16 bytes a line where the dialogue keeps its text, fields
// as much as the dialogue. What is selected changes nothing.
func TestThePanesShareTheWidth(t *testing.T) {
	for width := wideWidth; width <= 320; width++ {
		w := &explorer{}
		for v := range detail.View(len(detail.Names)) {
			w.view = v
			left, right := w.halves(width)
			if left+right+1 != width || left < 46 || right < 39 || right > ease+2 {
				t.Fatalf("%s at %d: %d and %d", detail.Names[v], width, left, right)
			}
			dumps := v == detail.Bytes || v == detail.Wire
			if w.view = detail.Explain; v != detail.Explain {
				if _, prose := w.halves(width); right < prose {
					t.Fatalf("%s at %d: %d, and prose has %d", detail.Names[v], width, right, prose)
				}
			}
			if dumps && width >= 120 && right < detail.DumpWidth+2 {
				t.Fatalf("%s at %d has %d", detail.Names[v], width, right)
			}
		}
	}
}
