package walk

import (
	"hash/crc32"
	"math/rand/v2"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/wire"
)

// farthest is how many steps the longest of the walks below may have: three attempts at TLS, a login in rounds, three recipients, the message.
const farthest = 45

// No walk by Enter is endless: whatever is answered to each step that a good client takes, the steps come to an end.
func TestNoWalkIsEndless(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 7))
		s, g := setOut(r)
		var took []string
		for !Over(s, g) {
			st := Next(s, g)
			if took = append(took, string(st.Verb)); len(took) > farthest {
				t.Fatalf("walk %d of %+v goes on:\n%s", seed, s.Start.Plan, strings.Join(took, " "))
			}
			if seed%2 == 0 { // a server that does not change its mind
				r = rand.New(rand.NewPCG(seed, uint64(crc32.ChecksumIEEE([]byte(st.Verb)))))
			}
			s = met(r, s, st)
		}
	}
}

// setOut is the beginning of some session.
func setOut(r *rand.Rand) (record.Snapshot, Goal) {
	g := Goal{EHLOName: "a.example", From: "a@a.example", To: []string{"b@b.example", "c@b.example", "d@b.example"}[:1+r.IntN(3)], Chunking: r.IntN(5) == 0, HELO: r.IntN(9) == 0}
	if r.IntN(3) == 0 {
		g.Credentials.Username, g.Mechanism, g.Insist = "ann", some(r, "PLAIN", "LOGIN", "CRAM-MD5"), r.IntN(2) == 0
	}
	p := g.Plan()
	p.Target = record.Target{Host: "mail.example", Port: some(r, 25, 465, 587)}.Speaking(r.IntN(9) == 0)
	p.Policy = record.Policy{Start: some(r, record.StartSTARTTLS, record.StartImplicit, record.StartNever), Must: some(r, record.MustRequire, record.MustOpportunistic, record.MustIfOffered)}
	return came(record.Snapshot{State: record.NewState()}, record.Event{Kind: record.KindStart, Start: &record.Start{Plan: p}}), g
}

// odd are replies that a server may give to anything, in the right place or not.
var odd = []string{"250 ok", "250-mail.example\r\n250-STARTTLS\r\n250-CHUNKING\r\n250 AUTH PLAIN LOGIN CRAM-MD5", "220 ready", "221 bye", "235 ok", "251 ok", "334 ", "334 VXNlcm5hbWU6", "353 each", "354 go ahead",
	"421 4.3.2 later", "432 4.7.12 transition", "450 4.7.1 later", "454 4.7.0 no", "500 5.5.1 what", "501 5.5.4 no", "502 5.5.1 no", "503 5.5.1 order", "530 5.7.0 first", "535 5.7.8 no", "550 5.7.1 no", "554 5.7.1 no", "199 x", "600 x"}

// fitting are the replies that each step hopes for.
var fitting = map[record.Verb]string{record.VerbGreeting: "220 mail.example", record.VerbSTARTTLS: "220 ready", record.VerbAuth: "235 ok", record.VerbRespond: "235 ok", record.VerbData: "354 go ahead",
	record.VerbEHLO: odd[1], record.VerbQuit: "221 bye", record.VerbCancel: "501 canceled"}

// met is a session after a step, with the answer that mostly fits and else is any.
func met(r *rand.Rand, s record.Snapshot, st record.Step) record.Snapshot {
	fails := r.IntN(6) == 0
	switch st.Verb {
	case record.VerbResolve:
		e := record.Resolve{Host: "mail.example", Network: "ip", Addresses: []string{"192.0.2.1", "2001:db8::1"}}
		if fails {
			e = record.Resolve{Host: "mail.example", Network: "ip", Trouble: some(r, record.TroubleNotFound, record.TroubleTimeout)}
		}
		return came(s, record.Event{Kind: record.KindResolve, Step: st.Verb, Resolve: &e})
	case record.VerbConnect:
		e := record.Connect{Remote: "192.0.2.1:25", Local: "192.0.2.9:4000"}
		if fails {
			e.Trouble = some(r, record.TroubleRefused, record.TroubleTimeout)
		}
		return came(s, record.Event{Kind: record.KindConnect, Step: st.Verb, Connect: &e})
	case record.VerbHandshake:
		e := record.TLS{Verified: r.IntN(2) == 0, Version: "TLS 1.3"}
		if fails {
			e = record.TLS{Error: "x", Trouble: some(r, record.TroubleReset, record.TroubleTimeout)}
		}
		return came(s, record.Event{Kind: record.KindTLS, Step: st.Verb, TLS: &e})
	}
	return replied(r, s, st, fails)
}

func replied(r *rand.Rand, s record.Snapshot, st record.Step, fails bool) record.Snapshot {
	if st.Verb != record.VerbGreeting {
		s = came(s, record.Event{Kind: record.KindSend, Step: st.Verb, Send: &record.Send{Raw: wire.Raw(st.Line + "\r\n"), Content: SendsContent(st.Verb)}})
	}
	text := fitting[st.Verb]
	if text == "" {
		text = odd[0]
	}
	if fails {
		text = odd[r.IntN(len(odd))]
	}
	e := record.Reply{}
	if fails && r.IntN(5) == 0 {
		e.Trouble = some(r, record.TroubleTimeout, record.TroubleClosed, record.TroubleReset, record.TroubleGaveUp)
	} else {
		var err error
		if e.Reply, err = wire.NewReader(strings.NewReader(text+"\r\n"), wire.Limits{}).ReadReply(); err != nil {
			e.Trouble, e.Error = record.TroubleOf(err), err.Error()
		}
	}
	return came(s, record.Event{Kind: record.KindReply, Step: st.Verb, Reply: &e})
}

// came is a session after what was observed and what follows from it.
func came(s record.Snapshot, e record.Event) record.Snapshot {
	follows := Took(&s, &e)
	s = s.Next(&e)
	for i := range follows {
		s = s.Next(&follows[i])
	}
	return s
}
