package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"ehlo/session/record"
)

// withoutFlag are the actions that no flag does: a person waits, sends nothing or asks someone.
var withoutFlag = []record.Action{record.RetryAfter, record.CheckName, record.AskOperator, record.DoAsTold, record.SendNoSecret}

// Every action that the command line can do names flags that exist, and the others none.
func TestEveryActionHasItsFlag(t *testing.T) {
	c, o := &cobra.Command{}, &options{}
	o.register(c)
	o.mx.register(c)
	without := map[record.Action]bool{}
	for _, do := range withoutFlag {
		without[do] = true
	}
	a := &adviser{plan: record.Plan{Target: record.Target{Host: "mail.example", Port: 587}}}
	for _, do := range record.Actions {
		command := a.command(record.Advice{Do: do})
		if without[do] != (command == "") {
			t.Errorf("%s: %q", do, command)
		}
		for _, flag := range regexp.MustCompile(`--([a-z0-9-]+)`).FindAllStringSubmatch(command, -1) {
			if c.Flags().Lookup(flag[1]) == nil {
				t.Errorf("%s: there is no flag --%s", do, flag[1])
			}
		}
	}
}

func TestAdviceAsCommand(t *testing.T) {
	remote := record.Plan{Target: record.Target{Host: "mail.example", Port: 587}}
	lab := record.Plan{Target: record.Target{Host: "mail.lab", Port: 465, Lab: true}, Scenario: "wrong-port", User: "ann"}
	implicit := record.Plan{Target: record.Target{Host: "2001:db8::1", Port: 4465, Implicit: true}}
	tests := []struct {
		plan   record.Plan
		advice record.Advice
		want   string
	}{
		{remote, record.Advice{Do: record.UseTLS, Port: 465}, "ehlo run submissions://mail.example:465"},
		{remote, record.Advice{Do: record.UseSTARTTLS}, "ehlo run mail.example:587 --tls require"},
		{remote, record.Advice{Do: record.SpeakLMTP}, "ehlo run lmtp://mail.example:587"},
		{remote, record.Advice{Do: record.UsePort, Port: 24}, "ehlo run mail.example:24"},
		{remote, record.Advice{Do: record.GivePassword}, "ehlo run mail.example:587 --user NAME --password-file FILE"},
		{remote, record.Advice{Do: record.TryMechanism, Name: "X$(reboot)"}, "ehlo run mail.example:587 --auth MECHANISM"},
		{remote, record.Advice{Do: record.CapTLS, Name: "TLS 1.2"}, "ehlo run mail.example:587 --tls-max 1.2"},
		{remote, record.Advice{Do: record.GiveServerName, Name: "mx.example"}, "ehlo run mail.example:587 --server-name mx.example"},
		{remote, record.Advice{Do: record.OtherAddressFamily}, "ehlo run mail.example:587 --ipv4"},
		{remote, record.Advice{Do: record.CheckAddress}, "ehlo run mail.example:587 --from ADDRESS"},
		{lab, record.Advice{Do: record.UseTLS, Port: 465}, "ehlo run lab:wrong-port --tls implicit"},
		{lab, record.Advice{Do: record.UseTLS, Port: 4650}, "ehlo run lab:wrong-port --port 4650 --tls implicit"},
		{lab, record.Advice{Do: record.GivePassword}, "ehlo run lab:wrong-port --password-file FILE"},
		{implicit, record.Advice{Do: record.TrustCA}, "ehlo run submissions://[2001:db8::1]:4465 --ca FILE"},
	}
	for _, test := range tests {
		a := &adviser{}
		a.see(&record.Event{Start: &record.Start{Plan: test.plan}})
		a.see(&record.Event{Connect: &record.Connect{Remote: "[2001:db8::1]:587"}})
		a.see(&record.Event{Finding: &record.Finding{Phase: record.PhaseMail}})
		if got := a.command(test.advice); got != test.want {
			t.Errorf("%v: %q, want %q", test.advice, got, test.want)
		}
		a.more = true
		if got := a.command(test.advice); test.want != "" && !strings.Contains(got, " …") {
			t.Errorf("%v: %q does not say that the other flags stay", test.advice, got)
		}
	}
}
