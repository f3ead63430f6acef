package walk

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
)

// Prediction is the reply to expect to a step, from the state and from what this server has said that it demands.
type Prediction struct {
	// Reply is as a person reads it: "503 5.5.1 or 502". It may be something else than a reply: "a TLS error".
	Reply string
	// Code is the first reply code in it, 0 where there is none.
	Code int
	Why  string
	// Definite says that another first digit would be worth pointing out: the order of commands or the server's own words ask
	// for this one. Whether a step in order is accepted is for the server to say.
	Definite bool

	otherwise string // the likely reason where it proves wrong
}

// predict says what to expect of a step; mechanism is that of AUTH, empty elsewhere.
func predict(s record.Snapshot, v record.Verb, mechanism string) Prediction {
	row := rowOf(v)
	if c := row.check(s); c != nil {
		code := leadingCode(c.expect)
		return Prediction{Reply: c.expect, Code: code, Why: c.why, Definite: code != 0, otherwise: c.otherwise}
	}
	switch {
	case mechanism != "" && s.Capabilities != nil && !s.Capabilities.OffersAuth(mechanism):
		return Prediction{"504 5.5.4", 504, "the server does not offer " + mechanism, true, "it supports mechanisms that it does not list, or a device on the path shortened the list"}
	case v == record.VerbCancel:
		return Prediction{Reply: "501", Code: 501, Why: "* cancels the exchange"}
	}
	if p, ok := demanded(s, v, mechanism); ok {
		return p
	}
	if v == record.VerbMail && wantsMore(s) {
		return Prediction{Reply: "530 5.7.0", Code: 530, Why: "many submission servers require more first: " + offeredUnused(s)}
	}
	p := usual(row, mechanism)
	if s.State.PRDR && SendsContent(v) && len(s.State.Recipients) > 1 {
		return Prediction{Reply: "353 or 250", Code: 353, Why: "the client asked for a reply for each recipient; after a 353 these come, and then one that decides"}
	}
	if n := len(s.State.Recipients); SendsContent(v) && answersEach(s.State) && n > 1 {
		p.Why = fmt.Sprintf("the step is in order; the reply comes %d times, once for each recipient", n)
	}
	return p
}

// leadingCode is the reply code that a text begins with, 0 if it begins with none.
func leadingCode(text string) int {
	code, err := strconv.Atoi(text[:min(3, len(text))])
	if err != nil || code < 200 {
		return 0
	}
	return code
}

// usual is the prediction for a step in order, of which nothing else is known.
func usual(row *verb, mechanism string) Prediction {
	if len(row.codes) == 0 {
		return Prediction{}
	}
	code := row.codes[0]
	if info, ok := sasl.Lookup(mechanism); row.verb == record.VerbAuth && ok && !(info.ClientFirst && !info.Iterated) {
		code = 334
	}
	return Prediction{Reply: strconv.Itoa(code), Code: code, Why: "the step is in order"}
}

// demand is something that the server wants before other commands.
type demand struct {
	open    func(record.Snapshot) bool // it is not met
	code    record.FindingCode         // of the refusals that say so
	words   []string                   // of a 530 or 503 that says so
	verbs   []record.Verb              // what it holds for
	wants   string
	instead string // the likely reason where it does not insist
}

// demands are TLS (RFC 3207 §4: a 530 may answer all but EHLO, NOOP, STARTTLS and QUIT) and a login (RFC 4954 §6, RFC 6409
// §4.3).
var demands = []demand{
	{func(s record.Snapshot) bool { return plain.holds(s) }, record.FoundEncryptionRequired, []string{"TLS", "SSL", "ENCRYPT"},
		[]record.Verb{record.VerbAuth, record.VerbMail, record.VerbRcpt, record.VerbData, record.VerbBdat, record.VerbVrfy, record.VerbExpn},
		"TLS", "it requires TLS only for some commands, or its policy has changed"},
	{func(s record.Snapshot) bool { return notAuthenticated.holds(s) }, record.FoundLoginRequired, []string{"AUTH", "LOG IN", "LOGIN", "LOGGED IN"},
		[]record.Verb{record.VerbMail},
		"a login", "it requires a login only for some senders or recipients, or its policy has changed"},
}

