package export

import (
	"strings"
	"time"

	"ehlo/session/record"
)

func (p *page) start(s *record.Start) {
	p.say(markOwn, list(", ", s.Target.String()+" ("+s.Target.Role()+")", policy(s.Policy), s.Time.UTC().Format(time.DateTime)+" UTC", s.Program))
	p.quietly(func() {
		p.add(list(": ", labelled("scenario ", s.Scenario), s.Title))
		p.add(s.Story)
		p.explain()
	})
}

// policy says both axes, and what was allowed beyond them.
func policy(p record.Policy) string {
	return list(", ", tlsPolicy(p), when(p.AllowUnverified, "unverified certificates allowed"),
		when(p.AllowCleartextAuth, "passwords in clear text allowed"))
}

func tlsPolicy(p record.Policy) string {
	switch {
	case p.Start == record.StartNever:
		return "no TLS"
	case p.Start == record.StartImplicit:
		return "TLS from the first byte"
	case p.Must == record.MustRequire:
		return "STARTTLS required"
	}
	return "STARTTLS if it is offered"
}

func (p *page) resolve(r *record.Resolve) {
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

func (p *page) connect(c *record.Connect) {
	if c.Error != "" {
		p.say(markWarn, "no connection to "+c.Remote+": "+c.Error)
	} else {
		p.say(markOwn, "connected to "+c.Remote+labelled(" from ", c.Local))
	}
	p.quietly(func() { p.explain(after(c.Took)) })
}

// auth opens one half of a round: each part with its name, secrets masked.
func (p *page) auth(a *record.Auth) {
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
func (p *page) moved(s *record.State) {
	before := p.state
	p.state = *s
	if s.Stage == record.StageBroken && before.Stage != s.Stage {
		p.say(markWarn, "out of sync: nothing more is sent")
	}
	p.quietly(func() {
		if news := changed(before, *s); news != "" {
			p.say(markState, list(", ", news, doubt(before, *s)))
		}
	})
}

// doubt goes with every state that is reached over TLS to nobody knows whom.
func doubt(a, b record.State) string {
	if !b.Security.Unverified() || a.Security != b.Security {
		return "" // or it is the news itself
	}
	return "unverified"
}

func changed(a, b record.State) string {
	if b.Stage == record.StageClosed {
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

func security(s record.Security) string {
	if s == record.SecurityAccepted {
		return "unverified, and gone on with all the same"
	}
	return string(s)
}

func stages(s record.Stage) string {
	switch s {
	case record.StageIdle:
		return ""
	case record.StageResolved:
		return "address known"
	case record.StageGreeted:
		return "EHLO comes next"
	case record.StageReady:
		return "ready for commands"
	case record.StageUpgrading:
		return "the TLS handshake comes next"
	case record.StageRefused:
		return "the server refuses to work; QUIT comes next"
	case record.StageBroken:
		return "" // said with a mark of its own
	}
	return string(s)
}

func authWords(a, b record.State) string {
	switch {
	case b.Auth == record.AuthDone:
		return "authenticated" + labelled(" as ", b.User)
	case b.Auth == record.AuthExchange:
		return "in AUTH " + b.Mechanism
	case a.Auth == record.AuthDone:
		return "no longer authenticated"
	}
	return ""
}

func transaction(s record.State) string {
	switch s.Transaction {
	case record.TransactionMail:
		return "mail transaction begun"
	case record.TransactionRcpt:
		return count(len(s.Recipients), "recipient") + " accepted"
	case record.TransactionData:
		return "message content comes next"
	case record.TransactionBdat:
		return "the last chunk is still to come"
	}
	return ""
}

func (p *page) finding(f *record.Finding) {
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

func (p *page) note(n *record.Note) {
	for i, line := range strings.Split(n.Text, "\n") {
		if i == 0 {
			p.say(markOwn, "note on event "+itoa(n.On)+": "+line)
		} else {
			p.add(line)
		}
	}
}

func (p *page) forgot(f *record.Forgot) {
	p.quietly(func() {
		p.say(markOwn, list(": ", "forgotten because TLS starts", list("; ", labelled("the name ", f.Greeting), strings.Join(f.Capabilities, ", "))))
		p.explain()
	})
}

func (p *page) end(e *record.End) {
	m := markOwn
	if e.Exit != record.ExitOK {
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

func meaning(code record.Exit) string {
	for _, known := range record.Exits {
		if known.Code == code {
			return known.Meaning
		}
	}
	return ""
}
