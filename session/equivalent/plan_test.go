package equivalent_test

import (
	"reflect"
	"slices"
	"testing"

	"ehlo/session/equivalent"
	"ehlo/session/record"
)

// A field is one thing that a plan may ask for: how it is asked for, or why no other program has to be told of it.
type field struct {
	asks func(p *record.Plan)
	why  string
	but  []string // tools whose text is not about it: settings are for every message, and a sending program is told when it is run
}

const (
	ofTheExercise = "it is about the exercise, not about the session"
	consent       = "it is a consent that was given to ehlo, which asks; other programs do not"
	own           = "it is about what ehlo writes down or remembers"
	recorded      = "it tells of a session that is over"
)

// A mail server or client is set up for all messages.
var settings = []string{"postfix", "settings"}

// What is typed has no TLS.
var typed = []string{"telnet", "nc"}

// fields are those of [record.Plan], of what is in it by their path.
var fields = map[string]field{
	"Target.Host":                {asks: func(p *record.Plan) { p.Target.Host = "other.example.org" }},
	"Target.Port":                {asks: func(p *record.Plan) { p.Target.Port = 2525 }},
	"Target.Implicit":            {why: "Policy.Start says when TLS begins"},
	"Target.Scheme":              {asks: func(p *record.Plan) { p.Target = p.Target.Speaking(true) }},
	"Target.Lab":                 {asks: func(p *record.Plan) { p.Target.Lab = true }},
	"Policy.Start":               {asks: func(p *record.Plan) { p.Policy.Start = record.StartImplicit }},
	"Policy.Must":                {asks: func(p *record.Plan) { p.Policy.Must = record.MustOpportunistic }, but: typed},
	"Policy.AllowUnverified":     {asks: func(p *record.Plan) { p.Policy.AllowUnverified = true }, but: []string{"telnet", "nc", "settings"}},
	"Policy.AllowUnverifiedAuth": {why: consent}, "Policy.AllowCleartextAuth": {why: consent}, "Policy.AllowObsoleteAuth": {why: consent},
	"Scenario": {why: ofTheExercise}, "Title": {why: ofTheExercise}, "Story": {why: ofTheExercise}, "Task": {why: ofTheExercise},
	"MX":                 {asks: func(p *record.Plan) { p.MX = true }},
	"Lookups":            {asks: func(p *record.Plan) { p.Lookups = []record.Question{{Type: "TXT", Name: "example.org"}} }},
	"User":               {asks: func(p *record.Plan) { p.User = "carol@example.org" }},
	"Mechanism":          {asks: func(p *record.Plan) { p.Mechanism = "CRAM-MD5" }},
	"ActAs":              {asks: func(p *record.Plan) { p.ActAs = "team@example.org" }},
	"Insist":             {asks: func(p *record.Plan) { p.Insist = true }, but: []string{"telnet", "nc", "openssl"}},
	"Has":                {why: "a secret is asked for by each program, or not at all"},
	"EveryMechanism":     {asks: func(p *record.Plan) { p.EveryMechanism = true }},
	"Until":              {asks: func(p *record.Plan) { p.Until = record.PhaseRcpt }, but: settings},
	"Network":            {asks: func(p *record.Plan) { p.Network = "ip6" }},
	"Via":                {asks: func(p *record.Plan) { p.Via = "the SOCKS proxy 192.0.2.1:1080" }},
	"Address":            {asks: func(p *record.Plan) { p.Address = "192.0.2.25" }},
	"ServerName":         {asks: func(p *record.Plan) { p.ServerName = "mx.example.org" }, but: typed},
	"SNI":                {asks: func(p *record.Plan) { p.SNI = "other.example.org" }, but: typed},
	"TLSMax":             {asks: func(p *record.Plan) { p.TLSMax = "1.2" }, but: typed},
	"LegacyTLS":          {asks: func(p *record.Plan) { p.LegacyTLS = true }, but: typed},
	"Captured":           {why: own},
	"Known":              {why: own},
	"Auth.Initial":       {asks: func(p *record.Plan) { p.Auth = &record.AuthSettings{Initial: record.InitialYes} }},
	"Auth.Binding":       {asks: func(p *record.Plan) { p.Auth = &record.AuthSettings{Binding: "tls-exporter"} }},
	"Auth.MinIterations": {asks: func(p *record.Plan) { p.Auth = &record.AuthSettings{MinIterations: 5000} }},
	"Auth.MaxIterations": {asks: func(p *record.Plan) { p.Auth = &record.AuthSettings{MaxIterations: 5000} }},
	"EHLOName":           {asks: func(p *record.Plan) { p.EHLOName = "pc.example.org" }, but: []string{"settings"}},
	"From":               {asks: func(p *record.Plan) { p.From = "team@example.org" }, but: settings},
	"To":                 {asks: func(p *record.Plan) { p.To = []string{"dave@example.net"} }, but: settings},
	"Cc":                 {asks: func(p *record.Plan) { p.Cc = []string{"eve@example.net"} }},
	"Bcc":                {why: "the envelope has it in To, and no header field names it"},
	"Envelope":           {asks: func(p *record.Plan) { p.Envelope = &record.Envelope{RequireTLS: true} }},
	"Chunking":           {asks: func(p *record.Plan) { p.Chunking = true }},
	"Chunk":              {why: "it is of Chunking"},
	"Pipelining":         {asks: func(p *record.Plan) { p.Pipelining = true }},
	"HELO":               {asks: func(p *record.Plan) { p.HELO = true }},
	"Experiment":         {asks: func(p *record.Plan) { p.Experiment = "LF.LF" }},
	"BreakRules":         {why: consent},
	"Proxy":              {asks: func(p *record.Plan) { p.Proxy = &record.ProxyHeader{Version: 1, Source: "192.0.2.7"} }},
	"XCLIENT":            {asks: func(p *record.Plan) { p.XCLIENT = []string{"NAME=a.example"} }},
	"XFORWARD":           {asks: func(p *record.Plan) { p.XFORWARD = []string{"NAME=a.example"} }},
	"Domain":             {why: "it is in From"},
	"Message":            {asks: func(p *record.Plan) { p.Message = &record.Extent{Size: 1} }, but: []string{"curl", "msmtp"}},
	"Imported":           {why: recorded},
	"Midway":             {why: recorded},
	"SendMessage":        {why: consent},
}

