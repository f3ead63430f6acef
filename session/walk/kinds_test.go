package walk

import (
	"slices"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/wire"
)

// Every kind of step that can be taken is explained when it has been sent, cites its source, and is predicted before; the parameters that it
// can have are explained by name.
func TestEveryKindIsExplainedAndPredicted(t *testing.T) {
	for name, test := range map[string]struct {
		verb record.Verb
		send record.Send
		says []string // in the explanation, in any case
	}{
		"PRDR":          {record.VerbMail, line("MAIL FROM:<a@b.c> PRDR"), []string{"PRDR", "each recipient"}},
		"DSN, sender":   {record.VerbMail, line("MAIL FROM:<a@b.c> RET=HDRS ENVID=x"), []string{"RET", "ENVID"}},
		"DSN":           {record.VerbRcpt, line("RCPT TO:<a@b.c> NOTIFY=SUCCESS ORCPT=rfc822;a@b.c"), []string{"NOTIFY", "ORCPT"}},
		"REQUIRETLS":    {record.VerbMail, line("MAIL FROM:<a@b.c> REQUIRETLS"), []string{"REQUIRETLS"}},
		"BY":            {record.VerbMail, line("MAIL FROM:<a@b.c> BY=120;N"), []string{"BY"}},
		"hold":          {record.VerbMail, line("MAIL FROM:<a@b.c> HOLDFOR=60"), []string{"HOLDFOR"}},
		"priority":      {record.VerbMail, line("MAIL FROM:<a@b.c> MT-PRIORITY=3"), []string{"MT-PRIORITY"}},
		"SIZE":          {record.VerbMail, line("MAIL FROM:<a@b.c> SIZE=9"), []string{"SIZE"}},
		"8BITMIME":      {record.VerbMail, line("MAIL FROM:<a@b.c> BODY=8BITMIME"), []string{"BODY"}},
		"BINARYMIME":    {record.VerbMail, line("MAIL FROM:<a@b.c> BODY=BINARYMIME"), []string{"BODY"}},
		"SMTPUTF8":      {record.VerbMail, line("MAIL FROM:<ü@b.c> SMTPUTF8"), []string{"SMTPUTF8"}},
		"null sender":   {record.VerbMail, line("MAIL FROM:<>"), []string{"bounce"}},
		"LMTP":          {record.VerbEHLO, line("LHLO c.example"), []string{"LMTP"}},
		"HELO":          {record.VerbHELO, line("HELO c.example"), []string{"extension"}},
		"XCLIENT":       {record.VerbXCLIENT, line("XCLIENT NAME=c.example ADDR=192.0.2.7"), []string{"XCLIENT"}},
		"XFORWARD":      {record.VerbXFORWARD, line("XFORWARD ADDR=192.0.2.7"), []string{"XFORWARD", "log"}},
		"PROXY":         {record.VerbProxy, line("PROXY TCP4 192.0.2.7 192.0.2.25 4000 25"), []string{"192.0.2.7", "version 1"}},
		"BDAT":          {record.VerbBdat, record.Send{Raw: wire.Raw("BDAT 2 LAST\r\nab"), Content: true, Size: 2}, []string{"BDAT", "chunk"}},
		"group":         {record.VerbGroup, record.Send{Raw: wire.Raw("MAIL FROM:<a>\r\nRCPT TO:<b>\r\n"), Group: 2}, []string{"group", "order"}},
		"STARTTLS":      {record.VerbSTARTTLS, line("STARTTLS"), []string{"TLS"}},
		"an experiment": {record.VerbExperiment, record.Send{Raw: wire.Raw("EHLO x\r\n"), Experiment: "early-talker"}, []string{"before the greeting", "right server"}},
	} {
		st := record.State{Stage: record.StageReady, ESMTP: true, Transaction: record.TransactionNone}
		s := snapshotOf(st, listed("PIPELINING", "CHUNKING", "STARTTLS", "XCLIENT NAME ADDR", "XFORWARD NAME ADDR", "PRDR"))
		e := &record.Event{Kind: record.KindSend, Step: test.verb, Send: &test.send}
		Took(&s, e)
		if e.Explain == nil || e.Explain.Short == "" || e.Explain.Text == "" || len(e.Explain.Refs) == 0 {
			t.Errorf("%s is not explained: %+v", name, e.Explain)
			continue
		}
		for _, word := range test.says {
			if !strings.Contains(strings.ToLower(e.Explain.Text), strings.ToLower(word)) {
				t.Errorf("%s: the explanation does not say %q: %s", name, word, e.Explain.Text)
			}
		}
	}
}

func line(text string) record.Send { return record.Send{Raw: wire.Raw(text + "\r\n")} }

// Every verb of the table is offered somewhere with a reason, and where a reply belongs to it, with a prediction.
func TestEveryVerbIsOfferedWithAReason(t *testing.T) {
	silent := []record.Verb{record.VerbResolve, record.VerbConnect, record.VerbProxy, record.VerbHandshake, record.VerbRaw, record.VerbCancel, record.VerbRespond}
	g := Goal{From: "ann@lab.test", To: []string{"bob@lab.test"}, XCLIENT: []string{"NAME=a"}, XFORWARD: []string{"NAME=a"}, Proxy: &record.ProxyHeader{Version: 1, Unknown: true}}
	seen := map[record.Verb]bool{}
	look := func(s record.Snapshot, g Goal) {
		for _, o := range Options(s, g) {
			v := o.Step.Verb
			seen[v] = true
			if o.Why == "" {
				t.Errorf("%s has no reason", v)
			}
			if o.Legal && !slices.Contains(silent, v) && (o.Predicted.Reply == "" || o.Predicted.Why == "") {
				t.Errorf("%s has no prediction: %+v", v, o.Predicted)
			}
		}
	}
	for _, sit := range situations() {
		look(snapshotOf(sit.s, sit.caps), Goal{})
	}
	for _, stage := range []record.Stage{record.StageIdle, record.StageConnected, record.StageReady} {
		st := record.NewState()
		st.Stage, st.ESMTP = stage, true
		s := snapshotOf(st, listed("PIPELINING", "XCLIENT NAME", "XFORWARD NAME"))
		look(s, g)
		broken := g
		broken.Proxy, broken.Experiment = nil, map[record.Stage]string{record.StageConnected: "early-talker", record.StageReady: "bare-lf"}[stage]
		look(s, broken)
		look(s, Goal{From: g.From, To: g.To})
	}
	exchange := record.State{Stage: record.StageReady, ESMTP: true, Auth: record.AuthExchange, Mechanism: "PLAIN", Pending: &record.Pending{Line: "x"}}
	look(snapshotOf(exchange, listed("AUTH PLAIN")), Goal{})
	for _, row := range verbs() {
		if !seen[row.verb] {
			t.Errorf("%s is offered nowhere", row.verb)
		}
	}
}
