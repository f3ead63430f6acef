package foreign

import (
	"cmp"
	"html"
	"slices"
	"strings"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// Libraries and programs print what they say and hear with a mark before each line. Which mark is whose differs, even where the
// marks are the same: a server logs its own lines with an arrow out. So a row has two marks, and what stands after them says which is
// the server's.

// dialect is a pair of marks.
type dialect struct {
	who          string // whose it is
	first, other *lazy.Pattern
	// apart says that the marks are so common that they have to begin the line, blanks aside.
	apart bool
}

var dialects = []dialect{
	{"PHPMailer", &lazy.Pattern{Text: `SERVER -> CLIENT: ?`}, &lazy.Pattern{Text: `CLIENT -> SERVER: ?`}, false},
	{"PHPMailer before 5.2.8, which shows only the server's lines", &lazy.Pattern{Text: `SMTP -> FROM SERVER: ?`}, nil, false},
	{"smtplib of Python", &lazy.Pattern{Text: pythonMark}, &lazy.Pattern{Text: `send: `}, false},
	{"Net_SMTP and Roundcube", &lazy.Pattern{Text: `Recv: `}, &lazy.Pattern{Text: `Send: `}, false},
	{"DokuWiki", &lazy.Pattern{Text: `Got: `}, &lazy.Pattern{Text: `Sent: `}, true},
	{"fakeSMTP", &lazy.Pattern{Text: `Server: `}, &lazy.Pattern{Text: `Client: `}, false},
	{"nodemailer and MailKit", &lazy.Pattern{Text: `\b[Ss]: ?`}, &lazy.Pattern{Text: `\b[Cc]: ?`}, false},
	{"a web form", &lazy.Pattern{Text: `S `}, &lazy.Pattern{Text: `C `}, true},
	{"smtp-cli", &lazy.Pattern{Text: `\[[2-5]\d\d\] `}, &lazy.Pattern{Text: `> `}, true},
	{"Net::SMTP of Perl, sendmail -v and OpenSMTPD", &lazy.Pattern{Text: `<<< ?`}, &lazy.Pattern{Text: `>>> ?`}, false},
	{"Exim and Swift Mailer", &lazy.Pattern{Text: `<< ?`}, &lazy.Pattern{Text: `>> ?`}, false},
	{"msmtp and MDaemon", &lazy.Pattern{Text: `<-- ?`}, &lazy.Pattern{Text: `--> ?`}, false},
	{"Postal", &lazy.Pattern{Text: `<= ?`}, &lazy.Pattern{Text: `=> ?`}, false},
	{"ssmtp", &lazy.Pattern{Text: `\[<-\] ?`}, &lazy.Pattern{Text: `\[->\] ?`}, false},
	{"Net::SMTP of Ruby", &lazy.Pattern{Text: `<- ?`}, &lazy.Pattern{Text: `-> ?`}, false},
	{"Stalwart", &lazy.Pattern{Text: `event="write" data=`}, &lazy.Pattern{Text: `event="read" data=`}, false},
	{"Symfony Mailer", &lazy.Pattern{Text: `< ?`}, &lazy.Pattern{Text: `> ?`}, true},
}

// pythonMark is what smtplib of Python writes before a line of the server. It also says where it connects to, before there is one.
const pythonMark = `reply: `

var pythonConnects = &lazy.Pattern{Text: `(?m)^(?:\S+ )?connect: (?:to )?\(`}

// farthest is how far from the beginning of a line a mark may stand.
const farthest = 320

// marked divides a line at a mark: what stands before it, the mark, and the text of SMTP after it.
func (d *dialect) marked(mark *lazy.Pattern, line string) (before, found, text string, ok bool) {
	if mark == nil {
		return "", "", "", false
	}
	at := mark.Get().FindStringIndex(line[:min(len(line), farthest)])
	if at == nil || d.apart && strings.TrimSpace(line[:at[0]]) != "" {
		return "", "", "", false
	}
	return line[:at[0]], line[at[0]:at[1]], line[at[1]:], true
}

func fitsArrows(source []byte) bool {
	text, err := plainLines(source)
	if err != nil {
		return false
	}
	best, _, score := bestMarks(text)
	return pythonConnects.Get().Match(source[:min(len(source), 1<<12)]) || score > 1 || score > 0 && best.other == nil
}

func readArrows(source []byte) ([]Conversation, error) {
	text, err := plainLines(source)
	if err != nil {
		return nil, err
	}
	m, flipped, score := bestMarks(text)
	if score < 1 {
		if !pythonConnects.Get().Match(source) {
			return nil, nil
		}
		m = &dialects[slices.IndexFunc(dialects, func(d dialect) bool { return d.first.Get().String() == pythonMark })]
	}
	r := &arrows{dialect: m, flipped: flipped, talks: map[string]*arrowTalk{}}
	for _, line := range text {
		r.line(line)
	}
	return r.end()
}

var (
	tags    = &lazy.Pattern{Text: `(?i)<br ?/?>`}
	referer = &lazy.Pattern{Text: `(\\r\\n), referer: \S+$`}
	blockOf = &lazy.Pattern{Text: `^(SERVER|CLIENT) \d+:$|^(SEND|RECEIVE):$`}
	corner  = &lazy.Pattern{Text: `^(?:└──|   )`}
)

// plainLines are the lines of a text that may have come by way of a browser, an error log or a block for each side.
func plainLines(source []byte) ([]string, error) {
	text, err := lines(source)
	if err != nil {
		return nil, err
	}
	var out []string
	side := ""
	for _, l := range text {
		if strings.Contains(l, "&gt;") || strings.Contains(l, "&lt;") {
			l = html.UnescapeString(l)
		}
		if tags.Get().MatchString(l) && strings.Contains(l, " -> ") {
			l = tags.Get().ReplaceAllString(l, "")
		}
		l = referer.Get().ReplaceAllString(l, "$1")
		if m := blockOf.Get().FindStringSubmatch(strings.TrimSpace(l)); m != nil {
			side = map[string]string{"SERVER": "S: ", "RECEIVE": "S: ", "CLIENT": "C: ", "SEND": "C: "}[m[1]+m[2]]
			continue
		}
		if side != "" && (corner.Get().MatchString(l) || strings.HasPrefix(l, `"`)) {
			l = side + corner.Get().ReplaceAllString(l, "")
		}
		out = append(out, l)
	}
	return out, nil
}

// bestMarks is the row by which most lines read as replies and commands, and whether its first mark is the client's.
func bestMarks(text []string) (best *dialect, flipped bool, score int) {
	text = likely(text)
	for i := range dialects {
		d := &dialects[i]
		direct, reversed := 0, 0
		for _, line := range text {
			switch a, b := d.textAfter(d.first, line), d.textAfter(d.other, line); {
			case isReply(a):
				direct++
			case isReply(b):
				reversed++
			case isCommand(b) && !isCommand(a):
				direct++
			case isCommand(a):
				reversed++
			}
		}
		if n := max(direct, reversed); n > score {
			best, flipped, score = d, reversed > direct, n
		}
	}
	return best, flipped, score
}

// mostLikely is how many lines decide which row a text is in.
const mostLikely = 2000

// usualWords are in most sessions, in the cases in which programs write them.
var usualWords = []string{"EHLO ", "ehlo ", "HELO ", "helo ", "MAIL F", "mail F", "mail f", "RCPT T", "rcpt T", "rcpt t", "STARTTLS", "QUIT", "quit"}

// usualCodes are the reply codes of most sessions.
const usualCodes = "220 221 235 250 334 354 421 450 451 452 454 500 501 502 503 504 530 534 535 538 550 551 552 553 554 "

// likelyMail reports whether a line may be one of SMTP, at little cost: most lines of a long log are not.
func likelyMail(line string) bool {
	for i := 3; i < len(line); i++ {
		alone := i == 3 || line[i-4] < '0' || line[i-4] > '9'
		if alone && (line[i] == ' ' || line[i] == '-') && line[i-3] >= '2' && line[i-3] <= '5' && strings.Contains(usualCodes, line[i-3:i]+" ") {
			return true
		}
	}
	return slices.ContainsFunc(usualWords, func(word string) bool { return strings.Contains(line, word) })
}

// likely are the first lines that may be of SMTP, of a text that may be a log of much else.
func likely(text []string) (list []string) {
	for _, line := range text {
		if len(list) < mostLikely && likelyMail(line[:min(len(line), 2*farthest)]) {
			list = append(list, line)
		}
	}
	return list
}

// textAfter is what stands after a mark, unquoted; empty where the mark is not there.
func (d *dialect) textAfter(mark *lazy.Pattern, line string) string {
	_, found, text, ok := d.marked(mark, line)
	if !ok {
		return ""
	}
	return codeIn(found) + unquoted(text)
}

// codeIn is the reply code of a mark that holds one.
func codeIn(mark string) string {
	if code := strings.Trim(mark, "[] "); replyLine.Get().MatchString(code) {
		return code + " "
	}
	return ""
}

func isReply(s string) bool { return len(s) > 3 && replyLine.Get().MatchString(s) }

func isCommand(s string) bool { v, ok := walk.CommandVerb(s); return ok && v != "" }

// arrows reads a text in one dialect.
type arrows struct {
	*dialect
	flipped bool
	talks   map[string]*arrowTalk
	order   []*arrowTalk
	last    *arrowTalk
	about   []string // what was said before the first line
}

// arrowTalk is a session of one connection among those of a text.
type arrowTalk struct {
	script
	clock
}

// connectionKey is a word in brackets before a mark; the longest is the name of the connection.
var connectionKey = &lazy.Pattern{Text: `[\[<]#?([A-Za-z0-9_./+-]{6,64})[\]>]`}

func (r *arrows) line(line string) {
	server, client := r.first, r.other
	if r.flipped {
		server, client = client, server
	}
	if before, mark, text, ok := r.marked(server, line); ok && r.server(line, before, mark, text) {
		return
	}
	if before, _, text, ok := r.marked(client, line); ok && r.client(line, before, text) {
		return
	}
	r.unmarked(line)
}

// talk is the session that a line belongs to.
func (r *arrows) talk(before string) *arrowTalk {
	key := keyOf(before)
	t := r.talks[key]
	if t == nil {
		t = r.begin(key)
	}
	r.last = t
	return t
}

func (r *arrows) begin(key string) *arrowTalk {
	t := &arrowTalk{}
	t.c.Source = "the debug output of a mail client (marks of " + r.who + ")"
	r.talks[key] = t
	r.order = append(r.order, t)
	for _, line := range r.about {
		t.about(line)
	}
	r.about = nil
	return t
}

// server takes a line of the server, which may hold a whole reply.
func (r *arrows) server(line, before, mark, text string) bool {
	texts := parts(text)
	texts[0] = codeIn(mark) + texts[0]
	if !replyLine.Get().MatchString(texts[0]) || strings.HasPrefix(texts[0], "retcode") {
		return false
	}
	t := r.talk(before)
	if t.over() && strings.HasPrefix(texts[0], "220") {
		delete(r.talks, keyOf(before))
		t = r.talk(before)
	}
	at := t.at(&t.c, line)
	for _, text := range texts {
		if text != "" {
			t.server(text)
			t.c.Pieces[len(t.c.Pieces)-1].T = at
		}
	}
	return true
}

// keyOf tells the connections of one program apart: by what stands in brackets before the mark, and by the place of the mark
// where a proxy logs both its sides.
func keyOf(before string) string {
	if strings.HasSuffix(before, "    ") && strings.TrimSpace(before) != "" {
		return "    " + keyOf(strings.TrimRight(before, " "))
	}
	key := ""
	for _, m := range connectionKey.Get().FindAllStringSubmatch(before, -1) {
		if len(m[1]) >= len(key) {
			key = m[1]
		}
	}
	return key
}

// hiddenLine is what programs show in the place of a secret.
var hiddenLine = &lazy.Pattern{Text: `(?i)^["'<\[(*]?(?:credentials hidden|hidden|redacted|secret|\*{3,})`}

// plainWord is how an unknown command looks; the words of a program have small letters.
var plainWord = &lazy.Pattern{Text: `^[A-Z]{4,10}(?: |$)`}

// client takes a line of the client, if it can be one.
func (r *arrows) client(line, before, shown string) bool {
	t := r.talk(before)
	if hiddenLine.Get().MatchString(shown) && t.script.auth {
		t.hidden()
		return true
	}
	said := false
	for _, text := range parts(shown) {
		switch {
		case t.content, t.script.auth, isCommand(text), plainWord.Get().MatchString(text):
			at := t.at(&t.c, line)
			t.client(text)
			t.c.Pieces[len(t.c.Pieces)-1].T = at
			said = true
		}
	}
	return said
}

// unmarked takes a line without a mark: the rest of a reply, or what the program says of itself.
func (r *arrows) unmarked(line string) {
	trimmed := strings.TrimSpace(line)
	switch t := r.last; {
	case t == nil && !aboutMail.Get().MatchString(trimmed):
	case t == nil:
		r.about = append(r.about[max(0, len(r.about)-64):], trimmed)
	case t.goesOn() && t.continued(trimmed) != "":
		t.server(t.continued(trimmed))
		t.c.Pieces[len(t.c.Pieces)-1].T = t.c.Pieces[len(t.c.Pieces)-2].T
	case aboutMail.Get().MatchString(trimmed):
		t.about(trimmed)
	}
}

// aboutMail is what a line has in it that may say something of a session.
var aboutMail = &lazy.Pattern{Text: `(?i)connect|opening|tls|ssl|smtp|cipher|tim(?:ed ?|e)out|closed|eof|host|not supported|never received`}

// continued is the line of a reply that begins with the code of the one before it, perhaps after what a program puts before its
// lines; empty where there is none.
func (s *script) continued(line string) string {
	code := string(s.c.Pieces[len(s.c.Pieces)-1].Bytes[:3])
	for _, next := range []string{code + "-", code + " "} {
		if strings.HasPrefix(line, next) {
			return line
		}
		if i := strings.Index(line, "] "+next); i >= 0 {
			return line[i+len("] "):]
		}
	}
	return ""
}

// goesOn reports whether the last line of the server announces another.
func (s *script) goesOn() bool {
	n := len(s.c.Pieces)
	return n > 0 && s.c.Pieces[n-1].From == wire.ServerToClient && len(s.c.Pieces[n-1].Bytes) > 3 && s.c.Pieces[n-1].Bytes[3] == '-'
}

// parts are the lines that a text holds: a quoted text, or one with its line ends written out, may have several.
func parts(text string) []string {
	text = unquoted(strings.TrimRight(text, " "))
	text = strings.NewReplacer(`\r\n`, "\n", "\r\n", "\n").Replace(text)
	list := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if last := len(list) - 1; replyLine.Get().MatchString(list[last]) && goesOn(list[last]) {
		return append(list[:last], unglued(list[last])...)
	}
	return list
}

// unglued are the lines of a reply whose line ends a browser has dropped: each begins with the code of the first.
func unglued(text string) (list []string) {
	code := text[:3]
	for {
		at := -1
		for _, next := range []string{code + "-", code + " "} {
			if i := strings.Index(text[4:], next); i >= 0 && (at < 0 || i+4 < at) {
				at = i + 4
			}
		}
		if at < 0 {
			return append(list, text)
		}
		list, text = append(list, text[:at]), text[at:]
		if !goesOn(text) {
			return append(list, text)
		}
	}
}

// quoted is a text in the quotation marks of Python, Ruby, Go or JSON.
var quotes = &lazy.Pattern{Text: `^b?(?:'(.*)'|"(.*)"(?: size=\d+)?)$`}

// unquoted is a text without quotation marks and with its escapes resolved.
func unquoted(s string) string {
	m := quotes.Get().FindStringSubmatch(s)
	if m == nil {
		return s
	}
	return unescaped(m[1] + m[2])
}

// unescaped resolves what programs write for bytes that cannot be seen.
func unescaped(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			out.WriteByte(s[i])
			continue
		}
		i++
		switch c := s[i]; c {
		case 'r':
			out.WriteByte('\r')
		case 'n':
			out.WriteByte('\n')
		case 't':
			out.WriteByte('\t')
		case 'x':
			if b, ok := hexByte(s[min(i+1, len(s)):]); ok {
				out.WriteByte(b)
				i += 2
				continue
			}
			out.WriteString(`\x`)
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

func hexByte(s string) (b byte, ok bool) {
	if len(s) < 2 {
		return 0, false
	}
	for _, c := range []byte(s[:2]) {
		n := strings.IndexByte("0123456789abcdef", c|0x20)
		if n < 0 {
			return 0, false
		}
		b = b<<4 | byte(n)
	}
	return b, true
}

// end gives the sessions that have something of both sides.
func (r *arrows) end() (list []Conversation, err error) {
	if r.last == nil && len(r.about) > 0 {
		r.begin("")
	}
	for _, t := range r.order {
		t.cutReply()
		t.fromTheFirstByte()
		switch {
		case t.replies == 0 && t.lines > 0:
			err = &Error{Text: "it contains no line from the server", Hint: "make the program print both sides"}
		case t.lines == 0 && (t.replies > 1 || r.other == nil):
			err = &Error{Text: "it contains no line from the client", Hint: "make the program print both sides"}
		case len(t.c.Pieces) > 0:
			list = append(list, t.c)
		}
	}
	if len(list) > 0 {
		err = nil
	}
	return list, err
}

// fromTheFirstByte is for programs that say nothing of TLS where it begins with the connection. On the port for it there is no other way
// (RFC 8314 §3.3); on one that is for nothing it is not known.
func (t *arrowTalk) fromTheFirstByte() {
	upgrades := func(p Piece) bool {
		return p.TLS != nil || p.Inside || p.From == wire.ClientToServer && strings.EqualFold(strings.TrimSpace(string(p.Bytes)), "STARTTLS")
	}
	first := slices.IndexFunc(t.c.Pieces, func(p Piece) bool { return len(p.Bytes) > 0 })
	if first < 0 || slices.ContainsFunc(t.c.Pieces, upgrades) {
		return
	}
	switch t.c.Port {
	case 0, record.PortRelay, record.PortSubmission:
	case record.PortSubmissions:
		for i := range t.c.Pieces[first:] {
			t.c.Pieces[first+i].Inside = true
		}
		t.c.Pieces = slices.Insert(t.c.Pieces, first, Piece{TLS: &record.TLS{}})
		t.c.lack("TLS from the first byte is assumed, because the port is 465.")
	default:
		t.c.lack("Whether TLS began with the first byte is unknown: cleartext is assumed.")
	}
}

// aboutWords are what programs say beside the lines of SMTP.
var (
	saidWhere = []*lazy.Pattern{
		&lazy.Pattern{Text: `(?i)connect(?:ing|ed)? to (?:smtps?(?:\+\w+)?://|(?:tls|ssl)://)?(?:host )?"?([\w.-]+|\[[0-9a-f:]+\])"?(?:,? port:? ?|:| at | on port )(\d+)`},
		&lazy.Pattern{Text: `(?i)opening to (?:tls://|ssl://)?([\w.-]+):(\d+)`},
		&lazy.Pattern{Text: `(?i)connection opened: ([\w.-]+):(\d+)`},
		&lazy.Pattern{Text: `connect: (?:to )?\('([^']+)', (\d+)\)`},
		&lazy.Pattern{Text: `-> ?([\w.-]+):(\d+)\)`},
	}
	saidName    = &lazy.Pattern{Text: `(?:SMTP server domain|Connected to SMTP server) "([\w.-]+)"`}
	saidAddress = &lazy.Pattern{Text: `(?:host address "|Connection established to |Connection from \S+ to )([0-9a-fA-F.]+)(?:" port |:)(\d+)`}
	saidSecured = &lazy.Pattern{Text: `(?i)connection (?:secured|upgraded)|TLS session ready|starting smtp/ssl|tls(?:v1\S*)? (?:handshake completed|connection established)`}
	saidCipher  = &lazy.Pattern{Text: `(?i)using cipher:? (\S+)`}
	saidFailed  = &lazy.Pattern{Text: `(?i)failed to enable crypto|unable to connect with STARTTLS|SSL routines|CERTIFICATE_VERIFY_FAILED|certificate verify failed|could not convert socket to TLS|SSLHandshakeException|ssl\.SSL\w*Error|SSL operation failed|stream_socket_enable_crypto|tls: (?:failed|handshake)`}
	saidClosed  = &lazy.Pattern{Text: `(?i)connection unexpectedly closed|closed by foreign host|connection closed unexpectedly|SMTPServerDisconnected|unexpected EOF|remote host closed|lost connection`}
	saidTimeout = &lazy.Pattern{Text: `(?i)greeting never received|timed out|ETIMEDOUT|read timeout|timeout waiting`}
)

// about takes what a program says of a session.
func (t *arrowTalk) about(line string) {
	for _, where := range saidWhere {
		if m := where.Get().FindStringSubmatch(line); m != nil && len(t.c.Pieces) == 0 {
			t.c.Host, t.c.Port = strings.Trim(m[1], "[]"), number(m[2])
		}
	}
	if m := saidName.Get().FindStringSubmatch(line); m != nil {
		t.c.Host = m[1]
	}
	if m := saidAddress.Get().FindStringSubmatch(line); m != nil && len(t.c.Pieces) == 0 {
		t.c.Host, t.c.Port = cmp.Or(t.c.Host, m[1]), number(m[2])
	}
	t.aboutTLS(line)
	switch {
	case strings.Contains(line, "AUTH extension not supported by server"):
		t.c.NeedsAuth = true
	case strings.Contains(line, "STARTTLS extension not supported by server"):
		t.c.NeedsTLS = true
	case t.over():
	case saidClosed.Get().MatchString(line):
		t.add(Piece{Ended: &Ended{record.TroubleClosed, wire.VisibleString(line)}})
	case saidTimeout.Get().MatchString(line):
		t.add(Piece{Ended: &Ended{record.TroubleTimeout, wire.VisibleString(line)}})
	}
}

func (t *arrowTalk) aboutTLS(line string) {
	n := len(t.c.Pieces)
	switch m := saidCipher.Get().FindStringSubmatch(line); {
	case m != nil && n > 0 && t.c.Pieces[n-1].TLS != nil:
		t.c.Pieces[n-1].TLS.CipherSuite = suite(m[1])
	case saidFailed.Get().MatchString(line) && (t.upgrading() || n == 0 && t.c.Host != ""):
		t.add(Piece{TLS: t.c.failedTLS(line)})
	case saidSecured.Get().MatchString(line) && !t.inside && (t.upgrading() || n == 0):
		t.secured(&record.TLS{})
	}
}
