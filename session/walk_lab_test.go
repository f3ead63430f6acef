package session_test

import (
	"context"
	"encoding/json"
	"testing"

	"ehlo/session"
	"ehlo/session/lab"
	"ehlo/session/sasl"
)

func TestWalkLabDump(t *testing.T) {
	for _, name := range []string{"", "submissions", "relay", "stripped", "injected", "expired", "wrong-password", "greylist", "old-tls", "silent-x", "endless"} {
		sc, err := lab.Find(name)
		if err != nil {
			t.Log(err)
			continue
		}
		l, err := lab.Start(sc, lab.Options{})
		if err != nil {
			t.Fatal(err)
		}
		tg, err := session.ParseTarget(sc.Target, sc.User != "")
		if err != nil {
			t.Fatal(err)
		}
		tg.Lab = true
		pol, _ := session.ParsePolicy("", tg, sc.User != "")
		g := session.Goal{From: sc.From}
		if sc.To != "" {
			g.To = []string{sc.To}
		}
		if sc.User != "" {
			g.Credentials.Username = sc.User
			for _, a := range l.Accounts() {
				if a.User == sc.User {
					g.Credentials.Password = sasl.NewSecret(a.Password)
				}
			}
			if sc.Password != "" {
				g.Credentials.Password = sasl.NewSecret(sc.Password)
			}
		}
		s := session.New(session.Config{Target: tg, Policy: pol, Resolver: l, Dial: l.DialContext, TLS: session.TLSConfig{RootCAs: l.RootCAs()}})
		err = session.Walk(context.Background(), s, g)
		exit := s.Finish(err)
		t.Logf("%s: exit %d err %v", sc.Name, exit, err)
		for i := 0; i < s.Log().Len(); i++ {
			e := s.Log().At(i)
			b, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			t.Log(string(b[:min(len(b), 420)]))
		}
		l.Close()
	}
}
