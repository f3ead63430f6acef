package message

import "strings"

// Results is an Authentication-Results field: what a server says that its checks came to (RFC 8601 §2.2).
type Results struct {
	Line int `json:"line"`
	// Server is the authserv-id: who says so.
	Server string `json:"server,omitempty"`
	// Believed is set where a server of one's own says so, and the field stands where only such a server can have put it.
	Believed bool `json:"believed"`
	// Why says why it is believed or not.
	Why    string   `json:"why"`
	Checks []Result `json:"checks,omitempty"`
}

// Result is what one check came to.
type Result struct {
	Method string `json:"method"`
	Result string `json:"result"`
	Reason string `json:"reason,omitempty"`
	// Of are the properties that were checked, as "header.d=example.org".
	Of []string `json:"of,omitempty"`
	// Means says what that result means.
	Means string `json:"means,omitempty"`
}

// checks reads the fields of results. A field that stands above the oldest Received field of one's own was put there by one's own
// servers; below it, anyone may have written it (RFC 8601 §5, §7.1).
func (r *Report) checks(m *mail) {
	border := 0
	if h := r.border(); h != nil {
		border = h.Line
		if h.By == gmail {
			border = m.below(h.Line)
		}
	}
	fields := m.all("Authentication-Results")
	for _, f := range fields[:min(len(fields), mostResults)] {
		res := resultsOf(f.structured())
		res.Line = f.line
		res.believe(r, f.line < border)
		r.Results = append(r.Results, res)
	}
}

// gmail writes its results directly below its own Received field, and removes those that others wrote in its name.
const gmail = "mx.google.com"

// below is the line of the second field after the one at a line, those of SPF not counted.
func (m *mail) below(line int) int {
	left := 2
	for i := range m.fields {
		if m.fields[i].line > line && !strings.EqualFold(m.fields[i].name, "Received-SPF") {
			if left--; left == 0 {
				return m.fields[i].line
			}
		}
	}
	return line
}

func (s *Results) believe(r *Report, above bool) {
	switch {
	case !above:
		s.Why = "It stands below the Received field with which your own servers begin: the sender can have written it."
	case s.Server == "":
		s.Believed, s.Why = true, "Your own servers put it there, although it does not name the server."
	case !r.isOwn(s.Server):
		s.Why = "It stands among the fields of your own servers, but names another one."
	default:
		s.Believed, s.Why = true, "It names your own servers, and stands where only they write."
	}
}

// resultsOf reads the value of a field. Microsoft leaves the authserv-id out.
func resultsOf(value string) (s Results) {
	for i, part := range statements(value) {
		if i == 0 && !isResult(part) {
			if len(part) > 0 {
				s.Server = shown(host(part[0]))
			}
			continue
		}
		if len(part) > 0 && len(s.Checks) < mostResults && !strings.EqualFold(part[0], "none") {
			s.Checks = append(s.Checks, resultOf(part))
		}
	}
	return s
}

// afterInstance is a field of ARC without the number that it begins with, then in the form of Authentication-Results (RFC 8617 §4.1.1).
func afterInstance(value string) string {
	_, rest, _ := strings.Cut(value, ";")
	return rest
}

// statements are the parts between the semicolons, as words. Comments are left out; "a = b" is one word.
func statements(value string) (list [][]string) {
	current := []string{}
	for _, t := range tokens(value) {
		switch last := len(current) - 1; {
		case t.kind == comment:
		case t.kind == semicolon:
			list, current = append(list, current), []string{}
		case last >= 0 && (strings.HasPrefix(t.text, "=") || strings.HasSuffix(current[last], "=")):
			current[last] += t.text
		default:
			current = append(current, t.text)
		}
	}
	return append(list, current)
}

func isResult(part []string) bool { return len(part) > 0 && strings.Contains(part[0], "=") }

func resultOf(part []string) (res Result) {
	method, result, _ := strings.Cut(part[0], "=")
	method, _, _ = strings.Cut(method, "/") // a version may follow
	res.Method, res.Result = shown(strings.ToLower(method)), shown(strings.ToLower(result))
	for _, w := range part[1:] {
		name, value, isProperty := strings.Cut(w, "=")
		switch {
		case strings.EqualFold(name, "reason"):
			res.Reason = shown(value)
		case isProperty && strings.Contains(name, "."):
			res.Of = append(res.Of, shown(w))
		}
	}
	res.Means = Meaning(res.Method, res.Result)
	return res
}

// meanings say what a result means, by method and result; an empty method is any (RFC 8601 §2.7, RFC 7208 §2.6).
var meanings = [...]struct{ method, result, means string }{
	{"spf", "pass", "The sending server may use the domain of the envelope sender."},
	{"spf", "fail", "The domain of the envelope sender says that this server may not use it."},
	{"spf", "softfail", "The domain of the envelope sender says that this server is probably not its own."},
	{"spf", "neutral", "The domain of the envelope sender says nothing about this server."},
	{"spf", "permerror", "The SPF record of the domain is not valid, so it counts for nothing."},
	{"spf", "none", "The domain of the envelope sender has no SPF record."},
	{"dkim", "pass", "A signature is valid: the signed parts are as that domain signed them."},
	{"dkim", "fail", "A signature is not valid: the message was changed after it was signed, or the key is another one."},
	{"dkim", "neutral", "There is a signature that could not be read."},
	{"dkim", "policy", "A signature is valid, but not accepted here."},
	{"dkim", "none", "The message is not signed."},
	{"dmarc", "pass", "SPF or DKIM passed for the domain of From."},
	{"dmarc", "fail", "Neither SPF nor DKIM passed for the domain of From."},
	{"dmarc", "bestguesspass", "The domain of From has no DMARC record; with a usual one the message would have passed."},
	{"dmarc", "none", "The domain of From has no DMARC record."},
	{"arc", "pass", "The chain of forwarders that vouch for earlier results is intact."},
	{"arc", "fail", "The chain of forwarders that vouch for earlier results is broken."},
	{"arc", "none", "No forwarder vouches for earlier results."},
	{"auth", "pass", "The client logged in."},
	{"iprev", "pass", "The client's address has a name that resolves to the address again."},
	{"iprev", "fail", "The client's address has no name that resolves to the address again."},
	{"compauth", "pass", "Microsoft takes the domain of From for the real sender."},
	{"compauth", "fail", "Microsoft takes the domain of From for forged."},
	{"", "temperror", "The check could not be made for a temporary reason, such as a DNS server that did not answer."},
	{"", "permerror", "The check could not be made, because a record in DNS or a field is invalid."},
}

// Meaning says what a result of a method means, empty where that is not known.
func Meaning(method, result string) string {
	for _, m := range meanings {
		if m.result == result && (m.method == method || m.method == "") {
			return m.means
		}
	}
	return ""
}

// believed gives the result of a method that one's own servers found, and whether they made that check.
func (r *Report) believed(method string) (Result, bool) {
	for _, s := range r.Results {
		for _, c := range s.Checks {
			if s.Believed && c.Method == method {
				return c, true
			}
		}
	}
	return Result{}, false
}
