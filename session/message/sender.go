package message

import (
	"net/netip"
	"strings"

	"ehlo/session/spf"
)

// SPF is what an evaluation of SPF came to that was made now, from what the message says (RFC 7208).
type SPF struct {
	// Client is the address that sent the message to one's own servers, Line the Received field that tells it, and By who wrote that.
	Client string `json:"client,omitempty"`
	Line   int    `json:"line,omitempty"`
	By     string `json:"by,omitempty"`
	// Sender is the envelope sender, empty for the null sender; Hello is the name in HELO, which is checked then. Domain is the one that was checked.
	Sender string `json:"sender,omitempty"`
	Hello  string `json:"hello,omitempty"`
	Domain string `json:"domain,omitempty"`
	// Result is empty where it cannot be known, and Why then says so. Term is what of the record decided.
	Result spf.Result `json:"result,omitempty"`
	Term   string     `json:"term,omitempty"`
	Why    string     `json:"why,omitempty"`
}

// temporary is the result where DNS gave no answer (RFC 7208 §2.6.6).
const temporary spf.Result = "temperror"

// sender evaluates SPF for the client that one's own border saw: a server inside, or one that a field names which others wrote, is not who sent it.
func (r *Report) sender(m *mail, a *answers) {
	s := &SPF{}
	r.SPF = s
	client, ok := s.client(r.border())
	if !ok {
		return
	}
	from, ok := r.envelope(m)
	if !ok {
		s.Why = "No Return-Path that your own servers wrote is there, so the envelope sender is not known."
		return
	}
	who := spf.Client{Addr: client, From: from, Hello: s.Hello}
	_, s.Domain = who.Identity()
	if s.Sender = shown(from); s.Domain == "" {
		s.Why = "The message has the null sender, and the name that the client gave in HELO is not known."
		return
	}
	asked := &forSPF{answers: a}
	t := spf.Trace(asked, who)
	s.Domain, s.Result, s.Term = shown(s.Domain), t.Result, shown(t.Term)
	switch {
	case asked.failed != nil:
		s.Result, s.Term, s.Why = temporary, "", "DNS gave no answer for "+asked.failed.Error()+"."
	case t.Err != nil:
		s.Why = "In the record of " + shown(t.Fault.Domain) + words(", at ", shown(t.Fault.Term)) + ": " + t.Err.Error() + "."
	}
}

// words is a text after others, empty where there is none.
func words(lead, text string) string {
	if text == "" {
		return ""
	}
	return lead + text
}

// client is the address that counts, as far as the newest field about a client outside tells it.
func (s *SPF) client(h *Hop) (addr netip.Addr, ok bool) {
	if h == nil {
		s.Why = "No Received field of your own servers is there, so the address of the client is not known."
		return addr, false
	}
	s.Client, s.Line, s.By, s.Hello = h.IP, h.Line, h.Server(), h.Hello
	addr, err := netip.ParseAddr(h.IP)
	switch {
	case err != nil:
		s.Why = "The Received field with which your own servers begin does not tell the address of the client."
	case !isPublic(h.IP):
		s.Why = "Your own servers got the message from " + h.IP + ", which is no address of the public Internet: SPF is about servers outside."
	case h.loggedIn():
		s.Why = "The client logged in at " + h.Server() + ": SPF is about mail from other servers."
	default:
		return addr, true
	}
	return addr, false
}

// loggedIn reports whether a client logged in, as far as the field says.
func (h *Hop) loggedIn() bool {
	with := strings.ToUpper(h.With)
	return h.User != "" || strings.HasSuffix(with, "MTPA") || strings.HasSuffix(with, "MTPSA")
}

// envelope is the envelope sender as one's own servers wrote it: in Return-Path above their oldest Received field, else among their results.
func (r *Report) envelope(m *mail) (from string, ok bool) {
	for _, f := range m.all("Return-Path") {
		if value := strings.TrimSpace(f.structured()); f.line < r.border().Line && strings.HasPrefix(value, "<") && strings.HasSuffix(value, ">") {
			return strings.Trim(value, "<>"), true
		}
	}
	found, _ := r.believed("spf")
	for _, property := range found.Of {
		if value, is := strings.CutPrefix(property, "smtp.mailfrom="); is && strings.Contains(value, "@") {
			return value, true
		}
	}
	return "", false
}
