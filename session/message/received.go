package message

import (
	netmail "net/mail"
	"net/netip"
	"strings"
	"time"
)

// Hop is one Received field: a server tells from whom it got the message, how and when (RFC 5321 §4.4).
type Hop struct {
	Line int `json:"line"`
	// Hello is the name that the client gave itself, Host the one that its address resolves to, IP that address. Only the last is what
	// the server saw itself.
	Hello string `json:"hello,omitempty"`
	Host  string `json:"host,omitempty"`
	IP    string `json:"ip,omitempty"`
	By    string `json:"by,omitempty"`
	ByIP  string `json:"by-ip,omitempty"`
	Via   string `json:"via,omitempty"`
	With  string `json:"with,omitempty"`
	ID    string `json:"id,omitempty"`
	For   string `json:"for,omitempty"`
	// User is the name with which the client logged in, where the server tells it.
	User string `json:"user,omitempty"`
	// Version, Suite and Group are of TLS, as the server writes them.
	Version string    `json:"tls,omitempty"`
	Suite   string    `json:"suite,omitempty"`
	Group   string    `json:"group,omitempty"`
	At      time.Time `json:"at,omitzero"`
	// Wait is the time since the hop before; negative where the clocks differ.
	Wait time.Duration `json:"wait,omitempty"`
	// Means says what the protocol after "with" means.
	Means string `json:"means,omitempty"`
	// Believed is set where a server of one's own wrote the field. Below it, anyone may have written what stands there.
	Believed bool `json:"believed,omitempty"`
}

// received reads a field. What a server leaves out, or writes in a way of its own, stays empty.
func received(value string) (h Hop) {
	clauses, date := clausesOf(value)
	if at, ok := stamp(date); ok {
		h.At = at
	}
	for _, c := range clauses {
		h.take(c)
	}
	h.Means = meaning(h.With)
	return h
}

// clause is a word such as "from" with what follows it.
type clause struct {
	name     string
	words    []string
	comments []string
}

// clausesOf takes a Received field apart, and gives the date after its last semicolon.
func clausesOf(value string) (list []clause, date string) {
	current := clause{}
	for _, t := range tokens(value) {
		switch {
		case t.kind == comment:
			current.comments = append(current.comments, t.text)
		case t.kind == semicolon:
			date = t.rest
			list, current = append(list, current), clause{}
		case isClause(t.text) && t.kind == word:
			list = append(list, current)
			current = clause{name: strings.ToLower(t.text)}
		default:
			current.words = append(current.words, t.text)
		}
	}
	return append(list, current), date
}

// isClause reports whether a word begins a clause: those of RFC 5321 §4.4 and those registered for TLS (RFC 8314 §4.3).
func isClause(text string) bool {
	switch strings.ToLower(text) {
	case "from", "by", "via", "with", "id", "for", "tls", "group":
		return true
	}
	return false
}

func (h *Hop) take(c clause) {
	value := ""
	if len(c.words) > 0 {
		value = shown(c.words[0])
	}
	switch c.name {
	case "from":
		h.client(value, c.comments)
	case "by":
		h.By = host(value)
		for _, text := range c.comments {
			if ip, ok := address(text); ok {
				h.ByIP = ip
			}
		}
	case "via":
		h.Via = shown(strings.Join(c.words, " "))
	case "with":
		h.With = shown(strings.TrimRight(strings.Join(c.words, " "), ";"))
	case "id":
		h.ID = value
	case "for":
		h.For = strings.Trim(value, "<>")
	case "tls":
		h.Suite = value
	case "group":
		h.Group = value
	}
	for _, text := range c.comments {
		h.remark(text)
	}
}

// client reads the clause "from" as Postfix, Sendmail, Exim, qmail and Exchange write it: a name, and in comments the name of the
// address, the address, and the name given in HELO.
func (h *Hop) client(name string, comments []string) {
	h.Hello = host(name)
	if ip, ok := address(name); ok {
		h.Hello, h.IP = "", ip
	}
	for _, text := range comments {
		h.clientRemark(text)
	}
	if h.Host == "unknown" {
		h.Host = ""
	}
}

func (h *Hop) clientRemark(text string) {
	words := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' || r == ';' || r == '\t' })
	for i, w := range words {
		ip, isAddress := address(w)
		hello, isHello := cutFold(w, "helo=")
		switch {
		case isAddress && h.IP == "":
			h.IP = ip
		case isHello:
			h.greeted(hello)
		case (strings.EqualFold(w, "HELO") || strings.EqualFold(w, "EHLO")) && i+1 < len(words):
			h.greeted(words[i+1])
			return
		case i == 0 && h.Host == "" && isHostName(w):
			h.Host = host(shown(w))
		}
	}
}

// greeted takes the name of HELO from a comment: what stood before it is then the name of the address.
func (h *Hop) greeted(name string) {
	h.Host, h.Hello = h.Hello, host(shown(name))
}

