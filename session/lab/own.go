package lab

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/zone"
)

// FieldError says what is wrong with a scenario that someone has written.
type FieldError struct {
	Field string // as it is called in the file, with what it stands in: "server.answers[0].reply"
	Text  string // without a full stop
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Text }

// Own checks a scenario that someone has written, and gives the fields that were left out their usual values. It can be started where
// nothing is wrong with it.
func Own(sc Scenario) (Scenario, []*FieldError) {
	sc.Group = "your own"
	c := &checking{Scenario: &sc}
	c.names()
	c.texts()
	c.records()
	c.walk()
	c.knobs()
	c.answers()
	c.path()
	if len(c.wrong) == 0 {
		complete(&sc)
	}
	return sc, c.wrong
}

// checking collects what is wrong with a scenario, one thing a field.
type checking struct {
	*Scenario
	wrong []*FieldError
}

func (c *checking) amiss(field, format string, args ...any) {
	if !slices.ContainsFunc(c.wrong, func(e *FieldError) bool { return e.Field == field }) {
		c.wrong = append(c.wrong, &FieldError{field, fmt.Sprintf(format, args...)})
	}
}

// Patterns are compiled at first use: few runs of the program read scenarios.
var (
	kebabCase = lazy.Pattern{Text: `^[a-z0-9]+([.-][a-z0-9]+)*$`}
	replyLine = lazy.Pattern{Text: `^[2-5][0-9][0-9]([ -][^\r\n]*)?$`}
)

// longest bounds a text of a scenario, in bytes.
const longest = 4096

func (c *checking) texts() {
	switch _, err := Find(c.Name); {
	case c.Name == "":
		c.amiss("name", "it is missing")
	case !kebabCase.Get().MatchString(c.Name):
		c.amiss("name", "%q may contain only lowercase letters, digits and hyphens", c.Name)
	case err == nil:
		c.amiss("name", "%s is a scenario of the practice server: give it another name", c.Name)
	}
	for _, is := range []struct{ field, text string }{{"title", c.Title}, {"story", c.Story}, {"task", c.Task}} {
		field, text := is.field, is.text
		if text == "" {
			c.amiss(field, "it is missing")
		}
		if len(text) > longest {
			c.amiss(field, "it has more than %d bytes", longest)
		}
	}
}

func (c *checking) walk() {
	c.target()
	if _, known := sasl.Lookup(c.Mechanism); c.Mechanism != "" && !known {
		c.amiss("mechanism", "%s is not a mechanism that this program supports", c.Mechanism)
	}
	if c.Size < 0 || c.Size > 64<<20 {
		c.amiss("size", "%d is not between 0 and %d bytes", c.Size, 64<<20)
	}
	if _, err := netip.ParseAddr(c.ProxySource); c.ProxySource != "" && err != nil {
		c.amiss("proxy-source", "%q is not an IP address", c.ProxySource)
	}
	if c.Chunk < 0 {
		c.amiss("chunk", "it is negative")
	}
	c.account()
}

func (c *checking) target() {
	if c.Target == "" {
		return
	}
	target, err := record.ParseTarget(c.Target, c.User != "")
	switch {
	case err != nil:
		c.amiss("target", "%v", err)
		return
	case !strings.HasSuffix(target.Host, ".lab"):
		c.domain(target)
	}
	if _, err := record.ParsePolicy(c.TLS, target, false); err != nil {
		c.amiss("tls", "%v", err)
	}
}

// domain takes the target for a domain, whose MX records lead to its mail servers.
func (c *checking) domain(target record.Target) {
	known, err := c.zone()
	switch {
	case err != nil: // that is said of the records
	case !known.Exists(target.Host):
		c.amiss("target", "the practice server plays mail.lab and mx.lab, and dns has no record of %s", target.Host)
	case target.Port != record.PortRelay || target.Implicit:
		c.amiss("target", "a domain is reached on port 25: smtp://%s", target.Host)
	}
	c.MX = true
	c.Knobs.Serves = cmp.Or(c.Knobs.Serves, target.Host)
	c.To = cmp.Or(c.To, "bob@"+target.Host)
}

// zone is what the scenario's name server knows.
func (sc Scenario) zone() (*zone.Zone, error) {
	if len(sc.DNS) == 0 {
		return zone.Practice(), nil
	}
	return zone.Practice().With(strings.Join(sc.DNS, "\n"))
}

