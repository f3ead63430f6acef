package route

import (
	"fmt"
	"slices"

	"ehlo/session/record"
)

// Finding is something that is wrong, or worth knowing.
type Finding struct {
	Code     Code            `json:"code"`
	Severity record.Severity `json:"severity"`
	// Subject is the name or the address that it is about, Host the mail server where it is about one of them.
	Subject string `json:"subject"`
	Host    string `json:"host,omitempty"`
	// Text is one sentence, complete in itself; Refs say where it is written that it should be otherwise.
	Text string `json:"text"`
	Refs string `json:"refs"`
	// Who has to do what.
	Who  record.Who `json:"who,omitempty"`
	Mend string     `json:"mend,omitempty"`
	// Stops is what it stops, or would have stopped.
	Stops string `json:"stops"`
	// Exit is the exit code of a route that it decides, 0 where it decides none. One about a host decides where all hosts fail.
	Exit record.Exit `json:"exit,omitempty"`
}

// Code names a kind of finding. The codes are stable: scripts refer to them.
type Code string

// row is what a kind of finding means.
type row struct {
	code     Code
	severity record.Severity
	exit     record.Exit
	text     string // a format; its arguments are given where it is found
	refs     string
	who      record.Who
	mend     string
	stops    string
}

const (
	info, warn, danger = record.SeverityInfo, record.SeverityWarn, record.SeverityDanger
	recipient          = record.WhoRecipient
	operator           = record.WhoOperator
)

// tables have a row for each kind of finding.
var tables = [][]row{mxRows, hostRows, meetRows, daneRows, stsRows, tlsrptRows, policyRows, spfRows, dmarcRows, dkimRows, clientRows, autoconfigRows, serverRows, autodiscoverRows, listRows}

// rowOf is the row of a kind of finding, which must have one.
func rowOf(code Code) row {
	for _, t := range tables {
		if i := slices.IndexFunc(t, func(r row) bool { return r.code == code }); i >= 0 {
			return t[i]
		}
	}
	panic("no row for " + string(code))
}

// found is a finding of a kind, about a name.
func found(code Code, subject string, args ...any) Finding {
	r := rowOf(code)
	return Finding{Code: code, Severity: r.severity, Subject: subject, Text: fmt.Sprintf(r.text, args...), Refs: r.refs, Who: r.who, Mend: r.mend, Stops: r.stops, Exit: r.exit}
}

// because is the finding with what only this case knows: an exit code and who has to do what.
func (f Finding) because(exit record.Exit, who record.Who) Finding {
	f.Exit, f.Who = exit, who
	return f
}

// rank is which finding is read first.
func rank(s record.Severity) int {
	return slices.Index([]record.Severity{danger, warn, info}, s)
}