// demanded is the prediction where this server has said, in this attempt or before, that it wants something first.
func demanded(s record.Snapshot, v record.Verb, mechanism string) (Prediction, bool) {
	for _, d := range demands {
		if !d.open(s) {
			continue
		}
		for _, f := range s.Failures {
			if d.saidBy(f) && d.covers(f, v, mechanism) {
				return Prediction{codes(&f.Reply.Reply), f.Reply.Code, fmt.Sprintf("in reply to %s this server said that it requires %s first", nameOf(f.Step, f.Line), d.wants), true, d.instead}, true
			}
		}
		for _, a := range s.Earlier { // the other connection may have been to another port
			if a.Finding == d.code && d.holdsFor(v) {
				return Prediction{Reply: "530 5.7.0", Code: 530, Why: "on an earlier connection this server said that it requires " + d.wants + " first"}, true
			}
		}
	}
	return Prediction{}, false
}

// saidBy reports whether a failure is the server's demand.
func (d demand) saidBy(f record.Failure) bool {
	if f.Reply == nil || f.Reply.Code/100 != 5 {
		return false
	}
	if f.Finding.Code == d.code || f.Reply.Code == 538 && d.code == record.FoundEncryptionRequired {
		return true
	}
	text := strings.ToUpper(f.Reply.Text())
	for _, word := range d.words {
		if strings.Contains(text, word) {
			return f.Reply.Code == 530 || f.Reply.Code == 503 // some servers count it as out of order
		}
	}
	return false
}

// covers reports whether a demand is about a step too: about the command that was refused, and, with 530, about those it
// stands for. 538 is about one mechanism.
func (d demand) covers(f record.Failure, v record.Verb, mechanism string) bool {
	switch {
	case f.Reply.Code == 538:
		return v == record.VerbAuth && strings.EqualFold(namedIn(f.Line), mechanism)
	case f.Reply.Code == 530 && d.holdsFor(v):
		return true
	}
	return f.Step == v
}

func (d demand) holdsFor(v record.Verb) bool { return slices.Contains(d.verbs, v) }

// namedIn is the mechanism in an AUTH line, empty where it is none or does not tell.
func namedIn(line string) string {
	words := strings.Fields(line)
	if len(words) < 2 || !strings.EqualFold(words[0], "AUTH") || words[1] == sasl.Mask {
		return ""
	}
	return strings.ToUpper(words[1])
}

// offeredUnused names what a submission server offers and a client has not used.
func offeredUnused(s record.Snapshot) string {
	if offersSTARTTLS.holds(s) && plain.holds(s) {
		return "this one offers STARTTLS, and TLS is not active"
	}
	return "this one offers AUTH, and the client has not logged in"
}

// surprised points at a prediction that a reply has proved wrong. A 4yz asks for another attempt, so it proves nothing.
func (t *taking) surprised(r *record.Reply) {
	if r.Unasked || r.Trouble != "" || r.Code == 0 || r.Code/100 == 4 || t.state.Stage == record.StageBroken {
		return
	}
	v, line := t.e.Step, t.line()
	if row := commandRow(commandWord(line)); v == record.VerbRaw && row != nil {
		v = row.verb
	}
	p := predict(*t.s, v, namedIn(line))
	if !p.Definite || p.Code/100 == r.Code/100 {
		return
	}
	t.find(record.FoundPredictionWrong, fmt.Sprintf("The prediction for %[2]s was %[1]s, because %[3]s. %[4]s answered %[5]s: %[6]s.",
		p.Reply, wire.VisibleString(nameOf(v, line)), p.Why, t.host(), codes(&r.Reply), p.otherwise))
}
