package rehearsal

import (
	"strings"
	"testing"

	"ehlo/session/course"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/setup"
)

// An exercise is solved by what it says solves it, and by nothing less: the proposals alone solve only what is to be walked. What shows
// the answer to a question is in the session.
func TestExercises(t *testing.T) {
	t.Parallel()
	for _, sc := range lab.Scenarios() {
		t.Run(sc.Name, func(t *testing.T) {
			t.Parallel()
			e := course.Of(sc.Name)
			r := Try(t.Context(), course.Station{Scenario: sc, Exercise: e})
			for _, wrong := range r.Wrong {
				t.Error(wrong)
			}
			if e.Goal == course.GoalDone && r.Solved.Outcome != record.OutcomeDone {
				t.Errorf("solved, it comes to %s", r.Solved.Outcome)
			}
		})
	}
}

// Advice that can be followed and is no solution of an exercise leads to the end all the same.
func TestAdviceSolves(t *testing.T) {
	for _, c := range []struct {
		scenario string
		do       record.Action
	}{
		{"large-hello", record.CapTLS},
		{"ipv6-broken", record.OtherAddressFamily},
	} {
		t.Run(c.scenario, func(t *testing.T) {
			t.Parallel()
			sc, err := lab.Find(c.scenario)
			if err != nil {
				t.Fatal(err)
			}
			p := &try{Station: course.Station{Scenario: sc, Exercise: &course.Exercise{Scenario: sc.Name, Do: c.do}}, ctx: t.Context()}
			if err := p.begin(setup.Request{}); err != nil {
				t.Fatal(err)
			}
			defer p.close()
			if p.Alone = p.walk(); p.Alone.Outcome == record.OutcomeDone && c.do == record.OtherAddressFamily {
				t.Skip("no IPv6 here")
			}
			if p.follow(); p.Solved.Outcome != record.OutcomeDone {
				t.Errorf("after %s: %+v; %v", c.do, p.Solved, p.Wrong)
			}
		})
	}
}

// What follows an advice never agrees to a secret: the question about it is asked at the step that sends it.
func TestAdviceAgreesToNoSecret(t *testing.T) {
	t.Parallel()
	for _, sc := range lab.Scenarios() {
		t.Run(sc.Name, func(t *testing.T) {
			t.Parallel()
			p := &try{Station: course.Station{Scenario: sc, Exercise: &course.Exercise{Scenario: sc.Name}}, ctx: t.Context()}
			if err := p.begin(setup.Request{}); err != nil {
				t.Fatal(err)
			}
			defer p.close()
			p.Alone = p.walk()
			for _, p.Do = range []record.Action{record.AcceptUnverified, record.AcceptUnverifiedAuth, record.AcceptCleartext, record.AcceptObsolete} {
				if _, advised := p.advice(); !advised {
					continue
				}
				if p.follow(); p.Solved.Facts.Exposed != p.Alone.Facts.Exposed {
					t.Errorf("after %s the %s was sent unasked", p.Do, p.Solved.Facts.Exposed)
				}
			}
		})
	}
}

