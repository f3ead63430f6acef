package spf_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"ehlo/session/spf"
	"ehlo/session/zone"
)

// names are records to check against.
const names = `
pass.test.      TXT "v=spf1 ip4:192.0.2.0/24 -all"
six.test.       TXT "v=spf1 ip6:2001:db8::/32 -all"
soft.test.      TXT "v=spf1 ~all"
neutral.test.   TXT "v=spf1 ip4:198.51.100.1"
upper.test.     TXT "V=SPF1 IP4:192.0.2.25 -ALL"
split.test.     TXT "v=spf1 ip4:192.0" ".2.25 -all"
other.test.     TXT "v=spf10 -all"
two.test.       TXT "v=spf1 -all"
two.test.       TXT "v=spf1 +all"
beside.test.    TXT "some text"
beside.test.    TXT "v=spf1 a -all"
beside.test.    A 192.0.2.25
near.test.      TXT "v=spf1 a:beside.test/24//64 -all"
mx.test.        TXT "v=spf1 mx -all"
mx.test.        MX 10 beside.test.
exists.test.    TXT "v=spf1 exists:beside.test -all"
in.test.        TXT "v=spf1 include:pass.test -all"
innone.test.    TXT "v=spf1 include:nothing.test -all"
insoft.test.    TXT "v=spf1 include:soft.test ?all"
to.test.        TXT "v=spf1 redirect=pass.test"
tonone.test.    TXT "v=spf1 redirect=nothing.test"
first.test.     TXT "v=spf1 redirect=pass.test all"
late.test.      TXT "v=spf1 ip4:192.0.2.25 ipv4:192.0.2.9"
macro.test.     TXT "v=spf1 exists:%{i}.test -all"
192.0.2.25.test. A 127.0.0.2
macros.test.    TXT "v=spf1 exists:%{ir}.%{v}._spf.%{d2} -all"
25.2.0.192.in-addr._spf.macros.test. A 127.0.0.2
badmacro.test.  TXT "v=spf1 exists:%{x}.test -all"
openmacro.test. TXT "v=spf1 a:%{d -all"
expmacro.test.  TXT "v=spf1 +all exp=%{c}.test"
latemacro.test. TXT "v=spf1 +all exists:%{x}.test"
percent.test.   TXT "v=spf1 exists:100%.test -all"
ofclient.test.  TXT "v=spf1 include:%{d1r}.ofclient.test exp=%{d}.test -all"
ofclient.ofclient.test. TXT "v=spf1 +all"
family.test.    TXT "v=spf1 ip4:2001:db8::1 -all"
long.test.      TXT "v=spf1 ip4:192.0.2.0/33 -all"
ptr.test.       TXT "v=spf1 ptr ?all"
mail.ptr.test.  A 192.0.2.25
9.ptr.test.     A 198.51.100.9
25.2.0.192.in-addr.arpa. PTR mail.ptr.test.
99.2.0.192.in-addr.arpa. PTR mail.ptr.test.
9.100.51.198.in-addr.arpa. PTR 9.ptr.test.
9.100.51.198.in-addr.arpa. PTR other.test.
ptrof.test.     TXT "v=spf1 -ptr:ptr.test +all"
ptrsix.test.    TXT "v=spf1 ptr:six.test -all"
mx.six.test.    AAAA 2001:db8::1
1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR mx.six.test.
ptrbits.test.   TXT "v=spf1 ptr/24 -all"
byname.test.    TXT "v=spf1 exists:%{p}.byname.test -all"
mail.ptr.test.byname.test. A 127.0.0.2
local.test.     TXT "v=spf1 exists:%{l}.%{o}.users.test -all"
ann.local.test.users.test. A 127.0.0.2
helo.test.      TXT "v=spf1 exists:%{h}.users.test -all"
mx.helo.test.users.test. A 127.0.0.2
escaped.test.   TXT "v=spf1 exists:%{S}.users.test -all"
ann%40escaped.test.users.test. A 127.0.0.2
tworedirect.test. TXT "v=spf1 redirect=pass.test redirect=soft.test"
twoexp.test.    TXT "v=spf1 exp=a.test exp=b.test -all"
noredirect.test. TXT "v=spf1 redirect="
onelabel.test.  TXT "v=spf1 include:localhost -all"
numeric.test.   TXT "v=spf1 a:192.0.2.25 -all"
slash.test.     TXT "v=spf1 exists:%{i}/x.test -all"
aslash.test.    TXT "v=spf1 a/ -all"
bigbits.test.   TXT "v=spf1 a/33 -all"
zerobits.test.  TXT "v=spf1 a:beside.test/024 -all"
plusbits.test.  TXT "v=spf1 a:beside.test/+24 -all"
onlysix.test.   TXT "v=spf1 a:beside.test//64 -all"
zerolength.test. TXT "v=spf1 mx:mx.test/0 -all"
includebits.test. TXT "v=spf1 include:pass.test/24 -all"
emptyinclude.test. TXT "v=spf1 include -all"
emptyip.test.   TXT "v=spf1 ip4 -all"
badip.test.     TXT "v=spf1 ip4:192.0.2 -all"
ipbits.test.    TXT "v=spf1 ip4:192.0.2.25/0 -all"
six128.test.    TXT "v=spf1 ip6:2001:db8::1/129 -all"
zone6.test.     TXT "v=spf1 ip6:fe80::1%%eth0 -all"
allarg.test.    TXT "v=spf1 all:pass.test"
allbits.test.   TXT "v=spf1 all/8"
unknownmod.test. TXT "v=spf1 op=auth x-y.z_1=%{d} -all"
badmod.test.    TXT "v=spf1 1x=y -all"
equals.test.    TXT "v=spf1 exists:a=b.test ~all"
spaces.test.    TXT "v=spf1   ip4:192.0.2.25    -all  "
tab.test.       TXT "v=spf1 ip4:192.0.2.25\009-all"
latin.test.     TXT "v=spf1 a:caf\233.test -all"
version2.test.  TXT "v=spf2 -all"
bare.test.      TXT "v=spf1"
dotend.test.    TXT "v=spf1 a:beside.test. -all"
longlabel.test. TXT "v=spf1 include:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.test ~all"
double.test.    TXT "v=spf1 a:a..test ~all"
hyphen.test.    TXT "v=spf1 a:beside.test- ~all"
under.test.     TXT "v=spf1 include:_spf.pass.test ~all"
_spf.pass.test. TXT "v=spf1 ip4:192.0.2.25 ~all"
qual.test.      TXT "v=spf1 ?ip4:192.0.2.25 +ip4:192.0.2.99 ~ip6:2001:db8::/32 -all"
twoqual.test.   TXT "v=spf1 +-all"
case.test.      TXT "v=spf1 Include:PASS.test ReDirect=SOFT.test"
infail.test.    TXT "v=spf1 include:fails.test ip4:192.0.2.25 -all"
fails.test.     TXT "v=spf1 -ip4:192.0.2.25 ?all"
twovoid.test.   TXT "v=spf1 a:x1.test mx:x2.test ~all"
tenlookups.test. TXT "v=spf1 a:beside.test a:beside.test a:beside.test a:beside.test a:beside.test a:beside.test a:beside.test a:beside.test a:beside.test a:beside.test ?all"
exp.test.       TXT "v=spf1 exp=why.test unknown=x -all"
loop.test.      TXT "v=spf1 include:loop.test -all"
void.test.      TXT "v=spf1 a:x1.test a:x2.test a:x3.test -all"
`

