package walk

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"ehlo/session/record"
	"ehlo/session/sasl"
)

// Options says what can be done now: first the step a good client would take next, then the other legal ones, then
// those out of order, each with the reply to expect. It is a pure function of what is known and what is wanted.
func Options(s record.Snapshot, g Goal) []Option {
	if s.Start == nil {
		return nil
	}
	if s.State.Stage == record.StageReady { // several steps are about the message
		g.Message = message(s, g)
	}
	g = g.trying(s)
	proposal, rest := Propose(s, g), others(s, g)
	failing := s.Failing()
	options := append(make([]Option, 0, 1+len(rest)), proposal)
	for place := range places {
		for i := range rest {
			if o := &rest[i]; placeOf(o, s.State, failing) == place && !sameStep(&o.Step, &proposal.Step) {
				options = append(options, *o)
			}
		}
	}
	return options
}

// places is how many places there are.
const places = 3

// placeOf is how far down an option is listed: what has just failed first, to be tried again, and last what is out of order.
func placeOf(o *Option, s record.State, failing *record.Failure) int {
	switch {
	case !o.Legal:
		return 2
	case failing != nil && PhaseOf(o.Step.Verb, s) == failing.Finding.Phase:
		return 0
	}
	return 1
}

func sameStep(a, b *record.Step) bool {
	return a.Verb == b.Verb && a.Line == b.Line && a.Address == b.Address && a.Mechanism == b.Mechanism
}

// others are all steps that make sense to try in this stage, in the order of the table of verbs.
func others(s record.Snapshot, g Goal) []Option {
	switch s.State.Stage {
	case record.StageIdle, record.StageResolved, record.StageClosed:
		return append([]Option{option(s, g, record.VerbResolve), option(s, g, record.VerbConnect)}, addressOptions(s, g)...)
	case record.StageBroken:
		return []Option{option(s, g, record.VerbQuit)}
	}
	list := make([]Option, 0, len(verbs()))
	for _, r := range verbs() {
		switch {
		case hopeless(s.State, r.verb), unusual(s, g, r.verb):
		case r.verb == record.VerbAuth:
			list = append(list, authOptions(s, g)...)
		default:
			list = append(list, option(s, g, r.verb))
		}
	}
	return list
}

// hopeless steps teach nothing: there is no line to send.
func hopeless(s record.State, v record.Verb) bool {
	switch v {
	case record.VerbResolve, record.VerbConnect: // there is a connection
		return true
	case record.VerbRespond: // where nothing is prepared, a person types or builds the answer
		return s.Auth != record.AuthExchange || s.Pending == nil || s.Pending.Cancel
	case record.VerbCancel:
		return s.Auth != record.AuthExchange
	case record.VerbContent:
		return s.Transaction != record.TransactionData
	case record.VerbGreeting:
		return s.Stage != record.StageConnected
	case record.VerbHandshake:
		return s.Security.Encrypted()
	}
	return false
}

// unusual steps are listed where the server offers them, or a person asked for them.
func unusual(s record.Snapshot, g Goal, v record.Verb) bool {
	switch v {
	case record.VerbProxy:
		return !headerDue(s, g)
	case record.VerbExperiment:
		_, due := experimentOf(s, g)
		return !due
	case record.VerbGroup:
		return !offersPIPELINING.holds(s) || len(groupOf(s, g)) < 2
	case record.VerbXCLIENT:
		return len(g.XCLIENT) == 0 && !offersXCLIENT.holds(s)
	case record.VerbXFORWARD:
		return len(g.XFORWARD) == 0 && !offersXFORWARD.holds(s)
	}
	return false
}

// option describes one step as it would be done here.
func option(s record.Snapshot, g Goal, v record.Verb) Option {
	step, row := Compose(s, g, v), rowOf(v)
	o := Option{Step: step, Legal: true, Show: step.Line, Why: row.why, Ref: row.ref, Editable: row.edit}
	switch v {
	case record.VerbHandshake:
		if s.Start.Target.Implicit {
			o.Ref = "RFC 8314 §3"
		}
	case record.VerbEHLO:
		if s.Start.Target.LMTP() {
			o.Ref = "RFC 2033 §4.1"
		}
	case record.VerbGroup:
		o.Show = ShownGroup(step.Group)
	case record.VerbExperiment:
		x, _ := FindExperiment(step.Experiment)
		o.Show, o.Ref = showExperiment(step), x.Refs[0].String()
	case record.VerbProxy:
		o.Show = shownHeader(step.Line)
	case record.VerbRespond:
		o.Show, o.Editable = s.State.Pending.Shown(), true
	case record.VerbContent, record.VerbBdat:
		o.Show = fmt.Sprintf("%s%d bytes of message", prefix(step.Line), sizeOf(step))
	}
	if SendsContent(v) && answersEach(s.State) {
		o.Why, o.Ref = o.Why+"; then one reply comes for each recipient", "RFC 2033 §4.2"
	}
	if c := row.check(s); c != nil {
		o.Legal, o.Expect, o.Ref = false, expectation(c), c.ref
	}
	if s.State.Stage == record.StageBroken {
		o.Show, o.Editable = "close the connection", false
	}
	o.Guard = GuardFor(s, step)
	o.Predicted = predict(s, v, step.Mechanism)
	switch v {
	case record.VerbGroup:
		o.Predicted = predictGroup(s, step.Group)
	case record.VerbExperiment:
		o.Predicted = predictExperiment(step.Experiment)
	}
	if o.Legal && o.Predicted.Code >= 500 && v != record.VerbCancel {
		o.Why += "; expect " + o.Predicted.Reply + ": " + o.Predicted.Why
	}
	return o
}

