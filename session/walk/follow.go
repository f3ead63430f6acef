package walk

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ehlo/session/certificate"
	"ehlo/session/lazy"
	"ehlo/session/record"
)

// Input is what a person has to give before an advice can be followed.
type Input string

// The inputs.
const (
	InputNone        Input = ""
	InputPort        Input = "port"
	InputHost        Input = "host name"
	InputAddress     Input = "address"
	InputEHLOName    Input = "EHLO name"
	InputServerName  Input = "server name"
	InputPassword    Input = "password"
	InputToken       Input = "token"
	InputCA          Input = "CA certificate"
	InputCertificate Input = "client certificate"
)

// inputs has one row for each advice that can be followed; the others are for a person to read.
var inputs = lazy.Value[map[record.Action]Input]{Make: func() map[record.Action]Input {
	return map[record.Action]Input{
		record.UseTLS: InputNone, record.UseSTARTTLS: InputNone, record.UsePort: InputPort, record.TrustCA: InputCA,
		record.AcceptUnverified: InputNone, record.AcceptUnverifiedAuth: InputNone, record.AcceptCleartext: InputNone, record.AcceptObsolete: InputNone, record.GiveServerName: InputServerName,
		record.GiveClientCertificate: InputCertificate, record.CapTLS: InputNone, record.AllowLegacyTLS: InputNone, record.NoInitialResponse: InputNone,
		record.TryMechanism: InputNone, record.GivePassword: InputPassword, record.GiveToken: InputToken,
		record.GiveEHLOName: InputEHLOName, record.OtherAddressFamily: InputNone, record.OtherAddress: InputNone, record.RetryAfter: InputNone,
		record.CheckName: InputHost, record.CheckAddress: InputAddress, record.ShrinkMessage: InputNone, record.SpeakLMTP: InputNone, record.SpeakSMTP: InputNone,
	}
}}

// CanFollow reports whether an advice can be followed, and what has to be given for it.
func CanFollow(a record.Advice) (needs Input, ok bool) {
	needs, ok = inputs.Get()[a.Do]
	if a.Do == record.GiveServerName && a.Name != "" {
		needs = InputNone
	}
	return needs, ok
}

// Asks is the question to ask before an advice is followed; nil where there is none, or where the step that it leads to asks. What it is
// about is agreed to with the answer.
func Asks(a record.Advice) *Guard {
	g, asked := asks.Find(a.Do)
	if !asked {
		return nil
	}
	g.Question = questions.Of(g.Code)
	return &g
}

var asks = lazy.Table[record.Action, Guard]{
	{record.AcceptUnverified, Guard{Code: record.FoundCertificateUnverified,
		Why: "The server may be an impostor. The next attempt goes as far as the login, and sends no password."}},
	{record.AcceptUnverifiedAuth, Guard{Code: record.FoundUnverifiedSecret,
		Why: "The server may be an impostor. The next attempt sends the password or token to it, without asking again."}},
}

// Trusts is the question to ask before roots are trusted: which they are is to be seen, and compared, each fingerprint in a line of its own.
func Trusts(s record.Snapshot, r certificate.Roots) *Guard {
	compare := fmt.Sprintf("Compare the fingerprint with the one that the operator of %s gives through another channel, and agree only if they are equal. Who has the key of a trusted CA can pose as any server.", r.Name())
	told := slices.DeleteFunc([]string{r.Told(s.TLS), r.Handed, compare}, func(line string) bool { return line == "" })
	return &Guard{Question: "trust " + r.Name() + " in this session?", Why: strings.Join(told, "\n")}
}

// errNotFollowed occurs where an advice cannot be followed, or not with what was given.
var errNotFollowed = errors.New("the advice cannot be followed with this value")

// Follow is the goal and the plan after an advice was followed. value is what [CanFollow] asks for, where it is text; secrets,
// trusted roots and client certificates are given to the goal and to the engine by themselves.
func Follow(s record.Snapshot, g Goal, a record.Advice, value string) (Goal, record.Change, error) {
	c := record.Change{Advice: a, Reconnect: true}
	value = strings.TrimSpace(value)
	if needs, ok := CanFollow(a); !ok || value == "" && wantsText(needs) {
		return g, c, errNotFollowed
	}
	p, changed, err := followedInPlan(s, a, value)
	if err != nil {
		return g, c, err
	}
	if !changed {
		g, c.Reconnect = followedInGoal(s, g, a, value), false
	}
	c.Plan = planned(p, g)
	c.Left = left(s, g)
	c.Reconnect = c.Reconnect || !s.State.Connected() || slices.Contains(onReconnect, a.Do)
	return g, c, nil
}

// left is what an attempt has come to that an advice puts behind, where none of its steps failed: what stands in the way of the next step,
// or the verdict. g is what was wanted of it.
func left(s record.Snapshot, g Goal) *record.Attempt {
	if len(s.Failures) > 0 {
		return nil
	}
	if f := Propose(s, g).Blocked; f != nil {
		row, _ := f.Code.Row()
		return &record.Attempt{Phase: f.Phase, Finding: f.Code, Cause: f.Text, Outcome: row.Outcome}
	}
	v := Outcome(s, Ending{})
	if !v.Failed() || v.Outcome == record.OutcomeStopped {
		return nil
	}
	return &record.Attempt{Phase: v.Phase, Finding: v.Finding, Cause: v.Cause, Outcome: v.Outcome}
}

