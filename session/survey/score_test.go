package survey

import (
	"slices"
	"strings"
	"testing"

	"ehlo/session/record"
)

// good is a port as the standards want it.
func good(port int) Cell {
	c := Cell{Address: "192.0.2.1", Port: port, State: StateSTARTTLS, Listed: true, ListedInside: true,
		Keywords: []string{"PIPELINING", "ENHANCEDSTATUSCODES", "DSN", "8BITMIME", "AUTH PLAIN"}, TLS: &TLS{Verified: true},
		Accepts: &Accepts{Versions: []Version{{Number: 0x0300, Name: "SSL 3.0"}, {Number: 0x0301, Name: "TLS 1.0"}, {Number: 0x0302, Name: "TLS 1.1"},
			{Number: 0x0303, Name: "TLS 1.2", Accepted: true, Suites: []string{"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"}, Prime: 2048},
			{Number: 0x0304, Name: "TLS 1.3", Accepted: true, Suites: []string{"TLS_AES_128_GCM_SHA256"}}}}}
	if port == record.PortSubmissions {
		c.State, c.Listed = StateTLS, false
	}
	if port != record.PortRelay {
		c.AuthInside = []string{"PLAIN"}
	}
	return c
}

// accepting is the cell with another suite, group or version.
func accepting(c Cell, version uint16, change func(*Version)) Cell {
	a := Accepts{Versions: slices.Clone(c.Accepts.Versions)}
	for i := range a.Versions {
		if a.Versions[i].Number == version {
			a.Versions[i].Suites = slices.Clone(a.Versions[i].Suites)
			change(&a.Versions[i])
		}
	}
	c.Accepts = &a
	return c
}

func suite(name string) func(*Version) {
	return func(v *Version) { v.Suites = append(v.Suites, name) }
}

// Each point fails where what it is about is wrong, and no other one does; where all is right, all hold.
func TestScore(t *testing.T) {
	const port587, port25 = record.PortSubmission, record.PortRelay
	for name, c := range map[string]struct {
		port    int
		change  func(*Cell)
		fails   string // codes in order
		unknown string
	}{
		"all right at 587": {port587, func(*Cell) {}, "", ""},
		"all right at 25":  {port25, func(*Cell) {}, "", ""},
		"cleartext": {port587, func(c *Cell) {
			c.State, c.TLS, c.ListedInside, c.AuthInside, c.Accepts = StateCleartext, nil, false, nil, nil
		}, "starttls", "auth-inside certificate"},
		"no AUTH":         {port587, func(c *Cell) { c.AuthInside = nil }, "auth-inside", ""},
		"AUTH before TLS": {port587, func(c *Cell) { c.AuthBefore = []string{"PLAIN"} }, "auth-cleartext", ""},
		"the same at 25":  {port25, func(c *Cell) { c.AuthBefore = []string{"PLAIN"} }, "auth-cleartext", ""},
		"expired":         {port25, func(c *Cell) { c.TLS = &TLS{Faults: []record.Check{{Text: "it expired"}}} }, "certificate", ""},
		"no TLS 1.3":      {port587, func(c *Cell) { *c = accepting(*c, 0x0304, func(v *Version) { v.Accepted, v.Suites = false, nil }) }, "tls-1.3", ""},
		"no TLS 1.2":      {port587, func(c *Cell) { *c = accepting(*c, 0x0303, func(v *Version) { v.Accepted, v.Suites = false, nil }) }, "tls-1.2", ""},
		"TLS 1.1":         {port587, func(c *Cell) { *c = accepting(*c, 0x0302, func(v *Version) { v.Accepted = true }) }, "old-versions", ""},
		"SSL 3.0":         {port25, func(c *Cell) { *c = accepting(*c, 0x0300, func(v *Version) { v.Accepted = true }) }, "old-versions", ""},
		"RC4":             {port25, func(c *Cell) { *c = accepting(*c, 0x0303, suite("TLS_ECDHE_RSA_WITH_RC4_128_SHA")) }, "insecure-suites", ""},
		"anonymous":       {port25, func(c *Cell) { *c = accepting(*c, 0x0303, suite("TLS_DH_anon_WITH_AES_128_GCM_SHA256")) }, "", ""},
		"the same at 587": {port587, func(c *Cell) { *c = accepting(*c, 0x0303, suite("TLS_DH_anon_WITH_AES_128_GCM_SHA256")) }, "anonymous-suites", ""},
		"anonymous RC4":   {port25, func(c *Cell) { *c = accepting(*c, 0x0303, suite("TLS_ECDH_anon_WITH_RC4_128_SHA")) }, "insecure-suites", ""},
		"no encryption":   {port25, func(c *Cell) { *c = accepting(*c, 0x0303, suite("TLS_ECDHE_RSA_WITH_NULL_SHA")) }, "insecure-suites", ""},
		"3DES":            {port25, func(c *Cell) { *c = accepting(*c, 0x0303, suite("TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA")) }, "weak-suites", ""},
		"static RSA":      {port25, func(c *Cell) { *c = accepting(*c, 0x0303, suite("TLS_RSA_WITH_AES_128_GCM_SHA256")) }, "static-rsa", ""},
		"small DHE":       {port25, func(c *Cell) { *c = accepting(*c, 0x0303, func(v *Version) { v.Prime = 1024 }) }, "dhe-group", ""},
		"no DSN":          {port587, func(c *Cell) { c.Keywords = []string{"PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME"} }, "extensions", ""},
		"ETRN":            {port587, func(c *Cell) { c.Keywords = append(c.Keywords, "ETRN") }, "turn", ""},
		"VRFY":            {port25, func(c *Cell) { c.Keywords = append(c.Keywords, "VRFY") }, "vrfy", ""},
		"an open relay":   {port25, func(c *Cell) { c.Relay = &Relay{Asked: true, Accepted: true, Said: "250 ok"} }, "relay", ""},
		"without a login": {port587, func(c *Cell) { c.Relay = &Relay{Asked: true, Accepted: true, Said: "250 ok"} }, "relay", ""},
		"no open relay":   {port25, func(c *Cell) { c.Relay = &Relay{Asked: true, Said: "554 no"} }, "", ""},
		"no answer":       {port25, func(c *Cell) { c.Relay = &Relay{} }, "", "relay"},
		"not all answers": {port25, func(c *Cell) { *c = accepting(*c, 0x0300, func(v *Version) { v.Unfinished = true }) }, "", "old-versions insecure-suites weak-suites static-rsa"},
	} {
		t.Run(name, func(t *testing.T) {
			cell := good(c.port)
			c.change(&cell)
			card := Score(&Survey{Host: "mail.example.org", Ports: []int{c.port}, Cells: []Cell{cell}})
			if got := codes(card, Fails); got != c.fails {
				t.Errorf("fails: %q, want %q", got, c.fails)
			}
			if got := codes(card, Unknown); got != c.unknown {
				t.Errorf("unknown: %q, want %q", got, c.unknown)
			}
		})
	}
}

