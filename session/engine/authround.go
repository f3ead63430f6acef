package engine

import (
	"fmt"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// half is one line of an exchange, for its explanation.
type half struct {
	mechanism string
	first     bool   // the AUTH command
	client    bool   // it is the client's
	parts     int    // how many values it was opened into
	hides     string // what of a secret goes out with it, as [sasl.Response.Hides] has it, "typed" or "*"
	outcome   string
}

// explain says what the mechanism is, once, with its first line, and of each further line only what that one tells.
func (h half) explain() *explain.Explanation {
	x := &explain.Explanation{}
	e, known := explain.Mechanism(h.mechanism)
	if known {
		x.Entries = []string{e.ID()}
	}
	if h.outcome != "" {
		x.Short, x.Text = h.over()
		return x
	}
	x.Short, x.Text = h.tells()
	if !h.first {
		return x
	}
	if known {
		x.Text, x.Refs = e.Text+" "+x.Text, e.Refs
	}
	x.Text += standingOf(h.mechanism)
	return x
}

// standingOf is what a whole exchange is worth to somebody who reads it, and to the client.
func standingOf(mechanism string) string {
	info, ok := sasl.Lookup(mechanism)
	if !ok {
		return ""
	}
	proves := "the server proves nothing, so its certificate has to"
	if info.ProvesServer {
		proves = "the server proves that it knows the account"
	}
	return fmt.Sprintf(" Who reads the whole exchange without TLS: %s. It ranks %d of %d, %s; %s.",
		strings.TrimSuffix(info.Eavesdropper, "."), info.Rank, len(sasl.Mechanisms()), info.Status, proves)
}

// tells is what a line is, and what somebody who reads this line without TLS learns from it.
func (h half) tells() (short, text string) {
	if !h.client {
		return h.asked()
	}
	switch h.hides {
	case "*":
		return "the exchange is given up", "Nothing more of the log-in goes out."
	case "typed":
		return "a line typed by hand", "What is in it nobody here knows. Who reads it without TLS does."
	case sasl.HidesPassword:
		return "the password goes out", "Who reads this line without TLS has the password: base64 is not encryption."
	case sasl.HidesToken:
		return "the token goes out", "Who reads this line without TLS can log in with the token for as long as it is good: base64 is not encryption."
	case sasl.HidesProof, sasl.HidesDigest:
		return "a " + h.hides + " goes out, not the password", "Who reads this line without TLS, and the challenge before it, can try passwords against the " + h.hides + " at leisure."
	}
	switch {
	case h.first && h.parts == 0:
		return "the mechanism alone: the server speaks next", "Nothing of the account is in this line."
	case h.first:
		return "the mechanism with its first message", "Who reads this line without TLS learns who logs in, if it says so, and no secret."
	}
	return "an answer without a secret", "Who reads this line without TLS learns what is in it, and no secret."
}

// asked is what a challenge gives away.
func (h half) asked() (short, text string) {
	info, ok := sasl.Lookup(h.mechanism)
	switch {
	case h.hides != "":
		return "the server's own proof", "It is computed from the password as well: who reads it without TLS can try passwords against it."
	case ok && info.Needs == sasl.NeedsPassword && !walk.HandsOver(h.mechanism):
		return "a challenge", "No secret by itself. With the answer to it, who reads both without TLS can try passwords."
	}
	return "a challenge", "It asks for something and gives nothing away."
}

// over says how an exchange ended.
func (h half) over() (short, text string) {
	switch h.outcome {
	case "success":
		return "the log-in is done", "It holds for the rest of the session; a second AUTH gets 503 (RFC 4954 §4)."
	case "cancelled":
		return "the log-in was given up", "The session goes on as if AUTH had not been sent (RFC 4954 §4)."
	case "unproved":
		return "a success that is not believed", "The server said yes and has not proved that it knows the account."
	}
	return "the log-in failed", "The reply says why, as far as the server tells."
}
