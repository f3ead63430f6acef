package message

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"ehlo/session/spf"
)

// known answers from a list of records: "a.example TXT v=spf1 -all". The type FAIL is for a name whose questions bring no answer.
type known map[string][]string

func records(text string) known {
	k := known{}
	for line := range strings.Lines(text) {
		if f := strings.SplitN(strings.TrimSpace(line), " ", 3); len(f) > 1 {
			k[f[0]+" "+f[1]] = append(k[f[0]+" "+f[1]], append(f, "")[2])
		}
	}
	return k
}

func (k known) of(kind, name string) ([]string, error) {
	if k[name+" FAIL"] != nil {
		return nil, errors.New("SERVFAIL\x1b")
	}
	return k[name+" "+kind], nil
}

func (k known) TXT(name string) ([]string, error) { return k.of("TXT", name) }
func (k known) MX(name string) ([]string, error)  { return k.of("MX", name) }
func (k known) Addresses(name string, _ netip.Addr) (list []netip.Addr, err error) {
	found, err := k.of("A", name)
	for _, text := range found {
		list = append(list, netip.MustParseAddr(text))
	}
	return list, err
}
func (k known) Names(addr netip.Addr) ([]string, error) { return k.of("PTR", addr.String()) }
func (k known) Exists(name string) (bool, error)        { return k[name+" GONE"] == nil, nil }

// arrived is a message as it lies in a mailbox: what one's own servers wrote, and what came.
const arrived = `Return-Path: <%s>
Received: from mx.b.example ([10.0.0.25]) by store.b.example with LMTP; Mon, 30 Nov 2026 02:00:06 +0000
Received: from mail.a.example (mail.a.example [198.51.100.2]) by mx.b.example (Postfix) with ESMTPS id 1; Mon, 30 Nov 2026 02:00:05 +0000
Received: from [192.0.2.77] (dsl.isp.example [192.0.2.77]) by mail.a.example with ESMTPSA; Mon, 30 Nov 2026 02:00:02 +0000
`

func from(sender string) string { return fmt.Sprintf(arrived, sender) }

// What SPF and DMARC come to by what DNS says, for the client that one's own border saw.
func TestEvaluated(t *testing.T) {
	const header, body = "From: Ann <ann@a.example>\nTo: bob@b.example\nSubject: hello\n", "\nHello.\n"
	const policy = "_dmarc.a.example TXT v=DMARC1; p=reject; rua=mailto:d@a.example\n"
	for name, c := range map[string]struct {
		text, records string
		spf           spf.Result
		dmarc         DMARCResult
		finding       bool
	}{
		"both":                      {from("ann@a.example") + header, policy + "a.example TXT v=spf1 ip4:198.51.100.2 -all", spf.Pass, DMARCPass, false},
		"a subdomain":               {from("b@bounces.a.example") + header, policy + "bounces.a.example TXT v=spf1 ip4:198.51.100.2 -all", spf.Pass, DMARCPass, false},
		"strict":                    {from("b@bounces.a.example") + header, "_dmarc.a.example TXT v=DMARC1; p=reject; aspf=s\nbounces.a.example TXT v=spf1 +all", spf.Pass, DMARCFail, true},
		"another organization":      {from("b@list.example") + header, policy + "list.example TXT v=spf1 +all", spf.Pass, DMARCFail, true},
		"SPF fails":                 {from("ann@a.example") + header, policy + "a.example TXT v=spf1 -all", spf.Fail, DMARCFail, true},
		"no policy":                 {from("ann@a.example") + header, "a.example TXT v=spf1 -all", spf.Fail, DMARCNone, false},
		"no record":                 {from("ann@a.example") + header, policy, spf.None, DMARCFail, true},
		"a record that is not one":  {from("ann@a.example") + header, policy + "a.example TXT v=spf1 al", spf.PermError, DMARCFail, true},
		"no answer for SPF":         {from("ann@a.example") + header, policy + "a.example TXT v=spf1 include:x.example -all\nx.example FAIL", temporary, "", false},
		"no answer for DMARC":       {from("ann@a.example") + header, "_dmarc.a.example FAIL\na.example TXT v=spf1 +all", spf.Pass, DMARCTemp, false},
		"the null sender":           {from("") + header, policy + "mail.a.example TXT v=spf1 ip4:198.51.100.2 -all", spf.Pass, DMARCPass, false},
		"no Return-Path":            {strings.TrimPrefix(from(""), "Return-Path: <>\n") + header, policy + "a.example TXT v=spf1 +all", "", "", false},
		"a forged Return-Path":      {strings.TrimPrefix(from(""), "Return-Path: <>\n") + "Return-Path: <ann@a.example>\n" + header, policy + "a.example TXT v=spf1 +all", "", "", false},
		"the sender of the results": {"Authentication-Results: mx.b.example; spf=pass smtp.mailfrom=ann@a.example\n" + strings.TrimPrefix(from(""), "Return-Path: <>\n") + header, policy + "a.example TXT v=spf1 ip4:198.51.100.2 -all", spf.Pass, DMARCPass, false},
		"no border":                 {header, policy + "a.example TXT v=spf1 +all", "", "", false},
		"inside alone":              {"Return-Path: <ann@b.example>\nReceived: from pc ([10.0.0.1]) by mx.b.example with ESMTP; Mon, 30 Nov 2026 02:00:05 +0000\n" + header, policy, "", "", false},
		"a login":                   {"Return-Path: <ann@b.example>\nReceived: from pc ([203.0.113.1]) by mx.b.example with ESMTPSA; Mon, 30 Nov 2026 02:00:05 +0000\n" + header, policy, "", "", false},
		"two From":                  {from("ann@a.example") + header + "From: eve@e.example\n", policy + "a.example TXT v=spf1 +all", spf.Pass, "", false},
		"two authors":               {from("ann@a.example") + "From: ann@a.example, eve@e.example\nTo: x@b.example\n", policy + "a.example TXT v=spf1 +all", spf.Pass, "", false},
		"no such domain":            {from("x@c.example") + "From: ann@gone.a.example\nTo: x@b.example\n", "_dmarc.a.example TXT v=DMARC1; p=none; np=reject\ngone.a.example GONE", spf.None, DMARCFail, true},
		"told before":               {"Authentication-Results: mx.b.example; dmarc=pass header.from=a.example\n" + from("ann@a.example") + header, policy + "a.example TXT v=spf1 -all", spf.Fail, DMARCFail, false},
	} {
		r, ok := Read(c.text+body, Options{DNS: records(c.records), Own: []string{"b.example"}})
		if !ok || r.SPF.Result != c.spf || r.DMARC.Result != c.dmarc || slices.Contains(codes(r), "dmarc-fails") != c.finding {
			t.Errorf("%s: %+v\n%+v\n%v", name, r.SPF, r.DMARC, codes(r))
			continue
		}
		if (r.SPF.Result == "") != (r.SPF.Why != "" && r.SPF.Result != temporary && r.SPF.Result != spf.PermError) || (r.DMARC.Result == "") != (r.DMARC.Why != "" && r.DMARC.Result != DMARCTemp) {
			t.Errorf("%s: what is not known has no reason, or what is known has one: %+v, %+v", name, r.SPF, r.DMARC)
		}
		if c.spf != "" && (r.SPF.Client != "198.51.100.2" || r.SPF.By != "mx.b.example") {
			t.Errorf("%s: %+v", name, r.SPF)
		}
	}
}

