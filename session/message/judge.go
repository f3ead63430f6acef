package message

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// judged says what is worth pointing at, what matters most first.
func (r *Report) judged(m *mail) {
	for _, look := range []func(*mail){r.bounced, r.failed, r.unauthorized, r.deceiving, r.doubled, r.looped, r.waited, r.signed, r.unsealed, r.cleartext, r.clocks, r.dated, r.foreign, r.unchecked, r.broken} {
		look(m)
	}
}

func (r *Report) say(f Finding) { r.Findings = append(r.Findings, f) }

// bounced looks at a bounce as a message.
func (r *Report) bounced(m *mail) {
	if r.Bounce == nil {
		return
	}
	if path := m.first("Return-Path"); path != "" && path != "<>" {
		r.say(Finding{Code: "bounce-sender", Who: Sender, Refs: "RFC 5321 §4.5.5, RFC 3464 §2",
			Text: "A bounce has the null sender, Return-Path: <>, and this one has " + shown(path) + ". It may be forged, or be from a program that breaks the rule.",
			Mend: "hold it against your own log of sent messages before you follow it"})
	}
	if r.Bounce.Original == nil {
		r.say(Finding{Code: "bounce-without-original", Refs: "RFC 6522 §3",
			Text: "The bounce has no part of the message that came back, so it does not show whether that message was yours."})
	}
}

// checksThatCount are those whose failure is a reason to doubt the message, the weightiest first.
var checksThatCount = [...]string{"dmarc", "compauth", "dkim", "spf"}

// failed looks at the results of one's own servers.
func (r *Report) failed(*mail) {
	for _, method := range checksThatCount {
		c, ok := r.believed(method)
		if !ok || c.Result != "fail" && c.Result != "softfail" && c.Result != "permerror" {
			continue
		}
		if passed, ok := r.believed("dmarc"); ok && passed.Result == "pass" && method != "compauth" {
			continue // one of the two is enough
		}
		r.say(Finding{Code: method + "-" + c.Result, Who: You, Refs: "RFC 8601 §2.7, RFC 9989 §4.4",
			Text: strings.ToUpper(method) + " came to " + c.Result + at(c.Of) + ". " + c.Means + " The address in From may be forged, or its owner has not set up the records of the domain correctly.",
			Mend: "do not trust the address in From; ask the sender through another channel"})
		return
	}
}

// unauthorized says what DMARC comes to now, where one's own servers did not say what it came to when the message arrived.
func (r *Report) unauthorized(*mail) {
	d := r.DMARC
	if _, told := r.believed("dmarc"); d == nil || d.Result != DMARCFail || told {
		return
	}
	f := Finding{Code: "dmarc-fails", Who: You, Refs: "RFC 9989 §4.4, §5.3", Mend: "do not trust the address in From; ask the sender through another channel",
		Text: "DMARC fails for " + d.Domain + " by what DNS says now: neither SPF nor DKIM passes for a domain that counts for From. The policy of the domain asks receivers for " + asksFor(d) + "."}
	if c := r.ARC; c != nil && c.Checked == Valid {
		f.Text += " A valid ARC chain may excuse that: it has what the servers that forwarded the message found before."
		f.Mend = "if you trust " + named([]string{c.Sets[len(c.Sets)-1].Domain})[0] + ", take what its chain says for what counts; else do not trust the address in From"
	}
	r.say(f)
}

// asksFor is what a policy asks receivers for.
func asksFor(d *DMARC) string {
	switch d.Policy {
	case "reject":
		return "a rejection"
	case "quarantine":
		return "the junk folder"
	}
	return "nothing but reports"
}

// unsealed names a chain of ARC that is not valid.
func (r *Report) unsealed(*mail) {
	if c := r.ARC; c != nil && c.Checked == Invalid {
		r.say(Finding{Code: "arc-invalid", Refs: "RFC 8617 §5.2", Text: "The ARC chain is not valid: " + c.Reason + ". It counts as if it were not there."})
	}
}

func at(properties []string) string {
	if len(properties) == 0 {
		return ""
	}
	return " for " + strings.Join(properties, ", ")
}

