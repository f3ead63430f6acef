package doctor

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/wire"
)

// Letter is a text that can be sent as it is.
type Letter struct {
	// Reader is the kind of its reader, To names them in words.
	Reader  Reader `json:"reader"`
	To      string `json:"to"`
	Subject string `json:"subject"`
	// Body is in lines of at most 72 columns, but for what was said by a server and for commands.
	Body []string `json:"body"`
	// Sending is what its sender has to know or to do before it is sent: sentences, empty for nothing.
	Sending string `json:"sending,omitempty"`
}

// Reader is a kind of reader.
type Reader string

// The readers.
const (
	Operator   Reader = "operator"   // of the server, the hosting company
	Postmaster Reader = "postmaster" // of the recipient's domain
	Firewall   Reader = "firewall"   // of the client's network
	DNS        Reader = "dns"        // of the zone that the name is in
	Provider   Reader = "provider"   // of the client's address
)

// server and nobody are no readers, and stand in their place in a row.
const (
	server = "server"
	nobody = "nobody"
)

//go:embed data/letters.txt
var letters string

// row is one of the letters.
type row struct {
	names                                   []string
	to, subject, text, ask, mended, sending string
}

// rows are all of them, parsed at first use.
var rows = lazy.Value[[]row]{Make: func() (list []row) {
	for source := range strings.SplitSeq(letters, "\n\n") {
		list = append(list, parsed(source))
	}
	return list
}}

// conditions are words that may follow the rest of the name of a row: it is then for the sessions of which that holds, before the one
// without. The first that holds decides.
var conditions = []struct {
	words string
	holds func(*reading) bool
}{
	{" by MX", func(r *reading) bool { return r.start.MX }},
	{" by policy", func(r *reading) bool { return r.listing().policy }},
	{" for reverse DNS", func(r *reading) bool { return r.says("Reverse") }},
	{" for sender authentication", func(r *reading) bool { return r.says("Authentication") }},
	{" by a named list", func(r *reading) bool { return r.listing().name != "" }},
	{" to an address", func(r *reading) bool { return r.start.ServerName == "" && isAddress(r.start.Target.Host) }},
	{" with TLS first", func(r *reading) bool { return r.start.Policy.Start == record.StartImplicit }},
	{" beside submission", func(r *reading) bool { return r.submission() != "" }},
	{" beside open ports", (*reading).othersOpen},
	{" beside STARTTLS", func(r *reading) bool { return !r.secure() && r.before != nil && r.before.Has("STARTTLS") }},
	{" on port 25", func(r *reading) bool { return r.start.Target.Port == record.PortRelay }},
	{" by a named mechanism", func(r *reading) bool { return r.start.Mechanism != "" && len(r.verdict.Facts.Offered) > 0 }},
	{" beside tokens", (*reading).wantsToken},
	{" inside TLS", (*reading).secure},
	{" after a login", func(r *reading) bool { return r.verdict.Facts.Used != "" }},
	{" in a browser", func(r *reading) bool { return r.says("Browser") }},
}

// rowFor is the row of a finding at the phase in which it decided, else that of the finding, else that of the step.
func (r *reading) rowFor(v *record.Verdict, step string) row {
	for _, name := range []string{string(v.Finding) + " at " + string(v.Phase), string(v.Finding), step} {
		for _, c := range conditions {
			if found, ok := rowNamed(name + c.words); ok && c.holds(r) {
				return found
			}
		}
		if found, ok := rowNamed(name); ok {
			return found
		}
	}
	return row{}
}

// wantsToken reports whether the server takes access tokens, and this client has none.
func (r *reading) wantsToken() bool {
	token := func(name string) bool { return name == "XOAUTH2" || name == "OAUTHBEARER" }
	return slices.ContainsFunc(r.verdict.Facts.Offered, token) && !slices.Contains(r.start.Has, "token")
}

func rowNamed(name string) (row, bool) {
	i := slices.IndexFunc(rows.Get(), func(r row) bool { return slices.Contains(r.names, name) })
	if i < 0 {
		return row{}, false
	}
	return rows.Get()[i], true
}

func parsed(source string) (r row) {
	for key, value := range explain.Fields(source) {
		value = strings.Join(strings.Fields(value), " ")
		switch key {
		case "Name":
			r.names = strings.Split(value, ", ")
		case "To":
			r.to = value
		case "Subject":
			r.subject = value
		case "Text":
			r.text = value
		case "Ask":
			r.ask = value
		case "Mended":
			r.mended = value
		case "Sending":
			r.sending = value
		}
	}
	return r
}

// letterFor is the letter about a session that failed at a step, or the reason why there is none.
func letterFor(r *reading, v *record.Verdict, step string) (*Letter, string) {
	if step == "" {
		return nil, ""
	}
	form := r.rowFor(v, step)
	fill := r.values(v)
	if form.to == nobody {
		return nil, fill.Replace(form.text)
	}
	l := &Letter{Reader: r.reader(form.to), Subject: fill.Replace(form.subject)}
	l.To = r.named(l.Reader)
	l.write("", "Hello,", "")
	l.write("", folded(fill.Replace(form.text))...)
	l.write("", "", "What was seen:", "")
	l.write("  ", r.evidence(step, l.Reader)...)
	l.write("", "")
	l.write("", folded(fill.Replace(form.ask))...)
	see := r.shown(step, v.Finding)
	l.shows(see)
	l.write("", "")
	l.write("", folded("It is mended when "+fill.Replace(form.mended))...)
	l.write("", "", "Kind regards")
	l.Sending = strings.TrimSpace(fill.Replace(form.sending) + " " + see.sending)
	if l.Reader == Provider && r.public() == "" {
		l.Sending += " Put the public address of this client into the letter."
	}
	return l, ""
}

