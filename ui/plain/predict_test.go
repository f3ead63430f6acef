package plain

import (
	"testing"

	"ehlo/session/walk"
)

// A question comes before each step, with words alone; what came is told, and what the answer was worth.
func TestPredictThenReveal(t *testing.T) {
	f := newFake(noTLS)
	out, _ := f.walk(t, walk.Goal{EHLOName: "laptop.test"}, "predict", "", "2", "", "7", "1", "", "skip", "", "", "predict", "", "q")
	inOrder(t, out,
		"a question comes before each step; enter skips it\n",
		"Does the lookup of mail.test give an address?\n", "answer 1: yes\n", "answer 1 to 3, skip:",
		"mail.test is at 192.0.2.1\n", "wrong: \"no, there is no such name, or no address for it\". The DNS did not say that.\n", "right answer: yes\n", "source: RFC 5321 section 5.1\n",
		"The client sends SYN to port 25. What answers it?\n", "Give the number of one answer, from 1 to 4.", "connected to", "right: ",
		"With which digit does the greeting begin?\n", "server greets in cleartext: 220", "the answer was: 2yz: done\n",
		"Does the reply to EHLO offer STARTTLS?\n", "server answers EHLO in cleartext", "the answer was: no\n",
		"no more questions before the steps\n", "server answers QUIT in cleartext")
}

// A replay asks the same.
func TestPredictInAReplay(t *testing.T) {
	out, _ := replayText(t, recorded(t), "predict", "", "1", "", "2", "", "500", "skip", "q")
	inOrder(t, out, "a question comes before each step", "Does the lookup of mail.test give an address?", "mail.test is at 192.0.2.1", "right: ",
		"What answers it?", "No RST came.", "With which digit does the greeting begin?", "Give the number of one answer", "the answer was: 2yz")
}