// records checks what is about DNS.
func (c *checking) records() {
	for i, line := range c.DNS {
		if why := zone.Check(line); why != "" {
			c.amiss(fmt.Sprintf("dns[%d]", i), "%s", why)
		}
	}
	for i, q := range record.Questions(c.Lookups) {
		if !zone.CanAsk(q) {
			c.amiss(fmt.Sprintf("lookups[%d]", i), "%q is not a type and a name, as in TXT shop.example", c.Lookups[i])
		}
	}
	if _, err := netip.ParseAddr(c.Knobs.Client); c.Knobs.Client != "" && err != nil {
		c.amiss("server.client-address", "%q is not an IP address", c.Knobs.Client)
	}
	if c.EHLOName != "" && !zone.CanAsk(record.Question{Type: "A", Name: c.EHLOName}) {
		c.amiss("ehlo-name", "%q is not a host name", c.EHLOName)
	}
	for i, name := range c.Knobs.CertNames {
		if !zone.CanAsk(record.Question{Type: "A", Name: name}) {
			c.amiss(fmt.Sprintf("server.certificate-names[%d]", i), "%q is not a host name", name)
		}
	}
	if q := (record.Question{Type: "TLSA", Name: c.Knobs.TLSA}); c.Knobs.TLSA != "" && !zone.CanAsk(q) {
		c.amiss("server.tlsa", "%q is not a name, as in _25._tcp.mx.lab", c.Knobs.TLSA)
	}
	c.header()
}

// header has each field of the message on a line of its own, or on several of which those after the first begin with a blank.
func (c *checking) header() {
	if c.Header == "" {
		return
	}
	c.Header = strings.TrimRight(c.Header, "\n") + "\n"
	for line := range strings.Lines(c.Header) {
		if name, _, ok := strings.Cut(line, ":"); line[0] != ' ' && line[0] != '\t' && (!ok || name == "" || strings.ContainsAny(name, " \t")) {
			c.amiss("header", "%q is not a header field, as in Subject: hello", strings.TrimSpace(line))
		}
	}
}

func (c *checking) account() {
	var users []string
	for _, a := range Accounts() {
		users = append(users, a.User)
	}
	if c.User != "" && !slices.Contains(users, c.User) {
		c.amiss("user", "there is no account %s; there are %s", c.User, strings.Join(users, ", "))
	}
}

// patient bounds how long a server or a device may keep a client waiting.
const patient = time.Hour

func (c *checking) knobs() {
	k := &c.Knobs
	for i, m := range k.Mechanisms {
		if _, known := sasl.Lookup(m); !known {
			c.amiss(fmt.Sprintf("server.mechanisms[%d]", i), "%s is not a mechanism that this program supports", m)
		}
	}
	for _, n := range []struct {
		wrong       bool
		field, text string
	}{
		{k.TLSMin >= tls.VersionTLS10 && k.TLSMax >= tls.VersionTLS10 && k.TLSMin > k.TLSMax, "server.tls-min", "it is above tls-max"},
		{k.MaxSize < 0, "server.max-size", "it is negative"},
		{k.Greylist < 0 || k.Greylist > 24*patient, "server.greylist", "it is not a time from 0 to 24 hours, such as 5m"},
		{k.Idle < 0 || k.Idle > patient, "server.idle", "it is not a time from 0 to 1 hour, such as 30s"},
		{k.Limit.PerHour < 0 || k.Limit.Sent < 0, "server.limit", "a number is negative"},
	} {
		if n.wrong {
			c.amiss(n.field, "%s", n.text)
		}
	}
	if k.ReachOf != "" && !slices.Contains(roleNames(), k.ReachOf) {
		c.amiss("server.reach-of", "%q is not one of %s", k.ReachOf, strings.Join(roleNames(), ", "))
	}
	if k.WrongLogin != "" && !isReply(k.WrongLogin) {
		c.amiss("server.wrong-login", "%q is not a reply: a reply begins with three digits and a space", k.WrongLogin)
	}
}

// isReply reports whether each line could be one of a reply. Whether they fit each other is the business of who writes a broken server.
func isReply(text string) bool {
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		if !replyLine.Get().MatchString(line) {
			return false
		}
	}
	return true
}

// roleNames are the names of the ports of the practice server.
func roleNames() (out []string) {
	for _, s := range roles {
		out = append(out, s.Role)
	}
	return out
}

// knows reports whether a rule can be about a verb.
func knows(verb string) bool { return knownVerb(verb) == verb }

