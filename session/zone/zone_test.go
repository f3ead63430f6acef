package zone

import (
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/miekg/dns"

	"ehlo/session/record"
)

// The practice domains can be read, and every kind of record that mail goes by is among them.
func TestPractice(t *testing.T) {
	z, err := Parse(serverText + practiceText)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"A mail.lab", "AAAA mail.lab", "MX lab.test", "MX no-mail.example", "PTR 25.2.0.192.in-addr.arpa", "A 77.113.0.203.list.example", "TXT shop.example",
		"TXT 2025._domainkey.news.example", "TXT _dmarc.bank.example", "TXT _mta-sts.sts.example", "TXT _smtp._tls.sts.example", "TLSA _25._tcp.mx.old-dane.example", "SRV _submissions._tcp.lab.test",
	} {
		kind, name, _ := strings.Cut(want, " ")
		if reply := ask(z, name, dns.StringToType[kind]); len(reply.Answer) == 0 {
			t.Errorf("%s: there is no such record", want)
		}
	}
}

// Nothing in the practice domains can lead a program to anybody else: names are reserved or the practice server's own, and addresses are
// for documentation or of this machine.
func TestReserved(t *testing.T) {
	docs := []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("2001:db8::/32")}
	for at, list := range Practice().records {
		if at.name != "." && !reserved(at.name) {
			t.Errorf("%s is not reserved", at.name)
		}
		for _, rr := range list {
			text := strings.Fields(strings.TrimPrefix(rr.String(), rr.Header().String()))
			addr, err := netip.ParseAddr(text[0])
			if err != nil || addr.IsLoopback() {
				continue
			}
			if !contains(docs, addr) {
				t.Errorf("%s: %s can belong to somebody", at.name, addr)
			}
		}
	}
}