// sizeOf is how many bytes of a message go out.
func sizeOf(st record.Step) int64 {
	if st.Verb == record.VerbBdat {
		return st.Part.Size
	}
	return st.Message.Size
}

// wantsMore reports whether a submission server is likely to ask for TLS or AUTH before MAIL (RFC 6409 §4.3).
func wantsMore(s record.Snapshot) bool {
	role := s.Start.Target.Port != record.PortRelay
	return role && (offersSTARTTLS.holds(s) && plain.holds(s) || offersAUTH.holds(s) && notAuthenticated.holds(s))
}

func prefix(line string) string {
	if line == "" {
		return ""
	}
	return line + " + "
}

func expectation(c *condition) string {
	if c.expect == "" {
		return c.why
	}
	return "expect " + c.expect + ": " + c.why
}

// authOptions offers the chosen or best mechanism first, then what else the server lists, then what it does not.
func authOptions(s record.Snapshot, g Goal) []Option {
	auth := option(s, g, record.VerbAuth)
	offered, others := Mechanisms(s, g)
	if !auth.Legal { // then no mechanism is more out of order than another
		others = slices.DeleteFunc(others, func(c sasl.Choice) bool {
			return !strings.EqualFold(c.Name, g.Mechanism) && (len(offered) > 0 || c.Name != "PLAIN")
		})
	}
	choices := worthShowing(offered, others, g.Mechanism)
	list := make([]Option, len(choices))
	for i, c := range choices {
		list[i] = authOption(s, g, auth, c, offered)
	}
	return list
}

// firstAuth is the first of them.
func firstAuth(s record.Snapshot, g Goal) Option {
	offered, others := Mechanisms(s, g)
	return authOption(s, g, option(s, g, record.VerbAuth), worthShowing(offered, others, g.Mechanism)[0], offered)
}

// Attempt is the place among options of the AUTH that g asks for, where the walk itself would go no further: after a
// login that failed, or with a mechanism that is not offered and is tried on purpose. Elsewhere it is 0, the proposal.
func Attempt(options []Option, g Goal) int {
	if len(options) == 0 || options[0].Step.Verb != record.VerbQuit || !g.wantsAuth() {
		return 0
	}
	if b := options[0].Blocked; b != nil && b.Code != record.FoundAuthNotPossible && b.Code != record.FoundAuthCredentialMissing {
		return 0
	}
	return max(0, slices.IndexFunc(options, func(o Option) bool {
		if o.Step.Verb != record.VerbAuth {
			return false
		}
		info, _ := sasl.Lookup(o.Step.Mechanism)
		return g.Mechanism == "" && o.Legal && o.Missing == "" && !info.OnRequest || strings.EqualFold(o.Step.Mechanism, g.Mechanism)
	}))
}

// authOption makes of the option of AUTH, whichever mechanism, that of one.
func authOption(s record.Snapshot, g Goal, o Option, c sasl.Choice, offered []sasl.Choice) Option {
	o.Step = authStep(s, g, c)
	o.Show, o.Why, o.Missing = showAuth(c.Name, g, s.Revealed), authReason(c), c.Missing
	if chosen := g.Auth.Words(c.Name, g.Credentials.Authzid); chosen != "" {
		o.Why += "; " + chosen
	}
	o.Guard, o.Predicted = GuardFor(s, o.Step), predict(s, record.VerbAuth, c.Name)
	if o.Legal && !among(offered, c.Name) {
		o.Legal, o.Expect, o.Ref = false, "expect 504 5.5.4: the server does not offer it", "RFC 4954 §4"
	}
	return o
}

func authStep(s record.Snapshot, g Goal, c sasl.Choice) record.Step {
	st := Compose(s, g, record.VerbAuth)
	st.Mechanism, st.Line = c.Name, ""
	if g.Insist && cannotBegin(c) { // the bare command is enough to see what the server says
		st.Line = "AUTH " + c.Name
	}
	return st
}

