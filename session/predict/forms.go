package predict

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/quiz"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// The ways to ask. Each has one form.
const (
	WayDigit   Way = "digit"   // the first digit of the reply
	WayCode    Way = "code"    // all of them
	WayAccept  Way = "accept"  // whether the server accepts it
	WayWire    Way = "wire"    // what can be read on the wire
	WaySecret  Way = "secret"  // what a line of a login gives away
	WayAddress Way = "address" // what a lookup leads to
	WaySYN     Way = "syn"     // what answers the first packet of TCP
	WayOffer   Way = "offer"   // whether EHLO offers what comes next
	WayList    Way = "list"    // what EHLO shows in TLS
	WayTrust   Way = "trust"   // what comes of the handshake
	WayHello   Way = "hello"   // what answers the ClientHello
	WayMessage Way = "message" // what follows the ServerHello
	WayReads   Way = "reads"   // whether the certificate can be read on the wire
)

// form is how one way asks.
type form struct {
	way    Way
	prompt func(s record.Snapshot, step walk.Option) string
	// choices are what there is to choose from, in the order of the keys; none where a code is to be typed.
	choices []quiz.Choice
	when    func(s record.Snapshot, step walk.Option) bool // what it takes; nil for nothing
	// key is the number of the choice, or the code, empty where what came does not decide it; why says why, and where that is written.
	key func(c came) string
	why func(c came) (string, []explain.Ref)
}

func (f *form) item(s record.Snapshot, step walk.Option) quiz.Item {
	it := quiz.Item{Name: "predict-" + string(f.way), Kind: quiz.Choose, Prompt: f.prompt(s, step), Choices: slices.Clone(f.choices)}
	if len(f.choices) == 0 {
		it.Kind, it.Table = quiz.Type, explain.KindReply
	}
	return it
}

// waysOf are those that fit a step, the one that teaches most about it first.
func waysOf(v record.Verb) []Way {
	switch v {
	case record.VerbResolve:
		return []Way{WayAddress}
	case record.VerbConnect:
		return []Way{WaySYN}
	case record.VerbProxy:
		return []Way{WayWire}
	case record.VerbGreeting:
		return []Way{WayDigit, WayWire, WayCode}
	case record.VerbEHLO:
		return []Way{WayList, WayOffer, WayDigit, WayAccept, WayWire}
	case record.VerbSTARTTLS:
		return []Way{WayCode, WayAccept, WayWire, WayDigit}
	case record.VerbHandshake:
		return []Way{WayTrust, WayReads, WayMessage, WayHello}
	case record.VerbAuth, record.VerbRespond:
		return []Way{WaySecret, WayDigit, WayCode}
	case record.VerbMail, record.VerbGroup, record.VerbContent, record.VerbBdat:
		return []Way{WayDigit, WayWire, WayAccept, WayCode}
	case record.VerbExperiment:
		return []Way{WayAccept, WayDigit, WayWire}
	case record.VerbRcpt, record.VerbData:
		return []Way{WayAccept, WayCode, WayDigit, WayWire}
	case record.VerbQuit:
		return []Way{WayCode, WayDigit}
	case record.VerbRaw, record.VerbCancel, record.VerbHELO, record.VerbRset, record.VerbNoop, record.VerbVrfy, record.VerbExpn, record.VerbHelp, record.VerbXCLIENT, record.VerbXFORWARD:
		return []Way{WayDigit, WayCode}
	}
	return nil
}

