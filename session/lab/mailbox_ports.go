package lab

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"time"
)

// mailboxes are the ports at which mail is read. People enter them for sending, too. RFC 1939 and RFC 9051 for what is spoken, RFC 8314 §3
// for the ports with implicit TLS.
var mailboxes = []service{
	{Listener: Listener{Role: "pop3", Host: "mail.lab", Port: 110}, mailbox: &pop3},
	{Listener: Listener{Role: "imap", Host: "mail.lab", Port: 143}, mailbox: &imap},
	{Listener: Listener{Role: "pop3s", Host: "mail.lab", Port: 995, Implicit: true}, mailbox: &pop3},
	{Listener: Listener{Role: "imaps", Host: "mail.lab", Port: 993, Implicit: true}, mailbox: &imap},
}

// greeter is as much of a mailbox server as a client of SMTP meets: its greeting, a refusal of every command, and the farewell.
type greeter struct {
	greeting string
	leave    string                   // the command that ends the session
	bye      string                   // the reply to it
	refusal  func(line string) string // the reply to any other command
}

var pop3 = greeter{
	greeting: "+OK POP3 practice mailbox ready\r\n",
	leave:    "QUIT", bye: "+OK bye\r\n",
	refusal: func(string) string { return "-ERR unknown command\r\n" },
}

// imap answers with the client's own tag, which is the first word of its line (RFC 9051 §2.2.1).
var imap = greeter{
	greeting: "* OK practice mailbox ready\r\n",
	leave:    "LOGOUT", bye: "* BYE practice mailbox closing\r\n",
	refusal: func(line string) string {
		tag, _, _ := strings.Cut(line, " ")
		if tag == "" {
			tag = "*"
		}
		return tag + " BAD unknown command\r\n"
	},
}

// maxMistakes is after how many commands that it does not know a mailbox closes the connection.
const maxMistakes = 10

// greet plays a mailbox for one client, and closes the connection.
func (l *Lab) greet(s *service, socket net.Conn) {
	defer l.open.remove(socket)
	conn := socket
	if s.Implicit {
		conn = tls.Server(socket, l.tls)
	}
	conn.SetDeadline(time.Now().Add(l.options.IdleTimeout))
	if _, err := io.WriteString(conn, s.mailbox.greeting); err != nil {
		return
	}
	in := bufio.NewReaderSize(conn, maxLine)
	for range maxMistakes {
		conn.SetDeadline(time.Now().Add(l.options.IdleTimeout))
		line, err := in.ReadSlice('\n')
		if err != nil || !s.mailbox.answer(conn, strings.TrimRight(string(line), "\r\n")) {
			return
		}
	}
}

// answer replies to a command line, and reports whether the session goes on.
func (g *greeter) answer(w io.Writer, line string) bool {
	words := strings.Fields(line)
	if len(words) > 0 && strings.EqualFold(words[len(words)-1], g.leave) {
		io.WriteString(w, g.bye)
		return false
	}
	_, err := io.WriteString(w, g.refusal(line))
	return err == nil
}
