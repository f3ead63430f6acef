package session

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"ehlo/session/sasl"
)

// scene is a server that follows a transcript, and the client that meets it. The lines of a transcript are
//
//	S: text         a line from the server; neighbouring lines arrive together
//	R: "text"       bytes from the server, as a Go string; they too arrive with their neighbours
//	+               what follows arrives on its own
//	C: line         the line that the client has to send; "C: AUTH PLAIN …" leaves the rest of it open
//	MESSAGE         the lines that the client has to send, up to a line with a dot
//	BYTES n         any n bytes from the client
//	TLS             a handshake
//	HELLO           one TLS record from the client
//	SASL SCRAM-…    a whole exchange of that mechanism, in which ann has thePassword
//	WAIT 6s         the server does nothing for a while
//	CLOSE           the server closes; CUT does so without TLS's good-bye
//	NEXT            what follows happens on the next connection
//	DIAL word       the attempt to connect ends: refused, silence, panic, lost, or cancel the session's context
//
// After its last line a server expects nothing more but the end of the connection.
type scene struct {
	script  string
	target  string // as on the command line; mail.lab:587 if empty
	policy  string // as --tls; off if empty
	foreign bool   // the target is not the lab
	goal    Goal
	config  func(*Config)
	server  *tls.Config // of the script's TLS lines; a good certificate for mail.lab if nil

	count  *traffic      // counts the bytes on the cables
	limit  int           // how many bytes the servers may send, 0 any number
	stall  bool          // after limit bytes the server stalls instead of closing
	cancel time.Duration // when a person stops the session, 0 never
	hasty  bool          // the client may leave before the script's end
}

// stage is a scene being played.
type stage struct {
	t       *testing.T
	scene   scene
	scripts [][]string
	dials   atomic.Int32
	servers sync.WaitGroup
	cancel  context.CancelFunc
}

// played is what was left of a scene.
type played struct {
	t    *testing.T
	log  []*Event
	err  error
	exit Exit
	took time.Duration // by the clock of the bubble
	s    *Session
}

// walk plays a scene with [Walk].
func walk(t *testing.T, sc scene) played {
	t.Helper()
	return act(t, sc, func(ctx context.Context, s *Session) error { return Walk(ctx, s, sc.goal) })
}

// act plays a scene with the given client, in a bubble whose clock jumps when everybody waits.
func act(t *testing.T, sc scene, client func(context.Context, *Session) error) (p played) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if sc.count == nil {
			sc.count = new(traffic)
		}
		st := &stage{t: t, scene: sc, scripts: parseScript(sc.script), cancel: cancel}
		if sc.cancel > 0 {
			time.AfterFunc(sc.cancel, cancel)
		}
		s := New(st.config())
		p = played{t: t, s: s}
		began := time.Now()
		p.err = client(ctx, s)
		p.took = time.Since(began)
		p.exit = s.Finish(p.err)
		st.servers.Wait()
		if n := int(st.dials.Load()); n < len(st.scripts) && !sc.hasty {
			t.Errorf("%d of %d connections were made", n, len(st.scripts))
		}
		for i := range s.Log().Len() {
			p.log = append(p.log, s.Log().At(i))
		}
	})
	p.t = t
	return p
}

func parseScript(text string) [][]string {
	scripts := [][]string{nil}
	for line := range strings.Lines(text) {
		switch line = strings.TrimLeft(strings.TrimRight(line, "\n"), "\t "); line {
		case "":
		case "NEXT":
			scripts = append(scripts, nil)
		default:
			scripts[len(scripts)-1] = append(scripts[len(scripts)-1], line)
		}
	}
	return scripts
}

func (st *stage) config() Config {
	sc := st.scene
	target, err := ParseTarget(orElse(sc.target, "mail.lab:587"), false)
	if err != nil {
		st.t.Fatal(err)
	}
	policy, err := ParsePolicy(orElse(sc.policy, "off"), target, false)
	if err != nil {
		st.t.Fatal(err)
	}
	target.Lab = !sc.foreign
	cfg := Config{Target: target, Policy: policy, Dial: st.dial, Resolver: lab{}, TLS: TLSConfig{RootCAs: testPKI().roots}}
	if sc.config != nil {
		sc.config(&cfg)
	}
	return cfg
}

