package plain

import (
	"cmp"
	"strings"

	"ehlo/session/record"
	"ehlo/transcripts/words"
)

// sumUp says what a session came to: the outcome, why, who has to act, and what they can do. The cause is always said whole.
func (v *view) sumUp(e record.Verdict) {
	if v.held != nil && strings.HasSuffix(e.Cause, v.held.Finding.Text) { // which is said whole below
		v.held = nil
	}
	v.release()
	s := words.Verdict(&e)
	v.printf("outcome: %s", s.Lead())
	v.printf("%s: %s", causeLabel(e), s.Cause)
	if s.Who != "" {
		v.printf("who has to act: %s", s.Who)
	}
	v.offer(e.Advice, false)
	v.said = e.Cause
}

// causeLabel stands before why a session ended as it did. What was done needs no cause.
func causeLabel(e record.Verdict) string {
	if e.Failed() {
		return "cause"
	}
	return "result"
}

// ended says what an end event holds, unless it was summed up just now.
func (v *view) ended(e record.Verdict) {
	v.end = &e
	if e.Cause == v.said {
		return
	}
	v.print("end of the session")
	v.sumUp(e)
}

// facts says what the session has shown, a line for each fact there is.
func (v *view) facts(f record.Facts) {
	f.Peer, f.Address = cmp.Or(f.Peer, v.afresh(v.pos).host), spelled(f.Address)
	for _, fact := range words.Facts(&f) {
		v.printf("fact: %s", fact.Text())
	}
}
