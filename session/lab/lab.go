package lab

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"ehlo/session/record"
)

// Domain is the mail domain the practice server is responsible for. The name
// can never exist elsewhere (RFC 6761 §6.2).
const Domain = "lab.test"

// Options adjust a practice server. The zero value is right for a learner.
type Options struct {
	// Now replaces the clock: certificates, trace lines, the log, challenges,
	// greylisting and limits go by it, moved on by [Lab.Advance].
	Now func() time.Time
	// After replaces [time.After] for what a scenario delays. Idle timeouts
	// end on the real clock, or by [Lab.Advance].
	After func(time.Duration) <-chan time.Time
	// Seed, if not empty, makes keys, certificates and nonces the same in
	// every process that uses the same Seed and Now: the server then says
	// the same lines, byte for byte. RSA keys and what crypto/tls draws are
	// new every time. Never use it for anything but practice: anyone who knows
	// the seed has the keys.
	Seed string
	// Ports fixes ports in fact by role ("submission": 1587); a role that is
	// missing or 0 gets a free one. The role of the name server is names.
	Ports map[string]int
	// TLSMin and TLSMax bound the TLS versions, as in crypto/tls; 0 leaves
	// TLS 1.2 to 1.3. A scenario that is about versions overrides them.
	TLSMin, TLSMax uint16
	// Listen is the address to listen on; empty is loopback, with IPv4 and IPv6.
	Listen string
	// Limits bound what clients may take.
	Limits Limits
	// Beside is a lab whose certificate authority is used, so that clients of both trust one root; nil makes another.
	Beside *Lab
	// Forgets has no more of a message kept than its first 16 KiB, which hold its header: other people's messages are nobody's business, and
	// large ones would fill the memory.
	Forgets bool
	// Visits is called for each connection that is accepted, and what it returns for each thing that the server sees of it, one at a
	// time and while the client waits. Nil watches none.
	Visits func(Visit) func(Sight)
	// IdleTimeout is how long the server waits for a command before it says
	// 421 and closes; 0 means 5 minutes (RFC 5321 §4.5.3.2.7), and a day where it is Inside: who reads or explains what came, with no other client
	// waiting, is not cut off.
	IdleTimeout time.Duration
	// Log receives what the server saw, one line a Write, in the manner of a
	// Postfix mail log. Secrets are never in it. Writes are serialized; a
	// writer that blocks holds up the server.
	Log io.Writer
	// Remark stands in the first line of each reply to EHLO, in which a server may say anything (RFC 5321 §4.1.1.1): a trainer's
	// words for the visitors of a class. It is ASCII on one line.
	Remark string
	// Names has the name server run from the start on, as it does where its port is fixed; else it starts with the first question.
	Names bool
	// Inside is for a program that alone connects to its server, by [Lab.DialContext]: a port without a fixed number is opened when the first
	// connection to it is made, or when [Lab.Listeners] is asked where it is. Most sessions need one of eight.
	Inside bool
	// Watch keeps what the server logs and what a device does on the path, for [Lab.Since].
	Watch bool
}

// A Lab is a running practice server. Close it when done.
type Lab struct {
	scenario Scenario
	options  Options
	clock    *clock
	began    time.Time
	journal  *journal
	witness  *witness // nil unless someone asks
	pki      *pki
	// certificate makes what the server presents when it is first needed.
	certificate func() (*tls.Certificate, error)
	tls         *tls.Config
	services    []*service
	doors       sync.Mutex // held to open a port, and to close them all
	names       *names
	engine      *smtp.Server
	queue       *queue
	mailbox     mailbox
	answers     script
	moved       memory[string, bool]         // users whose password transition is done
	greylist    memory[[2]string, time.Time] // by sender and recipient
	senders     memory[hour, []time.Time]
	admitted    admission

	done    chan struct{} // closed by Close
	closing sync.Once
	open    openConns
	fronts  sync.Map       // *front: the connections that are served
	devices sync.Map       // *device: those that something on the path carries
	visits  sync.Map       // net.Conn, as accepted: *visiting
	gone    chan struct{}  // has one for each front or device that has ended, as long as someone waits
	running sync.WaitGroup // every goroutine the lab itself starts
}

