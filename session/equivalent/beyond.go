package equivalent

import (
	"strconv"
	"strings"

	"ehlo/session/record"
)

// A beyond is something that a session asks for beside server, TLS, login and recipients. Each program has its own words for it, or none.
type beyond struct {
	name  string // in a sentence
	asked func(s Session) bool
	// words are those of the tools that can do it; of one whose text has it in another place they are none.
	words map[string]func(s Session) []string
}

// elsewhere is for a tool whose text has it in another place.
func elsewhere(Session) []string { return nil }

func beyonds() []beyond {
	return []beyond{
		{"the client certificate", func(s Session) bool { return s.encrypts() && s.Certificate != "" }, map[string]func(Session) []string{
			"swaks":   func(s Session) []string { return []string{"--tls-cert", s.Certificate, "--tls-key", s.Key} },
			"openssl": func(s Session) []string { return []string{"-cert", s.Certificate, "-key", s.Key} },
			"curl":    func(s Session) []string { return []string{"--cert", s.Certificate, "--key", s.Key} },
			"msmtp": func(s Session) []string {
				return []string{"--tls-cert-file=" + s.Certificate, "--tls-key-file=" + s.Key}
			}}},
		{"the lowest TLS version", func(s Session) bool { return s.encrypts() && s.TLSMin != "" }, map[string]func(Session) []string{
			"swaks":   swaksVersions,
			"openssl": func(s Session) []string { return []string{"-min_protocol", openSSLVersion(s.TLSMin)} },
			"curl":    func(s Session) []string { return []string{"--tlsv" + s.TLSMin} }}},
		{"the highest TLS version", func(s Session) bool { return s.encrypts() && s.TLSMax != "" }, map[string]func(Session) []string{
			"swaks": func(s Session) []string {
				if s.TLSMin != "" { // said with it
					return nil
				}
				return swaksVersions(s)
			},
			"openssl": func(s Session) []string { return []string{"-max_protocol", openSSLVersion(s.TLSMax)} },
			"curl":    func(s Session) []string { return []string{"--tls-max", s.TLSMax} }}},
		{"the protocols of ALPN", func(s Session) bool { return s.encrypts() && len(s.ALPN) > 0 }, map[string]func(Session) []string{
			"openssl": func(s Session) []string { return []string{"-alpn", strings.Join(s.ALPN, ",")} }}},
		{"the message", func(s Session) bool { return s.mails() && s.Message != "" }, map[string]func(Session) []string{
			"swaks": func(s Session) []string { return []string{"--data", "@" + s.Message} }, "curl": elsewhere, "msmtp": elsewhere}},
		{"what is asked for in the envelope beside the addresses", func(s Session) bool { return len(s.To) > 0 && s.Envelope != nil && !s.onlyReports() }, nil},
		{"the delivery reports that are asked for", func(s Session) bool { return len(s.To) > 0 && s.onlyReports() }, map[string]func(Session) []string{"msmtp": msmtpReports}},
		{"PIPELINING", func(s Session) bool { return len(s.To) > 0 && s.Pipelining }, map[string]func(Session) []string{"swaks": fixed("--pipeline")}},
		{"PRDR", func(s Session) bool { return len(s.To) > 0 && s.PRDR }, map[string]func(Session) []string{"swaks": fixed("--prdr")}},
		{"BDAT", func(s Session) bool { return s.mails() && s.Chunking }, nil},
		{"the PROXY header", func(s Session) bool { return s.Proxy != nil }, map[string]func(Session) []string{"swaks": swaksHeader}},
		{"XCLIENT", func(s Session) bool { return len(s.XCLIENT) > 0 }, map[string]func(Session) []string{"swaks": func(s Session) (words []string) {
			for _, attributes := range s.XCLIENT {
				words = append(words, "--xclient", attributes)
			}
			return words
		}}},
		{"XFORWARD", func(s Session) bool { return len(s.XFORWARD) > 0 }, nil},
	}
}

func fixed(word string) func(Session) []string {
	return func(Session) []string { return []string{word} }
}

// beyond are the words of a tool for all of it that it can do.
func (s Session) beyond(tool string) (words []string) {
	for _, b := range beyonds() {
		if of := b.words[tool]; of != nil && b.asked(s) {
			words = append(words, of(s)...)
		}
	}
	return words
}

// withoutWords names what the text for a tool leaves out; empty where it is nothing.
func (s Session) withoutWords(tool string) string {
	var names []string
	for _, b := range beyonds() {
		if b.words[tool] == nil && b.asked(s) {
			names = append(names, b.name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "Left out here: " + strings.Join(names, ", ") + "."
}

// onlyReports reports whether nothing is asked for but reports about the delivery (RFC 3461), all of them in the words of msmtp.
func (s Session) onlyReports() bool {
	e := s.Envelope
	return e != nil && e.Notify+e.Return != "" && e.ID+e.Original+e.By+e.Hold+e.Priority == "" && !e.RequireTLS && e.Size == nil && len(e.Of) == 0
}

func msmtpReports(s Session) (words []string) {
	if s.Envelope.Notify != "" {
		words = append(words, "--dsn-notify="+strings.ToLower(s.Envelope.Notify))
	}
	if s.Envelope.Return != "" {
		words = append(words, "--dsn-return="+map[string]string{"HDRS": "headers", "FULL": "full"}[strings.ToUpper(s.Envelope.Return)])
	}
	return words
}

// swaksVersions lists the versions between the lowest and the highest.
func swaksVersions(s Session) []string {
	var names []string
	for _, v := range []string{"1.0", "1.1", "1.2", "1.3"} {
		if v >= s.TLSMin && (s.TLSMax == "" || v <= s.TLSMax) {
			names = append(names, "tlsv"+strings.ReplaceAll(strings.TrimSuffix(v, ".0"), ".", "_"))
		}
	}
	return []string{"--tls-protocol", strings.Join(names, ",")}
}

// openSSLVersion is a version as openssl calls it: TLSv1 for the first one.
func openSSLVersion(v string) string { return "TLSv" + strings.TrimSuffix(v, ".0") }

// swaksHeader says the PROXY header in the words of swaks, which takes no address of the connection for one that is left out.
func swaksHeader(s Session) []string {
	p := s.Proxy
	words := []string{"--proxy-version", strconv.Itoa(p.Version)}
	if p.Raw != nil {
		return append(words, "--proxy", string(p.Raw))
	}
	six := strings.Contains(p.Source+p.Dest, ":")
	family := map[bool]string{false: "TCP4", true: "TCP6"}[six]
	if p.Version == 2 {
		family = map[bool]string{false: "AF_INET", true: "AF_INET6"}[six]
	}
	words = append(words, "--proxy-family", family)
	for _, w := range []struct {
		flag, value string
	}{{"--proxy-source", p.Source}, {"--proxy-source-port", port(p.SourcePort)}, {"--proxy-dest", p.Dest}, {"--proxy-dest-port", port(p.DestPort)}} {
		if w.value == "" {
			w.value = strings.ToUpper(strings.TrimPrefix(w.flag, "--proxy-"))
		}
		words = append(words, w.flag, w.value)
	}
	if p.Local {
		words = append(words, "--proxy-command", "LOCAL")
	}
	if p.Datagram {
		words = append(words, "--proxy-protocol", "DGRAM")
	}
	return words
}

func port(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// extras is what a plan asks for beyond the rest.
func (s *Session) extras(p record.Plan) {
	s.TLSMax, s.Envelope, s.Proxy, s.XCLIENT, s.XFORWARD = p.TLSMax, p.Envelope, p.Proxy, p.XCLIENT, p.XFORWARD
}
