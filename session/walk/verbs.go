package walk

import (
	"slices"
	"strings"
	"sync"
	"time"

	"ehlo/session/record"
	"ehlo/session/wire"
)

// verb is one row of the table of verbs: everything that is known of a kind of step.
type verb struct {
	verb record.Verb
	name string // as people write it, and as the line begins where the step is a command
	also string // how the line begins in another protocol
	ref  string // where it is defined
	why  string // what it is for, for the menu of next steps
	// command says that the step sends a line that begins with its name.
	command bool
	// edit says that the line may be changed before it is sent.
	edit bool
	// phase is the leg of the walk it belongs to; EHLO has two.
	phase record.Phase
	// patience is how long the step may take (RFC 5321 §4.5.3.2); 0 is [usualPatience].
	patience time.Duration
	// codes are the replies that say yes, or go on. A 4yz or 5yz may answer any command but QUIT.
	codes []int
	// need is what must hold for the step to be in order.
	need []*condition
	// line is the command as a good client would send it; nil where the name is all of it, or no line is sent.
	line func(record.Snapshot, Goal) string
	// move is the state after a reply; nil where none changes it.
	move func(record.State, string, *wire.Reply) record.State
}

// usualPatience is for commands that the RFC gives no time of their own.
const usualPatience = 5 * time.Minute

// verbs is the one table of what can be done: what is legal when (RFC 5321 §4.1.4, RFC 3207 §4, RFC 4954 §4, RFC 3030 §2),
// what may answer, and what changes then. The menu of next steps and its order come from it. It is made when it is first wanted, and apart
// from its function, which the table refers to.
func verbs() []verb {
	verbsMade.Do(func() { verbTable = verbRows() })
	return verbTable
}

var (
	verbsMade sync.Once
	verbTable []verb
)

