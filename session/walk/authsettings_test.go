package walk

import (
	"fmt"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/sasl"
)

// What means nothing is refused before anything is sent, and named.
func TestCheckAuth(t *testing.T) {
	for _, c := range []struct {
		goal Goal
		want string
	}{
		{Goal{}, ""},
		{Goal{Auth: record.AuthSettings{Initial: "perhaps"}}, "initial-response: want yes or no"},
		{Goal{Mechanism: "cram-md5", Auth: record.AuthSettings{Initial: record.InitialYes}}, "initial-response: in CRAM-MD5 the server sends first"},
		{Goal{Mechanism: "LOGIN", Auth: record.AuthSettings{Initial: record.InitialYes}}, ""},
		{Goal{Auth: record.AuthSettings{Binding: "tls-finished"}}, "channel-binding: want tls-exporter, tls-unique or tls-server-end-point"},
		{Goal{Mechanism: "SCRAM-SHA-256", Auth: record.AuthSettings{Binding: "tls-unique"}}, "channel-binding: SCRAM-SHA-256 has no channel binding"},
		{Goal{Mechanism: "SCRAM-SHA-256-PLUS", Auth: record.AuthSettings{Binding: "tls-unique"}}, ""},
		{Goal{Auth: record.AuthSettings{MinIterations: -1}}, "min-iterations: want a count"},
		{Goal{Auth: record.AuthSettings{MaxIterations: -1}}, "max-iterations: want a count"},
		{Goal{Auth: record.AuthSettings{MinIterations: 10, MaxIterations: 5}}, "min-iterations: 10 is above the maximum, 5"},
		{Goal{Auth: record.AuthSettings{MinIterations: 2_000_000}}, "min-iterations: 2000000 is above the default maximum, 1000000"},
		{Goal{Mechanism: "PLAIN", Auth: record.AuthSettings{MaxIterations: 5}}, "max-iterations: PLAIN has no iterations"},
		{Goal{Mechanism: "LOGIN", Credentials: sasl.Credentials{Authzid: "a"}}, "authzid: LOGIN cannot carry"},
		{Goal{Credentials: sasl.Credentials{Authzid: "a\x00b"}}, "authzid: it contains a control character"},
	} {
		err := c.goal.CheckAuth()
		if got := fmt.Sprint(err); c.want == "" && err != nil || c.want != "" && !strings.HasPrefix(got, c.want) {
			t.Errorf("%+v: %v, want %q", c.goal.Auth, err, c.want)
		}
	}
}

// Without a mechanism named, one that cannot act as someone else is not picked for that.
func TestAuthzidPicksAMechanism(t *testing.T) {
	c := ann()
	c.Authzid = "zoe"
	s := record.NewState()
	s.Stage, s.ESMTP, s.Security = record.StageReady, true, record.SecurityVerified
	offered, _ := Mechanisms(snapshotOf(s, listed("AUTH LOGIN CRAM-MD5 PLAIN")), Goal{Credentials: c})
	if offered[0].Name != "PLAIN" || offered[1].Usable || offered[1].Missing == "" {
		t.Errorf("%+v", offered)
	}
}

// Every setting can be chosen and taken back by its row alone, says what it is for, and belongs to at least one
// mechanism; no row knows a face.
func TestAuthSettingRows(t *testing.T) {
	samples := map[SettingKind]string{SettingText: "zoe", SettingCount: "5000", SettingSwitch: "yes"}
	for _, s := range AuthSettingList() {
		value := samples[s.Kind]
		if s.Kind == SettingChoice {
			value = s.Values[0]
		}
		var g Goal
		if err := s.Set(&g, value); err != nil || s.Value(g) != value || s.Wrong(g) != "" {
			t.Errorf("%s: %q became %q, %v %s", s.Name, value, s.Value(g), err, s.Wrong(g))
		}
		if err := s.Set(&g, ""); err != nil || s.Value(g) != "" {
			t.Errorf("%s: %q is not taken back, %v", s.Name, s.Value(g), err)
		}
		if s.Help == "" || s.Default == "" || len(s.Label) > 9 || len(s.Values) != len(s.Says) || strings.Contains(s.Help, "--") {
			t.Errorf("%+v", s)
		}
		if s.Kind != SettingSwitch && s.Scope() == "" {
			t.Errorf("%s is for every mechanism", s.Name)
		}
	}
}

func TestAuthSettingScope(t *testing.T) {
	want := map[string]string{"authzid": "not for XOAUTH2, LOGIN, CRAM-MD5, ANONYMOUS", "initial-response": "not for CRAM-MD5, DIGEST-MD5",
		"channel-binding": "for SCRAM-SHA-256-PLUS, SCRAM-SHA-1-PLUS", "max-iterations": "for SCRAM", "min-iterations": "for SCRAM",
		"realm": "for DIGEST-MD5", "anonymous-trace": "for ANONYMOUS", "insist": ""}
	for _, s := range AuthSettingList() {
		if got := s.Scope(); got != want[s.Name] {
			t.Errorf("%s is %q, want %q", s.Name, got, want[s.Name])
		}
	}
}

// What is typed for a count is a count or is refused, whatever it is.
func FuzzAuthSetting(f *testing.F) {
	f.Add("4096")
	f.Add("-1")
	f.Add("9223372036854775808")
	f.Fuzz(func(t *testing.T, value string) {
		for _, s := range AuthSettingList() {
			var g Goal
			err := s.Set(&g, value)
			if s.Kind == SettingCount && err == nil && value != "" && (g.Auth.MinIterations < 1) == (g.Auth.MaxIterations < 1) {
				t.Fatalf("%s: %q gives %+v", s.Name, value, g.Auth)
			}
			s.Wrong(g)
		}
	})
}
