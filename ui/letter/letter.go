// Package letter shows as text what is known about a message: what stands out, the path, the checks, and what each header field means.
package letter

import (
	"fmt"
	"strings"

	"ehlo/session/lazy"
	"ehlo/session/message"
	"ehlo/transcripts/words"
	"ehlo/ui/columns"
)

// narrowest is the least width that is written for.
const narrowest = 40

// Lines is a report as text, at most width columns wide.
func Lines(r *message.Report, width int) (lines []string) {
	width = max(width, narrowest)
	for _, part := range [][]string{summary(r, width), bounce(r.Bounce, width), findings(r, width), path(r, width), checks(r, width), signatures(r, width), evaluated(r, width), chain(r.ARC, width), fields(r, width)} {
		if len(part) > 0 && len(lines) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, part...)
	}
	return lines
}

// kinds are what a report is about, as its heading says it.
var kinds = lazy.Table[message.Kind, string]{
	{message.KindMessage, "message"}, {message.KindBounce, "bounce"}, {message.KindDelay, "report of a delay"}, {message.KindReceipt, "report of a delivery"}, {message.KindHeader, "header of a message"},
}

func summary(r *message.Report, width int) []string {
	lines := columns.Wrapped("", kinds.Of(r.Kind)+": "+or(r.Subject, "(no subject)"), width)
	for _, text := range []string{words.List(", ", words.Labelled("from ", r.From), words.Labelled("to ", r.To)), words.Labelled("Message-ID ", r.ID)} {
		if text != "" {
			lines = append(lines, columns.Wrapped("  ", text, width)...)
		}
	}
	return lines
}

func or(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// bounce is what became of the message for each recipient.
func bounce(b *message.Bounce, width int) (lines []string) {
	if b == nil {
		return nil
	}
	for i, c := range b.Recipients {
		if i > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, recipient(c, width)...)
	}
	if o := b.Original; o != nil {
		about := words.List(", ", or(o.Subject, "(no subject)"), words.Labelled("to ", o.To), o.Date, words.Labelled("Message-ID ", o.ID))
		lines = append(append(lines, ""), columns.Wrapped("", "the message that came back: "+about, width)...)
	}
	return lines
}

func recipient(c message.Recipient, width int) []string {
	lines := columns.Wrapped("", c.Cause, width)
	who := ""
	if c.Who != "" {
		who = c.Who.String()
	}
	for _, text := range []string{c.Means, words.Labelled("who has to act: ", who), words.Labelled(remedied(c)+": ", c.Remedy), words.Labelled("the operator of "+or(c.Remote, "the server that says so")+": ", c.Operator), c.Refs} {
		if text != "" {
			lines = append(lines, columns.Wrapped("  ", text, width)...)
		}
	}
	return lines
}

// remedied is for whom the remedy is: what a client does in a session, the sending server did here.
func remedied(c message.Recipient) string {
	if c.Who == message.Operator || c.Who == message.Uncertain && c.Code == 0 && c.Action == message.Failed {
		return message.Operator.String()
	}
	return message.You.String()
}

// findings are what stands out.
func findings(r *message.Report, width int) (lines []string) {
	for _, f := range r.Findings {
		lines = append(lines, columns.Wrapped("", f.Text+words.Labelled(" ", inBrackets(f.Refs)), width)...)
		if f.Mend != "" {
			lines = append(lines, columns.Wrapped("  ", words.Labelled(f.Who.String()+": ", f.Mend), width)...)
		}
	}
	return lines
}

func inBrackets(text string) string {
	if text == "" {
		return ""
	}
	return "(" + text + ")"
}

// path are the servers on the path, the oldest first.
func path(r *message.Report, width int) (lines []string) {
	if len(r.Hops) == 0 {
		return nil
	}
	lines = columns.Wrapped("", fmt.Sprintf("the path, oldest first: %s in %s", words.Number(len(r.Hops), "step"), message.Span(r.Total)), width)
	believed, dated := false, false
	for i := range r.Hops {
		h := &r.Hops[i]
		if h.Believed && !believed {
			believed = true
			lines = append(lines, columns.Wrapped("  ", own(r), width)...)
		}
		lines = append(lines, hop(i+1, h, dated, width)...)
		dated = dated || !h.At.IsZero()
	}
	return lines
}

