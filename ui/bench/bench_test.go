package bench

import (
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
)

// paper is a field without a screen.
type paper struct{ text string }

func (p *paper) Value() string     { return p.text }
func (p *paper) SetValue(s string) { p.text = s }

// told is a log that begins with a connection.
func told(events ...record.Event) *record.Log {
	log := &record.Log{}
	log.Append(record.Event{Kind: record.KindConnect, Connect: &record.Connect{}})
	for _, e := range events {
		log.Append(e)
	}
	return log
}

func auth() record.Event {
	return record.Event{Kind: record.KindSend, Step: record.VerbAuth, Send: &record.Send{}}
}

// asks are the events of a challenge.
func asks(mechanism, challenge, mask string) []record.Event {
	line := "334 " + sasl.EncodeBase64([]byte(challenge))
	r, _ := wire.NewReader(strings.NewReader(line+"\r\n"), wire.Limits{}).ReadReply()
	opened, _ := sasl.OpenChallenge(mechanism, []byte(strings.TrimPrefix(line, "334 ")))
	return []record.Event{{Kind: record.KindReply, Reply: &record.Reply{Reply: r, Masked: mask}},
		{Kind: record.KindAuth, Auth: &record.Auth{Mechanism: mechanism, From: "S", Values: opened.Values}}}
}

// at is the end of a log, inside an exchange or before it.
func at(log *record.Log, mechanism string) Place {
	p := Place{Events: log, Len: log.Len(), Account: "ann"}
	if mechanism != "" {
		p.Snap.State.Auth, p.Snap.State.Mechanism = record.AuthExchange, mechanism
	}
	return p
}

var scramNext = record.Step{Verb: record.VerbAuth, Mechanism: "SCRAM-SHA-256"}

func newScram() *Bench {
	return New("SCRAM-SHA-256", func(sasl.Input) Field { return &paper{} })
}

// The tools go on through the rounds of an exchange; the next exchange finds what was typed, and nothing else.
func TestBenchForgetsBetweenExchanges(t *testing.T) {
	b := newScram()
	if due, again := b.Begin(at(told(), ""), scramNext); b.Tools[due].Name != "client-first-message" || again || !b.Initial() {
		t.Errorf("first comes %s, again %v", b.Tools[due].Name, again)
	}
	if st := b.Step("bixu"); st.Line != "AUTH SCRAM-SHA-256 bixu" || !st.Edited {
		t.Errorf("%+v", st)
	}
	log := told(append([]record.Event{auth()}, asks("SCRAM-SHA-256", "r=abc,s=QSXCR+Q6sek8bf92,i=4096", "")...)...)
	due, _ := b.Begin(at(log, "SCRAM-SHA-256"), record.Step{})
	salted := b.Tools[due]
	b.Fill(salted)
	password, salt, rounds := salted.Inputs[0], salted.Inputs[1], salted.Inputs[2]
	if !password.Empty() || salt.Field.Value() != "QSXCR+Q6sek8bf92" || rounds.Field.Value() != "4096" || !salt.PutIn() {
		t.Errorf("filled with %q, %q", salt.Field.Value(), rounds.Field.Value())
	}
	if _, ok := salted.Octets(); ok || salted.Wrong != "waits for password" {
		t.Errorf("wrong: %q", salted.Wrong)
	}
	password.Field.SetValue("pencil")
	in, ok := salted.Octets()
	salted.Clear()
	salted.Keep(salted.Make(in))
	if k := b.Known(); !ok || !salted.Done() || k[0].Name != "SaltedPassword" || !k[0].Hidden {
		t.Errorf("done %v, known %v", salted.Done(), k[0].Name)
	}
	if _, again := b.Begin(at(log, "SCRAM-SHA-256"), record.Step{}); !again || !salted.Done() {
		t.Error("the same challenge finds another bench")
	}
	log.Append(auth())
	for _, e := range asks("SCRAM-SHA-256", "r=xyz,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=5000", "") {
		log.Append(e)
	}
	if _, again := b.Begin(at(log, "SCRAM-SHA-256"), record.Step{}); again || salted.Done() || !salt.Empty() || password.Empty() {
		t.Errorf("again %v; salt %q", again, salt.Field.Value())
	}
}

// A value goes in as the input wants it; what is typed over it is the person's again.
func TestPut(t *testing.T) {
	k := Known{Name: "salt", Data: []byte{0xff, 0}, Form: sasl.FormHex}
	for form, want := range map[sasl.Form]string{sasl.FormText: "ff00", sasl.FormHex: "ff00", sasl.FormBase64: "/wA="} {
		in := &Input{Input: sasl.Input{Name: "x", From: "salt"}, Field: &paper{}, Form: form}
		in.Put(k)
		data, err := in.Octets()
		if in.Field.Value() != want || err != nil || string(data) != string(k.Data) || !in.PutIn() || in.Fit([]Known{{}, k}) != 1 {
			t.Errorf("%v: %q, %v", form, in.Field.Value(), err)
		}
		if in.Field.SetValue("00"); in.PutIn() || !in.own() {
			t.Errorf("%v: it is not the person's", form)
		}
	}
}

// A challenge that is masked shows nothing, and still says which tool is due.
func TestMaskedChallenge(t *testing.T) {
	b := newScram()
	log := told(append([]record.Event{auth()}, asks("SCRAM-SHA-256", "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=", sasl.HidesProof)...)...)
	due, _ := b.Begin(at(log, "SCRAM-SHA-256"), record.Step{})
	if b.Tools[due].Name != "ServerKey" || b.Challenge.Bytes() != nil {
		t.Errorf("due is %s", b.Tools[due].Name)
	}
	for _, k := range b.Known() {
		if strings.HasPrefix(string(k.Data), "rmF9") || k.Name == "challenge" {
			t.Errorf("%s is offered", k.Name)
		}
	}
}
