package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"strings"

	"golang.org/x/term"

	"ehlo/session/doctor"
	"ehlo/session/doctor/ask"
	"ehlo/session/record"
	roads "ehlo/session/route/ask"
	"ehlo/session/sasl"
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
	cfg, err := d.config(ctx, std, host)
	if err != nil {
		return err
	}
	defer cfg.Setup.Close()
	cfg.Asked = wire.VisibleString(asked)
	progress := &progressLine{out: std.err}
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

// config is what is to be looked at: a host, or the mail of a domain.
func (d *doctorOptions) config(ctx context.Context, std streams, host string) (ask.Config, error) {
	if err := d.o.useOwn(ctx); err != nil {
		return ask.Config{}, err
	}
	resolver, problem := roads.NewResolver(d.resolver)
	if problem != nil && d.resolver != "" {
		return ask.Config{}, usage(fmt.Errorf("--resolver %s: %w", quote(d.resolver), problem))
	}
	if d.isDomain(ctx, host, resolver) {
		return d.domain(ctx, std, host)
	}
	d.limit(strings.HasPrefix(host, "lab:"))
	p, err := d.o.setUp(ctx, std, host, true)
	if err != nil {
		return ask.Config{}, err
	}
	return ask.Config{Setup: p, Ports: d.ports(p, host), Files: d.files(), On: func(port int) (*setup.Setup, error) {
		one := d.o
		one.asked.Port = port
		return one.setUp(ctx, std, host, true)
	}}, nil
}

// files are those that were named, or saved with a target. A folder of roots has to become one file to be sent.
func (d *doctorOptions) files() doctor.Files {
	f := doctor.Files{Roots: d.o.ca, Certificate: d.o.cert, Key: d.o.key}
	if info, err := os.Stat(f.Roots); err == nil && info.IsDir() {
		f.Roots = "roots.pem"
	}
	return f
}

// isDomain reports whether mail is meant that servers send to a domain: that of an address, one of the practice domains, or a name that
// has MX records. Who logs in, or names a port, means a host.
func (d *doctorOptions) isDomain(ctx context.Context, host string, resolver *roads.Resolver) bool {
	name, practice := strings.CutPrefix(host, "lab:")
	switch _, literal := netip.ParseAddr(strings.Trim(host, "[]")); {
	case strings.Contains(host, "://"), d.o.asked.Goal.Credentials.Username != "", d.o.asked.Port != 0:
		return false
	case strings.Contains(name, "@"):
		return true
	case practice:
		return d.o.isPracticeDomain(name)
	case strings.Contains(host, ":"), literal == nil, resolver == nil:
		return false
	}
	domain, err := record.HostName(host)
	if err != nil || !record.IsDomain(domain) {
		return false
	}
	found := resolver.Ask(ctx, record.Question{Type: "MX", Name: domain})
	return len(found.Of("MX")) > 0
}

// domain is what is to be looked at of the mail of a domain.
func (d *doctorOptions) domain(ctx context.Context, std streams, named string) (cfg ask.Config, err error) {
	r := &router{o: d.o, resolver: d.resolver, private: d.private, noConnect: true}
	domain, scenario, practice, err := r.domainOf(ctx, named)
	if err != nil {
		return cfg, err
	}
	target, to := "smtp://"+domain, &d.o.asked.Goal.To
	if practice {
		target = "lab:" + scenario
	}
	if mailbox := strings.TrimPrefix(named, "lab:"); strings.Contains(mailbox, "@") {
		*to = append([]string{mailbox}, *to...)
	}
	d.limit(false)
	p, err := d.o.setUp(ctx, std, target, false)
	if err != nil {
		return cfg, err
	}
	cfg = ask.Config{Setup: p, Domain: domain, Files: d.files()}
	if cfg.Route, err = r.options(p); err != nil {
		return cfg, errors.Join(err, p.Close())
	}
	p.MX, p.Config.Target, p.Goal.Credentials = true, record.Target{Host: domain, Port: record.PortRelay, Lab: practice}, sasl.Credentials{}
	p.Config.Policy = record.Policy{Start: record.StartSTARTTLS, Must: record.MustOpportunistic} // as servers do among themselves (RFC 3207 §4)
	if len(*to) == 0 {
		p.Goal.To = nil // a scenario has some
	}
	if resolver, ok := cfg.Route.Resolver.(*roads.Resolver); ok && !practice {
		resolver.Private = d.private
		p.Config.Resolver = resolver
	}
	return cfg, nil
}

