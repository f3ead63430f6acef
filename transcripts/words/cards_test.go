package words

import (
	"strings"
	"testing"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
)

// A row leads to the cards of what stands in it, the most telling first.
func TestCardsOfARow(t *testing.T) {
	for _, test := range []struct {
		name string
		e    record.Event
		line int
		want string
	}{
		{"a command", record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw("STARTTLS\r\n")}}, 0, "command:STARTTLS"},
		{"a parameter", record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw("MAIL FROM:<a@b> SIZE=10\r\n")}}, 0, "command:MAIL parameter:SIZE"},
		{"a login", record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw("AUTH PLAIN ••••••\r\n")}}, 0, "command:AUTH mechanism:PLAIN"},
		{"a keyword", ehlo(), 1, "keyword:STARTTLS"},
		{"the mechanisms of a keyword", ehlo(), 2, "keyword:AUTH mechanism:PLAIN mechanism:LOGIN"},
		{"a private keyword", ehlo(), 3, "keyword:X…"},
		{"codes", record.Event{Kind: record.KindReply, Step: record.VerbAuth, Reply: &record.Reply{Reply: wire.Reply{Code: 535,
			Lines: []wire.Line{{Code: "535", Enhanced: wire.Enhanced{Class: 5, Subject: 7, Detail: 8}}}}}}, 0, "reply:535 enhanced:5.7.8"},
		{"a message", record.Event{Kind: record.KindTLSMessage, TLSMessage: &tlswire.Message{Name: "ServerHello", Suite: 0x1301}}, 0,
			"tls-message:ServerHello tls-suite:TLS_AES_128_GCM_SHA256"},
		{"a handshake", record.Event{Kind: record.KindTLS, TLS: &record.TLS{Version: "TLS 1.3", CipherSuite: "TLS_AES_128_GCM_SHA256", Group: "x25519",
			Checks: record.Listed([]record.Check{{Finding: "cert-expired"}})}}, 0, "tls-version:TLS 1.3 tls-suite:TLS_AES_128_GCM_SHA256 tls-group:x25519 finding:cert-expired"},
		{"a finding", record.Event{Kind: record.KindFinding, Finding: &record.Finding{Code: "starttls-missing", Text: "no"}}, 0, "finding:starttls-missing"},
		{"a connection", record.Event{Kind: record.KindConnect, Connect: &record.Connect{Remote: "[::1]:587"}}, 0, "port:587"},
		{"a verdict", record.Event{Kind: record.KindEnd, End: &record.Verdict{Finding: "cert-expired", Code: 421}}, 0, "finding:cert-expired reply:421"},
		{"nothing", record.Event{Kind: record.KindNote, Note: &record.Note{Text: "look"}}, 0, ""},
		{"an empty line", record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw("\r\n")}}, 0, ""},
	} {
		var ids []string
		for _, card := range Cards(&test.e, test.line) {
			ids = append(ids, card.ID())
		}
		got := strings.Join(ids, " ")
		if !strings.HasPrefix(got, test.want) || test.want == "" && got != "" {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
		if len(ids) > mostCards {
			t.Errorf("%s: %d cards", test.name, len(ids))
		}
	}
}

func ehlo() record.Event {
	var lines []wire.Line
	for _, text := range []string{"mail.lab", "STARTTLS", "AUTH PLAIN LOGIN", "XQQQ"} {
		lines = append(lines, wire.Line{Code: "250", Text: text})
	}
	return record.Event{Kind: record.KindReply, Step: record.VerbEHLO, Reply: &record.Reply{Reply: wire.Reply{Code: 250, Lines: lines}}}
}

// The terms that an explanation names can be opened from the row.
func TestTermsOfAnExplanation(t *testing.T) {
	e := record.Event{Kind: record.KindReply, Reply: &record.Reply{Reply: wire.Reply{Code: 451, Lines: []wire.Line{{Code: "451"}}}},
		Explain: &explain.Explanation{Short: "come back later", Text: "The server does greylisting.", Entries: []string{"reply:451"}}}
	for _, card := range Cards(&e, 0) {
		if card.ID() == "topic:greylisting" {
			return
		}
	}
	t.Error("greylisting is not among the cards")
}
