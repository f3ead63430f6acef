package foreign

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"strings"

	"ehlo/session/certificate"
	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/wire"
)

// openssl s_client prints what it learned of TLS, and then what comes, between what a person types. With -starttls smtp it says
// greeting, EHLO and STARTTLS by itself and shows of them the last line of the first EHLO reply alone.

func fitsOpenSSL(source []byte) bool {
	return opensslSays.Get().Match(source[:min(len(source), 1<<16)])
}

var (
	opensslSays    = &lazy.Pattern{Text: `(?m)^CONNECTED\([0-9A-F]+\)|openssl s_client |^ *Verify return code: \d+|^New, (?:TLS|SSL)\S+, Cipher is|BIO_connect:connect error|^connect:errno=|^Connecting to [0-9a-fA-F.:]+\s*$|^depth=\d+ .*\n(?:verify|Can't)`}
	opensslCommand = &lazy.Pattern{Text: `openssl s_client .*-connect ['"]?(\[[^]]+\]|[^\s:'"]+):(\w+)`}
	opensslCipher  = &lazy.Pattern{Text: `^New, (\S+), Cipher is (\S+)`}
	opensslSession = &lazy.Pattern{Text: `^ +(Protocol|Cipher) *: (\S+)`}
	opensslVerify  = &lazy.Pattern{Text: `^ *Verify return code: (\d+) \((.*)\)`}
	opensslDepth   = &lazy.Pattern{Text: `^verify error:num=(\d+):(.*)`}
	opensslError   = &lazy.Pattern{Text: `^[0-9A-F]+:error:[0-9A-F]+:([^:]*:)*?`}
	opensslName    = &lazy.Pattern{Text: `^Verified peername: (.*)`}
	opensslWire    = &lazy.Pattern{Text: `^(?:<<< |>>> |read R BLOCK|read from 0x|write to 0x|    (?:[0-9a-f]{2}[ -]){2,}|[0-9a-f]{4} - |(?:Sent|Received) (?:TLS )?Record|  (?:Version|Content Type|Length|Inner Content Type) = |---$|SSL_(?:connect|read|write))`}
)

func readOpenSSL(source []byte) ([]Conversation, error) {
	text, err := lines(source)
	if err != nil {
		return nil, err
	}
	r := &openssl{script: script{c: Conversation{Source: "a session of openssl s_client"}}}
	for _, line := range text {
		r.line(line)
	}
	if r.lines == 0 && r.replies > 1 {
		return nil, &Error{Text: "it contains no line from the client", Hint: "what openssl reads from a pipe is not in its output: record a session that is typed"}
	}
	return r.end(source), nil
}

// openssl reads a session line by line.
type openssl struct {
	script
	tls      record.TLS
	code     int // of the verification; -1 is none
	verified string
	known    bool // something of TLS was said
	asked    bool // the handshake stands in the log
	failed   string
	dead     bool // the handshake failed, whatever was typed then
	missing  bool // it says that STARTTLS was not offered
	starttls bool
	name     string // that was verified
}

func (r *openssl) line(line string) {
	switch {
	case r.content && !opensslWire.Get().MatchString(line):
		r.client(line)
	case r.says(strings.TrimSpace(line), line):
	case opensslWire.Get().MatchString(line):
	case replyLine.Get().MatchString(line):
		r.reply(line)
	default:
		r.typed(line)
	}
}

// whyNot is the handshake that failed.
func (r *openssl) whyNot() *record.TLS {
	t := r.c.failedTLS(r.failed)
	switch {
	case r.missing:
		t.Diagnosis = &record.Diagnosis{Code: record.FoundSTARTTLSMissing, Text: "openssl found no STARTTLS in the EHLO reply, and started TLS anyway"}
	case r.starttls && t.Diagnosis != nil && t.Diagnosis.Code == record.FoundImplicitTLSOnSTARTTLSPort:
		t.Diagnosis.Code, t.Diagnosis.Text = "tls-not-tls", "the data after STARTTLS is not TLS (“"+t.Error+"”)"
	}
	return t
}

