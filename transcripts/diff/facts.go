package diff

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
)

// fact is one thing that a session has shown. The facts of two steps that have the same name are compared.
type fact struct {
	topic  Topic
	name   string // of one that comes again with its number
	base   string // the name without it
	form   form
	value  string // as it is shown
	key    string // the same without noise: what is compared
	made   bool   // by the practice server, each time that it starts
	listed bool   // it says something only beside another list
	grave  bool   // it is told even where the other session did not come that far
}

func (f *fact) id() string { return string(f.topic) + "\x00" + f.name }

// form is the sentence that tells a difference.
type form int

// The forms.
const (
	formNone form = iota
	formPlan
	formFollowed
	formSettled
	formFault
	formAddresses
	formConnected
	formReply
	formSent
	formMessage
	formCalled
	formList
	formKeyword
	formKeywordTLS
	formMechanism
	formMechanismTLS
	formHandshake
	formChosen
	formHas
	formWas
	formCertificate
	formVerified
	formValue
	formOutcome
	formFinding
)

// forms are the sentences: differ where both sessions have a value, alone where only x has one; alone is empty where that says
// nothing, since another difference says it, and {,} sets a list apart from what follows. What joins is told in one sentence with others of its kind.
var forms = [...]struct {
	differ, alone string
	joins         bool
}{
	formPlan:         {"The {name} is {a} in A, {b} in B.", "The {name} is {v} in {x}; {y} has none.", false},
	formFollowed:     {"", "Advice was followed in {x}, but not in {y}: {v}.", false},
	formSettled:      {"", "Settings were changed by hand in {x}, but not in {y}: {v}.", false},
	formFault:        {"ehlo failed in both: {a} in A, {b} in B.", "ehlo itself failed in {x}: {v}.", false},
	formAddresses:    {"The {name} is {a} in A, {b} in B.", "", false},
	formConnected:    {"The connection: A {a}, B {b}.", "", false},
	formReply:        {"{name}: {a} in A, {b} in B.", "{name}: {v} in {x}, no answer in {y}.", false},
	formSent:         {"A sent {a}, B sent {b}.", "{x} sent {v}, {y} did not.", false},
	formMessage:      {"The messages differ: A sent {a}, B {b}.", "", false},
	formCalled:       {"The server calls itself {a} in A, {b} in B.", "", false},
	formList:         {},
	formKeyword:      {"A was offered {a}, B {b}.", "{x} was offered {v}{,} {y} was not.", true},
	formKeywordTLS:   {"Inside TLS A was offered {a}, B {b}.", "Inside TLS {x} was offered {v}{,} {y} was not.", true},
	formMechanism:    {"", "{x} was offered AUTH {v}{,} {y} was not.", true},
	formMechanismTLS: {"", "Inside TLS {x} was offered AUTH {v}{,} {y} was not.", true},
	formHandshake:    {"The TLS handshake failed in both, for different reasons. A: {a}. B: {b}.", "The TLS handshake failed in {x}, but not in {y}: {v}.", false},
	formChosen:       {"The {name} is {a} in A, {b} in B.", "", false},
	formHas:          {"", "{x} {v}, {y} did not.", false},
	formWas:          {"", "{x} was {v}, {y} was not.", false},
	formCertificate:  {"The certificate's {name} is {a} in A, {b} in B.", "", false},
	formVerified:     {"The certificate {a} in A, and {b} in B.", "", false},
	formValue:        {"The server's {name} is {a} in A, {b} in B.", "The server's {name} is {v} in {x}; in {y} there is none.", false},
	formOutcome:      {"A: {a}. B: {b}.", "In {x}, but not in {y}: {v}.", false},
	formFinding:      {"", "Only in {x}: {v}", false},
}

