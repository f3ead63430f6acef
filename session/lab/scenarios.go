package lab

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"ehlo/session/sasl"
)

// Scenarios returns every scenario, the default first, in the order in which
// they are best taken. The caller owns the result.
func Scenarios() []Scenario { return slices.Collect(scenarios()) }

// scenarios makes them one group after another, as they are asked for.
func scenarios() iter.Seq[Scenario] {
	return func(yield func(Scenario) bool) {
		for _, g := range groups {
			for _, sc := range g.scenarios() {
				sc.Group = g.name
				complete(&sc)
				if !yield(sc) {
					return
				}
			}
		}
	}
}

var groups = [...]struct {
	name      string
	scenarios func() []Scenario
}{
	{"ports", portScenarios},
	{"starting TLS", tlsScenarios},
	{"certificates", certificateScenarios},
	{"logging in", loginScenarios},
	{"refused logins", refusedScenarios},
	{"policy", policyScenarios},
	{"DNS", dnsScenarios},
	{"unreachable", reachScenarios},
	{"broken servers", brokenScenarios},
	{"hostile servers", hostileScenarios},
}

// complete gives a field that a table leaves empty the value of the default
// walk: ann writes to bob over submission, and relays carry a stranger's mail.
func complete(sc *Scenario) {
	sc.Target = cmp.Or(sc.Target, "submission://mail.lab")
	sc.To = cmp.Or(sc.To, "bob@"+Domain)
	defer func() { sc.EHLOName = cmp.Or(sc.EHLOName, sc.clientHost()) }()
	if strings.HasPrefix(sc.Target, "smtp:") || strings.HasPrefix(sc.Target, "lmtp:") {
		sc.From = cmp.Or(sc.From, "stranger@example.org")
		return
	}
	if sc.NoLogin {
		sc.From = cmp.Or(sc.From, "ann@"+Domain)
		return
	}
	if info, _ := sasl.Lookup(sc.Mechanism); !info.OnRequest { // ANONYMOUS has no user
		sc.User = cmp.Or(sc.User, "ann")
	}
	sc.From = cmp.Or(sc.From, sc.User+"@"+Domain)
}

// clientHost is the usual name of the client: the laptop of a user, the server before the mailbox store, or the mail server of the
// sender's domain.
func (sc *Scenario) clientHost() string {
	_, domain, _ := strings.Cut(sc.From, "@")
	switch {
	case strings.HasPrefix(sc.Target, "lmtp:"):
		return "mail.lab"
	case !strings.HasPrefix(sc.Target, "smtp:") || sc.User != "":
		return "laptop." + Domain
	}
	return "mail." + cmp.Or(domain, "example.org")
}