// forms has one for each way that asks before a step.
var forms = [...]form{
	{way: WayDigit, when: speaks, key: keyDigit, why: saidReply,
		prompt: func(_ record.Snapshot, step walk.Option) string {
			return "With which digit does " + replyTo(step) + " begin?"
		},
		choices: []quiz.Choice{ // the number is the digit
			{Text: "none: no valid reply comes", Why: "A reply came."},
			{Text: "2yz: done", Why: "A reply that begins with 2 says that the command was carried out."},
			{Text: "3yz: continue", Why: "A reply that begins with 3 says that the server waits for more, as after DATA and in AUTH."},
			{Text: "4yz: not now", Why: "A reply that begins with 4 is a temporary failure: the same may work later."},
			{Text: "5yz: no", Why: "A reply that begins with 5 is a permanent failure: the same command fails again."},
		}},
	{way: WayCode, when: speaks, key: keyCode, why: saidReply,
		prompt: func(_ record.Snapshot, step walk.Option) string {
			return "Which code does " + replyTo(step) + " have? Type three digits, or none if no valid reply comes."
		}},
	{way: WayAccept, when: speaks, key: keyAccept, why: saidReply,
		prompt: func(_ record.Snapshot, step walk.Option) string {
			return "Does the server accept " + named(step) + "?"
		},
		choices: []quiz.Choice{
			{Text: "yes", Why: "The reply does not begin with 2 or 3."},
			{Text: "no, the reply is a failure", Why: "The reply is not a failure."},
			{Text: "no valid reply comes", Why: "A reply came."},
		}},
	{way: WayWire, when: speaks, key: keyWire, why: saidWire,
		prompt: func(_ record.Snapshot, step walk.Option) string {
			return "What can someone on the path read of this step: " + named(step) + "?"
		},
		choices: []quiz.Choice{
			{Text: "all of it, as it is sent", Why: "The step was not in cleartext."},
			{Text: "only when data is sent, and how much", Why: "No TLS protected the step."},
			{Text: "nothing, because nothing is sent", Why: "Data was sent."},
		}},
	{way: WaySecret, key: keySecret, why: saidSecret,
		prompt: func(_ record.Snapshot, step walk.Option) string {
			return "What does the next line of the login give away to someone on the path?"
		},
		choices: []quiz.Choice{
			{Text: "the password or the token, which base64 does not hide", Why: "The line had no secret that can be read on the path."},
			{Text: "a proof from which the password can be guessed", Why: "No proof can be read on the path."},
			{Text: "no content, because TLS encrypts it", Why: "No TLS protected the line."},
			{Text: "no secret, though the line can be read", Why: "This is not what was sent."},
		}},
	{way: WayAddress, when: looksUp, key: keyAddress, why: saidAddress,
		prompt: func(s record.Snapshot, _ walk.Option) string {
			if s.Start.MX {
				return "Does the lookup of the domain " + s.Start.Target.Called() + " lead to a server?"
			}
			return "Does the lookup of " + s.Start.Target.Called() + " give an address?"
		},
		choices: []quiz.Choice{
			{Text: "yes", Why: "The lookup gave no address."},
			{Text: "no, there is no such name, or no address for it", Why: "The DNS did not say that."},
			{Text: "no, the lookup fails or gets no answer", Why: "The lookup got an answer."},
		}},
	{way: WaySYN, key: keySYN, why: saidSYN,
		prompt: func(s record.Snapshot, _ walk.Option) string {
			return fmt.Sprintf("The client sends SYN to port %d. What answers it?", s.Start.Target.Port)
		},
		choices: []quiz.Choice{
			{Text: "SYN-ACK: the port is open", Why: "The connection was not established."},
			{Text: "RST: the port is closed, or a firewall rejects it", Why: "No RST came."},
			{Text: "nothing, until the client gives up", Why: "An answer came."},
			{Text: "an error: no route, or a firewall rejects it", Why: "No error was reported."},
		}},
	{way: WayOffer, when: func(s record.Snapshot, _ walk.Option) bool { return s.Forgotten == nil }, key: keyOffer, why: saidOffer,
		prompt: func(s record.Snapshot, _ walk.Option) string {
			return "Does the reply to EHLO offer " + offered(s) + "?"
		},
		choices: []quiz.Choice{
			{Text: "yes", Why: "The list does not have it."},
			{Text: "no", Why: "The list has it."},
			{Text: "there is no list: EHLO is not accepted", Why: "A list came."},
		}},
	{way: WayList, when: func(s record.Snapshot, _ walk.Option) bool { return s.Forgotten != nil }, key: keyList, why: saidList,
		prompt: func(record.Snapshot, walk.Option) string {
			return "What will EHLO show inside TLS, compared with the list before?"
		},
		choices: []quiz.Choice{
			{Text: "STARTTLS is gone, and AUTH is new", Why: "The two lists do not differ in this way."},
			{Text: "STARTTLS is gone, and AUTH is not new", Why: "The two lists do not differ in this way."},
			{Text: "STARTTLS is still there", Why: "The list inside TLS does not have STARTTLS."},
			{Text: "there is no list: EHLO is not accepted", Why: "A list came."},
		}},
	{way: WayTrust, when: observed, key: keyTrust, why: saidTrust,
		prompt: func(record.Snapshot, walk.Option) string { return "What comes of the TLS handshake?" },
		choices: []quiz.Choice{
			{Text: "TLS, and the certificate passes verification", Why: "This is not what happened."},
			{Text: "TLS, but the certificate fails verification", Why: "This is not what happened."},
			{Text: "no TLS: the handshake fails", Why: "The handshake did not fail."},
		}},
	{way: WayHello, when: observed, key: keyHello, why: saidMessages,
		prompt: func(record.Snapshot, walk.Option) string { return "What answers the ClientHello?" },
		choices: []quiz.Choice{
			{Text: "ServerHello", Why: "No ServerHello came next."},
			{Text: "HelloRetryRequest", Why: "The server did not ask for another ClientHello."},
			{Text: "an alert", Why: "No alert came next."},
			{Text: "nothing that is TLS", Why: "A TLS message arrived."},
		}},
	{way: WayMessage, when: observed, key: keyMessage, why: saidMessages,
		prompt: func(record.Snapshot, walk.Option) string {
			return "Which message of the handshake does the server send after its ServerHello?"
		},
		choices: []quiz.Choice{
			{Text: "Certificate, as in TLS 1.2", Why: "This is not what followed."},
			{Text: "EncryptedExtensions, as in TLS 1.3", Why: "This is not what followed."},
			{Text: "another one", Why: "What followed is in the list."},
			{Text: "none: no ServerHello arrives, or nothing follows", Why: "A message followed."},
		}},
	{way: WayReads, when: observed, key: keyReads, why: saidMessages,
		prompt: func(record.Snapshot, walk.Option) string {
			return "Can someone on the path read the server's certificate during the handshake?"
		},
		choices: []quiz.Choice{
			{Text: "yes, it is sent in cleartext", Why: "The certificate was not sent in cleartext."},
			{Text: "no, it is sent encrypted", Why: "The certificate was not sent encrypted."},
			{Text: "no certificate is sent", Why: "A certificate was sent."},
		}},
}

