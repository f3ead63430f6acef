package export

import (
	"slices"
	"testing"

	"ehlo/session/record"
	"ehlo/session/wire"
)

// siteLog is a session at an address: its greeting, the keywords of its list if one came, and its verdict.
func siteLog(address, greeting string, keywords []wire.Capability, v record.Verdict) *record.Log {
	log := &record.Log{}
	log.Append(record.Event{Kind: record.KindStart, Start: &record.Start{Plan: record.Plan{Address: address}}})
	log.Append(record.Event{Kind: record.KindReply, Step: record.VerbGreeting, Reply: &record.Reply{Reply: wire.Reply{Lines: []wire.Line{{Text: greeting}}}}})
	if keywords != nil {
		log.Append(record.Event{Kind: record.KindCapabilities, Capabilities: &record.Capabilities{Capabilities: wire.Capabilities{Keywords: keywords}}})
	}
	log.Append(record.Event{Kind: record.KindEnd, End: &v})
	return log
}

// What is not alike at the addresses of a name is named, whatever a server put into it.
func TestAddresses(t *testing.T) {
	size := func(n string) wire.Capability { return wire.Capability{Keyword: "SIZE", Params: []string{n}} }
	done := record.Verdict{Outcome: record.OutcomeDone, Facts: record.Facts{TLS: "TLS 1.3", SHA256: "AB12AB12AB12AB12FFFF"}}
	refused := record.Verdict{Outcome: record.OutcomeDeferred, Exit: 75, Finding: record.FoundServiceUnavailable}
	got := Text{}.Addresses([]*record.Log{
		siteLog("192.0.2.1", "mx ESMTP", []wire.Capability{size("100"), {Keyword: "DSN"}}, done),
		siteLog("192.0.2.2", "mx ESMTP", []wire.Capability{size("200"), {Keyword: "DSN"}, {Keyword: "CHUNKING"}}, done),
		siteLog("2001:db8::3", "\x1b[2Jclosing", nil, refused),
	})
	want := []string{"", "The same session at 3 addresses:",
		"  address     outcome                         TLS     certificate      banner",
		"  192.0.2.1   done                            TLS 1.3 AB12AB12AB12AB12 mx ESMTP",
		"  192.0.2.2   done                            TLS 1.3 AB12AB12AB12AB12 mx ESMTP",
		`  2001:db8::3 deferred 75 service-unavailable -       -                ` + wire.VisibleString("\x1b[2Jclosing"),
		"Different: outcome, TLS, certificate, banner, EHLO reply.",
		"  CHUNKING: not at 192.0.2.1; listed at 192.0.2.2",
		"  SIZE: 100 at 192.0.2.1; 200 at 192.0.2.2"}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
	alike := Text{}.Addresses([]*record.Log{siteLog("192.0.2.1", "mx", nil, done), siteLog("192.0.2.2", "mx", nil, done)})
	if alike[len(alike)-1] != "All addresses answered alike." {
		t.Errorf("%q", alike)
	}
}
