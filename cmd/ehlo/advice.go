package main

import (
	"fmt"
	"net/netip"
	"strings"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/via"
)

// adviser says how run is told to follow an advice. It reads the plan and what came of it in the events as they are printed.
type adviser struct {
	plan   record.Plan
	remote string       // where the last connection went
	failed record.Phase // the last that did
	sender bool         // it did because of the sender's address
	more   bool         // the command had flags of its own, which stay
	apart  bool         // the plan was given to another program
}

// see takes from an event what an advice may need.
func (a *adviser) see(e *record.Event) {
	switch {
	case e.Start != nil:
		a.plan = e.Start.Plan
	case e.Connect != nil && e.Connect.Remote != "":
		a.remote = e.Connect.Remote
	case e.Finding != nil && e.Finding.Phase != "":
		a.failed, a.sender = e.Finding.Phase, e.Finding.Code.AboutSender()
	}
}

// flags say for each action which flags of run do it. A word in capitals stands for what only a person knows.
var flags = lazy.Value[map[record.Action]func(*adviser, record.Advice) string]{Make: func() map[record.Action]func(*adviser, record.Advice) string {
	return map[record.Action]func(*adviser, record.Advice) string{
		record.TrustCA:               fixed("--ca FILE"),
		record.AcceptUnverified:      fixed("--allow-unverified"),
		record.AcceptUnverifiedAuth:  fixed("--allow-unverified-auth"),
		record.AcceptCleartext:       fixed("--allow-cleartext-auth"),
		record.AcceptObsolete:        fixed("--allow-obsolete-auth"),
		record.GiveServerName:        func(_ *adviser, v record.Advice) string { return "--server-name " + name(v.Name, "NAME") },
		record.GiveClientCertificate: fixed("--cert FILE --key FILE"),
		record.CapTLS: func(_ *adviser, v record.Advice) string {
			return "--tls-max " + name(strings.TrimPrefix(v.Name, "TLS "), "1.2")
		},
		record.AllowLegacyTLS:     fixed("--legacy"),
		record.NoInitialResponse:  fixed("--initial-response no"),
		record.TryMechanism:       func(_ *adviser, v record.Advice) string { return "--auth " + name(v.Name, "MECHANISM") },
		record.GivePassword:       func(a *adviser, _ record.Advice) string { return a.user() + "--password-file FILE" },
		record.GiveToken:          func(a *adviser, _ record.Advice) string { return a.user() + "--token-file FILE" },
		record.GiveEHLOName:       func(_ *adviser, v record.Advice) string { return "--ehlo-name " + name(v.Name, "NAME") },
		record.OtherAddressFamily: func(a *adviser, _ record.Advice) string { return a.otherFamily() },
		record.OtherAddress:       func(_ *adviser, v record.Advice) string { return "--address " + address(v.Name) },
		record.CheckAddress:       func(a *adviser, _ record.Advice) string { return a.address() },
		record.ShrinkMessage:      fixed("--data FILE"),
		record.ContactPrivate:     fixed("--mx --private"),
	}
}}

func fixed(text string) func(*adviser, record.Advice) string {
	return func(*adviser, record.Advice) string { return text }
}

// targets say for each action what run connects to instead, and with which flags.
var targets = lazy.Table[record.Action, func(t record.Target) string]{
	{record.UseTLS, func(t record.Target) string {
		if t.LMTP() {
			return t.Spelled() + " --tls implicit"
		}
		return "submissions://" + t.String()
	}},
	{record.UseSTARTTLS, func(t record.Target) string { return ofProtocol(t) + " --tls require" }},
	{record.UsePort, ofProtocol},
	{record.SpeakLMTP, func(t record.Target) string { return t.Speaking(true).Spelled() }},
	{record.SpeakSMTP, func(t record.Target) string { return t.Speaking(false).Spelled() }},
}

// ofProtocol is a target without a scheme of SMTP, which would say how TLS starts.
func ofProtocol(t record.Target) string {
	if t.LMTP() {
		return t.Spelled()
	}
	return t.String()
}

// labTargets are the flags of the same for the practice server, which is no host with ports on the command line.
var labTargets = lazy.Table[record.Action, string]{{record.UseTLS, " --tls implicit"}, {record.UseSTARTTLS, " --tls require"},
	{record.SpeakLMTP, " --protocol lmtp"}, {record.SpeakSMTP, " --protocol smtp"}}

// command is the command that follows an advice; empty where the command line has nothing to do with it: who waits starts the
// same command again.
func (a *adviser) command(v record.Advice) string {
	if to, ok := targets.Find(v.Do); ok {
		return a.elsewhere(v, to)
	}
	f, ok := flags.Get()[v.Do]
	if !ok {
		return ""
	}
	return a.run(a.target()) + " " + f(a, v)
}

// elsewhere is a command with another target. The scenarios of the practice server have their port.
func (a *adviser) elsewhere(v record.Advice, to func(record.Target) string) string {
	t := a.plan.Target
	if v.Port != 0 {
		t.Port = v.Port
	}
	switch {
	case !t.Lab:
		return a.run(a.placed(to(t)))
	case t.Port != a.plan.Target.Port:
		return fmt.Sprintf("%s --port %d%s", a.run(a.target()), t.Port, labTargets.Of(v.Do))
	}
	return a.run(a.target()) + labTargets.Of(v.Do)
}

// sameFlags stands in a command for flags of its own that a person has given, and knows.
const sameFlags = "…"

func (a *adviser) run(target string) string {
	if a.more {
		return "ehlo run " + target + " " + sameFlags
	}
	return "ehlo run " + target
}

// target is the target as it is typed.
func (a *adviser) target() string {
	if a.plan.Target.Lab {
		return "lab:" + a.plan.Scenario
	}
	return a.placed(a.plan.Target.Spelled())
}

// placed is a target with its flags, on the socket of the session where it has led there.
func (a *adviser) placed(spelled string) string {
	path, ok := strings.CutPrefix(a.plan.Via, via.Socket("").Name)
	if !ok || a.plan.Target.Host != "localhost" {
		return spelled
	}
	target, flags, _ := strings.Cut(spelled, " ")
	scheme, _, written := strings.Cut(target, "://")
	if !written {
		scheme = "smtp"
	}
	if name(strings.ReplaceAll(path, "/", ""), "") == "" {
		path = "PATH"
	}
	return strings.TrimSpace(scheme + "+unix:" + path + " " + flags)
}

// user is the flag for a user where none was given.
func (a *adviser) user() string {
	switch {
	case a.plan.User == "":
		return "--user NAME "
	case a.apart:
		local, domain, _ := strings.Cut(a.plan.User, "@")
		return "--user " + strings.TrimSuffix(name(local, "NAME")+"@"+name(domain, ""), "@") + " "
	}
	return ""
}

func (a *adviser) otherFamily() string {
	if strings.HasPrefix(a.remote, "[") {
		return "--ipv4"
	}
	return "--ipv6"
}

// address is the flag of the envelope address that was refused.
func (a *adviser) address() string {
	if a.failed == record.PhaseMail || a.sender {
		return "--from ADDRESS"
	}
	return "--to ADDRESS"
}

// address is an IP address, or a word that stands for it.
func address(value string) string {
	if _, err := netip.ParseAddr(value); err != nil || strings.Contains(value, "%") {
		return "ADDRESS"
	}
	return value
}

// name is a value that a shell takes as it is, or a word that stands for it: a server may have made it up.
func name(value, stands string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r)
	}
	if value == "" || strings.HasPrefix(value, "-") || strings.ContainsFunc(value, func(r rune) bool { return !plain(r) }) {
		return stands
	}
	return value
}