// asked are the facts of a plan.
func asked(p *record.Plan) (list []fact) {
	add := func(name, value string) {
		if value != "" {
			value = wire.VisibleString(value)
			list = append(list, fact{topic: TopicAsked, name: name, form: formPlan, value: value, key: value})
		}
	}
	add("scenario", p.Scenario)
	add("server", p.Target.Called())
	add("port", strconv.Itoa(p.Target.Port))
	add("start of TLS", words.Starts(p.Policy.Start))
	if p.Policy.Start != record.StartNever && !p.Imported {
		add("rule for a session without TLS", words.Without(p))
	}
	add("unverified certificate", when(p.Policy.AllowUnverified && !p.Imported, "accepted"))
	add("password to an unverified server", when(p.Policy.AllowUnverifiedAuth && !p.Imported, "allowed"))
	add("password in cleartext", when(p.Policy.AllowCleartextAuth && !p.Imported, "allowed"))
	add("password through obsolete TLS", when(p.Policy.AllowObsoleteAuth && !p.Imported, "allowed"))
	add("user", p.User)
	add("requested mechanism", p.Mechanism)
	add("identity to act as", p.ActAs)
	add("last phase", string(p.Until))
	add("address family", p.Network)
	add("requested address", p.Address)
	add("server name in TLS", p.ServerName)
	add("highest TLS version", p.TLSMax)
	add("obsolete TLS", when(p.LegacyTLS, "offered"))
	add("sender", p.From)
	add("list of recipients", strings.Join(p.To, ", "))
	return list
}

// inStep reads an event of a step.
func (s *session) inStep(step *Step, e *record.Event) {
	switch {
	case e.Lookup != nil:
		s.lookedUp(step, e.Lookup)
	case e.Resolve != nil:
		s.resolved(step, e.Resolve)
	case e.Connect != nil:
		s.connected(step, e.Connect)
	case e.Probe != nil:
		step.add(fact{topic: TopicConnection, name: "probe", form: formOutcome, value: s.visible(words.Of(e).Head), key: s.noise.out(words.Of(e).Head)})
	case e.Send != nil:
		s.sent(step, e.Send)
	case e.Reply != nil:
		s.replied(step, e.Reply)
	case e.Capabilities != nil:
		s.listed(step, e.Capabilities)
	case e.TLS != nil:
		s.handshake(step, e.TLS)
	case e.Auth != nil:
		s.auth(step, e)
	case e.Finding != nil:
		f := e.Finding
		text := words.List(" ", string(f.Severity), string(f.Code)+":", f.Text)
		step.add(fact{topic: TopicFindings, name: string(f.Code), form: formFinding, value: s.visible(text), grave: f.Severity != record.SeverityInfo})
	}
}

// add adds a fact; of a name that is there already it is the next one.
func (s *Step) add(f fact) {
	if len(s.facts) == mostFacts {
		return
	}
	same := 0
	for i := range s.facts {
		if s.facts[i].topic == f.topic && s.facts[i].base == f.name {
			same++
		}
	}
	if f.base = f.name; same > 0 {
		f.name += fmt.Sprintf(" (%d)", same+1)
	}
	s.facts = append(s.facts, f)
}

// mostFacts is how many facts of a step are compared.
const mostFacts = 200

func (s *session) resolved(step *Step, r *record.Resolve) {
	step.waited += r.Took
	value := s.visible(strings.Join(r.Addresses, ", "))
	key := strings.Join(sorted(r.Addresses), " ")
	if r.Error != "" {
		value, key = "unknown ("+s.visible(r.Error)+")", string(r.Trouble)
	}
	step.did(value)
	step.add(fact{topic: TopicConnection, name: "address of the name", form: formAddresses, value: value, key: key})
}

// lookedUp is the answer to one question.
func (s *session) lookedUp(step *Step, l *record.Lookup) {
	step.waited += l.Took
	head := words.Of(&record.Event{Kind: record.KindLookup, Lookup: l}).Head
	key := lifetimes.Get().ReplaceAllString(head, "TTL")
	if s.plan.Target.Lab { // its keys, and so their digests in TLSA records, are made for each run
		key = s.noise.out(key)
	}
	step.add(fact{topic: TopicConnection, name: "lookup of " + l.Question().String(), form: formOutcome, value: s.visible(head), key: key})
}

