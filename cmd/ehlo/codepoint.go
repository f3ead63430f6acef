package main

import (
	"fmt"
	"io"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/tlswire"
)

// completeCodePoints are the names of all TLS code points, but those that are taken.
func completeCodePoints(has map[string]bool) []string {
	var names []string
	for _, r := range tlswire.Registries() {
		for _, c := range r.Codes() {
			if !strings.Contains(c.Name, " ") && !has[c.Name] {
				names = append(names, c.Name+"\t"+c.Meaning)
			}
		}
	}
	return names
}

// printAlso says what else a number is, and how to ask for it.
func printAlso(w io.Writer, number string, found int, also []explain.Entry) {
	if len(also) == 0 {
		return
	}
	if found == 0 {
		fmt.Fprintf(w, "%s is several things in TLS; say which one is meant:\n", number)
	} else {
		fmt.Fprintln(w, "\nin TLS the number is something else:")
	}
	for _, e := range also {
		fmt.Fprintf(w, "  %-16s %s: %s\n", asked(e), e.Name, e.Short)
	}
}

// asked are the words that find a code point.
func asked(e explain.Entry) string { return strings.TrimPrefix(e.Kind, "tls-") + " " + e.Number }
