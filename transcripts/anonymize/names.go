package anonymize

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"ehlo/session/lazy"
	"ehlo/session/sasl/veil"
)

// names are what is replaced, and by what.
type names struct {
	list      []Replaced
	root      *node             // what is found in any text
	fields    map[string]string // what a field holds that is a name, in lower case
	labels    map[string]string // parts of host names
	addresses map[netip.Addr]string
	counts    map[string]int
}

func newNames() *names {
	return &names{root: &node{}, fields: map[string]string{}, labels: map[string]string{}, addresses: map[netip.Addr]string{}, counts: map[string]int{}}
}

// next is a new name of a kind: user1, user2, …
func (n *names) next(kind string) string {
	n.counts[kind]++
	return fmt.Sprintf("%s%d", kind, n.counts[kind])
}

// ours is what the replacements look like: a transcript that was anonymized before keeps them.
var ours = lazy.Pattern{Text: `^(?:(?:[a-z]+\d*|host\d+)\.)*domain\d+\.example$|^(?:user|host|name|domain)\d+$`}

// learn adds a name that has a replacement. One that says nothing in a text is replaced in fields alone.
func (n *names) learn(what, name, to string) {
	low := strings.ToLower(name)
	if _, known := n.fields[low]; known || low == "" {
		return
	}
	n.fields[low] = to
	n.list = append(n.list, Replaced{what, name, to})
	if len(name) >= 2 && !common(low) {
		for _, form := range []string{name, low, strings.ToUpper(name)} {
			n.root.add(asciiLower(form), to)
		}
	}
}

// common reports whether a word stands in any session, whoever takes part.
func common(word string) bool {
	return veil.Ordinary(word) || services.has(word) || places.has(word) ||
		len(word) < least && strings.Trim(word, "0123456789") == ""
}

// places are words of host names, and others, that say nothing about whose they are.
const places = set("localhost localdomain local lan home internal corp lab test example invalid practice removed ehlo")

// services are labels that say what a host does and not whose it is.
const services = set("mail smtp mx mx1 mx2 mx3 imap pop pop3 www relay submission autodiscover autoconfig webmail smtp1 smtp2 mail1 mail2 out in")

// host learns the name or the address of a host, with or without a port, and returns what stands for it.
func (n *names) host(value string) {
	if host, _, err := net.SplitHostPort(value); err == nil {
		value = host
	}
	value = strings.Trim(value, "[]<>. ")
	value = strings.TrimPrefix(value, "IPv6:")
	low := strings.ToLower(value)
	if _, err := netip.ParseAddr(value); err == nil || value == "" || ours.Get().MatchString(low) {
		return // an address is replaced wherever one stands
	}
	if !strings.Contains(value, ".") {
		if low != "localhost" {
			n.learn("host", value, n.label(low))
		}
		return
	}
	to := n.hostName(low)
	n.learn("host", value, to)
	for _, form := range forms(low) {
		n.learn("host", form, to)
	}
}

// forms are the other ways to write an internationalized name.
func forms(name string) (list []string) {
	if ascii, err := idna.ToASCII(name); err == nil && ascii != name {
		list = append(list, ascii)
	}
	if unicode, err := idna.ToUnicode(name); err == nil && unicode != name {
		list = append(list, unicode)
	}
	return list
}

// hostName is what stands for a name with dots: hosts of one domain stay hosts of one domain, and a label that says what a host
// does stays.
func (n *names) hostName(name string) string {
	if ascii, err := idna.ToASCII(name); err == nil {
		name = ascii
	}
	labels := strings.Split(name, ".")
	cut := max(0, len(labels)-registered(labels))
	base := strings.Join(labels[cut:], ".")
	domain := n.labels[base]
	if domain == "" {
		domain = n.next("domain")
		n.labels[base] = domain
		n.learn("domain", base, domain+".example")
		n.owner(labels[cut], domain)
	}
	for i := cut - 1; i >= 0; i-- {
		domain = n.hostLabel(labels[i]) + "." + domain
	}
	return domain + ".example"
}

// owner learns the label of a domain that its owner chose: a banner may have it alone.
func (n *names) owner(label, to string) {
	if common(label) {
		return
	}
	n.learn("domain", label, to)
	if unicode, err := idna.ToUnicode(label); err == nil && unicode != label {
		n.learn("domain", unicode, to)
	}
}

// registered is how many labels at the end belong to whoever registered the name: two, or three below such as co.uk.
func registered(labels []string) int {
	if n := len(labels); n > 2 && len(labels[n-1]) == 2 && len(labels[n-2]) <= 3 {
		return 3
	}
	return 2
}

func (n *names) hostLabel(label string) string {
	if services.has(label) || label == "*" || label == "" {
		return label
	}
	return n.label(label)
}

// label is what stands for one label of a host name.
func (n *names) label(label string) string {
	to := n.labels["label "+label]
	if to == "" {
		to = n.next("host")
		n.labels["label "+label] = to
	}
	return to
}