func verbRows() []verb {
	return []verb{
		{verb: record.VerbResolve, name: "name lookup", phase: record.PhaseResolve, patience: 30 * time.Second,
			why: "find the addresses of the host name"},
		{verb: record.VerbConnect, name: "connection", phase: record.PhaseConnect, patience: 2 * time.Minute,
			why: "three packets open TCP; then one side sends first"},
		{verb: record.VerbProxy, name: "PROXY header", ref: "RFC 5321 §4.3.1", phase: record.PhaseGreeting,
			why: "name the client to a server that expects a load balancer", need: []*condition{proxyDue}, line: headerLine},
		{verb: record.VerbGreeting, name: "greeting", ref: "RFC 5321 §3.1", phase: record.PhaseGreeting, patience: 5 * time.Minute, // §4.5.3.2.1
			why: "in SMTP the server sends first", codes: []int{220}, need: []*condition{greetingDue}, move: afterGreeting},
		{verb: record.VerbHandshake, name: "handshake", ref: "RFC 3207 §4", phase: record.PhaseHandshake, patience: 2 * time.Minute,
			why: "agree on keys, and see the certificate", need: []*condition{handshakeDue}},
		{verb: record.VerbEHLO, name: "EHLO", also: "LHLO", ref: "RFC 5321 §4.1.1.1", command: true, edit: true, phase: record.PhaseEHLO,
			why: "give a name and ask for extensions", codes: []int{250}, need: heard(),
			line: func(s record.Snapshot, g Goal) string { return helloWord(s) + " " + ehloName(s, g) }, move: afterEHLO},
		{verb: record.VerbHELO, name: "HELO", ref: "RFC 5321 §4.1.1.1", command: true, edit: true, phase: record.PhaseEHLO,
			why: "greet without extensions, for servers that refuse EHLO", codes: []int{250}, need: heard(),
			line: func(s record.Snapshot, g Goal) string { return "HELO " + ehloName(s, g) }, move: afterEHLO},
		{verb: record.VerbSTARTTLS, name: "STARTTLS", ref: "RFC 3207 §4", command: true, edit: true, phase: record.PhaseSTARTTLS,
			why: "ask to continue inside TLS", codes: []int{220}, need: heard(greeted, plain, offersSTARTTLS, noTransaction), move: afterSTARTTLS},
		{verb: record.VerbAuth, name: "AUTH", ref: "RFC 4954 §4", command: true, edit: true, phase: record.PhaseAuth,
			codes: []int{235, 334}, need: heard(greeted, notAuthenticated, offersAUTH, noTransaction),
			line: func(record.Snapshot, Goal) string { return "" }, move: afterAuth},
		{verb: record.VerbRespond, name: "response", ref: "RFC 4954 §4", phase: record.PhaseAuth,
			why: "answer the challenge", codes: []int{235, 334}, need: []*condition{inAuth}, move: afterAuth},
		{verb: record.VerbCancel, name: "*", ref: "RFC 4954 §4", phase: record.PhaseAuth,
			why: "cancel this AUTH exchange", need: []*condition{inAuth},
			line: func(record.Snapshot, Goal) string { return "*" }, move: afterAuth},
		{verb: record.VerbXCLIENT, name: "XCLIENT", ref: "RFC 5321 §4.1.5", command: true, edit: true, phase: record.PhaseEHLO,
			why: "state another client's identity; the session then starts over", codes: []int{220}, need: heard(greeted, offersXCLIENT, noTransaction),
			line: xclientLine, move: afterXCLIENT},
		{verb: record.VerbXFORWARD, name: "XFORWARD", ref: "RFC 5321 §4.1.5", command: true, edit: true, phase: record.PhaseMail,
			why: "state another client's identity for the log", codes: []int{250}, need: heard(greeted, offersXFORWARD, noTransaction),
			line: xforwardLine, move: afterXFORWARD},
		{verb: record.VerbMail, name: "MAIL", ref: "RFC 5321 §4.1.1.2", command: true, edit: true, phase: record.PhaseMail, // §4.5.3.2.2
			why: "name the envelope sender", codes: []int{250}, need: heard(greeted, noTransaction), line: mailLine, move: afterMail},
		{verb: record.VerbRcpt, name: "RCPT", ref: "RFC 5321 §4.1.1.3", command: true, edit: true, phase: record.PhaseRcpt, // §4.5.3.2.3
			why: "name a recipient", codes: []int{250, 251, 252}, need: heard(greeted, hasSender, notChunking),
			line: rcptLine, move: afterRcpt},
		{verb: record.VerbData, name: "DATA", ref: "RFC 5321 §4.1.1.4", command: true, edit: true, phase: record.PhaseData, patience: 2 * time.Minute, // §4.5.3.2.4
			why: "ask to send the message itself", codes: []int{354}, need: heard(greeted, hasSender, hasRecipient, notChunking), move: afterData},
		{verb: record.VerbContent, name: "the message", ref: "RFC 5321 §4.1.1.4", phase: record.PhaseData, patience: 10 * time.Minute, // §4.5.3.2.6
			why: "a line with only a dot ends it", codes: []int{250}, need: []*condition{inData}, move: afterContent},
		{verb: record.VerbBdat, name: "BDAT", ref: "RFC 3030 §2", command: true, edit: true, phase: record.PhaseData, patience: 10 * time.Minute,
			why: "send the message in chunks of a stated size, without a final dot", codes: []int{250}, need: heard(greeted, offersCHUNKING, hasSender, hasRecipient), move: afterBdat},
		{verb: record.VerbGroup, name: "group of commands", ref: "RFC 2920 §3.1", phase: record.PhaseMail, patience: 10 * time.Minute,
			why: "send these commands in one group, then read the reply to each", need: heard(greeted, offersPIPELINING)},
		{verb: record.VerbExperiment, name: "experiment", phase: record.PhaseEHLO, patience: 10 * time.Minute,
			why: "break one rule of SMTP on purpose, to see what the server makes of it"},
		{verb: record.VerbRset, name: "RSET", ref: "RFC 5321 §4.1.1.5", command: true, edit: true,
			why: "abort the transaction", codes: []int{250}, need: heard(), move: afterRset},
		{verb: record.VerbNoop, name: "NOOP", ref: "RFC 5321 §4.1.1.9", command: true, edit: true,
			why: "do nothing: check that the connection still works", codes: []int{250}, need: heard()},
		{verb: record.VerbVrfy, name: "VRFY", ref: "RFC 5321 §4.1.1.6", command: true, edit: true,
			why: "ask whether a mailbox exists; most servers do not say", codes: []int{252, 250, 251}, need: heard(),
			line: func(s record.Snapshot, g Goal) string { return "VRFY " + localPart(sender(s, g), "postmaster") }},
		{verb: record.VerbExpn, name: "EXPN", ref: "RFC 5321 §4.1.1.7", command: true, edit: true,
			why: "ask who is on a mailing list; most servers do not say", codes: []int{250, 252}, need: heard(),
			line: func(record.Snapshot, Goal) string { return "EXPN staff" }},
		{verb: record.VerbHelp, name: "HELP", ref: "RFC 5321 §4.1.1.8", command: true, edit: true,
			why: "ask the server for its help text", codes: []int{214, 211, 250}, need: heard()},
		{verb: record.VerbQuit, name: "QUIT", ref: "RFC 5321 §4.1.1.10", command: true, edit: true, phase: record.PhaseQuit, patience: 30 * time.Second, // nobody waits for minutes to be told goodbye
			why: "end the session; the server replies with 221 and closes the connection", codes: []int{221}, need: []*condition{spokenTo, notUpgrading, notInData, notInAuth}, move: afterQuit},
		{verb: record.VerbRaw, name: "any line", edit: true, why: "send any line"},
	}
}

