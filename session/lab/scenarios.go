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
			Story: "Ann sends a message to Bob. Her mail program speaks to the submission port, starts TLS on it and logs in.",
			Task:  "Walk from the name to QUIT and say what each side knows after each step.",
			Hint:  "compare the two EHLO replies: what is new behind TLS, and what has gone?",
		},
		{
			Name: "submissions", Title: "submission on port 465, TLS from the first byte",
			Story:  "The same message by the port that RFC 8314 prefers. Nobody sends a word in clear text.",
			Task:   "Find out who speaks first here, and which step of the walk on 587 is missing.",
			Hint:   "the server's greeting comes after the handshake",
			Target: "submissions://mail.lab",
		},
		{
			Name: "relay", Title: "relay on port 25, from server to server",
			Story:  "A stranger's mail server delivers to Bob. It has no account here and needs none: port 25 takes mail for its own users from anybody.",
			Task:   "Deliver without logging in, and look for AUTH in the EHLO reply.",
			Hint:   "TLS on port 25 is opportunistic: used if it works",
			Target: "smtp://mx.lab",
		},
		{
			Name: "alternate", Title: "submission on port 2525",
			Story:  "Some networks let neither 587 nor 465 out. Providers answer on 2525 too, by agreement only: the registry has the number for something else.",
			Task:   "Compare the walk with the one on port 587, step by step.",
			Hint:   "only the number differs",
			Target: "submission://mail.lab:2525",
		},
		{
			Name: "relay-denied", Title: "a relay that refuses to relay",
			Story:  "Somebody tries to send to a third party through a server that is not theirs. An open relay would take it.",
			Task:   "Find the command that is refused, and what would have to differ for it to be taken.",
			Hint:   "the server judges each recipient at RCPT",
			Target: "smtp://mx.lab",
			To:     "someone@example.net",
			Reply:  "554 5.7.1",
		},
		{
			Name: "wrong-port", Title: "clear text spoken to port 465",
			Story:   "The mail program is set to port 465 and to STARTTLS. It waits for a greeting, and the server waits too. After a moment ehlo opens a second connection and sends a ClientHello there: the answer to it is the proof.",
			Task:    "Find out what each side is waiting for, and what the second connection proves.",
			Hint:    "on 465 the client speaks first, and what it says is a TLS ClientHello",
			Target:  "submission://mail.lab:465",
			Finding: "silence-on-implicit-port",
		},
		{
			Name: "wrong-port-tls", Title: "TLS spoken to port 587",
			Story:   "The mail program is set to port 587 and to SSL/TLS. The server answers with a greeting, which is no TLS record.",
			Task:    "Explain the words 'wrong version number' that other programs print here.",
			Hint:    "read the first five bytes of the greeting as a TLS record header",
			Target:  "submissions://mail.lab:587",
			Finding: "implicit-tls-on-starttls-port",
		},
		{
			Name: "wrong-service", Title: "TLS spoken to the port of another program",
			Story:   "Ann typed a port number from memory. On port 2525 of this machine a web server without TLS waits for its clients, and it answers a ClientHello with an error page.",
			Task:    "Name the protocol of the answer, then choose the port that takes submission with TLS from the first byte.",
			Hint:    "the registered port for submission over TLS is 465 (RFC 8314)",
			Target:  "submissions://mail.lab:2525",
			Finding: "tls-plaintext",
			Knobs:   Knobs{Wire: []Rule{{On: "ClientHello", Role: "alternate", Do: Block, Text: httpAnswer}}},
		},
	}
}

func reachScenarios() []Scenario {
	return []Scenario{
		{
			Name: "refused", Title: "connection refused",
			Story:   "The machine is there, the service is not: nothing listens on the port.",
			Task:    "Say which side answered, and with which TCP segment.",
			Hint:    "a refusal comes at once; a filter says nothing",
			Finding: "refused", Knobs: Knobs{Reach: Refused},
		},
		{
			Name: "filtered", Title: "no answer at all",
			Story:   "A firewall on the way drops the packets, as many access networks do with port 25.",
			Task:    "Say how this differs from a refusal, and name the next thing to try.",
			Hint:    "try another port, then another network",
			Target:  "smtp://mx.lab",
			Finding: "timeout", Knobs: Knobs{Reach: Filtered},
		},
		{
			Name: "no-such-host", Title: "a name that does not exist",
			Story:   "The server's name was typed by hand.",
			Task:    "Find the step that fails, and the reason.",
			Hint:    "read the name aloud, letter by letter",
			Target:  "submission://mial.lab",
			Finding: "name-not-found",
		},
	}
}
