package ask

import (
	"context"
	"crypto/rand"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"ehlo/session/engine"
	"ehlo/session/record"
	"ehlo/session/survey"
	"ehlo/session/tlswire"
	"ehlo/session/walk"
)

// Bounds of what one port is asked: how many connections at the same time, so that nobody takes it for an attack, and in all; how many
// cipher suites one ClientHello offers, because old servers take no long list.
const (
	atOnce        = 2
	mostQuestions = 200
	mostSuites    = 80
)

// asker asks one port what it accepts of TLS, a ClientHello on each connection.
type asker struct {
	cfg   Config
	cell  survey.Cell
	turn  chan struct{} // has room for those who may ask at the same time
	asked atomic.Int32
}

// accepts is what a port accepts, nil where TLS starts in no way.
func (cfg Config) accepts(ctx context.Context, c survey.Cell) *survey.Accepts {
	if c.State != survey.StateSTARTTLS && c.State != survey.StateTLS || survey.Mailbox(c.Port) {
		return nil
	}
	a := &asker{cfg: cfg, cell: c, turn: make(chan struct{}, atOnce)}
	numbers := tlswire.OfferedVersions()
	found := make([]survey.Version, len(numbers))
	suites := make([][]uint16, len(numbers))
	each(len(numbers), func(i int) { found[i], suites[i] = a.version(ctx, numbers[i]) })
	older, newest := -1, len(numbers)-1
	for i := range newest {
		if found[i].Accepted {
			older = i
		}
	}
	each(2, func(n int) {
		if i := []int{older, newest}[n]; i >= 0 && found[i].Accepted {
			a.groups(ctx, &found[i], suites[i])
		}
	})
	return &survey.Accepts{Versions: found, Asked: int(a.asked.Load())}
}

// each runs something for the numbers from 0 on, all at the same time.
func each(n int, do func(i int)) {
	var running sync.WaitGroup
	for i := range n {
		running.Go(func() { do(i) })
	}
	running.Wait()
}

// protocolVersion is the alert of a server that knows the version and does not accept it (RFC 9846 §6.2): no other suite helps.
const protocolVersion = 70

// version asks for a version with all suites, then without those that the server chose, until it accepts none.
func (a *asker) version(ctx context.Context, number uint16) (v survey.Version, accepted []uint16) {
	v = survey.Version{Number: number, Name: tlswire.VersionName(number)}
	for left := range slices.Chunk(tlswire.OfferedSuites(number), mostSuites) {
		left = slices.Clone(left)
		for len(left) > 0 {
			answer, known := a.ask(ctx, tlswire.Offer{Version: number, Suites: left, Groups: tlswire.OfferedGroups(number)})
			if v.Unfinished = v.Unfinished || !known; !known || answer.Refused && answer.Alert == protocolVersion {
				return v, accepted
			}
			at := slices.Index(left, answer.Suite)
			if answer.Refused || answer.Version != number || at < 0 {
				break
			}
			v.Accepted, accepted = true, append(accepted, answer.Suite)
			v.Suites = append(v.Suites, tlswire.CipherSuiteName(answer.Suite))
			v.Prime = smaller(v.Prime, answer.Prime)
			left = slices.Delete(left, at, at+1)
		}
	}
	return v, accepted
}

