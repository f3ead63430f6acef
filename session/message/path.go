package message

import (
	"net/netip"
	"slices"
	"strings"
	"time"
)

// path reads the Received fields, and says which of them one's own servers wrote.
func (r *Report) path(m *mail, o Options) {
	fields := m.all("Received")
	for _, f := range fields[:min(len(fields), mostHops)] {
		h := received(f.structured())
		h.Line = f.line
		r.Hops = append(r.Hops, h)
	}
	r.owned(o)
	r.believe()
	slices.Reverse(r.Hops)
	r.timed()
}

// owned says whose servers are one's own.
func (r *Report) owned(o Options) {
	for _, name := range o.Own {
		r.Own = append(r.Own, host(name))
	}
	if len(r.Own) > 0 {
		return
	}
	for _, h := range r.Hops {
		if _, isAddress := address(h.By); h.By != "" && !isAddress {
			r.Own, r.Assumed = owner(organization(h.By)), true
			return
		}
	}
}

// owners are domains of one organization whose servers have names under several.
var owners = [...][]string{{"outlook.com", "office365.com"}, {"google.com", "googlemail.com"}}

// owner are the domains of the organization that has this one.
func owner(domain string) []string {
	for _, list := range owners {
		if slices.Contains(list, domain) {
			return slices.Clone(list)
		}
	}
	return []string{domain}
}

// organization is the domain under which a host has its name, as far as names tell without a list of them: the last two labels, or
// three where the second is short under a country ("example.co.uk").
func organization(name string) string {
	labels := strings.Split(name, ".")
	keep := 2
	if n := len(labels); n > 2 && len(labels[n-1]) == 2 && len(labels[n-2]) <= 3 {
		keep = 3
	}
	return strings.Join(labels[max(len(labels)-keep, 0):], ".")
}

// isOwn reports whether a host or an authserv-id is under a domain of one's own.
func (r *Report) isOwn(name string) bool {
	return slices.ContainsFunc(r.Own, func(own string) bool { return under(name, own) })
}

// under reports whether a name is a domain or below it.
func under(name, domain string) bool {
	name = host(name)
	return name == domain || domain != "" && strings.HasSuffix(name, "."+domain)
}

// believe marks the fields, here the newest first, that one's own servers wrote: down to the first of a client that is not one's own.
func (r *Report) believe() {
	if len(r.Own) == 0 {
		return
	}
	for i := range r.Hops {
		h := &r.Hops[i]
		if _, isAddress := address(h.By); !r.isOwn(h.By) && !(isAddress || h.By == "") {
			return
		}
		h.Believed = true
		if !r.inside(h) {
			return
		}
	}
}

// isPublic reports whether an address is one that the public network routes to.
func isPublic(text string) bool {
	ip, err := netip.ParseAddr(text)
	return err == nil && !ip.IsPrivate() && !ip.IsLoopback() && !ip.IsLinkLocalUnicast() && !ip.IsUnspecified()
}

// inside reports whether a hop got the message from a server of one's own, or from nobody over a network. The name in HELO proves
// nothing.
func (r *Report) inside(h *Hop) bool {
	switch {
	case h.IP != "" && !isPublic(h.IP):
		return true
	case h.Host != "":
		return r.isOwn(h.Host)
	case r.isOwn(h.Hello) && sameNetwork(h.IP, h.ByIP): // Exchange writes no name that it looked up
		return true
	}
	return h.IP == "" && h.Hello == ""
}

// sameNetwork reports whether two addresses of IPv6 are from the block of one organization, a /32.
func sameNetwork(a, b string) bool {
	one, err := netip.ParseAddr(a)
	if err != nil || one.Is4() {
		return false
	}
	network, err := one.Prefix(32)
	other, wrong := netip.ParseAddr(b)
	return err == nil && wrong == nil && network.Contains(other)
}

// border is the newest field that tells of a client outside, nil where none does.
func (r *Report) border() *Hop {
	for i := range r.Hops {
		if r.Hops[i].Believed {
			return &r.Hops[i]
		}
	}
	return nil
}

// timed works out the time at each hop.
func (r *Report) timed() {
	var first, last time.Time
	for i := range r.Hops {
		h := &r.Hops[i]
		if h.At.IsZero() {
			continue
		}
		if first.IsZero() {
			first = h.At
		} else {
			h.Wait = h.At.Sub(last)
		}
		last = h.At
	}
	r.Total = max(last.Sub(first), 0)
}

// Server is what a hop is called: the name of the server that wrote it.
func (h *Hop) Server() string {
	if h.By == "" {
		return "a server without a name"
	}
	return h.By
}

// Client is what the client of a hop is called: what the server saw comes first.
func (h *Hop) Client() string {
	name := h.Host
	if name == "" {
		name = h.Hello
	}
	switch {
	case name == "" && h.IP == "":
		return ""
	case name == "":
		return "[" + h.IP + "]"
	case h.IP == "":
		return name
	}
	return name + " [" + h.IP + "]"
}
