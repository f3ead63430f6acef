package explain

import (
	"strings"

	"ehlo/session/tlswire"
)

// A Subject is a kind of things that can be asked about.
type Subject struct {
	Kind  string `json:"kind"`
	Title string `json:"title"`
	// Count is how many are known; 0 where any can be read.
	Count int `json:"count,omitempty"`
	// Examples are words that find one.
	Examples []string `json:"examples"`
}

// KindPoint is what has a number in TLS and no entry of its own: versions, cipher suites, groups, signatures and more.
const KindPoint = "tls-code-point"

// Subjects returns what can be asked, what people ask about most first.
func Subjects() []Subject {
	return []Subject{
		counted(KindTopic, "topics", "greylisting", "465 vs 587"),
		counted(KindClaim, "often said, the exam, what is true", "465 is deprecated", "close port 25"),
		counted(KindTerm, "terms", "nonce", "round trip"),
		counted(KindReply, "reply codes", "535", "503 RCPT"),
		counted(KindEnhanced, "enhanced status codes", "5.7.8"),
		counted(KindPhrase, "server reply texts", "554 5.7.1 Relay access denied"),
		counted(KindWording, "program errors and log lines", "curl: (67) Login denied"),
		counted(KindFinding, "findings of this program", "starttls-missing"),
		counted(KindCommand, "commands", "RCPT"),
		counted(KindKeyword, "EHLO keywords", "250-SIZE 10240000"),
		counted(KindParameter, "parameters of MAIL and RCPT", "BODY"),
		counted(KindField, "header fields of a message", "Return-Path", "List-Unsubscribe"),
		counted(KindMechanism, "SASL mechanisms", "SCRAM-SHA-256"),
		counted(KindPort, "ports", "587"),
		counted(KindSoftware, "server software", "OpenSMTPD"),
		counted(KindMessage, "TLS messages", "ServerHello"),
		counted(KindExtension, "TLS extensions", "SNI"),
		counted(KindAlert, "TLS alerts", "alert 40"),
		{KindPoint, "TLS versions, suites, groups, signatures", points(), []string{"0x1301", "ECDHE-RSA-AES128-GCM-SHA256"}},
		{KindBase64, "base64 of a login", 0, []string{"VXNlcm5hbWU6"}},
	}
}

func counted(kind, title string, examples ...string) Subject {
	s := Subject{Kind: kind, Title: title, Examples: examples}
	if t, ok := tableOf(kind); ok {
		for range t.rows() {
			s.Count++
		}
	}
	return s
}

// points counts the code points that only the registries explain.
func points() (n int) {
	for _, r := range tlswire.Registries() {
		if _, ok := tableOf(r.Kind); !ok {
			n += len(r.Codes())
		}
	}
	return n
}

// Ask returns words that find the entry of an ID, as an entry's See has it: one of its names where that finds it and a
// shell takes it as it is, else the ID.
func Ask(id string) string {
	e, ok := ByID(id)
	if !ok {
		return id
	}
	for _, name := range append([]string{e.Name}, e.Also...) {
		if strings.ContainsAny(name, `()<>*…'"`) {
			continue
		}
		if found := namedBy(name); found != nil && found.ID() == e.ID() {
			return name
		}
	}
	return id
}
