package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"ehlo/session/engine"
	"ehlo/session/record"
	"ehlo/session/setup"
	"ehlo/transcripts/diff"
)

// checkEach refuses what cannot be done at each address: to deliver one message several times, to keep several sessions in one
// transcript, and to connect to one address all the same.
func (r *runner) checkEach(p *setup.Setup) error {
	switch {
	case p.Address != "":
		return usage(errors.New("--address and --each-address cannot be given together: one names the address, the other uses all of them"))
	case p.Via != "":
		return usage(errors.New("--each-address cannot be used with --proxy, --socket, --pipe or $ALL_PROXY: the name is not looked up here"))
	case r.o.output != "":
		return usage(errors.New("--each-address and -o cannot be given together: each address is a session of its own"))
	case p.Goal.Plan().WantsMessage() && !p.IsPractice():
		return &failure{record.ExitUsage, "--each-address and --to cannot be given together: each address would deliver the message", "add --until rcpt"}
	}
	return nil
}

// atEach walks the session at every address of the name, one after the other, and prints what differs. Where there are not
// several it is one session.
func (r *runner) atEach(ctx context.Context, std streams, p *setup.Setup) error {
	addresses := lookedUp(ctx, p.Config)
	if len(addresses) < 2 {
		return r.walk(ctx, std, p)
	}
	r.o.name = "" // each may have a certificate of its own: none is remembered
	var sessions []diff.Session
	var trouble error
	for _, a := range addresses {
		p.Address = a
		s := p.Session()
		sessions = append(sessions, diff.Session{Name: a, Source: s.Log()})
		if err := r.walkOne(ctx, std, p, s); first(err, trouble) {
			trouble = err
		}
		if ctx.Err() != nil {
			break
		}
	}
	if !r.json {
		fmt.Fprintf(std.out, "\nThe same session at %s:\n", record.Plural(len(sessions), "address", "addresses"))
		for _, line := range diff.Tabulate("at", sessions).Lines(widthOf(std.out)) {
			fmt.Fprintln(std.out, line)
		}
	}
	return trouble
}

// first reports whether the first of two errors decides the exit code: the lowest that is not 0 does.
func first(err, before error) bool {
	exit, _, _ := exitOf(err)
	already, _, _ := exitOf(before)
	return err != nil && (before == nil || exit < already)
}

// lookedUp are the addresses of the target's name, none where the lookup fails: the session then says why.
func lookedUp(ctx context.Context, cfg engine.Config) (list []string) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	resolver := cfg.Resolver
	if resolver == nil {
		resolver = net.DefaultResolver
	}
	if _, err := netip.ParseAddr(cfg.Target.Host); err == nil {
		return nil
	}
	found, _ := resolver.LookupNetIP(ctx, orAny(cfg.Network), cfg.Target.Host)
	for _, a := range found {
		list = append(list, a.Unmap().String())
	}
	return list
}

func orAny(network string) string {
	if network == "" {
		return "ip"
	}
	return network
}