// user learns the name of a user, which may be a mail address, or that of a mailbox.
func (n *names) user(value string) {
	value = strings.Trim(value, "<> ")
	low := strings.ToLower(value)
	if at := strings.LastIndexByte(value, '@'); at >= 0 {
		n.mailbox(value[:at], value[at+1:])
		return
	}
	if value != "" && !ours.Get().MatchString(low) {
		n.learn("user", value, n.userName(low))
	}
}

func (n *names) userName(low string) string {
	if to := n.fields[low]; to != "" {
		return to
	}
	return n.next("user")
}

func (n *names) mailbox(local, host string) {
	if local == "" || host == "" {
		return
	}
	n.user(strings.Trim(local, `"`))
	n.host(host)
	if to := n.fields[strings.ToLower(strings.Trim(local, `"`))]; to != "" {
		n.learn("mailbox", local+"@"+host, to+"@"+n.field(host))
	}
}

// person learns a value of a distinguished name: that of an organization, a place, a person.
func (n *names) person(value string) {
	if low := strings.ToLower(value); value != "" && !ours.Get().MatchString(low) && n.fields[low] == "" {
		n.learn("name", value, n.next("name"))
	}
}

// field is what stands for the whole of a field that is a name; what was not learned stays.
func (n *names) field(value string) string {
	if to := n.fields[strings.ToLower(value)]; to != "" {
		return to
	}
	if a, err := netip.ParseAddr(strings.Trim(value, "[]")); err == nil {
		return n.address(a)
	}
	return value
}

// address is what stands for an address: another one of those set aside for documentation (RFC 5737, RFC 3849). One of the host
// itself, or one for documentation already, says nothing.
func (n *names) address(a netip.Addr) string {
	a = a.Unmap()
	if a.IsLoopback() || a.IsUnspecified() || documented(a) {
		return a.String()
	}
	a = a.WithZone("")
	if to := n.addresses[a]; to != "" {
		return to
	}
	to := n.newAddress(a)
	n.addresses[a] = to
	n.root.add(a.String(), to)
	n.list = append(n.list, Replaced{"address", a.String(), to})
	return to
}

func documented(a netip.Addr) bool {
	for _, block := range documentation.Get() {
		if block.Contains(a) {
			return true
		}
	}
	return false
}

// documentation are the blocks set aside for it, the one of IPv6 last.
var documentation = lazy.Value[[]netip.Prefix]{Make: func() []netip.Prefix {
	return []netip.Prefix{block4(192, 0, 2), block4(198, 51, 100), block4(203, 0, 113),
		netip.PrefixFrom(netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8}), 32)}
}}

func block4(a, b, c byte) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{a, b, c, 0}), 24)
}

func (n *names) newAddress(a netip.Addr) string {
	if !a.Is4() {
		n.counts["IPv6"]++
		return fmt.Sprintf("2001:db8::%x", n.counts["IPv6"])
	}
	i := min(n.counts["IPv4"], 254*3-1)
	n.counts["IPv4"]++
	block := documentation.Get()[i/254].Addr().As4()
	block[3] = byte(i%254 + 1)
	return netip.AddrFrom4(block).String()
}

// node is a place in the tree of names, byte by byte.
type node struct {
	next map[byte]*node
	to   string
	end  bool
}

func (t *node) add(name, to string) {
	for i := range len(name) {
		if t.next == nil {
			t.next = map[byte]*node{}
		}
		if t.next[name[i]] == nil {
			t.next[name[i]] = &node{}
		}
		t = t.next[name[i]]
	}
	if !t.end {
		t.to, t.end = to, true
	}
}

// at is the longest name that begins at a place and ends where a word does, in any case of ASCII letters. From [least] bytes on it
// may also stand inside a word, if loose is set.
func (t *node) at(text string, from int, loose bool) (size int, to string) {
	inside := from > 0 && wordly(lastRune(text[:from]))
	for i := from; i < len(text); i++ {
		c := text[i]
		if t = t.next[lower(c)]; t == nil {
			break
		}
		if !t.end {
			continue
		}
		n := i + 1 - from
		whole := !inside && (i+1 == len(text) || !wordly(firstRune(text[i+1:])))
		if whole || loose && n >= least {
			size, to = n, t.to
		}
	}
	return size, to
}

// least is how many bytes a name needs to be known inside of other text.
const least = 6

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// asciiLower changes ASCII letters alone.
func asciiLower(s string) string {
	b := []byte(s)
	for i := range b {
		b[i] = lower(b[i])
	}
	return string(b)
}

// wordly reports whether a character continues a word.
func wordly(c rune) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf && c != utf8.RuneError && c != '…' && c != '“' && c != '”'
}

func firstRune(s string) rune { c, _ := utf8.DecodeRuneInString(s); return c }
func lastRune(s string) rune  { c, _ := utf8.DecodeLastRuneInString(s); return c }