// limit sets what a session may do: a message is sent to the practice server alone, where nobody gets it.
func (d *doctorOptions) limit(practice bool) {
	a := &d.o.asked
	a.Unwatched, a.Alone = true, true
	if practice {
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
	how := adviserOf(found)
	how.more = d.more
	next := d.nextTest(asked, found, how)
	switch {
	case d.json:
		return printJSON(std.out, diagnosed{found, next})
	case !d.letter:
		return printLines(std.out, checkup.Diagnosis(found, widthOf(std.out), next, how.command))
	case found.Letter == nil:
		why := cmp.Or(found.NoLetter, "No fault was found.")
		return &failure{found.Verdict.Exit, "there is nothing to send: " + why, ""}
	}
	if before := found.Letter.Sending; before != "" {
		fmt.Fprintln(std.err, "note: "+before)
	}
	return printLines(std.out, checkup.Letter(found.Letter))
}

// adviserOf knows the session of a diagnosis. Where MX records led to a host, commands go to that.
func adviserOf(found *doctor.Diagnosis) *adviser {
	how := &adviser{}
	for i := range lengthOf(found.Session) {
		e := found.Session.At(i)
		if how.see(e); e.Connect != nil && e.Connect.Host != "" && !how.plan.Target.Lab {
			how.plan.Target.Host = name(e.Connect.Host, "HOST")
		}
	}
	return how
}

func lengthOf(log record.Source) int {
	if log == nil {
		return 0
	}
	return log.Len()
}

// greeted is how far a session goes that shows what is wrong with a greeting: up to EHLO where the reply to that is.
func greeted(failed record.Phase) record.Phase {
	if failed == record.PhaseEHLO {
		return failed
	}
	return record.PhaseGreeting
}

// nextTest is the command that tests what to know next about a fault.
func (d *doctorOptions) nextTest(asked string, found *doctor.Diagnosis, how *adviser) string {
	target, lab := how.target(), how.plan.Target.Lab
	host := name(how.plan.Target.Host, "HOST")
	if lab {
		host = target
	}
	switch step := found.Failed(); {
	case step == "":
		return ""
	case found.Beside.Route != nil && (found.Session == nil || step == doctor.StepPort):
		return "ehlo route " + domainName(asked) + sameRecords(d.resolver, d.private) + " -v"
	case found.Verdict.Exit == record.ExitDeferred:
		return d.again(typed(asked, target))
	case lab && (step == doctor.StepName || step == doctor.StepRoute):
		return how.run(target) + " -v"
	case step == doctor.StepName || step == doctor.StepRoute:
		return "ehlo doctor --self --name " + host
	case step == doctor.StepPort && found.Beside.Ports != nil: // whether it is this machine
		return "ehlo doctor --self"
	case step == doctor.StepPort:
		return "ehlo survey " + host
	case step == doctor.StepTLS:
		return fmt.Sprintf("ehlo survey %s --ports %d", host, how.plan.Target.Port)
	case step == doctor.StepCertificate:
		return how.run(target) + " --until handshake"
	case step == doctor.StepGreeting:
		return how.run(target) + " --until " + string(greeted(found.Verdict.Phase))
	case step == doctor.StepPolicy && found.Beside.Route != nil && len(how.plan.To) > 0:
		return how.run(target) + " --from '<>' --to " + typed(how.plan.To[0], "ADDRESS") + " --until rcpt -v"
	}
	return how.run(target) + " -v"
}

// domainName is the domain that a person named, as a shell takes it.
func domainName(asked string) string {
	domain := strings.TrimPrefix(asked, "lab:")
	practice := len(domain) < len(asked)
	if _, after, ok := strings.Cut(domain, "@"); ok {
		domain = after
	}
	if domain = name(domain, "DOMAIN"); practice {
		return "lab:" + domain
	}
	return domain
}

// again is the same command, where waiting helps.
func (d *doctorOptions) again(asked string) string {
	command := "ehlo doctor " + asked
	if d.o.asked.Port != 0 {
		command += fmt.Sprintf(" --port %d", d.o.asked.Port)
	}
	if d.more {
		command += " " + sameFlags
	}
	return command
}

// sameRecords are the flags by which records were looked up, with a blank before each.
func sameRecords(resolver string, private bool) (flags string) {
	if resolver != "" {
		flags = " --resolver " + typedResolver(resolver)
	}
	if private {
		flags += " --private"
	}
	return flags
}

// typedResolver is a resolver as a shell takes it, or a word that stands for it. Brackets are a pattern for some shells.
func typedResolver(resolver string) string {
	rest := strings.TrimPrefix(resolver, "tls://")
	switch bare := strings.NewReplacer("[", "", "]", "", ":", "").Replace(rest); {
	case name(bare, "") == "":
		return "RESOLVER"
	case strings.Contains(rest, "["):
		return "'" + resolver + "'"
	}
	return resolver
}

// typed is what a person typed where a shell takes it as it is, or what stands for it.
func typed(asked, stands string) string {
	if strings.Trim(asked, "@:") != asked {
		return stands
	}
	for part := range strings.FieldsFuncSeq(asked, func(r rune) bool { return r == '@' || r == ':' }) {
		if name(part, "") == "" {
			return stands
		}
	}
	return asked
}
