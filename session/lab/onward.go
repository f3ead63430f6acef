package lab

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"net/textproto"
	"strings"
	"time"
)

// onwardTime is how long the second hop may take in all, on the real clock.
const onwardTime = 10 * time.Second

// handsOn reports whether the messages of a listener go on to mx.lab, as those of a smart host do.
func (f *front) handsOn() bool { return f.lab.scenario.Knobs.Onward && f.service.submission }

// handOn sends a message, with the trace line of this hop, to the relay by SMTP, and bounces it where the relay refuses it. The client has
// handed over the responsibility by then (RFC 5321 §6.1).
func (f *front) handOn(m stored, text []byte) {
	err := f.lab.onward(m, text)
	if err == nil {
		f.logHandedOn(m, "")
		return
	}
	f.logHandedOn(m, said(err))
	f.bounce(m, text, err)
}

// onward is the second hop: EHLO, STARTTLS, the envelope and the message.
func (l *Lab) onward(m stored, text []byte) error {
	relay, err := l.inFact("127.0.0.1", "25")
	if err != nil {
		return err
	}
	conn, err := net.DialTimeout("tcp", relay, onwardTime)
	if err != nil {
		return err
	}
	conn = l.witness.dialed(conn)
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(onwardTime))
	c, err := smtp.NewClient(conn, "mx.lab")
	if err != nil {
		return err
	}
	if err := cmp.Or(c.Hello("mail.lab"), c.StartTLS(&tls.Config{ServerName: "mx.lab", RootCAs: l.RootCAs(), Time: l.clock.now})); err != nil {
		return err
	}
	return submit(c, m, text)
}

func submit(c *smtp.Client, m stored, text []byte) error {
	if err := c.Mail(m.From); err != nil {
		return err
	}
	for _, to := range m.To {
		if err := c.Rcpt(to); err != nil {
			return err
		}
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return c.Quit()
}

// bounce puts the report of a message that did not arrive into the sender's mailbox. Nobody is told where there is no sender, so that
// bounces do not answer each other (RFC 5321 §4.5.5).
func (f *front) bounce(m stored, text []byte, why error) {
	if m.From == "" {
		return
	}
	b := stored{ID: f.lab.mailbox.nextID(), Role: f.service.Role, To: []string{m.From}, At: f.lab.clock.now()}
	b.Data = f.report(m, text, b, why)
	f.lab.mailbox.add(b)
	f.logBounce(m, b)
}

// report is a delivery status notification (RFC 3462, RFC 3464): a text for people, one for programs, and the header of the message.
func (f *front) report(m stored, text []byte, b stored, why error) []byte {
	header, _, _ := bytes.Cut(text, []byte("\r\n\r\n"))
	boundary := "report-" + b.ID
	reply := said(why)
	status := statusOf(reply)
	var w strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&w, format+"\r\n", args...) }
	line("Return-Path: <>")
	line("From: Mail Delivery System <MAILER-DAEMON@%s>", Domain)
	line("To: <%s>", printable(m.From))
	line("Date: %s", b.At.Format(time.RFC1123Z))
	line("Subject: Undelivered Mail Returned to Sender")
	line("MIME-Version: 1.0")
	line("Content-Type: multipart/report; report-type=delivery-status; boundary=%q", boundary)
	line("\r\n--%s\r\nContent-Type: text/plain\r\n", boundary)
	line("The server mail.lab accepted your message, and the next server refused it.\r\n")
	for _, to := range printables(m.To) {
		line("<%s>: host mx.lab said: %s", to, reply)
	}
	line("\r\n--%s\r\nContent-Type: message/delivery-status\r\n", boundary)
	line("Reporting-MTA: dns; mail.lab")
	for _, to := range printables(m.To) {
		line("\r\nFinal-Recipient: rfc822; %s\r\nAction: failed\r\nStatus: %s\r\nRemote-MTA: dns; mx.lab\r\nDiagnostic-Code: smtp; %s", to, status, reply)
	}
	line("\r\n--%s\r\nContent-Type: text/rfc822-headers\r\n\r\n%s\r\n--%s--", boundary, header, boundary)
	return []byte(w.String())
}

// said is the reply that an error of the second hop came from, or else the error in words.
func said(err error) string {
	var reply *textproto.Error
	if errors.As(err, &reply) {
		return printable(fmt.Sprintf("%d %s", reply.Code, reply.Msg))
	}
	return "451 4.4.1 no answer from mx.lab"
}

// statusOf is the enhanced code of a reply.
func statusOf(reply string) string {
	status, _, _ := strings.Cut(strings.TrimLeft(reply[min(len(reply), 3):], " -"), " ")
	return status
}

func printables(all []string) (out []string) {
	for _, s := range all {
		out = append(out, printable(s))
	}
	return out
}
