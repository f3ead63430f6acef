package ui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/setup"
	"ehlo/session/survey"
	"ehlo/ui/paint"
	"ehlo/ui/ports"
)

// SurveyRequest is a survey that a person asks for: what its sessions have in common, and the ports.
type SurveyRequest struct {
	Request
	Ports []int // none are the usual ones
	Quick bool  // do not ask which TLS versions, cipher suites and groups are accepted
}

// SurveyNews is called with what a survey knows, and how many ports are still to come, whenever that has changed.
type SurveyNews func(s survey.Survey, left int)

// ShowSurvey surveys a host on the screen until a person quits.
func (a App) ShowSurvey(ctx context.Context, asked SurveyRequest) error {
	return a.showCheck(ctx, func(app *App) *check { return newSurveyCheck(app, asked) })
}

// newSurveyCheck is the page of a survey.
func newSurveyCheck(app *App, asked SurveyRequest) *check {
	return &check{name: "survey", run: func(ctx context.Context, tell func(checked)) error {
		found, err := app.Survey(ctx, asked, func(s survey.Survey, left int) {
			tell(surveyed(asked.Request, &s, fmt.Sprintf("waiting for %d of %d ports", left, len(s.Cells))))
		})
		if err != nil {
			return err
		}
		tell(surveyed(asked.Request, found, ""))
		return nil
	}}
}

// surveyed is a survey as a page.
func surveyed(asked Request, s *survey.Survey, state string) checked {
	rows := ports.Rows(s)
	return checked{state: state, rows: func(width int) (paint.Line, []checkedRow) { return surveyRows(asked, s, rows, width) }}
}

func surveyRows(asked Request, s *survey.Survey, rows []ports.Row, width int) (paint.Line, []checkedRow) {
	head, lines := ports.Draw(s, rows, width)
	if len(s.Cells) == 0 {
		head = nil
	}
	out := make([]checkedRow, len(rows))
	for i, r := range rows {
		out[i] = checkedRow{group: r.Group, line: lines[i], leads: toCell(asked, r.Meant(s)), about: func(width int) []paint.Line { return ports.About(s, r, width) }}
	}
	return head, out
}

// toCell leads to the session with a port; nil where there is no port.
func toCell(asked Request, c *survey.Cell) *lead {
	if c == nil {
		return nil
	}
	l := &lead{name: fmt.Sprintf("port %d", c.Port), request: asked}
	l.request.Port, l.request.Address, l.request.TLS, l.request.Bare = c.Port, c.Address, c.Mode(), true
	if len(c.Sessions) > 0 {
		l.had = c.Sessions[0]
	}
	return l
}

// surveyForm asks for a survey.
type surveyForm struct {
	host, ports, detail, network, ca, name, ehlo *field

	files *formFiles
}

func newSurveyForm(host string, files *formFiles) *surveyForm {
	return &surveyForm{files: files,
		host:    textField("host", host, "such as mail.example.org", "a name or an address, without a port; lab: and a scenario for the practice server"),
		ports:   textField("ports", "", usualPorts(), fmt.Sprintf("the ports to check, separated by commas, at most %d; each is checked at every address of the name", survey.MostPorts)),
		detail:  choiceField("TLS detail", 0, "which TLS versions, cipher suites and groups are accepted: that takes one connection after another, two at a time", "asked", "not asked"),
		network: choiceField("network", 0, "the address family to use", "IPv4 and IPv6", "IPv4 only", "IPv6 only"),
		ca:      textField("CA file", "", "the system's", "a PEM file with the certificate authorities to trust"),
		name:    textField("server name", "", "the host", "the name to send in SNI and to verify in the certificates, if it differs from the host"),
		ehlo:    textField("EHLO name", "", "by address", "the name to give in EHLO"),
	}
}

// usualPorts are those that are checked where none are named, as they would be typed.
func usualPorts() string {
	return strings.NewReplacer(" and ", ",", ", ", ",").Replace(survey.List(survey.DefaultPorts()))
}