// Start makes a practice server for sc and returns when it accepts
// connections. It takes about a millisecond: keys and certificates are made
// when first needed. The only errors are loopback listeners that cannot be
// opened, and a lowest TLS version above the highest.
func Start(sc Scenario, opts Options) (*Lab, error) {
	l, err := newLab(sc, withDefaults(opts))
	if err != nil {
		return nil, fmt.Errorf("start practice server: %w", err)
	}
	if err := l.listen(); err != nil {
		l.Close()
		return nil, fmt.Errorf("start practice server: %w", err)
	}
	l.tls, l.engine = l.tlsConfig(), newEngine(l)
	l.running.Go(func() { l.engine.Serve(l.queue) })
	for _, s := range l.services {
		for _, ln := range s.sockets {
			l.running.Go(func() { l.accept(s, ln) })
		}
	}
	return l, nil
}

func newLab(sc Scenario, opts Options) (*Lab, error) {
	if opts.TLSMax != 0 && opts.TLSMin > opts.TLSMax {
		return nil, fmt.Errorf("lowest version %s is above highest version %s",
			tls.VersionName(opts.TLSMin), tls.VersionName(opts.TLSMax))
	}
	clock := newClock(opts)
	pki, err := authorityFor(opts, clock.now())
	if err != nil {
		return nil, err
	}
	pki.more = sc.Knobs.CertNames
	var watch *witness
	var keep func(record.LogLine)
	if opts.Watch {
		watch = newWitness()
		keep = watch.logged
	}
	l := &Lab{
		scenario:    sc,
		options:     opts,
		clock:       clock,
		began:       clock.now(),
		journal:     newJournal(opts.Log, keep, clock.now),
		witness:     watch,
		pki:         pki,
		certificate: sync.OnceValues(func() (*tls.Certificate, error) { return pki.chain(sc.Knobs.Certificate) }),
		queue:       newQueue(),
		answers:     script{answers: sc.Knobs.Answers},
		done:        make(chan struct{}),
		gone:        make(chan struct{}, 1),
	}
	l.names = l.newNames()
	return l, nil
}

// authorityFor is the certificate authority of a lab. With a seed the times in its certificates are those of the day, so that who starts
// again has the same ones.
func authorityFor(opts Options, now time.Time) (*pki, error) {
	if opts.Beside != nil {
		return opts.Beside.pki, nil
	}
	if opts.Seed != "" {
		now = now.UTC().Truncate(day)
	}
	return newPKI(opts.Seed, now)
}

func withDefaults(opts Options) Options {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.After == nil {
		opts.After = time.After
	}
	if opts.IdleTimeout == 0 {
		opts.IdleTimeout = 5 * time.Minute
		if opts.Inside {
			opts.IdleTimeout = 24 * time.Hour
		}
	}
	return opts
}

// Close stops the server: it accepts nobody any more, tells those who are
// connected (421, RFC 5321 §3.8), closes every connection and waits until all
// its goroutines have ended. It may be called more than once.
func (l *Lab) Close() error {
	l.closing.Do(func() {
		l.shut()
		l.dismiss()
		l.open.closeAll()
		l.queue.Close()
		l.names.close()
		l.running.Wait()
		if l.engine != nil {
			l.engine.Shutdown(context.Background())
		}
	})
	return nil
}

// shut closes every port for good.
func (l *Lab) shut() {
	l.doors.Lock()
	defer l.doors.Unlock()
	close(l.done)
	for _, s := range l.services {
		s.close()
	}
}

// farewell is how long those who are connected may take to read that the
// server ends.
const farewell = time.Second

// dismiss ends what is being waited for, and gives the sessions time to say
// 421.
func (l *Lab) dismiss() {
	interrupt := func(c any, _ any) bool {
		c.(interface{ interrupt() }).interrupt()
		return true
	}
	l.fronts.Range(interrupt)
	l.devices.Range(interrupt)
	for late := time.After(farewell); l.busy(); {
		select {
		case <-l.gone:
		case <-late:
			return
		}
	}
}

// busy reports whether a connection is served or carried.
func (l *Lab) busy() (busy bool) {
	found := func(any, any) bool {
		busy = true
		return false
	}
	l.fronts.Range(found)
	l.devices.Range(found)
	return busy
}