// The policy of a domain that does not exist is another one (RFC 9989 §4.7, np).
func TestPolicyOfNoDomain(t *testing.T) {
	text := from("x@c.example") + "From: ann@gone.a.example\nTo: x@b.example\n\nHello.\n"
	for more, want := range map[string]string{"": "none", "gone.a.example GONE": "reject"} {
		r, _ := Read(text, Options{DNS: records("_dmarc.a.example TXT v=DMARC1; p=none; np=reject\n" + more)})
		if r.DMARC.Policy != want || r.DMARC.At != "a.example" {
			t.Errorf("%+v", r.DMARC)
		}
	}
}

// A valid signature is enough for DMARC, one whose key is gone leaves it open, and one of others does not count.
func TestAuthorBySignature(t *testing.T) {
	for name, c := range map[string]struct {
		domain string
		key    bool
		want   DMARCResult
	}{"valid": {"a.example", true, DMARCPass}, "of its organization": {"mail.a.example", true, DMARCPass}, "of others": {"list.example", true, DMARCFail}, "without a key": {"a.example", false, ""}, "of others without a key": {"list.example", false, DMARCFail}} {
		text, record := signedLetter(t, c.domain)
		dns := records("_dmarc.a.example TXT v=DMARC1; p=reject\na.example TXT v=spf1 -all")
		if c.key {
			dns["s1._domainkey."+c.domain+" TXT"] = []string{record}
		}
		r, _ := Read(from("ann@a.example")+text, Options{DNS: dns})
		if r.DMARC.Result != c.want {
			t.Errorf("%s: %+v %+v", name, r.DMARC, r.Signatures)
		}
	}
}

// Whatever a message names, no more than so many questions are asked, and none that its own names do not lead to.
func TestQuestions(t *testing.T) {
	n := 0
	text, _ := signedLetter(t, "a.example")
	Read(from("ann@a.example")+text, Options{DNS: counting{func(name string) {
		if n++; !strings.HasSuffix(name, "example") && name != "198.51.100.2" {
			t.Errorf("%s is asked for", name)
		}
	}}})
	if n == 0 || n > mostQuestions {
		t.Errorf("%d questions", n)
	}
}

// counting has an SPF record that leads to ever more names.
type counting struct{ told func(name string) }

