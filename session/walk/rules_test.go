package walk

import (
	"cmp"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
)

// listed makes a list of capabilities.
func listed(lines ...string) *record.Capabilities {
	text := "250-mail.lab\r\n"
	for i, l := range lines {
		text += "250" + map[bool]string{true: " ", false: "-"}[i == len(lines)-1] + l + "\r\n"
	}
	reply, err := wire.NewReader(strings.NewReader(text), wire.Limits{}).ReadReply()
	if err != nil {
		panic(err)
	}
	return &record.Capabilities{Capabilities: wire.ParseCapabilities(reply)}
}

// situations are the states that a session comes through, by name, with what the server offered.
func situations() []struct {
	name string
	s    record.State
	caps *record.Capabilities
} {
	in := func(stage record.Stage, change func(*record.State)) record.State {
		s := record.NewState()
		s.Stage, s.ESMTP = stage, stage == record.StageReady
		if change != nil {
			change(&s)
		}
		return s
	}
	tls := func(s *record.State) { s.Security = record.SecurityVerified }
	all, inside := listed("STARTTLS", "AUTH PLAIN", "CHUNKING"), listed("AUTH PLAIN", "CHUNKING")
	return []struct {
		name string
		s    record.State
		caps *record.Capabilities
	}{
		{"connected", in(record.StageConnected, nil), nil},
		{"secured", in(record.StageConnected, tls), nil}, // TLS from the first byte, no greeting yet
		{"refused", in(record.StageRefused, nil), nil},
		{"greeted", in(record.StageGreeted, nil), nil},
		{"bare", in(record.StageReady, nil), listed("SIZE")},
		{"ready", in(record.StageReady, nil), all},
		{"upgrade", in(record.StageUpgrading, nil), all},
		{"again", in(record.StageGreeted, tls), nil}, // after the handshake of STARTTLS
		{"inside", in(record.StageReady, tls), inside},
		{"auth", in(record.StageReady, func(s *record.State) { tls(s); s.Auth, s.Pending = record.AuthExchange, &record.Pending{Line: "YW5u"} }), inside},
		{"known", in(record.StageReady, func(s *record.State) { tls(s); s.Auth = record.AuthDone }), inside},
		{"mail", in(record.StageReady, func(s *record.State) { tls(s); s.Transaction = record.TransactionMail }), inside},
		{"rcpt", in(record.StageReady, func(s *record.State) { tls(s); s.Transaction, s.Recipients = record.TransactionRcpt, []string{"bob"} }), inside},
		{"data", in(record.StageReady, func(s *record.State) { tls(s); s.Transaction, s.Recipients = record.TransactionData, []string{"bob"} }), inside},
		{"bdat", in(record.StageReady, func(s *record.State) { tls(s); s.Transaction, s.Recipients = record.TransactionBdat, []string{"bob"} }), inside},
	}
}

// theRules is what is legal when: "ok", or the reply that is to be expected; "none" where the server takes the line for
// content, "tls" where it takes it for a ClientHello, "-" where a person is not offered the step.
const theRules = `
          connected secured refused greeted bare ready upgrade again inside auth known mail rcpt data bdat
greeting  ok        ok      -       -       -    -     -       -     -      -    -     -    -    -    -
handshake error     -       error   error   error error ok     -     -      -    -     -    -    -    -
ehlo      554       554     503     ok      ok   ok    tls     ok    ok     501  ok    ok   ok   none ok
helo      554       554     503     ok      ok   ok    tls     ok    ok     501  ok    ok   ok   none ok
starttls  554       554     503     503     502  ok    tls     503   503    501  503   503  503  none 503
auth      554       554     503     503     503  ok    tls     503   ok     501  503   503  503  none 503
respond   -         -       -       -       -    -     -       -     -      ok   -     -    -    -    -
cancel    -         -       -       -       -    -     -       -     -      ok   -     -    -    -    -
mail      554       554     503     503     ok   ok    tls     503   ok     501  ok    503  503  none 503
rcpt      554       554     503     503     503  503   tls     503   503    501  503   ok   ok   none 503
data      554       554     503     503     503  503   tls     503   503    501  503   503  ok   none 503
content   -         -       -       -       -    -     -       -     -      -    -     -    -    ok   -
bdat      554       554     503     503     500  503   tls     503   503    501  503   503  ok   none ok
group     -         -       -       -       -    -     -       -     -      -    -     -    -    -    -
experiment -        -       -       -       -    -     -       -     -      -    -     -    -    -    -
rset      554       554     503     ok      ok   ok    tls     ok    ok     501  ok    ok   ok   none ok
noop      554       554     503     ok      ok   ok    tls     ok    ok     501  ok    ok   ok   none ok
vrfy      554       554     503     ok      ok   ok    tls     ok    ok     501  ok    ok   ok   none ok
expn      554       554     503     ok      ok   ok    tls     ok    ok     501  ok    ok   ok   none ok
help      554       554     503     ok      ok   ok    tls     ok    ok     501  ok    ok   ok   none ok
quit      554       554     ok      ok      ok   ok    tls     ok    ok     501  ok    ok   ok   none ok
proxy     -         -       -       -       -    -     -       -     -      -    -     -    -    -    -
xclient   -         -       -       -       -    -     -       -     -      -    -     -    -    -    -
xforward  -         -       -       -       -    -     -       -     -      -    -     -    -    -    -
raw       ok        ok      ok      ok      ok   ok    ok      ok    ok     ok   ok    ok   ok   ok   ok`

