package setup

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"ehlo/session/certificate"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// user is a request to log in.
func user(target, name string) Request {
	r := Request{Target: target}
	r.Goal.Credentials.Username = name
	return r
}

func with(r Request, change func(*Request)) Request {
	change(&r)
	return r
}

// Policy and target follow from each other, from the port and from the login.
func TestWhatIsDecidedAboutTLS(t *testing.T) {
	tests := []struct {
		request Request
		target  string
		policy  string
	}{
		{Request{Target: "mx.example"}, "mx.example:25", "starttls opportunistic"},
		{Request{Target: "mx.example", TLS: "off"}, "mx.example:25", "never off"},
		{user("mail.example", "ann"), "mail.example:587", "starttls require"},
		{with(Request{Target: "mail.example"}, func(r *Request) { r.Goal.Mechanism = "ANONYMOUS" }), "mail.example:587", "starttls require"},
		{user("mail.example:25", "ann"), "mail.example:25", "starttls require"},
		{Request{Target: "mail.example:465"}, "mail.example:465", "implicit require"},
		{Request{Target: "mail.example", Port: 465}, "mail.example:465", "implicit require"},
		{Request{Target: "mail.example:465", Port: 25}, "mail.example:25", "starttls opportunistic"},
		{Request{Target: "submissions://mail.example", Port: 4465}, "mail.example:4465", "implicit require"},
		{Request{Target: "smtp://mail.example", Port: 465}, "mail.example:465", "starttls opportunistic"},
		{Request{Target: "mail.example", Until: "handshake"}, "mail.example:25", "starttls require"}, // a question about TLS
		{Request{Target: "mail.example", Until: "handshake", TLS: "opportunistic"}, "mail.example:25", "starttls opportunistic"},
		{Request{Target: "mail.example", Until: "ehlo"}, "mail.example:25", "starttls opportunistic"},
	}
	for _, test := range tests {
		s, err := New(test.request)
		if err != nil {
			t.Errorf("%+v: %v", test.request, err)
			continue
		}
		policy := string(s.Config.Policy.Start) + " " + string(s.Config.Policy.Must)
		if s.Config.Target.String() != test.target || policy != test.policy || s.Config.Target.Lab {
			t.Errorf("%s port %d: %s, %s; want %s, %s", test.request.Target, test.request.Port, s.Config.Target, policy, test.target, test.policy)
		}
	}
}

func TestTLSVersions(t *testing.T) {
	tests := []struct {
		low, high string
		min, max  uint16
	}{
		{"", "", 0, 0},
		{"", "1.2", 0, tls.VersionTLS12},
		{"", "1.1", tls.VersionTLS11, tls.VersionTLS11},
		{"1.0", "1.1", tls.VersionTLS10, tls.VersionTLS11},
		{"1.3", "", tls.VersionTLS13, 0},
	}
	for _, test := range tests {
		s, err := New(Request{Target: "mail.example", TLSMin: test.low, TLSMax: test.high})
		if err != nil || s.Config.TLS.MinVersion != test.min || s.Config.TLS.MaxVersion != test.max {
			t.Errorf("from %q to %q: %v, %+v", test.low, test.high, err, s)
		}
	}
}

// A name is given in EHLO if a server can do something with it.
func TestEHLOName(t *testing.T) {
	for _, test := range []struct{ target, asked, host, want string }{
		{"mail.example", "", "laptop", ""},
		{"mail.example", "", "laptop.example.org", "laptop.example.org"},
		{"mail.example", "me.example", "laptop.example.org", "me.example"},
		{"lab:", "", "laptop.example.org", "laptop." + lab.Domain},
		{"lab:", "me.example", "", "me.example"},
	} {
		s, err := New(Request{Target: test.target, Hostname: test.host, Goal: walk.Goal{EHLOName: test.asked}})
		if err != nil || s.Goal.EHLOName != test.want {
			t.Errorf("%+v: %v", test, err)
		}
	}
}

