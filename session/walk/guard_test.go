package walk

import (
	"fmt"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/sasl"
)

// A guard names what is at stake with the mechanism.
func TestGuardNamesTheMechanism(t *testing.T) {
	for _, test := range []struct {
		code      record.FindingCode
		mechanism string
		gives     giving
		want      string
		not       string
	}{
		{"cleartext-secret", "PLAIN", givesSecret, "With AUTH PLAIN an eavesdropper reads the password and logs in with it.", "nothing yet"},
		{"cleartext-secret", "PLAIN", givesLater, "nothing yet, but the password itself follows", "next line"},
		{"unverified-secret", "LOGIN", givesLater, "the password itself follows it. With AUTH LOGIN the peer reads the password", "next line"},
		{"unverified-secret", "XOAUTH2", givesLater, "the token itself follows it", "next line"},
		{"cleartext-secret", "SCRAM-SHA-256", givesLater, "nothing yet. The password itself is never sent", "next line"},
		{"cleartext-secret", "SCRAM-SHA-256", givesProof, "contains a value computed from the password", "contains a password"},
		{"cleartext-secret", "CRAM-MD5", givesProof, "can guess the password offline, millions of times", "contains a password"},
		{"obsolete-secret", "PLAIN", givesSecret, "With AUTH PLAIN an attacker who breaks the encryption reads the password", "nothing yet"},
		{"tampered-secret", "LOGIN", givesLater, "an attacker who terminates TLS reads the password", "next line"},
		{"cleartext-secret", "X-ODD", givesTyped, "may contain a password", "next line"},
		{"cert-unverified", "PLAIN", givesSecret, "identity is not verified", "With AUTH"},
	} {
		g := newGuard(test.code, test.gives, test.mechanism)
		if !strings.Contains(g.Why, test.want) || strings.Contains(g.Why, test.not) {
			t.Errorf("%s %s: %s", test.code, test.mechanism, g.Why)
		}
	}
}

// One permission is not another: in cleartext, to an unverified server and through an obsolete version each has its question.
func TestSecretGuards(t *testing.T) {
	all := record.Policy{AllowCleartextAuth: true, AllowUnverifiedAuth: true, AllowObsoleteAuth: true}
	for _, test := range []struct {
		security record.Security
		version  string
		policy   record.Policy
		want     string
	}{
		{record.SecurityPlain, "", record.Policy{AllowUnverifiedAuth: true, AllowObsoleteAuth: true}, "[cleartext-secret]"},
		{record.SecurityPlain, "", all, "[]"},
		{record.SecurityVerified, "TLS 1.3", record.Policy{}, "[]"},
		{record.SecurityVerified, "TLS 1.2", record.Policy{}, "[]"},
		{record.SecurityVerified, "TLS 1.1", record.Policy{AllowCleartextAuth: true, AllowUnverifiedAuth: true}, "[obsolete-secret]"},
		{record.SecurityVerified, "TLS 1.0", record.Policy{}, "[obsolete-secret]"},
		{record.SecurityVerified, "TLS 1.0", record.Policy{AllowObsoleteAuth: true}, "[]"},
		{record.SecurityAccepted, "TLS 1.0", record.Policy{}, "[unverified-secret obsolete-secret]"},
		{record.SecurityUnverified, "TLS 1.0", record.Policy{AllowObsoleteAuth: true}, "[unverified-secret]"},
		{record.SecurityUnverified, "TLS 1.1", all, "[]"},
	} {
		s := snapshotOf(record.State{Security: test.security}, nil)
		s.Start.Policy, s.TLS = test.policy, &record.TLS{Version: test.version}
		if got := fmt.Sprint(secretGuards(s)); got != test.want {
			t.Errorf("%s, %s, %+v: %s, want %s", test.security, test.version, test.policy, got, test.want)
		}
	}
}