func TestRules(t *testing.T) {
	rows := strings.Split(strings.TrimSpace(theRules), "\n")
	names := strings.Fields(rows[0])
	want := map[string]map[string]string{}
	for _, row := range rows[1:] {
		cells := strings.Fields(row)
		want[cells[0]] = map[string]string{}
		for i, cell := range cells[1:] {
			want[cells[0]][names[i]] = cell
		}
	}
	list := situations()
	if len(names) != len(list) {
		t.Fatalf("%d columns for %d situations", len(names), len(list))
	}
	for _, sit := range list {
		got := map[string]string{}
		for _, o := range Options(snapshotOf(sit.s, sit.caps), Goal{}) {
			if verb := string(o.Step.Verb); got[verb] == "" { // the first AUTH is the best
				got[verb] = cell(o)
			}
		}
		for _, row := range verbs() {
			v := row.verb
			expect, known := want[string(v)][sit.name]
			if !known && v != record.VerbResolve && v != record.VerbConnect {
				t.Errorf("%s is not in the table", v)
			}
			if known && cmp.Or(got[string(v)], "-") != expect {
				t.Errorf("%s when %s: %s, want %s", v, sit.name, cmp.Or(got[string(v)], "-"), expect)
			}
		}
	}
}

// On a port for implicit TLS the handshake is what comes first.
func TestRulesImplicit(t *testing.T) {
	connected := record.NewState()
	connected.Stage = record.StageConnected
	s := snapshotOf(connected, nil)
	s.Start.Policy.Start = record.StartImplicit
	if o := Options(s, Goal{})[0]; o.Step.Verb != record.VerbHandshake || !o.Legal {
		t.Errorf("%+v", o)
	}
}

// cell is an option as the table has it.
func cell(o Option) string {
	reply := strings.TrimPrefix(o.Expect, "expect ")
	switch {
	case o.Legal:
		return "ok"
	case strings.HasPrefix(reply, "no reply"):
		return "none"
	case strings.HasPrefix(reply, "a TLS error"):
		return "tls"
	case strings.HasPrefix(reply, "an SMTP reply in cleartext"):
		return "error"
	}
	return reply[:min(3, len(reply))]
}

func snapshotOf(s record.State, caps *record.Capabilities) record.Snapshot {
	return record.Snapshot{Start: &record.Start{Plan: record.Plan{Target: record.Target{Host: "mail.lab", Port: 587, Lab: true}, Policy: record.Policy{Start: record.StartSTARTTLS, Must: record.MustRequire}}},
		State: s, Capabilities: caps, Connect: &record.Connect{Local: "192.0.2.1:49152", Remote: "192.0.2.25:587"}}
}

// Every row of the table of verbs is whole: what it is for, how long it may take, what may answer, where that is written; and
// every condition says what happens otherwise and why.
func TestVerbsAreWhole(t *testing.T) {
	seen := map[record.Verb]bool{}
	for _, v := range verbs() {
		if seen[v.verb] || v.name == "" || v.why == "" && v.verb != record.VerbAuth || Deadline(v.verb) <= 0 {
			t.Errorf("%+v", v)
		}
		seen[v.verb] = true
		if v.command && (!strings.HasPrefix(v.ref, "RFC ") || len(v.codes) == 0 || len(v.need) == 0 || v.name != strings.ToUpper(string(v.verb))) {
			t.Errorf("the command %s: %+v", v.verb, v)
		}
		for _, c := range v.need {
			if c.why == "" || !strings.HasPrefix(c.ref, "RFC ") {
				t.Errorf("%s: %q, %q", v.verb, c.why, c.ref)
			}
		}
	}
}

// A reply answers a command of its kind, and none of another kind.
func TestFits(t *testing.T) {
	for _, test := range []struct {
		verb record.Verb
		fit  []int
		not  []int
	}{
		{record.VerbGreeting, []int{220, 421, 554}, []int{221, 250, 354, 334, 235}},
		{record.VerbEHLO, []int{250, 502, 421, 550, 299}, []int{220, 221, 354, 334, 235, 251}},
		{record.VerbAuth, []int{235, 334, 535, 454, 421}, []int{250, 220, 354}},
		{record.VerbMail, []int{250, 450, 550, 421}, []int{354, 251, 220, 235}},
		{record.VerbRcpt, []int{250, 251, 252, 450, 550}, []int{354, 220}},
		{record.VerbData, []int{354, 554, 421}, []int{250, 334}},
		{record.VerbContent, []int{250, 554, 421}, []int{354, 220, 221}},
		{record.VerbQuit, []int{221, 421, 500, 502, 503}, []int{250, 354, 220, 550, 451}},
		{record.VerbRaw, []int{250, 354, 221, 334}, nil},
	} {
		for _, code := range test.fit {
			if !rowOf(test.verb).fits(code) {
				t.Errorf("%d does not answer %s", code, test.verb)
			}
		}
		for _, code := range test.not {
			if rowOf(test.verb).fits(code) {
				t.Errorf("%d answers %s", code, test.verb)
			}
		}
	}
}

// ann logs in with thePassword.
func ann() sasl.Credentials {
	return sasl.Credentials{Username: "ann", Password: sasl.NewSecret(thePassword)}
}

const thePassword = "Tr0ub4dor&3+wuerfel"

// theTime is when these tests play.
var theTime = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