// Each row is a domain, a client, and what comes of it with the term that decides, by RFC 7208.
func TestCheck(t *testing.T) {
	z, err := zone.Parse(names)
	if err != nil {
		t.Fatal(err)
	}
	const many = "many.test. TXT \"v=spf1 a:beside.test a:beside.test a:beside.test a:beside.test a:beside.test a:beside.test a:beside.test a:beside.test a:beside.test a:beside.test"
	if z, err = z.With(many + " mx -all\""); err != nil {
		t.Fatal(err)
	}
	for row := range strings.Lines(`pass.test 192.0.2.25 pass ip4:192.0.2.0/24
pass.test ::ffff:192.0.2.25 pass ip4:192.0.2.0/24
pass.test 198.51.100.9 fail -all
pass.test 2001:db8::1 fail -all
six.test 2001:db8::1 pass ip6:2001:db8::/32
soft.test 192.0.2.25 softfail ~all
neutral.test 192.0.2.25 neutral
upper.test 192.0.2.25 pass IP4:192.0.2.25
split.test 192.0.2.25 pass ip4:192.0.2.25
other.test 192.0.2.25 none
nothing.test 192.0.2.25 none
two.test 192.0.2.25 permerror
beside.test 192.0.2.25 pass a
beside.test 2001:db8::1 fail -all
near.test 192.0.2.99 pass a:beside.test/24//64
mx.test 192.0.2.25 pass mx
mx.test 192.0.2.26 fail -all
exists.test 2001:db8::1 pass exists:beside.test
in.test 192.0.2.25 pass include:pass.test
in.test 198.51.100.9 fail -all
innone.test 192.0.2.25 permerror include:nothing.test
insoft.test 192.0.2.25 neutral ?all
to.test 192.0.2.25 pass ip4:192.0.2.0/24
tonone.test 192.0.2.25 permerror redirect=nothing.test
first.test 198.51.100.9 pass all
late.test 192.0.2.25 permerror ipv4:192.0.2.9
macro.test 192.0.2.25 pass exists:%{i}.test
macro.test 192.0.2.26 fail -all
macros.test 192.0.2.25 pass exists:%{ir}.%{v}._spf.%{d2}
badmacro.test 192.0.2.25 permerror exists:%{x}.test
openmacro.test 192.0.2.25 permerror a:%{d
expmacro.test 192.0.2.25 permerror exp=%{c}.test
latemacro.test 192.0.2.25 permerror exists:%{x}.test
percent.test 192.0.2.25 permerror exists:100%.test
ofclient.test 192.0.2.25 pass include:%{d1r}.ofclient.test
family.test 192.0.2.25 permerror ip4:2001:db8::1
long.test 192.0.2.25 permerror ip4:192.0.2.0/33
ptr.test 192.0.2.25 pass ptr
ptr.test 192.0.2.99 neutral ?all
ptr.test 198.51.100.9 pass ptr
ptrof.test 192.0.2.25 fail -ptr:ptr.test
ptrof.test 203.0.113.1 pass +all
ptrsix.test 2001:db8::1 pass ptr:six.test
ptrbits.test 192.0.2.25 permerror ptr/24
byname.test 192.0.2.25 pass exists:%{p}.byname.test
byname.test 192.0.2.99 fail -all
local.test 192.0.2.25 pass exists:%{l}.%{o}.users.test
helo.test 192.0.2.25 pass exists:%{h}.users.test
escaped.test 192.0.2.25 pass exists:%{S}.users.test
tworedirect.test 192.0.2.25 permerror redirect=soft.test
twoexp.test 192.0.2.25 permerror exp=b.test
noredirect.test 192.0.2.25 permerror redirect=
onelabel.test 192.0.2.25 permerror include:localhost
numeric.test 192.0.2.25 permerror a:192.0.2.25
aslash.test 192.0.2.25 permerror a/
zerobits.test 192.0.2.25 permerror a:beside.test/024
plusbits.test 192.0.2.25 permerror a:beside.test/+24
onlysix.test 192.0.2.25 pass a:beside.test//64
zerolength.test 203.0.113.1 pass mx:mx.test/0
includebits.test 192.0.2.25 permerror include:pass.test/24
zone6.test 192.0.2.25 permerror ip6:fe80::1%%eth0
allarg.test 192.0.2.25 permerror all:pass.test
badmod.test 192.0.2.25 permerror 1x=y
equals.test 192.0.2.25 softfail ~all
tab.test 192.0.2.25 permerror ip4:192.0.2.25	-all
bare.test 192.0.2.25 neutral
hyphen.test 192.0.2.25 permerror a:beside.test-
twoqual.test 192.0.2.25 permerror +-all
case.test 198.51.100.9 softfail ~all
infail.test 192.0.2.25 pass ip4:192.0.2.25
exp.test 192.0.2.25 fail -all
loop.test 192.0.2.25 permerror include:loop.test
void.test 192.0.2.25 permerror a:x3.test
many.test 198.51.100.9 permerror mx
`) {
		f := append(strings.FieldsFunc(row, func(r rune) bool { return r == ' ' || r == '\n' }), "")
		result, term, err := spf.Check(known{z}, ann(f[1], f[0]))
		if string(result) != f[2] || term != f[3] || (err != nil) != (result == spf.PermError) {
			t.Errorf("%s %s: %s %s %v, want %s %s", f[0], f[1], result, term, err, f[2], f[3])
		}
	}
}