// What cannot be meant is refused by field; a face says it in its own words.
func TestRefused(t *testing.T) {
	of := func(change func(*Request)) Request { return with(Request{Target: "mail.example"}, change) }
	goal := func(change func(*walk.Goal)) Request { return of(func(r *Request) { change(&r.Goal) }) }
	long := strings.Repeat("x", 256)
	tests := []struct {
		request Request
		field   Field
		text    string
	}{
		{Request{}, FieldTarget, "has no host"},
		{Request{Target: "ann@mail.example"}, FieldTarget, "contains a username or password"},
		{of(func(r *Request) { r.Port = 65536 }), FieldPort, "from 1 to 65535"},
		{of(func(r *Request) { r.Port = -1 }), FieldPort, "from 1 to 65535"},
		{of(func(r *Request) { r.TLS = "maybe" }), FieldTLS, "want require, opportunistic, if-offered, off or implicit"},
		{of(func(r *Request) { r.Until = "later" }), FieldUntil, "want one of resolve"},
		{of(func(r *Request) { r.Until = "auth" }), FieldUntil, "does not reach this step"},
		{of(func(r *Request) { r.Until = "data" }), FieldUntil, "does not reach this step"},
		{of(func(r *Request) { r.Until, r.TLS = "handshake", "off" }), FieldUntil, "does not reach this step"},
		{of(func(r *Request) { r.TLSMin = "1.4" }), FieldTLSMin, "want one of 1.0"},
		{of(func(r *Request) { r.TLSMax = "1.4" }), FieldTLSMax, "want one of 1.0"},
		{of(func(r *Request) { r.TLSMin, r.TLSMax = "1.3", "1.2" }), FieldTLSMin, "above the highest, 1.2"},
		{of(func(r *Request) { r.ServerName = "a b" }), FieldServerName, "a space or a control character"},
		{goal(func(g *walk.Goal) { g.EHLOName = "a\r\nb" }), FieldEHLOName, "a space or a control character"},
		{of(func(r *Request) { r.ALPN = []string{"smtp", ""} }), FieldALPN, "1 to 255 bytes"},
		{of(func(r *Request) { r.ALPN = []string{long} }), FieldALPN, "1 to 255 bytes"},
		{of(func(r *Request) { r.Timeout = -time.Second }), FieldTimeout, "negative"},
		{of(func(r *Request) { r.Limits = wire.Limits{Line: -1} }), FieldMaxLine, "want a count"},
		{of(func(r *Request) { r.Limits = wire.Limits{Reply: -1} }), FieldMaxReply, "want a count"},
		{of(func(r *Request) { r.Limits = wire.Limits{Lines: -1} }), FieldMaxLines, "want a count"},
		{goal(func(g *walk.Goal) { g.Insist = true }), FieldMechanism, "name the mechanism"},
		{with(Request{Target: "lab:auth-plain"}, func(r *Request) { r.Goal.Insist = true }), FieldMechanism, "name the mechanism"}, // the scenario names one
		{goal(func(g *walk.Goal) { g.Mechanism = "BOGUS" }), FieldMechanism, "want one of"},
		{goal(func(g *walk.Goal) { g.Mechanism, g.Insist = "A B", true }), FieldMechanism, "1 to 20 letters"},
		{goal(func(g *walk.Goal) { g.Mechanism, g.Credentials.Realm = "PLAIN", "x" }), "realm", "only DIGEST-MD5 has one"},
		{goal(func(g *walk.Goal) { g.Auth.Initial = "perhaps" }), "initial-response", "want yes or no"},
		{goal(func(g *walk.Goal) { g.To = []string{"bob@lab.test"} }), FieldFrom, "recipients need a sender"},
		{with(user("mail.example", "ann"), func(r *Request) { r.Goal.To = []string{"bob@lab.test"} }), FieldFrom, "recipients need a sender"},
		{goal(func(g *walk.Goal) { g.From = "<ann@lab.test>" }), FieldFrom, "without brackets"},
		{goal(func(g *walk.Goal) { g.From, g.To = "a@b.c", []string{"d@e.f,g@h.i"} }), FieldTo, "one address"},
		{goal(func(g *walk.Goal) { g.From, g.To = "a@b.c", []string{walk.NullSender} }), FieldTo, "without brackets"},
		{with(user("lab:auth-plain", "ann"), func(r *Request) { r.Goal.Credentials.Realm = "x" }), "realm", "only DIGEST-MD5 has one"}, // of the scenario's mechanism
	}
	known := map[Field]bool{}
	for _, f := range Fields {
		known[f] = true
	}
	for _, setting := range walk.AuthSettingList() {
		known[Field(setting.Name)] = true
	}
	for _, test := range tests {
		s, err := New(test.request)
		wrong, ok := errors.AsType[*Error](err)
		if !ok || s != nil || wrong.Field != test.field || !strings.Contains(wrong.Text, test.text) || !known[wrong.Field] {
			t.Errorf("%s %q: %v", test.field, test.text, err)
		}
	}
	if _, err := New(Request{Target: "lab:striped"}); !asUnknown(err) {
		t.Errorf("an unknown scenario: %v", err)
	}
}

