package walk

import (
	"fmt"
	"strings"

	"ehlo/session/record"
)

// contentCheck is what is said of a problem of a message.
type contentCheck struct {
	problem string
	found   record.FindingCode
	text    string // with the line, or the lines
}

// contentChecks has a row for each problem with which a message may still be sent.
var contentChecks = []contentCheck{
	{record.ProblemMbox, record.FoundMessageMbox, "Line %d of the message is the From line of an mbox file, which belongs to no message."},
	{record.ProblemHeader, record.FoundMessageHeader, "Line %d of the message is in the header and is not a header field."},
	{record.ProblemDate, record.FoundMessageNoDate, "The message has no Date field."},
	{record.ProblemFrom, record.FoundMessageNoFrom, "The message has no From field."},
	{record.ProblemMessageID, record.FoundMessageNoID, "The message has no Message-ID field."},
	{record.ProblemHeader8Bit, record.FoundMessageHeader8Bit, "Line %d in the header of the message has bytes above 127, and SMTPUTF8 is not offered."},
	{record.ProblemLongLine, record.FoundMessageLongLine, "Line %d of the message is longer than 998 bytes."},
	{record.ProblemBareCR, record.FoundMessageBareCR, "Line %d of the message ends with a bare CR. CRLF is sent instead."},
	{record.ProblemBareLF, record.FoundMessageBareLF, "Line %d of the message ends with a bare LF. CRLF is sent instead."},
	{record.ProblemNUL, record.FoundMessageNUL, "Line %d of the message has a NUL byte."},
}

// checked is the finding about a problem; empty for one that nobody knows, as a transcript may have.
func checked(p record.Problem) (record.FindingCode, string) {
	for _, c := range contentChecks {
		switch {
		case c.problem != p.Code:
		case !strings.Contains(c.text, "%d"):
			return c.found, c.text
		case p.Count > 1:
			return c.found, fmt.Sprintf(c.text+" There are %d of this kind.", p.Line, p.Count)
		default:
			return c.found, fmt.Sprintf(c.text, p.Line)
		}
	}
	return "", ""
}
