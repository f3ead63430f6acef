package plain

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"ehlo/session/certificate"
	"ehlo/session/certificate/pkitest"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
	"ehlo/transcripts/words"
)

// broken is a fake whose connection is lost after EHLO, with that to be done about it.
func broken(advice ...record.Advice) *fake {
	f := newFake(noTLS)
	f.log.At(0).Start.Target.Port = 587
	f.breaks = &record.Finding{Code: record.FoundServerClosed, Severity: record.SeverityWarn, Phase: record.PhaseEHLO, Advice: advice,
		Text: "mail.test closed the connection after EHLO."}
	return f
}

// toTheVerdict are the keys that lead a broken fake to its verdict.
var toTheVerdict = enter(4)

// following follows the first advice of a broken fake's verdict.
func following(t *testing.T, a record.Advice, means Means, goal walk.Goal, lines ...string) (*fake, string) {
	t.Helper()
	f := broken(a)
	out, _ := f.walkWith(t, means, goal, append(append(slices.Clone(toTheVerdict), "1"), lines...)...)
	inOrder(t, out, "outcome: ", "cause: mail.test closed the connection after EHLO.", "advice 1: "+words.Advice(a), "enter ends the session, 1 ")
	return f, out
}

// After the end an advice begins another session with the same server; Enter leaves.
func TestAdviceIsFollowedAfterTheEnd(t *testing.T) {
	first, second := broken(record.Advice{Do: record.GiveEHLOName}), newFake(noTLS)
	var out strings.Builder
	k := Walk{Console: Console{In: strings.NewReader(strings.Join(append(slices.Clone(toTheVerdict), "", "7", "1", "mx.test", "", "q"), "\n") + "\n"), Out: &out},
		Engine: first, Events: first.Log(), Next: func() (Engine, record.Source) { return second, second.Log() }}
	v, err := k.Run(t.Context())
	if err != nil || len(first.changes) != 0 || len(second.changes) != 1 || second.changes[0].Plan.EHLOName != "mx.test" || v.Outcome != record.OutcomeStopped {
		t.Errorf("%v; changes %+v and %+v; %+v", err, first.changes, second.changes, v)
	}
	inOrder(t, out.String(), "outcome: ", "advice 1: give another name in EHLO", "enter leaves the session, which is over, 1 gives another EHLO name in a new session:", "there is no advice 7; the last is 1", "EHLO name:",
		"followed the advice: give another name in EHLO", "next: look up")
	first, out = broken(record.Advice{Do: record.GiveEHLOName}), strings.Builder{}
	k.In, k.Engine, k.Events = strings.NewReader(strings.Join(append(slices.Clone(toTheVerdict), "", "", ""), "\n")+"\n"), first, first.Log()
	if v, err := k.Run(t.Context()); err != nil || v.Finding != record.FoundServerClosed {
		t.Errorf("%v, %+v", err, v)
	}
}

// An advice is followed in the same log: what it needs is asked, and the next step is announced.
func TestAdviceIsFollowed(t *testing.T) {
	for name, test := range map[string]struct {
		advice record.Advice
		lines  []string
		asks   string
		want   func(p record.Plan) bool
	}{
		"TLS":         {record.Advice{Do: record.UseTLS, Port: 465}, nil, "", func(p record.Plan) bool { return p.Target.Port == 465 && p.Target.Implicit }},
		"STARTTLS":    {record.Advice{Do: record.UseSTARTTLS, Port: 587}, nil, "", func(p record.Plan) bool { return p.Policy.Must == record.MustRequire }},
		"port":        {record.Advice{Do: record.UsePort}, []string{"2525"}, "port:", func(p record.Plan) bool { return p.Target.Port == 2525 }},
		"that port":   {record.Advice{Do: record.UsePort, Port: 587}, []string{""}, "port, empty means 587:", func(p record.Plan) bool { return p.Target.Port == 587 }},
		"server name": {record.Advice{Do: record.GiveServerName}, []string{"mx.test"}, "server name:", func(p record.Plan) bool { return p.ServerName == "mx.test" }},
		"EHLO name":   {record.Advice{Do: record.GiveEHLOName}, []string{"mx.test"}, "EHLO name:", func(p record.Plan) bool { return p.EHLOName == "mx.test" }},
		"host":        {record.Advice{Do: record.CheckName}, []string{"mx.test"}, "host name:", func(p record.Plan) bool { return p.Target.Host == "mx.test" }},
		"address":     {record.Advice{Do: record.CheckAddress}, []string{"a@x.test"}, "address:", func(p record.Plan) bool { return p.From == "a@x.test" }},
		"TLS version": {record.Advice{Do: record.CapTLS, Name: "TLS 1.2"}, nil, "", func(p record.Plan) bool { return p.TLSMax == "1.2" }},
		"mechanism":   {record.Advice{Do: record.TryMechanism, Name: "LOGIN"}, nil, "", func(p record.Plan) bool { return p.Mechanism == "LOGIN" }},
		"later":       {record.Advice{Do: record.RetryAfter, After: 5 * time.Minute}, nil, "wait 5 minutes before the next step", func(p record.Plan) bool { return true }},
	} {
		t.Run(name, func(t *testing.T) {
			f, out := following(t, test.advice, Means{}, walk.Goal{}, append(test.lines, "", "q")...)
			inOrder(t, out, "enter ends", test.asks, "next: look up ")
			inOrder(t, out, "enter ends", "followed the advice: "+words.Advice(test.advice), "next: look up ")
			if len(f.changes) != 1 || !test.want(f.changes[0].Plan) || f.changes[0].Advice != test.advice {
				t.Errorf("%+v", f.changes)
			}
			if f.snap.End.Exit != record.ExitStopped || len(f.snap.End.Facts.Earlier) != 1 {
				t.Errorf("%+v", f.snap.End)
			}
		})
	}
}

