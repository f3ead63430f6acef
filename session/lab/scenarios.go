package lab

import (
	"cmp"
	"iter"
	"slices"
	"strings"

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
	{"log in", loginScenarios},
	{"log in refused", refusedScenarios},
	{"policy", policyScenarios},
	{"unreachable", reachScenarios},
	{"broken servers", brokenScenarios},
	{"hostile servers", hostileScenarios},
}

// complete gives a field that a table leaves empty the value of the default
// walk: ann writes to bob over submission, and relays carry a stranger's mail.
func complete(sc *Scenario) {
	sc.Target = cmp.Or(sc.Target, "submission://mail.lab")
	sc.To = cmp.Or(sc.To, "bob@"+Domain)
	if strings.HasPrefix(sc.Target, "smtp:") {
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

func portScenarios() []Scenario {
	return []Scenario{
		{
			Name: "submission", Title: "submission on port 587",
			Story: "Ann sends a message to Bob. Her mail client connects to the submission port, starts TLS and logs in.",
			Task:  "Walk from the name lookup to QUIT, and say what client and server know after each step.",
		},
		{
			Name: "submissions", Title: "submission on port 465, TLS from the first byte",
			Story:  "Ann sends the same message over the port that RFC 8314 prefers. Nothing crosses the network in cleartext.",
			Task:   "Find out which side sends first here, and which steps of the session on port 587 are missing.",
			Target: "submissions://mail.lab",
		},
		{
			Name: "relay", Title: "relay on port 25, from server to server",
			Story:  "The mail server of another organization delivers a message to Bob. It needs no account on this server: on port 25 a server accepts mail for its own users from any server.",
			Task:   "Deliver the message without logging in, and look for AUTH in the EHLO reply.",
			Target: "smtp://mx.lab",
		},
		{
			Name: "alternate", Title: "submission on port 2525",
			Story:  "Some networks block ports 587 and 465. Some providers also accept submission on port 2525, which is not registered for mail.",
			Task:   "Compare this session with the one on port 587, step by step.",
			Target: "submission://mail.lab:2525",
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
			Story:   "The mail client is set to port 465 and STARTTLS. It waits for a greeting, and the server waits for a ClientHello. After a moment the client sends a ClientHello on a second connection, and the answer shows that the port expects TLS.",
			Task:    "Find out which message each side waits for, and what the second connection proves.",
			Target:  "submission://mail.lab:465",
			Finding: "silence-on-implicit-port",
		},
		{
			Name: "wrong-port-tls", Title: "TLS on port 587",
			Story:   "The mail client is set to port 587 and SSL/TLS. The server answers the ClientHello with an SMTP greeting, which is not a TLS record.",
			Task:    "Explain why other programs report 'wrong version number' here.",
			Target:  "submissions://mail.lab:587",
			Finding: "implicit-tls-on-starttls-port",
		},
		{
			Name: "wrong-service", Title: "TLS to the port of another service",
			Story:   "Ann entered a port number from memory. A web server without TLS listens on port 2525 of this host, and it answers the ClientHello with an error page.",
			Task:    "Name the protocol of the answer, then choose the port for submission with TLS from the first byte.",
			Target:  "submissions://mail.lab:2525",
			Finding: "tls-plaintext",
			Knobs:   Knobs{Wire: []rule{{On: "ClientHello", Role: "alternate", Do: block, Text: httpAnswer}}},
		},
	}
}

func reachScenarios() []Scenario {
	return []Scenario{
		{
			Name: "refused", Title: "connection refused",
			Story:   "The host is up, but the service is not running: nothing listens on the port.",
			Task:    "Say which host answered the SYN, and with which TCP segment.",
			Finding: "refused", Knobs: Knobs{Reach: refused},
		},
		{
			Name: "filtered", Title: "a firewall drops the packets",
			Story:   "A firewall on the path drops the packets, as many access networks do for port 25.",
			Task:    "Say how this differs from a refused connection, and name the next test.",
			Target:  "smtp://mx.lab",
			Finding: "timeout", Knobs: Knobs{Reach: filtered},
		},
		{
			Name: "no-such-host", Title: "a host name that does not exist",
			Story:   "Ann entered the name of the server by hand.",
			Task:    "Find the step that fails, and the reason.",
			Target:  "submission://mial.lab",
			Finding: "name-not-found",
		},
	}
}