// showAuth is the AUTH command as it will be sent, with the response masked unless it is to be seen. SCRAM's first message holds a random
// number that is made when it is sent, so it cannot be shown before.
func showAuth(name string, g Goal, revealed bool) string {
	if info, _ := sasl.Lookup(name); info.Iterated {
		return "AUTH " + name
	}
	m, err := sasl.New(name, g.standIns(), sasl.Binding{}, nil, g.Auth.Options()...)
	if err != nil {
		return "AUTH " + name
	}
	start, err := m.Start()
	switch {
	case err != nil || start.Data == nil:
		return "AUTH " + name
	case start.Hides != "" && (!revealed || len(g.has) > 0):
		return "AUTH " + name + " " + sasl.Mask
	}
	return sasl.Command(name, start)
}

// standIns are the credentials, with something in the place of those that are known to be there and not what they are.
func (g Goal) standIns() sasl.Credentials {
	c, something := g.Credentials, sasl.NewSecret("unknown")
	for _, n := range g.has {
		switch {
		case n == sasl.NeedsPassword && c.Password.IsZero():
			c.Password = something
		case n == sasl.NeedsToken && c.Token.IsZero():
			c.Token = something
		}
	}
	return c
}

// authReason says what happens in a mechanism, and why it stands where it does.
func authReason(c sasl.Choice) string {
	info, ok := sasl.Lookup(c.Name)
	switch {
	case !ok:
		return "a mechanism that this program does not know"
	case c.Why == info.Summary:
		return c.Why
	}
	return info.Summary + "; " + c.Why
}

// worthShowing lists the mechanisms to choose from, the one that was asked for first. Where the server offers none, one
// is enough to see what it says.
func worthShowing(offered, others []sasl.Choice, asked string) []sasl.Choice {
	all := append(slices.Clone(offered), others...)
	if asked == "" && len(offered) == 0 {
		asked = "PLAIN"
	}
	first := slices.IndexFunc(all, func(c sasl.Choice) bool { return strings.EqualFold(c.Name, asked) })
	if first < 0 {
		return all
	}
	list := all[first : first+1]
	if len(offered) == 0 {
		return list
	}
	return append(slices.Clone(list), slices.Delete(slices.Clone(all), first, first+1)...)
}

// cannotBegin reports whether the mechanism has not even a first response to give.
func cannotBegin(c sasl.Choice) bool {
	return c.Missing != "" && c.Missing != string(sasl.NeedsCertificate)
}

func among(choices []sasl.Choice, name string) bool {
	return slices.ContainsFunc(choices, func(c sasl.Choice) bool { return c.Name == name })
}

// Mechanisms judges, best first, what the server offers for AUTH here, and apart from it what could be tried although
// it does not.
func Mechanisms(s record.Snapshot, g Goal) (offered, others []sasl.Choice) {
	offered = rankMechanisms(s, g)
	names := slices.DeleteFunc(sasl.Usual(), func(name string) bool { return among(offered, name) })
	if asked := strings.ToUpper(g.Mechanism); asked != "" && !among(offered, asked) {
		names = append(names, asked) // judged once, even if it is there already
	}
	return offered, ranked(s, g, names)
}

func rankMechanisms(s record.Snapshot, g Goal) []sasl.Choice {
	if s.Capabilities == nil {
		return nil
	}
	return ranked(s, g, s.Capabilities.AuthMechanisms())
}

func ranked(s record.Snapshot, g Goal, names []string) []sasl.Choice {
	choices := sasl.Rank(names, s.State.Security.Encrypted(), s.State.Security == record.SecurityVerified, haves(s, g)...)
	if g.Credentials.Authzid == "" {
		return choices
	}
	for i, c := range choices {
		if info, ok := sasl.Lookup(c.Name); ok && c.Usable && !info.Authzid {
			choices[i].Usable, choices[i].Missing = false, "place for an authzid"
		}
	}
	slices.SortStableFunc(choices, func(a, b sasl.Choice) int {
		switch {
		case a.Usable == b.Usable:
			return 0
		case a.Usable:
			return -1
		}
		return 1
	})
	return choices
}

func haves(s record.Snapshot, g Goal) []sasl.Needs {
	have := append([]sasl.Needs{sasl.NeedsNothing}, g.has...)
	if !g.Credentials.Password.IsZero() {
		have = append(have, sasl.NeedsPassword)
	}
	if !g.Credentials.Token.IsZero() {
		have = append(have, sasl.NeedsToken)
	}
	if s.TLS != nil && s.TLS.ClientCertificate {
		have = append(have, sasl.NeedsCertificate)
	}
	return have
}

// ehloName is the name the client gives itself: a fully qualified name if there is one, else the address literal
// that RFC 5321 §4.1.1.1 asks for.
func ehloName(s record.Snapshot, g Goal) string {
	if g.EHLOName != "" {
		return g.EHLOName
	}
	if s.Connect == nil {
		return "[127.0.0.1]"
	}
	local, err := netip.ParseAddrPort(s.Connect.Local)
	switch addr := local.Addr(); {
	case err != nil:
		return "[127.0.0.1]"
	case addr.Is6():
		return "[IPv6:" + addr.WithZone("").String() + "]" // RFC 5321 §4.1.3; a zone means nothing to the server
	default:
		return "[" + addr.String() + "]"
	}
}
