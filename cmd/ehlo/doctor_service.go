package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strings"

	"golang.org/x/term"

	"ehlo/session/doctor"
	"ehlo/session/doctor/ask"
	"ehlo/session/record"
	"ehlo/session/setup"
	"ehlo/session/survey"
	"ehlo/session/walk"
	"ehlo/session/wire"
	"ehlo/ui/checkup"
)

// diagnose looks at a mail service.
func (d *doctorOptions) diagnose(ctx context.Context, std streams, asked string) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	host, err := d.o.called(asked)
	if err != nil {
		return err
	}
	d.limit(host)
	p, err := d.o.setUp(ctx, std, host, true)
	if err != nil {
		return err
	}
	defer p.Close()
	progress := &progressLine{out: std.err}
	cfg := ask.Config{Asked: wire.VisibleString(asked), Setup: p, Ports: d.ports(p, host)}
	cfg.On = func(port int) (*setup.Setup, error) {
		one := d.o
		one.asked.Port = port
		return one.setUp(ctx, std, host, true)
	}
	if term.IsTerminal(int(std.err.Fd())) {
		cfg.Told = progress.told
	}
	found, err := ask.Ask(ctx, cfg)
	progress.clear()
	if err == nil {
		err = d.print(std, asked, found)
	}
	if err != nil || found.Verdict.Exit == record.ExitOK {
		return err
	}
	return &ended{found.Verdict.Exit}
}

// limit sets what a session may do: a message is sent to the practice server alone, where nobody gets it.
func (d *doctorOptions) limit(host string) {
	a := &d.o.asked
	a.Unwatched, a.Alone = true, true
	if strings.HasPrefix(host, "lab:") {
		a.Goal.SendMessage = true
		return
	}
	a.Timeout = cmp.Or(a.Timeout, surveyStep)
	if len(a.Goal.To) > 0 {
		a.Until = string(record.PhaseRcpt)
		if !strings.Contains(a.Goal.Credentials.Username, "@") {
			a.Goal.From = cmp.Or(a.Goal.From, walk.NullSender)
		}
	}
}

// ports are those to look at; none where one is named, or follows from what is asked.
func (d *doctorOptions) ports(p *setup.Setup, host string) []int {
	_, _, err := net.SplitHostPort(host)
	switch {
	case p.IsPractice(), p.Via != "", d.o.asked.Port != 0, err == nil, strings.Contains(host, "://"):
		return nil
	case p.Goal.Credentials.Username != "":
		return []int{record.PortSubmission, record.PortSubmissions, record.PortAlternate}
	case len(p.Goal.To) > 0:
		return nil // from server to server
	}
	return survey.DefaultPorts()
}

// diagnosed is a diagnosis with the command that tests what comes next.
type diagnosed struct {
	*doctor.Diagnosis
	Next string `json:"next,omitempty"`
}

func (d *doctorOptions) print(std streams, asked string, found *doctor.Diagnosis) error {
	how := &adviser{}
	for i := range found.Session.Len() {
		how.see(found.Session.At(i))
	}
	next := d.next(asked, found, how)
	switch {
	case d.json:
		return printJSON(std.out, diagnosed{found, next})
	case !d.letter:
		return printLines(std.out, checkup.Diagnosis(found, widthOf(std.out), next, how.command))
	case found.Letter == nil:
		why := cmp.Or(found.NoLetter, "No fault was found.")
		return &failure{found.Verdict.Exit, "there is nothing to send: " + why, ""}
	}
	return printLines(std.out, checkup.Letter(found.Letter))
}

// next is the command that tests what to know next about a fault.
func (d *doctorOptions) next(asked string, found *doctor.Diagnosis, how *adviser) string {
	target := how.target()
	host := name(how.plan.Target.Host, "HOST")
	if how.plan.Target.Lab {
		host = target
	}
	switch step := found.Failed(); {
	case step == "":
		return ""
	case found.Verdict.Exit == record.ExitDeferred:
		return "ehlo doctor " + name(asked, target)
	case how.plan.Target.Lab && (step == doctor.StepName || step == doctor.StepRoute):
		return how.run(target) + " -v"
	case step == doctor.StepName || step == doctor.StepRoute:
		return "ehlo doctor --self --lookup " + host
	case step == doctor.StepPort:
		return "ehlo survey " + host
	case step == doctor.StepTLS:
		return fmt.Sprintf("ehlo survey %s --ports %d", host, how.plan.Target.Port)
	case step == doctor.StepCertificate:
		return how.run(target) + " --until handshake"
	case step == doctor.StepGreeting:
		return how.run(target) + " --until greeting"
	}
	return how.run(target) + " -v"
}