// own says which fields are to be believed.
func own(r *message.Report) string {
	text := "your own servers, under " + strings.Join(r.Own, ", ")
	if r.Assumed {
		text += " (as the newest field has it)"
	}
	if r.Hops[0].Believed {
		return text + ":"
	}
	return text + "; what is above this line anyone could write:"
}

// hop is one step: when, from whom to whom, and how. dated says that a step before has a date.
func hop(n int, h *message.Hop, dated bool, width int) []string {
	when := "no date"
	switch {
	case h.At.IsZero():
	case !dated:
		when = h.At.Format("2006-01-02 15:04:05 -0700")
	case h.Wait < 0:
		when = "-" + message.Span(-h.Wait)
	default:
		when = "+" + message.Span(h.Wait)
	}
	lines := columns.Wrapped("  ", fmt.Sprintf("%d  %s  %s", n, when, between(n, h)), width)
	with := words.List(": ", h.With, h.Means)
	if h.Means == "" && h.With != "" {
		with += ", a name that no standard has"
	}
	said := words.List("; ", with, words.List(", ", h.Version, h.Suite, h.Group), words.Labelled("logged in as ", h.User), words.Labelled("for ", h.For), words.Labelled("ID ", h.ID), greeted(h))
	if said != "" {
		lines = append(lines, columns.Wrapped("     ", said, width)...)
	}
	return lines
}

// between says from whom to whom.
func between(n int, h *message.Hop) string {
	switch client := h.Client(); {
	case client != "":
		return client + " to " + h.Server()
	case n == 1:
		return "made at " + h.Server()
	}
	return "passed on inside " + h.Server()
}

// greeted tells the name given in HELO where the server found another for the address.
func greeted(h *message.Hop) string {
	if h.Host == "" || h.Hello == "" || h.Hello == h.Host {
		return ""
	}
	return "it called itself " + h.Hello
}

// checks are the results that servers wrote, those of one's own first.
func checks(r *message.Report, width int) (lines []string) {
	for _, believed := range []bool{true, false} {
		for _, s := range r.Results {
			if s.Believed != believed {
				continue
			}
			lead := "not to be believed, " + or(s.Server, "a server without a name")
			if believed {
				lead = "checked by " + or(s.Server, "your own servers")
			}
			lines = append(lines, columns.Wrapped("", lead+": "+results(s.Checks), width)...)
			lines = append(lines, columns.Wrapped("  ", s.Why, width)...)
			for _, c := range s.Checks {
				if believed && c.Means != "" {
					lines = append(lines, columns.Wrapped("  ", c.Method+" "+c.Result+": "+c.Means, width)...)
				}
			}
		}
	}
	return lines
}

func results(list []message.Result) string {
	var texts []string
	for _, c := range list {
		texts = append(texts, words.List(" ", c.Method, c.Result, inBrackets(words.List(", ", append([]string{c.Reason}, c.Of...)...))))
	}
	return or(strings.Join(texts, ", "), "no check")
}

func signatures(r *message.Report, width int) (lines []string) {
	for _, s := range r.Signatures {
		text := words.List(", ", "DKIM signature of "+or(s.Domain, "no domain"), s.Aligned, words.Labelled("selector ", s.Selector), s.Algorithm)
		lines = append(lines, columns.Wrapped("", text, width)...)
		lines = append(lines, columns.Wrapped("  ", fmt.Sprintf("The body: %s. The signature: %s.", s.Body, checked(s)), width)...)
	}
	return lines
}

// checked is what is known of a signature, and why.
func checked(s message.Signature) string {
	switch s.Checked {
	case message.NotChecked:
		return words.List("; ", "not checked", or(s.Reason, "that takes the key from DNS"))
	case message.NoKey:
		return "not checked, because DNS has no key of this selector; an old message may have had one"
	case message.NoAnswer:
		return "not checked, because DNS gave no answer: " + s.Reason
	}
	return words.List(", ", string(s.Checked), s.Reason)
}