func (c *checking) answers() {
	for i, a := range c.Knobs.Answers {
		field := fmt.Sprintf("server.answers[%d]", i)
		if a.To != "greeting" && !knows(a.To) {
			c.amiss(field+".to", "%q is neither greeting nor an SMTP command in capital letters", a.To)
		}
		if !isReply(a.Reply) {
			c.amiss(field+".reply", "%q is not a reply: each line begins with three digits and a space or a hyphen", a.Reply)
		}
		if a.Times < 0 {
			c.amiss(field+".times", "it is negative")
		}
		if a.Role != "" && !slices.Contains(roleNames(), a.Role) {
			c.amiss(field+".role", "%q is not one of %s", a.Role, strings.Join(roleNames(), ", "))
		}
	}
}

func (c *checking) path() {
	for i, r := range c.Knobs.Wire {
		field := fmt.Sprintf("server.path[%d]", i)
		if r.On != "" && r.On != "greeting" && r.On != "ClientHello" && !knows(r.On) {
			c.amiss(field+".on", "%q is neither greeting, ClientHello nor an SMTP command in capital letters", r.On)
		}
		if r.Role != "" && !slices.Contains(roleNames(), r.Role) {
			c.amiss(field+".role", "%q is not one of %s", r.Role, strings.Join(roleNames(), ", "))
		}
		if r.Text == "" && slices.Contains([]action{strip, garble, inject, replace, flood, block, omit}, r.Do) {
			c.amiss(field+".text", "it is missing: %s takes one", actions[r.Do])
		}
		if r.Do == delay && r.Wait <= 0 || r.Wait < 0 || r.Wait > patient {
			c.amiss(field+".wait", "it is not a time from 0 to 1 hour, such as 30s")
		}
		if r.Bytes < 0 {
			c.amiss(field+".bytes", "it is negative")
		}
	}
}

// The names that a file has for what a server can be. Their order is that of the constants.
var (
	reaches      = []string{"reachable", "refused", "filtered"}
	demands      = []string{"none", "asked", "required"}
	actions      = []string{"strip", "garble", "inject", "replace", "delay", "stall", "cut", "flood", "block", "omit", "intercept", "inspect", "reset", "downgrade"}
	certificates = []string{"good", "expired", "not-yet-valid", "wrong-host", "self-signed", "missing-intermediate", "unknown-issuer", "weak-key", "weak-signature",
		"wrong-usage", "name-constraint", "issuer-not-ca", "revoked", "must-staple", "stale-staple", "private-ca"}
	versions = []string{"1.0", "1.1", "1.2", "1.3"}
)

// unknown stands for a name that is not one of those there are, until it is checked: the reader of the file knows the place of a field,
// and not that of a name.
const unknown = -1

func (c *checking) names() {
	k := &c.Knobs
	for _, n := range []struct {
		field string
		is    bool
		names []string
	}{
		{"server.reach", k.Reach == unknown, reaches},
		{"server.certificate", k.Certificate == unknown, certificates},
		{"server.client-certificate", k.ClientCert == unknown, demands},
		{"server.tls-min", k.TLSMin == tls.VersionTLS10+unknown, versions},
		{"server.tls-max", k.TLSMax == tls.VersionTLS10+unknown, versions},
	} {
		if n.is {
			c.amiss(n.field, "it is not one of %s", strings.Join(n.names, ", "))
		}
	}
	for i, r := range k.Wire {
		if r.Do == unknown {
			c.amiss(fmt.Sprintf("server.path[%d].do", i), "it is not one of %s", strings.Join(actions, ", "))
		}
	}
}

// UnmarshalText implements [encoding.TextUnmarshaler]; the error is always nil.
func (r *reach) UnmarshalText(text []byte) error {
	*r = reach(slices.Index(reaches, string(text)))
	return nil
}

// Demand is what a server demands of a client's certificate, by its name in a file.
func Demand(name string) tls.ClientAuthType {
	if i := slices.Index(demands, name); i >= 0 {
		return [...]tls.ClientAuthType{tls.NoClientCert, tls.VerifyClientCertIfGiven, tls.RequireAndVerifyClientCert}[i]
	}
	return unknown
}

// UnmarshalText implements [encoding.TextUnmarshaler]; the error is always nil.
func (a *action) UnmarshalText(text []byte) error {
	*a = action(slices.Index(actions, string(text)))
	return nil
}

// UnmarshalText implements [encoding.TextUnmarshaler]; the error is always nil.
func (c *certificate) UnmarshalText(text []byte) error {
	*c = certificate(slices.Index(certificates, string(text)))
	return nil
}

// UnmarshalText implements [encoding.TextUnmarshaler]; the error is always nil.
func (v *version) UnmarshalText(text []byte) error {
	*v = version(tls.VersionTLS10 + slices.Index(versions, string(text)))
	return nil
}
