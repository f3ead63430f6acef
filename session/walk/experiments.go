package walk

import (
	"bytes"
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/lazy"
	"ehlo/session/record"
)

// An Experiment breaks a rule of SMTP on purpose and once, to see what the server makes of it. What it sends does no harm where the
// server is wrong: NOOP is all that is smuggled. It ends the session.
type Experiment struct {
	Name  string // as it is known; in either case
	Title string // what it is
	// Sends says what goes to the server, Right what a right server does, and Otherwise what it means where it does otherwise: sentences.
	Sends, Right, Otherwise string
	Refs                    []explain.Ref
	Phase                   record.Phase // the leg of the walk in which it comes

	turn  turn
	bytes func(record.Snapshot, Goal) string
	due   []int  // the replies of a right server that refuses nothing
	held  string // what a server did that gave them
	broke string // what one did that gave others
	mend  string // what the operator of such a server does; empty for what the finding says
	first bool   // a refusal in the first reply is right, whatever follows
}

// turn is where in a session an experiment comes.
type turn int

const (
	beforeGreeting turn = iota
	beforeEHLO
	asSTARTTLS
	asCommand
	asMessage
)

// Experiments are what can be tried, in the order of a session.
func Experiments() []Experiment { return experiments.Get() }

// FindExperiment is the one of a name.
func FindExperiment(name string) (Experiment, bool) {
	if name == "" {
		return Experiment{}, false
	}
	all := experiments.Get()
	i := slices.IndexFunc(all, func(x Experiment) bool { return strings.EqualFold(x.Name, name) })
	if i < 0 {
		return Experiment{}, false
	}
	return all[i], true
}

// NeedsMessage reports whether it comes in the place of a message, and so needs a recipient.
func (x Experiment) NeedsMessage() bool { return x.turn == asMessage }

// NeedsSTARTTLS reports whether it comes in the place of STARTTLS.
func (x Experiment) NeedsSTARTTLS() bool { return x.turn == asSTARTTLS }

func rfc(doc, section string) explain.Ref { return explain.Ref{Doc: "RFC " + doc, Section: section} }