// lab is a name service that knows mail.lab.
type lab struct{}

func (lab) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if host != "mail.lab" {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return []netip.Addr{netip.MustParseAddr("192.0.2.25")}, nil
}

// dial connects to the next script.
func (st *stage) dial(ctx context.Context, network, address string) (net.Conn, error) {
	n := int(st.dials.Add(1))
	if n > len(st.scripts) {
		return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
	}
	lines := st.scripts[n-1]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "DIAL ") {
		return nil, st.unreached(ctx, lines[0])
	}
	limit := -1
	if st.scene.limit > 0 {
		limit = st.scene.limit
	}
	here, there := net.Pipe()
	st.servers.Go(func() { st.serve(newCable(there, st.scene.count, limit, st.scene.stall), lines) })
	remote := net.TCPAddrFromAddrPort(netip.MustParseAddrPort(address))
	return endpoint{here, &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 49152}, remote}, nil
}

func (st *stage) unreached(ctx context.Context, line string) error {
	switch line {
	case "DIAL refused":
		return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	case "DIAL lost":
		return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.EHOSTUNREACH)}
	case "DIAL panic":
		panic(fmt.Errorf("password %s", thePassword))
	case "DIAL cancel":
		st.cancel()
	}
	<-ctx.Done()
	return &net.OpError{Op: "dial", Net: "tcp", Err: ctx.Err()}
}

// serve plays one server.
func (st *stage) serve(c *cable, lines []string) {
	sv := &server{stage: st, cable: c}
	sv.use(c)
	defer func() { c.Close() }()
	for _, line := range lines {
		if !sv.do(line) {
			return
		}
	}
	sv.flush()
	if rest, _ := io.ReadAll(sv.r); len(rest) > 0 && !closingAlert(rest) {
		st.t.Errorf("after the script the client sent %q", rest)
	}
}

// closingAlert recognises TLS's good-bye, or its complaint, which may follow a script that ends in a handshake.
func closingAlert(b []byte) bool { return b[0] == 21 }

// server is one server at its work.
type server struct {
	*stage
	cable   *cable
	conn    net.Conn
	r       *bufio.Reader
	pending bytes.Buffer
}

func (sv *server) use(c net.Conn) { sv.conn, sv.r = c, bufio.NewReader(c) }

func (sv *server) flush() {
	if sv.pending.Len() > 0 {
		sv.conn.Write(sv.pending.Bytes())
		sv.pending.Reset()
	}
}

// do plays one line; false when the connection is over.
func (sv *server) do(line string) bool {
	word, rest, _ := strings.Cut(line, " ")
	if word != "S:" && word != "R:" {
		sv.flush()
	}
	switch word {
	case "S:":
		sv.pending.WriteString(rest + "\r\n")
	case "R:":
		text, err := strconv.Unquote(rest)
		if err != nil {
			panic(line)
		}
		sv.pending.WriteString(text)
	case "+":
	case "C:":
		return sv.expect(rest)
	case "MESSAGE":
		return sv.message()
	case "BYTES":
		n, _ := strconv.Atoi(rest)
		_, err := io.CopyN(io.Discard, sv.r, int64(n))
		return sv.here(err, line)
	case "TLS":
		return sv.handshake()
	case "HELLO":
		return sv.record()
	case "SASL":
		return sv.exchange(rest)
	case "WAIT":
		d, _ := time.ParseDuration(rest)
		time.Sleep(d)
	case "CLOSE":
		sv.conn.Close()
		return false
	case "CUT":
		sv.cable.Close()
		return false
	default:
		panic("no such line: " + line)
	}
	return true
}

// expect reads the client's line and holds it against the script.
func (sv *server) expect(want string) bool {
	got, err := sv.r.ReadString('\n')
	if !sv.here(err, "C: "+want) {
		return false
	}
	line, ended := strings.CutSuffix(got, "\r\n")
	if begin, open := strings.CutSuffix(want, "…"); !ended || line != want && !(open && strings.HasPrefix(line, begin)) {
		sv.t.Errorf("the client sent %q, want %q", got, want)
	}
	return true
}

