package plain

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
)

// spoken puts events into lines that are understood by ear, each without the one before it: who spoke, and whether anyone could
// listen. It says the first depth: what was said, what went wrong, and what changed. The zero value is ready.
type spoken struct {
	host     string       // that the session is with; empty where no start has said it
	state    record.State // the one that was told last
	compared bool         // the next EHLO reply is told by what TLS has changed in it
	messages int          // of TLS that were not told
	alerted  bool         // an alert of TLS was told, and not yet that there is no reply
	found    []record.FindingCode
	together bool   // the last command was sent in a group
	replied  int    // the code of the reply to a command of its own, until the next is sent
	greeted  string // the first line of the last EHLO reply
	hello    string // the last EHLO command
	held     string // the beginning of an EHLO reply that is told with what TLS has changed in it
	next     string // the line that was announced, and is not told again
}

// challenge is the code of a question of AUTH, which often only base64 follows (RFC 4954 §4).
const challenge = 334

// goAhead is the code of the reply to DATA, after which the message is sent (RFC 5321 §4.3.2).
const goAhead = 354

// Bounds of what is said of long things.
const (
	mostLines = 100
	longest   = 1000 // bytes of a line
)

// event is an event in lines; none where the first depth has nothing to say. They may hold what a server wrote.
func (s *spoken) event(e *record.Event) []string {
	held := s.held
	s.held = ""
	switch {
	case held == "":
		return s.other(e)
	case e.Kind == record.KindCapabilities && e.Capabilities.Changes != nil:
		s.compared = false
		return changed(e.Capabilities, held+", ")
	}
	return append([]string{held}, s.other(e)...)
}

// other is an event that needs no other one to be told.
func (s *spoken) other(e *record.Event) []string {
	l := words.Of(e)
	switch e.Kind {
	case record.KindSend:
		return s.sent(e, l)
	case record.KindReply:
		return s.reply(e, l)
	case record.KindTLSMessage:
		s.messages++
		return s.bad(l)
	case record.KindCapabilities:
		if !s.compared || e.Capabilities.Changes == nil {
			return nil // each was told
		}
		s.compared = false
		return changed(e.Capabilities, "EHLO reply inside TLS: ")
	case record.KindConnect: // another connection: nothing of the one before is compared with it
		s.compared, s.hello = false, ""
	case record.KindFinding:
		s.found = append(s.found, e.Finding.Code)
		l.Lead, l.Head = "", s.warned(e.Finding)
		return own(whole(l))
	case record.KindTLS:
		return own(s.shaken(e.TLS, l)...)
	case record.KindState:
		return own(s.moved(*e.State))
	case record.KindForgot: // why EHLO is next tells it
		s.compared = len(e.Forgot.Capabilities) > 0
		return nil
	case record.KindServerLog, record.KindOnPath: // who wants to know asks for it
		return nil
	}
	return own(s.plainly(e, l)...)
}

// changed are, after what was said of the reply, the keywords that are gone and how many lines are as before TLS, and then those that TLS
// has changed, each explained.
func changed(c *record.Capabilities, said string) []string {
	var lines, gone []string
	for _, k := range words.Keywords(c) {
		switch k.Note {
		case "":
		case words.Gone:
			gone = append(gone, k.Name)
		default:
			lines = append(lines, words.List(": ", "the server offers "+k.Name+", "+k.Note, meaning(k.Name, k.Value)))
		}
	}
	are := " are no longer offered"
	if len(gone) == 1 {
		are = " is no longer offered"
	}
	same := words.AsBefore(c.Changes)
	if same != "" {
		same = strings.Replace(same, "line", "extension", 1) + " TLS"
	}
	rest := own(words.List(", ", strings.Join(gone, ", ")+when(len(gone) > 0, are), same))
	return append([]string{strings.TrimSuffix(said+strings.Join(rest, ""), ", ")}, own(bounded(lines)...)...)
}

// located is where a name leads. Addresses are long to hear: of several it says how many, the next step says which one answers.
func located(r *record.Resolve) string {
	who, has := r.Host, " has "
	switch named := len(slices.Compact(slices.Clone(r.Hosts))); {
	case named == 1:
		who = "the mail server of " + r.Host
	case named > 1:
		who, has = "the mail servers of "+r.Host, " have "
	}
	if len(r.Addresses) == 1 {
		return who + " is at " + r.Addresses[0]
	}
	return who + has + record.Plural(len(r.Addresses), "IP address", "IP addresses")
}

