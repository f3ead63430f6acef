package zone

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/miekg/dns"

	"ehlo/session/record"
	"ehlo/session/wire"
)

const (
	// mostAnswers and longestData bound what is kept of an answer: records, and bytes of one.
	mostAnswers = 200
	longestData = 2048
	// replyTime is how long a name server may take for one answer.
	replyTime = 5 * time.Second
)

// Client asks one name server.
type Client struct {
	Server string // "127.0.0.1:5300"
	// TLS is for DNS over TLS (RFC 7858); nil asks by UDP, and again by TCP where the answer was cut.
	TLS *tls.Config
	Now func() time.Time
}

// Ask asks one question. It asks the server to say whether it has checked signatures. What cannot be asked and what brings no answer says
// so in Trouble.
func (c Client) Ask(ctx context.Context, q record.Question) record.Lookup {
	l, began := record.Lookup{Type: q.Type, Name: q.Name, Server: c.Server}, c.Now()
	reply, err := c.exchange(ctx, q)
	if l.Took = c.Now().Sub(began); err != nil {
		l.Trouble, l.Error = trouble(ctx, err)
		return l
	}
	l.Status, l.Proved = statusOf(reply.Rcode), reply.AuthenticatedData
	for _, rr := range reply.Answer[:min(len(reply.Answer), mostAnswers)] {
		l.Answers = append(l.Answers, answerOf(rr))
	}
	return l
}

func (c Client) exchange(ctx context.Context, q record.Question) (*dns.Msg, error) {
	kind, known := dns.StringToType[strings.ToUpper(q.Type)]
	if _, ok := dns.IsDomainName(q.Name); !known || !ok {
		return nil, fmt.Errorf("%s is not a valid DNS question", wire.VisibleString(q.String()))
	}
	asked := new(dns.Msg).SetQuestion(dns.Fqdn(q.Name), kind)
	asked.SetEdns0(largestUDP, false)
	asked.AuthenticatedData = true
	if c.TLS != nil {
		return c.over(ctx, "tcp-tls", asked)
	}
	reply, err := c.over(ctx, "udp", asked)
	if err == nil && reply.Truncated {
		reply, err = c.over(ctx, "tcp", asked)
	}
	return reply, err
}

func (c Client) over(ctx context.Context, network string, asked *dns.Msg) (*dns.Msg, error) {
	one := dns.Client{Net: network, Timeout: replyTime, UDPSize: largestUDP, TLSConfig: c.TLS}
	reply, _, err := one.ExchangeContext(ctx, asked, c.Server)
	if err != nil {
		return nil, err
	}
	if !answers(reply, asked) {
		return nil, errors.New("the response does not match the query")
	}
	return reply, nil
}

// answers reports whether reply repeats the question (RFC 5452 §3).
func answers(reply, asked *dns.Msg) bool {
	return reply.Response && len(reply.Question) == 1 && reply.Question[0].Qtype == asked.Question[0].Qtype &&
		strings.EqualFold(reply.Question[0].Name, asked.Question[0].Name)
}

func trouble(ctx context.Context, err error) (record.Trouble, string) {
	var slow net.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return record.TroubleCanceled, "stopped"
	case ctx.Err() != nil, errors.As(err, &slow) && slow.Timeout():
		return record.TroubleTimeout, "no answer"
	}
	return record.TroubleFailed, wire.VisibleString(wire.LastError(err).Error())
}

func statusOf(rcode int) string {
	if name, ok := dns.RcodeToString[rcode]; ok {
		return name
	}
	return fmt.Sprintf("status %d", rcode)
}

// answerOf is a record without its class. Its names lose the dot at their end only where they stand alone.
func answerOf(rr dns.RR) record.Answer {
	h := rr.Header()
	data := strings.TrimPrefix(rr.String(), h.String())
	if len(data) > longestData {
		data = data[:longestData] + "…"
	}
	return record.Answer{Name: shown(h.Name), Type: dns.Type(h.Rrtype).String(), TTL: int(h.Ttl), Data: wire.VisibleString(data)}
}

func shown(name string) string {
	if bare := strings.TrimSuffix(name, "."); bare != "" {
		return wire.VisibleString(bare)
	}
	return name
}