// typed takes a line that a person may have typed.
func (r *openssl) typed(line string) {
	if r.dead {
		return
	}
	before := r.lines
	was := r.inside
	r.inside = was || r.known || r.tls.Version != ""
	typedLine(&r.script, line)
	if r.lines == before {
		r.inside = was
		return
	}
	if !r.asked { // the handshake came before it
		said := r.c.Pieces[len(r.c.Pieces)-1]
		r.c.Pieces, r.inside = r.c.Pieces[:len(r.c.Pieces)-1], was
		if r.enter(); !r.dead {
			r.add(said)
		}
	}
}

// says takes a line about TLS.
func (r *openssl) says(line, whole string) bool {
	switch m := opensslCommand.Get().FindStringSubmatch(line); {
	case m != nil:
		r.c.Host, r.c.Port = strings.Trim(m[1], "[]"), port(m[2])
		r.known, r.starttls = true, strings.Contains(line, "-starttls")
		return true
	case strings.HasPrefix(line, "CONNECTED("):
		r.known = true
		return true
	case strings.HasPrefix(line, "Didn't find STARTTLS"):
		r.missing = true
		return true
	case strings.Contains(line, "RENEGOTIATING"):
		r.renegotiating()
		return true
	}
	return r.learned(line, whole) || r.broken(line)
}

// learned takes what was agreed on and verified.
func (r *openssl) learned(line, whole string) bool {
	switch {
	case opensslCipher.Get().MatchString(line):
		m := opensslCipher.Get().FindStringSubmatch(line)
		if m[2] != "(NONE)" {
			r.known, r.tls.Version, r.tls.CipherSuite = true, version(strings.TrimSuffix(m[1], "/SSLv3")), suite(m[2])
		}
	case opensslSession.Get().MatchString(whole):
		m := opensslSession.Get().FindStringSubmatch(whole)
		r.session(m[1], m[2])
	case opensslVerify.Get().MatchString(line):
		m := opensslVerify.Get().FindStringSubmatch(line)
		r.code, r.verified = number(m[1]), m[2]
	case opensslDepth.Get().MatchString(line):
		m := opensslDepth.Get().FindStringSubmatch(line)
		r.code, r.verified = number(m[1]), m[2]
	case opensslName.Get().MatchString(line):
		r.name = opensslName.Get().FindStringSubmatch(line)[1]
	case strings.HasPrefix(line, "depth="):
		r.known = true
	default:
		return false
	}
	return true
}

func (r *openssl) session(what, value string) {
	switch {
	case value == "0000":
	case what == "Cipher":
		r.tls.CipherSuite = suite(value)
	case r.tls.CipherSuite != "" || !r.asked:
		r.tls.Version = version(value)
	}
}

// broken takes an error of the library, or the end.
func (r *openssl) broken(line string) bool {
	switch {
	case strings.Contains(line, "connect:errno=") || strings.Contains(line, "connect:Connection refused") || strings.Contains(line, "connect error"):
		if len(r.c.Pieces) == 0 {
			r.add(Piece{Connect: &record.Connect{Remote: r.c.remote(), Trouble: opensslConnect(line), Error: strings.TrimSpace(wire.VisibleString(line))}})
		}
	case opensslError.Get().MatchString(line):
		if r.failed == "" {
			r.failed = errorWords(line)
		}
	case line == "closed" || strings.HasPrefix(line, "read:errno="):
		if r.spoken() {
			r.add(Piece{Ended: &Ended{record.TroubleClosed, "the connection was closed"}})
		}
	default:
		return false
	}
	return true
}

// opensslConnect is the kind of an error of connecting; the number is errno of Linux.
func opensslConnect(line string) record.Trouble {
	switch {
	case strings.Contains(line, "errno=111"):
		return record.TroubleRefused
	case strings.Contains(line, "errno=110"):
		return record.TroubleTimeout
	case strings.Contains(line, "errno=113"), strings.Contains(line, "errno=101"):
		return record.TroubleUnreachable
	}
	return connectTrouble(line)
}

