package record

import (
	"strings"
	"testing"
)

func TestParseTarget(t *testing.T) {
	for _, test := range []struct {
		in   string
		user bool
		want Target
	}{
		{"mail.lab", false, Target{Host: "mail.lab", Port: 25}},
		{"mail.lab", true, Target{Host: "mail.lab", Port: 587}},
		{"mail.lab:465", true, Target{Host: "mail.lab", Port: 465, Implicit: true}},
		{"mail.lab:2525", true, Target{Host: "mail.lab", Port: 2525}},
		{"mail.lab.", false, Target{Host: "mail.lab.", Port: 25}},
		{"_mail.mx_1.lab", false, Target{Host: "_mail.mx_1.lab", Port: 25}},
		{"192.0.2.25", false, Target{Host: "192.0.2.25", Port: 25}},
		{"2001:db8::25", false, Target{Host: "2001:db8::25", Port: 25}},
		{"[2001:db8::25]", false, Target{Host: "2001:db8::25", Port: 25}},
		{"[2001:db8::25]:587", false, Target{Host: "2001:db8::25", Port: 587}},
		{"smtp://mail.lab", true, Target{Host: "mail.lab", Port: 25}},
		{"submission://mail.lab", false, Target{Host: "mail.lab", Port: 587}},
		{"submissions://mail.lab", false, Target{Host: "mail.lab", Port: 465, Implicit: true}},
		{"SMTPS://mail.lab/", false, Target{Host: "mail.lab", Port: 465, Implicit: true}},
		{"smtps://mail.lab:587", false, Target{Host: "mail.lab", Port: 587, Implicit: true}},
		{"smtp://mail.lab:465", false, Target{Host: "mail.lab", Port: 465}},
		{"submission://mail.lab:21587", false, Target{Host: "mail.lab", Port: 21587, Scheme: "submission"}},
		{"Submission://mail.lab:587", false, Target{Host: "mail.lab", Port: 587}},
		{"smtp://mail.lab:587", false, Target{Host: "mail.lab", Port: 587, Scheme: "smtp"}},
		{"smtp://[2001:db8::25]", false, Target{Host: "2001:db8::25", Port: 25}},
		{"smtp://[2001:db8::25]:26", false, Target{Host: "2001:db8::25", Port: 26}},
	} {
		got, err := ParseTarget(test.in, test.user)
		if err != nil || got != test.want {
			t.Errorf("%s: %+v, %v; want %+v", test.in, got, err, test.want)
		}
		if again, err := ParseTarget(got.String(), false); err != nil || again.Host != got.Host || again.Port != got.Port {
			t.Errorf("%s: %s read as %+v, %v", test.in, got, again, err)
		}
		if again, err := ParseTarget(got.Spelled(), test.user); err != nil || again != got {
			t.Errorf("%s: spelled %s, which is %+v, %v", test.in, got.Spelled(), again, err)
		}
	}
}

func TestParseTargetRefuses(t *testing.T) {
	for in, word := range map[string]string{
		"": "no host", ":25": "no host", "\u00ad:25": "not a valid", "mail.lab:": "port", "mail.lab:0": "port", "mail.lab:65536": "port", "mail.lab:smtp": "port",
		"mail.lab:25:26": "host:port", "a b": "space", "a\x1b": "control", "http://mail.lab": "unknown scheme", "imap://mail.lab": "unknown scheme",
		"smtp://": "no host", "smtp://mail.lab/inbox": "want smtp://host", "smtp://mail.lab?x": "want smtp://host", "smtp://mail.lab#x": "want smtp://host",
		"smtp://ann:sesame@mail.lab": "username or password", "ann:sesame@mail.lab": "username or password", "ann:sesame @mail.lab": "username or password",
		"mail.lab/inbox": "not a host name", "0[": "not a host name", "a?b": "not a host name",
		"..": "not a host name", "mail..lab": "not a host name", ".lab": "not a host name", "*.lab": "not a host name", "a,b": "not a host name", "\"mail.lab\"": "not a host name",
		strings.Repeat("a", 64) + ".lab": "not a host name", strings.Repeat("a.", 130) + "lab": "not a host name", "mail.lab:+25": "port",
	} {
		if got, err := ParseTarget(in, false); err == nil || !strings.Contains(err.Error(), word) || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%q: %+v, %v", in, got, err)
		}
	}
}