func asUnknown(err error) bool {
	_, ok := errors.AsType[*lab.UnknownScenarioError](err)
	return ok
}

// What is unusual and can be meant is not refused.
func TestTaken(t *testing.T) {
	for _, r := range []Request{
		with(Request{Target: "mail.example"}, func(r *Request) { r.Goal.From, r.Goal.To = walk.NullSender, []string{"bob@lab.test"} }),
		with(user("mail.example", "ann@lab.test"), func(r *Request) { r.Goal.To = []string{"bob@lab.test"} }),
		with(user("mail.example", "ann"), func(r *Request) { r.Goal.Mechanism, r.Goal.Insist = "X-ODD", true }),
		with(user("mail.example", "ann"), func(r *Request) { r.Until = "auth" }),
		{Target: "lab:", Until: "data"},
		{Target: "lab://submission"},
	} {
		if _, err := New(r); err != nil {
			t.Errorf("%+v: %v", r, err)
		}
	}
}

// A message is sent unasked only where a person named who is to get it.
func TestSendMessage(t *testing.T) {
	agreed := func(r Request, to ...string) Request {
		r.Goal.SendMessage, r.Goal.From, r.Goal.To = true, "a@b.c", to
		return r
	}
	for _, test := range []struct {
		request Request
		want    bool
	}{
		{agreed(Request{Target: "mail.example"}), false},
		{agreed(Request{Target: "mail.example"}, "d@e.f"), true},
		{agreed(Request{Target: "lab:"}), true},
	} {
		if s, err := New(test.request); err != nil || s.Goal.SendMessage != test.want {
			t.Errorf("%+v: %v", test.request, err)
		}
	}
}

// A scenario suggests, and what was asked for stays.
func TestOver(t *testing.T) {
	sc := lab.Scenario{Target: "submission://mail.lab", EHLOName: "laptop.lab.test", User: "ann", Mechanism: "PLAIN", Insist: true, TLS: "opportunistic", From: "eve@lab.test", To: "bob@lab.test"}
	suggested := Request{Target: "submission://mail.lab", TLS: "opportunistic", Timeout: PracticeTimeout, Goal: walk.Goal{
		EHLOName: "laptop.lab.test", Credentials: sasl.Credentials{Username: "ann"}, Mechanism: "PLAIN", Insist: true, From: "eve@lab.test", Domain: "lab.test", To: []string{"bob@lab.test"}}}
	asked := Request{Target: "lab:x", TLS: "off", Timeout: time.Second, Port: 25, Goal: walk.Goal{
		EHLOName: "me.test", Credentials: sasl.Credentials{Username: "carol"}, Mechanism: "LOGIN", From: "carol@lab.test", To: []string{"dave@lab.test"}}}
	kept := asked
	kept.Target, kept.Goal.Domain = sc.Target, lab.Domain
	for _, test := range []struct {
		name       string
		asked      Request
		sc         lab.Scenario
		want       Request
		wantSender string
	}{
		{"nothing was asked", Request{Target: "lab:x"}, sc, suggested, "eve@lab.test"},
		{"everything was asked", asked, sc, kept, "carol@lab.test"},
		{"the sender is whoever logs in", Request{}, lab.Scenario{Target: "submission://mail.lab", EHLOName: "laptop.lab.test", User: "ann", From: "ann@lab.test"},
			Request{Target: "submission://mail.lab", Timeout: PracticeTimeout, Goal: walk.Goal{EHLOName: "laptop.lab.test", Domain: "lab.test", Credentials: sasl.Credentials{Username: "ann"}}}, ""},
	} {
		got := test.asked.over(test.sc)
		if !reflect.DeepEqual(got, test.want) || got.Goal.From != test.wantSender {
			t.Errorf("%s:\n%+v, want\n%+v", test.name, got, test.want)
		}
	}
}

