package ask

import (
	"context"
	"net/netip"
	"slices"

	"ehlo/session/record"
	"ehlo/session/survey"
	surveys "ehlo/session/survey/ask"
)

// Meet has a session with port 25 of a host at each of its addresses, as a survey has it: no secret and no message is sent. Where the sessions
// have a resolver, those of its addresses are left out that it does not give: the practice server's knows which this machine has.
func Meet(cfg surveys.Config) func(ctx context.Context, host string, addresses []netip.Addr) []survey.Cell {
	return func(ctx context.Context, host string, addresses []netip.Addr) []survey.Cell {
		one := cfg
		one.Session.Target = record.Target{Host: host, Port: record.PortRelay, Lab: cfg.Session.Target.Lab}
		one.Session.Resolver = these(shared(ctx, cfg, host, addresses))
		one.Ports, one.Quick = []int{record.PortRelay}, true
		return surveys.Ask(ctx, one).Cells
	}
}

// shared are the addresses that the resolver of the sessions gives too.
func shared(ctx context.Context, cfg surveys.Config, host string, addresses []netip.Addr) []netip.Addr {
	if cfg.Session.Resolver == nil {
		return addresses
	}
	given, _ := cfg.Session.Resolver.LookupNetIP(ctx, "ip", host)
	return slices.DeleteFunc(slices.Clone(addresses), func(a netip.Addr) bool { return !slices.Contains(given, a) })
}

// these is a resolver that knows so many addresses.
type these []netip.Addr

// LookupNetIP implements [engine.Resolver].
func (t these) LookupNetIP(ctx context.Context, network, _ string) (list []netip.Addr, err error) {
	for _, addr := range t {
		if network == "ip" || network == "" || addr.Unmap().Is4() == (network == "ip4") {
			list = append(list, addr)
		}
	}
	return list, ctx.Err()
}
