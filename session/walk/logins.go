package walk

import (
	"fmt"
	"slices"
	"strings"

	"ehlo/session/record"
	"ehlo/session/wire"
)

// trying is the goal with the mechanism that is next, where each is to be tried once.
func (g Goal) trying(s record.Snapshot) Goal {
	if g.EveryMechanism {
		g.Mechanism = ""
		if left := untried(s, g); len(left) > 0 {
			g.Mechanism = left[0]
		}
	}
	return g
}

// untried are the mechanisms of the server that can be used and were not, best first.
func untried(s record.Snapshot, g Goal) (names []string) {
	for _, c := range rankMechanisms(s, g) {
		if c.Usable && !slices.ContainsFunc(s.Logins, func(l record.Login) bool { return strings.EqualFold(l.Mechanism, c.Name) }) {
			names = append(names, c.Name)
		}
	}
	return names
}

// loginsLeft reports whether another mechanism is to be tried on a connection of its own: this one has ended after a login, and the server did
// not ask to wait.
func loginsLeft(s record.Snapshot, g Goal) bool {
	st := s.State
	n := len(s.Logins) // a connection that came to no login is the last
	loggedIn := n > 0 && strings.EqualFold(s.Logins[n-1].Mechanism, st.Mechanism) && (st.Has(record.PhaseAuth) || st.FailedAt(record.PhaseAuth))
	f := s.Failing()
	deferred := f != nil && f.Finding.Reply/100 == 4
	return g.EveryMechanism && st.Stage == record.StageClosed && loggedIn && !deferred && len(untried(s, g)) > 0
}

// severalLogins is the verdict of a log in which each mechanism was tried; ok false where that is not so.
func severalLogins(s record.Snapshot) (v record.Verdict, ok bool) {
	g := GoalOf(s.Start.Plan)
	if !g.EveryMechanism || len(s.Logins) < 2 || loginsLeft(s, g) || s.State.Stage != record.StageClosed {
		return v, false
	}
	var accepted, rejected []string
	for _, l := range s.Logins {
		if name := wire.VisibleString(l.Mechanism); l.Outcome == record.AuthSucceeded {
			accepted = append(accepted, name)
		} else {
			rejected = append(rejected, name)
		}
	}
	return loginsVerdict(s, accepted, rejected), true
}

func loginsVerdict(s record.Snapshot, accepted, rejected []string) record.Verdict {
	host, user := s.Start.Target.Called(), wire.VisibleString(s.Start.User)
	v := record.Verdict{Phase: record.PhaseAuth, Outcome: record.OutcomeDone, Cause: fmt.Sprintf("%s accepts %s with %s.", host, user, strings.Join(accepted, ", "))}
	if len(rejected) == 0 {
		return v
	}
	v.Exit, v.Outcome, v.Who = record.ExitAuth, record.OutcomeRefused, record.WhoYou
	if len(accepted) == 0 {
		v.Finding = record.FoundCredentialsWrong
		v.Cause = fmt.Sprintf("%s accepts %s with no mechanism; it rejects %s. The username or the password is wrong, or the account may not log in here.", host, user, strings.Join(rejected, ", "))
	} else {
		v.Finding = record.FoundMechanismRefused
		v.Cause = fmt.Sprintf("%s accepts %s with %s; it rejects %s. The server may store the password in a form that these mechanisms cannot check.", host, user, strings.Join(accepted, ", "), strings.Join(rejected, ", "))
	}
	row, _ := v.Finding.Row()
	v.Advice = row.Advice
	return v
}

// several reports whether a step is one of many logins, of which each that fails counts. The practice server locks nobody out.
func several(s record.Snapshot, st record.Step) bool {
	return s.Start.EveryMechanism && !s.Start.Target.Lab && st.Verb == record.VerbAuth
}