// What cannot be solved is said, with what was reached instead and where it stands in the file.
func TestImpossible(t *testing.T) {
	const head = "scenarios:\n  - name: ours\n    title: ours\n    story: a story\n    task: a task\n"
	for _, c := range []struct {
		name, yaml string
		line       int
		text       string
	}{
		{"a walk that fails", "    server: {path: [{on: EHLO, do: strip, text: STARTTLS}]}\n", 2, "goal: the walk does not succeed. It ends unsafe at starttls, exit code 7: "},
		{"a walk that fails, and advice for it", "    goal: walk\n    server: {path: [{on: EHLO, do: strip, text: STARTTLS}]}\n", 6, "name the advice that leads to success (do), which can be use-tls"},
		{"nothing to do", "    do: use-tls\n", 6, "do: the proposed steps alone solve it, without use-tls"},
		{"advice that is not given", "    do: cap-tls\n    server: {path: [{on: EHLO, do: strip, text: STARTTLS}]}\n", 6, "do: the session does not advise cap-tls. It ends unsafe at "},
		{"advice that does not help", "    do: use-tls\n    server: {path: [{on: EHLO, do: strip, text: STARTTLS}], answers: [{to: MAIL, reply: 550 no}]}\n", 6, "do: use-tls does not solve it. It ends refused at mail, exit code 12: "},
		{"a wrong password", "    do: give-password tulip-43\n    password: rose\n", 6, "do: give-password does not solve it. It ends refused at auth, exit code 11: "},
		{"an answer that nothing shows", "    ask: Which?\n    right: this\n    wrong: [that]\n    row: reply 451\n", 9, `row: the session has no event "reply 451", which would show the answer. It ends done at `},
		{"a finding that does not occur", "    finding: tls-expired\n", 6, "finding: the session has no finding tls-expired"},
		{"a reply that does not occur", "    reply: \"451\"\n    goal: walk\n", 6, `reply: no reply begins with "451"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := rehearsed(t, head+c.yaml)
			if len(got.Wrong) != 1 || got.Wrong[0].Line != c.line || !strings.Contains(got.Wrong[0].Text, c.text) {
				t.Errorf("%v", got.Wrong)
			}
		})
	}
}

// What needs a person's patience or consent can be solved all the same, and takes no real waiting.
func TestPossible(t *testing.T) {
	const head = "scenarios:\n  - name: ours\n    title: ours\n    story: a story\n    task: a task\n"
	for name, yaml := range map[string]string{
		"a wait":    "    target: smtp://mx.lab\n    do: retry-after\n    server: {greylist: 20h}\n",
		"a delay":   "    server: {path: [{on: EHLO, do: delay, wait: 7s}]}\n",
		"idle":      "    ask: Which?\n    right: this\n    wrong: [that]\n    row: reply 421\n    server: {idle: 50m}\n",
		"cleartext": "    tls: \"off\"\n    mechanism: PLAIN\n    ask: Which?\n    right: this\n    wrong: [that]\n    row: reply 535\n    password: rose\n    server: {auth-before-tls: true}\n",
		"a domain with records of its own": "    target: smtp://ours.example\n    dns: [ours.example MX 10 down.ours.example, ours.example MX 20 mx.lab, down.ours.example A 127.0.0.9]\n" +
			"    ask: Which?\n    right: this\n    wrong: [that]\n    row: reply 250 2.1.5\n",
		"SPF by a record of its own": "    target: smtp://mx.lab\n    from: a@shop.example\n    dns: ['shop.example TXT \"v=spf1 ip4:192.0.2.20 -all\"']\n    server: {check-spf: true, client-address: 192.0.2.20}\n",
		"a broken SPF record": "    target: smtp://mx.lab\n    from: a@two-spf.example\n    server: {check-spf: true, client-address: 192.0.2.25}\n" +
			"    ask: Which?\n    right: this\n    wrong: [that]\n    row: reply 550 5.7.24\n",
		"a record in the place of one": "    target: smtp://backup.example\n    dns: ['backup.example. MX 0 .']\n    finding: null-mx\n    ask: Which?\n    right: this\n    wrong: [that]\n",
		"lookups":                      "    target: smtp://mx.lab\n    dns: ['ours.example TXT \"v=spf1 -all\"']\n    lookups: [TXT ours.example]\n    ask: Which?\n    right: this\n    wrong: [that]\n    row: lookup TXT ours.example\n",
		"a name of its own":            "    target: smtp://ours.example\n    tls: require\n    dns: [ours.example MX 10 mx.ours.example, mx.ours.example A 127.0.0.1]\n    server: {certificate-names: [mx.ours.example]}\n",
		"unverified":                   "    ask: Which?\n    right: this\n    wrong: [that]\n    row: send MAIL\n    server: {certificate: expired}\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := rehearsed(t, head+yaml); len(got.Wrong) > 0 {
				t.Errorf("%v", got.Wrong)
			}
		})
	}
}

func rehearsed(t *testing.T, yaml string) Result {
	t.Helper()
	list, err := course.Read([]byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	return Try(t.Context(), list[0])
}
