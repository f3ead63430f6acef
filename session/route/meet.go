package route

import (
	"net/netip"
	"slices"
	"strings"
	"sync"

	"ehlo/session/record"
	"ehlo/session/survey"
)

var meetRows = []row{
	{"mx-unanswered", warn, record.ExitConnect, "%s", "RFC 5321 §5.1, §4.5.4.1", operator, "have a mail server answer on port 25 of this host, and let the firewall pass it",
		"mail to this host: a sender tries the next one, or keeps the message and tries again"},
	{"mx-address-unanswered", warn, 0, "%s", "RFC 5321 §5.1", operator, "have a mail server answer at each address of the host, or remove the address", "nothing; but each sender that tries this address first loses time"},
	{"port-25-blocked", danger, record.ExitTimeout, "No mail server of %s answered on port 25, and none refused the connection: the network from here probably blocks port 25.", "RFC 5068 §3.1", record.WhoNetwork,
		"repeat this from a host that may send to port 25, or ask the provider to open it", "this test; whether it stops mail from elsewhere is unknown"},
	{"no-route-from-here", info, 0, "There is no route from here to %s, an address of %s: what is there was not seen.", "RFC 5321 §5.1", record.WhoYou, "repeat this from a network with this address family", "this test; whether it stops mail from elsewhere is unknown"},
	{"mx-cleartext", warn, 0, "%s, a mail server of %s, does not offer STARTTLS at %s: mail arrives in cleartext.", "RFC 3207 §4, RFC 7435 §3", operator, "enable STARTTLS on port 25",
		"nothing; but anyone on the path can read the mail"},
	{"mx-tls-failed", warn, 0, "%s, a mail server of %s, offers STARTTLS and TLS fails at %s. %s", "RFC 3207 §4.1, RFC 7435 §3", operator, "repair TLS on port 25",
		"mail from senders that require TLS; others deliver in cleartext or defer the message"},
	{"mx-certificate", info, 0, "The certificate of %s failed verification: %s.", "RFC 7672 §1.3, RFC 8461 §4.2", operator, "renew or replace the certificate, so that senders can verify it",
		"nothing at most senders, which accept any certificate; one that verifies it does not deliver"},
}

// meetHosts has a session with each host at its addresses.
func (a *asking) meetHosts() {
	if a.Meet == nil {
		return
	}
	hosts := a.report.Hosts
	var mu sync.Mutex
	done := 0
	each(len(hosts), func(i int) {
		h := hosts[i]
		h.Addresses = slices.Clone(h.Addresses)
		a.meet(&h)
		mu.Lock()
		defer mu.Unlock()
		hosts[i] = h
		a.tell()
		if done++; a.Told != nil {
			a.Told(done, len(hosts), h.Name)
		}
	})
	if a.blocked() {
		a.find(found("port-25-blocked", a.report.Domain, called(a.report.Domain)))
		return
	}
	for i := range hosts {
		a.judgePorts(&hosts[i])
	}
}

// meet is the session with one host. What is not of the public Internet is a private network, into which no record leads.
func (a *asking) meet(h *Host) {
	var reach []netip.Addr
	for _, addr := range h.Addresses {
		if (addr.Special == "" || a.Private) && len(reach) < MostAddresses {
			reach = append(reach, addr.Addr())
		}
	}
	if len(reach) == 0 {
		return
	}
	for _, c := range a.Meet(a.ctx, h.Name, reach) {
		i := slices.IndexFunc(h.Addresses, func(x Address) bool { return x.Address == c.Address })
		if i >= 0 && c.State != survey.StateUnknown {
			h.Addresses[i].Port = &c
		}
	}
}

// blocked reports whether nothing was heard from any address, not even that it refuses.
func (a *asking) blocked() bool {
	silent, all := 0, 0
	for i := range a.report.Hosts {
		for _, c := range a.report.Hosts[i].met() {
			if c.State == survey.StateFiltered {
				silent++
			}
			if c.State != survey.StateUnreachable {
				all++
			}
		}
	}
	return silent == all && silent > 0 && len(a.report.Hosts) > 1 || silent == all && silent > 1
}

// judgePorts says what is wrong with port 25 of a host.
func (a *asking) judgePorts(h *Host) {
	cells := h.met()
	cells = slices.DeleteFunc(cells, func(c survey.Cell) bool {
		unseen := c.State == survey.StateUnreachable && len(cells) > 1
		if unseen {
			h.note(found("no-route-from-here", c.Address, c.Address, called(h.Name)))
		}
		return unseen
	})
	deaf := slices.DeleteFunc(slices.Clone(cells), survey.Answers)
	switch {
	case len(cells) == 0:
		return
	case len(deaf) == len(cells):
		v := deaf[0].Verdict
		h.fail(met("mx-unanswered", h.Name, v).because(exitOf(v), v.Who))
	case len(deaf) > 0:
		h.note(met("mx-address-unanswered", h.Name, deaf[0].Verdict))
	}
	a.judgeDANE(h)
	for _, c := range cells {
		if survey.Answers(c) {
			a.judgeTLS(h, c)
		}
	}
}

// met is a finding that repeats what a session came to.
func met(code Code, subject string, v record.Verdict) Finding {
	f := found(code, subject, v.Cause)
	for _, adv := range v.Advice {
		if adv.Do == record.AskOperator && adv.Text != "" {
			f.Mend = adv.Text
		}
	}
	f.Who = v.Who
	return f
}

// exitOf is the exit code of a session that came to nothing.
func exitOf(v record.Verdict) record.Exit {
	if v.Exit == record.ExitOK {
		return record.ExitGreeting
	}
	return v.Exit
}

// judgeTLS says what is wrong with TLS at one address, once for all that have the same fault.
func (a *asking) judgeTLS(h *Host, c survey.Cell) {
	name, domain := called(h.Name), called(a.report.Domain)
	f := Finding{}
	switch {
	case c.State == survey.StateCleartext:
		f = found("mx-cleartext", h.Name, name, domain, c.Address)
	case c.TLS == nil:
		f = found("mx-tls-failed", h.Name, name, domain, c.Address, c.Verdict.Cause)
	case h.DANE == DANEMatches: // no CA has to vouch for it
		return
	case !c.TLS.Verified && len(c.TLS.Faults) > 0:
		f = found("mx-certificate", h.Name, name, strings.TrimSuffix(c.TLS.Faults[0].Text, "."))
	default:
		return
	}
	if !slices.ContainsFunc(h.findings, func(x Finding) bool { return x.Code == f.Code }) {
		h.note(f)
	}
}
