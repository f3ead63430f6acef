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
			Story: "Every answer takes its time. Some servers hold the greeting back on purpose, to see who cannot wait.",
			Task:  "Find where the time goes: the network, the server or you.",
			Hint:  "RFC 5321 gives a server five minutes for its greeting",
			Knobs: Knobs{Wire: []Rule{{Do: Delay, Wait: 2 * time.Second}}},
		},
		{
			Name: "silent", Title: "a server that never greets",
			Story:   "The connection stands, and nothing comes.",
			Task:    "Say what is known to work, and what is not.",
			Hint:    "TCP is made by the kernel; the greeting by the program behind it",
			Finding: "timeout",
			Knobs:   Knobs{Wire: []Rule{{On: "greeting", Do: Stall}}},
		},
		{
			Name: "stall", Title: "a server that stops answering",
			Story:   "The greeting comes at once, the answer to EHLO never.",
			Task:    "Cancel the step, and look at the last thing that was heard.",
			Hint:    "a device on the way that inspects SMTP can do this too",
			Finding: "timeout",
			Knobs:   Knobs{Wire: []Rule{{On: "EHLO", Do: Stall}}},
		},
		{
			Name: "closed", Title: "a connection that ends too early",
			Story:   "The connection is closed in the middle of the EHLO reply.",
			Task:    "Find the last byte that arrived.",
			Hint:    "a reply ends with a line whose fourth character is a space",
			Finding: "server-closed",
			Knobs:   Knobs{Wire: []Rule{{On: "EHLO", Do: Cut, Bytes: 40}}},
		},
		{
			Name: "http", Title: "a web server on the mail port",
			Story:   "The port was given to another program. It answers, and not in SMTP.",
			Task:    "Name the protocol from its first line.",
			Hint:    "no reply code starts with a letter",
			Finding: "http-banner",
			Knobs:   Knobs{Wire: []Rule{{On: "greeting", Do: Block, Text: httpAnswer}}},
		},
		{
			Name: "garbage", Title: "a server that writes to your terminal",
			Story:   "Greeting and EHLO reply hold escape sequences, right-to-left overrides and broken UTF-8.",
			Task:    "Find what each escape sequence would have done to a screen that trusts servers.",
			Hint:    "the bytes are in the byte view, made visible everywhere else",
			Finding: "reply-malformed",
			Knobs: Knobs{Wire: []Rule{
				{On: "greeting", Do: Replace, Text: garbageGreeting},
				{On: "EHLO", Do: Replace, Text: garbageEHLO},
			}},
		},
		{
			Name: "endless", Title: "a reply without end",
			Story:   "The EHLO reply goes on and on, as fast as it can be read.",
			Task:    "Find the bound at which the client stops reading.",
			Hint:    "whoever reads from a stranger needs a limit",
			Finding: "reply-too-long",
			Knobs:   Knobs{Wire: []Rule{{On: "EHLO", Do: Flood, Text: "250-AND-ONE-MORE\r\n"}}},
		},
		{
			Name: "bad-replies", Title: "replies that break the rules",
			Story:   "A home-made server: line ends, codes and continuation lines are all a little wrong.",
			Task:    "Find what is wrong with each reply, and whether its meaning is still clear.",
			Hint:    "three digits, a hyphen or a space, text, CR LF; the same code on every line",
			Target:  "smtp://mx.lab",
			Finding: "reply-code-mismatch",
			Knobs: Knobs{NoTLS: true, Wire: []Rule{
				{On: "greeting", Do: Replace, Text: "220 mx.lab ESMTP\n"},
				{On: "EHLO", Do: Replace, Text: "250-mx.lab\r\n251-PIPELINING\r\n250 8BITMIME\r\n"},
				{On: "MAIL", Do: Replace, Text: "250\r\n"},
				{On: "RCPT", Do: Replace, Text: "250-2.1.5 recipient ok\r\n550 2.1.5 recipient ok\r\n"},
				{On: "DATA", Do: Replace, Text: "3S4 go ahead\r\n"},
			}},
		},
	}
}