// remark reads what servers put into comments: the version of TLS with its cipher suite, and who logged in.
func (h *Hop) remark(text string) {
	if user, ok := cutFold(strings.TrimSpace(text), "authenticated sender:"); ok {
		h.User = shown(user)
	}
	words := strings.FieldsFunc(text, func(r rune) bool {
		return r == ' ' || r == ',' || r == ';' || r == '=' || r == ':' || r == '(' || r == ')' || r == '\t'
	})
	for i, w := range words {
		next := ""
		if i+1 < len(words) {
			next = shown(words[i+1])
		}
		switch lower := strings.ToLower(w); {
		case h.Version == "" && tlsVersion(lower) != "":
			h.Version = tlsVersion(lower)
		case lower == "cipher" && h.Suite == "":
			h.Suite = next
		case lower == "key-exchange" && h.Group == "":
			h.Group = next
		case h.Suite == "" && strings.HasPrefix(w, "TLS_") && len(w) > 10:
			h.Suite = shown(w)
		}
	}
}

// tlsVersion reads "TLSv1.3", "TLS1.3", "TLS1_3" and "tls1_2".
func tlsVersion(word string) string {
	number, ok := strings.CutPrefix(word, "tls")
	number = strings.ReplaceAll(strings.TrimPrefix(number, "v"), "_", ".")
	if number == "1" {
		number = "1.0"
	}
	if !ok || !strings.Contains("1.0 1.1 1.2 1.3", number) || len(number) != 3 {
		return ""
	}
	return "TLS " + number
}

// host is a name as it is compared: small letters, no dot at its end.
func host(name string) string {
	return strings.ToLower(strings.TrimSuffix(strings.Trim(name, "<>;,"), "."))
}

func isHostName(word string) bool {
	word = strings.ToLower(word)
	return word == "localhost" || word == "unknown" || strings.Contains(word, ".") && !strings.ContainsAny(word, "=:@[]/")
}

// address reads "192.0.2.1", "[192.0.2.1]", "[192.0.2.1]:25" and "[IPv6:2001:db8::1]".
func address(word string) (string, bool) {
	word = strings.Trim(word, "()")
	if inner, port, ok := strings.Cut(word, "]:"); ok && strings.Trim(port, "0123456789") == "" {
		word = inner
	}
	word = strings.Trim(word, "[]")
	if rest, ok := cutFold(word, "ipv6:"); ok {
		word = rest
	}
	ip, err := netip.ParseAddr(word)
	if err != nil {
		return "", false
	}
	return ip.WithZone("").Unmap().String(), true
}

func cutFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return "", false
	}
	return s[len(prefix):], true
}

// stamp reads a date of a header field (RFC 5322 §3.3), with a comment after it or not.
func stamp(text string) (time.Time, bool) {
	text = strings.TrimSpace(text)
	if i := strings.IndexByte(text, '('); i > 0 {
		text = strings.TrimSpace(text[:i])
	}
	at, err := netmail.ParseDate(bounded(text, 100))
	return at, err == nil && at.Year() > 1970 && at.Year() < 10000
}

// withTypes are the protocols of the IANA registry "Mail Transmission Types" without the letters for TLS and login, and what else
// stands after "with" often.
var withTypes = [...]struct{ name, means string }{
	{"UTF8SMTP", "EHLO, with UTF-8 in addresses and header fields"},
	{"UTF8LMTP", "delivery to a mailbox server, with UTF-8 in addresses and header fields"},
	{"ESMTP", "EHLO"},
	{"SMTP", "HELO, without extensions"},
	{"LMTP", "delivery to a mailbox server"},
	{"MMS", "the multimedia message service of mobile phones"},
	{"HTTP", "a web page or an interface over HTTP, not SMTP"},
	{"HTTPS", "a web page or an interface over HTTPS, not SMTP"},
	{"LOCAL", "a program on the same machine, not SMTP"},
	{"MAPI", "a client or server of Exchange, inside its own system"},
	{"POP3", "a fetch from another mailbox by POP3"},
	{"IMAP", "a fetch from another mailbox by IMAP"},
	{"Microsoft SMTP Server", "SMTP, as Exchange writes it"},
}

// secured are the letters that an ending of those names may have (RFC 3848 §1, RFC 6531 §4.3).
var secured = [...]struct{ letters, means string }{
	{"SA", ", inside TLS, after a login"},
	{"S", ", inside TLS"},
	{"A", ", after a login, without TLS"},
	{"", ", without TLS"},
}

// meaning says what a protocol after "with" means, empty where that is not known.
func meaning(with string) string {
	with = strings.ToUpper(with)
	for _, t := range withTypes {
		rest, ok := strings.CutPrefix(with, strings.ToUpper(t.name))
		if !ok {
			continue
		}
		for _, s := range secured {
			if rest == s.letters && hasLetters(t.name) {
				return t.means + s.means
			}
		}
		if rest == "" || strings.HasPrefix(rest, " ") {
			return t.means
		}
	}
	return ""
}

// hasLetters reports whether a protocol says by letters at its end whether TLS and a login were used. Plain SMTP has none.
func hasLetters(name string) bool { return strings.HasSuffix(name, "MTP") && name != "SMTP" }

// encrypted reports whether a hop was inside TLS: known is false where the field does not say.
func (h *Hop) encrypted() (yes, known bool) {
	with := strings.TrimSuffix(strings.ToUpper(h.With), "A")
	switch {
	case h.Version != "" || h.Suite != "", strings.HasSuffix(with, "MTPS"):
		return true, true
	case strings.HasSuffix(with, "MTP"):
		return false, true
	}
	return false, false
}