// Every scenario is a request that is whole, starts, and has what its account needs.
func TestEveryScenarioStarts(t *testing.T) {
	for _, sc := range lab.Scenarios() {
		s, err := New(Request{Target: "lab:" + sc.Name})
		if err != nil {
			t.Errorf("%s: %v", sc.Name, err)
			continue
		}
		if err := s.Start(); err != nil {
			t.Fatal(err)
		}
		plan := s.Session().Log().At(0).Start.Plan
		if !plan.Target.Lab || plan.Scenario != sc.Name || !strings.HasPrefix(plan.Task, sc.Task) || plan.User != sc.User || !s.OwnAccount() {
			t.Errorf("%s: %+v", sc.Name, plan)
		}
		if has := !s.Goal.Credentials.Password.IsZero(); has != (sc.User != "") {
			t.Errorf("%s: user %q, a password: %t", sc.Name, sc.User, has)
		}
		if has := len(s.Config.TLS.Certificates) > 0; has != sc.ClientCertificate {
			t.Errorf("%s: a client certificate: %t", sc.Name, has)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// The practice server of any scenario is met without what the scenario is about, and then as the server it is: by its scenario it can be
// met again.
func TestBare(t *testing.T) {
	for _, sc := range lab.Scenarios() {
		s, err := New(Request{Target: "lab:" + sc.Name, Port: 25, TLS: "opportunistic", Bare: true})
		if err != nil {
			t.Errorf("%s: %v", sc.Name, err)
			continue
		}
		p := s.Session().Log().At(0).Start.Plan
		if about := p.Title + p.Story + p.Task + p.User + p.Mechanism + p.From + p.Experiment + strings.Join(p.To, ""); about != "" || p.MX || len(p.Lookups) > 0 || p.WantsAuth() || p.SendMessage {
			t.Errorf("%s: the plan is about %+v", sc.Name, p)
		}
		if p.Scenario != sc.Name || p.Target.Port != 25 || !p.Target.Lab {
			t.Errorf("%s: it leads to %s of %q", sc.Name, p.Target, p.Scenario)
		}
	}
}

// What a person brings to the practice server is not replaced.
func TestWhatIsBroughtStays(t *testing.T) {
	r := user("lab:client-certificate", "bob")
	r.Goal.Credentials.Password = sasl.NewSecret("my own")
	s, err := New(r)
	if err != nil {
		t.Fatal(err)
	}
	own := []tls.Certificate{{}}
	s.Config.TLS.Certificates, s.Goal.Message = own, record.MessageOf([]byte("Subject: x\n\n"))
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c := s.Goal.Credentials
	if s.OwnAccount() || c.Password.Reveal() != "my own" || c.Token.Reveal() != "practice-token-bob" || !reflect.DeepEqual(s.Config.TLS.Certificates, own) {
		t.Errorf("%t, %+v, %d certificates", s.OwnAccount(), c, len(s.Config.TLS.Certificates))
	}
}

// A root is given where it is the company's, and where the person asked for other roots than the practice server's own.
func TestTheRootsThatAreGiven(t *testing.T) {
	for _, test := range []struct {
		target string
		roots  *x509.CertPool
		want   bool
	}{{"lab:private-ca", nil, true}, {"lab:self-signed", nil, false}, {"lab:man-in-the-middle", nil, false}, {"lab:submission", x509.NewCertPool(), true}} {
		s, err := New(Request{Target: test.target})
		if err != nil {
			t.Fatal(err)
		}
		s.Config.TLS.RootCAs = test.roots
		if err := s.Start(); err != nil {
			t.Fatal(err)
		}
		if got := s.Practice().HasRoots(); got != test.want {
			t.Errorf("%s: %v", test.target, got)
		}
		s.Close()
	}
}

// The practice server gives its clients what they may be advised to take.
func TestPractice(t *testing.T) {
	real, err := New(Request{Target: "mail.example"})
	if err != nil || real.Start() != nil || real.Practice() != nil || real.IsPractice() || real.Close() != nil {
		t.Errorf("a real server: %+v, %v", real, err)
	}
	s, err := New(Request{Target: "lab:"})
	if err != nil || s.Practice() != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	p := s.Practice()
	roots, err := p.Roots()
	if err != nil || roots.Pool == nil || len(roots.New) != 1 || roots.From != practiceRoots {
		t.Errorf("%+v, %v", roots, err)
	}
	if p.HasRoots() {
		t.Error("its own root is trusted already, and there is no other to give")
	}
	if cert, err := p.Certificate(); err != nil || len(cert.Certificate) == 0 {
		t.Errorf("%v, %v", cert, err)
	}
	if len(p.Accounts()) == 0 {
		t.Error("nobody lives there")
	}
	p.Advance(time.Minute)
}

func TestCheckMessage(t *testing.T) {
	for content, want := range map[string]string{
		"Subject: x\n\nhello\n":             "",
		"":                                  "it is empty",
		"From ann Mon Nov  1\nSubject: x\n": "",
		"hello\n":                           "does not begin with header fields",
		"Subject: x\nhello\n\nbody\n":       "",
	} {
		err := CheckMessage(*record.MessageOf([]byte(content)))
		wrong, refused := errors.AsType[*Error](err)
		if refused != (want != "") || refused && (wrong.Field != FieldMessage || !strings.Contains(wrong.Text, want)) {
			t.Errorf("%q: %v, want %q", content, err, want)
		}
	}
}

func TestTakes(t *testing.T) {
	for mechanism, want := range map[string]sasl.Needs{"": sasl.NeedsPassword, "PLAIN": sasl.NeedsPassword, "XOAUTH2": sasl.NeedsToken} {
		r := user("mail.example", "ann")
		r.Goal.Mechanism = mechanism
		s, err := New(r)
		if err != nil || !s.Takes(want) || s.Takes(sasl.NeedsPassword) == s.Takes(sasl.NeedsToken) {
			t.Errorf("%s: %v", mechanism, err)
		}
	}
}

// Where the operator's root was handed over, the task says which it was, so that the one of the chain can be compared with it, and so does
// the question whether it is to be trusted.
func TestTheTaskHasTheRootThatWasHandedOver(t *testing.T) {
	for target, want := range map[string]bool{"lab:private-ca": true, "lab:man-in-the-middle": true, "lab:unknown-issuer": false, "lab:submission": false} {
		s, err := New(Request{Target: target})
		if err == nil {
			err = s.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		roots, err := s.Practice().Roots()
		if err != nil {
			t.Fatal(err)
		}
		task := s.Session().Log().At(0).Start.Task
		print := certificate.DescribeCertificate(roots.New[0]).SHA256
		if (strings.Contains(task, print) && strings.Contains(roots.Handed, print)) != want || strings.Contains(task, "Handed over") != want {
			t.Errorf("%s: %s", target, task)
		}
		s.Close()
	}
}
