package lab

import "time"

// httpAnswer is what many web servers say to something that is no request.
const httpAnswer = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n400 Bad Request\r\n"

// Texts for a terminal that trusts servers: clear the screen, set the window's
// title, a link, a right-to-left override, C1 controls, invalid UTF-8.
const (
	garbageGreeting = "220-mail.lab \x1b[2J\x1b[1;31mESMTP\x1b]0;owned\x07\r\n" +
		"220-\x9b31m\x90q\x9c \xff\xfe \xc3\x28\r\n" +
		"220 ready \u202egnihton\u202c \u2066x\u2069 \x00\x08\x7f\r\n"
	garbageEHLO = "250-mail.lab \x1b]8;;http://evil.test/\x07hello\x1b]8;;\x07\r\n" +
		"250-X-\u202eGNP.EXE\r\n" +
		"250-8BITMIME \xe2\x28\xa1\r\n" +
		"250-\tPIPELINING\r\n" +
		"250 STARTTLS\r\n"
)

func brokenScenarios() []Scenario {
	return []Scenario{
		{
			Name: "slow", Title: "a slow server",
			Story: "Every reply takes one second. Some servers delay the greeting on purpose, to detect clients that do not wait.",
			Task:  "Find out where the time is spent: in the network, the server or the client.",
			Knobs: Knobs{Wire: []rule{{Do: delay, Wait: time.Second}}},
		},
		{
			Name: "silent", Title: "a server that never greets",
			Story:   "The TCP connection is established, but no greeting arrives.",
			Task:    "Say which parts are known to work, and which are not.",
			Finding: "timeout",
			Knobs:   Knobs{Wire: []rule{{On: "greeting", Do: stall}}},
		},
		{
			Name: "stall", Title: "a server that stops answering",
			Story:   "The greeting arrives at once, but the reply to EHLO never arrives.",
			Task:    "Stop waiting, look at the last line that arrived, and say after which step the server stopped answering.",
			Finding: "timeout",
			Knobs:   Knobs{Wire: []rule{{On: "EHLO", Do: stall}}},
		},
		{
			Name: "closed", Title: "a connection that is closed too early",
			Story:   "The connection is closed in the middle of the EHLO reply.",
			Task:    "Find the last byte that arrived, and say how a client can know that something is missing.",
			Finding: "server-closed",
			Knobs:   Knobs{Wire: []rule{{On: "EHLO", Do: cut, Bytes: 40}}},
		},
		{
			Name: "smuggling", Title: "a message that ends too early",
			Story:  "The administrator wants to know whether the relay is open to SMTP smuggling. The client sends one message with LF, a dot and LF in it, and a harmless command after that.",
			Task:   "Count the replies after the message, and say what the server took for the end of the message.",
			Target: "smtp://mx.lab", Experiment: "LF.LF", Finding: "experiment-broke",
			Knobs: Knobs{BareLF: true},
		},
		{
			Name: "http", Title: "a web server on the mail port",
			Story:   "Another program uses the port. It answers, but not with SMTP.",
			Task:    "Name the protocol from its first line.",
			Finding: "http-banner",
			Knobs:   Knobs{Wire: []rule{{On: "greeting", Do: block, Text: httpAnswer}}},
		},
		{
			Name: "garbage", Title: "a server that sends terminal escape sequences",
			Story:   "The greeting and the EHLO reply contain escape sequences, right-to-left overrides and invalid UTF-8.",
			Task:    "Find out what each escape sequence does to a terminal that shows it unchanged.",
			Finding: "reply-malformed",
			Knobs: Knobs{Wire: []rule{
				{On: "greeting", Do: replace, Text: garbageGreeting},
				{On: "EHLO", Do: replace, Text: garbageEHLO},
			}},
		},
		{
			Name: "endless", Title: "a reply without end",
			Story:   "The EHLO reply never ends, and it arrives as fast as the client can read it.",
			Task:    "Find the limit at which the client stops reading.",
			Finding: "reply-too-long",
			Knobs:   Knobs{Wire: []rule{{On: "EHLO", Do: flood, Text: "250-AND-ONE-MORE\r\n"}}},
		},
		{
			Name: "bad-replies", Title: "malformed replies",
			Story:   "A faulty server makes mistakes in line endings, reply codes and continuation lines.",
			Task:    "Find what is wrong with each reply, and say why the session ends.",
			Target:  "smtp://mx.lab",
			Finding: "reply-code-mismatch",
			Knobs: Knobs{NoTLS: true, Wire: []rule{
				{On: "greeting", Do: replace, Text: "220 mx.lab ESMTP\n"},
				{On: "EHLO", Do: replace, Text: "250-mx.lab\r\n251-PIPELINING\r\n250 8BITMIME\r\n"},
				{On: "MAIL", Do: replace, Text: "250\r\n"},
				{On: "RCPT", Do: replace, Text: "250-2.1.5 recipient ok\r\n550 2.1.5 recipient ok\r\n"},
				{On: "DATA", Do: replace, Text: "3S4 go ahead\r\n"},
			}},
		},
		{
			Name: "replies-behind", TLS: "off", Title: "replies shifted by one command",
			Story:  "A proxy in front of the server answers MAIL itself and also passes on the server's reply. From then on each reply belongs to the previous command.",
			Task:   "Find the reply that no command asked for, and say what could go wrong if the client continued.",
			Target: "smtp://mx.lab", Finding: "out-of-sync",
			Knobs: Knobs{Wire: []rule{{On: "MAIL", Do: inject, Text: "250 2.1.0 Ok\r\n"}}},
		},
	}
}
