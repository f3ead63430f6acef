package tlstest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ehlo/session/tlswire"
)

// Report is what another program saw of one connection.
type Report struct {
	Program  string
	Messages []Seen
	// Unknown is what it printed that nobody here can read: then something would be compared that is not whole.
	Unknown []string
	data    []dataRecord
	prints  map[string]bool // the fields, by our names, that it prints where they are there
	// wordy: it says "No extensions" where a length of 0 is
	wordy bool
	// closed: it prints nothing of what is in this message
	closed func(tlswire.Message) bool
}

// Compare reports where we and another program differ about one connection, each direction by itself: in the messages,
// their order and lengths, and in every field that both print.
func Compare(t testing.TB, messages []tlswire.Message, theirs Report) {
	t.Helper()
	for _, difference := range differences(messages, theirs) {
		t.Error(difference)
	}
}

func differences(messages []tlswire.Message, theirs Report) []string {
	var out []string
	if len(theirs.Messages) == 0 {
		out = append(out, theirs.Program+" saw nothing")
	}
	for _, what := range slices.Compact(slices.Sorted(slices.Values(theirs.Unknown))) {
		out = append(out, fmt.Sprintf("%s prints what cannot be read here: %q", theirs.Program, what))
	}
	for _, dir := range []string{tlswire.ClientToServer, tlswire.ServerToClient} {
		mine, yours := from(dir, messages), From(dir, theirs.Messages)
		if dir == tlswire.ServerToClient && leftFirst(messages) {
			mine, yours = heard(mine, yours)
		}
		if dir == tlswire.ServerToClient && gaveUp(messages) {
			mine, yours = unread(mine, yours)
		}
		out = append(out, theirs.against(dir, mine, yours)...)
	}
	return out
}

// against compares what one side sent.
func (r Report) against(dir string, mine []tlswire.Message, yours []Seen) []string {
	if ours := outline(headsOf(mine)); ours != outline(yours) {
		return []string{fmt.Sprintf("from %s\n got %s\n%s has %s", dir, ours, r.Program, outline(yours))}
	}
	var out []string
	for i, m := range mine {
		mine := describe(m, dumps(yours[i]))
		if r.closed != nil && r.closed(m) {
			mine.Fields = slices.DeleteFunc(mine.Fields, func(f Field) bool { return f.At >= handshakeHeader })
		}
		if text := r.field(mine, yours[i]); text != "" {
			out = append(out, fmt.Sprintf("from %s, message %d, %s: %s", dir, i, m.Name, text))
		}
	}
	return out
}

// field is the first difference in the fields of one message, empty if there is none.
func (r Report) field(mine, yours Seen) string {
	ours := slices.DeleteFunc(mine.Fields, func(f Field) bool {
		return !r.prints[f.Name] || r.wordy && f.Name == "extensions.length" && f.Value == "0000"
	})
	for i := range max(len(ours), len(yours.Fields)) {
		switch {
		case i >= len(ours):
			return fmt.Sprintf("%s has also %s", r.Program, yours.Fields[i])
		case i >= len(yours.Fields):
			return fmt.Sprintf("%s lacks %s", r.Program, ours[i])
		case !ours[i].agrees(yours.Fields[i]):
			return fmt.Sprintf("field %d is %s, %s has %s", i, ours[i], r.Program, yours.Fields[i])
		}
	}
	return ""
}

// agrees compares what the other program printed of a field.
func (f Field) agrees(other Field) bool {
	return f.Name == other.Name && f.Len == other.Len && (f.At == other.At || other.At == nowhere) &&
		(f.Value == other.Value || other.Value == "") && (f.Word == other.Word || other.Word == "")
}

// dumps are the types of the extensions that a program did not open.
func dumps(s Seen) map[string]bool {
	out, typ := map[string]bool{}, ""
	for _, f := range s.Fields {
		switch f.Name {
		case "extension_type":
			typ = f.Value
		case "extension_data":
			out[typ] = true
		}
	}
	return out
}

// leftFirst reports whether the client said good-bye. It may then close without reading what the server says to that, so
// that of the two ends and of a recorder between them one saw the server's close_notify and another did not (RFC 9846
// §6.1 asks nobody to wait for it).
func leftFirst(messages []tlswire.Message) bool {
	return slices.ContainsFunc(messages, func(m tlswire.Message) bool { return m.Dir == tlswire.ClientToServer && goodbye(headOf(m)) })
}

// gaveUp reports whether the client ended a connection that did not suit it: it reads nothing after that.
func gaveUp(messages []tlswire.Message) bool {
	return slices.ContainsFunc(messages, func(m tlswire.Message) bool {
		return m.Dir == tlswire.ClientToServer && m.Kind == tlswire.KindAlert && !goodbye(headOf(m))
	})
}

// unread takes away what the server said after the last whole message that the client read.
func unread(mine []tlswire.Message, yours []Seen) ([]tlswire.Message, []Seen) {
	mine = slices.DeleteFunc(slices.Clone(mine), func(m tlswire.Message) bool { return m.Kind == tlswire.KindUnknown })
	return mine, yours[:min(len(mine), len(yours))]
}

// goodbye recognizes a close_notify.
func goodbye(s Seen) bool { return s.Name == "Alert 0" }

// heard takes the server's close_notify from the list that has it, if the other has not, and the user_canceled that Java
// sends before it.
func heard(mine []tlswire.Message, yours []Seen) ([]tlswire.Message, []Seen) {
	if n := len(yours); n == len(mine)+2 && goodbye(yours[n-1]) && yours[n-2].Name == "Alert 90" {
		return mine, yours[:n-2]
	}
	switch n, m := len(mine), len(yours); {
	case n == m+1 && goodbye(headOf(mine[m])):
		mine = mine[:m]
	case m == n+1 && goodbye(yours[n]):
		yours = yours[:n]
	}
	return mine, yours
}

// From is what one side sent.
func From(dir string, list []Seen) []Seen {
	return slices.DeleteFunc(slices.Clone(list), func(s Seen) bool { return s.Dir != dir })
}

func from(dir string, list []tlswire.Message) []tlswire.Message {
	return slices.DeleteFunc(slices.Clone(list), func(m tlswire.Message) bool { return m.Dir != dir })
}

func headsOf(list []tlswire.Message) []Seen {
	var out []Seen
	for _, m := range list {
		out = append(out, headOf(m))
	}
	return out
}

// outline is a message a line, with its length.
func outline(all []Seen) string {
	var b strings.Builder
	for _, s := range all {
		fmt.Fprintf(&b, "\n  %s %d", s.Name, s.Length)
	}
	return b.String()
}
