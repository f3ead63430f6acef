package tlstest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ehlo/session/tlswire"
)

// Step is one thing of a connection in the order in which it crossed.
type Step struct {
	Dir  string // C from the client, S from the server
	Name string // of the message as in [Seen], or Data
}

// Data is the name of application data. Records of one side with nothing between them are one step.
const Data = "data"

// StepOf is the step of a message.
func StepOf(m tlswire.Message) Step {
	head := headOf(m)
	return Step{head.Dir, head.Name}
}

// Steps are the messages and the application data that the other program saw, in their order.
func (r Report) Steps() []Step {
	var out []Step
	for i := range len(r.Messages) + 1 {
		for _, d := range r.data {
			if d.after == i {
				out = append(out, Step{d.dir, Data})
			}
		}
		if i < len(r.Messages) {
			out = append(out, Step{r.Messages[i].Dir, r.Messages[i].Name})
		}
	}
	return joined(out)
}

// joined takes several records of data of one side, with nothing between them, for one.
func joined(steps []Step) []Step {
	return slices.CompactFunc(slices.Clone(steps), func(a, b Step) bool { return a == b && a.Name == Data })
}

// dataRecord is a record of application data after so many messages.
type dataRecord struct {
	dir   string
	after int
}

// CompareOrder reports where the order of what we saw is not that of the other program. What the server sent before the
// client had said something may have come after that: but only where a server may speak unasked, and what the client has
// said is never put before what the server had not sent yet.
func CompareOrder(t testing.TB, mine []Step, theirs Report) {
	t.Helper()
	for _, difference := range disorder(joined(mine), theirs.Steps()) {
		t.Errorf("%s\n got %s\n%s has %s", difference, written(mine), theirs.Program, written(theirs.Steps()))
	}
}

func disorder(mine, theirs []Step) (out []string) {
	clients, servers := places(mine, theirs, tlswire.ClientToServer), places(mine, theirs, tlswire.ServerToClient)
	if overForClient(mine) {
		servers.cut()
	}
	for _, side := range []sidePlaces{clients, servers} {
		if text := side.unequal(); text != "" {
			return []string{text}
		}
	}
	for i, c := range clients.names {
		for j, s := range servers.names {
			before, after := clients.theirs[i] < servers.theirs[j], clients.mine[i] < servers.mine[j]
			if before != after && (before || !unasked(s)) {
				out = append(out, fmt.Sprintf("%s of the client and %s of the server stand in another order", c, s))
			}
		}
	}
	return out
}

// unasked reports whether a server may send this without waiting for the client, who may be answering something before it:
// as the dummy of TLS 1.3 after a HelloRetryRequest.
func unasked(name string) bool {
	return name == Data || name == "ChangeCipherSpec" || name == "NewSessionTicket" || name == "KeyUpdate" || strings.HasPrefix(name, "Alert ")
}

// overForClient reports whether the client read no further at some point: it said good-bye, or one of the two gave up.
func overForClient(steps []Step) bool {
	return slices.ContainsFunc(steps, func(s Step) bool {
		return strings.HasPrefix(s.Name, "Alert ") && (s.Dir == tlswire.ClientToServer || fatal(s))
	})
}

func fatal(s Step) bool {
	return !slices.Contains([]string{"Alert 0", "Alert 90", "Alert 100", "Alert 112"}, s.Name)
}

// sidePlaces are the steps of one side, and where each stands among all.
type sidePlaces struct {
	names, others []string
	mine, theirs  []int
}

func places(mine, theirs []Step, dir string) (p sidePlaces) {
	p.names, p.mine = placesOf(mine, dir)
	p.others, p.theirs = placesOf(theirs, dir)
	return p
}

func placesOf(steps []Step, dir string) (names []string, at []int) {
	for i, s := range steps {
		if s.Dir == dir {
			names, at = append(names, s.Name), append(at, i)
		}
	}
	return names, at
}

// cut leaves what both have. What we have of a record that was not read to its end is no message.
func (p *sidePlaces) cut() {
	if at := slices.IndexFunc(p.names, func(name string) bool { return strings.HasSuffix(name, " record") }); at >= 0 {
		p.names = p.names[:at]
	}
	n := min(len(p.names), len(p.others))
	p.names, p.others = p.names[:n], p.others[:n]
}

func (p *sidePlaces) unequal() string {
	if slices.Equal(p.names, p.others) {
		return ""
	}
	return "one side sent: " + strings.Join(p.names, ", ") + "; and to the other program: " + strings.Join(p.others, ", ")
}

func written(steps []Step) string {
	var b strings.Builder
	for _, s := range steps {
		b.WriteString(" " + s.Dir + ":" + s.Name)
	}
	return b.String()
}

// Decision is what the other program's messages say that a handshake came to.
type Decision struct {
	Version, Suite             uint16
	Requested, Complete, Retry bool
}

// Decision reads the messages up to the second Finished; ok is false where the server said no hello.
func (r Report) Decision() (d Decision, ok bool) {
	finished := 0
	for _, m := range r.Messages {
		switch {
		case finished == 2:
			return d, ok
		case m.Name == "ServerHello":
			retry := m.value("random") == retryRandom
			d.Retry, ok = d.Retry || retry, true
			d.Suite, d.Version = m.number("cipher_suite"), max(m.number("legacy_version"), m.number("version"))
		case m.Name == "CertificateRequest":
			d.Requested = true
		case m.Name == "Finished":
			finished++
			d.Complete = finished == 2
		}
	}
	return d, ok
}

// retryRandom makes a ServerHello a HelloRetryRequest (RFC 9846 §4.2.3).
const retryRandom = "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"

func (s Seen) value(name string) string {
	for _, f := range s.Fields {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

func (s Seen) number(name string) uint16 {
	v, _ := strconv.ParseUint(s.value(name), 16, 16)
	return uint16(v)
}
