package walk

import (
	"slices"
	"strings"

	"ehlo/session/sasl"
)

// onlyHandOver reports whether every mechanism gives the password itself away.
func OnlyHandOver(names []string) bool {
	return len(names) > 0 && !slices.ContainsFunc(names, func(name string) bool { return !HandsOver(name) })
}

// handsOver reports whether a mechanism sends the password as it is.
func HandsOver(name string) bool {
	info, ok := sasl.Lookup(name)
	return ok && info.NeedsTLS && info.PlaintextEquivalent
}

// keptBack lists what keeps the password and needs nothing of TLS, in the list of after and not in that of before.
func KeptBack(before, after []string) []string {
	var kept []string
	for _, name := range after {
		info, ok := sasl.Lookup(name)
		if ok && info.Needs == sasl.NeedsPassword && !info.NeedsTLS && !OffersMechanism(before, name) {
			kept = append(kept, strings.ToUpper(name))
		}
	}
	return kept
}