func (l *Letter) write(indent string, lines ...string) {
	for _, line := range lines {
		l.Body = append(l.Body, strings.TrimRight(indent+line, " "))
	}
}

// shows writes how its reader sees the fault, where a program that they have shows it.
func (l *Letter) shows(s shown) {
	if len(s.commands) == 0 {
		return
	}
	l.write("", "", "This shows the same"+s.from(l.Reader)+":", "")
	l.write("  ", s.commands...)
	if len(s.typed) > 0 {
		l.write("", "", s.when+":", "")
		l.write("  ", s.typed...)
	}
	if s.note != "" {
		l.write("", "")
		l.write("", folded(s.note)...)
	}
}

// reader is who is meant by a row.
func (r *reading) reader(to string) Reader {
	if to == server {
		if r.relays() {
			return Postmaster
		}
		return Operator
	}
	return Reader(to)
}

// relays reports whether the session is between servers: then the recipient's side answers.
func (r *reading) relays() bool {
	return r.start.MX || (r.start.Target.Role() == "relay" || r.start.Target.Scheme == "smtp") && r.start.User == "" && len(r.start.To) > 0
}

// domain is that of the mail: the one whose MX records were followed, else that of the recipient that it is about, else the host.
func (r *reading) domain() string {
	if to := strings.Trim(r.recipient(), "<>"); !r.start.MX && to != "" {
		if at := strings.LastIndexByte(to, '@'); at >= 0 {
			return record.Target{Host: to[at+1:]}.Called()
		}
	}
	return r.start.Target.Called()
}

// named are the readers in words.
func (r *reading) named(to Reader) string {
	switch to {
	case Postmaster:
		return "postmaster@" + r.domain() // which every domain has (RFC 5321 §4.5.1)
	case Firewall:
		return "the team that runs the firewall of this network"
	case Provider:
		return "the provider of this client's address"
	case DNS:
		return "the administrator of the DNS zone of " + r.start.Target.Called()
	}
	return "the operator of " + r.host() + ", such as its hosting company"
}

// values fill the braces of a row.
func (r *reading) values(v *record.Verdict) *strings.Replacer {
	at := fmt.Sprintf("%s port %d", r.host(), r.start.Target.Port)
	if a := r.address(); a != "" && a != r.host() {
		at = fmt.Sprintf("%s (%s) port %d", r.host(), a, r.start.Target.Port)
	}
	to := "the recipient"
	if named := r.recipient(); named != "" {
		to = bounded(wire.VisibleString(named))
	}
	user := "the user"
	if r.start.User != "" {
		user = wire.VisibleString(r.start.User)
	}
	list := cmp.Or(r.listing().name, "a block list")
	own, called := cmp.Or(r.public(), "the address of this client"), "the host name of the client"
	if isListName(r.ehlo) {
		called = r.ehlo
	}
	ca := "a public CA"
	if roots := r.roots(); roots != "" {
		ca = "a CA that is in the attached file " + roots
	}
	return strings.NewReplacer("{own}", own, "{called}", called, "{submission}", r.submission(), "{list}", list, "{ca}", ca, "{name}", wire.VisibleString(r.name()), "{host}", r.host(), "{port}", fmt.Sprint(r.start.Target.Port), "{at}", at, "{domain}", r.domain(), "{cause}", v.Cause,
		"{ask}", wanted(v), "{user}", user, "{to}", to, "{from}", wire.VisibleString(r.from))
}

// wanted is what a verdict asks of an operator, else what its finding does.
func wanted(v *record.Verdict) string {
	for _, a := range v.Advice {
		if a.Do == record.AskOperator && a.Text != "" {
			return strings.TrimSuffix(a.Text, ".")
		}
	}
	if e, ok := explain.Finding(string(v.Finding)); ok && e.Operator != "" {
		return strings.TrimSuffix(e.Operator, ".")
	}
	return "look for this connection in the log of the server, and say what went wrong"
}

// mostReply is how many lines of a reply are quoted, and mostOffered how many of one to EHLO: what is not in it has to be seen.
const (
	mostReply   = 8
	mostOffered = 40
)

// replyLines are the lines of a reply, made visible and bounded.
func replyLines(reply *record.Reply, most int) (lines []string) {
	if reply == nil {
		return nil
	}
	for line := range strings.Lines(string(reply.Raw)) {
		if len(lines) == most {
			return append(lines, "…")
		}
		lines = append(lines, bounded(wire.VisibleString(strings.TrimRight(line, "\r\n"))))
	}
	return lines
}

// widest is how wide a line of a letter is, as mail has it (RFC 5322 §2.1.1 asks for at most 78).
const widest = 72

// folded are the lines of a paragraph.
func folded(text string) (lines []string) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > widest {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}
