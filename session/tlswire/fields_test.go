package tlswire

import (
	"fmt"
	"strings"
	"testing"
)

// wantCovered checks that fields cover the bytes from off to end in order,
// without gaps or overlaps, all the way down.
func wantCovered(t testing.TB, where string, fields []Field, off, end int) {
	t.Helper()
	for _, f := range fields {
		if f.Off != off || f.Len < 0 {
			t.Errorf("%s: %s is at %d with %d bytes, expected at %d", where, f.Name, f.Off, f.Len, off)
			return
		}
		if f.Name == "" {
			t.Errorf("%s: a field without a name at %d", where, off)
		}
		if len(f.Children) > 0 {
			wantCovered(t, where+" › "+f.Name, f.Children, f.Off, f.Off+f.Len)
		}
		off += f.Len
	}
	if off != end {
		t.Errorf("%s: fields end at %d, bytes at %d", where, off, end)
	}
}

// wantUnderstood checks that nothing in the tree is bad.
func wantUnderstood(t testing.TB, where string, fields []Field) {
	t.Helper()
	for _, f := range fields {
		if f.Bad != "" {
			t.Errorf("%s › %s: %s", where, f.Name, f.Bad)
		}
		wantUnderstood(t, where+" › "+f.Name, f.Children)
	}
}

func wantTrees(t testing.TB, messages []Message) {
	t.Helper()
	for _, m := range messages {
		fields := m.Fields(m.At, means)
		wantCovered(t, m.Name, fields, 0, len(m.Raw))
		wantUnderstood(t, m.Name, fields)
	}
}

// outline prints a tree, a line a field: for reading in a failed test.
func outline(fields []Field, indent string) string {
	var b strings.Builder
	for _, f := range fields {
		fmt.Fprintf(&b, "%s%d+%d %s = %s | %s | %s %s\n", indent, f.Off, f.Len, f.Name, f.Value, f.Meaning, f.Ref, f.Bad)
		b.WriteString(outline(f.Children, indent+"  "))
	}
	return b.String()
}