// A secret that an advice asks for is typed unseen, for the user there is or one that is asked for.
func TestAdviceAsksForSecrets(t *testing.T) {
	ann := sasl.Credentials{Username: "ann"}
	f, out := following(t, record.Advice{Do: record.GivePassword}, Means{}, walk.Goal{Credentials: ann}, append([]string{password}, append(enter(5), "yes", "q")...)...)
	inOrder(t, out, "password of ann, hidden, empty changes nothing:", "next: look up", "server answers AUTH ")
	if c := f.done[len(f.done)-1].Credentials; c.Password.Reveal() != password || strings.Contains(out, password) {
		t.Errorf("steps %s\n%s", f.verbs(), out)
	}
	f, out = following(t, record.Advice{Do: record.GiveToken}, Means{}, walk.Goal{}, "ann", password, "q")
	inOrder(t, out, "username:", "token of ann, hidden, empty changes nothing:", "next: look up")
	if plan := f.changes[0].Plan; plan.User != "ann" || !slices.Contains(plan.Has, "token") || strings.Contains(out, password) {
		t.Errorf("%+v\n%s", plan, out)
	}
}

// Roots and client certificates come from the practice server, or from files that are named.
func TestAdviceAsksForCertificates(t *testing.T) {
	pool, identity := x509.NewCertPool(), &tls.Certificate{}
	lab := Means{Roots: func() (certificate.Roots, error) { return certificate.Roots{Pool: pool, From: "of the lab"}, nil },
		Certificate: func() (*tls.Certificate, error) { return identity, nil }}
	var named []string
	files := Means{ReadCA: func(_ context.Context, path string) (certificate.Roots, error) {
		named = append(named, path)
		return certificate.Roots{Pool: pool, From: "in the given file", New: []*x509.Certificate{pkitest.Lab().Root}}, nil
	}, ReadCertificate: func(_ context.Context, cert, key string) (*tls.Certificate, error) {
		named = append(named, cert, key)
		return identity, nil
	}}
	ca, client := record.Advice{Do: record.TrustCA}, record.Advice{Do: record.GiveClientCertificate}
	if f, _ := following(t, ca, lab, walk.Goal{}, "yes", "q"); f.means.Roots != pool || f.means.RootsFrom != "of the lab" {
		t.Errorf("%+v", f.means)
	}
	if f, _ := following(t, client, lab, walk.Goal{}, "q"); f.means.Certificate != identity {
		t.Errorf("%+v", f.means)
	}
	f, out := following(t, ca, files, walk.Goal{}, "ca.pem", "y", "q")
	inOrder(t, out, "file of the CA certificate, PEM:", "The certificate of Lab Root is in the given file, with the SHA-256 fingerprint ", "trust Lab Root in this session? yes or no", "followed the advice: ")
	if f.means.Roots != pool {
		t.Errorf("%+v", f.means)
	}
	f, out = following(t, client, files, walk.Goal{}, "c.pem", "k.pem", "q")
	inOrder(t, out, "file of the client certificate, PEM:", "file of its key, PEM:", "followed the advice: ")
	if f.means.Certificate != identity || strings.Join(named, " ") != "ca.pem c.pem k.pem" {
		t.Errorf("%+v from %q", f.means, named)
	}
}

