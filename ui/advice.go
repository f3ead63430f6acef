package ui

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/transcripts/words"
	"ehlo/ui/paint"
)

// mostAdvice is how many advices have a key: the digits.
const mostAdvice = 9

// advised is what can be done about how things stand: about the step that has just failed, about what the walk cannot get
// round, or about the verdict.
func (w *explorer) advised() []record.Advice {
	if t, failed := w.sheet.(*trouble); failed {
		return t.advice
	}
	if w.sheet != nil && !w.readingWhole() { // it has the keys
		return nil
	}
	if w.summing() || w.canFollowOn() {
		return w.cameTo().Advice
	}
	switch o, ok := w.option(); {
	case !ok || !o.Proposed || !w.walking() || w.returned:
		return nil
	case o.Blocked != nil:
		return walk.AdviceOn(w.snap, o.Blocked)
	}
	return w.stuck
}

// applicable are the advices that a key follows, in the order of their keys.
func (w *explorer) applicable() []record.Advice {
	var out []record.Advice
	for _, a := range w.advised() {
		if w.follows(a) && len(out) < mostAdvice {
			out = append(out, a)
		}
	}
	return out
}

// follows reports whether an advice can be followed here: what it takes can be given.
func (w *explorer) follows(a record.Advice) bool {
	needs, ok := walk.CanFollow(a)
	switch {
	case !ok || !w.canSend() && !w.canFollowOn():
		return false
	case needs == walk.InputCA:
		return w.live.Roots != nil || w.env.readCA != nil
	case needs == walk.InputCertificate:
		return w.live.Certificate != nil || w.env.readCertificate != nil
	}
	return true
}

// canFollowOn holds after the end of a session: an advice that is followed then begins another with the same server.
func (w *explorer) canFollowOn() bool {
	return w.finished() && w.live != nil && w.live.Next != nil && !w.onward
}

// advising reports whether the digits follow an advice now.
func (w *explorer) advising() bool { return len(w.applicable()) > 0 }

// advises reports whether there is an advice number n, counted from 1.
func advises(n int) func(*explorer) bool {
	return func(w *explorer) bool { return len(w.applicable()) >= n }
}

// apply follows advice number n.
func apply(n int) func(*explorer) tea.Cmd {
	return func(w *explorer) tea.Cmd { return w.apply(w.applicable()[n-1]) }
}

// digits are the keys of n advices as a hint names them.
func digits(n int) string {
	if n == 1 {
		return "1"
	}
	return fmt.Sprintf("1–%d", n)
}

// adviceRows are the advices that a key follows, with their keys, after a label; what gives up a protection stands below the others, behind
// a warning in place of the label.
func (w *explorer) adviceRows(label paint.Line, width int) []paint.Line {
	safe, weak := w.keyRows(width-label.Width(), width-2-notSafe().Width())
	return append(paint.Hang(label, safe), paint.Hang(paint.Text("  ").Then(notSafe()), weak)...)
}

// keyRows are those advices in rows of two widths: those that are safe, and those that are not. A row breaks between two of them, and an
// advice only where it is longer than a row: what it depends on stands at its end.
func (w *explorer) keyRows(width, narrower int) (safe, weak []paint.Line) {
	for i, a := range w.applicable() {
		if key := strconv.Itoa(i + 1); a.Do.Weakens() {
			weak = inRows(weak, key, w.adviceWords(a), narrower)
		} else {
			safe = inRows(safe, key, w.adviceWords(a), width)
		}
	}
	return safe, weak
}

// notSafe stands before what gives up a protection.
func notSafe() paint.Line { return paint.Bad.Line("! " + words.NotSafe + "  ") }

// inRows adds an advice to the rows of others.
func inRows(out []paint.Line, key, told string, width int) []paint.Line {
	part := paint.Accent.Line(key).And(paint.Plain, " "+told)
	if n := len(out); n > 0 && out[n-1].Width()+3+part.Width() <= width {
		out[n-1] = out[n-1].And(paint.Dim, " · ").Then(part)
		return out
	}
	return append(out, paint.Hang(paint.Accent.Line(key+" "), paint.Wrap(paint.Plain, told, width-2))...)
}