func (sv *server) here(err error, line string) bool {
	if err != nil && !sv.scene.hasty {
		sv.t.Errorf("the client left where the script has %q: %v", line, err)
	}
	return err == nil
}

func (sv *server) message() bool {
	for {
		line, err := sv.r.ReadString('\n')
		if !sv.here(err, "MESSAGE") {
			return false
		}
		if line == ".\r\n" {
			return true
		}
	}
}

func (sv *server) record() bool {
	head := make([]byte, 5)
	if _, err := io.ReadFull(sv.r, head); !sv.here(err, "HELLO") {
		return false
	}
	_, err := io.CopyN(io.Discard, sv.r, int64(head[3])<<8|int64(head[4]))
	return sv.here(err, "HELLO")
}

// handshake goes on inside TLS. Whether it works is for the client to tell.
func (sv *server) handshake() bool {
	config := sv.scene.server
	if config == nil {
		config = testPKI().server("mail.lab")
	}
	conn := tls.Server(&leftover{sv.cable, sv.r}, config)
	if err := conn.Handshake(); err != nil {
		return false
	}
	sv.use(conn)
	return true
}

// exchange is an honest server's side of AUTH.
func (sv *server) exchange(mechanism string) bool {
	sasl, err := sasl.NewServer(mechanism, sasl.ServerConfig{Accounts: accounts{}, Host: "mail.lab"})
	if err != nil {
		panic(err)
	}
	line, err := sv.r.ReadString('\n')
	line, named := strings.CutPrefix(strings.TrimSpace(line), "AUTH "+mechanism)
	if !sv.here(err, "AUTH") || !named {
		sv.t.Errorf("no AUTH %s: %q", mechanism, line)
		return false
	}
	var response []byte
	if line != "" {
		response = opened(line)
	}
	for {
		challenge, done, err := sasl.Next(response)
		switch {
		case err != nil:
			fmt.Fprintf(sv.conn, "535 5.7.8 no\r\n")
			return true
		case done:
			fmt.Fprintf(sv.conn, "235 2.7.0 ok\r\n")
			return true
		}
		fmt.Fprintf(sv.conn, "334 %s\r\n", base64.StdEncoding.EncodeToString(challenge))
		if line, err = sv.r.ReadString('\n'); err != nil {
			return sv.here(err, "a response")
		}
		response = opened(line)
	}
}

func opened(line string) []byte {
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
	if err != nil {
		return []byte("not base64")
	}
	return b
}

type accounts struct{}

func (accounts) Account(name string) (sasl.Account, bool) {
	return sasl.Account{Password: sasl.NewSecret(thePassword)}, name == theUser
}

// leftover reads what a bufio.Reader has taken already.
type leftover struct {
	net.Conn
	r *bufio.Reader
}

func (p *leftover) Read(b []byte) (int, error) { return p.r.Read(b) }

// thePassword is the password of ann in all scripts, thePlain what AUTH PLAIN makes of it.
const (
	thePassword = "Tr0ub4dor&3+wuerfel"
	theUser     = "ann"
)

func ann() sasl.Credentials {
	return sasl.Credentials{Username: theUser, Password: sasl.NewSecret(thePassword)}
}