var experiments = lazy.Value[[]Experiment]{Make: func() []Experiment {
	return []Experiment{
		{Name: "early-talker", Title: "a client that speaks before the greeting", Phase: record.PhaseGreeting, turn: beforeGreeting,
			Sends:     "EHLO, before the greeting has arrived.",
			Right:     "It rejects the client, or closes the connection, or it greets first and then answers EHLO.",
			Otherwise: "The server answers commands out of order, so a client cannot tell which reply belongs to which command.",
			Refs:      []explain.Ref{rfc("5321", "3.1"), rfc("5321", "4.3.1")}, bytes: hello, due: []int{220, 250},
			held:  "it greeted first and then answered EHLO, so it does not look for early talkers",
			broke: "its first reply is not a greeting, or there are more replies than commands"},
		{Name: "early-pipelining", Title: "commands in a group before EHLO is answered", Phase: record.PhaseEHLO, turn: beforeEHLO,
			Sends:     "EHLO and NOOP at once, before the server has offered PIPELINING.",
			Right:     "It answers both, in order, or it refuses what came too early.",
			Otherwise: "The server loses commands or answers more than it was sent, so replies and commands no longer fit.",
			Refs:      []explain.Ref{rfc("2920", "3.1"), rfc("2920", "3.2")}, due: []int{250, 250},
			bytes: func(s record.Snapshot, g Goal) string { return hello(s, g) + "NOOP\r\n" },
			held:  "it answered each command once and in order",
			broke: "it did not answer each command once"},
		{Name: "starttls-injection", Title: "a command after STARTTLS in one packet", Phase: record.PhaseSTARTTLS, turn: asSTARTTLS,
			Sends:     "STARTTLS and NOOP at once, in cleartext; after the handshake EHLO, inside TLS.",
			Right:     "It refuses STARTTLS, or it discards what came after it in cleartext.",
			Otherwise: "The server carries out inside TLS what anyone on the path could have put in before: an attacker can add commands to the session of another client.",
			Refs:      []explain.Ref{rfc("3207", "4"), rfc("3207", "6"), {Doc: "CVE-2011-0411"}, {Doc: "CVE-2021-38371"}}, due: []int{250},
			bytes: func(record.Snapshot, Goal) string { return "STARTTLS\r\nNOOP\r\n" },
			held:  "inside TLS it answered EHLO alone, so the command from before TLS was discarded",
			broke: "it answered the command that came in cleartext after STARTTLS",
			mend:  "update the server: it has to discard what it has read before the handshake"},
		{Name: "bare-lf", Title: "a command that ends with LF alone", Phase: record.PhaseEHLO, turn: asCommand,
			Sends:     "NOOP with LF alone at its end, and NOOP with CRLF, in one packet.",
			Right:     "It refuses the line, or takes both for one command: only CRLF ends a line.",
			Otherwise: "The server takes LF for the end of a line. For commands alone that is lenient; where it holds for the end of a message too, messages can be smuggled.",
			Refs:      []explain.Ref{rfc("5321", "2.3.8")}, due: []int{250},
			bytes: func(record.Snapshot, Goal) string { return "NOOP a\nNOOP b\r\n" },
			held:  "it took both for one command",
			broke: "it took LF for the end of a line, which in commands alone is only lenient", first: true,
			mend: "make the server refuse LF alone; in Postfix set smtpd_forbid_bare_newline to reject"},
		{Name: "long-line", Title: "a command that is longer than a server has to read", Phase: record.PhaseEHLO, turn: asCommand,
			Sends:     "NOOP with 8,192 letters, and NOOP again after each 512 of them.",
			Right:     "It accepts the line or refuses it, with one reply.",
			Otherwise: "The server cuts a long line and carries out its rest as commands, so text that someone else has chosen becomes commands.",
			Refs:      []explain.Ref{rfc("5321", "4.5.3.1.4"), rfc("5321", "4.5.3.1.10")}, due: []int{250},
			bytes: func(record.Snapshot, Goal) string {
				return strings.Repeat("NOOP "+strings.Repeat("a", 507), 16) + "\r\n"
			},
			held: "it answered the line once", broke: "it took parts of the line for commands"},
		smuggling("LF.LF", "\n.\n"),
		smuggling("LF.CRLF", "\n.\r\n", "CVE-2023-51764", "CVE-2023-51765", "CVE-2023-51766"),
		smuggling("CRLF.LF", "\r\n.\n"),
		smuggling("CR.CR", "\r.\r"),
		smuggling("CR.CRLF", "\r.\r\n"),
		smuggling("CRLF.CR", "\r\n.\r"),
		smuggling("CRLF-NUL.CRLF", "\r\n\x00.\r\n"),
	}
}}

// smuggling is an experiment with a sequence that ends no message, and that some servers take for the end of one (SMTP smuggling, 2023).
func smuggling(name, sequence string, advisories ...string) Experiment {
	x := Experiment{Name: name, Title: "SMTP smuggling", Phase: record.PhaseData, turn: asMessage,
		Sends:     "A message with the sequence " + name + " in it, then NOOP, then the right end of the message.",
		Right:     "It takes the whole for one message, or refuses it, with one reply: only CRLF, a dot and CRLF end a message.",
		Otherwise: "The server ends the message at the sequence and takes the rest for commands. Where another server passes the sequence on as text, its users can smuggle a second message with any sender, which SPF and DMARC then accept.",
		Refs:      []explain.Ref{rfc("5321", "2.3.8"), rfc("5321", "4.1.1.4")}, due: []int{250},
		held:  "it took the sequence for a part of the message",
		broke: "it took the sequence for the end of the message, and the rest for commands",
		mend:  "update the server, and make only CRLF, a dot and CRLF end a message; in Postfix set smtpd_forbid_bare_newline to normalize or reject",
		bytes: func(s record.Snapshot, g Goal) string { return smuggled(s, g, sequence) }}
	for _, cve := range advisories {
		x.Refs = append(x.Refs, explain.Ref{Doc: cve})
	}
	return x
}

// smuggled is a small message with a sequence in it, and a harmless command after that.
func smuggled(s record.Snapshot, g Goal, sequence string) string {
	g.Message, g.Body = nil, "This message tests whether the server ends a message only where SMTP does.\n"
	var b bytes.Buffer
	l := g.Letter(s)
	_ = l.Write(&b) // it has no files, and nothing else there fails
	text := strings.ReplaceAll(strings.TrimSuffix(strings.ReplaceAll(b.String(), "\r\n", "\n"), "\n"), "\n", "\r\n")
	return text + sequence + "NOOP smuggled\r\n.\r\n"
}

