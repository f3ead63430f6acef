package foreign

import (
	"fmt"
	"slices"
	"strings"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/sasl/veil"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// secretKeeper knows what the log must not show of a conversation.
type secretKeeper struct {
	veil   veil.Veil // what was masked in what the client sent: no reply may bring it back
	hides  string    // what the last of it was
	masked []string
}

// keep makes a secret known, so that it is masked wherever it comes again. It is weak where that cannot be done well.
func (s *secretKeeper) keep(mechanism, response, hides string) (weak bool) {
	s.hides = hides
	weak = s.veil.LearnSent(mechanism, response)
	return weak && (hides == sasl.HidesPassword || hides == sasl.HidesToken)
}

// hid notes what was masked, each kind once.
func (s *secretKeeper) hid(what string) {
	if !slices.Contains(s.masked, what) {
		s.masked = append(s.masked, what)
	}
}

// hideIn masks a line that is no AUTH from where a secret may begin, and in a message what is known.
func (b *builder) hideIn(o *record.Send, line string) {
	if o.Content && b.step == record.VerbContent {
		b.hideInMessage(o)
		return
	}
	start := walk.SecretStart(b.snap.State, line, &b.veil)
	if start < 0 {
		return
	}
	secret := strings.TrimSpace(line[start:])
	o.Raw, o.Masked = wire.Raw(strings.Join(append(strings.Fields(line[:start]), sasl.Mask), " ")+"\r\n"), []string{"typed"}
	if walk.NamesUser(line) {
		return
	}
	o.Weak = b.keep("", secret, sasl.HidesPassword)
	if kind, _ := sasl.Recognize([]byte(secret)); kind != "" || b.veil.Find(secret) >= 0 {
		o.Gives = sasl.HidesPassword
	}
	b.hid(fmt.Sprintf("what looks like a secret in a line that begins with %q", wire.VisibleString(first(line))))
}

// hideInMessage masks what is known in each line of a message.
func (b *builder) hideInMessage(o *record.Send) {
	lines := strings.SplitAfter(string(o.Raw), "\n")
	for i, l := range lines {
		if at := b.veil.Find(l); at >= 0 {
			lines[i] = l[:at] + sasl.Mask + "\r\n"
			o.Masked = append(o.Masked, b.hides)
			b.hid("what the message repeated of it")
		}
	}
	o.Raw = wire.Raw(strings.Join(lines, ""))
}

func first(line string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	return word[:min(len(word), 8)]
}