func contains(list []netip.Prefix, addr netip.Addr) bool {
	for _, p := range list {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

func reserved(name string) bool {
	for _, end := range []string{"lab.", "test.", "example.", "in-addr.arpa.", "ip6.arpa."} {
		if dns.IsSubDomain(end, name) {
			return true
		}
	}
	return false
}

func ask(z *Zone, name string, kind uint16) *dns.Msg {
	return z.Answer(new(dns.Msg).SetQuestion(dns.Fqdn(name), kind))
}

func TestAnswer(t *testing.T) {
	z, err := Parse("lab. 300 IN SOA ns.lab. h.lab. 1 2 3 4 300\nmail.lab. 60 IN A 127.0.0.1\nalias.lab. 60 IN CNAME Mail.LAB.\nfar.lab. 60 IN CNAME mail.elsewhere.\n" +
		"a.b.lab. 60 IN TXT \"x\"\nsigned.lab. 300 IN SOA ns.lab. h.lab. 1 2 3 4 300\nsigned.lab. 300 IN DNSKEY 257 3 15 r+IEfwbVIiEEz8FU4N6FWq/XDnNOH+WDu8wuef4DY0c=\nmx.signed.lab. 60 IN A 127.0.0.1\nloop.lab. 60 IN CNAME loop.lab.\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name    string
		kind    uint16
		rcode   int
		answers int
		soa     bool
	}{
		{"mail.lab", dns.TypeA, dns.RcodeSuccess, 1, false},
		{"MAIL.lab", dns.TypeA, dns.RcodeSuccess, 1, false},
		{"mail.lab", dns.TypeMX, dns.RcodeSuccess, 0, true},
		{"mial.lab", dns.TypeA, dns.RcodeNameError, 0, true},
		{"b.lab", dns.TypeA, dns.RcodeSuccess, 0, true}, // there is only something below it
		{"alias.lab", dns.TypeA, dns.RcodeSuccess, 2, false},
		{"alias.lab", dns.TypeCNAME, dns.RcodeSuccess, 1, false},
		{"alias.lab", dns.TypeMX, dns.RcodeSuccess, 1, true},
		{"far.lab", dns.TypeA, dns.RcodeRefused, 1, false}, // the rest is not its own
		{"mail.elsewhere", dns.TypeA, dns.RcodeRefused, 0, false},
		{"mail.lab", dns.TypeANY, dns.RcodeRefused, 0, false},
		{"lab", dns.TypeAXFR, dns.RcodeRefused, 0, false},
		{"loop.lab", dns.TypeA, dns.RcodeSuccess, longestChain, false},
	} {
		reply := ask(z, test.name, test.kind)
		if reply.Rcode != test.rcode || len(reply.Answer) != test.answers || len(reply.Ns) > 0 != test.soa {
			t.Errorf("%s %d: %v", test.name, test.kind, reply)
		}
	}
}

// Whoever asks whether signatures were checked is told so in a signed zone alone.
func TestSigned(t *testing.T) {
	for name, want := range map[string]bool{"mx.dane.example.": true, "mx.unsigned.example.": false} {
		for _, asks := range []bool{false, true} {
			asked := new(dns.Msg).SetQuestion(name, dns.TypeA)
			asked.AuthenticatedData = asks
			if got := Practice().Answer(asked).AuthenticatedData; got != (want && asks) {
				t.Errorf("%s, asked for %t: %t", name, asks, got)
			}
		}
	}
}

func TestUnusualQuestions(t *testing.T) {
	chaos := new(dns.Msg).SetQuestion("version.bind.", dns.TypeTXT)
	chaos.Question[0].Qclass = dns.ClassCHAOS
	later := new(dns.Msg).SetQuestion("mail.lab.", dns.TypeA).SetEdns0(1232, false)
	later.IsEdns0().SetVersion(1)
	status := new(dns.Msg).SetQuestion("mail.lab.", dns.TypeA)
	status.Opcode = dns.OpcodeStatus
	for name, test := range map[string]struct {
		asked *dns.Msg
		want  int
	}{"no question": {new(dns.Msg), dns.RcodeFormatError}, "CHAOS": {chaos, dns.RcodeRefused}, "EDNS 1": {later, dns.RcodeBadVers}, "STATUS": {status, dns.RcodeNotImplemented}} {
		if got := Practice().Answer(test.asked).Rcode; got != test.want {
			t.Errorf("%s: %s, want %s", name, dns.RcodeToString[got], dns.RcodeToString[test.want])
		}
	}
}

func TestParseNamesTheLine(t *testing.T) {
	for text, want := range map[string]string{"a.lab. 1 IN A 127.0.0.1\nb.lab. 1 IN A here\n": "line: 2", "$INCLUDE /etc/passwd\n": "$INCLUDE", "$GENERATE 1-60000 a$.lab. 1 IN A 127.0.0.1\n": "more than 10000"} {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// serve serves z until the test ends, and asks it.
func serve(t *testing.T, z *Zone) func(question string) record.Lookup {
	t.Helper()
	s, err := Serve(z, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return func(question string) record.Lookup {
		kind, name, _ := strings.Cut(question, " ")
		return Client{Server: s.Addr, Now: time.Now}.Ask(t.Context(), record.Question{Type: kind, Name: name})
	}
}

func TestAsk(t *testing.T) {
	ask := serve(t, Practice())
	for question, want := range map[string]string{
		"MX backup.example":                           "NOERROR 10 mx1.backup.example. | 20 mx.lab.",
		"MX no-mail.example":                          "NOERROR 0 .",
		"mx lab.test":                                 "NOERROR 10 mx.lab.",
		"A mial.lab":                                  "NXDOMAIN ",
		"MX mail.lab":                                 "NOERROR ",
		"A mail.alias.example":                        "NOERROR mx.lab. | 127.0.0.1",
		"PTR 77.113.0.203.in-addr.arpa":               "NOERROR dyn-203-0-113-77.isp.example.",
		"TXT _dmarc.bank.example":                     `NOERROR "v=DMARC1; p=reject; rua=mailto:dmarc@bank.example"`,
		"TXT " + strings.Repeat("x", 64) + ".example": "failed",
		"ODD mail.lab":                                "failed",
	} {
		l := ask(question)
		var data []string
		for _, a := range l.Answers {
			data = append(data, a.Data)
		}
		got := l.Status + " " + strings.Join(data, " | ")
		if l.Trouble != "" {
			got = string(l.Trouble)
		}
		if got != want || l.Answers != nil && (l.Answers[0].TTL != 300 || l.Answers[0].Name == "") {
			t.Errorf("%s: %s, want %s; %+v", question, got, want, l)
		}
	}
	if l := ask("TLSA _25._tcp.mx.old-dane.example"); !l.Proved || len(l.Of("TLSA")) != 1 || l.Of("MX") != nil {
		t.Errorf("%+v", l)
	}
}

// What does not fit into a datagram comes whole, over TCP.
func TestLongAnswers(t *testing.T) {
	z, err := Parse("long.example. 300 IN SOA . . 1 2 3 4 5\n" + manyTexts(30))
	if err != nil {
		t.Fatal(err)
	}
	if l := serve(t, z)("TXT long.example"); len(l.Answers) != 30 {
		t.Errorf("%d answers: %s %s", len(l.Answers), l.Status, l.Error)
	}
}

func manyTexts(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("long.example. 300 IN TXT \"" + strings.Repeat(string(rune('a'+i%26)), 100+i) + "\"\n")
	}
	return b.String()
}

// What a record has in it is made visible, and bounded.
func TestHostileAnswers(t *testing.T) {
	z, err := Parse(". 300 IN SOA . . 1 2 3 4 5\nx.example. 1 IN TXT \"\\027[2J\\007\\255\"\n" + `long.example. 1 IN TXT ` + strings.Repeat(`"`+strings.Repeat("a", 250)+`" `, 20) + "\n")
	if err != nil {
		t.Fatal(err)
	}
	ask := serve(t, z)
	if data := ask("TXT x.example").Of("TXT"); len(data) != 1 || strings.ContainsFunc(data[0], unicode.IsControl) || !utf8.ValidString(data[0]) {
		t.Errorf("%q", data)
	}
	if data := ask("TXT long.example").Of("TXT"); len(data) != 1 || len(data[0]) > longestData+len("…") || !strings.HasSuffix(data[0], "…") {
		t.Errorf("%q", data)
	}
}

func TestNobodyAnswers(t *testing.T) {
	s, err := Serve(Practice(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	before := s.Addr
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if l := (Client{Server: before, Now: time.Now}).Ask(t.Context(), record.Question{Type: "A", Name: "mail.lab"}); l.Trouble != record.TroubleFailed || l.Status != "" {
		t.Errorf("%+v", l)
	}
	if _, err := Serve(Practice(), "192.0.2.1:0"); err == nil {
		t.Error("it serves at an address that is not here")
	}
}

// Nothing is left behind.
func TestCloseWaits(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 20 {
		serveAndClose(t)
	}
	for range 200 { // one that has done its work may take a moment to be gone
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}

func serveAndClose(t *testing.T) {
	s, err := Serve(Practice(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	Client{Server: s.Addr, Now: time.Now}.Ask(t.Context(), record.Question{Type: "A", Name: "mail.lab"})
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// The name of a client counts where it leads back to its address.
func TestNameOf(t *testing.T) {
	for addr, want := range map[string]string{"192.0.2.25": "out.lab.test", "192.0.2.30": "", "192.0.2.20": "", "::1": "", "203.0.113.77": "dyn-203-0-113-77.isp.example"} {
		if got := Practice().NameOf(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: %q, want %q", addr, got, want)
		}
	}
}

// Whatever comes as a question has an answer that can be sent.
func FuzzAnswer(f *testing.F) {
	for _, name := range []string{"mail.lab.", "nope.example.", "."} {
		packet, err := new(dns.Msg).SetQuestion(name, dns.TypeMX).SetEdns0(1232, true).Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(packet)
	}
	f.Fuzz(func(t *testing.T, packet []byte) {
		var asked dns.Msg
		if asked.Unpack(packet) != nil {
			return
		}
		reply := Practice().Answer(&asked)
		reply.Truncate(dns.MinMsgSize)
		sent, err := reply.Pack()
		if err != nil || !reply.Response || reply.Id != asked.Id {
			t.Errorf("%v, %v", reply, err)
		}
		if len(sent) > dns.MinMsgSize && len(reply.Answer) > 0 {
			t.Errorf("%d bytes", len(sent))
		}
	})
}

// Whatever comes as an answer is told without anything that a terminal obeys.
func FuzzRecord(f *testing.F) {
	for _, question := range []string{"lab.test.", "_25._tcp.mx.old-dane.example."} {
		for _, kind := range []uint16{dns.TypeTXT, dns.TypeTLSA, dns.TypeMX} {
			packet, err := ask(Practice(), question, kind).Pack()
			if err != nil {
				f.Fatal(err)
			}
			f.Add(packet)
		}
	}
	f.Fuzz(func(t *testing.T, packet []byte) {
		var reply dns.Msg
		if reply.Unpack(packet) != nil {
			return
		}
		for _, rr := range reply.Answer {
			a := answerOf(rr)
			for _, r := range a.Name + a.Type + a.Data {
				if r < ' ' || r >= 0x7f && r < 0xa0 {
					t.Errorf("%+v", a)
				}
			}
		}
	})
}

// Every page of the practice domains can be read, and its host is among their records; any other is not there.
func TestPages(t *testing.T) {
	for block := range strings.SplitSeq(web, "\n\n") {
		asked, _, _ := strings.Cut(block, "\n")
		url, ok := strings.CutPrefix(asked, "GET https://")
		if !ok {
			continue
		}
		host, _, _ := strings.Cut(url, "/")
		if p, ok := PageOf("https://" + url); !ok || p.Status < 200 || p.Type == "" && len(p.Logins) == 0 || p.Type != "" && p.Body == "" || !Practice().Exists(host) {
			t.Errorf("%s: %+v", url, p)
		}
	}
	for _, url := range []string{"", "https://lab.test/", "https://autoconfig.lab.test/"} {
		if p, ok := PageOf(url); ok {
			t.Errorf("%s: %+v", url, p)
		}
	}
}