func hello(s record.Snapshot, g Goal) string { return helloWord(s) + " " + ehloName(s, g) + "\r\n" }

// experimentOf is the experiment of a goal that has its turn now; ok false where none has.
func experimentOf(s record.Snapshot, g Goal) (x Experiment, ok bool) {
	x, ok = FindExperiment(g.Experiment)
	if !ok {
		return x, false
	}
	st := s.State
	begun := st.Experiment != nil
	switch x.turn {
	case beforeGreeting:
		ok = st.Stage == record.StageConnected && !headerDue(s, g) && (s.Start.Policy.Start != record.StartImplicit || st.Security.Encrypted())
	case beforeEHLO:
		ok = st.Stage == record.StageGreeted && !st.Has(record.PhaseSTARTTLS)
	case asSTARTTLS:
		ok = begun && st.Stage == record.StageGreeted && st.Security.Encrypted() || !begun && st.Stage == record.StageReady && startsTLS(s)
		return x, ok
	case asCommand:
		ok = st.Stage == record.StageReady && st.Auth != record.AuthExchange && st.Transaction == record.TransactionNone
	case asMessage:
		ok = st.Stage == record.StageReady && st.Transaction == record.TransactionData
	}
	return x, ok && !begun
}

// experimentBytes is what an experiment sends now: of that with STARTTLS, the second part inside TLS.
func experimentBytes(s record.Snapshot, g Goal) string {
	x, ok := FindExperiment(g.Experiment)
	switch {
	case !ok:
		return ""
	case x.turn == asSTARTTLS && s.State.Experiment != nil:
		return hello(s, g)
	}
	return x.bytes(s, g)
}

// experimentName is a name as it is listed.
func experimentName(name string) string {
	x, _ := FindExperiment(name)
	return x.Name
}

// showExperiment is an experiment in a list of steps.
func showExperiment(st record.Step) string {
	x, _ := FindExperiment(st.Experiment)
	return "experiment " + x.Name + ": " + lower(strings.TrimSuffix(x.Sends, "."))
}

// lower begins a text with a small letter, unless its first word is a name in capitals.
func lower(text string) string {
	if len(text) > 1 && text[1] >= 'a' && text[1] <= 'z' || strings.HasPrefix(text, "A ") {
		return strings.ToLower(text[:1]) + text[1:]
	}
	return text
}

// predictExperiment is what a right server does.
func predictExperiment(name string) Prediction {
	x, ok := FindExperiment(name)
	if !ok {
		return Prediction{}
	}
	return Prediction{Reply: fmt.Sprintf("%s or a refusal", codeList(x.due)), Code: x.due[0], Why: "a right server: " + lower(strings.TrimSuffix(x.Right, "."))}
}

func codeList(codes []int) string {
	var list []string
	for _, c := range codes {
		list = append(list, fmt.Sprint(c))
	}
	return strings.Join(list, ", ")
}

func explainExperiment(o *record.Send) *explain.Explanation {
	x, ok := FindExperiment(o.Experiment)
	if !ok {
		return &explain.Explanation{Short: "an experiment", Text: "A rule of SMTP is broken on purpose."}
	}
	return &explain.Explanation{Short: "experiment " + x.Name + ": " + x.Title, Text: x.Sends + " A right server: " + x.Right + " " + x.Otherwise, Refs: x.Refs}
}

// experimenting notes that an experiment has begun, or its second part: replies are counted from here on.
func (t *taking) experimenting(o *record.Send) {
	if x, ok := FindExperiment(o.Experiment); ok {
		t.state.Experiment = &record.Experiment{Name: x.Name}
	}
}

// experimented thinks a reply to an experiment through, or the end of the connection in its place.
func (t *taking) experimented(r *record.Reply) {
	x, ok := FindExperiment(t.underWay())
	if !ok {
		t.answered(r)
		return
	}
	t.state.Experiment = &record.Experiment{Name: x.Name, Replies: slices.Clone(t.state.Experiment.Replies)}
	switch {
	case r.Trouble == record.TroubleClosed, r.Trouble == record.TroubleReset, r.Code == 0 && r.Trouble == "":
		t.conclude(x)
	case r.Trouble != "":
		t.troubled(r)
		t.undecided(x)
	case r.Code == 221, r.Code == 421:
		t.conclude(x)
	case r.Unasked:
		t.state.Experiment.Replies = append(t.state.Experiment.Replies, 220, r.Code)
		t.conclude(x)
	case x.turn == asSTARTTLS && r.Code == 220 && t.s.State.Security == record.SecurityPlain:
		t.state = afterSTARTTLS(t.state, "", &r.Reply)
	default:
		t.counted(x, r)
	}
}

