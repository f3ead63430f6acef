package dialogue

import (
	"sort"

	"ehlo/session/record"
	"ehlo/transcripts/places"
)

// Has reports whether the first n events have one of a kind that tells what others wrote down or did.
func (x *Index) Has(kind record.Kind, n int) bool { return len(x.AllBeside(kind, n)) > 0 }

func (x *Index) besides(kind record.Kind) []int {
	if kind == record.KindOnPath {
		return x.paths
	}
	return x.logs
}

// Beside is the event of such a kind that belongs to the step of event i, -1 where there is none among the first n. It comes at the
// end of the step.
func (x *Index) Beside(kind record.Kind, i, n int) int {
	list := x.besides(kind)
	at := sort.SearchInts(list, i)
	if at == len(list) || list[at] >= min(n, places.StepEnd(x.src, i)) {
		return -1
	}
	return list[at]
}

// AllBeside are the events of such a kind among the first n.
func (x *Index) AllBeside(kind record.Kind, n int) []int {
	list := x.besides(kind)
	upto := sort.SearchInts(list, n)
	return list[:upto:upto]
}
