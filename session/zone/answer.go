package zone

import "github.com/miekg/dns"

// longestChain bounds how many aliases one answer follows.
const longestChain = 8

// Answer is what the name server says to a question: with authority, of class IN, one question at a time, and without any recursion.
// A name that does not exist is NXDOMAIN, and one without such a record an empty answer with the SOA record (RFC 2308 §2).
func (z *Zone) Answer(asked *dns.Msg) *dns.Msg {
	reply := new(dns.Msg).SetReply(asked)
	reply.RecursionAvailable = asked.RecursionDesired // it stands for the resolver too
	z.extend(reply, asked)
	switch {
	case asked.Opcode != dns.OpcodeQuery:
		reply.Rcode = dns.RcodeNotImplemented
	case len(asked.Question) != 1:
		reply.Rcode = dns.RcodeFormatError
	case refused(asked.Question[0]):
		reply.Rcode = dns.RcodeRefused
	default:
		z.resolve(reply, asked)
	}
	return reply
}

// refused are the classes and the questions that are not for records: transfers, and ANY (RFC 8482 §4.3).
func refused(q dns.Question) bool {
	switch q.Qtype {
	case dns.TypeANY, dns.TypeAXFR, dns.TypeIXFR, dns.TypeMAILA, dns.TypeMAILB:
		return true
	}
	return q.Qclass != dns.ClassINET
}

// extend answers EDNS with EDNS (RFC 6891 §6.1.1), and other versions with BADVERS.
func (z *Zone) extend(reply, asked *dns.Msg) {
	opt := asked.IsEdns0()
	if opt == nil {
		return
	}
	reply.SetEdns0(largestUDP, opt.Do())
	if opt.Version() != 0 {
		reply.Rcode = dns.RcodeBadVers
	}
}

func (z *Zone) resolve(reply, asked *dns.Msg) {
	if reply.Rcode != dns.RcodeSuccess {
		return
	}
	q := asked.Question[0]
	name, proved := dns.CanonicalName(q.Name), true
	for range longestChain {
		proved = proved && z.signed(name)
		found := z.records[key{name, q.Qtype}]
		alias := z.records[key{name, dns.TypeCNAME}]
		if reply.Answer = append(reply.Answer, found...); len(found) > 0 || len(alias) == 0 {
			z.lacking(reply, name, len(found) == 0)
			break
		}
		reply.Answer = append(reply.Answer, alias[0])
		name = dns.CanonicalName(alias[0].(*dns.CNAME).Target)
	}
	reply.Authoritative = true
	reply.AuthenticatedData = proved && (asked.AuthenticatedData || asked.IsEdns0() != nil && asked.IsEdns0().Do()) // RFC 6840 §5.7
}

// lacking says that there is no such record, or no such name.
func (z *Zone) lacking(reply *dns.Msg, name string, empty bool) {
	if !empty {
		return
	}
	apex := z.apex(name)
	if !z.names[name] {
		reply.Rcode = dns.RcodeNameError
	}
	if apex == "" {
		reply.Rcode = dns.RcodeRefused
		return
	}
	reply.Ns = append(reply.Ns, z.records[key{apex, dns.TypeSOA}]...)
}