// onReconnect is advice that takes effect with the next connection: a handshake that is over is not judged again.
var onReconnect = []record.Action{record.RetryAfter, record.TrustCA, record.GiveClientCertificate}

// followedInPlan changes how the walk goes, which needs another connection; changed is false for an advice that is about what is
// wanted.
func followedInPlan(s record.Snapshot, a record.Advice, value string) (p record.Plan, changed bool, err error) {
	p = s.Start.Plan
	switch a.Do {
	case record.UseTLS:
		p.Target.Port, p.Target.Implicit = a.Port, true
		p.Target = p.Target.Speaking(p.Target.LMTP())
		p.Policy.Start, p.Policy.Must = record.StartImplicit, record.MustRequire
	case record.UseSTARTTLS:
		p.Target.Port, p.Target.Implicit = a.Port, false
		p.Target = p.Target.Speaking(p.Target.LMTP())
		p.Policy.Start, p.Policy.Must = record.StartSTARTTLS, record.MustRequire
	case record.UsePort:
		p.Target.Port, err = strconv.Atoi(value)
		if p.Target.Port < 1 || p.Target.Port > 65535 {
			err = errNotFollowed
		}
	case record.AcceptUnverified:
		p.Policy.AllowUnverified = true
	case record.AcceptUnverifiedAuth: // which [Asks] has asked about
		p.Policy.AllowUnverified, p.Policy.AllowUnverifiedAuth = true, true
	case record.AcceptCleartext, record.AcceptObsolete: // a secret is agreed to at the step that sends it, and not before
	case record.SpeakLMTP, record.SpeakSMTP:
		p.Target = p.Target.Speaking(a.Do == record.SpeakLMTP)
	case record.GiveServerName:
		p.ServerName, err = record.HostName(value + a.Name)
	case record.CapTLS:
		p.TLSMax = strings.TrimPrefix(a.Name, "TLS ")
	case record.AllowLegacyTLS:
		p.LegacyTLS = true
	case record.CheckName:
		p.Address = ""
		p.Target.Host, err = record.HostName(value)
	case record.OtherAddressFamily:
		p.Network, p.Address = otherFamily(s), ""
	case record.OtherAddress:
		p.Address = a.Name
	default:
		return p, false, nil
	}
	if err != nil {
		return p, true, errNotFollowed
	}
	return p, true, nil
}

// wantsText reports whether an input is a text that has to be there.
func wantsText(needs Input) bool {
	switch needs {
	case InputPort, InputHost, InputAddress, InputEHLOName, InputServerName:
		return true
	}
	return false
}

// followedInGoal changes what is wanted, which needs no other connection while there is one.
func followedInGoal(s record.Snapshot, g Goal, a record.Advice, value string) Goal {
	switch a.Do {
	case record.TryMechanism:
		g.Mechanism = a.Name
	case record.NoInitialResponse:
		g.Auth.Initial = record.InitialNo
	case record.GiveEHLOName:
		g.EHLOName = value
	case record.ShrinkMessage:
		g.Message = nil
	case record.CheckAddress:
		g = otherAddress(s, g, value)
	}
	return g
}

// otherAddress puts an address in the place of the one that was refused.
func otherAddress(s record.Snapshot, g Goal, address string) Goal {
	f := s.Failing()
	if f == nil {
		f = refusedRecipient(s)
	}
	if f != nil && recipientOf(*f) != "" && !f.Finding.Code.AboutSender() {
		refused := recipientOf(*f)
		g.To = slices.Clone(g.To)
		for i, to := range g.To {
			if strings.EqualFold(to, refused) {
				g.To[i] = address
			}
		}
		return g
	}
	g.From = address
	return g
}

func otherFamily(s record.Snapshot) string {
	if s.Resolve != nil && len(s.Resolve.Addresses) > 0 && isIPv6(s.Resolve.Addresses[0]) {
		return "ip4"
	}
	return "ip6"
}

// planned is a plan with what the goal says in it.
func planned(p record.Plan, g Goal) record.Plan {
	wanted := g.Plan()
	wanted.Target, wanted.Policy, wanted.Network, wanted.ServerName = p.Target, p.Policy, p.Network, p.ServerName
	wanted.Address, wanted.Known = p.Address, p.Known
	wanted.TLSMax, wanted.LegacyTLS = p.TLSMax, p.LegacyTLS
	wanted.MX, wanted.Lookups, wanted.Captured = p.MX, p.Lookups, p.Captured
	wanted.Scenario, wanted.Title, wanted.Story, wanted.Task = p.Scenario, p.Title, p.Story, p.Task
	return wanted
}

// changed begins another attempt: on a new connection, or on this one with what failed put behind.
func (t *taking) changed(c *record.Change) {
	if c.ByHand() {
		return
	}
	if c.Reconnect {
		t.state = record.NewState()
		return
	}
	for _, p := range []record.Phase{record.PhaseEHLO, record.PhaseEHLOAgain, record.PhaseAuth, record.PhaseMail, record.PhaseRcpt, record.PhaseData} {
		t.state.Failed = record.Without(t.state.Failed, p)
	}
	t.state.Refused, t.state.TriedHELO = nil, false
}