// evaluated is what SPF and DMARC come to by what DNS says now.
func evaluated(r *message.Report, width int) (lines []string) {
	if s := r.SPF; s != nil {
		lines = append(lines, columns.Wrapped("", "SPF, evaluated now: "+or(string(s.Result), "not known")+words.Labelled(" for ", s.Domain)+words.Labelled(", by ", s.Term), width)...)
		for _, text := range []string{meaning("spf", string(s.Result)), s.Why, seen(s)} {
			lines = append(lines, indented(text, width)...)
		}
	}
	if d := r.DMARC; d != nil {
		lines = append(lines, columns.Wrapped("", "DMARC, evaluated now: "+or(string(d.Result), "not known")+words.Labelled(" for ", d.Domain)+words.Labelled(", whose policy is ", d.Policy)+marked(d), width)...)
		for _, text := range []string{meaning("dmarc", string(d.Result)), d.Why} {
			lines = append(lines, indented(text, width)...)
		}
		for _, id := range d.Identifiers {
			lines = append(lines, indented(id.String(), width)...)
		}
	}
	if len(lines) > 0 {
		lines = append(lines, columns.Wrapped("", "The records in DNS may have been others when the message arrived.", width)...)
	}
	return lines
}

func indented(text string, width int) []string {
	if text == "" {
		return nil
	}
	return columns.Wrapped("  ", text, width)
}

// meaning says what a result means, empty where there is none.
func meaning(method, result string) string {
	if result == "" {
		return ""
	}
	return message.Meaning(method, result)
}

// seen is from where it is known who sent the message, and for whom.
func seen(s *message.SPF) string {
	if s.Result == "" {
		return ""
	}
	return fmt.Sprintf("The client is %s: %s says so in line %d, where your own servers begin. The envelope sender is %s.", s.Client, s.By, s.Line, or(s.Sender, "the null sender, so the name in HELO counts"))
}

// marked says where a policy is, and that it is marked as a test.
func marked(d *message.DMARC) (text string) {
	if d.At != "" && d.At != d.Domain {
		text = ", that of " + d.At
	}
	if d.Testing {
		text += ", marked as a test"
	}
	return text
}

// chain are the servers that vouch for what they found.
func chain(c *message.ARC, width int) (lines []string) {
	if c == nil {
		return nil
	}
	lines = columns.Wrapped("", "ARC, servers that vouch for what they found: "+words.List(": ", string(c.Checked), c.Reason), width)
	lines = append(lines, columns.Wrapped("  ", c.Means(), width)...)
	for i, s := range c.Sets {
		lines = append(lines, columns.Wrapped("  ", fmt.Sprintf("%d  %s found: %s", s.Instance, or(s.Server, or(s.Domain, "a server without a name")), results(s.Checks)), width)...)
		text := words.List(", ", "sealed by "+or(s.Domain, "no domain"), words.Labelled("selector ", s.Selector), words.Labelled("its seal: ", string(s.Seal)), words.Labelled("its signature of the message: ", string(s.Message)))
		if c.Changed(i) {
			text += ", so the message was changed after it"
		}
		lines = append(lines, columns.Wrapped("     ", text, width)...)
	}
	return lines
}

// fields say what each field of the header means.
func fields(r *message.Report, width int) (lines []string) {
	for _, f := range r.Fields {
		lines = append(lines, columns.Wrapped("", words.List(": ", f.Name+times(f.Count), words.List("; ", f.Short, f.Here)), width)...)
	}
	if len(r.Unknown) > 0 {
		lines = append(lines, columns.Wrapped("", "not known here: "+strings.Join(r.Unknown, ", "), width)...)
	}
	return lines
}

func times(n int) string {
	if n < 2 {
		return ""
	}
	return fmt.Sprintf(" (%d)", n)
}
