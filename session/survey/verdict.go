package survey

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ehlo/session/record"
)

// Verdict is what a survey comes to as a whole: what is wrong first, and who has to act.
type Verdict struct {
	Exit    record.Exit     `json:"exit"`
	Outcome record.Outcome  `json:"outcome"`
	Cause   string          `json:"cause"`
	Who     record.Who      `json:"who,omitempty"`
	Advice  []record.Advice `json:"advice,omitempty"`
	// Ports are those that the cause is about, none where it is about all.
	Ports []int `json:"ports,omitempty"`
	// Open counts the ports that take connections at one address at least, Failing the pairs of port and address that are open and do not
	// work as they are meant to.
	Open    int `json:"open"`
	Failing int `json:"failing"`
}

// Judge is the verdict of a survey, by its cells.
func Judge(s *Survey) Verdict {
	v := judged(s)
	v.Advice = slices.DeleteFunc(slices.Clone(v.Advice), s.Refutes)
	return v
}

// Refutes reports whether the survey has seen that what is advised does not work: it leads to a port that takes no connection.
func (s *Survey) Refutes(a record.Advice) bool {
	return a.Port != 0 && slices.Contains(s.Ports, a.Port) && !slices.Contains(s.openPorts(), a.Port)
}

func judged(s *Survey) Verdict {
	v := Verdict{Open: len(s.openPorts()), Failing: len(s.Failing())}
	switch worst := first(s.Failing()); {
	case s.Stopped:
		v.Exit, v.Outcome, v.Cause = record.ExitStopped, record.OutcomeStopped, fmt.Sprintf("The survey was stopped: %d of %s finished.", s.known(), record.Plural(len(s.Cells), "session", "sessions"))
	case len(s.Cells) == 0:
		return v
	case v.Open == 0:
		return v.as(closed(s))
	case worst != nil:
		v.Ports = s.sharing(worst.Verdict.Cause)
		return v.as(worst.Verdict)
	default:
		return s.partly(v)
	}
	return v
}

// Decides is the port whose session the verdict of a survey is, nil where all that is open works and nothing is missing.
func (s *Survey) Decides() *Cell {
	if s.Verdict.Exit == record.ExitOK || len(s.Cells) == 0 {
		return nil
	}
	for _, c := range []*Cell{first(s.Failing()), s.missing()} {
		if c != nil {
			return c
		}
	}
	return first(s.all())
}

// as is the verdict with what that of one session says.
func (v Verdict) as(one record.Verdict) Verdict {
	v.Exit, v.Outcome, v.Cause, v.Who, v.Advice = one.Exit, one.Outcome, one.Cause, one.Who, one.Advice
	return v
}

// sharing are the ports that fail for the same cause.
func (s *Survey) sharing(cause string) (list []int) {
	for _, c := range s.Failing() {
		if c.Verdict.Cause == cause && !slices.Contains(list, c.Port) {
			list = append(list, c.Port)
		}
	}
	return list
}

// Failing are the open ports that do not work as they are meant to, in order.
func (s *Survey) Failing() (list []*Cell) {
	for i := range s.Cells {
		if c := &s.Cells[i]; c.State.Open() && c.Verdict.Failed() {
			list = append(list, c)
		}
	}
	return list
}

// first is the cell whose exit code comes first, nil of none.
func first(list []*Cell) (found *Cell) {
	for _, c := range list {
		if found == nil || c.Verdict.Exit < found.Verdict.Exit {
			found = c
		}
	}
	return found
}

// closed is the verdict where no port takes a connection: that of the first, said of all.
func closed(s *Survey) record.Verdict {
	v := first(s.all()).Verdict
	if len(s.Ports) > 1 && !slices.ContainsFunc(s.Cells, func(c Cell) bool { return c.State != s.Cells[0].State }) {
		v.Cause = fmt.Sprintf("No port of %s takes a connection: %s are %s.", Called(s.Host), List(s.Ports), s.Cells[0].State)
	}
	return v
}

func (s *Survey) all() (list []*Cell) {
	for i := range s.Cells {
		list = append(list, &s.Cells[i])
	}
	return list
}

// partly is the verdict where all that is open works: what is closed may still be wrong.
func (s *Survey) partly(v Verdict) Verdict {
	v.Outcome = record.OutcomeDone
	if c := s.missing(); c != nil {
		v.Exit, v.Outcome, v.Who, v.Advice = c.Verdict.Exit, record.OutcomeFailed, c.Verdict.Who, c.Verdict.Advice
		if v.Cause = fmt.Sprintf("Port %d is %s at %s.", c.Port, c.State, c.Address); slices.Contains(s.openPorts(), c.Port) {
			v.Cause = fmt.Sprintf("Port %d is %s at %s, and open at another address of the name.", c.Port, c.State, c.Address)
		}
		return v
	}
	v.Cause = fmt.Sprintf("Every open port of %s works as it is meant to: %s.", Called(s.Host), List(s.openPorts()))
	if far := s.unseen(); len(far) > 0 {
		v.Cause += fmt.Sprintf(" There is no route from here to %s: what is there was not seen.", strings.Join(far, ", "))
	}
	if n := s.failingPoints(); n > 0 {
		v.Cause += fmt.Sprintf(" Of the scorecard, %s that a standard requires.", record.Plural(n, "point fails", "points fail"))
	}
	return v
}

// missing is the first port that is closed and should not be: it was named, or is open at another address. Nil is none.
func (s *Survey) missing() *Cell {
	for i := range s.Cells {
		c := &s.Cells[i]
		if !c.State.Open() && (slices.Contains(s.openPorts(), c.Port) || s.Named) && !slices.Contains(s.unseen(), c.Address) {
			return c
		}
	}
	return nil
}

// unseen are the addresses to which there is no route, at any port: that says something of this side, such as that it has no IPv6, and
// nothing of the server.
func (s *Survey) unseen() (list []string) {
	for _, a := range s.Addresses {
		if !slices.ContainsFunc(s.Cells, func(c Cell) bool { return c.Address == a && c.State != StateUnreachable }) {
			list = append(list, a)
		}
	}
	return list
}

// failingPoints counts those that a standard requires.
func (s *Survey) failingPoints() (n int) {
	for _, p := range s.Score {
		if p.Result == Fails && p.Level == Must {
			n++
		}
	}
	return n
}

// openPorts are those that are open at one address at least.
func (s *Survey) openPorts() (list []int) {
	for _, p := range s.Ports {
		if slices.ContainsFunc(s.Cells, func(c Cell) bool { return c.Port == p && c.State.Open() }) {
			list = append(list, p)
		}
	}
	return list
}

// known counts the cells that were seen to the end.
func (s *Survey) known() (n int) {
	for _, c := range s.Cells {
		if c.Verdict.Outcome != "" && c.Verdict.Outcome != record.OutcomeStopped {
			n++
		}
	}
	return n
}

// Called is the host in a sentence.
func Called(host string) string { return record.Target{Host: host}.Called() }

// List is numbers of ports in a sentence.
func List(ports []int) string {
	var names []string
	for _, p := range ports {
		names = append(names, strconv.Itoa(p))
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}