// deceiving names results in the name of one's own servers that those did not write.
func (r *Report) deceiving(*mail) {
	for _, s := range r.Results {
		if !s.Believed && s.Server != "" && r.isOwn(s.Server) {
			r.say(Finding{Code: "results-in-your-name", Who: Operator, Refs: "RFC 8601 §5, §7.1",
				Text: "An Authentication-Results field in the name of " + s.Server + " stands where the sender can have written it. It proves nothing, and may be there to deceive.",
				Mend: "let the server through which mail comes in remove such fields in its own name"})
			return
		}
	}
}

// foreign names results of others.
func (r *Report) foreign(*mail) {
	var servers []string
	for _, s := range r.Results {
		if !s.Believed && !slices.Contains(servers, s.Server) && !r.isOwn(s.Server) {
			servers = append(servers, s.Server)
		}
	}
	if len(servers) > 0 {
		r.say(Finding{Code: "results-not-yours", Refs: "RFC 8601 §5, §7.1",
			Text: "The results of " + strings.Join(named(servers), ", ") + " are not of your own servers. A sender can write such a field, so they prove nothing."})
	}
}

// unchecked says that the servers where the message came in tell of no checks.
func (r *Report) unchecked(*mail) {
	h := r.border()
	if h == nil || !isPublic(h.IP) || r.Bounce != nil || slices.ContainsFunc(r.Results, func(s Results) bool { return s.Believed }) {
		return
	}
	r.say(Finding{Code: "no-results", Who: Operator, Refs: "RFC 8601 §1.2, RFC 9989 §4.10",
		Text: "No server of your own says in this message whether SPF, DKIM and DMARC passed.",
		Mend: "let the server check them for incoming mail, and write an Authentication-Results field"})
}

func named(names []string) (list []string) {
	for _, n := range names {
		if n == "" {
			n = "a server without a name"
		}
		list = append(list, n)
	}
	return list
}

// signed looks at the DKIM signatures.
func (r *Report) signed(m *mail) {
	for _, s := range r.Signatures {
		by := "The DKIM signature of " + named([]string{s.Domain})[0]
		switch signs := func(name string) bool {
			return slices.ContainsFunc(s.Fields, func(f string) bool { return strings.EqualFold(f, name) })
		}; {
		case !s.Expires.IsZero() && !r.arrived().IsZero() && r.arrived().After(s.Expires):
			r.say(Finding{Code: "dkim-expired", Who: Sender, Refs: "RFC 6376 §3.5",
				Text: by + " expired at " + clock(s.Expires) + ", before the message arrived.", Mend: "sign with a longer life, or find out what delayed the message"})
		case !signs("From"):
			r.say(Finding{Code: "dkim-from-unsigned", Who: Sender, Refs: "RFC 6376 §5.4",
				Text: by + " does not cover From, which it must.", Mend: "sign From, To, Subject, Date and Message-ID"})
		case strings.HasSuffix(s.Algorithm, "-sha1"):
			r.say(Finding{Code: "dkim-sha1", Who: Sender, Refs: "RFC 8301 §3.1",
				Text: by + " uses SHA-1, which receivers must not accept.", Mend: "sign with rsa-sha256 or ed25519-sha256"})
		case s.Checked == Invalid && s.Body != BodyDiffers:
			r.say(Finding{Code: "dkim-invalid", Who: You, Refs: "RFC 6376 §6.1.3",
				Text: by + " is not valid: " + s.Reason + ".",
				Mend: "do not take the message for one of " + named([]string{s.Domain})[0]})
		case s.Body == BodyDiffers:
			r.say(Finding{Code: "dkim-body-changed", Who: Between, Refs: "RFC 6376 §3.7, §6.1.3",
				Text: by + " is for another body than this one. A server or a mailing list changed the body after it was signed, or the file was changed when it was saved.",
				Mend: "compare with the copy that the sender kept; a mailing list that adds a footer signs again itself"})
		case s.Partly:
			r.say(Finding{Code: "dkim-partly", Who: Sender, Refs: "RFC 6376 §8.2",
				Text: by + s.partly(), Mend: "sign without the tag l"})
		}
	}
}

