package walk

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ehlo/session/compose"
	"ehlo/session/record"
)

// compose makes the step that a verb stands for here, its line included.
func Compose(s record.Snapshot, g Goal, v record.Verb) record.Step {
	step := record.Step{Verb: v, Credentials: g.Credentials, Auth: g.Auth}
	if g.SendMessage {
		step = step.Confirm(record.FoundRealMessage)
	}
	if g.BreakRules {
		step = step.Confirm(record.FoundRuleBreaking)
	}
	row := rowOf(v)
	switch {
	case v == record.VerbExperiment:
		step.Experiment, step.Bytes = experimentName(g.Experiment), []byte(experimentBytes(s, g))
	case v == record.VerbGroup:
		step.Group = groupOf(s, g)
	case v == record.VerbContent && len(s.State.Recipients) == 0: // nobody is to get it, and DATA was accepted all the same (RFC 2920 §3.1)
		step.Message = record.MessageOf(nil)
	case v == record.VerbContent:
		step.Message = message(s, g)
	case v == record.VerbBdat:
		step = chunk(s, g, step)
	case row.line != nil:
		step.Line = row.line(s, g)
	case row.command:
		step.Line = row.name
	}
	return step
}

// chunk completes a step of BDAT with what of the message comes next.
func chunk(s record.Snapshot, g Goal, st record.Step) record.Step {
	st.Message, st.Verbatim = message(s, g), verbatim(s, g)
	total := st.Message.Chunk()
	if st.Verbatim {
		total = st.Message.Raw
	}
	st.Part.From = min(max(s.State.Chunked, 0), total)
	st.Part.Size = total - st.Part.From
	if g.Chunk > 0 && st.Part.Size > g.Chunk {
		st.Part.Size = g.Chunk
	}
	st.Line = fmt.Sprintf("BDAT %d", st.Part.Size)
	if st.Part.From+st.Part.Size == total {
		st.Line += " LAST"
	}
	return st
}

// verbatim reports whether the message is binary and goes as it is: by BDAT, to a server that accepts such a body (RFC 3030 §3).
func verbatim(s record.Snapshot, g Goal) bool {
	c := s.Capabilities
	return g.Chunking && c != nil && c.Has("CHUNKING") && c.Has("BINARYMIME") && message(s, g).Binary
}

// mailLine adds the parameters that were asked for, and those that the server's list allows and the message needs.
func mailLine(s record.Snapshot, g Goal) string {
	from := sender(s, g)
	line := "MAIL FROM:<" + path(s, from) + ">"
	if s.Capabilities == nil || len(g.To) == 0 {
		return line
	}
	content, asItIs := message(s, g), verbatim(s, g)
	switch {
	case !s.Capabilities.Has("SIZE"):
	case g.Envelope != nil && g.Envelope.Size != nil:
		line += fmt.Sprintf(" SIZE=%d", *g.Envelope.Size)
	case asItIs:
		line += fmt.Sprintf(" SIZE=%d", content.Raw)
	default: // RFC 1870 §6: the size with its CRLFs, before dot-stuffing
		line += fmt.Sprintf(" SIZE=%d", content.Size)
	}
	switch {
	case asItIs:
		line += " BODY=BINARYMIME"
	case s.Capabilities.Has("8BITMIME") && content.EightBit: // RFC 6152 §3
		line += " BODY=8BITMIME"
	}
	_, header := content.Problem(record.ProblemHeader8Bit)
	if s.Capabilities.Has("SMTPUTF8") && (header || eightBit([]byte(from+strings.Join(g.To, "")))) { // RFC 6531 §3.4
		line += " SMTPUTF8"
	}
	return line + asked(g.Envelope, false, "")
}

// NullSender is the sender of a message that must not be answered, as a person writes it (RFC 5321 §4.5.5).
const NullSender = "<>"

// sender is the address in MAIL FROM: as given, else the user where that is an address or can be made one. It is empty for
// the null sender.
func sender(s record.Snapshot, g Goal) string {
	if g.From != "" {
		return strings.TrimPrefix(g.From, NullSender)
	}
	for _, user := range []string{s.State.User, g.Credentials.Username} {
		switch {
		case strings.Contains(user, "@"):
			return user
		case user != "" && g.Domain != "":
			return user + "@" + g.Domain
		}
	}
	return ""
}

// named reports whether a list has a name, in either case.
func named(list []string, name string) bool {
	return slices.ContainsFunc(list, func(n string) bool { return strings.EqualFold(n, name) })
}

func localPart(addr, otherwise string) string {
	if local, _, ok := strings.Cut(addr, "@"); ok && local != "" {
		return local
	}
	return otherwise
}

// message is the content that was given, or a small one that is composed: the same each time it is asked for, so that SIZE in
// MAIL is right.
func message(s record.Snapshot, g Goal) *record.Message {
	if g.Message != nil {
		return g.Message
	}
	var b bytes.Buffer
	l := g.Letter(s)
	_ = l.Write(&b) // it has no files, and nothing else there fails
	return record.MessageOf(b.Bytes())
}

// Letter is the small message that is composed where none is given.
func (g Goal) Letter(s record.Snapshot) compose.Letter {
	from := cmp.Or(path(s, sender(s, g)), "MAILER-DAEMON@"+ehloName(s, g)) // a header has an author (RFC 5322 §3.6.2)
	l := compose.Letter{Date: s.Start.Time, ID: fmt.Sprintf("%x.ehlo@%s", s.Start.Time.UnixNano(), domain(from)), From: from, Fields: g.Fields,
		Subject: cmp.Or(g.Subject, "a test from ehlo"), Body: cmp.Or(g.Body, "This message was sent one step at a time.\n")}
	for _, to := range g.To {
		switch {
		case slices.Contains(g.Cc, to):
			l.Cc = append(l.Cc, path(s, to))
		case !slices.Contains(g.Bcc, to):
			l.To = append(l.To, path(s, to))
		}
	}
	return l
}

func domain(addr string) string {
	if _, d, ok := strings.Cut(addr, "@"); ok && d != "" {
		return d
	}
	return "localhost"
}

// eightBit reports whether there are bytes above 127, or DEL.
func eightBit(b []byte) bool {
	return bytes.ContainsFunc(b, func(r rune) bool { return r > 0x7e })
}
