package ask

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/setup"
	"ehlo/session/survey"
)

// practice is a survey of the practice server with a scenario, not made yet.
func practice(t *testing.T, scenario string) Config {
	t.Helper()
	p, err := setup.New(setup.Request{Target: "lab:" + scenario, Unwatched: true})
	if err == nil {
		err = p.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	p.Config.Network = "ip4"
	return Config{Session: p.Config, EHLOName: p.Goal.EHLOName, Ports: survey.DefaultPorts(), Limit: time.Minute, Quick: true}
}

// rows are the cells in a few words each: port, state, TLS, AUTH, certificate, exit code.
func rows(s *survey.Survey) (list []string) {
	for _, c := range s.Cells {
		row := fmt.Sprintf("%d %s%s", c.Port, c.State, map[bool]string{true: " " + c.Protocol}[c.Protocol != ""])
		if c.TLS != nil {
			row += " " + c.TLS.Version
			for _, f := range c.TLS.Faults {
				row += " " + string(f.Finding)
			}
		}
		if len(c.AuthBefore) > 0 {
			row += " auth-before"
		}
		if len(c.AuthInside) > 0 {
			row += " auth-inside"
		}
		list = append(list, fmt.Sprintf("%s: %d", row, c.Verdict.Exit))
	}
	return list
}

const (
	good25, good465    = "25 STARTTLS TLS 1.3: 0", "465 TLS TLS 1.3 auth-inside: 0"
	good587, good2525  = "587 STARTTLS TLS 1.3 auth-inside: 0", "2525 STARTTLS TLS 1.3 auth-inside: 0"
	refused25, expired = "25 refused: 4", "TLS 1.3 cert-expired"
)

// What each scenario of the practice server makes of the four ports, and of the whole.
func TestPractice(t *testing.T) {
	for _, c := range []struct {
		scenario string
		want     []string
		exit     record.Exit
		who      record.Who
	}{
		{"submission", []string{good25, good465, good587, good2525}, 0, ""},
		{"expired", []string{"25 STARTTLS " + expired + ": 9", "465 TLS " + expired + " auth-inside: 9", "587 STARTTLS " + expired + " auth-inside: 9",
			"2525 STARTTLS " + expired + " auth-inside: 9"}, 9, record.WhoOperator},
		{"stripped", []string{"25 cleartext: 0", good465, "587 cleartext auth-before: 7", "2525 cleartext auth-before: 7"}, 7, record.WhoUnknown},
		{"starttls-refused", []string{"25 STARTTLS: 7", good465, "587 STARTTLS: 7", "2525 STARTTLS: 7"}, 7, record.WhoOperator},
		{"injected", []string{"25 STARTTLS: 14", good465, "587 STARTTLS: 14", "2525 STARTTLS: 14"}, 14, record.WhoNetwork},
		{"clear-auth", []string{good25, good465, "587 STARTTLS TLS 1.3 auth-before auth-inside: 0", "2525 STARTTLS TLS 1.3 auth-before auth-inside: 0"}, 0, ""},
		{"old-tls", []string{"25 STARTTLS: 8", "465 TLS: 8", "587 STARTTLS: 8", "2525 STARTTLS: 8"}, 8, record.WhoOperator},
		{"http", []string{"25 other HTTP: 5", "465 other HTTP: 8", "587 other HTTP: 5", "2525 other HTTP: 5"}, 5, record.WhoYou},
		{"greeting-refused", []string{"25 rejects: 5", "465 rejects TLS 1.3: 5", "587 rejects: 5", "2525 rejects: 5"}, 5, record.WhoOperator},
		{"refused", []string{refused25, "465 refused: 4", "587 refused: 4", "2525 refused: 4"}, 4, record.WhoOperator},
		{"client-certificate-required", []string{"25 STARTTLS TLS 1.3: 9", "465 TLS TLS 1.3: 9", "587 STARTTLS TLS 1.3: 9", "2525 STARTTLS TLS 1.3: 9"}, 9, record.WhoYou},
		{"no-such-host", nil, 3, record.WhoYou},
	} {
		t.Run(c.scenario, func(t *testing.T) {
			t.Parallel()
			s := Ask(t.Context(), practice(t, c.scenario))
			if got := rows(s); !slices.Equal(got, c.want) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(c.want, "\n  "))
			}
			if s.Verdict.Exit != c.exit || s.Verdict.Who != c.who || s.Verdict.Cause == "" {
				t.Errorf("the verdict is %+v, want %d %s", s.Verdict, c.exit, c.who)
			}
		})
	}
}

