package session_test

import (
	"crypto/tls"
	"fmt"
	"slices"
	"testing"

	"ehlo/session"
	"ehlo/session/lab"
	"ehlo/session/tlswire/tlstest"
)

// TestLabMessages walks through the practice server in both ways to start TLS, and compares as [TestMatrix] does.
func TestLabMessages(t *testing.T) {
	tlstest.Need(t, "openssl", "stdbuf", "tshark")
	var talks []talk
	var names []string
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, scenario := range []string{"", "client-certificate"} {
			for _, role := range []string{"submission", "submissions"} {
				name := fmt.Sprintf("%s,%s,%s", tls.VersionName(version), role, scenario)
				t.Run(name, func(t *testing.T) {
					k := meetLab(t, scenario, role, version)
					talks, names = append(talks, k), append(names, name)
				})
			}
		}
	}
	compareTshark(t, names, talks)
}

func meetLab(t *testing.T, scenario, role string, version uint16) talk {
	sc, err := lab.Find(scenario)
	if err != nil {
		t.Fatal(err)
	}
	l, err := lab.Start(sc, lab.Options{TLSMax: version})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	i := slices.IndexFunc(l.Listeners(), func(p lab.Listener) bool { return p.Role == role })
	at := l.Listeners()[i]
	cfg := session.Config{TLS: session.TLSConfig{ServerName: at.Host, RootCAs: l.RootCAs()}, Policy: session.Policy{Start: session.StartSTARTTLS, Must: session.MustRequire}}
	options := []string{"-servername", at.Host}
	if at.Implicit {
		cfg.Policy.Start = session.StartImplicit
	} else {
		options = append(options, "-starttls", "smtp")
	}
	k := visit(t, at.Addr, cfg, walked)
	sum := k.summary()
	if k.err != nil || sum.Version.Chosen.Value != version || sum.CertificateRequested != (scenario != "") {
		t.Fatalf("%v %+v", k.err, sum)
	}
	wait := "Verify return code"
	if version == tls.VersionTLS13 {
		options, wait = append(options, "-ciphersuites", sum.Suite.Chosen.Name), "Post-Handshake New Session Ticket arrived"
	}
	trace := tlstest.Client{Options: options, Wait: []string{wait}}.Talk(t, at.Addr)
	tlstest.Alike(t, tlstest.Of(k.messages), tlstest.ReadTrace(trace), false)
	return k
}
