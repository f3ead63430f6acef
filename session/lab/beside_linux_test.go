package lab

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/smtp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"

	"ehlo/session/wire/cputest"
)

// BenchmarkBesideAlone compares what a session costs the practice server with what it costs emersion/go-smtp alone, with the same
// certificate, account and message: the processor time of the servers, which are processes of their own and take turns.
func BenchmarkBesideAlone(b *testing.B) {
	servers := [...]*visited{visitedBy(b, "lab"), visitedBy(b, "alone")}
	for range 100 { // to warm up
		servers[0].deliver(b)
		servers[1].deliver(b)
	}
	before := [...]time.Duration{servers[0].CPU(), servers[1].CPU()}
	for b.Loop() {
		servers[0].deliver(b)
		servers[1].deliver(b)
	}
	lab, alone := servers[0].CPU()-before[0], servers[1].CPU()-before[1]
	b.ReportMetric(float64(lab.Nanoseconds())/float64(b.N), "lab-ns")
	b.ReportMetric(float64(alone.Nanoseconds())/float64(b.N), "alone-ns")
	b.ReportMetric(float64(lab)/float64(alone), "lab/alone")
}

// visited is a server with what its visitors need.
type visited struct {
	*cputest.Server
	address string
	roots   *x509.CertPool
}

func visitedBy(b *testing.B, kind string) *visited {
	v := &visited{Server: cputest.Start(b, "TestServeVisitors", kind), roots: x509.NewCertPool()}
	pem, err := base64.StdEncoding.DecodeString(v.Line(b))
	if err != nil {
		b.Fatal(err)
	}
	v.roots.AppendCertsFromPEM(pem)
	v.address = v.Line(b)
	return v
}

// deliver is a session that submits a message.
func (v *visited) deliver(b *testing.B) {
	b.Helper()
	conn, err := net.Dial("tcp", v.address)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	c, err := smtp.NewClient(conn, "mail.lab")
	if err != nil {
		b.Fatal(err)
	}
	if err := errors.Join(c.Hello("laptop"), c.StartTLS(&tls.Config{ServerName: "mail.lab", RootCAs: v.roots}), c.Auth(smtp.PlainAuth("", "ann", "tulip-42", "mail.lab")),
		c.Mail("ann@lab.test"), c.Rcpt("bob@lab.test")); err != nil {
		b.Fatal(err)
	}
	w, err := c.Data()
	if err != nil {
		b.Fatal(err)
	}
	io.WriteString(w, message)
	if err := errors.Join(w.Close(), c.Quit()); err != nil {
		b.Fatal(err)
	}
}

var message = "From: ann@lab.test\r\nTo: bob@lab.test\r\nSubject: notes\r\n\r\n" + strings.Repeat("A line of a letter, as long as lines are.\r\n", 25)

// The servers of the benchmark: each prints the root of its certificate and its address.
func TestServeVisitors(t *testing.T) {
	kind := cputest.Asked()
	if kind == "" {
		t.Skip("a server of BenchmarkBesideAlone")
	}
	l := start(t, find(t, ""), Options{Forgets: true})
	address, err := l.inFact("127.0.0.1", "587")
	check(t, err)
	if kind == "alone" {
		address = serveAlone(t, l.tls)
	}
	fmt.Println(base64.StdEncoding.EncodeToString(l.CAPEM()))
	fmt.Println(address)
	cputest.UntilLeft()
}

// serveAlone is go-smtp with the least that takes a message.
func serveAlone(t *testing.T, config *tls.Config) string {
	server := gosmtp.NewServer(gosmtp.BackendFunc(func(*gosmtp.Conn) (gosmtp.Session, error) { return lone{}, nil }))
	server.Domain, server.TLSConfig = "mail.lab", config
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	go server.Serve(ln)
	return ln.Addr().String()
}

// lone is a session that knows one account and drops its messages.
type lone struct{}

func (lone) AuthMechanisms() []string { return []string{sasl.Plain} }

func (lone) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "ann" || password != "tulip-42" {
			return gosmtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (lone) Mail(string, *gosmtp.MailOptions) error { return nil }
func (lone) Rcpt(string, *gosmtp.RcptOptions) error { return nil }
func (lone) Reset()                                 {}
func (lone) Logout() error                          { return nil }

func (lone) Data(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}
