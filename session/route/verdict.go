package route

import (
	"fmt"
	"strings"

	"ehlo/session/record"
	"ehlo/session/survey"
)

// Verdict is what a route comes to: whether mail arrives, and else who has to act.
type Verdict struct {
	Exit    record.Exit    `json:"exit"`
	Outcome record.Outcome `json:"outcome"`
	Cause   string         `json:"cause"`
	Finding Code           `json:"finding,omitempty"`
	Who     record.Who     `json:"who,omitempty"`
	Mend    string         `json:"mend,omitempty"`
	// Faults counts the findings that are dangers or warnings.
	Faults int `json:"faults"`
}

// Judge is the verdict of a report. Of several findings that decide, the one whose exit code comes first does.
func Judge(r *Report) Verdict {
	v := Verdict{Outcome: record.OutcomeDone}
	for _, f := range r.Findings {
		if f.Severity != info {
			v.Faults++
		}
		if f.Exit != 0 && (f.Host == "" || r.useless() == len(r.Hosts)) && (v.Exit == 0 || f.Exit < v.Exit) {
			v.Exit, v.Outcome, v.Cause, v.Finding, v.Who, v.Mend = f.Exit, outcomeOf(f.Exit), f.Text, f.Code, f.Who, f.Mend
		}
	}
	switch {
	case r.Stopped:
		return Verdict{Exit: record.ExitStopped, Outcome: record.OutcomeStopped, Cause: "The route was stopped before all was known.", Faults: v.Faults}
	case v.Exit != record.ExitOK:
		return v
	}
	v.Cause = r.arrives()
	return v
}

// outcomeOf is the outcome that belongs to an exit code: a policy that the servers do not meet would expose the mail.
func outcomeOf(exit record.Exit) record.Outcome {
	switch exit {
	case record.ExitSTARTTLS, record.ExitCertificate:
		return record.OutcomeUnsafe
	case record.ExitDeferred:
		return record.OutcomeDeferred
	}
	return record.OutcomeFailed
}

// failing counts the hosts to which nobody can deliver.
func (r *Report) failing() (n int) {
	for _, h := range r.Hosts {
		if h.Failing {
			n++
		}
	}
	return n
}

// useless counts the hosts that fail, or that do not meet the domain's own policy.
func (r *Report) useless() (n int) {
	for _, h := range r.Hosts {
		if h.Failing || h.Unsafe {
			n++
		}
	}
	return n
}

// arrives says where mail for the domain goes.
func (r *Report) arrives() string {
	var names []string
	answers, seen := "", false
	for i := range r.Hosts {
		h := &r.Hosts[i]
		if h.Failing {
			continue
		}
		names = append(names, called(h.Name))
		for _, c := range h.met() {
			if seen = true; answers == "" && survey.Answers(c) {
				answers = fmt.Sprintf("%s answers %s", called(h.Name), inWhat(c))
			}
		}
	}
	text := fmt.Sprintf("Mail for %s goes to %s", called(r.Domain), several(names))
	switch {
	case !seen:
		text += "; no server was contacted."
	case answers == "":
		text += "; no server could be reached from here."
	default:
		text += ", and " + answers + "."
	}
	switch n := r.failing(); n {
	case 0:
		return text
	case 1:
		return text + fmt.Sprintf(" 1 of %d hosts fails.", len(r.Hosts))
	default:
		return text + fmt.Sprintf(" %d of %d hosts fail.", n, len(r.Hosts))
	}
}

// inWhat says how a port speaks.
func inWhat(c survey.Cell) string {
	if c.TLS == nil {
		return "in cleartext"
	}
	return "in " + c.TLS.Version
}

// several are names in a sentence: two of them, and how many there are beside.
func several(names []string) string {
	const most = 2
	if len(names) <= most {
		return strings.Join(names, " and ")
	}
	return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
}
