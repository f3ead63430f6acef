package foreign

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strings"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
)

// A swaks transcript has a hint before each line: -> and <- for what crosses in cleartext, ~> and <~ inside TLS, asterisks for
// what was not expected, === for its own words and *** for its own errors, which go to stderr (swaks(1), TRANSCRIPT).

// hint is the mark at the beginning of a line, and the text after it.
var hint = &lazy.Pattern{Text: `^ ?(->|~>|\*\*>|\*~>|<-|<~\*|<~|<\*\*|===|\*\*\*)(?: (.*)|()$)`}

// dump is a line of the hexadecimal dump of a read or a write (--show-raw-text).
var dump = &lazy.Pattern{Text: `^ {0,2}[<>] {1,3}\d{4}: `}

// What tells a swaks transcript: marks of both sides, words of swaks itself, and a reply behind a mark.
var (
	swaksMarks = &lazy.Pattern{Text: `(?m)^ ?(<-  |<~  |<\*\* |<~\* | ?-> | ?~> )`}
	swaksOwn   = &lazy.Pattern{Text: `(?m)^(=== (Trying|Connected|TLS|Connection)|\*\*\* (Error connecting|Remote host|TLS startup|Host did not))`}
	swaksReply = &lazy.Pattern{Text: `(?m)^ ?<[-~] ? ?\d\d\d[ -]`}
)

func fitsSwaks(source []byte) bool {
	text := string(source[:min(len(source), 1<<16)])
	return swaksOwn.Get().MatchString(text) || len(swaksMarks.Get().FindAllStringIndex(text, 3)) > 1 && swaksReply.Get().MatchString(text)
}

func readSwaks(source []byte) ([]Conversation, error) {
	text, err := lines(source)
	if err != nil {
		return nil, err
	}
	if bare := typed(text, "a swaks transcript without hints"); !hasHints(text) && len(bare) > 0 {
		return bare, nil
	}
	r := &swaks{}
	for _, line := range text {
		r.line(line)
	}
	r.end()
	return r.list, nil
}

// swaks reads a transcript line by line.
type swaks struct {
	list     []Conversation
	c        Conversation
	tls      *record.TLS // that a block of lines tells of
	leaf     bool        // the block has just told the subject of the server's certificate
	upgraded bool        // the last that the client sent was STARTTLS
	spoke    bool
	lost     *Ended // what its errors say, which may stand anywhere
	decoded  bool   // AUTH is shown decoded (--auth-plaintext)
	login    bool   // an exchange of AUTH is open
}

func (r *swaks) line(line string) {
	if dump.Get().MatchString(line) {
		return
	}
	m := hint.Get().FindStringSubmatch(line)
	if m == nil {
		return
	}
	switch mark, text := m[1], m[2]; mark {
	case "===":
		r.says(text)
	case "***":
		r.fails(strings.TrimSpace(text))
	case "->", "**>", "~>", "*~>":
		r.client(text, strings.Contains(mark, "~"))
	default:
		r.server(strings.TrimLeft(text, " "), strings.Contains(mark, "~"))
	}
}

var (
	swaksTrying = &lazy.Pattern{Text: `^Trying (\S+):(\d+)\.\.\.`}
	swaksCipher = &lazy.Pattern{Text: `^TLS started(?: with cipher (\S+?):([^:\s]+))?`}
	// Since 2023 the certificates are told one by one, in two lines each.
	swaksPeer  = &lazy.Pattern{Text: `^\[(\d+)\]\s+subject=\[(.*)\]$`}
	swaksNames = &lazy.Pattern{Text: `^\s*commonName=\[(.*?)\],? subjectAltName=\[(.*?)\],? notAfter=\[(.*?)\]`}
	swaksCheck = &lazy.Pattern{Text: `(passed|failed) CA verification(?: \((.*?)\))?, (passed|failed) host verification(?: \(using host (\S+) to verify\))?`}
)