// lifetimes are how much longer an answer may be kept: a cache counts down.
var lifetimes = lazy.Pattern{Text: `TTL [0-9,]+ s(?:econds?)?`}

func (s *session) connected(step *Step, c *record.Connect) {
	step.waited += c.Took
	step.trips++
	host, _, err := net.SplitHostPort(c.Remote)
	if err != nil {
		host = c.Remote
	}
	value, key := "reached "+s.visible(host), host
	if c.Error != "" {
		value, key = "did not reach "+s.visible(host)+" ("+s.visible(c.Error)+")", host+" "+string(c.Trouble)
	}
	step.did(value)
	step.add(fact{topic: TopicConnection, name: "connection", form: formConnected, value: value, key: key})
}

func (s *session) sent(step *Step, d *record.Send) {
	step.sends++
	step.TLS = step.TLS || d.TLS
	s.crossed(max(d.Size, len(d.Raw)), d.TLS)
	line := strings.TrimRight(string(d.Raw), "\r\n")
	if step.sends == 1 && !d.Content && step.Verb != record.VerbRespond {
		step.Said = s.visible(shorten(shownLine(step, line)))
	}
	if d.Content {
		size := max(d.Size, len(d.Raw))
		if step.Verb == record.VerbContent { // the dot that ends it is no part of it (RFC 5321 §4.1.1.4)
			size = max(size-len(".\r\n"), 0)
		}
		step.Said = "a message of " + words.Number(size, "byte")
		step.add(fact{topic: TopicMail, name: "message", form: formMessage, value: words.Number(size, "byte"), key: s.noise.out(message.Get().ReplaceAllString(line, ""))})
		return
	}
	key := s.noise.out(measured.Get().ReplaceAllString(line, ""))
	if step.sends == 1 {
		step.line = key
	}
	if step.Verb == record.VerbRespond {
		return // an answer to a challenge is another one each time, or masked
	}
	if step.Verb == record.VerbAuth {
		line = authLine(line)
		key = line
	}
	step.add(fact{topic: step.topic(), name: "line", form: formSent, value: s.visible(line), key: key})
}

// shownLine is a line as it stands in a row: what base64 hides says nothing there.
func shownLine(step *Step, line string) string {
	if parts := strings.SplitN(line, " ", 3); step.Verb == record.VerbAuth && len(parts) == 3 {
		return parts[0] + " " + parts[1] + " …"
	}
	return line
}

// authLine is an AUTH command without the response in it, which is masked or another one each time.
func authLine(line string) string {
	parts := strings.SplitN(line, " ", 3)
	if len(parts) < 3 {
		return line
	}
	return parts[0] + " " + parts[1] + " with an initial response"
}

// message finds what a client makes for each message: its date, its number, the borders of its parts.
var message = lazy.Pattern{Text: `(?im)^(?:Date|Message-ID|Received|Content-Type):.*(?:\r?\n[ \t].*)*\r?\n|^--.*$`}

// measured finds the size of the message in a command: its date may have one digit or two.
var measured = lazy.Pattern{Text: `(?i) SIZE=\d+|^BDAT \d+`}

func (s *session) replied(step *Step, r *record.Reply) {
	step.got++
	step.waited += r.Wait + r.Took
	step.TLS = step.TLS || r.TLS
	s.crossed(len(r.Raw), r.TLS)
	if !r.Unasked {
		step.trips++
	}
	if step.Verb == record.VerbGreeting {
		s.banner = banner(r)
	}
	name := step.Title()
	if step.got > 1 {
		name += " (reply " + strconv.Itoa(step.got) + ")"
	}
	name = strings.ToUpper(name[:1]) + name[1:]
	if step.got <= mostTold {
		step.did(s.answer(r, s.visible))
	}
	step.add(fact{topic: step.topic(), name: name, form: formReply, value: s.answer(r, s.visible), key: s.answer(r, s.replyKey(step, r))})
}

