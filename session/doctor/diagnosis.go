package doctor

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/route"
	"ehlo/session/survey"
)

// Diagnosis is what is wrong first on the way to a mail service, and who has to act.
type Diagnosis struct {
	Format string `json:"format"` // [Format]
	// Asked is what a person named.
	Asked string    `json:"asked"`
	Began time.Time `json:"began"`
	// Steps are what was looked at, in order, up to the first fault and with the ones that were not come to.
	Steps []Check `json:"steps"`
	// Verdict is that of the session which decided.
	Verdict record.Verdict `json:"verdict"`
	// Letter is for the one who has to act; nil where nobody has to be written to, for the reason in NoLetter.
	Letter   *Letter `json:"letter,omitempty"`
	NoLetter string  `json:"no-letter,omitempty"`
	// Session is the one that decided; nil where none was had.
	Session record.Source `json:"-"`
	// Beside is what was known beside it.
	Beside Beside `json:"-"`
}

// Failed is the name of the step that is a fault, empty where none is.
func (d *Diagnosis) Failed() string {
	if i := slices.IndexFunc(d.Steps, func(c Check) bool { return c.State == Fault }); i >= 0 {
		return d.Steps[i].Name
	}
	return ""
}

// Format is the version of the JSON of a diagnosis, first in it.
const Format = "ehlo-doctor/1"

// steps are what is looked at, in the order in which a session comes to it.
var steps = []struct {
	name string
	seen func(*reading) Check
}{
	{StepName, (*reading).nameStep},
	{StepRoute, (*reading).routeStep},
	{StepPort, (*reading).portStep},
	{StepGreeting, (*reading).greetingStep},
	{StepTLS, (*reading).tlsStep},
	{StepCertificate, (*reading).certificateStep},
	{StepAuth, (*reading).authStep},
	{StepPolicy, (*reading).policyStep},
}

// The names of the steps.
const (
	StepName        = "name"
	StepRoute       = "route"
	StepPort        = "port"
	StepGreeting    = "greeting"
	StepTLS         = "TLS"
	StepCertificate = "certificate"
	StepAuth        = "AUTH"
	StepPolicy      = "policy"
)

// phases say to which step a phase of a session belongs.
var phases = lazy.Value[map[record.Phase]string]{Make: func() map[record.Phase]string {
	return map[record.Phase]string{
		record.PhaseResolve: StepName, record.PhaseConnect: StepPort, record.PhaseGreeting: StepGreeting, record.PhaseEHLO: StepGreeting,
		record.PhaseSTARTTLS: StepTLS, record.PhaseHandshake: StepTLS, record.PhaseEHLOAgain: StepTLS, record.PhaseAuth: StepAuth,
		record.PhaseMail: StepPolicy, record.PhaseRcpt: StepPolicy, record.PhaseData: StepPolicy, record.PhaseQuit: StepPolicy,
	}
}}

// stepOf is the step at which a session failed; empty where it did not, or a person stopped it.
func stepOf(v *record.Verdict, mx bool) string {
	switch {
	case !v.Failed() || v.Outcome == record.OutcomeStopped:
		return ""
	case strings.HasPrefix(string(v.Finding), "cert-"):
		return StepCertificate
	case v.Phase == record.PhaseResolve && (v.Finding == record.FoundNullMX || mx):
		return StepRoute
	}
	return phases.Get()[v.Phase]
}

// Beside is what is known beside a session.
type Beside struct {
	// Ports are what was found at the ports of the host, nil where nobody looked.
	Ports *survey.Survey
	// Route is what DNS says about the domain, nil where a host was named.
	Route *route.Report
	// Cause is that of the survey, where it decides; empty leaves that of the session.
	Cause string
	// Client is the own address from which the host is reached; empty where it is unknown.
	Client string
	// Files are those that the session took beside the system's.
	Files Files
}

// Files are files of this machine, as a person named them; each is empty where there is none.
type Files struct {
	Roots            string // the CA certificates that are trusted, a file or a folder of them
	Certificate, Key string // of the client
}

// Read is the diagnosis of one session.
func Read(asked string, log record.Source, beside Beside) *Diagnosis {
	r := read(log, beside)
	r.verdict.Cause = cmp.Or(beside.Cause, r.verdict.Cause)
	d := &Diagnosis{Format: Format, Asked: asked, Began: r.start.Time, Verdict: r.verdict, Session: log, Beside: beside}
	failed := stepOf(&r.verdict, r.start.MX)
	for i, s := range steps {
		c := Check{Name: s.name}
		switch {
		case s.name == failed:
			c.State, c.Text, c.Exit = Fault, r.verdict.Cause, r.verdict.Exit
		case FirstFault(d.Steps) != record.ExitOK || r.stopped(i):
			c = unseen(s.name, "")
		default:
			c = s.seen(r)
		}
		if d.Steps = append(d.Steps, c); c.State == Fault && s.name != failed {
			d.Verdict = r.decidedBy(c)
			failed = s.name
		}
	}
	if beside.Ports != nil {
		d.Verdict.Advice = slices.DeleteFunc(slices.Clone(d.Verdict.Advice), beside.Ports.Refutes)
	}
	d.write(r, failed)
	return d
}