func (c counting) TXT(name string) ([]string, error) {
	c.told(name)
	return []string{"v=spf1 mx:x." + name + " ptr include:y." + name + " -all"}, nil
}
func (c counting) MX(name string) ([]string, error) { c.told(name); return []string{"m." + name}, nil }
func (c counting) Addresses(name string, _ netip.Addr) ([]netip.Addr, error) {
	c.told(name)
	return nil, nil
}
func (c counting) Names(addr netip.Addr) ([]string, error) {
	c.told(addr.String())
	return slices.Repeat([]string{"a.example"}, 500), nil
}
func (c counting) Exists(name string) (bool, error) { c.told(name); return true, nil }

// The form of a chain of ARC is looked at without any key.
func TestChain(t *testing.T) {
	const results, signature, seal = "ARC-Authentication-Results: i=%d; mx.list.example; spf=pass smtp.mailfrom=a.example\n", "ARC-Message-Signature: i=%d; a=rsa-sha256; d=list.example; s=s1; h=From; bh=QUJD; b=QUJD\n", "ARC-Seal: i=%d; cv=%s; a=rsa-sha256; d=list.example; s=s1; t=1796004000; b=QUJD\n"
	set := func(i int, cv string) string {
		return fmt.Sprintf(seal, i, cv) + fmt.Sprintf(signature, i) + fmt.Sprintf(results, i)
	}
	for name, c := range map[string]struct {
		fields string
		want   Checked
		reason string
	}{
		"one":              {set(1, "none"), NotChecked, ""},
		"three":            {set(3, "pass") + set(2, "pass") + set(1, "none"), NotChecked, ""},
		"a gap":            {set(3, "pass") + set(1, "none"), Invalid, "instance 2 is not there"},
		"twice":            {set(1, "none") + set(1, "none"), Invalid, "instance 1 has two fields ARC-Seal"},
		"a part":           {fmt.Sprintf(seal, 1, "none") + fmt.Sprintf(results, 1), Invalid, "instance 1 has not all of its three fields"},
		"begins with pass": {set(1, "pass"), Invalid, "the seal of instance 1 does not say cv=none"},
		"begins again":     {set(2, "none") + set(1, "none"), Invalid, "the seal of instance 2 does not say cv=pass"},
		"ended":            {set(2, "fail") + set(1, "none"), Invalid, "the newest seal says that the chain was broken before"},
		"too many":         {set(51, "pass"), Invalid, "a field ARC-Seal has no instance from 1 to 50"},
		"no number":        {"ARC-Seal: i=x; cv=none\n", Invalid, "a field ARC-Seal has no instance from 1 to 50"},
		"the seal has a h": {strings.Replace(set(1, "none"), "t=1796004000", "h=From", 1), Invalid, "the seal of instance 1 has a tag h, which it must not have"},
		"none":             {"", "", ""},
	} {
		r, _ := Read(c.fields+"From: ann@a.example\nTo: bob@b.example\n\nHello.\n", Options{})
		got := &ARC{}
		if r.ARC != nil {
			got = r.ARC
		}
		if got.Checked != c.want || got.Reason != c.reason || slices.Contains(codes(r), "arc-invalid") != (c.want == Invalid) {
			t.Errorf("%s: %+v %v", name, got, codes(r))
		}
		if c.want == NotChecked && (got.Sets[0].Server != "mx.list.example" || got.Sets[0].Checks[0].Method != "spf" || got.Sets[0].Domain != "list.example" || got.Sets[0].Claims != "none") {
			t.Errorf("%s: %+v", name, got.Sets[0])
		}
	}
}

// Whatever a message and DNS hold, it ends, and nothing comes out that acts on a terminal.
func FuzzLooked(f *testing.F) {
	for _, name := range []string{"gmail", "plain", "hostile", "forged"} {
		text, err := os.ReadFile("testdata/" + name + ".eml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), "v=spf1 include:a.example ptr exists:%{p}.%{S}.x.example -all")
		f.Add(string(text), "v=DMARC1; p=reject; sp=none; psd=y; aspf=s")
	}
	text, record := signedLetter(f, "a.example")
	f.Add(from("ann@a.example")+text, record)
	f.Fuzz(func(t *testing.T, text, record string) {
		r, ok := Read(text, Options{DNS: everything(record)})
		if !ok {
			return
		}
		if all := fmt.Sprintf("%+v %+v %+v %+v", r, r.SPF, r.DMARC, r.ARC); strings.ContainsAny(all, "\x00\x07\x1b\u202e\u2028") {
			t.Errorf("%q", all)
		}
	})
}

// everything has the same record for each name.
type everything string

func (e everything) TXT(string) ([]string, error) { return []string{string(e)}, nil }
func (e everything) MX(string) ([]string, error)  { return []string{string(e)}, nil }
func (e everything) Addresses(string, netip.Addr) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("198.51.100.2")}, nil
}
func (e everything) Names(netip.Addr) ([]string, error) { return []string{string(e), "a.example"}, nil }
func (e everything) Exists(string) (bool, error)        { return e == "", nil }
