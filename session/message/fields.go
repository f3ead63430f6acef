package message

import (
	"strings"

	"ehlo/session/explain"
)

// Field is a field of the header, and what is known of it.
type Field struct {
	Name  string `json:"name"`
	Line  int    `json:"line"` // of the first
	Count int    `json:"count,omitempty"`
	Value string `json:"value,omitempty"` // of the first, decoded
	Short string `json:"short"`
	// Here says what this value means, empty where there is nothing to add.
	Here string `json:"here,omitempty"`
	// Entry is the ID of the card in the knowledge.
	Entry string `json:"entry"`
}

// explained goes through the fields of the header.
func (r *Report) explained(m *mail) {
	seen := map[string]int{}
	for i := range m.fields {
		f := &m.fields[i]
		name := strings.ToLower(f.name)
		at, again := seen[name]
		e, known := explain.HeaderField(f.name)
		switch {
		case again && at >= 0:
			r.Fields[at].Count++
		case again:
		case known:
			seen[name] = len(r.Fields)
			r.Fields = append(r.Fields, Field{Name: shown(f.name), Line: f.line, Count: 1, Value: decoded(f.unfolded()), Short: e.Short, Here: here(name, f.unfolded()), Entry: e.ID()})
		default:
			seen[name] = -1
			r.Unknown = append(r.Unknown, shown(f.name))
		}
	}
}

// here says what a value means.
func here(name, value string) string {
	for _, v := range values {
		if v.name == name && strings.EqualFold(firstWord(value), v.value) {
			return v.means
		}
	}
	if name == "list-unsubscribe" && strings.Contains(value, "mailto:") && strings.Contains(value, "https:") {
		return "by mail or by a web address"
	}
	return ""
}

// firstWord is what a value begins with, without a comment or a parameter.
func firstWord(value string) string {
	value, _, _ = strings.Cut(value, ";")
	value, _, _ = strings.Cut(value, "(")
	if first, rest, ok := strings.Cut(strings.TrimSpace(value), ","); ok && rest != "" {
		value = first
	}
	return strings.TrimSpace(value)
}

// values are those that have a meaning of their own.
var values = [...]struct{ name, value, means string }{
	{"return-path", "<>", "the null sender: a bounce, or another message to which nobody is to send one"},
	{"auto-submitted", "no", "a person sent it"},
	{"auto-submitted", "auto-generated", "a program sent it of its own accord; do not answer it automatically"},
	{"auto-submitted", "auto-replied", "a program answered another message; do not answer it automatically"},
	{"auto-submitted", "auto-notified", "a mailbox reports another message (RFC 5436 §2.7.1)"},
	{"precedence", "bulk", "sent to many; programs such as vacation replies do not answer it"},
	{"precedence", "list", "sent by a mailing list; programs such as vacation replies do not answer it"},
	{"precedence", "junk", "of low value; programs such as vacation replies do not answer it"},
	{"list-unsubscribe-post", "List-Unsubscribe=One-Click", "one request to the web address is enough to leave the list"},
	{"x-spam-flag", "yes", "SpamAssassin took it for spam"},
	{"x-spam-flag", "no", "SpamAssassin did not take it for spam"},
	{"x-spam-status", "yes", "SpamAssassin took it for spam; the score and the rules follow"},
	{"x-spam-status", "no", "SpamAssassin did not take it for spam; the score and the rules follow"},
	{"x-ms-exchange-organization-scl", "-1", "it was not checked for spam"},
	{"x-ms-exchange-organization-scl", "0", "not spam"},
	{"x-ms-exchange-organization-scl", "1", "not spam"},
	{"x-ms-exchange-organization-scl", "5", "spam"},
	{"x-ms-exchange-organization-scl", "6", "spam"},
	{"x-ms-exchange-organization-scl", "8", "spam, with high confidence"},
	{"x-ms-exchange-organization-scl", "9", "spam, with high confidence"},
	{"tls-required", "no", "the sender prefers delivery without TLS to no delivery"},
	{"received-spf", "pass", "the sending server may use the domain of the envelope sender"},
	{"received-spf", "fail", "the domain says that the sending server may not use it"},
	{"received-spf", "softfail", "the domain says that the sending server is probably not its own"},
	{"content-transfer-encoding", "quoted-printable", "text with = and two digits for each byte outside ASCII"},
	{"content-transfer-encoding", "base64", "bytes as letters, a third longer"},
	{"content-transfer-encoding", "7bit", "ASCII, as it is"},
	{"content-transfer-encoding", "8bit", "bytes above 127, as they are"},
}
