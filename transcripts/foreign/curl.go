package foreign

import (
	"strings"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/wire"
)

// curl -v marks what goes out with > and what comes in with <, and its own words with *. It shows no message. Into a file or a pipe it
// writes its progress as well, once a second and before whatever comes then.
const curlProgress = `(?:[ \d.kMGTP:\r-]*(?:--:--:--|\d+:\d\d:\d\d) +[\d.]+[kMGTP]?)?`

func fitsCurl(source []byte) bool {
	return curlSays.Get().Match(source[:min(len(source), 1<<16)])
}

var (
	curlSays      = &lazy.Pattern{Text: `(?m)^` + curlProgress + `(?:\d\d:\d\d:\d\d\.\d+ )?\* +(?:Connected to .* port \d+|Trying \S+|Could not resolve host|Host .* was resolved|Established connection to|connect to \S+ port)|^curl: \(\d+\)`}
	curlLine      = &lazy.Pattern{Text: `^` + curlProgress + `(?:\d\d:\d\d:\d\d\.\d+ )?(?:\[\S+\] )?([<>*]) ?(.*)$`}
	curlConnected = &lazy.Pattern{Text: `^(?:Connected|Established connection) to (\S+) \(([^) ]+)(?: port \d+)?\).*?(?:port (\d+))?`}
	curlPort      = &lazy.Pattern{Text: `port (\d+)`}
	curlResolve   = &lazy.Pattern{Text: `^Could not resolve (?:host|proxy): (\S+)`}
	curlRefused   = &lazy.Pattern{Text: `^(?:connect to (\S+) port (\d+).* failed: (.*)|Failed to connect to (\S+) port (\d+)[^:]*: (.*))`}
	curlTLS       = &lazy.Pattern{Text: `^SSL connection using (\S+) / (\S+)`}
	curlEnd       = &lazy.Pattern{Text: `^(?:response reading failed|server response timeout|Operation timed out|Connection timed out|Recv failure|Send failure|Empty reply|The server closed|SSL_read)`}
	curlCode      = &lazy.Pattern{Text: `^curl: \((\d+)\) (.*)`}
)

func readCurl(source []byte) ([]Conversation, error) {
	text, err := lines(source)
	if err != nil {
		return nil, err
	}
	r := &curl{script: script{c: Conversation{Source: "the output of curl -v"}}}
	for _, line := range text {
		r.line(strings.TrimRight(line, " "))
	}
	r.end()
	return r.list, nil
}

type curl struct {
	script
	list   []Conversation
	tls    *record.TLS // that lines tell of
	failed string
	lost   *Ended
}

func (r *curl) line(line string) {
	if m := curlCode.Get().FindStringSubmatch(line); m != nil {
		r.ended(number(m[1]), m[2])
		return
	}
	m := curlLine.Get().FindStringSubmatch(line)
	if m == nil {
		return
	}
	switch mark, text := m[1], m[2]; {
	case mark == "*":
		r.says(strings.TrimSpace(text))
	case mark == ">":
		r.enter()
		r.client(text)
	case replyLine.Get().MatchString(text):
		r.enter()
		r.server(text)
	}
}

// says takes one of its own lines.
func (r *curl) says(text string) {
	switch {
	case curlConnected.Get().MatchString(text):
		r.connected(text)
	case curlResolve.Get().MatchString(text):
		r.c.Host = curlResolve.Get().FindStringSubmatch(text)[1]
		r.add(Piece{Resolve: &record.Resolve{Host: r.c.Host, Network: "ip", Trouble: record.TroubleNotFound, Error: wire.VisibleString(text)}})
	case curlRefused.Get().MatchString(text):
		r.refused(text)
	case curlTLS.Get().MatchString(text):
		m := curlTLS.Get().FindStringSubmatch(text)
		r.tls = &record.TLS{Version: version(m[1]), CipherSuite: suite(m[2])}
	case strings.HasPrefix(text, "SSL certificate verify") || strings.HasPrefix(text, "SSL certificate verification"):
		r.verified(text)
	case strings.HasPrefix(text, "SSL certificate problem"), strings.HasPrefix(text, "SSL: "), strings.HasPrefix(text, "TLS connect error"), strings.Contains(text, "SSL routines"):
		r.failed = text
	case curlEnd.Get().MatchString(text):
		r.lost = &Ended{curlTrouble(text), wire.VisibleString(text)}
	}
}