// replyKey says what of a reply is compared: of a list of capabilities the code.
func (s *session) replyKey(step *Step, r *record.Reply) func(string) string {
	if r.Code == 250 && step.Verb == record.VerbEHLO {
		return func(string) string { return "" }
	}
	return s.noise.out
}

// answer is a reply in a line, or why there is none.
func (s *session) answer(r *record.Reply, text func(string) string) string {
	if r.Code == 334 { // what it holds is told apart from that, as far as the server chose it
		return "334 (a challenge)"
	}
	var said []string
	for _, l := range r.Lines[:min(len(r.Lines), mostLines)] {
		said = append(said, l.Text)
	}
	code := ""
	if r.Code != 0 {
		code = fmt.Sprint(r.Code)
	}
	enhanced := ""
	if !r.Enhanced.IsZero() {
		enhanced = r.Enhanced.String()
	}
	quote := words.Labelled("“", text(shorten(strings.Join(said, " "))))
	return words.List(" ", code, enhanced, words.List("", quote, when(quote != "", "”")), words.List("", when(r.Trouble != "", "("+troubles(r.Trouble)+")")))
}

// Bounds of what is compared and shown of a reply, and of a step.
const (
	mostTold  = 3 // replies
	mostLines = 50
	mostShown = 300 // bytes
)

func shorten(text string) string {
	if len(text) > mostShown {
		return strings.ToValidUTF8(text[:mostShown], "") + "…"
	}
	return text
}

// troubles put into a word why a reply is none. That a connection was reset and that it was closed is the same here: which one is
// seen depends on the moment.
func troubles(t record.Trouble) string {
	switch t {
	case record.TroubleClosed, record.TroubleReset, record.TroubleCutOff:
		return "the connection ended"
	case record.TroubleTimeout, record.TroubleGaveUp:
		return "no reply in time"
	}
	return "no reply: " + string(t)
}

// listed reads a list of capabilities: a fact for each keyword, and of AUTH one for each mechanism.
func (s *session) listed(step *Step, c *record.Capabilities) {
	keyword, mechanism, place := formKeyword, formMechanism, 0
	if c.TLS {
		keyword, mechanism, place = formKeywordTLS, formMechanismTLS, 1
	}
	s.lists[place] = keywordsOf(c)
	step.add(fact{topic: TopicEHLO, name: "list", form: formList})
	step.add(fact{topic: TopicEHLO, name: "domain", form: formCalled, value: s.visible(c.Domain), key: c.Domain})
	for _, k := range c.Keywords {
		if k.Keyword == "AUTH" {
			for _, m := range k.Params {
				step.add(fact{topic: TopicEHLO, name: "AUTH " + strings.ToUpper(m), form: mechanism, value: s.visible(m), listed: true})
			}
			continue
		}
		text := s.visible(words.List(" ", k.Keyword, strings.Join(k.Params, " ")))
		step.add(fact{topic: TopicEHLO, name: k.Keyword + when(k.Legacy, "="), form: keyword, value: text, key: text, listed: true})
	}
}

// gives are the values of a mechanism that a server chooses and does not make up for each exchange.
var gives = []string{"iteration-count", "realm", "qop", "algorithm", "charset", "maxbuf", "cipher"}

func (s *session) auth(step *Step, e *record.Event) {
	a := e.Auth
	switch a.Outcome {
	case record.AuthCanceled, record.AuthUnproved, record.AuthUnanswerable, record.AuthImpossible: // a reply says the others
		text := words.Of(e).Head
		step.add(fact{topic: TopicAuth, name: "outcome", form: formOutcome, value: s.visible(text), key: text})
	}
	if a.From != "S" {
		return
	}
	for _, v := range a.Values {
		if slices.Contains(gives, v.Name) && v.Hides == "" && v.Text != "" {
			step.add(fact{topic: TopicAuth, name: v.Name, form: formValue, value: s.visible(v.Text), key: s.noise.own.Replace(v.Text)})
		}
	}
}

func when(is bool, text string) string {
	if is {
		return text
	}
	return ""
}