func portScenarios() []Scenario {
	return []Scenario{
		{
			Name: "submission", Title: "submission on port 587",
			Story: "Ann sends a message to Bob. Her mail client starts TLS and logs in.",
			Task:  "Walk from the name lookup to QUIT, and after each step look at what client and server know.",
		},
		{
			Name: "submissions", Title: "submission on port 465, TLS from the first byte",
			Story:  "Ann sends the same message over the port that RFC 8314 prefers. Nothing crosses the network in cleartext.",
			Task:   "Find out which side sends first here, and name the steps of the session on port 587 that are missing.",
			Target: "submissions://mail.lab",
		},
		{
			Name: "relay", Title: "relay on port 25, from server to server",
			Story:  "The mail server of another organization delivers a message to Bob. It needs no account on this server: on port 25 a server accepts mail for its own users from any server.",
			Task:   "Look for AUTH in the EHLO reply, and say why the server accepts this message without a login.",
			Target: "smtp://mx.lab",
		},
		{
			Name: "alternate", Title: "submission on port 2525",
			Story:  "Some networks block ports 587 and 465. Some providers also accept submission on port 2525, which is not registered for mail.",
			Task:   "Compare this session with the one on port 587, step by step, and say what is different.",
			Target: "submission://mail.lab:2525",
		},
		{
			Name: "load-balancer", Title: "a relay behind a load balancer",
			Story:       "Every connection to this server comes from a load balancer, so the server would see one client address only. The load balancer therefore sends a PROXY header before anything else. You are the load balancer, and your client is 203.0.113.7. The server also trusts you to use XCLIENT and XFORWARD.",
			Task:        "Find the line by which the server learns the client's address, and say what would happen without it.",
			Target:      "smtp://mx.lab",
			ProxySource: "203.0.113.7",
			Knobs:       Knobs{Balanced: true, Trusting: true, Idle: 5 * time.Second},
		},
		{
			Name: "relay-denied", Title: "a relay that refuses to relay",
			Story:  "A client tries to send mail to another domain through a server where it has no account. An open relay would accept it.",
			Task:   "Find the command that the server refuses, and say what would have to change for the server to accept it.",
			Target: "smtp://mx.lab",
			To:     "someone@example.net",
			Reply:  "554 5.7.1",
		},
		{
			Name: "wrong-port", Title: "cleartext on port 465",
			Story:   "The mail client is set to port 465 and STARTTLS. It waits, and the server waits too. After a moment the client makes a second connection, to find out why.",
			Task:    "Find out which message each side waits for and what the second connection proves, then connect with a port and a TLS setting that fit each other.",
			Target:  "submission://mail.lab:465",
			Finding: "silence-on-implicit-port",
		},
		{
			Name: "wrong-port-tls", Title: "TLS on port 587",
			Story:   "The mail client is set to port 587 and SSL/TLS. Its error message does not name the cause.",
			Task:    "Find what the server sent in place of a TLS record, which other programs report as “wrong version number”, then connect with a port and a TLS setting that fit each other.",
			Target:  "submissions://mail.lab:587",
			Finding: "implicit-tls-on-starttls-port",
		},
		{
			Name: "wrong-service", Title: "TLS to the port of another service",
			Story:   "Ann entered a port number from memory. Her mail client cannot start TLS there.",
			Task:    "Name the protocol of the answer, then send the message over TLS to a port for submission.",
			Target:  "submissions://mail.lab:2525",
			Finding: "tls-plaintext",
			Knobs:   Knobs{Wire: []rule{{On: "ClientHello", Role: "alternate", Do: block, Text: httpAnswer}}},
		},
		{
			Name: "client-settings", EHLOName: "scanner." + Domain, TLS: "off", Title: "a scanner without encryption",
			Story: "The office scanner sends its pages by mail. Its menu has three choices for encryption: none, STARTTLS and SSL/TLS. Someone has left it at none.",
			Task:  "Find the line that is missing in the EHLO reply, then choose a setting with which the login works.",
		},
		{
			Name: "imap-port", Title: "the port of IMAP",
			Story:  "Ann has copied port 143 from the settings for incoming mail into those for outgoing mail.",
			Task:   "Find the protocol that greets here, then submit through the port at which this server accepts messages.",
			Target: "submission://mail.lab:143", Finding: "not-smtp",
			Knobs: Knobs{Mailboxes: true},
		},
		{
			Name: "pop3-port", Title: "the port of POP3 over TLS",
			Story:  "Ann's mail client is set to port 995 for outgoing mail. The TLS handshake succeeds, and still no message can be sent.",
			Task:   "Find the protocol inside TLS by its first line, and say what the handshake proves.",
			Target: "submissions://mail.lab:995", Finding: "not-smtp",
			Knobs: Knobs{Mailboxes: true},
		},
		{
			Name: "lmtp-port", Title: "the port of LMTP",
			Story:  "A mail filter hands its messages to the mailbox server. Its new version speaks SMTP there, and every message stays in the queue.",
			Task:   "Find the command that the server expects in place of EHLO, and say how LMTP differs from SMTP for the sending server.",
			Target: "smtp://mx.lab:24", EHLOName: "filter.lab", Finding: "lmtp-server",
			Knobs: Knobs{LMTP: true},
		},
		{
			Name: "lmtp", Title: "a reply for each recipient",
			Story:  "The mail server hands a message for Bob and Carol to the mailbox store, which speaks LMTP. Carol's mailbox is full.",
			Task:   "Count the replies after the message, and say which recipients the sending server has to try again.",
			Target: "lmtp://mx.lab", To: "bob@" + Domain + ", carol@" + Domain, Reply: "452 4.2.2",
			Knobs: Knobs{LMTP: true, Answers: []answer{{To: toMessage, For: "carol@" + Domain, Reply: "452 4.2.2 mailbox of carol is full"}}},
		},
		{
			Name: "pipelining", Title: "commands in one group",
			Story:  "The path to this server is long, and each reply takes a while. The client saves round trips: it sends MAIL, every RCPT and DATA at once.",
			Task:   "Find the command that each reply answers, and say who receives the message.",
			Target: "smtp://mx.lab", To: "bob@" + Domain + ", bobby@" + Domain + ", carol@" + Domain, Reply: "550 5.1.1", Pipelining: true,
		},
		{
			Name: "chunks", Title: "a message in chunks",
			Story:  "A scanner sends its pages while it still reads them. It does not know the size of the message when it begins, so it sends each part with BDAT.",
			Task:   "Find how the server knows where each part ends, and say which part ends the message.",
			Target: "smtp://mx.lab", EHLOName: "scanner.example.org", From: "scanner@example.org", Size: 2500, Chunk: 1000,
			Knobs: Knobs{Offer: []string{"BINARYMIME"}},
		},
		{
			Name: "prdr", Title: "a reply for each recipient, in SMTP",
			Story:  "A newsletter goes to Bob and Carol in one message. Carol's filter refuses it, and Bob wants it. The server supports PRDR, and the client asks for it.",
			Task:   "Count the replies after the message, and say which of them decides whether the server has it.",
			Target: "smtp://mx.lab", To: "bob@" + Domain + ", carol@" + Domain, Reply: "550 5.7.1", PRDR: true,
			Knobs: Knobs{Offer: []string{"PRDR"}, Answers: []answer{{To: toMessage, For: "carol@" + Domain, Reply: "550 5.7.1 the filter of carol refuses this message"}}},
		},
		{
			Name: "socket-pair", Title: "two addresses and two ports",
			Story: "The network team asks for the four values that identify Ann's connection in the firewall's log.",
			Task:  "Find both addresses and both ports of the connection, and say who chose each port.",
		},
		{
			Name: "layers", Title: "the layers of one session",
			Story:  "In class, each line of a session has to be assigned to its layer.",
			Task:   "Say which of the connection, the TLS records and the commands belongs to the transport layer, and where the others belong.",
			Target: "submissions://mail.lab",
		},
		{
			Name: "two-hops", Title: "a message over two servers",
			Story: "Ann's mail client submits to mail.lab, which passes the message on to mx.lab, the server of Bob's mailbox. Each server adds a line at the top of the message.",
			Task:  "Send the message, then find in it the line that each server added, and say which hop needed a login.",
			Knobs: Knobs{Onward: true},
		},
		{
			Name: "envelope", Title: "the envelope and the letter",
			Story:      "A stranger delivers a message to Bob. Its From field names Bob's director.",
			Task:       "Find the sender in the envelope and the author that Bob's mail client shows, and say which of the two the server has checked.",
			Target:     "smtp://mx.lab",
			From:       "sales@example.net",
			HeaderFrom: "The Director <director@" + Domain + ">",
		},
		{
			Name: "bounce", Title: "accepted, and then returned",
			Story: "The server accepts Ann's message to Bob, but it never reaches him. Instead a report arrives in her mailbox.",
			Task:  "Send the message, then find in the report which server refused it, and why.",
			Knobs: Knobs{Onward: true, Answers: []answer{{To: "RCPT", Role: "relay", Reply: "552 5.2.2 mailbox is over quota, and stays so for thirty days"}}},
		},
	}
}

