package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"ehlo/session/course"
	"ehlo/session/lab/scripttest"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/setup"
	"ehlo/ui"
)

// scene is a scripted server and how it is met. In testdata/scenes.txt it begins with
//
//	== NAME TARGET FLAG…
//
// and its transcript follows, as package scripttest has it. The name in the target has a good certificate, and the target
// counts as the lab, so that messages go out unasked. A user has the password practice-42. Words among the flags are
//
//	foreign            the target counts as someone else's server
//	no-password        the user has none
//	token              the user has an access token as well
//	asks-certificate   the server asks for a client certificate in TLS
//	names=a,b          the names in its certificate, in place of the target's
//	issuer=An_Old_Root its certificate was issued by such a root, which is neither sent nor trusted; a space is written _
//	addresses=2        the name has so many addresses; each connection, to whichever, is the next in the script
//	trusts-issuer      that root is trusted here all the same
type scene struct {
	target, transcript string
	flags              []string
	words              map[string]bool
	leaf               scripttest.Leaf
	addresses          []netip.Addr
}

// take takes a word of the head of a scene; it is a flag where it is not one of the scene's own.
func (sc *scene) take(word string) {
	name, value, _ := strings.Cut(word, "=")
	switch name {
	case "foreign", "no-password", "token", "asks-certificate":
		sc.words[word] = true
	case "names":
		sc.leaf.Name = value
	case "addresses":
		n, _ := strconv.Atoi(value)
		for i := range n {
			sc.addresses = append(sc.addresses, netip.AddrFrom4([4]byte{192, 0, 2, byte(i + 1)}))
		}
	case "trusts-issuer":
		sc.leaf.Trusted = true
	case "issuer":
		sc.leaf.Issuer = strings.ReplaceAll(value, "_", " ")
	default:
		sc.flags = append(sc.flags, word)
	}
}

func readScenes(t *testing.T) map[string]scene {
	scenes, name := map[string]scene{}, ""
	for _, line := range readLines(t, "scenes.txt") {
		head, begins := strings.CutPrefix(line, "== ")
		if !begins {
			sc := scenes[name]
			sc.transcript += line + "\n"
			scenes[name] = sc
			continue
		}
		words := strings.Fields(head)
		name = words[0]
		sc := scene{target: words[1], words: map[string]bool{}}
		for _, w := range words[2:] {
			sc.take(w)
		}
		scenes[name] = sc
	}
	return scenes
}

// play is one row on one face.
type play struct {
	row   row
	at    int // which row it is
	face  string
	dir   string // for the files of all plays
	scene scene
	// silent says that some session of that name ends because nothing came.
	silent bool
	lives  []*ui.Live // every session that was started for a screen or a console
}

// waits is about how long a play waits; 0 for one that computes all the time.
func (p *play) waits() time.Duration {
	wait := p.scene.waits()
	switch {
	case p.row.name == "lab:slow":
		wait = 10 * time.Second
	case p.silent:
		wait = max(wait, stepTime)
	}
	return wait
}

// waits is how long the server has its client wait, be it for the client to speak first, or for a word in TLS.
func (sc scene) waits() (wait time.Duration) {
	for line := range strings.Lines(sc.transcript) {
		if text, ok := strings.CutPrefix(line, "WAIT "); ok {
			d, _ := time.ParseDuration(strings.TrimSpace(text))
			wait += d
		}
	}
	if strings.HasPrefix(sc.transcript, "HELLO\n") || sc.transcript == "TLS\n" {
		wait += stepTime
	}
	return wait
}

// trouble is a way that could not be walked.
func trouble(format string, args ...any) verdict {
	return verdict{trouble: fmt.Sprintf(format, args...)}
}

// options are those of a person who types a target and flags.
func (p *play) options(flags []string) (*options, error) {
	c, o := &cobra.Command{}, &options{}
	o.register(c)
	patience := stepTime
	if busy[p.row.name] {
		patience = busyTime
	}
	all := append([]string{"--timeout", patience.String()}, append(p.scene.flags, flags...)...)
	if err := c.ParseFlags(all); err != nil {
		return nil, err
	}
	return o, o.check(c)
}

// plan thinks the session through as the commands do, and puts the scene's server in place of the network. The function
// returned ends that server.
func (p *play) plan(ctx context.Context, o *options) (pl *setup.Setup, stop func() error, err error) {
	target := p.row.name
	if p.scene.target != "" {
		target = p.scene.target
	}
	std := streams{os.Stdin, os.Stdout, os.Stderr}
	if pl, err = o.setUp(ctx, std, target, false); err != nil || p.scene.target == "" {
		return pl, func() error { return nil }, err
	}
	stop, err = p.meet(pl)
	return pl, stop, err
}

// meet has a plan meet the scene's server.
func (p *play) meet(pl *setup.Setup) (stop func() error, err error) {
	leaf := p.scene.leaf
	leaf.Name = cmp.Or(leaf.Name, pl.Config.Target.Host)
	authority, err := scripttest.Issue(leaf)
	if err != nil {
		return nil, err
	}
	config := authority.Config()
	if p.scene.words["asks-certificate"] {
		config.ClientAuth = tls.RequestClientCert
	}
	server, err := scripttest.Start(p.scene.transcript, config)
	if err != nil {
		return nil, err
	}
	server.Addresses = p.scene.addresses
	pl.Config.Resolver, pl.Config.Dial, pl.Config.TLS.RootCAs = server, server.DialContext, authority.Roots
	pl.Config.Target.Lab = !p.scene.words["foreign"]
	if c := &pl.Goal.Credentials; c.Username != "" && c.Password.IsZero() && !p.scene.words["no-password"] {
		c.Password = sasl.NewSecret(scripttest.Password)
	}
	if p.scene.words["token"] {
		pl.Goal.Credentials.Token = sasl.NewSecret("practice-token")
	}
	return server.Close, nil
}

