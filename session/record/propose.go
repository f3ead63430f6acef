package record

import (
	"slices"
)

// before reports whether a walk comes to p before q.
func Before(p, q Phase) bool {
	return p != "" && slices.Index(AllPhases, p) < slices.Index(AllPhases, q)
}