// rowOf is the row of a verb, an empty one for a verb that nobody knows.
func rowOf(v record.Verb) *verb {
	rows := verbs()
	for i := range rows {
		if rows[i].verb == v {
			return &rows[i]
		}
	}
	return &verb{verb: v, name: string(v)}
}

// commandRow is the row of the command that a line begins with, nil if it is none.
func commandRow(word string) *verb {
	rows := verbs()
	for i := range rows {
		if row := &rows[i]; row.command && (strings.EqualFold(row.name, word) || row.also != "" && strings.EqualFold(row.also, word)) {
			return row
		}
	}
	return nil
}

// helloWord is the command that asks for extensions: LMTP has its own (RFC 2033 §4.1).
func helloWord(s record.Snapshot) string {
	if s.Start.Target.LMTP() {
		return "LHLO"
	}
	return "EHLO"
}

// IsCommand reports whether a step sends a line that begins with its name.
func IsCommand(v record.Verb) bool { return rowOf(v).command }

// SendsContent reports whether a step sends a message, or a part of one.
func SendsContent(v record.Verb) bool { return v == record.VerbContent || v == record.VerbBdat }

// PhaseOf is the leg of the walk that a verb belongs to in a state, [record.PhaseOther] for commands that belong to none.
func PhaseOf(v record.Verb, s record.State) record.Phase {
	phase := rowOf(v).phase
	switch {
	case v == record.VerbExperiment && s.Stage == record.StageConnected:
		return record.PhaseGreeting
	case v == record.VerbExperiment && s.Transaction == record.TransactionData:
		return record.PhaseData
	case phase == record.PhaseEHLO && s.Has(record.PhaseSTARTTLS):
		return record.PhaseEHLOAgain
	case phase == "":
		return record.PhaseOther
	}
	return phase
}

// Deadline is how long a step may take before it is given up (RFC 5321 §4.5.3.2).
func Deadline(v record.Verb) time.Duration {
	if p := rowOf(v).patience; p > 0 {
		return p
	}
	return usualPatience
}

// fits reports whether a reply can be the answer to a command. A client acts on the first digit (RFC 5321 §4.2), so a code
// that no command has passes for its kind; one that belongs to another command does not.
func (v *verb) fits(code int) bool {
	switch {
	case v.verb == record.VerbRaw, slices.Contains(v.codes, code):
		return true
	case v.verb == record.VerbQuit: // RFC 5321 §4.1.1.10: 221 alone; 421 any time, 50z where it is not understood
		return code == 421 || code/10 == 50
	case code >= 400:
		return true
	case slices.ContainsFunc(verbs(), func(o verb) bool { return slices.Contains(o.codes, code) }):
		return false
	}
	return len(v.codes) > 0 && code/100 == v.codes[0]/100
}

// check returns the first condition that does not hold, nil when the step is in order.
func (v *verb) check(s record.Snapshot) *condition {
	for _, c := range v.need {
		if !c.holds(s) {
			return c
		}
	}
	return nil
}
