package lab

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"ehlo/session/lazy"
	"ehlo/session/wire"
)

// What a client that is trusted states about another one: a load balancer with a PROXY header, a proxy or filter with XCLIENT and
// XFORWARD.

// stated is the client that the server takes this one for, and the one that goes into its log beside it.
type stated struct {
	address, name string
	forwarded     string // the address of XFORWARD
}

// readHeader waits for the PROXY header, which is the first thing that a load balancer sends. Nobody but it may connect here, so that one who
// sends none is hung up on.
func (f *front) readHeader() error {
	f.setDeadline()
	h, err := wire.ReadProxyHeader(f.in)
	if err != nil {
		f.logf("warning: haproxy read: %s from %s", printable(err.Error()), f.peer())
		return err
	}
	if h.Source.IsValid() {
		f.stated.address = h.Source.Addr().String()
		f.logf("the PROXY header names the client: %s", f.peer())
	}
	return nil
}

// attributesOf are those that each command takes (Postfix's XCLIENT_README and XFORWARD_README).
var attributesOf = lazy.Table[string, string]{
	{"XCLIENT", "name addr port proto helo login destaddr destport"},
	{"XFORWARD", "name addr port proto helo ident source"},
}

// state handles XCLIENT and XFORWARD. After XCLIENT the session begins again with a greeting, inside TLS where there is some.
func (f *front) state(verb string) {
	said := stated{}
	for word := range strings.FieldsSeq(f.arg) {
		name, value, ok := strings.Cut(strings.ToUpper(word), "=")
		if !ok || !slices.Contains(strings.Fields(attributesOf.Of(verb)), strings.ToLower(name)) {
			f.reply(verb, "501 5.5.4 bad "+verb+" attribute name: "+printable(name))
			return
		}
		if value == "[UNAVAILABLE]" || value == "[TEMPUNAVAIL]" {
			continue
		}
		_, spelled, _ := strings.Cut(word, "=")
		switch name {
		case "ADDR":
			address, err := netip.ParseAddr(strings.TrimPrefix(value, "IPV6:")) // as an address literal has it
			if err != nil {
				f.reply(verb, "501 5.5.4 bad "+verb+" address: "+printable(spelled))
				return
			}
			said.address = address.String()
		case "NAME":
			said.name = printable(spelled)
		}
	}
	if verb == "XFORWARD" {
		f.stated.forwarded = cmp.Or(said.name, "unknown") + "[" + cmp.Or(said.address, "unknown") + "]"
		f.reply(verb, "250 2.0.0 Ok")
		return
	}
	f.stated = said
	f.forget()
	f.upgraded = true // the engine needs a new session too
	f.reply(verb, f.banner())
}