// ann sends mail of a domain from an address.
func ann(addr, domain string) spf.Client {
	return spf.Client{Addr: netip.MustParseAddr(addr), From: "ann@" + domain, Hello: "mx." + domain}
}

// A sender without an address is the server itself (RFC 7208 §2.4), and one without a local part postmaster (§4.3).
func TestIdentity(t *testing.T) {
	for client, want := range map[spf.Client][2]string{
		{From: "ann@a.test", Hello: "mx.b.test"}: {"ann", "a.test"}, {Hello: "mx.b.test"}: {"postmaster", "mx.b.test"}, {From: "@a.test"}: {"postmaster", "a.test"},
		{From: `"a@b"@a.test`}: {`"a@b"`, "a.test"}, {From: "a.test"}: {"postmaster", "a.test"},
	} {
		if local, domain := client.Identity(); local != want[0] || domain != want[1] {
			t.Errorf("%+v: %s %s", client, local, domain)
		}
	}
}

// known is a zone as a resolver.
type known struct{ *zone.Zone }

func (k known) Addresses(name string, like netip.Addr) []netip.Addr {
	if like.Is4() {
		return k.Zone.Addresses(name, zone.A)
	}
	return k.Zone.Addresses(name, zone.AAAA)
}

func (k known) Names(addr netip.Addr) []string {
	return spf.Confirmed(k.Zone.Names(addr), addr, func(name string) []netip.Addr { return k.Addresses(name, addr) })
}