// names are the fields of a struct by their path: of what is a struct itself, and is taken apart here, its own.
func names(t reflect.Type, in string) (all []string) {
	for f := range t.Fields() {
		switch f.Type {
		case reflect.TypeFor[record.Target](), reflect.TypeFor[record.Policy](), reflect.TypeFor[*record.AuthSettings]():
			inner := f.Type
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			all = append(all, names(inner, f.Name+".")...)
		default:
			all = append(all, in+f.Name)
		}
	}
	return all
}

// Everything that a plan asks for is in the text for each program, or among what is left out of it: a field that is added and forgotten
// here fails this test.
func TestEveryFieldOfThePlan(t *testing.T) {
	known := names(reflect.TypeFor[record.Plan](), "")
	for name := range fields {
		if !slices.Contains(known, name) {
			t.Errorf("the plan has no field %s", name)
		}
	}
	for _, name := range known {
		f, listed := fields[name]
		switch {
		case !listed || f.asks == nil && f.why == "":
			t.Errorf("nobody says what becomes of the plan's %s", name)
		case f.asks != nil:
			told(t, name, f)
		}
	}
}

// told holds that a text with a field is another than one without it, or has one more note. What is typed ends where TLS begins.
func told(t *testing.T, name string, f field) {
	for _, tool := range equivalent.Tools() {
		if slices.Contains(f.but, tool.Name) {
			continue
		}
		start := record.StartSTARTTLS
		if slices.Contains(typed, tool.Name) {
			start = record.StartNever
		}
		without, with := plan(start, record.MustRequire), plan(start, record.MustRequire)
		f.asks(&with)
		if a, b := of(without).In(tool), of(with).In(tool); slices.Equal(a.Lines, b.Lines) && slices.Equal(a.Notes, b.Notes) {
			t.Errorf("%s: %s makes no difference", tool.Name, name)
		}
	}
}