func (r *curl) connected(text string) {
	if r.spoken() {
		r.end()
	}
	m := curlConnected.Get().FindStringSubmatch(text)
	if r.c.Host = m[1]; r.c.Host == "(nil)" { // a host that --connect-to put in place of the URL's, in versions that do not know its name here
		r.c.Host = m[2]
	}
	if p := curlPort.Get().FindStringSubmatch(text); p != nil {
		r.c.Port = number(p[1])
	}
	remote := record.Target{Host: m[2], Port: r.c.Port}.String()
	r.add(Piece{Connect: &record.Connect{Remote: remote, Address: m[2]}})
}

func (r *curl) refused(text string) {
	m := curlRefused.Get().FindStringSubmatch(text)
	if m[1] != "" {
		r.c.Port = number(m[2])
		r.add(Piece{Connect: &record.Connect{Remote: record.Target{Host: m[1], Port: r.c.Port}.String(), Address: m[1], Trouble: connectTrouble(m[3]), Error: wire.VisibleString(m[3])}})
		return
	}
	r.c.Host, r.c.Port = m[4], number(m[5])
}

// verified takes what the verification came to: curl checks the chain and the name.
func (r *curl) verified(text string) {
	if r.tls == nil {
		return
	}
	ok := strings.HasSuffix(strings.TrimSuffix(text, "."), "ok")
	c := record.Check{Name: "chain", OK: ok, Text: "curl says: " + wire.VisibleString(text)}
	if !ok {
		c.Finding, c.Who = record.FoundCertificateUnverified, record.WhoOperator
		if d := r.c.failedTLS(text).Diagnosis; d != nil {
			c.Finding = d.Code
		}
	}
	r.tls.Checks, r.tls.Verified = r.tls.Checks.With(c), ok
}

func (r *curl) enter() {
	if r.tls != nil {
		r.add(Piece{TLS: r.tls})
		r.tls, r.inside = nil, true
	}
}

func curlTrouble(text string) record.Trouble {
	switch text = strings.ToLower(text); {
	case strings.Contains(text, "timeout"), strings.Contains(text, "timed out"):
		return record.TroubleTimeout
	case strings.Contains(text, "reset"):
		return record.TroubleReset
	}
	return record.TroubleClosed
}

// ended takes the line with the exit code of curl (curl(1), EXIT CODES).
func (r *curl) ended(code int, text string) {
	switch {
	case code == 35 || code == 60 || code == 51:
		r.failed = text
	case code == 28 && r.lost == nil:
		r.lost = &Ended{record.TroubleTimeout, wire.VisibleString(text)}
	case code == 64:
		r.c.NeedsTLS = true
	case code == 7 && len(r.c.Pieces) == 0:
		r.refused(text)
		r.add(Piece{Connect: &record.Connect{Remote: r.c.remote(), Trouble: connectTrouble(text), Error: wire.VisibleString(text)}})
	case (code == 56 || code == 52) && r.lost == nil:
		r.lost = &Ended{curlTrouble(text), wire.VisibleString(text)}
	}
}

func (r *curl) end() {
	if r.failed == "" {
		r.enter()
	}
	switch {
	case r.failed != "" && !r.inside:
		r.add(Piece{TLS: r.c.failedTLS(r.failed)})
	case r.lost != nil && !r.over():
		r.add(Piece{Ended: r.lost})
	}
	r.c.Source = "the output of curl -v"
	if len(r.c.Pieces) > 0 {
		r.list = append(r.list, r.c)
	}
	*r = curl{list: r.list}
}

// over reports whether the server has said goodbye.
func (s *script) over() bool {
	for i := len(s.c.Pieces) - 1; i >= 0; i-- {
		if p := s.c.Pieces[i]; p.From == wire.ServerToClient && len(p.Bytes) > 0 {
			return strings.HasPrefix(string(p.Bytes), "221")
		}
	}
	return false
}
