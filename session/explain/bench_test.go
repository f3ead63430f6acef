package explain

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
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
