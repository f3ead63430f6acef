package explain

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// firstCallVariable names the call that a copy of the test program measures.
const firstCallVariable = "EXPLAIN_FIRST_CALL"

func TestMain(m *testing.M) {
	if name := os.Getenv(firstCallVariable); name != "" {
		timeFirstCall(name)
		return
	}
	os.Exit(m.Run())
}

// timeFirstCall prints what a call takes in a process that has made none before.
func timeFirstCall(name string) {
	for _, c := range calls {
		if c.name == name {
			start := time.Now()
			c.call()
			fmt.Print(time.Since(start).Nanoseconds())
		}
	}
}

var calls = []struct {
	name string
	call func()
}{
	{"Command", func() { Command("MAIL") }},
	{"Mechanism", func() { Mechanism("SCRAM-SHA-256") }},
	{"Finding", func() { Finding("cert-expired") }},
	{"Enhanced", func() { Enhanced(5, 7, 1) }},
	{"Keyword", func() { Keyword("SIZE", []string{"10240000"}) }},
	{"KeywordAuth", func() { Keyword("AUTH", []string{"PLAIN", "LOGIN", "SCRAM-SHA-256"}) }},
	{"Parameter", func() { Parameter("MAIL", "SIZE=1000") }},
	{"Banner", func() { Banner("mail.example.org ESMTP Postfix (Debian/GNU)") }},
	{"Reply250", func() {
		Reply(ReplyContext{Verb: "NOOP", Software: "Postfix", Code: 250, Enhanced: [3]int{2, 0, 0}, Text: "Ok"})
	}},
	{"ReplyEHLO", func() { Reply(ReplyContext{Verb: "EHLO", Software: "Postfix", Code: 250, Text: ehloText}) }},
	{"Reply550", func() {
		Reply(ReplyContext{Verb: "RCPT", TLS: true, Software: "Postfix", Code: 550, Enhanced: [3]int{5, 1, 1},
			Text: "<bob@example.net>: Recipient address rejected: User unknown in local recipient table"})
	}},
	{"Reply334", func() { Reply(ReplyContext{Verb: "AUTH", TLS: true, Code: 334, Text: "UGFzc3dvcmQ6"}) }},
	{"ReplyLong", func() { Reply(ReplyContext{Verb: "RCPT", Code: 550, Text: longText}) }},
	{"SendMail", func() { Send("MAIL FROM:<ann@example.org> SIZE=1000", SendContext{Keywords: []string{"SIZE"}}) }},
	{"SendUnknown", func() { Send("MIAL FROM:<ann@example.org>", SendContext{}) }},
	{"Suggest", func() { Suggest([]string{"STARTLS"}) }},
	{"Search", func() { Search(strings.Fields("554 5.7.1 <x@example.org>: Relay access denied")) }},
	{"SearchText", func() { Search([]string{"printer"}) }},
	{"Session", callSession},
	{"Run", callRun},
}

const ehloText = "mail.example.org\nPIPELINING\nSIZE 10240000\nVRFY\nETRN\nSTARTTLS\nENHANCEDSTATUSCODES\n8BITMIME\nDSN\nSMTPUTF8\nCHUNKING"

var longText = strings.Repeat("nothing that any of the tables knows ", 250)

// callSession explains what a session on port 25 holds, up to STARTTLS.
func callSession() {
	greeting := "mail.example.org ESMTP Postfix (Debian/GNU)"
	software, _, _ := Banner(greeting)
	Port(25)
	Reply(ReplyContext{Code: 220, Text: greeting})
	Send("EHLO laptop.example.org", SendContext{})
	Reply(ReplyContext{Verb: "EHLO", Software: software, Code: 250, Text: ehloText})
	Send("STARTTLS", SendContext{Keywords: []string{"STARTTLS"}})
	Reply(ReplyContext{Verb: "STARTTLS", Software: software, Code: 220, Enhanced: [3]int{2, 0, 0}, Text: "Ready to start TLS"})
	TLSMessage("ClientHello")
	Finding("cert-self-signed")
	Send("QUIT", SendContext{TLS: true})
	Reply(ReplyContext{Verb: "QUIT", TLS: true, Software: software, Code: 221, Enhanced: [3]int{2, 0, 0}, Text: "Bye"})
}