// partly says what a signature leaves open that is for the beginning of the body.
func (s *Signature) partly() string {
	if s.Unsigned == 0 {
		return " says how much of the body it covers. That is all of it here, but anyone on the path could have added text without making the signature invalid."
	}
	return fmt.Sprintf(" covers only the beginning of the body: the last %d bytes are not signed. Anyone on the path can have added them.", s.Unsigned)
}

// arrived is when the newest server got the message.
func (r *Report) arrived() time.Time {
	if len(r.Hops) == 0 {
		return time.Time{}
	}
	return r.Hops[len(r.Hops)-1].At
}

// once are the fields that a message has at most one of (RFC 5322 §3.6).
var once = [...]string{"From", "Sender", "Reply-To", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References"}

func (r *Report) doubled(m *mail) {
	for _, name := range once {
		if n := len(m.all(name)); n > 1 {
			r.say(Finding{Code: "field-repeated", Who: You, Refs: "RFC 5322 §3.6, RFC 6376 §8.15",
				Text: fmt.Sprintf("The header has %s %d times, and it may have it once. Programs differ in which one they show and check, so it may hide who sent the message.", name, n),
				Mend: "do not trust what your mail client shows for it"})
		}
	}
	if from := m.first("From"); len(m.fields) > 0 && from == "" {
		r.say(Finding{Code: "no-from", Who: Sender, Refs: "RFC 5322 §3.6", Text: "The header has no From, which each message must have."})
	}
}

// longWait is from when on a wait is worth a word.
const longWait = 2 * time.Minute

// waited names the longest wait.
func (r *Report) waited(*mail) {
	longest := 0
	for i := range r.Hops {
		if r.Hops[i].Wait > r.Hops[longest].Wait {
			longest = i
		}
	}
	if len(r.Hops) == 0 || r.Hops[longest].Wait < longWait {
		return
	}
	h, before := &r.Hops[longest], &r.Hops[longest-1]
	r.say(Finding{Code: "waited", Who: Between, Refs: "RFC 5321 §4.4, §4.5.4.1",
		Text: fmt.Sprintf("The message waited longest between %s and %s: %s of %s. It was in the queue of %s, or the clocks of the two differ.", before.Server(), h.Server(), Span(h.Wait), Span(r.Total), before.Server()),
		Mend: "look into the log of " + before.Server() + " for " + idOf(before) + ": it names each attempt and the reply"})
}

func idOf(h *Hop) string {
	if h.ID == "" {
		return "the message"
	}
	return "the ID " + h.ID
}

// skew is from when on a clock is said to be wrong: one second comes from rounding.
const skew = 2 * time.Second

func (r *Report) clocks(*mail) {
	for i := range r.Hops {
		if h := &r.Hops[i]; h.Wait <= -skew {
			before := &r.Hops[i-1]
			r.say(Finding{Code: "clock-skew", Who: Between, Refs: "RFC 5321 §4.4, RFC 5322 §3.3",
				Text: fmt.Sprintf("The clock of %s is ahead of that of %s by at least %s, so the times of these two say little.", before.Server(), h.Server(), Span(-h.Wait)),
				Mend: "set both clocks by a time server"})
		}
	}
}

// dated compares the date of the sender with that of the first server.
func (r *Report) dated(*mail) {
	first := r.firstStamp()
	if r.Date.IsZero() || first.IsZero() {
		return
	}
	switch gap := first.Sub(r.Date); {
	case gap < -5*time.Minute:
		r.say(Finding{Code: "date-ahead", Who: Sender, Refs: "RFC 5322 §3.6.1",
			Text: fmt.Sprintf("Date is %s later than the first server got the message: the clock of the sender's device is wrong, or the date is forged.", Span(-gap))})
	case gap > 24*time.Hour:
		r.say(Finding{Code: "date-old", Who: Sender, Refs: "RFC 5322 §3.6.1",
			Text: fmt.Sprintf("Date is %s earlier than the first server got the message: it was written offline or sent later, the clock of the device is wrong, or the date is forged.", Span(gap))})
	}
}

func (r *Report) firstStamp() time.Time {
	for _, h := range r.Hops {
		if !h.At.IsZero() {
			return h.At
		}
	}
	return time.Time{}
}

// cleartext names the hops between organizations for which TLS is missing.
func (r *Report) cleartext(*mail) {
	var open []string
	for i := range r.Hops {
		h := &r.Hops[i]
		if inside, known := h.encrypted(); known && !inside && h.crosses() {
			open = append(open, fmt.Sprintf("%s to %s", h.Client(), h.Server()))
		}
	}
	if len(open) > 0 {
		r.say(Finding{Code: "cleartext", Who: Between, Refs: "RFC 3848 §1, RFC 3207 §1, RFC 9325 §3.2",
			Text: "As the Received fields have it, the message went without TLS from " + strings.Join(open, ", and from ") + ". Anyone on the path could read and change it.",
			Mend: "offer STARTTLS on the receiving server, and use it on the sending one"})
	}
}

// crosses reports whether a hop is from one organization to another over the public network, as far as the field tells.
func (h *Hop) crosses() bool {
	client := h.Host
	if client == "" {
		client = h.Hello
	}
	return h.IP != "" && isPublic(h.IP) && (client == "" || organization(client) != organization(h.By))
}

// looped looks for servers that got the message again and again.
func (r *Report) looped(*mail) {
	times := map[string]int{}
	var servers []string
	for _, h := range r.Hops {
		if times[h.By]++; times[h.By] == manyTimes && h.By != "" {
			servers = append(servers, h.By)
		}
	}
	if len(servers) > 0 {
		r.say(Finding{Code: "loop", Who: Between, Refs: "RFC 5321 §6.3",
			Text: fmt.Sprintf("The message came %d times or more to %s: servers relay it to each other, or a mailbox forwards to itself.", manyTimes, strings.Join(servers, " and to ")),
			Mend: "look for a forwarding rule, or an MX, that points back"})
	}
}

// manyTimes is how often a server gets a message before it looks like a loop. A filter beside the server gives it back once or twice.
const manyTimes = 4

// broken names what is not as RFC 5322 wants it.
func (r *Report) broken(m *mail) {
	if m.broken > 0 {
		r.say(Finding{Code: "header-broken", Who: Sender, Refs: "RFC 5322 §2.2",
			Text: fmt.Sprintf("Line %d of the header belongs to no field. Some programs end the header there, others skip the line.", m.broken)})
	}
	if len(r.Hops) == 0 {
		r.say(Finding{Code: "no-path", Refs: "RFC 5321 §4.4", Text: "There is no Received field: the message was not transferred by SMTP yet, or its header was left out when it was saved."})
	}
	if n := len(m.all("Received")); n > mostHops {
		r.say(Finding{Code: "path-cut", Refs: "RFC 5321 §6.3", Text: fmt.Sprintf("Of %d Received fields, only the newest %d were read.", n, mostHops)})
	}
	if m.cut {
		r.say(Finding{Code: "cut", Text: fmt.Sprintf("The message is larger than what is read: %d MiB in all, %d header fields and %d MiB of header.", MostBytes>>20, mostFields, mostHeader>>20)})
	}
	if m.more {
		r.say(Finding{Code: "mbox", Refs: "RFC 4155", Text: "The file is a mailbox with several messages. This is the first."})
	}
}

// clock is a time as it is written in a sentence.
func clock(t time.Time) string { return t.Format("2006-01-02 15:04:05 -0700") }

// Span is a time as it is written in a sentence, with its two largest units.
func Span(d time.Duration) string {
	units := [...]struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}}
	for i, u := range units {
		if d < u.of && u.of > time.Second {
			continue
		}
		text := fmt.Sprintf("%d %s", d/u.of, u.name)
		if rest := d % u.of; i+1 < len(units) && rest >= units[i+1].of {
			text += fmt.Sprintf(" %d %s", rest/units[i+1].of, units[i+1].name)
		}
		return text
	}
	return "0 s"
}