// The guard asks where something is given away or begins to be, and says what; it does not ask before what holds nothing.
func TestGuardSaysWhatIsGiven(t *testing.T) {
	inLogin := func(p *record.Pending) record.Snapshot {
		s := record.NewState()
		s.Stage, s.Auth, s.Mechanism, s.Pending = record.StageReady, record.AuthExchange, "LOGIN", p
		return snapshotOf(s, listed("AUTH LOGIN"))
	}
	ready := record.NewState()
	ready.Stage = record.StageReady
	fresh := snapshotOf(ready, listed("AUTH LOGIN"))
	respond := record.Step{Verb: record.VerbRespond}
	for name, test := range map[string]struct {
		snap record.Snapshot
		step record.Step
		want giving
	}{
		"PLAIN":                 {fresh, record.Step{Verb: record.VerbAuth, Mechanism: "PLAIN"}, givesSecret},
		"PLAIN, held back":      {fresh, record.Step{Verb: record.VerbAuth, Mechanism: "PLAIN", Auth: record.AuthSettings{Initial: record.InitialNo}}, givesLater},
		"LOGIN":                 {fresh, record.Step{Verb: record.VerbAuth, Mechanism: "LOGIN"}, givesLater},
		"CRAM-MD5":              {fresh, record.Step{Verb: record.VerbAuth, Mechanism: "CRAM-MD5"}, givesLater},
		"SCRAM":                 {fresh, record.Step{Verb: record.VerbAuth, Mechanism: "SCRAM-SHA-256"}, givesLater},
		"EXTERNAL":              {fresh, record.Step{Verb: record.VerbAuth, Mechanism: "EXTERNAL"}, givesNothing},
		"XOAUTH2":               {fresh, record.Step{Verb: record.VerbAuth, Mechanism: "xoauth2"}, givesSecret},
		"unknown":               {fresh, record.Step{Verb: record.VerbAuth, Mechanism: "X-ODD"}, givesTyped},
		"a bare AUTH":           {fresh, record.Step{Verb: record.VerbAuth, Line: "AUTH LOGIN", Mechanism: "LOGIN"}, givesNothing},
		"the name":              {inLogin(&record.Pending{Line: "YW5u"}), respond, givesNothing},
		"the password":          {inLogin(&record.Pending{Line: sasl.Mask, Hides: sasl.HidesPassword}), respond, givesSecret},
		"the password revealed": {inLogin(&record.Pending{Line: "c2VjcmV0", Hides: sasl.HidesPassword}), respond, givesSecret},
		"a proof":               {inLogin(&record.Pending{Line: sasl.Mask, Hides: sasl.HidesProof}), respond, givesProof},
		"an empty line":         {inLogin(&record.Pending{Line: ""}), respond, givesNothing},
		"typed":                 {inLogin(nil), record.Step{Verb: record.VerbRespond, Line: "YW5u", Edited: true}, givesTyped},
		"nothing typed":         {inLogin(nil), record.Step{Verb: record.VerbRespond, Edited: true}, givesNothing},
		"a cancel":              {inLogin(nil), record.Step{Verb: record.VerbCancel, Line: "*"}, givesNothing},
		"a typed cancel":        {inLogin(nil), record.Step{Verb: record.VerbRaw, Line: "*"}, givesNothing},
	} {
		if got := gives(test.snap, test.step); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
		if asked := GuardFor(test.snap, test.step) != nil; asked != (test.want != givesNothing) {
			t.Errorf("%s: asked %v", name, asked)
		}
	}
}

// The finding names the server where there is TLS, and says how fast a password can be guessed.
func TestExposedText(t *testing.T) {
	for _, test := range []struct {
		mechanism string
		security  record.Security
		want      []string
	}{
		{"CRAM-MD5", record.SecurityPlain, []string{"A digest computed", "in cleartext", "an eavesdropper", "millions of times"}},
		{"SCRAM-SHA-256", record.SecurityAccepted, []string{"A proof computed", "whose identity was not verified", "the peer", "slows this down"}},
	} {
		for _, want := range test.want {
			if text := provedTo(record.State{Security: test.security, Mechanism: test.mechanism}); !strings.Contains(text, want) {
				t.Errorf("%q is not in %q", want, text)
			}
		}
	}
}