// reached is the server that a connection led to, or was to lead to: its name, the port where that is to be told, and where it is. Of an
// address of IPv6 it is told only that it is one: nobody hears its colons.
func (s *spoken) reached(c *record.Connect, port string) string {
	name, at := cmp.Or(c.Host, s.host), hostOf(c.Remote)
	address, err := netip.ParseAddr(at)
	switch {
	case name == "" || name == at:
		name, at = at, ""
	case err == nil && address.Is6():
		at = " over IPv6"
	default:
		at = " at " + at
	}
	return name + words.Labelled(" port ", port) + at + words.Labelled(" through ", c.Via)
}

// keyword is a line of the EHLO reply. A number is not told where the meaning has it in another unit.
func keyword(line, meaning string) string {
	if name, params, _ := strings.Cut(line, " "); params != "" && strings.Trim(params, "0123456789") == "" && strings.ContainsAny(meaning, "0123456789") {
		return name
	}
	return shorten(line)
}

// meaning is what a keyword means, without the parameters that were told with it.
func meaning(keyword, value string) string {
	_, params, _ := strings.Cut(keyword, " ")
	if first, _, _ := strings.Cut(params, " "); first != "" {
		value, _, _ = strings.Cut(value, ": "+first)
	}
	if value == "log in" {
		return "you can log in"
	}
	return value
}

// offered is a line of the EHLO reply with what it means; one whose meaning is no more than that it is there is a sentence of its own.
func offered(line, means string) string {
	name, _, _ := strings.Cut(line, " ")
	if plain := "the server supports " + name; means == plain && line == name {
		return plain
	}
	return words.List(": ", "the server offers "+keyword(line, means), aloud(meaning(line, means)))
}

// plainly is an event that is told in the same way at any time.
func (s *spoken) plainly(e *record.Event, l words.Line) []string {
	switch e.Kind {
	case record.KindStart:
		t := e.Start.Target
		s.host = t.Host
		if e.Start.Title != "" {
			return []string{"session with " + t.Host + ": " + e.Start.Title, words.Labelled(storyLabel, e.Start.Story), words.Labelled("task: ", e.Start.Task)}
		}
		return []string{"session with " + spelled(t.String()) + ", " + t.Role()}
	case record.KindResolve:
		if r := e.Resolve; r.Error == "" && !r.Literal && r.Via == "" {
			return []string{located(r)}
		}
	case record.KindConnect:
		l.Head = "connected to " + s.reached(e.Connect, "")
		if e.Connect.Error != "" {
			l.Head = "no connection to " + s.reached(e.Connect, portOf(e.Connect.Remote)) + ": " + e.Connect.Error
		}
	case record.KindProbe:
		if !e.Probe.Control { // what it came to is a finding
			return nil
		}
		l.Head = strings.Replace(l.Head, "a second connection", "a second connection to "+s.reached(&record.Connect{Remote: e.Probe.Remote}, portOf(e.Probe.Remote)), 1)
	case record.KindLookup:
		l.Head = "DNS: " + l.Head
		if e.Lookup.Type == "MX" {
			l.Head = preferences.Get().ReplaceAllString(l.Head, "${1}preference $2 ")
		}
	case record.KindAuth:
		if toldElsewhere(e.Auth) {
			return nil
		}
	case record.KindFault:
		return []string{whole(l), e.Fault.Hint()}
	}
	return []string{whole(l)}
}

// warned is what is said of a finding at once. Where it quotes the reply that was told just now, or says after a failed login to what the
// server had replied, that is left out; the verdict is told whole.
func (s *spoken) warned(f *record.Finding) string {
	text := f.Text
	if f.Phase == record.PhaseAuth {
		text = words.Sentences(text)[0]
	}
	if f.Reply == 0 || f.Reply != s.replied || f.Recipient != "" {
		return text
	}
	before, _, quotes := strings.Cut(text, " answered "+strconv.Itoa(f.Reply))
	if at := strings.LastIndex(before, ": "); quotes && at > 0 {
		return before[:at] + "."
	}
	return text
}

// titled is what a kind of finding is called where its code is not: a code is for the eye.
func titled(code record.FindingCode) string {
	e, _ := explain.Finding(string(code))
	return cmp.Or(e.Short, string(code))
}

