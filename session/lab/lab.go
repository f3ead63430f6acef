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
	"ehlo/session/zone"
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
	// IdleTimeout is how long the server waits for a command before it says
	// 421 and closes; 0 means 5 minutes (RFC 5321 §4.5.3.2.7).
	IdleTimeout time.Duration
	// Log receives what the server saw, one line a Write, in the manner of a
	// Postfix mail log. Secrets are never in it. Writes are serialized; a
	// writer that blocks holds up the server.
	Log io.Writer
	// Watch keeps what the server logs and what a device does on the path, for [Lab.Since].
	Watch bool
}

// A Lab is a running practice server. Close it when done.
type Lab struct {
	scenario Scenario
	options  Options
	clock    *clock
	journal  *journal
	witness  *witness // nil unless someone asks
	pki      *pki
	// certificate makes what the server presents when it is first needed.
	certificate func() (*tls.Certificate, error)
	tls         *tls.Config
	services    []*service
	names       *zone.Server
	engine      *smtp.Server
	queue       *queue
	mailbox     mailbox
	answers     script
	moved       sync.Map // users whose password transition is done
	greylist    greylist
	senders     senders

	done    chan struct{} // closed by Close
	closing sync.Once
	open    openConns
	fronts  sync.Map       // *front: the connections that are served
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
	pki, err := newPKI(opts.Seed, clock.now())
	if err != nil {
		return nil, err
	}
	var watch *witness
	var keep func(record.LogLine)
	if opts.Watch {
		watch = newWitness()
		keep = watch.logged
	}
	return &Lab{
		scenario:    sc,
		options:     opts,
		clock:       clock,
		journal:     newJournal(opts.Log, keep, clock.now),
		witness:     watch,
		pki:         pki,
		certificate: sync.OnceValues(func() (*tls.Certificate, error) { return pki.chain(sc.Knobs.Certificate) }),
		queue:       newQueue(),
		answers:     script{answers: sc.Knobs.Answers},
		done:        make(chan struct{}),
	}, nil
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
	}
	return opts
}

// Close stops the server, closes every connection and waits until all its
// goroutines have ended. It may be called more than once.
func (l *Lab) Close() error {
	l.closing.Do(func() {
		close(l.done)
		for _, s := range l.services {
			s.close()
		}
		l.open.closeAll()
		l.queue.Close()
		if l.names != nil {
			l.names.Close()
		}
		l.running.Wait()
		if l.engine != nil {
			l.engine.Shutdown(context.Background())
		}
	})
	return nil
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
	case sc.HeaderFrom != "":
		return fmt.Appendf(nil, "From: %s\r\nTo: <%s>\r\nDate: %s\r\nSubject: an urgent payment\r\n\r\nPlease pay the enclosed invoice today.\r\n",
			sc.HeaderFrom, sc.To, l.clock.now().Format(time.RFC1123Z))
	case sc.Size == 0:
		return nil
	}
	head := fmt.Sprintf("From: <%s>\r\nTo: <%s>\r\nDate: %s\r\nSubject: a scanned page\r\n\r\n", sc.From, sc.To, l.clock.now().Format(time.RFC1123Z))
	const line = "A line of the scanned page, as an attachment in base64 would fill it in.\r\n"
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

// hides reports whether an EHLO keyword is not to be offered.
func (l *Lab) hides(keyword string) bool { return slices.Contains(l.scenario.Knobs.Hide, keyword) }

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
