package walk

import (
	"fmt"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/record"
)

// mostInGroup bounds a group. The replies to it must fit into the windows of the connection while the client still sends, or both sides
// wait for each other (RFC 2920 §3.1).
const mostInGroup = 100

// groupOf are the commands of the envelope that can be sent as one group from here on: MAIL, the recipients, and DATA as the last (RFC
// 2920 §3.1). Each is what it would be if all those before it were accepted.
func groupOf(s record.Snapshot, g Goal) (lines []string) {
	for len(lines) < mostInGroup {
		v, blocked := nextInMail(s, g)
		if blocked != nil || v != record.VerbMail && v != record.VerbRcpt && v != record.VerbData {
			break
		}
		st := Compose(s, g, v)
		lines, s = append(lines, st.Line), agreed(s, g, st)
		if v == record.VerbData {
			break
		}
	}
	return lines
}

// ShownGroup is a group in a list of steps.
func ShownGroup(lines []string) string {
	return record.Plural(len(lines), "command", "commands") + " in one group: " + strings.Join(lines, ", ")
}

// predictGroup is what to expect of a group: of its first command where that is refused, else a reply to each.
func predictGroup(s record.Snapshot, lines []string) Prediction {
	var codes []string
	for i, line := range lines {
		v, _ := CommandVerb(line)
		if p := predict(s, v, ""); i == 0 && p.Code >= 400 {
			return p
		}
		codes = append(codes, fmt.Sprint(rowOf(v).codes[0]))
	}
	return Prediction{Reply: strings.Join(codes, ", "), Code: 250, Why: "the commands are in order; the replies come in the order of the commands"}
}

func explainGroup(o *record.Send) *explain.Explanation {
	return &explain.Explanation{Short: record.Plural(o.Group, "command", "commands") + " in one group", Refs: []explain.Ref{{Doc: "RFC 2920", Section: "3.1"}},
		Text: "The commands are sent at once, without waiting for the replies between them. The server answers each, in their order. " +
			"If it refuses one, those after it have been sent already, and it refuses them too where they depend on it. DATA is the last of a group, since the client has to wait for its 354."}
}
