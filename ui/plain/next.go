package plain

import (
	"slices"
	"strings"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
	"ehlo/transcripts/words"
)

// proposal is the step that the Enter key does. Where the last one has changed nothing, which leaves the same proposal, it is
// to close the connection.
func (w *explorer) proposal() walk.Option {
	if w.chosen != nil {
		return *w.chosen
	}
	switch {
	case w.snap.Start == nil:
		return walk.Option{Step: record.Step{Verb: record.VerbResolve}}
	case !w.stuck:
		return walk.Propose(w.snap, w.goal)
	}
	options := walk.Options(w.snap, w.goal)
	if quit := walk.Parting(w.snap, options); quit >= 0 {
		return options[quit]
	}
	return options[max(slices.IndexFunc(options, func(o walk.Option) bool { return o.Step.Verb == record.VerbQuit }), 0)]
}

// over reports whether nothing is left to be done for the goal.
func (w *explorer) over() bool {
	if w.chosen != nil {
		return false
	}
	return walk.Over(w.snap, w.goal) || w.snap.Faulted != nil || w.stuck && !w.snap.State.Connected()
}

// verdict is what the session has come to if it ends here.
func (w *explorer) verdict() record.Verdict {
	return walk.Outcome(w.snap, walk.Ending{Declined: w.declined})
}

// announce says what comes next and why. After a step it says first what can be done if that failed, or sums up where the walk
// is over; it does so once.
func (w *explorer) announce(o walk.Option) {
	w.print("")
	news := w.advised != w.shown
	w.advised = w.shown
	switch over := w.over(); {
	case over && news: // the outcome says that it is over
		w.sumUp(w.verdict())
	case over:
		w.print("nothing is left to do in this session")
	case news:
		w.counsel(o)
		fallthrough
	default:
		w.describe(o)
	}
	w.heard = len(w.spoken.found)
}

// describe says what a step is and what it is for.
func (w *explorer) describe(o walk.Option) {
	w.spoken.next = o.Show
	why := purpose(o)
	switch {
	case o.Blocked == nil:
	case o.Step.Verb == record.VerbQuit:
		why = "the session cannot continue as asked"
	default: // on the way there
		why = ""
	}
	w.printf("next%s: %s", w.where(o), words.List(": ", w.label(o)+w.practiceMark(o), why))
	if o.Expect != "" {
		w.printf("%s is out of order: %s", w.label(o), o.Expect)
	}
	if o.Guard != nil {
		w.printf("before %s this will be asked: %s", w.label(o), o.Guard.Question)
	}
}

// purpose is what a step is for, in its first sentence and without its source.
func purpose(o walk.Option) string {
	why, _, _ := strings.Cut(o.Why, "; ")
	why, _, _ = strings.Cut(why, " (RFC ")
	return strings.TrimSuffix(why, ": send "+strings.ToUpper(string(o.Step.Verb))+" again") // the step says that itself
}

// practiceMark marks a response that shows a secret of a practice account.
func (w *explorer) practiceMark(o walk.Option) string {
	p := w.snap.State.Pending
	if o.Step.Verb != record.VerbRespond || p == nil || p.Hides == "" || w.snap.Revealed || w.snap.Veiled || !w.goal.Practices() || strings.Contains(o.Show, sasl.Mask) {
		return ""
	}
	return ", a practice " + p.Hides
}

// label names a step: an EHLO command that was told before by its verb alone.
func (w *explorer) label(o walk.Option) string {
	switch {
	case o.Show == sasl.Mask:
		return "the line that was typed, masked"
	case o.Show == w.spoken.hello && o.Show != "":
		return firstWord(o.Show) + " again"
	case o.Show != "":
		return decoded(o.Step.Verb, o.Show)
	}
	label := o.Label(w.snap)
	if start := w.snap.Start; start != nil {
		address := start.Target.String()
		label = strings.ReplaceAll(label, address, spelled(address))
	}
	return label
}

// calledAs is what a step sends, as the prompt calls it.
func calledAs(o walk.Option) string {
	if o.Step.Verb == record.VerbMail { // whose name is a word for all of it
		return "the command MAIL FROM"
	}
	if _, other := answers.Find(o.Step.Verb); other || o.Show == sasl.Mask {
		return called(o.Step.Verb)
	}
	return firstWord(o.Show)
}

// goings are what the Enter key does where nothing is sent, or not a line.
var goings = lazy.Table[record.Verb, string]{{record.VerbResolve, "looks up the name"}, {record.VerbConnect, "connects"}, {record.VerbGreeting, "waits for the greeting"},
	{record.VerbHandshake, "starts the TLS handshake"}}

func firstWord(line string) string {
	word, _, _ := strings.Cut(line, " ")
	return word
}

// counsel says why the walk cannot go on as asked, and lists the advice that has a key, after what to hold back; the verdict will list all.
func (w *explorer) counsel(o walk.Option) {
	if o.Blocked != nil && !w.justTold(o.Blocked.Code) {
		w.printf("stopped: %s", w.reason(o.Blocked))
	}
	all := w.advice()
	var list []record.Advice
	if i := slices.IndexFunc(all, func(a record.Advice) bool { return a.Do == record.SendNoSecret }); i >= 0 {
		list = all[i : i+1]
	}
	list = append(slices.Clip(list), followable(all)...)
	if !slices.Equal(list, w.offered) || w.heard != len(w.spoken.found) { // else nothing has failed since it was told
		w.offer(list, true)
	}
	w.offered = list
}

// justTold reports whether a finding was told since the last step was announced.
func (w *explorer) justTold(code record.FindingCode) bool {
	found := w.spoken.found
	return slices.Contains(found[min(w.heard, len(found)):], code)
}

// reason is why the walk cannot go on: the whole text, or the headline of a finding that was told. The verdict will tell it again.
func (w *explorer) reason(f *record.Finding) string {
	if slices.Contains(w.spoken.found, f.Code) {
		return titled(f.Code)
	}
	return f.Text
}

// where says whether anyone could read what is sent next, or whether nobody knows who will. It says so of every step in doubt; that TLS
// protects the rest is said with each reply.
func (w *explorer) where(o walk.Option) string {
	switch security := w.snap.State.Security; {
	case security.Unverified():
		return " inside unverified TLS"
	case o.Show == "":
		return ""
	case security.Encrypted():
		return " inside TLS"
	}
	return " in cleartext"
}

// maskedStep reports whether what would be typed in place of the step is likely to be a secret.
func maskedStep(o walk.Option) bool {
	return o.Step.Verb == record.VerbAuth || o.Step.Verb == record.VerbRespond || strings.Contains(o.Show, sasl.Mask)
}