func smaller(a, b int) int {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// groups asks for groups with the suites of a version, likewise. Before TLS 1.3 a server needs the curve of its certificate beside the
// one for the key exchange, so that one stays in the list, at its end.
func (a *asker) groups(ctx context.Context, v *survey.Version, suites []uint16) {
	needed := uint16(0)
	if v.Number != slices.Max(tlswire.OfferedVersions()) {
		suites = slices.DeleteFunc(slices.Clone(suites), func(s uint16) bool { return !strings.Contains(tlswire.CipherSuiteName(s), "_ECDHE_") })
		if a.cell.TLS != nil {
			needed = tlswire.KeyGroup(a.cell.TLS.Certificate.Key)
		}
	}
	if len(suites) == 0 {
		return
	}
	for left := tlswire.OfferedGroups(v.Number); len(left) > 0; {
		answer, known := a.ask(ctx, tlswire.Offer{Version: v.Number, Suites: suites, Groups: left})
		if v.Unfinished = v.Unfinished || !known; !known {
			return
		}
		at := slices.Index(left, answer.Group)
		name := tlswire.GroupName(answer.Group)
		if answer.Refused || answer.Version != v.Number || at < 0 || slices.Contains(v.Groups, name) {
			return
		}
		v.Groups = append(v.Groups, name)
		if left = slices.Delete(left, at, at+1); answer.Group == needed {
			left = append(left, needed)
		}
	}
}

// ask makes one offer on a connection of its own. The answer is not known where the server did not come to it: that it hangs up in place
// of an answer is a refusal.
func (a *asker) ask(ctx context.Context, o tlswire.Offer) (answer tlswire.Answer, known bool) {
	select {
	case a.turn <- struct{}{}:
		defer func() { <-a.turn }()
	case <-ctx.Done():
		return answer, false
	}
	if a.asked.Add(1) > mostQuestions {
		a.asked.Add(-1)
		return answer, false
	}
	rand.Read(o.Random[:])
	rand.Read(o.SessionID[:])
	o.ServerName = a.serverName()
	conn, hangUp := a.approach(ctx)
	if conn == nil {
		return answer, false
	}
	defer hangUp()
	return a.exchange(ctx, conn, o.Record())
}

// serverName is what a session sends as SNI; an address is not sent (RFC 6066 §3).
func (a *asker) serverName() string {
	name := a.cfg.Session.TLS.ServerName
	if name == "" {
		name = a.cfg.Session.Target.Host
	}
	if len(parsed([]string{name})) > 0 {
		return ""
	}
	return name
}

// approach has a session up to where the ClientHello comes, and gives its connection; nil where it did not come so far.
func (a *asker) approach(ctx context.Context) (conn net.Conn, hangUp func() error) {
	goal, policy, ready := walk.Goal{EHLOName: a.cfg.EHLOName, Until: record.PhaseSTARTTLS}, record.Policy{Start: record.StartSTARTTLS, Must: record.MustRequire}, record.StageUpgrading
	if a.cell.State == survey.StateTLS {
		goal.Until, policy.Start, ready = record.PhaseConnect, record.StartImplicit, record.StageConnected
	}
	cfg := a.cfg.engine(a.cell, policy, goal)
	dial := cfg.Dial
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	cfg.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if err == nil && conn == nil {
			conn = c
		}
		return c, err
	}
	s := engine.New(cfg)
	engine.Walk(ctx, s, goal)
	if stage(s.Log()) != ready {
		s.Close()
		return nil, nil
	}
	return conn, s.Close
}

// stage is where a session stands.
func stage(log *record.Log) (at record.Stage) {
	for i := range log.Len() {
		if st := log.At(i).State; st != nil {
			at = st.Stage
		}
	}
	return at
}

// exchange sends a ClientHello and reads what comes up to the end of the server's answer.
func (a *asker) exchange(ctx context.Context, conn net.Conn, hello []byte) (answer tlswire.Answer, known bool) {
	conn.SetDeadline(time.Now().Add(a.cfg.Session.Timeout))
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	decoder := tlswire.NewDecoder(tlswire.Limits{})
	decoder.Bytes(tlswire.ClientToServer, hello, time.Now())
	if _, err := conn.Write(hello); err != nil {
		return answer, false
	}
	var messages []tlswire.Message
	buf, total := make([]byte, 8<<10), 0
	for total < mostAnswer {
		n, err := conn.Read(buf)
		total += n
		decoder.Bytes(tlswire.ServerToClient, buf[:n], time.Now())
		messages = append(messages, decoder.Take()...)
		switch answer = tlswire.AnswerOf(messages); {
		case answer.Whole:
			return answer, true
		case err != nil && isTimeout(err):
			return answer, answer.Suite != 0
		case err != nil && answer.Suite == 0:
			return tlswire.Answer{Refused: true}, true
		case err != nil:
			return answer, true
		}
	}
	return answer, answer.Suite != 0
}

// mostAnswer bounds what is read of an answer, in bytes: a chain of certificates has some thousand.
const mostAnswer = 256 << 10

func isTimeout(err error) bool {
	n, ok := err.(net.Error)
	return ok && n.Timeout()
}