// Where what an advice needs is not given or cannot be read, nothing is changed, and the verdict stays.
func TestAdviceIsNotFollowed(t *testing.T) {
	unreadable := Means{ReadCA: func(context.Context, string) (certificate.Roots, error) {
		return certificate.Roots{}, io.ErrUnexpectedEOF
	},
		Certificate: func() (*tls.Certificate, error) { return nil, errors.New("the practice server made none") }}
	for name, test := range map[string]struct {
		do    record.Action
		lines []string
		why   string
	}{
		"no name":         {record.CheckName, []string{""}, "no host name was given"},
		"no port":         {record.UsePort, []string{"70000"}, "the advice cannot be followed with this value"},
		"no password":     {record.GivePassword, []string{"ann", ""}, "no password was given"},
		"nobody":          {record.GivePassword, []string{""}, "no username was given"},
		"no file":         {record.TrustCA, []string{""}, "no file was given"},
		"unreadable":      {record.TrustCA, []string{"ca.pem"}, io.ErrUnexpectedEOF.Error()},
		"none in the lab": {record.GiveClientCertificate, nil, "the practice server made none"},
	} {
		t.Run(name, func(t *testing.T) {
			f, out := following(t, record.Advice{Do: test.do}, unreadable, walk.Goal{}, append(test.lines, "")...)
			inOrder(t, out, "warning: nothing was changed: "+test.why, "nothing is left to do in this session", "enter ends the session, 1 ")
			if len(f.changes) > 0 || f.snap.End.Finding != record.FoundServerClosed {
				t.Errorf("%+v", f.changes)
			}
		})
	}
}

// What cannot be followed is said as text and has no number.
func TestAdviceForOthersHasNoNumber(t *testing.T) {
	f := broken(record.Advice{Do: record.AskOperator, Text: "look into the log"}, record.Advice{Do: record.RetryAfter}, record.Advice{Do: record.DoAsTold, Text: "use another server"})
	out, _ := f.walk(t, walk.Goal{}, append(slices.Clone(toTheVerdict), "2", "?", "")...)
	inOrder(t, out, "advice: tell the server's operator: look into the log", "advice 1: try again", "advice: use another server", "enter ends the session, 1 ",
		"there is no advice 2; the last is 1", "enter: nothing is left to do", "1: follow the advice", "advice 1: try again")
	f = broken(record.Advice{Do: record.AskOperator})
	if out, _ := f.walk(t, walk.Goal{}, append(slices.Clone(toTheVerdict), "1", "")...); !strings.Contains(out, "enter ends the session:") || !strings.Contains(out, "unknown command") {
		t.Error(out)
	}
}

// Who declines a guard goes on to QUIT, is told that nothing was sent, and is not asked again for ever.
func TestDeclinedGuardEnds(t *testing.T) {
	f, goal := authSteps(annsGoal())
	f.guard = record.FoundCleartextSecret
	out, verdict := f.walk(t, goal, append(enter(5), "no", "", "", "")...)
	inOrder(t, out, "send it anyway? yes or no, empty is no:", "the step was not taken; nothing was sent", "next in cleartext: QUIT", "server answers QUIT ", "outcome: unsafe at ", "enter ends")
	if verdict.Exit != record.ExitNoAuth || verdict.Outcome != record.OutcomeUnsafe || strings.Contains(f.verbs(), "auth") {
		t.Errorf("%+v after %s", verdict, f.verbs())
	}
}

// Facts are said when they are asked for, and once the end has been told in a replay.
func TestFacts(t *testing.T) {
	f := broken(record.Advice{Do: record.RetryAfter})
	out, _ := f.walk(t, walk.Goal{}, append(slices.Clone(toTheVerdict), "f", "1", "", "f", "q")...)
	inOrder(t, out, "fact: server: mail.test at 192.0.2.1 port 25", "fact: TLS: none", "fact: AUTH: offered PLAIN, LOGIN", "fact: size limit: 1,000 bytes",
		"followed the advice", "fact: attempt 1: ehlo: mail.test closed the connection after EHLO.")
	if strings.Contains(out[strings.LastIndex(out, "end of the session"):], "fact:") {
		t.Errorf("facts that nobody asked for:\n%s", out)
	}
	replayed, _ := replayText(t, recorded(t), append([]string{"f"}, append(enter(6), "f", "")...)...)
	inOrder(t, replayed, "unknown command", "end of the session", "fact: server: mail.test at 192.0.2.1 port 25")
}
