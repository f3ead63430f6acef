package doctor

import (
	_ "embed"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"ehlo/session/equivalent"
	"ehlo/session/explain"
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
}

// Reader is a kind of reader.
type Reader string

// The readers.
const (
	Operator   Reader = "operator"   // of the server, the hosting company
	Postmaster Reader = "postmaster" // of the recipient's domain
	Firewall   Reader = "firewall"   // of the client's network
	DNS        Reader = "dns"        // of the zone that the name is in
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
	names                  []string
	to, subject, text, ask string
}

// rows are all of them, parsed at first use.
var rows = sync.OnceValue(func() (list []row) {
	for source := range strings.SplitSeq(letters, "\n\n") {
		list = append(list, parsed(source))
	}
	return list
})

// byMX follows the finding in the name of a row for a session that followed MX records.
const byMX = " by MX"

// rowFor is the row of a finding at the phase in which it decided, else that of the finding, else that of the step. Where MX records
// were followed, a row for that comes before.
func rowFor(v *record.Verdict, step string, mx bool) row {
	names := []string{string(v.Finding) + " at " + string(v.Phase), string(v.Finding), step}
	if mx {
		names = slices.Insert(names, 0, string(v.Finding)+byMX)
	}
	for _, name := range names {
		if i := slices.IndexFunc(rows(), func(r row) bool { return slices.Contains(r.names, name) }); i >= 0 {
			return rows()[i]
		}
	}
	return row{}
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
		}
	}
	return r
}

// letterFor is the letter about a session that failed at a step, or the reason why there is none.
func letterFor(r *reading, v *record.Verdict, step string) (*Letter, string) {
	if step == "" {
		return nil, ""
	}
	form := rowFor(v, step, r.start.MX)
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
	if command := r.command(step); command != "" {
		l.write("", "", "This shows the same:", "", "  "+command)
	}
	l.write("", "", "Kind regards")
	return l, ""
}

func (l *Letter) write(indent string, lines ...string) {
	for _, line := range lines {
		l.Body = append(l.Body, strings.TrimRight(indent+line, " "))
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

// domain is that of the mail: the one whose MX records were followed, else that of the first recipient, else the host.
func (r *reading) domain() string {
	if !r.start.MX && len(r.start.To) > 0 {
		if _, domain, found := strings.Cut(r.start.To[0], "@"); found {
			return record.Target{Host: domain}.Called()
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
	return strings.NewReplacer("{host}", r.host(), "{port}", fmt.Sprint(r.start.Target.Port), "{at}", at, "{domain}", r.domain(), "{cause}", v.Cause,
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

// evidence is what an operator needs to find the session and to see what is meant: what is not known is left out.
func (r *reading) evidence(step string, to Reader) (lines []string) {
	add := func(name, value string) {
		if value != "" {
			lines = append(lines, fmt.Sprintf("%-14s%s", name+":", value))
		}
	}
	add("Time", r.start.Time.Add(r.last).UTC().Format("2006-01-02 15:04:05 UTC"))
	switch step {
	case StepName, StepRoute:
		add("Name", r.start.Target.Called())
	default:
		add("Server", r.place())
	}
	add("Client", r.client(to))
	add("EHLO name", bounded(wire.VisibleString(r.ehlo)))
	add("Other ports", r.others())
	if t := r.tls; t != nil && t.Error == "" {
		add("TLS", t.Version+", "+t.CipherSuite)
	}
	if step == StepCertificate && r.tls != nil && len(r.tls.Chain) > 0 {
		c := r.tls.Chain[0]
		add("Certificate", "for "+few(c.Names))
		add("Issued by", bounded(wire.VisibleString(c.Issuer)))
		add("Valid", c.NotBefore.UTC().Format(time.DateOnly)+" to "+c.NotAfter.UTC().Format(time.DateOnly))
		add("SHA-256", c.SHA256)
	}
	if step == StepAuth {
		add("AUTH offered", few(r.verdict.Facts.Offered))
		add("Username", wire.VisibleString(r.start.User))
	}
	if step == StepPolicy {
		add("Sender", bounded(wire.VisibleString(r.from)))
		add("Recipients", few(r.asked))
	}
	for i, line := range replyLines(r.refusal) {
		name := ""
		if i == 0 {
			name = "Reply:"
		}
		lines = append(lines, fmt.Sprintf("%-14s%s", name, line))
	}
	return lines
}

// place is where the session was to go, and where it went.
func (r *reading) place() string {
	port := fmt.Sprintf("port %d", r.start.Target.Port)
	if a := r.address(); a != "" && a != r.host() {
		return r.host() + ", " + a + ", " + port
	}
	return r.host() + ", " + port
}

// client is the own address as the reader knows it: a private one is translated on the path, and only who runs its network knows it.
func (r *reading) client(to Reader) string {
	own, err := netip.ParseAddr(r.beside.Client)
	if r.connect != nil && r.connect.Via == "" {
		if local, bad := netip.ParseAddrPort(r.connect.Local); bad == nil {
			own, err = local.Addr().Unmap(), nil
		}
	}
	switch {
	case err != nil:
		return ""
	case own.IsPrivate() && to != Firewall:
		return "behind address translation; your log has its public address"
	}
	return own.String()
}

// replyLines are the lines of a reply, made visible and bounded.
func replyLines(reply *record.Reply) (lines []string) {
	const most = 8
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

// command shows the fault with a program that an operator has; empty where none does.
func (r *reading) command(step string) string {
	tool, name := "nc", r.start.Target.Host
	plain := strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789.-_:") == "" // a shell takes it as it is
	switch {
	case !plain && (step == StepName || step == StepRoute || step == StepPort):
		return ""
	case step == StepPort:
		return fmt.Sprintf("nc -vz -w 10 %s %d", name, r.start.Target.Port)
	}
	switch step {
	case StepName:
		return "dig " + name + " A " + name + " AAAA"
	case StepRoute:
		return "dig " + name + " MX"
	case StepTLS, StepCertificate:
		tool = "openssl"
	case StepAuth, StepPolicy:
		return ""
	}
	found, ok := equivalent.Find(tool)
	if !ok {
		return ""
	}
	start := r.start
	text := equivalent.Of(record.Snapshot{Start: &start, Connect: r.connect}).In(found)
	if text.Cannot() {
		return ""
	}
	return text.Lines[0]
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