// launch starts the session for a screen or a console, as often as it is asked.
func (p *play) launch(ctx context.Context, o *options) (*ui.Live, error) {
	pl, stop, err := p.plan(ctx, o)
	if err != nil {
		return nil, err
	}
	server := &shared{end: stop}
	return p.keep(launched(pl, pl.Session(), func() (*ui.Live, error) { return p.launch(ctx, o) }, &shared{end: pl.Close, exercise: course.Of}), server), nil
}

// keep remembers a session, and those after it that meet the same server.
func (p *play) keep(live *ui.Live, server *shared) *ui.Live {
	server.hold()
	end, next := live.Stop, live.Next
	live.Stop = func() error { return errors.Join(end(), server.release()) }
	live.Next = func() *ui.Live { return p.keep(next(), server) }
	p.lives = append(p.lives, live)
	return live
}

// live is the session that was started last, and ended whether its log is closed.
func (p *play) live() *ui.Live { return p.lives[len(p.lives)-1] }

func (p *play) ended() bool {
	log := p.live().Engine.Log()
	return log.Len() > 0 && log.At(log.Len()-1).Kind == record.KindEnd
}

// came is the verdict that stands in the last transcript.
func (p *play) came(err error) verdict {
	v := verdict{exit: int(report(io.Discard, err))}
	if len(p.lives) == 0 {
		v.trouble = fmt.Sprintf("not started: %v", err)
		return v
	}
	if v.end, v.shown, err = endOf(p.live().Path); err != nil {
		v.trouble = err.Error()
	}
	return v
}

// points are where a person leaves, in the order of the steps before them.
var points = []string{"resolve", "connect", "greeting", "ehlo", "next"}

// leaves reports whether it is now, after some steps, that a person leaves.
func (p *play) leaves(steps int) bool {
	if p.row.way != "leave" {
		return false
	}
	if p.row.words[0] == "failed" {
		return p.failed()
	}
	return steps == slices.Index(points, p.row.words[0])
}

// types is the line that a person types now, after some steps; ok is false if they type none.
func (p *play) types(steps int) (line string, ok bool) {
	if p.row.way != "type" || p.row.words[0] != strconv.Itoa(steps) {
		return "", false
	}
	return strings.Join(p.row.words[1:], " "), true
}

// state is what the session has come to.
func (p *play) state() record.State {
	log := p.live().Engine.Log()
	for i := log.Len() - 1; i >= 0; i-- {
		if state := log.At(i).State; state != nil {
			return *state
		}
	}
	return record.State{}
}

// failed reports whether a step has failed and nothing has put it right.
func (p *play) failed() bool { return len(p.state().Failed) > 0 }

// untrusted reports whether there is TLS to nobody knows whom, and nobody has accepted that.
func (p *play) untrusted() bool { return p.state().Security == record.SecurityUnverified }

// interrupt has a plan canceled when it comes to a point.
func (p *play) interrupt(pl *setup.Setup, cancel func()) {
	point := p.row.words[0]
	resolver, dial := pl.Config.Resolver, pl.Config.Dial
	if point == "resolve" {
		pl.Config.Resolver = resolverFunc(func(ctx context.Context, network, host string) ([]netip.Addr, error) {
			cancel()
			return nil, ctx.Err()
		})
		return
	}
	pl.Config.Resolver = resolver
	pl.Config.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		if point == "connect" {
			cancel()
			return nil, ctx.Err()
		}
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &interrupted{Conn: conn, point: point, cancel: cancel}, nil
	}
}

type resolverFunc func(ctx context.Context, network, host string) ([]netip.Addr, error)

func (f resolverFunc) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	return f(ctx, network, host)
}

// interrupted is a connection on which a person interrupts the client before it has read or written something.
type interrupted struct {
	net.Conn
	point  string
	cancel func()
	writes int
}

func (c *interrupted) Read(b []byte) (int, error) {
	if c.point == "greeting" {
		c.cancel()
		return 0, os.ErrDeadlineExceeded
	}
	return c.Conn.Read(b)
}

func (c *interrupted) Write(b []byte) (int, error) {
	c.writes++
	if c.point == "greeting" || c.point == "ehlo" || c.writes == 2 {
		c.cancel()
		return 0, os.ErrDeadlineExceeded
	}
	return c.Conn.Write(b)
}

// file is the path of a file of this play alone.
func (p *play) file(name string) string {
	return filepath.Join(p.dir, fmt.Sprintf("%d-%s-%s", p.at, p.face, name))
}

// inputFile keeps what is typed last where something asks for it, for a flag that wants a file.
func (p *play) inputFile() (string, error) {
	path, last := p.file("input"), ""
	if n := len(p.row.words); n > 0 {
		last = p.row.words[n-1]
	}
	return path, os.WriteFile(path, []byte(last+"\n"), 0o600)
}

// patience is how long one step may take to be all over.
const patience = 10 * time.Second
