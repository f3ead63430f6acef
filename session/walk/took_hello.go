package walk

import (
	"fmt"
	"net/netip"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
)

// listed reads an EHLO reply as a list, compares it with the one before TLS and points at what is missing.
func (t *taking) listed(r *record.Reply) {
	c := &record.Capabilities{Capabilities: wire.ParseCapabilities(r.Reply), TLS: t.s.State.Security.Encrypted()}
	if before := t.s.Forgotten; before != nil {
		changes := wire.Diff(before.Capabilities, c.Capabilities)
		c.Changes = &changes
	}
	t.append(record.Event{Kind: record.KindCapabilities, Capabilities: c, Explain: explainCapabilities(c)})
	t.judgeNames(c)
	t.judgeTLS(c)
	t.judgeMechanisms(c)
}

// judgeNames points at a reply that something else than the server seems to give: a proxy that puts its own words where the
// name of a server belongs, or one of another name than the greeting.
func (t *taking) judgeNames(c *record.Capabilities) {
	banner := t.s.State.Peer
	if first := proxyWords(c); first != "" {
		t.find(record.FoundProxyAnswers, fmt.Sprintf("A proxy answers in place of %s: its EHLO reply begins with “%s”, where the name of a server belongs.", t.host(), first))
		return
	}
	if !t.s.State.Security.Encrypted() && unlike(t.host(), banner, c.Domain) {
		t.find(record.FoundNamesDiffer, fmt.Sprintf("The client requested %s, the banner names %s and the EHLO reply names %s: a transparent proxy, such as a provider that redirects port 25, is likely.",
			t.host(), wire.VisibleString(banner), wire.VisibleString(c.Domain)))
	}
}

// proxyWords is the first line of an EHLO reply where it is the text of a reply code and no name (RFC 5321 §4.1.1.1); empty
// where it may be a name.
func proxyWords(c *record.Capabilities) string {
	switch strings.ToLower(strings.Trim(c.Domain, ",.:;")) {
	case "requested", "ok", "okay", "completed", "command", "action", "success", "proxy":
		return cut(wire.VisibleString(strings.TrimSpace(c.Domain+" "+c.Greeting)), 80)
	}
	return ""
}

// unlike reports whether three names of one server differ, and the one that was asked for is of another domain than the
// other two. An address or a word that is no name says nothing.
func unlike(asked, banner, hello string) bool {
	for _, name := range []string{asked, banner, hello} {
		if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil || !strings.Contains(name, ".") {
			return false
		}
	}
	return !strings.EqualFold(banner, hello) && domainOf(asked) != domainOf(banner) && domainOf(asked) != domainOf(hello)
}

// domainOf is the end of a name, which servers of one operator usually share.
func domainOf(name string) string {
	labels := strings.Split(strings.ToLower(strings.TrimSuffix(name, ".")), ".")
	return strings.Join(labels[max(0, len(labels)-2):], ".")
}

func (t *taking) judgeTLS(c *record.Capabilities) {
	if !c.TLS && t.s.Start.Policy.Start == record.StartSTARTTLS && !c.Has("STARTTLS") {
		if garbled := garbledKeyword(c); garbled != "" {
			t.find(record.FoundSTARTTLSStrippedGarbled, fmt.Sprintf("%s is where STARTTLS is expected in the EHLO reply of %s: something on the path overwrites it.", garbled, t.host()))
		}
		if proxyWords(c) == "" {
			withoutLogin(*t.s, t.find(record.FoundSTARTTLSMissing, fmt.Sprintf("The EHLO reply of %s does not offer STARTTLS.", t.host())))
		}
	}
	if c.TLS && c.Has("STARTTLS") {
		t.find(record.FoundSTARTTLSInsideTLS, "")
	}
	if !c.TLS && c.Has("AUTH") {
		t.find(record.FoundAuthBeforeTLS, "")
	}
}

// garbledSTARTTLS is what stands in the place of STARTTLS; empty where nothing suspicious does.
func garbledSTARTTLS(s record.Snapshot) string {
	if s.Capabilities == nil || s.Capabilities.Has("STARTTLS") {
		return ""
	}
	return garbledKeyword(s.Capabilities)
}

// garbledKeyword finds the trace of a firewall that overwrites keywords instead of removing the line.
func garbledKeyword(c *record.Capabilities) string {
	for _, k := range c.Keywords {
		if len(k.Keyword) >= 6 && strings.Trim(k.Keyword, "XA") == "" {
			return wire.VisibleString(k.Keyword)
		}
	}
	return ""
}

// judgeMechanisms points at a list of mechanisms that looks as if someone on the path had shortened it: to what sends the
// password itself (RFC 4422 §6.1.2). What was said before TLS counts for nothing after it (RFC 3207 §4.2), and that is
// why the two lists can be compared.
func (t *taking) judgeMechanisms(c *record.Capabilities) {
	offered := c.AuthMechanisms()
	if k, ok := c.Get("AUTH"); ok && k.Legacy && len(offered) > 0 && (c.TLS || !c.Has("STARTTLS")) {
		t.find(record.FoundAuthEqualsForm, fmt.Sprintf("%s lists its mechanisms only as “%s”, the form from before RFC 2554 (today RFC 4954): a strict client sees no AUTH here.", t.host(), shown(k.Raw, 80)))
	}
	switch {
	case !c.TLS && !c.Has("STARTTLS") && onlyHandOver(offered):
		t.find(record.FoundAuthDowngraded, fmt.Sprintf("The EHLO reply in cleartext offers no STARTTLS, and for AUTH only %s, which send the password itself.", visibleList(offered)))
	case c.TLS && t.s.Forgotten != nil:
		before := t.s.Forgotten.AuthMechanisms()
		if kept := keptBack(before, offered); onlyHandOver(before) && len(kept) > 0 {
			t.find(record.FoundAuthListShortened, fmt.Sprintf("Before TLS the server offered AUTH %s; inside TLS it also offers %s, which a server has no reason to omit in cleartext.",
				visibleList(before), visibleList(kept)))
		}
	}
}

// onlyHandOver reports whether every mechanism gives the password itself away.
func onlyHandOver(names []string) bool {
	for _, name := range names {
		if !handsOver(name) {
			return false
		}
	}
	return len(names) > 0
}

// HandsOver reports whether a mechanism sends the password itself.
func handsOver(name string) bool {
	info, ok := sasl.Lookup(name)
	return ok && info.HandsOver()
}

// keptBack lists what keeps the password and needs nothing of TLS, in the list of after and not in that of before.
func keptBack(before, after []string) []string {
	var kept []string
	for _, name := range after {
		info, ok := sasl.Lookup(name)
		if ok && info.Needs == sasl.NeedsPassword && !info.NeedsTLS && !named(before, name) {
			kept = append(kept, strings.ToUpper(name))
		}
	}
	return kept
}

func explainCapabilities(c *record.Capabilities) *explain.Explanation {
	x := &explain.Explanation{Refs: []explain.Ref{{Doc: "RFC 5321", Section: "4.1.1.1"}}}
	x.Short = record.Plural(len(c.Keywords), "capability", "capabilities")
	x.Text = "Each line names an extension that the server offers. A client may use only these extensions."
	if c.Changes != nil {
		x.Short = fmt.Sprintf("%d new, %d gone, %d changed", len(c.Changes.Added), len(c.Changes.Removed), len(c.Changes.Changed))
		x.Text = "Only the list inside TLS counts. It no longer contains STARTTLS, because TLS is active. AUTH often appears only now."
		x.Refs = append(x.Refs, explain.Ref{Doc: "RFC 3207", Section: "4.2"})
	}
	return x
}