// SoFar is what is known while a session goes on, or before there is one, where log is nil: the steps that it has come to, without a verdict.
// A step that is still to come, or that only the end decides, is unseen and has no text.
func SoFar(asked string, log record.Source, beside Beside) *Diagnosis {
	r := &reading{beside: beside}
	if log != nil {
		r = read(log, beside)
	} else if found := beside.Route; found != nil {
		r.start = startOf(found, nil)
	}
	d := &Diagnosis{Format: Format, Asked: asked, Began: r.start.Time, Beside: beside}
	for _, s := range steps {
		c := unseen(s.name, "")
		if r.passed(s.name) {
			c = s.seen(r)
		}
		d.Steps = append(d.Steps, c)
	}
	return d
}

// passed reports whether a session that goes on has shown what a step is about.
func (r *reading) passed(step string) bool {
	switch step {
	case StepName, StepRoute:
		return r.beside.Route != nil || r.resolve != nil && r.resolve.Error == ""
	case StepPort:
		return r.connect != nil && r.connect.Error == ""
	case StepGreeting:
		return r.greeting != nil
	case StepTLS, StepCertificate:
		return r.tls != nil && r.tls.Error == ""
	}
	return false
}

// startOf is how a session with a domain would begin.
func startOf(found *route.Report, to []string) record.Start {
	return record.Start{Time: found.Began, Plan: record.Plan{Target: record.Target{Host: found.Domain, Port: record.PortRelay}, MX: true, To: to}}
}

// ReadRoute is the diagnosis of a domain to which there is no way, so that no session was had. to are the recipients that were meant.
func ReadRoute(asked string, found *route.Report, to []string) *Diagnosis {
	v := found.Verdict
	r := &reading{beside: Beside{Route: found}, last: found.Took}
	r.start = startOf(found, to)
	r.verdict = record.Verdict{Phase: record.PhaseResolve, Exit: v.Exit, Outcome: v.Outcome, Finding: record.FindingCode(v.Finding), Cause: v.Cause, Who: v.Who}
	if v.Mend != "" {
		r.verdict.Advice = []record.Advice{mending(v)}
	}
	d := &Diagnosis{Format: Format, Asked: asked, Began: found.Began, Verdict: r.verdict, Beside: r.beside}
	failed := StepRoute
	switch {
	case v.Outcome == record.OutcomeStopped:
		failed = ""
	case v.Finding == "no-domain", v.Finding == "dns-failed", v.Finding == "resolver-failed":
		failed = StepName
	}
	for _, s := range steps {
		switch {
		case s.name == failed:
			d.Steps = append(d.Steps, fault(s.name, v.Exit, v.Cause, ""))
		case s.name == StepName && failed == StepRoute:
			d.Steps = append(d.Steps, r.nameStep())
		default:
			d.Steps = append(d.Steps, unseen(s.name, ""))
		}
	}
	d.write(r, failed)
	return d
}

// write writes the letter. Where there is nobody to write to it is the reader's turn, and no operator is to be asked.
func (d *Diagnosis) write(r *reading, failed string) {
	if d.Letter, d.NoLetter = letterFor(r, &d.Verdict, failed); d.NoLetter == "" {
		return
	}
	d.Verdict.Advice = slices.DeleteFunc(slices.Clone(d.Verdict.Advice), func(a record.Advice) bool { return a.Do == record.AskOperator })
	if d.Verdict.Who == record.WhoOperator || d.Verdict.Who == record.WhoNetwork {
		d.Verdict.Who = record.WhoYou
	}
}

// mending is what a route says is to be done: by the reader, or by who publishes the records.
func mending(v route.Verdict) record.Advice {
	if v.Who == record.WhoYou {
		return record.Advice{Do: record.DoAsTold, Text: v.Mend}
	}
	return record.Advice{Do: record.AskOperator, Text: v.Mend}
}

// stopped reports whether a session was stopped before a step was through.
func (r *reading) stopped(step int) bool {
	if r.verdict.Outcome != record.OutcomeStopped {
		return false
	}
	last := phases.Get()[r.verdict.Phase] // the last that something is known of
	for i := range step {
		if steps[i].name == last {
			return true
		}
	}
	switch name := steps[step].name; {
	case name != last:
		return false
	case name == StepName:
		return r.resolve == nil || r.resolve.Error != ""
	case name == StepTLS:
		return r.tls == nil
	default:
		return name == StepAuth || name == StepPolicy
	}
}

// decidedBy is the verdict where a step is a fault that is none of the session's own: that went as far as it was to go.
func (r *reading) decidedBy(c Check) record.Verdict {
	v := r.verdict
	v.Exit, v.Outcome, v.Finding, v.Cause, v.Who = c.Exit, record.OutcomeFailed, record.FoundAuthNotPossible, c.Text, record.WhoOperator
	v.Phase, v.Advice = record.PhaseAuth, []record.Advice{{Do: record.AskOperator, Text: "offer AUTH with PLAIN or LOGIN inside TLS on this port"}}
	return v
}