// speaks holds where a reply may come.
func speaks(s record.Snapshot, _ walk.Option) bool { return s.State.Connected() }

// looksUp holds where the target is a name.
func looksUp(s record.Snapshot, _ walk.Option) bool {
	if s.Start == nil {
		return false
	}
	_, err := netip.ParseAddr(strings.Trim(s.Start.Target.Host, "[]"))
	return err != nil
}

// observed holds where the handshake was seen from the inside: another program's record may lack what could not be decrypted.
func observed(s record.Snapshot, _ walk.Option) bool { return s.Start != nil && !s.Start.Imported }

// named is a step as it stands in a question: the command, and not what it carries.
func named(step walk.Option) string {
	switch v := step.Step.Verb; v {
	case record.VerbGreeting:
		return "the greeting"
	case record.VerbContent:
		return "the message"
	case record.VerbRespond:
		return "the next line of the login"
	case record.VerbAuth:
		return "AUTH"
	case record.VerbRaw:
		return "this line"
	}
	if line := wire.VisibleString(step.Show); line != "" && !strings.Contains(line, sasl.Mask) && len(line) <= longest {
		return line
	}
	return strings.ToUpper(string(step.Step.Verb))
}

// longest is how long a line may be to stand in a question, in bytes.
const longest = 60

func replyTo(step walk.Option) string {
	if step.Step.Verb == record.VerbGreeting {
		return "the greeting"
	}
	return "the reply to " + named(step)
}

// offered is what the walk needs of an EHLO reply next: TLS, or a login.
func offered(s record.Snapshot) string {
	if s.State.Security.Encrypted() {
		return "AUTH"
	}
	return "STARTTLS"
}

// formOf is how a way asks.
func formOf(way Way) *form {
	return &forms[slices.IndexFunc(forms[:], func(f form) bool { return f.way == way })]
}