// toldElsewhere reports whether another event tells what came of AUTH: the reply that rejects it, the state that names the user.
func toldElsewhere(a *record.Auth) bool {
	return a.Outcome == "" || a.Outcome == record.AuthFailed || a.Outcome == record.AuthSucceeded && a.User != ""
}

// signs say what kind of line it is, where its words do not.
var signs = lazy.Table[words.Sign, string]{{words.Info, "remark: "}, {words.Warn, "warning: "}, {words.Danger, "danger: "}}

// whole is a headline. One with a lead needs no sign.
func whole(l words.Line) string {
	text := l.Whole()
	if l.Lead == "" && text != "" {
		text = signs.Of(l.Mark.Sign) + text
	}
	if l.Doubt {
		text += ", unverified"
	}
	return text
}

// bad is a message of TLS that says that something went wrong.
func (s *spoken) bad(l words.Line) []string {
	if !l.Mark.Bad {
		return nil
	}
	s.alerted = true
	if strings.HasPrefix(l.Head, "not ") { // what came in place of TLS, which refuses nothing
		return own(party(l.Mark) + " sends bytes that are " + l.Head + "," + inside(l.Mark, s.state.Security.Unverified()))
	}
	return own(s.speaker(l.Mark) + "TLS " + l.Whole())
}

// speaker is who said something, and whether anyone on the path could listen.
func (s *spoken) speaker(m words.Mark) string {
	return speaker(m, s.state.Security.Unverified())
}

// speaker says of what crossed the wire whose it was. In doubt it was inside TLS with a server that proved nothing.
func speaker(m words.Mark, doubt bool) string {
	return party(m) + when(m.Bad && m.Sign == words.FromServer, " refuses") + inside(m, doubt) + ": "
}

func party(m words.Mark) string {
	if m.Sign == words.FromServer {
		return "server"
	}
	return "client"
}

// inside says whether anyone on the path could read what crossed the wire.
func inside(m words.Mark, doubt bool) string {
	switch {
	case m.TLS && doubt:
		return " inside unverified TLS"
	case m.TLS:
		return " inside TLS"
	}
	return " in cleartext"
}

// sent is a command, and of a message how much of it went out; what was announced is not told again.
func (s *spoken) sent(event *record.Event, l words.Line) []string {
	e := event.Send
	lines, together := split(words.Sent(e)), words.InGroup(e)
	s.together, s.replied = together != "", 0
	if event.Step == record.VerbEHLO && len(lines) == 1 {
		s.hello = lines[0]
	}
	switch {
	case s.next != "" && (e.Content || strings.Join(lines, "\r\n") == s.next):
		return nil
	case e.Content:
		return []string{s.speaker(l.Mark) + "the message, " + words.Number(max(e.Size, len(e.Raw)), "byte") + " on the wire"}
	}
	for i, line := range lines {
		lines[i] = s.speaker(l.Mark) + shorten(cmp.Or(named(decoded(event.Step, line), e.Masked), "an empty line")) + words.Labelled(", a practice ", e.Practice)
	}
	if together != "" {
		lines = append([]string{together}, lines...)
	}
	return bounded(lines)
}

// named says in place of each mask what it hides.
func named(line string, hides []string) string {
	for _, what := range hides {
		line = strings.Replace(line, sasl.Mask, "(masked: "+what+")", 1)
	}
	return strings.ReplaceAll(line, sasl.Mask, "(masked)")
}

// counted says of lines that are the same one after the other how many there are.
func counted(lines []string) []string {
	var out []string
	for i := 0; i < len(lines); {
		same := i + 1
		for same < len(lines) && lines[same] == lines[i] {
			same++
		}
		out = append(out, lines[i]+when(same-i > 1, ", "+words.Count(same-i)+" times"))
		i = same
	}
	return out
}

// bounded keeps the beginning of what is long.
func bounded(lines []string) []string {
	if more := len(lines) - mostLines; more > 0 {
		return append(lines[:mostLines:mostLines], "and "+words.Number(more, "more line"))
	}
	return lines
}

// split takes what crossed the wire apart. Only a proper line end is left out; another one is part of what is to be told.
func split(raw wire.Raw) []string {
	text, ended := strings.CutSuffix(string(raw), "\r\n")
	if text == "" && !ended {
		return nil
	}
	return strings.Split(text, "\r\n")
}