func (f *surveyForm) asked() (SurveyRequest, error) {
	r := SurveyRequest{Quick: f.detail.picked == 1}
	r.Target, r.Network, r.ServerName, r.CAFile = strings.TrimSpace(f.host.value()), networkChoices[f.network.picked], strings.TrimSpace(f.name.value()), path(f.ca)
	r.Goal.EHLOName = f.ehlo.value()
	var err error
	if r.Ports, err = survey.ParsePorts(f.ports.value()); err != nil {
		return r, &fieldError{f.ports, err.Error()}
	}
	if err = f.wrong(r); err == nil {
		err = f.files.wrong(f.ca, nil, nil)
	}
	return r, err
}

// wrong says which field stands in the way of a survey.
func (f *surveyForm) wrong(r SurveyRequest) error {
	if strings.HasPrefix(r.Target, "@") {
		return &fieldError{f.host, "choose a saved target in the list; this field needs a host"}
	}
	s, err := setup.New(r.Request.Request)
	if wrong, ok := errors.AsType[*setup.Error](err); ok {
		at := map[setup.Field]*field{setup.FieldServerName: f.name, setup.FieldEHLOName: f.ehlo}[wrong.Field]
		return &fieldError{cmp.Or(at, f.host), wrong.Text}
	}
	switch {
	case err != nil: // there is no such scenario
		return &fieldError{f.host, err.Error()}
	case !s.IsPractice() && !survey.IsHost(r.Target, s.Config.Target.Host):
		return &fieldError{f.host, "want only a host; its ports have a field of their own"}
	}
	return nil
}

func (f *surveyForm) form(then func(SurveyRequest) tea.Cmd) *form {
	return &form{name: "survey a server", verb: "survey", fields: []*field{f.host, f.ports, f.detail, f.network, f.ca, f.name, f.ehlo}, submit: func() (tea.Cmd, error) {
		r, err := f.asked()
		if err != nil {
			return nil, err
		}
		return then(r), nil
	}}
}

// surveyMsg asks for a survey.
type surveyMsg SurveyRequest

func toSurvey(r SurveyRequest) tea.Cmd { return func() tea.Msg { return surveyMsg(r) } }

// toSurveyOf asks for a survey of a target: lab: and a scenario, or @ and the name of what is saved.
func toSurveyOf(target string) tea.Cmd {
	var r SurveyRequest
	r.Target = target
	return toSurvey(r)
}

// checks lists what can be looked at from all sides.
func (h *home) checks() []item {
	out := []item{
		{group: "ports", name: "the ports of a server …", do: h.askSurvey, about: []string{
			"Every port where mail is sent, at every address of the name, side by side: what answers, when TLS starts, AUTH, the certificate, which TLS is accepted, and what is wrong. No login, and no message is sent.",
			"From a shell: ehlo survey HOST"}},
		{group: "ports", name: "the practice server", more: "lab:", do: func() tea.Cmd { return toSurveyOf("lab:") }, about: []string{
			"The same for the practice server: nothing leaves this machine."}},
	}
	if h.app.Route != nil {
		out = append(out, item{group: "mail of a domain", name: "the way to a domain …", do: h.askDomain, about: []string{
			"The MX records in the order in which senders try them, each mail server up to TLS, and what the domain publishes: MTA-STS, DANE, SPF, DMARC. Each finding says what it stops and who has to act.",
			"It asks the resolver of this machine, and contacts no private address. From a shell: ehlo route DOMAIN"}})
	}
	if h.app.Doctor != nil {
		out = append(out, item{group: "what is wrong", name: "what is wrong first …", do: h.askDoctor, about: []string{
			"Name, route, port, greeting, TLS, certificate, AUTH, policy, in this order, up to the first fault: what it is, who has to act, and a letter to send to them.",
			"From a shell: ehlo doctor HOST, DOMAIN or ADDRESS"}})
	}
	for _, s := range h.saved {
		out = append(out, item{group: "ports of a saved target", name: s.Name, note: s.Server, do: func() tea.Cmd { return toSurveyOf("@" + s.Name) }, about: s.about()[:1]})
	}
	return out
}

func (h *home) askSurvey() tea.Cmd {
	h.sheet = newSurveyForm("", h.app.files()).form(toSurvey)
	return nil
}

// toChecks lists what can be looked at.
func (h *home) toChecks() tea.Cmd {
	h.readSaved()
	return h.show(listChecks)()
}
