package detail

import (
	"strings"
	"testing"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
)

// cram is the answer to a challenge, with what it is made of.
func cram(tls bool) []record.Event {
	e := record.Event{Kind: record.KindSend, Step: record.VerbRespond, Send: &record.Send{Raw: wire.Raw(sasl.Mask + "\r\n"), Masked: []string{sasl.HidesDigest}, TLS: tls}}
	if tls {
		e.Send.Cipher = &record.Cipher{Withheld: true}
	}
	return []record.Event{e, {Kind: record.KindAuth, Step: record.VerbRespond, Auth: &record.Auth{Mechanism: "CRAM-MD5", Round: 1, From: "C", Values: []sasl.Value{
		{Name: "challenge", Text: "<1@lab>", How: "what the server sent", Ref: "RFC 2195 §2"},
		{Name: "digest", Text: "b913a602c7eda7a495b4e6e7334d3890", Hides: sasl.HidesDigest, How: "HMAC-MD5", Ref: "RFC 2104 §2"},
		{Name: "odd", Text: "a\x1b[2J"}, {Name: "none"}}}}}
}

// The values of a round stand with its line, by name, with how they were made; of what is hidden not even the length.
func TestFieldsOfAResponse(t *testing.T) {
	for row, want := range []string{"response    " + sasl.Mask, "mechanism   CRAM-MD5"} {
		got := page(Fields, row, cram(false)...)
		has(t, got, want, "challenge\n  <1@lab>\n  what the server sent\n  RFC 2195 §2", "digest\n  •••••• hidden: a digest\n  HMAC-MD5\n  RFC 2104 §2",
			`a\x1b[2J`, "none\n  (empty)")
		if strings.Contains(got, "b913") || strings.Contains(got, "length") {
			t.Errorf("row %d:\n%s", row, got)
		}
	}
}

func TestFieldsOfOtherLinesInAuth(t *testing.T) {
	for line, want := range map[string]string{"AUTH PLAIN " + sasl.Mask: "mechanism   PLAIN\ninitial     " + sasl.Mask, "*": "cancels the exchange", "": "response    an empty line"} {
		e := record.Event{Kind: record.KindSend, Step: record.VerbRespond, Send: &record.Send{Raw: wire.Raw(line + "\r\n")}}
		has(t, page(Fields, 0, e), want)
	}
	typed := cram(false)[0]
	typed.Send.Masked = []string{"typed"}
	has(t, page(Fields, 0, typed), "was typed by hand, and is treated as a")
}

// What a line is worth to someone who reads it is said once, by its annotation, and beside the wire what it was worth
// where it was read.
func TestWhoListens(t *testing.T) {
	told := cram(true)
	told[1].Explain = &explain.Explanation{Short: "a digest goes out", Text: "Who reads this line can try passwords."}
	if got := page(Explain, 1, told...); strings.Count(got, "Who reads") != 1 || strings.Contains(got, "Listener") || strings.Contains(got, "Rank") {
		t.Errorf("said more than once:\n%s", got)
	}
	has(t, page(Wire, 0, cram(true)...), "Without TLS, an eavesdropper who reads", "withheld")
	has(t, page(Wire, 0, cram(false)...), "The wire carried the digest itself", "millions of times per second")
	plain := cram(false)
	plain[0].Send.Masked = []string{sasl.HidesPassword}
	has(t, page(Wire, 0, plain...), "On the wire the secret itself was sent", "base64 is not encryption")
	if got := listener(sasl.Info{Eavesdropper: "nothing: no secret is sent"}); got != "gains nothing: no secret is sent" {
		t.Error(got)
	}
}