// trail is the log in short, one word or line an event, as a test wants to read it.
func (p played) trail() string {
	var b strings.Builder
	for _, e := range p.log {
		if line := brief(e); line != "" {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

func brief(e *Event) string {
	switch e.Kind {
	case KindResolve:
		return strings.TrimSpace("resolve " + strings.Join(e.Resolve.Addresses, " ") + e.Resolve.Error)
	case KindConnect:
		return strings.TrimSpace("connect " + e.Connect.Remote + " " + e.Connect.Error)
	case KindSend:
		return "C: " + strings.ReplaceAll(strings.TrimSuffix(string(e.Send.Raw), "\r\n"), "\r\n", "\\")
	case KindReply:
		return "S: " + strings.ReplaceAll(strings.TrimSuffix(string(e.Reply.Raw), "\r\n"), "\r\n", "\\")
	case KindTLS:
		return "tls " + map[bool]string{true: "verified", false: "unverified"}[e.TLS.Verified] + map[bool]string{true: "", false: " failed"}[e.TLS.Error == ""]
	case KindFinding:
		return "! " + e.Finding.Code
	case KindForgot:
		return "forgot " + strings.Join(e.Forgot.Capabilities, " ")
	case KindAuth:
		return strings.TrimSpace(fmt.Sprintf("auth %s %s %d %s", e.Auth.From, e.Auth.Mechanism, e.Auth.Round, e.Auth.Outcome))
	case KindEnd:
		return strings.TrimSpace(fmt.Sprintf("end %s %d %s", e.End.Phase, e.End.Exit, e.End.Error))
	}
	return ""
}

// shows compares the trail with what is wanted, indentation aside.
func (p played) shows(want string) {
	p.t.Helper()
	var b strings.Builder
	for line := range strings.Lines(want) {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString(line + "\n")
		}
	}
	if got := p.trail(); got != b.String() {
		p.t.Errorf("the log shows\n%s\nwant\n%s", got, b.String())
	}
}

// findings are the codes found, in order.
func (p played) findings() []string {
	var codes []string
	for _, e := range p.log {
		if e.Kind == KindFinding {
			codes = append(codes, e.Finding.Code)
		}
	}
	return codes
}

// last is the last event of a kind.
func (p played) last(k Kind) *Event {
	p.t.Helper()
	for i := len(p.log) - 1; i >= 0; i-- {
		if p.log[i].Kind == k {
			return p.log[i]
		}
	}
	p.t.Fatalf("no %s event in\n%s", k, p.trail())
	return nil
}

func (p played) state() State { return *p.last(KindState).State }

// ends wants an exit code, and words in the sentence of the end.
func (p played) ends(exit Exit, words ...string) {
	p.t.Helper()
	end := p.log[len(p.log)-1].End
	if end == nil {
		p.t.Fatalf("the log does not end with an end event:\n%s", p.trail())
	}
	if end.Exit != exit || p.exit != exit {
		p.t.Errorf("exit %d (%d), want %d: %v\n%s", end.Exit, p.exit, exit, p.err, p.trail())
	}
	for _, w := range words {
		if !strings.Contains(end.Error+" / "+end.Hint, w) {
			p.t.Errorf("%q is not in %q / %q", w, end.Error, end.Hint)
		}
	}
}

// found wants a finding.
func (p played) found(codes ...string) {
	p.t.Helper()
	for _, want := range codes {
		if n := strings.Count(" "+strings.Join(p.findings(), " ")+" ", " "+want+" "); n != 1 {
			p.t.Errorf("%s found %d times in\n%s", want, n, p.trail())
		}
	}
}

// steps does steps one after the other and returns the first error.
func steps_(list ...Step) func(context.Context, *Session) error {
	return func(ctx context.Context, s *Session) error {
		for _, st := range list {
			if err := s.Do(ctx, st); err != nil {
				return err
			}
		}
		return nil
	}
}

// resolver knows mail.lab unless the function has an error.
type resolver func() error

func (r resolver) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	if err := r(); err != nil {
		return nil, err
	}
	return lab{}.LookupNetIP(ctx, network, host)
}

var errNoName = &net.DNSError{Err: "no such host", Name: "mail.lab", IsNotFound: true}

// patience makes the kernel give up a connection after a while of silence, as TCP does.
func patience(d time.Duration) func(*Config) {
	return func(c *Config) {
		dial := c.Dial
		c.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dial(ctx, network, address)
			return &impatient{Conn: conn, after: d}, err
		}
	}
}

type impatient struct {
	net.Conn
	after time.Duration
}

func (c *impatient) Read(b []byte) (int, error) {
	timer := time.AfterFunc(c.after, func() { c.Conn.Close() })
	n, err := c.Conn.Read(b)
	if err != nil && !timer.Stop() {
		err = &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ETIMEDOUT)}
	}
	timer.Stop()
	return n, err
}

// addresses is a name service that gives these for every name.
type addresses []string

func (a addresses) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	var list []netip.Addr
	for _, s := range a {
		list = append(list, netip.MustParseAddr(s))
	}
	return list, nil
}