// The records of the practice domains that are about limits and mistakes are what they say there.
func TestPracticeDomains(t *testing.T) {
	for domain, want := range map[string]spf.Result{"shop.example": spf.Fail, "soft.example": spf.SoftFail, "two-spf.example": spf.PermError, "misspelled-spf.example": spf.PermError,
		"many-spf.example": spf.PermError, "lab.test": spf.Fail, "old-dmarc.example": spf.None} {
		if got, _, _ := spf.Check(known{zone.Practice()}, ann("198.51.100.9", domain)); got != want {
			t.Errorf("%s: %s, want %s", domain, got, want)
		}
	}
}

// anything is a resolver that has the same record for every name.
type anything string

func (a anything) TXT(string) []string       { return []string{string(a)} }
func (a anything) MX(string) []string        { return []string{"a.test", "b.test"} }
func (a anything) Names(netip.Addr) []string { return []string{"a.test", "c.b.test"} }
func (a anything) Addresses(string, netip.Addr) []netip.Addr {
	return []netip.Addr{netip.MustParseAddr("192.0.2.1")}
}

// Whatever a record holds, the check ends with a result.
func FuzzCheck(f *testing.F) {
	for _, text := range []string{"v=spf1 include:a redirect=b -all", "v=spf1 +", "v=spf1 a:/ mx:// = redirect=", "v=spf1 ip6:::/129 ip4:", "v=spf1 \x00 ~", "v=spf1 ptr:%{p} exists:%{S}.%{h}//.x a:b.c/24//64"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		result, _, err := spf.Check(anything(text), ann("192.0.2.25", "a.test"))
		if result == "" || (err != nil) != (result == spf.PermError) {
			t.Errorf("%q: %q, %v", text, result, err)
		}
	})
}

// The macros of the examples in RFC 7208 §7.4.
func TestMacros(t *testing.T) {
	for client, rows := range map[string]map[string]string{
		"192.0.2.3": {"%{o}": "email.example.com", "%{d}": "email.example.com", "%{d4}": "email.example.com", "%{d3}": "email.example.com", "%{d2}": "example.com", "%{d1}": "com",
			"%{dr}": "com.example.email", "%{d2r}": "example.email", "%{l}": "strong-bad", "%{l-}": "strong.bad", "%{lr}": "strong-bad", "%{lr-}": "bad.strong", "%{l1r-}": "strong", "%{s}": "strong-bad@email.example.com", "%{ir}.%{v}._spf.%{d2}": "3.2.0.192.in-addr._spf.example.com",
			"%{D}": "email.example.com", "%%%_%-": "% %20", "%{dr.-}": "com.example.email", "%{p}": "unknown", "%{h}": "mx.example.org", "%{S}": "strong-bad%40email.example.com", "%{lr-}.lp._spf.%{d2}": "bad.strong.lp._spf.example.com",
			"%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}": "3.2.0.192.in-addr.strong.lp._spf.example.com"},
		"2001:db8::cb01": {"%{ir}.%{v}._spf.%{d2}": "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com"},
	} {
		for text, want := range rows {
			if got, err := spf.Expand(netip.MustParseAddr(client), "email.example.com", text); got != want || err != nil {
				t.Errorf("%s: %s %v, want %s", text, got, err, want)
			}
		}
	}
}

// A trace has the terms that were looked at, in order, and counts those that asked.
func TestTrace(t *testing.T) {
	z, err := zone.Parse(names + "deep.test. TXT \"v=spf1 include:in.test a:x1.test ~all\"")
	if err != nil {
		t.Fatal(err)
	}
	got := spf.Trace(known{z}, ann("198.51.100.9", "deep.test"))
	want := []spf.Step{{0, "deep.test", "include:in.test", false}, {1, "in.test", "include:pass.test", false}, {2, "pass.test", "ip4:192.0.2.0/24", false}, {2, "pass.test", "-all", true},
		{1, "in.test", "-all", true}, {0, "deep.test", "a:x1.test", false}, {0, "deep.test", "~all", true}}
	if got.Result != spf.SoftFail || got.Lookups != 3 || got.Void != 1 || !slices.Equal(got.Steps, want) {
		t.Errorf("%+v", got)
	}
}
