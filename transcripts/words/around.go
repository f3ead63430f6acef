package words

import (
	"cmp"
	"strings"
	"time"

	"ehlo/session/record"
)

func start(s *record.Start) Line {
	l := Line{Topic: "session", Head: List(": ", s.Title, s.Target.String()+" ("+s.Target.Role()+")")}
	if s.Title != "" {
		l.Topic = "practice"
	}
	l.Remark = List(", ", when(s.Side == record.SideServer, "what the server saw"), policy(&s.Plan), s.Time.UTC().Format(time.DateTime)+" UTC", s.Program)
	return l
}

// policy says in one line what the client insists on, and what was allowed beyond it.
func policy(p *record.Plan) string {
	if p.Imported {
		return List(", ", tlsPolicy(p), "client policy unknown")
	}
	return List(", ", tlsPolicy(p), when(p.Policy.AllowUnverified, "unverified certificates allowed"),
		when(p.Policy.AllowUnverifiedAuth, "passwords to an unverified server allowed"), when(p.Policy.AllowCleartextAuth, "passwords in cleartext allowed"),
		when(p.Policy.AllowObsoleteAuth, "passwords through obsolete TLS allowed"))
}

func tlsPolicy(plan *record.Plan) string {
	p := plan.Policy
	switch {
	case p.Start == record.StartNever:
		return "no TLS"
	case p.Start == record.StartImplicit:
		return "TLS from the first byte"
	case plan.Imported:
		return "STARTTLS"
	case p.Must == record.MustRequire:
		return "STARTTLS required"
	}
	return "STARTTLS if it is offered"
}

// Plan is what a session was asked to do, part by part.
func Plan(s *record.Start) []Part {
	return kept([]Part{
		{Name: "kept by", Value: when(s.Side == record.SideServer, "the server")}, {Name: "scenario", Value: s.Scenario}, {Value: s.Story}, {Name: "task", Value: s.Task},
		{Name: "target", Value: s.Target.String(), Deep: true}, {Name: "role", Value: s.Target.Role(), Deep: true},
		{Name: "TLS starts", Value: Starts(s.Policy.Start), Deep: true}, {Name: "without it", Value: Without(&s.Plan), Deep: true},
		{Name: "user", Value: s.User, Deep: true}, {Name: "mechanism", Value: s.Mechanism, Deep: true}, {Name: "until", Value: string(s.Until), Deep: true},
		{Name: "EHLO name", Value: s.EHLOName, Deep: true}, {Name: "from", Value: s.From, Deep: true}, {Name: "to", Value: strings.Join(s.To, ", "), Deep: true},
		{Name: "program", Value: s.Program, Deep: true}, {Name: "began", Value: s.Time.Format("2006-01-02 15:04:05 -0700"), Deep: true},
		{Name: "format", Value: s.Format, Deep: true},
	})
}

// Starts says when TLS starts.
func Starts(s record.TLSStart) string {
	switch s {
	case record.StartImplicit:
		return "with the first byte"
	case record.StartSTARTTLS:
		return "on request, with STARTTLS"
	}
	return "never"
}

// Without says what happens where there is no TLS, as far as that is known.
func Without(p *record.Plan) string {
	switch {
	case p.Imported:
		return "unknown: another program was the client"
	case p.Policy.Must == record.MustRequire:
		return "the session stops"
	case p.Policy.Must == record.MustIfOffered:
		return "the session continues in cleartext if STARTTLS is not offered, and stops if it fails"
	case p.Policy.Must == record.MustOpportunistic:
		return "the session continues in cleartext"
	}
	return "TLS is not attempted; the session stays in cleartext"
}

func kept(parts []Part) []Part {
	var out []Part
	for _, p := range parts {
		if p.Value != "" {
			out = append(out, p)
		}
	}
	return out
}

