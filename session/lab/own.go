package lab

import (
	"crypto/tls"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"ehlo/session/record"
	"ehlo/session/sasl"
)

// FieldError says what is wrong with a scenario that someone has written.
type FieldError struct {
	Field string // as it is called in the file, with what it stands in: "server.answers[0].reply"
	Text  string // without a full stop
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Text }

// Own checks a scenario that someone has written, and gives the fields that were left out their usual values. The error is a
// [*FieldError].
func Own(sc Scenario) (Scenario, error) {
	sc.Group = "your own"
	for _, check := range []func(*Scenario) error{checkTexts, checkNames, checkWalk, checkKnobs, checkAnswers, checkPath} {
		if err := check(&sc); err != nil {
			return sc, err
		}
	}
	complete(&sc)
	return sc, nil
}

func amiss(field, format string, args ...any) error {
	return &FieldError{field, fmt.Sprintf(format, args...)}
}

// Patterns are compiled at first use: few runs of the program read scenarios.
var (
	kebabCase = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9]+([.-][a-z0-9]+)*$`) })
	replyLine = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[2-5][0-9][0-9]([ -][^\r\n]*)?$`) })
)

// longest bounds a text of a scenario, in bytes.
const longest = 4096

func checkTexts(sc *Scenario) error {
	switch _, err := Find(sc.Name); {
	case sc.Name == "":
		return amiss("name", "it is missing")
	case !kebabCase().MatchString(sc.Name):
		return amiss("name", "%q has more than small letters, digits and hyphens", sc.Name)
	case err == nil:
		return amiss("name", "%s is a scenario of the practice server: give it another name", sc.Name)
	case sc.Title == "":
		return amiss("title", "it is missing")
	}
	for field, text := range map[string]string{"title": sc.Title, "story": sc.Story, "task": sc.Task} {
		if len(text) > longest {
			return amiss(field, "it has more than %d bytes", longest)
		}
	}
	return nil
}

func checkWalk(sc *Scenario) error {
	if sc.Target != "" {
		target, err := record.ParseTarget(sc.Target, sc.User != "")
		if err != nil {
			return amiss("target", "%v", err)
		}
		if !strings.HasSuffix(target.Host, ".lab") {
			return amiss("target", "the practice server plays mail.lab and mx.lab, not %s", target.Host)
		}
		if _, err := record.ParsePolicy(sc.TLS, target, false); err != nil {
			return amiss("tls", "%v", err)
		}
	}
	if sc.Mechanism != "" {
		if _, known := sasl.Lookup(sc.Mechanism); !known {
			return amiss("mechanism", "%s is no mechanism that this program knows", sc.Mechanism)
		}
	}
	if sc.Size < 0 || sc.Size > 64<<20 {
		return amiss("size", "%d is not between 0 and %d bytes", sc.Size, 64<<20)
	}
	return checkAccount(sc)
}

func checkAccount(sc *Scenario) error {
	var users []string
	for _, a := range Accounts() {
		users = append(users, a.User)
	}
	if sc.User != "" && !slices.Contains(users, sc.User) {
		return amiss("user", "there is no account %s; there are %s", sc.User, strings.Join(users, ", "))
	}
	return nil
}

// patient bounds how long a server or a device may keep a client waiting.
const patient = time.Hour

func checkKnobs(sc *Scenario) error {
	k := &sc.Knobs
	for i, m := range k.Mechanisms {
		if _, known := sasl.Lookup(m); !known {
			return amiss(fmt.Sprintf("server.mechanisms[%d]", i), "%s is no mechanism that this program knows", m)
		}
	}
	switch {
	case k.TLSMin != 0 && k.TLSMax != 0 && k.TLSMin > k.TLSMax:
		return amiss("server.tls-min", "it is above tls-max")
	case k.MaxSize < 0:
		return amiss("server.max-size", "it is negative")
	case k.Greylist < 0 || k.Greylist > 24*patient:
		return amiss("server.greylist", "it is not between 0 and 24 hours")
	case k.Idle < 0 || k.Idle > patient:
		return amiss("server.idle", "it is not between 0 and 1 hour")
	case k.Limit.PerHour < 0 || k.Limit.Sent < 0:
		return amiss("server.limit", "a number is negative")
	case k.WrongLogin != "" && !isReply(k.WrongLogin):
		return amiss("server.wrong-login", "%q is no reply: a reply begins with three digits and a space", k.WrongLogin)
	}
	return nil
}

// isReply reports whether each line could be one of a reply. Whether they fit each other is the business of who writes a broken server.
func isReply(text string) bool {
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		if !replyLine().MatchString(line) {
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

func checkAnswers(sc *Scenario) error {
	for i, a := range sc.Knobs.Answers {
		field := fmt.Sprintf("server.answers[%d]", i)
		switch {
		case a.To != "greeting" && !knows(a.To):
			return amiss(field+".to", "%q is neither greeting nor a command of SMTP in capitals", a.To)
		case !isReply(a.Reply):
			return amiss(field+".reply", "%q is no reply: each line begins with three digits and a space or a hyphen", a.Reply)
		case a.Times < 0:
			return amiss(field+".times", "it is negative")
		}
	}
	return nil
}

func checkPath(sc *Scenario) error {
	for i, r := range sc.Knobs.Wire {
		field := fmt.Sprintf("server.path[%d]", i)
		switch {
		case r.On != "" && r.On != "greeting" && r.On != "ClientHello" && !knows(r.On):
			return amiss(field+".on", "%q is neither greeting, ClientHello nor a command of SMTP in capitals", r.On)
		case r.Role != "" && !slices.Contains(roleNames(), r.Role):
			return amiss(field+".role", "%q is none of %s", r.Role, strings.Join(roleNames(), ", "))
		case r.Text == "" && slices.Contains([]action{strip, garble, inject, replace, flood, block, omit}, r.Do):
			return amiss(field+".text", "it is missing: %s takes one", actions[r.Do])
		case r.Do == delay && r.Wait <= 0, r.Wait < 0, r.Wait > patient:
			return amiss(field+".wait", "it is not between 0 and 1 hour")
		case r.Bytes < 0:
			return amiss(field+".bytes", "it is negative")
		}
	}
	return nil
}

// The names that a file has for what a server can be. Their order is that of the constants.
var (
	reaches      = []string{"reachable", "refused", "filtered"}
	demands      = []string{"none", "asked", "required"}
	actions      = []string{"strip", "garble", "inject", "replace", "delay", "stall", "cut", "flood", "block", "omit", "intercept", "inspect", "reset"}
	certificates = []string{"good", "expired", "not-yet-valid", "wrong-host", "self-signed", "missing-intermediate", "unknown-issuer", "weak-key", "weak-signature",
		"wrong-usage", "name-constraint", "issuer-not-ca", "revoked", "must-staple", "stale-staple", "private-ca"}
	versions = []string{"1.0", "1.1", "1.2", "1.3"}
)

// unknown stands for a name that is none of those there are, until it is checked: the reader of the file knows the place of a field,
// and not that of a name.
const unknown = -1

func checkNames(sc *Scenario) error {
	k := &sc.Knobs
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
			return amiss(n.field, "it is none of %s", strings.Join(n.names, ", "))
		}
	}
	for i, r := range k.Wire {
		if r.Do == unknown {
			return amiss(fmt.Sprintf("server.path[%d].do", i), "it is none of %s", strings.Join(actions, ", "))
		}
	}
	return nil
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
