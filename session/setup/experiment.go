package setup

import (
	"strings"

	"ehlo/session/record"
	"ehlo/session/walk"
)

// Experiments lists the names of the rules that can be broken.
func Experiments() (names []string) {
	for _, x := range walk.Experiments() {
		names = append(names, x.Name)
	}
	return names
}

// checkExperiment refuses an experiment that cannot come to its turn, and what it leaves no room for.
func (r Request) checkExperiment() error {
	g := r.Goal
	if g.Experiment == "" {
		return nil
	}
	wrong := func(text string) error { return &Error{Field: FieldExperiment, Value: g.Experiment, Text: text} }
	x, known := walk.FindExperiment(g.Experiment)
	switch {
	case !known:
		return wrong("want one of " + strings.Join(Experiments(), ", "))
	case r.Until != "":
		return wrong("it ends the session itself, so no other end can be asked for")
	case g.Chunking || g.Pipelining || g.HELO:
		return wrong("it is sent in its own way: not in chunks or groups, and after EHLO")
	case !g.Plain() || g.Message != nil:
		return wrong("it has a message of its own, so no content can be given")
	case x.NeedsMessage() && len(g.To) == 0:
		return wrong("it comes in the place of a message: name a sender and a recipient, best a mailbox of yours")
	case !x.NeedsMessage() && len(g.To) > 0:
		return wrong("it sends no message, so no recipient can be given")
	}
	return nil
}

// experiment is decided like the rest: an experiment with STARTTLS needs it.
func (s *Setup) experiment(asked Request) error {
	x, _ := walk.FindExperiment(asked.Goal.Experiment)
	p := &s.Config.Policy
	switch {
	case !x.NeedsSTARTTLS():
	case p.Start != record.StartSTARTTLS:
		return &Error{Field: FieldExperiment, Value: x.Name, Text: "it comes in the place of STARTTLS, and TLS is not to start so"}
	default:
		p.Must = record.MustRequire
	}
	return nil
}

// checkLogins refuses what has no place where each mechanism is tried.
func (r Request) checkLogins() error {
	g := r.Goal
	wrong := func(text string) error { return &Error{Field: FieldEveryMechanism, Text: text} }
	switch {
	case !g.EveryMechanism:
		return nil
	case g.Credentials.Username == "":
		return wrong("it logs in, and there is no user")
	case g.Mechanism != "" || g.Insist:
		return wrong("no mechanism can be named, because all that are offered are used")
	case len(g.To) > 0 || r.Until != "" || g.Experiment != "":
		return wrong("each connection ends after its login: no recipient, last step or experiment can be given")
	}
	return nil
}