// underWay is the name of the experiment that runs.
func (t *taking) underWay() string {
	if t.state.Experiment == nil || t.state.Experiment.Verdict != "" {
		return ""
	}
	return t.state.Experiment.Name
}

// counted notes a reply. The first one after a message says whether the server has it.
func (t *taking) counted(x Experiment, r *record.Reply) {
	e := t.state.Experiment
	if e.Replies = append(e.Replies, r.Code); x.turn != asMessage || len(e.Replies) > 1 {
		return
	}
	if positive(&r.Reply) {
		t.state = afterMessage(t.state, true)
	} else {
		t.state = clearTransaction(t.state)
	}
}

// conclude is the verdict of an experiment, and the end of its session.
func (t *taking) conclude(x Experiment) {
	came := *t.state.Experiment // the state before keeps its own
	e := &came
	t.state.Experiment = e
	t.state.Stage = record.StageClosed
	t.state = t.state.WithDone(record.PhaseQuit)
	if held, text := x.verdict(t.host(), t.state); held {
		e.Verdict = record.ExperimentHeld
		t.find(record.FoundExperimentHeld, text).Refs = x.Refs
	} else {
		e.Verdict = record.ExperimentBroke
		f := t.fail(x.Phase, record.FoundExperimentBroke, text)
		f.Refs, f.Operator = x.Refs, cmp.Or(x.mend, f.Operator)
	}
}

// verdict says in a sentence whether a server passes, as the replies in the state have it.
func (x Experiment) verdict(host string, s record.State) (held bool, text string) {
	replies := s.Experiment.Replies
	held, how := x.judge(replies, s.Security == record.SecurityPlain)
	if held {
		return true, fmt.Sprintf("%s passes the experiment %s (%s): %s.", host, x.Name, x.Title, how)
	}
	return false, fmt.Sprintf("%s fails the experiment %s (%s): %s. It answered %s.", host, x.Name, x.Title, how, codeList(replies))
}

// judge says whether a server that gave these replies and then closed passes, and how. More replies than commands are wrong in any case; fewer
// are right where it refused something or hung up on the client.
func (x Experiment) judge(replies []int, plain bool) (held bool, how string) {
	refusal := slices.IndexFunc(replies, func(code int) bool { return code >= 400 })
	switch {
	case refusal == 0 && (x.turn == asSTARTTLS && plain || x.turn == asCommand && x.first):
		return true, fmt.Sprintf("it refused with %d", replies[0])
	case len(replies) > len(x.due), len(replies) > 0 && x.turn == beforeGreeting && replies[0] != x.due[0] && replies[0] < 400:
		return false, x.broke
	case refusal >= 0:
		return true, fmt.Sprintf("it refused with %d", replies[refusal])
	case len(replies) == 0:
		return true, "it closed the connection"
	case len(replies) < len(x.due) && x.turn == beforeGreeting:
		return true, "it discarded what came before its greeting"
	case len(replies) < len(x.due):
		return false, x.broke
	}
	return true, x.held
}

// undecided says that nothing can be said of an experiment that came to no end.
func (t *taking) undecided(x Experiment) {
	t.state.Experiment = &record.Experiment{Name: x.Name, Replies: t.state.Experiment.Replies, Verdict: record.ExperimentOpen}
	why := "the session ended before its last reply"
	if x.turn == asSTARTTLS {
		why = "the handshake failed; if it succeeds without the experiment, the server took the added command for a part of TLS, and carried out nothing"
	}
	t.find(record.FoundExperimentOpen, fmt.Sprintf("Whether %s passes the experiment %s (%s) cannot be said: %s.", t.host(), x.Name, x.Title, why)).Refs = x.Refs
}

// OwnServer reports whether the server is on this machine, or is the practice server: rules may be broken there without asking.
func OwnServer(s record.Snapshot) bool {
	return s.Start.Target.Lab || s.Connect != nil && onLoopback(s.Connect.Remote) && s.Start.Via == ""
}

func onLoopback(address string) bool {
	a, err := netip.ParseAddrPort(address)
	return err == nil && a.Addr().Unmap().IsLoopback()
}
