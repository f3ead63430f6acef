package predict

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"ehlo/session/lab"
	"ehlo/session/quiz"
	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/session/wire"
	"ehlo/transcripts/labtest"
	"ehlo/transcripts/places"
)

// In every scenario each step is asked about in each way that fits it, and the key is what came.
func TestKeysAreWhatCame(t *testing.T) {
	for _, sc := range lab.Scenarios() {
		if slices.Contains([]string{"slow"}, sc.Name) { // each reply takes seconds
			continue
		}
		t.Run(sc.Name, func(t *testing.T) {
			t.Parallel()
			log := labtest.Run(t, sc)
			eachStep(log, func(s record.Snapshot, o walk.Option, events []*record.Event) {
				for _, way := range waysOf(o.Step.Verb) {
					check(t, formOf(way), s, o, events)
				}
				if it := Mends(s, events); it != nil {
					complete(t, it)
				}
			})
		})
	}
}

// eachStep goes through a session as a replay does.
func eachStep(log *record.Log, do func(s record.Snapshot, o walk.Option, events []*record.Event)) {
	moments := record.NewTimeline(log)
	moments.Extend()
	at := 0
	for at < log.Len() && log.At(at).Step == "" { // what opens the log
		at++
	}
	for at < log.Len() {
		end := places.StepEnd(log, at)
		s := moments.At(at)
		d := places.Next(log, at)
		if s.Start != nil && d.First != nil && d.First.Step != "" {
			goal := walk.GoalOf(s.Start.Plan)
			var events []*record.Event
			for i := at; i < end; i++ {
				events = append(events, log.At(i))
			}
			do(s, d.Option(walk.Options(s, goal)), events)
		}
		at = end
	}
}

func check(t *testing.T, f *form, s record.Snapshot, o walk.Option, events []*record.Event) {
	t.Helper()
	if f.when != nil && !f.when(s, o) {
		return
	}
	q := &Question{Way: f.way, Item: f.item(s, o), form: f, before: s, step: o}
	it, ok := q.Answered(events)
	if !ok {
		t.Errorf("%s %s: no key", o.Step.Verb, f.way)
		return
	}
	complete(t, it)
	if want := seen(f.way, s, events); want != "" && !strings.HasPrefix(it.Key()[0], want) {
		t.Errorf("%s %s: the key is %q, and what came %q", o.Step.Verb, f.way, it.Key()[0], want)
	}
}

// complete checks that a question is one, and that its key is right by its own judgment.
func complete(t *testing.T, it *quiz.Item) {
	t.Helper()
	if !Result(it, it.Key()[0]).Right || it.Why == "" || len(it.Source) == 0 || !strings.HasSuffix(it.Prompt, "?") && it.Kind != quiz.Type {
		t.Errorf("%+v", it)
	}
	for i, c := range it.Choices {
		if res := Result(it, strconv.Itoa(i+1)); res.Right != (strconv.Itoa(i+1) == it.Answer) || !res.Right && res.Why == "" {
			t.Errorf("%s: %q: %+v", it.Name, c.Text, res)
		}
	}
}

// seen is what the words of the key begin with, read from the events in another way than the package does; empty where this test does not.
func seen(way Way, s record.Snapshot, events []*record.Event) string {
	var codes, beside, messages []string // beside are replies that came although it was not the server's turn
	tls, list := "", ""
	for _, e := range events {
		switch {
		case e.Kind == record.KindReply && e.Reply.Code >= 200 && e.Reply.Code < 600:
			if code := strconv.Itoa(e.Reply.Code); e.Reply.Unasked {
				beside = append(beside, code)
			} else {
				codes = append(codes, code)
			}
		case e.Kind == record.KindTLS && e.TLS.Error != "":
			tls = "no TLS"
		case e.Kind == record.KindTLS:
			tls = map[bool]string{true: "TLS, and", false: "TLS, but"}[e.TLS.Verified]
		case e.Kind == record.KindCapabilities:
			list = string(events[0].Step)
			for _, k := range e.Capabilities.Keywords {
				list += " " + k.Keyword
			}
		case e.Kind == record.KindTLSMessage && e.TLSMessage.Dir == "S":
			messages = append(messages, e.TLSMessage.Name)
		}
	}
	codes = append(codes, beside...)
	switch way {
	case WayCode:
		return first(codes, none)
	case WayDigit:
		return first(codes, none)[:1]
	case WayAccept:
		return map[byte]string{'2': "yes", '3': "yes", '4': "no, the", '5': "no, the", 'n': "no valid"}[first(codes, none)[0]]
	case WayTrust:
		return tls
	case WayHello:
		return map[string]string{"ServerHello": "ServerHello", "HelloRetryRequest": "HelloRetryRequest", "Alert": "an alert", "": "nothing"}[first(messages, "")]
	case WayList:
		if list != "" && !strings.Contains(list, " STARTTLS") {
			return "STARTTLS is gone"
		}
	case WayOffer:
		if list != "" && s.State.Security == record.SecurityPlain {
			return map[bool]string{true: "yes", false: "no"}[strings.Contains(list, " STARTTLS")]
		}
	}
	return ""
}

