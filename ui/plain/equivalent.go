package plain

import (
	"strings"

	"ehlo/session/equivalent"
	"ehlo/session/record"
)

// sameAs tells how the session, as far as it is known, is had with another program; without a name, with which.
func (d *dialog) sameAs(known record.Snapshot, name string) {
	if name = strings.TrimSpace(name); name == "" {
		d.print("say which: as swaks; the others are " + strings.Join(equivalent.Names(), ", "))
		return
	}
	tool, ok := equivalent.Find(name)
	if !ok {
		d.print("no such program is known: want one of " + strings.Join(equivalent.Names(), ", "))
		return
	}
	t := equivalent.Of(known).In(tool)
	for _, line := range t.Lines {
		d.print("  " + line)
	}
	for _, n := range t.Notes {
		d.print(n)
	}
}