// errorWords is what an error of OpenSSL says: its routine and its reason.
func errorWords(line string) string {
	parts := strings.Split(line, ":")
	for i, p := range parts {
		if p == "error" && i+4 < len(parts) {
			return strings.TrimLeft(strings.Join(parts[i+2:i+5], ": "), ": ")
		}
	}
	return line
}

// renegotiating takes back what was typed: a line that begins with R is an order to openssl, and goes nowhere.
func (r *openssl) renegotiating() {
	if n := len(r.c.Pieces); n > 0 && bytes.HasPrefix(r.c.Pieces[n-1].Bytes, []byte("R")) && r.c.Pieces[n-1].From == wire.ClientToServer {
		line := strings.TrimSpace(string(r.c.Pieces[n-1].Bytes))
		r.c.Pieces = r.c.Pieces[:n-1]
		r.add(Piece{TLS: &record.TLS{Trouble: record.TroubleFailed, Error: "renegotiation failed", Diagnosis: &record.Diagnosis{Code: "tls-renegotiation",
			Text: "openssl treats a line that begins with R as a request to renegotiate, so “" + wire.VisibleString(line) + "” was never sent",
			Hint: "type the command in lower case, or start openssl with -quiet or -ign_eof"}}})
	}
}

// reply takes a line of the server. The first after a handshake that began with STARTTLS is the end of what came before TLS.
func (r *openssl) reply(line string) {
	if r.dead {
		return
	}
	if !r.asked && r.replies == 0 && line[0] == '2' && !strings.HasPrefix(line, "220") {
		r.starttls = true
		r.enter()
		return
	}
	r.enter()
	r.server(line)
}

// enter puts the handshake before what is said inside.
func (r *openssl) enter() {
	if r.asked || !r.known && r.tls.Version == "" {
		return
	}
	r.asked = true
	if r.failed != "" && r.tls.CipherSuite == "" {
		r.dead = true
		r.add(Piece{TLS: r.whyNot()})
		return
	}
	r.add(Piece{TLS: &r.tls})
	r.inside = true
}

// end judges the handshake by all that was said of it.
func (r *openssl) end(source []byte) []Conversation {
	switch {
	case r.failed != "" && !r.asked:
		r.add(Piece{TLS: r.whyNot()})
	case len(r.c.Pieces) == 0:
		r.enter()
	}
	r.c.Upgraded = r.starttls
	r.judge(source)
	if r.starttls {
		r.c.Lacks = append(r.c.Lacks, "The greeting and the first EHLO are missing: openssl does not show them.")
	}
	return []Conversation{r.c}
}

// judge fills in what the certificate and its verification came to. openssl verifies the chain, and the name only where it is told to.
func (r *openssl) judge(source []byte) {
	if leaf := firstCertificate(source); leaf != nil {
		r.tls.Chain = r.tls.Chain.With(certificate.DescribeCertificate(leaf))
		r.tls.Reference = r.c.Host
		if r.c.Host != "" && r.name == "" && leaf.VerifyHostname(r.c.Host) == nil {
			r.name = r.c.Host
		}
	}
	if r.verified == "" {
		return
	}
	r.tls.Checks = r.tls.Checks.With(verifiedBy("openssl", r.code, r.verified))
	r.tls.Verified = r.code == 0 && r.name != ""
}

func firstCertificate(source []byte) *x509.Certificate {
	for block, rest := pem.Decode(source); block != nil; block, rest = pem.Decode(rest) {
		if c, err := x509.ParseCertificate(block.Bytes); err == nil {
			return c
		}
	}
	return nil
}

// port is a port by its number or its name.
func port(s string) int {
	named := map[string]int{"smtp": record.PortRelay, "submission": record.PortSubmission, "submissions": record.PortSubmissions, "smtps": record.PortSubmissions, "urd": record.PortSubmissions}
	if n, ok := named[s]; ok {
		return n
	}
	return number(s)
}
