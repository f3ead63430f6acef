package export

import (
	"strings"
	"time"

	"ehlo/session"
)

func (p *page) start(s *session.Start) {
	p.say(markOwn, list(", ", s.Target.String()+" ("+s.Target.Role()+")", policy(s.Policy), s.Time.UTC().Format(time.DateTime)+" UTC", s.Program))
	p.quietly(func() {
		p.add(list(": ", labelled("scenario ", s.Scenario), s.Title))
		p.add(s.Story)
		p.explain()
	})
}

// policy says both axes, and what was allowed beyond them.
func policy(p session.Policy) string {
	return list(", ", tlsPolicy(p), when(p.AllowUnverified, "unverified certificates allowed"),
		when(p.AllowCleartextAuth, "passwords in clear text allowed"))
}

func tlsPolicy(p session.Policy) string {
	switch {
	case p.Start == session.StartNever:
		return "no TLS"
	case p.Start == session.StartImplicit:
		return "TLS from the first byte"
	case p.Must == session.MustRequire:
		return "STARTTLS required"
	}
	return "STARTTLS if it is offered"
}

func (p *page) resolve(r *session.Resolve) {
	switch {
	case r.Error != "":
		p.say(markWarn, "no address for "+r.Host+": "+r.Error)
	case r.Literal:
		p.say(markOwn, r.Host+" is an address")
	default:
		p.say(markOwn, r.Host+" is "+strings.Join(r.Addresses, ", "))
	}
	p.quietly(func() { p.explain(after(r.Took)) })
}

func (p *page) connect(c *session.Connect) {
	if c.Error != "" {
		p.say(markWarn, "no connection to "+c.Remote+": "+c.Error)
	} else {
		p.say(markOwn, "connected to "+c.Remote+labelled(" from ", c.Local))
	}
	p.quietly(func() { p.explain(after(c.Took)) })
}

// auth opens one half of a round: each part with its name, secrets masked.
func (p *page) auth(a *session.Auth) {
	p.quietly(func() {
		who := "client"
		if a.From == "S" {
			who = "server"
		}
		if a.Outcome == "" {
			p.say(markOwn, "AUTH "+a.Mechanism+", round "+itoa(a.Round)+", what the "+who+" says:")
		}
		for _, v := range a.Values {
			p.add(v.Name + " = " + orEmpty(v.Display(false)))
			if p.Depth == Full {
				p.addAt(1, list(", ", v.How, v.Ref))
			}
		}
		if a.Outcome == "" {
			p.explain()
		}
	})
	if a.Outcome != "" {
		p.say(outcomeMark(a.Outcome), "AUTH "+a.Mechanism+": "+outcomeText(a.Outcome))
	}
}

func orEmpty(s string) string {
	if s == "" {
		return "(empty)"
	}
	return s
}

func outcomeText(outcome string) string {
	if outcome == "unproved" {
		return "the server said success, and the client does not believe it"
	}
	return outcome
}

func outcomeMark(outcome string) mark {
	if outcome == "success" {
		return markOwn
	}
	return markWarn
}

// moved tells what is different from the state told last.
func (p *page) moved(s *session.State) {
	before := p.state
	p.state = *s
	if s.Stage == session.StageBroken && before.Stage != s.Stage {
		p.say(markWarn, "out of sync: nothing more is sent")
	}
	p.quietly(func() {
		if news := changed(before, *s); news != "" {
			p.say(markState, list(", ", news, doubt(before, *s)))
		}
	})
}

// doubt goes with every state that is reached over TLS to nobody knows whom.
func doubt(a, b session.State) string {
	if !b.Security.Unverified() || a.Security != b.Security {
		return "" // or it is the news itself
	}
	return "unverified"
}

func changed(a, b session.State) string {
	if b.Stage == session.StageClosed {
		return when(a.Stage != b.Stage, "the connection is closed")
	}
	return list("; ",
		when(a.Stage != b.Stage, stages(b.Stage)),
		when(a.Security != b.Security && b.Security.Encrypted(), "TLS, "+security(b.Security)),
		when(a.Security.Encrypted() && !b.Security.Encrypted(), "no TLS"),
		when(a.Auth != b.Auth, authWords(a, b)),
		when(a.Transaction != b.Transaction || len(a.Recipients) != len(b.Recipients), transaction(b)),
		when(b.Delivered > a.Delivered, count(b.Delivered, "message")+" delivered"))
}

func security(s session.Security) string {
	if s == session.SecurityAccepted {
		return "unverified, and gone on with all the same"
	}
	return string(s)
}

func stages(s session.Stage) string {
	switch s {
	case session.StageIdle:
		return ""
	case session.StageResolved:
		return "address known"
	case session.StageGreeted:
		return "EHLO comes next"
	case session.StageReady:
		return "ready for commands"
	case session.StageUpgrading:
		return "the TLS handshake comes next"
	case session.StageRefused:
		return "the server refuses to work; QUIT comes next"
	case session.StageBroken:
		return "" // said with a mark of its own
	}
	return string(s)
}

func authWords(a, b session.State) string {
	switch {
	case b.Auth == session.AuthDone:
		return "authenticated" + labelled(" as ", b.User)
	case b.Auth == session.AuthExchange:
		return "in AUTH " + b.Mechanism
	case a.Auth == session.AuthDone:
		return "no longer authenticated"
	}
	return ""
}

func transaction(s session.State) string {
	switch s.Transaction {
	case session.TransactionMail:
		return "mail transaction begun"
	case session.TransactionRcpt:
		return count(len(s.Recipients), "recipient") + " accepted"
	case session.TransactionData:
		return "message content comes next"
	case session.TransactionBdat:
		return "the last chunk is still to come"
	}
	return ""
}

func (p *page) finding(f *session.Finding) {
	m := markInfo
	switch f.Severity {
	case "danger":
		m = markDanger
	case "warn":
		m = markWarn
	default:
		if p.Depth == Quiet {
			return
		}
	}
	p.say(m, f.Severity+" "+f.Code+labelled(": ", p.again(f.Text)))
	p.add(labelled("remedy: ", p.Fresh(f.Remedy)))
	p.tell(f.Text)
	p.tell(f.Remedy)
	if p.Depth == Full {
		p.explain(labelled("see ", refs(f.Refs)))
	}
}

func (p *page) note(n *session.Note) {
	for i, line := range strings.Split(n.Text, "\n") {
		if i == 0 {
			p.say(markOwn, "note on event "+itoa(n.On)+": "+line)
		} else {
			p.add(line)
		}
	}
}

func (p *page) forgot(f *session.Forgot) {
	p.quietly(func() {
		p.say(markOwn, list(": ", "forgotten because TLS starts", list("; ", labelled("the name ", f.Greeting), strings.Join(f.Capabilities, ", "))))
		p.explain()
	})
}

func (p *page) end(e *session.End) {
	m := markOwn
	if e.Exit != session.ExitOK {
		m = markWarn
	}
	if e.Unverified {
		m = markWarn
	}
	p.say(m, list(", ", "end at "+string(e.Phase), "exit code "+itoa(int(e.Exit)), meaning(e.Exit), when(e.Unverified, "unverified"))+labelled(": ", p.again(e.Error)))
	p.add(labelled("hint: ", p.Fresh(e.Hint)))
}

// again is a text that may have been told before: then it points there.
func (p *page) again(text string) string {
	fresh := p.Fresh(text)
	if fresh == text {
		return text
	}
	return list(", ", fresh, "as said above")
}

func meaning(code session.Exit) string {
	for _, known := range session.Exits {
		if known.Code == code {
			return known.Meaning
		}
	}
	return ""
}