func resolve(r *record.Resolve) Line {
	l := Line{Topic: "lookup"}
	switch {
	case r.Trouble == record.TroubleNullMX: // no address was asked for (RFC 7505 §3)
		l.Mark, l.Head = failed(), r.Host+" accepts no mail: its MX record names no host (null MX)"
	case r.Error != "":
		l.Mark, l.Head = failed(), "no address for "+r.Host+": "+r.Error
	case r.Via != "":
		l.Head = "no lookup of " + r.Host + ": the connection leads through " + r.Via
	case r.Literal:
		l.Head = r.Host + " is an address already"
	default:
		l.Head = r.Host + " is " + strings.Join(places(r), ", ")
	}
	return l
}

func failed() Mark { return Mark{Sign: Warn, Bad: true} }

func connect(c *record.Connect) Line {
	if c.Error != "" {
		return Line{Mark: failed(), Topic: "tcp", Head: "no connection to " + List(", ", c.Host, c.Remote) + Labelled(" through ", c.Via) + ": " + c.Error}
	}
	return Line{Topic: "tcp", Head: "connected to " + List(", ", c.Host, c.Remote) + Labelled(" through ", c.Via) + Labelled(" from ", c.Local)}
}

// probe is the second connection that asked a silent server whether it speaks TLS.
func probe(p *record.Probe) Line {
	l := Line{Topic: "probe", Head: "a second connection sent a ClientHello: "}
	if p.Control && p.Hello == 0 {
		l.Head = "a second connection, to compare, sent no ClientHello: "
	}
	switch {
	case p.TLS && p.Trouble.Silent():
		l.Head += "it was answered with TLS, and no greeting arrived inside"
	case p.TLS:
		l.Head += "it was answered with TLS"
	case p.Control && len(p.Raw) > 0:
		l.Head += "the server answered in cleartext"
	case len(p.Raw) > 0:
		l.Head += "the answer was not TLS"
	default:
		l.Head += cmp.Or(p.Error, "it was not answered")
	}
	return l
}

// Moved is what is different between two states; its headline is empty where nothing worth telling is.
func Moved(before, after record.State) Line {
	l := Line{Mark: Mark{Sign: State}, Head: changed(before, after)}
	if after.Stage == record.StageBroken && before.Stage != after.Stage {
		return l.orBroken(&after)
	}
	l.Doubt = l.Head != "" && after.Security.Unverified() && before.Security == after.Security // else it is the news itself
	return l
}

// orBroken is the line of a session whose replies can no longer be matched to its commands.
func (l Line) orBroken(s *record.State) Line {
	if s.Stage == record.StageBroken {
		return Line{Mark: failed(), Head: "out of sync: nothing more is sent on this connection"}
	}
	return l
}

func changed(a, b record.State) string {
	if b.Stage == record.StageClosed {
		return when(a.Stage != b.Stage, "the connection is closed")
	}
	return List("; ",
		when(a.Stage != b.Stage, stages(b.Stage)),
		when(a.Security != b.Security && b.Security.Encrypted(), "TLS, "+security(b.Security)),
		when(a.Security.Encrypted() && !b.Security.Encrypted(), "the earlier TLS connection is over"),
		when(a.Auth != b.Auth || a.User != b.User && b.Auth == record.AuthDone, authState(a, b)),
		when(a.Transaction != b.Transaction || len(a.Recipients) != len(b.Recipients), transaction(b)),
		when(b.Delivered > a.Delivered, Number(b.Delivered, "message")+" accepted"))
}

func security(s record.Security) string {
	if s == record.SecurityAccepted {
		return "unverified, and accepted anyway"
	}
	return string(s)
}

func stages(s record.Stage) string {
	switch s {
	case record.StageIdle, record.StageBroken:
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
		return "the server refuses the session; QUIT comes next"
	}
	return string(s)
}

func authState(a, b record.State) string {
	switch {
	case b.Auth == record.AuthDone:
		return "authenticated" + Labelled(" as ", b.User)
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
		return Number(len(s.Recipients), "recipient") + " accepted"
	case record.TransactionData:
		return "message content comes next"
	case record.TransactionBdat:
		return "the last chunk is still to come"
	}
	return ""
}