func FuzzParseTarget(f *testing.F) {
	for _, s := range []string{"mail.lab", "[::1]:25", "smtp://x", "smtps://[::1]", "submission://a:1/", "x:y:z", "[", "]", "[]:1", "\u00ad"} {
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, s string, user bool) {
		got, err := ParseTarget(s, user)
		if err != nil {
			return
		}
		if got.Host == "" || got.Port < 1 || got.Port > 65535 {
			t.Errorf("%q: %+v", s, got)
		}
		if again, err := ParseTarget(got.String(), user); err != nil || again.Host != got.Host || again.Port != got.Port {
			t.Errorf("%q: %s read as %+v, %v", s, got, again, err)
		}
	})
}

func TestTargetRole(t *testing.T) {
	for in, want := range map[string]string{"a:25": "relay", "a:465": "submissions", "a:587": "submission", "a:2525": "alternate", "a:26": "no registered role", "a:143": "IMAP",
		"smtps://a:995": "POP3 over TLS",
		"smtps://a:587": "submissions", "submission://a:21587": "submission", "smtp://a:587": "submission"} {
		if got, _ := ParseTarget(in, false); got.Role() != want {
			t.Errorf("%s: %s, want %s", in, got.Role(), want)
		}
	}
}

func TestParsePolicy(t *testing.T) {
	for _, test := range []struct {
		in, target string
		user       bool
		want       Policy
	}{
		{"", "a:25", false, Policy{Start: StartSTARTTLS, Must: MustOpportunistic}},
		{"", "a:2525", false, Policy{Start: StartSTARTTLS, Must: MustOpportunistic}},
		{"", "a:25", true, Policy{Start: StartSTARTTLS, Must: MustRequire}},
		{"", "a:587", false, Policy{Start: StartSTARTTLS, Must: MustRequire}},
		{"", "a:465", false, Policy{Start: StartImplicit, Must: MustRequire}},
		{"", "submission://a:21587", false, Policy{Start: StartSTARTTLS, Must: MustRequire}},
		{"", "smtp://a:587", false, Policy{Start: StartSTARTTLS, Must: MustOpportunistic}},
		{"", "smtp://a:587", true, Policy{Start: StartSTARTTLS, Must: MustRequire}},
		{"", "smtps://a:587", false, Policy{Start: StartImplicit, Must: MustRequire}},
		{"require", "a:25", false, Policy{Start: StartSTARTTLS, Must: MustRequire}},
		{"opportunistic", "a:587", true, Policy{Start: StartSTARTTLS, Must: MustOpportunistic}},
		{"off", "a:465", true, Policy{Start: StartNever, Must: MustOff}},
		{"implicit", "a:25", false, Policy{Start: StartImplicit, Must: MustRequire}},
	} {
		target, err := ParseTarget(test.target, test.user)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ParsePolicy(test.in, target, test.user); err != nil || got != test.want {
			t.Errorf("%s for %s: %+v, %v", test.in, test.target, got, err)
		}
	}
	if _, err := ParsePolicy("maybe", Target{}, false); err == nil || !strings.Contains(err.Error(), "want require, opportunistic, if-offered, off or implicit") {
		t.Error(err)
	}
}

// A transcript can name any host; what a terminal would obey is made visible in a sentence.
func TestCalledIsFitForATerminal(t *testing.T) {
	for _, host := range []string{"a\x7fb", "a\x1b[2Jb", "a\nb"} {
		if got := (Target{Host: host}).Called(); got == host || strings.ContainsAny(got, "\x7f\x1b\n") {
			t.Errorf("%q is called %q", host, got)
		}
	}
}