// adviceTexts are all advice that no key follows, in three texts: for the operator where it is the operator's turn, for the person here,
// and what gives up a protection.
func (w *explorer) adviceTexts(v record.Verdict) (theirs, mine, weak string) {
	for _, a := range v.Advice {
		switch {
		case w.advising() && w.follows(a), a.Do == record.SendNoSecret: // which has a place of its own
		case a.Do.Weakens():
			weak = joined(weak, w.adviceWords(a))
		case a.Do == record.AskOperator && v.Who == record.WhoOperator && a.Text != "":
			theirs = joined(theirs, a.Text)
		case a.Do != record.AskOperator && a.Text != "":
			mine = joined(mine, a.Text)
		default:
			mine = joined(mine, w.adviceWords(a))
		}
	}
	return theirs, mine, weak
}

// joined adds an advice to those before it.
func joined(before, told string) string {
	if before != "" {
		before += " · "
	}
	return before + strings.TrimSuffix(told, ".")
}

// adviceWords say in a few words what an advice is here.
func (w *explorer) adviceWords(a record.Advice) string {
	c := w.goal.Credentials
	switch {
	case a.Do == record.GivePassword && !c.Password.IsZero(), a.Do == record.GiveToken && !c.Token.IsZero() && walk.ByToken(w.snap.State.Mechanism):
		return words.Following(a.Do, true)
	case a.Do == record.TrustCA && w.live != nil && w.live.Roots != nil:
		return "trust the given CA, once its fingerprint is compared"
	}
	return adviceWords(a)
}

// tellOperator stands before what the operator has to do, where the person here has to ask for it.
const tellOperator = "tell the operator: "

// adviceWords say it as far as the advice itself tells.
func adviceWords(a record.Advice) string {
	port := "port " + strconv.Itoa(a.Port)
	switch a.Do {
	case record.UseTLS:
		return "TLS from the first byte, " + port
	case record.UseSTARTTLS:
		return "require STARTTLS, " + port
	case record.UsePort:
		if a.Port == 0 {
			return "use another port"
		}
		return "use " + port
	case record.GiveServerName:
		if a.Name == "" {
			return "verify another name that the provider gave"
		}
		return "verify another name " + a.Name
	case record.CapTLS:
		return "offer at most " + a.Name
	case record.OtherAddress:
		return strings.TrimSpace("connect to the next address " + a.Name)
	case record.TryMechanism:
		return "log in with " + a.Name
	case record.RetryAfter:
		return "try again" + afterWords(a.After)
	case record.AskOperator:
		if a.Text == "" {
			return "ask the operator: no one else can fix this"
		}
		return tellOperator + a.Text
	case record.DoAsTold:
		return a.Text
	case record.TrustCA:
		return "trust a CA from a file, once its fingerprint is compared"
	}
	return cmp.Or(words.Following(a.Do, false), words.Advice(a))
}

// adviceInShort says it in the fewest words that tell one key from another.
func adviceInShort(a record.Advice) string {
	switch a.Do {
	case record.UseTLS:
		return fmt.Sprintf("TLS, port %d", a.Port)
	case record.UseSTARTTLS:
		return fmt.Sprintf("STARTTLS, port %d", a.Port)
	case record.RetryAfter:
		return "try again"
	case record.TrustCA:
		return "trust a CA"
	case record.GiveServerName:
		return "another name"
	case record.GiveClientCertificate:
		return "client certificate"
	case record.AcceptUnverified:
		return "continue unverified"
	case record.AcceptUnverifiedAuth:
		return "send the password"
	case record.AcceptCleartext, record.AcceptObsolete:
		return "log in all the same"
	case record.AllowLegacyTLS:
		return "obsolete TLS"
	}
	return adviceWords(a)
}

func afterWords(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return " after " + span(d)
}

// span is a time in words.
func span(d time.Duration) string {
	switch {
	case d >= time.Hour && d%time.Hour == 0:
		return fmt.Sprintf("%d h", int(d.Hours()))
	case d >= time.Minute && d%time.Minute == 0:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d >= time.Minute:
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	return seconds(d)
}