func first(list []string, none string) string {
	if len(list) == 0 {
		return none
	}
	return list[0]
}

// Never is the same asked twice in a row, and over a session all ways come.
func TestNeverTwiceTheSameWay(t *testing.T) {
	var asked []Way
	used := map[Way]bool{}
	for _, name := range []string{"submission", "relay", "submissions"} {
		sc, err := lab.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		eachStep(labtest.Run(t, sc), func(s record.Snapshot, o walk.Option, _ []*record.Event) {
			q := Ask(s, o, asked)
			if q == nil {
				return
			}
			if n := len(asked); n > 0 && asked[n-1] == q.Way {
				t.Errorf("%s is asked twice, before %s", q.Way, o.Step.Verb)
			}
			asked, used[q.Way] = append(asked, q.Way), true
		})
	}
	for _, way := range []Way{WayDigit, WayCode, WayAccept, WayWire, WaySecret, WayAddress, WaySYN, WayOffer, WayList, WayTrust, WayReads} {
		if !used[way] {
			t.Errorf("%s is never asked: %v", way, asked)
		}
	}
}

// Before a change of plan, the end, or a step with an address in place of a name, nothing is asked.
func TestNothingToAsk(t *testing.T) {
	start := &record.Start{Plan: record.Plan{Target: record.Target{Host: "192.0.2.1", Port: 587}}}
	s := record.Snapshot{}.Next(&record.Event{Kind: record.KindStart, Start: start})
	for _, v := range []record.Verb{record.VerbResolve, "", record.VerbMail} { // without a connection no reply can come
		if q := Ask(s, walk.Option{Step: record.Step{Verb: v}}, nil); q != nil {
			t.Errorf("%q: %s", v, q.Item.Prompt)
		}
	}
}

// What is typed is an answer, or is told what one looks like.
func TestUnderstands(t *testing.T) {
	code := &Question{Way: WayCode, Item: quiz.Item{Kind: quiz.Type}}
	digit := &Question{Way: WayDigit, Item: formOf(WayDigit).item(record.Snapshot{}, walk.Option{})}
	for answer, of := range map[string]*Question{"250": code, " None ": code, "2": digit, "5yz: no": digit} {
		if ok, wanted := of.Understands(answer); !ok {
			t.Errorf("%q: %s", answer, wanted)
		}
	}
	for answer, of := range map[string]*Question{"25": code, "abc": code, "": code, "6": digit, " ": digit, "x": digit} {
		if ok, wanted := of.Understands(answer); ok || wanted == "" {
			t.Errorf("%q is understood", answer)
		}
	}
	it := &quiz.Item{Kind: quiz.Type, Answer: "250", Table: "reply"}
	if res := Result(it, "none"); !res.Understood || res.Right {
		t.Errorf("%+v", res)
	}
	if res := Result(it, "535"); res.Right || !strings.Contains(res.Why, "535") {
		t.Errorf("%+v", res)
	}
}

// A reply is quoted as it came, with its enhanced code, and cut where it is long.
func TestQuoted(t *testing.T) {
	ok := wire.Enhanced{Class: 2, Subject: 1, Detail: 5}
	for _, c := range []struct {
		reply wire.Reply
		want  string
	}{
		{wire.Reply{Code: 250, Lines: []wire.Line{{Text: "recipient ok", Enhanced: ok}}}, "“250 2.1.5 recipient ok”"},
		{wire.Reply{Code: 250, Lines: []wire.Line{{Enhanced: ok}}}, "“250 2.1.5”"},
		{wire.Reply{Code: 250, Lines: []wire.Line{{Text: "one"}, {Text: "two"}}}, "“250 one”"},
		{wire.Reply{Code: 354, Lines: []wire.Line{{}}}, "“354”"},
		{wire.Reply{Code: 220, Lines: []wire.Line{{Text: strings.Repeat("x", 200)}}}, "“220 " + strings.Repeat("x", 96) + "…”"},
	} {
		if got := quoted(&c.reply); got != c.want {
			t.Errorf("it is quoted as %s, want %s", got, c.want)
		}
	}
}

// Every kind of step can be asked about before it is taken.
func TestEveryVerbCanBeAskedAbout(t *testing.T) {
	for _, v := range []record.Verb{record.VerbResolve, record.VerbConnect, record.VerbProxy, record.VerbGreeting, record.VerbEHLO, record.VerbHELO, record.VerbSTARTTLS, record.VerbHandshake,
		record.VerbXCLIENT, record.VerbXFORWARD, record.VerbAuth, record.VerbRespond, record.VerbCancel, record.VerbMail, record.VerbRcpt, record.VerbData, record.VerbContent, record.VerbBdat,
		record.VerbGroup, record.VerbExperiment, record.VerbRset, record.VerbNoop, record.VerbVrfy, record.VerbExpn, record.VerbHelp, record.VerbQuit, record.VerbRaw} {
		if len(waysOf(v)) == 0 {
			t.Errorf("%s is not asked about", v)
		}
	}
}