func reachScenarios() []Scenario {
	return []Scenario{
		{
			Name: "refused", Title: "connection refused",
			Story:   "The host was restarted in the night, and since then no client can connect.",
			Task:    "Find which host answered the SYN and with which TCP segment, and say what “connection refused” means.",
			Finding: "refused", Knobs: Knobs{Reach: refused},
		},
		{
			Name: "filtered", Title: "a firewall drops the packets",
			Story:   "The client sends its first packet, and waits. No answer arrives, and no error.",
			Task:    "Compare this with a refused connection, and name the most likely cause.",
			Target:  "smtp://mx.lab",
			Finding: "timeout", Knobs: Knobs{Reach: filtered},
		},
		{
			Name: "no-such-host", Title: "a host name that does not exist",
			Story:   "Ann entered the name of the server by hand.",
			Task:    "Find the step that fails and the reason, then connect by the right name.",
			Target:  "submission://mial.lab",
			Finding: "name-not-found",
		},
		{
			Name: "blocked-25", Title: "port 25 blocked by the ISP",
			Story:  "At the office Ann's program sends without trouble. At home it waits for the server and gives up.",
			Task:   "Find the port that does not answer, and send the message through one that does.",
			Target: "smtp://mail.lab", User: "ann", From: "ann@" + Domain,
			Finding: "timeout", Knobs: Knobs{Reach: filtered, ReachOf: "relay"},
		},
		{
			Name: "egress-rule", Title: "a rule for outbound mail",
			Story:  "Infected computers in the office sent spam directly to the recipients' mail servers. The network team has to let mail clients submit, and to stop the rest.",
			Task:   "Find the port that is blocked from a workstation, and choose the firewall's rules for outbound mail.",
			Target: "smtp://mx.lab", EHLOName: "workstation.example.org",
			Finding: "timeout", Knobs: Knobs{Reach: filtered, ReachOf: "relay"},
		},
	}
}