// says takes one of its own lines.
func (r *swaks) says(text string) {
	switch {
	case strings.HasPrefix(text, "Trying "):
		if r.c.Host != "" || len(r.c.Pieces) > 0 { // else only errors came before, ahead of what they are about
			r.end()
		}
		if m := swaksTrying.Get().FindStringSubmatch(text); m != nil {
			r.c.Host, r.c.Port = m[1], number(m[2])
		}
	case strings.HasPrefix(text, "TLS started"):
		m := swaksCipher.Get().FindStringSubmatch(text)
		r.tls = &record.TLS{Version: version(m[1]), CipherSuite: suite(m[2])}
	case r.tls == nil:
	case strings.HasPrefix(text, "TLS peer"):
		r.peer(strings.TrimPrefix(text, "TLS peer"))
	case r.leaf && swaksNames.Get().MatchString(text):
		m := swaksNames.Get().FindStringSubmatch(text)
		r.calls("the certificate is for " + names(m[1], m[2]) + ", and expires on " + m[3])
		r.leaf = false
	}
}

// names are those that a certificate is for, by its common name and its alternative names.
func names(common, alternative string) string {
	return cmp.Or(strings.ReplaceAll(strings.ReplaceAll(alternative, "DNS:", ""), "IP:", ""), common)
}

// calls keeps what is said of the certificate, which is no judgment.
func (r *swaks) calls(text string) {
	r.tls.Checks = r.tls.Checks.With(record.Check{Name: "name", Open: true, Text: wire.VisibleString(text)})
}

// peer takes what is said of the certificate. Before 2021 that was its name alone; later also whether it passed.
func (r *swaks) peer(text string) {
	r.leaf = false
	text = strings.TrimSpace(text)
	if m := swaksPeer.Get().FindStringSubmatch(text); m != nil {
		r.leaf = m[1] == "0" // the others are of those who issued it
		return
	}
	m := swaksCheck.Get().FindStringSubmatch(text)
	if m == nil {
		r.calls("the certificate calls itself " + text)
		return
	}
	r.tls.Reference = wire.VisibleString(m[4])
	chain, host := checkOf("chain", m[1], "swaks says: "+text), checkOf("host", m[3], "swaks says: "+text)
	if !chain.OK {
		chain.Finding = certificateFault(m[2])
	}
	if !host.OK {
		host.Finding = record.FoundCertificateWrongHost
	}
	r.tls.Checks = r.tls.Checks.With(chain, host)
	r.tls.Verified = chain.OK && host.OK
}

func checkOf(name, result, text string) record.Check {
	c := record.Check{Name: name, OK: result == "passed", Text: wire.VisibleString(text)}
	if !c.OK {
		c.Who = record.WhoOperator
	}
	return c
}

// certificateFault is what is wrong with a chain, by the words of the library.
func certificateFault(words string) record.FindingCode {
	for _, w := range tlsWords {
		if words != "" && w.says.Get().MatchString(words) {
			return w.code
		}
	}
	return record.FoundCertificateUnknownIssuer
}

// swaksErrors are what it says when something is wrong, and what that is.
var swaksErrors = []struct {
	begins  string
	trouble record.Trouble
}{
	{"Remote host closed connection", record.TroubleClosed},
	{"Socket closed connection", record.TroubleClosed},
	{"Child process closed connection", record.TroubleClosed},
}

// fails takes one of its errors.
func (r *swaks) fails(text string) {
	for _, e := range swaksErrors {
		if strings.HasPrefix(text, e.begins) {
			r.lost = &Ended{e.trouble, wire.VisibleString(text)}
			return
		}
	}
	switch {
	case strings.HasPrefix(text, "TLS startup failed"):
		r.tls = r.c.failedTLS(text)
	case strings.HasPrefix(text, "Error connecting"):
		r.lost = &Ended{record.TroubleFailed, "the connection failed"}
	case strings.Contains(text, "connect: ") || strings.Contains(text, "IO::Socket"):
		r.lost = &Ended{connectTrouble(text), wire.VisibleString(afterLast(text, ": "))}
	case strings.HasPrefix(text, "Host did not advertise STARTTLS"), strings.HasPrefix(text, "STARTTLS attempted but failed"):
		r.c.NeedsTLS = true
	case strings.HasPrefix(text, "Host did not advertise authentication"), strings.HasPrefix(text, "Auth not attempted"):
		r.c.NeedsAuth = true
	}
}

