package tlswire

// What the tests of this package have in common with those from outside.
var (
	WantWhole = wantWhole
	WantTrees = wantTrees
)