func shorten(line string) string {
	if len(line) <= longest {
		return line
	}
	return line[:longest] + ", and " + words.Number(len(line)-longest, "more byte")
}

// reply is a reply and what it means. The lines of an EHLO reply are explained; those that were explained before TLS are told
// by what has changed.
func (s *spoken) reply(e *record.Event, l words.Line) []string {
	if !s.together {
		s.replied = e.Reply.Code
	}
	var lines []string
	for i, line := range split(e.Reply.Raw) {
		entry, known := words.Keyword(e, i)
		switch {
		case known && s.compared:
		case known:
			lines = append(lines, offered(e.Reply.Lines[i].Text, entry.Short))
		default:
			lines = append(lines, s.answerer(e, l.Mark)+s.greeting(e, i, line))
		}
	}
	lines = s.meaning(e, l, bounded(counted(lines)))
	if s.compared && e.Step == record.VerbEHLO && e.Reply.Code == 250 && len(lines) == 1 {
		s.held, lines = lines[0], nil
	}
	return lines
}

// greeting is a line of a reply, but the first of an EHLO reply that is the same as before TLS by its code alone.
func (s *spoken) greeting(e *record.Event, i int, line string) string {
	if e.Step != record.VerbEHLO || i > 0 {
		return shorten(pausing(e.Reply, i, line))
	}
	before := s.greeted
	if s.greeted = line; s.compared && line == before && e.Reply.Code == 250 {
		return strconv.Itoa(e.Reply.Code)
	}
	return shorten(pausing(e.Reply, i, line))
}

// answers are the verbs whose replies are not told by the verb's own name; a greeting, which answers nothing, may refuse.
var answers = lazy.Table[record.Verb, string]{{"", ""}, {record.VerbGreeting, "the connection"}, {record.VerbHandshake, ""}, {record.VerbRespond, "the response"}, {record.VerbCancel, "the star"},
	{record.VerbContent, "the message"}, {record.VerbMail, "MAIL FROM"}, {record.VerbRcpt, "RCPT TO"}, {record.VerbRaw, "the line"}, {record.VerbGroup, "the group"}, {record.VerbExperiment, "the experiment"}}

// answerer is who said a reply, and to what.
func (s *spoken) answerer(e *record.Event, m words.Mark) string {
	m.Bad = e.Reply.Code >= 400
	if e.Reply.Unasked {
		return strings.Replace(s.speaker(m), " in", ", unsolicited, in", 1)
	}
	does, soon := "", ""
	switch {
	case m.Bad:
		does = " refuses" + words.Labelled(" ", called(e.Step))
		soon = when(e.Reply.Code < 500, ", for now") // RFC 5321 §4.2.1
	case e.Step == record.VerbGreeting && e.Reply.Code != 0:
		does = " greets"
	case e.Step != record.VerbGreeting:
		does = words.Labelled(" answers ", called(e.Step))
	}
	return "server" + does + inside(m, s.state.Security.Unverified()) + soon + ": "
}

// called is a step as it is called in a sentence; empty for one that sends nothing.
func called(step record.Verb) string {
	name, other := answers.Find(step)
	if !other {
		name = strings.ToUpper(string(step))
	}
	return name
}

// pausing is a line of a reply: with commas between numbers, which would run together, and without the enhanced code of a
// success, which says no more than the other one. A line that is not as it should be is told as it came.
func pausing(r *record.Reply, i int, line string) string {
	if i >= len(r.Lines) || len(r.Defects) > 0 {
		return cmp.Or(line, "an empty line")
	}
	l, enhanced, text := r.Lines[i], "", r.Lines[i].Text
	switch {
	case r.Masked != "":
		text = named(text, []string{r.Masked})
	case r.Code == challenge:
		text = decoded(record.VerbRespond, text)
	case r.Code == goAhead: // most servers write so what ends a message, and a speech program says nothing of the dot
		text = strings.Replace(text, "<CRLF>.<CRLF>", "CRLF dot CRLF", 1)
	}
	if l.Enhanced.Class > 2 {
		enhanced = l.Enhanced.String()
	}
	if enhanced == "" && (text == "" || !isDigit(text[0])) {
		return words.List(" ", l.Code, text)
	}
	return words.List(", ", l.Code, enhanced, text)
}