func codes(card []Point, result Result) string {
	var list []string
	for _, p := range card {
		if p.Result == result {
			list = append(list, p.Code)
		}
	}
	return strings.Join(list, " ")
}

// A closed port 465 is held against a submission service, and against nothing else; what fails at one port fails for the service.
func TestScoreOfService(t *testing.T) {
	closed := Cell{Port: record.PortSubmissions, State: StateRefused}
	early := good(record.PortAlternate)
	early.AuthBefore = []string{"LOGIN"}
	for name, c := range map[string]struct {
		cells []Cell
		fails string
		ports []int
	}{
		"a submission service": {[]Cell{closed, good(record.PortSubmission)}, "implicit-tls", []int{465}},
		"an MX":                {[]Cell{closed, good(record.PortRelay)}, "", nil},
		"one port of two":      {[]Cell{good(record.PortSubmission), early}, "auth-cleartext", []int{2525}},
		"nothing":              {[]Cell{closed}, "", nil},
	} {
		card := Score(&Survey{Cells: c.cells})
		if got := codes(card, Fails); got != c.fails {
			t.Errorf("%s: fails %q, want %q", name, got, c.fails)
		}
		for _, p := range card {
			if p.Result == Fails && (!slices.Equal(p.Ports, c.ports) || p.Who != record.WhoOperator || p.Mend == "" || p.Reason == "") {
				t.Errorf("%s: %+v, want at %v, and who mends it", name, p, c.ports)
			}
		}
	}
}

// Every point says where it is written, and has an order that can be read.
func TestScoreSources(t *testing.T) {
	for _, r := range rules {
		if !strings.HasPrefix(r.refs, "RFC ") || r.wanted == "" || r.mend == "" {
			t.Errorf("%s: %+v is not whole", r.code, r)
		}
	}
}
