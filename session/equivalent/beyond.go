package equivalent

import (
	"slices"
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
	return slices.Concat(ofTheWay(), ofTheLogin(), ofTheRest())
}

// ofTheWay are about how the server is found and reached.
func ofTheWay() []beyond {
	return []beyond{
		{"the lookup of MX records (connect to the host that they name)", func(s Session) bool { return s.Domain }, nil},
		{"the lookups in DNS", func(s Session) bool { return len(s.Lookups) > 0 }, nil},
		{"the choice of IPv4 or IPv6", func(s Session) bool { return s.family() != "" }, map[string]func(Session) []string{
			"telnet": Session.byFamily, "nc": Session.byFamily, "openssl": Session.byFamily, "swaks": Session.byFamily, "curl": Session.byFamily, "postfix": elsewhere}},
		{"the way through the Unix socket", func(s Session) bool { return s.through(unixSocket) != "" }, map[string]func(Session) []string{
			"openssl": elsewhere, "swaks": elsewhere}},
		{"the way through the SOCKS proxy", func(s Session) bool { return s.through(socksProxy) != "" }, map[string]func(Session) []string{
			"nc":   func(s Session) []string { return []string{"-X", "5", "-x", s.through(socksProxy)} },
			"curl": func(s Session) []string { return []string{"--proxy", "socks5h://" + s.through(socksProxy)} }}},
		{"the way through the HTTP proxy", func(s Session) bool { return s.through(httpProxy) != "" }, map[string]func(Session) []string{
			"nc":      func(s Session) []string { return []string{"-X", "connect", "-x", s.through(httpProxy)} },
			"openssl": func(s Session) []string { return []string{"-proxy", s.through(httpProxy)} },
			"curl": func(s Session) []string {
				return []string{"--proxytunnel", "--proxy", "http://" + s.through(httpProxy)}
			}}},
		{"the command that the session leads through", func(s Session) bool { return s.through(someCommand) != "" }, map[string]func(Session) []string{
			"swaks": elsewhere}},
		{"the address and the port on this machine", func(s Session) bool { return s.Local }, nil},
	}
}

// ofTheLogin are about AUTH, and the greeting before it.
func ofTheLogin() []beyond {
	return []beyond{
		{"HELO in place of EHLO", func(s Session) bool { return s.HELO && !s.LMTP }, map[string]func(Session) []string{
			"telnet": elsewhere, "nc": elsewhere, "openssl": elsewhere, "postfix": elsewhere, "swaks": fixed("--protocol", "SMTP")}},
		{"the identity to act as", func(s Session) bool { return s.logsIn() && s.ActAs != "" }, map[string]func(Session) []string{
			"telnet": elsewhere, "nc": elsewhere, "openssl": elsewhere, "curl": func(s Session) []string { return []string{"--sasl-authzid", s.ActAs} }}},
		{"the login although it is not offered", func(s Session) bool { return s.logsIn() && s.Insist }, map[string]func(Session) []string{
			"telnet": elsewhere, "nc": elsewhere, "openssl": elsewhere}},
		{"the login by each mechanism that is offered", func(s Session) bool { return s.logsIn() && s.EveryMechanism }, nil},
		{"the initial response", func(s Session) bool { return s.logsIn() && s.Auth != nil && s.Auth.Initial == record.InitialYes }, map[string]func(Session) []string{
			"curl": fixed("--sasl-ir")}},
		{"AUTH without an initial response", func(s Session) bool { return s.logsIn() && s.Auth != nil && s.Auth.Initial == record.InitialNo }, map[string]func(Session) []string{
			"telnet": elsewhere, "nc": elsewhere, "openssl": elsewhere, "curl": elsewhere}},
		{"the type of channel binding", func(s Session) bool { return s.logsIn() && s.Auth != nil && s.Auth.Binding != "" }, nil},
		{"the bounds of SCRAM's iterations", func(s Session) bool {
			return s.logsIn() && s.Auth != nil && s.Auth.MinIterations+s.Auth.MaxIterations > 0
		}, nil},
	}
}

// ofTheRest are about TLS, the envelope and the message.
func ofTheRest() []beyond {
	return []beyond{
		{"the name in SNI, apart from the verified one", func(s Session) bool { return s.encrypts() && s.SNI != "" && s.SNI != s.Name }, map[string]func(Session) []string{
			"openssl": elsewhere, "swaks": elsewhere, "postfix": elsewhere}},
		{"obsolete TLS", func(s Session) bool { return s.encrypts() && s.LegacyTLS }, map[string]func(Session) []string{
			"openssl": func(s Session) []string { return append(lowest(s, "-min_protocol", "TLSv1"), "-cipher", weakest) },
			"swaks":   func(s Session) []string { return []string{"--tls-cipher", weakest} },
			"curl":    func(s Session) []string { return append(lowest(s, "--tlsv1.0"), "--ciphers", weakest) }}},
		{"the choice of cipher suites", func(s Session) bool { return s.encrypts() && s.Suites }, nil},
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
		{"the text of the message", func(s Session) bool { return s.mails() && s.Message == "" && s.Content }, map[string]func(Session) []string{"curl": elsewhere, "msmtp": elsewhere}},
		{"the Cc field", func(s Session) bool { return s.mails() && len(s.Cc) > 0 && s.Message == "" }, nil},
		{"the rule of SMTP that the session breaks", func(s Session) bool { return s.Experiment != "" }, nil},
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

func fixed(words ...string) func(Session) []string {
	return func(Session) []string { return words }
}

// What the way of a session begins with, as ehlo/session/via names it.
const (
	unixSocket  = "the socket "
	socksProxy  = "the SOCKS proxy "
	httpProxy   = "the HTTP proxy "
	someCommand = "the command "
)

// through is what the connection leads through, where that is of a kind; else it is empty.
func (s Session) through(kind string) string {
	what, ok := strings.CutPrefix(s.Via, kind)
	if !ok {
		return ""
	}
	return what
}

// family is the family of addresses that was chosen, 4 or 6; empty where the address decides.
func (s Session) family() string {
	if s.Address != "" || isAddress(s.Host) || s.Via != "" {
		return ""
	}
	return strings.TrimPrefix(s.Network, "ip")
}

func (s Session) byFamily() []string { return []string{"-" + s.family()} }

// weakest has OpenSSL offer all that it still has.
const weakest = "ALL:@SECLEVEL=0"

// lowest are the words for the lowest version, unless it is said anyway.
func lowest(s Session, words ...string) []string {
	if s.TLSMin != "" {
		return nil
	}
	return words
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
	s.SNI, s.LegacyTLS, s.Network, s.Via, s.Lookups = p.SNI, p.LegacyTLS, p.Network, p.Via, p.Lookups
	s.ActAs, s.Insist, s.EveryMechanism, s.Auth, s.HELO = p.ActAs, p.Insist, p.EveryMechanism, p.Auth, p.HELO
	s.Cc, s.Content, s.Experiment = p.Cc, p.Message != nil, p.Experiment
}