// client takes a line that was sent.
func (r *swaks) client(text string, inside bool) {
	r.secured()
	if n := strings.TrimSuffix(text, " lines sent"); n != text && number(n) > 0 && strings.Trim(n, "0123456789") == "" { // --suppress-data
		r.c.Lacks = append(r.c.Lacks, "The message itself is missing.")
		r.add(Piece{From: wire.ClientToServer, Bytes: []byte(".\r\n"), Inside: inside})
		return
	}
	r.upgraded, r.spoke = strings.EqualFold(strings.TrimSpace(text), "STARTTLS"), true
	word := strings.ToUpper(text)
	switch {
	case strings.HasPrefix(word, "AUTH ") && strings.Contains(text, `\0`):
		words := strings.SplitN(text, " ", 3)
		text = strings.Join(append(words[:len(words)-1], encoded(words[len(words)-1])), " ")
	case r.login && r.decoded && text != "*":
		text = base64.StdEncoding.EncodeToString([]byte(text))
	}
	r.login = r.login || strings.HasPrefix(word, "AUTH ")
	r.add(said(wire.ClientToServer, text, inside))
}

// encoded gives PLAIN as it was sent for the way in which --auth-plaintext shows it.
func encoded(shown string) string {
	return base64.StdEncoding.EncodeToString([]byte(strings.ReplaceAll(shown, `\0`, "\x00")))
}

// server takes a line that came. What was read inside TLS before anything was sent there had come before TLS: swaks keeps what it
// has read and takes it for part of what follows.
func (r *swaks) server(text string, inside bool) {
	if text == "" {
		return
	}
	if strings.HasPrefix(text, "Timeout (") {
		r.lost = &Ended{record.TroubleTimeout, "nothing more arrived"}
		return
	}
	if r.upgraded && inside && r.tls != nil {
		inside = false
	} else {
		r.secured()
	}
	challenge, asks := strings.CutPrefix(text, "334 ")
	if data, _ := sasl.DecodeChallenge(challenge); asks && r.login && data == nil {
		r.decoded = true
		text = "334 " + base64.StdEncoding.EncodeToString([]byte(challenge))
	}
	r.login = r.login && asks
	r.add(said(wire.ServerToClient, text, inside))
}

// secured ends a block about TLS.
func (r *swaks) secured() {
	if r.tls != nil {
		r.add(Piece{TLS: r.tls})
		r.tls = nil
	}
}

func (r *swaks) add(p Piece) { r.c.Pieces = append(r.c.Pieces, p) }

// end ends a session. Its errors are what ended it, wherever they stand among the other lines.
func (r *swaks) end() {
	r.secured()
	switch {
	case r.lost == nil:
	case len(r.c.Pieces) == 0 && r.lost.Trouble != record.TroubleClosed:
		r.add(Piece{Connect: &record.Connect{Remote: r.c.remote(), Trouble: r.lost.Trouble, Error: r.lost.Words}})
	default:
		r.add(Piece{Ended: r.lost})
	}
	r.c.Source = "a swaks transcript"
	if len(r.c.Pieces) > 0 {
		r.list = append(r.list, r.c)
	}
	*r = swaks{list: r.list}
}

// hasHints reports whether lines have the marks of what crosses: --no-hints leaves them out.
func hasHints(text []string) bool {
	return slices.ContainsFunc(text, func(line string) bool {
		m := hint.Get().FindStringSubmatch(line)
		return m != nil && m[1] != "===" && m[1] != "***"
	})
}
