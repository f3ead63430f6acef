package foreign

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// exchange is a run of AUTH (RFC 4954 §4).
type exchange struct {
	name     string
	user     string
	round    int
	lines    int  // how many responses went out
	asksName bool // the prompt wants the username
	proved   bool // a challenge held the server's proof
	hidden   bool // the source holds something in the place of a response
}

// authSaid appends a line of AUTH and what is in it, secrets masked.
func (b *builder) authSaid(o *record.Send, line string, at time.Duration) {
	words, response := strings.Fields(line), line
	if b.step == record.VerbAuth {
		b.auth, response = begun(words)
		b.seen.mechanism = b.auth.name
	}
	if b.auth == nil { // the source begins in the middle of an exchange
		b.auth = &exchange{name: cmp.Or(b.snap.State.Mechanism, "AUTH")}
	}
	opened := b.open(response)
	a := &record.Auth{Mechanism: b.auth.name, Round: b.auth.round, From: "C", Values: blanked(opened.Values), Hides: opened.Hides}
	if b.step == record.VerbCancel {
		a.Hides = "*"
	}
	if o.Gives = opened.Hides; opened.Hides != "" {
		shown := sasl.Mask
		if b.step == record.VerbAuth {
			shown = strings.Join(append(words[:min(len(words), walk.ResponseWord(words))], sasl.Mask), " ")
		}
		o.Raw, o.Masked = wire.Raw(shown+"\r\n"), []string{opened.Hides}
		o.Weak = b.keep(b.auth.name, response, opened.Hides)
		b.hid("the " + opened.Hides + " of AUTH " + wire.VisibleString(b.auth.name))
	}
	b.observe(record.Event{T: at, Kind: record.KindSend, Send: o})
	b.observe(record.Event{T: at, Kind: record.KindAuth, Auth: a})
}

// hidden appends a response that the source does not show.
func (b *builder) hidden(at time.Duration) {
	if b.auth == nil {
		b.auth = &exchange{name: cmp.Or(b.snap.State.Mechanism, "AUTH")}
	}
	b.step = record.VerbRespond
	b.unasked(b.step)
	x := b.auth
	x.hidden = true
	x.lines++
	hides := sasl.HidesPassword
	if x.asksName {
		hides = ""
	}
	x.asksName = false
	b.asked = true
	b.observe(record.Event{T: at, Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw(sasl.Mask + "\r\n"), Masked: []string{"typed"}, Gives: hides, TLS: b.snap.State.Security.Encrypted()}})
	b.observe(record.Event{T: at, Kind: record.KindAuth, Auth: &record.Auth{Mechanism: x.name, Round: x.round, From: "C", Hides: "typed"}})
}

// begun is an exchange at its AUTH command, and the response that came with it.
func begun(words []string) (x *exchange, response string) {
	x = &exchange{name: "AUTH"}
	n := walk.ResponseWord(words)
	if n > 1 && len(words) > 1 {
		x.name = strings.ToUpper(words[1])
	}
	if n < len(words) {
		response = strings.Join(words[n:], " ")
	}
	info, _ := sasl.Lookup(x.name)
	x.asksName = info.UsernameFirst
	return x, response
}

// open reads a response. What cannot be read counts as what the mechanism would send.
func (b *builder) open(response string) sasl.Response {
	x := b.auth
	if response == "" || response == "*" {
		return sasl.Response{}
	}
	x.lines++
	asksName := x.asksName
	x.asksName = false
	r, err := sasl.OpenResponse(x.name, []byte(response))
	x.hidden = x.hidden || err != nil
	if asksName && err == nil { // LOGIN, whose answers look alike
		x.user = string(r.Data)
		b.seen.user = wire.VisibleString(x.user)
		return sasl.Response{Data: r.Data, Values: []sasl.Value{{Name: "username", Text: wire.VisibleString(x.user), How: "as it was sent", Ref: "draft-murchison-sasl-login §2"}}}
	}
	for _, v := range r.Values {
		switch v.Name {
		case "username", "authcid", "user":
			x.user = cmp.Or(v.Text, x.user)
		}
	}
	b.seen.user = cmp.Or(wire.VisibleString(x.user), b.seen.user)
	b.seen.secret = b.seen.secret || r.Hides == sasl.HidesPassword
	b.seen.exposed = b.seen.exposed || !b.snap.State.Security.Encrypted() && (r.Hides == sasl.HidesPassword || r.Hides == sasl.HidesToken)
	return r
}

// blanked takes out of values what they hide, and shows text as text only where it can be.
func blanked(values []sasl.Value) []sasl.Value {
	clean := make([]sasl.Value, len(values))
	for i, v := range values {
		if clean[i] = v; v.Hides != "" {
			clean[i].Text, clean[i].Bytes = "", nil
		}
		if text := clean[i].Text; wire.VisibleString(text) != text {
			clean[i].Text, clean[i].Bytes = "", []byte(text)
		}
	}
	return clean
}

// authAnswered appends a reply to a line of AUTH, and what is in it or what it ends.
func (b *builder) authAnswered(r *record.Reply, at time.Duration) {
	x := b.auth
	if r.Code == 334 && b.step != record.VerbCancel {
		b.challenged(r, at)
		return
	}
	b.observe(record.Event{T: at, Kind: record.KindReply, Reply: r})
	end := record.Auth{Mechanism: x.name, Round: x.round, From: "S", Outcome: record.AuthFailed}
	switch {
	case r.Code == 235 && b.step != record.VerbCancel:
		end.Outcome, end.User = record.AuthSucceeded, wire.VisibleString(x.user)
		findings, err := sasl.DoneByHand(x.name, x.lines, x.proved)
		if end.Findings = findings; err != nil && !x.hidden {
			end.Outcome, end.User, end.Findings = record.AuthUnproved, "", append(findings, finding(err))
		}
	case b.step == record.VerbCancel:
		end.Outcome = record.AuthCanceled
	}
	b.observe(record.Event{T: at, Kind: record.KindAuth, Auth: &end})
	b.auth = nil
}

// challenged appends a 334 and what is in it.
func (b *builder) challenged(r *record.Reply, at time.Duration) {
	x := b.auth
	x.round++
	text := strings.TrimRight(string(r.Raw[min(len(r.Raw), len("334 ")):]), "\r\n")
	opened, err := sasl.OpenChallenge(x.name, []byte(text))
	x.asksName = sasl.AsksUsername(x.name, opened.Data)
	x.proved = x.proved || sasl.HoldsProof(x.name, opened.Data)
	if opened.Hides != "" {
		r.Masked = opened.Hides
		r.Raw = wire.Raw("334 " + sasl.Mask + "\r\n")
		r.Lines = []wire.Line{{Raw: r.Raw, Code: "334", Sep: ' ', Text: sasl.Mask}}
		b.hid("the server's " + opened.Hides + " of AUTH " + wire.VisibleString(x.name))
	}
	a := &record.Auth{Mechanism: x.name, Round: x.round, From: "S", Values: blanked(opened.Values), Hides: opened.Hides, Findings: opened.Findings}
	if err != nil { // what the client made of it follows in the log
		a.Findings = append(a.Findings, finding(err))
	}
	b.observe(record.Event{T: at, Kind: record.KindReply, Reply: r})
	b.observe(record.Event{T: at, Kind: record.KindAuth, Auth: a})
}

// finding is an error of a mechanism as something to point at.
func finding(err error) sasl.Finding {
	if e, ok := errors.AsType[*sasl.Error](err); ok {
		return e.Finding()
	}
	return sasl.Finding{Code: string(record.FoundAuthNotPossible), Text: wire.VisibleString(err.Error())}
}