// meaning adds to the first line of a reply what it means, where nothing else tells it: a success needs no more words, and a
// refusal has a finding.
func (s *spoken) meaning(e *record.Event, l words.Line, lines []string) []string {
	r, slow := e.Reply, ""
	if words.Slow(r) {
		slow = words.Waited(r)
	}
	remark := l.Remark
	if r.Code != challenge {
		remark = ""
	}
	if len(lines) > 0 {
		lines[0] = words.List("; ", lines[0], aloud(words.List("; ", remark, slow)))
	}
	return append(lines, own(s.noReply(e.Step, r))...)
}

// noReply is what there is to say of a reply that did not come, or not whole, and to what it would have been one. That an alert ended the
// wait was told with the alert.
func (s *spoken) noReply(step record.Verb, r *record.Reply) string {
	text := words.NoReply(r)
	if len(r.Raw) > 0 || text == "" {
		return text
	}
	if s.alerted {
		s.alerted, text = false, "no reply"
	}
	if step == record.VerbGreeting {
		return strings.NewReplacer("no reply", "no greeting"+words.Labelled(" from ", s.host), "nothing more arrived", "nothing arrived").Replace(text)
	}
	return strings.Replace(text, "no reply", "no reply"+words.Labelled(" to ", called(step)), 1)
}

// shaken is a handshake that is over. Its messages are not told; of one that did not go well, that there are some.
func (s *spoken) shaken(t *record.TLS, l words.Line) []string {
	n := s.messages
	s.messages = 0
	line := whole(l)
	if t.Error == "" {
		c := words.OfChannel(t)
		trust, _, _ := strings.Cut(c.Trust, ": ") // why it is not verified is a finding, which is told next
		line = signs.Of(c.Sign) + c.Version + " starts, " + trust
	}
	return []string{words.List("; ", line, when(n > 0 && !(t.Error == "" && t.Verified), "x tells more of the handshake"))}
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

func when(is bool, text string) string {
	if is {
		return text
	}
	return ""
}

// moved tells what is different from the state told last, but for what the replies, the handshake and the next step tell.
func (s *spoken) moved(now record.State) string {
	before := s.state
	s.state = now
	if now.Stage == record.StageClosed && before.Stage != now.Stage && before.Security.Encrypted() {
		return "TLS ends with the connection" + words.Labelled(" to ", s.host)
	}
	switch now.Stage {
	case record.StageClosed, record.StageBroken, record.StageRefused:
	default:
		before.Stage = now.Stage
	}
	if now.Security.Encrypted() {
		before.Security = now.Security
	}
	before.Transaction, before.Recipients, before.Delivered, before.DeliveredTo = now.Transaction, now.Recipients, now.Delivered, now.DeliveredTo
	if now.User == "" { // as whom is told with the outcome of AUTH
		before.Auth = now.Auth
	}
	return strings.Replace(whole(words.Moved(before, now)), "the connection is closed", "the connection"+words.Labelled(" to ", s.host)+" is closed", 1)
}

// own are sentences of this program, made for the ear; what is empty is left out.
func own(texts ...string) []string {
	var kept []string
	for _, t := range texts {
		if t != "" {
			kept = append(kept, aloud(t))
		}
	}
	return kept
}

// say says an event. What failed is held back, over what the connection came to, until it is known whether the verdict follows.
func (v *view) say(e *record.Event) {
	if e.Kind != record.KindState && e.Kind != record.KindServerLog && e.Kind != record.KindOnPath {
		v.release()
	}
	if v.holds && e.Kind == record.KindFinding && e.Finding.Phase != "" {
		v.held = e
		return
	}
	v.speak(e)
}

// storyLabel stands before the story of a scenario.
const storyLabel = "story: "

// release says what was held back.
func (v *view) release() {
	if e := v.held; e != nil {
		v.held = nil
		v.speak(e)
	}
}

// speak says an event at once.
func (v *view) speak(e *record.Event) {
	lines := v.spoken.event(e)
	if e.Kind == record.KindStart && v.task != "" && e.Start.Task != "" {
		lines[len(lines)-1] = "task: " + v.task
	}
	if v.again && e.Kind == record.KindStart {
		lines = append([]string{"another session with " + e.Start.Target.Host}, lines[1:]...)
	}
	for i, line := range lines {
		if i == 0 {
			line = v.lead(e) + line
		}
		if v.again && e.Kind == record.KindStart && strings.HasPrefix(line, storyLabel) {
			continue
		}
		v.print(wire.VisibleString(line))
	}
}