// forget takes a front or a device off its list, and tells the one who waits for the last of them.
func (l *Lab) forget(list *sync.Map, ended any) {
	list.Delete(ended)
	select {
	case l.gone <- struct{}{}:
	default:
	}
}

// ends reports whether the server is being closed.
func (l *Lab) ends() bool {
	select {
	case <-l.done:
		return true
	default:
		return false
	}
}

// Scenario returns what the lab was started with.
func (l *Lab) Scenario() Scenario { return l.scenario }

// Accounts returns the practice accounts this server knows.
func (l *Lab) Accounts() []Account { return Accounts() }

// RootCAs returns a pool with the lab's own root and nothing else.
func (l *Lab) RootCAs() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(l.pki.root.cert)
	return pool
}

// CAPEM returns the lab's root certificate in PEM, for other clients. It is
// valid for this process only and must not be installed anywhere.
func (l *Lab) CAPEM() []byte { return encodePEM(l.pki.root.cert.Raw) }

// Message is what the client of the scenario sends, nil for a short note of its
// own.
func (l *Lab) Message() []byte {
	sc := l.scenario
	switch {
	case sc.Header != "":
		return fmt.Appendf(nil, "%sDate: %s\r\n\r\nThe spring issue is here.\r\n", strings.ReplaceAll(sc.Header, "\n", "\r\n"), l.clock.now().Format(time.RFC1123Z))
	case sc.HeaderFrom != "":
		return fmt.Appendf(nil, "From: %s\r\nTo: <%s>\r\nDate: %s\r\nSubject: an urgent payment\r\n\r\nPlease pay the enclosed invoice today.\r\n",
			sc.HeaderFrom, sc.To, l.clock.now().Format(time.RFC1123Z))
	case sc.Size == 0:
		return nil
	}
	head := fmt.Sprintf("From: <%s>\r\nTo: <%s>\r\nDate: %s\r\nSubject: a scanned page\r\n\r\n", sc.From, sc.To, l.clock.now().Format(time.RFC1123Z))
	const line = "A line of the scanned page, in the place of a base64 attachment.\r\n"
	return []byte(head + strings.Repeat(line, max(0, sc.Size-len(head))/len(line)+1))
}

// PrivateRoot returns the root certificate of the company that the scenario is
// about, as its operator hands it out, in PEM; nil where there is none.
func (l *Lab) PrivateRoot() ([]byte, error) {
	if l.scenario.Knobs.Certificate != privateCA {
		return nil, nil
	}
	root, err := l.pki.company()
	if err != nil {
		return nil, err
	}
	return encodePEM(root.cert.Raw), nil
}

// HandedOver is the root of the operator's own chain, as its administrator gives it to the users in person; nil in a scenario that is
// about no such root. Where a device on the path intercepts, the chain that a client gets leads to another one.
func (l *Lab) HandedOver() (*x509.Certificate, error) {
	switch k := l.scenario.Knobs; {
	case k.Certificate == privateCA:
		root, err := l.pki.company()
		return root.cert, err
	case slices.ContainsFunc(k.Wire, func(r rule) bool { return r.Do == intercept }):
		return l.pki.root.cert, nil
	}
	return nil, nil
}

// hides reports whether an EHLO keyword is not to be offered.
func (l *Lab) hides(keyword string) bool { return slices.Contains(l.scenario.Knobs.Hide, keyword) }

// offers reports whether an EHLO keyword is offered that usually is not.
func (l *Lab) offers(keyword string) bool { return slices.Contains(l.scenario.Knobs.Offer, keyword) }

// openConns are the clients' sockets, so that Close can end them all.
type openConns struct {
	sync.Mutex
	conns  map[net.Conn]struct{}
	closed bool
}

// add reports false, and closes c, when the lab is closing.
func (o *openConns) add(c net.Conn) bool {
	o.Lock()
	defer o.Unlock()
	if o.closed {
		c.Close()
		return false
	}
	if o.conns == nil {
		o.conns = make(map[net.Conn]struct{})
	}
	o.conns[c] = struct{}{}
	return true
}

func (o *openConns) remove(c net.Conn) {
	o.Lock()
	delete(o.conns, c)
	o.Unlock()
	c.Close()
}

func (o *openConns) closeAll() {
	o.Lock()
	defer o.Unlock()
	o.closed = true
	for c := range o.conns {
		c.Close()
	}
}