// Silence takes as long as a step may, so these steps may take little.
func TestSilence(t *testing.T) {
	t.Parallel()
	for scenario, want := range map[string]string{
		"silent": "25 silent: 124", "filtered": "25 filtered: 124", "blocked-25": "25 filtered: 124",
	} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			cfg := practice(t, scenario)
			cfg.Ports, cfg.Session.Timeout = []int{25}, 300*time.Millisecond
			if got := rows(Ask(t.Context(), cfg)); !slices.Equal(got, []string{want}) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// The ports for reading mail are at home with their protocols, and a port where another one is at home is not.
func TestMailboxes(t *testing.T) {
	cfg := practice(t, "imap-port")
	cfg.Ports = []int{110, 143, 993, 995}
	want := []string{"110 other POP3: 0", "143 other IMAP: 0", "993 other IMAP TLS 1.3: 0", "995 other POP3 TLS 1.3: 0"}
	if got := rows(Ask(t.Context(), cfg)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	cfg.Session.Dial = redirected(cfg.Session.Dial, map[string]string{"587": "143", "143": "25"})
	cfg.Ports = []int{587, 143}
	want = []string{"587 other IMAP: 5", "143 cleartext: 5"}
	if got := rows(Ask(t.Context(), cfg)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A port where TLS starts in another way than it is meant to is met in that way too. The verdict says what is wrong, and at a port that is
// for neither way nothing is.
func TestOtherWay(t *testing.T) {
	t.Parallel()
	cfg := practice(t, "submission")
	cfg.Session.Dial = redirected(cfg.Session.Dial, map[string]string{"465": "587", "587": "465", "2525": "465"})
	cfg.Ports = []int{465, 587, 2525}
	want := []string{"465 STARTTLS TLS 1.3 auth-inside: 8", "587 TLS TLS 1.3 auth-inside: 5", "2525 TLS TLS 1.3 auth-inside: 0"}
	if got := rows(Ask(t.Context(), cfg)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

type dialer = func(ctx context.Context, network, address string) (net.Conn, error)

// redirected connects to other ports.
func redirected(dial dialer, to map[string]string) dialer {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		host, port, _ := net.SplitHostPort(address)
		if other, ok := to[port]; ok {
			address = net.JoinHostPort(host, other)
		}
		return dial(ctx, network, address)
	}
}

// A port that never answers delays no other one, and the survey can be stopped meanwhile: what is known by then is kept.
func TestStopped(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	cfg := practice(t, "submission")
	dial := cfg.Session.Dial
	cfg.Session.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		if strings.HasSuffix(address, ":25") {
			address, dial := silent.Addr().String(), (&net.Dialer{}).DialContext
			return dial(ctx, network, address)
		}
		return dial(ctx, network, address)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	cfg.Told = func(done, all int, _ survey.Cell) {
		if done == all-1 {
			stop()
		}
	}
	s := Ask(ctx, cfg)
	want := []string{"25 unknown: 130", good465, good587, good2525}
	if got := rows(s); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if !s.Stopped || s.Verdict.Exit != record.ExitStopped {
		t.Errorf("the verdict is %+v", s.Verdict)
	}
}

// Nothing is sent but what looks: no login, no message.
func TestSendsNothing(t *testing.T) {
	for _, c := range Ask(t.Context(), practice(t, "submission")).Cells {
		for _, log := range c.Sessions {
			for i := range log.Len() {
				if e := log.At(i); e.Send != nil && !slices.Contains([]record.Verb{record.VerbEHLO, record.VerbSTARTTLS, record.VerbQuit}, e.Step) {
					t.Errorf("port %d: %q was sent", c.Port, e.Send.Raw)
				}
			}
		}
	}
}

// Whether a port relays is asked up to RCPT, and no message follows.
func TestRelay(t *testing.T) {
	for to, want := range map[string]string{"someone@elsewhere.example": "25 false 554, 465 false 530, 587 false 530", "bob@lab.test": "25 true 250, 465 false 530, 587 false 530"} {
		cfg := practice(t, "submission")
		cfg.Ports, cfg.RelayTo = []int{25, 465, 587}, to
		var got []string
		for _, c := range Ask(t.Context(), cfg).Cells {
			got = append(got, fmt.Sprintf("%d %t %.3s", c.Port, c.Relay.Accepted, c.Relay.Said))
		}
		if list := strings.Join(got, ", "); list != want {
			t.Errorf("%s: got %s, want %s", to, list, want)
		}
	}
}