// callRun explains what a run against a mail server holds from its greeting to
// QUIT: STARTTLS, a handshake, a login and a message. There are more lines of
// it than of most, and the finding of a certificate that fails.
func callRun() {
	greeting := "mail.example.org ESMTP Postfix (Debian/GNU)"
	software, _, _ := Banner(greeting)
	Port(587)
	Reply(ReplyContext{Code: 220, Text: greeting})
	for _, step := range []struct {
		line, verb string
		code       int
		enhanced   [3]int
		text       string
	}{
		{"EHLO laptop.example.org", "EHLO", 250, [3]int{}, ehloText},
		{"STARTTLS", "STARTTLS", 220, [3]int{2, 0, 0}, "Ready to start TLS"},
		{"EHLO laptop.example.org", "EHLO", 250, [3]int{}, ehloText + "\nAUTH PLAIN LOGIN"},
		{"AUTH PLAIN =", "AUTH", 334, [3]int{}, ""},
		{"AHRlc3QAMTIzNA==", "AUTH", 235, [3]int{2, 7, 0}, "Authentication successful"},
		{"MAIL FROM:<ann@example.org> SIZE=1000", "MAIL", 250, [3]int{2, 1, 0}, "Ok"},
		{"RCPT TO:<bob@example.net>", "RCPT", 550, [3]int{5, 1, 1}, "<bob@example.net>: Recipient address rejected: User unknown"},
		{"RCPT TO:<eve@example.net>", "RCPT", 250, [3]int{2, 1, 5}, "Ok"},
		{"DATA", "DATA", 354, [3]int{}, "End data with <CR><LF>.<CR><LF>"},
		{".", ".", 250, [3]int{2, 0, 0}, "Ok: queued as 4XyZ"},
		{"QUIT", "QUIT", 221, [3]int{2, 0, 0}, "Bye"},
	} {
		Send(step.line, SendContext{TLS: true, Keywords: []string{"SIZE", "STARTTLS", "AUTH"}})
		Reply(ReplyContext{Verb: step.verb, TLS: true, Software: software, Code: step.code, Enhanced: step.enhanced, Text: step.text})
	}
	for _, keyword := range strings.Split(ehloText, "\n")[1:] {
		Keyword(keyword, nil)
	}
	for _, message := range []string{"ClientHello", "ServerHello", "EncryptedExtensions", "Certificate", "CertificateVerify", "Finished", "NewSessionTicket"} {
		MessageExplanation(message)
	}
	Mechanism("PLAIN")
	Finding("cert-self-signed")
	Finding("banner-software")
}

// BenchmarkRunLookups is what a run reads of the tables, from their sources:
// each round splits them again.
func BenchmarkRunLookups(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		for _, t := range tables {
			t.once, t.heads, t.parsed = sync.Once{}, nil, nil
			if t.told != nil {
				t.told.n.Store(0)
			}
		}
		callRun()
	}
}

// BenchmarkRunSplits is the part of it that is there once, however long the run.
func BenchmarkRunSplits(b *testing.B) {
	for b.Loop() {
		for _, t := range tables {
			if t != &topicTable {
				t.split()
			}
		}
	}
}

func BenchmarkCall(b *testing.B) {
	for _, c := range calls {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.call()
			}
		})
	}
}

// BenchmarkFirstCall measures each call in processes of its own, where nothing
// of the tables has been touched: "first-ns" is the median of the call alone.
func BenchmarkFirstCall(b *testing.B) {
	for _, c := range calls {
		b.Run(c.name, func(b *testing.B) {
			var ns []int
			for b.Loop() {
				ns = append(ns, firstCall(b, c.name))
			}
			slices.Sort(ns)
			b.ReportMetric(float64(ns[len(ns)/2]), "first-ns")
		})
	}
}

func firstCall(b *testing.B, name string) int {
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), firstCallVariable+"="+name)
	out, err := command.Output()
	if err != nil {
		b.Fatal(err)
	}
	ns, err := strconv.Atoi(string(out))
	if err != nil {
		b.Fatalf("%q: %v", out, err)
	}
	return ns
}
