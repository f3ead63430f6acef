package lab

import (
	"strings"

	"ehlo/session/sasl"
)

// A challenge is what a hostile server says in AUTH, whatever it is answered.
type challenge struct {
	Text    string `yaml:"text"`    // before base64; {nonce} stands for the client's own nonce
	Bytes   int    `yaml:"bytes"`   // how long Text is made by repeating it, 0 for as it is
	Raw     bool   `yaml:"raw"`     // sent as it is, without base64
	Endless bool   `yaml:"endless"` // said again and again
}

// impostor is a server that has taken over a name and knows no password: it
// runs no mechanism, says its challenges and then claims success.
type impostor struct {
	front  *front
	first  bool // the client's first message is still to be asked for
	nonce  string
	script []challenge
}

func newImpostor(f *front, mechanism string, script []challenge) *impostor {
	info, _ := sasl.Lookup(mechanism)
	return &impostor{front: f, first: info.ClientFirst, script: script}
}

func (s *impostor) Next(response []byte) (challenge []byte, done bool, err error) {
	if s.first && response == nil {
		s.first = false
		return []byte{}, false, nil
	}
	if s.nonce == "" {
		s.nonce = nonceIn(response)
	}
	if len(s.script) == 0 {
		s.front.claimed = s.front.lab.scenario.User // it welcomes everyone
		return nil, true, nil
	}
	next := s.script[0]
	if !next.Endless {
		s.script = s.script[1:]
	}
	return s.say(next), false, nil
}

func (s *impostor) say(c challenge) []byte {
	text := strings.ReplaceAll(c.Text, "{nonce}", s.nonce)
	if c.Bytes > 0 && text != "" {
		text = strings.Repeat(text, c.Bytes/len(text)+1)[:c.Bytes]
	}
	if c.Raw {
		s.front.verbatim = text
	}
	return []byte(text)
}

// nonceIn finds the nonce of a SCRAM client's first message (RFC 5802 §7).
func nonceIn(response []byte) string {
	_, rest, _ := strings.Cut(string(response), ",r=")
	nonce, _, _ := strings.Cut(rest, ",")
	return nonce
}
