package sasl

import "strings"

// What servers do against the rules that can be understood all the same: a challenge over two lines, and a success that
// comes together with the server's proof.

// foldedAt is the length at which programs made for mail bodies break base64 into lines (RFC 2045 §6.8).
const foldedAt = 76

// Folded reports whether the text of a 334 reply may be the beginning of a challenge that was broken into lines: the
// rest then follows in a line of its own, with a reply code or without.
func Folded(text string) bool {
	text = strings.TrimRight(text, "\r\n")
	return len(text) == foldedAt && !strings.Contains(text, "=") && diagnoseBase64(text) == nil
}

// ProofInSuccess finds the server's proof in the text of a 235 reply, in base64 or plain, where some servers put it
// instead of a challenge of its own: SMTP has no place for data beside a success (RFC 4954 §4). What it gives goes into
// [Mechanism].Next before Done is called, and the reply must be masked like a challenge that hides something. Where the
// proof is a challenge and the 235 follows it at once, before the client's empty line, Done alone says that all is well.
func ProofInSuccess(mechanism, text string) (proof []byte, ok bool) {
	for word := range strings.FieldsSeq(text) {
		if HoldsProof(mechanism, []byte(word)) {
			return []byte(word), true
		}
		if data, err := DecodeChallenge(word); err == nil && HoldsProof(mechanism, data) {
			return data, true
		}
	}
	return nil, false
}
